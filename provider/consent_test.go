package provider_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// thirdParty makes the web app somebody else's, with grants for two APIs.
func thirdParty(c *provider.Config) {
	c.Snapshot.Clients = slices.Clone(c.Snapshot.Clients)
	web := client(c, "shopWeb")
	web.IsFirstParty, web.CrossOriginAuthentication = false, true
	for _, o := range c.Snapshot.Organizations {
		o.ThirdPartyClientAccess = "allow"
	}
	for _, audience := range []string{orders, catalog} {
		c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{
			ID: "cgr_" + audience, ClientID: "shopWeb", Audience: audience, SubjectType: tenant.SubjectUser, Scope: []string{}, AllowAllScopes: true,
		})
	}
}

// rule sets the consent rule, and makes the Orders API skip consent.
func rule(r tenant.ConsentRule) change {
	return func(c *provider.Config) { c.Consent = r; api(c, orders).SkipConsent = true }
}

const pageConsent = "/u/consent"

// see opens the page that a redirect leads to.
func (b *browser) see(toPage *answer) (*answer, string) {
	b.w.t.Helper()
	at := toPage.wantPath(pageConsent)
	return b.get(at.RequestURI()).want(200), at.Query().Get("state")
}

// reply looks at the page and answers it, up to what the app is sent.
func (b *browser) reply(toPage *answer, action string) *answer {
	b.w.t.Helper()
	_, state := b.see(toPage)
	res := b.post(pageConsent, "state", state, "action", action)
	if strings.HasPrefix(res.header.Get("Location"), "/authorize/resume") {
		return b.get(res.header.Get("Location"))
	}
	return res
}

func wantCode(t testing.TB, a *answer) string {
	t.Helper()
	code := a.query().Get("code")
	if code == "" {
		t.Fatalf("the app is sent %q, not a code", a.header.Get("Location"))
	}
	return code
}

func wantWords(t testing.TB, page *answer, words ...string) {
	t.Helper()
	for _, want := range words {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, page.body)
		}
	}
}

func TestThirdPartyAppGetsItsTokensOnceTheUserAgrees(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	asked := b.login(webRequest("scope", "openid profile email read:orders write:orders offline_access"), "ada@shop.example")
	page, state := b.see(asked)
	wantWords(t, page, "Shop Web", "ada@shop.example", "Orders API", "<strong>Profile:</strong> access to your profile",
		"<strong>Email:</strong> access to your email address", "<strong>Offline access:</strong>", "<strong>Orders:</strong> read your orders",
		`name="state" value="`+state+`"`, `name="audience" value="`+orders+`"`, `name="scope[]" value="read:orders"`,
		`name="action" value="accept"`, `name="action" value="deny"`)
	if strings.Contains(page.body, "write") {
		t.Error("the page asks for a scope that would not be granted")
	}
	resume := b.post(pageConsent, "state", state, "action", "accept", "audience", orders, "scope[]", "openid").wantPath("/authorize/resume")
	tokens := w.token(redeemWeb(wantCode(t, b.get(resume.RequestURI())))...).want(200)
	equal(t, "scope", claims(t, tokens.text("access_token"))["scope"], any("openid profile email read:orders offline_access"))

	given, err := w.control.Consents("ada@shop.example")
	if err != nil || len(given) != 1 {
		t.Fatalf("kept: %v, %v", given, err)
	}
	equal(t, "client", given[0].ClientID, "shopWeb")
	equal(t, "audience", given[0].Audience, orders)
	equal(t, "scopes", strings.Join(given[0].Scopes, " "), "openid profile email read:orders offline_access")
	equal(t, "length of the id", len(given[0].ID), 24)
}

func TestConsentInTheHybridFlowIsForTheCodeToo(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	sent := b.reply(b.login(webRequest("response_type", "code id_token", "nonce", "n", "scope", "openid read:orders offline_access"), "ada@shop.example"), "accept")
	if w.token(redeemWeb(wantCode(t, sent))...).want(200).text("refresh_token") == "" {
		t.Error("no refresh token")
	}
}

