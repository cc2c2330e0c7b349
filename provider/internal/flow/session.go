package flow

import (
	"cmp"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

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

// StartSession begins a session for a user who has just shown a credential. as
// holds its connection, "" for the user's own, its issuer, and what the log is
// to say of the provider. Its id is always new, so a session cannot be fixed
// beforehand.
//
// Source: Auth0 docs, "Session lifetime limits".
func (f *Flow) StartSession(user *tenant.User, as store.Session) *store.Session {
	now := f.Clock.Now()
	session := &as
	session.ID, session.UserID, session.Connection = f.IDs.SessionID(), user.UserID, cmp.Or(as.Connection, user.Connection)
	session.CreatedAt, session.AuthenticatedAt, session.LastUsedAt = now, now, now
	_ = f.Store.Update(func(s *store.State) error {
		absolute, idle := s.Settings().SessionLifetimes()
		session.ExpiresAt, session.Idle = now.Add(absolute), idle
		s.PutSession(session, now)
		return nil
	})
	return session
}

// UseSession returns the live session with the id, or nil, restarts its idle
// time, and notes that the client is logged into.
func (f *Flow) UseSession(id, clientID string) *store.Session {
	if id == "" {
		return nil
	}
	var session *store.Session
	watched := false
	_ = f.Store.Update(func(s *store.State) error {
		session = useSession(s, id, clientID, f.Clock.Now())
		c := s.Client(clientID)
		watched = session != nil && c != nil && c.BackchannelLogoutURL(tenant.InitiatorSessionExpired) != ""
		return nil
	})
	if watched && f.Watched != nil {
		f.Watched()
	}
	return session
}

func useSession(s *store.State, id, clientID string, now time.Time) *store.Session {
	old, ok := s.Session(id, now)
	if !ok {
		return nil
	}
	fresh := *old
	fresh.LastUsedAt = now
	if clientID != "" && !slices.Contains(fresh.Clients, clientID) {
		fresh.Clients = append(slices.Clone(fresh.Clients), clientID)
	}
	s.PutSession(&fresh, now)
	return &fresh
}

// EndSession ends a session and returns it, nil if there was none. The clients
// that want to hear of this initiator are told; of an empty one nobody is.
func (f *Flow) EndSession(id string, by tenant.Initiator) (session *store.Session) {
	_ = f.Store.Update(func(s *store.State) error { session = s.EndSession(id, by, f.Clock.Now()); return nil })
	return session
}

// ExpireSessions ends the sessions whose time is up.
func (f *Flow) ExpireSessions() {
	_ = f.Store.Update(func(s *store.State) error { s.ExpireSessions(f.Clock.Now()); return nil })
}

// NextSessionEnd is when ExpireSessions will next find a session whose end
// somebody wants to hear of.
func (f *Flow) NextSessionEnd() (at time.Time, ok bool) {
	_ = f.Store.View(func(s *store.State) error { at, ok = s.NextSessionEnd(f.Clock.Now()); return nil })
	return at, ok
}
