package token

import (
	"slices"
	"time"
)

// Confidence is how much a login looks like those the user made before.
//
// Source: Auth0 docs, "Customize Adaptive MFA" (confidence scores).
type Confidence string

// Confidences.
const (
	ConfidenceLow    Confidence = "low"
	ConfidenceMedium Confidence = "medium"
	ConfidenceHigh   Confidence = "high"
)

// Codes of the assessment NewDevice.
//
// Source: Auth0 docs, "Customize Adaptive MFA"; Auth0 support, "Adaptive MFA
// assessor codes".
const (
	DeviceMatch     = "match"
	DevicePartial   = "partial_match"
	DeviceNoMatch   = "no_match"
	DeviceNoHistory = "no_device_history"
	DeviceInitial   = "initial_login"
)

// DeviceMemory is how long a device is known that nobody logs in with.
//
// Source: Auth0 docs, "Adaptive MFA".
const DeviceMemory = 30 * 24 * time.Hour

// Device is a browser that a user has logged in with, or logs in with now.
type Device struct {
	// ID is that of its cookie.
	ID, UserAgent, IP string
	SeenAt            time.Time
}

// Risk is what a login's browser says about it.
type Risk struct {
	NewDevice  string
	Confidence Confidence
}

// AssessRisk compares a browser with those the user has logged in with before.
// The other two assessments of Auth0 need the world: where an address is, and
// what it is known for. A new address stands for both: with it, a device that is
// known in part is not trusted. The weights are inferred.
//
// Source: Auth0 docs, "Adaptive MFA".
func AssessRisk(known []Device, now Device, logins int) Risk {
	known = slices.DeleteFunc(slices.Clone(known), func(d Device) bool { return now.SeenAt.Sub(d.SeenAt) >= DeviceMemory })
	has := func(is func(Device) bool) bool { return slices.ContainsFunc(known, is) }
	sameID := func(d Device) bool { return d.ID == now.ID }
	sameAgent := func(d Device) bool { return d.UserAgent == now.UserAgent }
	switch {
	case len(known) == 0 && logins <= 1:
		return Risk{DeviceInitial, ConfidenceMedium}
	case len(known) == 0:
		return Risk{DeviceNoHistory, ConfidenceLow}
	case has(func(d Device) bool { return sameID(d) && sameAgent(d) }):
		return Risk{DeviceMatch, ConfidenceHigh}
	case !has(sameID) && !has(sameAgent):
		return Risk{DeviceNoMatch, ConfidenceLow}
	case has(func(d Device) bool { return d.IP == now.IP }):
		return Risk{DevicePartial, ConfidenceMedium}
	}
	return Risk{DevicePartial, ConfidenceLow}
}
