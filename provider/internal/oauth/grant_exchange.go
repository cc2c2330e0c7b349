package oauth

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// typeAccessToken is the type of the tokens we issue, and of those that APIs
// are called with.
//
// Source: RFC 8693 §3.
const typeAccessToken = "urn:ietf:params:oauth:token-type:access_token"

// grantTokenExchange turns a token of one kind into tokens of ours. The type
// of the subject token says which of three things is asked for: logging in
// with what a provider gave to a native app, calling an API on a user's behalf,
// or whatever an Action of the tenant's makes of it.
//
// Source: RFC 8693 §2; Auth0 docs, Authentication API, "Token exchange".
func grantTokenExchange(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	for _, name := range []string{"subject_token", "subject_token_type"} {
		if t.Get(name) == "" {
			return nil, tenant.MissingParameter(name)
		}
	}
	typ := t.Get("subject_token_type")
	t.x.Note("subject_token_type", typ)
	switch {
	case strings.HasSuffix(t.Get("audience"), ":session_transfer"):
		return nil, tenant.NotBuilt("the session transfer token")
	case flow.NativeSocialStrategy(typ) != "":
		return h.logged(t, tenant.LogSuccessNativeSocial, tenant.LogFailedNativeSocial, h.nativeSocial)
	case typ == typeAccessToken:
		return h.logged(t, tenant.LogSuccessOnBehalf, tenant.LogFailedOnBehalf, h.onBehalfOf)
	}
	profile, known := h.exchangeProfile(typ)
	if profile == nil {
		err := tenant.UnknownSubjectTokenType(typ)
		if near := tenant.Nearest(typ, known); near != "" {
			err = err.WithHint("did you mean %q?", near)
		} else if len(known) > 0 {
			err = err.WithHint("a token exchange profile takes %s; add one to tokenExchangeProfiles for others", strings.Join(known, ", "))
		}
		return nil, err
	}
	return h.logged(t, tenant.LogSuccessCustomExchange, tenant.LogFailedCustomExchange, func(t *tokenRequest, e *tenant.LogEvent) (*flow.Tokens, error) {
		return h.customExchange(t, profile, e)
	})
}

// exchangeProfile is the profile for the type, nil for none, and the types that
// there are.
func (h *Handler) exchangeProfile(typ string) (profile *tenant.TokenExchangeProfile, known []string) {
	known = append(flow.NativeSocialTypes(), typeAccessToken)
	_ = h.Store.View(func(s *store.State) error {
		profile = s.TokenExchangeProfile(typ)
		for _, p := range s.TokenExchangeProfiles() {
			known = append(known, p.SubjectTokenType)
		}
		return nil
	})
	return profile, known
}

// logged runs an exchange and tells the tenant's log how it went.
//
// Source: the description of tenant logs, sens, secte,
// success_on_behalf_of_token_exchange and their failures.
func (h *Handler) logged(t *tokenRequest, success, failure tenant.LogType, exchange func(*tokenRequest, *tenant.LogEvent) (*flow.Tokens, error)) (*flow.Tokens, error) {
	e := t.event(success)
	e.Details = map[string]any{"subject_token_type": t.Get("subject_token_type")}
	tokens, err := exchange(t, &e)
	if err != nil {
		e.Type = failure
		if e.Description == "" {
			e.Description = describe(err)
		}
	} else {
		t.x.Note("user_id", e.UserID)
		e.Audience, e.Scope = tokens.Decision.Audience, tokens.Scope
	}
	h.Log(e)
	return tokens, err
}

// nativeSocial logs in with what a provider gave to a native app. A request
// that the API's rules refuse spends no code of the provider's.
//
// It returns GrantNotAllowed, ConnectionNotEnabled, InvalidSubjectToken,
// UserBlocked, or an error of token.Decide.
//
// Source: Auth0 docs, Authentication API, "Token exchange for native social";
// "Native social login". What a client that may not do it is told is inferred.
func (h *Handler) nativeSocial(t *tokenRequest, e *tenant.LogEvent) (*flow.Tokens, error) {
	typ := t.Get("subject_token_type")
	strategy := flow.NativeSocialStrategy(typ)
	if !t.client.AllowsNativeSocial(strategy) {
		return nil, tenant.GrantNotAllowed(tenant.GrantTokenExchange).
			WithHint("set native_social_login.%s.enabled of client %q", strings.TrimSuffix(strategy, "-oauth2"), t.client.Name)
	}
	request := t.request(token.FlowNativeSocial)
	connection, err := h.socialConnection(t, strategy, request)
	if err != nil {
		return nil, err
	}
	e.Connection = connection.Name
	profile, err := h.ReadProviderToken(connection, typ, t.Get("subject_token"), t.Get("user_profile"))
	if err != nil {
		return nil, err
	}
	user, err := h.UpstreamUser(connection, profile)
	if err != nil {
		return nil, err
	}
	e.UserID = user.UserID
	return h.login(t, flow.Grant{Request: request}, user)
}

