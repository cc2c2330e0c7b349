package testkit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/faux0/faux0/testkit"
)

const factorFixture = `
	tenant: {default_directory: Username-Password-Authentication}
	guardianFactors:
	  - {name: otp, enabled: true}
	  - {name: sms, enabled: true}
	  - {name: email, enabled: true}
	  - {name: push-notification, enabled: true}
	clients:
	  - name: Portal
	    client_id: portal
	    token_endpoint_auth_method: none
	    grant_types: [password, http://auth0.com/oauth/grant-type/mfa-otp, http://auth0.com/oauth/grant-type/mfa-oob]
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Portal]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada}`

// answer is what the examples read of /oauth/token and /mfa/challenge.
type answer struct {
	Error       string `json:"error"`
	MFAToken    string `json:"mfa_token"`
	OOBCode     string `json:"oob_code"`
	AccessToken string `json:"access_token"`
}

func send(auth *testkit.Tenant, path string, form url.Values) (a answer) {
	form.Set("client_id", "portal")
	res, err := http.PostForm(auth.URL()+path, form)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		t.Fatalf("%v", err)
	}
	return a
}

func byPassword(auth *testkit.Tenant) answer {
	return send(auth, "/oauth/token", url.Values{
		"grant_type": {"password"}, "username": {"ada@acme.test"}, "password": {testkit.DefaultPassword}, "scope": {"openid"},
	})
}

func ExampleTenant_OTP() {
	auth := testkit.Run(t, testkit.YAML(factorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollOTP(ada)

	refused := byPassword(auth)
	tokens := send(auth, "/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/mfa-otp"}, "mfa_token": {refused.MFAToken}, "otp": {auth.OTP(ada)},
	})
	fmt.Println(refused.Error, tokens.AccessToken != "")
	// Output: mfa_required true
}

func ExampleTenant_EnrollPhone() {
	auth := testkit.Run(t, testkit.YAML(factorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollPhone(ada, "+4915112345678")

	waiting := byPassword(auth).MFAToken
	challenge := send(auth, "/mfa/challenge", url.Values{"mfa_token": {waiting}})
	tokens := send(auth, "/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/mfa-oob"}, "mfa_token": {waiting},
		"oob_code": {challenge.OOBCode}, "binding_code": {auth.WaitMail("+4915112345678").Code},
	})
	fmt.Println(tokens.AccessToken != "")
	// Output: true
}

func ExampleTenant_EnrollEmail() {
	auth := testkit.Run(t, testkit.YAML(factorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollEmail(ada, "ada@home.test")

	send(auth, "/mfa/challenge", url.Values{"mfa_token": {byPassword(auth).MFAToken}})
	fmt.Println(len(auth.WaitMail("ada@home.test").Code))
	// Output: 6
}

func ExampleTenant_EnrollPush() {
	auth := testkit.Run(t, testkit.YAML(factorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollPush(ada)

	waiting := byPassword(auth).MFAToken
	challenge := send(auth, "/mfa/challenge", url.Values{"mfa_token": {waiting}})
	fmt.Println(auth.Approve(ada).Message)
	tokens := send(auth, "/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/mfa-oob"}, "mfa_token": {waiting}, "oob_code": {challenge.OOBCode},
	})
	fmt.Println(tokens.AccessToken != "")
	// Output:
	// Log in to Portal
	// true
}
