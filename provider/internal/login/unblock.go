package login

import (
	"net/http"
	"net/url"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountUnblock(rt *wire.Router) {
	rt.Handle("GET", flow.UnblockPath, h.errorPage, h.unblockPage)
	rt.Handle("POST", flow.UnblockPath, h.errorPage, h.unblock)
}

// unblockPage is where the link of a blocked_account mail leads. Looking at it
// changes nothing: programs that read mails follow links.
//
// Source: Auth0 docs, "Brute-force protection" (remove blocks); support article
// on the end of the older unblock mail.
func (h *Handler) unblockPage(r *http.Request) (*wire.Response, error) {
	raw := r.URL.Query().Get("ticket")
	if _, err := h.MailTicket(store.MessageBlocked, raw); err != nil {
		return h.unblockFailed(r, err)
	}
	page := ui.Unblock{Action: flow.UnblockPath + "?ticket=" + url.QueryEscape(raw), Ticket: raw, ScriptNonce: h.nonce()}
	page.Look = h.tenantLook(r)
	return render(http.StatusOK, page, page.ScriptNonce)
}

// unblock forgets the failed logins of the ticket's user.
func (h *Handler) unblock(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	ticket, err := h.Unblock(p.Get("ticket"))
	if err != nil {
		return h.unblockFailed(r, err)
	}
	wire.From(r).Note("user_id", ticket.UserID)
	h.logUnblocked(r, ticket)
	return h.outcome(r, http.StatusOK, ticket.ClientID, func(l ui.Look) ui.Outcome {
		const screen = "brute-force-protection.brute-force-protection-unblock-success."
		return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "eventTitle"), Text: l.T(screen + "description")}
	})
}

// unblockFailed says why the link does not work any more.
func (h *Handler) unblockFailed(r *http.Request, err error) (*wire.Response, error) {
	e := wire.AsError(err)
	wire.From(r).Failed(e)
	key := map[string]string{tenant.CodeTicketExpired: "expiredError", tenant.CodeTicketUsed: "usedError"}[e.Code]
	return h.outcome(r, e.Status, "", func(l ui.Look) ui.Outcome {
		const screen = "brute-force-protection.brute-force-protection-unblock-failure."
		return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "eventTitle"), Text: l.T(screen + key), Failure: true}
	})
}

// logUnblocked tells of a user who may try again.
//
// Source: the description of tenant logs, ublkdu (whose sentence this is).
func (h *Handler) logUnblocked(r *http.Request, ticket *store.MailTicket) {
	const sentence = "User block setup by anomaly detection has been released"
	e := wire.From(r).LogEvent(tenant.LogUnblocked)
	e.ClientID, e.UserID, e.Description = ticket.ClientID, ticket.UserID, sentence
	e.Details = map[string]any{"email": ticket.To, "title": sentence}
	h.Log(e)
}
