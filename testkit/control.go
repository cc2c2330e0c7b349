package testkit

import (
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Advance moves the tenant's clock forward: codes, tokens, sessions and
// everything else that ages.
func (a *Tenant) Advance(d time.Duration) { a.provider.Control().Clock().Advance(d) }

// Freeze stops the tenant's clock at a time. Advance still moves it.
func (a *Tenant) Freeze(at time.Time) { a.provider.Control().Clock().Freeze(at) }

// Now is the tenant's time.
func (a *Tenant) Now() time.Time { return a.provider.Control().Clock().Now() }

// Reset returns the tenant to what it was started from.
func (a *Tenant) Reset() {
	a.t.Helper()
	if err := a.provider.Control().Reset(); err != nil {
		a.t.Fatalf("testkit: reset: %v", err)
	}
}

// RotateSigningKey makes the next signing key the current one. Tokens signed
// before still verify.
func (a *Tenant) RotateSigningKey() {
	a.t.Helper()
	if err := a.provider.Control().RotateKeys(); err != nil {
		a.t.Fatalf("testkit: rotate signing key: %v", err)
	}
}

// Snapshot is the tenant's present state; With starts another tenant from it.
// Treat it as read-only.
func (a *Tenant) Snapshot() *tenant.Snapshot { return a.provider.Control().Snapshot() }
