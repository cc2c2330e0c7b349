package testkit_test

import (
	"fmt"
	"net/url"

	"github.com/faux0/faux0/testkit"
)

const passwordlessFixture = `
	prompts: {identifier_first: true}
	clients:
	  - {name: Shop, client_id: portal, token_endpoint_auth_method: none, grant_types: [authorization_code, "http://auth0.com/oauth/grant-type/passwordless/otp"], callbacks: ["http://localhost:3000/callback"]}
	connections:
	  - {name: email, strategy: email, enabled_clients: [Shop]}
	  - {name: sms, strategy: sms, enabled_clients: [Shop]}`

// Login reads the code in the outbox and types it: somebody new becomes a user.
func ExampleTenant_Login_passwordless() {
	auth := testkit.Run(t, testkit.YAML(passwordlessFixture))
	query := url.Values{"client_id": {"portal"}, "response_type": {"code"}, "redirect_uri": {"http://localhost:3000/callback"}, "connection": {"email"}}
	login := auth.Login(auth.Issuer()+"authorize?"+query.Encode(), testkit.User{Email: "zoe@acme.test"})
	fmt.Println(login.Code != "", auth.WaitMail("zoe@acme.test").Kind, auth.User("zoe@acme.test").EmailVerified)

	query.Set("connection", "sms")
	login = auth.Login(auth.Issuer()+"authorize?"+query.Encode(), testkit.User{Username: "+4915112345678"})
	fmt.Println(login.Code != "", auth.WaitMail("+4915112345678").Channel)
	// Output:
	// true passwordless_code true
	// true sms
}

// An app with forms of its own asks for the code itself.
func ExampleTenant_WaitMail_passwordless() {
	auth := testkit.Run(t, testkit.YAML(passwordlessFixture))
	send(auth, "/passwordless/start", url.Values{"connection": {"email"}, "email": {"zoe@acme.test"}, "send": {"code"}})
	redeem := url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"}, "realm": {"email"}, "username": {"zoe@acme.test"},
		"otp": {auth.WaitMail("zoe@acme.test").Code},
	}
	fmt.Printf("%q\n", send(auth, "/oauth/token", redeem).Error)
	fmt.Printf("%q\n", send(auth, "/oauth/token", redeem).Error) // a code works once
	// Output:
	// ""
	// "invalid_grant"
}
