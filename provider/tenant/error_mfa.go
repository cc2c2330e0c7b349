package tenant

import "net/http"

// MFARequirements say how a second factor can be shown: by one the user has,
// or by enrolling in one first.
//
// Source: Auth0 docs, "Authenticate using the Resource Owner Password flow with
// MFA" (mfa_requirements).
type MFARequirements struct {
	Challenge []MFAType `json:"challenge,omitempty"`
	Enroll    []MFAType `json:"enroll,omitempty"`
}

// MFAType is a factor as MFARequirements name it.
type MFAType struct {
	Type string `json:"type"`
}

type mfaRequiredBody struct {
	Code         string          `json:"error"`
	Description  string          `json:"error_description"`
	Token        string          `json:"mfa_token"`
	Requirements MFARequirements `json:"mfa_requirements"`
}

// MFARequired: the tokens wait for a second factor, to be shown with the
// mfa_token.
//
// Source: Auth0 docs, "Authenticate using the Resource Owner Password flow with
// MFA".
func MFARequired(mfaToken string, requirements MFARequirements) *Error {
	e := newError(http.StatusForbidden, "mfa_required", "Multifactor authentication required")
	e.Body = mfaRequiredBody{e.Code, e.Description, mfaToken, requirements}
	return e
}

// MFALoginRequired: a silent login would have to ask for a second factor.
//
// Observed: auth0-spa-js and auth0.js test the description.
func MFALoginRequired() *Error {
	return newError(http.StatusForbidden, "login_required", "Multifactor authentication required")
}

// MalformedMFAToken: the mfa_token is none of this tenant's, or was used.
//
// Source: community reports.
func MalformedMFAToken() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Malformed mfa_token")
}

// ExpiredMFAToken: it is too old.
//
// Source: Auth0 docs, Authentication API, "Multi-factor authentication".
func ExpiredMFAToken() *Error {
	return newError(http.StatusForbidden, "expired_token", "mfa_token is expired")
}

// ForeignMFAToken: another client holds it.
//
// Source: community reports.
func ForeignMFAToken() *Error { return InvalidRequest("mfa_token not issued to this client") }

// MFATokenMissing: no usable token in the Authorization header.
//
// Source: RFC 6750 §3; the wording is inferred.
func MFATokenMissing() *Error {
	e := newError(http.StatusUnauthorized, "unauthorized", "Missing or invalid authorization token")
	e.Header = http.Header{"Www-Authenticate": {"Bearer"}}
	return e
}

// MFAScopeMissing: the token is good for something else. The wording is
// inferred.
func MFAScopeMissing(scope string) *Error {
	return newError(http.StatusForbidden, "insufficient_scope", "Insufficient scope, expected any of: "+scope)
}

// InvalidOTP: the code of the authenticator app is wrong, or was used.
//
// Source: Auth0 docs, Authentication API, "Verify with one-time password".
func InvalidOTP() *Error { return newError(http.StatusForbidden, "invalid_grant", "Invalid otp_code.") }

// InvalidBindingCode: the code that was sent is another, or too old.
//
// Source: Auth0 docs, Authentication API, "Verify with out-of-band".
func InvalidBindingCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid binding_code.")
}

// InvalidOOBCode: no challenge has the oob_code. The wording is inferred.
func InvalidOOBCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid oob_code.")
}

// InvalidRecoveryCode: it is none of the user's. The wording is inferred.
func InvalidRecoveryCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid recovery code.")
}

// OOBOfAnotherToken: challenge and mfa_token do not belong together.
//
// Source: community reports.
func OOBOfAnotherToken() *Error { return InvalidRequest("The oob_code doesn't match the mfa_token") }

// MFAPending: the push notification is not answered yet.
//
// Observed: go-auth0, TestMFAVerifyWithOOB.
func MFAPending() *Error {
	return newError(http.StatusBadRequest, "authorization_pending", "Authorization pending: please repeat the request in a few seconds.")
}

// MFASlowDown: the client asks too often. The description is inferred.
//
// Source: Auth0 docs, Authentication API, "Verify with out-of-band".
func MFASlowDown() *Error {
	return newError(http.StatusBadRequest, "slow_down", "You are polling faster than allowed.")
}

// MFARejected: the person said no on their phone.
//
// Observed: go-auth0, TestMFAVerifyWithOOB.
func MFARejected() *Error {
	return newError(http.StatusBadRequest, "access_denied", "MFA Authorization rejected.")
}

// TooManyMFAAttempts: too many wrong codes of late. The wording is inferred.
//
// Source: Auth0 docs, "Multi-factor authentication rate limits".
func TooManyMFAAttempts() *Error {
	return newError(http.StatusTooManyRequests, "too_many_attempts", "Too many failed codes. Wait for some minutes before retrying.")
}

// AssociationRequired: the user has no second factor yet.
//
// Source: Auth0 docs, Authentication API, "Challenge with…".
func AssociationRequired() *Error {
	return newError(http.StatusForbidden, "association_required", "User does not have any authenticators enrolled. Please associate a new authenticator first.")
}

// UnsupportedChallenge: the user has none of the kinds asked for.
//
// Source: community reports.
func UnsupportedChallenge(kinds string) *Error {
	return newError(http.StatusUnauthorized, "unsupported_challenge_type", "User is not enrolled with "+kinds)
}

// AlreadyEnrolled: an mfa_token lets only somebody enrol who has no factor.
//
// Source: Auth0 docs, "Enroll and challenge … authenticators".
func AlreadyEnrolled() *Error {
	return newError(http.StatusForbidden, "access_denied", "User is already enrolled.")
}

// FactorDisabled: the tenant does not offer the factor. The wording is
// inferred.
func FactorDisabled(factor string) *Error {
	return newError(http.StatusBadRequest, "invalid_request", "The factor "+factor+" is not enabled").
		WithHint("guardianFactors of the fixture has no {name: %s, enabled: true}", factor)
}

// UnknownAuthenticator: the user has no such authenticator. The wording is
// inferred.
func UnknownAuthenticator() *Error {
	return newError(http.StatusNotFound, "invalid_request", "Authenticator not found")
}

// NoFactorToEnrol: a second factor is asked for, and the user may enrol in none.
// The code is inferred.
//
// Source: Auth0 support, "Using email MFA with an enterprise connection".
func NoFactorToEnrol() *Error {
	return newError(http.StatusForbidden, "access_denied", "No MFA factors enabled for enrollment")
}

// TooManyMFAMessages: a factor was asked to send too much of late. The code is
// inferred.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (mfa-sms,
// mfa-email, mfa-push: too-many-…).
func TooManyMFAMessages(factor string) *Error {
	text := "You have exceeded the maximum number of phone messages per hour. Wait a few minutes and try again."
	switch factor {
	case FactorEmail:
		text = "You have exceeded the amount of emails. Wait a few minutes and try again."
	case FactorPush:
		text = "We have received too many notification requests. Wait a few minutes and try again."
	}
	return newError(http.StatusTooManyRequests, "too_many_attempts", text)
}
