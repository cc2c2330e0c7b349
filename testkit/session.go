package testkit

import (
	"github.com/faux0/faux0/provider/tenant"
)

// SetPassword changes the user's password, as a reset or the Management API
// does: their sessions end. It returns the user with the new password.
func (a *Tenant) SetPassword(u User, plain string) User {
	a.t.Helper()
	u = a.change(u, func(v *tenant.User) { v.Password = plain })
	a.setPassword(u.ID, plain)
	u.Password = plain
	return u
}

// Block blocks the user: the next login, silent or not, is refused. It returns
// the user as they are now.
func (a *Tenant) Block(u User) User {
	a.t.Helper()
	return a.change(u, func(v *tenant.User) { v.Blocked = true })
}

// DeleteUser deletes the user, whose sessions end.
func (a *Tenant) DeleteUser(u User) { a.provider.Control().DeleteUser(u.ID) }

// EndSessions ends every session of the user, as a revocation by the Management
// API does: the next silent login is refused.
func (a *Tenant) EndSessions(u User) { a.provider.Control().EndSessions(u.ID) }

// change changes the tenant's user with the ID.
func (a *Tenant) change(u User, f func(*tenant.User)) User {
	a.t.Helper()
	var known []string
	for _, v := range a.provider.Control().Snapshot().Users {
		if v.UserID != u.ID {
			known = append(known, v.UserID)
			continue
		}
		changed := v.Clone()
		f(changed)
		changed, err := a.provider.Control().PutUser(changed)
		if err != nil {
			a.t.Fatalf("testkit: change user: %s", why(err))
			return u
		}
		return a.known(a.provider.Control().Snapshot(), changed)
	}
	a.missing("user", u.ID, known)
	return u
}
