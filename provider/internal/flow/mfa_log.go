package flow

import (
	"errors"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// SentEvent is the type of the event that tells of a challenge.
//
// Source: the description of tenant logs, gd_send_….
func SentEvent(method string) tenant.LogType {
	switch method {
	case store.MethodSMS:
		return tenant.LogFactorSMSSent
	case store.MethodVoice:
		return tenant.LogFactorVoiceSent
	case store.MethodEmail:
		return tenant.LogFactorMailSent
	case store.MethodPush:
		return tenant.LogFactorPushSent
	}
	return tenant.LogFactorAsked
}

// NotSentEvent is the type of the event that tells of a challenge which was not
// sent. Mails have none of their own.
//
// Source: the description of tenant logs, gd_send_…_failure.
func NotSentEvent(method string) tenant.LogType {
	switch method {
	case store.MethodSMS:
		return tenant.LogFactorSMSNotSent
	case store.MethodVoice:
		return tenant.LogFactorVoiceNotSent
	case store.MethodPush:
		return tenant.LogFactorPushNotSent
	}
	return tenant.LogFactorFailed
}

// ProofEvent is the event about a second factor that was shown; err is nil for
// a good one.
//
// Source: the description of tenant logs, gd_auth_…, gd_recovery_….
func ProofEvent(about tenant.LogEvent, recovery bool, err error) tenant.LogEvent {
	about.Type = tenant.LogFactorPassed
	if recovery {
		about.Type = tenant.LogRecoveryPassed
	}
	var e *tenant.Error
	if !errors.As(err, &e) {
		return about
	}
	about.Description = e.Description
	switch {
	case e.Code == tenant.TooManyMFAAttempts().Code:
		about.Type = tenant.LogTooManyFactors
	case e.Code == tenant.MFARejected().Code:
		about.Type = tenant.LogPushRejected
	case recovery:
		about.Type = tenant.LogRecoveryFailed
	default:
		about.Type = tenant.LogFactorFailed
	}
	return about
}
