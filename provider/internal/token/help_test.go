package token_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	issuer  = "https://acme.test/"
	orders  = "https://orders.acme.test"
	billing = "https://billing.acme.test"

	webID   = "WebWebWebWebWebWebWebWebWebWeb01"
	robotID = "RobotRobotRobotRobotRobotRobot01"
	otherID = "OtherOtherOtherOtherOtherOther01"
	orgID   = "org_Warehouse0000001"

	ada   = "auth0|ada"
	bob   = "auth0|bob"
	dan   = "auth0|dan"
	bea   = "auth0|bea"
	mia   = "auth0|mia"
	eve   = "auth0|eve"
	clerk = "rol_clerk"
	boss  = "rol_boss"
	empty = "rol_empty"
	payer = "rol_payer"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func on() *bool  { b := true; return &b }
func off() *bool { b := false; return &b }

func grants(api string, names ...string) []tenant.Permission {
	list := []tenant.Permission{}
	for _, name := range names {
		list = append(list, tenant.Permission{ResourceServerIdentifier: api, PermissionName: name})
	}
	return list
}

// acme is a tenant where everything is right: RBAC on, permissions in tokens.
//
//	ada  holds role Clerk                    read:orders
//	dan  was given a permission directly     write:orders
//	bea  both, and read:orders twice         read:orders write:orders
//	mia  role Boss, only in the organization read:orders write:orders
//	bob  nothing
//	eve  role Clerk, but blocked
func acme() *tenant.Snapshot {
	user := func(id, email string, roles ...string) *tenant.User {
		u := &tenant.User{UserID: id, Email: email, EmailVerified: true, Connection: "db", Roles: roles}
		u.FillDefaults(noon.Add(-24 * time.Hour))
		return u
	}
	s := &tenant.Snapshot{
		Clients: []*tenant.Client{
			{ClientID: webID, Name: "Acme Web", ClientSecret: "web-secret", IsFirstParty: true, OIDCConformant: true,
				GrantTypes: []string{tenant.GrantAuthorizationCode, tenant.GrantRefreshToken, tenant.GrantPassword}},
			{ClientID: robotID, Name: "Robot", ClientSecret: "robot-secret", IsFirstParty: true, OIDCConformant: true,
				GrantTypes: []string{tenant.GrantClientCredentials}},
			{ClientID: otherID, Name: "Partner", IsFirstParty: false, OIDCConformant: true,
				GrantTypes: []string{tenant.GrantAuthorizationCode}},
		},
		ResourceServers: []*tenant.ResourceServer{
			{ID: "64a0000000000000000000a1", Name: "Orders API", Identifier: orders, SigningAlg: "RS256",
				Scopes:               []tenant.Scope{{Value: "read:orders"}, {Value: "write:orders"}, {Value: "delete:orders"}},
				TokenLifetimeSeconds: 86400, TokenLifetimeForWebSeconds: 7200, AllowOfflineAccess: true,
				EnforcePolicies: on(), TokenDialect: tenant.DialectAuth0Authz},
			{ID: "64a0000000000000000000a2", Name: "Billing API", Identifier: billing, SigningAlg: "RS256",
				Scopes: []tenant.Scope{{Value: "read:bills"}, {Value: "read:orders"}}, TokenLifetimeSeconds: 86400},
		},
		ClientGrants: []*tenant.ClientGrant{
			{ID: "cgr_robot", ClientID: robotID, Audience: orders, Scope: []string{"write:orders", "read:orders"}},
		},
		Roles: []*tenant.Role{
			{ID: clerk, Name: "Clerk", Permissions: append(grants(orders, "read:orders"), grants(billing, "read:bills")...)},
			{ID: boss, Name: "Boss", Permissions: grants(orders, "write:orders", "read:orders")},
			{ID: empty, Name: "Newcomer"},
			{ID: payer, Name: "Payer", Permissions: grants(billing, "read:orders")},
		},
		Organizations: []*tenant.Organization{{ID: orgID, Name: "warehouse"}},
		Users: []*tenant.User{
			user(ada, "ada@acme.test", clerk), user(bob, "bob@acme.test"), user(dan, "dan@acme.test"),
			user(bea, "bea@acme.test", clerk), user(mia, "mia@acme.test"), user(eve, "eve@acme.test", clerk),
		},
	}
	s.Users[2].Permissions = grants(orders, "write:orders")
	s.Users[3].Permissions = append(grants(orders, "write:orders", "read:orders"), grants(billing, "read:orders")...)
	s.Users[4].Organizations = []tenant.Membership{{OrganizationID: orgID, Roles: []string{boss}}}
	s.Users[5].Blocked = true
	return s
}

// directory is the snapshot in a real store.
func directory(t testing.TB, s *tenant.Snapshot) *store.State {
	t.Helper()
	var state *store.State
	if err := store.New(s, func(string) bool { return false }).View(func(s *store.State) error { state = s; return nil }); err != nil {
		t.Fatal(err)
	}
	return state
}

func keySet(t testing.TB) *token.KeySet {
	t.Helper()
	pair := tenant.DefaultKeys()
	keys, err := token.NewKeySet(pair[0], pair[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// request asks for a token for the Orders API on behalf of a user.
func request(dir tenant.Directory, userID, scope string) token.Request {
	return token.Request{
		Flow: token.FlowCode, Client: dir.Client(webID), User: dir.User(userID),
		Audience: orders, Scopes: tenant.ParseScope(scope), Issuer: issuer,
	}
}

func decide(t testing.TB, dir tenant.Directory, req token.Request) *token.Decision {
	t.Helper()
	d, err := token.Decide(dir, req)
	if err != nil {
		t.Fatalf("Decide: %v", err)
	}
	return d
}

// parts are the header and payload of a compact token as JSON text.
func parts(t testing.TB, raw string) (header, payload string) {
	t.Helper()
	list := strings.Split(raw, ".")
	decode := func(s string) string {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatalf("part of a token: %v", err)
		}
		return string(b)
	}
	return decode(list[0]), decode(list[1])
}

// members are the names of a JSON object's members in their order.
func members(t testing.TB, object string) []string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(object))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// golden compares with testdata/name, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test -update)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs\n--- got\n%s--- want\n%s", path, got, want)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func joined(list []string) string { return strings.Join(list, " ") }
