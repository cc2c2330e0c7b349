package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// whyEmpty says why nothing is assigned to the user for the API, beginning
// with the causes that a small change would heal.
//
// Source: Auth0 docs, "Role-based access control"; Auth0 support articles on
// roles within organizations; community reports.
func (x *explainer) whyEmpty() why {
	if x.user == nil {
		return why{
			cause:   fmt.Sprintf("This tenant has no user %s, so nothing is assigned to them.", quote(x.read.claims.text("sub"))),
			fix:     "Sign in as a user of this tenant, or add one with this user_id.",
			certain: true,
		}
	}
	if w, wrong := x.wrongOrganization(); wrong {
		return w
	}
	if other := x.sameEmail(); other != nil {
		return x.wrongUser(other)
	}
	if x.authorizationExtension() {
		return why{
			cause: fmt.Sprintf("The roles and permissions of the Authorization Extension never reach the permissions claim, and %s has no role of the tenant itself.", x.who()),
			fix:   x.giveRole(), certain: true,
		}
	}
	if faults := x.roleFaults(); len(faults) > 0 {
		return faults[0].why
	}
	return x.noRole()
}

func (x *explainer) heldRoles() []string {
	switch {
	case x.user == nil:
		return nil
	case x.org == nil:
		return x.user.Roles
	}
	if member := x.user.Member(x.org.ID); member != nil {
		return member.Roles
	}
	return nil
}

// gives is what a role lets its holders do at the API.
func (x *explainer) gives(roleID string) []string {
	return Assigned(x.dir, &tenant.User{Roles: []string{roleID}}, x.api, nil)
}

// helpful are the roles that would put something into the claim.
func (x *explainer) helpful() []*tenant.Role {
	return slices.DeleteFunc(slices.Clone(x.dir.Roles()), func(r *tenant.Role) bool { return len(x.gives(r.ID)) == 0 })
}

// giveRole is the advice to assign a role, by name where one exists.
func (x *explainer) giveRole() string {
	roles := x.helpful()
	if len(roles) == 0 {
		return fmt.Sprintf("Make a role with permissions of %s and give it to %s (User Management → Roles).", apiName(x.api), x.who())
	}
	gives := quoteAll(x.gives(roles[0].ID))
	if x.org != nil {
		return fmt.Sprintf("Give the member %s role %s in organization %s; it has %s.", x.who(), quote(roles[0].Name), quote(x.org.Name), gives)
	}
	return fmt.Sprintf("Give %s role %s (User Management → Users → Roles); it has %s.", x.who(), quote(roles[0].Name), gives)
}

func (x *explainer) noRole() why {
	held := x.roleNames(x.heldRoles())
	where, has := "", "none"
	if x.org != nil {
		where = " in organization " + quote(x.org.Name)
	}
	if len(held) > 0 {
		has = quoteAll(held)
	}
	return why{
		cause: fmt.Sprintf("%s has no role with permissions of %s%s (roles held: %s).", x.who(), apiName(x.api), where, has),
		fix:   x.giveRole(), certain: true,
	}
}

// roleFault is something wrong with a role the user does hold.
type roleFault struct {
	why
	setting *tenant.Setting
}

func (x *explainer) roleFaults() []roleFault {
	var faults []roleFault
	add := func(s *tenant.Setting, fix, cause string, args ...any) {
		faults = append(faults, roleFault{why{fmt.Sprintf(cause, args...), fix, true}, s})
	}
	for _, p := range x.directPermissions() {
		if p.ResourceServerIdentifier == x.api.Identifier && !x.api.Defines(p.PermissionName) {
			add(apiSetting(x.api, "scopes"), x.define(p.PermissionName), "Permission %s is assigned to %s, but %s does not define it.",
				quote(p.PermissionName), x.who(), apiName(x.api))
		}
	}
	for _, id := range x.heldRoles() {
		if role := x.dir.Role(id); role != nil {
			x.roleFault(role, add)
		}
	}
	return faults
}

func (x *explainer) directPermissions() []tenant.Permission {
	if x.user == nil || x.org != nil {
		return nil
	}
	return x.user.Permissions
}

