package flow

import (
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// maxBrowsers is how many browsers of a user are remembered. Auth0 publishes no
// number.
const maxBrowsers = 20

// AssessesRisk says whether the tenant wants to know what the browser says about
// a login.
func (f *Flow) AssessesRisk() (does bool) {
	_ = f.Store.View(func(s *store.State) error { does = s.Guardian().Adaptive(); return nil })
	return does
}

// Risk is what the browser says about a user's login.
//
// Source: Auth0 docs, "Adaptive MFA".
func (f *Flow) Risk(user *tenant.User, b store.Browser) (risk token.Risk) {
	now := f.Clock.Now()
	_ = f.Store.View(func(s *store.State) error {
		var known []token.Device
		seen, _ := s.Browsers.Get(user.UserID, now)
		for _, other := range seen {
			known = append(known, token.Device(other))
		}
		b.SeenAt = now
		risk = token.AssessRisk(known, token.Device(b), user.LoginsCount)
		return nil
	})
	return risk
}

// Trust remembers the browser as one that the user has logged in with.
func (f *Flow) Trust(user *tenant.User, b store.Browser) {
	now := f.Clock.Now()
	b.SeenAt = now
	_ = f.Store.Update(func(s *store.State) error {
		seen, _ := s.Browsers.Get(user.UserID, now)
		seen = slices.DeleteFunc(slices.Clone(seen), func(o store.Browser) bool { return o.ID == b.ID && o.UserAgent == b.UserAgent })
		seen = append(seen, b)
		if len(seen) > maxBrowsers {
			seen = seen[1:]
		}
		s.Browsers.Put(user.UserID, seen, now.Add(token.DeviceMemory), now)
		return nil
	})
}
