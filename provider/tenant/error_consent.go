package tenant

import "net/http"

// ConsentRequired: prompt=none, and the person would have to be asked.
//
// Source: OpenID Connect Core 1.0 §3.1.2.6; Auth0 docs, "Silent
// authentication".
func ConsentRequired() *Error {
	return newError(http.StatusForbidden, "consent_required", "Consent required")
}

// ConsentDeclined: the person said no.
//
// Source: RFC 6749 §4.1.2.1; community reports for the wording.
func ConsentDeclined() *Error {
	return newError(http.StatusForbidden, "access_denied", "User did not authorize the request")
}
