package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// open lets strangers' applications in: anybody may register one, people log
// in to it through a domain-level connection, and by default it may read
// orders.
func open(mode string) change {
	return func(c *provider.Config) {
		registration(mode)(c)
		c.Snapshot.Connections = slices.Clone(c.Snapshot.Connections)
		for i, v := range c.Snapshot.Connections {
			if v.Name == tenant.DefaultConnectionName {
				v = v.Clone()
				v.IsDomainConnection = true
				c.Snapshot.Connections[i] = v
			}
		}
		c.Snapshot.ClientGrants = append(slices.Clone(c.Snapshot.ClientGrants), &tenant.ClientGrant{
			DefaultFor: "third_party_clients", Audience: orders, Scope: []string{"read:orders"}, SubjectType: tenant.SubjectUser,
		})
	}
}

// A client that knows the issuer and nothing else, as those of the Model
// Context Protocol do: it discovers (RFC 8414), registers (RFC 7591), logs in
// with PKCE (RFC 7636) for a resource (RFC 8707), and gets a token for it.
func TestClientThatKnowsOnlyTheIssuerGetsAToken(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"strict", "permissive"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := run(t, open(mode))
			b := w.browser()

			metadata := b.get("/.well-known/oauth-authorization-server").want(200)
			equal(t, "issuer", metadata.text("issuer"), base+"/")
			for member, want := range map[string]string{
				"code_challenge_methods_supported": "S256", "token_endpoint_auth_methods_supported": "none", "grant_types_supported": "authorization_code", "response_types_supported": "code",
			} {
				if list, _ := metadata.json()[member].([]any); !slices.Contains(list, any(want)) {
					t.Errorf("%s has no %s", member, want)
				}
			}

			made := b.postJSON(metadata.text("registration_endpoint"), map[string]any{
				"client_name": "Inspector", "redirect_uris": []string{callback}, "token_endpoint_auth_method": "none",
				"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"}, "client_uri": "https://inspector.example",
			}).want(http.StatusCreated)

			at := b.get(metadata.text("authorization_endpoint") + "?" + form("response_type", "code", "client_id", made.text("client_id"),
				"redirect_uri", callback, "scope", "read:orders write:orders", "resource", orders, "state", "s1",
				"code_challenge", challenge(), "code_challenge_method", "S256"))
			sent := b.consent(b.signIn(at, "ada@shop.example"), "accept").query()
			equal(t, "state", sent.Get("state"), "s1")

			tokens := b.post(metadata.text("token_endpoint"), "grant_type", "authorization_code", "client_id", made.text("client_id"),
				"code", sent.Get("code"), "redirect_uri", callback, "code_verifier", verifier, "resource", orders).want(200)
			verify(t, w, tokens.text("access_token"))
			access := claims(t, tokens.text("access_token"))
			equal(t, "aud", access["aud"], any(orders))
			equal(t, "sub", access["sub"], any("auth0|ada"))
			equal(t, "azp", access["azp"], any(made.text("client_id")))
			equal(t, "scope", access["scope"], any("read:orders")) // what the default grant allows
			if _, ok := tokens.json()["id_token"]; ok {
				t.Error("an ID token that nobody asked for")
			}
		})
	}
}

// consent looks at what a third party asks for, and answers "accept" or "deny".
func (b *browser) consent(res *answer, action string) *answer {
	b.w.t.Helper()
	page := res.wantPath("/u/consent")
	b.get(page.RequestURI()).want(200)
	res = b.post(page.RequestURI(), "state", page.Query().Get("state"), "action", action)
	if strings.HasPrefix(res.header.Get("Location"), "/authorize/resume") {
		return b.get(res.header.Get("Location"))
	}
	return res
}

// Without a domain-level connection nobody can log in to a stranger's client.
func TestThirdPartyNeedsADomainLevelConnection(t *testing.T) {
	t.Parallel()
	w := run(t, open("strict"), func(c *provider.Config) {
		for i, v := range c.Snapshot.Connections {
			v = v.Clone()
			v.IsDomainConnection = false
			c.Snapshot.Connections[i] = v
		}
	})
	id := w.register(map[string]any{"redirect_uris": []string{callback}, "token_endpoint_auth_method": "none"}).want(201).text("client_id")
	res := w.browser().authorize(webRequest("client_id", id, "scope", "read:orders"))
	if !strings.Contains(res.body+res.header.Get("Location"), "no+connections+enabled+for+the+client") &&
		!strings.Contains(res.body, "no connections enabled for the client") {
		t.Errorf("status %d, Location %q: %s", res.status, res.header.Get("Location"), res.body)
	}
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, "is_domain_connection") {
		t.Errorf("the hint is %q", hint)
	}
}
