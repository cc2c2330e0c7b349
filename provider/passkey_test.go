package provider_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

const (
	pageIdentifier   = "/u/login/identifier"
	pagePasskey      = "/u/passkey-enrollment"
	pagePasskeyLocal = "/u/passkey-enrollment-local"
	grantPasskey     = tenant.GrantPasskey
	newMail          = "new@shop.example"
)

// passkeys switches passkeys on at the database, with the options, and makes
// logins identifier first.
func passkeys(options map[string]any) change {
	return func(c *provider.Config) {
		c.Snapshot.Prompts.IdentifierFirst = true
		databaseOption("authentication_methods", map[string]any{"passkey": map[string]any{"enabled": true}})(c)
		databaseOption("passkey_options", options)(c)
		for _, c := range c.Snapshot.Clients {
			c.GrantTypes = append(c.GrantTypes, grantPasskey)
		}
	}
}

// toPassword types the identifier, and says what the browser can do.
func (b *browser) toPassword(request []string, email string, capabilities ...string) *answer {
	b.w.t.Helper()
	at := b.authorize(request).wantPath(pageIdentifier)
	return b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "username", email, "action", "default"}, capabilities...)...)
}

var canDoAll = []string{"js-available", "true", "webauthn-available", "true", "webauthn-platform-available", "true"}

// byPassword logs in on the two pages and goes on to where that leads.
func (b *browser) byPassword(request []string, email string, capabilities ...string) *answer {
	b.w.t.Helper()
	at := b.toPassword(request, email, capabilities...).wantPath("/u/login/password")
	res := b.post(at.RequestURI(), "state", at.Query().Get("state"), "password", password, "action", "default")
	return b.get(res.wantPath("/authorize/resume").RequestURI())
}

// byPasskey logs in by a passkey on the page of the identifier.
func (b *browser) byPasskey(request []string, device *testkit.Authenticator) *answer {
	b.w.t.Helper()
	page := b.reopen(b.authorize(request).wantPath(pageIdentifier))
	res := page.send("passkey", page.sign(device))
	return b.get(res.wantPath("/authorize/resume").RequestURI())
}

// addPasskey enrols one at a login with a password.
func (w *world) addPasskey(device *testkit.Authenticator, email string) {
	w.t.Helper()
	b := w.browser()
	page := b.open(b.byPassword(webRequest(), email, canDoAll...), pagePasskey)
	b.get(page.send("passkey", page.create(device)).wantPath("/authorize/resume").RequestURI())
}

func TestAPasskeyIsOfferedAfterThePasswordAndLogsIn(t *testing.T) {
	t.Parallel()
	for scheme, begin := range map[string]func(testing.TB, ...change) *world{"http": run, "https": runTLS} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			w := begin(t, passkeys(nil))
			device := &testkit.Authenticator{}
			b := w.browser()
			page := b.open(b.byPassword(webRequest(), adaMail, canDoAll...), pagePasskey)
			for _, want := range []string{`"residentKey":"required"`, `"userVerification":"preferred"`, `{"type":"public-key","alg":-8},{"type":"public-key","alg":-7},{"type":"public-key","alg":-257}`} {
				if !strings.Contains(string(page.options), want) {
					t.Errorf("the page asks %s, want %s", page.options, want)
				}
			}
			if b.get(page.send("passkey", page.create(device)).wantPath("/authorize/resume").RequestURI()).query().Get("code") == "" {
				t.Error("no code for the app")
			}
			b = w.browser()
			id := claims(t, w.token(redeemWeb(b.byPasskey(webRequest(), device).query().Get("code"))...).want(200).text("id_token"))
			if id["sub"] != ada || id["amr"] != nil {
				t.Errorf("the ID token is %v", id)
			}
			// who has one is not offered another
			if w.browser().byPassword(webRequest(), adaMail, canDoAll...).query().Get("code") == "" {
				t.Error("a second passkey is offered")
			}
			last := w.control.Logs(provider.LogFilter{Type: tenant.LogEnrolled})
			if len(last) != 1 || last[0].Details["authenticator"].(map[string]any)["type"] != "passkey" {
				t.Errorf("the log tells %v", last)
			}
		})
	}
}

