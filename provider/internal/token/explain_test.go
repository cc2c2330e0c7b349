package token_test

import (
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// scene is a tenant with one token to be explained. The token is issued by the
// tenant as it was; now may differ.
type scene struct {
	t    *testing.T
	was  *tenant.Snapshot
	now  *tenant.Snapshot
	keys *token.KeySet
	e    token.Evidence
}

func newScene(t *testing.T) *scene {
	t.Helper()
	return &scene{t: t, was: acme(), now: acme(), keys: keySet(t), e: token.Evidence{
		Now: noon.Add(time.Minute), Issuer: issuer, Keys: keySet(t), Sealer: token.NewSealer(tenant.DefaultKeys()[0]),
	}}
}

// both changes the tenant before and after the token was issued.
func (s *scene) both(f func(*tenant.Snapshot)) *scene { f(s.was); f(s.now); return s }

// later changes it only after.
func (s *scene) later(f func(*tenant.Snapshot)) *scene { f(s.now); return s }

// login lets a user log in to Acme Web, and remembers the request.
func (s *scene) login(userID, scope string, change ...func(*token.Request, tenant.Directory)) (token.Request, *token.Decision) {
	dir := directory(s.t, s.was)
	req := request(dir, userID, scope)
	for _, f := range change {
		f(&req, dir)
	}
	d := decide(s.t, dir, req)
	r := token.Issued{At: noon, ClientID: req.Client.ClientID, Flow: req.Flow, Audience: req.Audience, Scopes: req.Scopes, AccessTokenOpaque: d.Opaque(), Consented: req.Consented}
	if req.User != nil {
		r.UserID = req.User.UserID
	}
	if req.Organization != nil {
		r.Organization = req.Organization.ID
	}
	s.e.Recent = append(s.e.Recent, r)
	return req, d
}

// access makes the access token of a login the token to explain.
func (s *scene) access(userID, scope string, change ...func(*token.Request, tenant.Directory)) *scene {
	req, d := s.login(userID, scope, change...)
	if d.Opaque() {
		raw, err := s.e.Sealer.Seal(issuer, token.Opaque{Subject: req.User.UserID, ClientID: req.Client.ClientID, Scopes: d.Scopes, Expires: noon.Unix() + 86400})
		if err != nil {
			s.t.Fatal(err)
		}
		s.e.Token = raw
		return s
	}
	s.sign(d.API.Alg(), token.AccessClaims(d, req, token.Issue{Issuer: issuer, At: noon, JTI: "j"}), []byte(d.API.SigningSecret))
	return s
}

// id makes the ID token of a login the token to explain.
func (s *scene) id(userID, scope string, change ...func(*token.Request, tenant.Directory)) *scene {
	req, d := s.login(userID, scope, change...)
	return s.sign(req.Client.IDTokenAlg(), token.IDClaims(d, req, token.Issue{Issuer: issuer, At: noon, Nonce: "n", SessionID: "s"}), token.IDTokenSecret(req.Client))
}

func (s *scene) sign(alg string, claims token.Claims, secret []byte) *scene {
	raw, err := s.keys.Sign(alg, token.TypeJWT, claims, secret)
	if err != nil {
		s.t.Fatal(err)
	}
	s.e.Token = raw
	return s
}

func (s *scene) with(f func(*token.Evidence)) *scene { f(&s.e); return s }

func (s *scene) explain() *token.Explanation { return token.Explain(directory(s.t, s.now), s.e) }

func forget(e *token.Evidence) { e.Recent = nil }

func noAudience(r *token.Request, _ tenant.Directory) { r.Audience = "" }

func inOrg(r *token.Request, dir tenant.Directory) { r.Organization = dir.Organization(orgID) }

func machine(r *token.Request, dir tenant.Directory) {
	r.Flow, r.Client, r.User = token.FlowClientCredentials, dir.Client(robotID), nil
}

func flow(f token.Flow) func(*token.Request, tenant.Directory) {
	return func(r *token.Request, _ tenant.Directory) { r.Flow = f }
}

func api(f func(*tenant.ResourceServer)) func(*tenant.Snapshot) {
	return func(s *tenant.Snapshot) { f(s.ResourceServers[0]) }
}

func user(id string, f func(*tenant.User)) func(*tenant.Snapshot) {
	return func(s *tenant.Snapshot) {
		for _, u := range s.Users {
			if u.UserID == id {
				f(u)
			}
		}
	}
}

func dialectOff(s *tenant.Snapshot) { s.ResourceServers[0].TokenDialect = "" }
func rbacOff(s *tenant.Snapshot)    { s.ResourceServers[0].EnforcePolicies = off() }
func bothOff(s *tenant.Snapshot)    { dialectOff(s); rbacOff(s) }

func changed(kind, id string) func(*token.Evidence) {
	return func(e *token.Evidence) {
		e.Changed = func(s tenant.Setting) time.Time {
			if s.Kind == kind && s.ID == id {
				return noon.Add(30 * time.Second)
			}
			return time.Time{}
		}
	}
}

func script(kind, name, code string) func(*token.Evidence) {
	return func(e *token.Evidence) {
		e.Scripts = append(e.Scripts, token.Script{Kind: kind, Name: name, Code: code})
	}
}

func pasted(text string) func(*scene) *scene {
	return func(s *scene) *scene { s.e.Token = text; return s }
}

// TestExplain: for each known cause the first sentence names it and the second
// is the fix. The whole text is a golden file.
func TestExplain(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		scene func(*scene) *scene
		kind  token.Kind
		cause string // what the first sentence has to say, in pieces
		fix   string
		check string // a check that has to be there, in pieces
		guess bool
	}{
		// What the token is.
		{name: "id-token-of-a-login-without-audience", scene: func(s *scene) *scene { return s.id(ada, "openid profile email", noAudience) },
			kind: token.KindIDToken, cause: `This is the ID token of application "Acme Web"|permissions are never in an ID token`,
			fix: "audience=" + orders + "|access token", check: "✘ The login named no API"},
		{name: "id-token-of-a-login-with-audience", scene: func(s *scene) *scene { return s.id(ada, "openid") },
			kind: token.KindIDToken, cause: `ID token of application "Acme Web"`,
			fix: `Use the access token of the same login|"` + orders + `"`, check: "✔ The login asked for audience"},
		{name: "id-token-and-nothing-assigned", scene: func(s *scene) *scene { return s.id(bob, "openid", noAudience) },
			kind: token.KindIDToken, cause: "ID token", fix: "audience=" + orders,
			check: `✘ bob@acme.test has no role with permissions of API "Orders API" (roles held: none).`},
		{name: "id-token-of-an-hs256-client", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.Clients[0].JWTConfiguration.Alg = "HS256" }).id(ada, "openid")
		}, kind: token.KindIDToken, cause: "ID token", fix: "access token", check: "✔ Its signature holds."},
		{name: "id-token-of-an-unknown-application", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "nickname", Value: "x"}, {Name: "iss", Value: "https://other.test/"}, {Name: "aud", Value: "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"}, {Name: "sub", Value: "auth0|x"}}, nil)
		}, kind: token.KindIDToken, cause: "ID token of an application this tenant does not know", fix: "audience=" + orders,
			check: `✘ It was issued by "https://other.test/"`},
		{name: "id-token-while-the-default-audience-is-set", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.Settings.DefaultAudience = orders }).id(ada, "openid", noAudience)
		}, kind: token.KindIDToken, cause: "ID token", fix: "default audience \"" + orders + `"`, check: "✔ The login named no API, so the tenant's default audience applied"},
		{name: "opaque-without-audience", scene: func(s *scene) *scene { return s.access(ada, "openid", noAudience) },
			kind: token.KindOpaqueAccessToken, cause: "named no audience|opaque", fix: "Send audience=" + orders, check: "✘ The login named no API"},
		{name: "opaque-and-nothing-remembered", scene: func(s *scene) *scene { return s.access(ada, "openid", noAudience).with(forget) },
			kind: token.KindOpaqueAccessToken, cause: "opaque access token: no API was named as its audience", fix: "Send audience=" + orders,
			check: "✔ ada@acme.test may do there"},
		{name: "opaque-of-the-old-style", scene: pasted("PPlGNh1wLQbJznsdLCx5XFb04ZPKzPxL"),
			kind: token.KindOpaqueAccessToken, cause: "opaque access token", fix: "Send audience=" + orders},
		{name: "opaque-because-userinfo-was-the-audience", scene: func(s *scene) *scene {
			return s.access(ada, "openid", func(r *token.Request, _ tenant.Directory) { r.Audience = issuer + "userinfo" })
		}, kind: token.KindOpaqueAccessToken, cause: `The requested audience "https://acme.test/userinfo" is the tenant itself`, fix: "Send audience=" + orders},
		{name: "opaque-because-one-of-two-calls-named-no-audience", scene: func(s *scene) *scene {
			s.login(ada, "openid")
			return s.access(ada, "openid", noAudience)
		}, kind: token.KindOpaqueAccessToken, cause: `named no audience, while another request of application "Acme Web" named "` + orders + `"`,
			fix: "in every call|getTokenSilently"},
		{name: "opaque-and-the-latest-audience-is-unknown", scene: func(s *scene) *scene {
			return s.access(ada, "openid", noAudience).with(func(e *token.Evidence) {
				e.Recent = append(e.Recent, token.Issued{At: noon.Add(time.Second), ClientID: webID, Error: "access_denied",
					ErrorDescription: "Service not found: 64a0000000000000000000a1"})
			})
		}, kind: token.KindOpaqueAccessToken, cause: `"64a0000000000000000000a1", which is the identifier of no API`,
			fix: `internal id of API "Orders API"|exactly its identifier "` + orders + `"`, check: "✘ The last request of application \"Acme Web\" was refused"},
		{name: "opaque-of-another-tenant", scene: func(s *scene) *scene {
			s.access(ada, "openid", noAudience)
			s.e.Token, _ = token.NewSealer(tenant.DefaultKeys()[1]).Seal("https://other.test/", token.Opaque{})
			return s
		}, kind: token.KindOpaqueAccessToken, cause: `opaque access token of "https://other.test/"`, fix: "Send audience="},
		{name: "encrypted-access-token", scene: pasted("eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIn0.a2V5.aXY.Y2lwaGVy.dGFn"),
			kind: token.KindEncryptedAccessToken, cause: "encrypted for its API", fix: "decrypt it first|token_encryption"},
		{name: "refresh-token", scene: pasted("v1.MabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"),
			kind: token.KindRefreshToken, cause: "refresh token", fix: "Exchange it at /oauth/token"},
		{name: "mfa-token", scene: pasted("Fe26.2**0123456789abcdef"), kind: token.KindMFAToken, cause: "multi-factor", fix: "/oauth/token"},
		{name: "logout-token", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: issuer}, {Name: "aud", Value: webID}, {Name: "sid", Value: "s"},
				{Name: "events", Value: map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}}, nil)
		}, kind: token.KindLogoutToken, cause: "logout token", fix: "access token"},
		{name: "management-token", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: issuer}, {Name: "sub", Value: ada}, {Name: "aud", Value: issuer + "api/v2/"}, {Name: "scope", Value: "read:users"}}, nil)
		}, kind: token.KindManagementToken, cause: `for the Management API|permissions of API "Orders API" ("` + orders + `") are only in tokens made for it`,
			fix: "separate token with audience=" + orders},
		{name: "my-account-token", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: "https://x.eu.auth0.com/"}, {Name: "sub", Value: ada}, {Name: "aud", Value: "https://x.eu.auth0.com/me/"}}, nil)
		}, kind: token.KindMyAccountToken, cause: "My Account API", fix: "separate token"},
		{name: "token-of-another-tenant", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: "https://other.eu.auth0.com/"}, {Name: "sub", Value: ada}, {Name: "aud", Value: "https://x.test"}, {Name: "scope", Value: "x"}}, nil)
		}, kind: token.KindForeign, cause: `issued by "https://other.eu.auth0.com/"|this tenant is "https://acme.test/"`, fix: "same tenant and the same domain"},
		{name: "issuer-without-its-slash", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: "https://acme.test"}, {Name: "sub", Value: ada}, {Name: "aud", Value: "https://x.test"}, {Name: "scope", Value: "x"}}, nil)
		}, kind: token.KindForeign, cause: "they differ in the slash at the end", fix: `"https://acme.test/", with the slash`},
		{name: "profile", scene: pasted(`{"sub":"auth0|ada","nickname":"ada","email":"ada@acme.test","identities":[{"access_token":"secret-upstream-token"}]}`),
			kind: token.KindUserinfo, cause: "profile of ada@acme.test|never appear in a profile", fix: "audience=" + orders, check: "✔ ada@acme.test may do there"},
		{name: "profile-of-somebody-else", scene: pasted(`{"sub":"auth0|nobody","name":"N"}`),
			kind: token.KindUserinfo, cause: `profile of "N"`, fix: "audience=" + orders, check: `✘ The tenant has no user "auth0|nobody".`},
		{name: "cut-token", scene: func(s *scene) *scene {
			s.access(ada, "")
			s.e.Token = s.e.Token[:strings.Index(s.e.Token, ".")+20]
			return s
		}, kind: token.KindUnknown, cause: "begins like a JWT but cannot be decoded", fix: "Copy the token again, whole"},
		{name: "nothing", scene: pasted(" \n"), kind: token.KindUnknown, cause: "Nothing was given", fix: "Paste the access_token"},
		{name: "authorization-code", scene: pasted("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"), kind: token.KindUnknown,
			cause: "random characters", fix: "/oauth/token", guess: true},

		// The chain of a user's access token.
		{name: "right", scene: func(s *scene) *scene { return s.access(bea, "openid read:orders write:orders") },
			kind: token.KindAccessToken, cause: `This token is right: permissions and scope both hold "read:orders", "write:orders"`, fix: "compare the audience and the issuer"},
		{name: "right-and-scope-was-not-requested", scene: func(s *scene) *scene { return s.access(ada, "openid profile") },
			kind: token.KindAccessToken, cause: `This token is right: permissions holds "read:orders" of API "Orders API", while scope lists only what the application asked for`,
			fix: `check permissions instead of scope|"openid profile email read:orders"`},
		{name: "audience-of-an-api-that-was-renamed", scene: func(s *scene) *scene {
			return s.access(ada, "").later(api(func(r *tenant.ResourceServer) { r.Identifier = orders + "/" }))
		}, kind: token.KindAccessToken, cause: `The token is for "` + orders + `", and no API of this tenant has that identifier`,
			fix: `must be exactly "` + orders + `/"`, check: "✘ No API has the identifier"},
		{name: "another-api-is-wanted", scene: func(s *scene) *scene {
			return s.access(ada, "").with(func(e *token.Evidence) { e.Wanted = billing })
		}, kind: token.KindAccessToken, cause: `This token is for "` + orders + `", and permissions of API "Billing API" ("` + billing + `") are only in tokens made for that API`,
			fix: "separate token with audience=" + billing},
		{name: "the-api-wanted-is-named-wrongly", scene: func(s *scene) *scene {
			return s.access(ada, "").with(func(e *token.Evidence) { e.Wanted = "Billing API" })
		}, kind: token.KindAccessToken, cause: `no API has the identifier "Billing API"`, fix: `is the name of API "Billing API"|exactly its identifier "` + billing + `"`},
		{name: "the-api-no-longer-gives-tokens-to-the-application", scene: func(s *scene) *scene {
			return s.both(dialectOff).access(ada, "").later(api(func(r *tenant.ResourceServer) {
				r.SubjectTypeAuthorization.User.Policy = tenant.PolicyRequireClientGrant
			}))
		}, kind: token.KindAccessToken, cause: `is not authorized to access resource server "` + orders + `"`,
			fix: `client grant for application "Acme Web"|subject_type "user"`, check: "✘ Client "},
		{name: "rbac-and-dialect-off", scene: func(s *scene) *scene { return s.both(bothOff).access(ada, "openid") },
			kind: token.KindAccessToken, cause: `"Enable RBAC" is off for API "Orders API"`, fix: `enforce_policies to true and its token_dialect to "access_token_authz"`,
			check: `✘ "Enable RBAC" is off|any user gets every requested scope`},
		{name: "dialect-off", scene: func(s *scene) *scene { return s.both(dialectOff).access(ada, "openid") },
			kind: token.KindAccessToken, cause: `"Add Permissions in the Access Token" is off for API "Orders API" (token_dialect "access_token")`,
			fix: `token_dialect to "access_token_authz"`, check: `✔ "Enable RBAC" is on`},
		{name: "dialect-off-rfc9068", scene: func(s *scene) *scene {
			return s.both(api(func(r *tenant.ResourceServer) { r.TokenDialect = "rfc9068_profile" })).access(ada, "openid")
		}, kind: token.KindAccessToken, cause: `token_dialect "rfc9068_profile"`, fix: `token_dialect to "rfc9068_profile_authz"`},
		{name: "dialect-on-but-rbac-off", scene: func(s *scene) *scene { return s.both(rbacOff).access(ada, "openid") },
			kind: token.KindAccessToken, cause: `"Enable RBAC" is off; the dialect alone does nothing`, fix: "enforce_policies to true"},
		{name: "permission-not-defined", scene: func(s *scene) *scene {
			return s.both(api(func(r *tenant.ResourceServer) { r.Scopes[0].Value = "read:order" })).access(ada, "openid")
		}, kind: token.KindAccessToken, cause: `Role "Clerk" holds permission "read:orders", but API "Orders API" does not define it`,
			fix: `Use "read:order"`},
		{name: "direct-permission-not-defined", scene: func(s *scene) *scene {
			return s.both(user(dan, func(u *tenant.User) { u.Permissions[0].PermissionName = "fly:kites" })).access(dan, "openid")
		}, kind: token.KindAccessToken, cause: `Permission "fly:kites" is assigned to dan@acme.test, but API "Orders API" does not define it`,
			fix: `Add "fly:kites" to the scopes of API "Orders API"`},
		{name: "permission-of-another-api", scene: func(s *scene) *scene {
			return s.both(user(bob, func(u *tenant.User) { u.Roles = []string{payer} })).access(bob, "openid")
		}, kind: token.KindAccessToken, cause: `Role "Payer" holds "read:orders" of API "Billing API", not of API "Orders API"`,
			fix: `Add "read:orders" of API "Orders API" to role "Payer"`},
		{name: "role-without-permissions", scene: func(s *scene) *scene {
			return s.both(user(bob, func(u *tenant.User) { u.Roles = []string{empty} })).access(bob, "openid")
		}, kind: token.KindAccessToken, cause: `Role "Newcomer" has no permissions yet`, fix: `Add permissions of API "Orders API" to role "Newcomer"`},
		{name: "user-without-role", scene: func(s *scene) *scene { return s.access(bob, "openid") },
			kind: token.KindAccessToken, cause: `bob@acme.test has no role with permissions of API "Orders API" (roles held: none)`,
			fix: `Give bob@acme.test role "Clerk"|it has "read:orders"`, check: `✔ "Add Permissions in the Access Token" is on`},
		{name: "no-role-in-the-tenant-would-help", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.Roles = nil }).access(bob, "openid")
		}, kind: token.KindAccessToken, cause: "bob@acme.test has no role", fix: `Make a role with permissions of API "Orders API" and give it to bob@acme.test`},
		{name: "user-unknown", scene: func(s *scene) *scene {
			return s.access(bob, "openid").later(func(s *tenant.Snapshot) { s.Users = s.Users[:1] })
		}, kind: token.KindAccessToken, cause: `This tenant has no user "auth0|bob"`, fix: "Sign in as a user of this tenant"},
		{name: "other-user-with-the-same-email", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) {
				s.Users = append(s.Users, &tenant.User{UserID: "google-oauth2|7", Email: "ada@acme.test", Connection: "google"})
			}).access("google-oauth2|7", "openid")
		}, kind: token.KindAccessToken, cause: `You signed in as "google-oauth2|7" (connection "google"), but the permissions belong to "auth0|ada" (connection "db")`,
			fix: `Sign in through connection "db", link the two accounts`},
		{name: "organization-token-and-roles-outside", scene: func(s *scene) *scene { return s.access(ada, "openid", inOrg) },
			kind: token.KindAccessToken, cause: `This token is for organization "warehouse", where only the roles given to the member count; ada@acme.test has "read:orders" outside of it only`,
			fix: `Give the member ada@acme.test role "Clerk" in organization "warehouse"`},
		{name: "organization-token-and-direct-permissions", scene: func(s *scene) *scene { return s.access(dan, "openid", inOrg) },
			kind: token.KindAccessToken, cause: `for organization "warehouse", where only the roles given to the member count; dan@acme.test has "write:orders" outside`, fix: "Give the member dan@acme.test a role with these permissions"},
		{name: "member-logged-in-without-organization", scene: func(s *scene) *scene { return s.access(mia, "openid") },
			kind: token.KindAccessToken, cause: `This token is for no organization, and mia@acme.test has roles for API "Orders API" only as a member of organization "warehouse"`,
			fix: "Log in with organization=" + orgID},
		{name: "member-without-role-in-organization", scene: func(s *scene) *scene {
			return s.both(user(mia, func(u *tenant.User) { u.Organizations[0].Roles = nil })).access(mia, "openid", inOrg)
		}, kind: token.KindAccessToken, cause: `mia@acme.test has no role with permissions of API "Orders API" in organization "warehouse"`,
			fix: `Give the member mia@acme.test role "Clerk" in organization "warehouse"`},
		{name: "authorization-extension", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) {
				s.Clients = append(s.Clients, &tenant.Client{ClientID: "x", Name: "auth0-authz"})
			}).access(bob, "openid")
		}, kind: token.KindAccessToken, cause: "Authorization Extension never reach the permissions claim", fix: `role "Clerk"`},
		{name: "older-than-the-role", scene: func(s *scene) *scene {
			return s.access(bob, "openid").later(user(bob, func(u *tenant.User) { u.Roles = []string{clerk} })).with(changed(tenant.KindUser, bob))
		}, kind: token.KindAccessToken, cause: `The token was issued at 2026-03-01 12:00:00 UTC, before user bob@acme.test changed at 2026-03-01 12:00:30 UTC; a new one would have permissions "read:orders"`,
			fix: "Sign in again or refresh", check: "✘ No newer token was requested since"},
		{name: "older-than-the-switch", scene: func(s *scene) *scene {
			dialectOff(s.was)
			return s.access(ada, "openid").with(changed(tenant.KindResourceServer, orders))
		}, kind: token.KindAccessToken, cause: `before API "Orders API" changed at`, fix: "Sign in again"},
		{name: "older-than-the-permission-of-a-role", scene: func(s *scene) *scene {
			return s.access(ada, "openid").later(func(s *tenant.Snapshot) {
				s.Roles[0].Permissions = append(s.Roles[0].Permissions, grants(orders, "delete:orders")...)
			}).with(changed(tenant.KindRole, clerk))
		}, kind: token.KindAccessToken, cause: `before role "Clerk" changed at|"delete:orders", "read:orders"`, fix: "Sign in again"},
		{name: "older-and-nobody-knows-what-changed", scene: func(s *scene) *scene {
			dialectOff(s.was)
			return s.access(ada, "openid")
		}, kind: token.KindAccessToken, cause: "probably older than the last change", fix: "Sign in again", guess: true},
		{name: "cached-although-a-newer-one-was-issued", scene: func(s *scene) *scene {
			dialectOff(s.was)
			s.access(ada, "openid")
			return s.with(func(e *token.Evidence) {
				newer := e.Recent[0]
				newer.At = noon.Add(40 * time.Second)
				e.Recent = append(e.Recent, newer)
			}).with(changed(tenant.KindResourceServer, orders))
		}, kind: token.KindAccessToken, cause: "before API", fix: "cacheMode: 'off'",
			check: "✘ A newer token was issued at 2026-03-01 12:00:40 UTC; the application still uses this one."},
		{name: "right-but-expired", scene: func(s *scene) *scene {
			return s.access(ada, "openid").with(func(e *token.Evidence) { e.Now = noon.Add(48 * time.Hour) })
		}, kind: token.KindAccessToken, cause: "expired at 2026-03-02 12:00:00 UTC", fix: "Sign in again or refresh"},
		{name: "right-but-changed-by-hand", scene: func(s *scene) *scene {
			s.access(ada, "openid")
			i := strings.LastIndex(s.e.Token, ".")
			s.e.Token = s.e.Token[:i+1] + strings.Repeat("A", len(s.e.Token)-i-1)
			return s
		}, kind: token.KindAccessToken, cause: "its signature does not hold", fix: "Sign in again"},
		{name: "right-but-of-another-tenant", scene: func(s *scene) *scene {
			return s.access(ada, "openid").with(func(e *token.Evidence) { e.Issuer = "https://new.test/" })
		}, kind: token.KindAccessToken, cause: `issued by "https://acme.test/", and this tenant is "https://new.test/"`, fix: "same tenant"},
		{name: "of-another-tenant-with-other-settings", scene: func(s *scene) *scene {
			dialectOff(s.was)
			return s.access(ada, "openid").with(func(e *token.Evidence) { e.Issuer = "https://new.test/" })
		}, kind: token.KindAccessToken, cause: `issued by "https://acme.test/" and not by this tenant, which would give it permissions "read:orders"`, fix: `"https://new.test/"`},
		{name: "of-the-real-service-and-faulty-here-too", scene: func(s *scene) *scene {
			return s.both(dialectOff).access(ada, "openid").with(func(e *token.Evidence) { e.Issuer = "https://new.test/" })
		}, kind: token.KindAccessToken, cause: `"Add Permissions in the Access Token" is off`, fix: "token_dialect", check: "✘ It was issued by"},
		{name: "custom-domain", scene: func(s *scene) *scene {
			return s.access(bea, "read:orders write:orders").with(func(e *token.Evidence) {
				e.Issuer = "https://login.acme.test/"
				e.Issuers = func(iss string) bool { return iss == issuer }
			})
		}, kind: token.KindAccessToken, cause: "This token is right", fix: "compare", check: "✔ It was issued by this tenant"},
		{name: "action-sets-permissions", scene: func(s *scene) *scene {
			return s.both(bothOff).access(ada, "openid").with(script("action", "Add permissions", `api.accessToken.setCustomClaim("permissions", ['x'])`))
		}, kind: token.KindAccessToken, cause: `Action "Add permissions" sets a claim named "permissions"|reserved`, fix: `Switch on "Enable RBAC" and "Add Permissions in the Access Token"|namespaced`},
		{name: "rule-sets-permissions", scene: func(s *scene) *scene {
			return s.both(bothOff).access(ada, "openid").with(script("rule", "old", `context.accessToken.permissions = user.permissions;`))
		}, kind: token.KindAccessToken, cause: `Rule "old" sets a claim named "permissions"`, fix: "Switch on"},
		{name: "action-sets-roles-groups-and-a-forbidden-namespace", scene: func(s *scene) *scene {
			return s.id(ada, "openid").with(script("action", "Roles", "api.idToken.setCustomClaim('roles', 1); api.idToken.setCustomClaim(`https://acme.auth0.com/roles`, 1); event.authorization.permissions"))
		}, kind: token.KindIDToken, cause: "ID token", fix: "access token", check: `✘ Action "Roles" sets claim "roles"; the name is reserved`},
		{name: "the-application-is-refused-since", scene: func(s *scene) *scene {
			return s.access(ada, "openid").with(func(e *token.Evidence) {
				e.Recent = append(e.Recent, token.Issued{At: noon.Add(20 * time.Second), ClientID: webID, UserID: ada, Error: "consent_required", ErrorDescription: "Consent required"})
			})
		}, kind: token.KindAccessToken, cause: "This token is right", fix: "permissions instead of scope", check: `✘ The last request of application "Acme Web" was refused|consent_required`},

		// A scope is missing.
		{name: "scope-not-assigned", scene: func(s *scene) *scene { return s.access(ada, "openid read:orders write:orders") },
			kind: token.KindAccessToken, cause: `Scope "write:orders" was requested and dropped: RBAC is on for API "Orders API" and nothing assigned to ada@acme.test includes it`,
			fix: `Give ada@acme.test role "Boss", which has it`},
		{name: "scope-with-a-typo", scene: func(s *scene) *scene { return s.access(bea, "openid read:order") },
			kind: token.KindAccessToken, cause: `Scope "read:order" was requested and dropped: API "Orders API" does not define it`, fix: `Did you mean "read:orders"?`},
		{name: "scope-with-a-typo-and-no-rbac", scene: func(s *scene) *scene { return s.both(bothOff).access(bea, "openid read:order") },
			kind: token.KindAccessToken, cause: `Scope "read:order" was requested and dropped`, fix: `Did you mean "read:orders"?`},
		{name: "scope-not-in-the-client-grant", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) {
				s.ResourceServers[0].SubjectTypeAuthorization.User.Policy = tenant.PolicyRequireClientGrant
				s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{ID: "g", ClientID: webID, Audience: orders, SubjectType: "user", Scope: []string{"read:orders"}})
			}).access(bea, "read:orders write:orders")
		}, kind: token.KindAccessToken, cause: `Scope "write:orders" was requested and dropped: the client grant of "Acme Web" for API "Orders API" does not include it`, fix: "Add it to the grant's scope"},
		{name: "offline-access-not-allowed-by-the-api", scene: func(s *scene) *scene {
			return s.both(api(func(r *tenant.ResourceServer) { r.AllowOfflineAccess = false })).access(ada, "openid offline_access")
		}, kind: token.KindAccessToken, cause: `"offline_access" was dropped and no refresh token issued: API "Orders API" does not allow offline access`, fix: "allow_offline_access to true"},
		{name: "offline-access-without-grant-type", scene: func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.Clients[0].GrantTypes = nil }).access(ada, "openid offline_access")
		}, kind: token.KindAccessToken, cause: `client "Acme Web" may not use the refresh_token grant`, fix: "Add refresh_token to its grant_types"},
		{name: "scope-asked-for-in-a-refresh", scene: func(s *scene) *scene {
			req, d := s.login(bea, "read:orders", flow(token.FlowRefresh))
			s.sign("RS256", token.AccessClaims(d, req, token.Issue{Issuer: issuer, At: noon, GrantedBy: []string{token.GTYRefreshToken}}), nil)
			s.e.Recent[0].Scopes = []string{"read:orders", "write:orders"}
			return s
		}, kind: token.KindAccessToken, cause: `Scope "write:orders" was asked for in a refresh`, fix: "Log in again and request it there"},
		{name: "scope-removed-by-an-action", scene: func(s *scene) *scene {
			req, d := s.login(bea, "read:orders")
			s.sign("RS256", token.AccessClaims(d, req, token.Issue{Issuer: issuer, At: noon}), nil)
			s.e.Recent[0].Scopes = []string{"read:orders", "write:orders"}
			return s.with(script("action", "Strip", `api.accessToken.removeScope('write:orders')`))
		}, kind: token.KindAccessToken, cause: `Action "Strip" changes the scopes of tokens`, fix: "removeScope", guess: true},
		{name: "password-grant-that-named-one-scope", scene: func(s *scene) *scene {
			return s.access(bea, "read:orders", flow(token.FlowPassword))
		}, kind: token.KindAccessToken, cause: "permissions holds \"read:orders\", \"write:orders\"|scope lists only what the application asked for", fix: "write:orders"},
		{name: "hs256-api", scene: func(s *scene) *scene {
			return s.both(api(func(r *tenant.ResourceServer) { r.SigningAlg, r.SigningSecret = "HS256", "a-signing-secret" })).access(ada, "openid")
		}, kind: token.KindAccessToken, cause: "This token is right", fix: "permissions instead of scope", check: "✔ Its signature holds."},

		// Machines.
		{name: "machine", scene: func(s *scene) *scene { return s.access("", "", machine) },
			kind: token.KindMachineToken, cause: `machine token of application "Robot", so roles of users do not apply: it holds what its client grant for API "Orders API" gives, "write:orders", "read:orders"`,
			fix: "Add what is missing to the scope of the client grant", check: `the API also defines "delete:orders", which the grant does not include`},
		{name: "machine-without-authz-dialect", scene: func(s *scene) *scene { return s.both(dialectOff).access("", "", machine) },
			kind: token.KindMachineToken, cause: `gives scope "write:orders", "read:orders" but no permissions claim, because "Add Permissions in the Access Token" is off`, fix: "token_dialect"},
		{name: "machine-that-narrowed-its-scope", scene: func(s *scene) *scene { return s.access("", "read:orders", machine) },
			kind: token.KindMachineToken, cause: `The request named scope "read:orders", so the machine token has no more, although its client grant also gives "write:orders"`, fix: "Leave scope out"},
		{name: "machine-scope-not-in-grant", scene: func(s *scene) *scene { return s.access("", "read:orders delete:orders", machine) },
			kind: token.KindMachineToken, cause: `Scope "delete:orders" was requested and dropped: the client grant of "Robot"`, fix: "Add it to the grant's scope"},
		{name: "machine-whose-grant-is-gone", scene: func(s *scene) *scene {
			return s.access("", "", machine).later(func(s *tenant.Snapshot) { s.ClientGrants = nil })
		}, kind: token.KindMachineToken, cause: `it has no client grant for API "Orders API"`, fix: "Create a client grant"},
		{name: "machine-older-than-its-grant", scene: func(s *scene) *scene {
			return s.access("", "", machine).later(func(s *tenant.Snapshot) {
				s.ClientGrants[0].Scope = append(s.ClientGrants[0].Scope, "delete:orders")
			}).with(changed(tenant.KindClientGrant, "cgr_robot"))
		}, kind: token.KindMachineToken, cause: `has scope "write:orders", "read:orders", while a new one would have "write:orders", "read:orders", "delete:orders"`,
			fix: "Request a new token", check: "✘ The token was issued at"},
		{name: "machine-of-another-tenant", scene: func(s *scene) *scene {
			return s.sign("RS256", token.Claims{{Name: "iss", Value: "https://o.test/"}, {Name: "sub", Value: "x@clients"}, {Name: "aud", Value: "https://x"}, {Name: "gty", Value: "client-credentials"}}, nil)
		}, kind: token.KindMachineToken, cause: `issued by "https://o.test/"`, fix: "same tenant"},

		// Error messages.
		{name: "error-service-not-found", scene: pasted("access_denied: Service not found: " + orders + "/"), kind: token.KindError,
			cause: `The audience "` + orders + `/" that was requested is the identifier of no API`, fix: `must be exactly "` + orders + `"`},
		{name: "error-as-json", scene: pasted(`{"error":"access_denied","error_description":"Service not found: orders api"}`), kind: token.KindError,
			cause: `"orders api"`, fix: `is the name of API "Orders API"`},
		{name: "error-in-a-callback", scene: pasted("http://localhost:3000/cb?error=consent_required&error_description=Consent%20required&state=x"), kind: token.KindError,
			cause: "The user has to agree first", fix: "without prompt=none"},
		{name: "error-jwt-malformed", scene: pasted("UnauthorizedError: jwt malformed"), kind: token.KindError, cause: "not a JWT, most often an opaque access token", fix: "audience=" + orders},
		{name: "error-invalid-compact-jws", scene: pasted(`{"message":"Invalid Compact JWS","error":"invalid_token"}`), kind: token.KindError, cause: "opaque access token", fix: "audience=" + orders},
		{name: "error-no-user-grant", scene: pasted(`invalid_request: Client "x" is not authorized to access resource server "y".`), kind: token.KindError, cause: "only to applications with a client grant", fix: "Create a client grant"},
		{name: "error-insufficient-scope", scene: pasted("insufficient_scope"), kind: token.KindError, cause: "looked for a scope", fix: "permissions instead of scope"},
		{name: "error-not-a-member", scene: pasted("access_denied: user " + mia + " is not part of the " + orgID + " organization"), kind: token.KindError,
			cause: `"mia@acme.test" was not a member of organization "warehouse" then, and is one now`, fix: "Log in again"},
		{name: "error-not-a-member-at-all", scene: pasted("user " + ada + " is not part of the " + orgID + " organization"), kind: token.KindError,
			cause: `"ada@acme.test" logged in to organization "warehouse" without being a member`, fix: "invite them|assign_membership_on_login"},
		{name: "error-member-of-another", scene: func(s *scene) *scene {
			s.both(func(s *tenant.Snapshot) {
				s.Organizations = append(s.Organizations, &tenant.Organization{ID: "org_2", Name: "shop"})
			})
			return s.with(func(e *token.Evidence) { e.Token = "user " + mia + " is not part of the org_2 organization" })
		}, kind: token.KindError, cause: `one of "warehouse"`, fix: `Add organization "shop"`},
		{name: "error-member-of-none", scene: pasted("user " + ada + " is not part of any organization"), kind: token.KindError, cause: `"ada@acme.test" is a member of none`, fix: "invite them"},
		{name: "error-organization-gone", scene: pasted("user " + ada + " is not part of the org_gone organization"), kind: token.KindError, cause: `"org_gone", which this tenant does not have`, fix: "warehouse"},
		{name: "error-organization-unknown", scene: pasted("parameter organization is invalid: warehuose"), kind: token.KindError, cause: `No organization has the id or name "warehuose"`, fix: `Did you mean "warehouse"?`},
		{name: "error-organization-by-name", scene: pasted("authorization request parameter organization must be an organization id"), kind: token.KindError, cause: "by its name", fix: "allow_organization_name_in_authentication_api"},
		{name: "error-organization-required", scene: pasted("parameter organization is required for this client"), kind: token.KindError, cause: "named none", fix: "pre_login_prompt"},
		{name: "error-organization-denied", scene: func(s *scene) *scene {
			return s.with(func(e *token.Evidence) {
				e.Token = "http://localhost:3000/cb?error=invalid_request&error_description=parameter+organization+is+not+allowed+for+this+client&state=x"
				e.Recent = []token.Issued{{At: noon, ClientID: webID, Error: "invalid_request", ErrorDescription: "parameter organization is not allowed for this client", Hint: `set organization_usage of client "Acme Web"`}}
			})
		}, kind: token.KindError, cause: `organization_usage is "deny"`, fix: `"allow" or "require"`, check: `Set organization_usage of client "Acme Web"`},
		{name: "error-organization-connections", scene: pasted("invalid_request: no connections enabled for the organization"), kind: token.KindError, cause: "enabled for the application", fix: "enabled_clients"},
		{name: "error-organization-hidden", scene: pasted("no connections enabled for the organization are visible"), kind: token.KindError, cause: "without a button", fix: "show_as_button"},
		{name: "error-invitation-dead", scene: pasted(`{"error":"invalid_request","error_description":"invitation not found or already used"}`), kind: token.KindError, cause: "accepted, deleted or tried by somebody else, has expired", fix: "a new invitation"},
		{name: "error-invitation-of-another", scene: pasted("the specified account is not allowed to accept the current invitation"), kind: token.KindError, cause: "Somebody else than the invited person", fix: "logged out"},
		{name: "error-invitation-nowhere", scene: pasted("A default login route is required to generate the invitation url. For more information, see https://auth0.com/docs"), kind: token.KindError, cause: "neither the application nor the tenant names one", fix: "initiate_login_uri"},
		{name: "more-outside-of-the-organization", scene: func(s *scene) *scene {
			s.both(user(mia, func(u *tenant.User) { u.Permissions = grants(orders, "delete:orders") }))
			return s.access(mia, "openid delete:orders", inOrg)
		}, kind: token.KindAccessToken, cause: "", fix: "", check: `Outside of organization "warehouse", mia@acme.test has delete:orders too|log in without an organization`},
		{name: "error-unknown-text", scene: pasted("it does not work"), kind: token.KindUnknown, cause: "no token", fix: "Paste the access_token", guess: true},
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.name] {
			t.Fatalf("two rows are called %s", row.name)
		}
		seen[row.name] = true
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := row.scene(newScene(t))
			x := s.explain()
			text := x.Text()
			equal(t, "kind", x.Kind, row.kind)
			holds(t, "first sentence", x.Cause, row.cause)
			holds(t, "second sentence", x.Fix, row.fix)
			equal(t, "certain", x.Certain, !row.guess)
			if !strings.HasPrefix(text, x.Cause+" "+x.Fix+"\n") {
				t.Errorf("the text does not begin with cause and fix:\n%s", text)
			}
			if row.check != "" {
				holds(t, "checks", text, row.check)
			}
			oneSentence(t, x.Cause)
			harmless(t, s.e, x)
			golden(t, "explain/"+row.name+".txt", []byte(text))
		})
	}
}

func holds(t *testing.T, what, text, pieces string) {
	t.Helper()
	for _, piece := range strings.Split(pieces, "|") {
		if !strings.Contains(text, piece) {
			t.Errorf("%s lacks %q:\n%s", what, piece, text)
		}
	}
}

func oneSentence(t *testing.T, s string) {
	t.Helper()
	if !strings.HasSuffix(s, ".") || strings.Contains(strings.TrimSuffix(s, "."), ". ") || strings.Contains(s, "\n") {
		t.Errorf("not one sentence: %q", s)
	}
}
