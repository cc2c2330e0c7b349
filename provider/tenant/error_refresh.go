package tenant

import "net/http"

// RefreshAudienceNotAllowed: an exchange asked for an API that the client's
// refresh token policies do not name.
//
// Source: Auth0 docs, "Multi-resource refresh token"; code and wording are
// inferred.
func RefreshAudienceNotAllowed(audience string) *Error {
	return newError(http.StatusForbidden, "invalid_grant", "The refresh token may not be exchanged for audience "+audience+".")
}
