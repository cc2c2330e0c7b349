package tenant

import "slices"

// StrategyAuth0 is the strategy of database connections.
const StrategyAuth0 = "auth0"

// DefaultConnectionName is the database connection every tenant has.
const DefaultConnectionName = "Username-Password-Authentication"

// Connection is a source of users: a database, or an identity provider.
//
// Source: Management API, POST /api/v2/connections.
type Connection struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name,omitempty"`
	Strategy    string `json:"strategy"`
	// EnabledClients are the ids of the clients that may use it.
	EnabledClients     []string       `json:"enabled_clients"`
	Realms             []string       `json:"realms,omitempty"`
	IsDomainConnection bool           `json:"is_domain_connection"`
	ShowAsButton       *bool          `json:"show_as_button,omitempty"`
	Options            map[string]any `json:"options,omitempty"`
	Metadata           map[string]any `json:"metadata,omitempty"`
	Extra              map[string]any `json:"-"`
}

// Database says whether users of the connection sign in with a password kept
// in this tenant.
func (c *Connection) Database() bool { return c.Strategy == StrategyAuth0 }

// EnabledFor says whether the client may use the connection.
func (c *Connection) EnabledFor(clientID string) bool {
	return slices.Contains(c.EnabledClients, clientID)
}

// ServesClient says whether people may log in to the client through the
// connection: the client is one of EnabledClients or, if it is a third party's,
// the connection is a domain-level one. A strict third-party client has the
// domain-level ones alone.
//
// Source: Auth0 docs, "Third-party applications" (domain-level connections);
// Management API, POST /api/v2/connections, is_domain_connection. That
// EnabledClients count for permissive third-party clients is inferred.
func (c *Connection) ServesClient(client *Client) bool {
	if client.ThirdPartyStrict() {
		return c.IsDomainConnection
	}
	return c.EnabledFor(client.ClientID) || c.IsDomainConnection && !client.IsFirstParty
}

// Realm says whether the connection answers to the name in the password-realm
// grant.
func (c *Connection) Realm(name string) bool {
	return c.Name == name || slices.Contains(c.Realms, name)
}

// BruteForceProtection says whether failed logins into the connection count.
//
// Source: Management API, POST /api/v2/connections,
// options.brute_force_protection; databases have it on.
func (c *Connection) BruteForceProtection() bool {
	on, set := c.Options["brute_force_protection"].(bool)
	return on || !set
}

// RequiresUsername says whether the database asks for a username beside, or
// instead of, an e-mail address.
func (c *Connection) RequiresUsername() bool {
	on, _ := c.Options["requires_username"].(bool)
	return on
}

// Clone returns a copy whose top-level fields may be replaced.
func (c *Connection) Clone() *Connection { d := *c; return &d }
