package acceptance

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const ordersAPI = "https://orders.acme.test"

// The modules that README's table names.
const (
	goOIDC  = "github.com/coreos/go-oidc/v3"
	xOAuth2 = "golang.org/x/oauth2"
)

// TestCodeFlowWithPKCE is a public client's life: log in, read the ID token
// and userinfo, refresh with rotation, and be refused what is used up.
func TestCodeFlowWithPKCE(t *testing.T) {
	did(t, goOIDC, "code + PKCE, refresh, code reuse")
	onBothFaces(t, func(t *testing.T, tenant tenant) {
		ctx := oidc.ClientContext(t.Context(), tenant.http)
		provider := must(oidc.NewProvider(ctx, tenant.issuer))(t, "discovery")
		config := oauth2.Config{
			ClientID:    "acceptanceSpa0000000000000000001",
			Endpoint:    provider.Endpoint(),
			RedirectURL: app + "/callback",
			Scopes:      []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess, "read:orders"},
		}
		config.Endpoint.AuthStyle = oauth2.AuthStyleInParams

		verifier := oauth2.GenerateVerifier()
		answer := tenant.login(t, config.AuthCodeURL("the-state", oidc.Nonce("the-nonce"),
			oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("audience", ordersAPI)),
			"ada@acme.test", "Correct-Horse-9")
		if got := answer.Get("state"); got != "the-state" {
			t.Errorf("state = %q", got)
		}

		_, err := config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
		refused(t, "a wrong code_verifier", err, "invalid_grant")

		answer = tenant.login(t, config.AuthCodeURL("the-state", oidc.Nonce("the-nonce"),
			oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("audience", ordersAPI)),
			"ada@acme.test", "Correct-Horse-9")
		token := must(config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier)))(t, "exchange")

		raw, _ := token.Extra("id_token").(string)
		id := must(provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw))(t, "verify the ID token")
		if id.Subject != "auth0|ada" || id.Nonce != "the-nonce" || id.Issuer != tenant.issuer {
			t.Errorf("ID token: sub %q, nonce %q, iss %q", id.Subject, id.Nonce, id.Issuer)
		}
		var profile struct {
			Email string `json:"email"`
			Name  string `json:"name"`
		}
		if err := id.Claims(&profile); err != nil || profile.Email != "ada@acme.test" || profile.Name != "Ada Byron" {
			t.Errorf("profile = %+v, %v", profile, err)
		}

		info := must(provider.UserInfo(ctx, oauth2.StaticTokenSource(token)))(t, "userinfo")
		if info.Subject != id.Subject || info.Email != profile.Email {
			t.Errorf("userinfo: sub %q, email %q", info.Subject, info.Email)
		}

		stale := *token
		stale.Expiry = time.Now().Add(-time.Minute)
		fresh := must(config.TokenSource(ctx, &stale).Token())(t, "refresh")
		if fresh.AccessToken == token.AccessToken || fresh.RefreshToken == token.RefreshToken {
			t.Error("the refresh gave the old access or refresh token")
		}
		_, err = config.TokenSource(ctx, &stale).Token()
		refused(t, "a rotated refresh token", err, "invalid_grant")

		_, err = config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
		refused(t, "a used code", err, "invalid_grant")
	})
}

// TestConfidentialClient lets x/oauth2 find out how the token endpoint wants
// the secret: it tries the header first and the body next, with one code.
func TestConfidentialClient(t *testing.T) {
	did(t, xOAuth2, "finding out how the secret is sent")
	onBothFaces(t, func(t *testing.T, tenant tenant) {
		ctx := oidc.ClientContext(t.Context(), tenant.http)
		provider := must(oidc.NewProvider(ctx, tenant.issuer))(t, "discovery")
		config := oauth2.Config{
			ClientID:     "acceptanceWeb0000000000000000001",
			ClientSecret: "wrong",
			Endpoint:     provider.Endpoint(),
			RedirectURL:  app + "/callback",
			Scopes:       []string{oidc.ScopeOpenID},
		}
		code := tenant.login(t, config.AuthCodeURL("s"), "ada@acme.test", "Correct-Horse-9").Get("code")
		if _, err := config.Exchange(ctx, code); err == nil {
			t.Fatal("a wrong secret was accepted")
		}
		config.ClientSecret = "acceptance-web-secret"
		token := must(config.Exchange(ctx, code))(t, "exchange after a refused secret")
		if _, ok := token.Extra("id_token").(string); !ok {
			t.Error("no ID token")
		}
	})
}

// TestMachineToken gets a token without a user, by the client's grant.
func TestMachineToken(t *testing.T) {
	did(t, xOAuth2, "client_credentials")
	onBothFaces(t, func(t *testing.T, tenant tenant) {
		token := must(tenant.machineToken(t.Context(), ordersAPI))(t, "client_credentials")
		if got := permissions(t, token.AccessToken); !slices.Equal(got, []string{"read:orders"}) {
			t.Errorf("permissions = %q", got)
		}
		_, err := tenant.machineToken(t.Context(), "https://rbac-on.acme.test")
		refused(t, "an API without a grant", err, "access_denied")
	})
}

func (a tenant) machineToken(ctx context.Context, audience string) (*oauth2.Token, error) {
	config := clientcredentials.Config{
		ClientID:       "acceptanceM2m0000000000000000001",
		ClientSecret:   "acceptance-worker-secret",
		TokenURL:       a.issuer + "oauth/token",
		EndpointParams: map[string][]string{"audience": {audience}},
	}
	return config.Token(oidc.ClientContext(ctx, a.http))
}

// refused checks that an error is the OAuth error that was due.
func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		t.Fatalf("%s: got %v, want %s", what, err, code)
	}
	if answer.ErrorCode != code {
		t.Errorf("%s: got %s (%s), want %s", what, answer.ErrorCode, answer.ErrorDescription, code)
	}
}
