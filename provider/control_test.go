package provider_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func TestReset(t *testing.T) {
	t.Parallel()
	for name, reset := range map[string]func(*world){
		"over HTTP": func(w *world) { w.browser().do("POST", "/_faux0/reset", nil, "").want(204) },
		"from Go": func(w *world) {
			if err := w.control.Reset(); err != nil {
				w.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t)
			b := w.browser()
			before := b.get("/_faux0/snapshot").want(200).body
			jwks := b.get("/.well-known/jwks.json").body
			code := b.code(webRequest("scope", "openid offline_access"), "ada@shop.example")
			refresh := w.token(redeemWeb(code)...).want(200).text("refresh_token")
			code = b.authorize(webRequest()).query().Get("code")
			w.edit("auth0|ada", func(u *tenant.User) { u.Name, u.Roles = "Changed", nil })
			if err := w.control.RotateKeys(); err != nil {
				t.Fatal(err)
			}
			w.control.Clock().Advance(hour)
			reset(w)
			equal(t, "the state", b.get("/_faux0/snapshot").want(200).body, before)
			equal(t, "the keys", b.get("/.well-known/jwks.json").body, jwks)
			equal(t, "the time", w.control.Clock().Now(), start)
			b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
			w.token(redeemWeb(code)...).want(403)
			w.refresh(refresh).want(403)
		})
	}
}

// TestSnapshotIsTheWholeTenant puts a tenant's snapshot into another one, which
// must then answer the same, byte for byte.
func TestSnapshotIsTheWholeTenant(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"application/yaml", "application/json"} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			from := run(t)
			from.edit("auth0|ada", func(u *tenant.User) { u.GivenName, u.AppMetadata = "Ada", map[string]any{"plan": "pro"} })
			out := from.browser().do("GET", "/_faux0/snapshot", head("Accept", accept), "").want(200)
			if strings.Contains(out.body, password) {
				t.Error("the snapshot holds a plain password")
			}
			to := run(t, func(c *provider.Config) { c.Snapshot = &tenant.Snapshot{} })
			into := to.browser().do("PUT", "/_faux0/snapshot", head("Content-Type", accept), out.body).want(200)
			equal(t, "what comes of putting it in", into.body, `{"warnings":[]}`)
			equal(t, "the snapshot of the snapshot", to.browser().do("GET", "/_faux0/snapshot", head("Accept", accept), "").want(200).body, out.body)
			to.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
				"username", "ada@shop.example", "password", password).want(200)
			for _, r := range []provider.TokenRequest{
				{Client: "shopWeb", User: "auth0|ada", Audience: orders, Scope: "openid profile read:orders"},
				{Client: "shopWeb", User: "auth0|ada", Audience: orders, Organization: "org_eu"},
				{Client: "shopWorker", Audience: orders},
			} {
				equal(t, "a token of "+r.Client, mint(t, to, r), mint(t, from, r))
			}
			// Reset now returns to what was put in.
			to.edit("auth0|ada", func(u *tenant.User) { u.Name = "Changed" })
			to.browser().do("POST", "/_faux0/reset", nil, "").want(204)
			equal(t, "the name after a reset", userOf(to.control.Snapshot(), "auth0|ada").Name, "Ada Byron")
		})
	}
}

func TestBadSnapshotChangesNothing(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	before := b.get("/_faux0/snapshot").body
	for _, bad := range []string{"clients: [", "clints: []", "users:\n  - {email: a@b.test, roles: [nobody]}\n", "\x00", "42"} {
		b.do("PUT", "/_faux0/snapshot", nil, bad).want(400)
	}
	equal(t, "the state", b.get("/_faux0/snapshot").body, before)
}

