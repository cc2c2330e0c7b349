package tenant

import (
	"fmt"
	"net/http"
	"strconv"
)

// OpenIDRequired: /bc-authorize without the scope openid.
//
// Observed: go-auth0 authentication recordings (TestCIBANegative_Initiate).
func OpenIDRequired() *Error { return InvalidRequest("openid scope must be requested") }

// UnknownUserID: the login_hint names nobody.
//
// Observed: go-auth0 authentication recordings (TestCIBANegative_Initiate).
func UnknownUserID() *Error {
	return newError(http.StatusBadRequest, "unknown_user_id", "User ID is malformed or unknown")
}

// InvalidBindingMessage: the message is too long, or holds characters that may
// not be shown.
//
// Source: OpenID CIBA Core 1.0 §13; Auth0 docs, "User authentication with
// CIBA" (binding_message); the wording is ours.
func InvalidBindingMessage(limit int) *Error {
	return newError(http.StatusBadRequest, "invalid_binding_message",
		fmt.Sprintf("binding_message may have at most %d characters: letters, digits, spaces and +-_.,:#", limit))
}

// InvalidRequestedExpiry: requested_expiry is no number, or out of bounds.
//
// Source: Auth0 docs, "Email notifications with CIBA"; the wording is ours.
func InvalidRequestedExpiry(limit int) *Error {
	return InvalidRequest("requested_expiry must be a number of seconds from 1 to " + strconv.Itoa(limit))
}

// NoApprovalChannel: none of the client's channels reaches the user.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication"
// (notification channels); the wording is ours.
func NoApprovalChannel() *Error {
	return InvalidRequest("The user cannot be notified through any of the client's notification channels")
}

// ApprovalPending: the person has not answered yet.
//
// Source: Auth0 docs, Authentication API, "Back-Channel Login flow: status
// check".
func ApprovalPending() *Error {
	return newError(http.StatusBadRequest, "authorization_pending", "The end-user authorization is pending")
}

// ApprovalDenied: the person said no, or nothing in time.
//
// Source: Auth0 docs, Authentication API, "Back-Channel Login flow: status
// check".
func ApprovalDenied() *Error {
	return newError(http.StatusBadRequest, "access_denied", "The end-user denied the authorization request or it has been expired")
}

// ApprovalSlowDown: the client asks more often than it was told to.
//
// Source: Auth0 docs, Authentication API, "Back-Channel Login flow: status
// check" (Retry-After); the status is OpenID CIBA Core 1.0 §11.
func ApprovalSlowDown(waitSeconds int) *Error {
	e := newError(http.StatusBadRequest, "slow_down",
		fmt.Sprintf("You are polling faster than allowed. Try again in %d seconds.", waitSeconds))
	e.Header = http.Header{"Retry-After": {strconv.Itoa(waitSeconds)}}
	return e
}

// InvalidAuthReqID: the auth_req_id is unknown, its answer was given, or it is
// another client's.
//
// Source: OpenID CIBA Core 1.0 §11 (invalid_grant); the wording is inferred.
func InvalidAuthReqID() *Error {
	return newError(http.StatusBadRequest, "invalid_grant", "Invalid or expired auth_req_id.")
}

// InvalidAuthorizationDetails: they cannot be read, or the API knows nothing of
// their type.
//
// Source: RFC 9396 §5; the wording is ours.
func InvalidAuthorizationDetails(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_authorization_details", description)
}

// ApprovalGone: the link of a mail leads to a request that waits no longer.
//
// Source: Auth0 docs, "Email notifications with CIBA"; the wording is ours.
func ApprovalGone() *Error {
	return InvalidRequest("This request was answered, has expired, or never was.")
}
