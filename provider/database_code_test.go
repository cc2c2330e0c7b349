package provider_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// byCodes lets people of the database log in with codes: to the portal, which
// has a secret.
func byCodes(c *provider.Config) {
	v := client(c, "shopPortal")
	v.GrantTypes = append(slices.Clone(v.GrantTypes), tenant.GrantPasswordlessOTP)
	c.Snapshot.Prompts.IdentifierFirst = true
	db := connection(c, database)
	attribute := func(method string) map[string]any {
		return map[string]any{
			"identifier": map[string]any{"active": true, "default_method": method}, "verification_method": "otp",
			"signup": map[string]any{"status": "optional", "verification": map[string]any{"active": true}},
		}
	}
	options := map[string]any{}
	for k, v := range db.Options {
		options[k] = v
	}
	options["attributes"] = map[string]any{"email": attribute("email_otp"), "phone_number": attribute("phone_otp")}
	options["authentication_methods"] = map[string]any{"email_otp": map[string]any{"enabled": true}, "phone_otp": map[string]any{"enabled": true}}
	db.Options = options
}

// otpChallenge is the portal's request for a code.
func (w *world) otpChallenge(changes ...string) *answer {
	w.t.Helper()
	return w.browser().post("/otp/challenge", with([]string{
		"client_id", "shopPortal", "client_secret", "shop-portal-secret", "connection", database, "email", "ada@shop.example",
	}, changes...)...)
}

func (w *world) redeemSession(session, code string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", tenant.GrantPasswordlessOTP, "client_id", "shopPortal", "client_secret", "shop-portal-secret",
		"auth_session", session, "otp", code, "scope", "openid profile email",
	}, changes...)...)
}

const otpRefused = "Invalid or expired auth_session or otp"

func TestACodeOfTheDatabaseByTheAPI(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes)
	res := w.otpChallenge().want(200)
	if !regexp.MustCompile(`^\{"auth_session":"[0-9a-f]{24}"\}$`).MatchString(res.body) {
		t.Errorf("body %s", res.body)
	}
	session, code := res.text("auth_session"), w.lastMessage().Code
	// What is wrong with the request spends nothing.
	w.redeemSession(session, code, "audience", "https://nowhere.example").want(403)
	w.redeemSession(session, code, "otp", "").wantError(400, "invalid_request", "Missing required parameter: otp")
	w.redeemSession(session, otherCode(code)).wantError(400, "invalid_request", otpRefused)
	id := claims(t, w.redeemSession(session, code).want(200).text("id_token"))
	equal(t, "sub", id["sub"], any("auth0|ada"))
	equal(t, "email_verified", id["email_verified"], any(true))
	w.redeemSession(session, code).wantError(400, "invalid_request", otpRefused)

	phone := w.otpChallenge("email", "", "phone_number", "+12025550123", "allow_signup", "true", "delivery_method", "voice").want(200)
	m := w.lastMessage()
	equal(t, "channel", m.Channel, "voice")
	sub := claims(t, w.redeemSession(phone.text("auth_session"), m.Code).want(200).text("id_token"))["sub"].(string)
	u := userOf(w.control.Snapshot(), sub)
	if u.PhoneNumber != "+12025550123" || !u.PhoneVerified || u.Email != "" || !strings.HasPrefix(sub, "auth0|") {
		t.Errorf("the new user is %+v", u)
	}
	types := w.logTypes()
	for _, want := range []string{"cls", "cs", "ss", "fepotpft", "sepft"} {
		equal(t, "logged "+want, slices.Contains(types, want), true)
	}
}

func TestTheAPIDoesNotTellWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, func(c *provider.Config) { userOf(c.Snapshot, "auth0|ada").Blocked = true })
	for name, changes := range map[string][]string{
		"nobody":                        {"email", "nobody@shop.example"},
		"somebody blocked":              nil,
		"somebody blocked who signs up": {"allow_signup", "true"},
	} {
		res := w.otpChallenge(changes...).want(200)
		equal(t, name+": messages", w.messages(), 0)
		for range 5 {
			w.redeemSession(res.text("auth_session"), "000000").wantError(400, "invalid_request", otpRefused)
		}
	}
	// Only the right code tells that its owner was blocked since.
	w = run(t, byCodes)
	res := w.otpChallenge().want(200)
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	w.redeemSession(res.text("auth_session"), w.lastMessage().Code).wantError(403, "access_denied", "user is blocked")
}