// Source: Auth0 docs, "User consent and third-party applications".
func TestConsentIsAskedForOnceUntilMoreIsWanted(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	wantCode(t, b.reply(b.login(webRequest("scope", "openid read:orders"), "ada@shop.example"), "accept"))
	for _, c := range []struct {
		what    string
		changes []string
		asks    bool
	}{
		{"the same again", []string{"scope", "openid read:orders"}, false},
		{"less", []string{"scope", "openid"}, false},
		{"in silence", []string{"scope", "openid read:orders", "prompt", "none"}, false},
		{"a scope the user may not have", []string{"scope", "openid read:orders write:orders"}, false},
		{"more", []string{"scope", "openid profile"}, true},
		{"another API", []string{"scope", "openid", "audience", catalog}, true},
		{"no API", []string{"scope", "openid", "audience", ""}, true},
		{"an organization", []string{"scope", "openid", "organization", "org_eu"}, true},
		{"prompt=consent", []string{"scope", "openid", "prompt", "consent"}, true},
	} {
		res := b.authorize(webRequest(c.changes...))
		if asks := strings.HasPrefix(res.header.Get("Location"), pageConsent); asks != c.asks {
			t.Errorf("%s: asked: %v, want %v (%s)", c.what, asks, c.asks, res.header.Get("Location"))
		}
	}
	// More is given on top: nothing is forgotten.
	wantCode(t, b.reply(b.authorize(webRequest("scope", "openid profile")), "accept"))
	wantCode(t, b.authorize(webRequest("scope", "openid profile read:orders", "prompt", "none")))
	// Consent is the user's and the client's own.
	w.browser().login(webRequest("scope", "openid"), "nora@shop.example").wantPath(pageConsent)
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	w.browser().login(webRequest("scope", "openid"), "ada@shop.example").wantPath(pageConsent)
}

func TestUserWhoDeclinesEndsTheLogin(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"deny", "decline"} {
		w := run(t, thirdParty)
		b := w.browser()
		b.reply(b.login(webRequest(), "ada@shop.example"), action).wantSent("access_denied", "User did not authorize the request")
		if given, _ := w.control.Consents("ada@shop.example"); len(given) != 0 {
			t.Errorf("kept of a no: %v", given)
		}
		b.authorize(webRequest()).wantPath(pageConsent) // the user is still logged in, and may think again
	}
}

func TestSilentLoginCannotAskForConsent(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	b.login(portalRequest(), "ada@shop.example").query()
	res := b.authorize(webRequest("prompt", "none")).wantSent("consent_required", "Consent required")
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, "third-party") {
		t.Errorf("the hint does not say why: %q", hint)
	}
	message := b.authorize(webRequest("prompt", "none", "response_mode", "web_message")).want(200)
	wantWords(t, message, `"error":"consent_required"`)
	w.browser().authorize(webRequest("prompt", "none")).wantSent("login_required", "Login required")
}

func TestPromptConsentAsksEveryTime(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for range 2 {
		res := b.authorize(portalRequest("prompt", "consent"))
		if strings.HasPrefix(res.header.Get("Location"), "/u/login") {
			res = b.signIn(res, "ada@shop.example")
		}
		page, _ := b.see(res)
		wantWords(t, page, "Shop Portal", "<strong>Profile:</strong>")
		wantCode(t, b.reply(res, "accept"))
	}
	wantCode(t, b.authorize(portalRequest("prompt", "none")))
	b.signIn(b.authorize(portalRequest("prompt", "login consent")), "ada@shop.example").wantPath(pageConsent)
}

func TestConsentWorksInEveryWayOfAnswering(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty, google)
	ask := func(changes ...string) *answer {
		b := w.browser()
		return b.reply(b.login(webRequest(changes...), "ada@shop.example"), "accept")
	}
	wantCode(t, ask("response_mode", "query", "scope", "openid"))
	if got := ask("response_type", "token id_token", "nonce", "n1", "scope", "openid profile").query(); got.Get("access_token") == "" || got.Get("id_token") == "" {
		t.Errorf("the fragment has %v", got)
	}
	wantWords(t, ask("response_mode", "form_post", "scope", "openid email").want(200), `name="code"`)
	wantWords(t, ask("response_mode", "web_message", "scope", "openid phone").want(200), `"code":`)
	popup := w.browser()
	done := popup.reply(popup.login(webRequest("owp", "true", "scope", "openid address"), "ada@shop.example"), "accept").want(200)
	wantWords(t, done, `"code":`)
	declined := w.browser()
	wantWords(t, declined.reply(declined.login(webRequest("response_mode", "web_message", "audience", catalog), "ada@shop.example"), "deny").want(200), `"error":"access_denied"`)

	upstream := w.browser()
	at := upstream.atGoogle()
	back := upstream.post(at.RequestURI(), "state", at.Query().Get("state"), "email", "zoe@mail.example", "action", "default")
	wantCode(t, upstream.reply(upstream.get(back.wantPath("/authorize/resume").RequestURI()), "accept"))
}

