package provider_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func TestFormsAndJSONAreTheSame(t *testing.T) {
	t.Parallel()
	w := run(t)
	pairs := []string{"grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders}
	members := map[string]any{"scope": nil}
	for i := 0; i < len(pairs); i += 2 {
		members[pairs[i]] = pairs[i+1]
	}
	byForm := w.token(pairs...).want(200)
	equal(t, "the answer to JSON", w.browser().postJSON("/oauth/token", members).want(200).body, byForm.body)
	raw := `{"grant_type":"client_credentials","client_id":"shopWorker","client_secret":"shop-worker-secret","audience":"https://orders.example"}`
	for _, contentType := range []string{"application/json; charset=utf-8", "application/vnd.shop+json", ""} {
		h := http.Header{}
		if contentType != "" {
			h.Set("Content-Type", contentType)
		}
		equal(t, "the answer to "+contentType, w.browser().do("POST", "/oauth/token", h, raw).want(200).body, byForm.body)
	}
	members["scope"] = []string{"read:orders", "write:orders"}
	equal(t, "scope sent as a list", w.browser().postJSON("/oauth/token", members).want(200).text("scope"), "read:orders")
}

func TestClientAuthentication(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopPortal").ClientSecret = "p%20:+/ä&=?" })
	secret := "p%20:+/ä&=?"
	code := func() string {
		return w.browser().code([]string{"client_id", "shopPortal", "response_type", "code", "redirect_uri", portalCB, "scope", "openid"}, "ada@shop.example")
	}
	basic := func(user, pass string) http.Header {
		r := http.Request{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
		r.SetBasicAuth(user, pass)
		return r.Header
	}
	body := func(code string) string {
		return form("grant_type", "authorization_code", "code", code, "redirect_uri", portalCB)
	}
	t.Run("in the body", func(t *testing.T) {
		t.Parallel()
		w.token(redeemPortal(code(), "client_secret", secret)...).want(200)
	})
	t.Run("by HTTP Basic, form-encoded as RFC 6749 wants", func(t *testing.T) {
		t.Parallel()
		h := basic("shopPortal", "p%2520%3A%2B%2F%C3%A4%26%3D%3F")
		w.browser().do("POST", "/oauth/token", h, body(code())).want(200)
	})
	t.Run("a failure does not consume the code", func(t *testing.T) {
		t.Parallel()
		code := code()
		w.token(redeemPortal(code, "client_secret", "wrong")...).wantError(401, "access_denied", "Unauthorized")
		w.token(redeemPortal(code, "client_secret", "")...).wantError(401, "access_denied", "Unauthorized")
		w.browser().do("POST", "/oauth/token", basic("shopPortal", "wrong"), body(code)).wantError(401, "access_denied", "Unauthorized")
		w.browser().do("POST", "/oauth/token", basic("shopPortol", secret), body(code)).wantError(401, "access_denied", "Unauthorized")
		w.token(redeemPortal(code, "client_secret", secret)...).want(200)
	})
	t.Run("a secret that a public client sends is not looked at", func(t *testing.T) {
		t.Parallel()
		w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"), "client_secret", "whatever")...).want(200)
	})
}

func TestPlainPasswordIsNotKept(t *testing.T) {
	t.Parallel()
	w := run(t)
	for _, u := range w.control.Snapshot().Users {
		if u.Password != "" || u.CustomPasswordHash == nil {
			t.Errorf("%s is kept with the password %q", u.UserID, u.Password)
		}
	}
}

// refreshable logs in to the single-page app with a refresh token.
func refreshable(w *world, scope string) *answer {
	w.t.Helper()
	return w.token(redeemWeb(w.browser().code(webRequest("scope", scope), "ada@shop.example"))...).want(200)
}

func (w *world) refresh(token string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{"grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", token}, changes...)...)
}

const unknownRefresh = "Unknown or invalid refresh token."

