package provider_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func TestSecondAppNeedsNoLogin(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	first := claims(t, w.token(redeemWeb(b.code(webRequest(), "ada@shop.example"))...).text("id_token"))
	code := b.authorize(portalRequest()).query().Get("code")
	second := claims(t, w.token(redeemPortal(code)...).want(200).text("id_token"))
	equal(t, "sub", second["sub"], any("auth0|ada"))
	equal(t, "sid at the second app", second["sid"], first["sid"])
	w.browser().authorize(portalRequest()).wantPath("/u/login")
}

func TestPrompt(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
	b.login(webRequest(), "ada@shop.example").want(302)
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("prompt=none with a session gives no code")
	}
	b.authorize(webRequest("prompt", "login")).wantPath("/u/login")
	b.authorize(webRequest("prompt", "select_account")).wantPath("/u/login")
	b.authorize(webRequest("prompt", "login", "connection", "Username-Password-Authentication")).wantPath("/u/login")
}

func TestPromptLoginReplacesTheSession(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	ada := claims(t, w.token(redeemWeb(b.code(webRequest(), "ada@shop.example"))...).text("id_token"))
	nora := claims(t, w.token(redeemWeb(b.code(webRequest("prompt", "login"), "nora@shop.example"))...).text("id_token"))
	if ada["sid"] == nora["sid"] {
		t.Error("a new login kept the session's id")
	}
	silent := claims(t, w.token(redeemWeb(b.authorize(webRequest()).query().Get("code"))...).text("id_token"))
	equal(t, "sub after another user's login", silent["sub"], any("auth0|nora"))
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	id := claims(t, w.token(redeemWeb(b.code(webRequest(), "ada@shop.example"))...).text("id_token"))
	if at, ok := id["auth_time"]; ok {
		t.Errorf("auth_time %v, though neither max_age nor prompt=login was sent", at)
	}
	w.control.Clock().Advance(10 * time.Minute)
	id = claims(t, w.token(redeemWeb(b.authorize(webRequest("max_age", "600")).query().Get("code"))...).text("id_token"))
	equal(t, "auth_time", id["auth_time"], any(float64(start.Unix())))
	equal(t, "iat", id["iat"], any(float64(start.Unix()+600)))
	w.control.Clock().Advance(time.Second)
	b.authorize(webRequest("max_age", "600")).wantPath("/u/login")
	b.authorize(webRequest("max_age", "0")).wantPath("/u/login")
	b.authorize(webRequest("max_age", "600", "prompt", "none")).wantSent("login_required", "Login required")
	id = claims(t, w.token(redeemWeb(b.code(webRequest("max_age", "600"), "ada@shop.example"))...).text("id_token"))
	equal(t, "auth_time after the new login", id["auth_time"], any(float64(start.Unix()+601)))
	id = claims(t, w.token(redeemWeb(b.code(webRequest("prompt", "login"), "ada@shop.example"))...).text("id_token"))
	equal(t, "auth_time with prompt=login", id["auth_time"], any(float64(start.Unix()+601)))
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	const idle, absolute = 72 * hour, 168 * hour // Auth0's defaults
	t.Run("after lying idle", func(t *testing.T) {
		t.Parallel()
		w := run(t)
		b := w.browser()
		b.login(webRequest(), "ada@shop.example").want(302)
		w.control.Clock().Advance(idle - time.Second)
		if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
			t.Fatal("the session ended before its idle time")
		}
		w.control.Clock().Advance(idle)
		b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
	})
	t.Run("however much it is used", func(t *testing.T) {
		t.Parallel()
		w := run(t)
		b := w.browser()
		b.login(webRequest(), "ada@shop.example").want(302)
		for used := time.Duration(0); used < absolute-48*hour; used += 48 * hour {
			w.control.Clock().Advance(48 * hour)
			if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
				t.Fatalf("the session ended after %s", used)
			}
		}
		w.control.Clock().Advance(24 * hour)
		b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
	})
	t.Run("by the tenant's settings", func(t *testing.T) {
		t.Parallel()
		w := run(t, func(c *provider.Config) { c.Snapshot.Settings.IdleSessionLifetimeInMinutes = 5 })
		b := w.browser()
		b.login(webRequest(), "ada@shop.example").want(302)
		w.control.Clock().Advance(5 * time.Minute)
		b.authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
	})
}

func TestShortLivedThingsEnd(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	code := b.code(webRequest(), "ada@shop.example")
	w.control.Clock().Advance(10 * time.Minute)
	w.token(redeemWeb(code)...).wantError(403, "invalid_grant", "Invalid authorization code")

	other := w.browser()
	page := other.authorize(webRequest()).wantPath("/u/login")
	w.control.Clock().Advance(2 * hour)
	if a := other.get(page.RequestURI()).want(400); !strings.Contains(a.body, "You may have pressed the back button") {
		t.Errorf("the page of a login that took too long says: %s", a.body)
	}
}

