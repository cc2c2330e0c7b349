package embedded

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountPasswordless(rt *wire.Router) {
	rt.Handle("POST", "/passwordless/start", passwordlessError, h.passwordlessStart)
	rt.Handle("POST", "/passwordless/challenge", wire.OAuth, challenge)
}

// passwordlessError is OAuth's envelope with this endpoint's Content-Type.
//
// Observed: go-auth0 recordings of /passwordless/start.
func passwordlessError(r *http.Request, e *tenant.Error) *wire.Response {
	res := wire.OAuth(r, e)
	res.Header["Content-Type"] = []string{typeJSON}
	return res
}

// startMembers are what /passwordless/start may be sent: what is documented,
// and what auth0.js and Lock send beside it.
//
// Source: Auth0 docs, Authentication API, "Passwordless". Observed: auth0.js,
// authentication/passwordless-authentication.
var startMembers = []string{
	"client_id", "client_secret", "client_assertion", "client_assertion_type", "connection", "email", "phone_number", "send", "authParams",
	"captcha", "organization", "state", "_csrf", "_intstate", "protocol", "nonce", "lang", "language", "auth0Client", "x_request_language", "tenant",
	"response_mode", "audience", "sso", "popup",
}

// passwordlessStart sends a code, or a link that holds it.
//
// Source: Auth0 docs, Authentication API, "Passwordless"; "Passwordless API
// troubleshooting". Observed: go-auth0 recordings; auth0.js,
// authentication/passwordless-authentication.
func (h *Handler) passwordlessStart(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(startMembers, name) && !inAuthParams(name) {
			return nil, tenant.PasswordlessUnknownMember(name)
		}
	}
	client, err := h.passwordlessClient(r, p)
	if err != nil {
		return nil, err
	}
	connection, err := h.passwordlessConnection(client, p.Get("connection"))
	if err != nil {
		return nil, err
	}
	to, err := recipient(connection, p)
	if err != nil {
		return nil, err
	}
	byLink := false
	switch p.Get("send") {
	case "", "link":
		byLink = connection.Strategy == tenant.StrategyEmail // text messages hold codes only
	case "code":
	default:
		return nil, tenant.PasswordlessInvalid("send", `error in send - must be "link" or "code"`)
	}
	params, err := readAuthParams(p)
	if err != nil {
		return nil, err
	}
	code, user, err := h.NewCode(connection, to, "")
	if err != nil {
		return nil, err
	}
	if code != "" {
		link := ""
		if byLink {
			link = magicLink(wire.From(r), client, connection, params, to, code)
		}
		h.SendCode(occasion(r), flow.CodeMessage{Connection: connection, Client: client, To: to, Code: code, Link: link})
		h.logOutcome(r, p, user, flow.CodeSentEvent(to), "", nil)
	}
	return started(connection, user, r.Header.Get("X-Request-Language"))
}

// started answers with the user the code is for; whether they exist already
// does not show, but for what they have verified.
//
// Observed: go-auth0 recordings.
func started(c *tenant.Connection, user *tenant.User, language string) (*wire.Response, error) {
	_, id, _ := strings.Cut(user.UserID, "|")
	var body any
	if c.Strategy == tenant.StrategySMS {
		body = struct {
			ID       string `json:"_id"`
			Phone    string `json:"phone_number"`
			Verified bool   `json:"phone_verified"`
			Language string `json:"request_language,omitempty"`
		}{id, user.PhoneNumber, user.PhoneVerified, language}
	} else {
		body = struct {
			ID       string `json:"_id"`
			Email    string `json:"email"`
			Verified bool   `json:"email_verified"`
		}{id, user.Email, user.EmailVerified}
	}
	return databaseJSON(http.StatusOK, body)
}

// passwordlessClient finds the client. One that has a secret must show it,
// unless the tenant's own login page asks for it.
//
// Source: Auth0 docs, Authentication API, "Passwordless" (client_secret,
// client_assertion).
func (h *Handler) passwordlessClient(r *http.Request, p wire.Params) (client *tenant.Client, err error) {
	id, _, basic := wire.BasicAuth(r)
	if !basic {
		id = p.Get("client_id")
	}
	if id == "" {
		return nil, tenant.PasswordlessMissing("client_id")
	}
	x := wire.From(r)
	x.Note("client_id", id)
	_ = h.Store.View(func(s *store.State) error { client = s.Client(id); return nil })
	if client == nil {
		return nil, tenant.PasswordlessInvalid("client_id", "error in client_id - the client does not exist").
			WithHint("no client has client_id %q", id)
	}
	x.AllowOrigin = client.AllowsOrigin
	if client.Public() || r.Header.Get("Origin") == x.Base {
		return client, nil
	}
	if _, err := h.AuthenticateClient(r, p); err != nil {
		e := wire.AsError(err)
		if e.Status == http.StatusUnauthorized {
			return nil, tenant.PasswordlessUnauthorized(client).WithHint("%s", e.Hint)
		}
		return nil, e
	}
	return client, nil
}

