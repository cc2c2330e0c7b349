package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// says posts the pretend provider's page and returns what the app is sent.
func (b *browser) says(connection string, fields ...string) *answer {
	b.w.t.Helper()
	page := b.authorize(webRequest("connection", connection, "scope", "openid profile email", "prompt", "login")).wantPath("/u/pretend/" + connection)
	done := b.post(page.RequestURI(), fields...)
	return b.get(done.wantPath("/authorize/resume").RequestURI())
}

func TestUpstreamProfileIsTheUsers(t *testing.T) {
	t.Parallel()
	w := run(t, google)
	got := w.profile(w.browser().says("google-oauth2", "email", "zoe@mail.example", "name", "Zoe van Doe", "sub", "4711", "email_verified", "false",
		"claims", `{"nickname": "zoe1", "locale": "nl", "given_name": "Zoë", "picture": "https://mail.example/zoe.png", "hd": "mail.example", "iss": "x"}`))
	for name, want := range map[string]any{
		"sub": "google-oauth2|4711", "email_verified": false, "name": "Zoe van Doe", "given_name": "Zoë", "family_name": "Doe", "nickname": "zoe1",
		"picture": "https://mail.example/zoe.png", "locale": "nl",
	} {
		equal(t, name, got[name], want)
	}
	if got["hd"] != nil {
		t.Error("the provider's own claims are in the ID token")
	}
	user := userOf(w.control.Snapshot(), "google-oauth2|4711")
	equal(t, "hd", user.Identities[0].ProfileData["hd"], any("mail.example"))
	if user.Identities[0].AccessToken == "" || user.Identities[0].RefreshToken != "" {
		t.Errorf("the provider's tokens are %+v", user.Identities[0])
	}
	// An id alone is a person without an address, as at X.
	got = w.profile(w.browser().says("google-oauth2", "sub", "815", "name", "Nameless"))
	equal(t, "sub", got["sub"], any("google-oauth2|815"))
	equal(t, "email", got["email"], nil)
	equal(t, "nickname", got["nickname"], any("Nameless"))
}

func TestUpstreamProfileFollowsTheProvider(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]struct{ name, nickname, email string }{
		"on_each_login":  {"Zoe New", "n2", "new@mail.example"},
		"on_first_login": {"Zoe Old", "n1", "new@mail.example"},
	} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", "oidc", map[string]any{"set_user_root_attributes": when, "non_persistent_attrs": []any{"shoe"}}, "shopWeb"))
			w.browser().says("corp", "email", "old@mail.example", "sub", "1", "name", "Zoe Old", "claims", `{"nickname": "n1", "shoe": "39"}`)
			w.browser().says("corp", "email", "new@mail.example", "sub", "1", "name", "Zoe New", "claims", `{"nickname": "n2", "team": "a"}`)
			u := userOf(w.control.Snapshot(), "oidc|corp|1")
			equal(t, "name", u.Name, want.name)
			equal(t, "nickname", u.Nickname, want.nickname)
			equal(t, "email", u.Email, want.email)
			equal(t, "team", u.Identities[0].ProfileData["team"], any("a"))
			if _, kept := u.Identities[0].ProfileData["shoe"]; kept {
				t.Error("what is not to be kept is kept")
			}
		})
	}
	w := run(t, connect("corp", "oidc", map[string]any{"set_user_root_attributes": "never_on_login"}, "shopWeb"))
	b := w.browser()
	page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
	a := b.post(page.RequestURI(), "email", "zoe@mail.example")
	a.wantSent("access_denied", "user does not exist")
	if !strings.Contains(a.header.Get("Faux0-Hint"), "never_on_login") {
		t.Error("the hint does not name the setting")
	}
}

