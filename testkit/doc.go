// Package testkit runs an Auth0 tenant inside a Go test: httptest for Auth0.
//
//	auth := testkit.Run(t)
//	app := myapp.New(auth.Issuer(), auth.App("Acme Web").ClientID)
//	token := auth.AccessToken(auth.User("ada@acme.test"), "https://api.acme.test")
//
// Each Tenant is a real server on a loopback port with a state of its own, so
// tests may run in parallel. It ends with the test. Methods that set something
// up fail the test themselves; those that begin with Check report and go on.
package testkit
