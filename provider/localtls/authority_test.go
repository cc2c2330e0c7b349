package localtls

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// handshake connects a client that trusts the pool and wants the name.
func handshake(tb testing.TB, a *Authority, pool *x509.CertPool, name string, at time.Time) error {
	tb.Helper()
	client, server := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Server(server, a.TLSConfig()).Handshake() // a refusal is the client's to report
		_ = server.Close()
	}()
	c := tls.Client(client, &tls.Config{RootCAs: pool, ServerName: name, Time: func() time.Time { return at }})
	err := c.Handshake()
	_ = client.Close()
	<-done
	return err
}

func memory(tb testing.TB, hosts ...string) *Authority {
	tb.Helper()
	a, err := Memory(hosts, now)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func load(tb testing.TB, dir string, at time.Time, hosts ...string) *Authority {
	tb.Helper()
	a, err := LoadOrCreate(dir, hosts, at)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func TestCertificateCoversNames(t *testing.T) {
	t.Parallel()
	a := memory(t, "faux0", "my_api", "Login.Acme.Test", "192.168.7.9", "fd00::1")
	for _, name := range []string{
		"localhost", "127.0.0.1", "::1", "acme.localhost", "a.b.localhost", "ACME.localhost",
		"faux0", "my_api", "login.acme.test", "192.168.7.9", "fd00::1",
	} {
		if err := handshake(t, a, a.Pool(), name, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"example.com", "evil-localhost", "192.168.7.10", "x.login.acme.test"} {
		if err := handshake(t, a, a.Pool(), name, now); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestAuthorityIsConstrainedToItsNames(t *testing.T) {
	t.Parallel()
	a := memory(t, "faux0")
	for _, n := range []names{
		{dns: []string{"auth0.com"}}, {dns: []string{"localhost", "auth0.com"}}, {dns: []string{"myfaux0"}},
		{ips: []net.IP{net.IPv4(10, 0, 0, 1).To4()}},
	} {
		leaf, err := newLeaf(a.ca, a.caKey, a.key, n, now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), CurrentTime: now})
		var invalid x509.CertificateInvalidError
		if !errors.As(err, &invalid) || invalid.Reason != x509.CANotAuthorizedForThisName {
			t.Errorf("%v %v: %v", n.dns, n.ips, err)
		}
	}
	if !a.ca.MaxPathLenZero {
		t.Error("the authority may make further authorities")
	}
}

func TestIssuedCertificatesAreKeptAndBounded(t *testing.T) {
	t.Parallel()
	a := memory(t)
	ask := func(name string) *tls.Certificate {
		c, err := a.certificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if first, again := ask("acme.localhost"), ask("acme.localhost"); first != again {
		t.Error("a certificate was made twice")
	}
	for i := range maxIssued + 1 {
		ask(strings.Repeat("a", i%60+1) + "." + strings.Repeat("b", i/60+1) + ".localhost")
	}
	if n := len(a.issued); n > maxIssued {
		t.Errorf("%d certificates are kept", n)
	}
	for _, name := range []string{"", "localhost", "example.com", "..localhost", strings.Repeat("a.", 130) + "localhost", "\xff.localhost"} {
		if ask(name) != a.leaf {
			t.Errorf("a certificate was made for %q", name)
		}
	}
}

func TestBadHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"https://faux0", "faux0:4400", "", "a b", "a..b"} {
		if _, err := Memory([]string{host}, now); err == nil || !strings.Contains(err.Error(), "neither a host name nor an IP address") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

func TestFilesAreMadeOnceAndReused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "tls")
	first := load(t, dir, now)
	if !first.Fresh() || first.CAPath() != filepath.Join(dir, "ca.pem") {
		t.Errorf("Fresh %v, CAPath %s", first.Fresh(), first.CAPath())
	}
	onDisk, err := os.ReadFile(first.CAPath())
	if err != nil || !bytes.Equal(onDisk, first.CAPEM()) {
		t.Errorf("ca.pem is not CAPEM: %v", err)
	}
	for name, mode := range map[string]os.FileMode{"ca.pem": 0o644, "ca-key.pem": 0o600, "cert.pem": 0o644, "key.pem": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want %v", name, info, err, mode)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("left behind: %v", entries)
	}
	second := load(t, dir, now.AddDate(0, 6, 0))
	if second.Fresh() || !second.ca.Equal(first.ca) || !second.leaf.Leaf.Equal(first.leaf.Leaf) {
		t.Error("a second start made something new")
	}
	if err := handshake(t, second, first.Pool(), "localhost", now); err != nil {
		t.Error(err)
	}
}

func TestLeafIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := load(t, dir, now)
	later := now.AddDate(1, 0, 10)
	second := load(t, dir, later)
	if second.Fresh() || second.leaf.Leaf.Equal(first.leaf.Leaf) {
		t.Error("the leaf was not replaced, or the authority was")
	}
	if err := handshake(t, second, first.Pool(), "localhost", now.AddDate(1, 4, 0)); err != nil {
		t.Error(err)
	}
}

func TestAuthorityIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	load(t, dir, now)
	later := now.AddDate(10, 0, -10)
	second := load(t, dir, later)
	if !second.Fresh() {
		t.Error("the authority was not replaced")
	}
	if err := handshake(t, second, second.Pool(), "localhost", later.AddDate(0, 6, 0)); err != nil {
		t.Error(err)
	}
}

func TestHostsAddUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	load(t, dir, now)
	one := load(t, dir, now, "faux0")
	if !one.Fresh() {
		t.Error("an authority that does not admit the host was kept")
	}
	two := load(t, dir, now, "auth.test", "10.1.2.3")
	both := load(t, dir, now, "10.1.2.3", "faux0")
	if !two.Fresh() || both.Fresh() || !both.leaf.Leaf.Equal(two.leaf.Leaf) {
		t.Error("hosts of an earlier start were lost")
	}
	for _, name := range []string{"faux0", "auth.test", "10.1.2.3", "localhost", "127.0.0.1"} {
		if err := handshake(t, both, both.Pool(), name, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who trusts the first authority keeps reaching the names it admits.
	if err := handshake(t, both, one.Pool(), "acme.localhost", now); err != nil {
		t.Error(err)
	}
}

func TestStartsAtOnceAgree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authorities := make([]*Authority, 16)
	var wait sync.WaitGroup
	for i := range authorities {
		wait.Go(func() {
			a, err := LoadOrCreate(dir, nil, now)
			if err != nil {
				t.Error(err)
				return
			}
			authorities[i] = a
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	last := load(t, dir, now)
	for i, a := range authorities {
		if err := handshake(t, a, last.Pool(), "localhost", now); err != nil {
			t.Errorf("start %d is not trusted by ca.pem: %v", i, err)
		}
	}
}

func TestFaultyFilesAreNamed(t *testing.T) {
	t.Parallel()
	other := t.TempDir()
	load(t, other, now)
	from := func(name string) func(string) error {
		return func(path string) error {
			data, err := os.ReadFile(filepath.Join(other, name))
			return errors.Join(err, os.WriteFile(path, data, 0o600))
		}
	}
	write := func(s string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(s), 0o600) }
	}
	for _, c := range []struct {
		file  string
		spoil func(string) error
		want  string
	}{
		{"ca.pem", write("hello"), "ca.pem has no PEM block CERTIFICATE"},
		{"ca.pem", write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "ca.pem holds no readable certificate"},
		{"ca.pem", from("ca.pem"), "ca.pem does not belong to the key beside it"},
		{"ca-key.pem", write(""), "ca-key.pem has no PEM block PRIVATE KEY"},
		{"ca-key.pem", write("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "ca-key.pem holds no readable key"},
		{"ca-key.pem", os.Remove, "ca-key.pem is missing beside ca.pem"},
		{"cert.pem", from("cert.pem"), "cert.pem does not belong to the key beside it"},
		{"key.pem", os.Remove, "key.pem is missing beside cert.pem"},
	} {
		dir := t.TempDir()
		load(t, dir, now)
		if err := c.spoil(filepath.Join(dir, c.file)); err != nil {
			t.Fatal(err)
		}
		_, err := LoadOrCreate(dir, nil, now)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "delete the four .pem files in "+dir) {
			t.Errorf("%s: %v\nwant … %s …", c.file, err, c.want)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(file, nil, now); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		memory(b)
	}
}

func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	load(b, dir, now)
	for b.Loop() {
		load(b, dir, now)
	}
}
