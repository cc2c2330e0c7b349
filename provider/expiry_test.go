package provider_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// lasting is something that ends by the tenant's clock. It is begun, and gives
// the way to use it, whose answer holds one text while it lasts and another
// from the very second on at which it ends.
type lasting struct {
	lasts       time.Duration
	changes     []change
	begin       func(*world) (use func() *answer)
	works, ends string
}

// TestEverythingEndsAtItsSecond is the list of all that ends by itself: what a
// person or an application holds, and what holds them up.
func TestEverythingEndsAtItsSecond(t *testing.T) {
	t.Parallel()
	for _, list := range []map[string]lasting{lastingGrants, lastingLogins, lastingMessages, lastingFactors, lastingBlocks} {
		for name, c := range list {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				// said is all that an answer tells, after so long.
				said := func(after time.Duration) string {
					w := run(t, c.changes...)
					use := c.begin(w)
					w.control.Clock().Advance(after)
					a := use()
					if a.status >= http.StatusInternalServerError {
						t.Errorf("status %d: %s", a.status, a.body)
					}
					location, _ := url.QueryUnescape(a.header.Get("Location"))
					return location + "\n" + html.UnescapeString(a.body)
				}
				if got := said(c.lasts - time.Second); !strings.Contains(got, c.works) || strings.Contains(got, c.ends) {
					t.Errorf("a second before %s is over: want %q, got %s", c.lasts, c.works, got)
				}
				if got := said(c.lasts); !strings.Contains(got, c.ends) || strings.Contains(got, c.works) {
					t.Errorf("after %s: want %q, got %s", c.lasts, c.ends, got)
				}
			})
		}
	}
}

// redeems uses what a token request says.
func redeems(pairs func(*world) []string) func(*world) func() *answer {
	return func(w *world) func() *answer {
		request := pairs(w)
		return func() *answer { return w.token(request...) }
	}
}

// opens uses the newest message's link, in a browser of its own.
func opens(send func(*world)) func(*world) func() *answer {
	return func(w *world) func() *answer {
		send(w)
		link := w.link()
		return func() *answer {
			b := w.browser()
			a := b.get(link)
			if to := a.header.Get("Location"); strings.HasPrefix(to, "/u/") {
				return b.get(to)
			}
			return a
		}
	}
}

func forgotten(w *world) {
	w.browser().postJSON("/dbconnections/change_password", map[string]string{"client_id": "shopWeb", "connection": database, "email": adaMail}).want(200)
}

func pushing(c *provider.Config) { withPAR(c); headless(c) }

