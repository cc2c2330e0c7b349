package token_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// TestDecide: each row is one rule, in a tenant where only what the row says
// differs from acme.
func TestDecide(t *testing.T) {
	t.Parallel()
	api := func(f func(*tenant.ResourceServer)) func(*tenant.Snapshot) {
		return func(s *tenant.Snapshot) { f(s.ResourceServers[0]) }
	}
	web := func(f func(*tenant.Client)) func(*tenant.Snapshot) {
		return func(s *tenant.Snapshot) { f(s.Clients[0]) }
	}
	userGrant := func(scope ...string) func(*tenant.Snapshot) {
		return func(s *tenant.Snapshot) {
			s.ResourceServers[0].SubjectTypeAuthorization.User.Policy = tenant.PolicyRequireClientGrant
			s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{
				ID: "cgr_user", ClientID: webID, Audience: orders, Scope: scope, SubjectType: tenant.SubjectUser})
		}
	}
	rbacOff := api(func(r *tenant.ResourceServer) { r.EnforcePolicies = nil })
	rows := []struct {
		sentence    string
		tenant      func(*tenant.Snapshot)
		user, scope string
		flow        token.Flow
		audience    string // "-" for none
		org         bool
		client      string
		wantScope   string
		permissions string // "-" for no claim
		reason      string
		setting     string // Kind/ID/Field of that reason
	}{
		{sentence: "a role's permissions appear although only openid was requested", user: ada, scope: "openid",
			wantScope: "openid", permissions: "read:orders", reason: token.ReasonScopeNotRequested},
		{sentence: "permissions of another API are not among them", user: bea, scope: "read:bills",
			wantScope: "", permissions: "read:orders write:orders", reason: token.ReasonScopeUndefined,
			setting: "resourceServers/" + orders + "/scopes"},
		{sentence: "a direct permission counts like a role's", user: dan, scope: "write:orders read:orders",
			wantScope: "write:orders", permissions: "write:orders", reason: token.ReasonScopeNotAssigned,
			setting: "users/" + dan + "/roles"},
		{sentence: "the same permission from role and user appears once", user: bea, wantScope: "",
			permissions: "read:orders write:orders"},
		{sentence: "a user with nothing gets an empty list", user: bob, wantScope: "", permissions: "",
			reason: token.ReasonPermissionsEmpty, setting: "users/" + bob + "/roles"},
		{sentence: "the authz dialect without RBAC has no effect", tenant: rbacOff, user: ada,
			scope: "delete:orders", wantScope: "delete:orders", permissions: "-",
			reason: token.ReasonPermissionsNeedRBAC, setting: "resourceServers/" + orders + "/enforce_policies"},
		{sentence: "RBAC without the authz dialect narrows scope and adds no permissions",
			tenant: api(func(r *tenant.ResourceServer) { r.TokenDialect = "" }), user: ada,
			scope: "read:orders delete:orders", wantScope: "read:orders", permissions: "-",
			reason: token.ReasonPermissionsDialect, setting: "resourceServers/" + orders + "/token_dialect"},
		{sentence: "with both off any user gets any defined scope",
			tenant: api(func(r *tenant.ResourceServer) { r.TokenDialect, r.EnforcePolicies = "", off() }), user: bob,
			scope: "delete:orders", wantScope: "delete:orders", permissions: "-", reason: token.ReasonPermissionsRBACOff},
		{sentence: "a role that names a permission the API no longer defines gives nothing",
			tenant: api(func(r *tenant.ResourceServer) { r.Scopes = r.Scopes[1:] }), user: ada,
			scope: "read:orders", wantScope: "", permissions: "", reason: token.ReasonScopeUndefined},
		{sentence: "a member's roles count inside the organization", user: mia, org: true,
			scope: "read:orders", wantScope: "read:orders", permissions: "read:orders write:orders"},
		{sentence: "a member's roles do not count outside of it", user: mia, scope: "read:orders", wantScope: "", permissions: "",
			reason: token.ReasonMemberRoles, setting: "users/" + mia + "/roles"},
		{sentence: "roles held outside do not count inside", user: ada, org: true, scope: "read:orders", wantScope: "", permissions: "",
			reason: token.ReasonProfileRoles, setting: "users/" + ada + "/organizations"},
		{sentence: "a member who has more outside is told so inside", tenant: user(mia, func(u *tenant.User) { u.Permissions = grants(orders, "delete:orders") }),
			user: mia, org: true, wantScope: "", permissions: "read:orders write:orders", reason: token.ReasonProfileRoles},
		{sentence: "direct permissions do not count inside", user: dan, org: true, scope: "write:orders", wantScope: "", permissions: ""},

		{sentence: "the default audience stands in where none was requested",
			tenant: func(s *tenant.Snapshot) { s.Settings.DefaultAudience = orders }, audience: "-", user: ada,
			wantScope: "", permissions: "read:orders", reason: token.ReasonAudienceDefault, setting: "tenant//default_audience"},
		{sentence: "a requested audience wins over the default one",
			tenant: func(s *tenant.Snapshot) { s.Settings.DefaultAudience = billing }, user: ada,
			wantScope: "", permissions: "read:orders", reason: token.ReasonAudienceRequested},
		{sentence: "no audience and no default one give an opaque token", audience: "-", user: ada, scope: "openid read:orders",
			wantScope: "openid", permissions: "-", reason: token.ReasonAudienceMissing, setting: "tenant//default_audience"},
		{sentence: "the tenant's userinfo as audience gives an opaque token", audience: issuer + "userinfo", user: ada,
			wantScope: "", permissions: "-", reason: token.ReasonAudienceUserinfo},

		{sentence: "a client grant narrows what the user may have", tenant: userGrant("read:orders"), user: bea,
			scope: "read:orders write:orders", wantScope: "read:orders", permissions: "read:orders write:orders",
			reason: token.ReasonScopeNotInGrant, setting: "clientGrants/cgr_user/scope"},
		{sentence: "a client grant gives no user what is not assigned to them", tenant: userGrant("read:orders", "delete:orders"), user: ada,
			scope: "delete:orders", wantScope: "", permissions: "read:orders", reason: token.ReasonScopeNotAssigned},

		{sentence: "a password grant that asks for nothing gets all that is assigned, and the OpenID Connect scopes",
			flow: token.FlowPassword, user: bea, wantScope: "openid profile email address phone read:orders write:orders",
			permissions: "read:orders write:orders", reason: token.ReasonScopePasswordAll},
		{sentence: "without RBAC it gets all that is defined",
			tenant: rbacOff, flow: token.FlowPassword, user: bob,
			wantScope: "openid profile email address phone read:orders write:orders delete:orders", permissions: "-"},
		{sentence: "a password grant that asks for one API scope gets that one",
			flow: token.FlowPassword, user: bea, scope: "openid read:orders", wantScope: "openid read:orders",
			permissions: "read:orders write:orders"},
		{sentence: "a password grant for openid alone gets all of OpenID Connect",
			flow: token.FlowPassword, audience: "-", user: bea, scope: "openid",
			wantScope: "openid profile email address phone", permissions: "-"},
		{sentence: "an API scope named like one of OpenID Connect's is listed once",
			tenant: api(func(r *tenant.ResourceServer) {
				r.EnforcePolicies, r.Scopes = nil, []tenant.Scope{{Value: "email"}, {Value: "x"}}
			}),
			flow: token.FlowPassword, user: bea, wantScope: "openid profile email address phone x", permissions: "-"},

		{sentence: "offline_access stays where API and client allow it", user: ada, scope: "offline_access openid",
			wantScope: "offline_access openid", permissions: "read:orders"},
		{sentence: "offline_access goes where the API does not allow it",
			tenant: api(func(r *tenant.ResourceServer) { r.AllowOfflineAccess = false }), user: ada, scope: "openid offline_access",
			wantScope: "openid", permissions: "read:orders", reason: token.ReasonOfflineAPI,
			setting: "resourceServers/" + orders + "/allow_offline_access"},
		{sentence: "offline_access goes where the client may not refresh",
			tenant: web(func(c *tenant.Client) { c.GrantTypes = c.GrantTypes[:1] }), user: ada, scope: "openid offline_access",
			wantScope: "openid", permissions: "read:orders", reason: token.ReasonOfflineGrantType,
			setting: "clients/" + webID + "/grant_types"},
		{sentence: "offline_access goes in the implicit flow", flow: token.FlowImplicit, user: ada, scope: "openid offline_access",
			wantScope: "openid", permissions: "read:orders", reason: token.ReasonOfflineImplicit},
		{sentence: "offline_access stays in the hybrid flow, whose code gets the refresh token", flow: token.FlowHybrid, user: ada,
			scope: "openid offline_access", wantScope: "openid offline_access", permissions: "read:orders"},
		{sentence: "without an audience offline_access needs only the client's grant type", audience: "-", user: ada,
			scope: "offline_access", wantScope: "offline_access", permissions: "-"},
		{sentence: "online_access is ignored where no session stands behind the request", user: ada, scope: "openid online_access",
			wantScope: "openid", permissions: "read:orders", reason: token.ReasonOnlineSession},
		{sentence: "scope openid missing means no ID token", user: ada, scope: "profile", wantScope: "profile",
			permissions: "read:orders", reason: token.ReasonIDTokenNeedsOpenID},

		{sentence: "a machine gets all of its client grant, in the grant's order, and permissions sorted",
			flow: token.FlowClientCredentials, client: robotID, wantScope: "write:orders read:orders",
			permissions: "read:orders write:orders", reason: token.ReasonMachinePermissions, setting: "clientGrants/cgr_robot/scope"},
		{sentence: "a machine that names scopes gets those of them in the grant",
			flow: token.FlowClientCredentials, client: robotID, scope: "read:orders delete:orders", wantScope: "read:orders",
			permissions: "read:orders", reason: token.ReasonScopeNotInGrant},
		{sentence: "a machine that asks for what no API scope is gets nothing, as an empty list",
			flow: token.FlowClientCredentials, client: robotID, scope: "openid", wantScope: "", permissions: "",
			reason: token.ReasonScopeUndefined},
		{sentence: "allow_all_scopes gives a machine every scope of the API",
			tenant: func(s *tenant.Snapshot) { s.ClientGrants[0].AllowAllScopes, s.ClientGrants[0].Scope = true, nil },
			flow:   token.FlowClientCredentials, client: robotID, wantScope: "read:orders write:orders delete:orders",
			permissions: "delete:orders read:orders write:orders"},
		{sentence: "a machine has scope but no permissions where the dialect has none",
			tenant: api(func(r *tenant.ResourceServer) { r.TokenDialect = "" }),
			flow:   token.FlowClientCredentials, client: robotID, wantScope: "write:orders read:orders", permissions: "-",
			reason: token.ReasonPermissionsDialect},
		{sentence: "a machine has scope but no permissions where RBAC is off", tenant: rbacOff,
			flow: token.FlowClientCredentials, client: robotID, wantScope: "write:orders read:orders", permissions: "-",
			reason: token.ReasonPermissionsNeedRBAC},

		{sentence: "a third-party client may have what its client grant says",
			tenant: func(s *tenant.Snapshot) {
				s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{
					ID: "cgr_partner", ClientID: otherID, Audience: orders, Scope: []string{"read:orders"}, SubjectType: tenant.SubjectUser})
			},
			client: otherID, user: bea, scope: "openid read:orders write:orders", wantScope: "openid read:orders",
			permissions: "read:orders write:orders"},
		{sentence: "a strict third-party client gets no OpenID Connect scopes",
			tenant: func(s *tenant.Snapshot) {
				s.Clients[2].ClientID = "tpc_partner"
				s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{
					ID: "cgr_third", DefaultFor: "third_party_clients", Audience: orders, Scope: []string{"read:orders"}, SubjectType: tenant.SubjectUser})
			},
			client: "tpc_partner", user: bea, scope: "openid read:orders", wantScope: "read:orders",
			permissions: "read:orders write:orders", reason: token.ReasonScopeThirdParty},
	}
	for _, row := range rows {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			s := acme()
			if row.tenant != nil {
				row.tenant(s)
			}
			dir := directory(t, s)
			req := request(dir, row.user, row.scope)
			if row.flow != "" {
				req.Flow = row.flow
			}
			if row.audience != "" {
				req.Audience = row.audience
			}
			if row.audience == "-" {
				req.Audience = ""
			}
			if row.client != "" {
				req.Client = dir.Client(row.client)
			}
			if row.org {
				req.Organization = dir.Organization(orgID)
			}
			d := decide(t, dir, req)
			equal(t, "scope", d.Scope(), row.wantScope)
			equal(t, "has permissions", d.HasPermissions, row.permissions != "-")
			if row.permissions != "-" {
				equal(t, "permissions", joined(d.Permissions), row.permissions)
			}
			equal(t, "refresh token", d.RefreshToken, d.Has("offline_access"))
			if row.reason == "" {
				return
			}
			i := slices.IndexFunc(d.Reasons, func(r token.Reason) bool { return r.Code == row.reason })
			if i < 0 {
				t.Fatalf("no reason %s among %v", row.reason, d.Reasons)
			}
			if r := d.Reasons[i]; row.setting != "" {
				if r.Setting == nil {
					t.Fatalf("reason %s names no setting", r.Code)
				}
				equal(t, "setting", r.Setting.Kind+"/"+r.Setting.ID+"/"+r.Setting.Field, row.setting)
			}
		})
	}
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	rows := []struct {
		sentence string
		tenant   func(*tenant.Snapshot)
		request  func(tenant.Directory) token.Request
		code     string
		text     string
		hint     string
	}{
		{"an API's internal id is not its identifier", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Audience = "64a0000000000000000000a1"
				return r
			}, "access_denied", "Service not found: 64a0000000000000000000a1",
			`"64a0000000000000000000a1" is the internal id of API "Orders API"; the audience must be exactly its identifier "https://orders.acme.test"`},
		{"an API's name is not its identifier", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Audience = "orders api"
				return r
			}, "access_denied", "Service not found: orders api",
			`"orders api" is the name of API "Orders API"; the audience must be exactly its identifier "https://orders.acme.test"`},
		{"the slash at the end counts", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Audience = orders + "/"
				return r
			}, "access_denied", "Service not found: https://orders.acme.test/",
			`"https://orders.acme.test/" is almost the identifier of an API; the audience must be exactly "https://orders.acme.test" (the slash counts)`},
		{"the scheme counts", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Audience = "http://orders.acme.test"
				return r
			}, "access_denied", "Service not found: http://orders.acme.test",
			`"http://orders.acme.test" is almost the identifier of an API; the audience must be exactly "https://orders.acme.test" (slash, case and scheme count)`},
		{"a password grant words an unknown audience its own way", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Flow, r.Audience = token.FlowPassword, "nowhere"
				return r
			}, "invalid_request", "invalid audience specified for password grant exchange", ""},
		{"a machine has to name an audience", nil,
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Issuer: issuer}
			}, "access_denied", "Non-global clients are not allowed access to APIv1", "send audience=<API identifier>, or set the tenant's default_audience"},
		{"a machine without a client grant is refused", func(s *tenant.Snapshot) { s.ClientGrants = nil },
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
			}, "access_denied", `Client "` + robotID + `" is not authorized to access resource server "https://orders.acme.test". You need to create a "client-grant" associated to this API.`,
			`add to clientGrants: {client_id: "Robot", audience: "https://orders.acme.test", scope: […]}`},
		{"a machine with a grant for users only is refused",
			func(s *tenant.Snapshot) { s.ClientGrants[0].SubjectType = tenant.SubjectUser },
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
			}, "access_denied", `Client "` + robotID + `" is not authorized to access resource server "https://orders.acme.test". You need to create a "client-grant" associated to this API.`, "*"},
		{"deny_all refuses machines that have a grant",
			func(s *tenant.Snapshot) {
				s.ResourceServers[0].SubjectTypeAuthorization.Client.Policy = tenant.PolicyDenyAll
			},
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
			}, "access_denied", `Client "` + robotID + `" is not authorized to access resource server "https://orders.acme.test". You need to create a "client-grant" associated to this API.`,
			`API "Orders API" has client policy "deny_all"`},
		{"an API may give user tokens to clients with a grant only",
			func(s *tenant.Snapshot) {
				s.ResourceServers[0].SubjectTypeAuthorization.User.Policy = tenant.PolicyRequireClientGrant
			},
			func(dir tenant.Directory) token.Request { return request(dir, ada, "") },
			"invalid_request", `Client "` + webID + `" is not authorized to access resource server "https://orders.acme.test".`, "*"},
		{"deny_all refuses users of any client",
			func(s *tenant.Snapshot) {
				s.ResourceServers[0].SubjectTypeAuthorization.User.Policy = tenant.PolicyDenyAll
			},
			func(dir tenant.Directory) token.Request { return request(dir, ada, "") },
			"invalid_request", `Client "` + webID + `" is not authorized to access resource server "https://orders.acme.test".`, "*"},
		{"a third-party client needs a grant although the policy allows all", nil,
			func(dir tenant.Directory) token.Request {
				r := request(dir, ada, "")
				r.Client = dir.Client(otherID)
				return r
			}, "invalid_request", `Client "` + otherID + `" is not authorized to access resource server "https://orders.acme.test".`, "*"},
		{"offline_access and online_access exclude each other", nil,
			func(dir tenant.Directory) token.Request { return request(dir, ada, "offline_access online_access") },
			"invalid_request", "Cannot request both online_access and offline_access scopes", ""},
		{"a machine's organization has to be allowed by its grant", nil,
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders,
					Organization: dir.Organization(orgID), Issuer: issuer}
			}, "access_denied", "The client grant does not allow organizations.", "*"},
		{"a machine's grant may require an organization",
			func(s *tenant.Snapshot) { s.ClientGrants[0].OrganizationUsage = "require" },
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
			}, "access_denied", "An organization is required for this client and audience.", "*"},
		{"a machine's grant has to be associated with the organization",
			func(s *tenant.Snapshot) { s.ClientGrants[0].OrganizationUsage = "allow" },
			func(dir tenant.Directory) token.Request {
				return token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders,
					Organization: dir.Organization(orgID), Issuer: issuer}
			}, "access_denied", "The client grant is not associated with organization " + orgID + ".", "*"},
	}
	for _, row := range rows {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			s := acme()
			if row.tenant != nil {
				row.tenant(s)
			}
			dir := directory(t, s)
			_, err := token.Decide(dir, row.request(dir))
			var e *tenant.Error
			if !errors.As(err, &e) {
				t.Fatalf("no tenant.Error but %v", err)
			}
			equal(t, "error", e.Code, row.code)
			equal(t, "error_description", e.Description, row.text)
			if row.hint != "*" {
				equal(t, "hint", e.Hint, row.hint)
			}
		})
	}
}

