package flow

import (
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/webauthn"
	"github.com/faux0/faux0/provider/tenant"
)

// AskPasskey asks whoever has a passkey of the tenant's to log in with it, and
// returns what finds the ceremony again.
//
// Source: Auth0 docs, Authentication API, "Request a passkey challenge"
// (verification is preferred).
func (f *Flow) AskPasskey(c store.Ceremony, base string) (webauthn.Request, string) {
	c.Purpose, c.KeyType, c.RPID = store.CeremonyLogin, tenant.KeyPasskey, f.RPID(base, tenant.KeyPasskey)
	o := webauthn.Request{TimeoutMilliseconds: int(keyTimeout / time.Millisecond), RPID: c.RPID, UserVerification: webauthn.Preferred}
	id := f.begin(&c)
	o.Challenge = c.Challenge
	return o, id
}

// PauseKey offers a user no such key in a browser for a while.
func (f *Flow) PauseKey(deviceID, userID, offer string, pause time.Duration) {
	now := f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		s.KeyPauses.PutAtMost(store.MaxWaiting, pauseKey(deviceID, userID, offer), struct{}{}, now.Add(pause), now)
		return nil
	})
}

// KeyPaused says whether a key is not to be offered yet.
func (f *Flow) KeyPaused(deviceID, userID, offer string) (paused bool) {
	_ = f.Store.View(func(s *store.State) error {
		_, paused = s.KeyPauses.Get(pauseKey(deviceID, userID, offer), f.Clock.Now())
		return nil
	})
	return paused
}

func pauseKey(deviceID, userID, offer string) string {
	return deviceID + "\x00" + userID + "\x00" + offer
}

// Taken says whether the database has a user with one of the identifiers of
// somebody who signs up.
func (f *Flow) Taken(c *tenant.Connection, user *tenant.User) bool {
	return f.Store.View(func(s *store.State) error { return taken(s, c, user) }) != nil
}

// KeyKnown says whether somebody has the key.
func (f *Flow) KeyKnown(keyID string) (known bool) {
	_ = f.Store.View(func(s *store.State) error {
		owner, _ := s.UserByKey(keyID)
		known = owner != nil
		return nil
	})
	return known
}
