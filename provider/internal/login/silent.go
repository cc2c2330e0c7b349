package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// loginRequired says why the browser's session does not answer a silent login.
// The commonest reason is that the browser kept the cookie back, because app
// and tenant are different sites.
func (h *Handler) loginRequired(r *http.Request, a *authorization) error {
	err := tenant.LoginRequired()
	id := h.sessionID(r)
	switch {
	case id != "":
		return err.WithHint("%s", h.whyNoSession(a, id))
	case r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Dest") == "iframe":
		return err.WithHint("prompt=none came from an iframe of another site without the session cookie: " +
			"browsers block third-party cookies, and http and https on localhost are different sites; serve app and tenant under the same scheme")
	}
	return err.WithHint("the browser sent no session cookie: nobody has logged in here")
}

// whyNoSession says why usableSession found none, though the browser named one.
func (h *Handler) whyNoSession(a *authorization, id string) string {
	now := h.Clock.Now()
	var session *store.Session
	_ = h.Store.View(func(s *store.State) error { session, _ = s.Session(id, now); return nil })
	switch {
	case session == nil:
		return "the browser's session has ended: it expired (session_lifetime, idle_session_lifetime of the tenant), was logged out, or the tenant was reset"
	case a.MaxAgeSeconds >= 0 && now.Sub(session.AuthenticatedAt) >= time.Duration(a.MaxAgeSeconds)*time.Second:
		return "the user last showed a credential longer ago than max_age allows"
	case a.Connection != "" && session.Connection != a.Connection:
		return "the session is of connection " + session.Connection + ", and the request names connection " + a.Connection
	case !h.allowsSession(a, session):
		return "the session is of connection " + session.Connection + ", which organization " + a.org.Name + " does not use"
	}
	return "the browser's session cannot answer this request"
}