func TestACodeOfTheDatabaseIsGoodForItsSessionOnly(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, func(c *provider.Config) {
		lonely := client(c, "shopLonely")
		lonely.GrantTypes = append(slices.Clone(lonely.GrantTypes), tenant.GrantPasswordlessOTP)
	})
	first := w.otpChallenge().want(200).text("auth_session")
	old := w.lastMessage().Code
	second := w.otpChallenge().want(200).text("auth_session")
	code := w.lastMessage().Code
	w.redeemSession(first, old).wantError(400, "invalid_request", otpRefused)
	w.redeemSession(first, code).wantError(400, "invalid_request", otpRefused)
	w.redeemSession(second, code, "client_id", "shopLonely", "client_secret", "shop-lonely-secret").wantError(400, "invalid_request", otpRefused)
	for range 3 {
		w.redeemSession(second, otherCode(code)).wantError(400, "invalid_request", otpRefused)
	}
	w.redeemSession(second, code).wantError(400, "invalid_request", otpRefused)
	third := w.otpChallenge().want(200).text("auth_session")
	w.control.Clock().Advance(181 * time.Second)
	w.redeemSession(third, w.lastMessage().Code).wantError(400, "invalid_request", otpRefused)
}

func TestOTPChallengeRefusals(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, passwordless, func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections,
			&tenant.Connection{ID: "con_plain", Name: "plain", Strategy: tenant.StrategyAuth0, EnabledClients: []string{"shopPortal"}, Options: map[string]any{}})
	})
	for name, c := range map[string]struct {
		changes     []string
		status      int
		code, words string
	}{
		"no client":             {[]string{"client_id", "", "client_secret", ""}, 400, "invalid_request", "Missing required parameter: client_id"},
		"a wrong secret":        {[]string{"client_secret", "x"}, 401, "invalid_client", "Client authentication failed"},
		"no secret":             {[]string{"client_secret", ""}, 401, "invalid_client", "Client authentication failed"},
		"no grant":              {[]string{"client_id", "shopLonely", "client_secret", "shop-lonely-secret"}, 403, "unauthorized_client", "Grant type '" + tenant.GrantPasswordlessOTP + "' not allowed for the client."},
		"an app in the browser": {[]string{"client_id", "shopWeb", "client_secret", ""}, 403, "unauthorized_client", "Grant type '" + tenant.GrantPasswordlessOTP + "' not allowed for the client."},
		"no connection":         {[]string{"connection", ""}, 400, "invalid_request", "Missing required parameter: connection"},
		"neither":               {[]string{"email", ""}, 400, "invalid_request", "Either email or phone_number must be provided"},
		"both":                  {[]string{"phone_number", "+12025550123"}, 400, "invalid_request", "Only one of email and phone_number may be provided"},
		"no address":            {[]string{"email", "ada"}, 400, "invalid_request", "Invalid email"},
		"no number":             {[]string{"email", "", "phone_number", "1"}, 400, "invalid_request", "Invalid phone_number"},
		"by pigeon":             {[]string{"delivery_method", "pigeon"}, 400, "invalid_request", "delivery_method must be text or voice"},
		"unknown connection":    {[]string{"connection", "nowhere"}, 400, "invalid_connection", "Invalid connection: nowhere"},
		"a passwordless one":    {[]string{"connection", "email"}, 400, "invalid_connection", "Invalid connection: email"},
		"one without codes":     {[]string{"connection", "plain"}, 400, "invalid_connection", "Invalid connection: plain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := w.otpChallenge(c.changes...).want(c.status)
			equal(t, "error", res.text("error"), c.code)
			equal(t, "words", res.text("error_description"), c.words)
			if fields, _ := res.json()["validation_errors"].([]any); (c.code == "invalid_request") != (len(fields) == 1) {
				t.Errorf("validation_errors of %s", res.body)
			}
		})
	}
	w.token("grant_type", tenant.GrantPasswordlessOTP, "client_id", "shopWeb", "auth_session", "x", "otp", "1").want(403)
}
