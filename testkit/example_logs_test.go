package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

func ExampleTenant_Logs() {
	auth := testkit.Run(t)
	auth.Login(authorizeURL(auth), auth.User("ada@acme.test"))
	for _, e := range auth.Logs() {
		fmt.Println(e.Type, e.ClientName, e.UserName)
	}
	// Output: s Acme Portal ada@acme.test
}

func ExampleTenant_WaitLog() {
	auth := testkit.Run(t)
	changePassword(auth, "nobody@acme.test") // the app cannot tell, the log can
	fmt.Println(auth.WaitLog(tenant.LogChangePasswordFailed).Description)
	// Output: User does not exist.
}

func ExampleTenant_ClearLogs() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")
	auth.ClearLogs()
	fmt.Println(len(auth.Logs()))
	// Output: 0
}
