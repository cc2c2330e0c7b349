package login

import (
	"cmp"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/saml"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// mountSAML adds the tenant as a SAML identity provider, and its metadata.
//
// Source: Auth0 docs, Authentication API, "SAML", "WS-Federation".
func (h *Handler) mountSAML(rt *wire.Router) {
	rt.Handle("GET", "/samlp/metadata", h.errorPage, h.samlConnectionMetadata)
	rt.Handle("GET", "/samlp/metadata/{client_id}", h.errorPage, h.samlMetadata)
	rt.Handle("GET POST", "/samlp/{client_id}", h.errorPage, h.samlLogin)
	rt.Handle("GET POST", "/samlp/{client_id}/logout", h.errorPage, h.samlLogout)
	rt.Handle("GET", "/wsfed/FederationMetadata/2007-06/FederationMetadata.xml", h.errorPage, h.federationMetadata)
}

// samlIssuer is the tenant's entity id.
//
// Observed: recorded metadata (urn:, and the tenant's domain).
func samlIssuer(x *wire.Exchange, addon *tenant.SAMLAddon) string {
	if addon != nil && addon.Issuer != "" {
		return addon.Issuer
	}
	_, domain, _ := strings.Cut(x.Base, "://")
	return "urn:" + domain
}

func xmlDocument(body []byte, err error) (*wire.Response, error) {
	if err != nil {
		return nil, err
	}
	return wire.Bytes(http.StatusOK, "application/xml; charset=utf-8", body).Uncached(), nil
}

func (h *Handler) samlMetadata(r *http.Request) (*wire.Response, error) {
	a := &authorization{x: wire.From(r)}
	if err := h.resolveClient(a, wire.Params{"client_id": wire.PathVar(r, "client_id")}); err != nil {
		return nil, err
	}
	sso := a.x.Base + "/samlp/" + url.PathEscape(a.ClientID)
	return xmlDocument(saml.IdentityProviderMetadata(samlIssuer(a.x, a.client.SAML()), sso, sso+"/logout", h.Keys().Current.Cert))
}

func (h *Handler) federationMetadata(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	return xmlDocument(saml.FederationMetadata("urn:auth0"+x.TenantName(), x.Base+"/wsfed", h.Keys().Current.Cert))
}

// samlLogin takes a service provider's AuthnRequest, or none where the login
// begins here, and logs the person in as /authorize does.
//
// Source: saml-profiles §4.1.3, §4.1.5; Auth0 docs, Authentication API, "SAML"
// (connection, organization).
func (h *Handler) samlLogin(r *http.Request) (*wire.Response, error) {
	a, addon, p, err := h.samlRequest(r)
	if err != nil {
		return nil, h.logFailure(a, err)
	}
	request, err := samlMessage(r, p, addon, saml.AuthnRequest)
	if err != nil {
		return nil, h.logFailure(a, err)
	}
	a.SAML, a.MaxAgeSeconds = &store.SAMLRequest{}, -1
	a.State, a.Connection, a.LoginHint = p.Get("RelayState"), p.Get("connection"), p.Get("login_hint")
	if request != nil {
		a.SAML.ID, a.SAML.Issuer, a.RedirectURI = request.ID, request.Issuer, request.ACSURL
		if request.ForceAuthn {
			a.Prompt = append(a.Prompt, "login")
		}
		if request.IsPassive {
			a.Prompt = append(a.Prompt, "none")
		}
	}
	if err := h.samlCallback(a); err != nil {
		return nil, h.logFailure(a, err)
	}
	for _, check := range []func(*authorization, wire.Params) error{h.readOrganization, h.checkConnection} {
		if err := check(a, p); err != nil {
			return h.refuse(a, err)
		}
	}
	return h.dispatch(r, a)
}

// samlRequest finds the client of the address, and its addon.
//
// It returns UnknownClient or SAMLDisabled.
func (h *Handler) samlRequest(r *http.Request) (*authorization, *tenant.SAMLAddon, wire.Params, error) {
	a := &authorization{x: wire.From(r)}
	a.Issuer = a.x.Issuer
	p := wire.Query(r)
	if r.Method == http.MethodPost {
		body, err := wire.Body(r)
		if err != nil {
			return a, nil, nil, err
		}
		for name, value := range body {
			p[name] = value // what came in the query too is the form's
		}
	}
	if err := h.resolveClient(a, wire.Params{"client_id": wire.PathVar(r, "client_id")}); err != nil {
		return a, nil, nil, err
	}
	addon := a.client.SAML()
	if addon == nil {
		return a, nil, nil, tenant.SAMLDisabled(a.client)
	}
	return a, addon, p, nil
}

// samlMessage reads the request that came, nil for none, and checks its
// signature where the addon knows the service provider's certificate.
//
// It returns InvalidSAMLMessage.
func samlMessage(r *http.Request, p wire.Params, addon *tenant.SAMLAddon, kind string) (*saml.Request, error) {
	const parameter = "SAMLRequest"
	encoded := p.Get(parameter)
	if encoded == "" {
		return nil, nil
	}
	byQuery := r.Method != http.MethodPost // a form may bring other values than the query that is signed
	request, err := saml.ReadRequest(encoded, kind, byQuery)
	if err == nil && addon.SigningCert != "" {
		var cert *x509.Certificate
		if cert, err = saml.ParseCertificate(addon.SigningCert); err == nil && byQuery {
			err = saml.VerifyQuery(r.URL.RawQuery, p.Get("SigAlg"), p.Get("Signature"), cert)
		} else if err == nil {
			err = request.VerifyEnveloped(cert)
		}
	}
	if err != nil {
		return nil, tenant.InvalidSAMLMessage(parameter, err)
	}
	return request, nil
}

// samlCallback settles where the assertion goes: where the request says, if
// the client's callbacks allow it, else to the first of them.
//
// Source: saml-profiles §4.1.4.1; Auth0 docs, "SAML identity provider
// configuration settings" (Application Callback URL).
func (h *Handler) samlCallback(a *authorization) error {
	if a.RedirectURI == "" {
		if len(a.client.Callbacks) == 0 {
			return tenant.MissingParameter("AssertionConsumerServiceURL").WithHint("the request names none, and client %q has no callbacks to fall back on", a.client.Name)
		}
		a.RedirectURI = a.client.Callbacks[0]
	}
	if tenant.ValidRedirect(a.RedirectURI) && a.client.MatchCallback(a.RedirectURI, "") {
		return nil
	}
	return callbackMismatch(a)
}

func (h *Handler) samlSigner(addon *tenant.SAMLAddon) saml.Signer {
	key := h.Keys().Current
	return saml.Signer{Key: key.Private, Cert: key.Cert, Algorithm: addon.SignatureAlgorithm}
}

// samlID is the id of a message: unlike others it may not begin with a digit.
func (h *Handler) samlID() string { return "_" + h.IDs.SessionID() }

func (h *Handler) samlAnswer(a *authorization, addon *tenant.SAMLAddon) saml.Answer {
	return saml.Answer{
		ID: h.samlID(), InResponseTo: a.SAML.ID, Issuer: samlIssuer(a.x, addon), Destination: cmp.Or(addon.Destination, a.RedirectURI), At: h.Clock.Now(),
	}
}

// samlAsserted answers the service provider with who logged in.
//
// Source: saml-profiles §4.1.4.2; Auth0 docs, "SAML identity provider
// configuration settings" (audience, recipient, destination).
func (h *Handler) samlAsserted(a *authorization, session *store.Session, user *tenant.User) (*wire.Response, error) {
	addon := a.client.SAML()
	if addon == nil {
		return nil, tenant.SAMLDisabled(a.client) // it was taken away during the login
	}
	answer := h.samlAnswer(a, addon)
	assertion := saml.Assertion{
		ID: h.samlID(), Audience: cmp.Or(addon.Audience, a.SAML.Issuer, samlIssuer(a.x, addon)),
		Recipient:    cmp.Or(addon.Recipient, a.RedirectURI),
		NameIDFormat: addon.NameIdentifierFormat, SessionIndex: session.ID, AuthenticatedAt: session.AuthenticatedAt,
		Lifetime:     time.Duration(addon.LifetimeInSeconds) * time.Second,
		AuthnContext: addon.AuthnContextClassRef,
		Typed:        addon.TypedAttributes == nil || *addon.TypedAttributes, WithNameFormats: addon.AttributeNameFormat == nil || *addon.AttributeNameFormat,
	}
	assertion.Attributes, assertion.NameID = saml.Attributes(addon, user, a.ClientID)
	if assertion.NameID == "" {
		return nil, tenant.SAMLNobody(saml.Probes(addon)).WithHint("addons.samlp.mappings of client %q replaces Auth0's: let it give user_id, email or name one of these names, or name another attribute in nameIdentifierProbes", a.client.Name)
	}
	message, err := saml.Response(answer, assertion, h.samlSigner(addon), addon.SignResponse)
	if err != nil {
		return nil, err
	}
	h.logLogin(a, session, user)
	return h.samlPost(a.RedirectURI, "SAMLResponse", message, a.State)
}

// samlRefused answers the service provider with why nobody logged in. Which
// status goes with which error is inferred.
//
// Source: saml-core §3.2.2.2.
func (h *Handler) samlRefused(a *authorization, e *tenant.Error) (*wire.Response, error) {
	addon := a.client.SAML()
	if addon == nil {
		return nil, e
	}
	code := saml.StatusRequestDenied
	switch {
	case a.Prompts("none"):
		code = saml.StatusNoPassive
	case e.Code == "access_denied" || e.Code == "unauthorized":
		code = saml.StatusAuthnFailed
	}
	message, err := saml.Refusal(h.samlAnswer(a, addon), code, e.Description)
	if err != nil {
		return nil, err
	}
	a.x.Failed(e)
	res, err := h.samlPost(a.RedirectURI, "SAMLResponse", message, a.State)
	return hinted(res, err, e.Hint)
}

// samlPost sends a message by a form that submits itself.
//
// Source: saml-bindings §3.5.4.
func (h *Handler) samlPost(action, parameter, message, relayState string) (*wire.Response, error) {
	page := ui.FormPost{Action: action, ScriptNonce: h.nonce(), Fields: []ui.Field{{Name: parameter, Value: message}}}
	if relayState != "" {
		page.Fields = append(page.Fields, ui.Field{Name: "RelayState", Value: relayState})
	}
	return render(http.StatusOK, page, page.ScriptNonce)
}

// samlLogout ends the browser's session because a service provider asks for
// it, and tells it so where the addon says where.
//
// Source: saml-profiles §4.4; Auth0 docs, "Log users out of SAML identity
// providers".
func (h *Handler) samlLogout(r *http.Request) (*wire.Response, error) {
	a, addon, p, err := h.samlRequest(r)
	if err != nil {
		return nil, err
	}
	request, err := samlMessage(r, p, addon, saml.LogoutRequest)
	if err != nil {
		return nil, err
	}
	if request == nil {
		return nil, tenant.MissingParameter("SAMLRequest")
	}
	out := &loggingOut{x: a.x, clientID: a.ClientID, returnTo: addon.Logout.Callback}
	if id := h.sessionID(r); request.SessionIndex == "" || request.SessionIndex == id || addon.SigningCert != "" {
		out.session = h.EndSession(cmp.Or(request.SessionIndex, id), tenant.InitiatorRPLogout)
	}
	h.logLogout(out, nil)
	res, err := h.samlLoggedOut(addon, saml.Answer{
		ID: h.samlID(), InResponseTo: request.ID, Issuer: samlIssuer(a.x, addon), Destination: addon.Logout.Callback, At: h.Clock.Now(),
	}, p.Get("RelayState"))
	if err != nil {
		return nil, err
	}
	h.leave(res, out)
	return res, nil
}

func (h *Handler) samlLoggedOut(addon *tenant.SAMLAddon, answer saml.Answer, relayState string) (*wire.Response, error) {
	if !tenant.ValidRedirect(answer.Destination) {
		return wire.Text(http.StatusOK, "OK").
			With(wire.HintHeader, "addons.samlp.logout.callback says where the LogoutResponse goes; it is not set"), nil
	}
	byQuery := addon.Binding == saml.BindingRedirect
	message, err := saml.LogoutResponse(answer, h.samlSigner(addon), byQuery)
	if err != nil {
		return nil, err
	}
	if !byQuery {
		return h.samlPost(answer.Destination, "SAMLResponse", message, relayState)
	}
	query, err := saml.SignedQuery("SAMLResponse", message, relayState, h.samlSigner(addon))
	if err != nil {
		return nil, err
	}
	return wire.Redirect(withQuery(answer.Destination, query)), nil
}

// withQuery adds a query to an address as it stands, since it is signed.
func withQuery(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}