func TestClockMovesEverything(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.postJSON("/_faux0/clock", map[string]any{"freeze": "2030-05-06T07:08:09Z", "advance": "1h"}).want(200)
	equal(t, "the time from Go", w.control.Clock().Now(), time.Date(2030, 5, 6, 8, 8, 9, 0, time.UTC))
	equal(t, "frozen", b.get("/_faux0/clock").json()["frozen"], any(true))
	res := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200)
	equal(t, "iat", claims(t, res.text("access_token"))["iat"], any(float64(w.control.Clock().Now().Unix())))
	b.postJSON("/_faux0/clock", map[string]any{"run": true}).want(200)
	equal(t, "frozen after run", w.control.Clock().Frozen(), false)
	for _, bad := range []map[string]any{{"freeze": "tomorrow"}, {"advance": "soon"}, {"advance": "-1s"}, {"now": "x"}} {
		b.postJSON("/_faux0/clock", bad).want(400)
	}
	equal(t, "the time after requests that failed", w.control.Clock().Now(), time.Date(2030, 5, 6, 8, 8, 9, 0, time.UTC))
}

func TestTokensFromGoAndHTTPAreTheSame(t *testing.T) {
	t.Parallel()
	for _, r := range []provider.TokenRequest{
		{Client: "Shop Web", User: "ada@shop.example", Audience: orders, Scope: "openid read:orders write:orders"},
		{Client: "shopWorker", Audience: orders},
		{Client: "shopWeb", User: "auth0|ada", Audience: orders, Organization: "eu", ExpiresInSeconds: -60, Claims: map[string]any{"https://shop.example/plan": "pro"}},
		{AsIs: true, Key: "next", Claims: map[string]any{"sub": "x", "exp": 1}},
	} {
		r.Issuer = base + "/"
		fromGo, err := run(t).control.Token(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(fromGo)
		if err != nil {
			t.Fatal(err)
		}
		body := run(t).browser().postJSON("/_faux0/tokens", r).want(200)
		var a, b map[string]any
		if json.Unmarshal(raw, &a) != nil || json.Unmarshal([]byte(body.body), &b) != nil {
			t.Fatal("not JSON")
		}
		withoutSID(t, a) // it is random, and a request draws an id of its own before
		withoutSID(t, b)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("from Go   %s\nover HTTP %s", raw, body.body)
		}
	}
}

// withoutSID decodes the tokens of an answer and takes out what is random.
func withoutSID(t *testing.T, v map[string]any) {
	t.Helper()
	for _, name := range []string{"access_token", "id_token"} {
		if raw, ok := v[name].(string); ok && strings.Count(raw, ".") == 2 {
			c := claims(t, raw)
			delete(c, "sid")
			v[name] = c
		}
	}
}

