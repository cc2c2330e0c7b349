package login

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// authorization is a request to /authorize on its way through the checks.
type authorization struct {
	store.AuthorizationRequest
	client *tenant.Client
	org    *tenant.Organization
	// invitation is what the person accepts by logging in, nil for none.
	invitation *tenant.Invitation
	x          *wire.Exchange
	// pushed and signed say how the request came.
	pushed, signed bool
	// userID is who logs in, once that is known; bySession says that the
	// browser's session was enough for it.
	userID    string
	bySession bool
	// upstream is what the tenant's log says of the provider, should it fail.
	upstream map[string]any
	// shown and asked are the transaction's: a page was shown, and consent
	// given.
	shown, asked bool
	// factor says why a second factor was asked for or not, risk what the browser
	// says about the login, nil where nobody wants to know.
	factor token.Reason
	risk   *token.Risk
	// consented limits what is granted; nil is no limit.
	consented []string
	// captured are the tenant's own fields that the person filled in, for
	// Actions.
	captured map[string]string
}

// authorize begins a login. Until client and callback are known to be right,
// an error is shown on a page; from then on it goes to the callback.
//
// Source: RFC 6749 §4.1.1, §4.1.2.1; OpenID Connect Core 1.0 §3.1.2; Auth0
// docs, "Authorization code flow".
func (h *Handler) authorize(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	if r.Method == http.MethodPost {
		var err error
		if p, err = wire.Body(r); err != nil {
			return nil, err
		}
	}
	if res := h.continueClassic(r, p); res != nil {
		return res, nil
	}
	a := &authorization{x: wire.From(r)}
	a.Issuer = a.x.Issuer
	if err := h.resolveClient(a, p); err != nil {
		return nil, h.logFailure(a, err)
	}
	p, err := h.unpack(a, p)
	if err != nil {
		return nil, h.logFailure(a, err)
	}
	if err := h.resolveCallback(a, p); err != nil {
		return nil, h.logFailure(a, err)
	}
	if err := h.readRequest(a, p); err != nil {
		return h.refuse(a, err)
	}
	if ticket := p.Get("login_ticket"); ticket != "" {
		return h.ticketLogin(r, a, ticket)
	}
	return h.dispatch(r, a)
}

func (h *Handler) resolveClient(a *authorization, p wire.Params) error {
	id := p.Get("client_id")
	if id == "" {
		return tenant.MissingParameter("client_id")
	}
	a.x.Note("client_id", id)
	var known []string
	_ = h.Store.View(func(s *store.State) error {
		a.client = s.Client(id)
		for _, c := range s.Clients() {
			known = append(known, c.ClientID)
		}
		return nil
	})
	if a.client == nil {
		err := tenant.UnknownClient(id)
		if near := tenant.Nearest(id, known); near != "" {
			err = err.WithHint("Did you mean %q?", near)
		}
		return err
	}
	a.ClientID = id
	return nil
}

// resolveCallback settles where answers go. A request without redirect_uri
// goes to the first Allowed Callback URL.
//
// Source: RFC 9700 §2.1; community reports for the default.
func (h *Handler) resolveCallback(a *authorization, p wire.Params) error {
	a.State = p.Get("state")
	a.RedirectURI, a.RedirectURISent = p.Get("redirect_uri"), p.Get("redirect_uri") != ""
	if !a.RedirectURISent {
		if len(a.client.Callbacks) == 0 {
			return tenant.MissingParameter("redirect_uri").WithHint("client %q has no callbacks to fall back on", a.client.Name)
		}
		a.RedirectURI = a.client.Callbacks[0]
	}
	org := ""
	if o, err := h.FindOrganization(p.Get("organization")); err == nil && o != nil {
		org = o.Name
	}
	if tenant.ValidRedirect(a.RedirectURI) && a.client.MatchCallback(a.RedirectURI, org) {
		return nil
	}
	return callbackMismatch(a)
}

