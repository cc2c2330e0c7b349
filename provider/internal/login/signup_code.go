package login

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// newSignupCode makes a fresh code for what is to be verified, and sends it.
func (h *Handler) newSignupCode(t *store.Transaction, a *authorization) {
	draft := *t.Signup
	draft.Code, t.Signup = h.NewSignupCode(), &draft
	h.sendSignupCode(t, a)
}

func (h *Handler) sendSignupCode(t *store.Transaction, a *authorization) {
	draft, attribute := t.Signup, t.Signup.ToVerify[0]
	h.SendSignupCode(a.occasion(), flow.Mail{To: values(*draft)[attribute], User: draft.User, Client: a.client, Code: draft.Code.Code}, attribute)
}

// renewSignupCode replaces the code that was sent, and says whether it did: a
// new code brings no new tries, and none is made once they are spent. Whoever
// signs up anew is counted as such.
func (h *Handler) renewSignupCode(t *store.Transaction) (renewed bool) {
	now, code := h.Clock.Now(), h.NewSignupCode()
	_ = h.Store.Update(func(s *store.State) error {
		fresh, ok := s.Transactions.Get(t.ID, now)
		if !ok || fresh.Signup == nil || fresh.Signup.Code == nil || fresh.Signup.Code.Failures >= tenant.MaxCodeFailures {
			return nil
		}
		code.Failures = fresh.Signup.Code.Failures
		draft := *fresh.Signup
		draft.Code, t.Signup = code, &draft
		renewed = keepIn(s, t, now)
		return nil
	})
	return renewed
}

func (h *Handler) signupCodePage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if t.Code != nil && t.Signup == nil {
		return h.codePage(r)
	}
	if t.Signup == nil || t.Signup.Code == nil {
		return wire.Redirect(h.signupStart(a, t.ID)), nil
	}
	return h.showSignupCode(t, a, nil)
}

// signupStart is where a sign-up begins.
func (h *Handler) signupStart(a *authorization, id string) (start string) {
	_ = h.Store.View(func(s *store.State) error {
		if start = signupURL(s, a, id); start == "" {
			start = loginURL(s, id)
		}
		return nil
	})
	return start
}

func (h *Handler) showSignupCode(t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	path, screen, to := pathSignupEmailCode, "email-identifier-challenge.email-identifier-challenge", t.Signup.Email
	if t.Signup.ToVerify[0] == tenant.AttributePhone {
		path, screen, to = pathSignupPhoneCode, "phone-identifier-challenge.phone-identifier-challenge", t.Signup.Phone
	}
	page := ui.Code{ScreenPage: ui.ScreenPage{Form: h.form(t, a, path), Screen: screen}, To: to}
	page.Error = failure.show(page.Look, screenSignup, "")
	return render(statusOf(failure), page, "")
}

// signupCode takes the code that verifies an address or a number.
//
// Source: Auth0 docs, "Activate and configure attributes for flexible
// identifiers" (verification by one-time password).
func (h *Handler) signupCode(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	if t.Code != nil && t.Signup == nil {
		return h.answerCode(r, t, a, p)
	}
	c := h.signupConnectionOf(a)
	if c == nil || t.Signup == nil || t.Signup.Code == nil {
		return wire.Redirect(h.signupStart(a, t.ID)), nil
	}
	if p.Get("action") == "resend-code" {
		if !h.renewSignupCode(t) {
			return h.showSignupCode(t, a, errTooManyCodes)
		}
		h.sendSignupCode(t, a)
		return h.showSignupCode(t, a, nil)
	}
	right, tries := h.checkSignupCode(t, strings.TrimSpace(p.Get("code")))
	switch {
	case tries >= tenant.MaxCodeFailures && !right:
		return h.showSignupCode(t, a, errTooManyCodes)
	case !right:
		return h.showSignupCode(t, a, errInvalidCode)
	}
	draft := *t.Signup
	user := draft.User.Clone()
	user.EmailVerified = user.EmailVerified || draft.ToVerify[0] == tenant.AttributeEmail
	user.PhoneVerified = user.PhoneVerified || draft.ToVerify[0] == tenant.AttributePhone
	draft.User, draft.Code, draft.ToVerify = user, nil, draft.ToVerify[1:]
	t.Signup = &draft
	return h.nextSignupStep(r, t, a, c)
}

// checkSignupCode says whether the code is the one that was sent, and how often
// another was given. It counts in the transaction, so that of many tries at
// once none is free.
func (h *Handler) checkSignupCode(t *store.Transaction, code string) (right bool, tries int) {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		fresh, ok := s.Transactions.Get(t.ID, now)
		if !ok || fresh.Signup == nil || fresh.Signup.Code == nil {
			return nil
		}
		sent := *fresh.Signup.Code
		right = sent.Failures < tenant.MaxCodeFailures && now.Before(sent.ExpiresAt) && subtle.ConstantTimeCompare([]byte(sent.Code), []byte(code)) == 1
		if !right {
			sent.Failures++
		}
		tries = sent.Failures
		draft := *fresh.Signup
		draft.Code, t.Signup = &sent, &draft
		changed := fresh.Clone()
		changed.Signup = &draft
		keepIn(s, changed, now)
		return nil
	})
	return right, tries
}
