package tenant

import (
	"net/http"
	"strings"
)

// Auth0 publishes no sentences for the errors of SAML but the last: the others
// are ours.

// SAMLDisabled: a SAML request came for a client without the addon.
//
// Source: Auth0 docs, "Enable the SAML2 Web App addon".
func SAMLDisabled(c *Client) *Error {
	return newError(http.StatusBadRequest, "invalid_request", "The SAML2 Web App addon is not enabled for this application").
		WithHint("give client %q addons.samlp, if only an empty object", c.Name)
}

// InvalidSAMLMessage: what came as SAMLRequest or SAMLResponse is none, or not
// one to be believed.
func InvalidSAMLMessage(parameter string, why error) *Error {
	return newError(http.StatusBadRequest, "invalid_request", "Invalid "+parameter).WithHint("%s: %s", parameter, why)
}

// SAMLNobody: none of the attributes that the NameID is taken from is in the
// assertion. That the browser stays with the tenant is inferred.
//
// Source: Auth0's library samlp, which says so.
func SAMLNobody(probes []string) *Error {
	return newError(http.StatusBadRequest, "invalid_request", "No attribute was found to generate the nameIdentifier. We tried with: "+strings.Join(probes, ", "))
}
