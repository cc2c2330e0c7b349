package provider

import (
	"strings"
	"sync"

	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Control is what a test does to a tenant that no Auth0 API can. The paths
// under /_faux0/ and package testkit call the same methods. It is safe for
// concurrent use.
type Control struct {
	p *Provider

	mu   sync.Mutex
	seed *tenant.Snapshot
	keys *token.KeySet
}

// Reset returns the tenant to its fixtures: users, sessions, codes, refresh
// tokens, signing keys and clock.
func (c *Control) Reset() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.setKeys(c.keys); err != nil {
		return err
	}
	c.p.flow.Clock.Reset()
	c.p.flow.Store.Reset(c.seed, c.p.flow.Clock.Now())
	return nil
}

// Restore replaces the tenant's state, and what Reset returns to, with a
// snapshot.
func (c *Control) Restore(s *tenant.Snapshot) error {
	seed, err := prepare(s, c.p.flow.Clock, c.p.config)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seed = seed
	c.p.flow.Store.Reset(seed, c.p.flow.Clock.Now())
	return nil
}

// Snapshot is the tenant's present state, as it could be loaded again:
// passwords as hashes, sessions and tokens left out.
func (c *Control) Snapshot() (snapshot *tenant.Snapshot) {
	_ = c.p.flow.Store.View(func(s *store.State) error { snapshot = s.Snapshot(); return nil })
	return snapshot
}

// Clock is the tenant's one clock.
func (c *Control) Clock() *tenant.Clock { return c.p.flow.Clock }

// PutUser adds or replaces a user, whose roles, permissions and organizations
// are named by id. A plain password is hashed. A new password or a new address
// ends the user's sessions. Consents given before stay where u says nothing of
// any.
func (c *Control) PutUser(u *tenant.User) (*tenant.User, error) {
	one, err := prepare(&tenant.Snapshot{Users: []*tenant.User{u}}, c.p.flow.Clock, c.p.config)
	if err != nil {
		return nil, err
	}
	added := one.Users[0]
	if u.Password != "" {
		c.keepHash(added, u.Password)
	}
	return added, c.p.flow.Store.Update(func(s *store.State) error {
		if added.Consents == nil {
			added.Consents = s.ConsentsOf(added.UserID)
		}
		s.ChangeUser(added, c.p.flow.Clock.Now())
		return nil
	})
}

// keepHash gives a user whose password is still the same the hash it had, so
// that the sessions live on.
func (c *Control) keepHash(u *tenant.User, plain string) {
	var old *tenant.User
	_ = c.p.flow.Store.View(func(s *store.State) error { old = s.User(u.UserID); return nil })
	if old != nil && password.Verify(old, plain) {
		u.PasswordHash, u.CustomPasswordHash = old.PasswordHash, old.CustomPasswordHash
	}
}

// DeleteUser deletes a user, whose sessions end.
func (c *Control) DeleteUser(userID string) { c.p.flow.DeleteUser(userID) }

// EndSessions ends every session of a user, as a revocation by the Management
// API does.
func (c *Control) EndSessions(userID string) {
	c.p.flow.EndSessionsOf(userID, tenant.InitiatorSessionRevoked)
}

// title is the tenant's name as people know it.
func (c *Control) title() (name string) {
	_ = c.p.flow.Store.View(func(s *store.State) error { name = s.Settings().FriendlyName; return nil })
	return strings.TrimSpace(name)
}
