package provider_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// callbackURL is where providers send the browser back to.
const callbackURL = base + "/login/callback"

// partner is a tenant that plays the identity provider of another. It logs in
// whomever login_hint names.
func partner(t *testing.T, changes ...change) *world {
	t.Helper()
	return run(t, append([]change{func(c *provider.Config) {
		c.HeadlessLogin = true
		portal := client(c, "shopPortal")
		portal.Callbacks = append(portal.Callbacks, callbackURL)
	}}, changes...)...)
}

// partnerOptions are those of a connection to the partner, by discovery.
func partnerOptions(p *world, changes ...any) map[string]any {
	options := map[string]any{
		"type": "back_channel", "discovery_url": p.server.URL + "/.well-known/openid-configuration",
		"client_id": "shopPortal", "client_secret": "shop-portal-secret", "scope": "openid profile email",
	}
	for i := 0; i < len(changes); i += 2 {
		options[changes[i].(string)] = changes[i+1]
	}
	return options
}

// toPartner starts a login and returns the address at the partner.
func (b *browser) toPartner(connection string, changes ...string) *url.URL {
	b.w.t.Helper()
	page := b.authorize(webRequest(append([]string{"connection", connection, "scope", "openid profile email"}, changes...)...)).wantPath("/u/pretend/" + connection)
	return b.get(page.RequestURI()).location()
}

// goTo goes to an address of the world's own listener, as another browser
// window would, and returns where that leads.
func goTo(t *testing.T, at *url.URL) *url.URL {
	t.Helper()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	to, err := res.Location()
	if err != nil {
		t.Fatalf("%s answers %s", at, res.Status)
	}
	return to
}

func TestRealProviderLogsIn(t *testing.T) {
	t.Parallel()
	p := partner(t)
	w := run(t, connect("corp", "oidc", partnerOptions(p), "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp", "login_hint", "ada@shop.example")
	for name, want := range map[string]string{
		"client_id": "shopPortal", "redirect_uri": callbackURL, "response_type": "code", "scope": "openid profile email", "login_hint": "ada@shop.example", "code_challenge_method": "S256", "nonce": "",
	} {
		equal(t, name, at.Query().Get(name), want)
	}
	back := goTo(t, at)
	if !strings.HasPrefix(back.String(), callbackURL+"?") {
		t.Fatalf("the partner sends the browser to %s", back)
	}
	done := b.get(back.RequestURI()).wantPath("/authorize/resume")
	got := w.profile(b.get(done.RequestURI()))
	equal(t, "sub", got["sub"], any("oidc|corp|auth0|ada"))
	equal(t, "email", got["email"], any("ada@shop.example"))
	user := userOf(w.control.Snapshot(), "oidc|corp|auth0|ada")
	equal(t, "provider", user.Identities[0].Provider, "oidc")
	var logged *provider.LogEvent
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		if e.Type == tenant.LogSuccessLogin {
			logged = &e
		}
	}
	if logged == nil {
		t.Fatal("the login is not in the tenant's log")
	}
	equal(t, "channel", logged.Details["channel"], any("back_channel"))
	equal(t, "id_token_signing_alg", logged.Details["id_token_signing_alg"], any("RS256"))
	equal(t, "strategy", logged.Strategy, "oidc")
	// The answer counts once.
	b.get(back.RequestURI()).want(400)
	// The session is of the connection.
	if b.authorize(webRequest("connection", "corp", "prompt", "none")).query().Get("code") == "" {
		t.Error("the session does not answer for its connection")
	}
}

