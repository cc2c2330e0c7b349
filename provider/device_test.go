package provider_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// tv adds a device without a browser to the tenant.
func tv(c *provider.Config) {
	device := &tenant.Client{
		ClientID: "shopTV", Name: "Shop TV", AppType: "native", TokenEndpointAuthMethod: "none",
		GrantTypes: []string{tenant.GrantDeviceCode, tenant.GrantRefreshToken}, IsFirstParty: true, OIDCConformant: true,
		JWTConfiguration: tenant.JWTConfiguration{LifetimeInSeconds: 36000, Alg: "RS256"}, OrganizationUsage: "allow",
	}
	other := *device
	other.ClientID, other.Name = "shopRadio", "Shop Radio"
	c.Snapshot.Clients = append(slices.Clone(c.Snapshot.Clients), device, &other)
	c.Snapshot.Connections = slices.Clone(c.Snapshot.Connections)
	for i, v := range c.Snapshot.Connections {
		if v.Name == tenant.DefaultConnectionName {
			v = v.Clone()
			v.EnabledClients = append(slices.Clone(v.EnabledClients), "shopTV", "shopRadio")
			c.Snapshot.Connections[i] = v
		}
	}
}

// startDevice asks for codes.
func (w *world) startDevice(pairs ...string) *answer {
	w.t.Helper()
	return w.browser().post("/oauth/device/code", with([]string{"client_id", "shopTV", "scope", "openid profile offline_access", "audience", orders}, pairs...)...)
}

// poll asks whether somebody has logged in for the device.
func (w *world) poll(device *answer, pairs ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", tenant.GrantDeviceCode, "client_id", "shopTV", "device_code", device.text("device_code"),
	}, pairs...)...)
}

// typeCode types the code of the device and returns the page that asks for
// confirmation.
func (b *browser) typeCode(device *answer) *url.URL {
	b.w.t.Helper()
	return b.post("/activate", "user_code", device.text("user_code")).wantPath("/u/device-code-confirmation")
}

// confirm says that the code is right.
func (b *browser) confirm(page *url.URL) *answer {
	b.w.t.Helper()
	return b.post(page.Path, "state", page.Query().Get("state"), "action", "confirm")
}

// activate goes through every page for the device.
func (b *browser) activate(device *answer, email string) *answer {
	b.w.t.Helper()
	return b.signIn(b.confirm(b.typeCode(device)), email)
}

const devicePending, pendingText = "authorization_pending", "User has yet to authorize device code."

// RFC 8628 §3.2: what the device is told.
func TestDeviceIsGivenItsCodes(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice().want(200)
	got := device.json()
	if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(device.text("user_code")) {
		t.Errorf("user_code is %q", got["user_code"])
	}
	equal(t, "verification_uri", got["verification_uri"], any(base+"/activate"))
	equal(t, "verification_uri_complete", got["verification_uri_complete"], any(base+"/activate?user_code="+device.text("user_code")))
	equal(t, "expires_in", got["expires_in"], any(900.0))
	equal(t, "interval", got["interval"], any(5.0))
	equal(t, "Cache-Control", device.header.Get("Cache-Control"), "no-store")
	if again := w.startDevice(); again.text("device_code") == device.text("device_code") || again.text("user_code") == device.text("user_code") {
		t.Error("two devices have the same code")
	}
}

func TestTenantSaysHowUserCodesLook(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flow tenant.DeviceFlow
		want string
	}{
		{tenant.DeviceFlow{Charset: "digits"}, `^\d{3}-\d{3}-\d{3}$`},
		{tenant.DeviceFlow{Charset: "digits", Mask: "****"}, `^\d{4}$`},
		{tenant.DeviceFlow{Charset: "base20", Mask: "TV ***.***"}, `^TV [BCDFGHJKLMNPQRSTVWXZ]{3}\.[BCDFGHJKLMNPQRSTVWXZ]{3}$`},
		{tenant.DeviceFlow{Mask: "no place"}, `^[A-Z]{4}-[A-Z]{4}$`},
	} {
		w := run(t, tv, func(config *provider.Config) { config.Snapshot.Settings.DeviceFlow = &c.flow })
		if code := w.startDevice().text("user_code"); !regexp.MustCompile(c.want).MatchString(code) {
			t.Errorf("%+v makes %q", c.flow, code)
		}
	}
}

// A mask with ten codes serves more than ten devices.
func TestUserCodesMayRunOut(t *testing.T) {
	t.Parallel()
	w := run(t, tv, func(c *provider.Config) {
		c.Snapshot.Settings.DeviceFlow = &tenant.DeviceFlow{Charset: "digits", Mask: "*"}
	})
	for range 15 {
		w.startDevice().want(200)
	}
	last := w.startDevice()
	w.browser().activate(last, "ada@shop.example").wantPath("/device/success")
	w.poll(last).want(200)
}

