package testkit

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// User is a person of the tenant, by the names a test knows things by.
type User struct {
	// ID is the user_id; empty when adding makes one up.
	ID       string
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
	AppMetadata   map[string]any
	UserMetadata  map[string]any
	EmailVerified bool
	Blocked       bool
	// Connection is a name; empty is Username-Password-Authentication.
	Connection string
}

// DefaultPassword is the password of users added without one.
const DefaultPassword = "Correct-Horse-9"

// AddUser adds a user, or replaces the one with the same ID, and returns it
// with everything filled in.
func (a *Tenant) AddUser(u User) User {
	a.t.Helper()
	if u.Password == "" {
		u.Password = DefaultPassword
	}
	if u.Connection == "" {
		u.Connection = tenant.DefaultConnectionName
	}
	state := a.provider.Control().Snapshot()
	added, err := a.provider.Control().PutUser(&tenant.User{
		UserID: u.ID, Email: u.Email, Username: u.Username, Name: u.Name, Password: u.Password,
		EmailVerified: u.EmailVerified, Blocked: u.Blocked, Connection: u.Connection,
		AppMetadata: u.AppMetadata, UserMetadata: u.UserMetadata,
		Roles: a.roleIDs(state, u.Roles), Permissions: permissions(u.Permissions), Organizations: a.memberships(state, u.Organizations),
	})
	if err != nil {
		a.t.Fatalf("testkit: add user: %v", err)
		return u
	}
	u.ID, u.Name = added.UserID, added.Name
	a.setPassword(u.ID, u.Password)
	return u
}

// User finds a user of the tenant by e-mail address, username or user_id.
// Its password is known if the fixture holds it in plain.
func (a *Tenant) User(name string) User {
	a.t.Helper()
	var known []string
	for _, u := range a.provider.Control().Snapshot().Users {
		if slices.Contains([]string{u.UserID, u.Email, u.Username}, name) {
			return User{
				ID: u.UserID, Email: u.Email, Username: u.Username, Name: u.Name, Password: a.password(u.UserID),
				EmailVerified: u.EmailVerified, Blocked: u.Blocked, Connection: u.Connection,
				AppMetadata: u.AppMetadata, UserMetadata: u.UserMetadata,
			}
		}
		known = append(known, u.Label())
	}
	a.missing("user", name, known)
	return User{}
}

func (a *Tenant) roleIDs(state *tenant.Snapshot, names []string) []string {
	a.t.Helper()
	var ids, known []string
	for _, r := range state.Roles {
		known = append(known, r.Name)
	}
	for _, name := range names {
		i := slices.IndexFunc(state.Roles, func(r *tenant.Role) bool { return r.Name == name || r.ID == name })
		if i < 0 {
			a.missing("role", name, known)
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
			a.missing("organization", name, nil)
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
