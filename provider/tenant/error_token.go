package tenant

import (
	"fmt"
	"net/http"
)

// Unauthorized: the client failed to authenticate, or does not exist.
//
// Observed: go-auth0 authentication recordings.
func Unauthorized() *Error { return newError(http.StatusUnauthorized, "access_denied", "Unauthorized") }

// UnsupportedGrantType: the grant_type is unknown.
//
// Source: RFC 6749 §5.2; the status is inferred.
func UnsupportedGrantType(grantType string) *Error {
	return newError(http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: "+grantType)
}

// InvalidCode: the authorization code is unknown, expired, used, or another
// client's.
//
// Observed: go-auth0 authentication recordings.
func InvalidCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid authorization code")
}

// RedirectURIWrong: the redirect_uri differs from the one /authorize was sent.
//
// Source: community reports and an SDK fixture.
func RedirectURIWrong(sent, expected string) *Error {
	return newError(http.StatusForbidden, "unauthorized_client",
		fmt.Sprintf("The redirect URI is wrong. You sent %s, and we expected %s", sent, expected))
}

// VerifierFailed: code_verifier is missing or does not fit the challenge.
//
// Observed: go-auth0 authentication recordings.
func VerifierFailed() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Failed to verify code verifier")
}

// NoAudience: client_credentials without an audience.
//
// Observed: go-auth0 authentication recordings.
func NoAudience() *Error {
	return newError(http.StatusForbidden, "access_denied", "Non-global clients are not allowed access to APIv1").
		WithHint("send audience=<API identifier>, or set the tenant's default_audience")
}

// NoClientGrant: the client has no grant for the API.
//
// Source: community reports of 2026; earlier wordings differ.
func NoClientGrant(clientID, audience string) *Error {
	return newError(http.StatusForbidden, "access_denied",
		fmt.Sprintf("Client %q is not authorized to access resource server %q. "+
			"You need to create a \"client-grant\" associated to this API.", clientID, audience))
}

// ClientOrganizationRefused: the client grant's organization rules say no.
//
// Source: Auth0 docs, "Machine-to-machine access for organizations"; the
// wording is ours.
func ClientOrganizationRefused(description string) *Error {
	return newError(http.StatusForbidden, "access_denied", description)
}

// NoDefaultDirectory: grant_type=password without a default connection.
//
// Observed: ruby-auth0 recordings.
func NoDefaultDirectory() *Error {
	return newError(http.StatusInternalServerError, "server_error",
		"Authorization server not configured with default connection.").
		WithHint("set the tenant's default_directory, or use the password-realm grant with a realm")
}

// UnknownRealm: no connection answers to the realm.
//
// Source: Auth0 docs, "Cross-origin authentication" error table.
func UnknownRealm(name string) *Error { return InvalidRequest("Unknown realm " + name + ".") }

// ConnectionNotEnabled: the realm's connection is not enabled for the client.
func ConnectionNotEnabled(name string, client *Client) *Error {
	return newError(http.StatusForbidden, "unauthorized_client", "The connection is not enabled for the client.").
		WithHint("add %q to enabled_clients of connection %q", client.Name, name)
}

// WrongPassword: the password is wrong or the user unknown; the answer does
// not say which.
//
// Observed: ruby-auth0 recordings (e-mail); community reports (username).
func WrongPassword(usernames bool) *Error {
	what := "email"
	if usernames {
		what = "username"
	}
	return newError(http.StatusForbidden, "invalid_grant", "Wrong "+what+" or password.")
}

// InvalidPasswordAudience: a password grant for an unknown API.
//
// Observed: go-auth0 authentication recordings.
func InvalidPasswordAudience() *Error {
	return InvalidRequest("invalid audience specified for password grant exchange")
}

// InvalidRefreshToken: unknown, expired, revoked, reused, or another client's.
//
// Observed: go-auth0 authentication recordings.
func InvalidRefreshToken() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
}

// RefreshUserGone: the refresh token's user was deleted.
//
// Source: community reports.
func RefreshUserGone() *Error {
	return newError(http.StatusForbidden, "invalid_grant",
		"The refresh_token was generated for a user who doesn't exist anymore.")
}

// InvalidClient: /oauth/revoke and its kin call a failed client
// authentication by the RFC's name.
//
// Source: Auth0 docs, "Revoke refresh tokens"; RFC 6749 §5.2.
func InvalidClient() *Error {
	return newError(http.StatusUnauthorized, "invalid_client", "Client authentication failed")
}

// LogoutURLNotAllowed: returnTo is not an Allowed Logout URL.
//
// Source: Auth0 support article on logout errors; the status is inferred.
func LogoutURLNotAllowed(returnTo string) *Error {
	return InvalidRequest(fmt.Sprintf(
		"The \"returnTo\" querystring parameter %q is not defined as a valid URL in \"Allowed Logout URLs\".", returnTo))
}
