package tenant_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func decodeJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const create, patch, fixture = tenant.ForCreate, tenant.ForUpdate, tenant.ForFixture
	for _, c := range []struct {
		name string
		kind string
		mode tenant.Mode
		body string
		want string // the faults, joined; "" for none
	}{
		{"a client needs a name", tenant.KindClient, create, `{}`, `"name" is missing`},
		{"a patch needs nothing", tenant.KindClient, patch, `{}`, ``},
		{"a patch needs what is required below the top", tenant.KindClient, patch, `{"refresh_token": {"rotation_type": "rotating"}}`,
			`refresh_token: "expiration_type" is missing`},
		{"a fixture pins ids", tenant.KindClient, fixture, `{"name": "A", "client_id": "x", "client_secret": "y"}`, ``},
		{"a POST does not", tenant.KindClient, create, `{"name": "A", "client_id": "x"}`, `unknown key "client_id"`},
		{"a PATCH of a secret", tenant.KindClient, patch, `{"client_secret": "y"}`, ``},
		{"an API keeps its identifier", tenant.KindResourceServer, patch, `{"identifier": "x"}`, `unknown key "identifier"`},
		{"all faults at once, in order of the keys", tenant.KindClient, create, `{"app_type": "sap", "callbacks": 7, "nam": "A"}`,
			`"name" is missing | app_type: "sap" is not one of the 25 known values (spa, native, regular_web, non_interactive, …); did you mean "spa"? | ` +
				`callbacks: must be a list, found a whole number | unknown key "nam"; did you mean "name"?`},
		{"unknown metadata is fine", tenant.KindUser, create, `{"email": "a@b.test", "connection": "c", "user_metadata": {"x": {"y": 1}}}`, ``},
		{"flags are booleans of any name", tenant.KindTenant, patch, `{"flags": {"new_flag": true, "x": 1}}`, `flags.x: must be true or false, found a whole number`},
		{"half hours", tenant.KindTenant, patch, `{"session_lifetime": 1.5, "session_lifetime_in_minutes": 1.5}`, `session_lifetime_in_minutes: must be a whole number, found a number`},
		{"null unsets", tenant.KindClient, patch, `{"callbacks": null, "default_organization": null}`, ``},
		{"a scope is defined once", tenant.KindResourceServer, create, `{"identifier": "x", "scopes": [{"value": "a"}, {"value": "a"}]}`, `scopes[1]: "a" is already entry 0 of the list`},
		{"the client policy knows no allow_all", tenant.KindResourceServer, create, `{"identifier": "x", "subject_type_authorization": {"client": {"policy": "allow_all"}}}`,
			`subject_type_authorization.client.policy: "allow_all" is not one of require_client_grant, deny_all`},
		{"a grant needs somebody", tenant.KindClientGrant, create, `{"audience": "x"}`, `"client_id" is missing`},
		{"or a default", tenant.KindClientGrant, create, `{"audience": "x", "default_for": "third_party_clients"}`, ``},
		{"a body is an object", tenant.KindRole, create, `[]`, `must be an object, found a list`},
		{"a gradient", tenant.KindBranding, patch, `{"colors": {"page_background": {"type": "linear-gradient", "start": "#fff"}}}`, ``},
		{"no kind", "dogs", create, `{}`, `there is no schema for "dogs"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range tenant.Check(c.kind, c.mode, decodeJSON(t, c.body)).Faults {
				got = append(got, f.String())
			}
			if text := strings.Join(got, " | "); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}

// TestFormats: what each format takes and refuses.
func TestFormats(t *testing.T) {
	t.Parallel()
	good := map[string][]string{
		"email":        {"a@b.test", "a.b+c@sub.b.test", "é@b.test", "a@localhost"},
		"phone_number": {"+1", "+442079460000"},
		"picture":      {"https://a.test/x.png", "data:image/png;base64,AA"},
		"created_at":   {"2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05+02:00"},
	}
	bad := map[string][]string{
		"email":        {"a", "@b", "a@", "a@b@c", "a b@c.test", "a@.b", "a@b.", "<a@b.test>"},
		"phone_number": {"442079460000", "+", "+44 207", "+1234567890123456"},
		"picture":      {"a.png", ":"},
		"created_at":   {"2024-01-02", "yesterday"},
		"user_id":      {"a b", "a\tb"},
	}
	check := func(field, value string) bool {
		body := map[string]any{"email": "a@b.test", field: value}
		return len(tenant.Check(tenant.KindUser, tenant.ForFixture, body).Faults) == 0
	}
	for field, values := range good {
		for _, v := range values {
			if !check(field, v) {
				t.Errorf("%s %q is refused", field, v)
			}
		}
	}
	for field, values := range bad {
		for _, v := range values {
			if check(field, v) {
				t.Errorf("%s %q is taken", field, v)
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	body := decodeJSON(t, `{"name": "A", "sso_disabled": false, "custom_login_page_on": true, "addons": {}, "sso": true,
		"native_social_login": {"apple": {"enabled": false}}, "mobile": {"ios": {"team_id": "x"}}, "tenant": "acme",
		"callbacks": ["localhost:3000", "https:localhost", "myapp://cb", "com.acme.app://x/{organization_name}"]}`)
	var got []string
	for _, w := range tenant.Check(tenant.KindClient, tenant.ForFixture, body).Warnings {
		got = append(got, tenant.PathString(w.Path)+" "+w.Rule)
	}
	want := []string{"callbacks[0] no_effect", "callbacks[1] no_effect", "mobile unused", "sso unused", "tenant read_only"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestManyFaults: a body made of nothing but faults is not gone through whole.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	list := make([]any, 1_000_000)
	if n := len(tenant.Check(tenant.KindClient, tenant.ForCreate, map[string]any{"callbacks": list}).Faults); n > 1000 {
		t.Errorf("%d faults", n)
	}
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	s := tenant.JSONSchema(tenant.KindRole)
	properties := s["properties"].(map[string]any)
	if properties["permissions"] == nil || s["additionalProperties"] != false || !slices.Equal(s["required"].([]string), []string{"name"}) {
		t.Errorf("%v", s)
	}
	if tenant.JSONSchema("dogs") != nil || tenant.Known("dogs") || !tenant.Known(tenant.KindRole) {
		t.Error("an unknown kind has a schema")
	}
}
