package token_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// world is one cell of the truth table: a tenant's settings and a request.
type world struct {
	user       string
	org        bool
	dialect    string
	policies   *bool
	scopes     []string
	audience   string // "none", "api", "default", "userinfo", "host", "unknown"
	audienceIs string
}

func (w world) String() string {
	policies := "absent"
	if w.policies != nil {
		policies = fmt.Sprint(*w.policies)
	}
	return fmt.Sprintf("user=%s org=%t dialect=%q policies=%s scopes=%v audience=%s", w.user, w.org, w.dialect, policies, w.scopes, w.audience)
}

// holds is what each user may do at the Orders API, written down by hand.
func (w world) holds() []string {
	outside := map[string][]string{
		ada: {"read:orders"}, bob: {}, dan: {"write:orders"}, bea: {"read:orders", "write:orders"}, mia: {}, eve: {"read:orders"},
	}
	if !w.org {
		return outside[w.user]
	}
	if w.user == mia {
		return []string{"read:orders", "write:orders"}
	}
	return []string{}
}

func (w world) rbac() bool { return w.policies != nil && *w.policies }
func (w world) authz() bool {
	return w.dialect == "access_token_authz" || w.dialect == "rfc9068_profile_authz"
}
func (w world) forAPI() bool {
	return w.audience == "api" || w.audience == "default"
}
func (w world) opaque() bool {
	return w.audience == "none" || w.audience == "userinfo" || w.audience == "host"
}

// outcome is what the tenant did.
type outcome struct {
	d     *token.Decision
	err   error
	names []string // members of the access token's claims
}

var oidc = []string{"openid", "profile", "email"}

func apiScopes(scopes []string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return slices.Contains(oidc, s) })
}

