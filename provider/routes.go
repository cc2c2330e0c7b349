package provider

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Headers of every response. The first says that this is no Auth0; the names
// are in canonical form, as they are set without going through Set.
const (
	headerFaux0     = "Faux0"
	headerRequestID = "X-Auth0-Requestid"
)

var (
	forTesting = []string{"for testing only"}
	nosniff    = []string{"nosniff"}
)

// ServeHTTP implements http.Handler. It is everything that also applies where
// no route matches: the host check, CORS, the request log and the net under a
// panic.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &wire.Exchange{
		RequestID: p.config.IDs.RequestID(), Control: !p.config.ControlOff,
		IP: p.hosts.caller(r), UserAgent: r.UserAgent(), AcceptLanguage: r.Header.Get("Accept-Language"),
	}
	out := &writer{ResponseWriter: w, p: p, x: x, origin: r.Header.Get("Origin"), status: http.StatusOK}
	h := w.Header()
	h[headerFaux0] = forTesting
	h[headerRequestID] = []string{x.RequestID}
	h["X-Content-Type-Options"] = nosniff
	began := time.Now() //nolint:forbidigo // the operator's log keeps wall-clock time
	defer func() {
		if cause := recover(); cause != nil {
			p.config.Log.Error("panic", "path", r.URL.Path, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			wire.OAuth(r, tenant.Internal(fmt.Errorf("panic: %v", cause))).Write(out)
		}
		p.logRequest(r, x, out.status, began)
	}()
	var err error
	if x.Base, x.Issuer, x.Secure, err = p.hosts.resolve(r); err != nil {
		x.Failed(wire.AsError(err))
		wire.OAuth(r, wire.AsError(err)).Write(out)
		return
	}
	x.Certificate, x.CAVerified = p.hosts.certificate(r)
	if out.origin != "" && r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		p.preflight(r, out.origin).Write(out)
		return
	}
	p.router.ServeHTTP(out, wire.With(r, x))
}

// preflight answers a browser that asks before it calls. The client is not
// known yet, so any client's origin will do; the call itself is held to its own
// client's.
//
// Source: Fetch, "CORS-preflight fetch"; Auth0 docs, "Application settings".
func (p *Provider) preflight(r *http.Request, origin string) *wire.Response {
	res := wire.Empty(http.StatusNoContent).With("Vary", "Origin, Access-Control-Request-Headers")
	if !publicPath(r.URL.Path) && !p.anyClientAllows(origin) {
		return res.With(wire.HintHeader, "no client lists this origin in callbacks, web_origins or allowed_origins")
	}
	res.With("Access-Control-Allow-Origin", origin).
		With("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method")).
		With("Access-Control-Allow-Credentials", "true").
		With("Access-Control-Max-Age", "600")
	if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		res.With("Access-Control-Allow-Headers", headers)
	}
	return res
}

// publicPath says whether any page may read the path.
func publicPath(path string) bool { return strings.HasPrefix(path, "/.well-known/") }

func (p *Provider) anyClientAllows(origin string) (allowed bool) {
	_ = p.flow.Store.View(func(s *store.State) error {
		for _, c := range s.Clients() {
			allowed = allowed || c.AllowsOrigin(origin)
		}
		return nil
	})
	return allowed
}

// writer adds the CORS headers when the handler has said which client it
// served, and notes the status for the log.
type writer struct {
	http.ResponseWriter
	p      *Provider
	x      *wire.Exchange
	origin string
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	w.status = status
	if w.origin != "" {
		w.allowOrigin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) allowOrigin() {
	if w.origin == w.x.Base {
		return // the tenant's own page
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if h.Get("Access-Control-Allow-Origin") != "" {
		return
	}
	allows := w.p.anyClientAllows
	if w.x.AllowOrigin != nil {
		allows = w.x.AllowOrigin
	}
	if !allows(w.origin) {
		w.x.Note("cors", "origin "+w.origin+" is not among the client's callbacks, web_origins or allowed_origins")
		return
	}
	h.Set("Access-Control-Allow-Origin", w.origin)
	if w.x.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Expose-Headers", "DPoP-Nonce, WWW-Authenticate, "+wire.HintHeader)
}

// Unwrap serves http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logRequest writes the request's line: no query and no body, since they hold
// codes and secrets.
func (p *Provider) logRequest(r *http.Request, x *wire.Exchange, status int, began time.Time) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError && status != http.StatusNotImplemented {
		level = slog.LevelError
	} else if x.Err != nil {
		level = slog.LevelWarn
	}
	if !p.config.Log.Enabled(r.Context(), level) {
		return
	}
	took := time.Since(began) //nolint:forbidigo // the operator's log keeps wall-clock time
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", status), slog.Duration("took", took.Round(time.Microsecond)))
	attrs = append(attrs, x.Notes...)
	if e := x.Err; e != nil {
		attrs = append(attrs, slog.String("error", e.Code), slog.String("description", e.Description))
		if e.Hint != "" {
			attrs = append(attrs, slog.String("hint", e.Hint))
		}
		if e.Cause != nil {
			attrs = append(attrs, slog.String("cause", e.Cause.Error()))
		}
	}
	// Straight to the handler: Logger would look up the line of code first,
	// which nobody wants to know.
	line := slog.NewRecord(began.Add(took), level, "request", 0)
	line.AddAttrs(attrs...)
	_ = p.config.Log.Handler().Handle(r.Context(), line) // nowhere to log that the log failed
}

// logToken writes one line per token, with the reasons of its decision.
func (p *Provider) logToken(d *token.Decision, req token.Request) {
	if !p.config.Log.Enabled(nil, slog.LevelInfo) { //nolint:staticcheck // no context decides about this line
		return
	}
	attrs := []any{"flow", string(req.Flow), "client", req.Client.Name}
	if req.User != nil {
		attrs = append(attrs, "user", req.User.Label())
	}
	if req.Organization != nil {
		attrs = append(attrs, "organization", req.Organization.Name)
	}
	if d.Opaque() {
		attrs = append(attrs, "kind", "opaque")
	} else {
		attrs = append(attrs, "audience", d.Audience)
	}
	attrs = append(attrs, "scope", d.Scope())
	if d.HasPermissions {
		attrs = append(attrs, "permissions", strings.Join(d.Permissions, " "))
	}
	for _, reason := range d.Reasons {
		if reason.Outcome != token.Granted {
			attrs = append(attrs, "because", reason.String())
		}
	}
	p.config.Log.Info("token", attrs...)
}
