package provider

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Control is what a test does to a tenant that no Auth0 API can. The paths
// under /_faux0/ and package testkit call the same methods. It is safe for
// concurrent use.
type Control struct {
	p *Provider

	mu   sync.Mutex
	seed *tenant.Snapshot
	keys *token.KeySet
}

// Reset returns the tenant to its fixtures: users, sessions, codes, refresh
// tokens, signing keys and clock.
func (c *Control) Reset() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.setKeys(c.keys); err != nil {
		return err
	}
	c.p.flow.Clock.Reset()
	c.p.flow.Store.Reset(c.seed, c.p.flow.Clock.Now())
	return nil
}

// Restore replaces the tenant's state, and what Reset returns to, with a
// snapshot.
func (c *Control) Restore(s *tenant.Snapshot) error {
	seed, err := prepare(s, c.p.flow.Clock, c.p.config)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seed = seed
	c.p.flow.Store.Reset(seed, c.p.flow.Clock.Now())
	return nil
}

// Snapshot is the tenant's present state, as it could be loaded again:
// passwords as hashes, sessions and tokens left out.
func (c *Control) Snapshot() (snapshot *tenant.Snapshot) {
	_ = c.p.flow.Store.View(func(s *store.State) error { snapshot = s.Snapshot(); return nil })
	return snapshot
}

// Clock is the tenant's one clock.
func (c *Control) Clock() *tenant.Clock { return c.p.flow.Clock }

// PutUser adds or replaces a user, whose roles, permissions and organizations
// are named by id. A plain password is hashed. A new password or a new address
// ends the user's sessions. Consents given before stay where u says nothing of
// any.
func (c *Control) PutUser(u *tenant.User) (*tenant.User, error) {
	one, err := prepare(&tenant.Snapshot{Users: []*tenant.User{u}}, c.p.flow.Clock, c.p.config)
	if err != nil {
		return nil, err
	}
	added := one.Users[0]
	if u.Password != "" {
		c.keepHash(added, u.Password)
	}
	return added, c.p.flow.Store.Update(func(s *store.State) error {
		if added.Consents == nil {
			added.Consents = s.ConsentsOf(added.UserID)
		}
		s.ChangeUser(added, c.p.flow.Clock.Now())
		return nil
	})
}

// keepHash gives a user whose password is still the same the hash it had, so
// that the sessions live on.
func (c *Control) keepHash(u *tenant.User, plain string) {
	var old *tenant.User
	_ = c.p.flow.Store.View(func(s *store.State) error { old = s.User(u.UserID); return nil })
	if old != nil && password.Verify(old, plain) {
		u.PasswordHash, u.CustomPasswordHash = old.PasswordHash, old.CustomPasswordHash
	}
}

// DeleteUser deletes a user, whose sessions end.
func (c *Control) DeleteUser(userID string) { c.p.flow.DeleteUser(userID) }

// EndSessions ends every session of a user, as a revocation by the Management
// API does.
func (c *Control) EndSessions(userID string) {
	c.p.flow.EndSessionsOf(userID, tenant.InitiatorSessionRevoked)
}

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

// Explanation says what a token is, what it lacks, and which setting would
// change that.
type Explanation = token.Explanation

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

func findClient(s *store.State, name string) (*tenant.Client, error) {
	if client := s.Client(name); client != nil {
		return client, nil
	}
	var names []string
	for _, client := range s.Clients() {
		if client.Name == name {
			return client, nil
		}
		names = append(names, client.Name, client.ClientID)
	}
	return nil, unknown("client", name, names)
}

func findUser(s *store.State, name string) (*tenant.User, error) {
	if user := s.User(name); user != nil {
		return user, nil
	}
	if users := s.UsersByEmail(name); len(users) == 1 {
		return users[0], nil
	} else if len(users) > 1 {
		return nil, tenant.InvalidRequest(fmt.Sprintf("%d users have the address %q; name one by user_id", len(users), name))
	}
	for _, connection := range s.Connections() {
		if account := s.UserByLogin(connection.Name, name); account != nil {
			return s.Primary(account.UserID), nil
		}
	}
	var names []string
	for _, user := range s.FirstUsers(1000) {
		names = append(names, user.Label(), user.UserID)
	}
	return nil, unknown("user", name, names)
}

func findOrganization(s *store.State, name string) (*tenant.Organization, error) {
	if name == "" {
		return nil, nil
	}
	if org := s.Organization(name); org != nil {
		return org, nil
	}
	if org := s.OrganizationByName(name); org != nil {
		return org, nil
	}
	return nil, tenant.OrganizationInvalid(name)
}

