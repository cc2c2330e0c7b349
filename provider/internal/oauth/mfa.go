package oauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/mfa"
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

// associated is the answer of /mfa/associate.
//
// Observed: go-auth0, TestMFAAddAuthenticator.
type associated struct {
	AuthenticatorType string   `json:"authenticator_type"`
	BarcodeURI        string   `json:"barcode_uri,omitempty"`
	OOBChannel        string   `json:"oob_channel,omitempty"`
	OOBCode           string   `json:"oob_code,omitempty"`
	BindingMethod     string   `json:"binding_method,omitempty"`
	Secret            string   `json:"secret,omitempty"`
	RecoveryCodes     []string `json:"recovery_codes,omitempty"`
}

// mfaAssociate begins an enrolment, which the MFA grants confirm. An mfa_token
// lets only somebody enrol who has no factor yet: whoever has stolen a password
// could else add one of their own.
//
// Source: Auth0 docs, Authentication API, "Add an authenticator".
func (h *Handler) mfaAssociate(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	if p.Get("client_secret") != "" || p.Get("client_assertion") != "" {
		if _, err := h.AuthenticateClient(r, p); err != nil {
			return nil, err
		}
	}
	caller, err := h.bearer(r, p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	method, to, err := h.enrolment(caller, p)
	if err != nil {
		return nil, err
	}
	switch {
	case caller.pending == nil && !caller.may(tenant.ScopeEnroll):
		return nil, tenant.MFAScopeMissing(tenant.ScopeEnroll)
	case caller.pending != nil && h.Enrolled(caller.userID):
		return nil, tenant.AlreadyEnrolled()
	}
	return h.associate(r, caller, method, to)
}

// enrolment reads what is to be enrolled in.
func (h *Handler) enrolment(caller *mfaCaller, p wire.Params) (method, to string, err error) {
	types, channels := strings.Fields(p.Get("authenticator_types")), strings.Fields(p.Get("oob_channels"))
	switch {
	case slices.Contains(types, "otp"):
		method = store.MethodTOTP
	case !slices.Contains(types, "oob"):
		return "", "", tenant.MissingParameter("authenticator_types").WithHint(`authenticator_types is ["otp"] or ["oob"]`)
	case slices.Contains(channels, "auth0"):
		method = store.MethodPush
	case slices.Contains(channels, "email"):
		method, to = store.MethodEmail, p.Get("email")
		if to == "" {
			_ = h.Store.View(func(s *store.State) error {
				if u := s.User(caller.userID); u != nil {
					to = u.Email
				}
				return nil
			})
		}
		if !tenant.ValidEmail(to) {
			return "", "", tenant.InvalidRequest("Invalid email")
		}
	case slices.Contains(channels, "sms"), slices.Contains(channels, "voice"):
		if method, to = store.MethodSMS, p.Get("phone_number"); !slices.Contains(channels, "sms") {
			method = store.MethodVoice
		}
		if to == "" {
			return "", "", tenant.MissingParameter("phone_number")
		}
		if !tenant.ValidPhone(to) {
			return "", "", tenant.InvalidRequest("Invalid phone_number").WithHint("a phone number begins with + and the country code")
		}
	default:
		return "", "", tenant.MissingParameter("oob_channels").WithHint(`oob_channels is ["sms"], ["voice"], ["email"] or ["auth0"]`)
	}
	factor := (&store.Authenticator{Method: method}).Factor()
	_ = h.Store.View(func(s *store.State) error {
		switch {
		case !s.Guardian().Enabled(factor):
			err = tenant.FactorDisabled(factor)
		case factor == tenant.FactorSMS && !slices.Contains(s.Guardian().PhoneTypes(), method):
			err = tenant.FactorDisabled(method).WithHint("guardianPhoneFactorMessageTypes of the fixture has no %q in message_types", method)
		}
		return nil
	})
	return method, to, err
}

func (h *Handler) associate(r *http.Request, caller *mfaCaller, method, to string) (*wire.Response, error) {
	var user *tenant.User
	var client *tenant.Client
	issuer := "Faux0"
	_ = h.Store.View(func(s *store.State) error {
		user, client = s.User(caller.userID), s.Client(caller.clientID)
		if name := s.Settings().FriendlyName; name != "" {
			issuer = name
		}
		return nil
	})
	if user == nil || client == nil {
		return nil, tenant.MalformedMFAToken().WithHint("the user or the client was deleted meanwhile")
	}
	a, recovery := h.Enrol(user.UserID, method, to)
	answer := associated{AuthenticatorType: "oob"}
	if recovery != "" {
		answer.RecoveryCodes = []string{recovery}
	}
	x := wire.From(r)
	pendingID := ""
	if caller.pending != nil {
		pendingID = caller.pending.ID
	}
	switch method {
	case store.MethodTOTP:
		answer.AuthenticatorType, answer.Secret = "otp", a.Secret
		answer.BarcodeURI = mfa.URI(issuer, user.Label(), a.Secret)
	case store.MethodPush:
		answer.OOBChannel, answer.BarcodeURI = "auth0", mfa.PushURI(issuer, user.Label(), a.Secret, x.Issuer)
	default:
		answer.OOBChannel, answer.BindingMethod = method, "prompt"
	}
	if a.OutOfBand() {
		var err error
		if answer.OOBCode, err = h.Challenge(user.UserID, a, client, pendingID, occasion(x)); err != nil {
			return nil, err
		}
	}
	e := x.LogEvent(tenant.LogEnrolmentStarted)
	e.ClientID, e.UserID = client.ClientID, user.UserID
	h.Log(flow.AboutAuthenticator(e, a.ID, a.Method))
	return withCharset(answer)
}

// listed is an authenticator as its user may see it.
//
// Observed: go-auth0, TestMFAListAuthenticators.
type listed struct {
	ID                string `json:"id"`
	AuthenticatorType string `json:"authenticator_type"`
	Active            bool   `json:"active"`
	OOBChannel        string `json:"oob_channel,omitempty"`
	Name              string `json:"name,omitempty"`
}

func (h *Handler) mfaAuthenticators(r *http.Request) (*wire.Response, error) {
	caller, err := h.bearer(r, "")
	switch {
	case err != nil:
		return nil, err
	case caller.pending == nil && !caller.may(tenant.ScopeReadAuthenticators):
		return nil, tenant.MFAScopeMissing(tenant.ScopeReadAuthenticators)
	}
	list := []listed{}
	for _, a := range h.everyAuthenticator(caller.userID) {
		row := listed{ID: a.ID, AuthenticatorType: "oob", Active: a.Active}
		switch a.Method {
		case store.MethodTOTP:
			row.AuthenticatorType = "otp"
		case store.MethodRecoveryCode:
			row.AuthenticatorType = "recovery-code"
		case store.MethodPush:
			row.OOBChannel = "auth0"
		case store.MethodWebAuthnRoaming, store.MethodWebAuthnPlatform:
			row.AuthenticatorType, row.Name = a.Method, a.Key.Name // inferred; the documentation says that they are listed
		default:
			row.OOBChannel, row.Name = a.Method, tenant.MaskedContact(a.To)
		}
		list = append(list, row)
	}
	return withCharset(list)
}

// everyAuthenticator lists what a user has enrolled in, with the address that
// needs no enrolment.
func (h *Handler) everyAuthenticator(userID string) []*store.Authenticator {
	list := h.Authenticators(userID, false)
	for _, a := range h.Authenticators(userID, true) {
		if a.Implicit {
			list = append(list, a)
		}
	}
	return list
}

// mfaRemove takes an authenticator from its user. An mfa_token is not enough:
// whoever has the password alone could else take the second factor away.
//
// Source: Auth0 docs, Authentication API, "Delete an authenticator".
func (h *Handler) mfaRemove(r *http.Request) (*wire.Response, error) {
	caller, err := h.bearer(r, "")
	switch {
	case err != nil:
		return nil, err
	case !caller.may(tenant.ScopeRemoveAuthenticators):
		return nil, tenant.MFAScopeMissing(tenant.ScopeRemoveAuthenticators)
	}
	id, found := wire.PathVar(r, "id"), false
	_ = h.Store.Update(func(s *store.State) error { found = s.DeleteAuthenticator(caller.userID, id); return nil })
	if !found {
		return nil, tenant.UnknownAuthenticator()
	}
	e := wire.From(r).LogEvent(tenant.LogUnenrolled)
	e.ClientID, e.UserID = caller.clientID, caller.userID
	e.Details = map[string]any{"authenticator": map[string]any{"id": id}}
	h.Log(e)
	return wire.Empty(http.StatusNoContent), nil
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
func (h *Handler) askFactor(request token.Request, grantedBy ...string) error {
	pending := store.MFAToken{
		ClientID: request.Client.ClientID, UserID: request.User.UserID, GrantedBy: grantedBy,
		Audience: request.Audience, Resource: request.Resource, Scopes: request.Scopes,
	}
	if request.Organization != nil {
		pending.OrganizationID = request.Organization.ID
	}
	return h.AskFactor(pending, request.SecondFactor)
}
