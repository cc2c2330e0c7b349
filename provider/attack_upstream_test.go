package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/faux0/faux0/provider"
)

// forger is an identity provider that gives whatever tokens the test wants. Its
// keys are another tenant's.
type forger struct {
	*httptest.Server
	keys *world
	// answer is what the token endpoint says, asked how often it was asked.
	answer atomic.Value
	asked  atomic.Int32
	// more is added to its description.
	more map[string]any
}

func forge(t *testing.T, more map[string]any) *forger {
	t.Helper()
	f := &forger{keys: run(t), more: more}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *forger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		description := map[string]any{
			"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
		}
		maps.Copy(description, f.more)
		_ = json.NewEncoder(w).Encode(description)
	case "/keys":
		_, _ = w.Write([]byte(f.keys.browser().get("/.well-known/jwks.json").body))
	case "/me":
		_, _ = w.Write([]byte(`{"sub": "somebody else", "email": "admin@corp.example"}`))
	case "/moved":
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusTemporaryRedirect)
	case "/token":
		f.asked.Add(1)
		_, _ = w.Write([]byte(f.answer.Load().(string)))
	}
}

// sign makes an ID token by one of the keys.
func (f *forger) sign(t *testing.T, key string, claims map[string]any) string {
	t.Helper()
	made, err := f.keys.control.Token(provider.TokenRequest{AsIs: true, Key: key, Claims: claims})
	if err != nil {
		t.Fatal(err)
	}
	return made.AccessToken
}

// good are the claims of an ID token that is right but for what changes.
func (f *forger) good(nonce string, changes ...any) map[string]any {
	claims := map[string]any{
		"iss": f.URL, "aud": "corp-app", "sub": "zoe", "iat": start.Unix(), "exp": start.Unix() + 300, "nonce": nonce, "email": "zoe@corp.example",
	}
	for i := 0; i < len(changes); i += 2 {
		claims[changes[i].(string)] = changes[i+1]
		if changes[i+1] == nil {
			delete(claims, changes[i].(string))
		}
	}
	return claims
}

// unsigned makes a JWT of a header and claims, with a signature that is not.
func unsigned(header string, claims map[string]any, signature string) string {
	payload, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode(payload) + "." + signature
}

