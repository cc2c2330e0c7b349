package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/testkit"
)

// silently is how a silent login ends in a browser that ada has logged in with.
func silently(change func(auth *testkit.Tenant, ada testkit.User)) string {
	auth := testkit.Run(t)
	ada, browser := auth.User("ada@acme.test"), auth.Browser()
	auth.LoginWith(browser, authorizeURL(auth), ada)
	change(auth, ada)
	return auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), ada).Error
}

func ExampleTenant_SetPassword() {
	fmt.Println(silently(func(auth *testkit.Tenant, ada testkit.User) {
		ada = auth.SetPassword(ada, "Another-Horse-9")
		fmt.Println(auth.Login(authorizeURL(auth), ada).Error == "") // with the new one
	}))
	// Output:
	// true
	// login_required
}

func ExampleTenant_Block() {
	fmt.Println(silently(func(auth *testkit.Tenant, ada testkit.User) { auth.Block(ada) }))
	// Output: unauthorized
}

func ExampleTenant_DeleteUser() {
	fmt.Println(silently((*testkit.Tenant).DeleteUser))
	// Output: login_required
}

func ExampleTenant_EndSessions() {
	fmt.Println(silently((*testkit.Tenant).EndSessions))
	// Output: login_required
}
