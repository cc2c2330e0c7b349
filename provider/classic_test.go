package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func classic(c *provider.Config) { c.Snapshot.Prompts.UniversalLoginExperience = "classic" }

const template = `<!doctype html><script>var config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@'))));</script>`

// ownPage gives the tenant a login page of its own.
func ownPage(c *provider.Config) {
	c.Snapshot.Prompts.LoginPage = &tenant.LoginPage{HTML: template, Enabled: true}
}

// pageConfig reads what a page's template is given.
func (a *answer) pageConfig() map[string]any {
	a.t.Helper()
	found := regexp.MustCompile(`atob\('([A-Za-z0-9+/=]+)'\)`).FindStringSubmatch(a.body)
	if found == nil {
		a.t.Fatalf("the page has no config: %s", a.body)
	}
	raw, err := base64.StdEncoding.DecodeString(found[1])
	if err != nil {
		a.t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(raw, &config); err != nil {
		a.t.Fatal(err)
	}
	return config
}

func options(config map[string]any) map[string]any {
	m, _ := config["internalOptions"].(map[string]any)
	return m
}

// lock is what auth0.js on the hosted page posts.
func lock(config map[string]any, email, pass string) map[string]any {
	body := map[string]any{
		"client_id": config["clientID"], "tenant": config["auth0Tenant"], "connection": "Username-Password-Authentication",
		"username": email, "password": pass, "popup_options": map[string]any{}, "sso": true,
	}
	for name, value := range options(config) {
		if _, own := body[name]; !own {
			body[name] = value
		}
	}
	return body
}

// fields are the hidden fields of a form.
func (a *answer) fields() []string {
	a.t.Helper()
	a.want(200)
	var pairs []string
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(a.body, -1) {
		pairs = append(pairs, m[1], html.UnescapeString(m[2]))
	}
	return pairs
}

// hosted opens the tenant's own page.
func (b *browser) hosted(changes ...string) map[string]any {
	b.w.t.Helper()
	return b.get(b.authorize(webRequest(changes...)).wantPath("/login").RequestURI()).want(200).pageConfig()
}

func TestClassicPageOfTheTenant(t *testing.T) {
	t.Parallel()
	w := run(t, ownPage)
	b := w.browser()
	to := b.authorize(webRequest("nonce", "n1", "ext-color", "green & blue")).wantPath("/login")
	q := to.Query()
	for name, want := range map[string]string{
		"client": "shopWeb", "protocol": "oauth2", "response_type": "code", "redirect_uri": callback, "scope": "openid profile",
		"audience": orders, "nonce": "n1", "ext-color": "green & blue", "client_id": "",
	} {
		equal(t, name+" of the page's address", q.Get(name), want)
	}
	if q.Get("state") == "s1" || q.Get("state") == "" {
		t.Errorf("state is %q, the app's or none", q.Get("state"))
	}
	page := b.get(to.RequestURI()).want(200)
	equal(t, "X-Frame-Options", page.header.Get("X-Frame-Options"), "deny")
	if csp := page.header.Get("Content-Security-Policy"); csp != "frame-ancestors 'none'" {
		t.Errorf("the policy %q would keep Lock from loading", csp)
	}
	config := page.pageConfig()
	for name, want := range map[string]any{
		"auth0Domain": "tenant.localhost:4400", "auth0Tenant": "tenant", "clientID": "shopWeb", "callbackURL": callback,
		"callbackOnLocationHash": false, "clientConfigurationBaseUrl": base, "assetsUrl": base, "prompt": false, "isThirdPartyClient": false,
	} {
		equal(t, name, config[name], want)
	}
	for name, want := range map[string]any{
		"protocol": "oauth2", "response_type": "code", "redirect_uri": callback, "scope": "openid profile", "audience": orders, "nonce": "n1",
		"_intstate": "deprecated", "state": any(q.Get("state")),
	} {
		equal(t, name, options(config)[name], want)
	}
	equal(t, "ext-color", config["extraParams"].(map[string]any)["ext-color"], any("green & blue"))
	equal(t, "issuer", config["authorizationServer"].(map[string]any)["issuer"], any(base+"/"))
	equal(t, "title", config["dict"].(map[string]any)["signin"].(map[string]any)["title"], any("Shop"))

	// The page is what auth0.js expects: a form first of all, that it submits.
	equal(t, "challenge", b.postJSON("/usernamepassword/challenge", map[string]any{"state": q.Get("state")}).want(200).body, `{"required":false}`)
	form := b.postJSON("/usernamepassword/login", lock(config, "ada@shop.example", password)).want(200)
	if !strings.HasPrefix(form.body, `<form method="post" name="hiddenform" action="`+base+`/login/callback">`) {
		t.Errorf("the answer begins with %.80q", form.body)
	}
	fields := form.fields()
	equal(t, "wa", fields[1], "wsignin1.0")
	var wctx map[string]any
	if err := json.Unmarshal([]byte(fields[5]), &wctx); err != nil || wctx["client_id"] != "shopWeb" || wctx["strategy"] != "auth0" {
		t.Errorf("wctx is %s: %v", fields[5], err)
	}
	sent := b.get(b.post("/login/callback", fields...).wantPath("/authorize/resume").RequestURI())
	equal(t, "state", sent.query().Get("state"), "s1")
	equal(t, "sub", w.profile(sent)["sub"], any("auth0|ada"))
	// The session is there.
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("there is no session")
	}
}

