package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

func TestACRValuesAreHeldToTheTenantsList(t *testing.T) {
	t.Parallel()
	free := run(t)
	free.browser().authorize(webRequest("acr_values", "anything at all")).wantPath("/u/login")
	w := run(t, func(c *provider.Config) { c.Snapshot.Settings.ACRValuesSupported = []string{"urn:loa:1", "urn:loa:2"} })
	w.browser().authorize(webRequest("acr_values", "urn:loa:2 urn:loa:1")).wantPath("/u/login")
	a := w.browser().authorize(webRequest("acr_values", "urn:loa:1 urn:loa:3")).wantSent("invalid_request", "acr_values is not supported: urn:loa:3")
	if !strings.Contains(a.header.Get("Faux0-Hint"), "urn:loa:1, urn:loa:2") {
		t.Errorf("hint %q", a.header.Get("Faux0-Hint"))
	}
}

func TestInvitationNeedsItsOrganization(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.browser().authorize(webRequest("invitation", "ticket")).wantSent("invalid_request", "Missing required parameter: organization")
	w.browser().authorize(webRequest("invitation", "ticket", "organization", "org_eu")).
		wantSent("invalid_request", "invitation not found or already used")
}

// RFC 9396 §2, §5.
func TestAuthorizationDetailsAreAListOfObjects(t *testing.T) {
	t.Parallel()
	w := run(t)
	for _, raw := range []string{"x", "{}", `"x"`, "1", "[1]", `["x"]`, `[{"type":"payment"}`} {
		w.browser().authorize(webRequest("authorization_details", raw)).
			wantSent("invalid_authorization_details", "authorization_details must be a JSON array of objects")
	}
	for _, raw := range []string{"[null]", "[{}]", `[{"type":1}]`, `[{"type":"payment"}]`} {
		if e := w.browser().authorize(webRequest("authorization_details", raw)).query().Get("error"); e != "invalid_authorization_details" {
			t.Errorf("%s: error %q, though the API knows no types", raw, e)
		}
	}
	w.browser().authorize(webRequest("authorization_details", "[]")).wantPath("/u/login")
}

// Parameters that are tolerated, and do nothing that a browser could see.
func TestToleratedParameters(t *testing.T) {
	t.Parallel()
	w := run(t)
	for _, pair := range [][2]string{
		{"id_token_hint", "no JWT at all"}, {"display", "page"}, {"claims_locales", "de"}, {"registration", "{}"}, {"claims", `{"id_token":{}}`},
		{"auth0Client", "no base64"}, {"device", "phone"}, {"access_type", "offline"}, {"approval_prompt", "force"}, {"connection_scope", "a,b"},
		{"correlation_id", "c"}, {"dpop_jkt", "x"}, {"ext-colour", "red"}, {"session_transfer_token", "x"}, {"ui_locales", "xx de"}, {"unheard_of", "1"},
	} {
		w.browser().authorize(webRequest(pair[0], pair[1])).wantPath("/u/login")
	}
}

// Of a repeated parameter the first counts, at /authorize and at /oauth/par.
func TestRepeatedParametersCountOnce(t *testing.T) {
	t.Parallel()
	w := run(t, headless, withPAR)
	request := form(webRequest("login_hint", "ada@shop.example")...)
	const evil = "&redirect_uri=https%3A%2F%2Fevil.example%2F&state=other&client_id=shopPortal"
	for _, a := range []*answer{
		w.browser().get("/authorize?" + request + evil),
		w.browser().do("POST", "/authorize", head("Content-Type", "application/x-www-form-urlencoded"), request+evil),
	} {
		u := a.location()
		equal(t, "callback", u.Scheme+"://"+u.Host+u.Path, callback)
		equal(t, "state", u.Query().Get("state"), "s1")
		if u.Query().Get("code") == "" {
			t.Errorf("sent to %s", u)
		}
	}
}

func nonConformant(c *provider.Config) { client(c, "shopWeb").OIDCConformant = false }

