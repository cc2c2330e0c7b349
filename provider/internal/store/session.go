package store

import (
	"reflect"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Session is one browser's single sign-on.
type Session struct {
	ID         string
	UserID     string
	Connection string
	// Issuer is the tenant's issuer where the session began: cookies do not
	// leave their host, so that each of its ID tokens has it.
	Issuer string
	// Upstream is what the tenant's log says of the provider that the user came
	// from.
	Upstream  map[string]any
	CreatedAt time.Time
	// AuthenticatedAt is when the user last showed a credential.
	AuthenticatedAt time.Time
	// LastUsedAt is when /authorize last used it, Idle how long it may be
	// unused.
	LastUsedAt time.Time
	Idle       time.Duration
	// ExpiresAt ends the session whatever happens; idleness ends it earlier.
	ExpiresAt time.Time
	// Clients are those logged into, for single logout.
	Clients []string
	// SecondFactor says that the user has shown one in this session,
	// KnownBrowser that the browser is one where none is asked for.
	SecondFactor, KnownBrowser bool
	// Browser is what the browser said of itself, nil for nothing.
	Browser *BrowserCapabilities
	// First is what the person has logged in with.
	First FirstFactor
	// Offered says that a key was offered to the person in this session.
	Offered bool
}

// EndsAt is when the session ends if nobody uses it any more. A lifetime that
// was shortened counts at once; a longer one is for new sessions.
//
// Source: Auth0 docs, "Session lifetime limits".
func (v *Session) EndsAt(settings *tenant.Settings) time.Time {
	absolute, idle := settings.SessionLifetimes()
	return earliest(v.ExpiresAt, v.CreatedAt.Add(absolute), v.LastUsedAt.Add(min(idle, v.Idle)))
}

func earliest(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.Before(t) {
			t = o
		}
	}
	return t
}

// EndedSession is a session that is over, and what ended it.
type EndedSession struct {
	*Session
	By tenant.Initiator
}

// Session finds a session that has not ended.
func (s *State) Session(id string, now time.Time) (*Session, bool) {
	v, ok := s.sessions.Get(id, now)
	if !ok || !now.Before(v.EndsAt(&s.settings)) {
		return nil, false
	}
	return v, true
}

// PutSession adds or replaces a session.
func (s *State) PutSession(v *Session, now time.Time) {
	s.sessions.Put(v.ID, v, v.EndsAt(&s.settings), now)
}

// EndSession ends a session and returns it, nil if there was none.
func (s *State) EndSession(id string, by tenant.Initiator, now time.Time) *Session {
	v, ok := s.Session(id, now)
	if !ok {
		return nil
	}
	s.sessions.Delete(id)
	s.endedSessions = append(s.endedSessions, EndedSession{v, by})
	return v
}

// ExpireSessions ends the sessions whose time is up.
func (s *State) ExpireSessions(now time.Time) {
	s.sessions.DeleteFunc(func(v *Session) bool {
		over := !now.Before(v.EndsAt(&s.settings))
		if over {
			s.expired(v)
		}
		return over
	})
}

func (s *State) expired(v *Session) {
	s.endedSessions = append(s.endedSessions, EndedSession{v, tenant.InitiatorSessionExpired})
}

// NextSessionEnd is when the first session ends that one of its clients wants
// to be told of; ok is false if there is none.
func (s *State) NextSessionEnd(now time.Time) (at time.Time, ok bool) {
	s.sessions.Each(now, func(_ string, v *Session) {
		for _, id := range v.Clients {
			c := s.Client(id)
			if c == nil || c.BackchannelLogoutURL(tenant.InitiatorSessionExpired) == "" {
				continue
			}
			if end := v.EndsAt(&s.settings); !ok || end.Before(at) {
				at, ok = end, true
			}
		}
	})
	return at, ok
}

// EndSessionsOf ends every session of a user.
func (s *State) EndSessionsOf(userID string, by tenant.Initiator) {
	s.sessions.DeleteFunc(func(v *Session) bool {
		if v.UserID == userID {
			s.endedSessions = append(s.endedSessions, EndedSession{v, by})
		}
		return v.UserID == userID
	})
}

// noteUserChange ends the sessions that a change of the user ends: of the
// password, which failed logins no longer block either, of the address where
// that is what the person logs in with, and of a phone that is no second factor
// any more. A user who is blocked keeps them, since the next silent login is to
// say so. For the phone, and that the applications of somebody blocked are told,
// there is but the name of the initiator: both are inferred.
//
// Source: Auth0 docs, "Session lifetime limits"; Management API, POST
// /api/v2/clients, oidc_logout.
func (s *State) noteUserChange(old, u *tenant.User) {
	switch {
	case old.PasswordHash != u.PasswordHash || !reflect.DeepEqual(old.CustomPasswordHash, u.CustomPasswordHash):
		s.EndSessionsOf(u.UserID, tenant.InitiatorPasswordChanged)
		s.Unblock(func(f *LoginFailures) bool { return f.UserID == u.UserID })
	case old.Email != u.Email && s.identifiedHere(u):
		s.EndSessionsOf(u.UserID, tenant.InitiatorEmailChanged)
	case lostPhone(old, u):
		s.EndSessionsOf(u.UserID, tenant.InitiatorMFAPhoneUnenrolled)
	case u.Blocked && !old.Blocked:
		s.sessions.change(func(v *Session) *Session {
			if v.UserID != u.UserID || len(v.Clients) == 0 {
				return v
			}
			s.endedSessions = append(s.endedSessions, EndedSession{v, tenant.InitiatorAccountDeactivated})
			fresh := *v
			fresh.Clients = nil // they are told once
			return &fresh
		})
	}
}

// lostPhone says whether a phone was a second factor of the user's, and is none
// now.
func lostPhone(old, u *tenant.User) bool {
	number := func(f tenant.MFAFactor) string {
		for _, c := range []*tenant.MFAContact{f.Phone, f.Voice} {
			if c != nil {
				return c.Value
			}
		}
		return ""
	}
	return slices.ContainsFunc(old.MFAFactors, func(f tenant.MFAFactor) bool {
		return number(f) != "" && !slices.ContainsFunc(u.MFAFactors, func(g tenant.MFAFactor) bool { return number(g) == number(f) })
	})
}

// identifiedHere says whether the user logs in here rather than at a provider.
func (s *State) identifiedHere(u *tenant.User) bool {
	c := s.ConnectionByName(u.Connection)
	return c != nil && !c.Upstream()
}

// DeleteUser removes a user, and with them their sessions, their second factors,
// what they consented to and their failed logins.
func (s *State) DeleteUser(id string) {
	delete(s.authenticators, id)
	u := s.User(id)
	if u == nil {
		return
	}
	s.UnblockUser(id)
	s.unindex(u)
	s.indexKeys(u, nil)
	s.indexLinked(u, nil)
	s.users.Delete(id)
	s.Browsers.Delete(id)
	s.EndSessionsOf(id, tenant.InitiatorAccountDeleted)
}

// takeEnded returns the sessions that have ended since the last call.
func (s *State) takeEnded() []EndedSession {
	ended := s.endedSessions
	s.endedSessions = nil
	return ended
}