func TestClassicPageOfOurs(t *testing.T) {
	t.Parallel()
	w := run(t, classic, google, fixtureUsers)
	b := w.browser()
	to := b.authorize(webRequest()).wantPath("/login")
	page := b.get(to.RequestURI()).want(200)
	if strings.Contains(page.body, "<script") {
		t.Error("the page needs a script")
	}
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("our page may load anything")
	}
	hidden := func() []string {
		return []string{"state", to.Query().Get("state"), "client_id", "shopWeb", "_csrf", formValue(t, page.body, "_csrf")}
	}
	for _, c := range []struct{ name, value, says string }{
		{"username", "", "Please enter your email"}, {"password", "", "Please enter your password"}, {"password", "wrong", "Wrong email or password"},
		{"username", "nobody@shop.example", "Wrong email or password"},
	} {
		a := b.post("/usernamepassword/login", with(append(hidden(), "username", "ada@shop.example", "password", password), c.name, c.value)...)
		if a.status != 400 || !strings.Contains(a.body, c.says) {
			t.Errorf("%s=%q: status %d, want %q", c.name, c.value, a.status, c.says)
		}
	}
	b.post("/usernamepassword/login", append(hidden(), "connection", "google-oauth2")...).wantPath("/u/pretend/google-oauth2")
	b.post("/usernamepassword/login", append(hidden(), "action", "fixture-user", "user_id", "auth0|nobody")...).want(400)
	done := b.post("/usernamepassword/login", append(hidden(), "username", "ada@shop.example", "password", password)...)
	equal(t, "sub", w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))["sub"], any("auth0|ada"))

	for user, wants := range map[string]string{"auth0|nora": "", "auth0|bob": "user is blocked"} {
		b := w.browser()
		to = b.authorize(webRequest()).wantPath("/login")
		page = b.get(to.RequestURI()).want(200)
		done := b.post("/usernamepassword/login", append(hidden(), "action", "fixture-user", "user_id", user)...)
		if wants != "" {
			done.wantSent("unauthorized", wants)
			continue
		}
		equal(t, "sub", w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))["sub"], any(user))
	}
	b = w.browser()
	to = b.authorize(webRequest()).wantPath("/login")
	page = b.get(to.RequestURI()).want(200)
	b.post("/usernamepassword/login", append(hidden(), "username", "bob@shop.example", "password", password)...).wantSent("unauthorized", "user is blocked")
}

func formValue(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the page has no field %s", name)
	}
	return html.UnescapeString(found[1])
}

