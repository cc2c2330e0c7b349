package provider_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// What the requests of these tests have in common. Every request is dialed to
// the test's own listener, whatever its URL says, so that hosts and ports in
// answers are always the same.
const (
	base     = "http://tenant.localhost:4400"
	secure   = "https://tenant.localhost:4400"
	orders   = "https://orders.example"
	catalog  = "https://catalog.example"
	callback = "http://localhost:3000/callback"
	portalCB = "https://portal.example/callback"
	password = "Correct-Horse-9"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// start is when the frozen clock of every test stands.
var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var fixture = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("testdata/tenant.yaml") })

// world is a tenant behind a listener.
type world struct {
	t        testing.TB
	provider *provider.Provider
	control  *provider.Control
	server   *httptest.Server
	plain    *http.Transport
}

// change alters what a tenant starts from.
type change func(*provider.Config)

// run starts the tenant of testdata/tenant.yaml.
func run(t testing.TB, changes ...change) *world {
	t.Helper()
	return serve(t, httptest.NewUnstartedServer(nil), (*httptest.Server).Start, changes)
}

// runTLS is run over HTTPS.
func runTLS(t testing.TB, changes ...change) *world {
	t.Helper()
	return serve(t, httptest.NewUnstartedServer(nil), (*httptest.Server).StartTLS, changes)
}

func serve(t testing.TB, server *httptest.Server, begin func(*httptest.Server), changes []change) *world {
	t.Helper()
	data, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := fixtures.Parse(fixtures.Options{Domain: "tenant.localhost:4400"}, "tenant.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	config := provider.Config{
		Snapshot: snapshot, IDs: tenant.SeededIDs(1), Now: func() time.Time { return start }, Version: "test",
	}
	for _, c := range changes {
		c(&config)
	}
	p, err := provider.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p
	begin(server)
	w := &world{t: t, provider: p, control: p.Control(), server: server}
	w.plain = &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the listener is the test's own
		MaxIdleConnsPerHost: 256,
	}
	t.Cleanup(func() { w.plain.CloseIdleConnections(); server.Close(); p.Close() })
	return w
}

// client returns the fixture's client, to be changed before the start.
func client(c *provider.Config, id string) *tenant.Client {
	for _, v := range c.Snapshot.Clients {
		if v.ClientID == id {
			return v
		}
	}
	panic("no client " + id)
}

func api(c *provider.Config, identifier string) *tenant.ResourceServer {
	for _, v := range c.Snapshot.ResourceServers {
		if v.Identifier == identifier {
			return v
		}
	}
	panic("no API " + identifier)
}

func userOf(s *tenant.Snapshot, id string) *tenant.User {
	for _, v := range s.Users {
		if v.UserID == id {
			return v
		}
	}
	panic("no user " + id)
}

// edit changes a user of the running tenant.
func (w *world) edit(id string, f func(*tenant.User)) {
	w.t.Helper()
	u := userOf(w.control.Snapshot(), id).Clone()
	f(u)
	if _, err := w.control.PutUser(u); err != nil {
		w.t.Fatal(err)
	}
}