func TestAPasskeyIsOfferedToThoseWhoCanHaveOneAndHaveNotPutItOff(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	done := func(name string, a *answer) {
		t.Helper()
		if a.query().Get("code") == "" {
			t.Errorf("%s: a passkey is offered", name)
		}
	}
	done("a script that says nothing", w.browser().byPassword(webRequest(), adaMail))
	done("no WebAuthn", w.browser().byPassword(webRequest(), adaMail, "js-available", "true", "webauthn-available", "false"))
	b := w.browser()
	page := b.open(b.byPassword(webRequest(), adaMail, canDoAll...), pagePasskey)
	done("declined", b.get(page.send("action", "abort-passkey-enrollment").wantPath("/authorize/resume").RequestURI()))
	done("single sign-on", b.authorize(webRequest()))
	done("put off", b.byPassword(webRequest("prompt", "login"), adaMail, canDoAll...))
	w.control.Clock().Advance(30 * 24 * time.Hour)
	b.byPassword(webRequest("prompt", "login"), adaMail, canDoAll...).wantPath(pagePasskey)

	w = run(t, passkeys(map[string]any{"progressive_enrollment_enabled": false}))
	done("switched off", w.browser().byPassword(webRequest(), adaMail, canDoAll...))
}

func TestAnotherDevicesPasskeyOffersOneOfThisDevice(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	phone, laptop := &testkit.Authenticator{Roaming: true}, &testkit.Authenticator{}
	w.addPasskey(phone, adaMail)
	b := w.browser()
	page := b.reopen(b.authorize(webRequest()).wantPath(pageIdentifier))
	resume := page.send(append([]string{"passkey", page.sign(phone)}, canDoAll...)...).wantPath("/authorize/resume")
	local := b.open(b.get(resume.RequestURI()), pagePasskeyLocal)
	if !strings.Contains(string(local.options), `"authenticatorAttachment":"platform"`) {
		t.Errorf("the page asks %s", local.options)
	}
	local.send("passkey", local.create(laptop)).wantPath("/authorize/resume")
	if w.browser().byPasskey(webRequest(), laptop).query().Get("code") == "" {
		t.Error("the new passkey does not log in")
	}
	if keys := userOf(w.control.Snapshot(), ada).Keys; len(keys) != 2 {
		t.Errorf("the user's keys are %+v", keys)
	}
}

func TestSignUpWithAPasskeyInPlaceOfAPassword(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	device := &testkit.Authenticator{}
	begin := func() (*browser, keyPage) {
		b := w.browser()
		at := b.authorize(webRequest("screen_hint", "signup")).wantPath("/u/signup/identifier")
		return b, b.open(b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "email", newMail}, canDoAll...)...), pagePasskey)
	}
	b, page := begin()
	code := b.get(page.send("passkey", page.create(device)).wantPath("/authorize/resume").RequestURI()).query().Get("code")
	sub := claims(t, w.token(redeemWeb(code)...).want(200).text("id_token"))["sub"]
	again := w.browser().byPasskey(webRequest(), device).query().Get("code")
	equal(t, "who logs in", claims(t, w.token(redeemWeb(again)...).want(200).text("id_token"))["sub"], sub)
	if u := userOf(w.control.Snapshot(), sub.(string)); u.CustomPasswordHash != nil || len(u.Keys) != 1 {
		t.Errorf("the user has the hash %v and the keys %+v", u.CustomPasswordHash, u.Keys)
	}
	// no password will do for them
	b = w.browser()
	at := b.toPassword(webRequest(), newMail).wantPath("/u/login/password")
	errorCode(t, b.post(at.RequestURI(), "state", at.Query().Get("state"), "password", password), 400, "wrong-email-credentials")

	// the same address again ends on the first page, and a password stays possible
	_, page = begin()
	if res := page.send("passkey", page.create(&testkit.Authenticator{})); res.status != 400 {
		t.Errorf("an address that is taken: %d", res.status)
	}
	_, page = begin()
	page.send("action", "abort-passkey-enrollment").wantPath("/u/signup/password")
}

