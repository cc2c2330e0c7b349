package token_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// TestTokensByDialect holds one whole token of each kind: header and claims,
// members in order.
func TestTokensByDialect(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	for _, dialect := range []string{"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"} {
		for _, flow := range []token.Flow{token.FlowCode, token.FlowPassword, token.FlowRefresh, token.FlowClientCredentials} {
			name := dialect + "-" + string(flow)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := acme()
				s.ResourceServers[0].TokenDialect = dialect
				s.Settings.AllowOrganizationNames = true
				dir := directory(t, s)
				req := request(dir, mia, "openid profile read:orders")
				req.Flow, req.Organization = flow, dir.Organization(orgID)
				issue := token.Issue{Issuer: issuer, At: noon, JTI: "a-jti-of-twenty-two-ch"}
				switch flow {
				case token.FlowClientCredentials:
					req = token.Request{Flow: flow, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
					issue.GrantedBy = []string{token.GTYClientCredentials}
				case token.FlowPassword:
					req.Organization, req.User = nil, dir.User(bea)
					issue.GrantedBy = []string{token.GTYPassword}
				case token.FlowRefresh:
					issue.GrantedBy = []string{token.GTYRefreshToken, token.GTYPassword}
				}
				d := decide(t, dir, req)
				typ := token.TypeJWT
				if d.API.RFC9068() {
					typ = token.TypeAccessToken
				}
				raw, err := keys.Sign(d.API.Alg(), typ, token.AccessClaims(d, req, issue), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := keys.Verify(raw); err != nil {
					t.Errorf("its own signature: %v", err)
				}
				header, payload := parts(t, raw)
				golden(t, "access/"+name+".json", pretty(t, header, payload))
			})
		}
	}
}

func TestIDTokens(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	rows := []struct {
		name, scope string
		user        func(*tenant.User)
		issue       token.Issue
		org         bool
	}{
		{name: "openid-alone", scope: "openid"},
		{name: "profile-and-email", scope: "openid profile email", issue: token.Issue{SessionID: "a-session", Nonce: "a-nonce"}},
		{name: "everything", scope: "openid profile email phone address", org: true,
			user: func(u *tenant.User) {
				u.GivenName, u.FamilyName, u.PhoneNumber, u.PhoneVerified = "Mia", "Wallace", "+15550100", true
				u.Username = "not-a-claim"
				u.UserMetadata, u.AppMetadata = map[string]any{"colour": "red"}, map[string]any{"plan": "gold"}
				u.Profile = map[string]any{"locale": "de", "middle_name": "M", "address": map[string]any{"country": "DE"}, "shoe_size": 38}
			},
			issue: token.Issue{SessionID: "a-session", Nonce: "a-nonce", AuthTime: noon.Add(-time.Minute), AccessToken: "an-access-token", Code: "a-code"}},
		{name: "no-email", scope: "openid email phone", user: func(u *tenant.User) { u.Email = "" }},
		{name: "custom-claims", scope: "openid profile",
			issue: token.Issue{IDCustom: token.Claims{
				{Name: "https://acme.test/roles", Value: []string{"Clerk"}}, {Name: "name", Value: "The Custom Name"}, {Name: "plan", Value: "gold"}}}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := acme()
			s.Users[4].UpdatedAt = noon
			if row.user != nil {
				row.user(s.Users[4])
			}
			dir := directory(t, s)
			req := request(dir, mia, row.scope)
			if row.org {
				req.Organization = dir.Organization(orgID)
			}
			issue := row.issue
			issue.Issuer, issue.At = issuer, noon
			raw, err := keys.Sign(req.Client.IDTokenAlg(), token.TypeJWT, token.IDClaims(decide(t, dir, req), req, issue), nil)
			if err != nil {
				t.Fatal(err)
			}
			header, payload := parts(t, raw)
			golden(t, "id/"+row.name+".json", pretty(t, header, payload))
			names := members(t, payload)
			if slices.Contains(names, "permissions") || slices.Contains(names, "azp") || slices.Contains(names, "scope") {
				t.Errorf("an ID token holds %v", names)
			}
		})
	}
}

