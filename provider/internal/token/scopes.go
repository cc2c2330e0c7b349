package token

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// passwordScopes is what a password grant gets that asks for nothing, or for
// openid alone.
//
// Observed: ruby-auth0, password grants with scope=openid.
var passwordScopes = []string{
	tenant.ScopeOpenID, tenant.ScopeProfile, tenant.ScopeEmail, tenant.ScopeAddress, tenant.ScopePhone,
}

// decideUserScopes narrows the requested scopes and lists the permissions of a
// token on behalf of a user.
//
// With RBAC the API's scopes are narrowed to those assigned to the user;
// without it any user gets any defined scope that was asked for. A client
// grant, where one applies, narrows both. OpenID Connect's scopes are not
// subject to any of this. What is refused is dropped in silence on the wire.
//
// Source: Auth0 docs, "Enable RBAC for APIs", "Scopes", "Resource owner
// password flow".
func (d *Decision) decideUserScopes(req Request, grant *tenant.ClientGrant) {
	var assigned []string
	if d.API != nil {
		assigned = d.decidePermissions(req)
	}
	allowed := func(scope string) bool {
		return d.API.Defines(scope) &&
			(grant == nil || grant.AllowAllScopes || slices.Contains(grant.Scope, scope)) &&
			(!d.API.RBAC() || slices.Contains(assigned, scope))
	}
	requested := d.expandScopes(req, allowed)
	for _, scope := range requested {
		switch {
		case req.Consented != nil && !slices.Contains(req.Consented, scope) && (tenant.OIDCScope(scope) || d.API != nil && allowed(scope)):
			d.because(scopeNotConsented(scope, req.Client))
		case tenant.OIDCScope(scope) && !req.Client.ThirdPartyStrict():
			d.Scopes = append(d.Scopes, scope)
		case tenant.OIDCScope(scope):
			d.because(scopeThirdParty(scope, req.Client))
		case d.API != nil && allowed(scope):
			d.Scopes = append(d.Scopes, scope)
			d.because(scopeGranted(scope))
		default:
			d.because(d.scopeRefused(scope, assigned, grant, req))
		}
	}
	if d.API != nil {
		d.warnUnrequested(req)
	}
}

// expandScopes gives the password grant, native social login and on-behalf-of
// exchanges everything the user may have when they ask for nothing in
// particular. The last is about an API alone, so OpenID Connect's scopes are
// not among it.
//
// Source: Auth0 docs, "Resource owner password flow", "Native social login",
// "On-behalf-of token exchange". Observed: ruby-auth0.
func (d *Decision) expandScopes(req Request, allowed func(string) bool) []string {
	if !req.Flow.getsAll() {
		return req.Scopes
	}
	requested := slices.Clone(req.Scopes)
	if len(requested) == 0 && req.Flow != FlowOnBehalfOf || len(requested) == 1 && requested[0] == tenant.ScopeOpenID {
		requested = slices.Clone(passwordScopes)
	}
	if d.API == nil || slices.ContainsFunc(req.Scopes, func(s string) bool { return !tenant.OIDCScope(s) }) {
		return requested
	}
	added := false
	for _, scope := range d.API.ScopeValues() {
		if allowed(scope) && !slices.Contains(requested, scope) {
			requested, added = append(requested, scope), true
		}
	}
	if added {
		d.because(getsAll(req.Flow, d.API))
	}
	return requested
}

// decidePermissions returns what is assigned to the user for the API, and
// decides the `permissions` claim: all that is assigned, whatever was
// requested, if RBAC and the dialect are both on.
//
// Source: Auth0 docs, "Enable RBAC for APIs", "Access token profiles".
func (d *Decision) decidePermissions(req Request) []string {
	assigned := Assigned(d.dir, req.User, d.API, req.Organization)
	switch {
	case d.API.RBAC() && d.API.PermissionsInToken():
		d.HasPermissions, d.Permissions = true, assigned
		if len(assigned) > 0 {
			d.because(permissionsGranted(d.API, assigned))
		} else {
			d.because(permissionsEmpty(d.API, req))
		}
	case d.API.RBAC():
		d.because(permissionsDialect(d.API))
	case d.API.PermissionsInToken():
		d.because(permissionsDialectAlone(d.API))
	default:
		d.because(permissionsRBACOff(d.API))
	}
	if d.API.RBAC() {
		d.rolesElsewhere(req, assigned)
	}
	return assigned
}

