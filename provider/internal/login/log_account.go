package login

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// account begins an event about a user's account in the database.
func (a *authorization) account(typ tenant.LogType, c *tenant.Connection, email string) tenant.LogEvent {
	e := a.event(typ)
	e.Connection, e.UserName = c.Name, email
	e.Audience, e.Scope = "", ""
	e.Details = map[string]any{"body": map[string]any{
		"client_id": a.ClientID, "connection": c.Name, "email": email, "tenant": a.x.TenantName(),
	}}
	return e
}

// logSignup tells of somebody who signed up, or why they could not.
//
// Source: the description of tenant logs, ss, fs; Auth0 docs, "Monitor passkey
// events in tenant logs".
func (h *Handler) logSignup(a *authorization, c *tenant.Connection, user *tenant.User, err error) {
	e := a.account(tenant.LogSuccessSignup, c, user.Email)
	if err != nil {
		e.Type, e.Description = tenant.LogFailedSignup, wire.AsError(err).Description
	} else {
		e.UserID = user.UserID
		method := "pwd"
		if len(user.Keys) > 0 {
			method = tenant.KeyPasskey
		}
		e.Details["authentication_methods"] = []string{method}
	}
	h.Log(e)
}

// logResetRequest tells of a mail to choose a new password, or that there is
// nobody to send it to, which is said here and nowhere else.
//
// Source: the description of tenant logs, scpr, fcpr; community reports of the
// sentence.
func (h *Handler) logResetRequest(a *authorization, c *tenant.Connection, email string, user *tenant.User) {
	e := a.account(tenant.LogChangePasswordSent, c, email)
	if user == nil {
		e.Type, e.Description = tenant.LogChangePasswordFailed, "User does not exist."
	} else {
		e.UserID = user.UserID
	}
	h.Log(e)
}

// logTicket tells what became of the link in a mail.
//
// Source: the description of tenant logs, scp, fcp, sv.
func (h *Handler) logTicket(x *wire.Exchange, typ tenant.LogType, ticket *store.MailTicket, err error) {
	e := x.LogEvent(typ)
	e.ClientID, e.UserID = ticket.ClientID, ticket.UserID
	if err != nil {
		e.Description = wire.AsError(err).Description
	}
	h.Log(e)
}
