package testkit

import (
	"maps"
	"time"

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

// Snapshot is a copy of the tenant's present state, from which With starts
// another tenant. Passwords are in plain where the test knows them.
func (a *Tenant) Snapshot() *tenant.Snapshot {
	s := a.provider.Control().Snapshot().Clone()
	for _, u := range s.Users {
		u.Password = a.password(u.UserID)
	}
	return s
}
