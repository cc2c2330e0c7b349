package testkit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// User is a person of the tenant, by the names a test knows things by. Change
// one that Tenant.User returned and hand it to Tenant.AddUser to replace it.
type User struct {
	// ID is the user_id; empty when adding makes one up.
	ID string
	// Email or Username is what the user logs in with.
	Email    string
	Username string
	Name     string
	// Password is plain; empty when adding makes it DefaultPassword.
	Password string
	// Roles are names or ids.
	Roles []string
	// Permissions assigned directly, as API identifier to permission names.
	Permissions map[string][]string
	// Organizations the user is a member of, as name or id to the names or
	// ids of the roles held there.
	Organizations map[string][]string
	// AppMetadata and UserMetadata are the profile's app_metadata and
	// user_metadata.
	AppMetadata   map[string]any
	UserMetadata  map[string]any
	EmailVerified bool
	// Blocked users cannot log in.
	Blocked bool
	// Connection is a name; empty is Username-Password-Authentication.
	Connection string
}

// DefaultPassword is the password of users added without one.
const DefaultPassword = "Correct-Horse-9"

// AddUser adds a user, or replaces the one with the same ID, and returns it
// with everything filled in. Without an ID it is made from the connection and
// the e-mail address or username, the same every time.
func (a *Tenant) AddUser(u User) User {
	a.t.Helper()
	if u.Password == "" {
		u.Password = DefaultPassword
	}
	if u.Connection == "" {
		u.Connection = tenant.DefaultConnectionName
	}
	state := a.provider.Control().Snapshot()
	if !a.mayAdd(state, u) {
		return u
	}
	added, err := a.provider.Control().PutUser(&tenant.User{
		UserID: u.ID, Email: u.Email, Username: u.Username, Name: u.Name, Password: u.Password,
		EmailVerified: u.EmailVerified, Blocked: u.Blocked, Connection: u.Connection,
		AppMetadata: u.AppMetadata, UserMetadata: u.UserMetadata,
		Roles: a.roleIDs(state, u.Roles), Permissions: permissions(u.Permissions), Organizations: a.memberships(state, u.Organizations),
	})
	if err != nil {
		a.t.Fatalf("testkit: add user: %s", why(err))
		return u
	}
	a.setPassword(added.UserID, u.Password)
	return a.known(a.provider.Control().Snapshot(), added)
}

// mayAdd fails the test where a user would not work, or not be found again.
func (a *Tenant) mayAdd(state *tenant.Snapshot, u User) bool {
	a.t.Helper()
	if u.Email == "" && u.Username == "" {
		a.t.Fatalf("testkit: add user: a user needs an Email, or a Username, to log in with")
		return false
	}
	i := slices.IndexFunc(state.Connections, func(c *tenant.Connection) bool { return c.Name == u.Connection })
	if i < 0 {
		a.missing("connection", u.Connection, namesOf(state.Connections, func(c *tenant.Connection) string { return c.Name }))
		return false
	}
	id := tenant.FullUserID(&tenant.User{UserID: u.ID, Email: u.Email, Username: u.Username, Connection: u.Connection}, state.Connections[i].Strategy)
	for _, other := range state.Users {
		if other.UserID != id && other.Connection == u.Connection &&
			(u.Email != "" && strings.EqualFold(other.Email, u.Email) || u.Username != "" && strings.EqualFold(other.Username, u.Username)) {
			a.t.Fatalf("testkit: add user %q: %s has that address or name in connection %s already; give its ID to replace it", u.label(), other.UserID, u.Connection)
			return false
		}
	}
	for identifier, names := range u.Permissions {
		if !a.defined(state, identifier, names) {
			return false
		}
	}
	return true
}

