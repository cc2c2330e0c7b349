package flow

import (
	"crypto/subtle"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// CheckOTP takes a code of an authenticator app: of one the user has, or of the
// one being enrolled while the user has no factor yet, or with enrol has shown
// one. Each code works once.
//
// It returns InvalidOTP or TooManyMFAAttempts.
//
// Source: RFC 6238 §5.2.
func (f *Flow) CheckOTP(userID, typed string, enrol bool) error {
	if err := f.guess(userID); err != nil {
		return err
	}
	now := f.Clock.Now()
	for _, a := range f.Authenticators(userID, false) {
		if a.Method != store.MethodTOTP {
			continue
		}
		at := mfa.Step(a.Secret, typed, a.UsedStep, now)
		if at != 0 && f.useStep(userID, a.ID, at, enrol) {
			return nil
		}
	}
	return tenant.InvalidOTP().WithHint("the code is wrong, was used before, or the clocks differ by more than %s; the tenant's clock says %s", mfa.Period, now.UTC().Format(time.RFC3339))
}

func (f *Flow) useStep(userID, id string, step int64, enrol bool) (used bool) {
	_ = f.Store.Update(func(s *store.State) error {
		if !s.Guardian().Enabled(tenant.FactorOTP) {
			return nil
		}
		may := enrol || !enrolled(s, userID)
		for _, a := range s.Authenticators(userID) {
			if a.ID == id && a.UsedStep < step && (a.Active || may) {
				fresh := *a
				fresh.UsedStep, used = step, true
				passed(s, userID, &fresh)
			}
		}
		return nil
	})
	return used
}

// CheckRecoveryCode takes a recovery code and returns the one that replaces it.
//
// It returns InvalidRecoveryCode or TooManyMFAAttempts.
//
// Source: Auth0 docs, Authentication API, "Verify with recovery code".
func (f *Flow) CheckRecoveryCode(userID, typed string) (string, error) {
	if err := f.guess(userID); err != nil {
		return "", err
	}
	typed = strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	next := f.IDs.RecoveryCode()
	err := f.Store.Update(func(s *store.State) error {
		for _, a := range s.UsableAuthenticators(userID) {
			if a.Method == store.MethodRecoveryCode && subtle.ConstantTimeCompare([]byte(a.Secret), []byte(typed)) == 1 {
				fresh := *a
				fresh.Secret = next
				passed(s, userID, &fresh)
				return nil
			}
		}
		return tenant.InvalidRecoveryCode().WithHint("a recovery code works once; the answer to it holds the next one")
	})
	return next, err
}

// OneTimeCode is what the user's authenticator app shows, or shows next where
// the present code was used.
func (f *Flow) OneTimeCode(userID string) (string, error) {
	var app *store.Authenticator
	for _, a := range f.Authenticators(userID, false) {
		if a.Method == store.MethodTOTP && (app == nil || a.Active) {
			app = a
		}
	}
	if app == nil {
		return "", tenant.InvalidRequest("User " + userID + " has no authenticator app")
	}
	now := f.Clock.Now()
	for _, at := range []time.Time{now, now.Add(mfa.Period)} {
		code, err := mfa.Code(app.Secret, at)
		if err != nil {
			return "", tenant.InvalidRequest("The secret of the authenticator app of " + userID + " is no base32")
		}
		if mfa.Step(app.Secret, code, app.UsedStep, now) != 0 {
			return code, nil
		}
	}
	return "", tenant.InvalidRequest("The codes of now and next were used; advance the clock by 30 seconds")
}
