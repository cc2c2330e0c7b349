package tenant

import "net/http"

// denials are what providers say when a person clicks "Cancel" there.
//
// Observed: reports of applications behind Auth0 (GitHub). Source: the
// providers' documentation for the others.
var denials = map[string][2]string{
	"github":   {"access_denied", "The user has denied your application access."},
	"facebook": {"access_denied", "Permissions error"},
	"linkedin": {"user_cancelled_login", "The user cancelled LinkedIn login"},
	"waad":     {"access_denied", "AADSTS65004: User declined to consent to access the app."},
	"okta":     {"access_denied", "The resource owner or authorization server denied the request."},
}

// UpstreamDenied: the person cancelled at the identity provider of the
// strategy. The sentence is the provider's own, where it is known.
//
// Source: Auth0 docs, "Common authentication errors" (access_denied).
func UpstreamDenied(strategy string) *Error {
	if said, ok := denials[strategy]; ok {
		return UpstreamError(said[0], said[1])
	}
	return UpstreamError("access_denied", "User cancelled the login")
}

// UpstreamError: the identity provider answered with an error, which the
// application gets as it is. That one without a description repeats its code is
// inferred.
//
// Observed: reports of applications behind Auth0 ("access_denied (The user has
// denied your application access.)").
func UpstreamError(code, description string) *Error {
	if description == "" {
		description = code
	}
	return newError(http.StatusForbidden, code, description)
}

// UpstreamUserUnknown: the connection makes no users at login, and has none
// whom the provider describes. The wording is ours.
//
// Source: Management API, POST /api/v2/connections,
// options.set_user_root_attributes (never_on_login).
func UpstreamUserUnknown(c *Connection) *Error {
	return newError(http.StatusForbidden, "access_denied", "user does not exist").
		WithHint("connection %q has set_user_root_attributes never_on_login, so that no login makes a user: add the user to the fixture, or change that", c.Name)
}

// UpstreamFailed: the identity provider could not be asked, or its answer does
// not hold. The sentence says what, in the words of openid-client; that the
// code is the same for each is inferred.
//
// Observed: Auth0's knowledge base, "Authentication failure when upstream OIDC
// connection requires client_secret_basic" (oauthError unauthorized).
func UpstreamFailed(description string) *Error {
	return newError(http.StatusForbidden, "unauthorized", description)
}