var lastingGrants = map[string]lasting{
	"an authorization code": {10 * time.Minute, nil, redeems(func(w *world) []string {
		return redeemWeb(w.browser().code(webRequest(), adaMail))
	}), "access_token", "Invalid authorization code"},
	"an access token": {day, nil, func(w *world) func() *answer {
		token := mint(w.t, w, provider.TokenRequest{Client: "shopWeb", User: ada, Audience: orders, Scope: "openid profile"})
		return func() *answer { return w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+token), "") }
	}, "Ada Byron", "Unauthorized"},
	"an opaque access token": {day, nil, func(w *world) func() *answer {
		token := w.token(redeemWeb(w.browser().code(webRequest("audience", ""), adaMail))...).text("access_token")
		return func() *answer { return w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+token), "") }
	}, "Ada Byron", "Unauthorized"},
	"a refresh token that lies idle": {15 * day, nil, func(w *world) func() *answer {
		token := refreshable(w, "openid offline_access").text("refresh_token")
		return func() *answer { return w.refresh(token) }
	}, "access_token", unknownRefresh},
	"a refresh token that is used": {2 * day, nil, func(w *world) func() *answer {
		token := refreshable(w, "openid offline_access").text("refresh_token")
		for range 2 {
			w.control.Clock().Advance(14 * day)
			token = w.refresh(token).want(200).text("refresh_token")
		}
		return func() *answer { return w.refresh(token) }
	}, "access_token", unknownRefresh},
	"the leeway of a refresh token": {30 * time.Second, []change{changed("shopWeb", func(c *tenant.Client) { c.RefreshToken.LeewaySeconds = 30 })}, func(w *world) func() *answer {
		token := refreshable(w, "openid offline_access").text("refresh_token")
		w.refresh(token).want(200)
		return func() *answer { return w.refresh(token) }
	}, "access_token", unknownRefresh},
	"a device code": {15 * time.Minute, []change{tv}, func(w *world) func() *answer {
		device := w.startDevice()
		w.browser().activate(device, adaMail).wantPath("/device/success")
		return func() *answer { return w.poll(device) }
	}, "access_token", "expired_token"},
	"a user code": {15 * time.Minute, []change{tv}, func(w *world) func() *answer {
		device := w.startDevice()
		return func() *answer { return w.browser().post("/activate", "user_code", device.text("user_code")) }
	}, "/u/device-code-confirmation", `data-error-code="`},
	"a backchannel request": {time.Minute, []change{ciba()}, func(w *world) func() *answer {
		asked := w.ask("requested_expiry", "60")
		w.answerFor(ada, "approve").want(204)
		return func() *answer { return w.pollApproval(asked) }
	}, "access_token", "access_denied"},
	"a pushed request": {30 * time.Second, []change{pushing}, func(w *world) func() *answer {
		reference := w.reference("shopPortal", w.push(portalRequest("login_hint", adaMail), portalSecret...))
		return func() *answer { return w.browser().authorize(reference) }
	}, "code=", "invalid_request_uri"},
	"a pretend provider's token": {hour, []change{exchanging}, func(w *world) func() *answer {
		token := w.providerToken(provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"})
		return func() *answer { return w.social(googleType, token) }
	}, "access_token", badSubject},
	"a passkey challenge": {time.Minute, []change{passkeys(nil)}, func(w *world) func() *answer {
		device := &testkit.Authenticator{}
		w.addPasskey(device, adaMail)
		asked := w.askPasskey("challenge", nil)
		credential, err := device.Get(publicKey(asked), base)
		return func() *answer { return w.redeemPasskey(asked, credential, err) }
	}, "access_token", "Invalid or expired auth_session."},
	"the challenge of a passkey to be made": {time.Minute, []change{passkeys(nil)}, func(w *world) func() *answer {
		asked := w.askPasskey("register", map[string]any{"user_profile": map[string]any{"email": newMail}})
		credential, err := (&testkit.Authenticator{}).Create(publicKey(asked), base)
		return func() *answer { return w.redeemPasskey(asked, credential, err) }
	}, "access_token", "Invalid or expired auth_session."},
	"a client's assertion": {time.Minute, []change{byKey("shopWorker", tenant.Credential{PEM: publicPEM(&portalKey().PublicKey)})}, redeems(func(w *world) []string {
		return byAssertion(assertion(w.t, portalKey(), "shopWorker", "once"))
	}), "access_token", notAuthenticated},
	// RFC 9449 §11.1: how old a proof may be is the server's to say, here five
	// minutes.
	"a DPoP proof": {301 * time.Second, []change{takesDPoP(orders, false, "")}, func(w *world) func() *answer {
		proof := newProver(w.t).proof("POST", tokenURL)
		return func() *answer { return w.tokenWith(proof, worker()...) }
	}, "access_token", "iat is too far from now"},
	"a login ticket": {5 * time.Minute, []change{changed("shopWeb", func(c *tenant.Client) { c.CrossOriginAuthentication = true })}, func(w *world) func() *answer {
		b := w.browser()
		ticket := b.postJSON("/co/authenticate", map[string]string{"client_id": "shopWeb", "credential_type": "password", "username": adaMail, "password": password}).text("login_ticket")
		return func() *answer { return b.authorize(webRequest("login_ticket", ticket)) }
	}, "code=", "Unknown or invalid login ticket."},
}

