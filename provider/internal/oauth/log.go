package oauth

import (
	"errors"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// event begins an event about the request.
func (t *tokenRequest) event(typ tenant.LogType) tenant.LogEvent {
	e := t.x.LogEvent(typ)
	e.ClientID, e.Audience, e.Scope = t.Get("client_id"), t.Get("audience"), t.Get("scope")
	e.UserID, e.OrganizationID = t.userID, t.organizationID
	if t.client != nil {
		e.ClientID = t.client.ClientID
	}
	return e
}

// exchangeEvents are the types of success and failure, by grant type. Grants
// that are not here tell of themselves. A one-time code has a type for failures
// alone, so that its successes are called as those of passwords is inferred.
//
// Source: the description of tenant logs.
var exchangeEvents = map[string][2]tenant.LogType{
	tenant.GrantAuthorizationCode: {tenant.LogSuccessCode, tenant.LogFailedCode},
	tenant.GrantClientCredentials: {tenant.LogSuccessMachine, tenant.LogFailedMachine},
	tenant.GrantPassword:          {tenant.LogSuccessPassword, tenant.LogFailedPassword},
	tenant.GrantPasswordRealm:     {tenant.LogSuccessPassword, tenant.LogFailedPassword},
	tenant.GrantPasswordlessOTP:   {tenant.LogSuccessPassword, tenant.LogFailedPasswordlessOTP},
	tenant.GrantMFAOTP:            {tenant.LogSuccessFactorOTP, tenant.LogFailedFactorOTP},
	tenant.GrantMFAOOB:            {tenant.LogSuccessFactorOOB, tenant.LogFailedFactorOOB},
	tenant.GrantMFARecoveryCode:   {tenant.LogSuccessRecoveryCode, tenant.LogFailedRecoveryCode},
}

// passkeyEvents are the types of success where a passkey was the first factor.
//
// Source: the description of tenant logs.
var passkeyEvents = map[string]tenant.LogType{
	tenant.GrantMFAOTP: tenant.LogSuccessPasskeyOTP, tenant.GrantMFAOOB: tenant.LogSuccessPasskeyOOB,
	tenant.GrantMFARecoveryCode: tenant.LogSuccessPasskeyCode,
}

// logExchange tells how a request for tokens ended, and that it waits for a
// second factor, where it does.
//
// Source: the description of tenant logs, mfar and the types above.
func (h *Handler) logExchange(t *tokenRequest, grantType string, tokens *flow.Tokens, err error) {
	if err != nil && wire.AsError(err).Code == tenant.MFARequired("", tenant.MFARequirements{}).Code {
		e := t.event(tenant.LogFactorRequired)
		e.Details = map[string]any{"grant_type": grantType}
		h.Log(e)
	}
	types, ok := exchangeEvents[grantType]
	switch {
	case t.firstGrant == tenant.GrantPasskey:
		types[0] = passkeyEvents[grantType]
	case t.firstGrant == tenant.GrantRefreshToken && err == nil:
		return // the refresh was told of
	}
	if !ok || err != nil && (wire.AsError(err).Status == http.StatusNotImplemented || stillWaiting(err)) {
		return
	}
	e := t.event(types[0])
	if err != nil {
		e.Type, e.Description = types[1], describe(err)
	} else {
		e.Audience, e.Scope = tokens.Decision.Audience, tokens.Scope
	}
	if grantType == tenant.GrantAuthorizationCode {
		e.Details = map[string]any{"code": masked(t.Get("code"))}
	}
	h.Log(e)
}

// masked leaves the last three characters of a secret.
//
// Source: community reports of seacft.
func masked(secret string) string {
	if len(secret) < 8 {
		return strings.Repeat("*", len(secret))
	}
	return strings.Repeat("*", 13) + secret[len(secret)-3:]
}

// describe is the error as the tenant's log words it.
func describe(err error) string {
	var e *tenant.Error
	if errors.As(err, &e) {
		return e.Description
	}
	return tenant.Internal(err).Description
}

// logRefresh tells of an exchange: done, refused, or one that betrayed reuse.
//
// Source: the description of tenant logs, sertft, fertft, ferrt.
func (h *Handler) logRefresh(t *tokenRequest, tokens *flow.Tokens, used flow.Refreshed, err error) {
	e := t.event(tenant.LogSuccessRefresh)
	rt := used.Family
	if rt != nil {
		t.isFor(rt.UserID)
		e.UserID, e.OrganizationID = rt.UserID, rt.OrganizationID
		e.Details = map[string]any{"familyId": rt.FamilyID, "tokenCounter": used.Counter}
	}
	switch {
	case err == nil:
		e.Audience, e.Scope = tokens.Decision.Audience, tokens.Scope
	case used.Reused:
		e.Type, e.Description = tenant.LogFailedRotating, "Reused rotated refresh token"
		e.Details["latestCounter"] = rt.Counter
	default:
		e.Type, e.Description, e.Details = tenant.LogFailedRefresh, describe(err), nil
	}
	if rt != nil && rt.Online {
		h.onlineDetails(&e, rt)
	}
	h.Log(e)
}

func (h *Handler) onlineDetails(e *tenant.LogEvent, rt *store.RefreshToken) {
	if e.Details == nil {
		e.Details = map[string]any{}
	}
	e.Details["refresh_token"] = map[string]any{"access": "online", "session_id": rt.SessionID}
}

// logRevoked tells of a refresh token that its client gave up.
//
// Source: the description of tenant logs, srrt.
func (h *Handler) logRevoked(x *wire.Exchange, client *tenant.Client, rt *store.RefreshToken) {
	e := x.LogEvent(tenant.LogSuccessRevoke)
	e.ClientID, e.UserID, e.Audience, e.OrganizationID = client.ClientID, rt.UserID, rt.Audience, rt.OrganizationID
	e.Details = map[string]any{"credential_id": rt.FamilyID, "audience": rt.Audience}
	if rt.Online {
		h.onlineDetails(&e, rt)
	}
	h.Log(e)
}
