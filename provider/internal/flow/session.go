package flow

import (
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Authenticate finds the user of one of the connections by what was typed and
// checks the password. Unknown user and wrong password are told apart neither
// by the answer nor by the work done, but in the tenant's log, whose event
// begins as about.
//
// It returns WrongPassword, or UserBlocked with the user.
//
// Source: the description of tenant logs, fp, fu.
func (f *Flow) Authenticate(about tenant.LogEvent, connections []*tenant.Connection, identifier, plain string) (*tenant.User, error) {
	user, usernames := f.find(connections, identifier)
	known := user
	if known == nil {
		known = f.nobody()
	}
	if !password.Verify(known, plain) || user == nil {
		err := tenant.WrongPassword(usernames)
		about.Type, about.UserName, about.Description = tenant.LogFailedLoginUser, identifier, err.Description
		if user != nil {
			about.Type, about.UserID = tenant.LogFailedLoginPassword, user.UserID
		} else if len(connections) == 1 {
			about.Connection = connections[0].Name
		}
		about.Details = map[string]any{"error": map[string]any{"message": err.Description}}
		f.Log(about)
		return nil, err
	}
	if user.Blocked {
		return user, tenant.UserBlocked().
			WithHint("user %s is blocked in the fixture or through the Management API", user.Label())
	}
	return user, nil
}

func (f *Flow) find(connections []*tenant.Connection, identifier string) (user *tenant.User, usernames bool) {
	_ = f.Store.View(func(s *store.State) error {
		for _, c := range connections {
			usernames = usernames || c.RequiresUsername()
			if u := s.UserByLogin(c.Name, identifier); user == nil && u != nil && c.Identifies(u, identifier) {
				user = u
			}
		}
		return nil
	})
	return user, usernames
}

// nobody is a user whose password nobody knows, so that an unknown address
// takes as long to refuse as a known one.
func (f *Flow) nobody() *tenant.User {
	return &tenant.User{CustomPasswordHash: password.Hash("", make([]byte, 16), f.PasswordCost)}
}

// LoggedIn notes a login on the user and returns the user as it now is, nil if
// there is none. A silent login, by a session, moves last_login and is not
// counted; Auth0 documents neither.
//
// Source: Auth0 docs, "User profile structure" (last_login, logins_count).
// Observed: updated_at moves with each login.
func (f *Flow) LoggedIn(userID, ip string, silent bool) *tenant.User {
	var user *tenant.User
	_ = f.Store.Update(func(s *store.State) error {
		old := s.User(userID)
		if old == nil {
			return nil
		}
		user = old.Clone()
		user.LastLogin = f.Clock.Now()
		user.UpdatedAt, user.LastIP = user.LastLogin, ip
		if !silent {
			user.LoginsCount++
		}
		s.PutUser(user)
		return nil
	})
	return user
}

// StartSession begins a session for a user who has just shown a credential.
// Its id is always new, so a session cannot be fixed beforehand.
//
// Source: Auth0 docs, "Session lifetime limits".
func (f *Flow) StartSession(user *tenant.User) *store.Session {
	now := f.Clock.Now()
	session := &store.Session{
		ID: f.IDs.SessionID(), UserID: user.UserID, Connection: user.Connection,
		CreatedAt: now, AuthenticatedAt: now,
	}
	_ = f.Store.Update(func(s *store.State) error {
		absolute, idle := s.Settings().SessionLifetimes()
		session.ExpiresAt = now.Add(absolute)
		s.Sessions.Put(session.ID, session, earlier(now.Add(idle), session.ExpiresAt), now)
		return nil
	})
	return session
}

// UseSession returns the live session with the id, or nil, and restarts its
// idle time. A setting shortened meanwhile counts at once.
func (f *Flow) UseSession(id, clientID string) *store.Session {
	if id == "" {
		return nil
	}
	var session *store.Session
	_ = f.Store.Update(func(s *store.State) error { session = useSession(s, id, clientID, f.Clock.Now()); return nil })
	return session
}

func useSession(s *store.State, id, clientID string, now time.Time) *store.Session {
	old, ok := s.Sessions.Get(id, now)
	if !ok {
		return nil
	}
	absolute, idle := s.Settings().SessionLifetimes()
	end := earlier(old.ExpiresAt, old.CreatedAt.Add(absolute))
	if !now.Before(end) {
		s.Sessions.Delete(id)
		return nil
	}
	fresh := *old
	if clientID != "" && !slices.Contains(fresh.Clients, clientID) {
		fresh.Clients = append(slices.Clone(fresh.Clients), clientID)
	}
	s.Sessions.Put(id, &fresh, earlier(now.Add(idle), end), now)
	return &fresh
}

// EndSession ends a session and returns it, nil if there was none.
func (f *Flow) EndSession(id string) *store.Session {
	var session *store.Session
	_ = f.Store.Update(func(s *store.State) error {
		session, _ = s.Sessions.Take(id, f.Clock.Now())
		return nil
	})
	return session
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
