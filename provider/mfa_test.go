package provider_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	ada      = "auth0|ada"
	adaMail  = "ada@shop.example"
	adaPhone = "+4915112345678"
)

// factors switches factors on, and lets the portal use the grants.
func factors(names ...string) change {
	return func(c *provider.Config) {
		for _, name := range names {
			c.Snapshot.Guardian.Factors = append(c.Snapshot.Guardian.Factors, &tenant.GuardianFactor{Name: name, Enabled: true})
		}
		for _, id := range []string{"shopPortal", "shopLonely"} {
			app := client(c, id)
			app.GrantTypes = append(app.GrantTypes, tenant.GrantMFAOTP, tenant.GrantMFAOOB, tenant.GrantMFARecoveryCode, tenant.GrantRefreshToken)
		}
	}
}

// always asks everybody for a second factor.
func always(c *provider.Config) {
	c.Snapshot.Guardian.Policies.Policies = []string{tenant.PolicyAllApplications}
}

func (w *world) enroll(user, method, to string) string {
	w.t.Helper()
	secret, err := w.control.Enroll(provider.Enrolment{User: user, Method: method, To: to})
	if err != nil {
		w.t.Fatal(err)
	}
	return secret
}

func (w *world) otp(user string) string {
	w.t.Helper()
	code, err := w.control.OneTimeCode(user)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// byPassword is the portal's password request.
func byPassword(changes ...string) []string {
	return with([]string{
		"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
		"username", adaMail, "password", password, "scope", "openid profile",
	}, changes...)
}

func byFactor(grant, mfaToken string, changes ...string) []string {
	return with([]string{
		"grant_type", grant, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "mfa_token", mfaToken,
	}, changes...)
}

// mfaToken logs in with the password and returns what waits for the factor.
func (w *world) mfaToken(changes ...string) string {
	w.t.Helper()
	res := w.token(byPassword(changes...)...).want(403)
	if res.text("error") != "mfa_required" || res.text("error_description") != "Multifactor authentication required" || !strings.HasPrefix(res.text("mfa_token"), "Fe26.2*") {
		w.t.Fatalf("the answer is %s", res.body)
	}
	return res.text("mfa_token")
}

func (w *world) challenge(mfaToken string, changes ...string) *answer {
	w.t.Helper()
	return w.browser().post("/mfa/challenge", with([]string{"client_id", "shopPortal", "client_secret", "shop-portal-secret", "mfa_token", mfaToken}, changes...)...)
}

func (w *world) associate(token string, body map[string]any) *answer {
	w.t.Helper()
	b := w.browser()
	b.header.Set("Authorization", "Bearer "+token)
	return b.postJSON("/mfa/associate", body)
}

func TestPasswordGrantWaitsForTheCodeOfAnApp(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.token(byPassword()...).want(200) // nobody is enrolled
	w.enroll(ada, provider.MethodTOTP, "")
	res := w.token(byPassword()...).want(403)
	if !strings.HasSuffix(res.body, `"mfa_requirements":{"challenge":[{"type":"otp"}]}}`) {
		t.Errorf("the requirements are missing: %s", res.body)
	}
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, "enrolled") {
		t.Errorf("the hint does not say why: %q", hint)
	}
	waiting := res.text("mfa_token")
	equal(t, "the challenge", w.challenge(waiting).want(200).body, `{"challenge_type":"otp"}`)
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", "000000")...).wantError(403, "invalid_grant", "Invalid otp_code.")
	code := w.otp(ada)
	tokens := w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", code)...).want(200)
	id := claims(t, tokens.text("id_token"))
	equal(t, "sub", id["sub"], any(ada))
	if id["amr"] != nil || id["acr"] != nil {
		t.Error("tokens of the MFA API tell of the factor")
	}
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).wantError(403, "invalid_grant", "Malformed mfa_token")
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", code)...).wantError(403, "invalid_grant", "Invalid otp_code.")
}

func TestMFATokenIsItsClientsAndLastsTenMinutes(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	waiting := w.mfaToken()
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada), "client_id", "shopLonely", "client_secret", "shop-lonely-secret")...).
		wantError(400, "invalid_request", "mfa_token not issued to this client")
	w.control.Clock().Advance(mfaLifetime)
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).wantError(403, "expired_token", "mfa_token is expired")
	w.token(byFactor(tenant.GrantMFAOTP, "Fe26.2**x", "otp", "123456")...).wantError(403, "invalid_grant", "Malformed mfa_token")
	w.token(byFactor(tenant.GrantMFAOTP, waiting)...).wantError(400, "invalid_request", "Missing required parameter: otp")
}

const mfaLifetime = 10 * 60 * 1e9

func TestAnotherUsersCodeIsNotTaken(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	w.enroll("auth0|nora", provider.MethodTOTP, "")
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp("auth0|nora"))...).wantError(403, "invalid_grant", "Invalid otp_code.")
}

