package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/testkit"
)

// Who has no ID yet signs up; the link of the mail verifies the address.
func ExampleTenant_Login_signUp() {
	auth := testkit.Run(t)
	login := auth.Login(authorizeURL(auth, "screen_hint", "signup"), testkit.User{Email: "new@acme.test", Password: testkit.DefaultPassword})
	fmt.Println(login.Code != "", auth.User("new@acme.test").EmailVerified)

	res, err := auth.Client().Get(auth.WaitMail("new@acme.test").Link)
	if err != nil {
		panic(err)
	}
	res.Body.Close()
	fmt.Println(auth.User("new@acme.test").EmailVerified)
	// Output:
	// true false
	// true
}

// A forgotten password: the application has the mail sent, and the link leads
// to a new one.
func ExampleTenant_ResetPassword() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")
	auth.ResetPassword(auth.WaitMail("ada@acme.test").Link, "Another-Horse-7")

	ada := auth.User("ada@acme.test")
	ada.Password = "Another-Horse-7"
	fmt.Println(auth.Login(authorizeURL(auth), ada).Code != "")
	// Output: true
}

const organizationFixture = `
	clients:
	  - {name: Shop, client_id: shop, token_endpoint_auth_method: none, grant_types: [authorization_code], callbacks: ["http://localhost:3000/callback"],
	     organization_usage: require, organization_require_behavior: post_login_prompt}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Shop]}
	organizations:
	  - {name: shop-eu, connections: &ours [{name: Username-Password-Authentication}]}
	  - {name: shop-us, connections: *ours}
	users:
	  - {email: olga@acme.test, password: Correct-Horse-9, organizations: [{name: shop-eu}, {name: shop-us}]}`

// Who belongs to several organizations picks one, or names it where that is
// asked for before the login.
func ExampleInOrganization() {
	auth := testkit.Run(t, testkit.YAML(organizationFixture))
	login := auth.Login(shopLogin(auth), auth.User("olga@acme.test"), testkit.InOrganization("shop-us"))
	fmt.Println(login.Code != "", login.Error)
	// Output: true
}
