package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// consoleUsers is how many users the console lists.
const consoleUsers = 200

// console shows what is in the tenant, and takes a token to explain.
func (c *Control) console(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	page := ui.Console{Version: c.p.config.Version, Issuer: x.Issuer}
	if len(c.p.config.CA) > 0 {
		page.CAURL = "/_faux0/ca.pem"
	}
	waiting := c.Approvals()
	page.Blocks = consoleBlocks(c.Blocks())
	_ = c.p.flow.Store.View(func(s *store.State) error {
		page.Look = consoleLook(s)
		page.Journeys = journeys(s, x.Base)
		page.Approvals = consoleApprovals(s, waiting)
		for _, client := range s.Clients() {
			if !client.Global {
				page.Clients = append(page.Clients, ui.ConsoleClient{
					Name: client.Name, ClientID: client.ClientID, Type: client.AppType, Callbacks: client.Callbacks,
				})
			}
		}
		for _, api := range s.ResourceServers() {
			if !api.IsSystem {
				page.APIs = append(page.APIs, ui.ConsoleAPI{
					Name: api.Name, Identifier: api.Identifier, RBAC: api.RBAC(), Permissions: api.PermissionsInToken(), Scopes: api.ScopeValues(),
				})
			}
		}
		for _, u := range s.FirstUsers(consoleUsers) {
			page.Users = append(page.Users, ui.ConsoleUser{Label: u.Label(), UserID: u.UserID, Detail: roleNames(s, u)})
		}
		page.Logs, page.Messages = consoleLogs(s), len(s.Outbox())
		page.Curl = curl(s, x.Base)
		return nil
	})
	for i := range page.Users {
		page.Users[i].Code, _ = c.p.flow.OneTimeCode(page.Users[i].UserID) // "" without an app
	}
	return consolePage(page)
}

// consoleEvents is how many events the console lists.
const consoleEvents = 20

func consoleLogs(s *store.State) []ui.ConsoleLog {
	events := s.LogEvents()
	events = events[max(0, len(events)-consoleEvents):]
	slices.Reverse(events)
	var rows []ui.ConsoleLog
	for _, e := range events {
		at := e.At.UTC()
		row := ui.ConsoleLog{
			Time: at.Format(time.TimeOnly), When: at.Format(time.RFC3339), Words: e.Type.Words(), Type: string(e.Type),
			Client: e.ClientName, User: e.UserName, Description: e.Description,
		}
		if row.Client == "" {
			row.Client = e.ClientID
		}
		rows = append(rows, row)
	}
	return rows
}

func consoleLook(s *store.State) ui.Look {
	name := s.Settings().FriendlyName
	if name == "" {
		name = "Faux0"
	}
	return ui.Look{TenantName: name}
}

func roleNames(s *store.State, u *tenant.User) string {
	var names []string
	for _, id := range u.Roles {
		if role := s.Role(id); role != nil {
			names = append(names, role.Name)
		}
	}
	for _, m := range u.Organizations {
		if org := s.Organization(m.OrganizationID); org != nil {
			names = append(names, "member of "+org.Name)
		}
	}
	if u.Blocked {
		names = append(names, "blocked")
	}
	return strings.Join(append(names, linked(u)...), ", ")
}

// curl is a command that gets a machine's token, "" when no client can.
func curl(s *store.State, base string) string {
	for _, client := range s.Clients() {
		for _, api := range s.ResourceServers() {
			if client.Global || client.Public() || client.AuthenticationMethods != nil || api.IsSystem || !client.AllowsGrant(tenant.GrantClientCredentials) ||
				s.ClientGrant(client, api.Identifier, tenant.SubjectClient) == nil {
				continue
			}
			return fmt.Sprintf("curl -s %s/oauth/token -d grant_type=client_credentials \\\n  -d client_id=%s -d client_secret=%s \\\n  --data-urlencode audience=%s",
				base, client.ClientID, client.ClientSecret, api.Identifier)
		}
	}
	return ""
}

// consolePage answers with a page of the console, which nobody may frame and
// which runs no script.
func consolePage(page ui.Page) (*wire.Response, error) {
	body, err := ui.Render(page)
	if err != nil {
		return nil, err
	}
	return wire.HTML(http.StatusOK, body).
		With("Content-Security-Policy", "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src * data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'").
		With("X-Frame-Options", "deny"), nil
}

// explainPage answers the console's form.
func (c *Control) explainPage(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	e, err := c.Explain(ExplainRequest{Token: p.Get("token"), Issuer: wire.From(r).Issuer})
	if err != nil {
		return nil, err
	}
	page := ui.Explanation{Verdict: e.Verdict, Cause: e.Cause, Fix: e.Fix, Checks: checks(e), Notes: e.Notes, Again: e.Again, Claims: indented(e.Claims)}
	_ = c.p.flow.Store.View(func(s *store.State) error { page.Look = consoleLook(s); return nil })
	return consolePage(page)
}

func checks(e *token.Explanation) []ui.Check {
	var list []ui.Check
	for _, check := range e.Checks {
		mark := "?"
		if check.OK != nil && *check.OK {
			mark = "✔"
		} else if check.OK != nil {
			mark = "✘"
		}
		list = append(list, ui.Check{Mark: mark, Text: check.Text, Source: check.Source})
	}
	return list
}

func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return ""
	}
	return b.String()
}
