package token

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// chain checks every link between a login and a permission in the user's
// access token, in their order; people usually have several faults at once.
//
// Source: Auth0 docs, "Enable RBAC for APIs", "Role-based access control".
func (x *explainer) chain() {
	x.checkToken()
	x.checkAPI()
	if x.api == nil {
		return
	}
	x.checkAccess()
	x.checkSwitches()
	if x.out.Kind == KindMachineToken {
		x.checkClientGrant()
	} else {
		x.checkRoles()
		x.checkSameEmail()
		x.checkOrganization()
	}
	x.checkFresh()
	x.checkScripts()
	x.checkLastError()
}

// checkToken looks at what any recipient looks at first: issuer, signature,
// expiry.
//
// Source: RFC 9068 §4; RFC 7519 §4.1.
func (x *explainer) checkToken() {
	c := x.read.claims
	if c.members == nil {
		return
	}
	iss := c.text("iss")
	if x.ours(iss) {
		x.check(true, nil, "It was issued by this tenant (iss %s).", quote(iss))
	} else {
		x.check(false, nil, "It was issued by %s, and this tenant is %s.", quote(iss), quote(x.Issuer))
	}
	switch valid := x.out.SignatureValid; {
	case valid == nil:
		x.unsure("Its signature could not be checked here.")
	case *valid:
		x.check(true, nil, "Its signature holds.")
	default:
		x.check(false, nil, "Its signature does not hold: it was changed, or signed with a key this tenant no longer has.")
	}
	if exp := c.time("exp"); !exp.IsZero() {
		x.out.Expired = !x.Now.Before(exp)
		if x.out.Expired {
			x.check(false, nil, "It expired at %s.", at(exp))
		} else {
			x.check(true, nil, "It has not expired (exp %s).", at(exp))
		}
	}
}

func (x *explainer) checkAPI() {
	if x.Wanted != "" && x.dir.ResourceServer(x.Wanted) == nil {
		x.check(false, nil, "No API has the identifier %s.%s", quote(x.Wanted), x.hint(x.Wanted))
	}
	switch {
	case x.api == nil && x.audience() != "" && x.out.Kind == KindAccessToken:
		x.check(false, nil, "No API has the identifier %s.%s", quote(x.audience()), x.hint(x.audience()))
	case x.api == nil:
		x.check(false, nil, "The tenant defines no API of its own.")
	case x.apiGuessed:
		x.unsure("Assuming %s (%s) is the one you are after.", apiName(x.api), quote(x.api.Identifier))
	default:
		x.check(true, apiSetting(x.api, ""), "%s exists, with identifier %s.", apiName(x.api), quote(x.api.Identifier))
	}
}

// hint is AudienceHint as a sentence of its own, with a space before it.
func (x *explainer) hint(audience string) string {
	if h := AudienceHint(x.dir, audience); h != "" {
		return " " + strings.ToUpper(h[:1]) + h[1:] + "."
	}
	return ""
}

func (x *explainer) checkAccess() {
	field := "subject_type_authorization"
	if e, ok := x.refused.(*tenant.Error); ok { //nolint:errorlint // Decide returns it bare
		text := strings.TrimSuffix(e.Description, ".")
		if e.Hint != "" {
			text += ": " + e.Hint
		}
		x.check(false, apiSetting(x.api, field), "%s.", text)
		return
	}
	switch {
	case x.client == nil && x.app() == unnamedApp:
		x.unsure("Which application asked for it is not known.")
	case x.client == nil:
		x.check(false, nil, "%s is not an application of this tenant.", strings.TrimPrefix(x.app(), "application "))
	case x.client.IsFirstParty:
		x.check(true, nil, "Application %s may get tokens for it.", quote(x.client.Name))
	default:
		x.check(true, nil, "Third-party application %s has a client grant for it.", quote(x.client.Name))
	}
}

