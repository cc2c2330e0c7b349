package provider

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// ProviderTokenRequest asks for the token that a social provider would give to
// a native app once a person has signed in with it there. No real provider is
// asked.
type ProviderTokenRequest struct {
	// Connection is the social connection's name.
	Connection string `json:"connection"`
	// Type is the subject_token_type; empty is the one that the connection's
	// strategy has, an ID token where there are two.
	Type string `json:"subject_token_type"`
	// Email and Name are the person's, Subject the person's id there; empty is
	// that of the connection's user with the address, or one made of it.
	Email   string `json:"email"`
	Name    string `json:"name"`
	Subject string `json:"sub"`
	// Audience is the `aud` of an ID token: the app's client id at the
	// provider. Empty is the connection's client_id.
	Audience string `json:"audience"`
	// ExpiresInSeconds is an hour, for codes five minutes, if zero; negative
	// makes an expired token.
	ExpiresInSeconds int `json:"expires_in"`
	// Claims are added to an ID token and may replace its own.
	Claims map[string]any `json:"claims"`
}

// ProviderToken is the outcome of a ProviderTokenRequest: what a native app
// sends to /oauth/token.
type ProviderToken struct {
	SubjectToken     string `json:"subject_token"`
	SubjectTokenType string `json:"subject_token_type"`
}

// ProviderToken makes a subject token for native social login.
func (c *Control) ProviderToken(r ProviderTokenRequest) (*ProviderToken, error) {
	var connection *tenant.Connection
	var names []string
	_ = c.p.flow.Store.View(func(s *store.State) error {
		for _, known := range s.Connections() {
			if known.Name == r.Connection {
				connection = known
			}
			names = append(names, known.Name)
		}
		return nil
	})
	if connection == nil {
		return nil, unknown("connection", r.Connection, names)
	}
	if r.Type == "" {
		r.Type = nativeType(connection.Strategy)
	}
	switch strategy := flow.NativeSocialStrategy(r.Type); {
	case strategy == "" || strategy != connection.Strategy:
		return nil, tenant.InvalidRequest(fmt.Sprintf("Connection %q (strategy %q) gives no tokens of the type %q; there are %s.",
			connection.Name, connection.Strategy, r.Type, strings.Join(flow.NativeSocialTypes(), ", ")))
	case r.Email == "" && r.Subject == "":
		return nil, tenant.MissingParameter("email")
	case r.Email != "" && !tenant.ValidEmail(r.Email):
		return nil, tenant.InvalidRequest(fmt.Sprintf("%q is no e-mail address.", r.Email))
	}
	if r.Audience == "" {
		r.Audience, _ = connection.Options["client_id"].(string)
	}
	raw, err := c.p.flow.NewProviderToken(connection, r.Type, r.Audience,
		store.UpstreamProfile{Subject: r.Subject, Email: r.Email, EmailVerified: true, Name: r.Name}, time.Duration(r.ExpiresInSeconds)*time.Second, r.Claims)
	if err != nil {
		return nil, tenant.BadBody(err)
	}
	return &ProviderToken{SubjectToken: raw, SubjectTokenType: r.Type}, nil
}

// nativeType is the strategy's first type that is no code.
func nativeType(strategy string) string {
	for _, t := range flow.NativeSocialTypes() {
		if flow.NativeSocialStrategy(t) == strategy && !strings.HasSuffix(t, "-code") {
			return t
		}
	}
	return ""
}

func (c *Control) providerTokens(r *http.Request) (*wire.Response, error) {
	var body ProviderTokenRequest
	if err := decodeJSON(r, &body); err != nil {
		return nil, err
	}
	token, err := c.ProviderToken(body)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, token)
}
