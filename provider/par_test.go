package provider_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// changed changes a client of the tenant before it starts.
func changed(id string, f func(*tenant.Client)) change {
	return func(c *provider.Config) { f(client(c, id)) }
}

func withPAR(c *provider.Config) { c.Snapshot.Settings.PAR = true }

// portalSecret is the portal's part of the token and PAR endpoints' requests.
var portalSecret = []string{"client_secret", "shop-portal-secret"}

// push pushes an authorization request and returns the answer.
func (w *world) push(pairs []string, more ...string) *answer {
	w.t.Helper()
	return w.browser().post("/oauth/par", append(append([]string{}, pairs...), more...)...)
}

// reference is what the browser is sent to /authorize with afterwards.
func (w *world) reference(clientID string, pushed *answer, more ...string) []string {
	w.t.Helper()
	return append([]string{"client_id", clientID, "request_uri", pushed.want(201).text("request_uri")}, more...)
}

func TestPushedRequestIsTheWholeRequest(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, headless)
	pushed := w.push(portalRequest("login_hint", "ada@shop.example"), portalSecret...).want(201)
	equal(t, "expires_in", pushed.json()["expires_in"], any(float64(30)))
	if uri := pushed.text("request_uri"); !regexp.MustCompile(`^urn:ietf:params:oauth:request_uri:[-\w]{20,}$`).MatchString(uri) {
		t.Errorf("request_uri %q", uri)
	}
	if cache := pushed.header.Get("Cache-Control"); !strings.Contains(cache, "no-store") {
		t.Errorf("Cache-Control %q (RFC 9126 §2.2)", cache)
	}
	equal(t, "members of the answer", len(pushed.json()), 2)

	// RFC 9126 §4 and RFC 9101 §6.3: what stands beside the reference does not count.
	sent := w.browser().authorize(w.reference("shopPortal", pushed,
		"redirect_uri", "https://evil.example/", "state", "other", "scope", "openid email", "response_type", "token", "login_hint", "nora@shop.example"))
	u := sent.location()
	equal(t, "callback", u.Scheme+"://"+u.Host+u.Path, portalCB)
	equal(t, "state", u.Query().Get("state"), "s1")
	tokens := w.token(redeemPortal(u.Query().Get("code"))...).want(200)
	equal(t, "sub", claims(t, tokens.text("id_token"))["sub"], any("auth0|ada"))
	if _, ok := claims(t, tokens.text("id_token"))["email"]; ok {
		t.Error("the scope beside the reference was granted")
	}
}

func TestRequestURIWorksOnceForItsClientAndForSeconds(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, headless)
	request := portalRequest("login_hint", "ada@shop.example")
	refused := func(what string, pairs []string) {
		t.Helper()
		a := w.browser().authorize(pairs).want(400)
		if !strings.Contains(a.body, "invalid_request_uri") {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	once := w.reference("shopPortal", w.push(request, portalSecret...))
	refused("another client (RFC 9126 §2.2)", with(once, "client_id", "shopWeb"))
	w.browser().authorize(once).query() // it has not been used up by the stranger
	refused("the second use (RFC 9126 §4)", once)

	late := w.reference("shopPortal", w.push(request, portalSecret...))
	w.control.Clock().Advance(30 * time.Second)
	refused("after its time", late)
	refused("made up", []string{"client_id", "shopPortal", "request_uri", tenant.RequestURIPrefix + "nothing"})
}

func TestPARRequestExpiryIsTheClients(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, headless, changed("shopPortal", func(c *tenant.Client) { c.PARRequestExpirySeconds = 600 }))
	pushed := w.push(portalRequest("login_hint", "ada@shop.example"), portalSecret...)
	equal(t, "expires_in", pushed.json()["expires_in"], any(float64(600)))
	w.control.Clock().Advance(599 * time.Second)
	w.browser().authorize(w.reference("shopPortal", pushed)).query()
}

func TestForeignRequestURIIsNeverFetched(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR)
	for _, uri := range []string{"https://evil.example/request.jwt", "http://127.0.0.1:1/x", "file:///etc/passwd", "urn:other", "javascript:alert(1)"} {
		a := w.browser().authorize(portalRequest("request_uri", uri)).want(400)
		if !strings.Contains(a.body, "request_uri_not_supported") {
			t.Errorf("%s: %s", uri, a.body)
		}
	}
	a := w.browser().authorize(portalRequest("request_uri", tenant.RequestURIPrefix+"x", "request", "a.b.c")).want(400)
	if !strings.Contains(a.body, "request and request_uri must not be sent together") { // RFC 9101 §5
		t.Error(a.body)
	}
}