func TestResponseModes(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	if u := b.authorize(webRequest()).location(); u.Query().Get("code") == "" || u.Fragment != "" {
		t.Errorf("a code goes into the query by default, not to %s", u)
	}
	if u := b.authorize(webRequest("response_mode", "fragment")).location(); u.RawQuery != "" || !strings.HasPrefix(u.Fragment, "code=") {
		t.Errorf("response_mode=fragment leads to %s", u)
	}
	if u := b.authorize(webRequest("redirect_uri", "http://localhost:3000/callback?shop=eu")).location(); u.Query().Get("shop") != "eu" || u.Query().Get("code") == "" {
		t.Errorf("a callback with a query of its own becomes %s", u)
	}
	if u := b.authorize(webRequest("redirect_uri", "com.shop.app://callback")).location(); u.Scheme != "com.shop.app" || u.Query().Get("code") == "" {
		t.Errorf("an app's own scheme becomes %s", u)
	}
	if u := b.authorize(webRequest("redirect_uri", "")).location(); !strings.HasPrefix(u.String(), callback+"?code=") {
		t.Errorf("without redirect_uri the first callback counts, not %s", u)
	}
	post := b.authorize(webRequest("response_mode", "form_post")).want(200)
	for _, want := range []string{`action="` + callback + `"`, `name="code"`, `name="state" value="s1"`} {
		if !strings.Contains(post.body, want) {
			t.Errorf("form_post has no %s:\n%s", want, post.body)
		}
	}
	message := b.authorize(webRequest("response_mode", "web_message", "prompt", "none")).want(200)
	for _, want := range []string{`targetOrigin = "http://localhost:3000"`, `"code":`, `"state":"s1"`, "<title>Authorization Response</title>"} {
		if !strings.Contains(message.body, want) {
			t.Errorf("web_message has no %s:\n%s", want, message.body)
		}
	}
	if message.header.Get("X-Frame-Options") != "" {
		t.Error("a web_message page may not be framed")
	}
	equal(t, "X-Frame-Options of form_post", post.header.Get("X-Frame-Options"), "deny")
	message = w.browser().authorize(webRequest("response_mode", "web_message", "prompt", "none")).want(200)
	if !strings.Contains(message.body, `"error":"login_required"`) {
		t.Errorf("web_message without a session:\n%s", message.body)
	}
}

func leftHalf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func TestImplicitAndHybrid(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	for _, c := range []struct{ responseType, members string }{
		{"token", "access_token expires_in state token_type"},
		{"id_token", "id_token state"},
		{"token id_token", "access_token expires_in id_token state token_type"},
		{"code id_token", "code id_token state"},
		{"code token", "access_token code expires_in state token_type"},
		{"id_token code token", "access_token code expires_in id_token state token_type"},
	} {
		u := b.authorize(webRequest("response_type", c.responseType, "nonce", "n1")).location()
		if u.RawQuery != "" {
			t.Errorf("%s: sent in the query: %s", c.responseType, u)
		}
		q := (&answer{t: t, status: 302, header: http.Header{"Location": {u.String()}}}).query()
		names := make([]string, 0, len(q))
		for name := range q {
			names = append(names, name)
		}
		slices.Sort(names)
		equal(t, c.responseType+": what is sent", strings.Join(names, " "), c.members)
		access, code := q.Get("access_token"), q.Get("code")
		if access != "" {
			at := claims(t, access)
			equal(t, c.responseType+": lifetime", at["exp"].(float64)-at["iat"].(float64), 7200.0)
			equal(t, c.responseType+": expires_in", q.Get("expires_in"), "7200")
		}
		if raw := q.Get("id_token"); raw != "" {
			id := claims(t, raw)
			equal(t, c.responseType+": nonce", id["nonce"], any("n1"))
			wantHash(t, c.responseType+": at_hash", id["at_hash"], access)
			wantHash(t, c.responseType+": c_hash", id["c_hash"], code)
		}
		if code != "" {
			res := w.token(redeemWeb(code)...).want(200)
			equal(t, c.responseType+": nonce of the code's ID token", claims(t, res.text("id_token"))["nonce"], any("n1"))
		}
	}
	narrowed := b.authorize(webRequest("response_type", "token", "scope", "openid read:orders write:orders")).query()
	equal(t, "scope, where less is granted than was asked for", narrowed.Get("scope"), "openid read:orders")
	none := b.authorize(webRequest("response_type", "token", "scope", "openid offline_access")).query()
	equal(t, "refresh_token of the implicit flow", none.Get("refresh_token"), "")
}

