package provider

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// twins finds two accounts with one verified address, which an application would
// offer to link: the first of a database, and one of a provider.
//
// Source: Auth0 docs, "User account linking" (suggested linking).
func twins(s *store.State) (first, second *tenant.User) {
	isDatabase := func(u *tenant.User) bool {
		c := s.ConnectionByName(u.Connection)
		return c != nil && c.Database()
	}
	for _, first := range s.FirstUsers(consoleUsers) {
		if first.Email == "" || !first.EmailVerified || !isDatabase(first) {
			continue
		}
		for _, second := range s.UsersByEmail(first.Email) {
			if second.UserID != first.UserID && second.EmailVerified && !isDatabase(second) {
				return first, second
			}
		}
	}
	return nil, nil
}

// tryLinking links the accounts that the console offers to link.
func (c *Control) tryLinking() (*wire.Response, error) {
	var first, second *tenant.User
	_ = c.p.flow.Store.View(func(s *store.State) error { first, second = twins(s); return nil })
	if first != nil {
		if _, err := c.p.flow.LinkIdentity(first.UserID, second.UserID); err != nil {
			return nil, err
		}
	}
	return wire.Redirect("/_faux0/"), nil
}

// linked are the further identities of a user, in words.
func linked(u *tenant.User) (names []string) {
	for i := range u.Identities {
		if id := u.Identities[i].FullID(); id != u.UserID {
			names = append(names, "also "+id)
		}
	}
	return names
}
