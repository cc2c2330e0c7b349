package token

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// restrictedClaims can never be set by custom code; trying is not an error, the
// claim is just not added.
//
// Source: Auth0 docs, "Create custom claims" (restricted claims).
var restrictedClaims = strings.Fields(`acr act active amr at_hash ath attest aud auth_time
	authorization_details azp c_hash client_id cnf cty dest entitlements events exp groups gty htm htu iat
	internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id org_name orig origid
	permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date sip_from_tag sip_via_branch sub sub_jwk
	toe txn typ uuid vot vtm x5t#S256`)

// standardClaims may be set, if the scope that opens them was granted.
//
// Source: Auth0 docs, "Create custom claims" (OIDC standard claims).
var standardClaims = map[string]string{
	"email": tenant.ScopeEmail, "email_verified": tenant.ScopeEmail,
	"phone_number": tenant.ScopePhone, "phone_number_verified": tenant.ScopePhone,
	"address": tenant.ScopeAddress,
}

// ReasonClaimReserved and its fellows say why a custom claim was dropped.
const (
	ReasonClaimReserved   = "custom_claim_reserved"
	ReasonClaimNamespace  = "custom_claim_namespace"
	ReasonClaimNeedsScope = "custom_claim_needs_scope"
)

// AdmitCustom filters custom claims as Auth0 does: reserved names and
// forbidden namespaces are dropped, standard claims need their scope. Each
// claim dropped leaves a Reason in the decision.
//
// Source: Auth0 docs, "Create custom claims".
func AdmitCustom(d *Decision, custom map[string]any) Claims {
	var admitted Claims
	names := make([]string, 0, len(custom))
	for name := range custom {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if r, dropped := claimDropped(d, name); dropped {
			d.because(r)
			continue
		}
		admitted.add(name, custom[name])
	}
	return admitted
}

func claimDropped(d *Decision, name string) (Reason, bool) {
	r := Reason{About: name, Outcome: Withheld}
	scope := standardScope(name)
	switch {
	case slices.Contains(restrictedClaims, name):
		r.Code = ReasonClaimReserved
		r.Sentence = fmt.Sprintf("The claim name %q is reserved, so custom code cannot set it.", name)
		r.Fix = fmt.Sprintf("Use a namespaced name such as \"https://example.test/%s\".", name)
	case ForbiddenNamespace(name):
		r.Code = ReasonClaimNamespace
		r.Sentence = fmt.Sprintf("The namespace of %q belongs to Auth0.", name)
		r.Fix = "Use a domain of your own."
	case scope != "" && !d.Has(scope):
		r.Code = ReasonClaimNeedsScope
		r.Sentence = fmt.Sprintf("The claim %q needs scope %q, which was not granted.", name, scope)
		r.Fix = fmt.Sprintf("Request scope %q.", scope)
	default:
		return r, false
	}
	return r, true
}

func standardScope(name string) string {
	if scope, ok := standardClaims[name]; ok {
		return scope
	}
	switch name {
	case "name", "given_name", "family_name", "nickname", "picture", "updated_at":
		return tenant.ScopeProfile
	}
	if slices.Contains(profileScopeClaims, name) {
		return tenant.ScopeProfile
	}
	return ""
}

// ReservedClaim says whether custom code may never set the claim.
func ReservedClaim(name string) bool { return slices.Contains(restrictedClaims, name) }

// ForbiddenNamespace says whether a namespaced claim stands on a domain of
// Auth0's.
//
// Source: Auth0 docs, "Create custom claims" (namespaces).
func ForbiddenNamespace(name string) bool {
	if strings.HasPrefix(name, "urn:auth0") {
		return true
	}
	u, err := url.Parse(name)
	if err != nil || u.Host == "" {
		return false
	}
	for _, domain := range []string{"auth0.com", "webtask.io", "webtask.run"} {
		if host := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."); host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
