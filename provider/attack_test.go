package provider_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
)

func TestPKCECannotBeStripped(t *testing.T) {
	t.Parallel()
	w := run(t)
	const failed = "Failed to verify code verifier"
	plain := strings.Repeat("v", 43)
	for _, c := range []struct {
		name      string
		authorize []string
		redeem    []string
		status    int
		code      string
		text      string
	}{
		{"a verifier, though the challenge was stripped", []string{"code_challenge", "", "code_challenge_method", ""}, nil, 403, "invalid_grant", failed},
		{"no verifier, though there was a challenge", nil, []string{"code_verifier", ""}, 403, "invalid_grant", failed},
		{"neither, from a public client", []string{"code_challenge", "", "code_challenge_method", ""}, []string{"code_verifier", ""}, 401, "access_denied", "Unauthorized"},
		{"the challenge itself as verifier", nil, []string{"code_verifier", challenge()}, 403, "invalid_grant", failed},
		{"an S256 challenge sent as plain", []string{"code_challenge_method", "plain"}, nil, 403, "invalid_grant", failed},
		{"a plain verifier for another challenge", []string{"code_challenge", plain, "code_challenge_method", "plain"}, []string{"code_verifier", plain + "v"}, 403, "invalid_grant", failed},
		{"a verifier in other case", nil, []string{"code_verifier", strings.ToUpper(verifier)}, 403, "invalid_grant", failed},
	} {
		code := w.browser().code(webRequest(c.authorize...), "ada@shop.example")
		w.token(redeemWeb(code, c.redeem...)...).wantError(c.status, c.code, c.text)
		// The code is spent: a wrong verifier cannot be followed by guesses.
		w.token(redeemWeb(code)...).wantError(403, "invalid_grant", "Invalid authorization code")
	}
	code := w.browser().code(webRequest("code_challenge", plain, "code_challenge_method", ""), "ada@shop.example")
	w.token(redeemWeb(code, "code_verifier", plain)...).want(200) // no method is plain
	confidential := w.browser().code(portalRequest(), "ada@shop.example")
	w.token(redeemPortal(confidential, "code_verifier", verifier)...).wantError(403, "invalid_grant", failed)
}

// redirectTricks are URLs that some comparison or some browser takes for
// another: none is the one on the list.
var redirectTricks = []string{
	"http://localhost:3000/callback/", "http://localhost:3000/callbac", "http://localhost:3000/callback/../evil", "http://localhost:3000/Callback",
	"http://localhost:3000/callback?", "http://localhost:3000/callback?x=1", "http://localhost:3000/callback#", "http://localhost:3000/callback#x",
	"http://localhost:3000//callback", "http://localhost:3000/%63allback", "http://localhost:3000/callback%00", "http://localhost:3000/callback%0d%0aSet-Cookie:x=1",
	"http://localhost:3000/callback\r\nSet-Cookie: x=1", "http://localhost:3000/callback\t", " http://localhost:3000/callback", "http://localhost:3000/callback ",
	"http://localhost:3000\\@evil.example/callback", "http://localhost:3000@evil.example/callback", "http://evil.example@localhost:3000/callback",
	"http://evil.example/http://localhost:3000/callback", "http://evil.example#http://localhost:3000/callback", "http://evil.example?http://localhost:3000/callback",
	"http://localhost:3000.evil.example/callback", "http://localhost.evil.example:3000/callback", "http://evillocalhost:3000/callback",
	"http://localhost/callback", "http://localhost:30000/callback", "http://localhost:3001/callback", "http://127.0.0.1:3000/callback", "http://localhost.:3000/callback",
	"https://localhost:3000/callback", "//localhost:3000/callback", "/callback", "callback", "http:localhost:3000/callback", "http:/localhost:3000/callback", "http:///localhost:3000/callback",
	"javascript:alert(1)", "JavaScript://localhost:3000/callback", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "about:blank", "blob:http://localhost:3000/x",
	"https://preview.example/callback", "https://a.b.preview.example/callback", "https://.preview.example/callback", "https://evil.example/.preview.example/callback",
	"https://evil.example#.preview.example/callback", "https://evil.example?.preview.example/callback", "https://a@evil.example.preview.example/callback",
	"https://a:b.preview.example/callback", "https://*.preview.example/callback", "https://a%2eb.preview.example/callback", "http://a.preview.example/callback", "https://a.preview.example:444/callback",
	"https://evil.example\\.preview.example/callback", "com.shop.app://callback/x", "com.shop.app:callback", "com.shop.app.evil://callback", "COM.shop.app://callback?x",
	"http://localhost:3000/callback,http://evil.example", "http://ⓛocalhost:3000/callback", "http://localhost:3000/callback\u2028", "http://\x00localhost:3000/callback",
}

