package provider_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	otpPage, enrolPage         = "/u/mfa-otp-challenge", "/u/mfa-otp-enrollment-qr"
	enrolOptions, loginOptions = "/u/mfa-begin-enroll-options", "/u/mfa-login-options"
	recoveryEnrolPage          = "/u/mfa-recovery-code-enrollment"
	recoveryNewPage            = "/u/mfa-recovery-code-challenge-new-code"
)

// submitFactor posts a page of a login that waits for a second factor.
func (b *browser) submitFactor(at string, fields ...string) *answer {
	b.w.t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.post(at, append([]string{"state", u.Query().Get("state")}, fields...)...)
}

// keepRecoveryCode says on the page that a redirect leads to that its code is
// kept, goes to the end of the login, and returns the code.
func (b *browser) keepRecoveryCode(toPage *answer, path string) string {
	b.w.t.Helper()
	at := toPage.wantPath(path).RequestURI()
	page := b.get(at).want(200)
	errorCode(b.w.t, b.submitFactor(at), 400, "no-confirmation")
	end := b.submitFactor(at, "saved", "on", "action", "default").wantPath("/authorize/resume")
	b.get(end.RequestURI())
	return between(page.body, "<code>", "</code>")
}

// showFactor is what a person does on the page that a redirect leads to.
func (b *browser) showFactor(toPage *answer, path, code string, more ...string) *answer {
	b.w.t.Helper()
	at := toPage.wantPath(path)
	b.get(at.RequestURI()).want(200)
	res := b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "code", code, "action", "default"}, more...)...)
	if res.status == 302 && strings.HasPrefix(res.header.Get("Location"), "/authorize/resume") {
		return b.get(res.wantPath("/authorize/resume").RequestURI())
	}
	return res
}

func TestLoginAsksForTheAppsCodeAndTheIDTokenSaysSo(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	request := portalRequest("acr_values", tenant.ACRMultiFactor)
	toPage := b.login(request, adaMail)
	at := toPage.wantPath(otpPage)

	// typing the end of the login skips nothing
	b.get("/authorize/resume?state=" + at.Query().Get("state")).wantPath(otpPage)
	b.authorize(portalRequest()).wantPath(otpPage)
	b.authorize(portalRequest("prompt", "none")).wantSent("login_required", "Multifactor authentication required")

	again := b.authorize(request)
	if page := b.showFactor(again, otpPage, "000000"); page.status != 400 || !strings.Contains(page.body, `data-error-code="invalid-code"`) {
		t.Fatalf("a wrong code: %d %s", page.status, page.body)
	}
	code := b.showFactor(again, otpPage, w.otp(ada)).query().Get("code")
	id := claims(t, w.token(redeemPortal(code)...).want(200).text("id_token"))
	if amr, _ := id["amr"].([]any); len(amr) != 1 || amr[0] != "mfa" || id["acr"] != tenant.ACRMultiFactor {
		t.Errorf("amr %v, acr %v", id["amr"], id["acr"])
	}
	if b.authorize(portalRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("the session does not remember the factor")
	}
}

func TestLoginEnrolsByQRCode(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorRecoveryCode), always)
	b := w.browser()
	toPage := b.login(portalRequest(), adaMail)
	page := b.get(toPage.wantPath(enrolPage).RequestURI()).want(200)
	if !strings.Contains(page.body, `src="data:image/svg`) {
		t.Error("there is no QR code")
	}
	kept := b.showFactor(toPage, enrolPage, w.otp(ada))
	code := b.keepRecoveryCode(kept, recoveryEnrolPage)
	if len(code) != 24 {
		t.Errorf("the recovery code is %q", code)
	}
	if b.authorize(portalRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("no code for the app")
	}
	w.browser().login(portalRequest(), adaMail).wantPath(otpPage)
}

func TestABrowserThatIsRememberedIsNotAskedForThirtyDays(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	b.showFactor(b.login(portalRequest(), adaMail), otpPage, w.otp(ada), "rememberBrowser", "true")
	if b.login(portalRequest("prompt", "login"), adaMail).query().Get("code") == "" {
		t.Error("the browser is asked again")
	}
	b.login(portalRequest("prompt", "login", "acr_values", tenant.ACRMultiFactor), adaMail).wantPath(otpPage)
	w.control.Clock().Advance(30 * 24 * hour)
	b.login(portalRequest("prompt", "login"), adaMail).wantPath(otpPage)
}

