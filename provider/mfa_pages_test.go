package provider_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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
	for range 4 {
		w.control.Clock().Advance(6 * 24 * hour)
		if b.login(portalRequest("prompt", "login"), adaMail).query().Get("code") == "" {
			t.Error("the browser is asked again within thirty days")
		}
	}
	w.control.Clock().Advance(6 * 24 * hour)
	b.login(portalRequest("prompt", "login"), adaMail).wantPath(otpPage)
}

func TestABrowserIsForgottenAfterAWeekWithoutALogin(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	b.showFactor(b.login(portalRequest(), adaMail), otpPage, w.otp(ada), "rememberBrowser", "true")
	w.control.Clock().Advance(7 * 24 * hour)
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

func TestTheMostSecureFactorIsChosenWhereNoListIsShown(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorSMS, tenant.FactorOTP, tenant.FactorPush), always, func(c *provider.Config) {
		c.Snapshot.Settings.Flags = map[string]bool{"mfa_show_factor_list_on_enrollment": false}
	})
	b := w.browser()
	push := b.login(portalRequest(), adaMail).wantPath("/u/mfa-push-enrollment-qr")
	b.submitFactor(push.RequestURI(), "action", "pick-authenticator").wantPath(enrolOptions)
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

// phones says how codes get to phones.
func phones(types ...string) change {
	return func(c *provider.Config) { c.Snapshot.Guardian.Phone.MessageTypes = types }
}

func TestAPhoneIsEnrolledByTheCodeItIsSent(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorSMS, tenant.FactorRecoveryCode), always)
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-enrollment").RequestURI()
	if page := b.get(at).want(200); !strings.Contains(page.body, "United States, &#43;1") {
		t.Errorf("no country is named: %s", page.body)
	}
	countries := b.submitFactor(at, "action", "pick-country-code").wantPath("/u/mfa-country-codes").RequestURI()
	if page := b.get(countries).want(200); !strings.Contains(page.body, `value="selection-action::DE&#43;49"`) {
		t.Errorf("Germany is missing: %.500s", page.body)
	}
	for query, want := range map[string]string{
		"germ": "DE", "DE": "DE", "+49": "DE", "0049": "DE", "reunion": "RE", "Åland": "AX", "atlantis": "",
	} {
		page := b.get(countries + "&q=" + url.QueryEscape(query)).want(200)
		found := regexp.MustCompile(`"selection-action::(..)`).FindAllStringSubmatch(page.body, -1)
		if want == "" && len(found) > 0 || want != "" && !slices.ContainsFunc(found, func(m []string) bool { return m[1] == want }) || len(found) > 20 {
			t.Errorf("a search for %q finds %v", query, found)
		}
	}
	b.submitFactor(countries, "action", "selection-action::DE+49").wantPath("/u/mfa-sms-enrollment")
	page := b.do("GET", countries, head("Accept-Language", "fr-CH, fr;q=0.9"), "").want(200)
	if !regexp.MustCompile(`(?s)"selection-action::DE.*"selection-action::CH.*"selection-action::FR.*"selection-action::AF`).MatchString(page.body) {
		t.Errorf("likely countries are not the first: %.2000s", page.body)
	}
	for typed, code := range map[string]string{"": "no-phone", "abc1512345678": "invalid-phone-format", "12": "invalid-phone"} {
		errorCode(t, b.submitFactor(at, "phone", typed, "action", "default"), 400, code)
	}
	challenge := b.submitFactor(at, "phone", "0151 12345678", "action", "default").wantPath("/u/mfa-sms-challenge").RequestURI()
	page = b.get(challenge).want(200)
	sent := w.lastMessage()
	if sent.To != adaPhone || sent.Kind != provider.MessageMFACode {
		t.Fatalf("the message is %+v", sent)
	}
	if !strings.Contains(page.body, `data-link-name="edit-phone"`) || strings.Contains(page.body, "rememberBrowser") {
		t.Errorf("the page is %s", page.body)
	}
	again := b.submitFactor(challenge, "action", "resend-code").want(200)
	if !strings.Contains(again.body, `role="status"`) || w.lastMessage().Code == sent.Code {
		t.Error("no other code was sent")
	}
	errorCode(t, b.submitFactor(challenge, "code", sent.Code), 400, "invalid-code")
	b.keepRecoveryCode(b.submitFactor(challenge, "code", w.lastMessage().Code), recoveryEnrolPage)
	if b.authorize(portalRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("no code for the app")
	}
	w.browser().login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge")
}

func TestAPhoneIsCalledOrWrittenToAsThePersonLikes(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorSMS), always, phones(provider.MethodSMS, provider.MethodVoice))
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-phone-enrollment").RequestURI()
	b.get(at).want(200)
	call := b.submitFactor(at, "phone", adaPhone, "type", "voice").wantPath("/u/mfa-voice-challenge").RequestURI()
	b.get(call).want(200)
	equal(t, "channel", w.lastMessage().Channel, "voice")
	text := b.submitFactor(call, "action", "switch-to-sms").wantPath("/u/mfa-sms-challenge").RequestURI()
	b.get(text).want(200)
	equal(t, "channel", w.lastMessage().Channel, "sms")
	b.submitFactor(text, "code", w.lastMessage().Code).wantPath("/authorize/resume")

	b = w.browser()
	at = b.login(portalRequest(), adaMail).wantPath("/u/mfa-phone-challenge").RequestURI()
	b.get(at).want(200)
	text = b.submitFactor(at, "type", "sms").wantPath("/u/mfa-sms-challenge").RequestURI()
	b.get(text).want(200)
	equal(t, "channel", w.lastMessage().Channel, "sms")
	b.submitFactor(text, "code", w.lastMessage().Code).wantPath("/authorize/resume")
}

