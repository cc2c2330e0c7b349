package provider_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	exchange    = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessType  = "urn:ietf:params:oauth:token-type:access_token"
	googleType  = "http://auth0.com/oauth/token-type/google-id-token"
	appleType   = "http://auth0.com/oauth/token-type/apple-id-token"
	appleCode   = "http://auth0.com/oauth/token-type/apple-authz-code"
	facebook    = "http://auth0.com/oauth/token-type/facebook-info-session-access-token"
	badSubject  = "Invalid subject_token"
	notAllowed  = "Grant type '" + exchange + "' not allowed for the client."
	middleTier  = "shopMiddle"
	furtherTier = "shopFurther"
)

// exchanging gives the tenant social connections, apps that may use them, and
// two APIs that may call others for users.
func exchanging(c *provider.Config) {
	on := &tenant.Enabled{Enabled: true}
	web := client(c, "shopWeb")
	web.NativeSocialLogin = &tenant.NativeSocialLogin{Apple: on, Facebook: on, Google: on}
	for _, strategy := range []string{"google-oauth2", "apple", "facebook"} {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			Name: strategy, Strategy: strategy, EnabledClients: []string{"shopWeb"}, Options: map[string]any{"client_id": strategy + "-app"},
		})
	}
	c.Snapshot.Users = append(c.Snapshot.Users, &tenant.User{
		UserID: "google-oauth2|777", Connection: "google-oauth2", Email: "gil@shop.example", Name: "Gil Google", Roles: userOf(c.Snapshot, "auth0|ada").Roles,
	})
	for id, identifier := range map[string]string{middleTier: orders, furtherTier: catalog} {
		c.Snapshot.Clients = append(c.Snapshot.Clients, &tenant.Client{
			ClientID: id, ClientSecret: id + "-secret", Name: id, AppType: "resource_server", ResourceServerIdentifier: identifier, IsFirstParty: true, OIDCConformant: true,
			TokenEndpointAuthMethod: "client_secret_post", GrantTypes: []string{},
			TokenExchange: &tenant.TokenExchange{AllowAnyProfileOfType: []string{"on_behalf_of_token_exchange"}},
		})
	}
}

func (w *world) providerToken(r provider.ProviderTokenRequest) string {
	w.t.Helper()
	token, err := w.control.ProviderToken(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return token.SubjectToken
}

func (w *world) social(typ, subject string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", exchange, "client_id", "shopWeb", "subject_token_type", typ, "subject_token", subject, "scope", "openid profile email", "audience", orders,
	}, changes...)...)
}

func TestNativeSocialLoginKnowsTheUser(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	subject := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
	res := w.social(googleType, subject, "scope", "openid profile email offline_access read:orders").want(200)
	id := claims(t, res.text("id_token"))
	equal(t, "sub", id["sub"], any("google-oauth2|777"))
	equal(t, "name", id["name"], any("Gil Google"))
	equal(t, "sid", id["sid"], nil)
	equal(t, "token_type", res.text("token_type"), "Bearer")
	if res.text("refresh_token") == "" {
		t.Error("no refresh token")
	}
	access := claims(t, res.text("access_token"))
	equal(t, "permissions", access["permissions"].([]any)[0], any("read:orders"))
	equal(t, "act", access["act"], nil)
	verify(t, w, res.text("access_token"))
	events := w.events(tenant.LogSuccessNativeSocial)
	if len(events) != 1 || events[0].UserID != "google-oauth2|777" || events[0].Connection != "google-oauth2" || events[0].Details["subject_token_type"] != googleType {
		t.Errorf("events sens: %+v", events)
	}
}