func TestPARAuthenticatesTheClient(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR)
	w.push(portalRequest()).wantError(401, "access_denied", "Unauthorized")
	w.push(portalRequest(), "client_secret", "wrong").wantError(401, "access_denied", "Unauthorized")
	w.push(portalRequest("client_id", "nobody"), portalSecret...).wantError(401, "access_denied", "Unauthorized")
	w.push(webRequest()).want(201) // a public client names itself (RFC 9126 §2)
	w.push(webRequest("client_id", ""), portalSecret...).wantError(401, "access_denied", "Unauthorized")

	basic := head("Content-Type", "application/x-www-form-urlencoded", "Authorization", "Basic c2hvcFBvcnRhbDpzaG9wLXBvcnRhbC1zZWNyZXQ=")
	w.browser().do("POST", "/oauth/par", basic, form(portalRequest("client_id", "")...)).want(201)
	w.browser().do("POST", "/oauth/par", basic, form(webRequest()...)).
		wantError(400, "invalid_request", "client_id does not match the authenticated client")
	w.browser().get("/oauth/par").want(405)
}

func TestClassicPageIsToldWhatWasPushed(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, withJAR(false), changed("shopPortal", func(c *tenant.Client) {
		on := true
		c.CustomLoginPageOn, c.CustomLoginPage = &on, "<html>@@config@@</html>"
	}))
	for name, pairs := range map[string][]string{
		"pushed": w.reference("shopPortal", w.push(portalRequest("audience", orders), portalSecret...)),
		"signed": signedRequest(sign(t, portalKey(), nil, requestObject(object{"audience": orders}))),
	} {
		page := w.browser().authorize(pairs).wantPath("/login").Query()
		equal(t, "redirect_uri, "+name, page.Get("redirect_uri"), portalCB)
		equal(t, "audience, "+name, page.Get("audience"), orders)
		if page.Has("request") || page.Has("request_uri") || page.Has("client_secret") {
			t.Errorf("%s: the page is told %v", name, page)
		}
	}
}

// RFC 9126 §2.3: what /authorize would refuse is refused at once.
func TestPARRefusesWhatAuthorizeWould(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR)
	for name, c := range map[string]struct {
		changes           []string
		status            int
		code, description string
	}{
		"a callback":      {[]string{"redirect_uri", "https://evil.example/cb"}, 403, "unauthorized_client", "Callback URL mismatch. https://evil.example/cb is not in the list of allowed callback URLs"},
		"no type":         {[]string{"response_type", ""}, 400, "invalid_request", "Missing required parameter: response_type"},
		"a type":          {[]string{"response_type", "ticket"}, 400, "unsupported_response_type", "Unsupported response type: ticket"},
		"an API":          {[]string{"audience", "https://nowhere.example"}, 403, "access_denied", "Service not found: https://nowhere.example"},
		"a connection":    {[]string{"connection", "nowhere"}, 400, "invalid_request", "the connection was not found"},
		"an organization": {[]string{"organization", "org_eu"}, 400, "invalid_request", "parameter organization is not allowed for this client"},
		"a prompt":        {[]string{"prompt", "none login"}, 400, "invalid_request", "prompt=none cannot be combined with other values"},
		"a challenge":     {[]string{"code_challenge", "short"}, 400, "invalid_request", "code_challenge must be 43 to 128 characters long"},
		"request_uri":     {[]string{"request_uri", tenant.RequestURIPrefix + "x"}, 400, "invalid_request", "request_uri must not be pushed"}, // RFC 9126 §2.1
	} {
		a := w.push(portalRequest(c.changes...), portalSecret...)
		if a.status != c.status || a.text("error") != c.code || a.text("error_description") != c.description {
			t.Errorf("%s: %d %s, want %d %s: %s", name, a.status, a.body, c.status, c.code, c.description)
		}
	}
	failed := 0
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		if e.Type == tenant.LogFailedPAR && e.ClientID == "shopPortal" && e.Description != "" {
			failed++
		}
	}
	equal(t, "fpar events", failed, 9)
}

func TestPARIsOffUnlessTheTenantSupportsIt(t *testing.T) {
	t.Parallel()
	w := run(t)
	a := w.push(portalRequest(), portalSecret...).want(404)
	equal(t, "error", a.text("error"), "endpoint_disabled")
	if !strings.Contains(a.header.Get("Faux0-Hint"), "pushed_authorization_requests_supported") {
		t.Errorf("hint %q", a.header.Get("Faux0-Hint"))
	}
}

