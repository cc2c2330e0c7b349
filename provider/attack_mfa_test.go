package provider_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

const noraMail = "nora@shop.example"

// Every page of a second factor is for a login that waits for one.
func TestNoPageOfAFactorComesBeforeThePassword(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorPush, tenant.FactorRecoveryCode), always)
	b := w.browser()
	state := b.authorize(portalRequest()).wantPath("/u/login").RawQuery
	for _, path := range []string{
		otpPage, enrolPage, enrolOptions, loginOptions, recoveryEnrolPage, recoveryNewPage, "/u/mfa-sms-enrollment", "/u/mfa-sms-challenge",
		"/u/mfa-push-enrollment-qr", "/u/mfa-country-codes", "/u/mfa-detect-browser-capabilities", "/u/login-email-verification",
	} {
		b.get(path + "?" + state).want(400)
		b.submitFactor(path+"?"+state, "code", "123456", "saved", "on", "action", "otp").want(400)
	}
	b.get("/authorize/resume?" + state).want(500)
}

func TestNoPageOfAFactorSkipsIt(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorRecoveryCode), always)
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(otpPage)
	for _, path := range []string{recoveryEnrolPage, recoveryNewPage, enrolPage, "/u/mfa-sms-enrollment", "/u/mfa-sms-challenge"} {
		b.get(path + "?" + at.RawQuery).want(400)
		b.submitFactor(path+"?"+at.RawQuery, "saved", "on", "phone", "+4915100000000", "code", "123456").want(400)
	}
	b.submitFactor(enrolOptions+"?"+at.RawQuery, "action", "sms").wantPath(loginOptions)
	b.submitFactor("/u/mfa-detect-browser-capabilities?"+at.RawQuery, "js-available", "true").wantPath(otpPage)
	b.get("/authorize/resume?" + at.RawQuery).wantPath(otpPage)
	b.authorize(portalRequest("prompt", "none")).wantSent("login_required", "Multifactor authentication required")
	w.browser().get(at.RequestURI()).want(400) // another browser
}

// The code page of a recovery code is no way around keeping it, nor is the end
// of the login.
func TestARecoveryCodeIsShownBeforeTheLoginEnds(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorRecoveryCode), always)
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(enrolPage)
	b.get(at.RequestURI()).want(200)
	b.submitFactor(at.RequestURI(), "code", w.otp(ada)).wantPath(recoveryEnrolPage)
	b.get(at.RequestURI()).wantPath(recoveryEnrolPage)
	b.get("/authorize/resume?" + at.RawQuery).wantPath(otpPage)
}

func TestNobodyConfirmsSomebodyElsesEnrolment(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS), always)
	hers, his := w.browser(), w.browser()
	ofNora := hers.login(portalRequest(), noraMail).wantPath(enrolOptions)
	hers.get(enrolPage + "?" + ofNora.RawQuery).want(200)
	ofAda := his.login(portalRequest(), adaMail).wantPath(enrolOptions)
	his.get(enrolPage + "?" + ofAda.RawQuery).want(200)
	errorCode(t, his.submitFactor(enrolPage+"?"+ofAda.RawQuery, "code", w.otp("auth0|nora")), 400, "invalid-code")
	his.get(enrolPage + "?" + ofNora.RawQuery).want(400)

	// Two logins of one user: whoever comes second finds them enrolled.
	second := w.browser()
	late := second.login(portalRequest(), adaMail).wantPath(enrolOptions)
	sms := second.submitFactor("/u/mfa-sms-enrollment?"+late.RawQuery, "phone", "+4915100000000").wantPath("/u/mfa-sms-challenge").RequestURI()
	second.get(sms).want(200)
	stolen := w.lastMessage().Code
	his.submitFactor(enrolPage+"?"+ofAda.RawQuery, "code", w.otp(ada)).wantPath("/authorize/resume")
	second.submitFactor(sms, "code", stolen).want(400)
	second.get("/authorize/resume?" + late.RawQuery).wantPath(otpPage)
}

