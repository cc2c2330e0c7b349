package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// hangs is when a test gives up on what should have come long ago.
const hangs = 5 * time.Minute

func init() { patience, healthPatience = hangs, hangs }

// outcome is what a finished command left.
type outcome struct {
	code           int
	stdout, stderr string
}

// call runs a command to its end.
func call(tb testing.TB, env []string, stdin string, args ...string) outcome {
	tb.Helper()
	var stdout, stderr bytes.Buffer
	code := run(tb.Context(), args, env, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

func (o outcome) check(tb testing.TB, code int, stdout, stderr string) {
	tb.Helper()
	if o.code != code || !strings.Contains(o.stdout, stdout) || !strings.Contains(o.stderr, stderr) {
		tb.Errorf("exit %d, want %d\nstdout (want … %s …):\n%s\nstderr (want … %s …):\n%s", o.code, code, stdout, o.stdout, stderr, o.stderr)
	}
}

// screen is a stderr that tests can wait on.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	// grown is closed, and replaced, at every write.
	grown chan struct{}
}

func newScreen() *screen { return &screen{grown: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
	return s.text.Write(p)
}

func (s *screen) read() (string, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.grown
}

// await returns the text behind from as soon as it matches.
func (s *screen) await(tb testing.TB, from int, pattern string) (match []string, end int) {
	tb.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.After(hangs)
	for {
		text, grown := s.read()
		if m := re.FindStringSubmatch(text[from:]); m != nil {
			return m, len(text)
		}
		select {
		case <-grown:
		case <-timeout:
			tb.Fatalf("nothing like %q in:\n%s", pattern, text[from:])
		}
	}
}

// running is a tenant started by its command line.
type running struct {
	*screen
	url, tls string
	stop     context.CancelFunc
	code     chan int
}

// serve starts a tenant on a free port; it has to end well with the test.
func serve(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{screen: newScreen(), tls: t.TempDir(), stop: stop, code: make(chan int, 1)}
	args = append([]string{"serve", "--addr", "127.0.0.1:0", "--tls", r.tls}, args...)
	var stdout bytes.Buffer
	go func() { r.code <- run(ctx, args, env, strings.NewReader(""), &stdout, r.screen) }()
	t.Cleanup(func() {
		stop()
		if code := <-r.code; code != exitOK || stdout.Len() > 0 {
			text, _ := r.read()
			t.Errorf("exit %d, stdout %q, stderr:\n%s", code, stdout.String(), text)
		}
	})
	m, _ := r.await(t, 0, `(?s)(http://localhost:\d+/).*https://localhost:\d+/`)
	r.url = m[1]
	return r
}

// golden compares text with a file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run go test ./cmd/faux0 -update. Got:\n%s", path, got)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	o := call(t, nil, "", "--help")
	o.check(t, exitOK, "Commands:", "")
	b.WriteString(o.stdout)
	for _, c := range commands() {
		o := call(t, nil, "", c.name, "--help")
		o.check(t, exitOK, "faux0 "+c.name, "")
		if again := call(t, nil, "", "help", c.name); again != o {
			t.Errorf("help %s and %s --help differ", c.name, c.name)
		}
		b.WriteString("\n----\n\n" + o.stdout)
	}
	golden(t, "help.txt", b.String())
}

// TestFaults shows what people read when they get it wrong: every fault at
// once.
func TestFaults(t *testing.T) {
	t.Parallel()
	cases := []struct {
		env  []string
		args []string
	}{
		{nil, []string{"serv"}},
		{nil, []string{"help", "tokens"}},
		{nil, []string{"xyzzy"}},
		{nil, []string{"--adr", "localhost:1"}},
		{nil, []string{"serve", "--addr"}},
		{nil, []string{"serve", "now"}},
		{nil, []string{"--addr", "4400", "--log", "xml", "--issuer", "localhost", "--host", "http://faux0", "--password-cost", "0", "--fixture-users", "no", "--proxy=maybe"}},
		{nil, []string{"--addr", "127.0.0.1:99999", "--issuer=https://localhost/tenant/"}},
		{[]string{"FAUX0_ADDR=nowhere", "FAUX0_LOG=yaml", "FAUX0_HOST=a, http://b ,c/d", "FAUX0_WATCH=often"}, []string{"--log", "json"}},
		{nil, []string{"--addr", "0.0.0.0:0"}},
		{nil, []string{"--addr", ":0"}},
		{nil, []string{"--addr", "192.0.2.1:0", "--issuer", "nonsense"}},
		{[]string{"FAUX0_FIXTURE=x", "FAUX0_PORT=1", "FAUX0_SOMETHING_ELSE=1"}, []string{"serve", "--log=xml"}},
		{nil, []string{"--addr", "127.0.0.1:0", "--log=xml", "--fixtures", "testdata/faulty.yaml"}},
		{nil, []string{"--fixtures", "testdata/missing.yaml", "--addr", "127.0.0.1:0"}},
		{nil, []string{"check"}},
		{nil, []string{"check", "testdata/faulty.yaml"}},
		{nil, []string{"init", "a", "b"}},
		{nil, []string{"token"}},
		{nil, []string{"token", "--client", "x", "--url", "localhost:4400"}},
		{nil, []string{"token", "--client", "x", "--url", "http://localhost:4400", "--fixtures", "x"}},
		{nil, []string{"token", "--client", "Acme Werker"}},
		{nil, []string{"token", "--client", "x", "--fixtures", "testdata/faulty.yaml"}},
		{nil, []string{"explain"}},
		{nil, []string{"explain", "-"}},
		{nil, []string{"explain", "a", "b", "--jsn"}},
		{nil, []string{"version", "--json=2"}},
	}
	var b strings.Builder
	for _, c := range cases {
		o := call(t, c.env, "", c.args...)
		if o.code == exitOK {
			t.Errorf("%v %v succeeds", c.env, c.args)
		}
		command := append(append([]string{"$"}, c.env...), append([]string{"faux0"}, c.args...)...)
		fmt.Fprintf(&b, "%s\n%s%s(exit %d)\n\n", strings.Join(command, " "), o.stdout, o.stderr, o.code)
	}
	golden(t, "faults.txt", b.String())
}

func TestFlagWinsOverEnvironment(t *testing.T) {
	t.Parallel()
	var c serveConfig
	var o options
	c.define(&o)
	env := newEnvironment([]string{
		"FAUX0_ADDR=127.0.0.1:1", "FAUX0_FIXTURES=a, b", "FAUX0_PROXY=true", "FAUX0_WATCH=1", "FAUX0_TLS=/ca",
		"FAUX0_HOST=one", "FAUX0_CONTROL=", "FAUX0_PASSWORD_COST=7", "FAUX0_FIXTURE_USERS=off",
		"FAUX0_HEADLESS_LOGIN=on", "FAUX0_CONSENT=localhost",
	})
	rest, _ := o.parse([]string{"--addr=127.0.0.1:2", "left", "-host", "Two", "--host=three", "--proxy=false", "--", "--open"}, env)
	if len(o.faults) > 0 {
		t.Fatal(o.faults)
	}
	got := fmt.Sprintln(c.port, c.fixtures, c.proxy, c.watch, c.tls, c.tlsGiven, c.hosts, c.control, c.passwordCost, c.fixtureUsers, c.headless, c.consent, c.open, rest)
	if want := "2 [a b] false true /ca true [two three]  7 off on localhost false [left --open]\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNamesOfATenant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args                []string
		hosts, domain, http string
	}{
		{nil, "[]", "localhost:4400", "http://localhost:4400/"},
		{[]string{"--addr", "[::1]:1"}, "[]", "localhost:1", "http://localhost:1/"},
		{[]string{"--addr", "0.0.0.0:1", "--open", "--host", "faux0"}, "[faux0]", "localhost:1", "http://localhost:1/"},
		{[]string{"--addr", "Auth.Test:1", "--open"}, "[auth.test]", "auth.test:1", "http://auth.test:1/"},
		{[]string{"--addr", "192.0.2.7:1", "--control", "x"}, "[192.0.2.7]", "192.0.2.7:1", "http://192.0.2.7:1/"},
		{[]string{"--issuer", "https://Auth.Acme.Test"}, "[auth.acme.test]", "auth.acme.test", "http://localhost:4400/"},
		{[]string{"--issuer", "http://acme.localhost:4400/", "--host", "acme.localhost", "--host", "127.0.0.1"}, "[]", "acme.localhost:4400", "http://localhost:4400/"},
	} {
		s := &server{}
		var o options
		s.config.define(&o)
		o.parse(c.args, nil)
		faults := append(o.faults, s.config.faults()...)
		if got := fmt.Sprint(s.config.allHosts()); len(faults) > 0 || got != c.hosts || s.domain() != c.domain || s.url("http") != c.http {
			t.Errorf("%v: %v %s %s %s", c.args, faults, got, s.domain(), s.url("http"))
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	call(t, nil, "", "version").check(t, exitOK, "faux0 ", "")
	call(t, nil, "", "version", "--json").check(t, exitOK, `"go":"go1.`, "")
}

func TestInitNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "auth", "tenant")
	path := filepath.Join(dir, "tenant.yaml")
	call(t, nil, "", "init", dir).check(t, exitOK, path+"\n", "faux0 --fixtures "+dir)
	call(t, nil, "", "check", dir).check(t, exitOK, "", "0 faults")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, nil, "", "init", dir).check(t, exitFault, "", path+" exists already and was left as it is")
	if data, err := os.ReadFile(path); string(data) != "mine" || err != nil {
		t.Errorf("%s, %v", data, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	call(t, nil, "", "check", "--json", "testdata/faulty.yaml").check(t, exitFault, `"ok": false`, "")
	o := call(t, nil, "", "check", "testdata/warning.yaml")
	o.check(t, exitOK, "testdata/warning.yaml:", "0 faults, 1 warning in 1 file")
	call(t, nil, "", "check", "testdata/warning.yaml", "--json").check(t, exitOK, `"ok": true`, "")
	call(t, nil, "", "check", "testdata/hash.yaml").check(t, exitFault, "custom_password_hash: ", "1 fault")
}

func TestTokenFromFixtures(t *testing.T) {
	t.Parallel()
	o := call(t, nil, "", "token", "--client", "Acme Worker", "--audience", "https://orders.acme.test")
	o.check(t, exitOK, "eyJ", "")
	if strings.Count(o.stdout, ".") != 2 || strings.Count(o.stdout, "\n") != 1 {
		t.Errorf("not one token: %s", o.stdout)
	}
	call(t, nil, o.stdout, "explain", "-").check(t, exitOK, "Acme Worker", "")
	call(t, nil, o.stdout, "explain", "--json", "-").check(t, exitOK, `"kind": "machine_token"`, "")
	call(t, nil, "", "explain", strings.TrimSpace(o.stdout)).check(t, exitOK, "Acme Worker", "")

	user := []string{"token", "--client", "Acme Web", "--user", "ada@acme.test", "--audience", "https://orders.acme.test"}
	call(t, nil, "", append(user, "--json", "--issuer", "http://localhost:1234")...).check(t, exitOK, `"access_token": "eyJ`, "")
	call(t, nil, "", append(user, "--id")...).check(t, exitOK, "eyJ", "")
	call(t, nil, "", append(user, "--scope", "openid launch:missiles")...).check(t, exitOK, "eyJ", "launch:missiles")
	call(t, nil, "", "token", "--client", "Acme Worker", "--audience", "https://orders.acme.test", "--id").check(t, exitFault, "", "no such token")
	call(t, nil, "", "explain", "--client", "Acme Web", "--user", "ada@acme.test", "--audience", "https://catalog.acme.test").check(t, exitOK, "\n", "")
}

func TestLocalURLs(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"":               "http://127.0.0.1:4400/ localhost:4400",
		"nonsense":       "http://127.0.0.1:4400/ localhost:4400",
		"0.0.0.0:4500":   "http://127.0.0.1:4500/ localhost:4500",
		"127.0.0.1:0":    "http://127.0.0.1:4400/ localhost:4400",
		"192.0.2.7:4500": "http://192.0.2.7:4500/ localhost:4500",
		"[::1]:4500":     "http://[::1]:4500/ localhost:4500",
	} {
		env := environment{"FAUX0_ADDR": addr}
		if got := healthURL(env) + " " + localDomain(env); got != want {
			t.Errorf("%q: %s", addr, got)
		}
		if _, err := url.Parse(healthURL(env)); err != nil {
			t.Error(err)
		}
	}
}