// laws are the rules as Auth0's documentation words them. Each is checked in
// every world it applies to.
var laws = []struct {
	sentence string
	applies  func(world) bool
	holds    func(world, outcome) bool
}{
	{
		"an audience that is no API's identifier is refused as Service not found",
		func(w world) bool { return w.audience == "unknown" },
		func(w world, o outcome) bool {
			var e *tenant.Error
			return errors.As(o.err, &e) && e.Code == "access_denied" && e.Description == "Service not found: "+w.audienceIs
		},
	},
	{
		"every other request succeeds, whatever scopes it names",
		func(w world) bool { return w.audience != "unknown" },
		func(_ world, o outcome) bool { return o.err == nil },
	},
	{
		"without an audience, or with the tenant's own, the access token is opaque",
		world.opaque,
		func(_ world, o outcome) bool { return o.d.Opaque() && o.d.Audience == "" },
	},
	{
		"with an API's identifier, or a default audience, it is a JWT for that API",
		world.forAPI,
		func(_ world, o outcome) bool { return !o.d.Opaque() && o.d.Audience == orders },
	},
	{
		"permissions is in the token if and only if RBAC and an authz dialect are both on",
		world.forAPI,
		func(w world, o outcome) bool {
			has := slices.Contains(o.names, "permissions")
			return has == (w.rbac() && w.authz()) && has == o.d.HasPermissions
		},
	},
	{
		"an opaque token never has permissions",
		world.opaque,
		func(_ world, o outcome) bool { return !o.d.HasPermissions && len(o.d.Permissions) == 0 },
	},
	{
		"permissions lists everything assigned, sorted, whatever was requested",
		func(w world) bool { return w.forAPI() && w.rbac() && w.authz() },
		func(w world, o outcome) bool {
			return slices.Equal(o.d.Permissions, w.holds()) && slices.IsSorted(o.d.Permissions)
		},
	},
	{
		"permissions is an empty list, and no null, where nothing is assigned",
		func(w world) bool { return w.forAPI() && w.rbac() && w.authz() && len(w.holds()) == 0 },
		func(_ world, o outcome) bool { return o.d.Permissions != nil && len(o.d.Permissions) == 0 },
	},
	{
		"with RBAC, scope holds the requested scopes that are assigned",
		func(w world) bool { return w.forAPI() && w.rbac() },
		func(w world, o outcome) bool {
			want := slices.DeleteFunc(apiScopes(w.scopes), func(s string) bool { return !slices.Contains(w.holds(), s) })
			return slices.Equal(apiScopes(o.d.Scopes), want)
		},
	},
	{
		"without RBAC, scope holds the requested scopes that the API defines, for any user",
		func(w world) bool { return w.forAPI() && !w.rbac() },
		func(w world, o outcome) bool {
			want := slices.DeleteFunc(apiScopes(w.scopes), func(s string) bool {
				return s != "read:orders" && s != "write:orders" && s != "delete:orders"
			})
			return slices.Equal(apiScopes(o.d.Scopes), want)
		},
	},
	{
		"an opaque token has no API's scopes",
		world.opaque,
		func(_ world, o outcome) bool { return len(apiScopes(o.d.Scopes)) == 0 },
	},
	{
		"OpenID Connect's scopes stay, in the order requested, whatever RBAC says",
		func(w world) bool { return w.audience != "unknown" },
		func(w world, o outcome) bool {
			keep := func(list []string) []string {
				return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(oidc, s) })
			}
			return slices.Equal(keep(o.d.Scopes), keep(w.scopes))
		},
	},
	{
		"the scope claim is absent, not empty, where nothing is granted",
		world.forAPI,
		func(_ world, o outcome) bool { return slices.Contains(o.names, "scope") == (len(o.d.Scopes) > 0) },
	},
	{
		"an ID token needs openid",
		func(w world) bool { return w.audience != "unknown" },
		func(w world, o outcome) bool { return o.d.IDToken == slices.Contains(w.scopes, "openid") },
	},
	{
		"azp is for the Auth0 profile, client_id and jti for RFC 9068",
		world.forAPI,
		func(w world, o outcome) bool {
			rfc := w.dialect == "rfc9068_profile" || w.dialect == "rfc9068_profile_authz"
			return slices.Contains(o.names, "azp") == !rfc && slices.Contains(o.names, "client_id") == rfc &&
				slices.Contains(o.names, "jti") == rfc
		},
	},
	{
		"being blocked changes no decision: it stops the login before",
		func(w world) bool { return w.user == eve && w.forAPI() && w.rbac() && w.authz() && !w.org },
		func(_ world, o outcome) bool { return slices.Equal(o.d.Permissions, []string{"read:orders"}) },
	},
	{
		"inside an organization roles and permissions from outside do not count",
		func(w world) bool { return w.org && w.user != mia && w.forAPI() && w.rbac() && w.authz() },
		func(_ world, o outcome) bool { return len(o.d.Permissions) == 0 },
	},
	{
		"org_id is in the token if and only if the login happened in an organization",
		world.forAPI,
		func(w world, o outcome) bool { return slices.Contains(o.names, "org_id") == w.org },
	},
	{
		"everything requested and withheld has a reason, and nothing granted has one",
		func(w world) bool { return w.audience != "unknown" },
		func(w world, o outcome) bool {
			for _, scope := range w.scopes {
				withheld := slices.ContainsFunc(o.d.Reasons, func(r token.Reason) bool {
					return r.About == "scope "+scope && r.Outcome == token.Withheld && r.Sentence != ""
				})
				if withheld == slices.Contains(o.d.Scopes, scope) {
					return false
				}
			}
			return true
		},
	},
	{
		"a permissions claim that is missing or empty has a reason with a fix",
		func(w world) bool { return w.audience != "unknown" },
		func(_ world, o outcome) bool {
			if len(o.d.Permissions) > 0 {
				return true
			}
			return slices.ContainsFunc(o.d.Reasons, func(r token.Reason) bool {
				return r.About == "permissions" && r.Outcome == token.Withheld && r.Sentence != "" && r.Fix != ""
			})
		},
	},
}

func worlds() []world {
	var all []world
	for _, user := range []string{ada, bob, dan, bea, mia, eve} {
		for _, org := range []bool{false, true} {
			for _, dialect := range []string{"", "access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"} {
				for _, policies := range []*bool{nil, off(), on()} {
					for _, scopes := range [][]string{
						nil,
						{"openid", "profile"},
						{"read:orders"},
						{"read:ordres"},
						{"delete:orders"},
						{"email", "write:orders", "read:ordres", "openid", "delete:orders", "read:orders"},
					} {
						for name, value := range map[string]string{
							"none": "", "api": orders, "default": "", "userinfo": issuer + "userinfo", "host": "acme.test", "unknown": orders + "/",
						} {
							all = append(all, world{user, org, dialect, policies, scopes, name, value})
						}
					}
				}
			}
		}
	}
	return all
}

