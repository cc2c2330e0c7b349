package flow

import (
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// mfaCodeLifetime is how long a code that was sent works.
//
// Source: Auth0 docs, "Multi-factor authentication rate limits".
const mfaCodeLifetime = 5 * time.Minute

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
	var e *tenant.Error
	switch {
	case err == nil:
	case errors.As(err, &e) && e.Code == tenant.ApprovalPending().Code:
		return tenant.MFAPending().WithHint("%s", e.Hint)
	case errors.As(err, &e) && e.Code == tenant.ApprovalSlowDown(0).Code:
		return tenant.MFASlowDown()
	default:
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
