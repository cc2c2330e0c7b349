package provider

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// approvalClient finds a client that may ask people for approval, and somebody
// to ask.
func approvalClient(s *store.State) (*tenant.Client, *tenant.User) {
	for _, c := range s.Clients() {
		if c.CIBARefused() == "" && c.AuthenticationMethods == nil {
			for _, u := range s.FirstUsers(consoleUsers) {
				if !u.Blocked {
					return c, u
				}
			}
		}
	}
	return nil, nil
}

// tryApproval asks somebody for approval, as the client's program does.
//
// Source: Auth0 docs, "User authentication with CIBA".
func (c *Control) tryApproval(r *http.Request, client *tenant.Client, name string) (*wire.Response, error) {
	id, err := c.userID(name)
	if err != nil {
		return nil, err
	}
	hint, err := json.Marshal(map[string]string{"format": "iss_sub", "iss": wire.From(r).Issuer, "sub": id})
	if err != nil {
		return nil, err
	}
	status, header, body := c.call(r, client, "/bc-authorize", url.Values{
		"scope": {"openid profile email"}, "login_hint": {string(hint)}, "binding_message": {"Is it you"},
	})
	page := ui.Application{ClientName: client.Name, ClientID: client.ClientID}
	text := func(name string) string { s, _ := body[name].(string); return s }
	if status != http.StatusOK {
		page.Error, page.Description, page.Hint = text("error"), text("error_description"), header.Get(wire.HintHeader)
	}
	page.ApprovalID, page.Asked = text("auth_req_id"), name
	return c.applicationPage(page)
}

// pollApproval asks whether the answer is there.
func (c *Control) pollApproval(r *http.Request, client *tenant.Client, p wire.Params) (*wire.Response, error) {
	page := ui.Application{ClientName: client.Name, ClientID: client.ClientID, ApprovalID: p.Get("auth_req_id"), Asked: p.Get("asked")}
	return c.redeem(r, client, url.Values{"grant_type": {tenant.GrantCIBA}, "auth_req_id": {page.ApprovalID}}, page)
}