func TestWhoHasTheClassicPage(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	clientPage := func(on *bool) change {
		return func(c *provider.Config) {
			v := client(c, "shopWeb")
			v.CustomLoginPageOn, v.CustomLoginPage = on, "<p>Of the client @@config@@</p>"
		}
	}
	globalPage := func(c *provider.Config) {
		for _, v := range c.Snapshot.Clients {
			if v.Global {
				v.CustomLoginPageOn, v.CustomLoginPage = &yes, "<p>Of the global client</p>"
			}
		}
	}
	off := func(c *provider.Config) { client(c, "shopWeb").CustomLoginPageOn = &no }
	for name, c := range map[string]struct {
		changes []change
		path    string
		says    string
	}{
		"nobody by default":                    {nil, "/u/login", "Welcome"},
		"a tenant that chose it":               {[]change{classic}, "/login", "Log in to Shop Web"},
		"a tenant with a page":                 {[]change{ownPage}, "/login", "decodeURIComponent"},
		"a tenant whose page is switched off":  {[]change{func(c *provider.Config) { ownPage(c); c.Snapshot.Prompts.LoginPage.Enabled = false }}, "/u/login", "Welcome"},
		"a global client with a page":          {[]change{globalPage}, "/login", "Of the global client"},
		"a client with a page":                 {[]change{ownPage, clientPage(nil)}, "/login", "Of the client"},
		"a client whose page is switched on":   {[]change{clientPage(&yes)}, "/login", "Of the client"},
		"a client whose page is switched off":  {[]change{clientPage(&no)}, "/u/login", "Welcome"},
		"a client that wants no page":          {[]change{ownPage, off}, "/u/login", "Welcome"},
		"a client that wants none, in classic": {[]change{ownPage, classic, off}, "/login", "Log in to Shop Web"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := run(t, c.changes...).browser()
			if page := b.get(b.authorize(webRequest()).wantPath(c.path).RequestURI()).want(200); !strings.Contains(page.body, c.says) {
				t.Errorf("the page does not say %q", c.says)
			}
		})
	}
	// Organizations have no classic login, and a provider asked for needs no page.
	b := run(t, classic, google).browser()
	b.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
	b.authorize(webRequest("connection", "google-oauth2")).wantPath("/u/pretend/google-oauth2")
	// A form posted to /authorize loses nothing.
	to := b.post("/authorize", webRequest("login_hint", "zoe@shop.example")...).wantPath("/login")
	equal(t, "scope", to.Query().Get("scope"), "openid profile")
	equal(t, "login_hint", to.Query().Get("login_hint"), "zoe@shop.example")
}

func TestFixturesHoldTheClassicPage(t *testing.T) {
	t.Parallel()
	parse := func(yaml string) (*tenant.Snapshot, int, error) {
		s, report, err := fixtures.Parse(fixtures.Options{}, "t.yaml", []byte(yaml))
		if report == nil {
			return s, 0, err
		}
		return s, len(report.Warnings), err
	}
	s, warnings, err := parse("pages:\n  - {name: login, enabled: true, html: \"<p>@@config@@</p>\"}\n")
	if err != nil || warnings != 0 || s.Prompts.LoginPage == nil || s.Prompts.LoginPage.HTML != "<p>@@config@@</p>" || !s.Prompts.LoginPage.Enabled {
		t.Fatalf("%v, %v, %+v", err, warnings, s)
	}
	// It is still there after the snapshot was written and read.
	raw, err := fixtures.MarshalYAML(s)
	if err != nil {
		t.Fatal(err)
	}
	if s, _, err = parse(string(raw)); err != nil || s.Prompts.LoginPage == nil || s.Prompts.LoginPage.HTML != "<p>@@config@@</p>" {
		t.Errorf("written and read again: %v, %+v", err, s.Prompts.LoginPage)
	}
	// So is one that no fixture brought.
	raw, err = fixtures.MarshalYAML(&tenant.Snapshot{Prompts: tenant.Prompts{LoginPage: &tenant.LoginPage{HTML: "<p>@@config@@</p>", Enabled: true}}})
	if err != nil {
		t.Fatal(err)
	}
	if s, _, err = parse(string(raw)); err != nil || s.Prompts.LoginPage == nil || s.Prompts.LoginPage.HTML != "<p>@@config@@</p>" {
		t.Errorf("written without a fixture: %v, %s", err, raw)
	}
	if _, warnings, err = parse("pages:\n  - {name: login, html: x}\n"); err != nil || warnings != 1 {
		t.Errorf("a page that is not enabled: %v, %v", err, warnings)
	}
	if _, _, err = parse("pages:\n  - {name: login, html: 5, enabled: maybe}\n"); err == nil || !strings.Contains(err.Error(), "html: must be text") || !strings.Contains(err.Error(), "enabled: must be true or false") {
		t.Errorf("a page of wrong types: %v", err)
	}
}

