package testkit_test

import (
	"fmt"

	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

const partnerFixture = `
	clients:
	  - name: Partner
	    client_id: partner
	    is_first_party: false
	    token_endpoint_auth_method: none
	    grant_types: [authorization_code]
	    callbacks: [https://partner.test/callback]
	resourceServers:
	  - {name: Orders API, identifier: https://orders.test, scopes: [{value: "read:orders"}]}
	clientGrants:
	  - {client_id: Partner, audience: https://orders.test, subject_type: user, scope: ["read:orders"]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Partner]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada}`

const partnerLogin = "/authorize?client_id=partner&response_type=code&redirect_uri=https://partner.test/callback" +
	"&audience=https://orders.test&scope=openid%20read:orders"

func ExampleTenant_Consent() {
	auth := testkit.Run(t, testkit.YAML(partnerFixture))
	ada := auth.User("ada@acme.test")

	auth.Consent(ada, "Partner", "https://orders.test", "openid", "read:orders")
	login := auth.Login(auth.URL()+partnerLogin, ada)
	fmt.Println(login.CallbackURL.Host, login.Code != "")
	// Output: partner.test true
}

func ExampleConsentRule() {
	// Auth0's rule of today: a login on localhost that shows no page, as by a
	// session, has to be confirmed, so silent login is refused.
	auth := testkit.Run(t, testkit.ConsentRule(tenant.ConsentVerifiable))
	web := auth.App("Acme Web")
	authorize := auth.URL() + "/authorize?response_type=code&client_id=" + web.ClientID + "&redirect_uri=" + web.Callbacks[0]

	login := auth.Login(authorize, auth.User("ada@acme.test"))
	silent := auth.LoginWith(login.Browser, authorize+"&prompt=none", auth.User("ada@acme.test"))
	fmt.Println(login.Code != "", silent.Error)
	// Output: true interaction_required
}