func wantHash(t *testing.T, what string, got any, of string) {
	t.Helper()
	if of == "" {
		equal(t, what, got, nil)
		return
	}
	equal(t, what, got, any(leftHalf(of)))
}

func TestIdentifierFirst(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Snapshot.Prompts.IdentifierFirst = true })
	b := w.browser()
	first := b.authorize(webRequest()).wantPath("/u/login/identifier")
	state := first.Query().Get("state")
	if page := b.get(first.RequestURI()).want(200).body; !strings.Contains(page, `id="username"`) || strings.Contains(page, `id="password"`) {
		t.Errorf("the first page asks for more, or less, than a name:\n%s", page)
	}
	b.get("/u/login/password?state=" + state).wantPath("/u/login/identifier")
	if page := b.post(first.RequestURI(), "state", state).want(400).body; !strings.Contains(page, `data-error-code="no-email"`) {
		t.Errorf("no name: %s", page)
	}
	second := b.post(first.RequestURI(), "state", state, "username", " ada@shop.example ", "action", "default").wantPath("/u/login/password")
	page := b.get(second.RequestURI()).want(200).body
	for _, want := range []string{`value="ada@shop.example"`, `id="password"`, `href="/u/login/identifier?state=`} {
		if !strings.Contains(page, want) {
			t.Errorf("the second page has no %s:\n%s", want, page)
		}
	}
	if page := b.post(second.RequestURI(), "state", state, "password", "wrong").want(400).body; !strings.Contains(page, "wrong-email-credentials") {
		t.Errorf("a wrong password: %s", page)
	}
	resume := b.post(second.RequestURI(), "state", state, "password", password, "action", "default").wantPath("/authorize/resume")
	if b.get(resume.RequestURI()).query().Get("code") == "" {
		t.Error("no code at the end")
	}
}