func TestGuessingCodesIsStoppedAndForgiven(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	for range 10 {
		w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", "000000")...).want(403)
	}
	res := w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...)
	equal(t, "status", res.want(429).text("error"), "too_many_attempts")
	w.control.Clock().Advance(6 * 60 * 1e9)
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...).want(200)
}

func TestCodesThatAreSent(t *testing.T) {
	t.Parallel()
	for method, to := range map[string]string{provider.MethodSMS: adaPhone, provider.MethodVoice: adaPhone, provider.MethodEmail: adaMail} {
		w := run(t, factors(tenant.FactorSMS, tenant.FactorEmail))
		w.enroll(ada, method, to)
		waiting := w.mfaToken()
		res := w.challenge(waiting, "challenge_type", "oob").want(200)
		equal(t, "binding_method", res.text("binding_method"), "prompt")
		oob := res.text("oob_code")
		m := w.lastMessage()
		if m.To != to || m.Kind != provider.MessageMFACode || len(m.Code) != 6 {
			t.Errorf("%s: the message is %+v", method, m)
		}
		w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob)...).wantError(400, "invalid_request", "Missing required parameter: binding_code")
		w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob, "binding_code", "x")...).wantError(403, "invalid_grant", "Invalid binding_code.")
		w.token(byFactor(tenant.GrantMFAOOB, w.mfaToken(), "oob_code", oob, "binding_code", m.Code)...).
			wantError(400, "invalid_request", "The oob_code doesn't match the mfa_token")
		w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob, "binding_code", m.Code)...).want(200)
		waiting = w.mfaToken()
		oob = w.challenge(waiting).text("oob_code")
		w.control.Clock().Advance(5 * 60 * 1e9)
		w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", oob, "binding_code", w.lastMessage().Code)...).
			wantError(403, "invalid_grant", "Invalid binding_code.")
	}
}

func TestPushIsAnsweredWhereApprovalsAre(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorPush))
	w.enroll(ada, provider.MethodPush, "")
	for answer, status := range map[string]int{provider.AnswerApprove: 200, provider.AnswerDeny: 400} {
		waiting := w.mfaToken()
		res := w.challenge(waiting).want(200)
		if res.text("binding_method") != "" {
			t.Errorf("a push has no binding method: %s", res.body)
		}
		poll := byFactor(tenant.GrantMFAOOB, waiting, "oob_code", res.text("oob_code"))
		w.token(poll...).wantError(400, "authorization_pending", "Authorization pending: please repeat the request in a few seconds.")
		equal(t, "in a hurry", w.token(poll...).want(400).text("error"), "slow_down")
		if err := w.control.Answer(provider.ApprovalAnswer{User: ada, Answer: answer}); err != nil {
			t.Fatal(err)
		}
		res = w.token(poll...).want(status)
		if status == 400 {
			res.wantError(400, "access_denied", "MFA Authorization rejected.")
		}
	}
}

func TestEnrollingByTheAPI(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorRecoveryCode), always)
	res := w.token(byPassword()...).want(403)
	if !strings.HasSuffix(res.body, `"mfa_requirements":{"enroll":[{"type":"otp"},{"type":"phone"}]}}`) {
		t.Errorf("the requirements are missing: %s", res.body)
	}
	waiting := res.text("mfa_token")
	equal(t, "a challenge", w.challenge(waiting).want(403).text("error"), "association_required")
	enrolled := w.associate(waiting, map[string]any{"authenticator_types": []string{"otp"}}).want(200)
	uri, err := url.Parse(enrolled.text("barcode_uri"))
	if err != nil || uri.Query().Get("secret") != enrolled.text("secret") || len(enrolled.text("secret")) != 32 || uri.Path != "/Shop:ada@shop.example" {
		t.Errorf("the barcode is %v", uri)
	}
	codes, _ := enrolled.json()["recovery_codes"].([]any)
	if len(codes) != 1 || len(codes[0].(string)) != 24 {
		t.Fatalf("the recovery codes are %v", codes)
	}
	w.token(byFactor(tenant.GrantMFARecoveryCode, waiting, "recovery_code", codes[0].(string))...).
		wantError(403, "invalid_grant", "Invalid recovery code.") // not confirmed yet
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).want(200)

	waiting = w.mfaToken()
	w.associate(waiting, map[string]any{"authenticator_types": []string{"otp"}}).wantError(403, "access_denied", "User is already enrolled.")
	recovered := w.token(byFactor(tenant.GrantMFARecoveryCode, waiting, "recovery_code", codes[0].(string))...).want(200)
	if next := recovered.text("recovery_code"); len(next) != 24 || next == codes[0] {
		t.Errorf("the next recovery code is %q", next)
	}
	w.token(byFactor(tenant.GrantMFARecoveryCode, w.mfaToken(), "recovery_code", codes[0].(string))...).wantError(403, "invalid_grant", "Invalid recovery code.")
}