func TestNativeSocialLoginMakesAndUpdatesTheUser(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	first := claims(t, w.social(appleType, w.providerToken(provider.ProviderTokenRequest{Connection: "apple", Email: "New@shop.example"})).want(200).text("id_token"))
	sub, _ := first["sub"].(string)
	if !strings.HasPrefix(sub, "apple|") {
		t.Fatalf("sub is %q", sub)
	}
	equal(t, "email", first["email"], any("new@shop.example"))
	equal(t, "email_verified", first["email_verified"], any(true))
	// The app tells the name, which Apple tells but once.
	code := w.providerToken(provider.ProviderTokenRequest{Connection: "apple", Email: "new@shop.example", Type: appleCode})
	again := claims(t, w.social(appleCode, code, "user_profile", `{"name":{"firstName":"Nina","lastName":"New"}}`).want(200).text("id_token"))
	equal(t, "sub", again["sub"], any(sub))
	equal(t, "name", again["name"], any("Nina New"))
	equal(t, "given_name", again["given_name"], any("Nina"))
	w.social(appleCode, code).wantError(400, "invalid_request", badSubject) // a code works once

	token := w.providerToken(provider.ProviderTokenRequest{Connection: "facebook", Subject: "4711"})
	w.social(facebook, token).wantError(400, "invalid_request", "Missing required parameter: user_profile")
	profile := `{"name":"Fay Face","email":"fay@shop.example"}`
	for range 2 {
		fay := claims(t, w.social(facebook, token, "user_profile", profile).want(200).text("id_token"))
		equal(t, "sub", fay["sub"], any("facebook|4711"))
		equal(t, "email_verified, on the app's word alone", fay["email_verified"], any(false))
	}
	for _, bad := range []string{"x", "[1]", `{"name":[]}`} {
		w.social(facebook, token, "user_profile", bad).wantError(400, "invalid_request", "Invalid user_profile")
	}
	u := userOf(w.control.Snapshot(), "facebook|4711")
	if u.LoginsCount != 2 || len(u.Identities) != 1 || !u.Identities[0].IsSocial || u.Identities[0].UserID != "4711" {
		t.Errorf("the user is %+v", u)
	}
}

func TestNativeSocialLoginScopes(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	for _, c := range []struct{ name, audience, scope, want string }{
		{"nothing asked for gets everything", orders, "", "openid profile email address phone read:orders"},
		{"openid alone, with no API", "", "openid", "openid profile email address phone"},
		{"a scope of the API gets that alone", orders, "read:orders", "read:orders"},
	} {
		subject := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
		equal(t, c.name, w.social(googleType, subject, "audience", c.audience, "scope", c.scope).want(200).text("scope"), c.want)
	}
	subject := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
	w.social(googleType, subject, "audience", "https://none.example").wantError(403, "access_denied", "Service not found: https://none.example")
}

func TestNativeSocialLoginVerifiesTheToken(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	google := func(r provider.ProviderTokenRequest) string {
		r.Connection, r.Email = "google-oauth2", "gil@shop.example"
		return w.providerToken(r)
	}
	good := google(provider.ProviderTokenRequest{})
	parts := strings.Split(good, ".")
	at := func(seconds time.Duration) int64 { return start.Add(seconds * time.Second).Unix() }
	own := func(key string) string {
		return mint(t, w, provider.TokenRequest{AsIs: true, Key: key, Claims: map[string]any{"iss": "https://accounts.google.com", "sub": "777", "aud": "google-oauth2-app", "exp": at(60)}})
	}
	login := refreshable(w, "openid")
	for name, subject := range map[string]string{
		"nothing at all":               "x",
		"another provider's":           w.providerToken(provider.ProviderTokenRequest{Connection: "apple", Email: "gil@shop.example"}),
		"one for another app":          google(provider.ProviderTokenRequest{Audience: "other-app"}),
		"one for no app":               google(provider.ProviderTokenRequest{Claims: map[string]any{"aud": []string{}}}),
		"an expired one":               google(provider.ProviderTokenRequest{ExpiresInSeconds: -1}),
		"one that never expires":       google(provider.ProviderTokenRequest{Claims: map[string]any{"exp": nil}}),
		"one without a subject":        google(provider.ProviderTokenRequest{Claims: map[string]any{"sub": ""}}),
		"one of another issuer":        google(provider.ProviderTokenRequest{Claims: map[string]any{"iss": "https://evil.example"}}),
		"one nobody signed":            "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"one with an altered payload":  parts[0] + "." + strings.Split(google(provider.ProviderTokenRequest{Subject: "778"}), ".")[1] + "." + parts[2],
		"one by an unknown key":        own("unknown"),
		"an ID token of the tenant's":  login.text("id_token"),
		"an access token of the same":  login.text("access_token"),
		"an authorization code":        w.providerToken(provider.ProviderTokenRequest{Connection: "apple", Email: "gil@shop.example", Type: appleCode}),
		"a very long one":              strings.Repeat("a.", 20000),
		"a token with a JSON fragment": `{"iss":"https://accounts.google.com"}`,
	} {
		res := w.social(googleType, subject)
		if res.status != 400 || res.text("error_description") != badSubject || res.header.Get("Faux0-Hint") == "" {
			t.Errorf("%s: %d %s, hint %q", name, res.status, res.body, res.header.Get("Faux0-Hint"))
		}
	}
	if got := w.events(tenant.LogFailedNativeSocial); len(got) != 16 || got[0].Description != badSubject {
		t.Errorf("%d events fens", len(got))
	}
	w.social(googleType, own("current")).want(200)
	w.social(googleType, good).want(200)
	w.control.Clock().Advance(hour)
	w.social(googleType, good).wantError(400, "invalid_request", badSubject)
	// What plays Google's token is no token of the tenant's.
	w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+google(provider.ProviderTokenRequest{Audience: base + "/userinfo"})), "").want(401)
}

