package provider

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// maxSnapshot is the largest snapshot PUT may send, in bytes.
const maxSnapshot = 64 << 20

// mount adds the control plane, each path behind the access rules.
func (c *Control) mount(rt *wire.Router) {
	rt.Handle("GET HEAD", "/_faux0/static/{name}", wire.OAuth, static)
	open := func(methods, path string, h wire.Handler) { rt.Handle(methods, path, c.failed, c.present(h)) }
	open("GET HEAD", "/_faux0/health", c.health)
	open("GET HEAD", "/_faux0/ca.pem", c.ca)
	guarded := func(methods, path string, h wire.Handler) { open(methods, path, c.guard(h)) }
	guarded("GET", "/_faux0/", c.console)
	guarded("POST", "/_faux0/reset", c.reset)
	guarded("GET", "/_faux0/snapshot", c.snapshotOut)
	guarded("PUT", "/_faux0/snapshot", c.snapshotIn)
	guarded("GET POST", "/_faux0/clock", c.clock)
	guarded("POST", "/_faux0/tokens", c.tokens)
	guarded("POST", "/_faux0/provider-tokens", c.providerTokens)
	guarded("POST", "/_faux0/explain", c.explain)
	c.mountApplication(guarded)
	c.mountKeys(guarded)
	guarded("POST", "/_faux0/identities", c.identities)
	guarded("GET", "/_faux0/consents", c.consentsOf)
	guarded("POST", "/_faux0/consents", c.giveConsent)
	c.mountOutbox(guarded)
	c.mountApprovals(guarded)
	guarded("GET POST", "/_faux0/factors", c.factors)
	c.mountInvitations(guarded)
	c.mountLogs(guarded)
	c.mountProtection(guarded)
	rt.HandlePrefix("/_faux0/", c.failed, c.present(c.guard(func(r *http.Request) (*wire.Response, error) {
		return nil, tenant.NotBuilt(r.Method + " " + r.URL.Path)
	})))
}

// present hides the control plane where it is switched off.
func (c *Control) present(h wire.Handler) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		if c.p.config.ControlOff {
			return nil, tenant.NotFound().WithHint("the control plane is switched off (--control off)")
		}
		return h(r)
	}
}

// guard asks for the control token, if one is set, and keeps web pages out: a
// page on the internet could otherwise change a tenant on its visitor's
// machine.
func (c *Control) guard(h wire.Handler) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		if want := c.p.config.ControlToken; want != "" {
			got, ok := wire.Bearer(r)
			if !ok {
				_, got, _ = r.BasicAuth() // a browser at the console: any name, the token as password
			}
			if subtle.ConstantTimeCompare([]byte(got), []byte(want)) != 1 {
				e := tenant.Unauthorized().WithHint("send Authorization: Bearer with the value of --control")
				e.Header = http.Header{"Www-Authenticate": {`Bearer realm="faux0"`, `Basic realm="faux0"`}}
				return nil, e
			}
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != wire.From(r).Base {
			return nil, tenant.ForeignPage(origin)
		}
		return h(r)
	}
}

// failed is the envelope of the control plane: a page for a browser that goes
// there, and JSON for programs.
func (c *Control) failed(r *http.Request, e *tenant.Error) *wire.Response {
	if !strings.HasPrefix(r.Header.Get("Accept"), "text/html") {
		return controlError(r, e)
	}
	x := wire.From(r)
	page := ui.Error{Status: e.Status, Code: e.Code, Description: e.Description, Hint: e.Hint, RequestID: x.RequestID}
	_ = c.p.flow.Store.View(func(s *store.State) error { page.Look = consoleLook(s); return nil })
	page.ToConsole = x.Control
	res, err := consolePage(page)
	if err != nil {
		return controlError(r, tenant.Internal(err))
	}
	res.Status = e.Status
	for name, values := range e.Header {
		res.Header[name] = values
	}
	return res
}

// controlError is like OAuth's envelope, with the advice in the body, since no
// Auth0 body has to be matched here.
func controlError(r *http.Request, e *tenant.Error) *wire.Response {
	body := map[string]any{"error": e.Code, "error_description": e.Description}
	if e.Hint != "" {
		body["hint"] = e.Hint
	}
	res, err := wire.JSON(e.Status, body)
	if err != nil {
		return wire.OAuth(r, tenant.Internal(err))
	}
	for name, values := range e.Header {
		res.Header[name] = values
	}
	return res
}

func static(r *http.Request) (*wire.Response, error) {
	data, contentType, etag, ok := ui.Static(wire.PathVar(r, "name"))
	if !ok {
		return nil, tenant.NotFound()
	}
	if r.Header.Get("If-None-Match") == etag {
		return wire.Empty(http.StatusNotModified).With("ETag", etag), nil
	}
	return wire.Bytes(http.StatusOK, contentType, data).With("ETag", etag).With("Cache-Control", "no-cache"), nil
}

func (c *Control) health(r *http.Request) (*wire.Response, error) {
	return wire.JSON(http.StatusOK, map[string]any{
		"status": "ok", "version": c.p.config.Version, "tenant": c.title(), "issuer": wire.From(r).Issuer,
	})
}

