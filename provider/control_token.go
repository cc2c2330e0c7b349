package provider

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// TokenRequest asks for tokens by the rules of a login.
type TokenRequest struct {
	// Client is a client_id or a client's name.
	Client string `json:"client_id"`
	// User is a user_id, e-mail address or username; empty asks for a
	// machine's token.
	User     string `json:"user"`
	Audience string `json:"audience"`
	// Scope is space-separated; empty means "openid profile email" for users.
	Scope string `json:"scope"`
	// Organization is an id or a name.
	Organization string         `json:"organization"`
	Claims       map[string]any `json:"claims"`
	// ExpiresInSeconds overrides the configured lifetimes; negative makes an
	// expired token.
	ExpiresInSeconds int `json:"expires_in"`
	// DPoPKey is the thumbprint of a key (RFC 7638) that the token is bound to
	// where its API allows, as if a DPoP proof by it had been sent.
	DPoPKey string `json:"dpop_jkt"`
	// AsIs signs Claims untouched, whatever they are, for negative tests.
	AsIs bool `json:"as_is"`
	// Key signs an as-is token: "current" (also when empty), "next", or
	// "unknown", which no JWKS holds.
	Key string `json:"key"`
	// Typ is the header's `typ` of an as-is token; empty is JWT.
	Typ string `json:"typ"`
	// Issuer is the `iss` to use; empty is the fixed issuer, or
	// http://localhost/.
	Issuer string `json:"issuer"`
}

// Token is the outcome of a TokenRequest.
type Token struct {
	AccessToken  string   `json:"access_token"`
	IDToken      string   `json:"id_token,omitempty"`
	RefreshToken string   `json:"refresh_token,omitempty"`
	Scope        string   `json:"scope,omitempty"`
	ExpiresIn    int      `json:"expires_in,omitempty"`
	TokenType    string   `json:"token_type"`
	Reasons      []Reason `json:"reasons,omitempty"`
}

// Reason says why one part of a token is, or is not, there.
type Reason = token.Reason

// defaultUserScope is what a user's token is asked for when nothing is said.
const defaultUserScope = "openid profile email"

// Token makes tokens by the same rules as a login, or, as is, against them.
func (c *Control) Token(t TokenRequest) (*Token, error) {
	if t.Issuer == "" {
		t.Issuer = c.issuer()
	}
	if t.AsIs {
		return c.tokenAsIs(t)
	}
	g, err := c.grant(t)
	if err != nil {
		return nil, err
	}
	tokens, err := c.p.flow.Issue(g)
	if err != nil {
		return nil, err
	}
	return &Token{
		AccessToken: tokens.AccessToken, IDToken: tokens.IDToken, RefreshToken: tokens.RefreshToken,
		Scope: tokens.Scope, ExpiresIn: tokens.ExpiresIn, TokenType: tokens.TokenType, Reasons: tokens.Decision.Reasons,
	}, nil
}

func (c *Control) issuer() string {
	if c.p.hosts.issuer != "" {
		return c.p.hosts.issuer
	}
	return "http://localhost/"
}

// grant is the login, or client-credentials call, that would lead to the
// tokens asked for.
func (c *Control) grant(t TokenRequest) (flow.Grant, error) {
	g := flow.Grant{CustomClaims: t.Claims, LifetimeSeconds: t.ExpiresInSeconds}
	g.Audience, g.Issuer, g.Scopes = t.Audience, t.Issuer, tenant.ParseScope(t.Scope)
	g.Possession.DPoPKey = t.DPoPKey
	err := c.p.flow.Store.View(func(s *store.State) (err error) {
		if g.Client, err = findClient(s, t.Client); err != nil {
			return err
		}
		if g.Organization, err = findOrganization(s, t.Organization); err != nil || t.User == "" {
			return err
		}
		if g.User, err = findUser(s, t.User); err != nil {
			return err
		}
		switch {
		case g.User.Blocked:
			return tenant.UserBlocked()
		case g.Organization != nil && g.User.Member(g.Organization.ID) == nil:
			return tenant.NotAMember(g.User.UserID, g.Organization.ID)
		}
		return nil
	})
	if g.User == nil {
		g.Flow, g.GrantedBy = token.FlowClientCredentials, []string{token.GTYClientCredentials}
		return g, err
	}
	g.Flow, g.SessionID = token.FlowCode, c.p.flow.IDs.SessionID()
	if len(g.Scopes) == 0 {
		g.Scopes = tenant.ParseScope(defaultUserScope)
	}
	return g, err
}

// unknownKey signs tokens that no JWKS verifies. It is made when first needed.
var unknownKey = sync.OnceValues(func() (*token.KeySet, error) {
	key, err := tenant.NewKey("faux0-unknown-key-000", "localhost", time.Unix(0, 0))
	if err != nil {
		return nil, err
	}
	return token.NewKeySet(key, key, nil)
})

func (c *Control) tokenAsIs(t TokenRequest) (*Token, error) {
	keys, err := c.p.flow.Keys(), error(nil)
	switch t.Key {
	case "", "current":
	case "next":
		keys, err = token.NewKeySet(keys.Next, keys.Current, nil)
	case "unknown":
		keys, err = unknownKey()
	default:
		err = tenant.InvalidRequest(fmt.Sprintf("key %q: use current, next or unknown", t.Key))
	}
	if err != nil {
		return nil, err
	}
	raw, err := keys.Sign("RS256", cmp.Or(t.Typ, token.TypeJWT), token.Sorted(t.Claims), nil)
	if err != nil {
		return nil, tenant.BadBody(err)
	}
	return &Token{AccessToken: raw, TokenType: "Bearer"}, nil
}