func TestClassicErrors(t *testing.T) {
	t.Parallel()
	w := run(t, ownPage)
	b := w.browser()
	config := b.hosted()
	for _, c := range []struct {
		change            []any
		status            int
		name, code, words string
	}{
		{[]any{"password", "wrong"}, 400, "ValidationError", "invalid_user_password", "Wrong email or password."},
		{[]any{"username", "nobody@shop.example"}, 400, "ValidationError", "invalid_user_password", "Wrong email or password."},
		{[]any{"username", nil}, 400, "ValidationError", "invalid_user_password", "Wrong email or password."},
		{[]any{"username", "bob@shop.example"}, 401, "UnauthorizedError", "unauthorized", "user is blocked"},
		{[]any{"connection", "nowhere"}, 400, "BadRequestError", "invalid_request", "the connection was not found"},
		{[]any{"connection", "Staff"}, 400, "BadRequestError", "invalid_request", "the connection was disabled"},
		{[]any{"_csrf", "wrong"}, 403, "ForbiddenError", "EBADCSRFTOKEN", "invalid csrf token"},
		{[]any{"_csrf", nil}, 403, "ForbiddenError", "EBADCSRFTOKEN", "invalid csrf token"},
		{[]any{"state", "unknown"}, 403, "AnomalyDetected", "access_denied", "Invalid state"},
		{[]any{"state", nil}, 403, "AnomalyDetected", "access_denied", "Invalid state"},
		{[]any{"client_id", "shopPortal"}, 403, "AnomalyDetected", "access_denied", "Invalid state"},
	} {
		body := lock(config, "ada@shop.example", password)
		body[c.change[0].(string)] = c.change[1]
		a := b.postJSON("/usernamepassword/login", body).want(c.status)
		got, want := a.json(), map[string]any{"name": c.name, "code": c.code, "description": c.words, "statusCode": float64(c.status)}
		for name, value := range want {
			equal(t, name+" for "+c.change[0].(string), got[name], value)
		}
		equal(t, "members", len(got), 4)
	}
	for _, raw := range []string{"{", "[]", `"x"`} {
		a := b.do("POST", "/usernamepassword/login", head("Content-Type", "application/json"), raw).want(400)
		equal(t, "code of "+raw, a.text("code"), "invalid_request")
	}
	// None of it ended the login.
	b.postJSON("/usernamepassword/login", lock(config, "ada@shop.example", password)).want(200)
	// The form of our page shows its errors on a page.
	b.post("/usernamepassword/login", "state", "unknown").want(400)
	if a := b.post("/usernamepassword/login", "state", options(config)["state"].(string), "_csrf", "wrong").want(403); !strings.Contains(a.body, "invalid csrf token") {
		t.Error("the page does not say what is wrong")
	}
}

func TestClassicSocialButtonMeansTheSameLogin(t *testing.T) {
	t.Parallel()
	w := run(t, ownPage, connect("google-oauth2", "google-oauth2", nil, "shopWeb", "shopPortal"))
	b := w.browser()
	config := b.hosted()
	var pairs []string
	for name, value := range options(config) {
		pairs = append(pairs, name, value.(string))
	}
	to := b.get("/authorize?" + form(append(pairs, "client_id", "shopWeb", "connection", "google-oauth2")...)).wantPath("/u/pretend/google-oauth2")
	equal(t, "state", to.Query().Get("state"), options(config)["state"].(string))
	sent := b.get(b.post(to.RequestURI(), "email", "zoe@mail.example").wantPath("/authorize/resume").RequestURI())
	equal(t, "the app's state", sent.query().Get("state"), "s1")

	// Another client's request, or another browser's, is a login of its own.
	b = w.browser()
	config = b.hosted()
	state := options(config)["state"].(string)
	to = b.authorize(portalRequest("connection", "google-oauth2", "state", state)).wantPath("/u/pretend/google-oauth2")
	if to.Query().Get("state") == state {
		t.Error("another client took the login over")
	}
	to = w.browser().authorize(webRequest("connection", "google-oauth2", "state", state)).wantPath("/u/pretend/google-oauth2")
	if to.Query().Get("state") == state {
		t.Error("another browser took the login over")
	}
}

