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

func TestRFC6749(t *testing.T) {
	const unspent = "Invalid authorization code"
	standard(t, "RFC 6749",
		clause{rule: "§2.3.1: credentials in HTTP Basic are form-encoded first", tenant: []change{func(c *provider.Config) {
			client(c, "shopWorker").ClientSecret = "a:b c/ü%"
		}}, prove: func(t *testing.T, w *world) {
			r := http.Request{Header: formType.Clone()}
			r.SetBasicAuth("shopWorker", url.QueryEscape("a:b c/ü%"))
			w.browser().do("POST", "/oauth/token", r.Header, form("grant_type", "client_credentials", "audience", orders)).want(200)
		}},
		clause{rule: "§2.3.1: credentials are not taken from the request URI", prove: func(t *testing.T, w *world) {
			w.browser().do("POST", "/oauth/token?"+form(worker()...), formType, "").wantError(400, "invalid_request", "Missing required parameter: grant_type")
			w.browser().do("POST", "/oauth/token?client_id=shopWorker&client_secret=shop-worker-secret", formType, form("grant_type", "client_credentials", "audience", orders)).
				wantError(401, "access_denied", "Unauthorized")
		}},
		clause{rule: "§3.1: the authorization endpoint takes GET and POST alike", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest()).wantPath("/u/login")
			w.browser().post("/authorize", webRequest()...).wantPath("/u/login")
		}},
		clause{rule: "§3.1, §3.2: a parameter without a value counts as left out, and an unknown one is ignored", prove: func(t *testing.T, w *world) {
			w.browser().get("/authorize?" + form(webRequest()...) + "&prompt=&max_age=&organization=&connection=&nonsense=x").wantPath("/u/login")
			w.token(append(worker(), "nonsense", "x", "scope", "")...).want(200)
			w.token("grant_type", "", "client_id", "shopWorker").wantError(400, "invalid_request", "Missing required parameter: grant_type")
		}},
		clause{rule: "§3.1, §3.2: a parameter must not be repeated", auth0: "of a repeated one the first counts", prove: func(t *testing.T, w *world) {
			w.browser().get("/authorize?" + form(webRequest()...) + "&redirect_uri=https%3A%2F%2Fevil.example").wantPath("/u/login")
			w.browser().get("/authorize?redirect_uri=https%3A%2F%2Fevil.example&" + form(webRequest()...)).want(403)
			w.token(append(worker(), "client_secret", "wrong")...).want(200)
		}},
		clause{rule: "§3.1.1: without response_type the app is told, by invalid_request", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("response_type", "")).wantSent("invalid_request", "Missing required parameter: response_type")
		}},
		clause{rule: "§3.1.1, §8.4: the words of response_type have no order, and an unknown one is unsupported_response_type", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("response_type", "id_token code", "nonce", "n")).wantPath("/u/login")
			q := w.browser().authorize(webRequest("response_type", "code wish")).query()
			equal(t, "error", q.Get("error"), "unsupported_response_type")
		}},
		clause{rule: "§3.1.2: the callback's own query is kept, and a fragment is refused", prove: func(t *testing.T, w *world) {
			b := w.browser()
			q := b.login(webRequest("redirect_uri", callback+"?shop=eu"), "ada@shop.example").query()
			equal(t, "shop", q.Get("shop"), "eu")
			b.authorize(webRequest("redirect_uri", callback+"#here")).want(403)
		}},
		clause{rule: "§3.1.2.4: with a wrong callback or client nobody is redirected", prove: func(t *testing.T, w *world) {
			for _, pairs := range [][]string{webRequest("redirect_uri", "https://evil.example"), webRequest("client_id", "nobody"), webRequest("client_id", "")} {
				if a := w.browser().authorize(pairs); a.status < 400 || a.header.Get("Location") != "" {
					t.Errorf("%v: %d to %q", pairs, a.status, a.header.Get("Location"))
				}
			}
		}},
		clause{rule: "§3.2: the token endpoint takes POST only", prove: func(t *testing.T, w *world) {
			for _, method := range []string{"GET", "PUT", "DELETE", "PATCH"} {
				w.browser().do(method, "/oauth/token?"+form(worker()...), nil, "").want(405)
			}
		}},
		clause{rule: "§3.3: the scope granted is named where it is not the one asked for", prove: func(t *testing.T, w *world) {
			equal(t, "scope", w.tokens("scope", "openid read:orders write:orders nonsense").text("scope"), "openid read:orders")
			equal(t, "scope, of which case matters", w.tokens("scope", "openid READ:orders").text("scope"), "openid")
		}},
		clause{rule: "§4.1.2: state comes back exactly as it was sent", prove: func(t *testing.T, w *world) {
			b := w.browser()
			for _, state := range []string{"x", "a b&c=d#e%20+", "ü\u2028\"<>'", strings.Repeat("s", 4000), "{\"a\":[1]}"} {
				for _, a := range []*answer{b.authorize(webRequest("state", state, "prompt", "none")), b.authorize(webRequest("state", state, "prompt", "none", "response_mode", "fragment"))} {
					equal(t, "state", a.query().Get("state"), state)
				}
			}
		}},
		clause{rule: "§4.1.2: a code works once", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest(), "ada@shop.example")
			w.token(redeemWeb(code)...).want(200)
			w.token(redeemWeb(code)...).wantError(403, "invalid_grant", unspent)
		}},
		clause{rule: "§4.1.2: a code's second use ends the tokens of its first", auth0: "they live on, which is inferred", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest("scope", "openid offline_access"), "ada@shop.example")
			token := w.token(redeemWeb(code)...).want(200).text("refresh_token")
			w.token(redeemWeb(code)...).wantError(403, "invalid_grant", unspent)
			w.refresh(token).want(200)
		}},
		clause{rule: "§4.1.2: a code lives ten minutes at most", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest(), "ada@shop.example")
			w.control.Clock().Advance(10*time.Minute + time.Second)
			w.token(redeemWeb(code)...).wantError(403, "invalid_grant", unspent)
		}},
		clause{rule: "§4.1.2, §4.1.3: a code is its client's", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest(), "ada@shop.example")
			w.token(redeemPortal(code, "redirect_uri", callback, "code_verifier", verifier)...).wantError(403, "invalid_grant", unspent)
			w.token(redeemWeb(code)...).want(200)
		}},
		clause{rule: "§4.1.3: redirect_uri is repeated exactly, if it was sent", auth0: "a wrong one is unauthorized_client, 403", prove: func(t *testing.T, w *world) {
			code := func(changes ...string) string { return w.browser().code(webRequest(changes...), "ada@shop.example") }
			w.token(redeemWeb(code(), "redirect_uri", callback+"/")...).
				wantError(403, "unauthorized_client", "The redirect URI is wrong. You sent "+callback+"/, and we expected "+callback)
			w.token(redeemWeb(code(), "redirect_uri", "")...).wantError(400, "invalid_request", "Missing required parameter: redirect_uri")
			w.token(redeemWeb(code("redirect_uri", ""), "redirect_uri", "")...).want(200)
		}},
		clause{rule: "§4.2.2, §4.2.2.1: the implicit grant answers in the fragment, without a refresh token, and so do its errors", prove: func(t *testing.T, w *world) {
			b := w.browser()
			pairs := webRequest("response_type", "token", "scope", "openid offline_access")
			failed := b.authorize(append(pairs, "prompt", "none")).location()
			if failed.RawQuery != "" || !strings.HasPrefix(failed.Fragment, "error=login_required") {
				t.Errorf("the error goes to %s", failed)
			}
			u := b.login(pairs, "ada@shop.example").location()
			if q, err := url.ParseQuery(u.EscapedFragment()); err != nil || q.Get("access_token") == "" || q.Get("refresh_token") != "" || q.Get("token_type") != "Bearer" || u.RawQuery != "" {
				t.Errorf("the answer is %s", u)
			}
		}},
		clause{rule: "§4.4.3: a machine gets no refresh token", prove: func(t *testing.T, w *world) {
			if a := w.token(worker("scope", "read:orders offline_access")...).want(200); hasMember(a, "refresh_token") || hasMember(a, "id_token") {
				t.Errorf("a machine's answer is %s", a.body)
			}
		}},
		clause{rule: "§4.4: only a confidential client may act for itself", prove: func(t *testing.T, w *world) {
			w.token("grant_type", "client_credentials", "client_id", "shopWeb", "audience", orders).wantError(403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the client.")
		}},
		clause{rule: "§5.1: tokens are never cached", prove: func(t *testing.T, w *world) {
			a := w.token(worker()...).want(200).wantIn("Cache-Control", "no-store").wantIn("Pragma", "no-cache").wantIn("Content-Type", "application/json")
			equal(t, "token_type", a.text("token_type"), "Bearer")
			if _, ok := a.json()["expires_in"].(float64); !ok {
				t.Errorf("expires_in is no number: %s", a.body)
			}
			w.token(worker("client_secret", "wrong")...).want(401).wantIn("Cache-Control", "no-store")
		}},
		clause{rule: "§5.2: a client that fails to authenticate is invalid_client", auth0: "access_denied, 401, the same for a client that does not exist", prove: func(t *testing.T, w *world) {
			w.token(worker("client_secret", "wrong")...).wantError(401, "access_denied", "Unauthorized")
			w.token(worker("client_id", "nobody")...).wantError(401, "access_denied", "Unauthorized")
		}},
		clause{rule: "§5.2: a bad grant is invalid_grant, 400", auth0: "403", prove: func(t *testing.T, w *world) {
			w.token(redeemWeb("nonsense")...).wantError(403, "invalid_grant", unspent)
		}},
		clause{rule: "§5.2: an unknown grant is unsupported_grant_type, 400", auth0: "403", prove: func(t *testing.T, w *world) {
			w.token(worker("grant_type", "wish")...).wantError(403, "unsupported_grant_type", "Unsupported grant type: wish")
		}},
		clause{rule: "§5.2: a grant the client may not use is unauthorized_client, 400", auth0: "403", prove: func(t *testing.T, w *world) {
			w.token("grant_type", "password", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "username", "x", "password", "y").
				wantError(403, "unauthorized_client", "Grant type 'password' not allowed for the client.")
		}},
		clause{rule: "§5.2: a missing parameter is invalid_request, 400", prove: func(t *testing.T, w *world) {
			for missing, pairs := range map[string][]string{
				"code":          redeemWeb(""),
				"refresh_token": {"grant_type", "refresh_token", "client_id", "shopWeb"},
				"username":      {"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "password", "x"},
				"password":      {"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "x"},
			} {
				w.token(pairs...).wantError(400, "invalid_request", "Missing required parameter: "+missing)
			}
		}},
		clause{rule: "§6: a refresh may narrow the scope and never widens it", auth0: "what was not granted is left out instead of refused", prove: func(t *testing.T, w *world) {
			token := w.tokens("scope", "openid profile offline_access").text("refresh_token")
			narrow := w.refresh(token, "scope", "openid email write:orders").want(200)
			equal(t, "scope", narrow.text("scope"), "openid")
			equal(t, "scope, left out again", w.refresh(narrow.text("refresh_token")).text("scope"), "openid profile offline_access")
		}},
		clause{rule: "§6, §10.4: a refresh token is its client's, which authenticates", prove: func(t *testing.T, w *world) {
			token := w.tokens("scope", "openid offline_access").text("refresh_token")
			w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token).wantError(403, "invalid_grant", unknownRefresh)
			portal := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password, "scope", "offline_access").text("refresh_token")
			w.token("grant_type", "refresh_token", "client_id", "shopPortal", "refresh_token", portal).wantError(401, "access_denied", "Unauthorized")
			w.refresh(token).want(200)
		}},
		clause{rule: "§10.10: codes and tokens cannot be guessed", prove: func(t *testing.T, w *world) {
			b := w.browser()
			seen := map[string]bool{b.code(webRequest("scope", "openid offline_access"), "ada@shop.example"): true}
			for range 50 {
				code := b.authorize(webRequest("scope", "openid offline_access")).query().Get("code")
				if len(code) < 22 || seen[code] { // 128 bits in base64
					t.Fatalf("code %q", code)
				}
				seen[code] = true
			}
		}},
		clause{rule: "§10.13: no page that asks for anything may be framed", prove: func(t *testing.T, w *world) {
			b := w.browser()
			b.get(b.authorize(webRequest()).wantPath("/u/login").RequestURI()).want(200).wantIn("X-Frame-Options", "deny").wantIn("Content-Security-Policy", "frame-ancestors 'none'")
			b.authorize(webRequest("client_id", "nobody")).wantIn("X-Frame-Options", "deny").wantIn("Content-Security-Policy", "frame-ancestors 'none'")
		}},
	)
}

