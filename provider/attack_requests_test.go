package provider_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// everyPath are the tenant's routes, "METHOD /path", with something in the
// place of variables.
func everyPath(t *testing.T) (list []string) {
	t.Helper()
	for _, route := range routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if method == "*" {
			method, path = http.MethodPost, path+"x"
		}
		list = append(list, method+" "+strings.NewReplacer("{name}", "x", "{id}", "x", "{version}", "1").Replace(path))
	}
	return list
}

// sane fails on an answer that no request may get.
func sane(t *testing.T, what string, a *answer) {
	t.Helper()
	known := a.status == http.StatusNotImplemented || strings.Contains(a.body, "Authorization server not configured") || strings.Contains(a.body, "Unable to issue redirect")
	if a.status >= 500 && !known {
		t.Errorf("%s: status %d: %s", what, a.status, a.body)
	}
	for _, word := range []string{"goroutine ", "runtime error", ".go:", "invalid character '", "<nil>", "%!"} {
		if strings.Contains(a.body, word) && !strings.HasPrefix(a.request, "POST /_faux0/") && !strings.HasPrefix(a.request, "PUT /_faux0/") {
			t.Errorf("%s: the answer says %q: %s", what, word, a.body)
		}
	}
}

// TestNoPathSpeaksToStrangersHosts is DNS rebinding: a page of the internet
// whose name points at this machine must reach nothing.
func TestNoPathSpeaksToStrangersHosts(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for _, path := range everyPath(t) {
		method, path, _ := strings.Cut(path, " ")
		for _, host := range []string{"evil.example", "localhost.evil.example", "evil.example:4400", "tenant.localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.1", "0.0.0.0"} {
			a := b.do(method, "http://"+host+path, nil, "")
			if a.status != http.StatusMisdirectedRequest {
				t.Errorf("%s %s on %s answers %d", method, path, host, a.status)
			}
			if len(a.header["Set-Cookie"]) > 0 || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s %s on %s: %v", method, path, host, a.header)
			}
		}
	}
}

// TestForwardedHeadersChangeNothing on any page or document, where no proxy is
// trusted.
func TestForwardedHeadersChangeNothing(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	spoofed := http.Header{}
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Host", "X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Forwarded-Prefix"} {
		spoofed.Set(name, "evil.example")
	}
	spoofed.Set("X-Forwarded-Proto", "https")
	spoofed.Set("X-HTTP-Method-Override", "DELETE")
	for _, path := range everyPath(t) {
		if method, path, _ := strings.Cut(path, " "); method == http.MethodGet && !strings.Contains(path, "outbox") {
			if a := b.do(method, path, spoofed, ""); strings.Contains(a.body, "evil.example") || strings.Contains(a.header.Get("Location"), "evil.example") {
				t.Errorf("%s believes a header: %s", path, a.body)
			}
		}
	}
}

// TestNoBodyBreaksAnything posts what is no body at all to every path.
func TestNoBodyBreaksAnything(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	deep := strings.Repeat("[", 50_000)
	bodies := []string{
		"", "{", "[]", "null", `"x"`, "1e999", "{}{}", "\xff\xfe", "\x00", deep, `{"a":` + deep, `{"grant_type":["a",["b"]],"client_id":{"a":1},"connection":[1],"email":{},"token":[[]],"scope":null}`,
		`{"client_id":"shopWeb","client_id":{"x":1}}`, "%", "a=%zz", "a;b=c", "=&=&", "client_id[]=x&client_id[a]=y", strings.Repeat("a=b&", 10_000), strings.Repeat("x", 100_000) + "=1", `{"` + strings.Repeat("k", 100_000) + `":1}`,
		"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
	}
	types := []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", "application/json; charset=utf-16", "a/b; c", ""}
	for _, path := range everyPath(t) {
		method, path, _ := strings.Cut(path, " ")
		if method == http.MethodGet || method == http.MethodHead || strings.HasPrefix(path, "/_faux0/reset") || strings.HasPrefix(path, "/_faux0/keys") {
			continue
		}
		for i, body := range bodies {
			kind := types[i%len(types)]
			if i%3 == 0 {
				kind = types[0]
			}
			sane(t, path, b.do(method, path, http.Header{"Content-Type": {kind}}, body))
		}
	}
}

