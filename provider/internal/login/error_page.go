package login

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// errorPage shows an error that cannot go to the app: at the tenant's own
// address or in its own HTML if it has one, else on our page, which says what
// to change.
//
// Source: Auth0 docs, "Custom error pages".
func (h *Handler) errorPage(r *http.Request, e *tenant.Error) *wire.Response {
	x := wire.From(r)
	page := ui.Error{
		Status: e.Status, Code: e.Code, Description: e.Description, Hint: e.Hint, RequestID: x.RequestID,
		Setting: e.Configured.Setting, Configured: configured(r, e),
	}
	var own tenant.ErrorPage
	_ = h.Store.View(func(s *store.State) error {
		page.Look = tenantLook(s, x)
		page.Details = details(r, s)
		if p := s.Settings().ErrorPage; p != nil {
			own = *p
		}
		return nil
	})
	if e.Status == http.StatusNotImplemented {
		own = tenant.ErrorPage{} // that one is about Faux0
	}
	if own.ShowLogLink {
		page.LogURL = logURL
	}
	variables := errorVariables(r, e)
	switch {
	case tenant.ValidRedirect(own.URL):
		return wire.Redirect(wire.AddQuery(own.URL, variables...))
	case own.HTML != "":
		return ownPage(e.Status, fillErrorPage(own.HTML, append(variables, "show_log_link", strconv.FormatBool(own.ShowLogLink))))
	}
	res, err := render(e.Status, page, "")
	if err != nil {
		x.Failed(tenant.Internal(err))
		return wire.Text(e.Status, e.Description)
	}
	return res
}

// logURL is where the tenant's log is read.
//
// Differs: Auth0 links to the entry in its Dashboard.
const logURL = "/_faux0/logs"

// errorVariables are what a tenant's own error page is told, in name, value
// pairs.
//
// Source: Auth0 docs, "Custom error pages" (parameters).
func errorVariables(r *http.Request, e *tenant.Error) []string {
	lang, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	lang, _, _ = strings.Cut(lang, ";")
	return []string{
		"client_id", clientOf(r), "connection", r.URL.Query().Get("connection"), "lang", strings.TrimSpace(lang),
		"error", e.Code, "error_description", e.Description, "tracking", wire.From(r).RequestID,
	}
}

// clientOf is the client that the request is of: the one it names, or the one
// that its login began with.
func clientOf(r *http.Request) string {
	if id := wire.From(r).Noted("client_id"); id != "" {
		return id
	}
	return r.URL.Query().Get("client_id")
}

// liquidOutput is an output of a template: a name, and filters that are not
// looked at, since every value is escaped.
var liquidOutput = regexp.MustCompile(`\{\{-?\s*([a-z_]+)\s*(?:\|[^{}]*)?-?\}\}`)

// fillErrorPage puts the variables into the tenant's HTML. Tags of the template
// language stay as they are.
func fillErrorPage(template string, variables []string) string {
	values := map[string]string{}
	for i := 0; i < len(variables); i += 2 {
		values[variables[i]] = variables[i+1]
	}
	return liquidOutput.ReplaceAllStringFunc(template, func(output string) string {
		value, known := values[liquidOutput.FindStringSubmatch(output)[1]]
		if !known {
			return ""
		}
		return escapeEverywhere(value)
	})
}

// escapeEverywhere makes text that a stranger may have written harmless
// wherever a page has it, in quotes of HTML or of a script.
func escapeEverywhere(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c > 0x7f && c != '\u2028' && c != '\u2029' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(" -_.,:/@", c) {
			b.WriteRune(c)
			continue
		}
		fmt.Fprintf(&b, "&#%d;", c)
	}
	return b.String()
}

// configured lists the values of the setting that the error is about, the one
// nearest to what was sent first.
func configured(r *http.Request, e *tenant.Error) []ui.ConfiguredValue {
	sent := ""
	for _, name := range []string{"redirect_uri", "returnTo", "post_logout_redirect_uri"} {
		if v := r.URL.Query().Get(name); v != "" {
			sent = v
		}
	}
	nearest := tenant.Nearest(sent, e.Configured.Values)
	var list []ui.ConfiguredValue
	for _, v := range e.Configured.Values {
		row := ui.ConfiguredValue{Value: v, Nearest: v == nearest}
		if row.Nearest {
			list = append([]ui.ConfiguredValue{row}, list...)
		} else {
			list = append(list, row)
		}
	}
	return list
}

// details lists what was sent, as far as it helps and is no secret, and the
// client's name.
func details(r *http.Request, s *store.State) []ui.Detail {
	var rows []ui.Detail
	if c := s.Client(clientOf(r)); c != nil {
		rows = append(rows, ui.Detail{Label: "client", Value: c.Name})
	}
	for _, name := range []string{"client_id", "redirect_uri", "response_type", "response_mode", "audience", "connection", "organization", "returnTo", "post_logout_redirect_uri"} {
		if v := r.URL.Query().Get(name); v != "" {
			rows = append(rows, ui.Detail{Label: name, Value: v})
		}
	}
	return rows
}
