package login

import (
	"maps"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// event begins an event of the tenant's log about the login.
func (a *authorization) event(typ tenant.LogType) tenant.LogEvent {
	e := a.x.LogEvent(typ)
	e.ClientID, e.UserID, e.Connection, e.OrganizationID = a.ClientID, a.userID, a.Connection, a.OrganizationID
	e.Audience, e.Scope = a.Audience, strings.Join(a.Scopes, " ")
	return e
}

// isOf notes who logs in.
func (a *authorization) isOf(user *tenant.User) {
	a.userID = user.UserID
	a.x.Note("user_id", user.UserID)
}

// logLogin tells of a login that gave the app its answer. Without a prompt it
// is silent authentication; by a session and yet with prompts allowed, a login.
//
// Source: the description of tenant logs, s, ssa; community reports of prompts.
func (h *Handler) logLogin(a *authorization, session *store.Session, user *tenant.User) {
	e := a.event(tenant.LogSuccessLogin)
	if a.bySession && a.Prompts("none") {
		e.Type = tenant.LogSuccessSilent
	}
	e.UserID, e.Connection = user.UserID, session.Connection
	stats := map[string]any{"loginsCount": user.LoginsCount}
	authenticated := map[string]any{
		"name": "prompt-authenticate", "connection": session.Connection, "session": a.bySession,
		"completedAt": session.AuthenticatedAt.UnixMilli(), "stats": stats,
	}
	if session.First.Passkey {
		authenticated["performed_amr"] = []string{"phr"} // Auth0 docs, "Monitor passkey events in tenant logs"
	}
	login := map[string]any{
		"name": "login", "flow": "login", "user_id": user.UserID, "user_name": user.Label(),
		"completedAt": h.Clock.Now().UnixMilli(), "stats": stats,
	}
	e.Details = map[string]any{"prompts": []any{authenticated, login}, "session_id": session.ID, "stats": stats}
	if !a.bySession {
		maps.Copy(e.Details, session.Upstream)
	}
	if a.risk != nil {
		e.Details["riskAssessment"] = assessed(a.risk)
	}
	h.Log(e)
}

// assessed is how risky a login is, as the log says it.
func assessed(risk *token.Risk) map[string]any {
	return map[string]any{
		"confidence":  risk.Confidence,
		"assessments": map[string]any{"NewDevice": map[string]any{"confidence": risk.Confidence, "code": risk.NewDevice}},
	}
}

// logFactorRequired tells that somebody is asked for a second factor.
//
// Source: the description of tenant logs, mfar.
func (h *Handler) logFactorRequired(a *authorization, session *store.Session) {
	e := a.x.LogEvent(tenant.LogFactorRequired)
	e.ClientID, e.UserID, e.Connection, e.OrganizationID = a.ClientID, session.UserID, session.Connection, a.OrganizationID
	if a.risk != nil {
		e.Details = assessed(a.risk)
	}
	h.Log(e)
}

// logFailure tells of an error that the app or the person is answered with, and
// returns it. What is not built has not happened.
//
// Source: the description of tenant logs, f, fsa; community reports of error.
func (h *Handler) logFailure(a *authorization, err error) *tenant.Error {
	failed := wire.AsError(err)
	if failed.Status == http.StatusNotImplemented {
		return failed
	}
	e := a.event(tenant.LogFailedLogin)
	if a.Prompts("none") {
		e.Type = tenant.LogFailedSilent
	}
	e.Description = failed.Description
	e.Details = map[string]any{"error": map[string]any{
		"message": failed.Description, "oauthError": failed.Code, "type": "oauth-authorization",
	}}
	maps.Copy(e.Details, a.upstream)
	h.Log(e)
	return failed
}