// The frame of a ticket's login can show nobody anything.
//
// Observed: auth0.js, cross-origin authentication.
func TestTicketInAFrameCannotAskForConsent(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	ticket := func() string {
		return b.postJSON("/co/authenticate", map[string]string{
			"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": password,
		}).want(200).text("login_ticket")
	}
	framed := b.authorize(webRequest("login_ticket", ticket(), "prompt", "none", "response_mode", "web_message")).want(200)
	wantWords(t, framed, `"error":"consent_required"`, `"error_description":"Consent required"`)
	wantCode(t, b.reply(b.authorize(webRequest("login_ticket", ticket())), "accept"))
	wantWords(t, b.authorize(webRequest("login_ticket", ticket(), "prompt", "none", "response_mode", "web_message")).want(200), `"code":`)
}

// What the token request will show is not known yet, and is asked about.
func TestConsentIncludesAccessForAsLongAsTheSession(t *testing.T) {
	t.Parallel()
	w := run(t, online, func(c *provider.Config) {
		client(c, "shopPortal").IsFirstParty = false
		c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{
			ID: "cgr_portal", ClientID: "shopPortal", Audience: orders, SubjectType: tenant.SubjectUser, Scope: []string{}, AllowAllScopes: true,
		})
	})
	b := w.browser()
	asked := b.login(portalRequest("scope", "openid online_access", "audience", orders), "ada@shop.example")
	page, _ := b.see(asked)
	wantWords(t, page, "<strong>Lasting access:</strong>")
	tokens := w.token(redeemPortal(wantCode(t, b.reply(asked, "accept")))...).want(200)
	equal(t, "scope", tokens.text("scope"), "openid online_access")
}

func TestHeadlessLoginStopsAtConsent(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty, headless)
	b := w.browser()
	wantCode(t, b.reply(b.authorize(webRequest("login_hint", "ada@shop.example")), "accept"))
}

func TestDeviceOfAThirdPartyWaitsForConsent(t *testing.T) {
	t.Parallel()
	w := run(t, tv, func(c *provider.Config) {
		client(c, "shopTV").IsFirstParty = false
		c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{
			ID: "cgr_tv", ClientID: "shopTV", Audience: orders, SubjectType: tenant.SubjectUser, Scope: []string{}, AllowAllScopes: true,
		})
	})
	device := w.startDevice("scope", "openid read:orders write:orders")
	b := w.browser()
	asked := b.activate(device, "ada@shop.example")
	b.see(asked)
	w.poll(device).wantError(403, devicePending, pendingText)
	b.reply(asked, "accept").wantPath("/device/success")
	w.edit("auth0|ada", func(u *tenant.User) { u.Permissions = all(orders, "write:orders") })
	w.control.Clock().Advance(hour / 60)
	equal(t, "scope", w.poll(device).want(200).text("scope"), "openid read:orders")

	device = w.startDevice("scope", "openid profile")
	b.reply(b.confirm(b.typeCode(device)), "deny").want(403)
	w.control.Clock().Advance(hour / 60)
	if got := w.poll(device).text("error"); got != "access_denied" {
		t.Errorf("the device is told %q", got)
	}
}

func all(audience string, names ...string) []tenant.Permission {
	var list []tenant.Permission
	for _, name := range names {
		list = append(list, tenant.Permission{ResourceServerIdentifier: audience, PermissionName: name})
	}
	return list
}

