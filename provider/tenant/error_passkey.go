package tenant

import "net/http"

// KeyRefused: what an authenticator signed does not do. The wording is
// inferred.
//
// Source: Web Authentication Level 3 §7.1, §7.2.
func KeyRefused() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "The passkey could not be verified.")
}

// UnknownAuthSession: nothing was asked with the auth_session, or it was
// answered. The wording is inferred.
//
// Source: Auth0 docs, Authentication API, "Request a passkey challenge".
func UnknownAuthSession() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid or expired auth_session.")
}

// TooManyPasskeys: the user has as many as one may have. The wording is
// inferred.
//
// Source: Auth0 docs, "Passkey authentication for database connections".
func TooManyPasskeys() *Error {
	return newError(http.StatusBadRequest, "invalid_request", "The maximum number of passkeys was reached.")
}

// PasskeysNotAllowed: the application or its connection has no passkeys. The
// wording is inferred.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey"
// (status 400).
func PasskeysNotAllowed() *Error {
	return InvalidRequest("The application is not configured for passkey authentication")
}

// PasskeyUserExists: somebody has one of the identifiers. The wording is
// inferred.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey".
func PasskeyUserExists() *Error { return InvalidRequest("The user already exists.") }