func TestClassicAttacks(t *testing.T) {
	t.Parallel()
	now := start
	w := run(t, ownPage, func(c *provider.Config) { c.Now = func() time.Time { return now } })
	b := w.browser()
	config := b.hosted()
	refused := func(what string, b *browser, status int, fields ...string) {
		t.Helper()
		if a := b.post("/login/callback", fields...); a.status != status || a.header.Get("Location") != "" {
			t.Errorf("%s: status %d, Location %q", what, a.status, a.header.Get("Location"))
		}
	}
	answerFor := func(b *browser, config map[string]any) []string {
		t.Helper()
		return b.postJSON("/usernamepassword/login", lock(config, "ada@shop.example", password)).fields()
	}
	fields := answerFor(b, config)
	wresult := fields[3]
	parts := strings.Split(wresult, ".")

	encode := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	forged := claims(t, wresult)
	forged["sub"] = "auth0|nora"
	token := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
		"username", "ada@shop.example", "password", password, "scope", "openid").want(200)
	for what, value := range map[string]string{
		"nothing": "", "no JWT": "x", "another user": parts[0] + "." + encode(forged) + "." + parts[2],
		"no signature": parts[0] + "." + parts[1] + ".", "an unsigned one": encode(map[string]any{"alg": "none", "typ": "JWT"}) + "." + encode(forged) + ".",
		"the tenant's own ID token": token.text("id_token"), "a half": wresult[:len(wresult)/2],
	} {
		refused(what, b, 400, with(fields, "wresult", value)...)
	}
	// It is no token, whatever is tried with it.
	b.do("GET", "/userinfo", head("Authorization", "Bearer "+wresult), "").want(401)

	refused("another browser", w.browser(), 400, fields...)
	other := w.browser()
	other.hosted()
	refused("another browser in a login of its own", other, 400, fields...)

	newer := answerFor(b, config)
	refused("an answer replaced by a newer one", b, 400, fields...)
	done := b.post("/login/callback", newer...)
	done.wantPath("/authorize/resume")
	refused("an answer used before", b, 400, newer...)
	b.get(done.wantPath("/authorize/resume").RequestURI()).want(302)
	refused("an answer of a login that is over", b, 400, newer...)

	b = w.browser()
	config = b.hosted()
	fields = answerFor(b, config)
	now = now.Add(5 * time.Minute)
	refused("an answer that is too old", b, 400, fields...)

	// The password of another browser's page, with its token, opens nothing.
	victim := w.browser()
	config = victim.hosted()
	if a := w.browser().postJSON("/usernamepassword/login", lock(config, "ada@shop.example", password)); a.status != 403 {
		t.Errorf("a foreign browser: status %d", a.status)
	}
	// The cookie alone is not enough, nor the token alone.
	bare := w.browser()
	u, err := url.Parse(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	bare.http.Jar.SetCookies(u, victim.http.Jar.Cookies(u)) // the device's cookie, without _csrf
	if a := bare.postJSON("/usernamepassword/login", lock(config, "ada@shop.example", password)); a.status != 403 || a.text("code") != "EBADCSRFTOKEN" {
		t.Errorf("without the cookie: status %d %s", a.status, a.body)
	}
	// A user who is deleted or blocked meanwhile does not get in.
	fields = answerFor(victim, config)
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	victim.post("/login/callback", fields...).wantSent("unauthorized", "user is blocked")

	for _, path := range []string{"/login", "/login?state=unknown", "/login?state=" + options(config)["state"].(string)} {
		w.browser().get(path).want(400)
	}
	b.get("/login/callback").want(400)
}

func TestClassicAnswerWorksOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, ownPage)
	b := w.browser()
	fields := b.postJSON("/usernamepassword/login", lock(b.hosted(), "ada@shop.example", password)).fields()
	const n = 50
	statuses, gate := make(chan int, n), make(chan struct{})
	for range n {
		go func() {
			<-gate
			res, err := b.http.Post(base+"/login/callback", "application/x-www-form-urlencoded", strings.NewReader(form(fields...)))
			if err != nil {
				statuses <- 0
				return
			}
			res.Body.Close()
			statuses <- res.StatusCode
		}()
	}
	close(gate)
	got := map[int]int{}
	for range n {
		got[<-statuses]++
	}
	if got[302] != 1 || got[400] != n-1 {
		t.Errorf("statuses %v, want one 302 and the rest 400", got)
	}
}

