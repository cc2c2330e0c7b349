package tenant

import (
	"fmt"
	"net/http"
)

// DevicePending: nobody has answered for the device yet.
//
// Source: RFC 8628 §3.5; Auth0 docs, "Call your API using the Device
// Authorization Flow".
func DevicePending() *Error {
	return newError(http.StatusForbidden, "authorization_pending", "User has yet to authorize device code.")
}

// DeviceSlowDown: the device asks more often than it was told to.
//
// Source: RFC 8628 §3.5; Auth0 docs, Authentication API, "Device authorization
// flow".
func DeviceSlowDown(intervalSeconds int) *Error {
	return newError(http.StatusTooManyRequests, "slow_down",
		fmt.Sprintf("You are polling faster than the specified interval of %d seconds.", intervalSeconds))
}

// DeviceCodeExpired: nobody answered in time.
//
// Source: RFC 8628 §3.5; Auth0 docs, "Call your API using the Device
// Authorization Flow"; the wording is inferred.
func DeviceCodeExpired() *Error {
	return newError(http.StatusForbidden, "expired_token", "The device code has expired.")
}

// DeviceDenied: the person pressed Cancel.
//
// Source: RFC 8628 §3.5; Auth0 docs, Authentication API, "Device authorization
// flow".
func DeviceDenied() *Error {
	return newError(http.StatusForbidden, "access_denied", "User cancelled the confirmation prompt.")
}

// InvalidDeviceCode: the device code is unknown, redeemed, or another client's.
//
// Source: RFC 6749 §5.2; the wording is inferred.
func InvalidDeviceCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid or expired device code.")
}

// DeviceRefused: the login for the device came to an end that was not the
// person's wish, such as a blocked user.
//
// Source: RFC 8628 §3.5; Auth0 docs, Authentication API, "Device authorization
// flow" (access_denied for any failure).
func DeviceRefused(description string) *Error {
	return newError(http.StatusForbidden, "access_denied", description)
}

// UnknownUserCode: no device waits with the code that was typed.
//
// Source: RFC 8628 §3.3; the wording is ours.
func UnknownUserCode() *Error {
	return newError(http.StatusBadRequest, "invalid_request", "That code is wrong or has expired. Check the code on your device.")
}

// TooManyUserCodes: somebody has typed too many wrong codes.
//
// Source: RFC 8628 §5.1; the wording is ours.
func TooManyUserCodes() *Error {
	return newError(http.StatusTooManyRequests, "too_many_attempts", "Too many wrong codes. Wait 15 minutes and try again.")
}