func TestRedirectTricks(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	for _, uri := range redirectTricks {
		for _, changes := range [][]string{{"redirect_uri", uri}, {"redirect_uri", uri, "response_type", "nonsense"}, {"redirect_uri", uri, "prompt", "none", "response_mode", "web_message"}} {
			a := b.authorize(webRequest(changes...))
			if a.status != 403 || a.header.Get("Location") != "" {
				t.Errorf("%q: status %d, Location %q", uri, a.status, a.header.Get("Location"))
			}
			// What was sent is shown as text only.
			if strings.Contains(a.body, `href="`+uri) || strings.Contains(a.body, "<script>alert") {
				t.Errorf("%q is part of the page", uri)
			}
		}
		if code := b.authorize(webRequest()).query().Get("code"); code != "" {
			if a := w.token(redeemWeb(code, "redirect_uri", uri)...); a.status != 403 {
				t.Errorf("the code is redeemed with redirect_uri %q: %d", uri, a.status)
			}
		}
	}
	for _, uri := range []string{"HTTP://LOCALHOST:3000/callback", "https://a.preview.example/callback", "https://A-B.Preview.example/callback", "com.shop.app://callback"} {
		if a := b.authorize(webRequest("redirect_uri", uri)); !strings.HasPrefix(a.header.Get("Location"), uri+"?code=") {
			t.Errorf("%q: status %d, Location %q", uri, a.status, a.header.Get("Location"))
		}
	}
}

func TestCodeOfAnotherClient(t *testing.T) {
	t.Parallel()
	w := run(t)
	code := w.browser().code(webRequest(), "ada@shop.example")
	w.token(redeemPortal(code, "redirect_uri", callback, "code_verifier", verifier)...).wantError(403, "invalid_grant", "Invalid authorization code")
	// Naming the victim's client beside one's own credentials does not help.
	h := head("Content-Type", "application/x-www-form-urlencoded", "Authorization", "Basic c2hvcFBvcnRhbDpzaG9wLXBvcnRhbC1zZWNyZXQ=")
	w.browser().do("POST", "/oauth/token", h, form(redeemWeb(code)...)).wantError(403, "invalid_grant", "Invalid authorization code")
	w.token(redeemWeb(code)...).want(200) // the thief did not spend it
}

func TestSessionCannotBeFixed(t *testing.T) {
	t.Parallel()
	w := run(t)
	thief, victim := w.browser(), w.browser()
	thief.login(webRequest(), "nora@shop.example").want(302)
	// The thief plants his own session in the victim's browser, who then logs in.
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	victim.http.Jar.SetCookies(u, thief.http.Jar.Cookies(u))
	victim.login(webRequest("prompt", "login"), "ada@shop.example").want(302)
	for _, b := range []*browser{thief, victim} {
		a := b.authorize(webRequest("prompt", "none"))
		if b == thief {
			a.wantSent("login_required", "Login required") // the planted session ended with the login
			continue
		}
		equal(t, "sub", claims(t, w.token(redeemWeb(a.query().Get("code"))...).text("id_token"))["sub"], any("auth0|ada"))
	}
}

