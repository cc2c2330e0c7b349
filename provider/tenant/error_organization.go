package tenant

import (
	"fmt"
	"net/http"
)

// NoOrganization: the client wants an organization, and the user is a member of
// none.
//
// Source: Auth0 docs, "Define organization behavior" (post-login prompt); the
// wording is inferred from that for one organization.
func NoOrganization(userID string) *Error {
	return newError(http.StatusForbidden, "access_denied", fmt.Sprintf("user %s is not part of any organization", userID))
}

// InteractionRequired: prompt=none, and a person would have to be asked.
//
// Source: OpenID Connect Core 1.0 §3.1.2.6; Auth0 docs, "Silent authentication".
func InteractionRequired() *Error {
	return newError(http.StatusForbidden, "interaction_required", "Interaction required")
}
