package provider_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

// silent asks for an answer without a page.
func silent(changes ...string) []string {
	return webRequest(append([]string{"prompt", "none"}, changes...)...)
}

// signedIn is a browser that Ada has logged in with.
func (w *world) signedIn() *browser {
	w.t.Helper()
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	return b
}

func TestOpenIDCore(t *testing.T) {
	idToken := func(t *testing.T, w *world, changes ...string) map[string]any {
		t.Helper()
		return claims(t, w.tokens(changes...).text("id_token"))
	}
	standard(t, "OpenID Connect Core",
		clause{rule: "§2: iss, sub, aud, exp and iat are in every ID token", prove: func(t *testing.T, w *world) {
			id := idToken(t, w, "scope", "openid")
			equal(t, "iss", id["iss"], any(base+"/"))
			equal(t, "sub", id["sub"], any("auth0|ada"))
			equal(t, "aud", id["aud"], any("shopWeb"))
			equal(t, "iat", id["iat"], any(float64(start.Unix())))
			equal(t, "exp", id["exp"], any(float64(start.Add(10*hour).Unix())))
		}},
		clause{rule: "§2: sub has at most 255 ASCII characters", prove: func(t *testing.T, w *world) {
			for _, u := range w.control.Snapshot().Users {
				if len(u.UserID) > 255 || strings.ContainsFunc(u.UserID, func(r rune) bool { return r > 126 }) {
					t.Errorf("sub %q", u.UserID)
				}
			}
		}},
		clause{rule: "§2, §3.1.3.7: the signature verifies with a key of the JWKS", prove: func(t *testing.T, w *world) {
			verify(t, w, w.tokens().text("id_token"))
		}},
		clause{rule: "§3.1.2.1: without openid there is no ID token", prove: func(t *testing.T, w *world) {
			if a := w.tokens("scope", "profile read:orders"); hasMember(a, "id_token") {
				t.Errorf("an ID token for scope %q", a.text("scope"))
			}
		}},
		clause{rule: "§3.1.2.1: prompt=none shows no page, ever", prove: func(t *testing.T, w *world) {
			w.browser().authorize(silent()).wantSent("login_required", "Login required")
			b := w.signedIn()
			if b.authorize(silent()).query().Get("code") == "" {
				t.Error("no code, though there is a session")
			}
			for _, pairs := range [][]string{silent("max_age", "0"), silent("connection", "Username-Password-Authentication", "max_age", "0"), silent("organization", "org_eu"), silent("response_type", "nonsense")} {
				if a := b.authorize(pairs); a.status != 302 || !strings.HasPrefix(a.header.Get("Location"), callback) {
					t.Errorf("%v: %d to %q", pairs, a.status, a.header.Get("Location"))
				}
			}
		}},
		clause{rule: "§3.1.2.1: prompt=none stands alone", prove: func(t *testing.T, w *world) {
			equal(t, "error", w.signedIn().authorize(silent("prompt", "none login")).query().Get("error"), "invalid_request")
		}},
		clause{rule: "§3.1.2.1: prompt=login asks again, and auth_time says when", prove: func(t *testing.T, w *world) {
			b := w.signedIn()
			w.control.Clock().Advance(time.Minute)
			code := b.code(webRequest("prompt", "login"), "ada@shop.example")
			equal(t, "auth_time", claims(t, w.token(redeemWeb(code)...).text("id_token"))["auth_time"], any(float64(start.Add(time.Minute).Unix())))
		}},
		clause{rule: "§3.1.2.1: max_age asks again when the login is older, and auth_time is then in the ID token", prove: func(t *testing.T, w *world) {
			b := w.signedIn()
			w.control.Clock().Advance(time.Minute)
			id := claims(t, w.token(redeemWeb(b.authorize(webRequest("max_age", "60")).query().Get("code"))...).text("id_token"))
			equal(t, "auth_time", id["auth_time"], any(float64(start.Unix())))
			w.control.Clock().Advance(time.Second)
			b.authorize(webRequest("max_age", "60")).wantPath("/u/login")
		}},
		clause{rule: "§3.1.2.1: login_hint fills the form in, and logs nobody in", prove: func(t *testing.T, w *world) {
			b := w.browser()
			body := b.get(b.authorize(webRequest("login_hint", "ada@shop.example")).wantPath("/u/login").RequestURI()).want(200).body
			if !strings.Contains(body, `value="ada@shop.example"`) {
				t.Error("the hint is not in the form")
			}
			b.authorize(silent("login_hint", "ada@shop.example")).wantSent("login_required", "Login required")
		}},
		clause{rule: "§3.1.2.1: nonce is in the ID token, unchanged", prove: func(t *testing.T, w *world) {
			for _, nonce := range []string{"n", "ü \"<&>", strings.Repeat("n", 1000)} {
				equal(t, "nonce", idToken(t, w, "nonce", nonce)["nonce"], any(nonce))
			}
			if _, ok := idToken(t, w)["nonce"]; ok {
				t.Error("a nonce that nobody sent")
			}
		}},
		clause{rule: "§3.1.2.6: errors go to the callback, with state", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("max_age", "-1")).location()
			equal(t, "state", w.browser().authorize(webRequest("max_age", "-1")).query().Get("state"), "s1")
		}},
		clause{rule: "§3.1.3.3: the token answer is Bearer, and not cached", prove: func(t *testing.T, w *world) {
			equal(t, "token_type", w.tokens().wantIn("Cache-Control", "no-store").wantIn("Pragma", "no-cache").text("token_type"), "Bearer")
		}},
		clause{rule: "§3.2.2.1, §3.3.2.11: an ID token from /authorize needs a nonce", prove: func(t *testing.T, w *world) {
			for _, kind := range []string{"id_token", "id_token token", "code id_token", "code id_token token"} {
				q := w.browser().authorize(webRequest("response_type", kind)).query()
				equal(t, kind, q.Get("error_description"), "Missing required parameter: nonce")
			}
		}},
		clause{rule: "§3.2.2.9, §3.3.2.11: at_hash and c_hash bind the ID token to what comes with it", prove: func(t *testing.T, w *world) {
			q := w.signedIn().authorize(webRequest("response_type", "code id_token token", "nonce", "n")).query()
			id := claims(t, q.Get("id_token"))
			equal(t, "at_hash", id["at_hash"], any(leftHalf(q.Get("access_token"))))
			equal(t, "c_hash", id["c_hash"], any(leftHalf(q.Get("code"))))
		}},
		clause{rule: "§3.3.3.6: both ID tokens of the hybrid flow have the same iss and sub", prove: func(t *testing.T, w *world) {
			q := w.signedIn().authorize(webRequest("response_type", "code id_token", "nonce", "n")).query()
			one, two := claims(t, q.Get("id_token")), claims(t, w.token(redeemWeb(q.Get("code"))...).text("id_token"))
			for _, name := range []string{"iss", "sub", "aud", "nonce"} {
				equal(t, name, one[name], two[name])
			}
		}},
		clause{rule: "§5.3: /userinfo takes GET and POST, and its sub is the ID token's", prove: func(t *testing.T, w *world) {
			a := w.tokens("scope", "openid profile email")
			for _, method := range []string{"GET", "POST"} {
				info := w.browser().do(method, "/userinfo", head("Authorization", "Bearer "+a.text("access_token")), "").want(200).wantIn("Content-Type", "application/json")
				equal(t, "sub", info.json()["sub"], claims(t, a.text("id_token"))["sub"])
			}
		}},
		clause{rule: "§5.4: each scope opens its claims and no others", prove: func(t *testing.T, w *world) {
			for scope, want := range map[string]string{
				"openid":               "sub",
				"openid email":         "email email_verified sub",
				"openid profile":       "name nickname picture sub updated_at",
				"openid profile email": "email email_verified name nickname picture sub updated_at",
			} {
				info := w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+w.tokens("scope", scope).text("access_token")), "").want(200).json()
				names := sortedKeys(info)
				equal(t, scope, strings.Join(names, " "), want)
			}
		}},
		clause{rule: "§5.6.2, §3.1.3.7: an HS256 ID token is signed with the client's secret", prove: func(t *testing.T, w *world) {
			pairs := []string{"client_id", "shopHS", "response_type", "code", "redirect_uri", "https://hs.example/callback", "scope", "openid", "state", "s1"}
			code := w.browser().code(pairs, "ada@shop.example")
			const secret = "shop-hs-secret-shop-hs-secret-shop-hs-secret"
			a := w.token("grant_type", "authorization_code", "client_id", "shopHS", "client_secret", secret, "code", code, "redirect_uri", "https://hs.example/callback").want(200)
			verifyHMAC(t, a.text("id_token"), secret)
		}},
		clause{rule: "§11: offline_access needs prompt=consent", auth0: "not for a first-party client", prove: func(t *testing.T, w *world) {
			if !hasMember(w.tokens("scope", "openid offline_access"), "refresh_token") {
				t.Error("no refresh token")
			}
		}},
		clause{rule: "§12.2: a refreshed ID token has the same iss, sub and aud, a new iat and no other auth_time", prove: func(t *testing.T, w *world) {
			first := w.tokens("scope", "openid offline_access", "max_age", "1000", "nonce", "n")
			w.control.Clock().Advance(time.Minute)
			one, two := claims(t, first.text("id_token")), claims(t, w.refresh(first.text("refresh_token")).want(200).text("id_token"))
			for _, name := range []string{"iss", "sub", "aud", "sid"} {
				equal(t, name, two[name], one[name])
			}
			equal(t, "iat", two["iat"], any(float64(start.Add(time.Minute).Unix())))
			if at, ok := two["auth_time"]; ok {
				equal(t, "auth_time", at, one["auth_time"])
			}
			if nonce, ok := two["nonce"]; ok {
				equal(t, "nonce", nonce, one["nonce"])
			}
		}},
		clause{rule: "§10.1.1: keys rotate, and the old one verifies until it is gone", prove: func(t *testing.T, w *world) {
			old := w.tokens().text("id_token")
			if err := w.control.RotateKeys(); err != nil {
				t.Fatal(err)
			}
			fresh := w.tokens().text("id_token")
			if part(t, old, 0)["kid"] == part(t, fresh, 0)["kid"] {
				t.Error("the key did not change")
			}
			verify(t, w, old)
			verify(t, w, fresh)
		}},
		clause{rule: "§15.1: every provider speaks RS256, prompt, display, ui_locales, claims_locales, auth_time and acr_values without an error", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("display", "touch", "ui_locales", "fr-CA en", "claims_locales", "de", "acr_values", "loa-1", "prompt", "login")).wantPath("/u/login")
			equal(t, "alg", part(t, w.tokens().text("id_token"), 0)["alg"], any("RS256"))
		}},
	)
}