// TestLoginOfAnotherBrowser is login CSRF: a login begun by a stranger must not
// be finished in somebody else's browser.
func TestLoginOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	w := run(t)
	thief, victim := w.browser(), w.browser()
	victim.authorize(webRequest()).want(302) // has a device cookie of its own
	page := thief.authorize(webRequest()).wantPath("/u/login")
	state := page.Query().Get("state")
	for _, b := range []*browser{victim, w.browser()} {
		b.get(page.RequestURI()).want(400)
		a := b.post(page.RequestURI(), "state", state, "username", "nora@shop.example", "password", password).want(400)
		if cookie(a, "auth0_plain") != nil {
			t.Error("the victim's browser is logged in")
		}
	}
	resume := thief.post(page.RequestURI(), "state", state, "username", "nora@shop.example", "password", password).wantPath("/authorize/resume")
	victim.get(resume.RequestURI()).want(500)
	if thief.get(resume.RequestURI()).query().Get("code") == "" {
		t.Error("the login could not go on in its own browser")
	}
	// Nor can a login be resumed before anybody has logged in.
	page = thief.authorize(webRequest("prompt", "login")).wantPath("/u/login")
	thief.get("/authorize/resume?state=" + page.Query().Get("state")).want(500)
}

// TestSessionIDIsNoCookie: every app sees the session's id as sid, so the id
// alone must not open the session.
func TestSessionIDIsNoCookie(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, ...change) *world{"HTTP": run, "HTTPS": runTLS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			b := w.browser()
			res := b.post("/oauth/token", redeemWeb(b.code(webRequest(), "ada@shop.example"))...).want(200)
			sid := claims(t, res.text("id_token"))["sid"].(string)
			u, err := url.Parse(b.base)
			if err != nil {
				t.Fatal(err)
			}
			var real *http.Cookie
			for _, c := range b.http.Jar.Cookies(u) {
				if strings.HasPrefix(c.Name, "auth0") {
					real = c
				}
			}
			try := func(value string) *answer {
				forger := w.browser()
				forger.header.Set("Cookie", real.Name+"="+value)
				return forger.authorize(webRequest("prompt", "none"))
			}
			if try(real.Value).query().Get("code") == "" {
				t.Fatal("the real cookie does not work, so this test proves nothing")
			}
			signature := real.Value[strings.LastIndex(real.Value, "."):]
			for _, value := range []string{sid, "s:" + sid, "s%3A" + sid, "s%3A" + sid + ".", "s%3A" + sid + "." + sid, "s%3Ax" + signature, real.Value + "x", real.Value[:len(real.Value)-3], signature, "s%3A" + signature, ".", ""} {
				try(value).wantSent("login_required", "Login required")
			}
		})
	}
}

const crlf = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>"

func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	got := b.authorize(webRequest("state", crlf)).query()
	equal(t, "state, as the app gets it back", got.Get("state"), crlf)
	for _, a := range []*answer{
		b.authorize(webRequest("state", crlf)), b.authorize(webRequest("state", crlf, "response_mode", "fragment")),
		b.authorize(webRequest("redirect_uri", callback+crlf)), b.authorize(webRequest("audience", crlf)), b.authorize(webRequest("client_id", crlf)),
		b.authorize(webRequest("response_mode", crlf)), b.authorize(webRequest("organization", "org_"+crlf)), b.authorize(webRequest("connection", crlf)),
		b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "http://localhost:3000?"+crlf)),
		b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "http://localhost:3000"+crlf)),
		b.get("/oidc/logout?" + form("post_logout_redirect_uri", "https://shop.example/bye", "state", crlf)),
		w.token("grant_type", crlf), w.token("grant_type", "authorization_code", "client_id", crlf),
		w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", crlf),
	} {
		if cookie(a, "evil") != nil {
			t.Errorf("a cookie was injected: %v", a.header)
		}
		for name, values := range a.header {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
				t.Errorf("%s holds a line break: %q", name, values)
			}
		}
		if a.status >= 500 {
			t.Errorf("status %d: %s", a.status, a.body)
		}
	}
}

