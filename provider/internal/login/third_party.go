package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// thirdPartyParameters are all that a strict third-party client may send, beside
// names that begin with extPrefix.
//
// Source: Auth0 docs, "Third-party applications" (security controls). That
// auth0Client, the telemetry of SDKs, goes through is inferred.
var thirdPartyParameters = []string{
	"acr_values", "audience", "authorization_details", "client_id", "code_challenge", "code_challenge_method", "connection",
	"correlation_id", "display", "dpop_jkt", "login_hint", "max_age", "nonce", "prompt", "redirect_uri", "resource",
	"response_type", "scope", "state", "ui_locales", "auth0Client",
}

// extPrefix begins parameters that are kept for pages and Actions.
//
// Source: Auth0 docs, "Page templates" (ext- parameters).
const extPrefix = "ext-"

// checkThirdParty refuses what is not for strict third-party clients: other
// parameters, and other flows than the code flow.
//
// Source: Auth0 docs, "Third-party applications" (security controls).
func checkThirdParty(a *authorization, p wire.Params) error {
	if !a.client.ThirdPartyStrict() {
		return nil
	}
	var refused []string
	for name, value := range p {
		if value != "" && !slices.Contains(thirdPartyParameters, name) && !strings.HasPrefix(name, extPrefix) {
			refused = append(refused, name)
		}
	}
	slices.Sort(refused)
	switch {
	case len(refused) > 0:
		return tenant.ParameterNotAllowed(strings.Join(refused, ", "))
	case a.ResponseType != "code":
		return tenant.UnsupportedResponseType(p.Get("response_type"))
	}
	return nil
}

// checkThirdPartyPKCE: strict third-party clients must use PKCE.
//
// Source: Auth0 docs, "Third-party applications" (security controls).
func checkThirdPartyPKCE(a *authorization, _ wire.Params) error {
	if a.client.ThirdPartyStrict() && a.CodeChallenge == "" {
		return tenant.PKCERequired().
			WithHint("client %q is a third-party application in strict mode: PKCE is mandatory", a.client.Name)
	}
	return nil
}
