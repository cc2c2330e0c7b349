package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/testkit"
)

const keyFixture = socialFixture + `
	guardianFactors: [{name: webauthn-roaming, enabled: true}]
	guardianPolicies: {policies: [all-applications]}`

// The first login enrols the security key, the second shows it.
func ExampleWithKey() {
	auth := testkit.Run(t, testkit.YAML(keyFixture))
	ada, key := auth.User("ada@acme.test"), &testkit.Authenticator{Roaming: true}
	for range 2 {
		login := auth.Login(webLogin(auth, ""), ada, testkit.WithKey(key))
		fmt.Println(testkit.Claims(login.Values.Get("id_token"))["amr"], key.SignCount)
	}
	// Output:
	// [mfa] 0
	// [mfa] 1
}