func TestLongParametersMakeNoLongHeaders(t *testing.T) {
	t.Parallel()
	w := run(t)
	long := strings.Repeat("é%\"", 20_000)
	for _, a := range []*answer{
		w.token("grant_type", "authorization_code", "client_id", long), w.token("grant_type", long),
		w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", long),
		w.browser().post("/authorize", webRequest("redirect_uri", "https://"+long)...),
	} {
		for name, values := range a.header {
			if n := len(values[0]); n > 4096 {
				t.Errorf("status %d: %s is %d bytes long; a client may refuse it", a.status, name, n)
			}
		}
	}
}

func TestBodiesThatAreTooLargeOrBroken(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	big := strings.Repeat("x", 1<<20)
	for _, path := range []string{"/oauth/token", "/oauth/revoke", "/userinfo", "/authorize", "/oidc/logout", "/u/login", "/u/login/identifier", "/u/logout", "/_faux0/clock", "/_faux0/tokens"} {
		b.post(path, "a", big).want(413)
		b.do("POST", path, head("Content-Type", "application/json"), `{"a":"`+big+`"}`).want(413)
	}
	deep := strings.Repeat("[", 100_000)
	for _, body := range []string{"{", `{"a":`, "[]", `"x"`, "1", "{}{}", "\xff\xfe", `{"a":"\ud800"}`, deep, `{"grant_type":` + deep, "\x00", `{"grant_type":"a","grant_type":{}}`} {
		a := b.do("POST", "/oauth/token", head("Content-Type", "application/json"), body)
		if a.status < 400 || a.status >= 500 {
			t.Errorf("JSON %.30q: status %d %s", body, a.status, a.body)
		}
	}
	for _, body := range []string{"%", "a=%zz", "a;b", "=", "&&&", "\x00\xff", "grant_type", "grant_type=" + url.QueryEscape("\xff\xfe")} {
		a := b.do("POST", "/oauth/token", head("Content-Type", "application/x-www-form-urlencoded"), body)
		if a.status < 400 || a.status >= 500 {
			t.Errorf("form %q: status %d %s", body, a.status, a.body)
		}
		a.json()
	}
	b.do("POST", "/oauth/token", head("Content-Type", "multipart/form-data; boundary=x"), "--x\r\n").want(400)
}

// xss is what a page must show as text, if at all.
const xss = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}</script>`

func TestNoParameterBecomesMarkup(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.FixtureUsers = true
		client(c, "shopWeb").Name = "Shop " + xss
		c.Snapshot.Settings.FriendlyName = xss
		userOf(c.Snapshot, "auth0|ada").Name = xss
		c.Snapshot.Roles[0].Name = xss
		c.Snapshot.Branding.Colors.Primary = "red;}</style>" + xss
		c.Snapshot.Branding.LogoURL = "javascript:alert(1)//" + xss
		c.Snapshot.Settings.PictureURL = xss
	})
	b := w.browser()
	var pages []*answer
	for _, name := range []string{"client_id", "redirect_uri", "response_type", "response_mode", "audience", "connection", "organization", "state", "scope", "nonce", "login_hint", "prompt", "max_age", "code_challenge_method", "request"} {
		pages = append(pages, b.authorize(webRequest(name, xss)), b.authorize(webRequest(name, xss, "response_mode", "form_post")), b.authorize(webRequest(name, xss, "response_mode", "web_message")))
	}
	page := b.authorize(webRequest("login_hint", xss)).wantPath("/u/login")
	pages = append(pages, b.get(page.RequestURI()), b.get("/u/login?state="+url.QueryEscape(xss)),
		b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", xss, "password", xss),
		b.post("/u/login/identifier", "state", page.Query().Get("state"), "username", ""),
		b.get("/v2/logout?"+form("client_id", "shopWeb", "returnTo", "http://x/"+xss)), b.get("/v2/logout?"+form("client_id", xss)),
		b.get("/oidc/logout?"+form("client_id", "shopWeb", "post_logout_redirect_uri", "http://x/"+xss)), b.get("/oidc/logout?"+form("id_token_hint", xss)),
		b.get("/"+url.PathEscape(xss)), b.get("/u/"+url.PathEscape(xss)), b.get("/_faux0/"), b.get("/_faux0/"+url.PathEscape(xss)))
	b.login(webRequest(), "ada@shop.example").want(302)
	for _, mode := range []string{"form_post", "web_message", "query", "fragment"} {
		pages = append(pages, b.authorize(webRequest("state", xss, "response_mode", mode)), b.authorize(webRequest("state", xss, "response_mode", mode, "owp", "true")))
	}
	pages = append(pages, b.get("/oidc/logout?client_id=shopWeb"), b.get("/_faux0/"))
	scripts := regexp.MustCompile(`(?i)<script[^>]*>`)
	for _, a := range pages {
		if !strings.Contains(a.header.Get("Content-Type"), "html") {
			continue
		}
		if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") || regexp.MustCompile(`(?i)(src|href|action)="javascript:`).MatchString(a.body) {
			t.Errorf("markup was injected:\n%s", a.body)
		}
		policy := a.header.Get("Content-Security-Policy")
		for _, tag := range scripts.FindAllString(a.body, -1) {
			nonce := regexp.MustCompile(`nonce="([^"]+)"`).FindStringSubmatch(tag)
			if nonce == nil || !strings.Contains(policy, "'nonce-"+nonce[1]+"'") {
				t.Errorf("script %s is not the policy's: %s", tag, policy)
			}
		}
		if a.status == http.StatusFound {
			continue
		}
		if !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("a page without a policy: %v\n%.300s", a.header, a.body)
		}
		equal(t, "X-Content-Type-Options", a.header.Get("X-Content-Type-Options"), "nosniff")
	}
}

