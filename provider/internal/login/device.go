package login

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the device flow's pages.
//
// Source: Auth0 docs, "Device Authorization Flow" (/activate,
// /device/success), "Universal Login" (the name of the confirmation's screen);
// the last is inferred.
const (
	pathActivate      = "/activate"
	pathDeviceConfirm = "/u/device-code-confirmation"
	pathDeviceSuccess = "/device/success"
	pathDeviceDenied  = "/device/denied"
)

func (h *Handler) mountDevice(rt *wire.Router) {
	rt.Handle("GET", pathActivate, h.errorPage, h.activatePage)
	rt.Handle("POST", pathActivate, h.errorPage, h.activate)
	rt.Handle("GET", pathDeviceConfirm, h.errorPage, h.confirmDevicePage)
	rt.Handle("POST", pathDeviceConfirm, h.errorPage, h.confirmDevice)
	rt.Handle("GET", pathDeviceSuccess, h.errorPage, h.says("device-flow.device-code-activation-allowed."))
	rt.Handle("GET", pathDeviceDenied, h.errorPage, h.says("device-flow.device-code-activation-denied."))
}

// activatePage asks for the code on the device's screen. A link may bring it
// along, and leaves it to the person to go on.
//
// Source: RFC 8628 §3.3, §3.3.1.
func (h *Handler) activatePage(r *http.Request) (*wire.Response, error) {
	return h.showActivation(r, r.URL.Query().Get("user_code"), nil)
}

// maxUserCode is how much of a typed code is shown again, and logged: the
// longest mask and a few characters.
const maxUserCode = 40

func (h *Handler) showActivation(r *http.Request, code string, err error) (*wire.Response, error) {
	page := ui.DeviceActivation{Form: ui.Form{Look: h.tenantLook(r), Action: pathActivate}, Code: code[:min(len(code), maxUserCode)]}
	if err == nil {
		return render(http.StatusOK, page, "")
	}
	e := wire.AsError(err)
	failure := &formError{"code", "invalid-expired-code"}
	if e.Code == tenant.TooManyUserCodes().Code {
		failure.code = "too-many-codes"
	}
	page.Error = failure.show(page.Look, "device-flow.device-code-activation.", "")
	return render(e.Status, page, "")
}

// activate takes the code, and asks whether it is the right device.
func (h *Handler) activate(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	typed := p.Get("user_code")
	found, err := h.DeviceByUserCode(typed, x.IP)
	if err != nil {
		x.Failed(wire.AsError(err))
		h.logActivation(x, "", map[string]any{"code": typed[:min(len(typed), maxUserCode)], "session_id": h.sessionID(r)}, err)
		return h.showActivation(r, typed, err)
	}
	browser, isNew := h.device(r)
	state, now := h.IDs.State(), h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.Confirmations.PutAtMost(store.MaxWaiting, state,
			&store.DeviceConfirmation{Browser: browser, DeviceCode: found.DeviceCode}, found.ExpiresAt, now)
		return nil
	})
	res := wire.Redirect(atState(pathDeviceConfirm, state))
	if isNew {
		h.setDevice(res, x, browser)
	}
	return res, nil
}

// confirmation finds the code that was typed in this browser, and its device,
// if it still waits.
//
// It returns TransactionLost.
func (h *Handler) confirmation(r *http.Request, state string) (device *store.DeviceAuthorization, client *tenant.Client, err error) {
	browser := h.knownDevice(r)
	now := h.Clock.Now()
	err = h.Store.View(func(s *store.State) error {
		c, ok := s.Confirmations.Get(state, now)
		if !ok || c.Browser != browser {
			return tenant.TransactionLost().WithHint("the code was typed in another browser, is answered, or has expired")
		}
		d, ok := s.Devices.Get(c.DeviceCode, now)
		if !ok || !d.Open(now) {
			return tenant.TransactionLost().WithHint("the device was answered, or waits no longer")
		}
		if client = s.Client(d.ClientID); client == nil {
			return tenant.UnknownClient(d.ClientID)
		}
		device = d
		return nil
	})
	return device, client, err
}