var lastingLogins = map[string]lasting{
	"a login that nobody finishes": {hour, nil, func(w *world) func() *answer {
		b := w.browser()
		page := b.authorize(webRequest()).wantPath("/u/login")
		return func() *answer { return b.submit(page, "username", adaMail, "password", password) }
	}, "/authorize/resume", "You may have pressed the back button"},
	"a login at a provider": {hour, []change{connect("corp", "oauth2", map[string]any{
		"client_id": "us", "client_secret": "secret", "authorizationURL": "http://localhost:1/authorize", "tokenURL": "http://localhost:1/token", "scripts": map[string]any{"fetchUserProfile": "function (t, c, done) { done(null, {user_id: 1}) }"},
	}, "shopWeb")}, func(w *world) func() *answer {
		b := w.browser()
		state := b.toPartner("corp").Query().Get("state")
		return func() *answer { return b.get(callbackURL + "?" + form("state", state, "error", "access_denied")) }
	}, callback, "You may have pressed the back button"},
	"a session that lies idle": {72 * hour, nil, func(w *world) func() *answer {
		b := w.browser()
		b.login(webRequest(), adaMail)
		return func() *answer { return b.authorize(webRequest("prompt", "none")) }
	}, "code=", "login_required"},
	"a session that is used": {48 * hour, nil, func(w *world) func() *answer {
		b := w.browser()
		b.login(webRequest(), adaMail)
		for range 2 {
			w.control.Clock().Advance(60 * hour)
			b.authorize(webRequest("prompt", "none")).query()
		}
		return func() *answer { return b.authorize(webRequest("prompt", "none")) }
	}, "code=", "login_required"},
	// OpenID Connect Core §3.1.2.1: "if the elapsed time is greater".
	"a login that is recent enough": {601 * time.Second, nil, func(w *world) func() *answer {
		b := w.browser()
		b.login(webRequest(), adaMail)
		return func() *answer { return b.authorize(webRequest("max_age", "600")) }
	}, "code=", "/u/login"},
	"a checked password of the classic page": {5 * time.Minute, []change{ownPage}, func(w *world) func() *answer {
		b := w.browser()
		fields := b.postJSON("/usernamepassword/login", lock(b.hosted(), adaMail, password)).want(200).fields()
		return func() *answer { return b.post("/login/callback", fields...) }
	}, "/authorize/resume", "invalid wresult"},
	"the question whether to log out": {10 * time.Minute, nil, func(w *world) func() *answer {
		b := w.browser()
		b.login(webRequest(), adaMail)
		page := b.get("/oidc/logout?" + form("client_id", "shopWeb", "post_logout_redirect_uri", "http://localhost:3000/bye")).want(200)
		state := between(page.body, `name="state" value="`, `"`)
		return func() *answer { return b.post("/u/logout", "state", state, "action", "accept") }
	}, "http://localhost:3000/bye", "Technical details"},
	"an invitation": {7 * day, []change{inviting}, func(w *world) func() *answer {
		v := w.invite(newMail)
		return func() *answer { return w.browser().authorize(invited(v)) }
	}, "/u/signup", inviteUnknown},
	"a passkey that was not wanted": {30 * day, []change{passkeys(nil)}, func(w *world) func() *answer {
		b := w.browser()
		b.get(b.open(b.byPassword(webRequest(), adaMail, canDoAll...), pagePasskey).send("action", "abort-passkey-enrollment").location().RequestURI())
		return func() *answer { return b.byPassword(webRequest("prompt", "login"), adaMail, canDoAll...) }
	}, "code=", pagePasskey},
}