func TestScriptNonceIsNew(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	one := b.authorize(webRequest("response_mode", "form_post")).header.Get("Content-Security-Policy")
	if two := b.authorize(webRequest("response_mode", "form_post")).header.Get("Content-Security-Policy"); one == two {
		t.Errorf("two pages have the policy %s", one)
	}
}

func TestLogoutRedirectsNowhereElse(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for _, uri := range []string{
		"https://evil.example", "//evil.example", "http://localhost:3000.evil.example", "http://localhost:3000@evil.example", "http://localhost:3000\\@evil.example",
		"http://localhost:3000/byebye", "http://localhost:3000/Bye", "http://localhost:3001", "https://localhost:3000", "javascript:alert(1)", "http://evil.example#http://localhost:3000", "/bye", "http://localhost:3000:80",
	} {
		for _, target := range []string{"/v2/logout?" + form("client_id", "shopWeb", "returnTo", uri), "/v2/logout?" + form("returnTo", uri), "/oidc/logout?" + form("client_id", "shopWeb", "logout_hint", "x", "post_logout_redirect_uri", uri)} {
			if a := b.get(target); a.status != 400 || a.header.Get("Location") != "" {
				t.Errorf("%s: status %d, Location %q", target, a.status, a.header.Get("Location"))
			}
		}
	}
	// client_id names the list, as in auth0-server-js, and no other's counts.
	b.get("/oidc/logout?" + form("client_id", "shopWeb", "post_logout_redirect_uri", "http://localhost:3000/bye")).want(302)
	b.get("/oidc/logout?" + form("post_logout_redirect_uri", "http://localhost:3000/bye")).want(400)
	b.get("/v2/logout?" + form("client_id", "nobody", "returnTo", "http://localhost:3000")).want(403)
}

func TestLogoutCannotBeForced(t *testing.T) {
	t.Parallel()
	w := run(t)
	b, stranger := w.browser(), w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	stranger.login(webRequest(), "nora@shop.example").want(302)
	for _, hint := range []string{"", "&logout_hint=guess"} {
		b.get("/oidc/logout?client_id=shopWeb" + hint).want(200) // only a question
		if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
			t.Fatal("a link logged the person out")
		}
	}
	question := stranger.get("/oidc/logout").want(200)
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(question.body)[1]
	b.post("/u/logout", "state", state, "action", "accept").want(400) // another browser's question
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("another browser's question was answered here")
	}
}

