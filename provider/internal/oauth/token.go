package oauth

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// tokenRequest is a request to /oauth/token whose client has authenticated and
// may use the grant.
type tokenRequest struct {
	wire.Params
	client *tenant.Client
	x      *wire.Exchange
	// possession goes into each token.Request.
	possession token.Possession
	// userID is whom the tokens are for, and organizationID within which
	// organization, once that is known.
	userID, organizationID string
	// firstGrant is the grant that waited for the second factor of this one.
	firstGrant string
}

// request is what the tokens are asked for.
func (t *tokenRequest) request(f token.Flow) token.Request {
	return token.Request{
		Flow: f, Client: t.client, Audience: t.Get("audience"), Resource: t.Get("resource"),
		Scopes: tenant.ParseScope(t.Get("scope")), Issuer: t.x.Issuer, Possession: t.possession,
	}
}

// loggedIn issues the tokens of somebody who has shown a password, a code or a
// passkey, once the second factor is shown that may be due. A refused request
// is no login.
func (h *Handler) loggedIn(t *tokenRequest, request token.Request, user *tenant.User, grantedBy ...string) (*flow.Tokens, error) {
	request.User = user
	ask := h.secondFactor(&request)
	decision, err := h.Decide(request)
	if err != nil {
		return nil, err
	}
	t.isFor(user.UserID)
	if ask {
		return nil, h.askFactor(t, request, grantedBy...)
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	return h.IssueDecided(flow.Grant{Request: request, GrantedBy: grantedBy}, decision)
}

// grant turns a tokenRequest into tokens. It cannot skip what token did
// before it.
type grant func(*Handler, *tokenRequest) (*flow.Tokens, error)

var grants = map[string]grant{
	tenant.GrantAuthorizationCode: grantAuthorizationCode,
	tenant.GrantRefreshToken:      grantRefreshToken,
	tenant.GrantClientCredentials: grantClientCredentials,
	tenant.GrantPassword:          grantPassword,
	tenant.GrantPasswordRealm:     grantPassword,
	tenant.GrantPasswordlessOTP:   grantPasswordlessOTP,
	tenant.GrantDeviceCode:        grantDeviceCode,
	tenant.GrantCIBA:              grantCIBA,
	tenant.GrantMFAOTP:            grantMFAOTP,
	tenant.GrantMFAOOB:            grantMFAOOB,
	tenant.GrantMFARecoveryCode:   grantMFARecoveryCode,
	tenant.GrantTokenExchange:     grantTokenExchange,
	tenant.GrantPasskey:           grantPasskey,
}

// grantsNotBuilt are known to Auth0 and not yet to Faux0.
var grantsNotBuilt = []string{
	"urn:ietf:params:oauth:grant-type:jwt-bearer",
	"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
}

// token parses once, authenticates the client, asks whether it may use the
// grant, looks at what keys it holds, and only then lets the grant work.
//
// Source: RFC 6749 §3.2, §5; RFC 9449 §5; Auth0 docs, "Get token".
func (h *Handler) token(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	grantType := p.Get("grant_type")
	if grantType == "" {
		err := tenant.MissingParameter("grant_type")
		if len(p) == 0 {
			err = err.WithHint("send a form (application/x-www-form-urlencoded) or a JSON object (application/json)")
		}
		return nil, err
	}
	run, ok := grants[grantType]
	if !ok {
		return nil, h.unknownGrant(grantType)
	}
	t := &tokenRequest{Params: p, x: wire.From(r)}
	tokens, err := h.exchange(r, t, grantType, run)
	h.logExchange(t, grantType, tokens, err)
	if err != nil {
		return nil, err
	}
	if d := tokens.Decision; d != nil && d.Possession != t.possession {
		return nil, fmt.Errorf("grant %s loses the proof of possession", grantType)
	}
	res, err := wire.JSON(http.StatusOK, tokens)
	if err == nil && t.possession.DPoPKey != "" {
		res.Header[nonceHeader] = []string{h.Sealer.Nonce(h.Clock.Now())}
	}
	return res, err
}

// exchange lets the grant work once the client has authenticated and may use
// it.
func (h *Handler) exchange(r *http.Request, t *tokenRequest, grantType string, run grant) (tokens *flow.Tokens, err error) {
	if t.client, err = h.AuthenticateClient(r, t.Params); err != nil {
		return nil, err
	}
	t.x.IP = userIP(r, t)
	t.x.Note("grant_type", grantType)
	// Settings of their own say which token exchanges a client may ask for.
	if !t.client.AllowsGrant(grantType) && grantType != tenant.GrantTokenExchange {
		return nil, tenant.GrantSwitchedOff(t.client, grantType)
	}
	if t.possession, err = h.possession(r, t.client); err != nil {
		return nil, err
	}
	return run(h, t)
}

// userIPHeader is where a client's server says which address its user has.
const userIPHeader = "auth0-forwarded-for"

// userIP is the address of whoever asks: the user's, where a client that has
// authenticated and is trusted says it, else the caller's.
//
// Source: Auth0 docs, "Avoid common issues with resource owner password flow
// and attack protection".
func userIP(r *http.Request, t *tokenRequest) string {
	said := strings.TrimSpace(r.Header.Get(userIPHeader))
	if t.client.Public() || !t.client.TokenEndpointIPHeaderTrusted || net.ParseIP(said) == nil {
		return t.x.IP
	}
	return said
}

// isFor notes whom the tokens are for.
func (t *tokenRequest) isFor(userID string) {
	t.userID = userID
	t.x.Note("user_id", userID)
}

func (h *Handler) unknownGrant(grantType string) error {
	if slices.Contains(grantsNotBuilt, grantType) {
		return tenant.NotBuilt("grant_type " + grantType)
	}
	err := tenant.UnsupportedGrantType(grantType)
	known := slices.Clone(grantsNotBuilt)
	for name := range grants {
		known = append(known, name)
	}
	slices.Sort(known)
	if near := tenant.Nearest(grantType, known); near != "" {
		err = err.WithHint("did you mean %q?", near)
	}
	return err
}

// grantAuthorizationCode redeems a code. The code is taken before the redirect
// URI and the verifier are looked at, so it serves for one try only; another
// client's try leaves it alone.
//
// It returns InvalidCode, RedirectURIWrong, VerifierFailed, Unauthorized for a
// public client without PKCE, UserBlocked, or an error of token.Decide.
//
// Source: RFC 6749 §4.1.3; RFC 7636 §4.6; Auth0 docs, "Authorization code flow
// with PKCE".
func grantAuthorizationCode(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	raw := t.Get("code")
	if raw == "" {
		return nil, tenant.MissingParameter("code")
	}
	code, err := h.takeCode(raw, t.client.ClientID)
	if err != nil {
		return nil, err
	}
	ar := &code.Request
	if ar.RedirectURISent && t.Get("redirect_uri") != ar.RedirectURI {
		if t.Get("redirect_uri") == "" {
			return nil, tenant.MissingParameter("redirect_uri")
		}
		return nil, tenant.RedirectURIWrong(t.Get("redirect_uri"), ar.RedirectURI)
	}
	if err := checkVerifier(t, ar); err != nil {
		return nil, err
	}
	if ar.DPoPJKT != "" && ar.DPoPJKT != t.possession.DPoPKey {
		return nil, tenant.InvalidCode().WithHint("/authorize was sent a dpop_jkt, so the code needs a DPoP proof by that key (RFC 9449 §10)")
	}
	user, org, err := h.userAndOrganization(code.UserID, ar.OrganizationID)
	if err != nil {
		return nil, err
	}
	t.isFor(user.UserID)
	t.organizationID = ar.OrganizationID
	return h.Issue(flow.Grant{
		Request: token.Request{
			Flow: token.FlowCode, Client: t.client, User: user, Organization: org,
			Audience: ar.Audience, Resource: ar.Resource, Scopes: ar.Scopes, Details: ar.Details,
			Consented: code.Consented, Issuer: t.x.Issuer, Possession: t.possession,
			ACRValues: ar.ACRValues, SecondFactor: h.FactorReason(code.Factor, user),
		},
		Nonce: ar.Nonce, SessionID: code.SessionID, AuthTime: code.AuthTime,
	})
}

// takeCode redeems an authorization code. Checking and deleting happen in one
// step, so of two concurrent calls at most one succeeds.
//
// Source: RFC 6749 §4.1.2 (single use).
func (h *Handler) takeCode(raw, clientID string) (*store.AuthorizationCode, error) {
	var code *store.AuthorizationCode
	now := h.Clock.Now()
	err := h.Store.Update(func(s *store.State) error {
		found, ok := s.Codes.Get(raw, now)
		if !ok {
			return tenant.InvalidCode().WithHint("the code is unknown, expired, or was redeemed before")
		}
		if found.Request.ClientID != clientID {
			return tenant.InvalidCode().WithHint("the code was issued to another client")
		}
		code, _ = s.Codes.Take(raw, now)
		return nil
	})
	return code, err
}

func (h *Handler) userAndOrganization(userID, orgID string) (user *tenant.User, org *tenant.Organization, err error) {
	err = h.Store.View(func(s *store.State) error {
		user, org = s.User(userID), s.Organization(orgID)
		switch {
		case user == nil:
			return tenant.InvalidCode().WithHint("user %s was deleted after the login", userID)
		case user.Blocked:
			return tenant.UserBlocked()
		}
		return nil
	})
	return user, org, err
}

// grantRefreshToken exchanges a refresh token.
//
// Source: RFC 6749 §6; Auth0 docs, "Use refresh tokens".
func grantRefreshToken(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	raw := t.Get("refresh_token")
	if raw == "" {
		return nil, tenant.MissingParameter("refresh_token")
	}
	var narrowed []string
	if scope := t.Get("scope"); scope != "" {
		narrowed = tenant.ParseScope(scope)
	}
	tokens, used, err := h.Refresh(flow.RefreshRequest{
		Client: t.client, Token: raw, Audience: t.Get("audience"), Scopes: narrowed, Issuer: t.x.Issuer, Possession: t.possession,
	})
	h.logRefresh(t, tokens, used, err)
	return tokens, err
}

// grantClientCredentials gives a machine a token.
//
// Source: RFC 6749 §4.4; Auth0 docs, "Client credentials flow",
// "Machine-to-machine access for organizations".
func grantClientCredentials(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	if t.client.Public() {
		return nil, tenant.Unauthorized().
			WithHint("client %q has no secret (token_endpoint_auth_method none), so it cannot act for itself", t.client.Name)
	}
	request := t.request(token.FlowClientCredentials)
	var err error
	if request.Organization, err = h.machineOrganization(t, request); err != nil {
		return nil, err
	}
	if request.Organization != nil {
		t.organizationID = request.Organization.ID
	}
	return h.Issue(flow.Grant{Request: request, GrantedBy: []string{token.GTYClientCredentials}})
}

// machineOrganization is the one that a machine asks for, or its client's
// default.
func (h *Handler) machineOrganization(t *tokenRequest, request token.Request) (*tenant.Organization, error) {
	value := t.Get("organization")
	if d := t.client.DefaultOrganization; value == "" && d != nil && slices.Contains(d.Flows, tenant.GrantClientCredentials) {
		_ = h.Store.View(func(s *store.State) error {
			if token.RequiresOrganization(s, request) {
				value = d.OrganizationID
			}
			return nil
		})
	}
	return h.FindOrganization(value)
}
