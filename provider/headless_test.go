package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
)

func headless(c *provider.Config) { c.HeadlessLogin = true }

func TestHeadlessLogin(t *testing.T) {
	t.Parallel()
	w := run(t, headless)
	for _, hint := range []string{"ada@shop.example", "ADA@shop.example", "auth0|ada"} {
		code := w.browser().authorize(webRequest("login_hint", hint)).query().Get("code")
		id := claims(t, w.token(redeemWeb(code)...).want(200).text("id_token"))
		equal(t, "sub by hint "+hint, id["sub"], any("auth0|ada"))
	}
	w.browser().authorize(webRequest("login_hint", "nobody@shop.example")).wantPath("/u/login")
	w.browser().authorize(webRequest()).wantPath("/u/login")
	w.browser().authorize(webRequest("login_hint", "ada@shop.example", "prompt", "none")).wantSent("login_required", "Login required")

	b := w.browser()
	b.authorize(webRequest("login_hint", "ada@shop.example")).query()
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("the login started no session")
	}
	b.authorize(webRequest("prompt", "login", "login_hint", "nora@shop.example")).query()
	code := b.authorize(webRequest("prompt", "none")).query().Get("code")
	equal(t, "sub after the second login", claims(t, w.token(redeemWeb(code)...).text("id_token"))["sub"], any("auth0|nora"))
}

func TestHeadlessLoginFailsAsThePageWould(t *testing.T) {
	t.Parallel()
	w := run(t, headless)
	w.browser().authorize(webRequest("login_hint", "bob@shop.example")).wantSent("unauthorized", "user is blocked")
	w.browser().authorize(webRequest("login_hint", "nora@shop.example", "organization", "org_eu")).
		wantSent("access_denied", "user auth0|nora is not part of the org_eu organization")
	// Staff is a connection of the portal, and not of the web app.
	w.browser().authorize(webRequest("login_hint", "sam")).wantPath("/u/login")
	w.browser().authorize(webRequest("login_hint", "auth0|sam")).wantPath("/u/login")
	if w.browser().authorize(portalRequest("login_hint", "sam")).query().Get("code") == "" {
		t.Error("a username is no hint")
	}
	w.browser().authorize(portalRequest("login_hint", "sam", "connection", "Username-Password-Authentication")).wantPath("/u/login")
}

func TestHeadlessLoginIsOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	run(t).browser().authorize(webRequest("login_hint", "ada@shop.example")).wantPath("/u/login")
}

func TestHeadlessLoginAtAPretendProvider(t *testing.T) {
	t.Parallel()
	w := run(t, google, func(c *provider.Config) { c.HeadlessLogin = true })
	sent := w.browser().authorize(webRequest("connection", "google-oauth2", "login_hint", "zoe@mail.example"))
	sub, _ := w.profile(sent)["sub"].(string)
	if !strings.HasPrefix(sub, "google-oauth2|1") {
		t.Errorf("sub is %q", sub)
	}
	w.browser().authorize(webRequest("connection", "google-oauth2", "login_hint", "zoe")).wantPath("/u/pretend/google-oauth2")
}