func (x *explainer) checkSwitches() {
	api := x.api
	if api.RBAC() {
		x.check(true, apiSetting(api, fieldEnforcePolicies), "%s is on for %s (enforce_policies).", enableRBACToggle, apiName(api))
	} else {
		x.check(false, apiSetting(api, fieldEnforcePolicies),
			"%s is off for %s (enforce_policies): roles are ignored, no permissions are added, and any user gets every requested scope.", enableRBACToggle, apiName(api))
	}
	switch {
	case api.PermissionsInToken() && api.RBAC():
		x.check(true, apiSetting(api, fieldTokenDialect), "%s is on (token_dialect %q).", addPermissionsToggle, api.Dialect())
	case api.PermissionsInToken():
		x.check(false, apiSetting(api, fieldTokenDialect), "token_dialect %q alone does nothing; %s must be on too.", api.Dialect(), enableRBACToggle)
	default:
		x.check(false, apiSetting(api, fieldTokenDialect), "%s is off (token_dialect %q).", addPermissionsToggle, api.Dialect())
	}
}

func userSetting(u *tenant.User, field string) *tenant.Setting {
	return &tenant.Setting{Kind: tenant.KindUser, ID: u.UserID, Field: field}
}

func roleSetting(r *tenant.Role) *tenant.Setting {
	return &tenant.Setting{Kind: tenant.KindRole, ID: r.ID, Field: "permissions"}
}

func (x *explainer) checkRoles() {
	if x.user == nil {
		if sub := cmp.Or(x.read.claims.text("sub"), x.read.profile.text("sub")); sub != "" {
			x.check(false, nil, "The tenant has no user %s.", quote(sub))
		} else {
			x.unsure("Which user signed in is not known.")
		}
		return
	}
	for _, f := range x.roleFaults() {
		x.check(false, f.setting, "%s", f.cause)
	}
	if assigned := x.assigned(); len(assigned) > 0 {
		x.check(true, userSetting(x.user, "roles"), "%s may do there: %s.", x.who(), quoteAll(assigned))
	} else {
		x.check(false, userSetting(x.user, "roles"), "%s", x.noRole().cause)
	}
}

// assigned is what the user may do at the API, in the token's organization.
func (x *explainer) assigned() []string { return Assigned(x.dir, x.user, x.api, x.org) }

func (x *explainer) checkSameEmail() {
	if other := x.sameEmail(); other != nil {
		x.check(false, userSetting(other, "email"), "%s", x.wrongUser(other).cause)
	}
}

func (x *explainer) checkOrganization() {
	id := x.organizationID()
	if id != "" && x.org == nil {
		x.check(false, nil, "The token is for organization %s, which this tenant does not have.", quote(id))
		return
	}
	if w, wrong := x.wrongOrganization(); wrong {
		x.check(false, nil, "%s", w.cause)
	} else if x.org != nil {
		x.check(true, nil, "The token is for organization %s, where only the member's roles count.", quote(x.org.Name))
	}
	if x.decision == nil || x.user == nil || len(x.assigned()) == 0 {
		return
	}
	for _, r := range x.decision.Reasons {
		if r.Code == ReasonProfileRoles || r.Code == ReasonMemberRoles {
			x.note("%s", r.Advice())
		}
	}
}

func (x *explainer) checkClientGrant() {
	if x.client == nil || x.refused != nil {
		return
	}
	if grant := x.dir.ClientGrant(x.client, x.api.Identifier, tenant.SubjectClient); grant != nil {
		s := &tenant.Setting{Kind: tenant.KindClientGrant, ID: grant.ID, Field: "scope"}
		if missing := without(x.api.ScopeValues(), grant.Scope); len(missing) > 0 && !grant.AllowAllScopes {
			x.check(true, s, "The client grant gives %s; the API also defines %s, which the grant does not include.", quoteAll(grant.Scope), quoteAll(missing))
		} else {
			x.check(true, s, "The client grant gives all scopes of the API.")
		}
	}
}

// checkFresh compares the token with what the tenant would put into one now.
// Tokens never change, so a difference means that something else did.
//
// Source: RFC 9068 §6 (claims are as of issuance); Auth0 docs, "Access tokens".
func (x *explainer) checkFresh() {
	iat := x.read.claims.time("iat")
	if x.out.Kind != KindAccessToken && x.out.Kind != KindMachineToken || iat.IsZero() || x.decision == nil {
		return
	}
	if !x.stale() {
		x.check(true, nil, "The token holds what the tenant would put into one now.")
		return
	}
	if s, when := x.changedSince(iat); s != nil {
		x.check(false, s, "The token was issued at %s, before %s changed at %s.", at(iat), x.entry(*s), at(when))
	} else {
		x.unsure("The token was issued at %s and differs from what the tenant would put into one now.", at(iat))
	}
	x.checkCache(iat)
}

