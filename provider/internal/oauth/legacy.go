package oauth

import (
	"net/http"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Flags that keep legacy endpoints, and the grant that /oauth/ro needs.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags; POST
// /api/v2/clients, grant_types.
const (
	flagTokenInfo  = "allow_legacy_tokeninfo_endpoint"
	flagRO         = "allow_legacy_ro_grant_types"
	flagDelegation = "allow_legacy_delegation_grant_types"
	grantRO        = "http://auth0.com/oauth/legacy/grant-type/ro"
)

// mountLegacy adds the endpoints of the time before OpenID Connect. Those
// without a flag were closed to tenants made since June 2017.
//
// Source: Auth0 docs (legacy), Authentication API; "Deprecated endpoints".
func (h *Handler) mountLegacy(rt *wire.Router) {
	rt.Handle("GET POST", "/tokeninfo", wire.PlainText, h.tokenInfo)
	rt.Handle("POST", "/oauth/ro", wire.OAuth, h.resourceOwner)
	rt.Handle("POST", "/delegation", wire.OAuth, func(*http.Request) (*wire.Response, error) {
		if h.flag(flagDelegation) {
			return nil, tenant.NotBuilt("/delegation")
		}
		return nil, tenant.EndpointDisabled("/delegation").WithHint("the tenant's flags.%s is off", flagDelegation)
	})
	for _, path := range []string{"/oauth/access_token", "/users/{id}/impersonate", "/unlink", "/login/unlink"} {
		rt.Handle("POST", path, wire.OAuth, func(*http.Request) (*wire.Response, error) { return nil, tenant.EndpointDisabled(path) })
	}
}

func (h *Handler) flag(name string) (on bool) {
	_ = h.Store.View(func(s *store.State) error { on = s.Settings().Flags[name]; return nil })
	return on
}

// tokenInfo is the profile behind an ID token of a client that is not OIDC
// conformant.
//
// Source: Auth0 docs (legacy), Authentication API, "Get token info".
func (h *Handler) tokenInfo(r *http.Request) (*wire.Response, error) {
	if !h.flag(flagTokenInfo) {
		return nil, tenant.EndpointDisabled("/tokeninfo").WithHint("the tenant's flags.%s is off; /userinfo has replaced the endpoint", flagTokenInfo)
	}
	p := wire.Query(r)
	if r.Method == http.MethodPost {
		var err error
		if p, err = wire.Body(r); err != nil {
			return nil, err
		}
	}
	if p.Get("id_token") == "" {
		return nil, tenant.IDTokenMissing()
	}
	user, client, err := h.readIDToken(p.Get("id_token"))
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	x.AllowOrigin = client.AllowsOrigin
	x.Note("client_id", client.ClientID)
	x.Note("user_id", user.UserID)
	global := ""
	_ = h.Store.View(func(s *store.State) error {
		for _, c := range s.Clients() {
			if c.Global {
				global = c.ClientID
			}
		}
		return nil
	})
	return wire.JSON(http.StatusOK, tokenInfo(user, client.ClientID, global))
}

// tokenInfo is the profile in the order and with the names of the time.
//
// Source: Auth0 docs (legacy), Authentication API, "Get token info".
func tokenInfo(u *tenant.User, clientID, globalID string) token.Claims {
	claims := token.Claims{}
	add := func(name string, value any, present bool) {
		if present {
			claims = append(claims, token.Claim{Name: name, Value: value})
		}
	}
	add("email_verified", u.EmailVerified, u.Email != "")
	add("email", u.Email, u.Email != "")
	add("clientID", clientID, true)
	add("updated_at", u.UpdatedAt.UTC().Format(time.RFC3339Nano), true)
	add("name", u.Name, u.Name != "")
	add("picture", u.Picture, u.Picture != "")
	add("user_id", u.UserID, true)
	add("nickname", u.Nickname, u.Nickname != "")
	add("identities", u.PublicIdentities(), true)
	add("created_at", u.CreatedAt.UTC().Format(time.RFC3339Nano), true)
	add("global_client_id", globalID, globalID != "")
	add("user_metadata", u.UserMetadata, len(u.UserMetadata) > 0)
	add("app_metadata", u.AppMetadata, len(u.AppMetadata) > 0)
	return claims
}

// readIDToken finds user and client of an ID token. Whatever is wrong with it
// is answered alike.
func (h *Handler) readIDToken(raw string) (user *tenant.User, client *tenant.Client, err error) {
	refused := tenant.Unauthorized()
	v, client, err := h.Keys().VerifyIDToken(raw, func(id string) (c *tenant.Client) {
		_ = h.Store.View(func(s *store.State) error { c = s.Client(id); return nil })
		return c
	})
	switch {
	case err != nil:
		return nil, nil, refused.WithHint("%s", err)
	case !h.OwnIssuer(v.Issuer) || !h.Clock.Now().Before(v.Expires):
		return nil, nil, refused.WithHint("the ID token is another tenant's, or has expired")
	case client.OIDCConformant:
		return nil, nil, refused.WithHint("client %q is OIDC conformant, and /tokeninfo is not for those; use /userinfo", client.Name)
	}
	_ = h.Store.View(func(s *store.State) error { user = s.User(v.Subject); return nil })
	if user == nil {
		return nil, nil, refused.WithHint("the user of the ID token was deleted")
	}
	return user, client, nil
}

// legacyTokens is an answer of /oauth/ro.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
type legacyTokens struct {
	IDToken     string `json:"id_token,omitempty"`
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
}

// resourceOwner logs in with a password, for clients that still have the
// legacy grant and are not OIDC conformant.
//
// Source: Auth0 docs (legacy), Authentication API, "Resource owner".
func (h *Handler) resourceOwner(r *http.Request) (*wire.Response, error) {
	if !h.flag(flagRO) {
		return nil, tenant.EndpointDisabled("/oauth/ro").WithHint("the tenant's flags.%s is off; the password grant of /oauth/token has replaced the endpoint", flagRO)
	}
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"client_id", "username", "password", "connection", "grant_type"} {
		if p.Get(name) == "" {
			return nil, tenant.LegacyParameterMissing(name)
		}
	}
	x := wire.From(r)
	client, connection, err := h.legacyClient(p)
	if err != nil {
		return nil, err
	}
	x.AllowOrigin = client.AllowsOrigin
	x.Note("client_id", client.ClientID)
	tokens, err := h.legacyLogin(&tokenRequest{Params: p, client: client, x: x}, connection)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, legacyTokens{tokens.IDToken, tokens.AccessToken, "bearer"})
}

