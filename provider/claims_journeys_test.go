package provider_test

import (
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// TestWhatAnIDTokenSaysOfTheLogin: `amr` and `acr` tell of a second factor in
// the ID token of the login that showed it and in no other, `auth_time` is there
// where max_age or prompt=login asked for it, and `sid` where a browser's session
// stands behind.
//
// Source: Auth0 docs, "Configure step-up authentication for web apps" (AMR claim
// exceptions), "Force reauthentication", "Logout" (sid). Observed: ruby-auth0,
// ID tokens of the password grant.
func TestWhatAnIDTokenSaysOfTheLogin(t *testing.T) {
	t.Parallel()
	const never = -1
	stepUp := []string{"acr_values", tenant.ACRMultiFactor}
	otp := func(t *testing.T, changes ...change) (*world, *browser) {
		w := run(t, append(changes, factors(tenant.FactorOTP), google)...)
		w.enroll(ada, provider.MethodTOTP, "")
		return w, w.browser()
	}
	// stepped logs in with a second factor, and lets a minute pass.
	stepped := func(t *testing.T, changes ...string) (*world, *browser, *answer) {
		w, b := otp(t)
		sent := b.showFactor(b.login(webRequest(changes...), adaMail), otpPage, w.otp(ada), "rememberBrowser", "true")
		w.control.Clock().Advance(time.Minute)
		return w, b, sent
	}
	upstream := func(w *world, request []string, page string) map[string]any {
		b := w.browser()
		at := b.authorize(request).wantPath(page)
		return w.profile(b.get(b.post(at.RequestURI(), "state", at.Query().Get("state"), "email", "zoe@mail.example", "action", "default").wantPath("/authorize/resume").RequestURI()))
	}
	for name, c := range map[string]struct {
		journey func(t *testing.T) map[string]any
		amr     bool
		acr     bool
		// authTime is in seconds after the start of the test.
		authTime int
		sid      bool
	}{
		"a password": {func(t *testing.T) map[string]any {
			w := run(t)
			return w.profile(w.browser().login(webRequest(), adaMail))
		}, false, false, never, true},
		"a password, with prompt=login": {func(t *testing.T) map[string]any {
			w := run(t)
			return w.profile(w.browser().login(webRequest("prompt", "login"), adaMail))
		}, false, false, 0, true},
		"a session, with max_age": {func(t *testing.T) map[string]any {
			w := run(t)
			b := w.browser()
			b.login(webRequest(), adaMail)
			w.control.Clock().Advance(time.Minute)
			return w.profile(b.authorize(webRequest("max_age", "3600")))
		}, false, false, 0, true},
		"silence, with max_age": {func(t *testing.T) map[string]any {
			w := run(t)
			b := w.browser()
			b.login(webRequest(), adaMail)
			w.control.Clock().Advance(time.Minute)
			return w.profile(b.authorize(webRequest("max_age", "3600", "prompt", "none")))
		}, false, false, 0, true},
		"a second factor": {func(t *testing.T) map[string]any {
			w, _, sent := stepped(t)
			return w.profile(sent)
		}, true, false, never, true},
		"a second factor, asked for": {func(t *testing.T) map[string]any {
			w, _, sent := stepped(t, append(stepUp, "max_age", "600")...)
			return w.profile(sent)
		}, true, true, 0, true},
		"a second factor, enrolled in": {func(t *testing.T) map[string]any {
			w := run(t, factors(tenant.FactorOTP), always)
			b := w.browser()
			at := b.login(webRequest(), adaMail)
			b.get(at.wantPath(enrolPage).RequestURI()).want(200)
			return w.profile(b.showFactor(at, enrolPage, w.otp(ada)))
		}, true, false, never, true},
		"a second factor, then consent": {func(t *testing.T) map[string]any {
			w, b := otp(t)
			sent := b.showFactor(b.login(webRequest("prompt", "consent"), adaMail), otpPage, w.otp(ada))
			return w.profile(b.reply(sent, "accept"))
		}, true, false, never, true},
		"a second factor, implicit": {func(t *testing.T) map[string]any {
			w, b := otp(t)
			sent := b.showFactor(b.login(webRequest("response_type", "id_token", "nonce", "n"), adaMail), otpPage, w.otp(ada))
			return claims(t, sent.query().Get("id_token"))
		}, true, false, never, true},
		"silence after a second factor": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return w.profile(b.authorize(webRequest("prompt", "none")))
		}, false, false, never, true},
		"silence that asks for what it cannot show": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return w.profile(b.authorize(webRequest(append(stepUp, "prompt", "none")...)))
		}, false, false, never, true},
		"single sign-on after a second factor": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return claims(t, w.token(redeemPortal(b.authorize(portalRequest()).query().Get("code"))...).want(200).text("id_token"))
		}, false, false, never, true},
		"a session with a factor, asked for": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return w.profile(b.authorize(webRequest(stepUp...)))
		}, true, true, never, true},
		"a remembered browser": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return w.profile(b.login(webRequest("prompt", "login"), adaMail))
		}, false, false, 60, true},
		"a remembered browser, asked all the same": {func(t *testing.T) map[string]any {
			w, b, _ := stepped(t)
			return w.profile(b.showFactor(b.login(webRequest(append(stepUp, "prompt", "login")...), adaMail), otpPage, w.otp(ada)))
		}, true, true, 60, true},
		"a refresh": {func(t *testing.T) map[string]any {
			w, _, sent := stepped(t, append(stepUp, "max_age", "600", "scope", "openid offline_access")...)
			first := w.token(redeemWeb(sent.query().Get("code"))...).want(200).text("refresh_token")
			return claims(t, w.refresh(first).want(200).text("id_token"))
		}, false, false, 0, true},
		"a code by mail": {func(t *testing.T) map[string]any {
			w := run(t, codePages)
			b := w.browser()
			page := b.askCode(webRequest("connection", "email", "max_age", "600"), "eve@shop.example")
			return w.profile(b.get(b.submit(page, "code", w.lastMessage().Code).wantPath("/authorize/resume").RequestURI()))
		}, false, false, 0, true},
		"a code by mail, by the API": {func(t *testing.T) map[string]any {
			w := run(t, passwordless)

			return claims(t, w.token(redeemOTP(w.codeTo(), "scope", "openid")...).want(200).text("id_token"))
		}, false, false, never, false},
		"a passkey": {func(t *testing.T) map[string]any {
			w := run(t, passkeys(nil))
			device := &testkit.Authenticator{}
			w.addPasskey(device, adaMail)
			return w.profile(w.browser().byPasskey(webRequest("prompt", "login"), device))
		}, false, false, 0, true},
		"a passkey, by the API": {func(t *testing.T) map[string]any {
			w := run(t, passkeys(nil))
			device := &testkit.Authenticator{}
			w.addPasskey(device, adaMail)
			asked := w.askPasskey("challenge", nil)
			credential, err := device.Get(publicKey(asked), base)
			return claims(t, w.redeemPasskey(asked, credential, err).want(200).text("id_token"))
		}, false, false, never, false},
		"a social provider": {func(t *testing.T) map[string]any {
			return upstream(run(t, google), webRequest("connection", "google-oauth2", "max_age", "600"), "/u/pretend/google-oauth2")
		}, false, false, 0, true},
		"an enterprise provider by SAML": {func(t *testing.T) map[string]any {
			return upstream(run(t, connect("corp", "samlp", nil, "shopWeb")), webRequest("connection", "corp"), "/u/pretend/corp")
		}, false, false, never, true},
		"a device": {func(t *testing.T) map[string]any {
			w := run(t, tv)
			asked := w.startDevice()
			w.browser().activate(asked, adaMail).wantPath("/device/success")
			return claims(t, w.poll(asked).want(200).text("id_token"))
		}, false, false, never, true},
		"a device, with a second factor": {func(t *testing.T) map[string]any {
			w, b := otp(t, tv)
			asked := w.startDevice()
			b.showFactor(b.activate(asked, adaMail), otpPage, w.otp(ada)).wantPath("/device/success")
			return claims(t, w.poll(asked).want(200).text("id_token"))
		}, true, false, never, true},
		"a device, by a session with a factor": {func(t *testing.T) map[string]any {
			w, b := otp(t, tv)
			b.showFactor(b.login(webRequest(), adaMail), otpPage, w.otp(ada))
			asked := w.startDevice()
			b.confirm(b.typeCode(asked)).wantPath("/device/success")
			return claims(t, w.poll(asked).want(200).text("id_token"))
		}, false, false, never, true},
		"CIBA": {func(t *testing.T) map[string]any {
			w := run(t, ciba())
			asked := w.ask()
			w.answerFor(adaMail, "approve")
			return claims(t, w.pollApproval(asked).want(200).text("id_token"))
		}, false, false, never, false},
		"the password grant": {func(t *testing.T) map[string]any {
			return claims(t, run(t).token(byPassword()...).want(200).text("id_token"))
		}, false, false, never, false},
		"the password grant, with the MFA API": {func(t *testing.T) map[string]any {
			w, _ := otp(t)
			return claims(t, w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...).want(200).text("id_token"))
		}, false, false, never, false},
		"native social login": {func(t *testing.T) map[string]any {
			w := run(t, exchanging)
			subject := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
			return claims(t, w.social(googleType, subject).want(200).text("id_token"))
		}, false, false, never, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := c.journey(t)
			amr, _ := id["amr"].([]any)
			if got := len(amr) == 1 && amr[0] == "mfa"; got != c.amr || !got && id["amr"] != nil {
				t.Errorf("amr is %v", id["amr"])
			}
			if got := id["acr"] == tenant.ACRMultiFactor; got != c.acr || !got && id["acr"] != nil {
				t.Errorf("acr is %v", id["acr"])
			}
			var at any
			if c.authTime != never {
				at = float64(start.Unix() + int64(c.authTime))
			}
			equal(t, "auth_time", id["auth_time"], at)
			equal(t, "whether there is a sid", id["sid"] != nil, c.sid)
		})
	}
}
