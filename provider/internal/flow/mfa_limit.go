package flow

import (
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// limit is a bucket of each user's: it holds max, and loses one each refill.
type limit struct {
	what   string
	max    int
	refill time.Duration
}

// Limits of second factors.
//
// Source: Auth0 docs, "Multi-factor authentication rate limits"; Auth0 support,
// "Rate limits for MFA factors".
var (
	guesses  = limit{"guesses", 10, 6 * time.Minute}
	toPhones = limit{"phone", 10, time.Hour}
	mails    = limit{"mail", 20, time.Minute}
	pushes   = limit{"push", 5, 12 * time.Second}
)

// messageLimit is the limit of what a method sends.
func messageLimit(method string) limit {
	switch method {
	case store.MethodEmail:
		return mails
	case store.MethodPush:
		return pushes
	}
	return toPhones
}

func (l limit) key(userID string) string { return l.what + "\x00" + userID }

func (l limit) forget(s *store.State, userID string) { s.MFALimits.Delete(l.key(userID)) }

// within counts one more beforehand, so that of many at once none is free, and
// says whether it may be.
func (f *Flow) within(l limit, userID string) (may bool) {
	now := f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		full, ok := s.MFALimits.Get(l.key(userID), now)
		if !ok {
			full = now
		}
		if may = full.Sub(now) <= time.Duration(l.max-1)*l.refill; may {
			full = full.Add(l.refill)
			s.MFALimits.Put(l.key(userID), full, full, now)
		}
		return nil
	})
	return may
}

// guess counts a try at a code.
//
// It returns TooManyMFAAttempts.
func (f *Flow) guess(userID string) error {
	if f.within(guesses, userID) {
		return nil
	}
	return tenant.TooManyMFAAttempts().WithHint("%d wrong codes; one more may be tried each %s", guesses.max, guesses.refill)
}
