package testkit

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Option changes the tenant that Run starts.
type Option func(*options)

type options struct {
	config provider.Config
	paths  []string
	yaml   []string
}

// Fixture starts the tenant from fixture files or folders instead of the demo
// tenant. Later ones add to earlier ones.
func Fixture(paths ...string) Option {
	return func(o *options) { o.paths = append(o.paths, paths...) }
}

// YAML starts the tenant from a fixture written in the test, which may be
// indented with tabs like the code around it.
func YAML(fixture string) Option { return func(o *options) { o.yaml = append(o.yaml, fixture) } }

// With starts the tenant from a snapshot, such as another tenant's or
// fixtures.Default's. The snapshot is not changed.
func With(snapshot *tenant.Snapshot) Option {
	return func(o *options) { o.config.Snapshot = snapshot }
}

// Seed makes every id, code and token the tenant hands out repeat from run to
// run, for golden files. Anybody can guess them.
func Seed(n uint64) Option {
	return func(o *options) { o.config.IDs = tenant.SeededIDs(n) }
}

// At starts the tenant with its clock standing still at a time. Advance still
// moves it.
func At(at time.Time) Option {
	return func(o *options) { o.config.Now = func() time.Time { return at } }
}

// ConsentRule lets first-party applications need a person's consent, as
// tenant.ConsentVerifiable or tenant.ConsentLocalhost says. Third-party ones
// always need it: see Tenant.Consent.
func ConsentRule(rule tenant.ConsentRule) Option {
	return func(o *options) { o.config.Consent = rule }
}

// HeadlessLogin lets login_hint at /authorize log that user in without a page,
// for applications that are tested without a browser.
func HeadlessLogin() Option {
	return func(o *options) { o.config.HeadlessLogin = true }
}

// Log sends the tenant's log lines, one a request and one per token with its
// reasons, to a logger.
func Log(logger *slog.Logger) Option {
	return func(o *options) { o.config.Log = logger }
}

func (o *options) listen(server *httptest.Server) error {
	if serveAddr == "" {
		return nil
	}
	l, err := net.Listen("tcp", serveAddr)
	if err != nil {
		return err
	}
	server.Listener.Close()
	server.Listener = l
	o.config.FixtureUsers = true
	return nil
}

// load makes the snapshot. What a fixture asks for in vain goes to the test's
// log.
func (o *options) load(t T, server *httptest.Server) error {
	t.Helper()
	sources := len(o.yaml) + min(1, len(o.paths))
	if o.config.Snapshot != nil {
		sources++
	}
	if sources > 1 {
		return errors.New("a tenant starts from one of Fixture, YAML (once) and With, not from several; Fixture takes many files")
	}
	opts := fixtures.Options{Domain: domain(server)}
	var report *fixtures.Report
	var err error
	switch {
	case len(o.yaml) > 0:
		o.config.Snapshot, report, err = fixtures.Parse(opts, "fixture.yaml", []byte(unindent(o.yaml[0])))
	case len(o.paths) > 0:
		o.config.Snapshot, report, err = fixtures.Load(opts, o.paths...)
	case o.config.Snapshot == nil:
		o.config.Snapshot = fixtures.DefaultAt(opts.Domain)
		return nil
	default:
		return nil
	}
	if err != nil {
		return fmt.Errorf("the fixture:\n%w", err)
	}
	for _, w := range report.Warnings {
		t.Logf("testkit: %s", w)
	}
	return nil
}

// unindent lets a fixture be indented like the test around it.
func unindent(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], "\t"))]
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, indent)
		if strings.Trim(line, "\t ") == "" {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
