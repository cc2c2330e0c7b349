package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// logout ends the browser's session, whatever the parameters, and then sends
// it to returnTo if that is an Allowed Logout URL: the client's when client_id
// is sent, else the tenant's.
//
// Source: Auth0 docs, "Log users out of Auth0", "Redirect users after logout".
func (h *Handler) logout(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	out := &loggingOut{x: wire.From(r), clientID: p.Get("client_id"), returnTo: p.Get("returnTo"), federated: sent(p, "federated")}
	out.session = h.EndSession(h.sessionID(r), tenant.InitiatorRPLogout)
	res, err := h.afterLogout(out)
	h.logLogout(out, err)
	if err != nil {
		res = h.errorPage(r, wire.AsError(err))
		out.x.Failed(wire.AsError(err))
	}
	h.leave(res, out)
	return res, nil
}

// sent says whether a parameter is there, if only by its name.
func sent(p wire.Params, name string) bool { _, there := p[name]; return there }

// loggingOut is a logout on its way.
type loggingOut struct {
	x *wire.Exchange
	// session is the one that was ended, nil if there was none.
	session            *store.Session
	clientID, returnTo string
	// allowed are the URLs that returnTo may be.
	allowed   []string
	federated bool
}

// leave takes the browser's cookie away, and says what became of federated.
//
// Differs: Auth0 goes on to the identity provider's own logout.
func (h *Handler) leave(res *wire.Response, out *loggingOut) {
	h.clearSession(res, out.x)
	if !out.federated || out.session == nil {
		return
	}
	_ = h.Store.View(func(s *store.State) error {
		if c := s.ConnectionByName(out.session.Connection); c != nil && c.Upstream() {
			why := "the pretend provider of connection " + c.Name + " keeps nobody logged in, so there is nothing to log out of"
			if h.isReal(c) {
				why = "the provider of connection " + c.Name + " is not told: Auth0 logs people out of those of the strategies that it lists, and OpenID Connect is none of them"
			}
			res.With(wire.HintHeader, wire.OneLine("federated: "+why))
		}
		return nil
	})
}

// logLogout tells of a logout: that a session ended, or why the browser could
// not be sent on. Without a session nobody was logged out.
//
// Source: the description of tenant logs, slo, flo; community reports of the
// sentence.
func (h *Handler) logLogout(out *loggingOut, err error) {
	if out.session == nil && err == nil {
		return
	}
	e := out.x.LogEvent(tenant.LogSuccessLogout)
	e.ClientID, e.Description = out.clientID, "User successfully logged out"
	e.Details = map[string]any{"return_to": out.returnTo, "allowed_logout_url": out.allowed}
	if out.session != nil {
		e.UserID, e.Connection = out.session.UserID, out.session.Connection
		e.Details["session_id"] = out.session.ID
	}
	if err != nil {
		e.Type, e.Description = tenant.LogFailedLogout, wire.AsError(err).Description
	}
	h.Log(e)
}

func (h *Handler) afterLogout(out *loggingOut) (*wire.Response, error) {
	allowed, client, err := h.logoutURLs(out.clientID)
	if err != nil {
		return nil, err
	}
	out.allowed = allowed
	returnTo := out.returnTo
	if returnTo == "" {
		return h.loggedOut(allowed)
	}
	if !tenant.ValidRedirect(returnTo) || !tenant.MatchLogoutURL(allowed, returnTo, false) {
		e := tenant.LogoutURLNotAllowed(returnTo)
		if client == nil {
			return nil, e.WithConfigured(allowed, "allowed_logout_urls of the tenant").WithHint("Without client_id the tenant's own allowed_logout_urls count. Send client_id too, or add the URL there.")
		}
		return nil, e.WithConfigured(allowed, "allowed_logout_urls of client %q", client.Name).
			WithHint("Add it to allowed_logout_urls of client %q. Configured: %v.", client.Name, allowed)
	}
	return wire.Redirect(returnTo), nil
}

// logoutURLs are the URLs allowed after a logout: the client's if one is
// named, else the tenant's.
func (h *Handler) logoutURLs(clientID string) (allowed []string, client *tenant.Client, err error) {
	err = h.Store.View(func(s *store.State) error {
		if clientID == "" {
			allowed = s.Settings().AllowedLogoutURLs
			return nil
		}
		if client = s.Client(clientID); client == nil {
			return tenant.UnknownClient(clientID)
		}
		if client.ThirdPartyStrict() {
			return tenant.NotForThirdParties("Logout")
		}
		allowed = client.AllowedLogoutURLs
		return nil
	})
	return allowed, client, err
}

// loggedOut goes to the first allowed URL, or says so plainly.
//
// Source: Auth0 docs, "Redirect users after logout". Observed: the plain OK.
func (h *Handler) loggedOut(allowed []string) (*wire.Response, error) {
	if len(allowed) > 0 && tenant.ValidRedirect(allowed[0]) {
		return wire.Redirect(allowed[0]), nil
	}
	return wire.Text(http.StatusOK, "OK"), nil
}

// oidcLogout is RP-initiated logout. A hint that proves the app knows the
// browser's session logs out at once; otherwise the person is asked.
//
// Source: OpenID Connect RP-Initiated Logout 1.0 §2, §3; Auth0 docs, "Use the
// OIDC endpoint to log users out of Auth0".
func (h *Handler) oidcLogout(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	if r.Method == http.MethodPost {
		var err error
		if p, err = wire.Body(r); err != nil {
			return nil, err
		}
	}
	request, err := h.readLogout(p)
	if err != nil {
		h.logLogout(&loggingOut{x: wire.From(r), clientID: p.Get("client_id"), returnTo: p.Get("post_logout_redirect_uri")}, err)
		return nil, err
	}
	current, asks := h.currentSession(h.sessionID(r))
	if current == nil || !asks || request.SessionID == current.ID {
		return h.endAndLeave(r, request)
	}
	return h.askLogout(r, request)
}

