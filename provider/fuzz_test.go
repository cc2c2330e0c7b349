package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// handler is the tenant without a listener, which fuzzing does not need.
func handler(f *testing.F, changes ...change) http.Handler {
	f.Helper()
	data, err := fixture()
	if err != nil {
		f.Fatal(err)
	}
	snapshot, _, err := fixtures.Parse(fixtures.Options{Domain: "localhost"}, "tenant.yaml", data)
	if err != nil {
		f.Fatal(err)
	}
	config := provider.Config{Snapshot: snapshot, IDs: tenant.SeededIDs(1), Now: func() time.Time { return start }, FixtureUsers: true}
	// What fails is counted, and does not stand before what comes after it.
	config.Snapshot.AttackProtection.BruteForce.Shields = []string{}
	config.Snapshot.AttackProtection.SuspiciousIP.Shields = []string{}
	for _, c := range changes {
		c(&config)
	}
	p, err := provider.New(config)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// unbuilt are all the things that may be answered by 501, here and nowhere else.
var unbuilt = regexp.MustCompile(`(grant_type (urn:ietf:params:oauth:grant-type:jwt-bearer|urn:okta:params:oauth:grant-type:webauthn|urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token)|the session transfer token|login through the (email|sms) connection)`)

// sound fails on answers that no request may get: a server error that is not
// one of the two that Auth0 has, or headers of more than one line.
func sound(t *testing.T, res *http.Response, body string) {
	t.Helper()
	expected := strings.Contains(body, "Authorization server not configured") || strings.Contains(body, "Unable to issue redirect")
	if res.StatusCode == http.StatusNotImplemented {
		expected = unbuilt.MatchString(body)
	}
	if res.StatusCode >= 500 && !expected {
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	for name, values := range res.Header {
		if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			t.Fatalf("%s: %q", name, values)
		}
	}
}

// FuzzTokenBody sends any body under any Content-Type to /oauth/token: it is
// answered in the endpoint's own shape, and never by a server error.
func FuzzTokenBody(f *testing.F) {
	h := handler(f)
	for _, seed := range []struct{ contentType, body string }{
		{"application/x-www-form-urlencoded", form(redeemWeb("x")...)},
		{"application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=shopWorker&client_secret=shop-worker-secret&audience=https%3A%2F%2Forders.example&scope=read:orders"},
		{"application/x-www-form-urlencoded", "grant_type=refresh_token&client_id=shopWeb&refresh_token=v1.Mxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
		{"application/json", `{"grant_type":"password","client_id":"shopPortal","client_secret":"shop-portal-secret","username":"ada@shop.example","password":"Correct-Horse-9","scope":["openid","email"]}`},
		{"application/json", `{"grant_type":"http://auth0.com/oauth/grant-type/password-realm","client_id":"shopPortal","client_secret":"shop-portal-secret","username":"sam","password":"x","realm":"Staff"}`},
		{"application/json; charset=utf-8", `{"grant_type":{"a":[1,null,true]},"client_id":1e9}`},
		{"", "{}"}, {"text/plain", "a;b"}, {"application/json", "null"}, {"a/b; c", "%"}, {"application/merge-patch+json", "[1]"},
	} {
		f.Add(seed.contentType, seed.body)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest("POST", "http://localhost/oauth/token", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		sound(t, w.Result(), w.Body.String())
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("status %d, and no JSON object: %s", w.Code, w.Body)
		}
		if member := map[bool]string{true: "access_token", false: "error"}[w.Code == http.StatusOK]; answer[member] == nil {
			t.Fatalf("status %d without %s: %s", w.Code, member, w.Body)
		}
	})
}

// FuzzAuthorize sends any query to /authorize, with and without a session: the
// browser is never sent anywhere but to the login page or to a callback on the
// client's list.
func FuzzAuthorize(f *testing.F) {
	h := handler(f)
	session := signedIn(f, h)
	for _, pairs := range [][]string{
		webRequest(), webRequest("response_mode", "form_post"), webRequest("response_mode", "web_message", "prompt", "none"), webRequest("response_type", "code token id_token", "nonce", "n"),
		webRequest("organization", "org_eu"), webRequest("max_age", "0"), portalRequest("connection", "Staff"), webRequest("redirect_uri", "https://x.preview.example/callback"),
		webRequest("redirect_uri", "http://localhost:3000\\@evil.example/callback"), {"client_id", "shopWeb", "redirect_uri", "//evil.example"}, {},
	} {
		f.Add(form(pairs...))
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, cookie := range []string{"", session} {
			r := httptest.NewRequest("GET", "http://localhost/authorize", nil)
			r.URL.RawQuery = query
			if cookie != "" {
				r.Header.Set("Cookie", cookie)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			sound(t, w.Result(), w.Body.String())
			if to := w.Header().Get("Location"); to != "" && !goodTarget(to) {
				t.Fatalf("%q leads to %q", query, to)
			}
			if strings.Contains(w.Body.String(), "<script>alert") {
				t.Fatalf("%q is markup: %s", query, w.Body)
			}
		}
	})
}

// goodTarget says whether a browser may be sent there, judged as a browser
// would: by the host that the URL parses to.
func goodTarget(to string) bool {
	if strings.HasPrefix(to, "/u/login?state=") {
		return true
	}
	u, err := url.Parse(to)
	if err != nil || u.User != nil {
		return false
	}
	switch host := strings.ToLower(u.Host); {
	case u.Scheme == "com.shop.app":
		return host == "callback"
	case u.Scheme == "http":
		return host == "localhost:3000" && u.Path == "/callback"
	case u.Scheme == "https" && strings.HasSuffix(host, ".preview.example"):
		return strings.Count(host, ".") == 2 && u.Path == "/callback"
	case u.Scheme == "https":
		return strings.HasSuffix(host, ".example") && strings.Count(host, ".") == 1 && u.Path == "/callback"
	}
	return false
}

// signedIn logs in and returns the session's cookie.
func signedIn(f *testing.F, h http.Handler) string {
	f.Helper()
	send := func(r *http.Request) *http.Response {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	page := send(httptest.NewRequest("GET", "http://localhost/authorize?"+form(webRequest()...), nil))
	login := httptest.NewRequest("POST", "http://localhost"+page.Header.Get("Location"), strings.NewReader(form("username", "ada@shop.example", "password", password)))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range page.Cookies() {
		login.AddCookie(c)
	}
	for _, c := range send(login).Cookies() {
		if c.Name == "auth0_plain" {
			return c.Name + "=" + c.Value
		}
	}
	f.Fatal("no session")
	return ""
}
