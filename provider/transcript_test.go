package provider_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// tape is a transcript: each request and its whole response. With a frozen
// clock, seeded ids and RS256 every byte of both repeats; only sealed tokens
// are masked, and pages are cut down to what scripts and people rely on.
type tape struct {
	t     testing.TB
	b     strings.Builder
	title string
}

// say puts a sentence before the next request.
func (tp *tape) say(sentence string) { tp.title = sentence }

func (tp *tape) record(req *http.Request, body, status string, a *answer) {
	if tp.title == "" {
		tp.t.Fatalf("%s %s has no sentence: say what it shows", req.Method, req.URL)
	}
	fmt.Fprintf(&tp.b, "# %s\n> %s %s\n> Host: %s\n", tp.title, req.Method, req.URL.RequestURI(), req.URL.Host)
	tp.title = ""
	tp.headers("> ", req.Header)
	if body != "" {
		tp.b.WriteString(">\n")
		tp.lines("> ", body)
	}
	fmt.Fprintf(&tp.b, "< %s\n", status)
	h, text := a.header.Clone(), a.body
	h.Del("Date")
	if strings.Contains(text, "<html") {
		text = outline(text)
		h.Del("Content-Length")
	}
	tp.headers("< ", h)
	if text != "" {
		tp.b.WriteString("<\n")
		tp.lines("< ", text)
	}
	for _, token := range signed.FindAllString(text+" "+h.Get("Location"), -1) {
		fmt.Fprintf(&tp.b, "= %s.%s\n", decoded(token, 0), decoded(token, 1))
	}
	tp.b.WriteString("\n")
}

func (tp *tape) headers(prefix string, h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range h[name] {
			fmt.Fprintf(&tp.b, "%s%s: %s\n", prefix, name, mask(v))
		}
	}
}

func (tp *tape) lines(prefix, text string) {
	for _, line := range strings.Split(strings.TrimSuffix(mask(text), "\n"), "\n") {
		tp.b.WriteString(strings.TrimRight(prefix+line, " ") + "\n")
	}
}

// signed finds JWTs, which are also written out decoded, for who reads a diff.
var signed = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+`)

func decoded(token string, i int) string {
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

var sealed = regexp.MustCompile(`(eyJ[\w-]+)\.\.[\w-]+\.[\w-]+\.[\w-]+`)

func mask(s string) string { return sealed.ReplaceAllString(s, "$1..(sealed)") }

var (
	tags       = regexp.MustCompile(`(?s)<(title|form|input|button|p class="message"|[a-z]+ id=)[^>]*>([^<]*)`)
	attributes = regexp.MustCompile(`\b(method|action|id|type|name|value|data-error-code)="([^"]*)"`)
	scriptVars = regexp.MustCompile(`(?m)^\s*var (targetOrigin|authorizationResponse) = .*$`)
)

