package login

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/saml"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// realSAML is the connection's SAML identity provider, if it is one that is
// asked and not played: its options name it, and it can be reached.
func (h *Handler) realSAML(c *tenant.Connection) (tenant.SAMLProvider, bool) {
	p, ok := c.SAMLProvider()
	if ok && p.Door() == "" && p.MetadataXML != "" {
		if d, err := saml.ReadMetadata([]byte(p.MetadataXML)); err == nil {
			p.SignInEndpoint = d.SignInURL[bindingOf(p)]
		}
	}
	return p, ok && h.providers.Reaches(p.Door())
}

func bindingOf(p tenant.SAMLProvider) string {
	if p.Posted {
		return saml.BindingPost
	}
	return saml.BindingRedirect
}

// samlIDP is the connection as its identity provider knows it, with what the
// provider's metadata say beside the options.
func (h *Handler) samlIDP(ctx context.Context, x *wire.Exchange, c *tenant.Connection, p tenant.SAMLProvider) (saml.IdentityProvider, error) {
	idp := saml.IdentityProvider{
		SignInURL: p.SignInEndpoint, EntityID: samlConnectionID(x, c, p),
		ACSURL: x.Base + pathClassicCallback + "?connection=" + url.QueryEscape(c.Name),
	}
	if p.Certificate != "" {
		cert, err := saml.ParseCertificate(p.Certificate)
		if err != nil {
			return idp, &outbound.ProviderError{Message: "invalid signingCert", Hint: err.Error()}
		}
		idp.Certificates = []*x509.Certificate{cert}
	}
	document := []byte(p.MetadataXML)
	if len(document) == 0 && p.MetadataURL != "" {
		var err error
		if document, err = h.providers.Metadata(ctx, p.MetadataURL); err != nil {
			return idp, err
		}
	}
	if len(document) > 0 {
		d, err := saml.ReadMetadata(document)
		if err != nil {
			return idp, &outbound.ProviderError{Message: "invalid metadata", Hint: err.Error()}
		}
		idp.Issuer, idp.SignInURL = d.Issuer, cmp.Or(idp.SignInURL, d.SignInURL[bindingOf(p)])
		idp.Certificates = append(idp.Certificates, d.Certificates...)
	}
	switch {
	case len(idp.Certificates) == 0:
		return idp, &outbound.ProviderError{Message: "signingCert is required", Hint: "options.signingCert is missing, and there is no metadata to take it from"}
	case !h.providers.Reaches(idp.SignInURL):
		return idp, &outbound.ProviderError{Message: "connect ECONNREFUSED", Hint: fmt.Sprintf("its sign-in endpoint, %q, is not on this machine", idp.SignInURL)}
	}
	return idp, nil
}

// samlConnectionID is the connection's entity id.
//
// Source: Management API, POST /api/v2/connections, options.entityId.
func samlConnectionID(x *wire.Exchange, c *tenant.Connection, p tenant.SAMLProvider) string {
	return cmp.Or(p.EntityID, "urn:auth0:"+x.TenantName()+":"+c.Name)
}

// samlConnectionMetadata describes a connection to its identity provider.
//
// Source: Auth0 docs, "Connect your app to SAML identity providers"
// (/samlp/metadata?connection=).
func (h *Handler) samlConnectionMetadata(r *http.Request) (*wire.Response, error) {
	x, name := wire.From(r), wire.Query(r).Get("connection")
	if name == "" {
		return nil, tenant.MissingParameter("connection")
	}
	var c *tenant.Connection
	_ = h.Store.View(func(s *store.State) error { c = s.ConnectionByName(name); return nil })
	if c == nil || c.Strategy != "samlp" {
		return nil, tenant.ConnectionNotFound(name)
	}
	p, _ := c.SAMLProvider()
	acs := x.Base + pathClassicCallback + "?connection=" + url.QueryEscape(c.Name)
	return xmlDocument(saml.ServiceProviderMetadata(samlConnectionID(x, c, p), acs, h.Keys().Current.Cert, p.Signed))
}

// askSAML sends the browser to a real SAML identity provider, which answers at
// /login/callback.
//
// Source: saml-profiles §4.1.3; Auth0 docs, "Connect your app to SAML identity
// providers".
func (h *Handler) askSAML(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, p tenant.SAMLProvider) (*wire.Response, error) {
	idp, err := h.samlIDP(r.Context(), a.x, c, p)
	if err != nil {
		return h.providerFailed(t, a, c, err)
	}
	state, now := h.IDs.State(), h.Clock.Now()
	step := &store.UpstreamRequest{TransactionID: t.ID, Connection: c.Name, SAMLRequestID: h.samlID()}
	var by *saml.Signer
	if p.Signed {
		key := h.Keys().Current
		by = &saml.Signer{Key: key.Private, Cert: key.Cert, Algorithm: p.SignatureAlgorithm}
	}
	message, err := idp.Ask(step.SAMLRequestID, now, a.Prompts("login"), !p.Posted, by)
	if err != nil {
		return nil, err
	}
	h.awaitProvider(state, step)
	if p.Posted {
		return h.samlPost(idp.SignInURL, "SAMLRequest", message, state)
	}
	if by == nil {
		return wire.Redirect(wire.AddQuery(idp.SignInURL, "SAMLRequest", message, "RelayState", state)), nil
	}
	query, err := saml.SignedQuery("SAMLRequest", message, state, *by)
	if err != nil {
		return nil, err
	}
	return wire.Redirect(withQuery(idp.SignInURL, query)), nil
}