// Source: Auth0 docs (legacy), "OIDC-conformant applications".
func TestLegacyImplicitAnswersHoldMore(t *testing.T) {
	t.Parallel()
	implicit := func(changes ...string) []string {
		return webRequest(append([]string{"response_type", "token", "login_hint", "ada@shop.example", "scope", "openid offline_access", "code_challenge", "", "code_challenge_method", ""}, changes...)...)
	}
	w := run(t, headless, nonConformant)
	q := w.browser().authorize(implicit("device", "phone")).query()
	equal(t, "sub of the ID token", claims(t, q.Get("id_token"))["sub"], any("auth0|ada"))
	fresh := w.token("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", q.Get("refresh_token")).want(200)
	if fresh.text("access_token") == "" {
		t.Error("the refresh token gives no access token")
	}
	for name, c := range map[string]struct {
		q             map[string][]string
		idToken, fuel bool
	}{
		"no device":           {w.browser().authorize(implicit()).query(), true, false},
		"no openid":           {w.browser().authorize(implicit("scope", "read:orders", "device", "phone")).query(), false, false},
		"an API that forbids": {run(t, headless, nonConformant, func(c *provider.Config) { api(c, orders).AllowOfflineAccess = false }).browser().authorize(implicit("device", "phone")).query(), true, false},
		"a conformant client": {run(t, headless).browser().authorize(implicit("device", "phone")).query(), false, false},
	} {
		if got := len(c.q["id_token"]) > 0; got != c.idToken {
			t.Errorf("%s: ID token %v", name, got)
		}
		if got := len(c.q["refresh_token"]) > 0; got != c.fuel {
			t.Errorf("%s: refresh token %v", name, got)
		}
	}
}

// Hostile values stay values, in whatever place the answer travels.
func TestHostileValuesComeBackAsValues(t *testing.T) {
	t.Parallel()
	w := run(t, headless)
	for _, state := range []string{
		"</script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "a\r\nSet-Cookie: x=1", "\x00\x7f", "a&error=access_denied", "#fragment", strings.Repeat("s", 4000), "ſtate\u2028",
	} {
		for _, mode := range []string{"query", "fragment"} {
			q := w.browser().authorize(webRequest("login_hint", "ada@shop.example", "state", state, "response_mode", mode)).query()
			if q.Get("state") != state || q.Get("code") == "" || q.Has("error") {
				t.Errorf("%s: state %q came back as %q", mode, state, q.Get("state"))
			}
		}
		for _, mode := range []string{"form_post", "web_message"} {
			a := w.browser().authorize(webRequest("login_hint", "ada@shop.example", "state", state, "response_mode", mode)).want(200)
			if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") {
				t.Errorf("%s: markup of state %q is in the page", mode, state)
			}
		}
	}
	for _, uri := range []string{
		"https://evil.example/", callback + "@evil.example", "javascript:alert(1)//http://localhost:3000/callback", "http://localhost:3000/callback/../evil",
		"//evil.example", "http://localhost:3000\\@evil.example/callback", callback + "\r\nX: y", callback + "#f", " " + callback, "http://user@localhost:3000/callback",
	} {
		a := w.browser().authorize(webRequest("redirect_uri", uri))
		if a.status != 403 || a.header.Get("Location") != "" {
			t.Errorf("redirect_uri %q: %d, Location %q", uri, a.status, a.header.Get("Location"))
		}
	}
	for _, c := range [][2]string{{"max_age", "-1"}, {"max_age", "1e3"}, {"max_age", "99999999999999999999"}, {"prompt", "<b>"}, {"code_challenge_method", "S512"}} {
		if e := w.browser().authorize(webRequest(c[0], c[1])).query().Get("error"); e != "invalid_request" {
			t.Errorf("%s=%s: error %q", c[0], c[1], e)
		}
	}
}

func TestSettingsOfRequestsSurviveASnapshot(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, withJAR(true), strict, func(c *provider.Config) {
		c.Snapshot.Settings.ResponseIssuer = true
		portal := client(c, "shopPortal")
		portal.RequirePAR, portal.PARRequestExpirySeconds, portal.ComplianceLevel = true, 60, "fapi1_adv_pkj_par"
	})
	again := run(t, func(c *provider.Config) { c.Snapshot = w.control.Snapshot() }).control.Snapshot()
	var portal, web *tenant.Client
	for _, c := range again.Clients {
		switch c.ClientID {
		case "shopPortal":
			portal = c
		case "shopWeb":
			web = c
		}
	}
	if !again.Settings.PAR || !again.Settings.ResponseIssuer || !portal.RequirePAR || portal.PARRequestExpirySeconds != 60 || !portal.FAPI() ||
		portal.SignedRequestObject == nil || !portal.SignedRequestObject.Required || portal.SignedRequestObject.Credentials[0].KeyID() == "" || !web.ThirdPartyStrict() {
		t.Errorf("%+v %+v %+v", again.Settings, portal, web)
	}
}