func (h *Handler) passwordlessConnection(client *tenant.Client, name string) (connection *tenant.Connection, err error) {
	if name == "" {
		return nil, tenant.PasswordlessMissing("connection")
	}
	_ = h.Store.View(func(s *store.State) error { connection = s.ConnectionByName(name); return nil })
	switch {
	case connection == nil:
		return nil, tenant.PasswordlessInvalid("connection", "Connection does not exist").WithHint("no connection is named %q", name)
	case !connection.EnabledFor(client.ClientID):
		return nil, tenant.PasswordlessInvalid("connection", "Connection is disabled").
			WithHint("add %q to enabled_clients of connection %q", client.Name, name)
	case !connection.Passwordless():
		return nil, tenant.PasswordlessInvalid("connection", "Invalid connection strategy. It must either be a passwordless connection")
	}
	return connection, nil
}

// recipient is the address or number that the code goes to.
func recipient(c *tenant.Connection, p wire.Params) (string, error) {
	member := "email"
	if c.Strategy == tenant.StrategySMS {
		member = "phone_number"
	}
	to := strings.TrimSpace(p.Get(member))
	switch {
	case to == "":
		return "", tenant.PasswordlessMissing(member)
	case c.Strategy == tenant.StrategySMS && !tenant.ValidPhone(to):
		return "", tenant.PasswordlessInvalid(member, "String does not match pattern: "+tenant.PhonePattern)
	case c.Strategy == tenant.StrategyEmail && !tenant.ValidEmail(to):
		return "", tenant.PasswordlessInvalid(member, "error in email - email format validation failed: "+to)
	}
	if c.Strategy == tenant.StrategyEmail {
		to = strings.ToLower(to)
	}
	return to, nil
}

// maxAuthParams keeps a magic link as short as browsers want it, in bytes.
const maxAuthParams = 4096

// inAuthParams says whether a form's field is a member of authParams.
func inAuthParams(name string) bool {
	return strings.HasPrefix(name, "authParams[") && strings.HasSuffix(name, "]")
}

// readAuthParams reads what /authorize would be sent; the link carries it. A
// form sends it as authParams[name]=value.
func readAuthParams(p wire.Params) (map[string]string, error) {
	params, size := map[string]string{}, 0
	add := func(name, value string) {
		params[name] = value
		size += len(name) + len(value)
	}
	if raw := p.Get("authParams"); raw != "" {
		var members map[string]any
		if err := json.Unmarshal([]byte(raw), &members); err != nil {
			return nil, tenant.PasswordlessInvalid("authParams", "error in authParams - invalid type: string (expected type object)")
		}
		for name, value := range members {
			if text, ok := value.(string); ok {
				add(name, text)
			}
		}
	}
	for name, value := range p {
		if inAuthParams(name) {
			add(name[len("authParams["):len(name)-1], value)
		}
	}
	if size > maxAuthParams {
		return nil, tenant.PasswordlessInvalid("authParams", "error in authParams - too long")
	}
	return params, nil
}

// magicLink is where the button in the mail leads: /authorize's parameters, and
// the code. What the request leaves out, the connection's authParams may say;
// that the request wins is inferred.
//
// Source: Auth0 docs, "Passwordless authentication with magic links"; community
// reports of the order.
func magicLink(x *wire.Exchange, client *tenant.Client, c *tenant.Connection, params map[string]string, to, code string) string {
	fill := func(name, value string) {
		if params[name] == "" && value != "" {
			params[name] = value
		}
	}
	configured, _ := c.Options["authParams"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		value, _ := configured[name].(string)
		fill(name, value)
	}
	fill("scope", "openid")
	if client.AllowsGrant(tenant.GrantImplicit) {
		fill("response_type", "token")
	}
	fill("response_type", "code")
	if len(client.Callbacks) > 0 {
		fill("redirect_uri", client.Callbacks[0])
	}
	own := []string{"verification_code", code, "connection", c.Name, "client_id", client.ClientID, "email", to}
	var pairs []string
	first := []string{"scope", "response_type", "redirect_uri", "audience", "state", "nonce"}
	for _, name := range append(first, slices.Sorted(maps.Keys(params))...) {
		if i := slices.Index(own, name); i >= 0 && i%2 == 0 {
			continue
		}
		pairs = append(pairs, name, params[name])
		delete(params, name)
	}
	return wire.AddQuery(strings.TrimSuffix(x.Issuer, "/")+"/passwordless/verify_redirect", append(pairs, own...)...)
}

// checkCode checks a one-time code and takes it.
//
// It returns CrossOriginBody, UnknownRealm, ConnectionNotEnabled, or what the
// code is refused with in this surface's words.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func (h *Handler) checkCode(r *http.Request, client *tenant.Client, p wire.Params) (*tenant.Connection, *tenant.User, error) {
	if p.Get("realm") == "" || p.Get("otp") == "" {
		return nil, nil, tenant.CrossOriginBody()
	}
	var connection *tenant.Connection
	_ = h.Store.View(func(s *store.State) error {
		if c := s.ConnectionByName(p.Get("realm")); c != nil && c.Passwordless() {
			connection = c
		}
		return nil
	})
	switch {
	case connection == nil:
		return nil, nil, tenant.UnknownRealm(p.Get("realm"))
	case !connection.EnabledFor(client.ClientID):
		return nil, nil, tenant.ConnectionNotEnabled(connection.Name, client)
	}
	user, err := h.PasswordlessLogin(flow.TypedCode{About: event(r, p, ""), Occasion: occasion(r), Connection: connection, To: p.Get("username"), Code: p.Get("otp")})
	return connection, user, crossOriginWords(err)
}