func TestOpenIDDiscovery(t *testing.T) {
	document := func(w *world) *answer { return w.browser().get("/.well-known/openid-configuration").want(200) }
	standard(t, "OpenID Connect Discovery",
		clause{rule: "§3: what is required is there", prove: func(t *testing.T, w *world) {
			doc := document(w).json()
			for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"} {
				if doc[name] == nil {
					t.Errorf("no %s", name)
				}
			}
			if algs := doc["id_token_signing_alg_values_supported"].([]any); !slices.Contains(algs, any("RS256")) || slices.Contains(algs, any("none")) {
				t.Errorf("algorithms %v", algs)
			}
		}},
		clause{rule: "§3: claims_supported names what is in ID tokens", auth0: "all but sid and updated_at", prove: func(t *testing.T, w *world) {
			named := document(w).json()["claims_supported"].([]any)
			for name := range claims(t, w.tokens("scope", "openid profile email").text("id_token")) {
				if name != "sid" && name != "updated_at" && !slices.Contains(named, any(name)) {
					t.Errorf("claim %s is not named", name)
				}
			}
		}},
		clause{rule: "§4.2: it is JSON, and any page may read it", prove: func(t *testing.T, w *world) {
			a := w.browser().do("GET", "/.well-known/openid-configuration", head("Origin", "https://anywhere.example"), "").want(200).wantIn("Content-Type", "application/json")
			equal(t, "who may read it", a.header.Get("Access-Control-Allow-Origin"), "*")
		}},
		clause{rule: "§4.3: issuer is, letter for letter, the iss of ID tokens", prove: func(t *testing.T, w *world) {
			equal(t, "iss", claims(t, w.tokens().text("id_token"))["iss"], document(w).json()["issuer"])
		}},
		clause{rule: "§3: the JWKS has public keys only, each with its own kid", prove: func(t *testing.T, w *world) {
			jwks := w.browser().get("/.well-known/jwks.json").want(200).json()
			seen := map[any]bool{}
			for _, k := range jwks["keys"].([]any) {
				key := k.(map[string]any)
				for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
					if key[private] != nil {
						t.Errorf("key %v holds %s", key["kid"], private)
					}
				}
				if key["use"] != "sig" || key["kid"] == nil || seen[key["kid"]] {
					t.Errorf("key %v", key)
				}
				seen[key["kid"]] = true
			}
		}},
	)
}

