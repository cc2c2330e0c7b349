package store

import (
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// linkedAccount is an account that is another user's identity: nobody by
// itself, and yet people log in with it.
type linkedAccount struct {
	user    *tenant.User
	primary string
}

// Primary is the user whom an account belongs to: itself, unless it is linked
// to another. It is nil for an account that is not there.
//
// Source: Auth0 docs, "User account linking".
func (s *State) Primary(accountID string) *tenant.User {
	if account, ok := s.linked[accountID]; ok {
		return s.User(account.primary)
	}
	return s.User(accountID)
}

// linkedByName finds the linked account of a connection by what a person types
// to log in. It is blocked if the user it belongs to is.
func (s *State) linkedByName(connection, name string) *tenant.User {
	for _, id := range s.linkedNames[linkedName(connection, name)] {
		account := s.linked[id]
		if primary := s.User(account.primary); primary != nil {
			u := account.user.Clone()
			u.Blocked = primary.Blocked
			return u
		}
	}
	return nil
}

func linkedName(connection, name string) string {
	return connection + "\x00" + strings.ToLower(strings.TrimSpace(name))
}

// putLinked replaces a linked account, if u is one, in the user it belongs to.
func (s *State) putLinked(u *tenant.User) bool {
	account, ok := s.linked[u.UserID]
	primary := s.User(account.primary)
	if !ok || primary == nil {
		return false
	}
	s.PutUser(primary.WithIdentity(u.AsIdentity()))
	return true
}

// indexLinked makes the accounts that are linked to the user known, and forgets
// those that were and are not any more. old is the user before, or nil.
func (s *State) indexLinked(old, u *tenant.User) {
	if old != nil && len(old.Identities) > 1 {
		for _, identity := range old.LinkedIdentities() {
			s.eachName(&identity, func(key string) {
				s.linkedNames[key] = without(s.linkedNames[key], identity.FullID())
			})
			delete(s.linked, identity.FullID())
		}
	}
	if u == nil || len(u.Identities) < 2 {
		return
	}
	for _, identity := range u.LinkedIdentities() {
		s.linked[identity.FullID()] = linkedAccount{identity.AsUser(), u.UserID}
		s.eachName(&identity, func(key string) { s.linkedNames[key] = append(s.linkedNames[key], identity.FullID()) })
	}
}

func (s *State) eachName(identity *tenant.Identity, f func(key string)) {
	for _, name := range []string{"email", "username", "phone_number"} {
		if value, _ := identity.ProfileData[name].(string); value != "" {
			f(linkedName(identity.Connection, value))
		}
	}
}

func without(list []string, value string) []string {
	var kept []string
	for _, v := range list {
		if v != value {
			kept = append(kept, v)
		}
	}
	return kept
}
