package flow

import (
	"time"

	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// mfaTokenLifetime is how long a second factor may take; mfaTokenMemory is how
// much longer the token is known, to say why it does not work.
//
// Source: Auth0 docs, "Authenticate using the Resource Owner Password flow with
// MFA" (ten minutes).
const (
	mfaTokenLifetime = 10 * time.Minute
	mfaTokenMemory   = time.Hour
)

// FactorDue says what a user has to show beside a first factor, and why, or why
// nothing.
func (f *Flow) FactorDue(q token.SecondFactor) (reason token.Reason, ask token.FactorAsk) {
	_ = f.Store.View(func(s *store.State) error {
		q.Guardian, q.Enrolled = s.Guardian(), enrolled(s, q.User.UserID)
		reason, ask = q.Due(s)
		return nil
	})
	return reason, ask
}

// FactorReason is the Reason that was found at a login, by its code.
func (f *Flow) FactorReason(code string, user *tenant.User) (reason token.Reason) {
	if code != "" {
		_ = f.Store.View(func(s *store.State) error { reason = token.FactorReason(s, code, user); return nil })
	}
	return reason
}

// enrolled says whether a user has a factor that may be used; a recovery code
// alone is none.
func enrolled(s *store.State, userID string) bool {
	for _, a := range s.UsableAuthenticators(userID) {
		if a.Method != store.MethodRecoveryCode {
			return true
		}
	}
	return false
}

// AskFactor keeps a request for tokens until its second factor comes, and
// returns MFARequired.
func (f *Flow) AskFactor(t store.MFAToken, why token.Reason) error {
	now := f.Clock.Now()
	t.ID, t.ExpiresAt = f.IDs.MFAToken(), now.Add(mfaTokenLifetime)
	var needs tenant.MFARequirements
	_ = f.Store.Update(func(s *store.State) error {
		s.MFATokens.PutAtMost(store.MaxWaiting, t.ID, &t, t.ExpiresAt.Add(mfaTokenMemory), now)
		if enrolled(s, t.UserID) {
			for _, a := range s.UsableAuthenticators(t.UserID) {
				needs.Challenge = appendType(needs.Challenge, a.Factor())
			}
		} else {
			for _, factor := range s.Guardian().Usable() {
				if factor == tenant.FactorWebAuthnRoaming {
					continue // pages alone enrol in it
				}
				needs.Enroll = appendType(needs.Enroll, factor)
			}
		}
		return nil
	})
	return tenant.MFARequired(t.ID, needs).WithHint("%s", why.Advice())
}

func appendType(list []tenant.MFAType, factor string) []tenant.MFAType {
	if factor == tenant.FactorSMS {
		factor = "phone"
	}
	for _, t := range list {
		if t.Type == factor {
			return list
		}
	}
	return append(list, tenant.MFAType{Type: factor})
}

// MFAToken finds what an mfa_token stands for. clientID is the caller's, ""
// where none has said who it is.
//
// It returns MalformedMFAToken, ExpiredMFAToken or ForeignMFAToken.
func (f *Flow) MFAToken(raw, clientID string) (found *store.MFAToken, err error) {
	now := f.Clock.Now()
	err = f.Store.View(func(s *store.State) error {
		t, ok := s.MFATokens.Get(raw, now)
		switch {
		case !ok:
			return tenant.MalformedMFAToken().WithHint("the mfa_token is unknown, or was used before")
		case clientID != "" && t.ClientID != clientID:
			return tenant.ForeignMFAToken()
		case !now.Before(t.ExpiresAt):
			return tenant.ExpiredMFAToken().WithHint("an mfa_token works for %s; log in again", mfaTokenLifetime)
		}
		found = t
		return nil
	})
	return found, err
}

// TakeMFAToken ends an mfa_token: of two who have passed, one gets its tokens.
func (f *Flow) TakeMFAToken(id string) (taken bool) {
	_ = f.Store.Update(func(s *store.State) error { _, taken = s.MFATokens.Take(id, f.Clock.Now()); return nil })
	return taken
}

// Authenticators lists what a user is enrolled in; usable leaves out what
// proves nothing.
func (f *Flow) Authenticators(userID string, usable bool) (list []*store.Authenticator) {
	_ = f.Store.View(func(s *store.State) error {
		if list = s.Authenticators(userID); usable {
			list = s.UsableAuthenticators(userID)
		}
		return nil
	})
	return list
}

// Enrolled says whether a user has a second factor that may be used.
func (f *Flow) Enrolled(userID string) (is bool) {
	_ = f.Store.View(func(s *store.State) error { is = enrolled(s, userID); return nil })
	return is
}

// Enrol begins an enrolment, and returns the recovery code that comes with the
// first one where the tenant offers them, else "". Nothing counts before it is
// confirmed.
//
// Source: Auth0 docs, "Enroll and challenge … authenticators", "Configure
// recovery codes for MFA".
func (f *Flow) Enrol(userID, method, to string) (*store.Authenticator, string) {
	a := f.NewAuthenticator(method, to)
	code := f.NewAuthenticator(store.MethodRecoveryCode, "")
	_ = f.Store.Update(func(s *store.State) error {
		first := s.Guardian().Enabled(tenant.FactorRecoveryCode) && !enrolled(s, userID)
		for _, old := range s.Authenticators(userID) {
			switch {
			case old.Active && old.Method == store.MethodRecoveryCode:
				first = false
			case !old.Active && (old.Method == store.MethodRecoveryCode || old.Method == method):
				s.DeleteAuthenticator(userID, old.ID) // begun and left
			}
		}
		s.PutAuthenticator(userID, a)
		if !first {
			code.Secret = ""
			return nil
		}
		s.PutAuthenticator(userID, code)
		return nil
	})
	return a, code.Secret
}

// NewAuthenticator makes an authenticator that no user has yet.
func (f *Flow) NewAuthenticator(method, to string) *store.Authenticator {
	a := &store.Authenticator{ID: method + "|dev_" + f.IDs.AuthenticatorID(), Method: method, To: to}
	switch method {
	case store.MethodTOTP, store.MethodPush:
		a.Secret = mfa.Secret(f.IDs.Bytes(mfa.SecretBytes))
	case store.MethodRecoveryCode:
		a.Secret = f.IDs.RecoveryCode()
	}
	return a
}

// passed makes an authenticator active that has just shown a right code, with
// the recovery code that came with it, and forgets the guesses.
func passed(s *store.State, userID string, a *store.Authenticator) {
	if !a.Implicit {
		a.Active = true
		s.PutAuthenticator(userID, a)
	}
	guesses.forget(s, userID)
	for _, other := range s.Authenticators(userID) {
		if other.Method == store.MethodRecoveryCode && !other.Active {
			active := *other
			active.Active = true
			s.PutAuthenticator(userID, &active)
		}
	}
}
