package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/localtls"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	// drainTime is how long requests may go on after a signal.
	drainTime = 5 * time.Second
	// gcPercent lets a few megabytes gather before they are collected: a
	// tenant's own heap is so small that it would collect after every few
	// requests.
	gcPercent = 200
)

// limits are how long one client may keep a connection waiting.
type limits struct {
	// header is for the head of a request, body for all of it, answer for the
	// time from there until the answer is read, idle between requests.
	header, body, answer, idle time.Duration
}

// usualLimits leave the answer longer than the longest wait that may be asked
// of /_faux0/outbox, which is five minutes.
var usualLimits = limits{header: 10 * time.Second, body: time.Minute, answer: 10 * time.Minute, idle: 2 * time.Minute}

// newHTTP is a server that no slow client can keep busy for ever.
func newHTTP(h http.Handler, log *slog.Logger, p limits) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: p.header, ReadTimeout: p.body, WriteTimeout: p.answer, IdleTimeout: p.idle,
		ErrorLog: slog.NewLogLogger(connectionLog{log.Handler()}, slog.LevelWarn),
	}
}

func newServe() *command {
	s := &server{}
	c := &command{
		name: "serve", summary: "runs the tenant until SIGINT or SIGTERM", synopsis: "[flags]",
		about: "Requests in flight are finished then, for at most 5 seconds. One port speaks both HTTP and\n" +
			"HTTPS. \"faux0\" alone is the same as \"faux0 serve\".",
		examples: []string{
			"faux0                                              the demo tenant on http://localhost:4400",
			"faux0 --fixtures ./auth --watch                    your tenant, reloaded as you edit it",
			"faux0 --addr 0.0.0.0:4400 --host faux0 --open      in a container, as http://faux0:4400",
			"FAUX0_ISSUER=https://localhost:4400/ faux0         one iss, however it is called",
		},
		lenient: true,
	}
	s.config.define(&c.options)
	c.run = s.run
	return c
}

// server is one run of the tenant.
type server struct {
	config    serveConfig
	listeners []net.Listener
	snapshot  *tenant.Snapshot
	report    *fixtures.Report
	authority *localtls.Authority
	provider  *provider.Provider
	log       *slog.Logger
	lines     *lineBuffer
	http      *http.Server
}

func (s *server) run(ctx context.Context, inv *invocation) error {
	debug.SetGCPercent(gcPercent)
	if err := s.prepare(inv); err != nil {
		s.close()
		return err
	}
	defer s.lines.Flush()
	failed := s.start()
	reloading, err := s.watch(inv) // before anybody is told that edits count
	if err != nil {
		s.log.Error("watch: " + err.Error())
	}
	s.announce(inv)
	go reloading(ctx)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	return s.drain()
}

// prepare does everything that can be wrong, in an order that reports as many
// faults at once as possible. Listening comes early because port 0 decides what
// ##AUTH0_DOMAIN## in the fixtures is; who connects now waits a moment.
func (s *server) prepare(inv *invocation) error {
	faults := append(inv.faults, s.config.faults()...)
	var unable error
	if len(faults) == 0 {
		unable = s.listen()
	}
	var wrong []string
	if s.snapshot, s.report, wrong = loadFixtures(inv, s.domain(), s.config.fixtures); len(wrong) > 0 {
		faults = append(faults, wrong...)
	}
	switch {
	case len(faults) > 0:
		return &usageError{faults: faults, fixtures: len(wrong) == len(faults)}
	case unable != nil:
		return unable
	}
	s.lines = newLineBuffer(inv.stderr)
	s.log = newLog(s.lines, s.config.log)
	if err := s.loadTLS(); err != nil {
		return err
	}
	return s.build()
}

// listen opens the port. Where it is IPv4's loopback, IPv6's is opened too if
// it can be: some clients take "localhost" for ::1 and try nothing else.
func (s *server) listen() error {
	addr := net.JoinHostPort(s.config.host, strconv.Itoa(s.config.port))
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken by another program (perhaps another faux0); stop it, or choose another port, such as --addr %s, or --addr %s for any free one",
			addr, net.JoinHostPort(s.config.host, strconv.Itoa(s.config.port%65535+1)), net.JoinHostPort(s.config.host, "0"))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be opened: ports below 1024 need rights; choose another, such as --addr %s", addr, defaultAddr)
	case err != nil:
		return err
	}
	s.listeners = append(s.listeners, l)
	at, _ := l.Addr().(*net.TCPAddr)
	s.config.port = at.Port
	if s.config.host == "localhost" || s.config.host == "127.0.0.1" {
		if other, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(at.Port))); err == nil {
			s.listeners = append(s.listeners, other)
		}
	}
	return nil
}

func (s *server) close() {
	for _, l := range s.listeners {
		_ = l.Close()
	}
}

// domain is the host the tenant is known by: what ##AUTH0_DOMAIN## stands for.
func (s *server) domain() string {
	if s.config.issuer != nil {
		return s.config.issuer.Host
	}
	host := "localhost"
	if !s.config.loopback() && !s.config.wildcard() {
		host = s.config.host
	}
	return net.JoinHostPort(host, strconv.Itoa(s.config.port))
}

// url is an address of the tenant that works on this machine.
func (s *server) url(scheme string) string {
	host := "localhost"
	if !s.config.loopback() && !s.config.wildcard() {
		host = s.config.host
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(s.config.port)) + "/"
}

// loadTLS finds the certificates. Where nobody named a folder and the usual one
// cannot be used, they last as long as the process.
func (s *server) loadTLS() (err error) {
	hosts, now := s.config.allHosts(), time.Now()
	if s.config.tlsGiven {
		s.authority, err = localtls.LoadOrCreate(s.config.tls, hosts, now)
		return err
	}
	dir, err := defaultTLS()
	if err == nil {
		s.authority, err = localtls.LoadOrCreate(dir, hosts, now)
		if err == nil || !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			return err
		}
	}
	s.log.Warn("the local CA is new and will be gone with this process: " + err.Error() + "; keep one with --tls DIR")
	s.authority, err = localtls.Memory(hosts, now)
	return err
}

func (s *server) build() error {
	keys, err := loadKeys(s.config.keys, s.domain(), time.Now())
	if err != nil {
		return err
	}
	config := provider.Config{
		Snapshot: s.snapshot, Hosts: s.config.allHosts(), Proxy: s.config.proxy, Keys: keys, SaveKeys: keptKeys(s.config.keys), Log: s.log,
		CA: s.authority.CAPEM(), FixtureUsers: s.config.fixtureUsers == "on", HeadlessLogin: s.config.headless == "on", Consent: tenant.ConsentRule(s.config.consent),
		PasswordCost: s.config.passwordCost, Version: version().Version,
	}
	if s.config.issuer != nil {
		config.Issuer = s.config.issuer.String()
	}
	if config.ControlOff = s.config.control == controlOff; !config.ControlOff {
		config.ControlToken = s.config.control
	}
	if s.provider, err = provider.New(config); err != nil {
		return err
	}
	s.http = newHTTP(s.provider, s.log, usualLimits)
	return nil
}

// start serves on every listener; the channel gets what ends it unasked.
func (s *server) start() <-chan error {
	failed := make(chan error, len(s.listeners))
	config := s.authority.TLSConfig()
	for _, l := range s.listeners {
		go func() {
			if err := localtls.Serve(s.http, l, config); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}
	return failed
}

func (s *server) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	s.provider.Close()
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests were still running after " + drainTime.String() + " and have been cut off")
		return s.http.Close()
	}
	return err
}
