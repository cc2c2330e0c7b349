package testkit_test

import (
	"fmt"
	"net/url"

	"github.com/faux0/faux0/testkit"
)

const protectionFixture = `
	tenant: {default_directory: Username-Password-Authentication}
	attackProtection:
	  bruteForceProtection: {max_attempts: 3}
	  breachedPasswordDetection: {enabled: true, shields: [block, user_notification]}
	clients:
	  - {name: Portal, client_id: portal, token_endpoint_auth_method: none, grant_types: [password]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Portal]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada}`

func try(auth *testkit.Tenant, username, password string) string {
	return send(auth, "/oauth/token", url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}).Error
}

// Failed logins lock an account until its user, or a test, unlocks it.
func ExampleTenant_Unblock() {
	auth := testkit.Run(t, testkit.YAML(protectionFixture))
	ada := auth.User("ada@acme.test")
	for range 3 {
		try(auth, ada.Email, "wrong")
	}
	fmt.Println(try(auth, ada.Email, ada.Password), auth.WaitMail(ada.Email).Kind, len(auth.Blocks()))

	auth.Unblock(ada)
	fmt.Printf("%q %d\n", try(auth, ada.Email, ada.Password), len(auth.Blocks()))
	// Output:
	// too_many_attempts blocked_account 1
	// "" 0
}

// A password becomes known by a breach; its user is told to choose another.
func ExampleTenant_BreachPassword() {
	auth := testkit.Run(t, testkit.YAML(protectionFixture))
	ada := auth.User("ada@acme.test")
	auth.BreachPassword(ada.Password)
	fmt.Println(try(auth, ada.Email, ada.Password), auth.WaitMail(ada.Email).Kind)

	ada = auth.SetPassword(ada, "New-Horse-99")
	fmt.Printf("%q\n", try(auth, ada.Email, ada.Password))
	// Output:
	// password_leaked stolen_credentials
	// ""
}