func TestPARMayBeRequired(t *testing.T) {
	t.Parallel()
	const byClient = "Pushed Authorization Requests are required"
	for name, c := range map[string]struct {
		change change
		want   string
	}{
		"by the client":           {changed("shopPortal", func(c *tenant.Client) { c.RequirePAR = true }), byClient},
		"by the tenant":           {func(c *provider.Config) { c.Snapshot.Settings.RequirePAR = true }, byClient},
		"by the compliance level": {changed("shopPortal", func(c *tenant.Client) { c.ComplianceLevel = "fapi2_sp_pkj_mtls" }), byClient + " by the configured compliance level"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, withPAR, headless, c.change)
			request := portalRequest("login_hint", "ada@shop.example")
			w.browser().authorize(request).wantSent("invalid_request", c.want)
			if w.browser().authorize(w.reference("shopPortal", w.push(request, portalSecret...))).query().Get("code") == "" {
				t.Error("a pushed request gives no code")
			}
		})
	}
	run(t, withPAR, headless, changed("shopPortal", func(c *tenant.Client) { c.ComplianceLevel = "none" })).browser().
		authorize(portalRequest()).wantPath("/u/login")
}

func TestPushedRequestsEndWithAReset(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, headless)
	ref := w.reference("shopPortal", w.push(portalRequest("login_hint", "ada@shop.example"), portalSecret...))
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	w.browser().authorize(ref).want(400)
}

func TestIssParameterIsSentWhereTheTenantSupportsIt(t *testing.T) {
	t.Parallel()
	w := run(t, headless, func(c *provider.Config) { c.Snapshot.Settings.ResponseIssuer = true })
	for name, q := range map[string]url.Values{
		"a code":          w.browser().authorize(webRequest("login_hint", "ada@shop.example")).query(),
		"a token":         w.browser().authorize(webRequest("login_hint", "ada@shop.example", "response_type", "token")).query(),
		"an error (§2)":   w.browser().authorize(webRequest("prompt", "none")).query(),
		"a refused query": w.browser().authorize(webRequest("response_type", "ticket")).query(),
	} {
		equal(t, "iss beside "+name, q.Get("iss"), base+"/")
	}
	for _, mode := range []string{"form_post", "web_message"} {
		a := w.browser().authorize(webRequest("login_hint", "ada@shop.example", "response_mode", mode)).want(200)
		if !strings.Contains(a.body, `iss`) || !strings.Contains(a.body, "tenant.localhost:4400") {
			t.Errorf("%s has no iss: %s", mode, a.body)
		}
	}
	plain := run(t, headless).browser().authorize(webRequest("login_hint", "ada@shop.example")).query()
	if plain.Has("iss") {
		t.Error("iss is sent although the tenant does not say so")
	}
}

func TestDiscoveryNamesWhatTheTenantHas(t *testing.T) {
	t.Parallel()
	members := []string{
		"pushed_authorization_request_endpoint", "require_pushed_authorization_requests", "request_object_signing_alg_values_supported",
		"authorization_response_iss_parameter_supported", "acr_values_supported",
	}
	plain := run(t).browser().get("/.well-known/openid-configuration").json()
	for _, name := range members {
		if v, ok := plain[name]; ok {
			t.Errorf("%s is %v without being asked for", name, v)
		}
	}
	equal(t, "request_parameter_supported", plain["request_parameter_supported"], any(false))

	w := run(t, withPAR, withJAR(false), func(c *provider.Config) {
		s := &c.Snapshot.Settings
		s.RequirePAR, s.ResponseIssuer, s.ACRValuesSupported = true, true, []string{"urn:loa:1", "urn:loa:2"}
	})
	doc := w.browser().get("/.well-known/openid-configuration").json()
	equal(t, "the endpoint", doc["pushed_authorization_request_endpoint"], any(base+"/oauth/par"))
	for _, name := range append(members[1:2], members[3], "request_parameter_supported") {
		equal(t, name, doc[name], any(true))
	}
	for name, want := range map[string]int{"request_object_signing_alg_values_supported": 3, "acr_values_supported": 2} {
		if list, _ := doc[name].([]any); len(list) != want {
			t.Errorf("%s is %v", name, doc[name])
		}
	}
}