func unknown(kind, name string, known []string) error {
	if name == "" {
		return tenant.MissingParameter(kind)
	}
	sentence := fmt.Sprintf("There is no %s %q.", kind, name)
	if near := tenant.Nearest(name, known); near != "" {
		sentence += fmt.Sprintf(" Did you mean %q?", near)
	}
	return tenant.InvalidRequest(sentence)
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

// ExplainRequest holds a token to explain, or a login to explain before it
// happens.
type ExplainRequest struct {
	Token string `json:"token"`
	// Wanted is the identifier of the API the person is after, if known.
	Wanted string `json:"wanted"`

	Client       string `json:"client_id"`
	User         string `json:"user"`
	Audience     string `json:"audience"`
	Scope        string `json:"scope"`
	Organization string `json:"organization"`
	Issuer       string `json:"issuer"`
}

// Explain says what a token is and what is missing from it, or what a login
// would grant.
func (c *Control) Explain(r ExplainRequest) (*Explanation, error) {
	issuer := r.Issuer
	if issuer == "" {
		issuer = c.issuer()
	}
	if r.Token == "" {
		t, err := c.Token(TokenRequest{
			Client: r.Client, User: r.User, Audience: r.Audience, Scope: r.Scope,
			Organization: r.Organization, Issuer: issuer,
		})
		var refused *tenant.Error
		switch {
		case errors.As(err, &refused) && r.Client != "":
			return &Explanation{Kind: token.KindError, Verdict: "This login is refused: " + refused.Code + ".",
				Cause: refused.Description, Fix: refused.Hint, Certain: true}, nil
		case err != nil:
			return nil, err
		}
		r.Token = t.AccessToken
	}
	var explanation *Explanation
	err := c.p.flow.Store.View(func(s *store.State) error {
		explanation = token.Explain(s, token.Evidence{
			Token: r.Token, Now: c.p.flow.Clock.Now(), Issuer: issuer, Issuers: c.p.hosts.ownIssuer,
			Keys: c.p.flow.Keys(), Sealer: c.p.flow.Sealer, Recent: recent(s), Changed: s.Changed,
			Families: func(raw string) *token.Family { return family(s, raw, c.p.flow.Clock.Now()) },
			Wanted:   r.Wanted, Scripts: scripts(s),
		})
		return nil
	})
	return explanation, err
}

func recent(s *store.State) []token.Issued {
	var list []token.Issued
	for _, v := range s.Recent() {
		issued := token.Issued{
			At: v.At, ClientID: v.ClientID, UserID: v.UserID, Flow: token.Flow(v.Flow), Audience: v.Audience,
			Scopes: v.Scopes, Organization: v.OrganizationID, AccessTokenOpaque: v.Opaque,
			Consented: v.Consented, Narrowed: v.Narrowed, Factor: v.Factor,
		}
		if v.Err != nil {
			issued.Error, issued.ErrorDescription, issued.Hint = v.Err.Code, v.Err.Description, v.Err.Hint
		}
		list = append(list, issued)
	}
	return list
}

// family is what is known of a refresh token, nil for nothing.
func family(s *store.State, raw string, now time.Time) *token.Family {
	id, _ := tenant.RefreshFamilyOf(raw)
	rt, alive := s.RefreshTokens.Get(id, now)
	f := &token.Family{}
	if alive {
		f.Works = rt.Works(raw)
	} else {
		ended, known := s.EndedFamily(id, now)
		if !known {
			return nil
		}
		rt, f.At, f.End = ended.RefreshToken, ended.At, token.FamilyEnd(ended.Cause)
	}
	f.ClientID, f.UserID, f.Audience, f.Scopes = rt.ClientID, rt.UserID, rt.Audience, rt.Scopes
	return f
}

// scripts are the Actions and Rules a fixture holds. Most do not run yet, but
// a claim that one of them sets in vain can be explained.
func scripts(s *store.State) []token.Script {
	var list []token.Script
	for _, a := range s.Actions() {
		list = append(list, token.Script{Kind: "action", Name: a.Name, Code: a.Code})
	}
	for section, kind := range map[string]string{"rules": "rule", "hooks": "hook"} {
		entries, _ := s.Other()[section].([]any)
		for _, entry := range entries {
			m, _ := entry.(map[string]any)
			name, _ := m["name"].(string)
			code, _ := m["code"].(string)
			if code == "" {
				code, _ = m["script"].(string)
			}
			list = append(list, token.Script{Kind: kind, Name: name, Code: code})
		}
	}
	return list
}

// title is the tenant's name as people know it.
func (c *Control) title() (name string) {
	_ = c.p.flow.Store.View(func(s *store.State) error { name = s.Settings().FriendlyName; return nil })
	return strings.TrimSpace(name)
}
