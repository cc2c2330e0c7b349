package login

import (
	"fmt"
	"net/http"

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

// tokenRequest is the request as the token rules see it.
func (a *authorization) tokenRequest(user *tenant.User) token.Request {
	flow := token.FlowCode
	switch {
	case a.DeviceCode != "":
		flow = token.FlowDevice
	case !a.responds("code"):
		flow = token.FlowImplicit
	case a.ResponseType != "code":
		flow = token.FlowHybrid
	}
	return token.Request{
		Flow: flow, Client: a.client, User: user, Organization: a.org,
		Audience: a.Audience, Resource: a.Resource, Scopes: a.Scopes, Details: a.Details,
		Consented: a.consented, Issuer: a.Issuer, AccessToken: a.responds("token"), ACRValues: a.ACRValues, SecondFactor: a.factor,
	}
}
