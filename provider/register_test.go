package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// registration lets anybody register clients, in a security mode.
func registration(mode string) change {
	return func(c *provider.Config) {
		c.Snapshot.Settings.Flags = map[string]bool{tenant.FlagRegistration: true}
		c.Snapshot.Settings.RegistrationSecurityMode = mode
	}
}

func (w *world) register(metadata map[string]any) *answer {
	w.t.Helper()
	return w.browser().postJSON("/oidc/register", metadata)
}

// RFC 7591 §3.2.1: the answer holds all that was registered.
func TestRegisteredClientIsToldWhatItGot(t *testing.T) {
	t.Parallel()
	w := run(t, registration(""))
	res := w.register(map[string]any{"client_name": "My App", "redirect_uris": []string{callback}, "unheard_of": true}).want(201)
	got := res.json()
	id, secret := res.text("client_id"), res.text("client_secret")
	if !strings.HasPrefix(id, "tpc_") || len(secret) != 64 {
		t.Errorf("client_id %q, client_secret %q", id, secret)
	}
	equal(t, "Cache-Control", res.header.Get("Cache-Control"), "no-store")
	for member, want := range map[string]string{
		"client_name": "My App", "redirect_uris": "[" + callback + "]", "token_endpoint_auth_method": "client_secret_post",
		"grant_types": "[authorization_code refresh_token]", "response_types": "[code]", "client_secret_expires_at": "0",
	} {
		equal(t, member, fmt.Sprint(got[member]), want)
	}
	made := w.client(id)
	if made == nil || made.IsFirstParty || !made.ThirdPartyStrict() || !made.OIDCConformant || made.Name != "My App" || made.ClientSecret != secret {
		t.Fatalf("the client: %+v", made)
	}
	// It authenticates, and is what the next snapshot holds.
	w.token("grant_type", "authorization_code", "client_id", id, "client_secret", secret, "code", "x").wantError(403, "invalid_grant", "Invalid authorization code")
	w.token("grant_type", "authorization_code", "client_id", id, "client_secret", "x", "code", "x").wantError(401, "access_denied", "Unauthorized")
	saved := w.browser().get("/_faux0/snapshot").want(200).body
	w.browser().do("PUT", "/_faux0/snapshot", head("Content-Type", "application/yaml"), saved).want(200)
	if again := w.client(id); again == nil || again.IsFirstParty {
		t.Errorf("after a snapshot: %+v", again)
	}
}

// client finds a client of the running tenant, nil if there is none.
func (w *world) client(id string) *tenant.Client {
	for _, c := range w.control.Snapshot().Clients {
		if c.ClientID == id {
			return c
		}
	}
	return nil
}

func TestPublicClientThatRegistersHasNoSecret(t *testing.T) {
	t.Parallel()
	w := run(t, registration("permissive"))
	res := w.register(map[string]any{"redirect_uris": []string{"com.shop.app://cb"}, "token_endpoint_auth_method": "none", "application_type": "native"}).want(201)
	for _, member := range []string{"client_secret", "client_secret_expires_at"} {
		if _, ok := res.json()[member]; ok {
			t.Errorf("the answer has %s", member)
		}
	}
	made := w.client(res.text("client_id"))
	if made.ThirdPartyStrict() || made.IsFirstParty || !made.Public() || made.AppType != "native" || made.AllowsGrant(tenant.GrantClientCredentials) {
		t.Errorf("the client: %+v", made)
	}
}

// RFC 7591 §3.2.2: invalid_redirect_uri, invalid_client_metadata.
func TestMetadataIsChecked(t *testing.T) {
	t.Parallel()
	const redirect, metadata = "invalid_redirect_uri", "invalid_client_metadata"
	strict, permissive := run(t, registration("strict")), run(t, registration("permissive"))
	for _, c := range []struct {
		name   string
		change map[string]any
		mode   string
		code   string
	}{
		{"no redirect_uris", map[string]any{"redirect_uris": nil}, "", redirect},
		{"empty redirect_uris", map[string]any{"redirect_uris": []string{}}, "", redirect},
		{"one redirect_uri as a string", map[string]any{"redirect_uris": callback}, "", redirect},
		{"a relative redirect_uri", map[string]any{"redirect_uris": []string{"/cb"}}, "", redirect},
		{"a script", map[string]any{"redirect_uris": []string{"javascript:alert(1)"}}, "", redirect},
		{"a fragment", map[string]any{"redirect_uris": []string{callback + "#x"}}, "", redirect},
		{"somebody's password", map[string]any{"redirect_uris": []string{"https://a:b@app.example/"}}, "", redirect},
		{"a wildcard in strict mode", map[string]any{"redirect_uris": []string{"https://*.app.example/cb"}}, "strict", redirect},
		{"markup in the name", map[string]any{"client_name": "<script>"}, "", metadata},
		{"a name of another type", map[string]any{"client_name": 1}, "", metadata},
		{"a way to authenticate that is not there", map[string]any{"token_endpoint_auth_method": "private_key_jwt"}, "", metadata},
		{"keys", map[string]any{"jwks_uri": "https://app.example/jwks"}, "", metadata},
		{"a grant that nobody knows", map[string]any{"grant_types": []string{"magic"}}, "", metadata},
		{"the password grant", map[string]any{"grant_types": []string{"password"}}, "", metadata},
		{"a machine's grant in strict mode", map[string]any{"grant_types": []string{"client_credentials"}}, "strict", metadata},
		{"a response_type without its grant", map[string]any{"response_types": []string{"id_token"}}, "strict", metadata},
		{"a logo that is no URL", map[string]any{"logo_uri": "logo"}, "", metadata},
	} {
		for mode, w := range map[string]*world{"strict": strict, "permissive": permissive} {
			if c.mode != "" && c.mode != mode {
				continue
			}
			body := map[string]any{"redirect_uris": []string{callback}, "client_name": "My App"}
			for k, v := range c.change {
				body[k] = v
			}
			res := w.register(body)
			if res.status != 400 || res.text("error") != c.code || res.text("error_description") == "" {
				t.Errorf("%s, %s mode: %d %s", c.name, mode, res.status, res.body)
			}
		}
	}
	equal(t, "no JSON", strict.browser().do("POST", "/oidc/register", head("Content-Type", "application/json"), "{").text("error"), metadata)
}

func TestNobodyRegistersUnlessTheTenantSaysSo(t *testing.T) {
	t.Parallel()
	w := run(t)
	before := len(w.control.Snapshot().Clients)
	w.register(map[string]any{"redirect_uris": []string{callback}}).wantError(403, "access_denied", "dynamic client registration is disabled")
	equal(t, "clients", len(w.control.Snapshot().Clients), before)
}
