package oauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountMFA(rt *wire.Router) {
	rt.Handle("POST", "/mfa/challenge", wire.OAuthCharset, h.mfaChallenge)
	rt.Handle("POST", "/mfa/associate", wire.OAuthCharset, h.mfaAssociate)
	rt.Handle("GET", "/mfa/authenticators", wire.OAuthCharset, h.mfaAuthenticators)
	rt.Handle("DELETE", "/mfa/authenticators/{id}", wire.OAuthCharset, h.mfaRemove)
}

// mfaCaller is who calls the MFA API: a request that waits for its second
// factor, or a user who manages their own ones.
type mfaCaller struct {
	userID, clientID string
	// pending is the request, nil for a user with an access token.
	pending *store.MFAToken
	// scopes and audience are the access token's.
	scopes   []string
	audience string
}

// may says whether the caller's access token has the scope.
func (c *mfaCaller) may(scope string) bool { return slices.Contains(c.scopes, scope) }

// enrols says whether the caller has shown a factor already, and may add
// others.
func (c *mfaCaller) enrols() bool { return c.may(tenant.ScopeEnroll) }

// readMFACaller reads an mfa_token, or an access token for the MFA API.
//
// It returns MFATokenMissing, or an error of flow.MFAToken.
//
// Source: Auth0 docs, "Manage authentication factors with the MFA API".
func (h *Handler) readMFACaller(raw, clientID string) (*mfaCaller, error) {
	if strings.Count(raw, ".") != 2 { // no JWT
		t, err := h.MFAToken(raw, clientID)
		if err != nil {
			return nil, err
		}
		return &mfaCaller{userID: t.UserID, clientID: t.ClientID, pending: t}, nil
	}
	v, err := h.Keys().Verify(raw)
	if err != nil || !h.Clock.Now().Before(v.Expires) || !h.OwnIssuer(v.Issuer) || v.Bound != nil {
		return nil, tenant.MFATokenMissing().WithHint("the token is no access token of this tenant, or has expired")
	}
	for _, audience := range v.Audience {
		if issuer, ok := strings.CutSuffix(audience, "mfa/"); ok && h.OwnIssuer(issuer) {
			if clientID != "" && clientID != v.ClientID {
				return nil, tenant.ForeignMFAToken()
			}
			return &mfaCaller{userID: v.Subject, clientID: v.ClientID, scopes: tenant.ParseScope(v.Scope), audience: audience}, nil
		}
	}
	return nil, tenant.MFATokenMissing().WithHint("the token is for %s; log in with audience=%smfa/", strings.Join(v.Audience, " and "), v.Issuer)
}

// bearer reads the caller from the Authorization header.
func (h *Handler) bearer(r *http.Request, clientID string) (*mfaCaller, error) {
	raw, ok := wire.Bearer(r)
	if !ok || raw == "" {
		return nil, tenant.MFATokenMissing().WithHint("send Authorization: Bearer with an mfa_token, or an access token for the audience …/mfa/")
	}
	caller, err := h.readMFACaller(raw, clientID)
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	x.Note("user_id", caller.userID)
	_ = h.Store.View(func(s *store.State) error {
		if client := s.Client(caller.clientID); client != nil {
			x.AllowOrigin = client.AllowsOrigin
		}
		return nil
	})
	return caller, nil
}

// challenged is the answer of /mfa/challenge.
//
// Observed: go-auth0, TestMFAChallenge.
type challenged struct {
	ChallengeType string `json:"challenge_type"`
	OOBCode       string `json:"oob_code,omitempty"`
	BindingMethod string `json:"binding_method,omitempty"`
}

// mfaChallenge asks one of the user's authenticators for its proof: the one
// that is named, else the best of the kinds that the client knows.
//
// Source: Auth0 docs, Authentication API, "Challenge with…".
func (h *Handler) mfaChallenge(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	client, err := h.AuthenticateClient(r, p)
	if err != nil {
		return nil, err
	}
	if p.Get("mfa_token") == "" {
		return nil, tenant.MissingParameter("mfa_token")
	}
	pending, err := h.MFAToken(p.Get("mfa_token"), client.ClientID)
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	x.Note("user_id", pending.UserID)
	a, err := h.challengeable(pending.UserID, p.Get("challenge_type"), p.Get("authenticator_id"))
	if err != nil {
		return nil, err
	}
	if a.Method == store.MethodTOTP {
		h.Log(factorEvent(x, tenant.LogFactorAsked, pending, a))
		return withCharset(challenged{ChallengeType: "otp"})
	}
	oobCode, err := h.Challenge(pending.UserID, a, client, pending.ID, occasion(x))
	if err != nil {
		e := factorEvent(x, flow.NotSentEvent(a.Method), pending, a)
		e.Description = wire.AsError(err).Description
		h.Log(e)
		return nil, err
	}
	answer := challenged{ChallengeType: "oob", OOBCode: oobCode}
	if a.Method != store.MethodPush {
		answer.BindingMethod = "prompt"
	}
	h.Log(factorEvent(x, flow.SentEvent(a.Method), pending, a))
	return withCharset(answer)
}

// withCharset is an answer as the MFA API labels it.
//
// Observed: go-auth0, TestMFAChallenge.
func withCharset(v any) (*wire.Response, error) {
	res, err := wire.JSON(http.StatusOK, v)
	if err != nil {
		return nil, err
	}
	return res.Charset(), nil
}

// challengeable picks the authenticator to challenge.
func (h *Handler) challengeable(userID, kinds, id string) (*store.Authenticator, error) {
	if kinds == "" {
		kinds = "otp oob"
	}
	list := h.Authenticators(userID, true)
	if len(list) == 0 {
		return nil, tenant.AssociationRequired().WithHint("enrol the user: POST /mfa/associate, or mfa_factors in the fixture")
	}
	for _, a := range list {
		kind := "oob"
		switch {
		case a.Method == store.MethodTOTP:
			kind = "otp"
		case a.Key != nil:
			kind = a.Method // which nothing but a page can challenge
		}
		if a.Method != store.MethodRecoveryCode && (id == "" || a.ID == id) && slices.Contains(strings.Fields(kinds), kind) {
			return a, nil
		}
	}
	return nil, tenant.UnsupportedChallenge(kinds)
}

func factorEvent(x *wire.Exchange, typ tenant.LogType, pending *store.MFAToken, a *store.Authenticator) tenant.LogEvent {
	e := x.LogEvent(typ)
	e.ClientID, e.UserID, e.Audience, e.Scope = pending.ClientID, pending.UserID, pending.Audience, strings.Join(pending.Scopes, " ")
	return flow.AboutAuthenticator(e, a.ID, a.Method)
}

// secondFactor says whether a request that has passed its first factor has to
// wait for the second, and notes in it why or why not.
func (h *Handler) secondFactor(request *token.Request) bool {
	why, ask := h.FactorDue(token.SecondFactor{User: request.User, Audience: request.Audience})
	request.SecondFactor = why
	return ask != token.AskNoFactor
}

// askFactor keeps a request until its second factor comes.
//
// It returns MFARequired.
func (h *Handler) askFactor(t *tokenRequest, request token.Request, grantedBy ...string) error {
	pending := store.MFAToken{
		Grant: t.Get("grant_type"), ClientID: request.Client.ClientID, UserID: request.User.UserID, GrantedBy: grantedBy,
		Audience: request.Audience, Resource: request.Resource, Scopes: request.Scopes,
	}
	if request.Organization != nil {
		pending.OrganizationID = request.Organization.ID
	}
	return h.AskFactor(pending, request.SecondFactor)
}