func TestSkippingThePasskeyMakesNoUser(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	b := w.browser()
	at := b.authorize(webRequest("screen_hint", "signup")).wantPath("/u/signup/identifier")
	page := b.open(b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "email", newMail}, canDoAll...)...), pagePasskey)
	for _, path := range []string{"/u/email-identifier/challenge", "/authorize/resume"} {
		b.get(path + "?" + page.at.RawQuery)
		b.post(path+"?"+page.at.RawQuery, "state", page.at.Query().Get("state"), "code", "123456")
	}
	if res := page.send("passkey", "{}"); res.status != 400 {
		t.Errorf("no passkey: %d", res.status)
	}
	for _, u := range w.control.Snapshot().Users {
		if u.Email == newMail {
			t.Errorf("there is a user without a credential: %+v", u)
		}
	}
}

func TestTheLoginPageOffersPasskeysAsTheDatabaseWants(t *testing.T) {
	t.Parallel()
	for ui, want := range map[string][2]bool{"both": {true, true}, "autofill": {true, false}, "button": {false, true}} {
		w := run(t, passkeys(map[string]any{"challenge_ui": ui}))
		b := w.browser()
		page := b.get(b.authorize(webRequest()).wantPath(pageIdentifier).RequestURI()).want(200).body
		equal(t, ui+": autofill", strings.Contains(page, `autocomplete="username webauthn"`), want[0])
		equal(t, ui+": button", strings.Contains(page, "Continue with a passkey"), want[1])
	}
	b := run(t, passkeys(nil)).browser()
	b.base = "http://127.0.0.1:4400"
	if page := b.get(b.authorize(webRequest()).wantPath(pageIdentifier).RequestURI()).want(200).body; strings.Contains(page, "passkey") {
		t.Error("passkeys are offered for an IP address")
	}
	b = run(t).browser()
	if page := b.get(b.authorize(webRequest()).wantPath("/u/login").RequestURI()).body; strings.Contains(page, "passkey") {
		t.Error("a page without passkeys speaks of them")
	}
}

