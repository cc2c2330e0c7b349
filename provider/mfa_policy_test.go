package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// adaptive asks whose login looks risky.
func adaptive(c *provider.Config) {
	c.Snapshot.Guardian.Policies.Policies = []string{tenant.PolicyConfidenceScore}
}

// asking is a browser that calls itself something.
func (w *world) asking(agent string) *browser {
	b := w.browser()
	b.header.Set("User-Agent", agent)
	return b
}

func TestAdaptiveMFAAsksInABrowserThatIsNew(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP), adaptive)
	w.enroll(ada, provider.MethodTOTP, "")
	home := w.asking("Firefox")
	if home.login(portalRequest(), adaMail).query().Get("code") == "" {
		t.Fatal("the first login of all is asked")
	}
	if home.login(portalRequest("prompt", "login"), adaMail).query().Get("code") == "" {
		t.Error("the user's own browser is asked")
	}
	details := w.lastEvent(tenant.LogSuccessLogin).Details
	if risk, _ := details["riskAssessment"].(map[string]any); len(risk) == 0 {
		t.Errorf("the login's log has no risk assessment: %v", details)
	}
	elsewhere := w.asking("curl")
	toPage := elsewhere.login(portalRequest(), adaMail)
	if elsewhere.showFactor(toPage, otpPage, w.otp(ada)).query().Get("code") == "" {
		t.Fatal("no code for the app")
	}
	if elsewhere.login(portalRequest("prompt", "login"), adaMail).query().Get("code") == "" {
		t.Error("a browser that has shown a factor is asked again")
	}
	w.control.Clock().Advance(30 * 24 * hour)
	home.login(portalRequest("prompt", "login"), adaMail).wantPath(otpPage)
	w.token(byPassword()...).want(200) // no browser, no risk
}

// Whoever it is may not enrol in a factor of theirs.
func TestARiskyLoginOfSomebodyWithoutAFactorNeedsTheirMail(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP), adaptive)
	w.asking("Firefox").login(portalRequest(), adaMail).query()
	b := w.asking("curl")
	at := b.login(portalRequest("acr_values", tenant.ACRMultiFactor), adaMail).wantPath("/u/login-email-verification")
	b.get(at.RequestURI()).want(200)
	b.get(enrolPage + "?" + at.RawQuery).want(400)
	b.get(enrolOptions + "?" + at.RawQuery).want(400)
	sent := w.lastMessage()
	equal(t, "to", sent.To, adaMail)
	errorCode(t, b.submitFactor(at.RequestURI(), "code", "000000"), 400, "invalid-code")
	b.submitFactor(at.RequestURI(), "action", "resend-code").want(200)
	errorCode(t, b.submitFactor(at.RequestURI(), "code", sent.Code), 400, "invalid-code")
	end := b.submitFactor(at.RequestURI(), "code", w.lastMessage().Code).wantPath("/authorize/resume")
	b.get(end.RequestURI()).wantPath(enrolPage) // acr_values are due now
	for _, typ := range []tenant.LogType{tenant.LogAddressCodeSent, tenant.LogAddressShown} {
		w.lastEvent(typ)
	}
}

func TestTheMFAAPIIsForThoseWhoShowTheirFactor(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP), adaptive)
	request := byPassword("audience", base+"/mfa/", "scope", "enroll read:authenticators")
	w.token(request...).want(200)
	w.enroll(ada, provider.MethodTOTP, "")
	equal(t, "the error", w.token(request...).want(403).text("error"), "mfa_required")
}

// reasons are the codes of the reasons of the newest token, about amr.
func amrReason(w *world, idToken string) string {
	w.t.Helper()
	for _, note := range strings.Split(w.explained(idToken), "\n") {
		if _, sentence, found := strings.Cut(note, "amr: "); found {
			return sentence
		}
	}
	return ""
}

func TestTheIDTokenCanSayWhyItHasNoAMR(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	redeem := func(sent *answer) string {
		return w.token(redeemPortal(sent.query().Get("code"))...).want(200).text("id_token")
	}
	says := func(idToken, want string) {
		t.Helper()
		if got := amrReason(w, idToken); !strings.Contains(got, want) {
			t.Errorf("the reason is %q, want %q", got, want)
		}
	}
	says(redeem(w.browser().login(portalRequest(), adaMail)), "no policy makes anybody enrol")
	w.enroll(ada, provider.MethodTOTP, "")
	b := w.browser()
	says(redeem(b.showFactor(b.login(portalRequest(), adaMail), otpPage, w.otp(ada), "rememberBrowser", "true")), "has seen a second factor")
	says(redeem(b.login(portalRequest("prompt", "login"), adaMail)), "have this browser remembered")
	waiting := w.mfaToken()
	w.control.Clock().Advance(60 * 1e9)
	tokens := w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).want(200)
	says(tokens.text("id_token"), "shown to /oauth/token")

	w = run(t, factors())
	says(redeem(w.browser().login(portalRequest("acr_values", tenant.ACRMultiFactor), adaMail)), "has none enabled")
}

func TestWhatTheMFAAPISaysIsExplained(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	refused := w.token(byPassword()...).want(403)
	wantExplained(t, w.explained(refused.body), "a second is due")
	wrong := w.token(byFactor(tenant.GrantMFAOTP, refused.text("mfa_token"), "otp", "000000")...).want(403)
	wantExplained(t, w.explained(wrong.body), "authenticator app")
	wantExplained(t, w.explained("login_required: Multifactor authentication required"), "without prompt=none")
}

func TestADeviceIsToldOfTheFactorThatWasShownForIt(t *testing.T) {
	t.Parallel()
	w := run(t, tv, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	device := w.startDevice()
	b := w.browser()
	b.showFactor(b.activate(device, adaMail), otpPage, w.otp(ada)).wantPath("/device/success")
	tokens := w.poll(device).want(200)
	if amr, _ := claims(t, tokens.text("id_token"))["amr"].([]any); len(amr) != 1 || amr[0] != "mfa" {
		t.Errorf("amr is %v", amr)
	}
	refreshed := w.token("grant_type", "refresh_token", "client_id", "shopTV", "refresh_token", tokens.text("refresh_token")).want(200)
	if id := claims(t, refreshed.text("id_token")); id["amr"] != nil {
		t.Error("a refresh tells of the factor")
	}
	if got := amrReason(w, refreshed.text("id_token")); !strings.Contains(got, "ID tokens of a refresh") {
		t.Errorf("the reason is %q", got)
	}
}

// Every API of the family waits for the factor, and none is asked again after.
func TestRefreshForAnotherAPIAsksForAFactorThatCameToBeDue(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP), multiResource)
	token := portalRefreshable(w, "openid offline_access read:orders")
	w.enroll(ada, provider.MethodTOTP, "")
	res := w.portalRefresh(token, "audience", catalog).want(403)
	equal(t, "the error", res.text("error"), "mfa_required")
	tokens := w.token(byFactor(tenant.GrantMFAOTP, res.text("mfa_token"), "otp", w.otp(ada))...).want(200)
	equal(t, "scope", tokens.text("scope"), "openid offline_access read:catalog")
	if next := tokens.text("refresh_token"); next != "" {
		token = next
	}
	w.portalRefresh(token).want(200)
}