func TestRealProviderByTheFrontChannel(t *testing.T) {
	t.Parallel()
	p := partner(t)
	w := run(t, connect("corp", "oidc", partnerOptions(p, "type", "front_channel", "client_secret", ""), "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp", "login_hint", "ada@shop.example")
	equal(t, "response_type", at.Query().Get("response_type"), "id_token")
	equal(t, "response_mode", at.Query().Get("response_mode"), "form_post")
	if at.Query().Get("nonce") == "" || at.Query().Get("code_challenge") != "" {
		t.Errorf("the request is %s", at.RawQuery)
	}
	res, err := http.Get(at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	fields := (&answer{t: t, status: 200, body: string(page)}).fields()
	done := b.post("/login/callback", fields...).wantPath("/authorize/resume")
	equal(t, "sub", w.profile(b.get(done.RequestURI()))["sub"], any("oidc|corp|auth0|ada"))
}

func TestRealProviderOptions(t *testing.T) {
	t.Parallel()
	p := partner(t)
	for name, c := range map[string]struct {
		strategy string
		options  map[string]any
		sub      string
	}{
		"the issuer alone":     {"oidc", partnerOptions(p, "discovery_url", "", "issuer", p.server.URL+"/"), "oidc|corp|auth0|ada"},
		"everything spelt out": {"oidc", partnerOptions(p, "discovery_url", "", "issuer", p.server.URL+"/", "authorization_endpoint", p.server.URL+"/authorize", "token_endpoint", p.server.URL+"/oauth/token", "jwks_uri", p.server.URL+"/.well-known/jwks.json"), "oidc|corp|auth0|ada"},
		"what Auth0 kept":      {"oidc", partnerOptions(p, "discovery_url", "", "oidc_metadata", map[string]any{"issuer": p.server.URL + "/", "authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/oauth/token", "jwks_uri": p.server.URL + "/.well-known/jwks.json"}), "oidc|corp|auth0|ada"},
		"a nonce as well":      {"oidc", partnerOptions(p, "send_back_channel_nonce", true), "oidc|corp|auth0|ada"},
		"plain PKCE":           {"oidc", partnerOptions(p, "connection_settings", map[string]any{"pkce": "plain"}), "oidc|corp|auth0|ada"},
		"no PKCE":              {"oidc", partnerOptions(p, "connection_settings", map[string]any{"pkce": "disabled"}), "oidc|corp|auth0|ada"},
		"Okta":                 {"okta", partnerOptions(p), "okta|corp|auth0|ada"},
		"Microsoft's stand-in": {"waad", partnerOptions(p), "waad|auth0|ada"},
		"Google's stand-in":    {"google-oauth2", partnerOptions(p), "google-oauth2|auth0|ada"},
		"plain OAuth":          {"oauth2", map[string]any{"authorizationURL": p.server.URL + "/authorize", "tokenURL": p.server.URL + "/oauth/token", "userInfoURL": p.server.URL + "/userinfo", "client_id": "shopPortal", "client_secret": "shop-portal-secret", "scope": "openid email", "upstream_params": map[string]any{"login_hint": map[string]any{"alias": "login_hint"}}, "pkce_enabled": true}, "oauth2|corp|auth0|ada"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", c.strategy, c.options, "shopWeb"))
			b := w.browser()
			done := b.get(goTo(t, b.toPartner("corp", "login_hint", "ada@shop.example")).RequestURI()).wantPath("/authorize/resume")
			equal(t, "sub", w.profile(b.get(done.RequestURI()))["sub"], any(c.sub))
		})
	}
}

// Claims are mapped as the connection says.
func TestRealProviderClaims(t *testing.T) {
	t.Parallel()
	p := partner(t, func(c *provider.Config) {
		u := userOf(c.Snapshot, "auth0|ada")
		u.Name, u.Nickname, u.Profile = "Ada L", "al", map[string]any{"locale": "en", "zoneinfo": "UTC"}
	})
	for mode, want := range map[string]struct {
		settings map[string]any
		nickname string
		locale   any
	}{
		"bind_all":      {map[string]any{"mapping_mode": "bind_all"}, "al", "en"},
		"basic_profile": {map[string]any{"mapping_mode": "basic_profile"}, "al", "en"},
		"use_map": {map[string]any{"mapping_mode": "use_map", "attributes": map[string]any{
			"email": "${context.tokenset.email}", "nickname": "${context.userinfo.nickname}-${context.tokenset.name}", "verified": "${context.tokenset.email_verified}",
		}}, "al-Ada L", nil},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", "oidc", partnerOptions(p, "attribute_map", want.settings), "shopWeb"))
			b := w.browser()
			done := b.get(goTo(t, b.toPartner("corp", "login_hint", "ada@shop.example")).RequestURI()).wantPath("/authorize/resume")
			b.get(done.RequestURI())
			u := userOf(w.control.Snapshot(), "oidc|corp|auth0|ada")
			equal(t, "nickname", u.Nickname, want.nickname)
			equal(t, "locale", u.Profile["locale"], want.locale)
			equal(t, "email", u.Email, "ada@shop.example")
			if mode == "use_map" {
				equal(t, "verified", u.Identities[0].ProfileData["verified"], any(true))
			}
			if u.Identities[0].ProfileData["iss"] != nil {
				t.Error("the token's own claims are the person's")
			}
		})
	}
}