// TestErrorsTellNoSecrets looks for what no answer may hold: secrets, hashes,
// traces and the words of Go's own errors.
func TestErrorsTellNoSecrets(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	ok := w.token(redeemWeb(b.code(webRequest("scope", "openid offline_access"), "ada@shop.example"))...).want(200)
	forbidden := []string{
		password, "shop-portal-secret", "shop-worker-secret", "shop-hs-secret", "pbkdf2", "$2", "goroutine", ".go:", "runtime error",
		"json:", "strconv", "invalid character", "invalid URL escape", "go-jose", "base64", "unexpected end", "EOF", "<nil>", "%!", "net/url", "mux",
		ok.text("refresh_token"),
	}
	var answers []*answer
	nonsense := []string{"", "x", "\x00", "%", "é", "{}", "[]", "null", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.", strings.Repeat("a.", 100), "v1.M" + strings.Repeat("x", 40), ok.text("id_token"), ok.text("access_token") + "x"}
	for _, v := range nonsense {
		for _, name := range []string{"grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier"} {
			answers = append(answers, w.token(redeemPortal("x", name, v)...))
		}
		answers = append(answers,
			w.token("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", v),
			w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", v, "password", v, "audience", v),
			b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", v, "token", v),
			b.do("POST", "/oauth/token", head("Content-Type", "application/json"), v),
			b.do("POST", "/oauth/token", head("Content-Type", "application/x-www-form-urlencoded"), v),
			b.get("/oidc/logout?"+form("id_token_hint", v)), b.get("/u/login?"+form("state", v)), b.get("/authorize/resume?"+form("state", v)),
			b.post("/authorize", "client_id", v), b.do("POST", "/authorize", head("Content-Type", "application/json"), v), b.do("POST", "/u/login", nil, v),
		)
		if !strings.ContainsAny(v, "\x00") {
			answers = append(answers, b.do("GET", "/userinfo", head("Authorization", "Bearer "+v), ""))
		}
		for _, name := range []string{"client_id", "redirect_uri", "response_type", "response_mode", "max_age", "prompt", "organization", "connection", "audience", "request"} {
			answers = append(answers, b.authorize(webRequest(name, v)))
		}
	}
	seen := 0
	for _, a := range answers {
		if a.status < 400 {
			continue
		}
		seen++
		for _, word := range forbidden {
			if strings.Contains(a.body, word) {
				t.Errorf("status %d says %q:\n%s", a.status, word, a.body)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d errors were seen: the test has lost its teeth", seen)
	}
}

func TestWrongPasswordAndUnknownUserReadTheSame(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	try := func(name string) string {
		a := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", name, "password", "wrong").want(400)
		return strings.ReplaceAll(a.body, name, "NAME")
	}
	equal(t, "the page for a blocked user", try("bob@shop.example"), try("ada@shop.example"))
	equal(t, "the page for nobody", try("nobody@shop.example"), try("ada@shop.example"))
}

func TestUnsignedHostHeadersAreIgnored(t *testing.T) {
	t.Parallel()
	w := run(t)
	h := head("X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example;proto=https", "X-Original-Host", "evil.example", "X-Host", "evil.example")
	b := w.browser()
	b.header = h
	res := b.post("/oauth/token", redeemWeb(b.code(webRequest(), "ada@shop.example"))...).want(200)
	equal(t, "iss", claims(t, res.text("id_token"))["iss"], any(base+"/"))
	if body := b.get("/.well-known/openid-configuration").want(200).body; strings.Contains(body, "evil") {
		t.Errorf("discovery believes a header: %s", body)
	}
}

func TestDangerousCallbacksAreNotUsedEvenIfListed(t *testing.T) {
	t.Parallel()
	dangerous := []string{"javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x", "http://ada@localhost:3000/callback", "file:///etc/passwd"}
	w := run(t, func(c *provider.Config) {
		app := client(c, "shopWeb")
		app.Callbacks = dangerous
		app.AllowedLogoutURLs = dangerous
	})
	b := w.browser()
	for _, uri := range append(dangerous, "") { // "" is the first of the list
		b.authorize(webRequest("redirect_uri", uri, "prompt", "none")).want(403)
		if to := b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", uri)).header.Get("Location"); to != "" {
			t.Errorf("logout leads to %q", to)
		}
		if to := b.get("/oidc/logout?" + form("client_id", "shopWeb", "logout_hint", "x", "post_logout_redirect_uri", uri)).header.Get("Location"); to != "" {
			t.Errorf("OpenID Connect's logout leads to %q", to)
		}
	}
}

func TestLoginTicketWorksOnceForItsClient(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true })
	b := w.browser()
	credential := map[string]string{"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": password}
	ticket := b.postJSON("/co/authenticate", credential).want(200).text("login_ticket")
	other := portalRequest("login_ticket", ticket)
	if b.authorize(other).query().Get("code") != "" {
		t.Error("another client used the ticket")
	}
	b.authorize(webRequest("login_ticket", ticket+"x")).wantSent("access_denied", "Unknown or invalid login ticket.")
	code := b.authorize(webRequest("login_ticket", ticket)).query().Get("code")
	equal(t, "sub", claims(t, w.token(redeemWeb(code)...).want(200).text("id_token"))["sub"], any("auth0|ada"))
	if w.browser().authorize(webRequest("login_ticket", ticket)).query().Get("code") != "" {
		t.Error("the ticket worked twice")
	}
	late := b.postJSON("/co/authenticate", credential).want(200).text("login_ticket")
	w.control.Clock().Advance(hour)
	if w.browser().authorize(webRequest("login_ticket", late)).query().Get("code") != "" {
		t.Error("the ticket did not expire")
	}
	evil := head("Origin", "https://evil.example", "Content-Type", "application/json")
	if a := b.do("POST", "/co/authenticate", evil, `{"client_id":"shopWeb","credential_type":"password","username":"ada@shop.example","password":"`+password+`"}`); a.status < 400 || strings.Contains(a.body, "login_ticket") {
		t.Errorf("a stranger's page logs in: %d %s", a.status, a.body)
	}
	credential["client_id"] = "shopPortal"
	if a := b.postJSON("/co/authenticate", credential); a.status < 400 {
		t.Errorf("a client that does not allow it logs in: %d", a.status)
	}
	credential["client_id"], credential["username"] = "shopWeb", "bob@shop.example"
	if a := b.postJSON("/co/authenticate", credential); a.status < 400 {
		t.Errorf("a blocked user gets a ticket: %d", a.status)
	}
}