func TestRotation(t *testing.T) {
	t.Parallel()
	w := run(t)
	first := refreshable(w, "openid offline_access").text("refresh_token")
	second := w.refresh(first).want(200).text("refresh_token")
	third := w.refresh(second).want(200).text("refresh_token")
	if first == second || second == third || third == "" {
		t.Fatalf("tokens did not rotate: %q, %q, %q", first, second, third)
	}
	other := refreshable(w, "openid offline_access").text("refresh_token")
	w.refresh(first).wantError(403, "invalid_grant", unknownRefresh)
	w.refresh(third).wantError(403, "invalid_grant", unknownRefresh)
	w.refresh(other).want(200) // another login's family lives on
}

func TestLeeway(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopWeb").RefreshToken.LeewaySeconds = 30 })
	first := refreshable(w, "openid offline_access").text("refresh_token")
	second := w.refresh(first).want(200).text("refresh_token")
	w.control.Clock().Advance(29 * time.Second)
	retry := w.refresh(first).want(200).text("refresh_token")
	if retry == second || retry == "" {
		t.Errorf("the retry gave %q after %q", retry, second)
	}
	w.control.Clock().Advance(time.Second)
	w.refresh(first).wantError(403, "invalid_grant", unknownRefresh) // the retry did not lengthen it
	w.refresh(retry).wantError(403, "invalid_grant", unknownRefresh)
}

func TestLeewayServesTwoTabs(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopWeb").RefreshToken.LeewaySeconds = 30 })
	first := refreshable(w, "openid offline_access").text("refresh_token")
	one := w.refresh(first).want(200).text("refresh_token")
	two := w.refresh(first).want(200).text("refresh_token")
	w.control.Clock().Advance(hour)
	// Both tabs asked with the same token; whichever answer was kept must work.
	next := w.refresh(one).want(200).text("refresh_token")
	w.refresh(two).wantError(403, "invalid_grant", unknownRefresh)
	w.refresh(next).wantError(403, "invalid_grant", unknownRefresh)
}

func TestLeewayIsForThePreviousTokenOnly(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopWeb").RefreshToken.LeewaySeconds = 30 })
	first := refreshable(w, "openid offline_access").text("refresh_token")
	second := w.refresh(first).want(200).text("refresh_token")
	third := w.refresh(second).want(200).text("refresh_token")
	w.refresh(first).wantError(403, "invalid_grant", unknownRefresh)
	w.refresh(third).wantError(403, "invalid_grant", unknownRefresh)
}

func TestRefreshTokenExpires(t *testing.T) {
	t.Parallel()
	const day = 24 * hour
	t.Run("after lying idle", func(t *testing.T) {
		t.Parallel()
		w := run(t)
		token := refreshable(w, "openid offline_access").text("refresh_token")
		w.control.Clock().Advance(15*day - time.Second)
		token = w.refresh(token).want(200).text("refresh_token")
		w.control.Clock().Advance(15 * day)
		w.refresh(token).wantError(403, "invalid_grant", unknownRefresh)
	})
	t.Run("however much it is used", func(t *testing.T) {
		t.Parallel()
		w := run(t)
		token := refreshable(w, "openid offline_access").text("refresh_token")
		for range 2 {
			w.control.Clock().Advance(14 * day)
			token = w.refresh(token).want(200).text("refresh_token")
		}
		w.control.Clock().Advance(2 * day)
		w.refresh(token).wantError(403, "invalid_grant", unknownRefresh)
	})
	t.Run("not at all, if the client says so", func(t *testing.T) {
		t.Parallel()
		w := run(t, func(c *provider.Config) {
			client(c, "shopWeb").RefreshToken = tenant.RefreshTokenPolicy{RotationType: "non-rotating", ExpirationType: "non-expiring", TokenLifetimeSeconds: 60, IdleTokenLifetimeSeconds: 60}
		})
		token := refreshable(w, "openid offline_access").text("refresh_token")
		w.control.Clock().Advance(5 * 365 * day)
		w.refresh(token).want(200)
	})
}

func TestNonRotatingRefreshToken(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopWeb").RefreshToken.RotationType = "non-rotating" })
	token := refreshable(w, "openid offline_access").text("refresh_token")
	for range 3 {
		if again := w.refresh(token).want(200).text("refresh_token"); again != "" {
			t.Errorf("a refresh gave the new token %q", again)
		}
	}
}

