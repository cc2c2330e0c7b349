package testkit

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/faux0/faux0/fixtures"
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

	mu sync.Mutex
	// passwords are the fixture's plain ones, by user_id.
	passwords map[string]string
}

// Run starts a tenant over HTTP and stops it when the test ends. Without
// options it is the demo tenant.
func Run(t T, opts ...Option) *Tenant {
	t.Helper()
	return start(t, nil, opts)
}

// RunTLS is Run over HTTPS, which SDKs that put https:// before the domain
// need. Client trusts its certificate; CAPEM is for everything else.
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
	o.domain = "localhost:" + port(server.Listener.Addr())
	if err := o.load(); err != nil {
		server.Listener.Close()
		t.Fatalf("testkit: %v", err)
		return nil
	}
	if authority != nil {
		o.config.CA = authority.CAPEM()
		server.TLS = authority.TLSConfig()
	}
	p, err := provider.New(o.config)
	if err != nil {
		server.Listener.Close()
		t.Fatalf("testkit: %v", err)
		return nil
	}
	server.Config.Handler = p
	if authority == nil {
		server.Start()
	} else {
		server.EnableHTTP2 = true
		server.StartTLS()
		trust(server, authority)
	}
	// A test's own server is known as localhost, as browsers and SDKs want it.
	server.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	t.Cleanup(server.Close)
	return &Tenant{t: t, server: server, provider: p, passwords: plainPasswords(p, o.config.Snapshot)}
}

func port(addr net.Addr) string {
	_, p, _ := net.SplitHostPort(addr.String())
	return p
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
	if snapshot == nil {
		snapshot = fixtures.Default()
	}
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
func (a *Tenant) Domain() string {
	_, domain, _ := strings.Cut(a.server.URL, "://")
	return domain
}

// Client returns an HTTP client that trusts the tenant's certificate.
func (a *Tenant) Client() *http.Client { return a.server.Client() }

// CAPEM is the certificate authority of RunTLS, nil for Run.
func (a *Tenant) CAPEM() []byte {
	res, err := a.Client().Get(a.URL() + "/_faux0/ca.pem")
	if err != nil {
		a.t.Fatalf("testkit: %v", err)
		return nil
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil
	}
	return readAll(a.t, res.Body)
}

// App returns the client with the name or client_id.
func (a *Tenant) App(name string) *tenant.Client {
	a.t.Helper()
	var known []string
	for _, c := range a.provider.Control().Snapshot().Clients {
		if c.Name == name || c.ClientID == name {
			return c
		}
		known = append(known, c.Name)
	}
	a.missing("client", name, known)
	return nil
}

// API returns the API with the name or identifier.
func (a *Tenant) API(name string) *tenant.ResourceServer {
	a.t.Helper()
	var known []string
	for _, r := range a.provider.Control().Snapshot().ResourceServers {
		if r.Name == name || r.Identifier == name {
			return r
		}
		known = append(known, r.Name, r.Identifier)
	}
	a.missing("API", name, known)
	return nil
}

func (a *Tenant) missing(kind, name string, known []string) {
	a.t.Helper()
	message := fmt.Sprintf("testkit: the tenant has no %s %q", kind, name)
	if near := tenant.Nearest(name, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	a.t.Fatalf("%s", message)
}