// TestBodyHasALimitEverywhere: what is larger is not read.
func TestBodyHasALimitEverywhere(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	big := "a=" + strings.Repeat("x", 1<<20)
	for _, path := range everyPath(t) {
		method, path, _ := strings.Cut(path, " ")
		if method != http.MethodPost {
			continue
		}
		switch a := b.do(method, path, formType, big); {
		case a.status == http.StatusRequestEntityTooLarge, a.status == http.StatusNotImplemented:
		case a.status < 400 && !noBody(path):
			t.Errorf("%s takes %d bytes: %d", path, len(big), a.status)
		default:
			sane(t, path, a)
		}
	}
}

// noBody are the paths that do not look at the body.
func noBody(path string) bool {
	return strings.HasSuffix(path, "/challenge") || slices.Contains([]string{"/_faux0/reset", "/_faux0/keys/rotate"}, path)
}

func zipped(t *testing.T, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBodiesAreNotInflated: a kilobyte that would become a gigabyte stays one.
func TestBodiesAreNotInflated(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for _, encoding := range []string{"gzip", "x-gzip", "deflate", "br", "gzip, gzip"} {
		h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Content-Encoding": {encoding}}
		if a := b.do("POST", "/oauth/token", h, zipped(t, []byte(form(worker()...)))); a.status < 400 || a.status >= 500 {
			t.Errorf("a body in %s is taken: %d %s", encoding, a.status, a.body)
		}
	}
	bomb := zipped(t, make([]byte, 64<<20))
	h := http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}
	for _, path := range []string{"/oauth/token", "/dbconnections/signup", "/u/login", "/_faux0/tokens", "/authorize"} {
		if a := b.do("POST", path, h, bomb); a.status != http.StatusBadRequest && a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestMethodsNobodyMountedAreRefused(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	for _, path := range everyPath(t) {
		_, path, _ := strings.Cut(path, " ")
		for _, method := range []string{"TRACE", "PATCH", "PROPFIND", "get", "X"} {
			a := b.do(method, path, head("X-Secret", "echoed-by-trace"), "")
			if a.status < 400 || strings.Contains(a.body, "echoed-by-trace") {
				t.Errorf("%s %s answers %d", method, path, a.status)
			}
			sane(t, method+" "+path, a)
		}
	}
}

// forgeries are tokens that only a verifier that believes them accepts.
//
// Source: RFC 8725 §2, §3.
func forgeries(t *testing.T, w *world, good string) map[string]string {
	t.Helper()
	encode := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	parts := strings.Split(good, ".")
	header := part(t, good, 0)
	with := func(changes ...any) string {
		h := map[string]any{}
		for name, v := range header {
			h[name] = v
		}
		for i := 0; i < len(changes); i += 2 {
			h[changes[i].(string)] = changes[i+1]
		}
		return encode(h)
	}
	var jwks struct{ Keys []map[string]any }
	if err := json.Unmarshal([]byte(w.browser().get("/.well-known/jwks.json").want(200).body), &jwks); err != nil {
		t.Fatal(err)
	}
	hmacBy := func(key []byte) string {
		signed := with("alg", "HS256") + "." + parts[1]
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	modulus, err := base64.RawURLEncoding.DecodeString(jwks.Keys[0]["n"].(string))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(jwks.Keys[0])
	if err != nil {
		t.Fatal(err)
	}
	other := mint(t, w, provider.TokenRequest{AsIs: true, Key: "unknown", Claims: claims(t, good)})
	list := map[string]string{
		"the public key as HMAC key":        hmacBy(modulus),
		"the JWK as HMAC key":               hmacBy(whole),
		"the certificate as HMAC key":       hmacBy([]byte(certificate(jwks.Keys[0]))),
		"an empty HMAC key":                 hmacBy(nil),
		"a stranger's signature":            other,
		"a stranger's signature, our kid":   with() + "." + strings.Split(other, ".")[1] + "." + strings.Split(other, ".")[2],
		"other claims, the same signature":  parts[0] + "." + encode(map[string]any{"sub": "auth0|nora", "iss": base + "/", "aud": []string{orders, base + "/userinfo"}, "scope": "openid", "exp": 1 << 33}) + "." + parts[2],
		"the signature cut off":             parts[0] + "." + parts[1] + ".",
		"two parts":                         parts[0] + "." + parts[1],
		"padding":                           parts[0] + "." + parts[1] + "." + parts[2] + "==",
		"a critical extension":              with("crit", []string{"exp"}) + "." + parts[1] + "." + parts[2],
		"b64 false":                         with("b64", false, "crit", []string{"b64"}) + "." + parts[1] + "." + parts[2],
		"JSON serialisation":                `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`,
		"its own key in jwk":                with("jwk", jwks.Keys[0], "kid", "x") + "." + parts[1] + "." + parts[2],
		"its own key at jku":                with("jku", "https://evil.example/jwks.json", "kid", "x") + "." + parts[1] + "." + parts[2],
		"its own certificate":               with("x5c", []string{"AAAA"}, "kid", "x") + "." + parts[1] + "." + parts[2],
		"a kid that is a path":              with("kid", "../../../../dev/null") + "." + parts[1] + "." + parts[2],
		"a kid that is SQL":                 with("kid", "x' UNION SELECT 'k") + "." + parts[1] + "." + parts[2],
		"a kid that is no string":           with("kid", []int{1}) + "." + parts[1] + "." + parts[2],
		"another algorithm of the same key": with("alg", "PS256") + "." + parts[1] + "." + parts[2],
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", ""} {
		list["alg "+alg] = with("alg", alg) + "." + parts[1] + "."
		list["alg "+alg+" with the signature"] = with("alg", alg) + "." + parts[1] + "." + parts[2]
	}
	return list
}

func certificate(key map[string]any) string {
	if chain, ok := key["x5c"].([]any); ok && len(chain) > 0 {
		return "-----BEGIN CERTIFICATE-----\n" + chain[0].(string) + "\n-----END CERTIFICATE-----\n"
	}
	return ""
}

func TestForgedTokensOpenNothing(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.Flags = map[string]bool{"allow_legacy_tokeninfo_endpoint": true}
	})
	a := w.tokens("scope", "openid profile read:orders")
	b := w.browser()
	ask := func(token string) *answer {
		return b.do("GET", "/userinfo", http.Header{"Authorization": {"Bearer " + token}}, "")
	}
	ask(a.text("access_token")).want(200)
	for what, token := range forgeries(t, w, a.text("access_token")) {
		if res := ask(token); res.status != http.StatusUnauthorized {
			t.Errorf("/userinfo, %s: %d %s", what, res.status, res.body)
		}
	}
	hint := func(token string) *answer {
		return b.get("/oidc/logout?" + form("id_token_hint", token, "post_logout_redirect_uri", "http://localhost:3000/bye"))
	}
	hint(a.text("id_token")).want(302)
	for what, token := range forgeries(t, w, a.text("id_token")) {
		if res := hint(token); res.status != http.StatusBadRequest {
			t.Errorf("/oidc/logout, %s: %d %s", what, res.status, res.header.Get("Location"))
		}
	}
}

// Nobody fills the memory with logins that they begin and leave: the oldest
// make room.
func TestLoginsUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	const most = 10_000
	w := run(t)
	b := w.browser()
	first := b.authorize(webRequest()).wantPath("/u/login")
	w.control.Clock().Advance(time.Second)
	for range most {
		r := httptest.NewRequest("GET", base+"/authorize?"+form(webRequest()...), nil)
		w.provider.ServeHTTP(httptest.NewRecorder(), r)
	}
	b.get(first.RequestURI()).want(400)
	b.get(b.authorize(webRequest()).wantPath("/u/login").RequestURI()).want(200)
}

// What strangers send does not fill the memory by way of the tenant's log.
func TestTheLogKeepsNoLongTexts(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, tv, func(c *provider.Config) { c.Snapshot.Settings.PAR = true })
	b := w.browser()
	b.header.Set("User-Agent", strings.Repeat("a", 60_000))
	long := strings.Repeat("scope:"+strings.Repeat("x", 50)+" ", 1000)
	for _, path := range everyPath(t) {
		method, path, _ := strings.Cut(path, " ")
		if method != http.MethodPost || strings.HasPrefix(path, "/_faux0/") {
			continue
		}
		for _, clientID := range []string{"shopWeb", long} {
			fields := []string{"client_id", clientID, "connection", database}
			for _, name := range []string{"scope", "audience", "username", "email", "name", "password", "user_code", "realm", "organization", "login_hint", "given_name"} {
				fields = append(fields, name, long)
			}
			b.post(path, append(fields, "grant_type", tenant.GrantPasswordRealm, "response_type", "code", "redirect_uri", callback)...)
		}
	}
	seen := 0
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if len(raw) > 100_000 {
			t.Errorf("an event %s has %d bytes", e.Type, len(raw))
		}
	}
	if seen < 5 {
		t.Errorf("only %d events", seen)
	}
}