func TestACodeThatWasTypedOnAPageIsSpentEverywhere(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	b, again := w.browser(), w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(otpPage)
	other := again.login(portalRequest(), adaMail).wantPath(otpPage)
	code := w.otp(ada)
	b.submitFactor(at.RequestURI(), "code", code).wantPath("/authorize/resume")
	errorCode(t, again.submitFactor(other.RequestURI(), "code", code), 400, "invalid-code")
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", code)...).wantError(403, "invalid_grant", "Invalid otp_code.")
	b.submitFactor(at.RequestURI(), "code", w.otp(ada)).want(400) // that login is over
}

// Guesses count for the user, whatever page or endpoint they are made at, and
// however many at once.
func TestCodesAreNotGuessedOnPagesOrBesideThem(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorRecoveryCode))
	w.enroll(ada, provider.MethodTOTP, "")
	w.enroll(ada, provider.MethodRecoveryCode, "")
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(otpPage).RequestURI()
	var tried atomic.Int64
	wrong := form("state", strings.TrimPrefix(at, otpPage+"?state="), "code", "000000")
	atOnce(60, func() {
		res := b.do("POST", at, head("Content-Type", "application/x-www-form-urlencoded"), wrong)
		if strings.Contains(res.body, `data-error-code="invalid-code"`) {
			tried.Add(1)
		}
	})
	if n := tried.Load(); n != 10 {
		t.Errorf("%d codes were tried", n)
	}
	errorCode(t, b.submitFactor(at, "code", w.otp(ada)), 400, "too-many-failures")
	errorCode(t, b.submitFactor(strings.Replace(at, "otp", "recovery-code", 1), "code", "X"), 400, "too-many-failures")
	equal(t, "the API", w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...).want(429).text("error"), "too_many_attempts")
	w.lastEvent(tenant.LogTooManyFactors)
	w.control.Clock().Advance(6 * 60 * 1e9)
	b.submitFactor(at, "code", w.otp(ada)).wantPath("/authorize/resume")
}

// Who has no password learns nothing of factors.
func TestFactorsAreNotEnumerated(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	page := func(mail string) string {
		b := w.browser()
		at := b.authorize(portalRequest()).wantPath("/u/login")
		res := b.post(at.RequestURI(), "state", at.Query().Get("state"), "username", mail, "password", "wrong").want(400)
		return strings.NewReplacer(mail, "", at.Query().Get("state"), "").Replace(res.body)
	}
	if page(adaMail) != page(noraMail) {
		t.Error("the page of a wrong password tells who has a factor")
	}
	for _, mail := range []string{adaMail, noraMail} {
		w.token(byPassword("username", mail, "password", "wrong")...).wantError(403, "invalid_grant", "Wrong email or password.")
	}
}