func TestFormPost(t *testing.T) {
	pairs := func(changes ...string) []string {
		return webRequest(append([]string{"response_mode", "form_post", "prompt", "none"}, changes...)...)
	}
	standard(t, "Form Post",
		clause{rule: "§2: the answer is a form that posts itself to the callback", prove: func(t *testing.T, w *world) {
			a := w.signedIn().authorize(pairs()).want(200).wantIn("Content-Type", "text/html")
			for _, want := range []string{`method="post"`, `action="` + callback + `"`, `name="code"`, `name="state" value="s1"`, ".submit()"} {
				if !strings.Contains(a.body, want) {
					t.Errorf("no %s in %s", want, a.body)
				}
			}
			if a.header.Get("Location") != "" {
				t.Error("it redirects too")
			}
		}},
		clause{rule: "§2: nothing keeps the answer", prove: func(t *testing.T, w *world) {
			w.signedIn().authorize(pairs()).want(200).wantIn("Cache-Control", "no-store").wantIn("Pragma", "no-cache")
		}},
		clause{rule: "§2: errors come by the same way", prove: func(t *testing.T, w *world) {
			if a := w.browser().authorize(pairs()).want(200); !strings.Contains(a.body, `name="error" value="login_required"`) {
				t.Errorf("the page is %s", a.body)
			}
		}},
		clause{rule: "§2: what is posted is what the other modes send", prove: func(t *testing.T, w *world) {
			a := w.signedIn().authorize(pairs("response_type", "code id_token token", "nonce", "n", "state", "ü&=\"<")).want(200)
			sent := url.Values{}
			fields := a.fields()
			for i := 0; i < len(fields); i += 2 {
				sent.Add(fields[i], fields[i+1])
			}
			equal(t, "state", sent.Get("state"), "ü&=\"<")
			w.token(redeemWeb(sent.Get("code"))...).want(200)
			verify(t, w, sent.Get("id_token"))
		}},
	)
}