func TestAPasskeyLogsInNobodyElse(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	device := &testkit.Authenticator{}
	w.addPasskey(device, adaMail)
	ask := func() (*browser, keyPage) {
		b := w.browser()
		return b, b.reopen(b.authorize(webRequest()).wantPath(pageIdentifier))
	}
	refused := func(name string, res *answer) {
		t.Helper()
		if res.status != 400 || !strings.Contains(res.body, `data-error-code="invalid-passkey"`) {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	_, page := ask()
	refused("another origin", page.send("passkey", page.must(device.Get(page.options, "http://tenant.localhost:4401"))))
	elsewhere := w.browser()
	elsewhere.base = "http://other.localhost:4400"
	page = elsewhere.reopen(elsewhere.authorize(webRequest()).wantPath(pageIdentifier))
	refused("another relying party", page.send("passkey", page.must(device.Get([]byte(strings.ReplaceAll(string(page.options), "other.localhost", "tenant.localhost")), elsewhere.base))))
	_, page = ask()
	signed := page.sign(device)
	_, other := ask()
	refused("another login's challenge", other.send("passkey", signed))
	page.send("passkey", signed).wantPath("/authorize/resume")
	_, page = ask()
	refused("a replay", page.send("passkey", signed))

	var credential map[string]any
	decodeInto(t, page.sign(device), &credential)
	credential["response"].(map[string]any)["userHandle"] = "bm9ib2R5"
	forged, _ := json.Marshal(credential)
	refused("another user's handle", page.send("passkey", string(forged)))
	device.SignCount = 0
	_, page = ask()
	refused("a copied authenticator", page.send("passkey", page.sign(device)))
	device.SignCount = 10
	w.edit(ada, func(u *tenant.User) { u.Blocked = true })
	_, page = ask()
	page.send("passkey", page.sign(device)).wantSent("unauthorized", "user is blocked")
	w.edit(ada, func(u *tenant.User) { u.Blocked, u.Keys = false, nil })
	_, page = ask()
	refused("a removed passkey", page.send("passkey", page.sign(device)))
}

// askPasskey calls /passkey/register or /passkey/challenge.
func (w *world) askPasskey(path string, body map[string]any) *answer {
	w.t.Helper()
	all := map[string]any{"client_id": "shopWeb"}
	for name, value := range body {
		all[name] = value
	}
	return w.browser().postJSON("/passkey/"+path, all)
}

// redeemPasskey redeems what an authenticator answered.
func (w *world) redeemPasskey(asked *answer, credential []byte, err error, changes ...any) *answer {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	body := map[string]any{
		"grant_type": grantPasskey, "client_id": "shopWeb", "scope": "openid", "auth_session": asked.text("auth_session"), "authn_response": json.RawMessage(credential),
	}
	for i := 0; i < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return w.browser().postJSON("/oauth/token", body)
}

func publicKey(a *answer) []byte {
	a.t.Helper()
	raw, _ := json.Marshal(a.want(200).json()["authn_params_public_key"])
	return raw
}

func TestSignUpAndLoginByThePasskeyAPI(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil))
	device := &testkit.Authenticator{}
	asked := w.askPasskey("register", map[string]any{"user_profile": map[string]any{"email": newMail, "name": "New"}, "user_metadata": map[string]any{"plan": "pro"}})
	options := publicKey(asked)
	for _, want := range []string{`"rp":{"id":"tenant.localhost","name":"tenant.localhost"}`, `"displayName":"New"`, `"timeout":60000`} {
		if !strings.Contains(string(options), want) {
			t.Errorf("asked %s, want %s", options, want)
		}
	}
	credential, err := device.Create(options, base)
	tokens := w.redeemPasskey(asked, credential, err).want(200)
	sub := claims(t, tokens.text("id_token"))["sub"]
	u := userOf(w.control.Snapshot(), sub.(string))
	if u.Email != newMail || u.Name != "New" || u.UserMetadata["plan"] != "pro" || len(u.Keys) != 1 {
		t.Errorf("the user is %+v", u)
	}
	w.redeemPasskey(asked, credential, nil).want(403)
	w.askPasskey("register", map[string]any{"user_profile": map[string]any{"email": newMail}}).wantError(400, "invalid_request", "The user already exists.")

	challenge := w.askPasskey("challenge", map[string]any{"realm": database})
	credential, err = device.Get(publicKey(challenge), "http://tenant.localhost:3000")
	w.redeemPasskey(challenge, credential, err).wantError(403, "invalid_grant", "The passkey could not be verified.")
	challenge = w.askPasskey("challenge", nil)
	credential, err = device.Get(publicKey(challenge), base)
	equal(t, "who logs in", claims(t, w.redeemPasskey(challenge, credential, err, "realm", database).want(200).text("id_token"))["sub"], sub)
	w.redeemPasskey(challenge, credential, nil).wantError(403, "invalid_grant", "Invalid or expired auth_session.")
	late := w.askPasskey("challenge", nil)
	credential, err = device.Get(publicKey(late), base)
	w.control.Clock().Advance(time.Minute)
	w.redeemPasskey(late, credential, err).wantError(403, "invalid_grant", "Invalid or expired auth_session.")
}