// RFC 8628 §3.4, §3.5: from the first poll to the tokens.
func TestDeviceGetsTheTokensOfWhoLoggedInForIt(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice("scope", "openid profile offline_access read:orders")
	w.poll(device).wantError(403, devicePending, pendingText)

	b := w.browser()
	page := b.get(strings.TrimPrefix(device.text("verification_uri_complete"), base)).want(200)
	if !strings.Contains(page.body, `value="`+device.text("user_code")+`"`) {
		t.Error("the form does not hold the code of the link")
	}
	confirmation := b.typeCode(device)
	shown := b.get(confirmation.RequestURI()).want(200)
	if !strings.Contains(shown.body, device.text("user_code")) || !strings.Contains(shown.body, "Shop TV") {
		t.Error("the confirmation does not show the code and the application")
	}
	b.signIn(b.confirm(confirmation), "ada@shop.example").wantPath("/device/success")
	b.get("/device/success").want(200)

	w.control.Clock().Advance(5 * time.Second)
	tokens := w.poll(device).want(200)
	verify(t, w, tokens.text("id_token"))
	id, access := claims(t, tokens.text("id_token")), claims(t, tokens.text("access_token"))
	equal(t, "sub", id["sub"], any("auth0|ada"))
	equal(t, "aud", id["aud"], any("shopTV"))
	equal(t, "scope", tokens.text("scope"), "openid profile offline_access read:orders")
	equal(t, "azp", access["azp"], any("shopTV"))
	if id["sid"] == nil || access["gty"] != nil {
		t.Errorf("sid is %v, gty is %v; want the session's, and none", id["sid"], access["gty"])
	}
	w.token("grant_type", "refresh_token", "client_id", "shopTV", "refresh_token", tokens.text("refresh_token")).want(200)
	// The browser has the session that the ID token names.
	code := b.authorize(webRequest()).query().Get("code")
	equal(t, "sid of the browser's next login", claims(t, w.token(redeemWeb(code)...).text("id_token"))["sid"], id["sid"])

	w.poll(device).wantError(403, "invalid_grant", "Invalid or expired device code.")
}

func TestSessionOfTheBrowserAnswersForTheDevice(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	device := w.startDevice()
	b.confirm(b.typeCode(device)).wantPath("/device/success")
	equal(t, "sub", claims(t, w.poll(device).want(200).text("id_token"))["sub"], any("auth0|ada"))
}

// RFC 8628 §6.1: case and punctuation are the person's own.
func TestUserCodeIsTypedAsPeopleTypeThings(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	typed := " " + strings.ToLower(strings.ReplaceAll(device.text("user_code"), "-", " ")) + " "
	w.browser().post("/activate", "user_code", typed).wantPath("/u/device-code-confirmation")
}

// RFC 8628 §3.5: slow_down, and an interval that grows with each.
func TestDeviceThatPollsTooFastIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	clock := w.control.Clock()
	slow := func(seconds string) (int, string, string) {
		return 429, "slow_down", "You are polling faster than the specified interval of " + seconds + " seconds."
	}
	device := w.startDevice()
	w.poll(device).wantError(403, devicePending, pendingText)
	clock.Advance(4999 * time.Millisecond)
	w.poll(device).wantError(slow("5"))
	clock.Advance(5 * time.Second)
	w.poll(device).wantError(slow("10"))
	clock.Advance(15 * time.Second)
	w.poll(device).wantError(403, devicePending, pendingText)
	// Only a device that has to wait is too fast.
	w.browser().activate(device, "ada@shop.example").wantPath("/device/success")
	w.poll(device).want(200)
}

// RFC 8628 §3.5: expired_token, which is said once.
func TestDeviceCodeExpires(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	fetchedLate := w.startDevice()
	w.browser().activate(fetchedLate, "ada@shop.example").wantPath("/device/success")
	b := w.browser()
	page := b.typeCode(device)
	w.control.Clock().Advance(15 * time.Minute)
	b.confirm(page).want(400)
	b.post("/activate", "user_code", device.text("user_code")).want(400)
	w.poll(device).wantError(403, "expired_token", "The device code has expired.")
	w.poll(device).wantError(403, "invalid_grant", "Invalid or expired device code.")
	w.poll(fetchedLate).wantError(403, "expired_token", "The device code has expired.")
}

func TestLoginForADeviceMayTakeNoLongerThanItsCode(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	b := w.browser()
	toLogin := b.confirm(b.typeCode(device))
	w.control.Clock().Advance(16 * time.Minute)
	b.signIn(toLogin, "ada@shop.example").want(400)
	w.poll(device).wantError(403, "expired_token", "The device code has expired.")
}