func TestRPInitiatedLogout(t *testing.T) {
	loggedIn := func(t *testing.T, b *browser) bool {
		t.Helper()
		return b.authorize(silent()).query().Get("code") != ""
	}
	const bye = "http://localhost:3000/bye"
	login := func(w *world) (*browser, string) {
		b := w.browser()
		return b, w.token(redeemWeb(b.code(webRequest(), "ada@shop.example"))...).want(200).text("id_token")
	}
	standard(t, "RP-Initiated Logout",
		clause{rule: "§2: GET and POST alike, with id_token_hint, end the session and come back with state", prove: func(t *testing.T, w *world) {
			for _, method := range []string{"GET", "POST"} {
				b, id := login(w)
				query := form("id_token_hint", id, "post_logout_redirect_uri", bye, "state", "a&b")
				a := b.do(method, map[string]string{"GET": "/oidc/logout?" + query, "POST": "/oidc/logout"}[method], formType, query)
				equal(t, "where", a.location().String(), bye+"?state=a%26b")
				if loggedIn(t, b) {
					t.Error("the session lives on")
				}
			}
		}},
		clause{rule: "§2: an ID token that has expired is a hint still", prove: func(t *testing.T, w *world) {
			b, id := login(w)
			w.control.Clock().Advance(11 * hour)
			b.get("/oidc/logout?" + form("id_token_hint", id, "post_logout_redirect_uri", bye)).want(302)
		}},
		clause{rule: "§2: a hint that is not this tenant's, or not this client's, is refused", prove: func(t *testing.T, w *world) {
			b, id := login(w)
			forged := mint(t, w, provider.TokenRequest{AsIs: true, Key: "unknown", Claims: map[string]any{"iss": base + "/", "aud": "shopWeb", "sub": "auth0|ada", "sid": claims(t, id)["sid"]}})
			none := "eyJhbGciOiJub25lIn0." + strings.Split(id, ".")[1] + "."
			for _, query := range []string{form("id_token_hint", forged), form("id_token_hint", none), form("id_token_hint", id+"x"), form("id_token_hint", id, "client_id", "shopPortal")} {
				b.get("/oidc/logout?" + query).want(http.StatusBadRequest)
			}
			if !loggedIn(t, b) {
				t.Error("a refused hint logged the person out")
			}
		}},
		clause{rule: "§2: without a hint the person is asked", prove: func(t *testing.T, w *world) {
			b, _ := login(w)
			b.get("/oidc/logout?client_id=shopWeb").want(200)
			if !loggedIn(t, b) {
				t.Error("nobody said yes")
			}
		}},
		clause{rule: "§3: nobody is sent to an address that is not on the list", prove: func(t *testing.T, w *world) {
			b, id := login(w)
			b.get("/oidc/logout?" + form("id_token_hint", id, "post_logout_redirect_uri", "https://evil.example")).want(400)
		}},
	)
}