// rolesElsewhere says what the user may do on the other side of the wall
// between an organization and the rest of the tenant.
//
// Source: Auth0 docs, "Add roles to organization members"; Auth0 support
// articles on roles within organizations.
func (d *Decision) rolesElsewhere(req Request, assigned []string) {
	if req.Organization != nil {
		if lost := without(Assigned(d.dir, req.User, d.API, nil), assigned); len(lost) > 0 {
			d.because(profileRoles(req, lost))
		}
		return
	}
	for _, m := range req.User.Organizations {
		org := d.dir.Organization(m.OrganizationID)
		if org == nil {
			continue
		}
		if lost := without(Assigned(d.dir, req.User, d.API, org), assigned); len(lost) > 0 {
			d.because(memberRoles(req, org, lost))
		}
	}
}

// Assigned is what the user may do at the API: the permissions of the user's
// roles and those assigned directly, for this API only, sorted. Inside an
// organization only the roles held as its member count.
//
// Source: Auth0 docs, "Role-based access control"; Auth0 support articles on
// roles within organizations.
func Assigned(dir tenant.Directory, user *tenant.User, api *tenant.ResourceServer, org *tenant.Organization) []string {
	assigned := []string{}
	add := func(permissions []tenant.Permission) {
		for _, p := range permissions {
			if p.ResourceServerIdentifier == api.Identifier && api.Defines(p.PermissionName) {
				assigned = append(assigned, p.PermissionName)
			}
		}
	}
	roles := user.Roles
	if org == nil {
		add(user.Permissions)
	} else if member := user.Member(org.ID); member != nil {
		roles = member.Roles
	} else {
		roles = nil
	}
	for _, id := range roles {
		if role := dir.Role(id); role != nil {
			add(role.Permissions)
		}
	}
	slices.Sort(assigned)
	return slices.Compact(assigned)
}

// decideMachineScopes gives a machine the scopes of its client grant: all of
// them, or those it asks for. Roles do not apply to machines; with RBAC and an
// authz dialect `permissions` repeats the scopes.
//
// Source: Auth0 docs, "Client credentials flow"; community reports for
// permissions.
func (d *Decision) decideMachineScopes(req Request, grant *tenant.ClientGrant) {
	may := grant.Scope
	if grant.AllowAllScopes {
		may = d.API.ScopeValues()
	}
	if len(req.Scopes) == 0 {
		d.Scopes = slices.DeleteFunc(slices.Clone(may), func(s string) bool { return !d.API.Defines(s) })
	}
	for _, scope := range req.Scopes {
		if slices.Contains(may, scope) && d.API.Defines(scope) {
			d.Scopes = append(d.Scopes, scope)
		} else {
			d.because(d.machineScopeRefused(scope, req.Client, grant))
		}
	}
	switch {
	case d.API.RBAC() && d.API.PermissionsInToken():
		d.HasPermissions = true
		d.Permissions = slices.AppendSeq([]string{}, slices.Values(d.Scopes)) // never nil: the claim is a list, if empty
		slices.Sort(d.Permissions)
		d.because(machinePermissions(d.API, req.Client, grant))
	case d.API.RBAC():
		d.because(permissionsDialect(d.API))
	case d.API.PermissionsInToken():
		d.because(permissionsDialectAlone(d.API))
	default:
		d.because(permissionsRBACOff(d.API))
	}
}

// decideOfflineAccess takes offline_access out again where no refresh token
// can be issued: in silence, as Auth0 does.
//
// Source: Auth0 docs, "Get refresh tokens".
func (d *Decision) decideOfflineAccess(req Request) {
	if !d.Has(tenant.ScopeOfflineAccess) {
		return
	}
	refused, withheld := offlineRefused(req, d.API)
	if !withheld {
		d.RefreshToken = true
		return
	}
	d.withhold(tenant.ScopeOfflineAccess, refused)
}

// decideOnlineAccess does the same for online_access, whose refresh token lives
// as long as the session. A refresh goes by what was decided at login.
//
// Source: Auth0 docs, "Online refresh tokens".
func (d *Decision) decideOnlineAccess(req Request) {
	if !d.Has(tenant.ScopeOnlineAccess) || req.Flow == FlowRefresh {
		return
	}
	if refused, withheld := onlineRefused(req, d); withheld {
		d.withhold(tenant.ScopeOnlineAccess, refused)
		return
	}
	d.RefreshToken, d.Online = true, true
}

func (d *Decision) withhold(scope string, r Reason) {
	d.because(r)
	d.Scopes = slices.DeleteFunc(d.Scopes, func(s string) bool { return s == scope })
}

func (d *Decision) decideIDToken(req Request) {
	if req.Flow == FlowOnBehalfOf {
		return
	}
	d.IDToken = d.Has(tenant.ScopeOpenID)
	switch {
	case d.IDToken:
	case req.Client.ThirdPartyStrict():
		d.because(noIDTokenThirdParty(req.Client))
	default:
		d.because(noIDToken())
	}
}