// TestResource: `resource` stands in for `audience` only under the
// compatibility profile, and never beside it.
func TestResource(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ profile, audience, resource, want string }{
		{"", "", orders, orders},
		{"compatibility", "", orders, orders},
		{"audience", "", orders, ""},
		{"compatibility", billing, orders, billing},
	} {
		s := acme()
		s.Settings.ResourceParameterProfile = row.profile
		dir := directory(t, s)
		req := request(dir, ada, "")
		req.Audience, req.Resource = row.audience, row.resource
		equal(t, row.profile+" "+row.audience, decide(t, dir, req).Audience, row.want)
	}
}

func TestLifetimes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sentence string
		tenant   func(*tenant.Snapshot)
		change   func(*token.Request, tenant.Directory)
		want     int
	}{
		{"an API's token_lifetime", func(s *tenant.Snapshot) { s.ResourceServers[0].TokenLifetimeSeconds = 77 }, nil, 77},
		{"from /authorize: token_lifetime_for_web", func(s *tenant.Snapshot) { s.ResourceServers[0].TokenLifetimeForWebSeconds = 66 },
			func(r *token.Request, _ tenant.Directory) { r.Flow = token.FlowImplicit }, 66},
		{"a refresh uses token_lifetime", func(s *tenant.Snapshot) { s.ResourceServers[0].TokenLifetimeSeconds = 77 },
			func(r *token.Request, _ tenant.Directory) { r.Flow = token.FlowRefresh }, 77},
		{"an API that sets none", func(s *tenant.Snapshot) { s.ResourceServers[0].TokenLifetimeSeconds = 0 }, nil, 86400},
		{"opaque: a day", nil, func(r *token.Request, _ tenant.Directory) { r.Audience = "" }, 86400},
		{"opaque by the implicit flow: two hours", nil,
			func(r *token.Request, _ tenant.Directory) { r.Audience, r.Flow = "", token.FlowImplicit }, 7200},
		{"opaque by the hybrid flow: a day", nil,
			func(r *token.Request, _ tenant.Directory) { r.Audience, r.Flow = "", token.FlowHybrid }, 86400},
		{"an API's by the hybrid flow: token_lifetime_for_web", nil,
			func(r *token.Request, _ tenant.Directory) { r.Flow = token.FlowHybrid }, 7200},
		{"a strict third-party client brings its own", func(s *tenant.Snapshot) {
			s.Clients[2].ClientID = "tpc_x"
			s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{ID: "g", ClientID: "tpc_x", Audience: orders, SubjectType: tenant.SubjectUser})
		}, func(r *token.Request, dir tenant.Directory) { r.Client = dir.Client("tpc_x") }, 3600},
	} {
		s := acme()
		if row.tenant != nil {
			row.tenant(s)
		}
		dir := directory(t, s)
		req := request(dir, ada, "")
		if row.change != nil {
			row.change(&req, dir)
		}
		equal(t, row.sentence, decide(t, dir, req).LifetimeSeconds, row.want)
	}
}

