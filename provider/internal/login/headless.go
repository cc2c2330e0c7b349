package login

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// headlessUser is the user whom login_hint logs in without a page: one of a
// connection that this login may use, by e-mail address, username, phone
// number or user_id. It is nil where headless login is off.
//
// Differs: Auth0 has no such thing; --headless-login is off unless asked for.
func (h *Handler) headlessUser(a *authorization) (user *tenant.User) {
	if !h.HeadlessLogin || a.LoginHint == "" {
		return nil
	}
	_ = h.Store.View(func(s *store.State) error {
		for _, c := range s.Connections() {
			if !a.allows(c) {
				continue
			}
			if user = s.UserByLogin(c.Name, a.LoginHint); user != nil {
				return nil
			}
			if u := s.User(a.LoginHint); u != nil && u.Connection == c.Name {
				user = u
				return nil
			}
		}
		return nil
	})
	return user
}