// What became possible after the question was not asked about.
func TestTokensHoldNoMoreThanWasConsentedTo(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	code := wantCode(t, b.reply(b.login(webRequest("scope", "openid read:orders write:orders offline_access"), "ada@shop.example"), "accept"))
	w.edit("auth0|ada", func(u *tenant.User) { u.Permissions = all(orders, "write:orders") })
	tokens := w.token(redeemWeb(code)...).want(200)
	equal(t, "scope", tokens.text("scope"), "openid read:orders offline_access")
	refreshed := w.token("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", tokens.text("refresh_token")).want(200)
	equal(t, "scope after a refresh", refreshed.text("scope"), "openid read:orders offline_access")
	page, _ := b.see(b.authorize(webRequest("scope", "openid read:orders write:orders")))
	wantWords(t, page, "read and write your orders")
}

// Source: Auth0 docs, "Customize consent prompts".
func TestScopesAreGroupedOrDescribed(t *testing.T) {
	t.Parallel()
	scopes := []tenant.Scope{{Value: "read:order-items", Description: "See what was ordered"}, {Value: "delete:order-items"}, {Value: "print"}, {Value: "write:order-items"}}
	for _, c := range []struct {
		descriptions bool
		lines        []string
	}{
		{false, []string{"<li><strong>Order items:</strong> read, delete and write your order items</li>", "<li>print</li>", "<strong>Account:</strong> know which account is yours"}},
		{true, []string{"<li>See what was ordered</li>", "<li>delete:order-items</li>", "<li>print</li>", "<li>write:order-items</li>"}},
	} {
		w := run(t, thirdParty, func(c2 *provider.Config) {
			api(c2, catalog).Scopes = scopes
			c2.Snapshot.Settings.Flags = map[string]bool{"use_scope_descriptions_for_consent": c.descriptions}
		})
		b := w.browser()
		page, _ := b.see(b.login(webRequest("audience", catalog, "scope", "openid read:order-items delete:order-items print write:order-items"), "ada@shop.example"))
		wantWords(t, page, c.lines...)
	}
}

func TestFirstPartyAppsAreAskedAboutOnlyIfTheSwitchSaysSo(t *testing.T) {
	t.Parallel()
	silent := []string{"prompt", "none"}
	skip := run(t).browser()
	wantCode(t, skip.login(webRequest(), "ada@shop.example"))
	wantCode(t, skip.authorize(webRequest(silent...)))

	old := run(t, rule(tenant.ConsentLocalhost)).browser()
	old.login(portalRequest("audience", orders), "ada@shop.example").query() // not on localhost, and the API skips consent
	old.authorize(webRequest(silent...)).wantSent("consent_required", "Consent required")
	wantCode(t, old.authorize(webRequest("audience", "", "prompt", "none")))
	wantCode(t, old.reply(old.authorize(webRequest()), "accept"))
	wantCode(t, old.authorize(webRequest(silent...)))

	asks := run(t, rule(tenant.ConsentVerifiable)).browser()
	asks.login(portalRequest("audience", catalog), "ada@shop.example").wantPath(pageConsent) // it does not skip consent
}

// Source: Auth0 docs, "Measures against application impersonation".
func TestLoginThatShowedNothingIsConfirmedWhereTheCallbackCannotBeVerified(t *testing.T) {
	t.Parallel()
	w := run(t, rule(tenant.ConsentVerifiable))
	b := w.browser()
	wantCode(t, b.login(webRequest(), "ada@shop.example")) // the login page was shown
	res := b.authorize(webRequest("prompt", "none")).wantSent("interaction_required", "Interaction required")
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, "skip_non_verifiable_callback_uri_confirmation_prompt") {
		t.Errorf("hint %q", hint)
	}
	page, _ := b.see(b.authorize(webRequest()))
	wantWords(t, page, "Shop Web", "ada@shop.example", "http://localhost:3000")
	wantCode(t, b.reply(b.authorize(webRequest()), "accept"))
	b.authorize(webRequest()).wantPath(pageConsent) // each time
	b.reply(b.authorize(webRequest()), "deny").wantSent("access_denied", "User did not authorize the request")
	if given, _ := w.control.Consents("auth0|ada"); len(given) != 0 {
		t.Errorf("a confirmation was kept as consent: %v", given)
	}
	page, _ = b.see(b.authorize(webRequest("redirect_uri", "com.shop.app://callback")))
	wantWords(t, page, "com.shop.app://callback")
	wantCode(t, b.authorize(webRequest("redirect_uri", "https://pr1.preview.example/callback", "prompt", "none")))
	wantCode(t, b.authorize(portalRequest("prompt", "none")))

	yes := true
	off := run(t, rule(tenant.ConsentVerifiable), func(c *provider.Config) { client(c, "shopWeb").SkipConfirmation = &yes }).browser()
	off.login(webRequest(), "ada@shop.example").query()
	wantCode(t, off.authorize(webRequest("prompt", "none")))
}

