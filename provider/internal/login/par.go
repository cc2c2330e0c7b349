package login

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Authenticator finds out which client calls an endpoint that clients
// authenticate at.
type Authenticator func(*http.Request, wire.Params) (*tenant.Client, error)

// parSeconds is how long a pushed request waits, where the client does not say.
//
// Observed: go-auth0, POST /oauth/par.
const parSeconds = 30

// pushed is a successful answer of /oauth/par.
//
// Source: RFC 9126 §2.2. Observed: go-auth0, POST /oauth/par.
type pushed struct {
	RequestURI string `json:"request_uri"`
	ExpiresIn  int    `json:"expires_in"`
}

// par takes an authorization request from the client itself, and refuses at
// once what /authorize would refuse.
//
// Source: RFC 9126 §2; Auth0 docs, "Authorization code flow with PAR"; the
// description of tenant logs, fpar.
func (h *Handler) par(r *http.Request) (*wire.Response, error) {
	res, clientID, err := h.push(r)
	if err != nil {
		event := wire.From(r).LogEvent(tenant.LogFailedPAR)
		e := wire.AsError(err)
		event.ClientID, event.Description = clientID, e.Description
		event.Details = map[string]any{"error": map[string]any{"message": e.Description, "oauthError": e.Code}}
		h.Log(event)
	}
	return res, err
}

func (h *Handler) push(r *http.Request) (res *wire.Response, clientID string, err error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, "", err
	}
	enabled := false
	_ = h.Store.View(func(s *store.State) error { enabled = s.Settings().PAR; return nil })
	if !enabled {
		return nil, p.Get("client_id"), tenant.PARDisabled()
	}
	client, err := h.authenticate(r, p)
	if err != nil {
		return nil, p.Get("client_id"), err
	}
	request, err := h.pushedRequest(wire.From(r), client, p)
	if err != nil {
		return nil, client.ClientID, err
	}
	answer := pushed{h.IDs.RequestURI(), parSeconds}
	if client.PARRequestExpirySeconds > 0 {
		answer.ExpiresIn = client.PARRequestExpirySeconds
	}
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.Pushed.PutAtMost(store.MaxWaiting, answer.RequestURI, request, now.Add(time.Duration(answer.ExpiresIn)*time.Second), now)
		return nil
	})
	if res, err = wire.JSON(http.StatusCreated, answer); err != nil {
		return nil, client.ClientID, err
	}
	return res.Charset(), client.ClientID, nil
}

// credentialMembers are of the client's authentication, not of its request.
var credentialMembers = []string{"client_secret", "client_assertion", "client_assertion_type"}

// pushedRequest is the request, checked as /authorize will.
//
// It returns NotForThirdParties, ClientIDMismatch, RequestObjectInvalid, or
// what /authorize would refuse the request with.
func (h *Handler) pushedRequest(x *wire.Exchange, client *tenant.Client, p wire.Params) (*store.PushedRequest, error) {
	switch {
	case client.ThirdPartyStrict():
		return nil, tenant.NotForThirdParties("/oauth/par")
	case p.Get("request_uri") != "":
		return nil, tenant.InvalidRequest("request_uri must not be pushed")
	case p.Get("client_id") != "" && p.Get("client_id") != client.ClientID:
		return nil, tenant.ClientIDMismatch()
	}
	params := maps.Clone(p)
	for _, name := range credentialMembers {
		delete(params, name)
	}
	params["client_id"] = client.ClientID
	a := &authorization{x: x, client: client}
	a.Issuer, a.ClientID, a.pushed = x.Issuer, client.ClientID, true
	params, err := h.openRequestObject(a, params)
	if err != nil {
		return nil, err
	}
	if err := h.resolveCallback(a, params); err != nil {
		return nil, err
	}
	if err := h.readRequest(a, params); err != nil {
		return nil, err
	}
	return &store.PushedRequest{ClientID: client.ClientID, Params: params, Signed: a.signed}, nil
}

// unpack replaces the parameters of /authorize by those that were pushed, or
// that the client signed; what stands beside them does not count.
//
// It returns BothRequestAndURI, RequestURINotPushed, RequestURIInvalid or
// RequestObjectInvalid.
//
// Source: RFC 9126 §4; RFC 9101 §5, §6.3.
func (h *Handler) unpack(a *authorization, p wire.Params) (wire.Params, error) {
	uri := p.Get("request_uri")
	switch {
	case a.client.ThirdPartyStrict():
		return p, nil // neither is for them: see checkThirdParty
	case uri == "":
		return h.openRequestObject(a, p)
	case p.Get("request") != "":
		return nil, tenant.BothRequestAndURI()
	case !strings.HasPrefix(uri, tenant.RequestURIPrefix):
		return nil, tenant.RequestURINotPushed()
	}
	now := h.Clock.Now()
	var found *store.PushedRequest
	_ = h.Store.Update(func(s *store.State) error {
		if waiting, ok := s.Pushed.Get(uri, now); ok && waiting.ClientID == a.ClientID {
			found, _ = s.Pushed.Take(uri, now)
		}
		return nil
	})
	if found == nil {
		return nil, tenant.RequestURIInvalid()
	}
	a.pushed, a.signed = true, found.Signed
	return found.Params, nil
}

// openRequestObject reads the parameter `request`, if there is one.
func (h *Handler) openRequestObject(a *authorization, p wire.Params) (wire.Params, error) {
	raw := p.Get("request")
	if raw == "" {
		return p, nil
	}
	if a.client.SignedRequestObject == nil {
		return nil, tenant.RequestObjectInvalid(errors.New("the client has no signed_request_object: add its credentials to it"))
	}
	inside, err := token.RequestObject(raw, a.client, a.Issuer, h.Clock.Now())
	if err != nil {
		return nil, tenant.RequestObjectInvalid(err)
	}
	a.signed = true
	return inside, nil
}

// checkDelivery: a client or tenant may insist on pushed requests, a client on
// signed ones.
//
// Source: RFC 9126 §5, §6; RFC 9101 §10.5; Auth0 docs, "FAPI compliance
// levels".
func (h *Handler) checkDelivery(a *authorization, _ wire.Params) error {
	required := a.client.RequirePAR || a.client.FAPI()
	_ = h.Store.View(func(s *store.State) error { required = required || s.Settings().RequirePAR; return nil })
	switch {
	case required && !a.pushed:
		return tenant.PARRequired(a.client)
	case a.client.SignedRequestObject != nil && a.client.SignedRequestObject.Required && !a.signed:
		return tenant.RequestObjectRequired(a.client)
	}
	return nil
}
