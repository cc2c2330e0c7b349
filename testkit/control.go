package testkit

import (
	"maps"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Advance moves the tenant's clock forward: codes, tokens, sessions and
// everything else that ages.
func (a *Tenant) Advance(d time.Duration) { a.provider.Control().Clock().Advance(d) }

// Freeze stops the tenant's clock at a time. Advance still moves it; Reset lets
// it run again.
func (a *Tenant) Freeze(at time.Time) { a.provider.Control().Clock().Freeze(at) }

// Now is the tenant's time.
func (a *Tenant) Now() time.Time { return a.provider.Control().Clock().Now() }

// Reset returns the tenant to what it was started from: users, sessions, codes,
// refresh tokens, signing keys and clock.
func (a *Tenant) Reset() {
	a.t.Helper()
	if err := a.provider.Control().Reset(); err != nil {
		a.t.Fatalf("testkit: reset: %v", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.passwords = maps.Clone(a.seeded)
}

// RotateSigningKey makes the next signing key the current one. Tokens signed
// before still verify.
func (a *Tenant) RotateSigningKey() {
	a.t.Helper()
	if err := a.provider.Control().RotateKeys(); err != nil {
		a.t.Fatalf("testkit: rotate signing key: %v", err)
	}
}

// SigningKeys lists the keys that tokens verify by: the current one, the next,
// and after a rotation the previous one.
func (a *Tenant) SigningKeys() []provider.SigningKey {
	a.t.Helper()
	keys, err := a.provider.Control().SigningKeys()
	if err != nil {
		a.t.Fatalf("testkit: signing keys: %v", err)
	}
	return keys
}

// RevokeSigningKey takes the key away that RotateSigningKey replaced last:
// tokens signed with it no longer verify.
func (a *Tenant) RevokeSigningKey() {
	a.t.Helper()
	for _, k := range a.SigningKeys() {
		if !k.Previous {
			continue
		}
		if err := a.provider.Control().RevokeKey(k.KID); err != nil {
			a.t.Fatalf("testkit: revoke signing key: %v", err)
		}
		return
	}
	a.t.Fatalf("testkit: revoke signing key: there is no previous one; RotateSigningKey first")
}

// Snapshot is a copy of the tenant's present state, from which With starts
// another tenant. Passwords are in plain where the test knows them.
func (a *Tenant) Snapshot() *tenant.Snapshot {
	s := a.provider.Control().Snapshot().Clone()
	for _, u := range s.Users {
		u.Password = a.password(u.UserID)
	}
	return s
}
