package tenant_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

// TestCompleteEmpty: what every tenant has.
func TestCompleteEmpty(t *testing.T) {
	t.Parallel()
	s := &tenant.Snapshot{}
	tenant.Complete(s)
	if len(s.Clients) != 1 || !s.Clients[0].Global || s.Clients[0].Name != "All Applications" || len(s.Clients[0].ClientSecret) != 64 {
		t.Errorf("clients: %+v", s.Clients)
	}
	api := s.ResourceServers[0]
	if len(s.ResourceServers) != 1 || !api.IsSystem || api.Identifier != tenant.ManagementIdentifier || !api.Defines("read:users") ||
		!api.Defines("create:current_user_metadata") || api.Defines("read:nonsense") || len(api.ID) != 24 {
		t.Errorf("APIs: %+v", api)
	}
	c := s.Connections[0]
	if len(s.Connections) != 1 || !c.Database() || c.Name != tenant.DefaultConnectionName || len(c.EnabledClients) != 0 || !strings.HasPrefix(c.ID, "con_") ||
		c.Options["passwordPolicy"] != "good" {
		t.Errorf("connections: %+v", c)
	}
	if len(s.ClientGrants) != 0 {
		t.Errorf("grants: %+v", s.ClientGrants)
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	s := &tenant.Snapshot{
		Clients: []*tenant.Client{{Name: "A"}, {Name: "B", ClientID: "pinned", ClientSecret: "secret"}, {Name: "C", AppType: "express_configuration"}},
		ResourceServers: []*tenant.ResourceServer{
			{Identifier: "urn:hs", SigningAlg: "HS256"},
			{Identifier: tenant.ManagementIdentifier, Name: "Mine", ID: "kept", TokenLifetimeSeconds: 1, Scopes: []tenant.Scope{{Value: "read:users"}, {Value: "read:later"}}},
		},
		Connections: []*tenant.Connection{{Name: "google-oauth2", Strategy: "google-oauth2"}, {Name: "corp", Strategy: "samlp"}},
		Users: []*tenant.User{
			{Email: "a@b.test"}, {Email: "a@b.test", Connection: "google-oauth2"}, {UserID: "x", Connection: "corp"}, {UserID: "sms|1"},
			{Username: "u"}, {PhoneNumber: "+1"},
		},
	}
	tenant.Complete(s)
	if s.Clients[0].ClientID != tenant.DerivedID(tenant.KindClient, "A") || s.Clients[1].ClientID != "pinned" || s.Clients[1].ClientSecret != "secret" {
		t.Errorf("clients: %+v %+v", s.Clients[0], s.Clients[1])
	}
	if got := len(s.ResourceServers[0].SigningSecret); got != 64 {
		t.Errorf("the HS256 secret has %d characters", got)
	}
	if m := s.ResourceServers[1]; m.ID != "kept" || m.Name != "Auth0 Management API" || m.TokenLifetimeSeconds != 86400 || !m.Defines("read:later") || !m.Defines("read:clients") {
		t.Errorf("the Management API: %+v", m)
	}
	if c := s.Connections[2]; c.Name != tenant.DefaultConnectionName || len(c.EnabledClients) != 3 {
		t.Errorf("the default connection: %+v", c)
	}
	if g := s.ClientGrants; len(g) != 1 || !g[0].IsSystem || g[0].ClientID != s.Clients[2].ClientID {
		t.Errorf("system grants: %+v", g)
	}
	for i, want := range []string{"auth0|", "google-oauth2|", "samlp|corp|x", "sms|1", "auth0|", "auth0|"} {
		if !strings.HasPrefix(s.Users[i].UserID, want) {
			t.Errorf("user %d: %s, want %s…", i, s.Users[i].UserID, want)
		}
	}
	if _, id, _ := strings.Cut(s.Users[0].UserID, "|"); len(id) != 24 {
		t.Errorf("the derived id is %q", id)
	}
	var before []any
	for _, c := range s.Clients {
		before = append(before, *c)
	}
	counts := []int{len(s.Clients), len(s.ResourceServers), len(s.ClientGrants), len(s.Connections)}
	tenant.Complete(s)
	if again := []int{len(s.Clients), len(s.ResourceServers), len(s.ClientGrants), len(s.Connections)}; !reflect.DeepEqual(counts, again) {
		t.Errorf("completed twice: %v became %v", counts, again)
	}
	for i, c := range s.Clients {
		if !reflect.DeepEqual(before[i], *c) {
			t.Errorf("%s changed", c.Name)
		}
	}
}

// TestClientDefaults against what the service answered.
//
// Observed: POST /api/v2/clients in ruby-auth0 and terraform-provider-auth0.
func TestClientDefaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body   map[string]any
		method string
		grants string
	}{
		{map[string]any{"name": "A"}, "client_secret_post", "authorization_code implicit refresh_token client_credentials"},
		{map[string]any{"name": "A", "app_type": "spa"}, "none", "authorization_code implicit refresh_token"},
		{map[string]any{"name": "A", "app_type": "native", "token_endpoint_auth_method": "none"}, "none", "authorization_code implicit refresh_token"},
		{map[string]any{"name": "A", "app_type": "native", "token_endpoint_auth_method": "client_secret_basic"}, "client_secret_basic",
			"authorization_code implicit refresh_token client_credentials"},
		{map[string]any{"name": "A", "app_type": "non_interactive"}, "client_secret_post", "authorization_code implicit refresh_token client_credentials"},
		{map[string]any{"name": "A", "app_type": "express_configuration"}, "client_secret_post", "authorization_code client_credentials"},
		{map[string]any{"name": "A", "app_type": "resource_server"}, "client_secret_post", ""},
		{map[string]any{"name": "A", "grant_types": []any{"password"}}, "client_secret_post", "password"},
	} {
		got, err := tenant.NewClient(c.body, tenant.CreateDefaults())
		if err != nil {
			t.Fatal(err)
		}
		if got.TokenEndpointAuthMethod != c.method || strings.Join(got.GrantTypes, " ") != c.grants {
			t.Errorf("%v: %s, %v", c.body, got.TokenEndpointAuthMethod, got.GrantTypes)
		}
		if got.OIDCConformant || got.JWTConfiguration.Alg != "" || !got.IsFirstParty || got.JWTConfiguration.LifetimeInSeconds != 36000 ||
			got.RefreshToken.TokenLifetimeSeconds != 31557600 || !got.RefreshToken.InfiniteTokenLifetime {
			t.Errorf("%v: %+v", c.body, got)
		}
	}
}

