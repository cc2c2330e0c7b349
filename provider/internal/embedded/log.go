package embedded

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// event begins an event of the tenant's log about the request.
func event(r *http.Request, p wire.Params, typ tenant.LogType) tenant.LogEvent {
	e := wire.From(r).LogEvent(typ)
	e.ClientID, e.Connection = p.Get("client_id"), p.Get("connection")
	if realm := p.Get("realm"); realm != "" {
		e.Connection = realm
	}
	return e
}

// logOutcome tells of a success, or of the error, about the user as far as they
// are known. The details hold what was sent, without secrets.
//
// Source: the description of tenant logs, details.body. Observed: go-auth0,
// GET /api/v2/logs (ss).
func (h *Handler) logOutcome(r *http.Request, p wire.Params, user *tenant.User, success, failure tenant.LogType, err error) {
	e := event(r, p, success)
	body := map[string]any{"tenant": wire.From(r).TenantName()}
	for name, value := range p {
		switch name {
		case "password", "newPassword":
			body[name] = "*****"
		case "client_id", "connection", "email", "username", "phone_number", "name", "nickname", "given_name", "family_name",
			"picture", "send", "realm", "credential_type":
			body[name] = value
		}
	}
	e.Details = map[string]any{"body": body}
	if user != nil {
		e.UserID, e.UserName = user.UserID, user.Label()
	}
	if err != nil {
		failed := wire.AsError(err)
		e.Type, e.Description = failure, failed.Description
		if failure == tenant.LogFailedCrossOrigin {
			e.Details["error"] = map[string]any{"message": failed.Description, "oauthError": failed.Code, "type": "oauth-authorization"}
		}
	}
	h.Log(e)
}

// logPasswordRequest tells of a mail to choose a new password. That there is
// nobody to send it to is said here and nowhere else.
//
// Source: the description of tenant logs, scpr, fcpr; community reports of the
// sentence.
func (h *Handler) logPasswordRequest(r *http.Request, p wire.Params, user *tenant.User, err error) {
	if err == nil && user == nil {
		err = tenant.InvalidRequest("User does not exist.")
	}
	h.logOutcome(r, p, user, tenant.LogChangePasswordSent, tenant.LogChangePasswordFailed, err)
}
