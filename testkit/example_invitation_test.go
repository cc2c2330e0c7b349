package testkit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// withLoginRoute is the demo tenant, and an application of one page: it sends
// people on to /authorize, with their invitation.
func withLoginRoute() (*testkit.Tenant, func()) {
	auth := testkit.Run(t)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		http.Redirect(w, r, authorizeURL(auth, "invitation", q.Get("invitation"), "organization", q.Get("organization")), http.StatusFound)
	}))
	snapshot := auth.Snapshot().Clone()
	for _, c := range snapshot.Clients {
		if c.Name == "Acme Portal" {
			c.InitiateLoginURI = app.URL + "/login"
		}
	}
	auth = testkit.Run(t, testkit.With(snapshot))
	return auth, app.Close
}

func ExampleTenant_Invite() {
	auth, stop := withLoginRoute()
	defer stop()

	auth.Invite(testkit.Invitation{
		Email: "new@acme.test", Organization: "acme-eu", Client: "Acme Portal", Roles: []string{"manager"}, Inviter: "Grace", Lifetime: time.Hour,
	})
	link := auth.WaitMail("new@acme.test").Link
	login := auth.Login(link, testkit.User{Email: "new@acme.test", Password: testkit.DefaultPassword})
	fmt.Println(login.Error == "", auth.User("new@acme.test").Organizations)

	again := auth.Login(link, auth.User("ada@acme.test"))
	fmt.Println(again.ErrorDescription, auth.WaitLog(tenant.LogInvitationAccepted).UserName)
	// Output:
	// true map[acme-eu:[manager]]
	// invitation not found or already used new@acme.test
}