// TestFixtureDefaults: who leaves it out gets what the Dashboard gives.
func TestFixtureDefaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body       map[string]any
		conformant bool
		alg        string
	}{
		{map[string]any{"name": "A"}, true, "RS256"},
		{map[string]any{"name": "A", "jwt_configuration": map[string]any{"lifetime_in_seconds": 60.0}}, true, "RS256"},
		{map[string]any{"name": "A", "jwt_configuration": map[string]any{"alg": "HS256"}}, true, "HS256"},
		{map[string]any{"name": "A", "oidc_conformant": false}, false, "HS256"},
		{map[string]any{"name": "A", "oidc_conformant": true}, true, "RS256"},
	} {
		got, err := tenant.NewClient(c.body, tenant.FixtureDefaults())
		if err != nil {
			t.Fatal(err)
		}
		if got.OIDCConformant != c.conformant || got.IDTokenAlg() != c.alg {
			t.Errorf("%v: %v, %s", c.body, got.OIDCConformant, got.IDTokenAlg())
		}
	}
}

// TestNothingIsLost: what a struct has no room for is in Extra, and Body gives
// it all back.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	body := map[string]any{
		"name": "A", "addons": map[string]any{"samlp": map[string]any{"audience": "x"}},
		"jwt_configuration": map[string]any{"alg": "RS256", "scopes": map[string]any{"a": true}},
	}
	c, err := tenant.NewClient(body, tenant.CreateDefaults())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"jwt_configuration": map[string]any{"scopes": map[string]any{"a": true}}}
	if !reflect.DeepEqual(c.Extra, want) {
		t.Errorf("Extra: %v", c.Extra)
	}
	back, err := tenant.Body(c)
	if err != nil {
		t.Fatal(err)
	}
	if jwt := back["jwt_configuration"].(map[string]any); jwt["alg"] != "RS256" || jwt["scopes"] == nil || back["addons"] == nil {
		t.Errorf("Body: %v", back)
	}
}

func TestResourceServerDefaults(t *testing.T) {
	t.Parallel()
	r, err := tenant.NewResourceServer(map[string]any{"identifier": "x", "token_lifetime": 60.0}, tenant.Defaults{})
	if err != nil {
		t.Fatal(err)
	}
	if r.SigningAlg != "RS256" || r.TokenLifetimeForWebSeconds != 60 || r.AllowOfflineAccess || r.SkipConsent || r.RBAC() || r.UserPolicy() != tenant.PolicyAllowAll {
		t.Errorf("%+v", r)
	}
	r, _ = tenant.NewResourceServer(map[string]any{"identifier": "x"}, tenant.Defaults{UserPolicy: tenant.PolicyDenyAll})
	if r.TokenLifetimeSeconds != 86400 || r.TokenLifetimeForWebSeconds != 7200 || r.UserPolicy() != tenant.PolicyDenyAll {
		t.Errorf("%+v", r)
	}
}