func TestWhoMayNotUseNativeSocialLogin(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging, func(c *provider.Config) {
		client(c, "shopWeb").NativeSocialLogin.Apple = nil
		client(c, "shopWeb").NativeSocialLogin.Facebook = &tenant.Enabled{}
		client(c, "shopPortal").NativeSocialLogin = &tenant.NativeSocialLogin{Google: &tenant.Enabled{Enabled: true}}
		userOf(c.Snapshot, "google-oauth2|777").Blocked = true
	})
	subject := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
	w.social(appleType, subject).wantError(403, "unauthorized_client", notAllowed)
	w.social(facebook, subject).wantError(403, "unauthorized_client", notAllowed)
	w.social(googleType, subject, "client_id", "shopPortal", "client_secret", "shop-portal-secret").
		wantError(403, "unauthorized_client", "The connection is not enabled for the client.")
	w.social(googleType, subject).wantError(403, "unauthorized", "user is blocked")
}

func TestRFC8693_2_1_MalformedExchanges(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	w.social(googleType, "").wantError(400, "invalid_request", "Missing required parameter: subject_token")
	w.social("", "x").wantError(400, "invalid_request", "Missing required parameter: subject_token_type")
	res := w.social("http://auth0.com/oauth/token-type/gogle-id-token", "x").
		wantError(400, "invalid_request", "Unsupported subject_token_type: http://auth0.com/oauth/token-type/gogle-id-token")
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, googleType) {
		t.Errorf("the hint is %q", hint)
	}
	w.token("grant_type", exchange, "subject_token", "x", "subject_token_type", googleType).wantError(401, "access_denied", "Unauthorized")
	w.social("urn:ietf:params:oauth:token-type:refresh_token", "x", "audience", "urn:tenant.localhost:session_transfer").want(501)
	w.token("grant_type", "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token", "client_id", "shopWeb").want(501)
	w.token("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id", "shopWeb", "assertion", "x").want(501)
}

func TestProviderTokensOverHTTP(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	b := w.browser()
	res := b.postJSON("/_faux0/provider-tokens", map[string]any{"connection": "google-oauth2", "email": "gil@shop.example"}).want(200)
	w.social(res.text("subject_token_type"), res.text("subject_token")).want(200)
	for _, bad := range []map[string]any{
		{"connection": "gogle-oauth2", "email": "gil@shop.example"},
		{"connection": "google-oauth2"},
		{"connection": "google-oauth2", "email": "x"},
		{"connection": "Staff", "email": "gil@shop.example"},
		{"connection": "google-oauth2", "email": "gil@shop.example", "subject_token_type": appleType},
	} {
		b.postJSON("/_faux0/provider-tokens", bad).want(400)
	}
}