// login issues the tokens of a login without a page. A refused request is no
// login.
func (h *Handler) login(t *tokenRequest, g flow.Grant, user *tenant.User) (*flow.Tokens, error) {
	if user.Blocked {
		return nil, tenant.UserBlocked().WithHint("user %s is blocked in the fixture or through the Management API", user.Label())
	}
	g.User = user
	if err := h.askForMFAAPI(t, g.Request); err != nil {
		return nil, err
	}
	decision, err := h.Decide(g.Request)
	if err != nil {
		return nil, err
	}
	if g.User = h.LoggedIn(user.UserID, t.x.IP, false); g.User == nil {
		g.User = user
	}
	return h.IssueDecided(g, decision)
}

// askForMFAAPI asks for the second factor of a user who has one, where the
// token is for the MFA API: by it the factor could be taken away. A token
// exchange is asked for no other, since it has no page to ask on.
//
// It returns MFARequired.
//
// Source: Auth0 support, "Enable allow unchallenged MFA API access".
func (h *Handler) askForMFAAPI(t *tokenRequest, request token.Request) error {
	if why, ask := h.FactorDue(token.SecondFactor{User: request.User, Audience: request.Audience}); ask != token.AskNoFactor && why.Code == token.ReasonFactorMFAAPI {
		request.SecondFactor = why
		return h.askFactor(t, request)
	}
	return nil
}

func (h *Handler) socialConnection(t *tokenRequest, strategy string, request token.Request) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		var any *tenant.Connection
		for _, c := range s.Connections() {
			if c.Strategy == strategy {
				any = c
				if connection == nil && c.EnabledFor(t.client.ClientID) {
					connection = c
				}
			}
		}
		switch {
		case any == nil:
			return tenant.ConnectionNotEnabled(strategy, t.client).WithHint("the tenant has no connection of strategy %q", strategy)
		case connection == nil:
			return tenant.ConnectionNotEnabled(any.Name, t.client)
		}
		return token.CheckAccess(s, request)
	})
	return connection, err
}

// onBehalfOf gives an API that was called with a user's access token one for
// the next API. Whoever called before stands in the act claim: the API itself,
// then those before it, the client that logged the user in last.
//
// It returns GrantNotAllowed, Unauthorized, InvalidSubjectToken,
// DelegationTooDeep, UserBlocked, NotAMember, or an error of token.Decide.
//
// Source: RFC 8693 §2.1, §4.1; Auth0 docs, "On-behalf-of token exchange". What
// a client that may not do it is told is inferred.
func (h *Handler) onBehalfOf(t *tokenRequest, e *tenant.LogEvent) (*flow.Tokens, error) {
	e.Details["requested_token_type"] = typeAccessToken
	if err := mayActForUsers(t.client); err != nil {
		return nil, err
	}
	if typ := t.Get("requested_token_type"); typ != "" && typ != typeAccessToken {
		return nil, tenant.UnsupportedRequestedTokenType(typ)
	}
	if t.Get("audience") == "" {
		return nil, tenant.MissingParameter("audience")
	}
	subject, err := h.subjectAccessToken(t)
	if err != nil {
		return nil, err
	}
	request := t.request(token.FlowOnBehalfOf)
	before := subject.Actor
	if before == nil && subject.ClientID != "" {
		before = &token.Actor{Subject: subject.ClientID}
	}
	request.Actor = &token.Actor{Subject: t.client.ClientID, Act: before}
	e.UserID, e.Details["actor"] = subject.Subject, request.Actor.Claims()
	if subject.Actor.Depth() > token.MaxActors {
		return nil, tenant.DelegationTooDeep(token.MaxActors)
	}
	if request.Organization, err = h.subjectOrganization(t, subject); err != nil {
		return nil, err
	}
	if request.User, err = h.subjectUser(subject.Subject, request.Organization); err != nil {
		return nil, err
	}
	if err := h.askForMFAAPI(t, request); err != nil {
		return nil, err
	}
	tokens, err := h.Issue(flow.Grant{Request: request})
	if err != nil {
		return nil, err
	}
	tokens.IssuedTokenType = typeAccessToken
	return tokens, nil
}

func mayActForUsers(c *tenant.Client) error {
	refused := tenant.GrantNotAllowed(tenant.GrantTokenExchange)
	switch {
	case !c.AllowsExchange(tenant.ProfileOnBehalfOf):
		return refused.WithHint("add %q to token_exchange.allow_any_profile_of_type of client %q", tenant.ProfileOnBehalfOf, c.Name)
	case c.AppType != "resource_server" || c.ResourceServerIdentifier == "":
		return refused.WithHint("client %q must have app_type \"resource_server\" and the resource_server_identifier of its API", c.Name)
	case c.Public():
		return tenant.Unauthorized().WithHint("client %q has no secret (token_endpoint_auth_method none), so it cannot act for users", c.Name)
	}
	return nil
}

