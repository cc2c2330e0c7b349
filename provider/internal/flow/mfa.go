package flow

import (
	"crypto/subtle"
	"strings"
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

// mfaCodeLifetime is how long a code that was sent works.
//
// Source: Auth0 docs, "Multi-factor authentication rate limits".
const mfaCodeLifetime = 5 * time.Minute

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

// Challenge asks a user's authenticator for its proof: it sends a code, or a
// push that is answered as other approvals are. It returns what the caller
// holds of it. mfaTokenID ties it to a request for tokens, "" to none.
//
// It returns TooManyMFAMessages.
//
// Source: Auth0 docs, Authentication API, "Challenge with…".
func (f *Flow) Challenge(userID string, a *store.Authenticator, client *tenant.Client, mfaTokenID string, o Occasion) (string, error) {
	now := f.Clock.Now()
	limit := messageLimit(a.Method)
	if !f.within(limit, userID) {
		return "", tenant.TooManyMFAMessages(a.Factor()).WithHint("%d at once, then one each %s; advance the clock", limit.max, limit.refill)
	}
	c := &store.MFAChallenge{MFATokenID: mfaTokenID, UserID: userID, AuthenticatorID: a.ID, ExpiresAt: now.Add(mfaCodeLifetime)}
	if a.Method == store.MethodPush {
		approval := &store.Approval{
			Kind: store.ApprovalMFA, ClientID: client.ClientID, UserID: userID, Channel: tenant.ChannelGuardianPush,
			Message: "Log in to " + client.Name, ExpiresAt: c.ExpiresAt,
		}
		f.AskApproval(approval, client, "", o)
		c.ApprovalID = approval.ID
	} else {
		c.Code = f.IDs.Digits(mfa.Digits)
	}
	id := f.IDs.OOBCode()
	_ = f.Store.Update(func(s *store.State) error {
		s.MFAChallenges.PutAtMost(store.MaxWaiting, id, c, c.ExpiresAt.Add(mfaTokenMemory), now)
		return nil
	})
	if c.Code != "" {
		f.sendFactorCode(o, a, userID, client, c.Code)
	}
	return id, nil
}

func (f *Flow) sendFactorCode(o Occasion, a *store.Authenticator, userID string, client *tenant.Client, code string) {
	m := Mail{Kind: store.MessageMFACode, To: a.To, Client: client, Code: code, Lifetime: mfaCodeLifetime}
	_ = f.Store.View(func(s *store.State) error { m.User = s.User(userID); return nil })
	kind := tenant.PhoneVerify
	if !a.Active {
		kind = tenant.PhoneEnroll
	}
	switch a.Method {
	case store.MethodEmail:
		f.SendMail(o, m)
	case store.MethodVoice:
		f.SendText(o, m, store.ChannelVoice, kind, "factor")
	default:
		f.SendText(o, m, store.ChannelSMS, kind, "factor")
	}
}

// FindChallenge finds a challenge by what the caller holds of it.
//
// It returns InvalidOOBCode or OOBOfAnotherToken.
func (f *Flow) FindChallenge(oobCode, mfaTokenID string) (c *store.MFAChallenge, err error) {
	now := f.Clock.Now()
	err = f.Store.View(func(s *store.State) (err error) {
		found, ok := s.MFAChallenges.Get(oobCode, now)
		switch {
		case !ok:
			return tenant.InvalidOOBCode().WithHint("the oob_code is unknown, or was used before")
		case found.MFATokenID != mfaTokenID:
			return tenant.OOBOfAnotherToken()
		}
		c = found
		return nil
	})
	return c, err
}

// CheckBindingCode takes the code that a challenge sent. It works once.
//
// It returns InvalidBindingCode or TooManyMFAAttempts.
func (f *Flow) CheckBindingCode(oobCode string, c *store.MFAChallenge, typed string, enrol bool) error {
	return f.checkSent(oobCode, c, typed, func(s *store.State) bool { return answered(s, c, enrol) })
}

// CheckMailedCode is CheckBindingCode for a code that shows whose the address
// is, and is no second factor.
func (f *Flow) CheckMailedCode(oobCode string, c *store.MFAChallenge, typed string) error {
	return f.checkSent(oobCode, c, typed, func(s *store.State) bool { guesses.forget(s, c.UserID); return true })
}

func (f *Flow) checkSent(oobCode string, c *store.MFAChallenge, typed string, accept func(*store.State) bool) error {
	if err := f.guess(c.UserID); err != nil {
		return err
	}
	now := f.Clock.Now()
	wrong := tenant.InvalidBindingCode().WithHint("the code is wrong, used, or older than %s; the outbox has it: GET /_faux0/outbox", mfaCodeLifetime)
	return f.Store.Update(func(s *store.State) error {
		_, open := s.MFAChallenges.Get(oobCode, now)
		if !open || !now.Before(c.ExpiresAt) || subtle.ConstantTimeCompare([]byte(c.Code), []byte(strings.TrimSpace(typed))) != 1 || !accept(s) {
			return wrong
		}
		s.MFAChallenges.Delete(oobCode)
		return nil
	})
}

// answered marks the challenge's authenticator as passed; false where it may
// not be.
func answered(s *store.State, c *store.MFAChallenge, enrol bool) bool {
	list := s.UsableAuthenticators(c.UserID)
	if enrol || !enrolled(s, c.UserID) {
		list = append(list, s.Authenticators(c.UserID)...)
	}
	for _, a := range list {
		if a.ID == c.AuthenticatorID && s.Guardian().Enabled(a.Factor()) {
			fresh := *a
			passed(s, c.UserID, &fresh)
			return true
		}
	}
	return false
}

// PollPush asks whether a push was answered.
//
// It returns MFAPending, MFASlowDown or MFARejected.
func (f *Flow) PollPush(clientID, oobCode string, c *store.MFAChallenge, enrol bool) error {
	_, err := f.PollApproval(store.ApprovalMFA, clientID, c.ApprovalID)
	if e, ok := err.(*tenant.Error); ok { //nolint:errorlint // PollApproval returns it bare
		switch e.Code {
		case tenant.ApprovalPending().Code:
			return tenant.MFAPending().WithHint("%s", e.Hint)
		case tenant.ApprovalSlowDown(0).Code:
			return tenant.MFASlowDown()
		}
		return tenant.MFARejected()
	}
	return f.Store.Update(func(s *store.State) error {
		s.MFAChallenges.Delete(oobCode)
		if !answered(s, c, enrol) {
			return tenant.MFARejected().WithHint("the authenticator is gone, or its factor is disabled")
		}
		return nil
	})
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