func (w *world) behalf(clientID, subject, audience string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", exchange, "client_id", clientID, "client_secret", clientID + "-secret", "subject_token_type", accessType,
		"subject_token", subject, "audience", audience,
	}, changes...)...)
}

func TestRFC8693_4_1_TheChainOfActorsGrows(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	subject := refreshable(w, "openid read:orders").text("access_token")
	first := w.behalf(middleTier, subject, catalog).want(200)
	for name, want := range map[string]string{
		"token_type": "Bearer", "issued_token_type": accessType, "refresh_token": "", "id_token": "", "scope": "read:catalog",
	} {
		equal(t, name, first.text(name), want)
	}
	got := claims(t, first.text("access_token"))
	equal(t, "sub", got["sub"], any("auth0|ada"))
	equal(t, "aud", got["aud"], any(catalog))
	equal(t, "azp", got["azp"], any(middleTier))
	equal(t, "actors", actors(got), "shopMiddle shopWeb")

	second := claims(t, w.behalf(furtherTier, first.text("access_token"), orders).want(200).text("access_token"))
	equal(t, "actors", actors(second), "shopFurther shopMiddle shopWeb")
	equal(t, "permissions", second["permissions"].([]any)[0], any("read:orders"))
	events := w.events(tenant.LogSuccessOnBehalf)
	if len(events) != 2 || events[0].UserID != "auth0|ada" || events[0].Details["requested_token_type"] != accessType || events[0].Details["actor"] == nil {
		t.Errorf("events: %+v", events)
	}
}

func actors(c map[string]any) string {
	var list []string
	for act, _ := c["act"].(map[string]any); act != nil; act, _ = act["act"].(map[string]any) {
		list = append(list, act["sub"].(string))
	}
	return strings.Join(list, " ")
}

func TestTheChainOfActorsIsLimited(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	token := refreshable(w, "openid").text("access_token")
	tiers, audiences := []string{middleTier, furtherTier}, []string{catalog, orders}
	for i := range 4 { // two actors after the first exchange, five after the fourth
		token = w.behalf(tiers[i%2], token, audiences[i%2]).want(200).text("access_token")
	}
	equal(t, "actors", len(strings.Fields(actors(claims(t, token)))), 5)
	w.behalf(middleTier, token, catalog).
		wantError(400, "invalid_request", "Delegation chain (`act` claim) depth exceeds the maximum allowed limit of 4")
}

