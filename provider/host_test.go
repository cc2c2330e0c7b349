package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func TestIssuerFollowsTheCaller(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Hosts = []string{"auth.test"} })
	for _, origin := range []string{
		"http://localhost:4400", "http://127.0.0.1:4400", "http://[::1]:4400", "http://shop.localhost", "http://AUTH.test:1234", "http://a.b.localhost:1",
	} {
		doc := w.browser().get(origin + "/.well-known/openid-configuration").want(200).json()
		equal(t, "issuer at "+origin, doc["issuer"], any(strings.ToLower(origin)+"/"))
		equal(t, "token_endpoint at "+origin, doc["token_endpoint"], any(strings.ToLower(origin)+"/oauth/token"))
	}
	for _, origin := range []string{
		"http://evil.example", "http://localhost.evil.example", "http://10.0.0.1:4400", "http://evillocalhost", "http://auth.test.evil.example", "http://xauth.test", "http://0.0.0.0:4400",
	} {
		a := w.browser().get(origin + "/.well-known/openid-configuration").want(421)
		if d := a.text("error_description"); !strings.Contains(d, "--host") {
			t.Errorf("%s: %s", origin, d)
		}
		w.browser().get(origin + "/authorize?" + form(webRequest()...)).want(421)
		w.browser().do("POST", origin+"/_faux0/reset", nil, "").want(421)
	}
	for _, host := range []string{"localhost:evil", "localhost:4400,evil.example", "localhost:", "localhost:99999999999"} {
		req, err := http.NewRequest("GET", base+"/.well-known/openid-configuration", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := w.browser().http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if host == "localhost:" {
			continue // an empty port is allowed (RFC 3986 §3.2.3)
		}
		equal(t, "status for Host "+host, res.StatusCode, 421)
	}
}

// TestFixedIssuer is compose's case: the browser is on one host, the API's
// back end on another, and both must read the same iss.
func TestFixedIssuer(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.Issuer = "https://localhost:4400"
		c.Hosts = []string{"faux0"}
	})
	const issuer, inside = "https://localhost:4400/", "http://faux0:4400/"
	b := w.browser()
	b.base = "http://faux0:4400"
	doc := b.get("/.well-known/openid-configuration").want(200).json()
	for member, want := range map[string]string{
		"issuer": issuer, "authorization_endpoint": issuer + "authorize", "end_session_endpoint": issuer + "oidc/logout",
		"token_endpoint": inside + "oauth/token", "jwks_uri": inside + ".well-known/jwks.json", "userinfo_endpoint": inside + "userinfo",
		"revocation_endpoint": inside + "oauth/revoke", "device_authorization_endpoint": inside + "oauth/device/code",
	} {
		equal(t, member, doc[member], any(want))
	}
	person := w.browser()
	person.base = "http://localhost:4400"
	code := person.code(webRequest(), "ada@shop.example")
	res := b.post("/oauth/token", redeemWeb(code)...).want(200)
	for _, name := range []string{"access_token", "id_token"} {
		equal(t, "iss of the "+name, claims(t, res.text(name))["iss"], any(issuer))
	}
	equal(t, "aud", claims(t, res.text("access_token"))["aud"].([]any)[1], any(issuer+"userinfo"))
	b.do("GET", "/userinfo", head("Authorization", "Bearer "+res.text("access_token")), "").want(200)
	equal(t, "issuer of the health check", b.get("/_faux0/health").json()["issuer"], any(issuer))
	b.get("http://evil.example/userinfo").want(421)
}

func TestProxyHeaders(t *testing.T) {
	t.Parallel()
	forwarded := head("X-Forwarded-Host", "auth.test", "X-Forwarded-Proto", "https")
	hosts := func(c *provider.Config) { c.Hosts = []string{"auth.test"} }
	direct := run(t, hosts)
	doc := direct.browser().do("GET", "/.well-known/openid-configuration", forwarded, "").want(200).json()
	equal(t, "issuer without --proxy", doc["issuer"], any(base+"/"))
	direct.browser().do("GET", "/.well-known/openid-configuration", head("X-Forwarded-Host", "evil.example"), "").want(200)

	w := run(t, hosts, func(c *provider.Config) { c.Proxy = true })
	doc = w.browser().do("GET", "/.well-known/openid-configuration", forwarded, "").want(200).json()
	equal(t, "issuer with --proxy", doc["issuer"], any("https://auth.test/"))
	doc = w.browser().do("GET", "/.well-known/openid-configuration", head("X-Forwarded-Host", "auth.test, inner.example", "X-Forwarded-Proto", "https, http"), "").want(200).json()
	equal(t, "issuer behind two proxies", doc["issuer"], any("https://auth.test/"))
	w.browser().do("GET", "/.well-known/openid-configuration", head("X-Forwarded-Host", "evil.example"), "").want(421)
	res := w.browser().do("GET", "/authorize?"+form(webRequest()...), forwarded, "").want(302)
	if c := cookie(res, "did"); c == nil || !c.Secure {
		t.Errorf("behind an HTTPS proxy the cookies are %v", res.header["Set-Cookie"])
	}
}