func TestThePasskeyAPIRefusesWhatAuth0Refuses(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil), func(c *provider.Config) { client(c, "shopPortal").GrantTypes = []string{"authorization_code"} })
	for name, body := range map[string]map[string]any{
		"no profile":           {},
		"an unknown member":    {"user_profile": map[string]any{"email": newMail, "role": "admin"}},
		"no identifier":        {"user_profile": map[string]any{"name": "New"}},
		"no address":           {"user_profile": map[string]any{"email": "new"}},
		"metadata":             {"user_profile": map[string]any{"email": newMail}, "user_metadata": map[string]any{"a": 1}},
		"no such realm":        {"realm": "Nowhere", "user_profile": map[string]any{"email": newMail}},
		"no passkeys":          {"realm": "Staff", "user_profile": map[string]any{"email": newMail}},
		"client has no grant":  {"client_id": "shopPortal", "client_secret": "shop-portal-secret", "user_profile": map[string]any{"email": newMail}},
		"organization unknown": {"organization": "org_none", "user_profile": map[string]any{"email": newMail}},
	} {
		res := w.askPasskey("register", body)
		if res.status < 400 || res.status == 500 || res.json()["error"] == nil {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	device := &testkit.Authenticator{}
	w.addPasskey(device, adaMail)
	w.edit(ada, func(u *tenant.User) { u.Blocked = true })
	challenge := w.askPasskey("challenge", nil)
	credential, err := device.Get(publicKey(challenge), base)
	w.redeemPasskey(challenge, credential, err).want(403)
	foreign := w.askPasskey("challenge", nil)
	credential, err = device.Get(publicKey(foreign), base)
	w.redeemPasskey(foreign, credential, err, "client_id", "shopMobile").want(401)
	if len(w.control.Logs(provider.LogFilter{Type: tenant.LogPasskeyAsked})) == 0 || len(w.control.Logs(provider.LogFilter{Type: tenant.LogPasskeyNotAsked})) == 0 {
		t.Error("the log does not tell of the challenges")
	}
}

func TestThePasskeyAPIAndOrganizations(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil), factors(tenant.FactorOTP), func(c *provider.Config) {
		web := client(c, "shopWeb")
		web.GrantTypes = append(web.GrantTypes, tenant.GrantMFAOTP)
	})
	device, noras := &testkit.Authenticator{}, &testkit.Authenticator{}
	profile := map[string]any{"email": newMail}
	asked := w.askPasskey("register", map[string]any{"user_profile": profile, "organization": "org_eu"})
	credential, err := device.Create(publicKey(asked), base)
	id := claims(t, w.redeemPasskey(asked, credential, err).want(200).text("id_token"))
	equal(t, "the organization of a sign-up", id["org_id"], any("org_eu"))

	w.addPasskey(noras, "nora@shop.example")
	challenge := w.askPasskey("challenge", map[string]any{"organization": "org_eu"})
	credential, err = noras.Get(publicKey(challenge), base)
	equal(t, "who is no member", w.redeemPasskey(challenge, credential, err).want(403).text("error"), "access_denied")
	challenge = w.askPasskey("challenge", map[string]any{"organization": "org_open"})
	credential, err = noras.Get(publicKey(challenge), base)
	equal(t, "an organization that takes whoever logs in", claims(t, w.redeemPasskey(challenge, credential, err).want(200).text("id_token"))["org_id"], any("org_open"))

	w.enroll(id["sub"].(string), provider.MethodTOTP, "")
	challenge = w.askPasskey("challenge", map[string]any{"organization": "org_eu"})
	credential, err = device.Get(publicKey(challenge), base)
	waiting := w.redeemPasskey(challenge, credential, err).want(403).text("mfa_token")
	tokens := w.token("grant_type", tenant.GrantMFAOTP, "client_id", "shopWeb", "mfa_token", waiting, "otp", w.otp(id["sub"].(string))).want(200)
	equal(t, "the organization after a second factor", claims(t, tokens.text("id_token"))["org_id"], any("org_eu"))
}