func TestRefreshNarrows(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := refreshable(w, "openid profile offline_access read:orders").text("refresh_token")
	narrow := w.refresh(token, "scope", "openid read:orders write:orders email").want(200)
	equal(t, "scope: what was not granted at first is ignored", narrow.text("scope"), "openid read:orders")
	back := w.refresh(narrow.text("refresh_token")).want(200)
	equal(t, "scope: narrowing does not last", back.text("scope"), "openid profile offline_access read:orders")
	equal(t, "gty", claims(t, back.text("access_token"))["gty"], any("refresh_token"))
	noOpenID := w.refresh(back.text("refresh_token"), "scope", "read:orders").want(200)
	equal(t, "id_token without openid", noOpenID.text("id_token"), "")
}

func TestChangedRolesShowAfterRefresh(t *testing.T) {
	t.Parallel()
	w := run(t)
	res := refreshable(w, "openid offline_access read:orders write:orders")
	equal(t, "scope before", res.text("scope"), "openid offline_access read:orders")
	w.edit("auth0|ada", func(u *tenant.User) {
		u.Permissions = []tenant.Permission{{ResourceServerIdentifier: orders, PermissionName: "write:orders"}}
	})
	access := claims(t, w.refresh(res.text("refresh_token")).want(200).text("access_token"))
	if list := access["permissions"].([]any); len(list) != 2 {
		t.Errorf("permissions after a refresh are %v, want both", list)
	}
}

func TestOfflineAccess(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { client(c, "shopClub").OrganizationUsage = "allow" })
	for _, c := range []struct {
		name  string
		pairs []string
		want  bool
	}{
		{"not asked for", webRequest(), false},
		{"asked for", webRequest("scope", "openid offline_access"), true},
		{"asked for without any API", webRequest("scope", "openid offline_access", "audience", ""), true},
		{"an API with allow_offline_access", webRequest("scope", "offline_access", "audience", catalog), true},
	} {
		res := w.token(redeemWeb(w.browser().code(c.pairs, "ada@shop.example"))...).want(200)
		equal(t, "refresh token, "+c.name, res.text("refresh_token") != "", c.want)
		equal(t, "offline_access in scope, "+c.name, strings.Contains(res.text("scope"), "offline_access"), c.want)
	}
	club := []string{"client_id", "shopClub", "response_type", "code", "scope", "openid offline_access", "redirect_uri", "https://club.example/callback"}
	res := w.token("grant_type", "authorization_code", "client_id", "shopClub", "client_secret", "shop-club-secret",
		"redirect_uri", "https://club.example/callback", "code", w.browser().code(club, "ada@shop.example")).want(200)
	equal(t, "refresh token of a client without the grant", res.text("refresh_token"), "")

	strict := run(t, func(c *provider.Config) { api(c, orders).AllowOfflineAccess = false })
	res = strict.token(redeemWeb(strict.browser().code(webRequest("scope", "openid offline_access"), "ada@shop.example"))...).want(200)
	equal(t, "refresh token for an API without allow_offline_access", res.text("refresh_token"), "")

	pw := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
		"username", "ada@shop.example", "password", password, "scope", "openid offline_access").want(200)
	if pw.text("refresh_token") == "" {
		t.Error("the password grant gives no refresh token")
	}
	again := w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", pw.text("refresh_token")).want(200)
	equal(t, "scope after a refresh", again.text("scope"), "openid offline_access")
}

func TestAnotherClientsRefreshToken(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := refreshable(w, "openid offline_access").text("refresh_token")
	w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token).
		wantError(403, "invalid_grant", unknownRefresh)
	w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token).
		wantError(403, "invalid_grant", unknownRefresh)
	b := w.browser()
	b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "token", token).want(200)
	w.refresh(token).want(200) // neither ended it
}

func TestRevokeEndsTheFamily(t *testing.T) {
	t.Parallel()
	w := run(t)
	first := refreshable(w, "openid offline_access").text("refresh_token")
	second := w.refresh(first).text("refresh_token")
	res := w.browser().post("/oauth/revoke", "client_id", "shopWeb", "token", first).want(200)
	equal(t, "body", res.body, "")
	w.refresh(second).wantError(403, "invalid_grant", unknownRefresh)
}

