package flow

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// UniversalLogout ends every session and every refresh token of the user whom
// the connection's provider knows by the subject, and returns the user, nil if
// there is none. Access tokens live on.
//
// Source: Auth0 docs, "Universal Logout".
func (f *Flow) UniversalLogout(c *tenant.Connection, subject string) (user *tenant.User) {
	id, now := tenant.WithSubject(&tenant.User{}, c, subject).UserID, f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		if user = s.User(id); user == nil {
			return nil
		}
		s.EndSessionsOf(id, tenant.InitiatorSessionRevoked)
		var families []*store.RefreshToken
		s.RefreshTokens.Each(now, func(_ string, rt *store.RefreshToken) {
			if rt.UserID == id {
				families = append(families, rt)
			}
		})
		for _, rt := range families {
			s.EndFamily(rt, string(token.EndedByRevoking), now)
		}
		return nil
	})
	return user
}