func (x *explainer) roleFault(role *tenant.Role, add func(s *tenant.Setting, fix, cause string, args ...any)) {
	assigned := x.assigned()
	if len(role.Permissions) == 0 && len(assigned) == 0 {
		add(roleSetting(role), fmt.Sprintf("Add permissions of %s to role %s, such as %s.", apiName(x.api), quote(role.Name), x.somePermission()),
			"Role %s has no permissions yet.", quote(role.Name))
	}
	for _, p := range role.Permissions {
		if p.ResourceServerIdentifier == x.api.Identifier {
			if !x.api.Defines(p.PermissionName) {
				add(apiSetting(x.api, "scopes"), x.define(p.PermissionName), "Role %s holds permission %s, but %s does not define it.",
					quote(role.Name), quote(p.PermissionName), apiName(x.api))
			}
			continue
		}
		if x.api.Defines(p.PermissionName) && !slices.Contains(assigned, p.PermissionName) {
			add(roleSetting(role), fmt.Sprintf("Add %s of %s to role %s.", quote(p.PermissionName), apiName(x.api), quote(role.Name)),
				"Role %s holds %s of %s, not of %s.", quote(role.Name), quote(p.PermissionName), x.otherAPI(p), apiName(x.api))
		}
	}
}

func (x *explainer) otherAPI(p tenant.Permission) string {
	if api := x.dir.ResourceServer(p.ResourceServerIdentifier); api != nil {
		return apiName(api)
	}
	return "API " + quote(p.ResourceServerIdentifier)
}

func (x *explainer) somePermission() string {
	if len(x.api.Scopes) == 0 {
		return "one you define there first"
	}
	return quote(x.api.Scopes[0].Value)
}

func (x *explainer) define(permission string) string {
	if near := tenant.Nearest(permission, x.api.ScopeValues()); near != "" {
		return fmt.Sprintf("Use %s, which %s defines, or add %s to its scopes.", quote(near), apiName(x.api), quote(permission))
	}
	return fmt.Sprintf("Add %s to the scopes of %s.", quote(permission), apiName(x.api))
}

// sameEmail finds another account with the user's address that has what this
// one lacks.
func (x *explainer) sameEmail() *tenant.User {
	if x.user == nil || x.user.Email == "" || x.api == nil || len(x.assigned()) > 0 {
		return nil
	}
	for _, other := range x.dir.UsersByEmail(x.user.Email) {
		if other.UserID != x.user.UserID && len(Assigned(x.dir, other, x.api, x.org)) > 0 {
			return other
		}
	}
	return nil
}

func (x *explainer) wrongUser(other *tenant.User) why {
	return why{
		cause: fmt.Sprintf("You signed in as %s (connection %s), but the permissions belong to %s (connection %s): two users with the same e-mail.",
			quote(x.user.UserID), quote(x.user.Connection), quote(other.UserID), quote(other.Connection)),
		fix:     fmt.Sprintf("Sign in through connection %s, link the two accounts, or give %s the role as well.", quote(other.Connection), quote(x.user.UserID)),
		certain: true,
	}
}

// wrongOrganization: the user has what is needed, but on the other side of the
// wall between an organization and the rest of the tenant.
func (x *explainer) wrongOrganization() (why, bool) {
	if x.user == nil || len(x.assigned()) > 0 {
		return why{}, false
	}
	if x.org != nil {
		outside := Assigned(x.dir, x.user, x.api, nil)
		if len(outside) == 0 {
			return why{}, false
		}
		return why{
			cause: fmt.Sprintf("This token is for organization %s, where only the roles given to the member count; %s has %s outside of it only.",
				quote(x.org.Name), x.who(), quoteAll(outside)),
			fix: fmt.Sprintf("Give the member %s %s in organization %s, or log in without an organization.",
				x.who(), x.rolesToGive(), quote(x.org.Name)),
			certain: true,
		}, true
	}
	for _, m := range x.user.Organizations {
		org := x.dir.Organization(m.OrganizationID)
		if org == nil || len(Assigned(x.dir, x.user, x.api, org)) == 0 {
			continue
		}
		return why{
			cause: fmt.Sprintf("This token is for no organization, and %s has roles for %s only as a member of organization %s.",
				x.who(), apiName(x.api), quote(org.Name)),
			fix:     fmt.Sprintf("Log in with organization=%s, or give %s the role outside of organizations.", org.ID, x.who()),
			certain: true,
		}, true
	}
	return why{}, false
}

func (x *explainer) rolesToGive() string {
	for _, id := range x.user.Roles {
		if len(x.gives(id)) > 0 {
			return "role " + quote(x.dir.Role(id).Name)
		}
	}
	return "a role with these permissions"
}

// authorizationExtension says whether the tenant seems to rely on the
// extension, while the user has no role of the tenant's own.
//
// Source: Auth0 docs, "Authorization Extension" and RBAC compared.
func (x *explainer) authorizationExtension() bool {
	if x.user == nil || len(x.user.Roles) > 0 || len(x.user.Permissions) > 0 {
		return false
	}
	for _, c := range x.dir.Clients() {
		if c.Name == "auth0-authz" {
			return true
		}
	}
	for _, s := range x.Scripts {
		if strings.Contains(s.Name+s.Code, "auth0-authorization-extension") {
			return true
		}
	}
	return false
}