// browser is a user agent with cookies that follows no redirect by itself.
type browser struct {
	w    *world
	http *http.Client
	// base is the scheme and host that the tenant is reached on.
	base string
	// header is sent with every request.
	header http.Header
	// tape, if set, records every request and its response.
	tape *tape
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := base
	if w.server.TLS != nil {
		b = secure
	}
	return &browser{w: w, base: b, header: http.Header{}, http: &http.Client{
		Transport: w.plain, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response, read.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
	// request is the method and path that were asked.
	request string
}

func (b *browser) do(method, target string, header http.Header, body string) *answer {
	b.w.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.base + target
	}
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, h := range []http.Header{b.header, header} {
		for name, values := range h {
			req.Header[name] = values
		}
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	a := &answer{b.w.t, res.StatusCode, res.Header, string(raw), method + " " + req.URL.EscapedPath()}
	if b.tape != nil {
		b.tape.record(req, body, res.Status, a)
	}
	return a
}

func (b *browser) get(target string) *answer { b.w.t.Helper(); return b.do("GET", target, nil, "") }

// head is headers from name, value pairs.
func head(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func (b *browser) post(target string, pairs ...string) *answer {
	b.w.t.Helper()
	return b.do("POST", target, head("Content-Type", "application/x-www-form-urlencoded"), form(pairs...))
}

func (b *browser) postJSON(target string, v any) *answer {
	b.w.t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.do("POST", target, head("Content-Type", "application/json"), string(raw))
}

// token calls /oauth/token without cookies.
func (w *world) token(pairs ...string) *answer {
	w.t.Helper()
	return w.browser().post("/oauth/token", pairs...)
}

// form encodes name, value pairs in the order given.
func form(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		parts = append(parts, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return strings.Join(parts, "&")
}

// with is pairs with some replaced or, if new, added; an empty value removes.
func with(pairs []string, changes ...string) []string {
	out := append([]string{}, pairs...)
	for i := 0; i < len(changes); i += 2 {
		for j := 0; ; j += 2 {
			if j == len(out) {
				out = append(out, changes[i], changes[i+1])
				break
			}
			if out[j] == changes[i] {
				out[j+1] = changes[i+1]
				break
			}
		}
	}
	kept := []string{}
	for i := 0; i < len(out); i += 2 {
		if out[i+1] != "" {
			kept = append(kept, out[i], out[i+1])
		}
	}
	return kept
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// webRequest is what the single-page app sends to /authorize.
func webRequest(changes ...string) []string {
	return with([]string{
		"client_id", "shopWeb", "response_type", "code", "redirect_uri", callback, "scope", "openid profile",
		"audience", orders, "state", "s1", "code_challenge", challenge(), "code_challenge_method", "S256",
	}, changes...)
}

// portalRequest is what the app with a secret sends to /authorize.
func portalRequest(changes ...string) []string {
	return with([]string{
		"client_id", "shopPortal", "response_type", "code", "redirect_uri", portalCB, "scope", "openid profile", "state", "s1",
	}, changes...)
}

func (b *browser) authorize(pairs []string) *answer {
	b.w.t.Helper()
	return b.get("/authorize?" + form(pairs...))
}

// login goes through /authorize and the login page and returns what the app is
// sent.
func (b *browser) login(pairs []string, email string) *answer {
	b.w.t.Helper()
	return b.signIn(b.authorize(pairs), email)
}

// signIn types into the login page that a redirect leads to, and goes on to
// the answer for the app.
func (b *browser) signIn(toLogin *answer, email string) *answer {
	b.w.t.Helper()
	page := toLogin.wantPath("/u/login")
	res := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", email, "password", password, "action", "default")
	if res.status == http.StatusFound && strings.HasPrefix(res.header.Get("Location"), "/authorize/resume") {
		return b.get(res.header.Get("Location"))
	}
	return res
}

// code logs in and returns the authorization code.
func (b *browser) code(pairs []string, email string) string {
	b.w.t.Helper()
	code := b.login(pairs, email).query().Get("code")
	if code == "" {
		b.w.t.Fatal("the login gave no code")
	}
	return code
}

// redeemWeb is the token request of the single-page app.
func redeemWeb(code string, changes ...string) []string {
	return with([]string{
		"grant_type", "authorization_code", "client_id", "shopWeb", "code", code, "redirect_uri", callback, "code_verifier", verifier,
	}, changes...)
}

func redeemPortal(code string, changes ...string) []string {
	return with([]string{
		"grant_type", "authorization_code", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "code", code, "redirect_uri", portalCB,
	}, changes...)
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; Location %q, hint %q, body: %s", a.status, status, a.header.Get("Location"), a.header.Get("Faux0-Hint"), a.body)
	}
	return a
}

// wantError checks the body of an error of the Authentication API.
func (a *answer) wantError(status int, code, description string) *answer {
	a.t.Helper()
	a.want(status)
	got := a.json()
	if got["error"] != code || got["error_description"] != description || len(got) != 2 {
		a.t.Fatalf("body %s\nwant error %q, error_description %q", a.body, code, description)
	}
	return a
}

// wantSent checks the error an app is sent at its callback.
func (a *answer) wantSent(code, description string) *answer {
	a.t.Helper()
	q := a.query()
	if q.Get("error") != code || q.Get("error_description") != description {
		a.t.Fatalf("the app is sent %q, want error %q, error_description %q", q.Encode(), code, description)
	}
	if q.Get("state") != "s1" {
		a.t.Errorf("the app is sent state %q, want s1", q.Get("state"))
	}
	return a
}

func (a *answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Fatalf("status %d, body is no JSON object: %s", a.status, a.body)
	}
	return v
}

func (a *answer) text(member string) string {
	a.t.Helper()
	s, _ := a.json()[member].(string)
	return s
}

func (a *answer) location() *url.URL {
	a.t.Helper()
	a.want(http.StatusFound)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		a.t.Fatal(err)
	}
	return u
}

// query is the parameters an app is sent, in query or fragment.
func (a *answer) query() url.Values {
	a.t.Helper()
	u := a.location()
	if u.Fragment != "" {
		v, err := url.ParseQuery(u.EscapedFragment())
		if err != nil {
			a.t.Fatal(err)
		}
		return v
	}
	return u.Query()
}

// wantPath checks where on the tenant the browser is sent.
func (a *answer) wantPath(path string) *url.URL {
	a.t.Helper()
	u := a.location()
	if u.Path != path || u.Host != "" {
		a.t.Fatalf("sent to %s, want %s", u, path)
	}
	return u
}

// claims is the payload of a JWT, unverified.
func claims(t testing.TB, raw string) map[string]any {
	t.Helper()
	return part(t, raw, 1)
}

func part(t testing.TB, raw string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", raw)
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[i])
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

const hour = time.Hour

func withoutDirectory(c *provider.Config) { c.Snapshot.Settings.DefaultDirectory = "" }

// verify checks a JWT the way an API does: with the key that the JWKS lists.
func verify(t testing.TB, w *world, raw string) {
	t.Helper()
	if err := verifies(t, w, raw); err != nil {
		t.Errorf("%v: %s", err, raw)
	}
}

func verifies(t testing.TB, w *world, raw string) error {
	t.Helper()
	header := part(t, raw, 0)
	var set struct{ Keys []struct{ Kid, N, E string } }
	if err := json.Unmarshal([]byte(w.browser().get("/.well-known/jwks.json").want(200).body), &set); err != nil {
		return err
	}
	parts := strings.Split(raw, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	for _, k := range set.Keys {
		if k.Kid != header["kid"] {
			continue
		}
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if header["alg"] == "PS256" {
			return rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, nil)
		}
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	}
	return fmt.Errorf("the JWKS has no key %v", header["kid"])
}

func verifyHMAC(t testing.TB, raw, secret string) {
	t.Helper()
	parts := strings.Split(raw, ".")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) != parts[2] {
		t.Errorf("the signature is not HMAC with the client's secret: %s", raw)
	}
}

func nonPersistent(c *provider.Config) {
	c.Snapshot.Settings.SessionCookie = &tenant.SessionCookie{Mode: "non-persistent"}
}

func decodeInto(t testing.TB, raw string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
}