func TestProviderElsewhereIsPlayed(t *testing.T) {
	t.Parallel()
	for _, issuer := range []string{"https://corp.okta.com", "http://10.0.0.1:4400", "https://localhost.evil.example", "ftp://localhost/", "https://user@localhost:1/", "not a URL"} {
		w := run(t, connect("corp", "oidc", map[string]any{"issuer": issuer, "client_id": "x"}, "shopWeb"))
		b := w.browser()
		page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
		if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "This page plays corp") {
			t.Errorf("%s is not played", issuer)
		}
	}
	// A real one is not played, even where somebody posts as if it were.
	w := run(t, connect("corp", "oidc", partnerOptions(partner(t)), "shopWeb"))
	b := w.browser()
	page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
	b.post(page.RequestURI(), "email", "zoe@mail.example").wantPath("/u/pretend/corp")
	for _, u := range w.control.Snapshot().Users {
		if u.Connection == "corp" {
			t.Error("the pretend page logged somebody in at a real provider's connection")
		}
	}
}

// What goes wrong at the provider reaches the app, and the hint says where to
// look.
func TestRealProviderFailures(t *testing.T) {
	t.Parallel()
	p := partner(t)
	closed := "http://127.0.0.1:1"
	for name, c := range map[string]struct {
		options           map[string]any
		code, description string
		hint              string
		before            bool // it fails before the browser is sent there
	}{
		"nobody listens":             {map[string]any{"discovery_url": closed + "/x", "client_id": "a"}, "unauthorized", "connect ECONNREFUSED 127.0.0.1:1", "cannot be reached", true},
		"no description there":       {partnerOptions(p, "discovery_url", p.server.URL+"/nowhere"), "unauthorized", "", "404", true},
		"a description of something": {partnerOptions(p, "discovery_url", p.server.URL+"/.well-known/jwks.json"), "unauthorized", "failed to parse", "no OpenID Provider", true},
		"no client_id":               {partnerOptions(p, "client_id", ""), "unauthorized", "client_id is required", "options.client_id", true},
		"a wrong secret":             {partnerOptions(p, "client_secret", "wrong"), "unauthorized", "access_denied (Unauthorized)", "options.client_secret", false},
		"a wrong issuer":             {partnerOptions(p, "issuer", "https://elsewhere.example/"), "unauthorized", "unexpected iss value, expected https://elsewhere.example/, got: " + p.server.URL + "/", "", false},
		"an algorithm not allowed":   {partnerOptions(p, "id_token_signed_response_algs", []any{"ES256"}), "unauthorized", "unexpected JWT alg received, expected ES256, got: RS256", "", false},
		"keys elsewhere":             {partnerOptions(p, "jwks_uri", "https://elsewhere.example/keys"), "unauthorized", "connect ECONNREFUSED", "is not on this machine", false},
		"a token endpoint elsewhere": {partnerOptions(p, "token_endpoint", "http://169.254.169.254/token"), "unauthorized", "connect ECONNREFUSED", "is not on this machine", false},
		"userinfo elsewhere":         {partnerOptions(p, "userinfo_endpoint", "https://elsewhere.example/me"), "unauthorized", "connect ECONNREFUSED", "is not on this machine", false},
		"no keys":                    {partnerOptions(p, "jwks_uri", p.server.URL+"/.well-known/openid-configuration"), "unauthorized", "no valid key found in issuer's jwks_uri", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", "oidc", c.options, "shopWeb"))
			b := w.browser()
			page := b.authorize(webRequest("connection", "corp", "login_hint", "ada@shop.example")).wantPath("/u/pretend/corp")
			a := b.get(page.RequestURI())
			if !c.before {
				a = b.get(goTo(t, a.location()).RequestURI())
			}
			equal(t, "error", a.query().Get("error"), c.code)
			if said := a.query().Get("error_description"); !strings.Contains(said, c.description) {
				t.Errorf("the description is %q, want %q", said, c.description)
			}
			if hint := a.header.Get("Faux0-Hint"); !strings.Contains(hint, c.hint) || !strings.Contains(hint, `connection "corp"`) {
				t.Errorf("the hint is %q, want %q", hint, c.hint)
			}
			equal(t, "type", w.lastLog().Type, tenant.LogFailedLogin)
			if got := w.control.Snapshot().Users; len(got) != len(run(t).control.Snapshot().Users) {
				t.Error("a login that failed made a user")
			}
		})
	}
}

