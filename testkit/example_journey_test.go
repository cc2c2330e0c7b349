package testkit_test

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/faux0/faux0/testkit"
)

// Journeys that need no verb of their own.

// Who has logged out has to log in again.
func Example_logOut() {
	auth := testkit.Run(t)
	browser, ada := auth.Browser(), auth.User("ada@acme.test")
	auth.LoginWith(browser, authorizeURL(auth), ada)
	fmt.Println(auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), ada).Code != "")

	res, err := browser.Get(auth.URL() + "/v2/logout")
	if err != nil {
		panic(err)
	}
	res.Body.Close()
	fmt.Println(auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), ada).Error)
	// Output:
	// true
	// login_required
}

const corpFixture = `
	clients:
	  - {name: Web, client_id: web, token_endpoint_auth_method: none, app_type: spa, callbacks: [http://localhost:3000/callback]}
	connections:
	  - {name: corp, strategy: samlp, enabled_clients: [Web], options: {domain_aliases: [corp.test]}}`

// The domain of an address leads to the provider of an enterprise connection.
func Example_homeRealmDiscovery() {
	auth := testkit.Run(t, testkit.YAML(corpFixture))
	login := auth.LoginAt(webLogin(auth, "&login_hint=pia@corp.test"), testkit.Person{Email: "pia@corp.test", Subject: "4711"})
	fmt.Println(said(login).Sub)
	// Output: samlp|corp|4711
}

const domainFixture = `
	clients:
	  - {name: Web, client_id: web, token_endpoint_auth_method: none, app_type: spa, callbacks: [http://localhost:3000/callback],
	     organization_usage: require, organization_require_behavior: pre_login_prompt, organization_discovery_methods: [email]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Web]}
	organizations:
	  - {name: acme-eu, id: org_eu, discovery_domains: [{domain: acme.test, status: verified}], connections: [{name: Username-Password-Authentication, assign_membership_on_login: true}]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9}`

// The domain of an address leads to an organization.
func Example_organizationByEmail() {
	auth := testkit.Run(t, testkit.YAML(domainFixture))
	login := auth.Login(webLogin(auth, ""), auth.User("ada@acme.test"), testkit.InOrganization("ada@acme.test"))
	fmt.Println(testkit.Claims(login.Values.Get("id_token"))["org_id"])
	// Output: org_eu
}

const databaseCodeFixture = `
	prompts: {identifier_first: true}
	clients:
	  - {name: Web, client_id: web, token_endpoint_auth_method: none, app_type: spa, callbacks: [http://localhost:3000/callback]}
	databases:
	  - name: Username-Password-Authentication
	    strategy: auth0
	    enabled_clients: [Web]
	    options:
	      attributes: {email: {identifier: {active: true, default_method: email_otp}, verification_method: otp, signup: {status: required, verification: {active: true}}}}
	      authentication_methods: {password: {enabled: false}, email_otp: {enabled: true}}
	users:
	  - {email: ada@acme.test, user_id: auth0|ada}`

// Users of a database log in with codes by mail, and others sign up with them.
func Example_codesOfADatabase() {
	auth := testkit.Run(t, testkit.YAML(databaseCodeFixture))
	fmt.Println(said(auth.Login(webLogin(auth, ""), testkit.User{Email: "ada@acme.test"})).Sub)

	auth.Login(webLogin(auth, ""), testkit.User{Email: "zoe@acme.test"})
	fmt.Println(auth.User("zoe@acme.test").EmailVerified)
	// Output:
	// auth0|ada
	// true
}

// The tenant's own words are on its pages.
func Example_customText() {
	auth := testkit.Run(t, testkit.YAML(socialFixture+`
	prompts: {customText: {en: {login: {login: {title: "Hello again"}}}}}`))
	res, err := auth.Browser().Get(webLogin(auth, ""))
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	fmt.Println(strings.Contains(string(page), "<h1>Hello again</h1>"), err)
	// Output: true <nil>
}

// The link of a mail works for five days and no second longer.
func Example_tooLate() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")
	link := auth.WaitMail("ada@acme.test").Link
	for _, wait := range []time.Duration{5*24*time.Hour - time.Second, time.Second} {
		auth.Advance(wait)
		res, err := auth.Browser().Get(link)
		if err != nil {
			panic(err)
		}
		res.Body.Close()
		fmt.Println(res.StatusCode)
	}
	// Output:
	// 200
	// 400
}
