package store

import (
	"net/url"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Settings are the tenant's settings.
func (s *State) Settings() *tenant.Settings { return &s.settings }

// Branding is how the tenant's pages look.
func (s *State) Branding() *tenant.Branding { return &s.branding }

// Templates are the tenant's own mails and text messages.
func (s *State) Templates() *tenant.Templates { return &s.templates }

// Prompts configures Universal Login.
func (s *State) Prompts() *tenant.Prompts { return &s.prompts }

// Guardian is the tenant's multi-factor authentication.
func (s *State) Guardian() *tenant.Guardian { return &s.guardian }

// AttackProtection is how the tenant defends its users' passwords.
func (s *State) AttackProtection() *tenant.AttackProtection { return &s.protection }

// Client finds a client by its client_id, or returns nil.
func (s *State) Client(id string) *tenant.Client { v, _ := s.clients.Get(id); return v }

// Role finds a role by id, or returns nil.
func (s *State) Role(id string) *tenant.Role { v, _ := s.roles.Get(id); return v }

// Organization finds an organization by id, or returns nil.
func (s *State) Organization(id string) *tenant.Organization {
	v, _ := s.organizations.Get(id)
	return v
}

// OrganizationByName finds an organization by its lower-case name, or returns nil.
func (s *State) OrganizationByName(name string) *tenant.Organization {
	for _, o := range s.organizations.All() {
		if o.Name == strings.ToLower(name) {
			return o
		}
	}
	return nil
}

// ResourceServer finds an API by its exact identifier, or returns nil. The
// Management API answers to https://{host}/api/v2/ and the MFA API to
// https://{host}/mfa/, on every host of the tenant, under either scheme.
func (s *State) ResourceServer(identifier string) *tenant.ResourceServer {
	if v, ok := s.resourceServers.Get(identifier); ok {
		return v
	}
	switch {
	case s.ownAPI(identifier, "/api/v2/"):
		v, _ := s.resourceServers.Get(tenant.ManagementIdentifier)
		return v
	case s.ownAPI(identifier, "/mfa/"):
		return tenant.MFAAPI(identifier)
	}
	return nil
}

// ownAPI says whether the identifier is the path on a host of the tenant's.
func (s *State) ownAPI(identifier, path string) bool {
	if s.ownHost == nil || !strings.HasSuffix(identifier, path) {
		return false
	}
	u, err := url.Parse(identifier)
	return err == nil && u.Path == path && s.ownHost(u.Host)
}

// ClientGrant finds the client's own grant for the audience and subject type;
// a third-party client without one gets the default for its kind.
//
// Source: Auth0 docs, "Third-party applications".
func (s *State) ClientGrant(client *tenant.Client, audience, subjectType string) *tenant.ClientGrant {
	var fallback *tenant.ClientGrant
	for _, id := range s.clientGrants.order {
		g := s.clientGrants.byID[id]
		if g.Audience != audience || g.Subject() != subjectType {
			continue
		}
		if g.ClientID == client.ClientID {
			return g
		}
		if g.DefaultFor == "third_party_clients" && !client.IsFirstParty {
			fallback = g
		}
	}
	return fallback
}

// Clients lists the clients in order.
func (s *State) Clients() []*tenant.Client { return s.clients.All() }

// ResourceServers lists the APIs in order.
func (s *State) ResourceServers() []*tenant.ResourceServer { return s.resourceServers.All() }

// Action finds an Action by id, or returns nil.
func (s *State) Action(id string) *tenant.Action { v, _ := s.actions.Get(id); return v }

// Actions lists the Actions in order.
func (s *State) Actions() []*tenant.Action { return s.actions.All() }

// TokenExchangeProfile finds the profile for subject tokens of the type, or
// returns nil.
func (s *State) TokenExchangeProfile(subjectTokenType string) *tenant.TokenExchangeProfile {
	for _, p := range s.profiles.All() {
		if p.SubjectTokenType == subjectTokenType {
			return p
		}
	}
	return nil
}

// TokenExchangeProfiles lists the profiles in order.
func (s *State) TokenExchangeProfiles() []*tenant.TokenExchangeProfile { return s.profiles.All() }

// Organizations lists the organizations in order.
func (s *State) Organizations() []*tenant.Organization { return s.organizations.All() }

// Roles lists the roles in order.
func (s *State) Roles() []*tenant.Role { return s.roles.All() }

// Connections lists the connections in order.
func (s *State) Connections() []*tenant.Connection { return s.connections.All() }

// Connection finds a connection by id, or returns nil.
func (s *State) Connection(id string) *tenant.Connection { v, _ := s.connections.Get(id); return v }

// ConnectionByName finds a connection by name, or returns nil.
func (s *State) ConnectionByName(name string) *tenant.Connection {
	for _, c := range s.connections.All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// ChangeClient adds or replaces a client while the tenant runs.
func (s *State) ChangeClient(c *tenant.Client, now time.Time) {
	s.changed[tenant.Setting{Kind: tenant.KindClient, ID: c.ClientID}] = now
	s.clients.Put(c.ClientID, c)
}

// PutConnection adds or replaces a connection while the tenant runs.
func (s *State) PutConnection(c *tenant.Connection) { s.connections.Put(c.ID, c) }

// Source says where a fixture holds the setting, or the entry it belongs to.
func (s *State) Source(setting tenant.Setting) string {
	if at, ok := s.sources[setting]; ok {
		return at
	}
	setting.Field = ""
	return s.sources[setting]
}

// Other is what the fixtures hold and nothing acts on yet, by section.
func (s *State) Other() map[string]any { return s.other }
