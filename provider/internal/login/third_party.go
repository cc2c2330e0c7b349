package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// thirdPartyParameters are all that a strict third-party client may send;
// names that begin with extPrefix, and the telemetry of SDKs, go through too.
//
// Source: Auth0 docs, "Third-party applications" (security controls).
var thirdPartyParameters = []string{
	"acr_values", "audience", "authorization_details", "client_id", "code_challenge", "code_challenge_method", "connection",
	"correlation_id", "display", "dpop_jkt", "login_hint", "max_age", "nonce", "prompt", "redirect_uri", "resource",
	"response_mode", "response_type", "scope", "state", "ui_locales", "auth0Client",
}

// extPrefix begins parameters that are kept for pages and Actions.
//
// Source: Auth0 docs, "Page templates" (ext- parameters).
const extPrefix = "ext-"

// checkThirdParty refuses the parameters that are not for strict third-party
// clients.
func checkThirdParty(client *tenant.Client, p wire.Params) error {
	if !client.ThirdPartyStrict() {
		return nil
	}
	var refused []string
	for name := range p {
		if !slices.Contains(thirdPartyParameters, name) && !strings.HasPrefix(name, extPrefix) {
			refused = append(refused, name)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	slices.Sort(refused)
	return tenant.ParameterNotAllowed(strings.Join(refused, ", "))
}

// checkThirdPartyFlow: strict third-party clients have the code flow with PKCE
// and no other.
//
// Source: Auth0 docs, "Third-party applications" (security controls).
func checkThirdPartyFlow(a *authorization, _ wire.Params) error {
	switch {
	case !a.client.ThirdPartyStrict():
		return nil
	case a.ResponseType != "code":
		return tenant.UnsupportedResponseType(a.ResponseType)
	case a.CodeChallenge == "":
		return tenant.PKCERequired().
			WithHint("client %q is a third-party application in strict mode: PKCE is mandatory", a.client.Name)
	}
	return nil
}