func TestRFC6750(t *testing.T) {
	ask := func(w *world, header http.Header) *answer { return w.browser().do("GET", "/userinfo", header, "") }
	standard(t, "RFC 6750",
		clause{rule: "§2.1: the token is taken from the Authorization header, whatever the scheme's case", prove: func(t *testing.T, w *world) {
			token := w.tokens().text("access_token")
			for _, scheme := range []string{"Bearer", "bearer", "BEARER"} {
				ask(w, head("Authorization", scheme+" "+token)).want(200)
			}
			ask(w, head("Authorization", "Basic "+token)).want(401)
			ask(w, head("Authorization", token)).want(401)
		}},
		clause{rule: "§2.2: a form may hold the token, in a POST", prove: func(t *testing.T, w *world) {
			w.browser().post("/userinfo", "access_token", w.tokens().text("access_token")).want(200)
		}},
		clause{rule: "§2.3: a token in the address is taken, as passport-auth0 needs it, and no cache keeps the answer", prove: func(t *testing.T, w *world) {
			res := w.browser().get("/userinfo?access_token=" + w.tokens().text("access_token")).want(200)
			equal(t, "Cache-Control", res.header.Get("Cache-Control"), "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform")
		}},
		clause{rule: "§3: a request without a token is challenged without an error", prove: func(t *testing.T, w *world) {
			equal(t, "challenge", ask(w, nil).want(401).header.Get("WWW-Authenticate"), `Bearer realm="Users"`)
		}},
		clause{rule: "§3.1: a token that is malformed, expired or signed by nobody is invalid_token, 401", prove: func(t *testing.T, w *world) {
			token := w.tokens().text("access_token")
			for _, bad := range []string{"x", "a.b.c", "a.b.c.d.e", token[:len(token)-4], token + "x"} {
				ask(w, head("Authorization", "Bearer "+bad)).want(401).wantIn("WWW-Authenticate", `error="invalid_token"`)
			}
			w.control.Clock().Advance(48 * hour)
			ask(w, head("Authorization", "Bearer "+token)).want(401).wantIn("WWW-Authenticate", `error="invalid_token"`)
		}},
		clause{rule: "§5.3: what a token opens is never kept by a shared cache", prove: func(t *testing.T, w *world) {
			ask(w, head("Authorization", "Bearer "+w.tokens().text("access_token"))).want(200).wantIn("Cache-Control", "private").wantIn("Cache-Control", "no-store")
		}},
	)
}