// currentSession is the browser's session, which asking for it does not keep
// alive, and whether people are asked before it ends.
func (h *Handler) currentSession(id string) (session *store.Session, asks bool) {
	_ = h.Store.View(func(s *store.State) error {
		asks = s.Settings().AsksBeforeLogout()
		if found, ok := s.Session(id, h.Clock.Now()); ok {
			session = found
		}
		return nil
	})
	return session, asks
}

func (h *Handler) readLogout(p wire.Params) (*store.LogoutRequest, error) {
	request := &store.LogoutRequest{SessionID: p.Get("logout_hint"), Federated: sent(p, "federated")}
	clientID := p.Get("client_id")
	if raw := p.Get("id_token_hint"); raw != "" {
		v, client, err := h.idTokenHint(raw)
		if err != nil {
			return nil, invalidHint(err)
		}
		sid, _ := v.Claims["sid"].(string)
		switch {
		case clientID != "" && clientID != client.ClientID:
			return nil, tenant.InvalidRequest("client_id does not match the id_token_hint")
		case request.SessionID != "" && request.SessionID != sid:
			return nil, tenant.InvalidRequest("logout_hint does not match the id_token_hint")
		}
		clientID, request.SessionID = client.ClientID, sid
	}
	// Observed: auth0-server-js sends no hint, only client_id, and its README
	// has the address registered in the application.
	allowed, _, err := h.logoutURLs(clientID)
	if err != nil {
		return nil, err
	}
	request.ClientID, request.State, request.Allowed = clientID, p.Get("state"), allowed
	request.RedirectURI = p.Get("post_logout_redirect_uri")
	if uri := request.RedirectURI; uri != "" && (!tenant.ValidRedirect(uri) || !tenant.MatchLogoutURL(allowed, uri, true)) {
		return nil, tenant.InvalidRequest("The post_logout_redirect_uri is not in the list of Allowed Logout URLs: "+uri).
			WithConfigured(allowed, "allowed_logout_urls, of the client or the tenant").
			WithHint("Configured: %v. Without id_token_hint and client_id the tenant's own list counts.", allowed)
	}
	if request.RedirectURI == "" && len(allowed) > 0 && tenant.ValidRedirect(allowed[0]) {
		request.RedirectURI = allowed[0]
	}
	return request, nil
}

// idTokenHint verifies an ID token of the tenant's. It may have expired: people
// log out of apps they have had open for long; that is inferred.
//
// Source: OpenID Connect RP-Initiated Logout 1.0 §2, §4.
func (h *Handler) idTokenHint(raw string) (*token.Verified, *tenant.Client, error) {
	return h.Keys().VerifyIDToken(raw, func(id string) (client *tenant.Client) {
		_ = h.Store.View(func(s *store.State) error { client = s.Client(id); return nil })
		return client
	})
}

func invalidHint(cause error) error {
	e := tenant.InvalidRequest("Invalid id_token_hint").
		WithHint("it is no ID token that this tenant has signed for one of its clients")
	e.Cause = cause
	return e
}

// logoutLifetime is how long the question may stay unanswered.
const logoutLifetime = 10 * time.Minute

func (h *Handler) askLogout(r *http.Request, request *store.LogoutRequest) (*wire.Response, error) {
	device, isNew := h.device(r)
	request.DeviceID = device
	id, now := h.IDs.State(), h.Clock.Now()
	page := ui.LogoutConfirm{Form: ui.Form{Action: pathLogoutConfirm, State: id}}
	_ = h.Store.Update(func(s *store.State) error {
		s.Logouts.PutAtMost(store.MaxWaiting, id, request, now.Add(logoutLifetime), now)
		page.Look = tenantLook(s, wire.From(r))
		if c := s.Client(request.ClientID); c != nil {
			page.ClientName = c.Name
		}
		return nil
	})
	res, err := render(http.StatusOK, page, "")
	if err == nil && isNew {
		h.setDevice(res, wire.From(r), device)
	}
	return res, err
}

// confirmLogout takes the answer to the question.
func (h *Handler) confirmLogout(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	device := h.knownDevice(r)
	var request *store.LogoutRequest
	_ = h.Store.Update(func(s *store.State) error {
		if found, ok := s.Logouts.Get(p.Get("state"), h.Clock.Now()); ok && found.DeviceID == device {
			request = found
			s.Logouts.Delete(p.Get("state"))
		}
		return nil
	})
	if request == nil {
		return nil, tenant.TransactionLost()
	}
	if p.Get("action") != "accept" {
		return h.message(r, "logout.logout-aborted.")
	}
	return h.endAndLeave(r, request)
}

func (h *Handler) endAndLeave(r *http.Request, request *store.LogoutRequest) (*wire.Response, error) {
	out := &loggingOut{
		x: wire.From(r), clientID: request.ClientID, returnTo: request.RedirectURI, allowed: request.Allowed, federated: request.Federated,
	}
	var res *wire.Response
	var err error
	if request.RedirectURI != "" {
		res = wire.Redirect(wire.AddQuery(request.RedirectURI, "state", request.State))
	} else {
		page := ui.LoggedOut{}
		page.Look = h.tenantLook(r)
		if res, err = render(http.StatusOK, page, ""); err != nil {
			return nil, err
		}
	}
	out.session = h.EndSession(h.sessionID(r), tenant.InitiatorRPLogout)
	h.logLogout(out, nil)
	h.leave(res, out)
	return res, nil
}