func (w world) run(t *testing.T) outcome {
	t.Helper()
	s := acme()
	s.ResourceServers[0].TokenDialect, s.ResourceServers[0].EnforcePolicies = w.dialect, w.policies
	if w.audience == "default" {
		s.Settings.DefaultAudience = orders
	}
	dir := directory(t, s)
	req := token.Request{Flow: token.FlowCode, Client: dir.Client(webID), User: dir.User(w.user),
		Audience: w.audienceIs, Scopes: w.scopes, Issuer: issuer}
	if w.org {
		req.Organization = dir.Organization(orgID)
	}
	var o outcome
	o.d, o.err = token.Decide(dir, req)
	if o.err != nil || o.d.Opaque() {
		return o
	}
	body, err := token.AccessClaims(o.d, req, token.Issue{Issuer: issuer, At: noon, JTI: "jti"}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	o.names = members(t, string(body))
	return o
}

// TestEveryLawInEveryWorld crosses users, dialects, RBAC, scopes and audiences
// and checks each documented rule wherever it applies.
func TestEveryLawInEveryWorld(t *testing.T) {
	t.Parallel()
	applied := make([]int, len(laws))
	for _, w := range worlds() {
		o := w.run(t)
		for i, law := range laws {
			if !law.applies(w) {
				continue
			}
			applied[i]++
			if o.d == nil && o.err == nil || o.err != nil && w.audience != "unknown" {
				t.Fatalf("%s: %v", w, o.err)
			}
			if !law.holds(w, o) {
				t.Errorf("not so: %s\nin %s\ngot %+v, error %v", law.sentence, w, o.d, o.err)
			}
		}
		if t.Failed() {
			t.FailNow() // one broken world says enough
		}
	}
	for i, law := range laws {
		if applied[i] == 0 {
			t.Errorf("applies nowhere, so proves nothing: %s", law.sentence)
		}
	}
}

// TestEveryMachine crosses the same switches with client grants and requests:
// a machine has what its grant gives, and nobody's roles.
func TestEveryMachine(t *testing.T) {
	t.Parallel()
	defined := []string{"read:orders", "write:orders", "delete:orders"}
	cells := 0
	for _, dialect := range []string{"", "access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"} {
		for _, policies := range []*bool{nil, off(), on()} {
			for _, all := range []bool{false, true} {
				for _, granted := range [][]string{{}, {"read:orders"}, {"write:orders", "gone:orders", "read:orders"}} {
					for _, requested := range [][]string{nil, {"read:orders"}, {"delete:orders", "openid", "read:orders"}, {"gone:orders"}} {
						cells++
						s := acme()
						s.ResourceServers[0].TokenDialect, s.ResourceServers[0].EnforcePolicies = dialect, policies
						s.ClientGrants[0].Scope, s.ClientGrants[0].AllowAllScopes = granted, all
						dir := directory(t, s)
						d := decide(t, dir, token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Scopes: requested, Issuer: issuer})

						may := granted
						if all {
							may = defined
						}
						want := requested
						if len(requested) == 0 {
							want = may
						}
						want = slices.DeleteFunc(slices.Clone(want), func(s string) bool {
							return !slices.Contains(may, s) || !slices.Contains(defined, s)
						})
						authz := dialect == "access_token_authz" || dialect == "rfc9068_profile_authz"
						cell := fmt.Sprintf("dialect=%q rbac=%t all=%t grant=%v requested=%v", dialect, policies != nil && *policies, all, granted, requested)
						equal(t, "scope, "+cell, joined(d.Scopes), joined(want))
						equal(t, "has permissions, "+cell, d.HasPermissions, policies != nil && *policies && authz)
						if d.HasPermissions {
							equal(t, "permissions, "+cell, joined(d.Permissions), joined(slices.Sorted(slices.Values(want))))
						}
						equal(t, "ID or refresh token, "+cell, d.IDToken || d.RefreshToken, false)
					}
				}
			}
		}
	}
	if cells != 5*3*2*3*4 {
		t.Errorf("%d cells", cells)
	}
}
