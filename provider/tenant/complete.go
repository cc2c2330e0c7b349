package tenant

import (
	"slices"
	"strings"
)

// ManagementIdentifier is the Management API's identifier, as entries refer to
// it. Its audience in tokens follows the host the caller used.
const ManagementIdentifier = "https://localhost/api/v2/"

// GlobalClientName is the name of the client that stands for all applications.
//
// Observed: GET /api/v2/clients?is_global=true in auth0-deploy-cli.
const GlobalClientName = "All Applications"

// Complete adds what every tenant has (the Management API, a global client, a
// database connection, the system grants) and gives an id, and a client or API
// its secret, to each entry that has none. It changes the entries of s, and
// does nothing to a Snapshot that is complete.
//
// Observed: a fresh tenant in the recordings of auth0-deploy-cli.
func Complete(s *Snapshot) {
	completeResourceServers(s)
	completeClients(s)
	completeConnections(s)
	completeGrants(s)
	for _, r := range s.Roles {
		setDefault(&r.ID, KindRole, r.Name)
	}
	for _, o := range s.Organizations {
		setDefault(&o.ID, KindOrganization, o.Name)
	}
	completeActions(s)
	completeUsers(s)
}

func setDefault(id *string, kind, name string) {
	if *id == "" {
		*id = DerivedID(kind, name)
	}
}

func completeResourceServers(s *Snapshot) {
	i := slices.IndexFunc(s.ResourceServers, func(r *ResourceServer) bool { return r.Identifier == ManagementIdentifier })
	if i < 0 {
		s.ResourceServers = append(s.ResourceServers, managementAPI())
	} else {
		s.ResourceServers[i] = s.ResourceServers[i].asManagementAPI()
	}
	for _, r := range s.ResourceServers {
		setDefault(&r.ID, KindResourceServer, r.Identifier)
		if r.SigningAlg == "HS256" && r.SigningSecret == "" {
			r.SigningSecret = DerivedSecret(r.Identifier)
		}
	}
}

// managementAPI is the system API. Its settings are the service's, not the
// tenant's.
//
// Observed: GET /api/v2/resource-servers, is_system.
func managementAPI() *ResourceServer {
	return &ResourceServer{
		Name: "Auth0 Management API", Identifier: ManagementIdentifier, Scopes: managementScopes(),
		SigningAlg: "RS256", TokenLifetimeSeconds: 86400, TokenLifetimeForWebSeconds: 7200,
		SubjectTypeAuthorization: SubjectTypeAuthorization{
			User: SubjectTypePolicy{PolicyAllowAll}, Client: SubjectTypePolicy{PolicyRequireClientGrant},
		},
		IsSystem: true,
	}
}

// asManagementAPI is the system API with the id of an exported one, and any
// scope only that one has: exports are younger or older than this list.
func (r *ResourceServer) asManagementAPI() *ResourceServer {
	m := managementAPI()
	m.ID = r.ID
	for _, scope := range r.Scopes {
		if !m.Defines(scope.Value) {
			m.Scopes = append(m.Scopes, scope)
		}
	}
	return m
}

func completeClients(s *Snapshot) {
	if !slices.ContainsFunc(s.Clients, func(c *Client) bool { return c.Global }) {
		global, _ := NewClient(map[string]any{"name": GlobalClientName}, CreateDefaults())
		global.Global = true
		s.Clients = append(s.Clients, global)
	}
	for _, c := range s.Clients {
		setDefault(&c.ClientID, KindClient, c.Name)
		if c.ClientSecret == "" {
			c.ClientSecret = DerivedSecret(c.ClientID)
		}
	}
}

func completeConnections(s *Snapshot) {
	if !slices.ContainsFunc(s.Connections, func(c *Connection) bool { return c.Name == DefaultConnectionName }) {
		c, _ := NewConnection(map[string]any{"name": DefaultConnectionName, "strategy": StrategyAuth0})
		c.EnabledClients = s.clientIDs()
		s.Connections = append(s.Connections, c)
	}
	for _, c := range s.Connections {
		setDefault(&c.ID, KindConnection, c.Name)
	}
}

// clientIDs are the ids of all clients but the global one.
func (s *Snapshot) clientIDs() []string {
	ids := []string{}
	for _, c := range s.Clients {
		if !c.Global {
			ids = append(ids, c.ClientID)
		}
	}
	return ids
}

// completeGrants gives the grants ids, and each client that configures single
// sign-on for others the grant that the service gives it.
//
// Observed: client grants with is_system in go-auth0.
func completeGrants(s *Snapshot) {
	for _, c := range s.Clients {
		if c.AppType != "express_configuration" || slices.ContainsFunc(s.ClientGrants, func(g *ClientGrant) bool {
			return g.ClientID == c.ClientID && g.Audience == ManagementIdentifier
		}) {
			continue
		}
		s.ClientGrants = append(s.ClientGrants, &ClientGrant{
			ClientID: c.ClientID, Audience: ManagementIdentifier, Scope: expressScopes(), SubjectType: SubjectClient, IsSystem: true,
		})
	}
	for _, g := range s.ClientGrants {
		setDefault(&g.ID, KindClientGrant, g.Key())
	}
}

// Key is what makes a ClientGrant unique: who, for what, on whose behalf.
func (g *ClientGrant) Key() string {
	who := g.ClientID
	if who == "" {
		who = g.DefaultFor
	}
	return who + "\x00" + g.Audience + "\x00" + g.Subject()
}

func completeUsers(s *Snapshot) {
	strategies := make(map[string]string, len(s.Connections))
	for _, c := range s.Connections {
		strategies[c.Name] = c.Strategy
	}
	for _, u := range s.Users {
		if u.Connection == "" {
			u.Connection = DefaultConnectionName
		}
		strategy, known := strategies[u.Connection]
		if !known {
			strategy = StrategyAuth0
		}
		u.UserID = FullUserID(u, strategy)
	}
}

// FullUserID is the user's id with its provider: the one pinned, with a
// provider put before it where it has none, or one derived from the connection
// and what the user signs in with.
//
// Source: Management API, POST /api/v2/users, user_id; Auth0 docs, "Identify
// users".
func FullUserID(u *User, strategy string) string {
	id := u.UserID
	if strings.Contains(id, "|") {
		return id
	}
	if id == "" {
		login := u.Email
		if login == "" {
			login = u.Username
		}
		if login == "" {
			login = u.PhoneNumber
		}
		id = derivedUserID(strategy, u.Connection, login)
	}
	return providerPrefix(strategy, u.Connection) + id
}

// providerPrefix is what stands before the | of the ids of a connection's
// users: enterprise and custom providers name the connection too.
func providerPrefix(strategy, connection string) string {
	switch strategy {
	case "samlp", "oidc", "okta", "adfs", "ad", "auth0-oidc", "pingfederate", "oauth1", "oauth2", "custom", "ip":
		return strategy + "|" + connection + "|"
	}
	return strategy + "|"
}