// Pages and endpoints answer alike whoever is known, in their headers too.
func TestNothingTellsWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := run(t)
	told := func(a *answer, name, state string) string {
		for _, varies := range []string{"Date", "X-Auth0-RequestId", "Content-Length", "Set-Cookie", "Etag"} {
			a.header.Del(varies)
		}
		return strings.NewReplacer(name, "NAME", state, "STATE").Replace(fmt.Sprint(a.status, a.header, a.body))
	}
	ways := map[string]func(b *browser, name string) string{
		"forgotten password": func(b *browser, name string) string {
			page := b.authorize(webRequest()).wantPath("/u/login")
			page.Path = "/u/reset-password/request/" + database
			return told(b.submit(page, "email", name), name, page.Query().Get("state"))
		},
		"forgotten password, embedded": func(b *browser, name string) string {
			return told(b.postJSON("/dbconnections/change_password", map[string]string{"client_id": "shopWeb", "connection": database, "email": name}), name, "-")
		},
		"wrong password": func(b *browser, name string) string {
			page := b.authorize(webRequest()).wantPath("/u/login")
			return told(b.submit(page, "username", name, "password", "wrong"), name, page.Query().Get("state"))
		},
		"wrong password, embedded": func(b *browser, name string) string {
			return told(w.token(byPassword("username", name, "password", "wrong")...), name, "-")
		},
		"sign-up": func(b *browser, name string) string {
			page := b.authorize(webRequest()).wantPath("/u/login")
			page.Path = "/u/signup"
			return told(b.submit(page, "email", name, "password", "weak"), name, page.Query().Get("state"))
		},
	}
	for what, way := range ways {
		known := way(w.browser(), adaMail)
		for _, name := range []string{"nobody@shop.example", "bob@shop.example"} {
			equal(t, what+" of "+name, way(w.browser(), name), known)
		}
	}
}
