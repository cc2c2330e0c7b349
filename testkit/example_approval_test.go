package testkit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/faux0/faux0/testkit"
)

// post sends a form as an application would, and reads the answer.
func post(auth *testkit.Tenant, path string, form url.Values) map[string]any {
	res, err := http.PostForm(auth.URL()+path, form)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	answer := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		panic(err)
	}
	return answer
}

func ExampleTenant_ApproveDevice() {
	auth := testkit.Run(t)
	tv := auth.App("Acme TV")

	// What the device does: it asks for a code, shows it, and polls.
	device := post(auth, "/oauth/device/code", url.Values{"client_id": {tv.ClientID}, "scope": {"openid"}})
	poll := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"},
		"client_id":  {tv.ClientID}, "device_code": {device["device_code"].(string)},
	}
	fmt.Println(post(auth, "/oauth/token", poll)["error"])

	auth.ApproveDevice(device["user_code"].(string), auth.User("ada@acme.test"))
	fmt.Println(testkit.Claims(post(auth, "/oauth/token", poll)["id_token"].(string))["sub"])
	// Output:
	// authorization_pending
	// auth0|ada
}

func ExampleTenant_DenyDevice() {
	auth := testkit.Run(t)
	tv := auth.App("Acme TV")
	device := post(auth, "/oauth/device/code", url.Values{"client_id": {tv.ClientID}, "scope": {"openid"}})

	auth.DenyDevice(device["user_code"].(string))
	fmt.Println(post(auth, "/oauth/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"},
		"client_id":  {tv.ClientID}, "device_code": {device["device_code"].(string)},
	})["error_description"])
	// Output: User cancelled the confirmation prompt.
}

// ask begins a login by CIBA, as the application would.
func ask(auth *testkit.Tenant, user testkit.User, message string) url.Values {
	portal := auth.App("Acme Portal")
	asked := post(auth, "/bc-authorize", url.Values{
		"client_id": {portal.ClientID}, "client_secret": {portal.ClientSecret}, "scope": {"openid"}, "binding_message": {message},
		"login_hint": {fmt.Sprintf(`{"format":"iss_sub","iss":%q,"sub":%q}`, auth.Issuer(), user.ID)},
	})
	return url.Values{
		"grant_type": {"urn:openid:params:grant-type:ciba"}, "auth_req_id": {asked["auth_req_id"].(string)},
		"client_id": {portal.ClientID}, "client_secret": {portal.ClientSecret},
	}
}

func ExampleTenant_Approve() {
	auth := testkit.Run(t)
	ada := auth.User("ada@acme.test")
	poll := ask(auth, ada, "Order 4711") // what the application does
	fmt.Println(post(auth, "/oauth/token", poll)["error"], len(auth.Approvals()))

	fmt.Println(auth.Approve(ada).Message)
	fmt.Println(testkit.Claims(post(auth, "/oauth/token", poll)["id_token"].(string))["sub"])
	// Output:
	// authorization_pending 1
	// Order 4711
	// auth0|ada
}

func ExampleTenant_Deny() {
	auth := testkit.Run(t)
	ada := auth.User("ada@acme.test")
	poll := ask(auth, ada, "Order 4711")

	auth.Deny(ada)
	fmt.Println(post(auth, "/oauth/token", poll)["error"], auth.Approvals())
	// Output: access_denied []
}
