package oauth

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// deviceAnswer is what a device is told, in Auth0's order.
//
// Source: RFC 8628 §3.2; Auth0 docs, Authentication API, "Device authorization
// flow".
type deviceAnswer struct {
	DeviceCode      string `json:"device_code"`
	UserCode        string `json:"user_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiresIn       int    `json:"expires_in"`
	Interval        int    `json:"interval"`
	CompleteURI     string `json:"verification_uri_complete"`
}

// deviceCode begins the login of a device that has no browser.
//
// It returns GrantNotAllowed for a client that may not use the flow, or an
// error of token.CheckAccess.
//
// Source: RFC 8628 §3.1, §3.2; Auth0 docs, "Call your API using the Device
// Authorization Flow".
func (h *Handler) deviceCode(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	device, err := h.startDevice(r, p)
	if err != nil {
		e := x.LogEvent(tenant.LogDeviceActivationFail)
		e.ClientID, e.Audience, e.Scope, e.Description = p.Get("client_id"), p.Get("audience"), p.Get("scope"), describe(err)
		e.Details = map[string]any{"body": map[string]any{"client_id": e.ClientID, "audience": e.Audience, "scope": e.Scope}}
		h.Log(e)
		return nil, err
	}
	return wire.JSON(http.StatusOK, deviceAnswer{
		DeviceCode: device.DeviceCode, UserCode: device.UserCode, VerificationURI: x.Issuer + "activate",
		ExpiresIn: int(flow.DeviceLifetime.Seconds()), Interval: flow.PollingInterval,
		CompleteURI: wire.AddQuery(x.Issuer+"activate", "user_code", device.UserCode),
	})
}

func (h *Handler) startDevice(r *http.Request, p wire.Params) (*store.DeviceAuthorization, error) {
	client, err := h.AuthenticateClient(r, p)
	if err != nil {
		return nil, err
	}
	if why := client.DeviceFlowRefused(); why != "" {
		return nil, tenant.GrantNotAllowed(tenant.GrantDeviceCode).
			WithHint("client %q may not use the device flow: %s", client.Name, why)
	}
	org, err := h.deviceOrganization(client, p.Get("organization"))
	if err != nil {
		return nil, err
	}
	device := &store.DeviceAuthorization{
		ClientID: client.ClientID, Audience: p.Get("audience"), Resource: p.Get("resource"),
		Scopes: tenant.ParseScope(p.Get("scope")), OrganizationID: org,
	}
	err = h.Store.View(func(s *store.State) error {
		return token.CheckAccess(s, token.Request{
			Flow: token.FlowDevice, Client: client, Audience: device.Audience, Resource: device.Resource,
			Scopes: device.Scopes, Issuer: wire.From(r).Issuer,
		})
	})
	if err != nil {
		return nil, err
	}
	h.StartDevice(device)
	return device, nil
}

// deviceOrganization applies the client's rules about organizations. Auth0's
// documentation of the flow names no such parameter; that it is read as
// /authorize reads it is inferred.
func (h *Handler) deviceOrganization(client *tenant.Client, value string) (string, error) {
	usage := client.OrganizationUsage
	switch {
	case value == "" && usage == "require":
		return "", tenant.OrganizationRequired()
	case value == "":
		return "", nil
	case usage != "allow" && usage != "require":
		return "", tenant.OrganizationNotAllowed().
			WithHint("set organization_usage of client %q to \"allow\" or \"require\"", client.Name)
	}
	org, err := h.FindOrganization(value)
	if err != nil {
		return "", err
	}
	return org.ID, nil
}

// grantDeviceCode gives a device its tokens, once somebody has logged in for
// it.
//
// It returns an error of flow.PollDevice, UserBlocked, or an error of
// token.Decide.
//
// Source: RFC 8628 §3.4; Auth0 docs, "Call your API using the Device
// Authorization Flow".
func grantDeviceCode(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	tokens, user, err := h.redeemDeviceCode(t)
	if err != nil && stillWaiting(err) {
		return nil, err
	}
	e := t.event(tenant.LogSuccessDevice)
	if user != nil {
		e.UserID = user.UserID
	}
	if err != nil {
		e.Type, e.Description = tenant.LogFailedDevice, describe(err)
	} else {
		e.Audience, e.Scope = tokens.Decision.Audience, tokens.Scope
	}
	h.Log(e)
	return tokens, err
}

func (h *Handler) redeemDeviceCode(t *tokenRequest) (*flow.Tokens, *tenant.User, error) {
	raw := t.Get("device_code")
	if raw == "" {
		return nil, nil, tenant.MissingParameter("device_code")
	}
	device, err := h.PollDevice(t.client.ClientID, raw)
	if err != nil {
		return nil, nil, err
	}
	user, org, err := h.userAndOrganization(device.UserID, device.OrganizationID)
	switch {
	case user == nil:
		return nil, nil, tenant.InvalidDeviceCode().WithHint("user %s was deleted after the login", device.UserID)
	case err != nil:
		return nil, user, err
	}
	t.x.Note("user_id", user.UserID)
	tokens, err := h.Issue(flow.Grant{
		Request: token.Request{
			Flow: token.FlowDevice, Client: t.client, User: user, Organization: org,
			Audience: device.Audience, Resource: device.Resource, Scopes: device.Scopes,
			Consented: device.Consented, Issuer: t.x.Issuer, Possession: t.possession,
			SecondFactor: h.FactorReason(device.Factor, user),
		},
		SessionID: device.SessionID,
	})
	return tokens, user, err
}

// stillWaiting says whether the client will ask again: nothing has happened
// yet that belongs in the tenant's log.
func stillWaiting(err error) bool {
	code := wire.AsError(err).Code
	return code == tenant.DevicePending().Code || code == tenant.DeviceSlowDown(0).Code || code == tenant.UseDPoPNonce().Code
}
