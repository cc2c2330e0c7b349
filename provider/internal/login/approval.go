package login

import (
	"encoding/json"
	"net/http"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountApproval(rt *wire.Router) {
	rt.Handle("GET", flow.PathApproval, h.errorPage, h.approvalPage)
	rt.Handle("POST", flow.PathApproval, h.errorPage, h.answerApproval)
}

// approvalPage shows what an application asks the person for. Looking at it
// answers nothing: mail programs follow links by themselves.
//
// Differs: Auth0 also asks the person to log in; here the link is enough.
//
// Source: Auth0 docs, "Email notifications with CIBA".
func (h *Handler) approvalPage(r *http.Request) (*wire.Response, error) {
	ticket := r.URL.Query().Get("ticket")
	approval := h.ApprovalByLink(ticket)
	if approval == nil {
		return nil, tenant.ApprovalGone()
	}
	page := ui.Approval{Action: flow.PathApproval, Ticket: ticket, Message: approval.Message}
	for _, detail := range approval.Details {
		text, err := json.MarshalIndent(detail, "", "  ")
		if err != nil {
			return nil, err
		}
		page.Details = append(page.Details, string(text))
	}
	_ = h.Store.View(func(s *store.State) error {
		page.Look = tenantLook(s, wire.From(r))
		if c := s.Client(approval.ClientID); c != nil {
			page.ClientName = c.Name
		}
		if u := s.User(approval.UserID); u != nil {
			page.UserLabel = u.Label()
		}
		if api := s.ResourceServer(approval.Audience); api != nil {
			page.API, page.Scopes = api.Name, described(api, approval.Scopes)
		}
		return nil
	})
	return render(http.StatusOK, page, "")
}

// described are the API's scopes in words.
func described(api *tenant.ResourceServer, scopes []string) []string {
	var list []string
	for _, scope := range api.Scopes {
		for _, asked := range scopes {
			switch {
			case asked != scope.Value:
			case scope.Description != "":
				list = append(list, scope.Description)
			default:
				list = append(list, scope.Value)
			}
		}
	}
	return list
}

// answerApproval takes the person's answer. The ticket is as good as a token
// against forged requests.
func (h *Handler) answerApproval(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	screen := "async-approval-flow.async-approval-accepted."
	answer := p.Get("answer")
	switch answer {
	case store.AnswerApprove:
	case store.AnswerDeny:
		screen = "async-approval-flow.async-approval-denied."
	default:
		return nil, tenant.MissingParameter("answer")
	}
	approval := h.ApprovalByLink(p.Get("ticket"))
	if approval == nil || !h.AnswerApproval(approval.ID, answer) {
		return nil, tenant.ApprovalGone()
	}
	wire.From(r).Note("client_id", approval.ClientID)
	return h.message(r, screen)
}