// Source: Auth0 docs, "Email verification for Azure AD and ADFS".
func TestUpstreamEmailIsVerifiedWhereItIsTrusted(t *testing.T) {
	t.Parallel()
	for trust, want := range map[string]bool{"never_set_emails_as_verified": false, "always_set_emails_as_verified": true, "": false} {
		w := run(t, connect("ms", "waad", map[string]any{"should_trust_email_verified_connection": trust}, "shopWeb"))
		got := w.profile(w.browser().says("ms", "email", "zoe@mail.example", "email_verified", "true"))
		equal(t, "email_verified with "+trust, got["email_verified"], any(want))
	}
}

func TestUpstreamFailsAsItIsTold(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[string][2]string{
		"google-oauth2": {"access_denied", "User cancelled the login"}, "github": {"access_denied", "The user has denied your application access."},
	} {
		w := run(t, connect(strategy, strategy, nil, "shopWeb"))
		b := w.browser()
		page := b.authorize(webRequest("connection", strategy)).wantPath("/u/pretend/" + strategy)
		b.post(page.RequestURI(), "action", "cancel").wantSent(want[0], want[1])
		last := w.lastLog()
		equal(t, "type", last.Type, tenant.LogFailedLogin)
		equal(t, "connection", last.Connection, strategy)
		equal(t, "description", last.Description, want[1])
	}
	b := run(t, google).browser()
	page := b.atGoogle()
	for _, code := range []string{"", "two words", `quo"te`, "ü", strings.Repeat("x", 101)} {
		b.post(page.RequestURI(), "action", "fail", "error", code).want(400)
	}
	b.post(page.RequestURI(), "action", "fail", "error", "server_error", "error_description", "The directory is closed").wantSent("server_error", "The directory is closed")
	b.post(page.RequestURI(), "email", "zoe@mail.example").want(400) // the login is over
	page = b.atGoogle()
	b.post(page.RequestURI(), "action", "fail", "error", "temporarily_unavailable").wantSent("temporarily_unavailable", "temporarily_unavailable")
}

func TestUpstreamRefusesAnOddProfile(t *testing.T) {
	t.Parallel()
	w := run(t, google)
	b := w.browser()
	page := b.atGoogle()
	for _, fields := range [][]string{
		{"sub", "a b"}, {"sub", "ü"}, {"sub", strings.Repeat("1", 250)}, {"email", "zoe", "sub", "1"},
		{"email", "z@mail.example", "claims", "{"}, {"email", "z@mail.example", "claims", "[1]"}, {"email", "z@mail.example", "claims", "null"}, {"email", "z@mail.example", "claims", `"x"`},
	} {
		b.post(page.RequestURI(), fields...).want(400)
	}
	// What does not fit an attribute is left out.
	got := w.profile(b.says("google-oauth2", "email", "z@mail.example", "claims", `{"nickname": 7, "locale": ["de"], "picture": "not a picture", "given_name": "`+strings.Repeat("x", 151)+`", "address": {"country": "NL"}}`))
	equal(t, "nickname", got["nickname"], any("z"))
	equal(t, "given_name", got["given_name"], nil)
	equal(t, "locale", got["locale"], nil)
	if picture, _ := got["picture"].(string); !strings.HasPrefix(picture, "https://s.gravatar.com/") {
		t.Errorf("picture is %q", picture)
	}
}