func TestOtherFactorsOnPages(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorPush, tenant.FactorRecoveryCode))
	w.enroll(ada, provider.MethodSMS, adaPhone)
	recovery := w.enroll(ada, provider.MethodRecoveryCode, "")
	b := w.browser()
	toPage := b.login(portalRequest(), adaMail)
	page := b.get(toPage.wantPath("/u/mfa-sms-challenge").RequestURI()).want(200)
	if !strings.Contains(page.body, `value="pick-authenticator"`) || !strings.Contains(page.body, "XXXXXXXXXX5678") {
		t.Errorf("the page is %s", page.body)
	}
	if b.showFactor(toPage, "/u/mfa-sms-challenge", w.lastMessage().Code).query().Get("code") == "" {
		t.Error("no code for the app")
	}
	b = w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
	next := b.keepRecoveryCode(b.submitFactor("/u/mfa-recovery-code-challenge?"+at.RawQuery, "code", recovery), recoveryNewPage)
	if next == "" || next == recovery {
		t.Fatalf("the next recovery code is %q", next)
	}
	if b.authorize(portalRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("the recovery code does not do")
	}
	again := w.browser()
	at = again.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
	send := func(code string) *answer {
		return again.post("/u/mfa-recovery-code-challenge?"+at.RawQuery, "state", at.Query().Get("state"), "code", code)
	}
	errorCode(t, send(recovery), 400, "invalid-code")
	send(next).wantPath(recoveryNewPage)
}

func TestAPersonChoosesTheFactorToEnrolIn(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorPush), always)
	b := w.browser()
	options := b.login(portalRequest(), adaMail).wantPath(enrolOptions).RequestURI()
	page := b.get(options).want(200)
	if !strings.Contains(page.body, `name="action" value="otp"`) || !strings.Contains(page.body, `name="action" value="push-notification"`) || strings.Contains(page.body, `value="email"`) {
		t.Errorf("the page offers %s", page.body)
	}
	b.submitFactor(options, "action", "sms").wantPath(enrolOptions)
	push := b.submitFactor(options, "action", "push-notification").wantPath("/u/mfa-push-enrollment-qr").RequestURI()
	b.get(push).want(200)
	otp := b.submitFactor(b.submitFactor(push, "action", "pick-authenticator").wantPath(enrolOptions).RequestURI(), "action", "otp").wantPath(enrolPage).RequestURI()
	b.get(otp).want(200)
	errorCode(t, b.submitFactor(otp, "code", "12345"), 400, "invalid-otp-code-format")
	if !strings.Contains(b.get(strings.Replace(otp, "-qr", "-code", 1)).want(200).body, "<pre class=\"whole\"") {
		t.Error("the secret is not shown")
	}
	b.submitFactor(otp, "code", w.otp(ada)).wantPath("/authorize/resume")
	equal(t, "enrolments begun", len(w.events(tenant.LogEnrolmentStarted)), 2)
	equal(t, "enrolments ended", len(w.events(tenant.LogEnrolled)), 1)
}

func TestADeviceIsEnrolledByItsYes(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorPush), always)
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-push-enrollment-qr").RequestURI()
	b.get(at).want(200)
	errorCode(t, b.submitFactor(at, "action", "default"), 400, "pending")
	if err := w.control.Answer(provider.ApprovalAnswer{User: ada, Answer: provider.AnswerDeny}); err != nil {
		t.Fatal(err)
	}
	errorCode(t, b.submitFactor(at, "action", "default"), 400, "rejected")
	b.get(at).want(200)
	if err := w.control.Answer(provider.ApprovalAnswer{User: ada, Answer: provider.AnswerApprove}); err != nil {
		t.Fatal(err)
	}
	b.submitFactor(at, "action", "default").wantPath("/authorize/resume")
	w.browser().login(portalRequest(), adaMail).wantPath("/u/mfa-push-challenge-push")
}

func TestAFactorThatNotEveryBrowserHasAsksTheBrowserFirst(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorWebAuthnRoaming), always)
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-detect-browser-capabilities").RequestURI()
	b.get(at).want(200)
	b.submitFactor(at, "js-available", "false", "action", "pick-authenticator").wantPath(enrolPage)
}

func TestNoFactorToEnrolInRefusesTheLogin(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorEmail), always, func(c *provider.Config) { userOf(c.Snapshot, ada).EmailVerified = false })
	w.browser().login(portalRequest(), adaMail).wantSent("access_denied", "No MFA factors enabled for enrollment")
}