func TestMintedTokens(t *testing.T) {
	t.Parallel()
	w := run(t)
	user := provider.TokenRequest{Client: "shopWeb", User: "auth0|ada", Audience: orders, Issuer: base + "/"}
	minted, err := w.control.Token(user)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, w, minted.AccessToken)
	equal(t, "scope when none is said", minted.Scope, "openid profile email")
	res := w.token(redeemWeb(w.browser().code(webRequest("scope", "openid profile email"), "ada@shop.example"))...).want(200)
	equal(t, "a minted token", minted.AccessToken, res.text("access_token"))

	expired := claims(t, mint(t, w, provider.TokenRequest{Client: "shopWorker", Audience: orders, ExpiresInSeconds: -1}))
	equal(t, "exp", expired["exp"], any(float64(start.Unix()-1)))
	next := mint(t, w, provider.TokenRequest{AsIs: true, Key: "next", Claims: map[string]any{"a": 1}})
	verify(t, w, next)
	forged := mint(t, w, provider.TokenRequest{AsIs: true, Key: "unknown", Claims: map[string]any{"a": 1}})
	if verifies(t, w, forged) == nil {
		t.Error("a token of an unknown key verifies")
	}
	for what, r := range map[string]provider.TokenRequest{
		"no client":                 {User: "auth0|ada"},
		"an unknown client":         {Client: "shopWep"},
		"an unknown user":           {Client: "shopWeb", User: "auth0|adda"},
		"an unknown organization":   {Client: "shopWeb", User: "auth0|ada", Organization: "us"},
		"a user who is no member":   {Client: "shopWeb", User: "auth0|nora", Organization: "eu"},
		"a blocked user":            {Client: "shopWeb", User: "auth0|bob"},
		"an unknown API":            {Client: "shopWeb", User: "auth0|ada", Audience: "https://nowhere.example"},
		"a machine without a grant": {Client: "shopWorker", Audience: catalog},
		"an unknown key":            {AsIs: true, Key: "old"},
	} {
		if _, err := w.control.Token(r); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestExplainFromGoAndHTTPIsTheSame(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := w.token(redeemWeb(w.browser().code(webRequest(), "nora@shop.example"))...).want(200).text("access_token")
	for _, r := range []provider.ExplainRequest{
		{Token: token, Issuer: base + "/"},
		{Token: "nonsense", Issuer: base + "/"},
		{Client: "shopWeb", User: "auth0|nora", Audience: orders, Issuer: base + "/"},
		{Client: "shopWeb", User: "auth0|bob", Audience: orders, Issuer: base + "/"},
	} {
		fromGo, err := w.control.Explain(r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(fromGo)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(want, &a) != nil || json.Unmarshal([]byte(w.browser().postJSON("/_faux0/explain", r).want(200).body), &b) != nil {
			t.Fatal("not JSON")
		}
		withoutSessions(a)
		withoutSessions(b)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%+v: from Go %s, over HTTP otherwise", r, want)
		}
	}
	text := w.browser().do("POST", "/_faux0/explain", head("Accept", "text/plain"), `{"token":"`+token+`"}`).want(200)
	if !strings.Contains(text.body, "role") {
		t.Errorf("the explanation of a token without permissions does not speak of roles:\n%s", text.body)
	}
	w.browser().postJSON("/_faux0/explain", map[string]any{}).want(400)
}

// withoutSessions takes the random sid out of explained claims.
func withoutSessions(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "sid")
		for _, inner := range v {
			withoutSessions(inner)
		}
	case []any:
		for _, inner := range v {
			withoutSessions(inner)
		}
	}
}

// TestKeyRotationLeavesNoGap holds a token of every generation against every
// JWKS that an API may have cached.
func TestKeyRotationLeavesNoGap(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := func() string {
		return w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders).want(200).text("access_token")
	}
	listed := func(raw string) bool {
		kid := part(t, raw, 0)["kid"].(string)
		return strings.Contains(w.browser().get("/.well-known/jwks.json").body, `"kid":"`+kid+`"`)
	}
	user := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200).text("access_token")
	cached := w.browser().get("/.well-known/jwks.json").body
	first := token()
	b := w.browser()
	b.do("POST", "/_faux0/keys/rotate", nil, "").want(200)
	second := token()
	if part(t, first, 0)["kid"] == part(t, second, 0)["kid"] {
		t.Error("the rotation changed nothing")
	}
	if kid := part(t, second, 0)["kid"].(string); !strings.Contains(cached, kid) {
		t.Error("the new key was not in the JWKS before the rotation")
	}
	verify(t, w, first)
	verify(t, w, second)
	b.do("GET", "/userinfo", head("Authorization", "Bearer "+user), "").want(200)
	if err := w.control.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	third := token()
	verify(t, w, second)
	verify(t, w, third)
	if listed(first) {
		t.Error("a key is still listed two rotations later")
	}
	b.do("GET", "/userinfo", head("Authorization", "Bearer "+user), "").want(401)
}