func callbackMismatch(a *authorization) error {
	err := tenant.CallbackMismatch(a.RedirectURI).WithConfigured(a.client.Callbacks, "callbacks of client %q", a.client.Name)
	if len(a.client.Callbacks) == 0 {
		return err.WithHint("Client %q has no Allowed Callback URLs. Add %q to its callbacks.", a.client.Name, a.RedirectURI)
	}
	hint := fmt.Sprintf("Add %s to callbacks of client %q, or send one that is there", a.RedirectURI, a.client.Name)
	if near := tenant.Nearest(a.RedirectURI, a.client.Callbacks); near != "" {
		hint += fmt.Sprintf("; the nearest is %s", near)
	}
	return err.WithHint("%s.", hint)
}

// readRequest checks everything that can be answered at the callback.
func (h *Handler) readRequest(a *authorization, p wire.Params) error {
	if err := readResponse(a, p); err != nil {
		return err
	}
	a.Nonce, a.Audience, a.Resource = p.Get("nonce"), p.Get("audience"), p.Get("resource")
	a.Scopes = tenant.ParseScope(p.Get("scope"))
	a.Forward = forwardedParameters(p)
	a.LoginHint, a.Connection, a.ScreenHint = p.Get("login_hint"), p.Get("connection"), p.Get("screen_hint")
	a.Popup = p.Get("owp") == "true"
	a.DPoPJKT, a.Device = p.Get("dpop_jkt"), p.Get("device")
	a.CorrelationID, a.Ext = p.Get("correlation_id"), extParameters(p)
	a.UILocales, a.ACRValues = strings.Fields(p.Get("ui_locales")), strings.Fields(p.Get("acr_values"))
	for _, check := range []func(*authorization, wire.Params) error{
		checkThirdParty, h.checkDelivery, checkGrantTypes, checkNonce, readPrompt, readMaxAge, readChallenge, checkThirdPartyPKCE, h.checkACR,
		readDetails, h.readOrganization, h.checkInvitation, h.checkConnection,
	} {
		if err := check(a, p); err != nil {
			return err
		}
	}
	return h.Store.View(func(s *store.State) error { return token.CheckAccess(s, a.tokenRequest(nil)) })
}

// responseTypes are the combinations on offer, words sorted.
//
// Source: OAuth 2.0 Multiple Response Type Encoding Practices §3, §5.
var responseTypes = []string{
	"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
}

// readResponse settles what comes back and how. The mode is settled first, so
// that an error about the type already travels by it.
func readResponse(a *authorization, p wire.Params) error {
	words := strings.Fields(p.Get("response_type"))
	slices.Sort(words)
	a.ResponseType = strings.Join(words, " ")
	a.ResponseMode = p.Get("response_mode")
	if err := readResponseMode(a); err != nil {
		return err
	}
	switch {
	case a.ResponseType == "":
		return tenant.MissingParameter("response_type")
	case !slices.Contains(responseTypes, a.ResponseType):
		return tenant.UnsupportedResponseType(p.Get("response_type"))
	}
	return nil
}

// Response modes.
//
// Source: OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0
// Form Post Response Mode; Auth0 docs, "Silent authentication" (web_message).
const (
	modeQuery      = "query"
	modeFragment   = "fragment"
	modeFormPost   = "form_post"
	modeWebMessage = "web_message"
)

func readResponseMode(a *authorization) error {
	byDefault := modeFragment
	if a.ResponseType == "code" || a.ResponseType == "" {
		byDefault = modeQuery
	}
	mode := a.ResponseMode
	switch {
	case mode == "":
		a.ResponseMode = byDefault
	case mode == modeQuery && byDefault == modeFragment:
		a.ResponseMode = byDefault
		return tenant.UnsupportedResponseMode(mode).WithHint("tokens never travel in a query; use fragment or form_post")
	case mode == modeWebMessage:
		if origin := tenant.Origin(a.RedirectURI); !a.client.AllowsWebMessage(origin) {
			a.ResponseMode = "" // nobody to post to: shown as a page
			return tenant.OriginNotAllowed(origin, a.client)
		}
	case mode != modeQuery && mode != modeFragment && mode != modeFormPost:
		a.ResponseMode = byDefault
		return tenant.UnsupportedResponseMode(mode).WithHint("response_mode is one of query, fragment, form_post, web_message")
	}
	return nil
}

