package login

import (
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// checkConnection: the connection asked for must exist and be enabled, and
// some connection must be.
//
// Source: Auth0 docs, "Application connections".
func (h *Handler) checkConnection(a *authorization, p wire.Params) error {
	return h.Store.View(func(s *store.State) error {
		if a.Connection == "" {
			return anyConnection(s, a, takesCodes(s, a, p))
		}
		c := s.ConnectionByName(a.Connection)
		switch {
		case c == nil:
			return tenant.ConnectionNotFound(a.Connection)
		case !c.ServesClient(a.client):
			return tenant.ConnectionDisabled(a.Connection, a.client)
		case a.org != nil && !a.org.Allows(c.ID):
			return tenant.ConnectionNotInOrganization(a.Connection, a.org)
		case c.Passwordless() && !takesCodes(s, a, p):
			return tenant.NoPasswordless(c)
		}
		return nil
	})
}

// takesCodes says whether a code can log in here: by a ticket, by a session, on
// a page of the tenant's own, or on ours.
func takesCodes(s *store.State, a *authorization, p wire.Params) bool {
	html, classic := classicHTML(s, a)
	return p.Get("login_ticket") != "" || a.Prompts("none") || classic && html != "" || !classic && s.Prompts().IdentifierFirst
}

// anyConnection says why nobody could log in: the client has no connection, or
// only passwordless ones where no page asks for their codes.
func anyConnection(s *store.State, a *authorization, passwordless bool) error {
	if len(connectionsFor(s, a)) > 0 || len(upstreamsFor(s, a)) > 0 {
		return nil
	}
	for _, c := range s.Connections() {
		switch {
		case !a.allows(c) || !c.Passwordless():
		case passwordless:
			return nil
		default:
			return tenant.NoPasswordless(c)
		}
	}
	if a.org != nil {
		return tenant.NoOrganizationConnections(a.org, a.client)
	}
	return tenant.NoConnections(a.client)
}

// connectionsFor lists the databases a person may use for this login: those of
// the client, narrowed by the request and by the organization.
func connectionsFor(s *store.State, a *authorization) []*tenant.Connection {
	return slices.DeleteFunc(s.Connections(), func(c *tenant.Connection) bool {
		return !c.Database() || !a.allows(c)
	})
}

// allows says whether a person may use the connection for this login. Nobody
// accepts an invitation by a code.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations
// (passwordless connections are not supported); for those of an invitation
// that names none, inferred.
func (a *authorization) allows(c *tenant.Connection) bool {
	return c.ServesClient(a.client) && (a.Connection == "" || c.Name == a.Connection) &&
		(a.org == nil || a.org.Allows(c.ID)) && (a.invitation == nil || !c.Passwordless())
}

func (h *Handler) connections(a *authorization) (connections []*tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error { connections = connectionsFor(s, a); return nil })
	return connections
}