// defined fails the test unless the API defines the permissions.
func (a *Tenant) defined(state *tenant.Snapshot, identifier string, names []string) bool {
	a.t.Helper()
	i := slices.IndexFunc(state.ResourceServers, func(r *tenant.ResourceServer) bool { return r.Identifier == identifier })
	if i < 0 {
		a.missing("API with the identifier", identifier, namesOf(state.ResourceServers, func(r *tenant.ResourceServer) string { return r.Identifier }))
		return false
	}
	for _, name := range names {
		if scopes := state.ResourceServers[i].ScopeValues(); !slices.Contains(scopes, name) {
			a.missing("permission of "+identifier, name, scopes)
			return false
		}
	}
	return true
}

func namesOf[E any](list []E, name func(E) string) []string {
	names := make([]string, 0, len(list))
	for _, v := range list {
		names = append(names, name(v))
	}
	return names
}

func (u User) label() string { return cmp.Or(u.Email, u.Username, u.ID) }

// User finds a user of the tenant by e-mail address, username or user_id. Its
// password is known if the fixture holds it in plain.
func (a *Tenant) User(name string) User {
	a.t.Helper()
	state := a.provider.Control().Snapshot()
	for _, u := range state.Users {
		if u.UserID == name || name != "" && (strings.EqualFold(u.Email, name) || strings.EqualFold(u.Username, name)) {
			return a.known(state, u)
		}
	}
	a.missing("user", name, namesOf(state.Users, (*tenant.User).Label))
	return User{}
}

// known is the user as a test knows it: with names in the place of ids.
func (a *Tenant) known(state *tenant.Snapshot, u *tenant.User) User {
	roleNames := func(ids []string) []string {
		var names []string
		for _, r := range state.Roles {
			if slices.Contains(ids, r.ID) {
				names = append(names, r.Name)
			}
		}
		return names
	}
	u = u.Clone()
	known := User{
		ID: u.UserID, Email: u.Email, Username: u.Username, Name: u.Name, Password: a.password(u.UserID),
		EmailVerified: u.EmailVerified, Blocked: u.Blocked, Connection: u.Connection,
		AppMetadata: u.AppMetadata, UserMetadata: u.UserMetadata, Roles: roleNames(u.Roles),
	}
	for _, p := range u.Permissions {
		if known.Permissions == nil {
			known.Permissions = map[string][]string{}
		}
		known.Permissions[p.ResourceServerIdentifier] = append(known.Permissions[p.ResourceServerIdentifier], p.PermissionName)
	}
	for _, o := range state.Organizations {
		if m := u.Member(o.ID); m != nil {
			if known.Organizations == nil {
				known.Organizations = map[string][]string{}
			}
			known.Organizations[o.Name] = roleNames(m.Roles)
		}
	}
	return known
}

func (a *Tenant) roleIDs(state *tenant.Snapshot, names []string) []string {
	a.t.Helper()
	var ids []string
	for _, name := range names {
		i := slices.IndexFunc(state.Roles, func(r *tenant.Role) bool { return r.Name == name || r.ID == name })
		if i < 0 {
			a.missing("role", name, namesOf(state.Roles, func(r *tenant.Role) string { return r.Name }))
			return nil
		}
		ids = append(ids, state.Roles[i].ID)
	}
	return ids
}

func permissions(byAPI map[string][]string) []tenant.Permission {
	var list []tenant.Permission
	for api, names := range byAPI {
		for _, name := range names {
			list = append(list, tenant.Permission{ResourceServerIdentifier: api, PermissionName: name})
		}
	}
	return list
}

func (a *Tenant) memberships(state *tenant.Snapshot, byName map[string][]string) []tenant.Membership {
	a.t.Helper()
	var list []tenant.Membership
	for name, roles := range byName {
		i := slices.IndexFunc(state.Organizations, func(o *tenant.Organization) bool { return o.Name == name || o.ID == name })
		if i < 0 {
			a.missing("organization", name, namesOf(state.Organizations, func(o *tenant.Organization) string { return o.Name }))
			return nil
		}
		list = append(list, tenant.Membership{OrganizationID: state.Organizations[i].ID, Roles: a.roleIDs(state, roles)})
	}
	return list
}

func (a *Tenant) password(userID string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.passwords[userID]
}

func (a *Tenant) setPassword(userID, plain string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.passwords[userID] = plain
}
