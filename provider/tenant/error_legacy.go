package tenant

import "net/http"

// EndpointDisabled: the tenant does not have the legacy endpoint.
//
// Source: Auth0 docs, "Deprecated endpoints"; status and wording are inferred.
func EndpointDisabled(path string) *Error {
	return newError(http.StatusNotFound, "endpoint_disabled", "The "+path+" endpoint is disabled for this tenant.")
}

// LegacyParameterMissing: /oauth/ro lacks a parameter.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
func LegacyParameterMissing(name string) *Error {
	return InvalidRequest("missing " + name + " parameter")
}

// LegacyClientInvalid: /oauth/ro was called by no client of the tenant.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
func LegacyClientInvalid() *Error {
	return newError(http.StatusForbidden, "unauthorized_client", "invalid client")
}

// LegacyWrongPassword: the credentials of /oauth/ro are wrong.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
func LegacyWrongPassword() *Error {
	return newError(http.StatusUnauthorized, "invalid_user_password", "Wrong email or password.")
}

// LegacyBlocked: the user of /oauth/ro is blocked.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
func LegacyBlocked() *Error {
	return newError(http.StatusUnauthorized, "unauthorized", "user is blocked")
}

// LegacyMFARequired: the login of /oauth/ro has to show a second factor, which
// the endpoint does not take here.
//
// Observed: Lock and Auth0's SDKs for phones know the codes. Status and wording
// are inferred from the others of the endpoint.
func LegacyMFARequired(enrolled bool) *Error {
	if enrolled {
		return newError(http.StatusUnauthorized, "a0.mfa_required", "Multifactor authentication required")
	}
	return newError(http.StatusUnauthorized, "a0.mfa_registration_required", "Multifactor registration required")
}

// IDTokenMissing: /tokeninfo got no token. The body is the plain sentence.
//
// Source: Auth0 docs (legacy), Authentication API, "Get token info"; the
// wording is inferred.
func IDTokenMissing() *Error {
	return newError(http.StatusBadRequest, "invalid_request", "id_token field is missing")
}