func (h *Handler) legacyClient(p wire.Params) (client *tenant.Client, connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		client = s.Client(p.Get("client_id"))
		switch {
		case client == nil:
			return tenant.LegacyClientInvalid()
		case p.Get("grant_type") != tenant.GrantPassword:
			return tenant.UnsupportedGrantType(p.Get("grant_type"))
		case client.OIDCConformant || !slices.Contains(client.GrantTypes, grantRO):
			return tenant.GrantNotAllowed(grantRO).
				WithHint("client %q needs the grant, and oidc_conformant off", client.Name)
		}
		connection = s.ConnectionByName(p.Get("connection"))
		switch {
		case connection == nil || !connection.Database():
			return tenant.ConnectionNotFound(p.Get("connection"))
		case !connection.ServesClient(client):
			return tenant.ConnectionDisabled(connection.Name, client)
		}
		return nil
	})
	return client, connection, err
}

func (h *Handler) legacyLogin(t *tokenRequest, connection *tenant.Connection) (*flow.Tokens, error) {
	user, err := h.Authenticate(flow.Credentials{
		About: t.event(""), Occasion: occasion(t.x), Connections: []*tenant.Connection{connection},
		Identifier: t.Get("username"), Password: t.Get("password"),
	})
	switch {
	case err == nil:
	case wire.AsError(err).Code == tenant.UserBlocked().Code:
		return nil, tenant.LegacyBlocked()
	case wire.AsError(err).Code == tenant.WrongPassword(false).Code:
		return nil, tenant.LegacyWrongPassword()
	default:
		return nil, err
	}
	t.x.Note("user_id", user.UserID)
	request := token.Request{Flow: token.FlowCode, Client: t.client, User: user, Scopes: tenant.ParseScope(t.Get("scope")), Issuer: t.x.Issuer}
	if h.secondFactor(&request) {
		return nil, tenant.LegacyMFARequired(h.Enrolled(user.UserID)).WithHint("%s /oauth/ro takes none; use /oauth/token", request.SecondFactor.Advice())
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	return h.Issue(flow.Grant{Request: request})
}
