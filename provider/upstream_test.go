package provider_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// connect adds a connection of the strategy, enabled for the clients.
func connect(name, strategy string, options map[string]any, clients ...string) change {
	return func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			ID: tenant.DerivedID(tenant.KindConnection, name), Name: name, Strategy: strategy, Options: options, EnabledClients: clients,
		})
	}
}

func google(c *provider.Config) { connect("google-oauth2", "google-oauth2", nil, "shopWeb")(c) }

func fixtureUsers(c *provider.Config) { c.FixtureUsers = true }

// atGoogle starts a login that goes straight to the pretend Google.
func (b *browser) atGoogle(changes ...string) *url.URL {
	b.w.t.Helper()
	return b.authorize(webRequest(append([]string{"connection", "google-oauth2"}, changes...)...)).wantPath("/u/pretend/google-oauth2")
}

// profile redeems what the app was sent and returns the ID token's claims.
func (w *world) profile(sent *answer) map[string]any {
	w.t.Helper()
	return claims(w.t, w.token(redeemWeb(sent.query().Get("code"))...).want(200).text("id_token"))
}

func TestUpstreamLoginMakesTheUser(t *testing.T) {
	t.Parallel()
	w := run(t, google)
	b := w.browser()
	page := b.atGoogle("scope", "openid profile email")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{"Continue with Google", "This page plays Google", `name="email"`, `name="name"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	done := b.post(page.RequestURI(), "state", page.Query().Get("state"), "email", "Zoe@Mail.example", "name", "Zoe van Doe", "action", "default")
	got := w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))
	if sub, _ := got["sub"].(string); !regexp.MustCompile(`^google-oauth2\|[1-9][0-9]{20}$`).MatchString(sub) {
		t.Errorf("sub is %q", sub)
	}
	for name, want := range map[string]any{
		"email": "zoe@mail.example", "email_verified": true, "name": "Zoe van Doe", "given_name": "Zoe van", "family_name": "Doe", "nickname": "zoe",
	} {
		equal(t, name, got[name], want)
	}
	user := userOf(w.control.Snapshot(), got["sub"].(string))
	_, id, _ := strings.Cut(user.UserID, "|")
	want := tenant.Identity{Connection: "google-oauth2", UserID: id, Provider: "google-oauth2", IsSocial: true}
	if len(user.Identities) != 1 || user.Identities[0].Provider != want.Provider || user.Identities[0].UserID != want.UserID || !user.Identities[0].IsSocial {
		t.Errorf("identities are %+v, want %+v", user.Identities, want)
	}
	// The session is the connection's: asked for again, it answers at once.
	if b.authorize(webRequest("connection", "google-oauth2", "prompt", "none")).query().Get("code") == "" {
		t.Error("the session does not answer for its own connection")
	}
	b.authorize(webRequest("connection", "Username-Password-Authentication", "prompt", "none")).wantSent("login_required", "Login required")
	// The same address is the same user, in any browser, whatever its case.
	again := w.browser()
	page = again.atGoogle()
	done = again.post(page.RequestURI(), "email", "ZOE@mail.example")
	equal(t, "sub of a second login", w.profile(again.get(done.wantPath("/authorize/resume").RequestURI()))["sub"], got["sub"])
	equal(t, "logins", userOf(w.control.Snapshot(), user.UserID).LoginsCount, 2)
}

func TestUpstreamIDsHaveTheShapeOfTheirProvider(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, strategy, sub string
		social              bool
	}{
		{"github", "github", `^github\|[1-9][0-9]{7}$`, true},
		{"apple", "apple", `^apple\|\d{6}\.[0-9a-f]{32}\.\d{4}$`, true},
		{"facebook", "facebook", `^facebook\|\d{17}$`, true},
		{"windowslive", "windowslive", `^windowslive\|[0-9a-f]{16}$`, true},
		{"custom-social", "oauth2", `^oauth2\|custom-social\|[0-9a-f]{24}$`, true},
		{"corp", "samlp", `^samlp\|corp\|zoe@mail\.example$`, false},
		{"azure", "waad", `^waad\|[\w-]{43}$`, false},
		{"okta-corp", "okta", `^okta\|okta-corp\|00u\w{17}$`, false},
		{"partner", "oidc", `^oidc\|partner\|[0-9a-f]{24}$`, false},
		{"workspace", "google-apps", `^google-apps\|zoe@mail\.example$`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect(c.name, c.strategy, nil, "shopWeb"))
			b := w.browser()
			page := b.authorize(webRequest("connection", c.name, "scope", "openid email")).wantPath("/u/pretend/" + c.name)
			done := b.post(page.RequestURI(), "email", "zoe@mail.example")
			got := w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))
			if sub, _ := got["sub"].(string); !regexp.MustCompile(c.sub).MatchString(sub) {
				t.Errorf("sub is %q, want %s", sub, c.sub)
			}
			equal(t, "email_verified", got["email_verified"], any(c.social))
			equal(t, "isSocial", userOf(w.control.Snapshot(), got["sub"].(string)).Identities[0].IsSocial, c.social)
		})
	}
}

func TestUpstreamOffersTheConnectionsUsers(t *testing.T) {
	t.Parallel()
	gail := func(c *provider.Config) {
		c.Snapshot.Users = append(c.Snapshot.Users,
			&tenant.User{UserID: "google-oauth2|7", Email: "gail@shop.example", Connection: "google-oauth2"},
			&tenant.User{UserID: "google-oauth2|8", Email: "bert@shop.example", Connection: "google-oauth2", Blocked: true})
	}
	w := run(t, google, fixtureUsers, gail)
	b := w.browser()
	page := b.atGoogle()
	body := b.get(page.RequestURI()).want(200).body
	if !strings.Contains(body, "gail@shop.example") || strings.Contains(body, "ada@shop.example") {
		t.Error("the page lists the wrong users")
	}
	b.post(page.RequestURI(), "user_id", "auth0|ada").want(400) // of another connection
	done := b.post(page.RequestURI(), "user_id", "google-oauth2|7")
	equal(t, "sub", w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))["sub"], any("google-oauth2|7"))
	// Typing the address of an existing user is that user, blocked or not.
	b = w.browser()
	b.post(b.atGoogle().RequestURI(), "email", "bert@shop.example").wantSent("unauthorized", "user is blocked")

	w = run(t, google, gail)
	b = w.browser()
	page = b.atGoogle()
	if strings.Contains(b.get(page.RequestURI()).want(200).body, "gail@shop.example") {
		t.Error("the list is there although --fixture-users is off")
	}
	b.post(page.RequestURI(), "user_id", "google-oauth2|7").want(400)
}

func TestUpstreamCancelIsDenied(t *testing.T) {
	t.Parallel()
	b := run(t, google).browser()
	page := b.atGoogle()
	b.post(page.RequestURI(), "action", "cancel").wantSent("access_denied", "User cancelled the login")
	b.post(page.RequestURI(), "email", "zoe@mail.example").want(400) // the login is over
}

func TestUpstreamAnswersThePopup(t *testing.T) {
	t.Parallel()
	b := run(t, google).browser()
	page := b.atGoogle("owp", "true")
	done := b.post(page.RequestURI(), "email", "zoe@mail.example")
	popup := b.get(done.wantPath("/authorize/resume").RequestURI()).want(200)
	if !strings.Contains(popup.body, `"code"`) {
		t.Errorf("the popup has no answer: %s", popup.body)
	}
	page = b.authorize(webRequest("connection", "google-oauth2", "owp", "true", "prompt", "login")).wantPath("/u/pretend/google-oauth2")
	if body := b.post(page.RequestURI(), "action", "cancel").want(200).body; !strings.Contains(body, "access_denied") {
		t.Errorf("the popup does not know of the refusal: %s", body)
	}
}

// Lock hands on what the popup says, and applications read idTokenPayload of
// it, which auth0.js makes of id_token_payload.
func TestUpstreamTellsThePopupTheClaims(t *testing.T) {
	t.Parallel()
	b := run(t, google).browser()
	page := b.atGoogle("owp", "true", "response_type", "token id_token", "nonce", "n1")
	done := b.post(page.RequestURI(), "email", "zoe@mail.example")
	popup := b.get(done.wantPath("/authorize/resume").RequestURI()).want(200)
	if !regexp.MustCompile(`"id_token_payload":\{[^}]*"name":"zoe@mail.example"`).MatchString(popup.body) {
		t.Errorf("the popup's answer has no claims: %s", popup.body)
	}
}

func TestLoginPageLeadsUpstream(t *testing.T) {
	t.Parallel()
	corp := connect("corp", "samlp", map[string]any{"domain_aliases": []any{"Corp.example"}}, "shopWeb")
	w := run(t, google, corp, connect("partner", "oidc", nil, "shopWeb"), connect("offside", "github", nil, "shopPortal"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	body := b.get(page.RequestURI()).want(200).body
	for text, want := range map[string]bool{
		"Continue with Google": true, "Continue with partner": true, "Continue with corp": false, "offside": false, `id="password"`: true,
	} {
		equal(t, text+" on the page", strings.Contains(body, text), want)
	}
	b.post(page.RequestURI(), "connection", "google-oauth2").wantPath("/u/pretend/google-oauth2")
	// A corporate address leads to its provider, which has it already.
	to := b.post(page.RequestURI(), "username", "zoe@corp.example", "password", "x").wantPath("/u/pretend/corp")
	if !strings.Contains(b.get(to.RequestURI()).body, `value="zoe@corp.example"`) {
		t.Error("the address has to be typed again")
	}
	// Nor does it need a password, so the browser must let an empty one through;
	// others are asked for theirs.
	b.post(page.RequestURI(), "username", "zoe@corp.example", "password", "").wantPath("/u/pretend/corp")
	errorCode(t, b.post(page.RequestURI(), "username", "ada@shop.example", "password", ""), 400, "no-password")
	passwordField := regexp.MustCompile(`<input id="password"[^>]*required`)
	equal(t, "a password is required", passwordField.MatchString(body), false)
	plain := run(t).browser()
	equal(t, "a password is required where there is nothing else", passwordField.MatchString(plain.get(plain.authorize(webRequest()).wantPath("/u/login").RequestURI()).body), true)
	b.authorize(webRequest("login_hint", "zoe@corp.example")).wantPath("/u/pretend/corp")
	// A database named by a button is no provider.
	b.post(page.RequestURI(), "connection", "Username-Password-Authentication", "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
}

func TestLoginPageWithoutADatabase(t *testing.T) {
	t.Parallel()
	w := run(t, connect("google-oauth2", "google-oauth2", nil, "shopLonely"))
	b := w.browser()
	page := b.authorize([]string{"client_id", "shopLonely", "response_type", "code", "state", "s1"}).wantPath("/u/login")
	body := b.get(page.RequestURI()).want(200).body
	if strings.Contains(body, `name="password"`) || !strings.Contains(body, "Continue with Google") {
		t.Error("the page is not the provider's button alone")
	}
}

func TestUpstreamAttacks(t *testing.T) {
	t.Parallel()
	disabled := connect("github", "github", nil, "shopPortal")
	w := run(t, google, disabled)
	b := w.browser()
	b.authorize(webRequest("connection", "nowhere")).wantSent("invalid_request", "the connection was not found")
	b.authorize(webRequest("connection", "github")).wantSent("invalid_request", "the connection was disabled")
	page := b.authorize(webRequest()).wantPath("/u/login")
	state := page.RawQuery
	for path, says := range map[string]string{
		"/u/pretend/nowhere?" + state:                          "the connection was not found",
		"/u/pretend/github?" + state:                           "the connection was disabled",
		"/u/pretend/Username-Password-Authentication?" + state: "the connection was not found",
	} {
		for _, a := range []*answer{b.get(path), b.post(path, "email", "zoe@mail.example")} {
			if a.status != 400 || !strings.Contains(a.body, says) {
				t.Errorf("%s: status %d, want 400 and %q", path, a.status, says)
			}
		}
	}
	// A request for one connection does not end in another.
	page = b.authorize(webRequest("connection", "Username-Password-Authentication")).wantPath("/u/login")
	b.post("/u/pretend/google-oauth2?"+page.RawQuery, "email", "zoe@mail.example").want(400)
	// Another browser cannot go on with the login, nor can anybody without one.
	page = b.atGoogle()
	for _, a := range []*answer{
		w.browser().get(page.RequestURI()), w.browser().post(page.RequestURI(), "email", "zoe@mail.example"),
		b.get("/u/pretend/google-oauth2"), b.post("/u/pretend/google-oauth2?state=unknown", "email", "zoe@mail.example"),
	} {
		equal(t, "status", a.status, http.StatusBadRequest)
	}
	for _, email := range []string{"", " ", "zoe", "@", "a b@c.example", strings.Repeat("a", 250) + "@c.example", "a@b@c.example", "<script>@c.example"} {
		b.post(page.RequestURI(), "email", email, "name", "Zoe").want(400)
	}
	b.post(page.RequestURI(), "email", "zoe@mail.example", "name", strings.Repeat("ä", 301)).want(400)
	// What is typed is text.
	hostile := `"><script>alert(1)</script>`
	if body := b.post(page.RequestURI(), "email", hostile, "name", hostile).want(400).body; strings.Contains(body, "<script>") {
		t.Error("the page runs what was typed")
	}
	done := b.post(page.RequestURI(), "email", "zoe@mail.example", "name", hostile).wantPath("/authorize/resume")
	sent := b.get(done.RequestURI())
	equal(t, "name", w.profile(sent)["name"], any(hostile))
	// Nobody was made by what failed.
	equal(t, "new users", len(slices.DeleteFunc(w.control.Snapshot().Users, func(u *tenant.User) bool { return u.Connection != "google-oauth2" })), 1)
	// The page cannot be framed.
	page = w.browser().atGoogle()
	equal(t, "X-Frame-Options", b.get("/u/pretend/google-oauth2?"+page.RawQuery).header.Get("X-Frame-Options"), "deny")
	b.get(done.RequestURI()).want(500) // the end is reached once
}

func TestUpstreamInAnOrganization(t *testing.T) {
	t.Parallel()
	joins := func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			if o.ID == "org_open" {
				o.Connections = append(o.Connections, tenant.OrganizationConnection{
					ConnectionID: tenant.DerivedID(tenant.KindConnection, "google-oauth2"), AssignMembershipOnLogin: true,
				})
			}
		}
	}
	w := run(t, google, joins)
	b := w.browser()
	page := b.atGoogle("organization", "org_open")
	done := b.post(page.RequestURI(), "email", "zoe@mail.example")
	equal(t, "org_id", w.profile(b.get(done.wantPath("/authorize/resume").RequestURI()))["org_id"], any("org_open"))
	// The organization eu does not let Google's users in.
	b = w.browser()
	page = b.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
	b.get("/u/pretend/google-oauth2?" + page.RawQuery).want(400)
}
