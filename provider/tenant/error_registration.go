package tenant

import "net/http"

// RegistrationDisabled: the tenant lets nobody register clients.
//
// Source: community reports for the sentence; status and code are inferred.
func RegistrationDisabled() *Error {
	return newError(http.StatusForbidden, "access_denied", "dynamic client registration is disabled").
		WithHint("set flags.%s of the tenant to true", FlagRegistration)
}

// InvalidRedirectURI: a redirect URI of a registration is missing or will not
// do.
//
// Source: RFC 7591 §3.2.2; the wording is ours.
func InvalidRedirectURI(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_redirect_uri", description)
}

// InvalidClientMetadata: other metadata of a registration will not do.
//
// Source: RFC 7591 §3.2.2; the wording is ours.
func InvalidClientMetadata(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_client_metadata", description)
}