func TestForgedIDTokensAreRefused(t *testing.T) {
	t.Parallel()
	kid := part(t, forge(t, nil).sign(t, "", map[string]any{}), 0)["kid"].(string)
	for name, c := range map[string]struct {
		idToken func(f *forger, nonce string) string
		says    string
	}{
		"none for an algorithm": {func(f *forger, n string) string { return unsigned(`{"alg":"none"}`, f.good(n), "") }, "unexpected JWT alg received, expected RS256, got: none"},
		"a secret for a key": {func(f *forger, n string) string {
			return unsigned(`{"alg":"HS256","kid":"`+kid+`"}`, f.good(n), "c2ln")
		}, "unexpected JWT alg received, expected RS256, got: HS256"},
		"no signature": {func(f *forger, n string) string {
			return unsigned(`{"alg":"RS256","kid":"`+kid+`"}`, f.good(n), "c2ln")
		}, "failed to validate JWT signature"},
		"a key of its own": {func(f *forger, n string) string {
			return unsigned(`{"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}`, f.good(n), "c2ln")
		}, "failed to validate JWT signature"},
		"an unknown key":   {func(f *forger, n string) string { return f.sign(t, "unknown", f.good(n)) }, "no valid key found in issuer's jwks_uri"},
		"no JWT":           {func(f *forger, _ string) string { return "abc" }, "failed to decode JWT"},
		"no ID token":      {func(f *forger, _ string) string { return "" }, "id_token not present in TokenSet"},
		"another issuer":   {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "iss", "https://evil.example/")) }, "unexpected iss value"},
		"another audience": {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "aud", "other-app")) }, "aud mismatch, expected corp-app, got: other-app"},
		"no audience":      {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "aud", nil)) }, "missing required JWT property aud"},
		"two audiences":    {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "aud", []any{"corp-app", "other"})) }, "missing required JWT property azp"},
		"another party": {func(f *forger, n string) string {
			return f.sign(t, "", f.good(n, "aud", []any{"corp-app", "other"}, "azp", "other"))
		}, "azp mismatch, got: other"},
		"expired":               {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "exp", start.Unix()-11)) }, "JWT expired"},
		"no end":                {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "exp", nil)) }, "missing required JWT property exp"},
		"an end that is a text": {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "exp", "tomorrow")) }, "JWT exp claim must be a JSON numeric value"},
		"no beginning":          {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "iat", nil)) }, "missing required JWT property iat"},
		"not yet":               {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "nbf", start.Unix()+60)) }, "JWT not active yet"},
		"another nonce":         {func(f *forger, _ string) string { return f.sign(t, "", f.good("another")) }, "nonce mismatch"},
		"no nonce":              {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "nonce", nil)) }, "nonce mismatch"},
		"nobody":                {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "sub", "")) }, "missing required JWT property sub"},
		"nobody at all":         {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "sub", nil)) }, "missing required JWT property sub"},
		"another access token":  {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "at_hash", "AAAA")) }, "at_hash mismatch"},
		"another code":          {func(f *forger, n string) string { return f.sign(t, "", f.good(n, "c_hash", "AAAA")) }, "c_hash mismatch"},
		"nothing wrong with it": {func(f *forger, n string) string { return f.sign(t, "", f.good(n)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := forge(t, nil)
			w := run(t, connect("corp", "oidc", map[string]any{
				"type": "back_channel", "discovery_url": f.URL + "/.well-known/openid-configuration", "client_id": "corp-app", "send_back_channel_nonce": true,
			}, "shopWeb"))
			b := w.browser()
			at := b.toPartner("corp")
			said, _ := json.Marshal(map[string]string{"access_token": "at", "id_token": c.idToken(f, at.Query().Get("nonce"))})
			f.answer.Store(string(said))
			a := b.get("/login/callback?" + form("state", at.Query().Get("state"), "code", "c"))
			if c.says == "" {
				a.wantPath("/authorize/resume")
				return
			}
			if got := a.query().Get("error_description"); !strings.Contains(got, c.says) {
				t.Errorf("the app is told %q, want %q", got, c.says)
			}
			for _, u := range w.control.Snapshot().Users {
				if u.Connection == "corp" {
					t.Error("a forged token made a user")
				}
			}
		})
	}
}

func TestProvidersAnswerIsForOneLoginOfOneBrowser(t *testing.T) {
	t.Parallel()
	f := forge(t, nil)
	w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "issuer": f.URL, "client_id": "corp-app"}, "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp")
	said, _ := json.Marshal(map[string]string{"access_token": "at", "id_token": f.sign(t, "", f.good("", "nonce", nil))})
	f.answer.Store(string(said))
	state := at.Query().Get("state")
	login := b.authorize(webRequest()).wantPath("/u/login").Query().Get("state")
	for name, query := range map[string]string{
		"an unknown state": form("state", "unknown", "code", "c"), "no state": form("code", "c"), "a login's own state": form("state", login, "code", "c"),
		"the app's state": form("state", "s1", "code", "c"),
	} {
		if a := b.get("/login/callback?" + query); a.status != 400 {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
	other := w.browser()
	other.authorize(webRequest()) // it has a device of its own
	other.get("/login/callback?" + form("state", state, "code", "c")).want(400)
	w.browser().get("/login/callback?" + form("state", state, "code", "c")).want(400)
	equal(t, "codes redeemed for strangers", f.asked.Load(), 0)
	b.get("/login/callback?" + form("state", state, "code", "c")).wantPath("/authorize/resume")
	b.get("/login/callback?" + form("state", state, "code", "c")).want(400)
	equal(t, "codes redeemed", f.asked.Load(), 1)
	// Late is too late.
	at = b.toPartner("corp", "prompt", "login")
	w.control.Clock().Advance(hour)
	b.get("/login/callback?" + form("state", at.Query().Get("state"), "code", "c")).want(400)
}

// Source: RFC 9207 §2.4; RFC 9700 §4.4 (mix-up).
func TestProvidersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	f := forge(t, map[string]any{"authorization_response_iss_parameter_supported": true})
	w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "discovery_url": f.URL + "/.well-known/openid-configuration", "client_id": "corp-app"}, "shopWeb"))
	for iss, says := range map[string]string{"": "iss missing from the response", "https://evil.example/": "iss mismatch, expected " + f.URL + ", got: https://evil.example/"} {
		b := w.browser()
		at := b.toPartner("corp")
		b.get("/login/callback?"+form("state", at.Query().Get("state"), "code", "c", "iss", iss)).wantSent("unauthorized", says)
	}
	equal(t, "codes redeemed", f.asked.Load(), 0)
	// An error of another's is not this one's.
	b := w.browser()
	at := b.toPartner("corp")
	b.get("/login/callback?"+form("state", at.Query().Get("state"), "error", "access_denied", "iss", "https://evil.example/")).wantSent("unauthorized", "iss mismatch, expected "+f.URL+", got: https://evil.example/")
	at = b.toPartner("corp")
	b.get("/login/callback?"+form("state", at.Query().Get("state"), "error", "login_required", "error_description", "Nobody is there", "iss", f.URL)).wantSent("login_required", "Nobody is there")
}

