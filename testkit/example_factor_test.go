package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/testkit"
)

const secondFactorFixture = `
	guardianFactors:
	  - {name: otp, enabled: true}
	  - {name: sms, enabled: true}
	  - {name: push-notification, enabled: true}
	  - {name: recovery-code, enabled: true}
	guardianPolicies: {policies: [all-applications]}
	clients:
	  - {name: Shop, client_id: shop, token_endpoint_auth_method: none, grant_types: [authorization_code], callbacks: ["http://localhost:3000/callback"]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Shop]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada}`

func shopLogin(auth *testkit.Tenant) string {
	return auth.URL() + "/authorize?client_id=shop&response_type=code&redirect_uri=http://localhost:3000/callback"
}

// Login types the code of the user's app. Who has no factor enrols in one.
func ExampleTenant_Login_secondFactor() {
	auth := testkit.Run(t, testkit.YAML(secondFactorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollOTP(ada)
	fmt.Println(auth.Login(shopLogin(auth), ada).Code != "")

	zoe := auth.AddUser(testkit.User{Email: "zoe@acme.test"})
	fmt.Println(auth.Login(shopLogin(auth), zoe, testkit.ByFactor("sms")).Code != "", auth.WaitMail(testkit.DefaultPhone).Kind)
	// Output:
	// true
	// true mfa_oob_code
}

// Whoever has lost their phone uses their recovery code.
func ExampleByFactor() {
	auth := testkit.Run(t, testkit.YAML(secondFactorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollPush(ada)
	spent := auth.EnrollRecoveryCode(ada)

	phoneLost := []testkit.LoginOption{testkit.ByFactor("recovery-code")}
	login := auth.Login(shopLogin(auth), ada, phoneLost...)
	fmt.Println(login.Code != "", auth.RecoveryCode(ada) != spent)
	// Output: true true
}

// A browser that is remembered is asked for the password alone.
func ExampleRememberBrowser() {
	auth := testkit.Run(t, testkit.YAML(secondFactorFixture))
	ada := auth.User("ada@acme.test")
	auth.EnrollPhone(ada, "+4915112345678")

	browser := auth.Browser()
	auth.LoginWith(browser, shopLogin(auth), ada, testkit.RememberBrowser())
	auth.ClearOutbox()
	login := auth.LoginWith(browser, shopLogin(auth)+"&prompt=login", ada)
	fmt.Println(login.Code != "", len(auth.Outbox()))
	// Output: true 0
}
