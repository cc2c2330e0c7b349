package store

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// User finds a user by user_id, or returns nil.
func (s *State) User(id string) *tenant.User { v, _ := s.users.Get(id); return v }

// Users lists the users in order.
func (s *State) Users() []*tenant.User { return s.users.All() }

// FirstUsers lists at most n users, in order.
func (s *State) FirstUsers(n int) []*tenant.User { return s.users.first(n) }

// UsersByEmail finds the users with the address, whatever its case, in any
// connection.
func (s *State) UsersByEmail(email string) []*tenant.User {
	return s.usersOf(s.usersByEmail[strings.ToLower(email)])
}

// UserByLogin finds the account of a connection by what a person types to log
// in: e-mail address, username or phone number. It may be linked to another
// user, whom Primary finds.
func (s *State) UserByLogin(connection, identifier string) *tenant.User {
	key := strings.ToLower(strings.TrimSpace(identifier))
	for _, ids := range [][]string{s.usersByEmail[key], s.usersByName[key]} {
		for _, u := range s.usersOf(ids) {
			if u.Connection == connection {
				return u
			}
		}
	}
	return s.linkedByName(connection, key)
}

func (s *State) usersOf(ids []string) []*tenant.User {
	users := make([]*tenant.User, 0, len(ids))
	for _, id := range ids {
		users = append(users, s.User(id))
	}
	return users
}

// ChangeUser is PutUser for a change a person made, as against a login.
func (s *State) ChangeUser(u *tenant.User, now time.Time) {
	if old := s.User(u.UserID); old != nil {
		if !reflect.DeepEqual(rights(old), rights(u)) {
			s.changed[tenant.Setting{Kind: tenant.KindUser, ID: u.UserID}] = now
		}
		if !reflect.DeepEqual(old.MFAFactors, u.MFAFactors) {
			delete(s.authenticators, u.UserID)
		}
	}
	s.PutUser(u)
}

// PutUser adds or replaces a user.
func (s *State) PutUser(u *tenant.User) {
	if s.putLinked(u) {
		return
	}
	old := s.User(u.UserID)
	s.indexLinked(old, u)
	s.indexKeys(old, u)
	if old != nil {
		s.noteUserChange(old, u)
		if old.Email == u.Email && old.Username == u.Username && old.PhoneNumber == u.PhoneNumber {
			s.users.Put(u.UserID, u)
			return
		}
		s.unindex(old)
	}
	s.users.Put(u.UserID, u)
	index(s.usersByEmail, u.Email, u.UserID)
	index(s.usersByName, u.Username, u.UserID)
	index(s.usersByName, u.PhoneNumber, u.UserID)
}

func index(by map[string][]string, key, id string) {
	if key = strings.ToLower(key); key != "" {
		by[key] = append(by[key], id)
	}
}

func (s *State) unindex(u *tenant.User) {
	for by, keys := range map[*map[string][]string][]string{
		&s.usersByEmail: {u.Email}, &s.usersByName: {u.Username, u.PhoneNumber},
	} {
		for _, key := range keys {
			key = strings.ToLower(key)
			(*by)[key] = slices.DeleteFunc((*by)[key], func(id string) bool { return id == u.UserID })
		}
	}
}