// A provider on this machine cannot make the tenant ask another.
func TestProviderCannotSendTheTenantElsewhere(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{
		"another browser page": {"authorization_endpoint": "https://evil.example/authorize"}, "a script": {"authorization_endpoint": "javascript:alert(1)"},
	} {
		f := forge(t, more)
		w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "discovery_url": f.URL + "/.well-known/openid-configuration", "client_id": "corp-app"}, "shopWeb"))
		b := w.browser()
		page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
		if got := b.get(page.RequestURI()).query().Get("error"); got != "unauthorized" {
			t.Errorf("%s: error is %q", name, got)
		}
	}
	for name, more := range map[string]map[string]any{
		"the network's own":  {"token_endpoint": "http://169.254.169.254/latest/meta-data"},
		"a file":             {"token_endpoint": "file:///etc/passwd"},
		"a name that is not": {"token_endpoint": "http://localhost.evil.example/token"},
		"a redirect":         {"token_endpoint": "MOVED"},
	} {
		f := forge(t, more)
		if more["token_endpoint"] == "MOVED" {
			more["token_endpoint"] = f.URL + "/moved"
		}
		w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "discovery_url": f.URL + "/.well-known/openid-configuration", "client_id": "corp-app"}, "shopWeb"))
		b := w.browser()
		at := b.toPartner("corp")
		if got := b.get("/login/callback?" + form("state", at.Query().Get("state"), "code", "c")).query().Get("error"); got != "unauthorized" {
			t.Errorf("%s: error is %q", name, got)
		}
	}
}

// What a provider answers is bounded.
func TestProviderCannotFloodTheTenant(t *testing.T) {
	t.Parallel()
	f := forge(t, nil)
	w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "issuer": f.URL, "client_id": "corp-app"}, "shopWeb"))
	b := w.browser()
	for _, body := range []string{strings.Repeat(" ", 2<<20), `{"id_token": "` + strings.Repeat("x", 1<<20) + `"}`, `[]`, ``, `{"id_token": 7}`} {
		f.answer.Store(body)
		at := b.toPartner("corp", "prompt", "login")
		b.get("/login/callback?" + form("state", at.Query().Get("state"), "code", "c")).query().Get("error")
	}
	at := b.toPartner("corp", "prompt", "login")
	a := b.get("/login/callback?" + form("state", at.Query().Get("state"), "error", "server_error", "error_description", strings.Repeat("x", 9000)))
	equal(t, "length of what the app is told", len(a.query().Get("error_description")), 500)
}

// Source: OpenID Connect Core 1.0 §5.3.2 (a userinfo of another subject must not
// be used).
func TestProvidersUserinfoIsOfTheSamePerson(t *testing.T) {
	t.Parallel()
	more := map[string]any{}
	f := forge(t, more)
	more["userinfo_endpoint"] = f.URL + "/me"
	w := run(t, connect("corp", "oidc", map[string]any{"type": "back_channel", "issuer": f.URL, "client_id": "corp-app"}, "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp")
	said, _ := json.Marshal(map[string]string{"access_token": "at", "id_token": f.sign(t, "", f.good("", "nonce", nil))})
	f.answer.Store(string(said))
	b.get("/login/callback?"+form("state", at.Query().Get("state"), "code", "c")).wantSent("unauthorized", "userinfo sub mismatch, expected zoe, got: somebody else")
}
