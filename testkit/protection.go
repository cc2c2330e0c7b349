package testkit

import "github.com/faux0/faux0/provider"

// Blocks lists the accounts that failed logins have blocked, and the addresses
// that may do nothing for now.
func (a *Tenant) Blocks() []provider.Block { return a.provider.Control().Blocks() }

// Unblock lifts the block that failed logins have put on the user's account.
func (a *Tenant) Unblock(u User) { a.provider.Control().Unblock(u.ID) }

// BreachPassword makes a password count as known from a breach, where the tenant
// has breached password detection. Those that begin with AUTH0-TEST- always do.
func (a *Tenant) BreachPassword(plain string) { a.provider.Control().BreachPassword(plain) }