// TestReasonSource: a reason says where the fixture holds its setting.
func TestReasonSource(t *testing.T) {
	t.Parallel()
	s := acme()
	s.ResourceServers[0].TokenDialect = ""
	s.Sources = map[tenant.Setting]string{
		{Kind: tenant.KindResourceServer, ID: orders, Field: "token_dialect"}: "faux0.yaml:12:5",
	}
	dir := directory(t, s)
	d := decide(t, dir, request(dir, ada, ""))
	i := slices.IndexFunc(d.Reasons, func(r token.Reason) bool { return r.Code == token.ReasonPermissionsDialect })
	equal(t, "source", d.Reasons[i].Source, "faux0.yaml:12:5")
	equal(t, "line", d.Reasons[i].String(),
		`permissions withheld: "Add Permissions in the Access Token" is off for API "Orders API" (token_dialect "access_token"). Set its token_dialect to "access_token_authz". (faux0.yaml:12:5)`)
}

// TestCheckAccessAgrees: what is refused before the login is what Decide
// refuses after it.
func TestCheckAccessAgrees(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"", tenant.PolicyRequireClientGrant, tenant.PolicyDenyAll} {
		for _, audience := range []string{"", orders, orders + "/", issuer + "userinfo"} {
			for _, client := range []string{webID, otherID} {
				s := acme()
				s.ResourceServers[0].SubjectTypeAuthorization.User.Policy = policy
				dir := directory(t, s)
				req := request(dir, ada, "openid")
				req.Audience, req.Client = audience, dir.Client(client)
				_, after := token.Decide(dir, req)
				req.User = nil
				before := token.CheckAccess(dir, req)
				if (before == nil) != (after == nil) || before != nil && before.Error() != after.Error() {
					t.Errorf("%s %s %s: before %v, after %v", policy, audience, client, before, after)
				}
			}
		}
	}
}