func TestRFC7636(t *testing.T) {
	const failed = "Failed to verify code verifier"
	plain := strings.Repeat("p", 43)
	standard(t, "RFC 7636",
		clause{rule: "Appendix B: the worked example", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), "ada@shop.example")
			w.token(redeemWeb(code, "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")...).want(200)
		}},
		clause{rule: "§4.2: a challenge has 43 to 128 characters", prove: func(t *testing.T, w *world) {
			for _, n := range []int{1, 42, 129, 5000} {
				q := w.browser().authorize(webRequest("code_challenge", strings.Repeat("c", n))).query()
				equal(t, "error", q.Get("error"), "invalid_request")
			}
		}},
		clause{rule: "§4.3: without a method the challenge is plain", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest("code_challenge", plain, "code_challenge_method", ""), "ada@shop.example")
			w.token(redeemWeb(code, "code_verifier", plain)...).want(200)
		}},
		clause{rule: "§4.4.1: an unknown method is invalid_request, at the callback", prove: func(t *testing.T, w *world) {
			for _, method := range []string{"s256", "S512", "none"} {
				equal(t, "error", w.browser().authorize(webRequest("code_challenge_method", method)).query().Get("error"), "invalid_request")
			}
		}},
		clause{rule: "§4.6: a verifier that is wrong or missing is invalid_grant", prove: func(t *testing.T, w *world) {
			for _, bad := range []string{"", strings.Repeat("x", 43), verifier + "=", " " + verifier} {
				w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"), "code_verifier", bad)...).wantError(403, "invalid_grant", failed)
			}
		}},
		clause{rule: "§4.6: confidential clients prove it too", prove: func(t *testing.T, w *world) {
			pairs := portalRequest("code_challenge", challenge(), "code_challenge_method", "S256")
			w.token(redeemPortal(w.browser().code(pairs, "ada@shop.example"))...).wantError(403, "invalid_grant", failed)
			w.token(redeemPortal(w.browser().code(pairs, "ada@shop.example"), "code_verifier", verifier)...).want(200)
		}},
	)
}