func TestRevokingTheGrantForgetsTheConsent(t *testing.T) {
	t.Parallel()
	for _, flag := range []bool{false, true} {
		w := run(t, thirdParty, func(c *provider.Config) {
			c.Snapshot.Settings.Flags = map[string]bool{"revoke_refresh_token_grant": flag}
		})
		b := w.browser()
		code := wantCode(t, b.reply(b.login(webRequest("scope", "openid offline_access"), "ada@shop.example"), "accept"))
		b.post("/oauth/revoke", "client_id", "shopWeb", "token", w.token(redeemWeb(code)...).text("refresh_token")).want(200)
		asks := strings.HasPrefix(b.authorize(webRequest("scope", "openid")).header.Get("Location"), pageConsent)
		equal(t, "asked again", asks, flag)
	}
}

func TestConsentGivenBeforehandIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	made := b.postJSON("/_faux0/consents", map[string]string{"client_id": "Shop Web", "user": "ada@shop.example", "audience": orders, "scope": "openid read:orders"}).want(201)
	equal(t, "user_id", made.text("user_id"), "auth0|ada")
	wantCode(t, b.login(webRequest("scope", "openid read:orders"), "ada@shop.example"))
	wantWords(t, b.get("/_faux0/consents?user=auth0%7Cada").want(200), `"clientID":"shopWeb"`, `"scope":["openid","read:orders"]`)
	equal(t, "nobody's", b.get("/_faux0/consents?user=auth0%7Cnora").want(200).body, "[]")
	for _, wrong := range []map[string]string{
		{"client_id": "Shop Wep", "user": "ada@shop.example"}, {"client_id": "Shop Web", "user": "adda"},
		{"client_id": "Shop Web", "user": "auth0|ada", "audience": "https://order.example"},
		{"client_id": "Shop Web", "user": "auth0|ada", "organization": "org_no"}, {"clientID": "Shop Web"},
	} {
		if a := b.postJSON("/_faux0/consents", wrong); a.status < 400 {
			t.Errorf("%v is accepted", wrong)
		}
	}
}

func TestConsentCannotBeForged(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	asked := b.login(webRequest(), "ada@shop.example").wantPath(pageConsent)
	state := asked.Query().Get("state")
	accept := func(b *browser, state string) *answer {
		return b.post(pageConsent, "state", state, "action", "accept")
	}
	nothing := func(what string) {
		t.Helper()
		if given, _ := w.control.Consents("auth0|ada"); len(given) != 0 {
			t.Fatalf("%s gave consent: %v", what, given)
		}
	}

	accept(b, state).wantPath(pageConsent)
	nothing("an answer without the question")
	if res := b.get("/authorize/resume?state=" + url.QueryEscape(state)); res.header.Get("Location") != "" {
		asked = res.wantPath(pageConsent) // asked again, anew
		state = asked.Query().Get("state")
	}
	nothing("going on without an answer")

	other := w.browser()
	other.login(webRequest(), "nora@shop.example").wantPath(pageConsent)
	for _, browser := range []*browser{other, w.browser()} {
		browser.get(asked.RequestURI()).want(400)
		accept(browser, state).want(400)
	}
	nothing("another browser")
	for _, forged := range []string{"", "x", state + "x", strings.ToUpper(state)} {
		accept(b, forged).want(400)
	}
	nothing("a forged state")

	page := b.get(asked.RequestURI()).want(200)
	equal(t, "X-Frame-Options", page.header.Get("X-Frame-Options"), "deny")
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "script-src") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
	for _, action := range []string{"", "default", "ACCEPT", "yes"} {
		b.post(pageConsent, "state", state, "action", action).want(400)
	}
	nothing("another action")

	// What is agreed to is what was shown, whatever the form says.
	resume := b.post(pageConsent, "state", state, "action", "accept", "scope[]", "write:orders", "audience", catalog).wantPath("/authorize/resume")
	given, _ := w.control.Consents("auth0|ada")
	if len(given) != 1 || given[0].Audience != orders || slices.Contains(given[0].Scopes, "write:orders") {
		t.Errorf("given: %+v", given)
	}
	accept(b, state).want(400) // answered
	b.post(pageConsent, "state", state, "action", "deny").want(400)
	wantCode(t, b.get(resume.RequestURI()))
	b.get(resume.RequestURI()).want(500) // used
}

func TestQuestionIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	_, state := b.see(b.login(webRequest(), "ada@shop.example"))
	var counted [2]atomic.Int32
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if res := b.post(pageConsent, "state", state, "action", []string{"accept", "deny"}[i%2]); res.status == http.StatusFound {
				counted[i%2].Add(1)
			}
		})
	}
	wg.Wait()
	yes, no := counted[0].Load(), counted[1].Load()
	given, _ := w.control.Consents("auth0|ada")
	if yes+no != 1 || len(given) != int(yes) {
		t.Errorf("%d yes and %d no counted, %d kept", yes, no, len(given))
	}
}

func TestQuestionEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	asked := b.login(webRequest(), "ada@shop.example")
	_, state := b.see(asked)
	b.get("/v2/logout")
	b.get(asked.location().RequestURI()).want(400)
	b.post(pageConsent, "state", state, "action", "accept").want(400)
	if given, _ := w.control.Consents("auth0|ada"); len(given) != 0 {
		t.Errorf("given after logging out: %v", given)
	}
}

// The question's transaction is no way to answer for somebody else.
func TestQuestionIsPutAnewToWhoLogsInOverIt(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	_, state := b.see(b.login(webRequest(), "ada@shop.example"))
	done := b.post("/u/login?state="+url.QueryEscape(state), "state", state, "username", "nora@shop.example", "password", password, "action", "default")
	b.post(pageConsent, "state", state, "action", "accept").want(400)
	page, _ := b.see(b.get(done.wantPath("/authorize/resume").RequestURI()))
	wantWords(t, page, "nora@shop.example")
	for _, user := range []string{"auth0|ada", "auth0|nora"} {
		if given, _ := w.control.Consents(user); len(given) != 0 {
			t.Errorf("%s consented: %v", user, given)
		}
	}
}

func TestConfirmationCannotBeLeftOut(t *testing.T) {
	t.Parallel()
	w := run(t, rule(tenant.ConsentVerifiable))
	b := w.browser()
	wantCode(t, b.login(webRequest(), "ada@shop.example"))
	asked := b.authorize(webRequest()).wantPath(pageConsent)
	b.get("/authorize/resume?state=" + url.QueryEscape(asked.Query().Get("state"))).wantPath(pageConsent)
}

// Somebody new with the id of a deleted user has consented to nothing.
func TestADeletedUserLeavesNoConsentBehind(t *testing.T) {
	t.Parallel()
	w := run(t, thirdParty)
	b := w.browser()
	page := b.login(webRequest(), "ada@shop.example").wantPath(pageConsent)
	b.get(page.RequestURI()).want(200)
	b.post(pageConsent, "state", page.Query().Get("state"), "action", "accept").wantPath("/authorize/resume")
	count := func() int {
		list, err := w.control.Consents("auth0|ada")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	equal(t, "consents before", count(), 1)
	again := userOf(w.control.Snapshot(), "auth0|ada").Clone()
	again.Consents = nil
	put := func() {
		t.Helper()
		if _, err := w.control.PutUser(again); err != nil {
			t.Fatal(err)
		}
	}
	put()
	equal(t, "consents of a user put anew", count(), 1)
	w.control.DeleteUser("auth0|ada")
	put()
	equal(t, "consents after", count(), 0)
}
