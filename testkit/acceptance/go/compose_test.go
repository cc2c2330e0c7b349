package acceptance

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"golang.org/x/oauth2"
)

// TestComposedContainers plays the browser beside docker-compose: the tenant
// is on localhost for it, and under its service's name for the example API.
// docker/test.sh brings both up and says where they are.
func TestComposedContainers(t *testing.T) {
	issuer, api := os.Getenv("FAUX0_COMPOSED"), os.Getenv("API_URL")
	if issuer == "" || api == "" {
		t.Skip("needs FAUX0_COMPOSED and API_URL: docker/test.sh sets them")
	}
	tenant := tenant{issuer, &http.Client{Timeout: patience}}

	t.Run("a container and the browser see one issuer and each its own way in", func(t *testing.T) {
		for host, base := range map[string]string{"": issuer, "faux0:4400": "http://faux0:4400/"} {
			req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+".well-known/openid-configuration", nil))(t, "request")
			req.Host = host // empty: as the URL has it
			var doc struct {
				Issuer        string `json:"issuer"`
				Authorization string `json:"authorization_endpoint"`
				Token         string `json:"token_endpoint"`
				JWKS          string `json:"jwks_uri"`
			}
			status := fetch(t, tenant.http, req, &doc)
			if status != http.StatusOK || doc.Issuer != issuer || doc.Authorization != issuer+"authorize" ||
				doc.Token != base+"oauth/token" || doc.JWKS != base+".well-known/jwks.json" {
				t.Errorf("as host %q: %d %+v", host, status, doc)
			}
		}
	})

	var about struct{ Issuer, Audience string }
	fetch(t, tenant.http, must(http.NewRequest(http.MethodGet, api, nil))(t, "request"), &about)
	if about.Issuer != issuer {
		t.Errorf("the API expects issuer %q, the tenant is %q", about.Issuer, issuer)
	}

	for _, c := range []struct {
		who, username, password, audience, method string
		want                                      int
	}{
		{"a user with the permission", demoWriter, demoPassword, about.Audience, http.MethodPost, http.StatusCreated},
		{"a user without the permission", demoReader, demoPassword, about.Audience, http.MethodPost, http.StatusForbidden},
		{"a user with another permission", demoReader, demoPassword, about.Audience, http.MethodGet, http.StatusOK},
		{"an opaque token", demoWriter, demoPassword, "", http.MethodGet, http.StatusUnauthorized},
	} {
		t.Run(c.who+" gets "+http.StatusText(c.want), func(t *testing.T) {
			token := tenant.demoToken(t, c.audience, c.username, c.password)
			if c.audience != "" {
				var claims struct {
					Issuer string `json:"iss"`
				}
				if decodeClaims(t, token, &claims); claims.Issuer != issuer {
					t.Errorf("iss = %q, want %q", claims.Issuer, issuer)
				}
			}
			req := must(http.NewRequestWithContext(t.Context(), c.method, api+"orders", nil))(t, "request")
			req.Header.Set("Authorization", "Bearer "+token)
			var answer map[string]any
			if status := fetch(t, tenant.http, req, &answer); status != c.want {
				t.Errorf("status = %d, want %d: %v", status, c.want, answer)
			}
		})
	}
}

// Names of the demo tenant, fixtures/default.yaml.
const (
	demoClient   = "acmeSpa000000000000000000000000a"
	demoCallback = "http://localhost:3000/callback"
	demoWriter   = "grace@acme.test"
	demoReader   = "ada@acme.test"
	demoPassword = "Correct-Horse-9"
)

// demoToken logs a user of the demo tenant in to its single-page app.
func (a tenant) demoToken(t *testing.T, audience, username, password string) string {
	t.Helper()
	config := oauth2.Config{
		ClientID:    demoClient,
		Endpoint:    oauth2.Endpoint{AuthURL: a.issuer + "authorize", TokenURL: a.issuer + "oauth/token", AuthStyle: oauth2.AuthStyleInParams},
		RedirectURL: demoCallback,
		Scopes:      []string{"openid"},
	}
	verifier := oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if audience != "" {
		options = append(options, oauth2.SetAuthURLParam("audience", audience))
	}
	code := a.login(t, config.AuthCodeURL("s", options...), username, password).Get("code")
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, a.http)
	return must(config.Exchange(ctx, code, oauth2.VerifierOption(verifier)))(t, "exchange").AccessToken
}

// fetch sends a request and decodes the JSON answer.
func fetch(t *testing.T, client *http.Client, req *http.Request, into any) int {
	t.Helper()
	res := must(client.Do(req))(t, req.URL.String())
	defer res.Body.Close()
	body := must(io.ReadAll(res.Body))(t, "body")
	if err := json.Unmarshal(body, into); err != nil {
		t.Errorf("%s %s: %s: %v\n%s", req.Method, req.URL, res.Status, err, body)
	}
	return res.StatusCode
}
