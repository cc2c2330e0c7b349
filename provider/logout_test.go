package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// question is the state of the page that asks whether to log out.
func question(t *testing.T, a *answer) string {
	t.Helper()
	found := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(a.want(200).body)
	if found == nil {
		t.Fatalf("no question: %s", a.body)
	}
	return found[1]
}

// silent says whether the browser still has a session.
func (b *browser) silent() bool {
	b.w.t.Helper()
	return b.authorize(webRequest("prompt", "none")).query().Get("code") != ""
}

// OpenID Connect RP-Initiated Logout 1.0 §2: the OP SHOULD accept ID tokens
// that have expired; it asks where nothing proves whose session it is.
func TestIDTokenHintEndsItsSessionAtOnce(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		client(c, "shopHS").AllowedLogoutURLs = []string{"https://hs.example/bye"}
		client(c, "shopPS").AllowedLogoutURLs = []string{"https://ps.example/bye"}
	})
	for id, app := range map[string]string{"shopHS": "https://hs.example", "shopPS": "https://ps.example"} { // HS256 and PS256
		b := w.browser()
		code := b.code(portalRequest("client_id", id, "redirect_uri", app+"/callback"), "ada@shop.example")
		secret := map[string]string{"shopHS": "shop-hs-secret-shop-hs-secret-shop-hs-secret", "shopPS": "shop-ps-secret"}[id]
		raw := w.token(redeemPortal(code, "client_id", id, "client_secret", secret, "redirect_uri", app+"/callback")...).want(200).text("id_token")
		w.control.Clock().Advance(11 * hour) // the ID token has expired, the session has not
		to := b.get("/oidc/logout?" + form("id_token_hint", raw, "post_logout_redirect_uri", app+"/bye", "state", "s2", "ui_locales", "de fr")).location()
		equal(t, "where to", to.String(), app+"/bye?state=s2")
		equal(t, "session lives on", b.silent(), false)
		forged := raw[:len(raw)-8] + "AAAAAAAA"
		b.get("/oidc/logout?" + form("id_token_hint", forged)).want(400)
	}
}

func TestAHintOfAnotherSessionIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := run(t)
	b, other := w.browser(), w.browser()
	b.login(webRequest(), "ada@shop.example")
	raw := w.token(redeemWeb(other.code(webRequest(), "ada@shop.example"))...).text("id_token")
	state := question(t, b.get("/oidc/logout?"+form("id_token_hint", raw)))
	page := b.post("/u/logout", "state", state, "action", "decline").want(200)
	if !strings.Contains(page.body, "still logged in") || !b.silent() {
		t.Errorf("declining: %s", page.body)
	}
	state = question(t, b.get("/oidc/logout?"+form("id_token_hint", raw)))
	equal(t, "where to", b.post("/u/logout", "state", state, "action", "accept").location().String(), "http://localhost:3000")
	equal(t, "session lives on", b.silent(), false)
	equal(t, "the other's lives on", other.silent(), true)
}

// Tenant setting sessions.oidc_logout_prompt_enabled.
func TestTheQuestionCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	no := false
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.Sessions = &tenant.SessionLogout{OIDCLogoutPromptEnabled: &no}
		c.Snapshot.Settings.AllowedLogoutURLs = nil
	})
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	page := b.get("/oidc/logout").want(200)
	if !strings.Contains(page.body, "logged out") || b.silent() {
		t.Errorf("%s", page.body)
	}
}

func TestLogoutsAreInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	w.logged()
	b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "http://localhost:3000/bye")).want(302)
	e := w.lastLog()
	equal(t, "return_to", e.Details["return_to"], any("http://localhost:3000/bye"))
	equal(t, "allowed_logout_url", fmt.Sprint(e.Details["allowed_logout_url"]), "[http://localhost:3000 http://localhost:3000/bye]")
	if e.Details["session_id"] == "" || e.UserID != "auth0|ada" {
		t.Errorf("%+v", e)
	}
	w.wantLogged("a logout", "slo | Shop Web | ada@shop.example | User successfully logged out")
	b.get("/v2/logout").want(302)
	w.wantLogged("without a session")
	b.login(webRequest(), "ada@shop.example")
	w.logged()
	b.get("/v2/logout?" + form("client_id", "shopWeb", "returnTo", "https://evil.example")).want(400)
	w.wantLogged("a foreign URL", `flo | Shop Web | ada@shop.example | The "returnTo" querystring parameter "https://evil.example" is not defined as a valid URL in "Allowed Logout URLs".`)
	raw := w.token(redeemWeb(b.code(webRequest(), "ada@shop.example"))...).text("id_token")
	w.logged()
	b.get("/oidc/logout?" + form("id_token_hint", raw)).want(302)
	w.wantLogged("OpenID Connect's", "slo | Shop Web | ada@shop.example | User successfully logged out")
	b.get("/oidc/logout?id_token_hint=nonsense&client_id=shopWeb").want(400)
	w.wantLogged("a wrong hint", "flo | Shop Web | Invalid id_token_hint")
}

func TestFederatedLogoutSaysWhatHappens(t *testing.T) {
	t.Parallel()
	w := run(t, google)
	b := w.browser()
	for _, path := range []string{"/v2/logout?federated", "/v2/logout?federated=", "/v2/logout"} {
		page := b.authorize(webRequest("connection", "google-oauth2")).wantPath("/u/pretend/google-oauth2")
		resume := b.post(page.RequestURI(), "state", page.Query().Get("state"), "email", "zoe@mail.example").want(302)
		b.get(resume.header.Get("Location")).want(302)
		hint := b.get(path).want(302).header.Get("Faux0-Hint")
		equal(t, path+": says so", strings.Contains(hint, "google-oauth2"), strings.Contains(path, "federated"))
	}
	b.login(webRequest(), "ada@shop.example")
	equal(t, "a database's", b.get("/v2/logout?federated").header.Get("Faux0-Hint"), "")
}

// What a session may do does not outlive what ends it, wherever that is found.
func TestASessionThatIsOverIsOverEverywhere(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	w.control.Clock().Advance(72 * hour) // idle for three days, by default
	equal(t, "session lives on", b.silent(), false)
	b.login(webRequest(), "ada@shop.example")
	for range 7 {
		w.control.Clock().Advance(23 * hour)
		equal(t, "session lives on", b.silent(), true)
	}
	w.control.Clock().Advance(7 * hour) // a week in all
	equal(t, "session lives on", b.silent(), false)
	b.get("/oidc/logout").location() // nobody is asked
}
