package flow

import (
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Grant is what has been established when tokens are to be issued.
type Grant struct {
	token.Request
	// GrantedBy is the `gty` of the grant, if it has one.
	GrantedBy []string
	Nonce     string
	SessionID string
	AuthTime  time.Time
	// Family is the refresh token being exchanged, nil for a new login.
	Family *store.RefreshToken
	// Rotated is the refresh token to hand out on an exchange, "" for none.
	Rotated string
	// SecondFactor says that the user has shown one.
	SecondFactor bool
	// CustomClaims are added to both tokens, as an Action would.
	CustomClaims map[string]any
	// LifetimeSeconds overrides the configured lifetimes when not zero.
	LifetimeSeconds int
}

// Tokens is a successful answer of the token endpoint, in Auth0's order.
//
// Source: RFC 6749 §5.1; OpenID Connect Core 1.0 §3.1.3.3. Observed: member
// order of the recordings.
type Tokens struct {
	AccessToken  string `json:"access_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int    `json:"expires_in,omitempty"`
	TokenType    string `json:"token_type,omitempty"`
	// RecoveryCode replaces the one that was used.
	RecoveryCode string `json:"recovery_code,omitempty"`
	// IssuedTokenType is in the answers of token exchange (RFC 8693 §2.2.1).
	IssuedTokenType string `json:"issued_token_type,omitempty"`
	// Details are the authorization_details granted (RFC 9396 §7).
	Details []map[string]any `json:"authorization_details,omitempty"`

	Decision *token.Decision `json:"-"`
}

// Decide applies the rules to a grant and remembers the outcome.
func (f *Flow) Decide(req token.Request) (*token.Decision, error) {
	var decision *token.Decision
	err := f.Store.View(func(s *store.State) (err error) {
		decision, err = token.Decide(s, req)
		return err
	})
	f.remember(req, decision, err)
	return decision, err
}

// Issue decides and issues everything a token response may hold.
func (f *Flow) Issue(g Grant) (*Tokens, error) {
	if slices.Contains(g.Scopes, tenant.ScopeOnlineAccess) {
		_ = f.Store.View(func(s *store.State) error {
			_, g.Session = s.Session(g.SessionID, f.Clock.Now())
			return nil
		})
	}
	decision, err := f.Decide(g.Request)
	if err != nil {
		return nil, err
	}
	return f.IssueDecided(g, decision)
}

// IssueDecided issues the tokens of a decision already made.
func (f *Flow) IssueDecided(g Grant, d *token.Decision) (*Tokens, error) {
	issue := f.issue(g, d)
	access, err := f.AccessToken(g, d, issue)
	if err != nil {
		return nil, err
	}
	t := &Tokens{
		AccessToken: access, Scope: d.Scope(), ExpiresIn: d.LifetimeSeconds, TokenType: d.TokenType(),
		RefreshToken: g.Rotated, Details: g.Details, Decision: d,
	}
	if g.LifetimeSeconds != 0 {
		t.ExpiresIn = g.LifetimeSeconds
	}
	if d.IDToken {
		if t.IDToken, err = f.IDToken(g, d, issue); err != nil {
			return nil, err
		}
	}
	if d.RefreshToken && g.Family == nil {
		t.RefreshToken = f.newRefreshToken(g, d)
	}
	if f.Issued != nil {
		f.Issued(d, g.Request)
	}
	return t, nil
}

func (f *Flow) issue(g Grant, d *token.Decision) token.Issue {
	custom := token.AdmitCustom(d, g.CustomClaims)
	return token.Issue{
		Issuer: g.Issuer, At: f.Clock.Now(), GrantedBy: g.GrantedBy,
		Nonce: g.Nonce, SessionID: g.SessionID, AuthTime: g.AuthTime,
		AccessCustom: custom, IDCustom: custom, LifetimeSeconds: g.LifetimeSeconds,
	}
}

// AccessToken makes the access token: a JWT for an API, else an opaque one.
func (f *Flow) AccessToken(g Grant, d *token.Decision, issue token.Issue) (string, error) {
	if d.Opaque() {
		return f.Sealer.Seal(g.Issuer, token.Opaque{
			Subject: g.User.UserID, ClientID: g.Client.ClientID, Scopes: d.Scopes,
			Expires: issue.At.Unix() + int64(d.LifetimeSeconds), Bound: d.Bound, Actor: g.Actor,
		})
	}
	typ := token.TypeJWT
	if d.API.RFC9068() {
		typ, issue.JTI = token.TypeAccessToken, f.IDs.JTI()
	}
	signed, err := f.Keys().Sign(d.API.Alg(), typ, token.AccessClaims(d, g.Request, issue), []byte(d.API.SigningSecret))
	if err != nil || !d.API.Encrypts() {
		return signed, err
	}
	return token.Encrypt(signed, &d.API.TokenEncryption.Key)
}

// IDToken makes the ID token.
func (f *Flow) IDToken(g Grant, d *token.Decision, issue token.Issue) (string, error) {
	return f.Keys().Sign(g.Client.IDTokenAlg(), token.TypeJWT, token.IDClaims(d, g.Request, issue), token.IDTokenSecret(g.Client))
}

func (f *Flow) remember(req token.Request, d *token.Decision, err error) {
	v := store.IssuedToken{
		At: f.Clock.Now(), ClientID: req.Client.ClientID, Flow: string(req.Flow),
		Audience: req.Audience, Scopes: req.Scopes, Opaque: d != nil && d.Opaque(),
		Consented: req.Consented, Factor: req.SecondFactor.Code,
	}
	if d != nil {
		v.Narrowed = d.Narrowed()
	}
	if req.User != nil {
		v.UserID = req.User.UserID
	}
	if req.Organization != nil {
		v.OrganizationID = req.Organization.ID
	}
	if e, ok := err.(*tenant.Error); ok { //nolint:errorlint // Decide returns it bare
		v.Err = e
	}
	f.Remember(v)
}

// Remember keeps what was issued or refused for the explanations.
func (f *Flow) Remember(v store.IssuedToken) {
	briefToken(&v)
	_ = f.Store.Update(func(s *store.State) error { s.Remember(v); return nil })
}
