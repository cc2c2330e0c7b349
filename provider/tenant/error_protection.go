package tenant

import "net/http"

// Codes of what attack protection refuses.
//
// Source: Auth0 docs, "Attack protection", "Common Auth0 library
// authentication errors".
const (
	CodeTooManyAttempts = "too_many_attempts"
	CodePasswordLeaked  = "password_leaked"
)

// anomaly is the class of the service's errors about attacks.
//
// Source: community reports.
const anomaly = "AnomalyDetected"

// AccountLocked: too many logins into the account failed. It says the same
// whether or not there is such an account: told says that its user, if there is
// one, is told.
//
// Source: Auth0 docs, "Brute-force protection", "Cross-origin authentication"
// (error codes). Observed: both sentences in public issues and the text
// catalogue of the login prompt.
func AccountLocked(told bool) *Error {
	text := "Your account has been blocked after multiple consecutive login attempts."
	if told {
		text += " We've sent you a notification via your preferred contact method with instructions on how to unblock it."
	}
	e := newError(http.StatusTooManyRequests, CodeTooManyAttempts, text)
	e.Name = anomaly
	return e
}

// AddressThrottled: the caller's address has failed, signed up, or sent invalid
// subject tokens too often.
//
// Source: Auth0 docs, "Suspicious IP throttling", "Cross-origin authentication"
// (error codes).
func AddressThrottled() *Error {
	e := newError(http.StatusTooManyRequests, CodeTooManyAttempts,
		"We have detected suspicious login behavior and further attempts will be blocked. Please contact the administrator.")
	e.Name = anomaly
	return e
}

// PasswordLeaked: the password is right, and known from a breach. told says that
// a mail tells the user.
//
// Source: Auth0 docs, "Avoid common issues with resource owner password flow
// and attack protection", "Cross-origin authentication" (without the last
// sentence).
func PasswordLeaked(told bool) *Error {
	text := "This login attempt has been blocked because the password you're using was previously disclosed through a data breach (not in this application)."
	if told {
		text += " Please check your email for more information."
	}
	e := newError(http.StatusUnauthorized, CodePasswordLeaked, text)
	e.Name = anomaly
	return e
}

// NewPasswordLeaked: a password that somebody chooses at a stage is known from a
// breach.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (prompt
// signup, password-breached); the code is the one Lock has a text for. Status
// and class are inferred, and so is the second sentence of a new password for
// an account that is there.
func NewPasswordLeaked(stage string) *Error {
	text := "This combination of credentials was detected in a public data breach on another website. "
	if stage == StagePreUserRegistration {
		return badRequest(CodePasswordLeaked, text+"Before your account is created, please use a different password to keep it secure.")
	}
	return badRequest(CodePasswordLeaked, text+"Please use a different password to keep your account secure.")
}

// Anomaly says whether attack protection refuses something.
func (e *Error) Anomaly() bool { return e.Name == anomaly }

// Locked says whether the error is AccountLocked, as against AddressThrottled,
// which has the same code.
func (e *Error) Locked() bool {
	return e.Code == CodeTooManyAttempts && e.Anomaly() && e.Description != AddressThrottled().Description
}