// checkGrantTypes: a code needs the authorization_code grant, tokens from here
// the implicit one, hybrids both.
//
// Source: Auth0 docs, "Application grant types".
func checkGrantTypes(a *authorization, _ wire.Params) error {
	for _, need := range []struct{ word, grantType string }{
		{"code", tenant.GrantAuthorizationCode}, {"token", tenant.GrantImplicit}, {"id_token", tenant.GrantImplicit},
	} {
		if grantType := need.grantType; a.responds(need.word) && !a.client.AllowsGrant(grantType) {
			return tenant.GrantSwitchedOff(a.client, grantType)
		}
	}
	return nil
}

func (a *authorization) responds(word string) bool {
	return slices.Contains(strings.Fields(a.ResponseType), word)
}

func checkNonce(a *authorization, _ wire.Params) error {
	if a.responds("id_token") && a.Nonce == "" {
		return tenant.MissingParameter("nonce")
	}
	return nil
}

func readPrompt(a *authorization, p wire.Params) error {
	a.Prompt = strings.Fields(p.Get("prompt"))
	for _, word := range a.Prompt {
		switch word {
		case "none":
			if len(a.Prompt) > 1 {
				return tenant.InvalidRequest("prompt=none cannot be combined with other values")
			}
		case "login", "consent", "select_account":
		default:
			return tenant.InvalidRequest("Unsupported prompt value: " + word)
		}
	}
	return nil
}

func readMaxAge(a *authorization, p wire.Params) error {
	a.MaxAgeSeconds = -1
	if raw := p.Get("max_age"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 {
			return tenant.InvalidRequest("max_age must be a whole number of seconds, not " + strconv.Quote(raw))
		}
		a.MaxAgeSeconds = n
	}
	return nil
}

// readChallenge reads PKCE. A method without a challenge is a client that
// believes itself protected.
//
// Source: RFC 7636 §4.3, §4.4.1.
func readChallenge(a *authorization, p wire.Params) error {
	a.CodeChallenge, a.CodeChallengeMethod = p.Get("code_challenge"), p.Get("code_challenge_method")
	if a.CodeChallenge == "" {
		if a.CodeChallengeMethod != "" {
			return tenant.MissingParameter("code_challenge")
		}
		return nil
	}
	switch a.CodeChallengeMethod {
	case "":
		a.CodeChallengeMethod = "plain"
	case "plain", "S256":
	default:
		return tenant.InvalidRequest("code_challenge_method must be S256 or plain, not " + strconv.Quote(a.CodeChallengeMethod))
	}
	if n := len(a.CodeChallenge); n < 43 || n > 128 {
		return tenant.InvalidRequest("code_challenge must be 43 to 128 characters long")
	}
	return nil
}

// extParameters are those that begin with extPrefix, nil for none.
func extParameters(p wire.Params) map[string]string {
	var ext map[string]string
	for name, value := range p {
		if strings.HasPrefix(name, extPrefix) {
			if ext == nil {
				ext = map[string]string{}
			}
			ext[name] = value
		}
	}
	return ext
}

// checkACR: a tenant that lists the acr_values it supports refuses others.
//
// Source: Management API, PATCH /api/v2/tenants/settings, acr_values_supported.
func (h *Handler) checkACR(a *authorization, _ wire.Params) error {
	return h.Store.View(func(s *store.State) error {
		supported := s.Settings().ACRValuesSupported
		for _, value := range a.ACRValues {
			if len(supported) > 0 && !slices.Contains(supported, value) {
				return tenant.ACRUnsupported(value, supported)
			}
		}
		return nil
	})
}

// readDetails reads authorization_details: a JSON array of objects. Whether
// the API knows their types, the token rules say.
//
// Source: RFC 9396 §2, §5.
func readDetails(a *authorization, p wire.Params) error {
	raw := p.Get("authorization_details")
	if raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), &a.Details); err != nil {
		return tenant.InvalidAuthorizationDetails("authorization_details must be a JSON array of objects")
	}
	return nil
}

