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

// upstreamURL is where a login leads that goes on at the connection's provider.
func upstreamURL(connection, transactionID string) string {
	return atState(upstreamPath(connection), transactionID)
}

func upstreamPath(connection string) string { return pathUpstream + url.PathEscape(connection) }

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
		if c.Social() || showsButton(c, a.org) || noForm {
			list = append(list, ui.ConnectionButton{Name: c.Name, Label: c.Label(), Strategy: c.Strategy})
		}
	}
	return list
}

// showsButton says whether an enterprise connection has a button: by the
// organization's own setting, which is on unless it is off, else by the
// connection's.
func showsButton(c *tenant.Connection, org *tenant.Organization) bool {
	if org != nil {
		for _, o := range org.Connections {
			if o.ConnectionID == c.ID {
				return o.ShowAsButton == nil || *o.ShowAsButton
			}
		}
	}
	return c.ShowAsButton == nil && len(c.Domains()) == 0 || c.ShowAsButton != nil && *c.ShowAsButton
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
	for _, c := range s.Connections() {
		if isHomeRealm(s, a, c) && slices.Contains(c.Domains(), domain) {
			return c.Name
		}
	}
	return ""
}

// isHomeRealm says whether addresses may lead to the connection.
func isHomeRealm(s *store.State, a *authorization, c *tenant.Connection) bool {
	return c.Upstream() && !c.Social() && len(c.Domains()) > 0 && (a.allows(c) || byOrganization(s, a, c))
}

// hasHomeRealms says whether some addresses need no password here.
func hasHomeRealms(s *store.State, a *authorization) bool {
	return slices.ContainsFunc(s.Connections(), func(c *tenant.Connection) bool { return isHomeRealm(s, a, c) })
}

// byOrganization says whether an enterprise connection may be used because an
// organization has it: where people pick theirs after the login, an address
// leads to the connections of all of them, also to those that are not the
// client's own. That third parties have no part in it is inferred.
//
// Source: Auth0 docs, "Login flows for organizations" (identifier first
// authentication with prompt for credentials).
func byOrganization(s *store.State, a *authorization, c *tenant.Connection) bool {
	if !a.picksLater() || c.Social() {
		return false
	}
	return slices.ContainsFunc(s.Organizations(), func(o *tenant.Organization) bool { return o.Allows(c.ID) })
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

// chosenButton is where a posted page leads whose button of a provider was
// pressed, nil for no such button.
func (h *Handler) chosenButton(t *store.Transaction, p wire.Params) (chosen *wire.Response) {
	_ = h.Store.View(func(s *store.State) error {
		if c := s.ConnectionByName(p.Get("connection")); c != nil && c.Upstream() {
			chosen = wire.Redirect(upstreamURL(c.Name, t.ID))
		}
		return nil
	})
	return chosen
}

// upstreamOf is the connection of the name, if this login may use it.
//
// It returns ConnectionNotFound or ConnectionDisabled.
func (h *Handler) upstreamOf(a *authorization, name string) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(name)
		switch {
		case c == nil || !c.Upstream():
			return tenant.ConnectionNotFound(name)
		case !a.allows(c) && !byOrganization(s, a, c):
			return tenant.ConnectionDisabled(name, a.client)
		}
		connection, a.Connection = c, c.Name
		return nil
	})
	return connection, err
}

// upstreamDone ends a login at the provider of the connection, which says who
// the person is.
func (h *Handler) upstreamDone(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, user *tenant.User) (*wire.Response, error) {
	a.isOf(user)
	if user.Blocked {
		return h.endInRefusal(t, a, tenant.UserBlocked())
	}
	t.Connection = c.Name
	return h.loggedIn(r, t, a, user)
}
