package tenant_test

import (
	"fmt"

	"github.com/faux0/faux0/provider/tenant"
)

// Check holds a body against what the Management API takes, as for a POST; New…
// makes the entry of it, with Auth0's defaults.
func ExampleCheck() {
	body := map[string]any{"name": "Shop", "app_type": "spa", "callbacks": []any{"localhost:3000/callback"}, "grant_typs": []any{}}
	verdict := tenant.Check(tenant.KindClient, tenant.ForCreate, body)
	for _, fault := range verdict.Faults {
		fmt.Println(fault)
	}
	for _, warning := range verdict.Warnings {
		fmt.Println(warning)
	}
	client, err := tenant.NewClient(map[string]any{"name": "Shop", "app_type": "spa"}, tenant.CreateDefaults())
	fmt.Println(client.TokenEndpointAuthMethod, client.GrantTypes, err)
	// Output:
	// unknown key "grant_typs"; did you mean "grant_types"?
	// callbacks[0]: has no scheme such as http://, so it matches nothing
	// none [authorization_code implicit refresh_token] <nil>
}

// Every error has a constructor, which says where its words are from.
func ExampleError() {
	err := tenant.ServiceNotFound("https://nothing.acme.test").WithHint("no API has this identifier")
	fmt.Println(err.Status, err.Code, err.Description)
	fmt.Println(err.Hint)
	// Output:
	// 403 access_denied Service not found: https://nothing.acme.test
	// no API has this identifier
}
