package login

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// ticketLogin finishes a login whose credential was checked by cross-origin
// authentication. The ticket works once, for its client, and wins over a
// missing session even with prompt=none: auth0.js sends both from its hidden
// iframe.
//
// Source: Auth0 docs, "Cross-origin authentication". Observed: auth0.js.
func (h *Handler) ticketLogin(r *http.Request, a *authorization, ticket string) (*wire.Response, error) {
	var found *store.LoginTicket
	_ = h.Store.Update(func(s *store.State) error {
		if t, ok := s.LoginTickets.Get(ticket, h.Clock.Now()); ok && t.ClientID == a.ClientID {
			found, _ = s.LoginTickets.Take(ticket, h.Clock.Now())
		}
		return nil
	})
	if found == nil {
		return h.refuse(a, tenant.InvalidLoginTicket().WithHint("the ticket is unknown, expired, used, or was made for another client"))
	}
	if err := h.mayEnterBy(a, found.Connection); err != nil {
		return h.refuse(a, err)
	}
	user := h.user(found.UserID)
	if user == nil {
		return h.refuse(a, tenant.InvalidLoginTicket().WithHint("the user was deleted meanwhile"))
	}
	return h.signedIn(r, a, user)
}

// signedIn answers the app for a user who has just shown a credential without
// a page of ours, and starts the session.
func (h *Handler) signedIn(r *http.Request, a *authorization, user *tenant.User) (*wire.Response, error) {
	if user.Blocked {
		return h.refuse(a, tenant.UserBlocked())
	}
	h.EndSession(h.sessionID(r), "")
	if user = h.LoggedIn(user.UserID, a.x.IP, false); user == nil {
		return nil, tenant.TransactionDead()
	}
	session := h.UseSession(h.StartSession(user, store.Session{Issuer: a.Issuer}).ID, a.ClientID)
	res, err := h.finish(r, a, session, user)
	if err == nil {
		_ = h.Store.View(func(s *store.State) error { h.setSession(res, a.x, session.ID, s.Settings()); return nil })
	}
	return res, err
}