func TestRealProviderSaysNo(t *testing.T) {
	t.Parallel()
	p := partner(t, func(c *provider.Config) { userOf(c.Snapshot, "auth0|ada").Blocked = true })
	w := run(t, connect("corp", "oidc", partnerOptions(p), "shopWeb"))
	b := w.browser()
	b.get(goTo(t, b.toPartner("corp", "login_hint", "ada@shop.example")).RequestURI()).wantSent("unauthorized", "user is blocked")
	// A callback that the provider does not allow is its own page, and an
	// error that is no word is not handed on.
	at := b.toPartner("corp")
	b.get("/login/callback?"+form("state", at.Query().Get("state"), "error", "two words", "error_description", "x")).wantSent("unauthorized", "the provider's error is none that OAuth allows")
}

func TestProviderTokensExpireByTheTenantsClock(t *testing.T) {
	t.Parallel()
	p := partner(t)
	w := run(t, connect("corp", "oidc", partnerOptions(p), "shopWeb"))
	b := w.browser()
	w.control.Clock().Advance(37 * time.Hour)
	back := goTo(t, b.toPartner("corp", "login_hint", "ada@shop.example"))
	said := b.get(back.RequestURI()).query().Get("error_description")
	if !strings.HasPrefix(said, "JWT expired, now ") {
		t.Errorf("an expired ID token is answered with %q", said)
	}
}

// Source: Auth0 docs, "Log users out of identity providers" (the providers that
// are logged out of).
func TestFederatedLogoutSaysWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	p := partner(t)
	w := run(t, google, connect("corp", "oidc", partnerOptions(p), "shopWeb"))
	b := w.browser()
	b.says("google-oauth2", "email", "zoe@mail.example")
	if hint := b.get("/v2/logout?federated&client_id=shopWeb").header.Get("Faux0-Hint"); !strings.Contains(hint, "keeps nobody logged in") {
		t.Errorf("of a pretend provider the hint says %q", hint)
	}
	b.get(b.get(goTo(t, b.toPartner("corp", "login_hint", "ada@shop.example")).RequestURI()).wantPath("/authorize/resume").RequestURI())
	if hint := b.get("/v2/logout?federated&client_id=shopWeb").header.Get("Faux0-Hint"); !strings.Contains(hint, "is not told") {
		t.Errorf("of a real provider the hint says %q", hint)
	}
}

// Okta's connections name a domain, which is reached by HTTPS; on this machine
// any certificate will do.
func TestRealProviderOverHTTPS(t *testing.T) {
	t.Parallel()
	p := runTLS(t, func(c *provider.Config) {
		c.HeadlessLogin = true
		client(c, "shopPortal").Callbacks = []string{callbackURL}
	})
	domain := strings.TrimPrefix(p.server.URL, "https://")
	w := run(t, connect("corp", "okta", map[string]any{"domain": domain, "client_id": "shopPortal", "client_secret": "shop-portal-secret"}, "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp", "login_hint", "ada@shop.example")
	equal(t, "scheme", at.Scheme+"://"+at.Host, p.server.URL)
	there := p.server.Client()
	there.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := there.Get(at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatal(err)
	}
	done := b.get(back.RequestURI()).wantPath("/authorize/resume")
	equal(t, "sub", w.profile(b.get(done.RequestURI()))["sub"], any("okta|corp|auth0|ada"))
}
