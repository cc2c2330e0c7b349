package provider_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func errorPage(p tenant.ErrorPage) change {
	return func(c *provider.Config) { c.Snapshot.Settings.ErrorPage = &p }
}

func TestErrorPageShowsWhatIsConfiguredNearestFirst(t *testing.T) {
	t.Parallel()
	w := run(t)
	a := w.browser().authorize(webRequest("redirect_uri", "http://localhost:3000/callbak")).want(403)
	first := regexp.MustCompile(`<li><code>([^<]*)</code> <span[^>]*>nearest`).FindStringSubmatch(a.body)
	if first == nil || first[1] != callback {
		t.Errorf("nearest is %v: %s", first, a.body)
	}
	for _, want := range []string{"callbacks of client &#34;Shop Web&#34;", "com.shop.app://callback", "Add http://localhost:3000/callbak to callbacks", "http://localhost:3000/callback?shop=eu"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	a = w.browser().get("/v2/logout?client_id=shopWeb&returnTo=" + url.QueryEscape("http://localhost:3000/by")).want(400)
	if !strings.Contains(a.body, "allowed_logout_urls of client") || !strings.Contains(a.body, "<code>http://localhost:3000/bye</code> <span") {
		t.Error(a.body)
	}
	a = run(t, func(c *provider.Config) { client(c, "shopWeb").Callbacks = nil }).browser().authorize(webRequest()).want(403)
	if !strings.Contains(a.body, "Nothing yet.") {
		t.Error(a.body)
	}
}

// Source: Auth0 docs, "Custom error pages".
func TestErrorPageOfTheTenantsOwn(t *testing.T) {
	t.Parallel()
	lang := head("Accept-Language", "de-CH;q=0.9, en")
	at := "/authorize?" + form(webRequest("redirect_uri", "https://evil.example/cb", "connection", "corp")...)
	wants := map[string]string{
		"client_id": "shopWeb", "connection": "corp", "lang": "de-CH", "error": "unauthorized_client",
		"error_description": "Callback URL mismatch. https://evil.example/cb is not in the list of allowed callback URLs",
	}

	a := run(t, errorPage(tenant.ErrorPage{URL: "https://errors.example/oops?from=auth"})).browser().do("GET", at, lang, "")
	u := a.location()
	equal(t, "page", u.Scheme+"://"+u.Host+u.Path, "https://errors.example/oops")
	equal(t, "the page's own parameter", u.Query().Get("from"), "auth")
	for name, want := range wants {
		equal(t, name, u.Query().Get(name), want)
	}
	equal(t, "tracking", u.Query().Get("tracking"), a.header.Get("X-Auth0-Requestid"))

	const template = `<p>{{client_id}}|{{ connection }}|{{lang}}|{{error | escape}}|{{- error_description -}}|{{tracking}}|{{show_log_link}}|{{nothing}}</p>`
	a = run(t, errorPage(tenant.ErrorPage{HTML: template})).browser().do("GET", at, lang, "").want(403)
	got := strings.Split(strings.TrimSuffix(strings.TrimPrefix(html.UnescapeString(a.body), "<p>"), "</p>"), "|")
	want := []string{wants["client_id"], wants["connection"], wants["lang"], wants["error"], wants["error_description"], a.header.Get("X-Auth0-Requestid"), "false", ""}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	equal(t, "X-Frame-Options", a.header.Get("X-Frame-Options"), "deny")

	linked := run(t, errorPage(tenant.ErrorPage{ShowLogLink: true})).browser().get(at).want(403)
	if !strings.Contains(linked.body, `href="/_faux0/logs"`) || strings.Contains(run(t).browser().get(at).body, `href="/_faux0/logs"`) {
		t.Error("the link to the log does not go by show_log_link")
	}
	// What Faux0 has not is no matter of the tenant's page.
	if a := run(t, errorPage(tenant.ErrorPage{URL: "https://errors.example/"})).browser().get("/wsfed/x"); a.status != 501 {
		t.Errorf("/wsfed/x: %d", a.status)
	}
}

func TestErrorPagesAreNoDoorForScripts(t *testing.T) {
	t.Parallel()
	const template = `<p title="{{error_description}}">{{error_description}}</p><script>var a = '{{client_id}}', b = "{{connection}}", c = ` + "`{{error_description}}`" + `</script>`
	markup := []string{"<script>alert", "<img"}
	for _, c := range []struct {
		w    *world
		bads []string
	}{
		{run(t), markup},
		{run(t, errorPage(tenant.ErrorPage{HTML: template})), append([]string{"';alert", `'\'`, `"\"`, "${", "\u2028"}, markup...)},
	} {
		for _, evil := range []string{
			"</script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, `';alert(1)//`, `\`, "`${alert(1)}`", "\u2028alert(1)//", "{{error}}", "{% raw %}",
		} {
			a := c.w.browser().authorize([]string{"client_id", evil, "connection", evil, "redirect_uri", evil})
			if a.status != 403 {
				t.Fatalf("%q: %d", evil, a.status)
			}
			for _, bad := range c.bads {
				if strings.Contains(a.body, bad) {
					t.Errorf("%q: %q is in the page: %s", evil, bad, a.body)
				}
			}
		}
	}
	a := run(t, errorPage(tenant.ErrorPage{URL: "javascript://x/%0aalert(1)"})).browser().authorize(webRequest("client_id", "x"))
	if a.header.Get("Location") != "" {
		t.Errorf("sent to %s", a.header.Get("Location"))
	}
}

// Source: Auth0 docs, "Configure default login routes".
func TestALostLoginBeginsAnewWhereClientOrTenantSay(t *testing.T) {
	t.Parallel()
	both := func(c *provider.Config) {
		c.Snapshot.Settings.DefaultRedirectionURI = "https://shop.example/login?from=auth"
		client(c, "shopWeb").InitiateLoginURI = "https://web.example/login"
	}
	w := run(t, both)
	where := func(a *answer) string {
		t.Helper()
		u := a.location()
		equal(t, "iss", u.Query().Get("iss"), base+"/")
		return u.Scheme + "://" + u.Host + u.Path
	}
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	equal(t, "in another browser", where(w.browser().get(page.RequestURI())), "https://web.example/login")
	portal := b.authorize(portalRequest()).wantPath("/u/login")
	equal(t, "of a client without an address", where(w.browser().get(portal.RequestURI())), "https://shop.example/login")
	equal(t, "unknown", where(b.get("/u/login?state=unknown")), "https://shop.example/login")
	b.get(page.RequestURI()).want(200)
	w.control.Clock().Advance(2 * hour)
	equal(t, "too late", where(b.get(page.RequestURI())), "https://web.example/login")
	run(t).browser().get("/u/login?state=unknown").want(400)
}
