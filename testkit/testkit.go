package testkit

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/localtls"
	"github.com/faux0/faux0/provider/tenant"
)

// T is what a Tenant needs of a test. *testing.T, *testing.B and Ginkgo's
// GinkgoT fulfil it.
type T interface {
	Helper()
	Cleanup(func())
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Tenant is a running Auth0 tenant. It is safe for concurrent use.
type Tenant struct {
	t        T
	server   *httptest.Server
	provider *provider.Provider

	ca []byte
	// seeded are the plain passwords of what the tenant started from, by
	// user_id.
	seeded map[string]string

	mu        sync.Mutex
	passwords map[string]string
}

// Run starts a tenant over HTTP and stops it when the test ends. Without
// options it is the demo tenant. With the test flag -testkit.serve=HOST:PORT it
// serves there instead, and waits for a browser and not for the test.
func Run(t T, opts ...Option) *Tenant {
	t.Helper()
	return start(t, nil, opts)
}

// RunTLS is Run over HTTPS, which SDKs that put https:// before the domain
// need. Client trusts its certificate; CAPEM is for everything else. It costs a
// few more milliseconds.
func RunTLS(t T, opts ...Option) *Tenant {
	t.Helper()
	authority, err := localtls.Memory(nil, time.Now())
	if err != nil {
		t.Fatalf("testkit: make certificates: %v", err)
	}
	return start(t, authority, opts)
}

func start(t T, authority *localtls.Authority, opts []Option) *Tenant {
	t.Helper()
	o := options{}
	for _, opt := range opts {
		opt(&o)
	}
	server := httptest.NewUnstartedServer(nil)
	if err := o.listen(server); err != nil {
		return failed(t, server, err)
	}
	if err := o.load(t, server); err != nil {
		return failed(t, server, err)
	}
	if authority != nil {
		o.config.CA = authority.CAPEM()
		server.TLS = authority.TLSConfig()
	}
	p, err := provider.New(o.config)
	if err != nil {
		return failed(t, server, err)
	}
	server.Config.Handler = p
	if authority == nil {
		server.Start()
	} else {
		server.EnableHTTP2 = true
		server.StartTLS()
		trust(server, authority)
	}
	scheme, _, _ := strings.Cut(server.URL, "://")
	server.URL = scheme + "://" + domain(server)
	t.Cleanup(func() { server.Close(); p.Close() })
	seeded := plainPasswords(p, o.config.Snapshot)
	a := &Tenant{t: t, server: server, provider: p, ca: o.config.CA, seeded: seeded, passwords: maps.Clone(seeded)}
	if serveAddr != "" {
		a.wait()
	}
	return a
}

func failed(t T, server *httptest.Server, err error) *Tenant {
	t.Helper()
	server.Listener.Close()
	t.Fatalf("testkit: %v", err)
	return nil
}

// domain is how the server is called: a test's own server is localhost, as
// browsers and SDKs want it.
func domain(server *httptest.Server) string {
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return "localhost:" + port
}

// trust makes the server's client trust the authority, as a user's would.
func trust(server *httptest.Server, authority *localtls.Authority) {
	if transport, ok := server.Client().Transport.(*http.Transport); ok {
		transport.TLSClientConfig.RootCAs = authority.Pool()
	}
}

// plainPasswords pairs the passwords of the fixture with the ids the tenant
// gave its users; both list them in the same order.
func plainPasswords(p *provider.Provider, snapshot *tenant.Snapshot) map[string]string {
	passwords := map[string]string{}
	for i, u := range p.Control().Snapshot().Users {
		if plain := snapshot.Users[i].Password; plain != "" {
			passwords[u.UserID] = plain
		}
	}
	return passwords
}

// URL is the tenant's base URL without a trailing slash.
func (a *Tenant) URL() string { return a.server.URL }

// Issuer is the `iss` of the tenant's tokens: URL with a trailing slash.
func (a *Tenant) Issuer() string { return a.server.URL + "/" }

// Domain is what Auth0's SDKs call the domain: host and port.
func (a *Tenant) Domain() string { return domain(a.server) }

// Client returns an HTTP client that trusts the tenant's certificate. It has no
// cookie jar; Browser does.
func (a *Tenant) Client() *http.Client { return a.server.Client() }

// CAPEM is the certificate authority of RunTLS, for programs that take a file
// of trusted certificates; nil for Run.
func (a *Tenant) CAPEM() []byte { return slices.Clone(a.ca) }

// App returns a copy of the client, an application in the Dashboard's words,
// with the name or client_id.
func (a *Tenant) App(name string) *tenant.Client {
	a.t.Helper()
	c := named(a, "client", name, a.provider.Control().Snapshot().Clients, func(c *tenant.Client) (name, id string) { return c.Name, c.ClientID })
	return c.Clone()
}

// API returns a copy of the API with the name or identifier.
func (a *Tenant) API(name string) *tenant.ResourceServer {
	a.t.Helper()
	r := named(a, "API", name, a.provider.Control().Snapshot().ResourceServers, func(r *tenant.ResourceServer) (name, id string) { return r.Name, r.Identifier })
	return r.Clone()
}

// named finds an entry by its name or its id; without one the test fails, and
// it is an empty one.
func named[E any](a *Tenant, kind, name string, list []*E, namesOf func(*E) (name, id string)) *E {
	a.t.Helper()
	var known []string
	for _, e := range list {
		called, id := namesOf(e)
		if called == name || id == name {
			return e
		}
		known = append(known, called, id)
	}
	a.missing(kind, name, known)
	return new(E)
}

// maxListed is how many names a message lists when none is close.
const maxListed = 12

func (a *Tenant) missing(kind, name string, known []string) {
	a.t.Helper()
	message := fmt.Sprintf("testkit: the tenant has no %s %q", kind, name)
	known = slices.DeleteFunc(known, func(s string) bool { return s == "" })
	switch near := tenant.Nearest(name, known); {
	case near != "":
		message += fmt.Sprintf("; did you mean %q?", near)
	case len(known) == 0:
		message += "; there is none at all"
	case len(known) <= maxListed:
		message += fmt.Sprintf("; there are %q", known)
	}
	a.t.Fatalf("%s", message)
}