func TestClassicConfigCannotLeaveItsScript(t *testing.T) {
	t.Parallel()
	w := run(t, ownPage)
	b := w.browser()
	hostile := `</script><script>alert('1')//` + "\u2028" + `@@config@@`
	to := b.authorize(webRequest("nonce", hostile, "login_hint", hostile, "ext-x", hostile, "state", hostile)).wantPath("/login")
	page := b.get(to.RequestURI() + "&" + form("ext-y", hostile, "_csrf", "mine", "redirect_uri", "https://evil.example")).want(200)
	if strings.Count(page.body, "<script>") != 1 || strings.Contains(page.body, "alert") {
		t.Errorf("the page runs what was sent: %s", page.body)
	}
	config := page.pageConfig()
	extra := config["extraParams"].(map[string]any)
	equal(t, "nonce", options(config)["nonce"], any(hostile))
	equal(t, "ext-y", extra["ext-y"], any(hostile))
	// What the address adds does not replace what the login is.
	equal(t, "redirect_uri", extra["redirect_uri"], any(callback))
	if extra["_csrf"] != options(config)["_csrf"] || extra["_csrf"] == "mine" {
		t.Errorf("_csrf is %v", extra["_csrf"])
	}
	// Our own form of the answer holds what was sent as text.
	answer := b.postJSON("/usernamepassword/login", func() map[string]any {
		body := lock(config, "ada@shop.example", password)
		body["auth0Client"] = `"><script>alert(1)</script>`
		return body
	}()).want(200)
	if strings.Contains(answer.body, "<script>") {
		t.Errorf("the form runs what was sent: %s", answer.body)
	}
}

func TestClassicCSRFCookie(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w      *world
		name   string
		secure bool
	}{{run(t, classic), "_csrf_plain", false}, {runTLS(t, classic), "_csrf", true}} {
		b := c.w.browser()
		first := b.authorize(webRequest()).wantPath("/login")
		res := &http.Response{Header: b.get(first.RequestURI()).want(200).header}
		i := slices.IndexFunc(res.Cookies(), func(k *http.Cookie) bool { return k.Name == c.name })
		if i < 0 {
			t.Fatalf("no cookie %s", c.name)
		}
		k := res.Cookies()[i]
		if k.Path != "/usernamepassword/login" || !k.HttpOnly || k.Secure != c.secure || k.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %s", k.Raw)
		}
		// A second page in the same browser leaves the first one usable.
		body := b.get(first.RequestURI()).want(200).body
		b.get(b.authorize(webRequest()).wantPath("/login").RequestURI()).want(200)
		b.post("/usernamepassword/login", "state", first.Query().Get("state"), "_csrf", formValue(t, body, "_csrf"),
			"username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
	}
}

func TestSSOData(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	equal(t, "without a session", b.get("/user/ssodata").want(200).body, `{"sso":false}`)
	b.login(webRequest(), "ada@shop.example").want(302)
	a := b.do("GET", "/user/ssodata?ldaps=1&client_id=shopWeb", head("Origin", "http://localhost:3000"), "").want(200)
	equal(t, "with one", a.body, `{"sso":true,"current_user_email":"ada@shop.example","current_user_id":"auth0|ada",`+
		`"connection":{"name":"Username-Password-Authentication","strategy":"auth0"},"lastUsedUserID":"auth0|ada",`+
		`"lastUsedUsername":"ada@shop.example","lastUsedClientID":"shopWeb",`+
		`"lastUsedConnection":{"name":"Username-Password-Authentication","strategy":"auth0"},"sessionClients":["shopWeb"]}`)
	equal(t, "Allow-Origin", a.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	equal(t, "Allow-Credentials", a.header.Get("Access-Control-Allow-Credentials"), "true")
	equal(t, "Cache-Control", a.header.Get("Cache-Control"), "no-store")
	for target, origin := range map[string]string{
		"/user/ssodata": "https://evil.example", "/user/ssodata?client_id=shopWeb": "https://portal.example", "/user/ssodata?client_id=nobody": "http://localhost:3000",
	} {
		if a := b.do("GET", target, head("Origin", origin), ""); a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may read %s", origin, target)
		}
	}
	// The value of the cookie cannot be made up, and a blocked user is nobody.
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	equal(t, "of a blocked user", b.get("/user/ssodata").want(200).body, `{"sso":false}`)
	b.get("/v2/logout")
	equal(t, "after logout", b.get("/user/ssodata").want(200).body, `{"sso":false}`)
}
