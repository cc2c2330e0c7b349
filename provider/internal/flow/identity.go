package flow

import (
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// LinkIdentity makes the account with the user_id secondary an identity of the
// user primary, and returns the identities that user then has. The secondary
// user is gone, with its metadata, roles and sessions; what was linked to it
// comes along.
//
// It returns UserNotFound, SameIdentity, IdentityUnknown or IdentityTaken.
//
// Source: Management API, POST /api/v2/users/{id}/identities; Auth0 docs, "User
// account linking". Observed: go-auth0, TestUserManager_Link.
func (f *Flow) LinkIdentity(primary, secondary string) (identities []tenant.Identity, err error) {
	err = f.Store.Update(func(s *store.State) error {
		old, other := s.User(primary), s.User(secondary)
		switch {
		case old == nil:
			return tenant.UserNotFound()
		case primary == secondary:
			return tenant.SameIdentity()
		case other == nil && s.Primary(secondary) != nil:
			return tenant.IdentityTaken()
		case other == nil:
			return tenant.IdentityUnknown()
		}
		u := old.Clone()
		own := u.AsIdentity()
		own.PasswordHash, own.CustomPasswordHash = "", nil
		u.Identities = append([]tenant.Identity{own}, u.LinkedIdentities()...)
		u.Identities = append(append(u.Identities, other.AsIdentity()), other.LinkedIdentities()...)
		u.UpdatedAt = f.Clock.Now()
		s.DeleteUser(secondary)
		s.PutUser(u)
		identities = u.PublicIdentities()
		return nil
	})
	return identities, err
}

// UnlinkIdentity takes the account with the user_id secondary from the user
// primary, and returns the identities left. The account is a user of its own
// from then on, without metadata.
//
// It returns UserNotFound, MainIdentity or IdentityUnknown.
//
// Source: Management API, DELETE
// /api/v2/users/{id}/identities/{provider}/{user_id}; Auth0 docs, "Unlink user
// accounts".
func (f *Flow) UnlinkIdentity(primary, secondary string) (identities []tenant.Identity, err error) {
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		old := s.User(primary)
		if old == nil {
			return tenant.UserNotFound()
		}
		i := slices.IndexFunc(old.Identities, func(i tenant.Identity) bool { return i.FullID() == secondary })
		switch {
		case secondary == primary:
			return tenant.MainIdentity()
		case i < 0:
			return tenant.IdentityUnknown()
		}
		account := old.Identities[i].AsUser()
		account.FillDefaults(now)
		u := old.Clone()
		u.Identities = slices.Delete(slices.Clone(u.Identities), i, i+1)
		u.UpdatedAt = now
		s.PutUser(u)
		s.PutUser(account)
		identities = u.PublicIdentities()
		return nil
	})
	return identities, err
}

// primaryOf is the user whom an account belongs to that somebody has logged in
// with.
func (f *Flow) primaryOf(account *tenant.User) *tenant.User {
	if account == nil {
		return nil
	}
	_ = f.Store.View(func(s *store.State) error {
		if primary := s.Primary(account.UserID); primary != nil {
			account = primary
		}
		return nil
	})
	return account
}
