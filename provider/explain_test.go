package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// explained is what the tenant says of a text somebody pasted.
func (w *world) explained(text string) string {
	w.t.Helper()
	x, err := w.control.Explain(provider.ExplainRequest{Token: text, Issuer: base + "/"})
	if err != nil {
		w.t.Fatal(err)
	}
	return x.Text()
}

func wantExplained(t testing.TB, text string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(text, piece) {
			t.Errorf("the explanation lacks %q:\n%s", piece, text)
		}
	}
}

func TestRefreshTokenSaysWhatBecameOfItsFamily(t *testing.T) {
	t.Parallel()
	w := run(t)
	first := refreshable(w, "openid offline_access").text("refresh_token")
	wantExplained(t, w.explained(first), `application "Shop Web" for ada@shop.example works`, "✔ It works.", orders)

	second := w.refresh(first).want(200).text("refresh_token")
	wantExplained(t, w.explained(first), "replaced by rotation, and a newer one")
	wantExplained(t, w.explained(second), "✔ It works.")
	w.refresh(first).want(403)
	for _, dead := range []string{first, second} {
		wantExplained(t, w.explained(dead), "its family ended at 2026-01-02 03:04:05 UTC", "used again (reuse detection)")
	}
	refused := w.refresh(second).want(403)
	if hint := refused.header.Get("Faux0-Hint"); !strings.Contains(hint, "reuse detection") {
		t.Errorf("the refused exchange is not told why: %q", hint)
	}
	wantExplained(t, w.explained(refused.body), "no longer one, that the application may exchange", `The last request of application "Shop Web" was refused`, "reuse detection")

	expired := refreshable(w, "openid offline_access").text("refresh_token")
	w.control.Clock().Advance(40 * 24 * time.Hour)
	wantExplained(t, w.explained(expired), "its family ended at 2026-01-17 03:04:05 UTC", "the time it may lie unused, was over")
	w.refresh(expired).want(403)

	revoked := refreshable(w, "openid offline_access").text("refresh_token")
	w.browser().post("/oauth/revoke", "client_id", "shopWeb", "token", revoked).want(200)
	wantExplained(t, w.explained(revoked), "revoked at /oauth/revoke")
	wantExplained(t, w.explained(revoked[:len(revoked)-8]+"AAAAAAAA"), "revoked at /oauth/revoke") // the family is what is known
	wantExplained(t, w.explained("v1.M"+strings.Repeat("x", 60)), "does not know its family")
	// Another client learns nothing of it.
	other := w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", revoked)
	if hint := other.header.Get("Faux0-Hint"); strings.Contains(hint, "family") {
		t.Errorf("another client is told %q", hint)
	}
}

func TestOldestOfTooManyRefreshTokensSaysThatItMadeRoom(t *testing.T) {
	t.Parallel()
	w := run(t, headless)
	b := w.browser()
	oldest := ""
	for i := range 201 {
		code := wantCode(t, b.authorize(webRequest("scope", "openid offline_access", "login_hint", "ada@shop.example")))
		if raw := w.token(redeemWeb(code)...).text("refresh_token"); i == 0 {
			oldest = raw
		}
	}
	wantExplained(t, w.explained(oldest), "the oldest made room")
}

func TestNarrowedRefreshIsExplained(t *testing.T) {
	t.Parallel()
	w := run(t)
	raw := refreshable(w, "openid read:orders offline_access").text("refresh_token")
	answer := w.refresh(raw, "scope", "openid").want(200)
	wantExplained(t, w.explained(answer.text("access_token")), `Scope "read:orders", "offline_access" was granted at login, and the exchange of the refresh token asked for less.`)
}

func TestSilentLoginSaysWhyTheSessionWillNotDo(t *testing.T) {
	t.Parallel()
	w := run(t, google)
	b := w.browser()
	silent := func(changes ...string) string {
		t.Helper()
		return b.authorize(webRequest(append(changes, "prompt", "none")...)).wantSent("login_required", "Login required").header.Get("Faux0-Hint")
	}
	wantHint := func(hint, piece string) {
		t.Helper()
		if !strings.Contains(hint, piece) {
			t.Errorf("hint %q does not say %q", hint, piece)
		}
	}
	wantHint(silent(), "nobody has logged in here")
	b.login(webRequest(), "ada@shop.example").query()
	wantHint(silent("connection", "google-oauth2"), "the session is of connection Username-Password-Authentication")
	w.control.Clock().Advance(time.Minute)
	wantHint(silent("max_age", "30"), "longer ago than max_age allows")
	w.control.Clock().Advance(4 * 24 * time.Hour)
	wantHint(silent(), "the browser's session has ended: it expired")
	wantExplained(t, w.explained("login_required: Login required"), "The browser's session has ended: it expired")
}

func TestConsentThatWasMissingOrNarrowIsExplained(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	b.login(portalRequest(), "ada@shop.example").query()
	sent := b.authorize(webRequest("prompt", "none")).wantSent("consent_required", "Consent required")
	wantExplained(t, w.explained(sent.header.Get("Location")), "The user has to agree first", `"Shop Web" is a third-party application`)

	b.reply(b.authorize(webRequest()), "deny").wantSent("access_denied", "User did not authorize the request")
	wantExplained(t, w.explained("User did not authorize the request"), "was asked for consent and declined")

	code := wantCode(t, b.reply(b.authorize(webRequest("scope", "openid read:orders write:orders")), "accept"))
	w.edit("auth0|ada", func(u *tenant.User) { u.Permissions = all(orders, "write:orders") })
	wantExplained(t, w.explained(w.token(redeemWeb(code)...).want(200).text("access_token")),
		`Scope "write:orders" was requested and dropped: the user's consent for "Shop Web" does not include it.`)
}