func (h *Handler) confirmDevicePage(r *http.Request) (*wire.Response, error) {
	state := r.URL.Query().Get("state")
	device, client, err := h.confirmation(r, state)
	if err != nil {
		return nil, err
	}
	page := ui.DeviceConfirmation{Form: ui.Form{Action: pathDeviceConfirm, State: state, ClientName: client.Name}, Code: device.UserCode}
	_ = h.Store.View(func(s *store.State) error {
		page.Look = organizationLook(s, wire.From(r), s.Organization(device.OrganizationID))
		return nil
	})
	return render(http.StatusOK, page, "")
}

// confirmDevice goes on to the login, or ends it. The state is as good as a
// token against forged requests: it cannot be guessed, and works in the browser
// that the code was typed in.
//
// Source: RFC 8628 §3.3, §5.4; Auth0 docs, "Device Authorization Flow".
func (h *Handler) confirmDevice(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	device, client, err := h.confirmation(r, p.Get("state"))
	if err != nil {
		return nil, err
	}
	a := deviceLogin(wire.From(r), device)
	a.client = client
	a.x.Note("client_id", a.ClientID)
	switch p.Get("action") {
	case "confirm":
	case "cancel":
		return h.cancelDevice(r, device)
	default:
		return nil, tenant.MissingParameter("action")
	}
	err = h.Store.Update(func(s *store.State) error {
		if _, taken := s.Confirmations.Take(p.Get("state"), h.Clock.Now()); !taken {
			return tenant.TransactionLost()
		}
		a.org = s.Organization(device.OrganizationID)
		return anyConnection(s, a, takesCodes(s, a, p))
	})
	if err != nil {
		return nil, err
	}
	return h.dispatch(r, a)
}

// deviceLogin is the login for a device. It has no callback: what would go
// there goes to the device.
func deviceLogin(x *wire.Exchange, d *store.DeviceAuthorization) *authorization {
	a := &authorization{x: x}
	a.AuthorizationRequest = store.AuthorizationRequest{
		ClientID: d.ClientID, Scopes: d.Scopes, Audience: d.Audience, Resource: d.Resource, OrganizationID: d.OrganizationID,
		MaxAgeSeconds: -1, Issuer: x.Issuer, DeviceCode: d.DeviceCode,
	}
	return a
}

func (h *Handler) cancelDevice(r *http.Request, device *store.DeviceAuthorization) (*wire.Response, error) {
	if err := h.DenyDevice(device.DeviceCode, tenant.DeviceDenied()); err != nil {
		return nil, err
	}
	e := wire.From(r).LogEvent(tenant.LogDeviceDenied)
	e.ClientID, e.Description = device.ClientID, tenant.DeviceDenied().Description
	e.Details = map[string]any{"session_id": h.sessionID(r)}
	h.Log(e)
	return wire.Redirect(pathDeviceDenied), nil
}

// deviceApproved ends a login for a device well.
func (h *Handler) deviceApproved(a *authorization, session *store.Session) (*wire.Response, error) {
	if err := h.ApproveDevice(a.DeviceCode, session, a.factor.Code, a.consented); err != nil {
		h.logActivation(a.x, a.ClientID, map[string]any{"session_id": session.ID}, err)
		return nil, err
	}
	return wire.Redirect(pathDeviceSuccess), nil
}

// deviceRefused ends a login for a device with an error, which the person sees
// and the device is told.
func (h *Handler) deviceRefused(a *authorization, e *tenant.Error) (*wire.Response, error) {
	if err := h.DenyDevice(a.DeviceCode, tenant.DeviceRefused(e.Description)); err != nil {
		return nil, err
	}
	return nil, e
}

// logActivation tells of a code that led to no device.
//
// Source: the description of tenant logs, fdeac.
func (h *Handler) logActivation(x *wire.Exchange, clientID string, details map[string]any, err error) {
	e := x.LogEvent(tenant.LogDeviceCodeFail)
	e.ClientID, e.Description, e.Details = clientID, wire.AsError(err).Description, details
	h.Log(e)
}