func TestAPasskeyIsNoSecondFactor(t *testing.T) {
	t.Parallel()
	w := run(t, passkeys(nil), factors(tenant.FactorOTP))
	device := &testkit.Authenticator{}
	w.addPasskey(device, adaMail)
	w.enroll(ada, provider.MethodTOTP, "")
	w.browser().byPasskey(webRequest(), device).wantPath(otpPage)
	challenge := w.askPasskey("challenge", nil)
	credential, err := device.Get(publicKey(challenge), base)
	equal(t, "the error", w.redeemPasskey(challenge, credential, err).want(403).text("error"), "mfa_required")
}

func TestTheDeviceIsOfferedAfterAnotherFactorAndAskedForNextTime(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform))
	w.enroll(ada, provider.MethodTOTP, "")
	device := &testkit.Authenticator{}
	b := w.browser()
	toOTP := b.tell(b.login(portalRequest(), adaMail), capable)
	page := b.open(b.showFactor(toOTP, otpPage, w.otp(ada)), pageEnrolPlatform)
	added := page.send("response", page.create(device)).wantPath(pageKeyAdded)
	b.get(added.RequestURI()).want(200)
	resume := b.post(added.RequestURI(), "state", added.Query().Get("state")).wantPath("/authorize/resume")
	if b.get(resume.RequestURI()).query().Get("code") == "" {
		t.Error("no code for the app")
	}
	b = w.browser()
	page = b.open(b.tell(b.login(portalRequest(), adaMail), capable), pagePlatform)
	if b.get(page.send("response", page.sign(device)).wantPath("/authorize/resume").RequestURI()).query().Get("code") == "" {
		t.Error("the device does not do")
	}
	// a browser without it, and one on another kind of device, are asked for the other factor
	b = w.browser()
	b.tell(b.login(portalRequest(), adaMail), incapable).wantPath(otpPage)
	b = w.browser()
	b.header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148")
	b.tell(b.login(portalRequest(), adaMail), capable).wantPath(otpPage)
}

func TestTheDeviceIsNotOfferedAgainToWhoPutItOff(t *testing.T) {
	t.Parallel()
	for action, pause := range map[string]time.Duration{"snooze-enrollment": 14 * 24 * time.Hour, "refuse-add-device": 365 * 24 * time.Hour} {
		w := run(t, factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform))
		w.enroll(ada, provider.MethodTOTP, "")
		b := w.browser()
		again := func() *answer {
			w.control.Clock().Advance(time.Minute)
			return b.showFactor(b.tell(b.login(portalRequest("prompt", "login"), adaMail), capable), otpPage, w.otp(ada))
		}
		page := b.open(again(), pageEnrolPlatform)
		if b.get(page.send("action", action).wantPath("/authorize/resume").RequestURI()).query().Get("code") == "" {
			t.Errorf("%s: no code for the app", action)
		}
		if again().query().Get("code") == "" {
			t.Errorf("%s: offered again", action)
		}
		w.control.Clock().Advance(pause)
		again().wantPath(pageEnrolPlatform)
	}
}

func TestTheDeviceIsNoFirstFactorToEnrolIn(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform), always)
	b := w.browser()
	at := b.tell(b.login(portalRequest(), adaMail), capable).wantPath(enrolPage)
	if res := b.get(pageEnrolPlatform + "?" + at.RawQuery); res.status == 200 {
		t.Error("the device may be enrolled before another factor")
	}
}

// Scripts that log in by a password press the one button with this name and
// value; the passkey's is another.
func TestThePasskeyButtonIsNotThePrimaryOne(t *testing.T) {
	t.Parallel()
	b := run(t, passkeys(map[string]any{"challenge_ui": "button"})).browser()
	at := b.authorize(webRequest()).wantPath(pageIdentifier)
	equal(t, "primary buttons", strings.Count(b.get(at.RequestURI()).body, `name="action" value="default"`), 1)
	errorCode(t, b.post(at.RequestURI(), "state", at.Query().Get("state"), "passkey", ""), 400, "invalid-passkey") // without scripts
}
