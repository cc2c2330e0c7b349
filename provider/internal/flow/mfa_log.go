package flow

import (
	"cmp"
	"errors"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// factorEvents are the types of the events about a challenge that was sent, and
// one that could not be, by method. Mails have no type for the latter.
//
// Source: the description of tenant logs, gd_send_…, gd_send_…_failure.
var factorEvents = map[string]struct{ sent, notSent tenant.LogType }{
	store.MethodSMS:   {tenant.LogFactorSMSSent, tenant.LogFactorSMSNotSent},
	store.MethodVoice: {tenant.LogFactorVoiceSent, tenant.LogFactorVoiceNotSent},
	store.MethodEmail: {tenant.LogFactorMailSent, tenant.LogFactorFailed},
	store.MethodPush:  {tenant.LogFactorPushSent, tenant.LogFactorPushNotSent},
}

// SentEvent is the type of the event that tells of a challenge.
func SentEvent(method string) tenant.LogType {
	return cmp.Or(factorEvents[method].sent, tenant.LogFactorAsked)
}

// NotSentEvent is the type of the event that tells of a challenge which could
// not be sent.
func NotSentEvent(method string) tenant.LogType {
	return cmp.Or(factorEvents[method].notSent, tenant.LogFactorFailed)
}

// AboutAuthenticator is the event with what it says of an authenticator.
func AboutAuthenticator(e tenant.LogEvent, id, method string) tenant.LogEvent {
	e.Details = map[string]any{"authenticator": map[string]any{"id": id, "type": method}}
	return e
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