var lastingMessages = map[string]lasting{
	"a code by mail": {180 * time.Second, []change{passwordless}, redeems(func(w *world) []string {
		return redeemOTP(w.codeTo())
	}), "access_token", wrongMailCode},
	"a code by text message": {180 * time.Second, []change{passwordless}, redeems(func(w *world) []string {
		w.browser().postJSON("/passwordless/start", map[string]any{"client_id": "shopWeb", "connection": "sms", "send": "code", "phone_number": "+4930123456"}).want(200)
		return redeemOTP(w.lastMessage().Code, "realm", "sms", "username", "+4930123456")
	}), "access_token", "invalid_grant"},
	"a code typed on a page": {180 * time.Second, []change{codePages}, func(w *world) func() *answer {
		b := w.browser()
		page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
		return func() *answer { return b.submit(page, "code", w.lastMessage().Code) }
	}, "/authorize/resume", "invalid-verification-code"},
	"a magic link": {180 * time.Second, []change{passwordless}, opens(func(w *world) {
		body := startBody("send", "link")
		body["authParams"] = map[string]any{"redirect_uri": callback, "response_type": "code", "scope": "openid"}
		w.browser().postJSON("/passwordless/start", body).want(200)
	}), "code=", "error="},
	"a code of the database": {180 * time.Second, []change{byCodes}, func(w *world) func() *answer {
		session := w.otpChallenge().want(200).text("auth_session")
		return func() *answer { return w.redeemSession(session, w.lastMessage().Code) }
	}, "access_token", otpRefused},
	"a code of the database on its page": {180 * time.Second, []change{byCodes}, func(w *world) func() *answer {
		b := w.browser()
		page := b.submit(b.authorize(portalRequest()).wantPath(pageIdentifier), "username", adaMail).location()
		return func() *answer { return b.submit(page, "code", w.lastMessage().Code) }
	}, "/authorize/resume", `data-error-code="invalid`},
	"the code of a sign-up": {5 * time.Minute, []change{flexible}, func(w *world) func() *answer {
		b := w.browser()
		page := b.submit(b.screen("signup"), "phone", "+12025550123", "password", password).wantPath("/u/phone-identifier/challenge")
		return func() *answer { return b.submit(page, "code", w.lastMessage().Code) }
	}, "/authorize/resume", `data-error-code="invalid-code"`},
	"the link that verifies an address": {5 * day, nil, opens(func(w *world) {
		b := w.browser()
		b.submit(b.screen("signup"), "email", newMail, "password", password).want(302)
	}), "Email verified", "too old"},
	"the link to a new password": {5 * day, nil, opens(forgotten), "Change your password", "too old"},
	"a new password, once its page is open": {5 * day, nil, func(w *world) func() *answer {
		forgotten(w)
		page := w.browser().get(w.link()).location()
		return func() *answer {
			return w.browser().post(page.RequestURI(), "ticket", page.Query().Get("ticket"), "password-reset", "New-Horse-99", "re-enter-password", "New-Horse-99")
		}
	}, "Password changed", "too old"},
	"a link of a template that says how long": {time.Minute, []change{email(tenant.EmailTemplate{Template: "reset_email", Enabled: true, URLLifetimeInSeconds: 60})}, opens(forgotten), "Change your password", "too old"},
	"the link that lifts a block": {5 * day, nil, func(w *world) func() *answer {
		w.browser().fail(10, adaMail)
		ticket := mustParse(w.t, w.link()).Query().Get("ticket")
		return func() *answer { return w.browser().post("/u/brute-force-protection-unblock", "ticket", ticket) }
	}, "Account unblocked", "too old"},
}

// appOf enrols Ada's authenticator app.
func appOf(w *world) { w.enroll(ada, provider.MethodTOTP, "") }

// onDevice has Ada put off the offer to enrol her device.
func onDevice(action string) func(*world) func() *answer {
	return func(w *world) func() *answer {
		appOf(w)
		b := w.browser()
		again := func() *answer {
			return b.showFactor(b.tell(b.login(portalRequest("prompt", "login"), adaMail), capable), otpPage, w.otp(ada))
		}
		b.get(b.open(again(), pageEnrolPlatform).send("action", action).location().RequestURI())
		return again
	}
}