func cookie(a *answer, name string) *http.Cookie {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestCookies(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, b *browser, device, session string, twins bool) {
		t.Helper()
		toLogin := b.authorize(webRequest())
		page := toLogin.wantPath("/u/login")
		signedIn := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "ada@shop.example", "password", password).want(302)
		loggedOut := b.get("/v2/logout").want(302)
		for _, c := range []*http.Cookie{cookie(toLogin, device), cookie(signedIn, session), cookie(loggedOut, session)} {
			if c == nil {
				t.Fatalf("no cookie among %v, %v, %v", toLogin.header["Set-Cookie"], signedIn.header["Set-Cookie"], loggedOut.header["Set-Cookie"])
			}
			equal(t, c.Name+": HttpOnly", c.HttpOnly, true)
			equal(t, c.Name+": Path", c.Path, "/")
			equal(t, c.Name+": Domain", c.Domain, "")
			equal(t, c.Name+": Secure", c.Secure, twins)
			if twins {
				equal(t, c.Name+": SameSite", c.SameSite, http.SameSiteNoneMode)
			} else {
				equal(t, c.Name+": SameSite", c.SameSite, http.SameSiteLaxMode)
			}
		}
		if n := len(toLogin.header["Set-Cookie"]); twins != (n == 2) {
			t.Errorf("%d device cookies", n)
		}
		if twins {
			twin := cookie(signedIn, session+"_compat")
			if twin == nil || twin.Value != cookie(signedIn, session).Value || !twin.Secure || twin.SameSite != 0 {
				t.Errorf("the session cookie's twin is %v", twin)
			}
		}
		equal(t, "Max-Age of the session", cookie(signedIn, session).MaxAge, 7*24*3600)
		equal(t, "Max-Age at logout", cookie(loggedOut, session).MaxAge, -1)
	}
	t.Run("HTTP", func(t *testing.T) {
		t.Parallel()
		check(t, run(t).browser(), "did_plain", "auth0_plain", false)
	})
	t.Run("HTTPS", func(t *testing.T) {
		t.Parallel()
		check(t, runTLS(t).browser(), "did", "auth0", true)
	})
	t.Run("twin alone is enough", func(t *testing.T) {
		t.Parallel()
		w := runTLS(t)
		b := w.browser()
		page := b.authorize(webRequest()).wantPath("/u/login")
		signedIn := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "ada@shop.example", "password", password).want(302)
		old := w.browser() // one that drops SameSite=None
		twin := cookie(signedIn, "auth0_compat")
		old.header.Set("Cookie", twin.Name+"="+twin.Value)
		if old.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
			t.Error("no session by the _compat cookie")
		}
	})
	t.Run("non-persistent", func(t *testing.T) {
		t.Parallel()
		w := run(t, nonPersistent)
		b := w.browser()
		page := b.authorize(webRequest()).wantPath("/u/login")
		signedIn := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "ada@shop.example", "password", password).want(302)
		equal(t, "Max-Age of the session", cookie(signedIn, "auth0_plain").MaxAge, 0)
	})
}

func TestHTTPSLogin(t *testing.T) {
	t.Parallel()
	w := runTLS(t)
	res := w.browser().post("/oauth/token", redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200)
	equal(t, "iss", claims(t, res.text("access_token"))["iss"], any(secure+"/"))
}

func TestCORS(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	preflight := func(path, origin string) *answer {
		return b.do("OPTIONS", path, head("Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,auth0-client"), "").want(204)
	}
	for _, path := range []string{"/oauth/token", "/userinfo", "/oauth/revoke", "/nowhere"} {
		ok := preflight(path, "http://localhost:3000")
		equal(t, path+": Allow-Origin", ok.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
		equal(t, path+": Allow-Headers", ok.header.Get("Access-Control-Allow-Headers"), "content-type,auth0-client")
		for _, origin := range []string{"https://evil.example", "null", "http://localhost:3001", "https://localhost:3000", "http://localhost:3000.evil.example"} {
			equal(t, path+": Allow-Origin for "+origin, preflight(path, origin).header.Get("Access-Control-Allow-Origin"), "")
		}
	}
	equal(t, "Allow-Origin by a wildcard callback", preflight("/oauth/token", "https://pr-7.preview.example").header.Get("Access-Control-Allow-Origin"), "https://pr-7.preview.example")
	call := func(origin string, pairs ...string) http.Header {
		return b.do("POST", "/oauth/token", head("Origin", origin, "Content-Type", "application/x-www-form-urlencoded"), form(pairs...)).header
	}
	own := call("http://localhost:3000", redeemWeb("x")...)
	equal(t, "Allow-Origin of an error", own.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	equal(t, "Allow-Credentials", own.Get("Access-Control-Allow-Credentials"), "")
	if !strings.Contains(strings.Join(own.Values("Vary"), ","), "Origin") {
		t.Error("no Vary: Origin")
	}
	equal(t, "Allow-Origin for another client's page", call("https://portal.example", redeemWeb("x")...).Get("Access-Control-Allow-Origin"), "")
	equal(t, "Allow-Origin for a stranger", call("https://evil.example", redeemWeb("x")...).Get("Access-Control-Allow-Origin"), "")
	equal(t, "Allow-Origin of discovery", b.do("GET", "/.well-known/jwks.json", head("Origin", "https://evil.example"), "").header.Get("Access-Control-Allow-Origin"), "*")
	equal(t, "Allow-Origin of a login page", b.do("GET", "/u/login?state=x", head("Origin", "https://evil.example"), "").header.Get("Access-Control-Allow-Origin"), "")
}

// Source: Auth0 docs, "Use the OIDC endpoint to log users out of Auth0" (discovery).
func TestDiscoveryNamesTheLogoutEndpointUnlessTheTenantSaysNo(t *testing.T) {
	t.Parallel()
	off := false
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.OIDCLogout = &tenant.TenantLogout{EndSessionEndpointDiscovery: &off}
	})
	b := w.browser()
	if _, there := b.get("/.well-known/openid-configuration").want(200).json()["end_session_endpoint"]; there {
		t.Error("end_session_endpoint is there")
	}
	b.get("/oidc/logout").want(302) // it works all the same
}