// outline is what is left of a page: its title, its forms and fields, what has
// an id, its message, and what its script answers.
func outline(page string) string {
	var b strings.Builder
	for _, m := range tags.FindAllStringSubmatch(page, -1) {
		name, _, _ := strings.Cut(m[1], " ")
		b.WriteString("<" + name)
		for _, a := range attributes.FindAllStringSubmatch(m[0], -1) {
			b.WriteString(" " + a[1] + "=" + a[2])
		}
		b.WriteString(">")
		if text := strings.Join(strings.Fields(m[2]), " "); text != "" {
			b.WriteString(" " + text)
		}
		b.WriteString("\n")
	}
	for _, line := range scriptVars.FindAllString(page, -1) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

// transcript plays a story and compares it with testdata/<name>.txt.
func transcript(t *testing.T, name string, play func(*world, *browser, *tape), changes ...change) {
	t.Helper()
	w := run(t, changes...)
	b := w.browser()
	tp := &tape{t: t}
	b.tape = tp
	play(w, b, tp)
	path := "testdata/" + name + ".txt"
	got := tp.b.String()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a golden is for everybody to read
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v\nrun: go test ./provider -update", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run make golden and read the diff\n%s", path, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	title := ""
	for i := range min(len(g), len(w)) {
		if strings.HasPrefix(g[i], "# ") {
			title = g[i]
		}
		if g[i] != w[i] {
			return fmt.Sprintf("%s\nline %d\n got %s\nwant %s", title, i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

func TestTranscriptDiscovery(t *testing.T) {
	t.Parallel()
	transcript(t, "discovery", func(_ *world, b *browser, tp *tape) {
		tp.say("The discovery document. Any page may read it.")
		b.get("/.well-known/openid-configuration").want(200)
		tp.say("The same under RFC 8414's name, for HEAD without a body.")
		b.do("HEAD", "/.well-known/oauth-authorization-server", nil, "").want(200)
		tp.say("The same on another of the tenant's hosts: every address follows.")
		b.get("http://127.0.0.1:4400/.well-known/oauth-authorization-server").want(200)
		tp.say("The keys: the current one and the next.")
		b.get("/.well-known/jwks.json").want(200)
	})
}

func TestTranscriptLogin(t *testing.T) {
	t.Parallel()
	transcript(t, "login", func(_ *world, b *browser, tp *tape) {
		tp.say("A browser without a session is sent to the login page, and given a device cookie.")
		page := b.authorize(webRequest("scope", "openid profile email offline_access", "nonce", "n1", "login_hint", "ada@shop.example")).wantPath("/u/login")
		tp.say("The login page, with the identifier filled in from login_hint.")
		b.get(page.RequestURI()).want(200)
		state := page.Query().Get("state")
		tp.say("A wrong password: the page again, status 400, with an error element.")
		b.post(page.RequestURI(), "state", state, "username", "ada@shop.example", "password", "wrong", "action", "default").want(400)
		tp.say("No password.")
		b.post(page.RequestURI(), "state", state, "username", "ada@shop.example", "action", "default").want(400)
		tp.say("The right password starts a session and leads to the end of the login.")
		resume := b.post(page.RequestURI(), "state", state, "username", "ada@shop.example", "password", password, "action", "default").wantPath("/authorize/resume")
		tp.say("The app is sent its code and its own state.")
		code := b.get(resume.RequestURI()).query().Get("code")
		tp.say("A login ends once: reloading gives nothing.")
		b.get(resume.RequestURI()).want(500)
		tp.say("The code, redeemed with its verifier: RBAC is on, so the access token has permissions and not the scopes the user lacks.")
		first := b.post("/oauth/token", redeemWeb(code)...).want(200)
		tp.say("A code works once.")
		b.post("/oauth/token", redeemWeb(code)...).want(403)
		tp.say("The refresh token of a rotating client gives a new one.")
		refresh := []string{"grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", first.text("refresh_token")}
		second := b.post("/oauth/token", refresh...).want(200)
		tp.say("The old one is dead, and using it ends the family.")
		b.post("/oauth/token", refresh...).want(403)
		tp.say("So the new one is dead too.")
		b.post("/oauth/token", with(refresh, "refresh_token", second.text("refresh_token"))...).want(403)
		tp.say("With a session the next login asks nothing.")
		b.authorize(webRequest("prompt", "none")).want(302)
		tp.say("The profile, as far as the scopes reach.")
		b.do("GET", "/userinfo", head("Authorization", "Bearer "+first.text("access_token")), "").want(200)
	})
}

func TestTranscriptResponseModes(t *testing.T) {
	t.Parallel()
	transcript(t, "response_modes", func(_ *world, b *browser, tp *tape) {
		b.tape = nil
		b.login(webRequest(), "ada@shop.example").want(302)
		b.tape = tp
		tp.say("form_post: a page whose form goes to the callback.")
		b.authorize(webRequest("response_mode", "form_post")).want(200)
		tp.say("web_message: a page that posts to the app's origin only.")
		b.authorize(webRequest("response_mode", "web_message", "prompt", "none")).want(200)
		tp.say("An error by web_message.")
		b.authorize(webRequest("response_mode", "web_message", "audience", "https://nowhere.example")).want(200)
		tp.say("fragment, as asked for.")
		b.authorize(webRequest("response_mode", "fragment")).want(302)
		tp.say("Tokens straight from /authorize, in the fragment by default.")
		b.authorize(webRequest("response_type", "token id_token", "nonce", "n1", "code_challenge", "", "code_challenge_method", "")).want(302)
		tp.say("A code and an ID token: at_hash is missing, as there is no access token; c_hash is not.")
		b.authorize(webRequest("response_type", "code id_token", "nonce", "n1")).want(302)
		tp.say("A callback with a query of its own.")
		b.authorize(webRequest("redirect_uri", "http://localhost:3000/callback?shop=eu")).want(302)
	})
}

func TestTranscriptOpaque(t *testing.T) {
	t.Parallel()
	transcript(t, "opaque", func(w *world, b *browser, tp *tape) {
		b.tape = nil
		code := b.code(portalRequest("scope", "openid profile email offline_access"), "ada@shop.example")
		b.tape = tp
		tp.say("Without an audience the access token is opaque, and offline_access is for a client that may refresh.")
		res := b.post("/oauth/token", redeemPortal(code)...).want(200)
		tp.say("An opaque token is for /userinfo.")
		b.do("GET", "/userinfo", head("Authorization", "Bearer "+res.text("access_token")), "").want(200)
		tp.say("It may also be posted.")
		b.post("/userinfo", "access_token", res.text("access_token")).want(200)
		tp.say("A client that does not rotate gets no new refresh token.")
		refresh := []string{
			"grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
			"refresh_token", res.text("refresh_token"), "scope", "openid",
		}
		b.post("/oauth/token", refresh...).want(200)
		tp.say("Revoking answers with an empty body.")
		b.postJSON("/oauth/revoke", map[string]string{"client_id": "shopPortal", "client_secret": "shop-portal-secret", "token": res.text("refresh_token")}).want(200)
		tp.say("A revoked refresh token is dead.")
		b.post("/oauth/token", refresh...).want(403)
		tp.say("Revoking what nobody knows is no error.")
		b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "token", "unknown").want(200)
		tp.say("Revoking with a wrong secret: this endpoint has the RFC's word for it.")
		b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "wrong", "token", "unknown").want(401)
		tp.say("Revoking nothing.")
		b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret").want(400)
		w.control.Clock().Advance(25 * hour)
		tp.say("/userinfo with an opaque token that has expired.")
		b.do("GET", "/userinfo", head("Authorization", "Bearer "+res.text("access_token")), "").want(401)
		tp.say("/userinfo without a token.")
		b.get("/userinfo").want(401)
		tp.say("/userinfo with something else.")
		b.do("GET", "/userinfo", head("Authorization", "Bearer nonsense"), "").want(401)
	})
}

func TestTranscriptMachines(t *testing.T) {
	t.Parallel()
	transcript(t, "machines", func(_ *world, b *browser, tp *tape) {
		worker := []string{"grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders}
		tp.say("A machine gets the scopes of its grant; with RBAC and permissions on, they are its permissions too.")
		b.post("/oauth/token", worker...).want(200)
		tp.say("The same by HTTP Basic and JSON, asking for one scope it has and one it has not.")
		b.do("POST", "/oauth/token", head("Authorization", "Basic c2hvcFdvcmtlcjpzaG9wLXdvcmtlci1zZWNyZXQ=", "Content-Type", "application/json"),
			`{"grant_type":"client_credentials","audience":"https://orders.example","scope":"read:orders write:orders"}`).want(200)
		tp.say("No audience.")
		b.post("/oauth/token", with(worker, "audience", "")...).want(403)
		tp.say("No such API.")
		b.post("/oauth/token", with(worker, "audience", "https://nowhere.example")...).want(403)
		tp.say("An API that the client has no grant for.")
		b.post("/oauth/token", with(worker, "audience", catalog)...).want(403)
		tp.say("An organization, where the grant allows none.")
		b.post("/oauth/token", with(worker, "organization", "org_eu")...).want(403)
		tp.say("A client without a secret cannot act for itself.")
		b.post("/oauth/token", "grant_type", "client_credentials", "client_id", "shopWeb", "audience", orders).want(403)
	})
}

func TestTranscriptPasswords(t *testing.T) {
	t.Parallel()
	transcript(t, "passwords", func(_ *world, b *browser, tp *tape) {
		ada := []string{
			"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
			"username", "ada@shop.example", "password", password, "audience", orders, "scope", "openid read:orders write:orders",
		}
		tp.say("The password grant, on the tenant's default directory. There is no session, so no sid.")
		b.post("/oauth/token", ada...).want(200)
		tp.say("Without audience and scope: the OIDC scopes, and an opaque token.")
		b.post("/oauth/token", with(ada, "audience", "", "scope", "")...).want(200)
		realm := with(ada, "grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "Staff", "username", "sam")
		tp.say("The password-realm grant names its connection.")
		b.post("/oauth/token", realm...).want(200)
		tp.say("A wrong password.")
		b.post("/oauth/token", with(ada, "password", "wrong")...).want(403)
		tp.say("An unknown user reads the same.")
		b.post("/oauth/token", with(ada, "username", "nobody@shop.example")...).want(403)
		tp.say("A connection with usernames says username.")
		b.post("/oauth/token", with(realm, "password", "wrong")...).want(403)
		tp.say("An API that does not exist.")
		b.post("/oauth/token", with(ada, "audience", "https://nowhere.example")...).want(400)
		tp.say("A blocked user.")
		b.post("/oauth/token", with(ada, "username", "bob@shop.example")...).want(403)
		tp.say("A realm that does not exist.")
		b.post("/oauth/token", with(realm, "realm", "Stuff")...).want(400)
		tp.say("No realm.")
		b.post("/oauth/token", with(realm, "realm", "")...).want(400)
		tp.say("A realm the client may not use.")
		b.post("/oauth/token", with(realm, "client_id", "shopLonely", "client_secret", "shop-lonely-secret")...).want(403)
		tp.say("No username.")
		b.post("/oauth/token", with(ada, "username", "")...).want(400)
		tp.say("No password.")
		b.post("/oauth/token", with(ada, "password", "")...).want(400)
	})
}

func TestTranscriptNoDirectory(t *testing.T) {
	t.Parallel()
	transcript(t, "no_directory", func(_ *world, b *browser, tp *tape) {
		tp.say("The password grant of a tenant without a default directory.")
		b.post("/oauth/token", "grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
			"username", "ada@shop.example", "password", password).want(500)
	}, withoutDirectory)
}

func TestTranscriptTokenErrors(t *testing.T) {
	t.Parallel()
	transcript(t, "token_errors", func(_ *world, b *browser, tp *tape) {
		b.tape = nil
		codes := []string{}
		for range 6 {
			codes = append(codes, b.login(webRequest(), "ada@shop.example").query().Get("code"))
			b = b.w.browser()
		}
		noChallenge := b.code(webRequest("code_challenge", "", "code_challenge_method", ""), "ada@shop.example")
		b.tape = tp
		tp.say("An empty body.")
		b.post("/oauth/token").want(400)
		tp.say("No grant_type.")
		b.post("/oauth/token", "client_id", "shopWeb").want(400)
		tp.say("A grant_type that does not exist.")
		b.post("/oauth/token", "grant_type", "client_credential", "client_id", "shopWeb").want(403)
		tp.say("A grant_type that Auth0 has and Faux0 has not.")
		b.post("/oauth/token", "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id", "shopWeb").want(501)
		tp.say("No client_id.")
		b.post("/oauth/token", "grant_type", "authorization_code", "code", "x").want(401)
		tp.say("A client that does not exist.")
		b.post("/oauth/token", redeemWeb("x", "client_id", "shopWep")...).want(401)
		tp.say("A wrong secret.")
		b.post("/oauth/token", redeemPortal("x", "client_secret", "wrong")...).want(401)
		tp.say("No secret, from a client that has one.")
		b.post("/oauth/token", redeemPortal("x", "client_secret", "")...).want(401)
		tp.say("A client_assertion.")
		b.post("/oauth/token", redeemPortal("x", "client_secret", "", "client_assertion", "e30.e30.x")...).want(401)
		tp.say("A grant the client may not use.")
		b.post("/oauth/token", "grant_type", "password", "client_id", "shopWeb", "username", "ada@shop.example", "password", password).want(403)
		tp.say("No code.")
		b.post("/oauth/token", redeemWeb("x", "code", "")...).want(400)
		tp.say("A code nobody issued.")
		b.post("/oauth/token", redeemWeb("x")...).want(403)
		tp.say("Another client's code.")
		b.post("/oauth/token", redeemPortal(codes[0])...).want(403)
		tp.say("Another redirect_uri than /authorize was sent.")
		b.post("/oauth/token", redeemWeb(codes[1], "redirect_uri", "http://localhost:3000/other")...).want(403)
		tp.say("No redirect_uri, though /authorize was sent one.")
		b.post("/oauth/token", redeemWeb(codes[2], "redirect_uri", "")...).want(400)
		tp.say("A wrong code_verifier.")
		b.post("/oauth/token", redeemWeb(codes[3], "code_verifier", strings.Repeat("a", 43))...).want(403)
		tp.say("No code_verifier.")
		b.post("/oauth/token", redeemWeb(codes[4], "code_verifier", "")...).want(403)
		tp.say("A public client that used no PKCE.")
		b.post("/oauth/token", redeemWeb(noChallenge, "code_verifier", "")...).want(401)
		tp.say("No refresh token.")
		b.post("/oauth/token", "grant_type", "refresh_token", "client_id", "shopWeb").want(400)
		tp.say("A refresh token nobody issued.")
		b.post("/oauth/token", "grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", "v1.Mnonsense").want(403)
		tp.say("A body that is not the JSON it says it is.")
		b.do("POST", "/oauth/token", head("Content-Type", "application/json"), "{").want(400)
		tp.say("A form that cannot be decoded.")
		b.do("POST", "/oauth/token", head("Content-Type", "application/x-www-form-urlencoded"), "a=%zz").want(400)
		b.w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
		tp.say("The user was blocked after the login.")
		b.post("/oauth/token", redeemWeb(codes[5])...).want(403)
	})
}

func TestTranscriptAuthorizeErrors(t *testing.T) {
	t.Parallel()
	transcript(t, "authorize_errors", func(_ *world, b *browser, tp *tape) {
		for _, c := range []struct {
			sentence string
			status   int
			changes  []string
		}{
			{"No client_id: an error page, as nobody can be told.", 400, []string{"client_id", ""}},
			{"A client that does not exist.", 403, []string{"client_id", "shopWep"}},
			{"A callback that is not on the list: the page names the nearest.", 403, []string{"redirect_uri", "http://localhost:3000/calback"}},
			{"No response_type: from here on the app is told.", 302, []string{"response_type", ""}},
			{"An unknown response_type.", 302, []string{"response_type", "cod"}},
			{"An unknown response_mode.", 302, []string{"response_mode", "post"}},
			{"Tokens in a query.", 302, []string{"response_type", "token", "response_mode", "query"}},
			{"web_message to an origin that is not on the list.", 403, []string{"response_mode", "web_message", "redirect_uri", "https://x.preview.example/callback"}},
			{"No nonce for an ID token from /authorize.", 302, []string{"response_type", "id_token"}},
			{"prompt=none with another.", 302, []string{"prompt", "none login"}},
			{"An unknown prompt.", 302, []string{"prompt", "ask"}},
			{"A max_age that is no number.", 302, []string{"max_age", "-1"}},
			{"An unknown code_challenge_method.", 302, []string{"code_challenge_method", "S512"}},
			{"A code_challenge that is too short.", 302, []string{"code_challenge", "abc"}},
			{"A code_challenge_method without a code_challenge.", 302, []string{"code_challenge", ""}},
			{"An organization that does not exist.", 302, []string{"organization", "org_nowhere"}},
			{"An organization by name.", 302, []string{"organization", "eu"}},
			{"A connection that does not exist.", 302, []string{"connection", "Stuff"}},
			{"A connection the client may not use.", 302, []string{"connection", "Staff"}},
			{"An API that does not exist.", 302, []string{"audience", "https://nowhere.example"}},
			{"An API that wants a client grant.", 302, []string{"audience", "https://ledger.example"}},
			{"Two scopes that exclude each other.", 302, []string{"scope", "openid offline_access online_access"}},
			{"prompt=none without a session.", 302, []string{"prompt", "none"}},
			{"A request object of a client that signs none.", 400, []string{"request", "e30.e30.x"}},
		} {
			tp.say(c.sentence)
			b.authorize(webRequest(c.changes...)).want(c.status)
		}
		tp.say("A grant the client may not use.")
		b.authorize([]string{"client_id", "shopClub", "response_type", "token", "organization", "org_eu", "state", "s1"}).want(302)
		tp.say("An organization, from a client that must not send one.")
		b.authorize(portalRequest("organization", "org_eu")).want(302)
		tp.say("No organization, from a client that must.")
		b.authorize([]string{"client_id", "shopClub", "response_type", "code", "state", "s1"}).want(302)
		tp.say("No connection is enabled for the client.")
		b.authorize([]string{"client_id", "shopLonely", "response_type", "code", "state", "s1"}).want(302)
		tp.say("A login page without its login.")
		b.get("/u/login?state=nothing").want(400)
		tp.say("The end of no login.")
		b.get("/authorize/resume?state=nothing").want(500)
		tp.say("A blocked user logs in.")
		b.tape = nil
		page := b.authorize(webRequest()).wantPath("/u/login")
		b.tape = tp
		b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "bob@shop.example", "password", password).want(302)
		tp.say("A user who is not a member of the organization.")
		b.tape = nil
		other := b.w.browser()
		page = other.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
		resume := other.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "nora@shop.example", "password", password).wantPath("/authorize/resume")
		other.tape = tp
		other.get(resume.RequestURI()).want(302)
	})
}

func TestTranscriptLogout(t *testing.T) {
	t.Parallel()
	transcript(t, "logout", func(_ *world, b *browser, tp *tape) {
		again := func() string {
			b.tape = nil
			res := b.w.token(redeemWeb(b.code(webRequest("prompt", "login"), "ada@shop.example"))...).want(200)
			b.tape = tp
			return res.text("id_token")
		}
		again()
		tp.say("Logout ends the session's cookie and goes to an allowed URL, query and all.")
		b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "http://localhost:3000/bye?why=1")).want(302)
		tp.say("The session is over.")
		b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
		tp.say("Without returnTo: the client's first Allowed Logout URL.")
		b.get("/v2/logout?client_id=shopWeb").want(302)
		tp.say("Without client_id: the tenant's.")
		b.get("/v2/logout").want(302)
		again()
		tp.say("A URL that is not allowed. The session ends all the same.")
		b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "https://evil.example")).want(400)
		tp.say("The session is over here too.")
		b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
		idToken := again()
		tp.say("OpenID Connect's logout with an ID token of this session: at once.")
		b.get("/oidc/logout?" + form("id_token_hint", idToken, "post_logout_redirect_uri", "http://localhost:3000/bye", "state", "s2")).want(302)
		again()
		tp.say("Without a hint the person is asked.")
		question := b.get("/oidc/logout?client_id=shopWeb").want(200)
		state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(question.body)[1]
		tp.say("No.")
		b.post("/u/logout", "state", state, "action", "decline").want(200)
		tp.say("Still logged in.")
		b.authorize(webRequest("prompt", "none")).want(302)
		b.tape = nil
		question = b.get("/oidc/logout?client_id=shopWeb").want(200)
		state = regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(question.body)[1]
		b.tape = tp
		tp.say("Yes: to the first Allowed Logout URL of the client.")
		b.post("/u/logout", "state", state, "action", "accept").want(302)
		tp.say("A URL that is not allowed.")
		b.get("/oidc/logout?" + form("id_token_hint", idToken, "post_logout_redirect_uri", "https://evil.example")).want(400)
		tp.say("An id_token_hint that is none.")
		b.get("/oidc/logout?id_token_hint=nonsense").want(400)
		tp.say("A client_id that is not the ID token's.")
		b.get("/oidc/logout?" + form("id_token_hint", idToken, "client_id", "shopPortal")).want(400)
	})
}

