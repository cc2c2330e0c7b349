package testkit_test

import (
	"fmt"
	"net/url"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/testkit"
)

func ExampleOn() {
	auth := testkit.Run(t, testkit.YAML(`
		clients:
		  - name: Backend
		    client_secret: secret
		    app_type: regular_web
		    token_exchange: {allow_any_profile_of_type: [custom_authentication]}
		actions: [{name: Legacy tokens, supported_triggers: [{id: custom-token-exchange}]}]
		tokenExchangeProfiles:
		  - {name: Legacy, subject_token_type: "urn:acme:legacy-token", action: Legacy tokens, type: custom_authentication}
		users: [{email: ada@acme.test, user_id: auth0|ada}]
	`), testkit.On(action.CustomTokenExchange, func(event action.Event, api *action.API) {
		if event.Transaction.SubjectToken != "ada's old token" {
			api.Access.RejectInvalidSubjectToken("Who are you?")
			return
		}
		api.Authentication.SetUserByID("auth0|ada")
	}))
	exchange := func(subject string) map[string]any {
		return post(auth, "/oauth/token", url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"},
			"client_id":  {auth.App("Backend").ClientID}, "client_secret": {"secret"},
			"subject_token_type": {"urn:acme:legacy-token"}, "subject_token": {subject},
		})
	}
	fmt.Println(testkit.Claims(exchange("ada's old token")["id_token"].(string))["sub"])
	fmt.Println(exchange("a made-up token")["error_description"])
	// Output:
	// auth0|ada
	// Who are you?
}

func ExampleTenant_ProviderToken() {
	auth := testkit.Run(t, testkit.YAML(`
		clients:
		  - name: Phone
		    app_type: native
		    native_social_login: {google: {enabled: true}}
		connections:
		  - {name: google-oauth2, strategy: google-oauth2, enabled_clients: [Phone]}
	`))
	token := auth.ProviderToken("google-oauth2", testkit.User{Email: "gil@acme.test", Name: "Gil Google"})
	answer := post(auth, "/oauth/token", url.Values{
		"grant_type":         {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"client_id":          {auth.App("Phone").ClientID},
		"subject_token_type": {token.SubjectTokenType}, "subject_token": {token.SubjectToken},
	})
	fmt.Println(testkit.Claims(answer["id_token"].(string))["name"])
	// Output:
	// Gil Google
}
