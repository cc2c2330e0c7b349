package testkit_test

import (
	"testing"
	"time"

	"github.com/faux0/faux0/testkit"
)

const everyFactorFixture = `
	guardianFactors:
	  - {name: otp, enabled: true}
	  - {name: sms, enabled: true}
	  - {name: email, enabled: true}
	  - {name: push-notification, enabled: true}
	  - {name: recovery-code, enabled: true}
	guardianPhoneFactorMessageTypes: {message_types: [sms, voice]}
	guardianPolicies: {policies: [all-applications]}
	clients:
	  - {name: Shop, client_id: shop, token_endpoint_auth_method: none, grant_types: [authorization_code], callbacks: ["http://localhost:3000/callback"]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Shop]}
	users:
	  - email: ada@acme.test
	    user_id: auth0|ada
	    email_verified: true
	    password: Correct-Horse-9
	    mfa_factors: [{totp: {secret: JBSWY3DPEHPK3PXP}}, {phone: {value: "+4915112345678"}}, {push: {}}, {recovery_code: {code: ABCDEFGH23456789ABCDEFGH}}]`

// Every factor of a fixture is shown by Login, after a snapshot too; and Login
// enrols in those that a page enrols in.
func TestLoginShowsEveryFactor(t *testing.T) {
	t.Parallel()
	first := testkit.Run(t, testkit.YAML(everyFactorFixture))
	for _, auth := range []*testkit.Tenant{first, testkit.Run(t, testkit.With(first.Snapshot()))} {
		ada := auth.User("ada@acme.test")
		ada.Password = testkit.DefaultPassword
		for _, factor := range []string{
			"", "otp", "sms", "voice", "email", "push-notification", "recovery-code",
		} {
			auth.Advance(time.Minute) // each look at the page of a push sends one
			if login := auth.Login(shopLogin(auth), ada, testkit.ByFactor(factor)); login.Code == "" {
				t.Errorf("%s: %s %s", factor, login.Error, login.ErrorDescription)
			}
		}
	}
	for _, factor := range []string{"", "otp", "sms", "voice", "push-notification"} {
		zoe := first.AddUser(testkit.User{Email: "zoe" + factor + "@acme.test"})
		for range 2 {
			first.Advance(time.Minute)
			if login := first.Login(shopLogin(first), zoe, testkit.ByFactor(factor)); login.Code == "" {
				t.Errorf("enrolling in %s: %s %s", factor, login.Error, login.ErrorDescription)
			}
		}
	}
}
