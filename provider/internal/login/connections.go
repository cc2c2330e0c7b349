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
// the client, narrowed by the request and by the organization. Who picks their
// organization after the login uses the tenant's default directory, if there is
// one, whatever the client's are; that third parties have no part in it is
// inferred.
//
// Source: Auth0 docs, "Login flows for organizations" (identifier first
// authentication with prompt for credentials).
func connectionsFor(s *store.State, a *authorization) []*tenant.Connection {
	if c := s.ConnectionByName(s.Settings().DefaultDirectory); c != nil && c.Database() && a.picksLater() {
		return []*tenant.Connection{c}
	}
	return slices.DeleteFunc(s.Connections(), func(c *tenant.Connection) bool {
		return !c.Database() || !a.allows(c)
	})
}

// picksLater says whether people log in without an organization, to be asked for
// it afterwards.
func (a *authorization) picksLater() bool {
	return a.OrganizationPrompt == promptAfterLogin && a.org == nil && a.Connection == "" && a.client.IsFirstParty
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

// codeConnection is the passwordless connection that this login asks for codes
// of, nil for none: the one that was named; or, where the client has no
// database, the one that was made first. It needs identifier first, and accepts
// no invitations.
//
// Source: Auth0 docs, "Passwordless with Universal Login", "Invite organization
// members".
func codeConnection(s *store.State, a *authorization) *tenant.Connection {
	if !s.Prompts().IdentifierFirst || a.Invitation != "" || a.Connection == "" && len(connectionsFor(s, a)) > 0 {
		return nil
	}
	for _, c := range s.Connections() {
		if c.Passwordless() && a.allows(c) {
			return c
		}
	}
	return nil
}

func (h *Handler) codeConnectionOf(a *authorization) (c *tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error { c = codeConnection(s, a); return nil })
	return c
}

// namesPasswordless says whether the request asks for a passwordless
// connection by name.
func namesPasswordless(s *store.State, a *authorization) bool {
	c := s.ConnectionByName(a.Connection)
	return c != nil && c.Passwordless()
}

// formConnections are those whose people use the form of the login page: the
// databases, or the passwordless connection.
func formConnections(s *store.State, a *authorization) []*tenant.Connection {
	if c := codeConnection(s, a); c != nil {
		return []*tenant.Connection{c}
	}
	return connectionsFor(s, a)
}

// asksNoPassword says whether nobody logs in here with a password.
func (h *Handler) asksNoPassword(a *authorization) bool {
	databases := h.connections(a)
	return h.codeConnectionOf(a) != nil || len(databases) > 0 && !slices.ContainsFunc(databases, (*tenant.Connection).PasswordsEnabled)
}

// signupConnection is the database, or the passwordless connection, that this
// login's people may sign up in, nil for none.
func signupConnection(s *store.State, a *authorization) *tenant.Connection {
	if c := codeConnection(s, a); c != nil && a.takesSignups(c) {
		return c
	}
	for _, c := range connectionsFor(s, a) {
		if a.takesSignups(c) {
			return c
		}
	}
	return nil
}

// takesSignups says whether people may sign up in the database for this login.
// Inside an organization that is the organization's to say, and new users must
// become members. An invited person may sign up where either allows it.
//
// Source: Auth0 docs, "Database connections" (disable sign ups), "Enable
// organization connections" (Organization Signup); Auth0 support, "Organization
// Invitation Flow and Auto-Membership Requirements".
func (a *authorization) takesSignups(c *tenant.Connection) bool {
	if a.org == nil {
		return !c.SignupDisabled()
	}
	own := a.org.Connection(c.ID)
	switch {
	case own == nil:
		return false
	case a.invitation != nil:
		return !c.SignupDisabled() || own.IsSignupEnabled
	}
	return own.IsSignupEnabled && own.AssignMembershipOnLogin
}

func (h *Handler) signupConnectionOf(a *authorization) (c *tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error { c = signupConnection(s, a); return nil })
	return c
}