// RFC 8628 §3.5: access_denied.
func TestPersonMayCancelTheDevice(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	b := w.browser()
	page := b.typeCode(device)
	b.post(page.Path, "state", page.Query().Get("state"), "action", "cancel").wantPath("/device/denied")
	b.get("/device/denied").want(200)
	b.confirm(page).want(400)
	w.poll(device).wantError(403, "access_denied", "User cancelled the confirmation prompt.")
	w.poll(device).wantError(403, "invalid_grant", "Invalid or expired device code.")
}

func TestBlockedUserEndsTheDevicesLogin(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	w.browser().activate(device, "bob@shop.example").want(403)
	w.poll(device).wantError(403, "access_denied", "user is blocked")
}

func TestDeviceOfAThirdPartyNeedsConsent(t *testing.T) {
	t.Parallel()
	w := run(t, tv, open("permissive"), func(c *provider.Config) { client(c, "shopTV").IsFirstParty = false })
	device := w.startDevice("scope", "openid read:orders")
	b := w.browser()
	asked := b.activate(device, "ada@shop.example")
	w.poll(device).wantError(403, devicePending, pendingText)
	b.consent(asked, "accept").wantPath("/device/success")
	equal(t, "scope", w.poll(device).want(200).text("scope"), "openid read:orders")

	device = w.startDevice("scope", "openid profile read:orders")
	b = w.browser()
	b.consent(b.activate(device, "nora@shop.example"), "deny")
	equal(t, "what the device is told", w.poll(device).want(403).text("error"), "access_denied")
}

func TestUserBlockedBetweenLoginAndPollGetsNoTokens(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	w.browser().activate(device, "ada@shop.example").wantPath("/device/success")
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	w.poll(device).wantError(403, "unauthorized", "user is blocked")
	w.poll(device).wantError(403, "invalid_grant", "Invalid or expired device code.")
}

func TestDeviceLogsInToAnOrganization(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice("organization", "org_eu").want(200)
	w.browser().activate(device, "ada@shop.example").wantPath("/device/success")
	tokens := w.poll(device).want(200)
	equal(t, "org_id", claims(t, tokens.text("access_token"))["org_id"], any("org_eu"))

	device = w.startDevice("organization", "org_eu")
	w.browser().activate(device, "nora@shop.example").want(403)
	w.poll(device).wantError(403, "access_denied", "user auth0|nora is not part of the org_eu organization")
	w.startDevice("organization", "org_none").wantError(400, "invalid_request", "parameter organization is invalid: org_none")
}

func TestOnlyANativePublicClientMayUseTheDeviceFlow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*tenant.Client){
		"without the grant":           func(c *tenant.Client) { c.GrantTypes = []string{tenant.GrantAuthorizationCode} },
		"of another kind":             func(c *tenant.Client) { c.AppType = "regular_web" },
		"with a secret":               func(c *tenant.Client) { c.TokenEndpointAuthMethod, c.ClientSecret = "client_secret_post", "s" },
		"that is not OIDC conformant": func(c *tenant.Client) { c.OIDCConformant = false },
	} {
		w := run(t, tv, func(c *provider.Config) { change(client(c, "shopTV")) })
		res := w.startDevice("client_secret", "s")
		t.Log(name, res.header.Get("Faux0-Hint"))
		res.wantError(403, "unauthorized_client", "Grant type 'urn:ietf:params:oauth:grant-type:device_code' not allowed for the client.")
	}
	w := run(t, tv)
	w.startDevice("audience", "https://nowhere.example").wantError(403, "access_denied", "Service not found: https://nowhere.example")
	w.startDevice("client_id", "nobody").wantError(401, "access_denied", "Unauthorized")
	w.token("grant_type", tenant.GrantDeviceCode, "client_id", "shopTV").wantError(400, "invalid_request", "Missing required parameter: device_code")
}

// RFC 8628 §3.4: a device code is its client's.
func TestDeviceCodeOfAnotherClientIsWorthless(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	w.browser().activate(device, "ada@shop.example").wantPath("/device/success")
	w.poll(device, "client_id", "shopRadio").wantError(403, "invalid_grant", "Invalid or expired device code.")
	w.poll(device).want(200) // the try has not used it up
}

func TestDeviceCodeIsRedeemedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	w.browser().activate(device, "ada@shop.example").wantPath("/device/success")
	got := race(t, w, 100, []string{"grant_type", tenant.GrantDeviceCode, "client_id", "shopTV", "device_code", device.text("device_code")})
	if got[200] != 1 || got[403] != 99 {
		t.Errorf("of 100 redemptions %d succeeded and %d were refused", got[200], got[403])
	}
}