func TestRFC8414(t *testing.T) {
	document := func(w *world) map[string]any {
		return w.browser().get("/.well-known/oauth-authorization-server").want(200).json()
	}
	standard(t, "RFC 8414",
		clause{rule: "§2: what is required is there, and every endpoint is on the tenant", prove: func(t *testing.T, w *world) {
			doc := document(w)
			for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint", "response_types_supported", "jwks_uri"} {
				if doc[name] == nil {
					t.Errorf("no %s", name)
				}
			}
			for name, v := range doc {
				if at, ok := v.(string); ok && !strings.HasPrefix(at, base+"/") {
					t.Errorf("%s is %s", name, at)
				}
			}
		}},
		clause{rule: "§2: every endpoint that is named answers", prove: func(t *testing.T, w *world) {
			for name, v := range document(w) {
				at, ok := v.(string)
				if !ok || name == "issuer" {
					continue
				}
				at = strings.ReplaceAll(at, "{connectionName}", "x")
				if get, post := w.browser().get(at).status, w.browser().post(at).status; (get == 404 || get == 405) && (post == 404 || post == 405) {
					t.Errorf("%s: GET %s answers %d, POST %d", name, at, get, post)
				}
			}
		}},
		clause{rule: "§2: every grant that is named is known to the token endpoint", prove: func(t *testing.T, w *world) {
			for _, grant := range document(w)["grant_types_supported"].([]any) {
				if grant == "implicit" {
					continue // has no token request
				}
				if a := w.token("grant_type", grant.(string), "client_id", "shopPortal", "client_secret", "shop-portal-secret"); a.text("error") == "unsupported_grant_type" {
					t.Errorf("%s is named and unsupported", grant)
				}
			}
		}},
		clause{rule: "§2: every response type and mode that is named is one", prove: func(t *testing.T, w *world) {
			doc := document(w)
			for _, v := range doc["response_types_supported"].([]any) {
				w.browser().authorize(webRequest("response_type", v.(string), "nonce", "n")).wantPath("/u/login")
			}
			for _, v := range doc["response_modes_supported"].([]any) {
				w.browser().authorize(webRequest("response_mode", v.(string))).wantPath("/u/login")
			}
			for _, v := range doc["code_challenge_methods_supported"].([]any) {
				w.browser().authorize(webRequest("code_challenge_method", v.(string))).wantPath("/u/login")
			}
		}},
		clause{rule: "§3.2: it is JSON, for GET and HEAD", prove: func(t *testing.T, w *world) {
			w.browser().get("/.well-known/oauth-authorization-server").want(200).wantIn("Content-Type", "application/json")
			if a := w.browser().do("HEAD", "/.well-known/oauth-authorization-server", nil, "").want(200); a.body != "" {
				t.Error("HEAD has a body")
			}
		}},
		clause{rule: "§3.3: issuer is the address it was asked at, and the iss of tokens", prove: func(t *testing.T, w *world) {
			equal(t, "issuer", document(w)["issuer"], any(base+"/"))
			equal(t, "iss", claims(t, w.tokens().text("access_token"))["iss"], any(base+"/"))
		}},
		clause{rule: "§3: the path after the issuer's", auth0: "the same document under OpenID Connect's name", prove: func(t *testing.T, w *world) {
			equal(t, "document", w.browser().get("/.well-known/openid-configuration").body, w.browser().get("/.well-known/oauth-authorization-server").body)
		}},
	)
}

