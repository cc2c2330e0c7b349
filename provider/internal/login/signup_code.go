package login

import (
	"crypto/subtle"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

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
