package provider

import (
	"net/http"
	"net/url"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
)

func (c *Control) mountApprovals(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET POST", "/_faux0/approvals", c.approvals)
}

// approvals lists what waits for an answer, as a JSON array, or takes an
// answer. The console's form comes back to the console.
func (c *Control) approvals(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodGet {
		return wire.JSON(http.StatusOK, c.Approvals())
	}
	raw, err := wire.ReadBody(r, wire.MaxBody)
	if err != nil {
		return nil, err
	}
	var answer ApprovalAnswer
	if form, err := url.ParseQuery(string(raw)); err == nil && form.Has("answer") {
		answer.ID, answer.Answer = form.Get("auth_req_id"), form.Get("answer")
		if err := c.Answer(answer); err != nil {
			return nil, err
		}
		return wire.Redirect("/_faux0/"), nil
	}
	if err := unmarshalStrictly(raw, &answer); err != nil {
		return nil, err
	}
	if err := c.Answer(answer); err != nil {
		return nil, err
	}
	return wire.Empty(http.StatusNoContent), nil
}

// consoleApprovals are the rows of the console.
func consoleApprovals(s *store.State, list []Approval) []ui.ConsoleApproval {
	var rows []ui.ConsoleApproval
	for _, a := range list {
		row := ui.ConsoleApproval{ID: a.ID, Client: a.ClientID, User: a.UserID, Message: a.Message}
		if client := s.Client(a.ClientID); client != nil {
			row.Client = client.Name
		}
		if user := s.User(a.UserID); user != nil {
			row.User = user.Label()
		}
		rows = append(rows, row)
	}
	return rows
}
