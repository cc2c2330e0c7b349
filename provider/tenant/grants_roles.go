package tenant

import "cmp"

// ClientGrant lets a Client get tokens for a ResourceServer.
//
// Source: Management API, POST /api/v2/client-grants.
type ClientGrant struct {
	ID       string   `json:"id"`
	ClientID string   `json:"client_id,omitempty"`
	Audience string   `json:"audience"`
	Scope    []string `json:"scope"`
	// SubjectType is "client" (the default: machine to machine) or "user".
	SubjectType string `json:"subject_type,omitempty"`
	// AllowAllScopes grants every scope the API has, now and later.
	AllowAllScopes bool `json:"allow_all_scopes,omitempty"`
	// OrganizationUsage is "deny" (the default), "allow" or "require".
	OrganizationUsage    string `json:"organization_usage,omitempty"`
	AllowAnyOrganization bool   `json:"allow_any_organization,omitempty"`
	// DefaultFor "third_party_clients" serves third-party clients that have
	// no grant of their own.
	DefaultFor string         `json:"default_for,omitempty"`
	IsSystem   bool           `json:"is_system,omitempty"`
	Extra      map[string]any `json:"-"`
}

// Subject types of a ClientGrant.
const (
	SubjectClient = "client"
	SubjectUser   = "user"
)

// Subject is the effective subject type.
func (g *ClientGrant) Subject() string {
	if g.SubjectType == "" {
		return SubjectClient
	}
	return g.SubjectType
}

// Clone returns a copy whose top-level fields may be replaced.
func (g *ClientGrant) Clone() *ClientGrant { d := *g; return &d }

// Role is a named set of permissions.
//
// Source: Management API, POST /api/v2/roles and /roles/{id}/permissions.
type Role struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Permissions []Permission   `json:"permissions,omitempty"`
	Extra       map[string]any `json:"-"`
}

// Permission is one scope of one API, as given to a Role or a User.
type Permission struct {
	ResourceServerIdentifier string `json:"resource_server_identifier"`
	PermissionName           string `json:"permission_name"`
}

// Clone returns a copy whose top-level fields may be replaced.
func (r *Role) Clone() *Role { d := *r; return &d }

// Organization is a group of members who log in together.
//
// Source: Management API, POST /api/v2/organizations.
type Organization struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	DisplayName string         `json:"display_name,omitempty"`
	Branding    *Branding      `json:"branding,omitempty"`
	Metadata    map[string]any `json:"metadata,omitempty"`
	// Connections members may use, and no others. Empty: nobody can log in here.
	Connections []OrganizationConnection `json:"connections,omitempty"`
	// ClientGrants are the ids of the machine-to-machine grants associated.
	ClientGrants []string `json:"client_grants,omitempty"`
	// ThirdPartyClientAccess "allow" lets people log in here at third-party
	// clients; else they may not.
	ThirdPartyClientAccess string            `json:"third_party_client_access,omitempty"`
	DiscoveryDomains       []DiscoveryDomain `json:"discovery_domains,omitempty"`
	// Invitations are those nobody has accepted, in the order they were made.
	Invitations []*Invitation  `json:"invitations,omitempty"`
	Extra       map[string]any `json:"-"`
}

// OrganizationConnection enables a Connection for an Organization.
type OrganizationConnection struct {
	ConnectionID            string `json:"connection_id"`
	AssignMembershipOnLogin bool   `json:"assign_membership_on_login,omitempty"`
	ShowAsButton            *bool  `json:"show_as_button,omitempty"`
	IsSignupEnabled         bool   `json:"is_signup_enabled,omitempty"`
	// IsEnabled false is as if the connection were not there; nil is true.
	IsEnabled *bool `json:"is_enabled,omitempty"`
}

// Connection is how the organization uses a connection, nil where it does not.
//
// Source: Auth0 docs, "Enable organization connections" (people log in only
// through connections that are enabled for the organization).
func (o *Organization) Connection(id string) *OrganizationConnection {
	for i := range o.Connections {
		if c := &o.Connections[i]; c.ConnectionID == id && (c.IsEnabled == nil || *c.IsEnabled) {
			return c
		}
	}
	return nil
}

// Allows says whether members may log in through the connection.
func (o *Organization) Allows(connectionID string) bool { return o.Connection(connectionID) != nil }

// Label is what people call the organization.
func (o *Organization) Label() string { return cmp.Or(o.DisplayName, o.Name) }

// Clone returns a copy whose top-level fields may be replaced.
func (o *Organization) Clone() *Organization { d := *o; return &d }
