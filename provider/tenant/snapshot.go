package tenant

// Snapshot is everything a tenant can be seeded with: what fixtures are read
// into and what /_faux0/snapshot writes out. References between entries are by
// id. The entries are shared, not copied: treat them as read-only.
type Snapshot struct {
	Settings         Settings
	Branding         Branding
	Prompts          Prompts
	Guardian         Guardian
	Templates        Templates
	AttackProtection AttackProtection
	Clients          []*Client
	ResourceServers  []*ResourceServer
	ClientGrants     []*ClientGrant
	Connections      []*Connection
	Roles            []*Role
	Organizations    []*Organization
	Users            []*User
	Actions          []*Action
	// TokenExchangeProfiles are those of custom token exchange.
	TokenExchangeProfiles []*TokenExchangeProfile

	// Other holds the sections Faux0 knows by name but does not act on yet,
	// by their fixture key, as decoded YAML or JSON.
	Other map[string]any
	// Sources says where in a fixture a setting was written, as file:line:column.
	Sources map[Setting]string
}

// Clone returns a copy whose entries may be changed, each as its own Clone
// says.
func (s *Snapshot) Clone() *Snapshot {
	c := *s
	c.Clients = cloneAll(s.Clients)
	c.ResourceServers = cloneAll(s.ResourceServers)
	c.ClientGrants = cloneAll(s.ClientGrants)
	c.Connections = cloneAll(s.Connections)
	c.Roles = cloneAll(s.Roles)
	c.Organizations = cloneAll(s.Organizations)
	c.Users = cloneAll(s.Users)
	c.Actions = cloneAll(s.Actions)
	c.TokenExchangeProfiles = cloneAll(s.TokenExchangeProfiles)
	return &c
}

func cloneAll[T interface{ Clone() T }](list []T) []T {
	copies := make([]T, len(list))
	for i, v := range list {
		copies[i] = v.Clone()
	}
	return copies
}

// Setting names one thing a person can change: a field of an entry.
type Setting struct {
	// Kind is the fixture's section: "resourceServers", "clients", "users", ….
	Kind string `json:"kind"`
	// ID is the entry's id: client_id, identifier, user_id, role or
	// organization id; empty for the tenant's own settings.
	ID string `json:"id,omitempty"`
	// Field is the property's name; empty means the entry as a whole.
	Field string `json:"field,omitempty"`
}

// Directory is a tenant read by the token rules. Lookups return nil when there
// is no such entry.
type Directory interface {
	Settings() *Settings
	Client(clientID string) *Client
	// ResourceServer finds an API by its exact identifier.
	ResourceServer(identifier string) *ResourceServer
	// ClientGrant finds the client's grant for the audience, or the default
	// for third-party clients where it has none of its own.
	ClientGrant(client *Client, audience, subjectType string) *ClientGrant
	Role(id string) *Role
	Organization(id string) *Organization
	User(userID string) *User
	// Primary is the user whom an account belongs to: itself, or the user it was
	// linked to.
	Primary(accountID string) *User

	Clients() []*Client
	ResourceServers() []*ResourceServer
	Roles() []*Role
	Organizations() []*Organization
	// UsersByEmail finds the users with the address, in any connection.
	UsersByEmail(email string) []*User
	// Source says where a setting is written, "" when not in a fixture.
	Source(Setting) string
}
