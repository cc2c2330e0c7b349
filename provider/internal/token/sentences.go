package token

import (
	"fmt"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Codes of the Reasons Decide gives.
const (
	ReasonAudienceRequested    = "audience_requested"
	ReasonAudienceDefault      = "audience_default"
	ReasonAudienceMissing      = "audience_missing"
	ReasonAudienceUserinfo     = "audience_userinfo"
	ReasonPermissionsGranted   = "permissions_granted"
	ReasonPermissionsEmpty     = "permissions_empty"
	ReasonProfileRoles         = "profile_roles_outside_organization"
	ReasonMemberRoles          = "member_roles_outside_login"
	ReasonPermissionsDialect   = "permissions_dialect_off"
	ReasonPermissionsNeedRBAC  = "permissions_dialect_without_rbac"
	ReasonPermissionsRBACOff   = "permissions_rbac_off"
	ReasonPermissionsOpaque    = "permissions_need_audience"
	ReasonMachinePermissions   = "permissions_of_client_grant"
	ReasonScopeGranted         = "scope_granted"
	ReasonScopeThirdParty      = "scope_third_party"
	ReasonScopeNeedsAudience   = "scope_needs_audience"
	ReasonScopeUndefined       = "scope_undefined"
	ReasonScopeNotInGrant      = "scope_not_in_client_grant"
	ReasonScopeNotAssigned     = "scope_not_assigned"
	ReasonScopeNotRequested    = "scope_not_requested"
	ReasonScopePasswordAll     = "scope_password_grant_all"
	ReasonOfflineAPI           = "offline_access_api"
	ReasonOfflineGrantType     = "offline_access_grant_type"
	ReasonOfflineImplicit      = "offline_access_implicit"
	ReasonOfflineActor         = "offline_access_actor"
	ReasonIDTokenNeedsOpenID   = "id_token_needs_openid"
	ReasonIDTokenThirdParty    = "id_token_third_party"
	aboutIDToken               = "id_token"
	ReasonConsentPrompted      = "consent_prompted"
	ReasonConsentThirdParty    = "consent_third_party"
	ReasonConsentAPI           = "consent_not_skipped_by_api"
	ReasonConsentLocalhost     = "consent_not_skipped_on_localhost"
	ReasonConfirmation         = "callback_not_verifiable"
	ReasonScopeNotConsented    = "scope_not_consented"
	aboutConsent               = "consent"
	aboutPermissions           = "permissions"
	aboutAccessToken           = "access_token"
	aboutScope                 = "scope"
	addPermissionsToggle       = "\"Add Permissions in the Access Token\""
	enableRBACToggle           = "\"Enable RBAC\""
	fieldTokenDialect          = "token_dialect"
	fieldEnforcePolicies       = "enforce_policies"
	fieldRefreshTokenGrantType = "grant_types"
	fieldSecurityMode          = "third_party_security_mode"
)

func (d *Decision) audienceBecause(from string) {
	if from == "default" {
		d.because(Reason{
			Code: ReasonAudienceDefault, About: aboutAccessToken, Outcome: Changed,
			Sentence: fmt.Sprintf("No audience was requested, so the tenant's default audience %q applies and the access token is a JWT.", d.Audience),
			Setting:  &tenant.Setting{Kind: tenant.KindTenant, Field: "default_audience"},
		})
		return
	}
	d.because(Reason{
		Code: ReasonAudienceRequested, About: aboutAccessToken, Outcome: Granted,
		Sentence: fmt.Sprintf("The access token is a JWT for API %q because its identifier %q was requested.", d.API.Name, d.Audience),
	})
}

func (d *Decision) opaqueBecause(audience string) {
	code, sentence := ReasonAudienceMissing,
		"No audience was requested and the tenant has no default audience, so the access token is opaque: it is not a JWT and works at /userinfo only."
	if audience != "" {
		code = ReasonAudienceUserinfo
		sentence = fmt.Sprintf("The requested audience %q is the tenant itself, so the access token is opaque: it is not a JWT and works at /userinfo only.", audience)
	}
	fix := audienceFix(d.dir)
	d.because(Reason{
		Code: code, About: aboutAccessToken, Outcome: Withheld, Sentence: sentence, Fix: fix,
		Setting: &tenant.Setting{Kind: tenant.KindTenant, Field: "default_audience"},
	})
	d.because(Reason{
		Code: ReasonPermissionsOpaque, About: aboutPermissions, Outcome: Withheld,
		Sentence: "Permissions are only in access tokens made for an API, and this one is made for none.", Fix: fix,
	})
}

// audienceFix names a real API of the tenant, so that the advice can be pasted.
func audienceFix(dir tenant.Directory) string {
	for _, api := range dir.ResourceServers() {
		if !api.IsSystem {
			return fmt.Sprintf("Send audience=%s with the login request.", api.Identifier)
		}
	}
	return "Define an API and send its identifier as audience with the login request."
}

// unknownAudience is the error for an audience no API has, with the advice
// that an almost right value deserves.
func (d *Decision) unknownAudience(flow Flow, audience string) error {
	err := tenant.ServiceNotFound(audience)
	if flow == FlowPassword {
		err = tenant.InvalidPasswordAudience()
	}
	if hint := AudienceHint(d.dir, audience); hint != "" {
		err = err.WithHint("%s", hint)
	}
	return err
}

// AudienceHint says what is wrong with an audience that names no API: it is an
// API's id or name, or nearly its identifier. "" when nothing comes close.
func AudienceHint(dir tenant.Directory, audience string) string {
	for _, slash := range []string{audience + "/", strings.TrimSuffix(audience, "/")} {
		if slash != audience && dir.ResourceServer(slash) != nil {
			return fmt.Sprintf("%q is almost the identifier of an API; the audience must be exactly %q (the slash counts)", audience, slash)
		}
	}
	identifiers := []string{}
	for _, api := range dir.ResourceServers() {
		if api.IsSystem {
			continue // answers to the tenant's own hosts; its stored identifier is no advice
		}
		switch {
		case audience == api.ID:
			return fmt.Sprintf("%q is the internal id of API %q; the audience must be exactly its identifier %q", audience, api.Name, api.Identifier)
		case strings.EqualFold(audience, api.Name):
			return fmt.Sprintf("%q is the name of API %q; the audience must be exactly its identifier %q", audience, api.Name, api.Identifier)
		}
		identifiers = append(identifiers, api.Identifier)
	}
	near := tenant.Nearest(audience, identifiers)
	switch {
	case near == "":
		return ""
	case plainIdentifier(audience) != plainIdentifier(near):
		return fmt.Sprintf("no API has the identifier %q; the nearest is %q, and the audience must be exactly that", audience, near)
	default:
		return fmt.Sprintf("%q is almost the identifier of an API; the audience must be exactly %q (slash, case and scheme count)", audience, near)
	}
}

// plainIdentifier leaves out of an identifier what people get wrong: scheme,
// case, port and the slash at the end.
func plainIdentifier(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	host, path, _ := strings.Cut(strings.TrimRight(s, "/"), "/")
	host, _, _ = strings.Cut(host, ":")
	return host + "/" + path
}

func permissionsGranted(api *tenant.ResourceServer, permissions []string) Reason {
	return Reason{
		Code: ReasonPermissionsGranted, About: aboutPermissions, Outcome: Granted,
		Sentence: fmt.Sprintf("%s and %s are on for API %q, so the token lists everything assigned to the user there: %s.",
			enableRBACToggle, addPermissionsToggle, api.Name, strings.Join(permissions, ", ")),
	}
}

func permissionsEmpty(api *tenant.ResourceServer, req Request) Reason {
	where := ""
	fix := fmt.Sprintf("Give %s a role that has permissions of %q.", req.User.Label(), api.Identifier)
	if req.Organization != nil {
		where = fmt.Sprintf(" in organization %q, where only the member's roles count", req.Organization.Name)
		fix = fmt.Sprintf("Give the member %s a role within organization %q that has permissions of %q.",
			req.User.Label(), req.Organization.Name, api.Identifier)
	}
	return Reason{
		Code: ReasonPermissionsEmpty, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("The switches of API %q are right; %s has no permission of it%s, so the list is empty.", api.Name, req.User.Label(), where),
		Fix:      fix,
		Setting:  &tenant.Setting{Kind: tenant.KindUser, ID: req.User.UserID, Field: "roles"},
	}
}

// profileRoles: what a user holds outside of the organization does not count in
// a login to it.
func profileRoles(req Request, lost []string) Reason {
	org := req.Organization
	return Reason{
		Code: ReasonProfileRoles, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("Outside of organization %q, %s has %s too; in a login to it only the roles of the member count.",
			org.Name, req.User.Label(), strings.Join(lost, ", ")),
		Fix:     fmt.Sprintf("Give the member %s that role within organization %q, or log in without an organization.", req.User.Label(), org.Name),
		Setting: &tenant.Setting{Kind: tenant.KindUser, ID: req.User.UserID, Field: "organizations"},
	}
}

// memberRoles: what a user holds as the member of an organization does not
// count in a login without it.
func memberRoles(req Request, org *tenant.Organization, lost []string) Reason {
	return Reason{
		Code: ReasonMemberRoles, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("As a member of organization %q, %s has %s too; that counts in logins to it only.",
			org.Name, req.User.Label(), strings.Join(lost, ", ")),
		Fix:     fmt.Sprintf("Log in with organization=%s, or give %s that role outside of organizations.", org.ID, req.User.Label()),
		Setting: &tenant.Setting{Kind: tenant.KindUser, ID: req.User.UserID, Field: "roles"},
	}
}

func permissionsDialect(api *tenant.ResourceServer) Reason {
	want := tenant.DialectAuth0Authz
	if api.RFC9068() {
		want = tenant.DialectRFC9068Authz
	}
	return Reason{
		Code: ReasonPermissionsDialect, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("%s is off for API %q (token_dialect %q).", addPermissionsToggle, api.Name, api.Dialect()),
		Fix:      fmt.Sprintf("Set its token_dialect to %q.", want),
		Setting:  apiSetting(api, fieldTokenDialect),
	}
}

func permissionsDialectAlone(api *tenant.ResourceServer) Reason {
	return Reason{
		Code: ReasonPermissionsNeedRBAC, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("API %q has token_dialect %q, but %s is off; the dialect alone does nothing.", api.Name, api.Dialect(), enableRBACToggle),
		Fix:      "Set its enforce_policies to true.",
		Setting:  apiSetting(api, fieldEnforcePolicies),
	}
}

func permissionsRBACOff(api *tenant.ResourceServer) Reason {
	return Reason{
		Code: ReasonPermissionsRBACOff, About: aboutPermissions, Outcome: Withheld,
		Sentence: fmt.Sprintf("%s is off for API %q: roles are ignored and no permissions are added.", enableRBACToggle, api.Name),
		Fix:      fmt.Sprintf("Set its enforce_policies to true and its token_dialect to %q.", tenant.DialectAuth0Authz),
		Setting:  apiSetting(api, fieldEnforcePolicies),
	}
}

func machinePermissions(api *tenant.ResourceServer, c *tenant.Client, g *tenant.ClientGrant) Reason {
	return Reason{
		Code: ReasonMachinePermissions, About: aboutPermissions, Outcome: Granted,
		Sentence: fmt.Sprintf("User roles do not apply to machines; the permissions are those of the client grant of %q for API %q.", c.Name, api.Name),
		Setting:  &tenant.Setting{Kind: tenant.KindClientGrant, ID: g.ID, Field: "scope"},
	}
}

func scopeGranted(scope string) Reason {
	return Reason{
		Code: ReasonScopeGranted, About: aboutScope + " " + scope, Outcome: Granted,
		Sentence: "It was requested and the user may have it.",
	}
}

func scopeThirdParty(scope string, c *tenant.Client) Reason {
	return Reason{
		Code: ReasonScopeThirdParty, About: aboutScope + " " + scope, Outcome: Withheld,
		Sentence: "Strict third-party applications get no OpenID Connect scopes.",
		Fix:      strictFix(c), Setting: clientSetting(c, fieldSecurityMode),
	}
}

// strictFix says what lifts the limits of strict mode.
//
// Source: Auth0 docs, "Third-party applications" (permissive mode).
func strictFix(c *tenant.Client) string {
	return fmt.Sprintf("Set third_party_security_mode of %q to \"permissive\" if it has to have them.", c.Name)
}

// scopeRefused finds the first link of the chain at which a requested scope
// was lost: audience, definition, client grant, assignment.
func (d *Decision) scopeRefused(scope string, assigned []string, grant *tenant.ClientGrant, req Request) Reason {
	r := Reason{About: aboutScope + " " + scope, Outcome: Withheld}
	switch {
	case d.API == nil:
		r.Code = ReasonScopeNeedsAudience
		r.Sentence = "It is no OpenID Connect scope, and no API was asked for that could define it."
		r.Fix = audienceFix(d.dir)
	case !d.API.Defines(scope):
		return d.scopeUndefined(scope)
	case grant != nil && !grant.AllowAllScopes && !contains(grant.Scope, scope):
		r.Code = ReasonScopeNotInGrant
		r.Sentence = fmt.Sprintf("The client grant of %q for API %q does not include it.", req.Client.Name, d.API.Name)
		r.Fix = "Add it to the grant's scope."
		r.Setting = &tenant.Setting{Kind: tenant.KindClientGrant, ID: grant.ID, Field: "scope"}
	case !contains(assigned, scope):
		r.Code = ReasonScopeNotAssigned
		r.Sentence = fmt.Sprintf("RBAC is on for API %q and nothing assigned to %s includes it.", d.API.Name, req.User.Label())
		r.Fix = "Assign a role that has it."
		r.Setting = &tenant.Setting{Kind: tenant.KindUser, ID: req.User.UserID, Field: "roles"}
		if org := req.Organization; org != nil {
			r.Sentence = fmt.Sprintf("RBAC is on for API %q and no role of the member %s in organization %q includes it.", d.API.Name, req.User.Label(), org.Name)
			r.Fix = "Give the member a role that has it there."
		}
	}
	return r
}

func (d *Decision) scopeUndefined(scope string) Reason {
	fix := "Add it to the API's scopes."
	if near := tenant.Nearest(scope, d.API.ScopeValues()); near != "" {
		fix = fmt.Sprintf("Did you mean %q?", near)
	}
	return Reason{
		Code: ReasonScopeUndefined, About: aboutScope + " " + scope, Outcome: Withheld,
		Sentence: fmt.Sprintf("API %q does not define it.", d.API.Name), Fix: fix,
		Setting: apiSetting(d.API, "scopes"),
	}
}

func (d *Decision) machineScopeRefused(scope string, c *tenant.Client, g *tenant.ClientGrant) Reason {
	if !d.API.Defines(scope) {
		return d.scopeUndefined(scope)
	}
	return Reason{
		Code: ReasonScopeNotInGrant, About: aboutScope + " " + scope, Outcome: Withheld,
		Sentence: fmt.Sprintf("The client grant of %q for API %q does not include it.", c.Name, d.API.Name),
		Fix:      "Add it to the grant's scope.",
		Setting:  &tenant.Setting{Kind: tenant.KindClientGrant, ID: g.ID, Field: "scope"},
	}
}

// warnUnrequested tells people who look for a scope they never asked for: the
// usual state of single-page apps, whose `permissions` still list everything.
func (d *Decision) warnUnrequested(req Request) {
	for _, scope := range req.Scopes {
		if !tenant.OIDCScope(scope) {
			return
		}
	}
	if req.Flow.getsAll() || len(d.API.Scopes) == 0 {
		return
	}
	d.because(Reason{
		Code: ReasonScopeNotRequested, About: aboutScope, Outcome: Withheld,
		Sentence: fmt.Sprintf("No scope of API %q was requested, so `scope` names none; `permissions` is not limited so.", d.API.Name),
		Fix:      fmt.Sprintf("Add for example %q to the requested scope, or check permissions in the API.", d.API.Scopes[0].Value),
	})
}

// getsAll says whether the flow, asking for no scope of the API, gets all.
func (f Flow) getsAll() bool {
	return f == FlowPassword || f == FlowNativeSocial || f == FlowOnBehalfOf
}

func getsAll(flow Flow, api *tenant.ResourceServer) Reason {
	what := "password grant"
	if flow != FlowPassword {
		what = "token exchange"
	}
	return Reason{
		Code: ReasonScopePasswordAll, About: aboutScope, Outcome: Changed,
		Sentence: fmt.Sprintf("The %s asked for no scope of API %q, so it gets all the user may have.", what, api.Name),
	}
}

// offlineRefused says why no refresh token can be issued although
// offline_access was asked for.
func offlineRefused(req Request, api *tenant.ResourceServer) (Reason, bool) {
	r := Reason{About: "refresh_token", Outcome: Withheld}
	switch {
	case req.Flow == FlowImplicit:
		r.Code = ReasonOfflineImplicit
		r.Sentence = "The implicit flow issues no refresh tokens."
		r.Fix = "Use response_type=code."
	case req.Actor != nil && req.Flow != FlowCode && req.Flow != FlowRefresh:
		r.Code = ReasonOfflineActor
		r.Sentence = "Tokens that somebody else uses for the user are not refreshed."
		r.Fix = "Exchange a subject token again."
	case !req.Client.AllowsGrant(tenant.GrantRefreshToken):
		r.Code = ReasonOfflineGrantType
		r.Sentence = fmt.Sprintf("Client %q may not use the refresh_token grant.", req.Client.Name)
		r.Fix = "Add refresh_token to its grant_types."
		r.Setting = clientSetting(req.Client, fieldRefreshTokenGrantType)
	case api != nil && !api.AllowOfflineAccess:
		r.Code = ReasonOfflineAPI
		r.Sentence = fmt.Sprintf("API %q does not allow offline access.", api.Name)
		r.Fix = "Set its allow_offline_access to true."
		r.Setting = apiSetting(api, "allow_offline_access")
	default:
		return r, false
	}
	return r, true
}

// noIDTokenThirdParty: no scope could change it.
//
// Source: Auth0 docs, "Third-party applications".
func noIDTokenThirdParty(c *tenant.Client) Reason {
	return Reason{
		Code: ReasonIDTokenThirdParty, About: aboutIDToken, Outcome: Withheld,
		Sentence: fmt.Sprintf("%q is a third-party application in strict mode, and those get no ID tokens.", c.Name),
		Fix:      strictFix(c), Setting: clientSetting(c, fieldSecurityMode),
	}
}

func noIDToken() Reason {
	return Reason{
		Code: ReasonIDTokenNeedsOpenID, About: aboutIDToken, Outcome: Withheld,
		Sentence: "The scope openid was not granted.", Fix: "Request scope openid.",
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