func TestUpstreamPageSaysWhatAProviderWouldBeAsked(t *testing.T) {
	t.Parallel()
	options := map[string]any{
		"scope":           []any{"email", "profile"},
		"upstream_params": map[string]any{"display": map[string]any{"alias": "display"}, "hd": map[string]any{"value": "shop.example"}, "state": map[string]any{"value": "mine"}},
	}
	b := run(t, connect("google-oauth2", "google-oauth2", options, "shopWeb"), func(c *provider.Config) {
		c.Snapshot.Settings.ResourceParameterProfile = "audience"
	}).browser()
	page := b.atGoogle("connection_scope", "https://www.googleapis.com/auth/calendar,email", "access_type", "offline", "display", "touch", "login_hint", "zoe@mail.example", "prompt", "select_account")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{
		"<dt><code>scope</code></dt><dd><code>email profile https://www.googleapis.com/auth/calendar</code>", "<dt><code>access_type</code></dt><dd><code>offline</code>",
		"<dt><code>display</code></dt><dd><code>touch</code>", "<dt><code>hd</code></dt><dd><code>shop.example</code>", "<dt><code>login_hint</code></dt><dd><code>zoe@mail.example</code>",
		"<dt><code>prompt</code></dt><dd><code>select_account</code>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if !strings.Contains(b.get(b.atGoogle("resource", "https://graph.example").RequestURI()).body, "<dd><code>https://graph.example</code>") {
		t.Error("resource does not reach the provider")
	}
	if strings.Contains(body, "<code>mine</code>") {
		t.Error("a parameter of the protocol was replaced")
	}
	done := b.post(page.RequestURI(), "email", "zoe@mail.example").wantPath("/authorize/resume")
	sub := b.w.profile(b.get(done.RequestURI()))["sub"].(string)
	if userOf(b.w.control.Snapshot(), sub).Identities[0].RefreshToken == "" {
		t.Error("access_type=offline gave no refresh token of the provider")
	}
}

// Source: Management API, POST /api/v2/organizations/{id}/enabled_connections,
// show_as_button.
func TestOrganizationSaysWhichButtonsItShows(t *testing.T) {
	t.Parallel()
	off := false
	id := func(name string) string { return tenant.DerivedID(tenant.KindConnection, name) }
	w := run(t, connect("hidden", "samlp", map[string]any{"domain_aliases": []any{"hidden.example"}}, "shopWeb"), connect("shown", "oidc", map[string]any{"domain_aliases": []any{"shown.example"}}, "shopWeb"), connect("other", "okta", nil, "shopWeb"),
		func(c *provider.Config) {
			for _, o := range c.Snapshot.Organizations {
				if o.ID == "org_open" {
					o.Connections = []tenant.OrganizationConnection{{ConnectionID: id("hidden"), ShowAsButton: &off}, {ConnectionID: id("shown")}, {ConnectionID: id(tenant.DefaultConnectionName)}}
				}
			}
		})
	b := w.browser()
	page := b.authorize(webRequest("organization", "org_open")).wantPath("/u/login")
	body := b.get(page.RequestURI()).body
	for name, want := range map[string]bool{"Continue with hidden": false, "Continue with shown": true, "Continue with other": false} {
		equal(t, name, strings.Contains(body, name), want)
	}
	// Who has an address there needs no button.
	b.post(page.RequestURI(), "username", "zoe@hidden.example").wantPath("/u/pretend/hidden")
}

// Source: Auth0 docs, "Identifier first authentication" (home realm discovery).
func TestIdentifierFirstFindsTheHomeRealm(t *testing.T) {
	t.Parallel()
	corp := connect("corp", "waad", map[string]any{"tenant_domain": "corp.onmicrosoft.example", "domain_aliases": []any{"Corp.example", "corp.test"}}, "shopWeb")
	w := run(t, corp, google, func(c *provider.Config) { c.Snapshot.Prompts.IdentifierFirst = true })
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login/identifier")
	for typed, path := range map[string]string{
		"zoe@corp.example": "/u/pretend/corp", "ZOE@CORP.TEST": "/u/pretend/corp", "zoe@corp.onmicrosoft.example": "/u/pretend/corp",
		"zoe@sub.corp.example": "/u/login/password", "zoe@gmail.example": "/u/login/password", "corp.example": "/u/login/password",
	} {
		b.post(page.RequestURI(), "username", typed).wantPath(path)
	}
	b.authorize(webRequest("login_hint", "zoe@corp.test")).wantPath("/u/pretend/corp")
	// A login for another connection does not end there.
	b.authorize(webRequest("login_hint", "zoe@corp.test", "connection", "google-oauth2")).wantPath("/u/pretend/google-oauth2")
}
