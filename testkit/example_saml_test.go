package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/testkit"
)

const samlFixture = `
	clients:
	  - name: Intranet
	    client_id: intranet
	    app_type: regular_web
	    callbacks: [http://localhost:3000/acs]
	    addons: {samlp: {audience: "urn:intranet", mappings: {user_id: uid, app_metadata.department: department}, nameIdentifierProbes: [uid]}}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Intranet]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada, app_metadata: {department: engines}}`

func ExampleLogin_Assertion() {
	auth := testkit.Run(t, testkit.YAML(samlFixture))
	login := auth.Login(auth.URL()+"/samlp/intranet?RelayState=home", auth.User("ada@acme.test"))
	a := login.Assertion()
	fmt.Println(login.CallbackURL, login.Values.Get("RelayState"))
	fmt.Println(a.NameID, a.Audience, a.Issuer == "urn:"+auth.Domain())
	fmt.Println(a.Attributes["department"])
	// Output:
	// http://localhost:3000/acs home
	// auth0|ada urn:intranet true
	// [engines]
}