func TestRFC8707(t *testing.T) {
	profile := func(value string) []change {
		return []change{func(c *provider.Config) { c.Snapshot.Settings.ResourceParameterProfile = value }}
	}
	audience := func(t *testing.T, a *answer) any { return claims(t, a.text("access_token"))["aud"].([]any)[0] }
	standard(t, "RFC 8707",
		clause{rule: "§2.1: resource names the API the token is for", tenant: profile("compatibility"), prove: func(t *testing.T, w *world) {
			equal(t, "aud", audience(t, w.tokens("audience", "", "resource", catalog)), any(catalog))
		}},
		clause{rule: "§2.1: resource is honoured", auth0: "only where audience is not sent too", tenant: profile("compatibility"), prove: func(t *testing.T, w *world) {
			equal(t, "aud", audience(t, w.tokens("audience", orders, "resource", catalog)), any(orders))
		}},
		clause{rule: "§2.1: resource is honoured", auth0: "not with resource_parameter_profile audience", tenant: profile("audience"), prove: func(t *testing.T, w *world) {
			if token := w.tokens("audience", "", "resource", catalog).text("access_token"); strings.Count(token, ".") != 4 {
				t.Errorf("the token is not opaque: %s", token)
			}
		}},
		clause{rule: "§2: an unknown resource is invalid_target", auth0: "access_denied, as for an unknown audience", tenant: profile("compatibility"), prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("audience", "", "resource", "https://nowhere.example")).wantSent("access_denied", "Service not found: https://nowhere.example")
		}},
		clause{rule: "§2.2: at the token endpoint too", tenant: profile("compatibility"), prove: func(t *testing.T, w *world) {
			access := w.token(with(worker("audience", ""), "resource", orders)...).want(200).text("access_token")
			equal(t, "aud", claims(t, access)["aud"], any(orders))
		}},
	)
}

