package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// strict makes the web app a third-party application in strict mode, which may
// ask for the orders API.
func strict(c *provider.Config) {
	web := client(c, "shopWeb")
	web.IsFirstParty, web.ThirdPartySecurityMode = false, "strict"
	web.GrantTypes = append(web.GrantTypes, tenant.GrantDeviceCode, tenant.GrantPassword, tenant.GrantClientCredentials)
	c.Snapshot.Connections[0].IsDomainConnection = true
	c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{
		ID: "cgr_third", DefaultFor: "third_party_clients", Audience: orders, SubjectType: tenant.SubjectUser, Scope: []string{"read:orders"},
	})
}

// redirecting lets errors go to the callback, where tests read them best.
func redirecting(c *provider.Config) { client(c, "shopWeb").RedirectionPolicy = "allow_always" }

// passed checks that the request got past the checks; what comes then is no
// matter of theirs.
func (a *answer) passed() {
	a.t.Helper()
	if location := a.header.Get("Location"); a.status >= 400 && a.status != http.StatusNotImplemented || strings.Contains(location, "error=") {
		a.t.Errorf("refused: %d, Location %q, hint %q", a.status, location, a.header.Get("Faux0-Hint"))
	}
}

func TestStrictModeFollowsTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		client tenant.Client
		want   bool
	}{
		{tenant.Client{ThirdPartySecurityMode: "strict"}, true},
		{tenant.Client{ThirdPartySecurityMode: "strict", IsFirstParty: true}, false},
		{tenant.Client{ThirdPartySecurityMode: "permissive", ClientID: "tpc_x"}, false},
		{tenant.Client{ClientID: "tpc_x"}, true},
		{tenant.Client{ClientID: "x"}, false},
	} {
		if got := c.client.ThirdPartyStrict(); got != c.want {
			t.Errorf("%+v: strict is %v", c.client, got)
		}
	}
}

func TestStrictThirdPartyParameters(t *testing.T) {
	t.Parallel()
	w := run(t, strict, redirecting)
	for _, name := range []string{
		"claims", "id_token_hint", "invitation", "login_ticket", "request", "request_uri", "screen_hint", "response_mode", "organization_name", "organization", "owp", "device", "foo",
	} {
		w.browser().authorize(webRequest(name, "query")).wantSent("invalid_request", "Parameter not allowed: "+name)
	}
	w.browser().authorize(webRequest("foo", "1", "bar", "2")).wantSent("invalid_request", "Parameter not allowed: bar, foo")
	w.browser().authorize(webRequest("auth0Client", "e30", "ext-a", "1", "display", "page", "correlation_id", "c", "dpop_jkt", "x",
		"login_hint", "ada@shop.example", "ui_locales", "de", "nonce", "n", "max_age", "60", "acr_values", "a")).passed()
}

func TestStrictThirdPartyFlow(t *testing.T) {
	t.Parallel()
	w := run(t, strict, redirecting)
	for _, kind := range []string{"token", "id_token", "code id_token", "code token"} {
		w.browser().authorize(webRequest("response_type", kind, "nonce", "n")).wantSent("unsupported_response_type", "Unsupported response type: "+kind)
	}
	w.browser().authorize(webRequest("code_challenge", "", "code_challenge_method", "")).
		wantSent("invalid_request", "Missing required parameter: code_challenge")
	for _, grant := range []string{tenant.GrantPassword, tenant.GrantClientCredentials} {
		a := w.token("grant_type", grant, "client_id", "shopWeb", "username", "ada@shop.example", "password", password, "audience", orders)
		a.wantError(403, "unauthorized_client", "Grant type '"+grant+"' not allowed for the client.")
		if !strings.Contains(a.header.Get("Faux0-Hint"), "strict mode") {
			t.Errorf("hint %q", a.header.Get("Faux0-Hint"))
		}
	}
	equal(t, "device flow", w.browser().post("/oauth/device/code", "client_id", "shopWeb").text("error"), "unauthorized_client")
	equal(t, "PAR", run(t, strict, withPAR).push(webRequest()).want(403).text("error"), "unauthorized_client")
	w.browser().authorize(webRequest("audience", catalog)).
		wantSent("unauthorized_client", `Client "shopWeb" is not authorized to access resource server "`+catalog+`".`)
}

func TestStrictThirdPartyErrorsStayOnAPage(t *testing.T) {
	t.Parallel()
	w := run(t, strict)
	for name, pairs := range map[string][]string{
		"a parameter": webRequest("foo", "1"), "a type": webRequest("response_type", "token"), "an API": webRequest("audience", "https://nowhere.example"),
		"prompt=none": webRequest("prompt", "none"),
	} {
		a := w.browser().authorize(pairs)
		if a.status < 400 || a.header.Get("Location") != "" || !strings.Contains(a.body, "Oops!") {
			t.Errorf("%s: %d, Location %q", name, a.status, a.header.Get("Location"))
		}
	}
}

func TestStrictThirdPartyConnectionsAreDomainLevelOnes(t *testing.T) {
	t.Parallel()
	w := run(t, strict, redirecting, func(c *provider.Config) {
		for _, known := range c.Snapshot.Connections {
			known.EnabledClients, known.IsDomainConnection = []string{"shopWeb"}, known.Name == "Staff"
		}
	})
	w.browser().authorize(webRequest("connection", "Username-Password-Authentication")).
		wantSent("invalid_request", "the connection was disabled")
	w.browser().authorize(webRequest("connection", "Staff")).passed()
}

func TestStrictThirdPartyHasNoLogoutAndNoUserinfo(t *testing.T) {
	t.Parallel()
	w := run(t, strict)
	for _, path := range []string{"/v2/logout?client_id=shopWeb&returnTo=http://localhost:3000", "/oidc/logout?client_id=shopWeb&logout_hint=x"} {
		a := w.browser().get(path).want(http.StatusForbidden)
		if !strings.Contains(a.body, "not available to third-party applications") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	// A token from before the client became a stranger is not good any more.
	friend := run(t)
	access := friend.token(redeemWeb(friend.browser().code(webRequest("audience", ""), "ada@shop.example"))...).want(200).text("access_token")
	friend.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+access), "").want(200)
	w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+access), "").want(403)
}

func TestPermissiveThirdPartyIsAsBefore(t *testing.T) {
	t.Parallel()
	w := run(t, strict, func(c *provider.Config) { client(c, "shopWeb").ThirdPartySecurityMode = "permissive" })
	w.browser().authorize(webRequest("response_type", "ticket", "screen_hint", "signup")).wantSent("unsupported_response_type", "Unsupported response type: ticket")
}

func TestStrictThirdPartyGetsAnAccessTokenAndNoMore(t *testing.T) {
	t.Parallel()
	w := run(t, strict, headless)
	b := w.browser()
	asked := b.authorize(webRequest("scope", "openid profile email read:orders write:orders offline_access", "login_hint", "ada@shop.example"))
	tokens := w.token(redeemWeb(wantCode(t, b.reply(asked, "accept")))...).want(200)
	if tokens.json()["id_token"] != nil {
		t.Error("there is an ID token")
	}
	access := tokens.text("access_token")
	scopes, _ := claims(t, access)["scope"].(string)
	if strings.Contains(scopes, "openid") || strings.Contains(scopes, "email") || !strings.Contains(scopes, "read:orders") || strings.Contains(scopes, "write:orders") {
		t.Errorf("scope %q", scopes)
	}
	res := w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+access), "")
	if res.status < 400 {
		t.Errorf("/userinfo: %d", res.status)
	}
}
