package login

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathUpstream is where the pretend identity providers live, by the name of
// their connection.
//
// Differs: Auth0 redirects to the provider itself, which returns to
// /login/callback.
const pathUpstream = "/u/pretend/"

func (h *Handler) mountUpstream(rt *wire.Router) {
	rt.Handle("GET", pathUpstream+"{name}", h.errorPage, h.upstreamPage)
	rt.Handle("POST", pathUpstream+"{name}", h.errorPage, h.upstreamLogin)
}

func upstreamURL(connection, transactionID string) string {
	return pathUpstream + url.PathEscape(connection) + "?state=" + url.QueryEscape(transactionID)
}

// upstreamsFor lists the identity providers a person may use for this login:
// those of the client, narrowed by the request and by the organization.
func upstreamsFor(s *store.State, a *authorization) []*tenant.Connection {
	return slices.DeleteFunc(s.Connections(), func(c *tenant.Connection) bool {
		return !c.Upstream() || !a.allows(c)
	})
}

// buttons are the connections of upstreamsFor that the login page shows. An
// enterprise connection shows if it says so, or if nobody would find it
// otherwise.
//
// Source: Management API, POST /api/v2/connections, show_as_button; Auth0 docs,
// "Define organization behavior" (show_as_button of an organization).
func buttons(s *store.State, a *authorization) []ui.ConnectionButton {
	var list []ui.ConnectionButton
	noForm := len(formConnections(s, a)) == 0
	for _, c := range upstreamsFor(s, a) {
		shown := c.ShowAsButton == nil && len(c.Domains()) == 0 || c.ShowAsButton != nil && *c.ShowAsButton
		if c.Social() || shown || noForm {
			list = append(list, ui.ConnectionButton{Name: c.Name, Label: c.Label(), Strategy: c.Strategy})
		}
	}
	return list
}

// homeRealm is the enterprise connection that an e-mail address belongs to by
// its domain, "" for none.
//
// Source: Auth0 docs, "Identifier first authentication" (home realm discovery).
func homeRealm(s *store.State, a *authorization, identifier string) string {
	_, domain, ok := strings.Cut(strings.ToLower(identifier), "@")
	if !ok {
		return ""
	}
	for _, c := range upstreamsFor(s, a) {
		if !c.Social() && slices.Contains(c.Domains(), domain) {
			return c.Name
		}
	}
	return ""
}

// chosenUpstream is where a posted login page leads if it is not a password
// that was posted: to the provider whose button was pressed, or the one that
// the address belongs to.
func (h *Handler) chosenUpstream(t *store.Transaction, a *authorization, p wire.Params) *wire.Response {
	username, name := strings.TrimSpace(p.Get("username")), ""
	_ = h.Store.View(func(s *store.State) error {
		if c := s.ConnectionByName(p.Get("connection")); c != nil && c.Upstream() {
			name = c.Name
		} else {
			name = homeRealm(s, a, username)
		}
		return nil
	})
	if name == "" {
		return nil
	}
	if username != "" {
		t.Identifier = username
		h.keep(t)
	}
	return wire.Redirect(upstreamURL(name, t.ID))
}

// upstreamOf is the connection of the page's address, if this login may use
// it.
//
// It returns ConnectionNotFound or ConnectionDisabled.
func (h *Handler) upstreamOf(r *http.Request, a *authorization) (connection *tenant.Connection, err error) {
	name := wire.PathVar(r, "name")
	err = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(name)
		switch {
		case c == nil || !c.Upstream():
			return tenant.ConnectionNotFound(name)
		case !a.allows(c):
			return tenant.ConnectionDisabled(name, a.client)
		}
		connection = c
		return nil
	})
	return connection, err
}

// upstreamPage shows the pretend provider.
func (h *Handler) upstreamPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.upstreamOf(r, a)
	if err != nil {
		return nil, err
	}
	return h.showUpstream(t, a, c, ui.Upstream{Email: emailOnly(t.Identifier)}, nil)
}

func emailOnly(identifier string) string {
	if tenant.ValidEmail(identifier) {
		return identifier
	}
	return ""
}

// What a person can type wrong at a pretend provider.
var (
	errNoEmail     = &formError{"email", "no-email"}
	errWrongEmail  = &formError{"email", "invalid-email"}
	errNameTooLong = &formError{"name", "name-too-long"}
)

// maxName is how long a user's name may be.
//
// Source: Management API, POST /api/v2/users, name.
const maxName = 300

func (h *Handler) showUpstream(t *store.Transaction, a *authorization, c *tenant.Connection, page ui.Upstream, failure *formError) (*wire.Response, error) {
	page.State, page.Action, page.ClientName = t.ID, upstreamURL(c.Name, t.ID), a.client.Name
	page.Provider, page.Connection = c.Label(), c.Name
	_ = h.Store.View(func(s *store.State) error {
		page.Look = lookFor(s, a)
		if h.FixtureUsers {
			page.Users = upstreamUsers(s, page.Look, c, a.org)
		}
		return nil
	})
	page.Error = failure.show(page.Look, "pretend.pretend.", "")
	return render(statusOf(failure), page, "")
}

// maxUsersSearched keeps the page quick in a tenant of many users.
const maxUsersSearched = 5000

func upstreamUsers(s *store.State, l ui.Look, c *tenant.Connection, org *tenant.Organization) []ui.QuickUser {
	var list []ui.QuickUser
	for _, u := range s.FirstUsers(maxUsersSearched) {
		if u.Connection == c.Name && len(list) < maxFixtureUsers {
			list = append(list, ui.QuickUser{UserID: u.UserID, Label: u.Label(), Detail: userDetail(s, l, u, org)})
		}
	}
	return list
}

// upstreamLogin takes what the person says at the pretend provider: one of its
// users, somebody new, or no.
//
// Source: Auth0 docs, "Authenticate" (identity providers).
func (h *Handler) upstreamLogin(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.upstreamOf(r, a)
	if err != nil {
		return nil, err
	}
	if p.Get("action") == "cancel" {
		return h.endInRefusal(t, a, tenant.UpstreamDenied())
	}
	page := ui.Upstream{Email: strings.TrimSpace(p.Get("email")), Name: strings.TrimSpace(p.Get("name"))}
	if id := p.Get("user_id"); id != "" {
		if user := h.user(id); h.FixtureUsers && user != nil && user.Connection == c.Name {
			return h.upstreamDone(r, t, a, user)
		}
		return h.showUpstream(t, a, c, page, errUserUnknown)
	}
	switch {
	case page.Email == "":
		return h.showUpstream(t, a, c, page, errNoEmail)
	case !tenant.ValidEmail(page.Email):
		return h.showUpstream(t, a, c, page, errWrongEmail)
	case len([]rune(page.Name)) > maxName:
		return h.showUpstream(t, a, c, page, errNameTooLong)
	}
	return h.upstreamDone(r, t, a, h.UpstreamUser(c, store.UpstreamProfile{Email: page.Email, Name: page.Name}))
}

func (h *Handler) upstreamDone(r *http.Request, t *store.Transaction, a *authorization, user *tenant.User) (*wire.Response, error) {
	if user.Blocked {
		return h.endInRefusal(t, a, tenant.UserBlocked())
	}
	return h.loggedIn(r, t, a, user)
}

// endInRefusal ends the login with an error for the app.
func (h *Handler) endInRefusal(t *store.Transaction, a *authorization, err error) (*wire.Response, error) {
	_ = h.Store.Update(func(s *store.State) error { s.Transactions.Delete(t.ID); return nil })
	return h.refuse(a, err)
}