// checkCache says whether the application ever asked for a newer token.
func (x *explainer) checkCache(iat time.Time) {
	if len(x.Recent) == 0 {
		return
	}
	for _, r := range slices.Backward(x.Recent) {
		if r.Error == "" && x.sameSubject(r) && r.At.After(iat.Add(near)) && !r.AccessTokenOpaque {
			x.check(false, nil, "A newer token was issued at %s; the application still uses this one.", at(r.At))
			return
		}
	}
	x.check(false, nil, "No newer token was requested since: the application serves this one from its cache.")
}

// sameSubject says whether the request was made for whoever the token is about.
func (x *explainer) sameSubject(r Issued) bool {
	sub := x.read.claims.text("sub")
	return r.UserID == sub || r.UserID == "" && sub == r.ClientID+"@clients"
}

// stale says whether the same request would now get other permissions.
func (x *explainer) stale() bool {
	if x.decision == nil || x.out.Kind == KindMachineToken {
		return x.staleMachine()
	}
	has := x.read.claims.has("permissions")
	got := slices.Sorted(slices.Values(x.read.claims.list("permissions")))
	return has != x.decision.HasPermissions || has && !slices.Equal(got, x.decision.Permissions)
}

func (x *explainer) staleMachine() bool {
	if x.decision == nil {
		return false
	}
	got := x.read.claims.scopes()
	if x.request == nil {
		return len(without(got, x.decision.Scopes)) > 0 || x.read.claims.has("permissions") != x.decision.HasPermissions
	}
	return !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(x.decision.Scopes))) ||
		x.read.claims.has("permissions") != x.decision.HasPermissions
}

// changedSince is the latest change after the token, of those entries that
// decide about permissions.
func (x *explainer) changedSince(iat time.Time) (*tenant.Setting, time.Time) {
	if x.Changed == nil {
		return nil, time.Time{}
	}
	entries := []tenant.Setting{{Kind: tenant.KindResourceServer, ID: x.api.Identifier}}
	for _, id := range x.heldRoles() {
		entries = append(entries, tenant.Setting{Kind: tenant.KindRole, ID: id})
	}
	if grant := x.grant(); grant != nil {
		entries = append(entries, tenant.Setting{Kind: tenant.KindClientGrant, ID: grant.ID})
	}
	if x.user != nil {
		entries = append(entries, tenant.Setting{Kind: tenant.KindUser, ID: x.user.UserID})
	}
	var latest *tenant.Setting
	var when time.Time
	for i, s := range entries {
		if t := x.Changed(s); t.After(iat) && t.After(when) {
			latest, when = &entries[i], t
		}
	}
	return latest, when
}

func (x *explainer) grant() *tenant.ClientGrant {
	if x.client == nil {
		return nil
	}
	if x.out.Kind == KindMachineToken {
		return x.dir.ClientGrant(x.client, x.api.Identifier, tenant.SubjectClient)
	}
	return x.dir.ClientGrant(x.client, x.api.Identifier, tenant.SubjectUser)
}

// entry names what a setting belongs to.
func (x *explainer) entry(s tenant.Setting) string {
	switch s.Kind {
	case tenant.KindResourceServer:
		return apiName(x.api)
	case tenant.KindRole:
		return "role " + quote(strings.Join(x.roleNames([]string{s.ID}), ""))
	case tenant.KindUser:
		return "user " + x.who()
	}
	return "the client grant"
}

// checkLastError tells of a refusal after the token: the application may be
// showing an old token because it cannot get a new one.
func (x *explainer) checkLastError() {
	if r := x.lastError(); r != nil {
		more := x.hint(missingService(r.ErrorDescription))
		if more == "" && r.Hint != "" {
			more = " " + sentence(r.Hint)
		}
		x.check(false, nil, "The last request of %s was refused at %s: %s: %s.%s", x.app(), at(r.At), quote(r.Error),
			strings.TrimSuffix(r.ErrorDescription, "."), more)
	}
}

// lastError is the newest request of the application, if it was refused.
func (x *explainer) lastError() *Issued {
	for i := range slices.Backward(x.Recent) {
		r := &x.Recent[i]
		if x.client != nil && r.ClientID != x.client.ClientID {
			continue
		}
		if r.Error != "" {
			return r
		}
		return nil
	}
	return nil
}