func TestOldestRefreshTokenGoes(t *testing.T) {
	t.Parallel()
	w := run(t)
	grant := []string{"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
		"username", "ada@shop.example", "password", password, "scope", "offline_access"}
	b := w.browser()
	var tokens []string
	for range 201 {
		tokens = append(tokens, b.post("/oauth/token", grant...).want(200).text("refresh_token"))
	}
	use := func(token string) *answer {
		return b.post("/oauth/token", "grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token)
	}
	use(tokens[0]).wantError(403, "invalid_grant", unknownRefresh)
	use(tokens[1]).want(200)
	use(tokens[200]).want(200)
}

func TestUserinfo(t *testing.T) {
	t.Parallel()
	w := run(t)
	get := func(token string) *answer {
		return w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+token), "")
	}
	login := func(changes ...string) *answer {
		return w.token(redeemWeb(w.browser().code(webRequest(changes...), "ada@shop.example"))...).want(200)
	}
	both := login("scope", "openid email")
	got := get(both.text("access_token")).want(200).json()
	equal(t, "sub", got["sub"], any("auth0|ada"))
	equal(t, "email", got["email"], any("ada@shop.example"))
	equal(t, "name, which is not in scope", got["name"], nil)
	equal(t, "iss", got["iss"], nil)
	get(login("scope", "openid email", "audience", "").text("access_token")).want(200)
	w.browser().get("/userinfo?" + form("access_token", both.text("access_token"))).want(200)
	for what, token := range map[string]string{
		"an ID token":             both.text("id_token"),
		"a token without openid":  login("scope", "read:orders").text("access_token"),
		"a machine's token":       w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders).text("access_token"),
		"a token that is cut off": both.text("access_token")[:200],
		"a token without a signature": func() string {
			parts := strings.Split(both.text("access_token"), ".")
			return "eyJhbGciOiJub25lIn0." + parts[1] + "."
		}(),
		"another tenant's token": mint(t, w, provider.TokenRequest{AsIs: true, Claims: map[string]any{
			"iss": "https://evil.example/", "sub": "auth0|ada", "aud": []string{orders, base + "/userinfo"}, "exp": start.Add(hour).Unix(), "scope": "openid",
		}}),
		"a token signed by nobody": mint(t, w, provider.TokenRequest{AsIs: true, Key: "unknown", Claims: map[string]any{
			"iss": base + "/", "sub": "auth0|ada", "aud": base + "/userinfo", "exp": start.Add(hour).Unix(), "scope": "openid",
		}}),
	} {
		res := get(token).want(401)
		equal(t, what+": body", res.body, "Unauthorized")
		if !strings.HasPrefix(res.header.Get("WWW-Authenticate"), `Bearer realm="Users", error="invalid_token"`) {
			t.Errorf("%s: WWW-Authenticate is %q", what, res.header.Get("WWW-Authenticate"))
		}
	}
	w.control.Clock().Advance(24 * hour)
	get(both.text("access_token")).want(401)
	equal(t, "WWW-Authenticate without a token", w.browser().get("/userinfo").want(401).header.Get("WWW-Authenticate"), `Bearer realm="Users"`)
}

func mint(t testing.TB, w *world, r provider.TokenRequest) string {
	t.Helper()
	token, err := w.control.Token(r)
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

func TestCodeCarriesWhatAuthorizeWasAsked(t *testing.T) {
	t.Parallel()
	w := run(t)
	code := w.browser().code(webRequest("audience", catalog, "scope", "openid read:catalog", "nonce", "n9"), "ada@shop.example")
	res := w.token(redeemWeb(code, "audience", orders, "scope", "openid read:orders")...).want(200)
	equal(t, "scope", res.text("scope"), "openid read:catalog")
	access := claims(t, res.text("access_token"))
	equal(t, "aud", access["aud"].([]any)[0], any(catalog))
	if p, ok := access["permissions"]; ok {
		t.Errorf("permissions %v, though RBAC is off", p)
	}
	equal(t, "nonce", claims(t, res.text("id_token"))["nonce"], any("n9"))
}
