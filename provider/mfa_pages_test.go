package provider_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const otpPage, enrolPage = "/u/mfa-otp-challenge", "/u/mfa-otp-enrollment-qr"

// showFactor is what a person does on the page that a redirect leads to.
func (b *browser) showFactor(toPage *answer, path, code string, more ...string) *answer {
	b.w.t.Helper()
	at := toPage.wantPath(path)
	b.get(at.RequestURI()).want(200)
	res := b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "code", code, "action", "default"}, more...)...)
	if res.status == 302 {
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
	if !strings.Contains(page.body, "Keep this recovery code") {
		t.Error("the recovery code is not shown")
	}
	if b.showFactor(toPage, enrolPage, w.otp(ada)).query().Get("code") == "" {
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
	if !strings.Contains(page.body, "/u/mfa-recovery-code-challenge") || !strings.Contains(page.body, "XXXXXXXXXX5678") {
		t.Errorf("the page is %s", page.body)
	}
	if b.showFactor(toPage, "/u/mfa-sms-challenge", w.lastMessage().Code).query().Get("code") == "" {
		t.Error("no code for the app")
	}
	b = w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
	res := b.post("/u/mfa-recovery-code-challenge?"+at.RawQuery, "state", at.Query().Get("state"), "code", recovery)
	next := regexp.MustCompile(`<code>([A-Z0-9]+)</code>[^<]*</pre>\s*<a class="button primary" href="(/authorize/resume[^"]*)"`).FindStringSubmatch(res.want(200).body)
	if next == nil || next[1] == recovery {
		t.Fatalf("the next recovery code is not shown: %s", res.body)
	}
	if b.get(html.UnescapeString(next[2])).query().Get("code") == "" {
		t.Error("the recovery code does not do")
	}
	again := w.browser()
	at = again.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
	send := func(code string) *answer {
		return again.post("/u/mfa-recovery-code-challenge?"+at.RawQuery, "state", at.Query().Get("state"), "code", code)
	}
	errorCode(t, send(recovery), 400, "invalid-code")
	send(next[1]).want(200)
}