func TestLoginPageIsForScripts(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	page := b.authorize(webRequest("login_hint", "a&b\"@shop.example")).wantPath("/u/login")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{
		`name="username"`, `id="username"`, `name="password"`, `id="password"`, `type="submit"`, `name="action" value="default"`,
		`name="state" value="` + page.Query().Get("state") + `"`, `value="a&amp;b&#34;@shop.example"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the login page has no %s", want)
		}
	}
	if strings.Contains(body, "fixture-user") {
		t.Error("fixture users are listed, though they are switched off")
	}
	// Scripts that post only what a person types still work: the address names the login.
	b.post(page.RequestURI(), "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
}

func TestFixtureUsers(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.FixtureUsers = true })
	b := w.browser()
	page := b.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{"ada@shop.example", "manager", "not a member of eu", "blocked"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	if strings.Contains(body, "auth0|sam") {
		t.Error("the list holds a user of a connection the client may not use")
	}
	click := func(id string) *answer {
		return b.post(page.RequestURI(), "state", page.Query().Get("state"), "action", "fixture-user", "user_id", id)
	}
	click("auth0|sam").want(400)
	click("auth0|nobody").want(400)
	resume := click("auth0|ada").wantPath("/authorize/resume")
	if b.get(resume.RequestURI()).query().Get("code") == "" {
		t.Error("one click gave no code")
	}
	other := w.browser()
	page = other.authorize(webRequest()).wantPath("/u/login")
	b = other
	click("auth0|bob").wantSent("unauthorized", "user is blocked")

	off := run(t).browser()
	page = off.authorize(webRequest()).wantPath("/u/login")
	off.post(page.RequestURI(), "state", page.Query().Get("state"), "action", "fixture-user", "user_id", "auth0|ada").want(404)
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	w := run(t)
	redeem := func(b *browser, email, org string) (access, id map[string]any) {
		t.Helper()
		res := w.token(redeemWeb(b.code(webRequest("organization", org, "scope", "openid read:orders write:orders"), email))...).want(200)
		return claims(t, res.text("access_token")), claims(t, res.text("id_token"))
	}
	permissions := func(access map[string]any) string {
		var list []string
		for _, p := range access["permissions"].([]any) {
			list = append(list, p.(string))
		}
		return strings.Join(list, " ")
	}
	b := w.browser()
	access, id := redeem(b, "ada@shop.example", "org_eu")
	equal(t, "org_id of the access token", access["org_id"], any("org_eu"))
	equal(t, "org_id of the ID token", id["org_id"], any("org_eu"))
	equal(t, "org_name, where names are not allowed", id["org_name"], nil)
	equal(t, "a member's permissions", permissions(access), "read:orders write:orders")

	plain := claims(t, w.token(redeemWeb(b.authorize(webRequest()).query().Get("code"))...).text("access_token"))
	equal(t, "permissions without the organization", permissions(plain), "read:orders")
	equal(t, "org_id without the organization", plain["org_id"], nil)

	w.browser().login(webRequest("organization", "org_eu"), "nora@shop.example").
		wantSent("access_denied", "user auth0|nora is not part of the org_eu organization")

	nora := w.browser()
	access, _ = redeem(nora, "nora@shop.example", "org_open")
	equal(t, "org_id of who becomes a member by logging in", access["org_id"], any("org_open"))
	if m := userOf(w.control.Snapshot(), "auth0|nora").Member("org_open"); m == nil {
		t.Error("the login made no member")
	}
	nora.authorize(webRequest("organization", "org_eu", "prompt", "none")).
		wantSent("access_denied", "user auth0|nora is not part of the org_eu organization")

	club := []string{"client_id", "shopClub", "response_type", "code", "state", "s1", "scope", "openid"}
	w.browser().authorize(club).wantSent("invalid_request", "parameter organization is required for this client")
	w.browser().authorize(with(club, "organization", "org_eu")).wantPath("/u/login")
	w.browser().authorize(portalRequest("organization", "org_eu")).
		wantSent("invalid_request", "parameter organization is not allowed for this client")
}

func TestOrganizationsByName(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Snapshot.Settings.AllowOrganizationNames = true })
	res := w.token(redeemWeb(w.browser().code(webRequest("organization", "EU"), "ada@shop.example"))...).want(200)
	for _, name := range []string{"access_token", "id_token"} {
		c := claims(t, res.text(name))
		equal(t, "org_id of the "+name, c["org_id"], any("org_eu"))
		equal(t, "org_name of the "+name, c["org_name"], any("eu"))
	}
}

func TestMemberWhoLeavesCannotRefresh(t *testing.T) {
	t.Parallel()
	w := run(t)
	res := w.token(redeemWeb(w.browser().code(webRequest("organization", "org_eu", "scope", "openid offline_access"), "ada@shop.example"))...).want(200)
	refresh := []string{"grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", res.text("refresh_token")}
	w.edit("auth0|ada", func(u *tenant.User) { u.Organizations = nil })
	w.token(refresh...).wantError(403, "access_denied", "user auth0|ada is not part of the org_eu organization")
	w.edit("auth0|ada", func(u *tenant.User) { u.Organizations = []tenant.Membership{{OrganizationID: "org_eu"}} })
	again := w.token(refresh...).want(200)
	equal(t, "org_id after a refresh", claims(t, again.text("access_token"))["org_id"], any("org_eu"))
}

func TestBlockedUser(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.login(webRequest(), "bob@shop.example").wantSent("unauthorized", "user is blocked")
	// A wrong password does not say that the user is blocked.
	page := b.authorize(webRequest()).wantPath("/u/login")
	b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "bob@shop.example", "password", "wrong").want(400)

	code := b.code(webRequest("scope", "openid offline_access"), "ada@shop.example")
	refresh := w.token(redeemWeb(code)...).text("refresh_token")
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	b.authorize(webRequest("prompt", "none")).wantSent("unauthorized", "user is blocked")
	w.token("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", refresh).wantError(403, "unauthorized", "user is blocked")
}

func TestSigningAlgorithms(t *testing.T) {
	t.Parallel()
	w := run(t)
	for id, want := range map[string]string{"shopHS": "HS256", "shopPS": "PS256"} {
		host := strings.ToLower(strings.TrimPrefix(id, "shop"))
		cb := "https://" + host + ".example/callback"
		code := w.browser().code([]string{"client_id", id, "response_type", "code", "redirect_uri", cb, "scope", "openid", "audience", catalog}, "ada@shop.example")
		secret := map[string]string{"shopHS": "shop-hs-secret-shop-hs-secret-shop-hs-secret", "shopPS": "shop-ps-secret"}[id]
		res := w.token("grant_type", "authorization_code", "client_id", id, "client_secret", secret, "code", code, "redirect_uri", cb).want(200)
		equal(t, id+": alg of the ID token", part(t, res.text("id_token"), 0)["alg"], any(want))
		equal(t, id+": alg of the access token", part(t, res.text("access_token"), 0)["alg"], any("RS256"))
		verify(t, w, res.text("access_token"))
		if want == "HS256" {
			verifyHMAC(t, res.text("id_token"), secret)
		} else {
			verify(t, w, res.text("id_token"))
		}
	}
}