func TestRFC9068(t *testing.T) {
	dialect := []change{func(c *provider.Config) { api(c, orders).TokenDialect = "rfc9068_profile_authz" }}
	standard(t, "RFC 9068",
		clause{rule: "§2.1: typ is at+jwt, and the signature is asymmetric and verifies", tenant: dialect, prove: func(t *testing.T, w *world) {
			access := w.tokens().text("access_token")
			header := part(t, access, 0)
			equal(t, "typ", header["typ"], any("at+jwt"))
			equal(t, "alg", header["alg"], any("RS256"))
			verify(t, w, access)
		}},
		clause{rule: "§2.2: iss, exp, aud, sub, client_id, iat and jti are there, and jti is new each time", tenant: dialect, prove: func(t *testing.T, w *world) {
			seen := map[any]bool{}
			for range 3 {
				c := claims(t, w.tokens().text("access_token"))
				for _, name := range []string{"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} {
					if c[name] == nil {
						t.Errorf("no %s: %v", name, c)
					}
				}
				equal(t, "client_id", c["client_id"], any("shopWeb"))
				seen[c["jti"]] = true
			}
			equal(t, "different jti", len(seen), 3)
		}},
		clause{rule: "§2.2: sub of a token without a user is the client's own", tenant: dialect, auth0: "with @clients behind", prove: func(t *testing.T, w *world) {
			equal(t, "sub", claims(t, w.token(worker()...).text("access_token"))["sub"], any("shopWorker@clients"))
		}},
		clause{rule: "§2.2.3: scope is what was granted", tenant: dialect, prove: func(t *testing.T, w *world) {
			a := w.tokens("scope", "openid read:orders write:orders")
			equal(t, "scope", claims(t, a.text("access_token"))["scope"], any("openid read:orders"))
			equal(t, "scope of the answer", a.text("scope"), "openid read:orders")
		}},
		clause{rule: "§2.2.3.1: authorization attributes", auth0: "permissions, as in its own dialect", tenant: dialect, prove: func(t *testing.T, w *world) {
			equal(t, "permissions", len(claims(t, w.tokens().text("access_token"))["permissions"].([]any)), 1)
		}},
		clause{rule: "§5: an ID token cannot be mistaken for an access token", tenant: dialect, prove: func(t *testing.T, w *world) {
			a := w.tokens()
			equal(t, "typ of the ID token", part(t, a.text("id_token"), 0)["typ"], any("JWT"))
			w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+a.text("id_token")), "").want(401)
		}},
	)
}