func pretty(t *testing.T, objects ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, o := range objects {
		if err := json.Indent(&b, []byte(o), "", "  "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// TestSingleHash is the example of OpenID Connect Core 1.0, appendix A.
func TestSingleHash(t *testing.T) {
	t.Parallel()
	dir := directory(t, acme())
	req := request(dir, ada, "openid")
	claims := token.IDClaims(decide(t, dir, req), req, token.Issue{
		Issuer: issuer, At: noon,
		AccessToken: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
		Code:        "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
	})
	equal[any](t, "at_hash", claims.Get("at_hash"), "77QmUPtjPfzWtF2AnpK9RQ")
	equal[any](t, "c_hash", claims.Get("c_hash"), "LDktKdoQak3Pk0cnXxCltA")
}

func TestAudienceClaim(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sentence, alg, scope, own, custom string
		want                              any
	}{
		{"openid adds /userinfo, behind the API", "RS256", "openid", issuer, issuer, []string{orders, issuer + "userinfo"}},
		{"so it does with PS256", "PS256", "openid", issuer, issuer, []string{orders, issuer + "userinfo"}},
		{"without openid it is a string", "RS256", "profile", issuer, issuer, orders},
		{"with HS256 it always is", "HS256", "openid", issuer, issuer, orders},
		{"on a custom domain /userinfo stays the tenant's own", "RS256", "openid", issuer, "https://login.acme.test/", []string{orders, issuer + "userinfo"}},
	} {
		s := acme()
		s.ResourceServers[0].SigningAlg = row.alg
		dir := directory(t, s)
		req := request(dir, ada, row.scope)
		req.Issuer = row.own
		claims := token.AccessClaims(decide(t, dir, req), req, token.Issue{Issuer: row.custom, At: noon})
		equal(t, row.sentence, fmt.Sprint(claims.Get("aud")), fmt.Sprint(row.want))
		equal(t, row.sentence+": iss", claims.Get("iss"), any(row.custom))
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	dir := directory(t, acme())
	req := token.Request{Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer}
	claims := token.AccessClaims(decide(t, dir, req), req, token.Issue{Issuer: issuer, At: noon})
	equal[any](t, "a machine's sub", claims.Get("sub"), robotID+"@clients")
	req = request(dir, ada, "")
	claims = token.AccessClaims(decide(t, dir, req), req, token.Issue{Issuer: issuer, At: noon})
	equal[any](t, "a user's sub", claims.Get("sub"), ada)
}

// TestEmptyPermissions: nothing assigned is an empty list, for users and for
// machines.
func TestEmptyPermissions(t *testing.T) {
	t.Parallel()
	s := acme()
	s.ClientGrants[0].Scope = nil
	dir := directory(t, s)
	for who, req := range map[string]token.Request{
		"user":    request(dir, bob, ""),
		"machine": {Flow: token.FlowClientCredentials, Client: dir.Client(robotID), Audience: orders, Issuer: issuer},
	} {
		b, err := token.AccessClaims(decide(t, dir, req), req, token.Issue{Issuer: issuer, At: noon}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		holds(t, who, string(b), `"permissions":[]`)
		equal(t, who+" has a scope claim", strings.Contains(string(b), `"scope"`), false)
	}
}

// TestGrantedBy: one grant is a string, several are a list.
func TestGrantedBy(t *testing.T) {
	t.Parallel()
	dir := directory(t, acme())
	req := request(dir, ada, "")
	d := decide(t, dir, req)
	for want, by := range map[string][]string{
		`"refresh_token"`:              {"refresh_token"},
		`["refresh_token","password"]`: {"refresh_token", "password"},
		`null`:                         nil,
	} {
		b, _ := json.Marshal(token.AccessClaims(d, req, token.Issue{Issuer: issuer, At: noon, GrantedBy: by}).Get("gty"))
		equal(t, "gty", string(b), want)
	}
}

// TestNoMemberTwice: whatever custom claims hold, no member appears twice.
func TestNoMemberTwice(t *testing.T) {
	t.Parallel()
	dir := directory(t, acme())
	req := request(dir, ada, "openid profile email read:orders")
	d := decide(t, dir, req)
	custom := token.Claims{}
	for _, name := range []string{"scope", "email", "name", "updated_at", "gty", "permissions", "iss", "plan"} {
		custom = append(custom, token.Claim{Name: name, Value: "custom"})
	}
	issue := token.Issue{Issuer: issuer, At: noon, AccessCustom: custom, IDCustom: token.AdmitCustom(d, map[string]any{
		"email": "custom", "name": "custom", "iss": "custom", "plan": "custom", "scope": "custom"})}
	for what, claims := range map[string]token.Claims{
		"access token": token.AccessClaims(d, req, issue), "ID token": token.IDClaims(d, req, issue),
	} {
		b, err := claims.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		names := members(t, string(b))
		slices.Sort(names)
		if len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("%s: a member appears twice: %v", what, names)
		}
		equal(t, what+": iss", claims.Get("iss"), any(issuer))
	}
	equal(t, "scope stays", token.AccessClaims(d, req, issue).Get("scope"), any("openid profile email read:orders"))
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	s := acme()
	s.Users[0].UpdatedAt = noon
	u := directory(t, s).User(ada)
	for _, row := range []struct{ scope, want string }{
		{"openid", "sub"},
		{"openid profile", "sub nickname name picture updated_at"},
		{"email openid", "sub email email_verified"},
		{"profile email", ""},
	} {
		b, err := token.UserInfo(u, &token.Opaque{Scopes: tenant.ParseScope(row.scope)}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		equal(t, row.scope, joined(members(t, string(b))), row.want)
		equal(t, row.scope+" has a bool", strings.Contains(string(b), `"email_verified":true`), strings.Contains(row.want, "email_verified"))
	}
}

// Source: Auth0 docs, "OpenID Connect scopes"; OpenID Connect Core 1.0 §5.4.
func TestUserInfoOfEverythingAProfileMayHold(t *testing.T) {
	t.Parallel()
	u := &tenant.User{
		UserID: "sms|1", Name: "+4930123456", GivenName: "Ada", FamilyName: "Byron", PhoneNumber: "+4930123456", PhoneVerified: true, Username: "ada",
		UserMetadata: map[string]any{"a": 1}, AppMetadata: map[string]any{"b": 2}, Roles: []string{"rol_1"}, UpdatedAt: noon,
		Profile: map[string]any{
			"middle_name": "K", "preferred_username": "countess", "profile": "https://a.test", "website": "https://b.test", "gender": "female",
			"birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "en-GB", "address": map[string]any{"country": "GB"},
		},
	}
	for _, row := range []struct{ scope, want string }{
		{"openid", "sub"},
		{"openid profile", "sub given_name family_name nickname name picture middle_name preferred_username profile website gender birthdate zoneinfo locale updated_at"},
		{"openid phone", "sub phone_number phone_number_verified"},
		{"openid address", "sub address"},
		{"openid email", "sub"}, // there is none
		{"openid name given_name family_name nickname email_verified picture created_at identities", "sub"},
	} {
		b, err := token.UserInfo(u, &token.Opaque{Scopes: tenant.ParseScope(row.scope)}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		equal(t, row.scope, joined(members(t, string(b))), row.want)
	}
}

// TestClaimsJSON: order and characters survive, which encoding/json would
// sort and escape.
func TestClaimsJSON(t *testing.T) {
	t.Parallel()
	b, err := token.Claims{{Name: "z", Value: "<&>"}, {Name: "a", Value: nil}, {Name: "ü\"", Value: []int{1}}}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "JSON", string(b), `{"z":"<&>","a":null,"ü\"":[1]}`)
	if _, err := (token.Claims{{Name: "f", Value: func() {}}}).MarshalJSON(); err == nil {
		t.Error("a value that is no JSON should be an error")
	}
}

func TestAdmitCustom(t *testing.T) {
	t.Parallel()
	dir := directory(t, acme())
	d := decide(t, dir, request(dir, ada, "openid profile"))
	before := len(d.Reasons)
	custom := map[string]any{
		"https://acme.test/roles": 1, "plan": 2, "name": "N", // admitted
		"permissions": 3, "roles": 4, "groups": 5, "sub": 6, "org_id": 7, "x5t#S256": 8, // reserved
		"https://acme.auth0.com/x": 9, "http://webtask.io/x": 10, "https://a.webtask.run/x": 11, "urn:auth0:x": 12, "https://AUTH0.com./x": 13,
		"email": "e@acme.test", "phone_number": "1", // their scopes were not granted
		"https://notauth0.com/x": 14, "auth0.com/x": 15, "urn:acme:x": 16, // look forbidden and are not
	}
	admitted := token.AdmitCustom(d, custom)
	names := []string{}
	for _, c := range admitted {
		names = append(names, c.Name)
	}
	equal(t, "admitted", joined(names), "auth0.com/x https://acme.test/roles https://notauth0.com/x name plan urn:acme:x")
	why := map[string]string{}
	for _, r := range d.Reasons[before:] {
		why[r.About] = r.Code
		if r.Outcome != token.Withheld || r.Sentence == "" || r.Fix == "" {
			t.Errorf("reason %+v says too little", r)
		}
	}
	equal(t, "reasons", len(why), len(custom)-len(admitted))
	equal(t, "permissions", why["permissions"], token.ReasonClaimReserved)
	equal(t, "auth0.com", why["https://acme.auth0.com/x"], token.ReasonClaimNamespace)
	equal(t, "email", why["email"], token.ReasonClaimNeedsScope)
	equal(t, "phone_number", why["phone_number"], token.ReasonClaimNeedsScope)
}

// TestReservedClaims: the list of the documentation, name by name.
func TestReservedClaims(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields(`acr act active amr at_hash ath attest aud auth_time authorization_details azp
		c_hash client_id cnf cty dest entitlements events exp groups gty htm htu iat internalService iss jcard jku jti
		jwe jwk kid may_act mky nbf nonce object_id org_id org_name orig origid permissions roles rph s_hash sid
		sip_callid sip_cseq_num sip_date sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256`) {
		if !token.ReservedClaim(name) {
			t.Errorf("%s should be reserved", name)
		}
	}
	for _, name := range []string{"plan", "scope", "email", "https://acme.test/permissions", "Permissions"} {
		if token.ReservedClaim(name) {
			t.Errorf("%s should not be reserved", name)
		}
	}
}