func (c *Control) ca(*http.Request) (*wire.Response, error) {
	if len(c.p.config.CA) == 0 {
		return nil, tenant.NotFound().WithHint("this tenant has no certificate authority: it serves plain HTTP only")
	}
	return wire.Bytes(http.StatusOK, "application/x-pem-file", c.p.config.CA), nil
}

func (c *Control) reset(*http.Request) (*wire.Response, error) {
	if err := c.Reset(); err != nil {
		return nil, err
	}
	return wire.Empty(http.StatusNoContent), nil
}

func (c *Control) snapshotOut(r *http.Request) (*wire.Response, error) {
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		data, err := fixtures.MarshalJSON(c.Snapshot())
		if err != nil {
			return nil, err
		}
		return wire.Bytes(http.StatusOK, "application/json", data), nil
	}
	data, err := fixtures.MarshalYAML(c.Snapshot())
	if err != nil {
		return nil, err
	}
	return wire.Bytes(http.StatusOK, "application/yaml", data), nil
}

func (c *Control) snapshotIn(r *http.Request) (*wire.Response, error) {
	data, err := wire.ReadBody(r, maxSnapshot)
	if err != nil {
		return nil, err
	}
	domain := strings.TrimSuffix(wire.From(r).Issuer, "/")
	domain = domain[strings.Index(domain, "://")+3:]
	snapshot, report, err := fixtures.Parse(fixtures.Options{Domain: domain}, "snapshot", data)
	if err != nil {
		return nil, tenant.InvalidRequest(err.Error())
	}
	if err := c.Restore(snapshot); err != nil {
		return nil, tenant.InvalidRequest(err.Error())
	}
	warnings := []string{}
	for _, w := range report.Warnings {
		warnings = append(warnings, w.String())
	}
	return wire.JSON(http.StatusOK, map[string]any{"warnings": warnings})
}

// clockRequest moves the clock; the members are applied in this order.
type clockRequest struct {
	Freeze  string `json:"freeze"`
	Advance string `json:"advance"`
	Run     bool   `json:"run"`
}

func (c *Control) clock(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodPost {
		var req clockRequest
		if err := decodeJSON(r, &req); err != nil {
			return nil, err
		}
		if err := c.moveClock(req); err != nil {
			return nil, err
		}
	}
	clock := c.Clock()
	return wire.JSON(http.StatusOK, map[string]any{
		"now": clock.Now().UTC().Format(time.RFC3339Nano), "frozen": clock.Frozen(),
	})
}

func (c *Control) moveClock(req clockRequest) error {
	var at time.Time
	var by time.Duration
	var err error
	if req.Freeze != "" {
		if at, err = time.Parse(time.RFC3339, req.Freeze); err != nil {
			return tenant.InvalidRequest(fmt.Sprintf("freeze %q: give a time such as 2026-01-01T00:00:00Z", req.Freeze))
		}
	}
	if req.Advance != "" {
		if by, err = time.ParseDuration(req.Advance); err != nil || by < 0 {
			return tenant.InvalidRequest(fmt.Sprintf("advance %q: give a duration such as 90s, 25h or 1h30m, not below zero", req.Advance))
		}
	}
	if !at.IsZero() {
		c.Clock().Freeze(at)
	}
	c.Clock().Advance(by)
	if req.Run {
		c.Clock().Run()
	}
	return nil
}

func (c *Control) tokens(r *http.Request) (*wire.Response, error) {
	var req TokenRequest
	if err := decodeJSON(r, &req); err != nil {
		return nil, err
	}
	if req.Issuer == "" {
		req.Issuer = wire.From(r).Issuer
	}
	t, err := c.Token(req)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, t)
}

func (c *Control) explain(r *http.Request) (*wire.Response, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return c.explainPage(r)
	}
	var req ExplainRequest
	if err := decodeJSON(r, &req); err != nil {
		return nil, err
	}
	if req.Issuer == "" {
		req.Issuer = wire.From(r).Issuer
	}
	if req.Token == "" && req.Client == "" {
		return nil, tenant.InvalidRequest("Send a token, or client_id with user, audience and scope")
	}
	explanation, err := c.Explain(req)
	if err != nil {
		return nil, err
	}
	if strings.Contains(r.Header.Get("Accept"), "text/plain") {
		return wire.Text(http.StatusOK, explanation.Text()), nil
	}
	return wire.JSON(http.StatusOK, explanation)
}

// decodeJSON reads a JSON body; a member it does not know is an error, since a
// misspelt one would otherwise be lost in silence.
func decodeJSON(r *http.Request, into any) error {
	raw, err := wire.ReadBody(r, wire.MaxBody)
	if err != nil {
		return err
	}
	return unmarshalStrictly(raw, into)
}

func unmarshalStrictly(raw []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return tenant.InvalidRequest("The JSON body could not be read: " + err.Error())
	}
	if dec.More() {
		return tenant.InvalidRequest("The body holds more than one JSON value")
	}
	return nil
}
