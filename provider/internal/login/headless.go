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
			if account := s.UserByLogin(c.Name, a.LoginHint); account != nil {
				user = s.Primary(account.UserID)
				return nil
			}
			if u := s.User(a.LoginHint); u != nil && u.Connection == c.Name {
				user = u
				return nil
			}
		}
		return nil
	})
	if user == nil {
		return h.headlessAtProvider(a)
	}
	return user
}

// headlessAtProvider is the user whom a pretend provider would describe after a
// login with the address, nil if the request names no such connection.
func (h *Handler) headlessAtProvider(a *authorization) *tenant.User {
	var c *tenant.Connection
	_ = h.Store.View(func(s *store.State) error { c = s.ConnectionByName(a.Connection); return nil })
	if c == nil || !c.Upstream() || h.isReal(c) || !tenant.ValidEmail(a.LoginHint) {
		return nil
	}
	user, err := h.UpstreamUser(c, store.UpstreamProfile{Email: a.LoginHint, EmailVerified: c.Social()})
	if err != nil {
		return nil // the page says why
	}
	return user
}