// Somebody who knows a password begins an enrolment, and the user has a factor
// before they confirm it.
func TestAnEnrolmentThatWasLeftOpenIsNoFactor(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS), always)
	w.associate(w.mfaToken(), map[string]any{"authenticator_types": []string{"otp"}}).want(200)
	stolen := w.otp(ada)
	w.enroll(ada, provider.MethodSMS, adaPhone)
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", stolen)...).wantError(403, "invalid_grant", "Invalid otp_code.")
}

func TestUsersManageTheirAuthenticators(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS))
	w.enroll(ada, provider.MethodTOTP, "")
	w.enroll(ada, provider.MethodSMS, adaPhone)
	audience := base + "/mfa/"
	manage := func(scope string) *browser {
		waiting := w.mfaToken("audience", audience, "scope", scope)
		tokens := w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).want(200)
		equal(t, "the lifetime", tokens.json()["expires_in"], any(600.0))
		w.control.Clock().Advance(60 * 1e9)
		b := w.browser()
		b.header.Set("Authorization", "Bearer "+tokens.text("access_token"))
		return b
	}
	b := manage("enroll read:authenticators remove:authenticators")
	list := b.get("/mfa/authenticators").want(200).body
	if !strings.Contains(list, `"authenticator_type":"otp","active":true}`) || !strings.Contains(list, `"active":true,"oob_channel":"sms","name":"XXXXXXXXXX5678"}`) {
		t.Errorf("the list is %s", list)
	}
	more := b.postJSON("/mfa/associate", map[string]any{"authenticator_types": []string{"oob"}, "oob_channels": []string{"sms"}, "phone_number": "+4915187654321"}).want(200)
	token := strings.TrimPrefix(b.header.Get("Authorization"), "Bearer ")
	w.token(byFactor(tenant.GrantMFAOOB, token, "oob_code", more.text("oob_code"), "binding_code", w.lastMessage().Code)...).want(200)
	if list := b.get("/mfa/authenticators").want(200).body; strings.Count(list, `"active":true`) != 3 {
		t.Errorf("the list is %s", list)
	}
	id := url.PathEscape(between(b.get("/mfa/authenticators").body, `"id":"`, `"`))
	b.do("DELETE", "/mfa/authenticators/"+id, nil, "").want(204)
	b.do("DELETE", "/mfa/authenticators/"+id, nil, "").want(404)
	nobody := w.browser()
	nobody.get("/mfa/authenticators").want(401)
	nobody.header.Set("Authorization", "Bearer "+w.mfaToken())
	nobody.get("/mfa/authenticators").want(200)
	equal(t, "removing by the password alone", nobody.do("DELETE", "/mfa/authenticators/"+id, nil, "").want(403).text("error"), "insufficient_scope")
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

func TestRefreshAsksForAFactorThatCameToBeDue(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	tokens := w.token(byPassword("scope", "openid offline_access")...).want(200)
	refresh := []string{"grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", tokens.text("refresh_token")}
	w.token(refresh...).want(200)
	w.enroll(ada, provider.MethodTOTP, "")
	res := w.token(refresh...).want(403)
	equal(t, "the error", res.text("error"), "mfa_required")
	w.token(byFactor(tenant.GrantMFAOTP, res.text("mfa_token"), "otp", w.otp(ada))...).want(200)
	w.token(refresh...).want(200)
}

func TestFactorsThatAreDisabledDoNotCount(t *testing.T) {
	t.Parallel()
	w := run(t, always, factors(tenant.FactorRecoveryCode))
	w.enroll(ada, provider.MethodTOTP, "")
	w.token(byPassword()...).want(200)
}

func TestFactorsAreGivenAndReadByTheControlPlane(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS))
	b := w.browser()
	secret := b.postJSON("/_faux0/factors", map[string]any{"user": adaMail, "method": "totp"}).want(200).text("secret")
	b.postJSON("/_faux0/factors", map[string]any{"user": adaMail, "method": "sms", "to": adaPhone}).want(200)
	var list []provider.Factor
	if err := json.Unmarshal([]byte(b.get("/_faux0/factors?user="+ada).want(200).body), &list); err != nil || len(list) != 2 {
		t.Fatalf("%v: %+v", err, list)
	}
	equal(t, "secret", list[0].Secret, secret)
	equal(t, "to", list[1].To, adaPhone)
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", list[0].Code)...).want(200)
	b.get("/_faux0/factors").want(400)
	b.get("/_faux0/factors?user=nobody").want(400)
	b.postJSON("/_faux0/factors", map[string]any{"user": adaMail, "method": "carrier-pigeon"}).want(400)
}

func TestEnrolmentsSurviveASnapshot(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	secret := w.enroll(ada, provider.MethodTOTP, "")
	snapshot := w.control.Snapshot()
	if f := userOf(snapshot, ada).MFAFactors; len(f) != 1 || f[0].TOTP.Secret != secret {
		t.Errorf("the user's mfa_factors are %+v", f)
	}
	if err := w.control.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	w.token(byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))...).want(200)
}