// subjectAccessToken checks the token that the API was called with: one of
// ours, for a user, for this API, and not expired.
func (h *Handler) subjectAccessToken(t *tokenRequest) (*token.Verified, error) {
	bad := func(format string, args ...any) error { return tenant.InvalidSubjectToken().WithHint(format, args...) }
	v, err := h.Keys().Verify(t.Get("subject_token"))
	api := t.client.ResourceServerIdentifier
	switch {
	case err != nil:
		return nil, bad("the subject token is no access token of this tenant's that can be checked with its keys: %s", err)
	case !h.Clock.Now().Before(v.Expires):
		return nil, bad("the subject token has expired")
	case !h.OwnIssuer(v.Issuer):
		return nil, bad("the subject token was issued by %q", v.Issuer)
	case !slices.Contains(v.Audience, api):
		return nil, bad("the subject token is for %q, and client %q is the API %q", v.Audience, t.client.Name, api)
	case strings.HasSuffix(v.Subject, "@clients"):
		return nil, bad("the subject token is a machine's: there is no user to act for")
	}
	return v, nil
}

// subjectOrganization is the organization asked for, else the subject token's.
func (h *Handler) subjectOrganization(t *tokenRequest, subject *token.Verified) (org *tenant.Organization, err error) {
	if value := t.Get("organization"); value != "" {
		return h.FindOrganization(value)
	}
	id, _ := subject.Claims["org_id"].(string)
	_ = h.Store.View(func(s *store.State) error { org = s.Organization(id); return nil })
	return org, nil
}

func (h *Handler) subjectUser(id string, org *tenant.Organization) (user *tenant.User, err error) {
	err = h.Store.View(func(s *store.State) error {
		user = s.User(id)
		switch {
		case user == nil:
			return tenant.InvalidSubjectToken().WithHint("there is no user %q", id)
		case user.Blocked:
			return tenant.UserBlocked()
		case org != nil && user.Member(org.ID) == nil:
			return tenant.NotAMember(id, org.ID)
		}
		return nil
	})
	return user, err
}

// exchangeScopes is what a custom exchange gets that asks for no scope.
//
// Observed: go-auth0, TestLoginWithCustomTokenExchange.
var exchangeScopes = []string{tenant.ScopeOpenID, tenant.ScopeProfile, tenant.ScopeEmail}

// customExchange lets the Action of the profile decide.
//
// It returns GrantNotAllowed, the errors of flow.CustomExchange, or one of
// token.Decide.
//
// Source: RFC 8693 §2; Auth0 docs, "Custom token exchange", "Call your API
// using the custom token exchange flow".
func (h *Handler) customExchange(t *tokenRequest, profile *tenant.TokenExchangeProfile, e *tenant.LogEvent) (*flow.Tokens, error) {
	if err := mayExchange(t); err != nil {
		return nil, err
	}
	request := t.request(token.FlowCustomExchange)
	var err error
	if request.Organization, err = h.FindOrganization(t.Get("organization")); err != nil {
		return nil, err
	}
	done, err := h.CustomExchange(flow.Exchange{
		Profile: profile, Request: request,
		HTTP: action.Request{IP: t.x.IP, Hostname: e.Hostname, Method: "POST", UserAgent: t.x.UserAgent, Body: t.Params, GeoIP: map[string]any{}},
	})
	if err != nil {
		return nil, err
	}
	request.Organization, request.Actor = done.Organization, done.Actor
	e.UserID = done.User.UserID
	if done.Actor != nil {
		e.Details["actor"] = done.Actor.Claims()
	}
	if done.Organization != nil {
		e.OrganizationID = done.Organization.ID
	}
	if t.Get("scope") == "" {
		request.Scopes = exchangeScopes
	}
	tokens, err := h.login(t, flow.Grant{Request: request}, done.User)
	if err != nil {
		return nil, err
	}
	tokens.IssuedTokenType = typeAccessToken
	return tokens, nil
}

// mayExchange says what the client lacks for custom token exchange, or the
// request.
//
// Source: Auth0 docs, "Configure custom token exchange". What a client that may
// not do it is told is inferred.
func mayExchange(t *tokenRequest) error {
	refused, c := tenant.GrantNotAllowed(tenant.GrantTokenExchange), t.client
	switch {
	case !c.AllowsExchange(tenant.ProfileCustomAuthentication):
		return refused.WithHint("add %q to token_exchange.allow_any_profile_of_type of client %q", tenant.ProfileCustomAuthentication, c.Name)
	case !c.IsFirstParty:
		return refused.WithHint("client %q is a third-party application (is_first_party)", c.Name)
	case !c.OIDCConformant:
		return refused.WithHint("set oidc_conformant of client %q", c.Name)
	case t.Get("actor_token") != "" && t.Get("actor_token_type") == "":
		return tenant.ActorTokenTypeMissing("actor_token", "actor_token_type")
	case t.Get("actor_token") == "" && t.Get("actor_token_type") != "":
		return tenant.ActorTokenTypeMissing("actor_token_type", "actor_token")
	}
	if typ := t.Get("requested_token_type"); typ != "" && typ != typeAccessToken {
		return tenant.UnsupportedRequestedTokenType(typ)
	}
	return nil
}
