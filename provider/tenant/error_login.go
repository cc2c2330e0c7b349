package tenant

import "net/http"

// ClassicWrong: the password typed into the classic page is wrong, or the user
// unknown.
//
// Observed: auth0.js, tests of web-auth/username-password.
func ClassicWrong(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_user_password", description)
}

// ClassicBlocked: the user who logs in on the classic page is blocked.
//
// Source: community reports. Observed: Lock, core/actions (it knows the code
// with this description).
func ClassicBlocked() *Error {
	return newError(http.StatusUnauthorized, "unauthorized", "user is blocked")
}

// ClassicStateInvalid: the classic page posts for a login that is unknown,
// finished, expired, or another browser's.
//
// Source: community reports ("AnomalyDetected", "Invalid state").
func ClassicStateInvalid() *Error {
	return newError(http.StatusForbidden, "access_denied", "Invalid state")
}

// InvalidCSRF: the form's token does not belong to the browser's cookie.
//
// Source: community reports; the csurf library, whose words these are.
func InvalidCSRF() *Error {
	return newError(http.StatusForbidden, "EBADCSRFTOKEN", "invalid csrf token")
}

// LoginAnswerInvalid: /login/callback got an answer that was not made here,
// not for this login, or was used before.
//
// Source: WS-Federation passive requestors, whose form it is; the wording is
// ours.
func LoginAnswerInvalid() *Error {
	return newError(http.StatusBadRequest, "invalid_request", "invalid wresult")
}