// samlAnswered goes on with a login whose SAML provider sent the browser back.
//
// Source: saml-profiles §4.1.4.
func (h *Handler) samlAnswered(r *http.Request, p wire.Params) (*wire.Response, error) {
	state, asked := p.Get("RelayState"), false
	_ = h.Store.View(func(s *store.State) error { _, asked = s.UpstreamRequests.Get(state, h.Clock.Now()); return nil })
	if !asked {
		return h.samlUnasked(r, p)
	}
	step, err := h.takeUpstreamRequest(r, state)
	if err != nil {
		return h.lost(r, err)
	}
	t, a, err := h.transaction(r, step.TransactionID)
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.upstreamOf(a, step.Connection)
	if err != nil {
		return nil, err
	}
	user, _, err := h.samlUser(r, c, p, step.SAMLRequestID)
	var refused *tenant.Error
	switch {
	case errors.As(err, &refused):
		return h.endInRefusal(t, a, refused)
	case err != nil:
		return h.providerFailed(t, a, c, err)
	}
	return h.upstreamDone(r, t, a, c, user)
}

// samlUser is who the provider says has logged in. An error is a tenant.Error
// where the provider said no.
func (h *Handler) samlUser(r *http.Request, c *tenant.Connection, p wire.Params, requestID string) (*tenant.User, *saml.Subject, error) {
	provider, real := h.realSAML(c)
	if !real {
		return nil, nil, &outbound.ProviderError{Message: "no SAML identity provider", Hint: "the connection names none that can be reached"}
	}
	idp, err := h.samlIDP(r.Context(), wire.From(r), c, provider)
	if err != nil {
		return nil, nil, err
	}
	subject, err := idp.Read(p.Get("SAMLResponse"), requestID, h.Clock.Now())
	var denied *saml.Denied
	if errors.As(err, &denied) {
		return nil, nil, tenant.UpstreamError("access_denied", clipped(denied.Error())).WithHint("the identity provider answered with the status %s", denied.Code)
	}
	if err != nil {
		return nil, nil, err
	}
	profile, err := flow.ProviderProfile(c, c.MapSAML(subject.NameID, subject.Attributes), nil)
	if err != nil {
		return nil, nil, err
	}
	user, err := h.UpstreamUser(c, profile)
	return user, subject, err
}

// samlUnasked takes an answer to no request, where the connection says to
// which application it belongs. It counts once.
//
// Source: saml-profiles §4.1.5; Auth0 docs, "Configure SAML identity
// provider-initiated single sign-on".
func (h *Handler) samlUnasked(r *http.Request, p wire.Params) (*wire.Response, error) {
	var c *tenant.Connection
	name := r.URL.Query().Get("connection")
	_ = h.Store.View(func(s *store.State) error { c = s.ConnectionByName(name); return nil })
	if c == nil {
		return nil, tenant.ConnectionNotFound(name)
	}
	provider, _ := h.realSAML(c)
	if provider.IDPInitiated == nil {
		return h.lost(r, tenant.TransactionLost().
			WithHint("nobody asked for this assertion, or it came too late; for logins that begin at the identity provider, set options.idpinitiated.enabled of connection %q", c.Name))
	}
	a, err := h.unaskedRequest(r, c, provider.IDPInitiated)
	if err != nil {
		return nil, h.logFailure(a, err)
	}
	user, subject, err := h.samlUser(r, c, p, "")
	if err == nil && !h.UseOnce("saml "+c.Name+" "+subject.AssertionID, subject.Until.Sub(h.Clock.Now())+time.Second) {
		err = errors.New("the assertion was used before")
	}
	var refused *tenant.Error
	switch {
	case errors.As(err, &refused):
		return h.refuse(a, refused)
	case err != nil:
		return h.refuse(a, tenant.UpstreamFailed(clipped(err.Error())).WithHint("connection %q: %s", c.Name, err))
	case user.Blocked:
		return h.refuse(a, tenant.UserBlocked())
	}
	a.Connection = c.Name
	return h.signedIn(r, a, user)
}

// unaskedRequest is the authorization request that stands for one that the
// application did not make.
func (h *Handler) unaskedRequest(r *http.Request, c *tenant.Connection, to *tenant.IDPInitiated) (*authorization, error) {
	a := &authorization{x: wire.From(r)}
	a.Issuer = a.x.Issuer
	if to.Protocol == "samlp" || to.Protocol == "wsfed" {
		return a, tenant.NotBuilt("idpinitiated.client_protocol " + to.Protocol)
	}
	query, err := url.ParseQuery(to.Query)
	if err != nil {
		return a, tenant.InvalidRequest("client_authorizequery of connection " + c.Name + " is no query")
	}
	p := wire.Params{"client_id": to.ClientID, "connection": c.Name, "response_type": "code"}
	for parameter := range query {
		p[parameter] = query.Get(parameter)
	}
	for _, step := range []func(*authorization, wire.Params) error{h.resolveClient, h.resolveCallback, h.readRequest} {
		if err := step(a, p); err != nil {
			return a, err
		}
	}
	return a, nil
}