// Who has shown a factor and then logs in as somebody else, in the same login,
// has shown none of theirs.
func TestNobodyBringsTheirFactorToSomebodyElsesLogin(t *testing.T) {
	t.Parallel()
	logIn := func(b *browser, at *url.URL) {
		t.Helper()
		b.post("/u/login?"+at.RawQuery, "state", at.Query().Get("state"), "username", adaMail, "password", password).wantPath("/authorize/resume")
	}
	t.Run("a code", func(t *testing.T) {
		t.Parallel()
		w := run(t, factors(tenant.FactorOTP, tenant.FactorRecoveryCode), always)
		w.enroll(ada, provider.MethodTOTP, "")
		b := w.browser()
		at := b.login(portalRequest(), noraMail).wantPath(enrolPage)
		b.get(at.RequestURI()).want(200)
		b.submitFactor(at.RequestURI(), "code", w.otp("auth0|nora")).wantPath(recoveryEnrolPage)
		logIn(b, at)
		b.submitFactor(recoveryEnrolPage+"?"+at.RawQuery, "saved", "on").want(400)
		b.get("/authorize/resume?" + at.RawQuery).wantPath(otpPage)
	})
	t.Run("a code, and the other by an organization", func(t *testing.T) {
		t.Parallel()
		w := run(t, factors(tenant.FactorOTP, tenant.FactorRecoveryCode), always, either("pre_login_prompt"), memberOf("auth0|nora", "org_eu"), memberOf(ada, "org_eu"))
		w.enroll(ada, provider.MethodTOTP, "")
		b := w.browser()
		page := b.authorize(webRequest()).wantPath("/u/organization")
		login := b.submit(page, "organizationName", "eu").wantPath("/u/login")
		at := b.get(b.submit(login, "username", noraMail, "password", password).wantPath("/authorize/resume").RequestURI()).wantPath(enrolPage)
		b.get(at.RequestURI()).want(200)
		b.submitFactor(at.RequestURI(), "code", w.otp("auth0|nora")).wantPath(recoveryEnrolPage)
		b.login(portalRequest("prompt", "login"), adaMail).wantPath(otpPage)
		b.post("/u/organization?"+at.RawQuery, "state", at.Query().Get("state"), "organizationName", "eu")
		b.submitFactor(recoveryEnrolPage+"?"+at.RawQuery, "saved", "on")
		b.authorize(portalRequest()).wantPath(otpPage)
	})
	t.Run("a key", func(t *testing.T) {
		t.Parallel()
		w := run(t, factors(tenant.FactorWebAuthnRoaming), always)
		key := &testkit.Authenticator{Roaming: true}
		w.browser().enrolRoaming(key, noraMail, "/authorize/resume")
		w.browser().enrolRoaming(&testkit.Authenticator{Roaming: true}, adaMail, "/authorize/resume")
		b := w.browser()
		page := b.open(b.tell(b.login(portalRequest(), noraMail), incapable), pageRoaming)
		logIn(b, page.at)
		page.send("response", page.sign(key)).want(400)
		b.get("/authorize/resume?" + page.at.RawQuery).wantPath(pageDetect)
	})
	t.Run("an offer to add one", func(t *testing.T) {
		t.Parallel()
		w := run(t, factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform))
		w.enroll(ada, provider.MethodTOTP, "")
		w.enroll("auth0|nora", provider.MethodTOTP, "")
		b := w.browser()
		page := b.open(b.showFactor(b.tell(b.login(portalRequest(), noraMail), capable), otpPage, w.otp("auth0|nora")), pageEnrolPlatform)
		logIn(b, page.at)
		b.get(page.at.RequestURI()).want(400)
		page.send("response", page.create(&testkit.Authenticator{})).want(400)
		equal(t, "keys", len(userOf(w.control.Snapshot(), ada).Keys), 0)
	})
}

func TestTheLegacyPasswordLoginDoesNotSkipTheFactor(t *testing.T) {
	t.Parallel()
	w := run(t, legacy, factors(tenant.FactorOTP))
	w.browser().post("/oauth/ro", legacyRequest()...).want(200)
	w.enroll(ada, provider.MethodTOTP, "")
	w.browser().post("/oauth/ro", legacyRequest()...).wantError(401, "a0.mfa_required", "Multifactor authentication required")
	w = run(t, legacy, factors(tenant.FactorOTP), always)
	equal(t, "nobody enrolled", w.browser().post("/oauth/ro", legacyRequest()...).want(401).text("error"), "a0.mfa_registration_required")
}

// Nobody gets a token of the MFA API around the second factor: with it alone
// the factor could be taken away.
func TestNoGrantLeadsAroundTheFactorToTheMFAAPI(t *testing.T) {
	t.Parallel()
	w := run(t, exchanging, factors(tenant.FactorOTP))
	w.enroll("google-oauth2|777", provider.MethodTOTP, "")
	gil := provider.ProviderTokenRequest{Connection: "google-oauth2", Email: "gil@shop.example"}
	for _, audience := range []string{base + "/mfa/", "https://tenant.localhost:4400/mfa/"} {
		res := w.social(googleType, w.providerToken(gil), "audience", audience, "scope", "read:authenticators remove:authenticators")
		equal(t, "native social login", res.want(403).text("error"), "mfa_required")
	}
	access := w.social(googleType, w.providerToken(gil), "scope", "openid read:orders").text("access_token")
	res := w.token("grant_type", exchange, "client_id", middleTier, "client_secret", middleTier+"-secret", "subject_token_type", accessType, "subject_token", access,
		"audience", base+"/mfa/", "scope", "read:authenticators remove:authenticators")
	equal(t, "on behalf of", res.want(403).text("error"), "mfa_required")
}
