package tenant

import "net/http"

// ConsentRequired: prompt=none, and the person would have to be asked.
//
// Source: OpenID Connect Core 1.0 §3.1.2.6; Auth0 docs, "Silent
// authentication".
func ConsentRequired() *Error {
	return newError(http.StatusForbidden, "consent_required", "Consent required")
}

// ConfirmationRequired: prompt=none, and the answer would go to a callback that
// cannot be verified.
//
// Source: Auth0 docs, "Non-verifiable callback URI end-user confirmation", for
// the refusal. Which code it has is inferred from OpenID Connect Core 1.0
// §3.1.2.6.
func ConfirmationRequired() *Error {
	return InteractionRequired()
}

// ConsentDeclined: the person said no.
//
// Source: RFC 6749 §4.1.2.1; community reports for the wording.
func ConsentDeclined() *Error {
	return newError(http.StatusForbidden, "access_denied", "User did not authorize the request")
}
