package provider_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/faux0/faux0/provider"
)

// A tenant is a handler: any server serves it. Control does to it what no API of
// Auth0's can.
func Example() {
	auth, err := provider.New(provider.Config{}) // the demo tenant
	if err != nil {
		log.Fatal(err)
	}
	defer auth.Close()
	server := httptest.NewServer(auth)
	defer server.Close()

	control := auth.Control()
	token, err := control.Token(provider.TokenRequest{
		Client: "Acme Web", User: "ada@acme.test", Audience: "https://orders.acme.test", Issuer: server.URL + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.TokenType, token.Scope)
	for _, reason := range token.Reasons {
		fmt.Println(reason.Code)
	}
	control.Clock().Advance(25 * time.Hour) // the token has expired
	// Output:
	// Bearer openid profile email
	// audience_requested
	// permissions_granted
	// scope_not_requested
}