func TestAPersonChoosesAmongTheirNumbersAndAddresses(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorSMS, tenant.FactorEmail), always, func(c *provider.Config) { userOf(c.Snapshot, ada).EmailVerified = true })
	w.enroll(ada, provider.MethodSMS, adaPhone)
	w.enroll(ada, provider.MethodSMS, "+4915187654321")
	w.enroll(ada, provider.MethodEmail, "ada@home.example")
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge").RequestURI()
	b.get(at).want(200)
	equal(t, "to", w.lastMessage().To, adaPhone)
	list := b.submitFactor(at, "action", "pick-sms").wantPath("/u/mfa-sms-list").RequestURI()
	if page := b.get(list).want(200); !strings.Contains(page.body, `value="selection-action::1"`) || !strings.Contains(page.body, "4321") {
		t.Errorf("the page is %s", page.body)
	}
	b.submitFactor(list, "action", "selection-action::7").wantPath("/u/mfa-sms-challenge")
	b.submitFactor(list, "action", "selection-action::1").wantPath("/u/mfa-sms-challenge")
	b.get(at).want(200)
	equal(t, "to", w.lastMessage().To, "+4915187654321")

	mail := strings.Replace(at, "sms", "email", 1)
	b.get(mail).want(200)
	list = b.submitFactor(mail, "action", "pick-email").wantPath("/u/mfa-email-list").RequestURI()
	b.submitFactor(list, "action", "selection-action::1").wantPath("/u/mfa-email-challenge")
	b.get(mail).want(200)
	equal(t, "to", w.lastMessage().To, adaMail)
	b.submitFactor(mail, "code", w.lastMessage().Code).wantPath("/authorize/resume")
}

func TestCallsAreForTenantsThatMakeThem(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorSMS), always)
	w.enroll(ada, provider.MethodSMS, adaPhone)
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath("/u/mfa-sms-challenge").RequestURI()
	b.get(at).want(200)
	b.get(strings.Replace(at, "sms", "voice", 1)).want(400)
	b.get(strings.Replace(at, "sms-challenge", "phone-challenge", 1)).want(400)
	errorCode(t, b.submitFactor(at, "action", "switch-to-voice"), 400, "invalid-otp-code-format")
}

func TestSendingCodesHasItsLimits(t *testing.T) {
	t.Parallel()
	for method, c := range map[string]struct {
		path, to, code string
		max            int
		refill         time.Duration
	}{
		provider.MethodSMS:   {"/u/mfa-sms-challenge", adaPhone, "too-many-sms", 10, hour},
		provider.MethodEmail: {"/u/mfa-email-challenge", "ada@home.example", "too-many-email", 20, time.Minute},
		provider.MethodPush:  {"/u/mfa-push-challenge-push", "", "too-many-push", 5, 12 * time.Second},
	} {
		w := run(t, factors(tenant.FactorSMS, tenant.FactorEmail, tenant.FactorPush), always)
		w.enroll(ada, method, c.to)
		b := w.browser()
		at := b.login(portalRequest(), adaMail).wantPath(c.path).RequestURI()
		b.get(at).want(200)
		for range c.max - 1 {
			b.submitFactor(at, "action", "resend-code").want(200)
		}
		errorCode(t, b.submitFactor(at, "action", "resend-code"), 400, c.code)
		w.control.Clock().Advance(c.refill)
		b = w.browser()
		at = b.login(portalRequest(), adaMail).wantPath(c.path).RequestURI()
		b.get(at).want(200)
		errorCode(t, b.submitFactor(at, "action", "resend-code"), 400, c.code)
	}
}

func TestAVerifiedAddressIsAFactorBesideOthers(t *testing.T) {
	t.Parallel()
	verified := func(c *provider.Config) { userOf(c.Snapshot, ada).EmailVerified = true }
	w := run(t, factors(tenant.FactorOTP, tenant.FactorEmail), always, verified)
	w.browser().login(portalRequest(), adaMail).wantPath(enrolPage) // it is no first factor of its own
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(otpPage).RequestURI()
	b.get(at).want(200)
	options := b.submitFactor(at, "action", "pick-authenticator").wantPath(loginOptions).RequestURI()
	if page := b.get(options).want(200); !strings.Contains(page.body, "***@shop") {
		t.Errorf("the page is %s", page.body)
	}
	mail := b.submitFactor(options, "action", "email").wantPath("/u/mfa-email-challenge").RequestURI()
	b.get(mail).want(200)
	equal(t, "to", w.lastMessage().To, adaMail)
	b.submitFactor(mail, "code", w.lastMessage().Code).wantPath("/authorize/resume")
	equal(t, "what a snapshot holds", len(userOf(w.control.Snapshot(), ada).MFAFactors), 1)

	w = run(t, factors(tenant.FactorEmail), always, verified)
	w.browser().login(portalRequest(), adaMail).wantPath("/u/mfa-email-challenge")
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

// A text whose key nobody knows would be empty.
func TestNoPageOfAFactorLacksAText(t *testing.T) {
	t.Parallel()
	empty := regexp.MustCompile(`<(h1|title|label|legend|button|a|p|span|div id="prompt-alert")( [^>]*)?>\s*</`)
	seen := 0
	tourFactors(t, "x", func(name string, a *answer) *answer {
		seen++
		if found := empty.FindString(a.body); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		return a
	})
	if seen < 50 {
		t.Errorf("only %d pages were seen", seen)
	}
}
