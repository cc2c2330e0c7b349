package testkit_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/faux0/faux0/testkit"
)

const socialFixture = `
	clients:
	  - {name: Web, client_id: web, token_endpoint_auth_method: none, app_type: spa, callbacks: [http://localhost:3000/callback]}
	connections:
	  - {name: google-oauth2, strategy: google-oauth2, enabled_clients: [Web]}
	databases:
	  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Web]}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada, email_verified: true}`

// webLogin is where the app of socialFixture sends people, without PKCE.
func webLogin(auth *testkit.Tenant, more string) string {
	return auth.URL() + "/authorize?client_id=web&response_type=id_token&nonce=n&scope=openid%20email&redirect_uri=http://localhost:3000/callback" + more
}

// said is what the ID token of a login says of who logged in.
func said(l *testkit.Login) (claims struct {
	Sub      string `json:"sub"`
	Verified bool   `json:"email_verified"`
}) {
	part := strings.Split(l.Values.Get("id_token")+"..", ".")[1]
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil || json.Unmarshal(data, &claims) != nil {
		t.Fatalf("no ID token: %v %s", err, l.ErrorDescription)
	}
	return claims
}

func ExampleTenant_LoginAt() {
	auth := testkit.Run(t, testkit.YAML(socialFixture))
	l := auth.LoginAt(webLogin(auth, ""), testkit.Person{
		Connection: "google-oauth2", Email: "zoe@mail.test", Name: "Zoe Doe", Subject: "4711", EmailUnverified: true,
		Claims: map[string]any{"locale": "nl"},
	})
	fmt.Println(said(l).Sub, said(l).Verified)
	// The person is a user now, and logs in like any other.
	fmt.Println(said(auth.Login(webLogin(auth, ""), auth.User("zoe@mail.test"))).Sub)
	// Output:
	// google-oauth2|4711 false
	// google-oauth2|4711
}

func ExampleTenant_LoginFails() {
	auth := testkit.Run(t, testkit.YAML(socialFixture))
	l := auth.LoginFails(webLogin(auth, ""), testkit.ProviderError{Connection: "google-oauth2"})
	fmt.Println(l.Error, l.ErrorDescription)
	l = auth.LoginFails(webLogin(auth, ""), testkit.ProviderError{Connection: "google-oauth2", Error: "server_error", Description: "Try again"})
	fmt.Println(l.Error, l.ErrorDescription)
	// Output:
	// access_denied User cancelled the login
	// server_error Try again
}

func ExampleTenant_Link() {
	auth := testkit.Run(t, testkit.YAML(socialFixture))
	google := testkit.Person{Connection: "google-oauth2", Email: "ada@acme.test", Subject: "7"}
	fmt.Println(said(auth.LoginAt(webLogin(auth, ""), google)).Sub)
	ada, other := auth.User("auth0|ada"), auth.User("google-oauth2|7")
	auth.Link(ada, other)
	fmt.Println(said(auth.LoginAt(webLogin(auth, ""), google)).Sub)
	fmt.Println(auth.Unlink(ada, other).ID)
	// Output:
	// google-oauth2|7
	// auth0|ada
	// google-oauth2|7
}

// A second tenant is a real provider of the first.
func ExampleTenant_UseProvider() {
	partner := testkit.Run(t)
	auth := testkit.Run(t, testkit.YAML(socialFixture))
	auth.UseProvider("partner", partner, "Acme Portal")
	l := auth.Login(webLogin(auth, "&connection=partner"), partner.User("ada@acme.test"))
	fmt.Println(said(l).Sub)
	// Output: oidc|partner|auth0|ada
}
