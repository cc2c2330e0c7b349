package testkit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/faux0/faux0/testkit"
)

const passkeyFixture = `
	tenant: {default_directory: Username-Password-Authentication}
	prompts: {identifier_first: true}
	clients:
	  - name: Web
	    client_id: web
	    app_type: spa
	    token_endpoint_auth_method: none
	    callbacks: [http://localhost:3000/callback]
	    grant_types: [authorization_code, urn:okta:params:oauth:grant-type:webauthn]
	databases:
	  - name: Username-Password-Authentication
	    strategy: auth0
	    enabled_clients: [Web]
	    options: {authentication_methods: {passkey: {enabled: true}}}
	users:
	  - {email: ada@acme.test, password: Correct-Horse-9, user_id: auth0|ada}`

// asked is what the examples read of /passkey/register and /passkey/challenge.
type asked struct {
	PublicKey   json.RawMessage `json:"authn_params_public_key"`
	AuthSession string          `json:"auth_session"`
}

// call sends a JSON object and reads the answer into another.
func call(url string, body map[string]any, into any) {
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatalf("%v", err)
	}
	res, err := http.Post(url, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer res.Body.Close()
	if data, err = io.ReadAll(res.Body); err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func ExampleTenant_PasskeyLogin() {
	auth := testkit.Run(t, testkit.YAML(passkeyFixture))
	device := &testkit.Authenticator{}
	auth.AddPasskey(auth.User("ada@acme.test"), device)

	login := auth.PasskeyLogin(auth.URL()+"/authorize?client_id=web&response_type=code&scope=openid&redirect_uri=http://localhost:3000/callback", device)
	fmt.Println(login.Code != "", device.SignCount)
	// Output: true 1
}

func ExampleAuthenticator() {
	auth := testkit.Run(t, testkit.YAML(passkeyFixture))
	phone := &testkit.Authenticator{Roaming: true, Unverified: true} // another device, whose lock nobody has opened

	var signup asked
	call(auth.URL()+"/passkey/register", map[string]any{"client_id": "web", "user_profile": map[string]string{"email": "new@acme.test"}}, &signup)
	credential, err := phone.Create(signup.PublicKey, auth.URL())
	var tokens answer
	call(auth.URL()+"/oauth/token", map[string]any{
		"grant_type": "urn:okta:params:oauth:grant-type:webauthn", "client_id": "web", "scope": "openid",
		"auth_session": signup.AuthSession, "authn_response": json.RawMessage(credential),
	}, &tokens)
	fmt.Println(err, tokens.AccessToken != "")
	// Output: <nil> true
}

func ExampleAuthenticator_Get() {
	auth := testkit.Run(t, testkit.YAML(passkeyFixture))
	device := &testkit.Authenticator{}
	auth.AddPasskey(auth.User("ada@acme.test"), device)

	var challenge asked
	call(auth.URL()+"/passkey/challenge", map[string]any{"client_id": "web"}, &challenge)
	credential, err := device.Get(challenge.PublicKey, auth.URL())
	var tokens answer
	call(auth.URL()+"/oauth/token", map[string]any{
		"grant_type": "urn:okta:params:oauth:grant-type:webauthn", "client_id": "web", "scope": "openid",
		"auth_session": challenge.AuthSession, "authn_response": json.RawMessage(credential),
	}, &tokens)
	fmt.Println(err, tokens.AccessToken != "")
	// Output: <nil> true
}