func TestRFC9700(t *testing.T) {
	standard(t, "RFC 9700",
		clause{rule: "§2.1: callbacks are compared exactly, but for the port of a loopback address", auth0: "with the port, and with wildcards where the list has them", prove: func(t *testing.T, w *world) {
			w.browser().authorize(webRequest("redirect_uri", "http://localhost:3999/callback")).want(403)
			w.browser().authorize(webRequest("redirect_uri", "https://pr-1.preview.example/callback")).wantPath("/u/login")
		}},
		clause{rule: "§2.1.1: a public client must use PKCE", auth0: "is told when it redeems the code", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest("code_challenge", "", "code_challenge_method", ""), "ada@shop.example")
			w.token(redeemWeb(code, "code_verifier", "")...).wantError(401, "access_denied", "Unauthorized")
		}},
		clause{rule: "§2.1.1, §4.8.2: a challenge cannot be stripped", prove: func(t *testing.T, w *world) {
			code := w.browser().code(webRequest("code_challenge", "", "code_challenge_method", ""), "ada@shop.example")
			w.token(redeemWeb(code)...).wantError(403, "invalid_grant", "Failed to verify code verifier")
		}},
		clause{rule: "§2.3: a token is for one API", auth0: "and for /userinfo, where openid was granted", prove: func(t *testing.T, w *world) {
			aud := claims(t, w.tokens().text("access_token"))["aud"].([]any)
			if len(aud) != 2 || aud[0] != orders || aud[1] != base+"/userinfo" {
				t.Errorf("aud is %v", aud)
			}
			equal(t, "aud without openid", claims(t, w.tokens("scope", "read:orders").text("access_token"))["aud"], any(orders))
		}},
		clause{rule: "§4.2.4: pages keep what is in their address from other sites", prove: func(t *testing.T, w *world) {
			b := w.browser()
			b.get(b.authorize(webRequest()).wantPath("/u/login").RequestURI()).want(200).wantIn("Referrer-Policy", "same-origin")
		}},
		clause{rule: "§4.4: iss tells whose answer it is", auth0: "only strict third-party clients get it", prove: func(t *testing.T, w *world) {
			if q := w.browser().login(webRequest(), "ada@shop.example").query(); q.Has("iss") {
				t.Errorf("the answer is %v", q)
			}
		}},
		clause{rule: "§4.7.1: CSRF is stopped by state, nonce or PKCE, and all three come back", prove: func(t *testing.T, w *world) {
			a := w.browser().login(webRequest("nonce", "n1"), "ada@shop.example")
			equal(t, "state", a.query().Get("state"), "s1")
			equal(t, "nonce", claims(t, w.token(redeemWeb(a.query().Get("code"))...).text("id_token"))["nonce"], any("n1"))
		}},
		clause{rule: "§4.11: nobody is redirected by an error before the callback is known", prove: func(t *testing.T, w *world) {
			for _, broken := range []string{"response_type", "response_mode", "prompt", "max_age", "code_challenge_method"} {
				if to := w.browser().authorize(webRequest(broken, "nonsense", "redirect_uri", "https://evil.example")).header.Get("Location"); to != "" {
					t.Errorf("%s: sent to %s", broken, to)
				}
			}
		}},
		clause{rule: "§4.12: no redirect repeats a POST with its credentials", prove: func(t *testing.T, w *world) {
			b := w.browser()
			page := b.authorize(webRequest()).wantPath("/u/login")
			b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "ada@shop.example", "password", password).want(302)
			b.post("/authorize", webRequest()...).want(302)
		}},
		clause{rule: "§4.14.2: refresh tokens of public clients rotate, and reuse ends the family", prove: func(t *testing.T, w *world) {
			first := w.tokens("scope", "openid offline_access").text("refresh_token")
			second := w.refresh(first).want(200).text("refresh_token")
			w.refresh(first).wantError(403, "invalid_grant", unknownRefresh)
			w.refresh(second).wantError(403, "invalid_grant", unknownRefresh)
		}},
		clause{rule: "§4.16: pages are not framed, except those that a frame asked for", prove: func(t *testing.T, w *world) {
			b := w.browser()
			b.login(webRequest(), "ada@shop.example").want(302)
			b.authorize(webRequest("response_mode", "form_post")).want(200).wantIn("X-Frame-Options", "deny")
			if a := b.authorize(webRequest("response_mode", "web_message", "prompt", "none")).want(200); a.header.Get("X-Frame-Options") != "" {
				t.Error("web_message cannot be framed")
			}
		}},
		clause{rule: "§2.6: clients may discover whether PKCE is there", prove: func(t *testing.T, w *world) {
			methods := w.browser().get("/.well-known/openid-configuration").json()["code_challenge_methods_supported"].([]any)
			if !slices.Contains(methods, any("S256")) {
				t.Errorf("methods %v", methods)
			}
		}},
	)
}
