package tenant

import (
	"slices"
	"strings"
)

// Scopes that mean something by themselves.
const (
	ScopeOpenID        = "openid"
	ScopeProfile       = "profile"
	ScopeEmail         = "email"
	ScopePhone         = "phone"
	ScopeAddress       = "address"
	ScopeOfflineAccess = "offline_access"
	ScopeOnlineAccess  = "online_access"

	// Scopes of the MFA API.
	//
	// Source: Auth0 docs, "Manage authentication factors with the MFA API".
	ScopeEnroll               = "enroll"
	ScopeReadAuthenticators   = "read:authenticators"
	ScopeRemoveAuthenticators = "remove:authenticators"
)

// oidcScopes are accepted from any client and are no API's business. The
// discovery document lists the single-claim ones too; they are accepted and
// have no effect.
//
// Observed: scopes_supported of the discovery document.
var oidcScopes = []string{
	ScopeOpenID, ScopeProfile, ScopeEmail, ScopePhone, ScopeAddress,
	ScopeOfflineAccess, ScopeOnlineAccess,
	"name", "given_name", "family_name", "nickname", "email_verified", "picture", "created_at", "identities",
}

// OIDCScope says whether the scope is one of OpenID Connect's, which RBAC does
// not touch.
func OIDCScope(scope string) bool { return slices.Contains(oidcScopes, scope) }

// ParseScope splits a space-separated scope parameter, dropping duplicates and
// keeping the order of first mention.
//
// Source: RFC 6749 §3.3.
func ParseScope(s string) []string {
	var scopes []string
	seen := map[string]bool{}
	for _, scope := range strings.Fields(s) {
		if !seen[scope] {
			seen[scope] = true
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