func TestRFC8693_2_2_2_SubjectTokensThatWillNotDo(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging, func(c *provider.Config) {
		for _, api := range c.Snapshot.ResourceServers {
			if api.Identifier == catalog {
				api.SigningAlg, api.SigningSecret = "HS256", "a-secret-of-the-catalog"
			}
		}
	})
	login := refreshable(w, "openid read:orders")
	hs := w.token(redeemWeb(w.browser().code(webRequest("audience", catalog), "ada@shop.example"))...).text("access_token")
	for name, subject := range map[string]string{
		"an ID token":             login.text("id_token"),
		"an opaque one":           w.token(redeemWeb(w.browser().code(webRequest("audience", ""), "ada@shop.example"))...).text("access_token"),
		"one of a shared secret":  hs,
		"a machine's":             w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders).text("access_token"),
		"one for another API":     mint(t, w, provider.TokenRequest{Client: "shopWeb", User: "auth0|ada", Audience: "https://ledger.example-no", AsIs: true, Claims: map[string]any{"iss": base + "/", "sub": "auth0|ada", "aud": "https://other.example", "exp": start.Add(hour).Unix()}}),
		"one of an unknown user":  mint(t, w, provider.TokenRequest{AsIs: true, Claims: map[string]any{"iss": base + "/", "sub": "auth0|gone", "aud": orders, "exp": start.Add(hour).Unix()}}),
		"one of another issuer":   mint(t, w, provider.TokenRequest{AsIs: true, Claims: map[string]any{"iss": "https://evil.example/", "sub": "auth0|ada", "aud": orders, "exp": start.Add(hour).Unix()}}),
		"one that has expired":    mint(t, w, provider.TokenRequest{AsIs: true, Claims: map[string]any{"iss": base + "/", "sub": "auth0|ada", "aud": orders, "exp": start.Unix()}}),
		"one by an unknown key":   mint(t, w, provider.TokenRequest{AsIs: true, Key: "unknown", Claims: map[string]any{"iss": base + "/", "sub": "auth0|ada", "aud": orders, "exp": start.Add(hour).Unix()}}),
		"nothing that is a token": "x",
	} {
		if res := w.behalf(middleTier, subject, orders); res.status != 400 || res.text("error_description") != badSubject {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	if n := len(w.events(tenant.LogFailedOnBehalf)); n != 10 {
		t.Errorf("%d failures in the log, want 10", n)
	}
	good := login.text("access_token")
	w.behalf(middleTier, good, "").wantError(400, "invalid_request", "Missing required parameter: audience")
	w.behalf(middleTier, good, orders, "requested_token_type", "urn:ietf:params:oauth:token-type:id_token").
		wantError(400, "invalid_request", "Unsupported requested_token_type: urn:ietf:params:oauth:token-type:id_token")
	w.behalf(middleTier, good, orders, "client_secret", "wrong").wantError(401, "access_denied", "Unauthorized")
	w.behalf(middleTier, good, orders, "requested_token_type", accessType).want(200)
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	w.behalf(middleTier, good, orders).wantError(403, "unauthorized", "user is blocked")
}

func TestWhoMayNotActForUsers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tenant.Client)
		status int
		hint   string
	}{
		"not allowed":      {func(c *tenant.Client) { c.TokenExchange = nil }, 403, "token_exchange.allow_any_profile_of_type"},
		"no API":           {func(c *tenant.Client) { c.ResourceServerIdentifier = "" }, 403, "resource_server_identifier"},
		"a web app":        {func(c *tenant.Client) { c.AppType = "regular_web" }, 403, "app_type"},
		"without a secret": {func(c *tenant.Client) { c.TokenEndpointAuthMethod = "none" }, 401, "cannot act for users"},
	} {
		w := run(t, exchanging, func(config *provider.Config) { c.change(client(config, middleTier)) })
		res := w.behalf(middleTier, refreshable(w, "openid").text("access_token"), catalog)
		if res.status != c.status || !strings.Contains(res.header.Get("Faux0-Hint"), c.hint) {
			t.Errorf("%s: %d %s, hint %q", name, res.status, res.body, res.header.Get("Faux0-Hint"))
		}
	}
}

func TestOnBehalfOfKeepsTheOrganizationAndWidensNothing(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging)
	subject := w.token(redeemWeb(w.browser().code(webRequest("organization", "org_eu"), "ada@shop.example"))...).want(200).text("access_token")
	got := claims(t, w.behalf(middleTier, subject, orders, "scope", "openid offline_access write:orders no:such").want(200).text("access_token"))
	equal(t, "org_id", got["org_id"], any("org_eu"))
	equal(t, "scope", got["scope"], any("openid write:orders"))
	userinfo := w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+mint(t, w, provider.TokenRequest{AsIs: true, Claims: map[string]any{
		"iss": base + "/", "sub": "auth0|ada", "aud": base + "/userinfo", "scope": "openid", "exp": start.Add(hour).Unix(), "act": map[string]any{"sub": "helper"},
	}})), "").want(200).json()
	equal(t, "act of /userinfo", userinfo["act"].(map[string]any)["sub"], any("helper"))
	w.edit("auth0|ada", func(u *tenant.User) { u.Organizations = nil })
	w.behalf(middleTier, subject, orders).wantError(403, "access_denied", "user auth0|ada is not part of the org_eu organization")
	if !slices.Contains([]int{400, 403}, w.behalf(middleTier, subject, orders, "organization", "org_nowhere").status) {
		t.Error("an unknown organization was taken")
	}
}