// RFC 8628 §5.1: user codes cannot be guessed.
func TestGuessingUserCodesIsStopped(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	for range 10 {
		w.browser().post("/activate", "user_code", "AAAA-AAAA").want(400)
	}
	// Now the right code is refused too, in any browser.
	w.browser().post("/activate", "user_code", device.text("user_code")).want(429)
	w.control.Clock().Advance(15 * time.Minute)
	w.browser().typeCode(w.startDevice())

	// Whoever has a network of addresses has no more guesses than others.
	w = run(t, tv, proxied)
	for i := range 10 {
		w.from(fmt.Sprintf("2001:db8:0:1::%x", i+1)).post("/activate", "user_code", "AAAA-AAAA").want(400)
	}
	w.from("2001:db8:0:1:ffff::1").post("/activate", "user_code", w.startDevice().text("user_code")).want(429)
}

// RFC 8628 §5.4: somebody else's device gets nobody's account by a link.
func TestDeviceIsConfirmedOnlyWhereItsCodeWasTyped(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	attacker, victim := w.browser(), w.browser()
	victim.login(webRequest(), "ada@shop.example")
	page := attacker.typeCode(device)
	// The attacker's own page, sent to the victim, and a form that posts it.
	victim.get(page.RequestURI()).want(400)
	victim.confirm(page).want(400)
	// A link with the code leads to a page that does nothing by itself.
	victim.get("/activate?user_code=" + device.text("user_code")).want(200)
	w.poll(device).wantError(403, devicePending, pendingText)
	// A page that nobody may frame.
	equal(t, "X-Frame-Options", attacker.get(page.RequestURI()).header.Get("X-Frame-Options"), "deny")
}

func TestNoStepOfTheDeviceFlowCanBeSkipped(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	page := b.typeCode(device)
	state := page.Query().Get("state")
	for _, skipped := range []string{"/u/login?state=", "/authorize/resume?state="} {
		if res := b.get(skipped + url.QueryEscape(state)); res.status < 400 {
			t.Errorf("%s answers %d to a code that is not confirmed", skipped, res.status)
		}
	}
	b.post(page.Path, "state", state).want(400)                    // neither yes nor no
	b.post(page.Path, "state", "x", "action", "confirm").want(400) // made up
	b.post(page.Path, "action", "confirm").want(400)               // none
	b.get("/device/success").want(http.StatusOK)                   // says so, and does nothing
	w.poll(device).wantError(403, devicePending, pendingText)
	b.confirm(page).wantPath("/device/success")
	b.confirm(page).want(400)
}

// Two people type the same code: the first to finish decides.
func TestDeviceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	ada, nora := w.browser(), w.browser()
	adasLogin, norasLogin := ada.confirm(ada.typeCode(device)), nora.confirm(nora.typeCode(device))
	ada.signIn(adasLogin, "ada@shop.example").wantPath("/device/success")
	nora.signIn(norasLogin, "nora@shop.example").want(400)
	equal(t, "sub", claims(t, w.poll(device).want(200).text("id_token"))["sub"], any("auth0|ada"))
}

// lastEvent is the newest event of the tenant's log with the type.
func (w *world) lastEvent(typ tenant.LogType) tenant.LogEvent {
	w.t.Helper()
	list := w.control.Logs(provider.LogFilter{})
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Type == typ {
			return list[i]
		}
	}
	w.t.Fatalf("the tenant's log has no event %s", typ)
	return tenant.LogEvent{}
}

func TestDeviceFlowIsInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t, tv)
	device := w.startDevice()
	w.poll(device).want(403)
	if slices.ContainsFunc(w.control.Logs(provider.LogFilter{}), func(e tenant.LogEvent) bool { return e.Type == tenant.LogFailedDevice }) {
		t.Error("waiting is logged as a failure")
	}
	w.browser().activate(device, "ada@shop.example")
	w.poll(device).want(200)
	e := w.lastEvent(tenant.LogSuccessDevice)
	equal(t, "sede", e.ClientName+" "+e.UserID+" "+e.Audience, "Shop TV auth0|ada "+orders)
	w.poll(device).want(403)
	equal(t, "fede", w.lastEvent(tenant.LogFailedDevice).Description, "Invalid or expired device code.")
	w.startDevice("audience", "https://nowhere.example")
	equal(t, "fdeaz", w.lastEvent(tenant.LogDeviceActivationFail).Description, "Service not found: https://nowhere.example")
	w.browser().post("/activate", "user_code", "AAAA-AAAA")
	equal(t, "fdeac", w.lastEvent(tenant.LogDeviceCodeFail).Details["code"], any("AAAA-AAAA"))
	cancelled := w.startDevice()
	b := w.browser()
	page := b.typeCode(cancelled)
	b.post(page.Path, "state", page.Query().Get("state"), "action", "cancel")
	equal(t, "fdecc", w.lastEvent(tenant.LogDeviceDenied).ClientName, "Shop TV")
}