func TestControlAccess(t *testing.T) {
	t.Parallel()
	paths := []struct{ method, path, body string }{
		{"GET", "/_faux0/", ""}, {"POST", "/_faux0/reset", ""}, {"GET", "/_faux0/snapshot", ""}, {"PUT", "/_faux0/snapshot", "{}"},
		{"GET", "/_faux0/clock", ""}, {"POST", "/_faux0/clock", "{}"}, {"POST", "/_faux0/tokens", "{}"}, {"POST", "/_faux0/explain", "{}"},
		{"POST", "/_faux0/keys/rotate", ""}, {"GET", "/_faux0/keys", ""}, {"POST", "/_faux0/keys/revoke", `{"kid":"x"}`}, {"GET", "/_faux0/outbox", ""}, {"DELETE", "/_faux0/whatever", ""},
	}
	t.Run("a page of another origin is refused", func(t *testing.T) {
		t.Parallel()
		w := run(t)
		for _, p := range paths {
			for _, origin := range []string{"https://evil.example", "http://localhost:3000", "null", "http://tenant.localhost:4401", "https://tenant.localhost:4400"} {
				w.browser().do(p.method, p.path, head("Origin", origin), p.body).want(403)
			}
		}
		w.browser().do("GET", "/_faux0/clock", head("Origin", base), "").want(200)
	})
	t.Run("a token, if one is set, must be sent", func(t *testing.T) {
		t.Parallel()
		w := run(t, func(c *provider.Config) { c.ControlToken = "open-sesame" })
		for _, p := range paths {
			for _, h := range []http.Header{{}, head("Authorization", "Bearer wrong"), head("Authorization", "Bearer "), head("Authorization", "Bearer open-sesame-street")} {
				a := w.browser().do(p.method, p.path, h, p.body).want(401)
				if !strings.Contains(strings.Join(a.header.Values("WWW-Authenticate"), " "), "Bearer") {
					t.Errorf("%s: no challenge", p.path)
				}
			}
		}
		w.browser().do("GET", "/_faux0/clock", head("Authorization", "Bearer open-sesame"), "").want(200)
		w.browser().do("GET", "/_faux0/clock", head("Authorization", "Basic YW55Om9wZW4tc2VzYW1l"), "").want(200)
		w.browser().do("POST", "/_faux0/reset", head("Authorization", "Bearer open-sesame", "Origin", "https://evil.example"), "").want(403)
		w.browser().get("/_faux0/health").want(200)
	})
	t.Run("off is off", func(t *testing.T) {
		t.Parallel()
		w := run(t, func(c *provider.Config) { c.ControlOff = true })
		for _, p := range append(paths, struct{ method, path, body string }{"GET", "/_faux0/health", ""}) {
			w.browser().do(p.method, p.path, nil, p.body).want(404)
		}
		w.browser().get("/_faux0/static/faux0.css").want(200) // the login page needs it
	})
}

func TestCA(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.CA = []byte("-----BEGIN CERTIFICATE-----\n") })
	equal(t, "ca.pem", w.browser().get("/_faux0/ca.pem").want(200).body, "-----BEGIN CERTIFICATE-----\n")
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	w := run(t)
	css := w.browser().get("/_faux0/static/faux0.css").want(200)
	w.browser().do("GET", "/_faux0/static/faux0.css", head("If-None-Match", css.header.Get("ETag")), "").want(304)
	for _, name := range []string{"nothing", "..%2f..%2fui.go", "%2e%2e/ui.go", "..%5cui.go", ""} {
		if a := w.browser().get("/_faux0/static/" + name); a.status < 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := provider.New(provider.Config{Issuer: "localhost:4400", Hosts: []string{"http://x", ""}, Keys: []*tenant.Key{}})
	for _, want := range []string{`issuer "localhost:4400"`, `host "http://x"`, `host ""`, "keys: two"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
	for _, issuer := range []string{"ftp://x/", "https://", "https://x/y/", "https://x/?a", "https://u@x/", "https://x/#f", ":"} {
		if _, err := provider.New(provider.Config{Issuer: issuer}); err == nil {
			t.Errorf("issuer %q is taken", issuer)
		}
	}
}

func TestSnapshotGivenIsNotChanged(t *testing.T) {
	t.Parallel()
	var given *tenant.Snapshot
	w := run(t, func(c *provider.Config) { given = c.Snapshot })
	w.browser().login(webRequest("organization", "org_open"), "nora@shop.example").want(302)
	nora := userOf(given, "auth0|nora")
	if nora.Password != password || nora.LoginsCount != 0 || len(nora.Organizations) != 0 {
		t.Errorf("the login changed the caller's snapshot: %+v", nora)
	}
}