var lastingFactors = map[string]lasting{
	"an MFA token": {10 * time.Minute, []change{factors(tenant.FactorOTP)}, func(w *world) func() *answer {
		appOf(w)
		waiting := w.mfaToken()
		return func() *answer { return w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...) }
	}, "access_token", "mfa_token is expired"},
	"an MFA token at /mfa/challenge": {10 * time.Minute, []change{factors(tenant.FactorOTP)}, func(w *world) func() *answer {
		appOf(w)
		waiting := w.mfaToken()
		return func() *answer { return w.challenge(waiting) }
	}, `"challenge_type":"otp"`, "mfa_token is expired"},
	"a code that was sent as a second factor": {5 * time.Minute, []change{factors(tenant.FactorSMS)}, func(w *world) func() *answer {
		w.enroll(ada, provider.MethodSMS, adaPhone)
		waiting := w.mfaToken()
		oob := w.challenge(waiting).text("oob_code")
		return func() *answer {
			return w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob, "binding_code", w.lastMessage().Code)...)
		}
	}, "access_token", "Invalid binding_code."},
	"a code of a second factor on its page": {5 * time.Minute, []change{factors(tenant.FactorSMS), always}, func(w *world) func() *answer {
		w.enroll(ada, provider.MethodSMS, adaPhone)
		b := w.browser()
		page := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
		b.get(page.RequestURI()).want(200)
		return func() *answer { return b.submit(page, "code", w.lastMessage().Code) }
	}, "/authorize/resume", `data-error-code="`},
	// start is five seconds into a step of thirty, and the step after a code's
	// own still takes it (RFC 6238 §5.2).
	"the code of an authenticator app": {55 * time.Second, []change{factors(tenant.FactorOTP)}, func(w *world) func() *answer {
		appOf(w)
		code := w.otp(ada)
		return func() *answer { return w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", code)...) }
	}, "access_token", "Invalid otp_code."},
	"a push notification": {5 * time.Minute, []change{factors(tenant.FactorPush)}, func(w *world) func() *answer {
		w.enroll(ada, provider.MethodPush, "")
		waiting := w.mfaToken()
		oob := w.challenge(waiting).text("oob_code")
		if err := w.control.Answer(provider.ApprovalAnswer{User: ada, Answer: provider.AnswerApprove}); err != nil {
			w.t.Fatal(err)
		}
		return func() *answer { return w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob)...) }
	}, "access_token", "error"},
	// Auth0 docs, "Adaptive MFA" (NewDevice): seen in the last thirty days.
	"a browser that adaptive MFA knows": {30 * day, []change{factors(tenant.FactorOTP), adaptive}, func(w *world) func() *answer {
		appOf(w)
		b := w.asking("Firefox")
		b.login(portalRequest(), adaMail)
		return func() *answer { return b.login(portalRequest("prompt", "login"), adaMail) }
	}, "code=", otpPage},
	"a remembered browser that lies idle": {7 * day, []change{factors(tenant.FactorOTP)}, remembered(0), "code=", otpPage},
	"a remembered browser that is used":   {2 * day, []change{factors(tenant.FactorOTP)}, remembered(28 * day), "code=", otpPage},
	"a device that was put off":           {14 * day, []change{factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform)}, onDevice("snooze-enrollment"), "code=", pageEnrolPlatform},
	"a device that was not wanted":        {365 * day, []change{factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform)}, onDevice("refuse-add-device"), "code=", pageEnrolPlatform},
}

// remembered has Ada's browser remembered, and used every four days.
func remembered(used time.Duration) func(*world) func() *answer {
	return func(w *world) func() *answer {
		appOf(w)
		b := w.browser()
		b.showFactor(b.login(portalRequest(), adaMail), otpPage, w.otp(ada), "rememberBrowser", "true")
		again := func() *answer { return b.login(portalRequest("prompt", "login"), adaMail) }
		for range used / (4 * day) {
			w.control.Clock().Advance(4 * day)
			again().query()
		}
		return again
	}
}

var lastingBlocks = map[string]lasting{
	"the block of an account": {30 * day, nil, func(w *world) func() *answer {
		w.browser().fail(10, adaMail)
		return func() *answer { return w.browser().grant(adaMail, password) }
	}, "too_many_attempts", "access_token"},
	"the block of an address": {time.Minute, []change{stage("pre-login", 5, 60_000)}, func(w *world) func() *answer {
		w.browser().spray(5)
		return func() *answer { return w.browser().grant(adaMail, password) }
	}, "too_many_attempts", "access_token"},
	"too many wrong codes of an app": {6 * time.Minute, []change{factors(tenant.FactorOTP)}, func(w *world) func() *answer {
		appOf(w)
		for range 10 {
			w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", "000000")...).want(403)
		}
		return func() *answer { return w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...) }
	}, "too_many_attempts", "access_token"},
	"too many wrong user codes": {15 * time.Minute, []change{tv}, func(w *world) func() *answer {
		for range 10 {
			w.browser().post("/activate", "user_code", "AAAA-AAAA").want(400)
		}
		return func() *answer { return w.browser().post("/activate", "user_code", w.startDevice().text("user_code")) }
	}, `data-error-code="too-many-codes"`, "/u/device-code-confirmation"},
}