func TestTranscriptEdges(t *testing.T) {
	t.Parallel()
	transcript(t, "edges", func(_ *world, b *browser, tp *tape) {
		origin := head("Origin", "http://localhost:3000")
		tp.say("A browser asks whether it may call from an origin of the client.")
		b.do("OPTIONS", "/oauth/token", head("Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "auth0-client,content-type"), "").want(204)
		tp.say("From any other it may not.")
		b.do("OPTIONS", "/oauth/token", head("Origin", "https://evil.example", "Access-Control-Request-Method", "POST"), "").want(204)
		tp.say("The call itself, from the client's own origin: errors can be read too.")
		b.do("POST", "/oauth/token", head("Origin", "http://localhost:3000", "Content-Type", "application/x-www-form-urlencoded"),
			form(redeemWeb("x")...)).want(403)
		tp.say("Another client's origin will not do.")
		b.do("POST", "/oauth/token", head("Origin", "https://portal.example", "Content-Type", "application/x-www-form-urlencoded"),
			form(redeemWeb("x")...)).want(403)
		tp.say("/userinfo from a page.")
		b.do("GET", "/userinfo", origin, "").want(401)
		tp.say("A host that is not the tenant's.")
		b.get("http://evil.example:4400/.well-known/openid-configuration").want(421)
		tp.say("The Management API.")
		b.get("/api/v2/users").want(501)
		tp.say("A page that Auth0 has and Faux0 has not.")
		b.get("/u/redeem-ticket?state=x").want(501)
		tp.say("No such page.")
		b.get("/nowhere").want(404)
		tp.say("A method that the path does not know.")
		b.get("/oauth/token").want(405)
	})
}

func TestTranscriptControl(t *testing.T) {
	t.Parallel()
	transcript(t, "control", func(_ *world, b *browser, tp *tape) {
		tp.say("Is it there?")
		b.get("/_faux0/health").want(200)
		tp.say("There is no CA where there is no HTTPS.")
		b.get("/_faux0/ca.pem").want(404)
		tp.say("What time is it?")
		b.get("/_faux0/clock").want(200)
		tp.say("The clock goes on.")
		b.postJSON("/_faux0/clock", map[string]any{"advance": "25h"}).want(200)
		tp.say("The clock stops.")
		b.postJSON("/_faux0/clock", map[string]any{"freeze": "2027-01-01T00:00:00Z"}).want(200)
		tp.say("The clock runs backwards: no.")
		b.postJSON("/_faux0/clock", map[string]any{"advance": "-1h"}).want(400)
		tp.say("A member it does not know is not lost in silence.")
		b.postJSON("/_faux0/clock", map[string]any{"advanc": "1h"}).want(400)
		tp.say("Everything as it was.")
		b.do("POST", "/_faux0/reset", nil, "").want(204)
		tp.say("Tokens by the rules of a login, with the reasons.")
		b.postJSON("/_faux0/tokens", map[string]any{"client_id": "Shop Web", "user": "ada@shop.example", "audience": orders, "scope": "openid read:orders write:orders"}).want(200)
		tp.say("A user who does not exist.")
		b.postJSON("/_faux0/tokens", map[string]any{"client_id": "Shop Web", "user": "adda@shop.example"}).want(400)
		tp.say("Claims signed as they are.")
		b.postJSON("/_faux0/tokens", map[string]any{"as_is": true, "claims": map[string]any{"iss": "https://evil.example/", "exp": 1}}).want(200)
		tp.say("What a login would be granted.")
		b.postJSON("/_faux0/explain", map[string]any{"client_id": "shopWeb", "user": "auth0|nora", "audience": orders, "scope": "openid read:orders"}).want(200)
		tp.say("The same for people.")
		b.do("POST", "/_faux0/explain", head("Accept", "text/plain", "Content-Type", "application/json"),
			`{"client_id":"shopWeb","user":"auth0|nora","audience":"https://orders.example","scope":"openid read:orders"}`).want(200)
		tp.say("The next key becomes the current one.")
		b.do("POST", "/_faux0/keys/rotate", nil, "").want(200)
		tp.say("A verb that is not built yet.")
		b.get("/_faux0/faults").want(501)
		tp.say("A page of another origin may not use the control plane.")
		b.do("POST", "/_faux0/reset", head("Origin", "https://evil.example"), "").want(403)
	})
}
