package provider_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	oktaIssuer  = "https://dev-1.okta.example"
	revocation  = "/oauth/global-token-revocation/connection/corp"
	typRevoking = "global-token-revocation+jwt"
)

func corp(c *provider.Config) {
	connect("corp", "okta", map[string]any{"domain": "dev-1.okta.example"}, "shopWeb", "shopPortal")(c)
	google(c)
}

// oktaToken is what the pretend Okta authenticates with.
func (w *world) oktaToken(change func(*provider.TokenRequest)) string {
	w.t.Helper()
	r := provider.TokenRequest{AsIs: true, Typ: typRevoking, Claims: map[string]any{
		"iss": oktaIssuer, "sub": "0oaApp", "aud": base + revocation, "iat": start.Unix(), "exp": start.Unix() + 300, "jti": "j1",
	}}
	if change != nil {
		change(&r)
	}
	token, err := w.control.Token(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return token.AccessToken
}

func (w *world) revoke(path, bearer string, body any) *answer {
	w.t.Helper()
	b := w.browser()
	if bearer != "" {
		b.header.Set("Authorization", "Bearer "+bearer)
	}
	return b.postJSON(path, body)
}

func subject(sub string) map[string]any {
	return map[string]any{"subject": map[string]any{"format": "iss_sub", "iss": oktaIssuer, "sub": sub}}
}

// oktaLogin logs in at the pretend Okta and returns the id that Okta knows the
// user by, and a refresh token.
func (w *world) oktaLogin(b *browser) (sub, refresh string) {
	w.t.Helper()
	page := b.authorize(webRequest("connection", "corp", "scope", "openid offline_access")).wantPath("/u/pretend/corp")
	resume := b.post(page.RequestURI(), "state", page.Query().Get("state"), "email", "zoe@corp.example").wantPath("/authorize/resume")
	res := w.token(redeemWeb(b.get(resume.RequestURI()).query().Get("code"))...).want(200)
	id := claims(w.t, res.text("id_token"))["sub"].(string)
	return id[strings.LastIndex(id, "|")+1:], res.text("refresh_token")
}

func TestUniversalLogoutEndsEverythingButAccessTokens(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"subject", "sub_id"} {
		app := receive(t, http.StatusOK)
		w := run(t, corp, tells("shopWeb", app.URL, tenant.InitiatorSessionRevoked))
		b, ada := w.browser(), w.browser()
		sub, refresh := w.oktaLogin(b)
		ada.login(webRequest(), "ada@shop.example")
		w.logged()

		w.revoke(revocation, w.oktaToken(nil), map[string]any{member: subject(sub)["subject"]}).wantBody(200, "")
		equal(t, "session lives on", b.silent(), false)
		w.token("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", refresh).want(403)
		equal(t, "sub of the logout token", claims(t, app.next(t))["sub"], any("okta|corp|"+sub))
		equal(t, "another's session lives on", ada.silent(), true)
		if e := w.waitLog(tenant.LogUniversalLogout); e.UserID != "okta|corp|"+sub || e.Connection != "corp" {
			t.Errorf("%+v", e)
		}
	}
}

func TestUniversalLogoutIsForTheConnectionsProviderAlone(t *testing.T) {
	t.Parallel()
	w := run(t, corp)
	b := w.browser()
	sub, _ := w.oktaLogin(b)
	claim := func(name string, value any) string {
		return w.oktaToken(func(r *provider.TokenRequest) { r.Claims = maps.Clone(r.Claims); r.Claims[name] = value })
	}
	for what, bearer := range map[string]string{
		"nothing": "", "no JWT": "x", "another issuer": claim("iss", "https://evil.example"), "the tenant": claim("iss", base+"/"),
		"another endpoint": claim("aud", base+"/"), "one that has expired": claim("exp", start.Unix()-1), "one that never expires": claim("exp", nil),
		"an ID token's kind":  w.oktaToken(func(r *provider.TokenRequest) { r.Typ = "JWT" }),
		"a key of nobody's":   w.oktaToken(func(r *provider.TokenRequest) { r.Key = "unknown" }),
		"a user's own access": w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).text("access_token"),
	} {
		if res := w.revoke(revocation, bearer, subject(sub)); res.status != 401 {
			t.Errorf("%s: status %d", what, res.status)
		}
	}
	equal(t, "events", len(w.control.Logs(provider.LogFilter{Type: tenant.LogUniversalLogoutFailed})), 10)
	good := w.oktaToken(nil)
	other := subject(sub)
	other["subject"].(map[string]any)["iss"] = "https://other.example"
	email := map[string]any{"subject": map[string]any{"format": "email", "email": "zoe@corp.example"}}
	for _, body := range []any{map[string]any{}, map[string]any{"subject": "zoe"}, email, other, subject("nobody")} {
		w.revoke(revocation, good, body).want(400)
	}
	for _, name := range []string{"Username-Password-Authentication", "google-oauth2", "nowhere"} {
		w.revoke(strings.Replace(revocation, "corp", name, 1), good, subject(sub)).want(400)
	}
	equal(t, "session lives on", b.silent(), true)
	w.revoke(revocation, good, subject(sub)).want(200)
	equal(t, "session lives on", b.silent(), false)
}