// readOrganization applies the client's rules about organizations.
//
// Source: Auth0 docs, "Define organization behavior".
func (h *Handler) readOrganization(a *authorization, p wire.Params) error {
	value := p.Get("organization")
	usage := a.client.OrganizationUsage
	behavior := a.client.OrganizationRequireBehavior
	switch {
	case value == "" && (usage == "require" || usage == "allow") && (behavior == promptBeforeLogin || behavior == promptAfterLogin):
		a.OrganizationPrompt = behavior
		return nil
	case value == "" && usage == "require":
		return tenant.OrganizationRequired()
	case value == "":
		return nil
	case usage != "allow" && usage != "require":
		return tenant.OrganizationNotAllowed().
			WithHint("set organization_usage of client %q to \"allow\" or \"require\"", a.client.Name)
	}
	org, err := h.FindOrganization(value)
	switch {
	case err != nil:
		return err
	case !org.AllowsClient(a.client):
		return tenant.OrganizationNotAllowed().
			WithHint("client %q is a third-party application: set third_party_client_access of organization %q to \"allow\"", a.client.Name, org.Name)
	}
	a.org, a.OrganizationID = org, org.ID
	return nil
}

// checkConnection: the connection asked for must exist and be enabled, and
// some connection must be.
//
// Source: Auth0 docs, "Application connections".
func (h *Handler) checkConnection(a *authorization, p wire.Params) error {
	return h.Store.View(func(s *store.State) error {
		if a.Connection == "" {
			return anyConnection(s, a, takesCodes(s, a, p))
		}
		c := s.ConnectionByName(a.Connection)
		switch {
		case c == nil:
			return tenant.ConnectionNotFound(a.Connection)
		case !c.ServesClient(a.client):
			return tenant.ConnectionDisabled(a.Connection, a.client)
		case a.org != nil && !a.org.Allows(c.ID):
			return tenant.ConnectionNotInOrganization(a.Connection, a.org)
		case c.Passwordless() && !takesCodes(s, a, p):
			return tenant.NoPasswordless(c)
		}
		return nil
	})
}

// takesCodes says whether a code can log in here: by a ticket, by a session, on
// a page of the tenant's own, or on ours.
func takesCodes(s *store.State, a *authorization, p wire.Params) bool {
	html, classic := classicHTML(s, a)
	return p.Get("login_ticket") != "" || a.Prompts("none") || classic && html != "" || !classic && s.Prompts().IdentifierFirst
}

// anyConnection says why nobody could log in: the client has no connection, or
// only passwordless ones where no page asks for their codes.
func anyConnection(s *store.State, a *authorization, passwordless bool) error {
	if len(connectionsFor(s, a)) > 0 || len(upstreamsFor(s, a)) > 0 {
		return nil
	}
	for _, c := range s.Connections() {
		switch {
		case !a.allows(c) || !c.Passwordless():
		case passwordless:
			return nil
		default:
			return tenant.NoPasswordless(c)
		}
	}
	if a.org != nil {
		return tenant.NoOrganizationConnections(a.org, a.client)
	}
	return tenant.NoConnections(a.client)
}

// connectionsFor lists the databases a person may use for this login: those of
// the client, narrowed by the request and by the organization.
func connectionsFor(s *store.State, a *authorization) []*tenant.Connection {
	return slices.DeleteFunc(s.Connections(), func(c *tenant.Connection) bool {
		return !c.Database() || !a.allows(c)
	})
}

// allows says whether a person may use the connection for this login. Nobody
// accepts an invitation by a code.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations
// (passwordless connections are not supported); for those of an invitation
// that names none, inferred.
func (a *authorization) allows(c *tenant.Connection) bool {
	return c.ServesClient(a.client) && (a.Connection == "" || c.Name == a.Connection) &&
		(a.org == nil || a.org.Allows(c.ID)) && (a.invitation == nil || !c.Passwordless())
}

// tokenRequest is the request as the token rules see it.
func (a *authorization) tokenRequest(user *tenant.User) token.Request {
	flow := token.FlowCode
	switch {
	case a.DeviceCode != "":
		flow = token.FlowDevice
	case a.ResponseType != "code":
		flow = token.FlowImplicit
	}
	return token.Request{
		Flow: flow, Client: a.client, User: user, Organization: a.org,
		Audience: a.Audience, Resource: a.Resource, Scopes: a.Scopes, Details: a.Details,
		Consented: a.consented, Issuer: a.Issuer, AccessToken: a.responds("token"), SecondFactor: a.factor,
	}
}
