package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
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
	x := wire.From(r)
	h.EndSession(h.sessionID(r))
	res, err := h.afterLogout(r)
	if err != nil {
		res = h.errorPage(r, wire.AsError(err))
		x.Failed(wire.AsError(err))
	}
	h.clearSession(res, x)
	return res, nil
}

func (h *Handler) afterLogout(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	allowed, client, err := h.logoutURLs(p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	returnTo := p.Get("returnTo")
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
		return nil, err
	}
	current := h.UseSession(h.sessionID(r), "")
	if current == nil || request.SessionID != "" && request.SessionID == current.ID {
		return h.endAndLeave(r, request)
	}
	return h.askLogout(r, request)
}

func (h *Handler) readLogout(p wire.Params) (*store.LogoutRequest, error) {
	request := &store.LogoutRequest{SessionID: p.Get("logout_hint")}
	clientID := p.Get("client_id")
	if raw := p.Get("id_token_hint"); raw != "" {
		v, err := h.Keys().Verify(raw)
		if err != nil {
			return nil, invalidHint(err)
		}
		sid, _ := v.Claims["sid"].(string)
		switch {
		case len(v.Audience) != 1 || clientID != "" && clientID != v.Audience[0]:
			return nil, tenant.InvalidRequest("client_id does not match the id_token_hint")
		case request.SessionID != "" && request.SessionID != sid:
			return nil, tenant.InvalidRequest("logout_hint does not match the id_token_hint")
		}
		clientID, request.SessionID = v.Audience[0], sid
	}
	// Observed: auth0-server-js sends no hint, only client_id, and its README
	// has the address registered in the application.
	allowed, _, err := h.logoutURLs(clientID)
	if err != nil {
		return nil, err
	}
	request.ClientID, request.State = clientID, p.Get("state")
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

func invalidHint(cause error) error {
	e := tenant.InvalidRequest("Invalid id_token_hint").
		WithHint("it is no ID token that one of this tenant's keys has signed; those of HS256 clients cannot be used here")
	e.Cause = cause
	return e
}

// logoutLifetime is how long the question may stay unanswered.
const logoutLifetime = 10 * time.Minute

func (h *Handler) askLogout(r *http.Request, request *store.LogoutRequest) (*wire.Response, error) {
	device, isNew := h.device(r)
	request.DeviceID = device
	id, now := h.IDs.State(), h.Clock.Now()
	page := ui.LogoutConfirm{Action: pathLogoutConfirm, State: id}
	_ = h.Store.Update(func(s *store.State) error {
		s.Logouts.Put(id, request, now.Add(logoutLifetime), now)
		page.Look = look(s, nil)
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
	device, _ := h.device(r)
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
		return h.message("You are still logged in", "You chose not to log out. You can close this page.")
	}
	return h.endAndLeave(r, request)
}

func (h *Handler) endAndLeave(r *http.Request, request *store.LogoutRequest) (*wire.Response, error) {
	h.EndSession(h.sessionID(r))
	var res *wire.Response
	var err error
	if request.RedirectURI != "" {
		res = wire.Redirect(wire.AddQuery(request.RedirectURI, "state", request.State))
	} else {
		page := ui.LoggedOut{}
		_ = h.Store.View(func(s *store.State) error { page.Look = look(s, nil); return nil })
		if res, err = render(http.StatusOK, page, ""); err != nil {
			return nil, err
		}
	}
	h.clearSession(res, wire.From(r))
	return res, nil
}

func (h *Handler) message(title, text string) (*wire.Response, error) {
	page := ui.Message{Title: title, Text: text}
	_ = h.Store.View(func(s *store.State) error { page.Look = look(s, nil); return nil })
	return render(http.StatusOK, page, "")
}
