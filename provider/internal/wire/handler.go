package wire

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/faux0/faux0/provider/tenant"
)

// Handler answers a request with a value: a response or an error, never both.
type Handler func(*http.Request) (*Response, error)

// Router maps methods and paths to handlers.
//
// Paths without variables are looked up in a map; gorilla/mux, which compiles a
// regular expression for each path, has only the others.
type Router struct {
	mux   *mux.Router
	fixed map[string]*fixed
	order []string
}

// fixed is what is mounted at a path without variables: its handlers by method,
// and the methods in order.
type fixed struct {
	methods  []string
	handlers map[string]http.Handler
}

// NewRouter returns an empty router. Paths are matched as sent: an encoded
// slash in a path variable does not end it.
func NewRouter() *Router {
	return &Router{mux: mux.NewRouter().SkipClean(true).UseEncodedPath(), fixed: map[string]*fixed{}}
}

// Handle mounts a handler whose errors go into the envelope. methods is a
// space-separated list.
func (rt *Router) Handle(methods, path string, env Envelope, h Handler) {
	if strings.Contains(path, "{") {
		rt.mux.Handle(path, serve(env, h)).Methods(strings.Fields(methods)...)
		return
	}
	f := rt.fixed[path]
	if f == nil {
		f = &fixed{handlers: map[string]http.Handler{}}
		rt.fixed[path] = f
		rt.order = append(rt.order, path)
	}
	for _, method := range strings.Fields(methods) {
		if f.handlers[method] == nil {
			f.methods = append(f.methods, method)
			f.handlers[method] = serve(env, h)
		}
	}
}

// HandlePrefix mounts a handler for every path and method below prefix that no
// other route takes.
func (rt *Router) HandlePrefix(prefix string, env Envelope, h Handler) {
	rt.mux.PathPrefix(prefix).Handler(serve(env, h))
}

// NotFound answers for paths nobody mounted, and for wrong methods.
func (rt *Router) NotFound(env Envelope) {
	rt.mux.NotFoundHandler = serve(env, func(*http.Request) (*Response, error) { return nil, tenant.NotFound() })
	rt.mux.MethodNotAllowedHandler = serve(env, func(r *http.Request) (*Response, error) {
		return nil, tenant.MethodNotAllowed(r.Method)
	})
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := rt.fixed[r.URL.EscapedPath()]
	switch {
	case f == nil:
		rt.mux.ServeHTTP(w, r)
	case f.handlers[r.Method] != nil:
		f.handlers[r.Method].ServeHTTP(w, r)
	default:
		rt.mux.MethodNotAllowedHandler.ServeHTTP(w, r)
	}
}

// Routes lists "METHOD /path" of every mounted handler, for the tests that
// hold the documentation to it.
func (rt *Router) Routes() []string {
	var routes []string
	for _, path := range rt.order {
		for _, method := range rt.fixed[path].methods {
			routes = append(routes, method+" "+path)
		}
	}
	// Walk fails only if its callback does.
	_ = rt.mux.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return nil //nolint:nilerr // a route without a path has no line
		}
		methods, err := route.GetMethods()
		if err != nil {
			methods = []string{"*"}
		}
		for _, m := range methods {
			routes = append(routes, m+" "+path)
		}
		return nil
	})
	return routes
}

// PathVar is a variable of the path, unescaped.
func PathVar(r *http.Request, name string) string {
	raw := mux.Vars(r)[name]
	if v, err := url.PathUnescape(raw); err == nil {
		return v
	}
	return raw
}

// HintHeader carries Faux0's advice beside an error whose body Auth0 defines.
const HintHeader = "Faux0-Hint"

func serve(env Envelope, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := h(r)
		if err != nil {
			e := AsError(err)
			From(r).Failed(e)
			res = env(r, e)
			if e.Hint != "" {
				res.With(HintHeader, OneLine(e.Hint))
			}
		}
		res.Write(w)
	})
}

// AsError finds the tenant's error in a chain; anything else is an internal
// error, whose cause is not shown.
func AsError(err error) *tenant.Error {
	var e *tenant.Error
	if errors.As(err, &e) {
		return e
	}
	return tenant.Internal(err)
}

// maxHint is how long advice in a header may be, in bytes: many clients refuse
// responses whose headers are longer than 8 or 16 kB, and advice quotes what
// was sent.
const maxHint = 1000

// OneLine makes advice fit for a header: visible ASCII only, and not long.
func OneLine(s string) string {
	if len(s) > maxHint {
		s = s[:maxHint] + "..."
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '…':
			return '.'
		case r < ' ' || r > '~':
			return ' '
		}
		return r
	}, s)
}

// Exchange is what the layers of one request tell each other.
type Exchange struct {
	// RequestID is sent as X-Auth0-RequestId.
	RequestID string
	// Base is scheme://host as the caller used it; Issuer is the tenant's
	// issuer for this caller, with its trailing slash.
	Base, Issuer string
	// Secure says whether the caller came over HTTPS.
	Secure bool
	// Control says whether the tenant has its console, and so an outbox.
	Control bool
	// IP is the caller's address, UserAgent what it calls itself.
	IP, UserAgent string
	// AcceptLanguage is the header that names the languages the caller reads.
	AcceptLanguage string
	// Certificate is the client's certificate, nil for none; CAVerified says
	// that an authority vouches for it.
	Certificate *x509.Certificate
	CAVerified  bool
	// Device is the id of the browser, from its cookie or new; NewDevice says
	// the cookie must be set.
	Device    string
	NewDevice bool

	// Notes are attributes for the request's log line.
	Notes []slog.Attr
	// Err is the error answered, for the log.
	Err *tenant.Error
	// Credentials lets a page of another origin send its cookies along.
	Credentials bool
	// AllowOrigin, if set, narrows CORS to what the request's client allows.
	AllowOrigin func(origin string) bool
}

// Failed records the error for the log.
func (x *Exchange) Failed(e *tenant.Error) { x.Err = e }

// Note adds an attribute to the request's log line.
func (x *Exchange) Note(key, value string) { x.Notes = append(x.Notes, slog.String(key, value)) }

// Noted is the value of the last note of the name, "" for none.
func (x *Exchange) Noted(key string) string {
	for i := len(x.Notes) - 1; i >= 0; i-- {
		if x.Notes[i].Key == key {
			return x.Notes[i].Value.String()
		}
	}
	return ""
}

// LogEvent begins an event of the tenant's log with what is known of the
// caller.
func (x *Exchange) LogEvent(typ tenant.LogType) tenant.LogEvent {
	_, host, _ := strings.Cut(x.Base, "://")
	return tenant.LogEvent{Type: typ, IP: x.IP, UserAgent: x.UserAgent, Hostname: host}
}

type exchangeKey struct{}

// With returns the request carrying the exchange.
func With(r *http.Request, x *Exchange) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
}

// From returns the request's exchange; an empty one where there is none.
func From(r *http.Request) *Exchange {
	if x, ok := r.Context().Value(exchangeKey{}).(*Exchange); ok {
		return x
	}
	return &Exchange{}
}
