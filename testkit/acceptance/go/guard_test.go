package acceptance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	jwtmiddleware "github.com/auth0/go-jwt-middleware/v3"
	"github.com/auth0/go-jwt-middleware/v3/jwks"
	"github.com/auth0/go-jwt-middleware/v3/validator"
	"golang.org/x/oauth2"
)

// TestAPIGuard puts Auth0's middleware in front of a handler: who gets in?
func TestAPIGuard(t *testing.T) {
	did(t, "github.com/auth0/go-jwt-middleware/v3", "API guard")
	onBothFaces(t, func(t *testing.T, tenant tenant) {
		api := httptest.NewServer(guard(t, tenant, ordersAPI))
		defer api.Close()
		machine := must(tenant.machineToken(t.Context(), ordersAPI))(t, "machine token").AccessToken
		clerk := tenant.userToken(t, ordersAPI, "ada@acme.test", "Correct-Horse-9")
		nobody := tenant.userToken(t, ordersAPI, "bob@acme.test", "Battery-Staple-8")
		foreign := tenant.userToken(t, "https://rbac-on.acme.test", "ada@acme.test", "Correct-Horse-9")
		opaque := tenant.userToken(t, "", "ada@acme.test", "Correct-Horse-9")

		for _, c := range []struct {
			who   string
			token string
			want  int
		}{
			{"no token", "", http.StatusUnauthorized},
			{"a machine whose grant names the permission", machine, http.StatusOK},
			{"a user whose role names the permission", clerk, http.StatusOK},
			{"a user without a role", nobody, http.StatusForbidden},
			{"a token for another API", foreign, http.StatusUnauthorized},
			{"an opaque token", opaque, http.StatusUnauthorized},
			{"claims changed after signing", forge(t, nobody), http.StatusUnauthorized},
		} {
			t.Run(c.who, func(t *testing.T) {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				if c.token != "" {
					req.Header.Set("Authorization", "Bearer "+c.token)
				}
				res := must(api.Client().Do(req))(t, "call the API")
				defer res.Body.Close()
				if res.StatusCode != c.want {
					t.Errorf("status = %d, want %d", res.StatusCode, c.want)
				}
			})
		}
	})
}

// guard answers 200 to tokens of the tenant that carry read:orders.
func guard(t *testing.T, tenant tenant, audience string) http.Handler {
	t.Helper()
	issuer := must(url.Parse(tenant.issuer))(t, "issuer")
	keys := must(jwks.NewCachingProvider(
		jwks.WithIssuerURL(issuer), jwks.WithCustomClient(tenant.http), jwks.WithStrictJWKSURIOrigin(),
	))(t, "key provider")
	checker := must(validator.New(
		validator.WithKeyFunc(keys.KeyFunc),
		validator.WithAlgorithm(validator.RS256),
		validator.WithIssuer(tenant.issuer),
		validator.WithAudience(audience),
		validator.WithCustomClaims(func() *accessClaims { return &accessClaims{} }),
	))(t, "validator")
	middleware := must(jwtmiddleware.New(jwtmiddleware.WithValidator(checker)))(t, "middleware")
	return middleware.CheckJWT(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := jwtmiddleware.MustGetClaims[*validator.ValidatedClaims](r.Context())
		if !slices.Contains(claims.CustomClaims.(*accessClaims).Permissions, "read:orders") {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
}

type accessClaims struct {
	Permissions []string `json:"permissions"`
}

func (*accessClaims) Validate(context.Context) error { return nil }

// userToken logs a user in to the web app and gives the access token.
func (a tenant) userToken(t *testing.T, audience, username, password string) string {
	t.Helper()
	config := oauth2.Config{
		ClientID:     "acceptanceWeb0000000000000000001",
		ClientSecret: "acceptance-web-secret",
		Endpoint:     oauth2.Endpoint{AuthURL: a.issuer + "authorize", TokenURL: a.issuer + "oauth/token"},
		RedirectURL:  app + "/callback",
		Scopes:       []string{"openid"},
	}
	var options []oauth2.AuthCodeOption
	if audience != "" {
		options = append(options, oauth2.SetAuthURLParam("audience", audience))
	}
	code := a.login(t, config.AuthCodeURL("s", options...), username, password).Get("code")
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, a.http)
	return must(config.Exchange(ctx, code))(t, "exchange").AccessToken
}

// permissions reads the claim from a token that something else has verified.
func permissions(t *testing.T, token string) []string {
	t.Helper()
	var claims accessClaims
	decodeClaims(t, token, &claims)
	return claims.Permissions
}

func decodeClaims(t *testing.T, token string, claims any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %d parts", len(parts))
	}
	body := must(base64.RawURLEncoding.DecodeString(parts[1]))(t, "payload")
	if err := json.Unmarshal(body, claims); err != nil {
		t.Fatal(err)
	}
}

// forge gives the token a permission and leaves its signature as it was.
func forge(t *testing.T, token string) string {
	t.Helper()
	var claims map[string]any
	decodeClaims(t, token, &claims)
	claims["permissions"] = []string{"read:orders"}
	parts := strings.Split(token, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString(must(json.Marshal(claims))(t, "payload"))
	return strings.Join(parts, ".")
}
