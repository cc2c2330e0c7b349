package testkit

import (
	"fmt"
	"log/slog"
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
	yaml   string
	domain string
}

// Fixture starts the tenant from fixture files or folders instead of the demo
// tenant. Later ones add to earlier ones.
func Fixture(paths ...string) Option {
	return func(o *options) { o.paths = append(o.paths, paths...) }
}

// YAML starts the tenant from a fixture written in the test.
func YAML(fixture string) Option { return func(o *options) { o.yaml = fixture } }

// With starts the tenant from a snapshot, such as another tenant's.
func With(snapshot *tenant.Snapshot) Option {
	return func(o *options) { o.config.Snapshot = snapshot }
}

// Seed makes every id, code and token the tenant hands out repeat from run to
// run, for golden files. Anybody can guess them.
func Seed(n uint64) Option {
	return func(o *options) { o.config.IDs = tenant.SeededIDs(n) }
}

// At freezes the tenant's clock at a time. Advance still moves it.
func At(at time.Time) Option {
	return func(o *options) { o.config.Now = func() time.Time { return at } }
}

// Log sends the tenant's log lines, one a request and one per token with its
// reasons, to a logger.
func Log(logger *slog.Logger) Option {
	return func(o *options) { o.config.Log = logger }
}

func (o *options) load() error {
	opts := fixtures.Options{Domain: o.domain}
	var err error
	switch {
	case o.yaml != "" && len(o.paths) > 0:
		return fmt.Errorf("Fixture and YAML were both given; use one")
	case o.yaml != "":
		o.config.Snapshot, _, err = fixtures.Parse(opts, "fixture.yaml", []byte(unindent(o.yaml)))
	case len(o.paths) > 0:
		o.config.Snapshot, _, err = fixtures.Load(opts, o.paths...)
	}
	return err
}

// unindent lets a fixture be indented like the test around it.
func unindent(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	indent := len(lines[0]) - len(strings.TrimLeft(lines[0], "\t"))
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, strings.Repeat("\t", indent))
	}
	return strings.Join(lines, "\n") + "\n"
}
