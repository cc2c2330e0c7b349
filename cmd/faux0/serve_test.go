package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

func get(tb testing.TB, c *http.Client, url string) (int, string) {
	tb.Helper()
	res, err := c.Get(url)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	for _, want := range []string{
		"Acme Web +acmeSpa0", "Orders API +https://orders.acme.test +RBAC on", "ada@acme.test +Correct-Horse-9 +clerk",
		"Console +" + r.url + "_faux0/", "Issuer +" + r.url + " ", "CA +" + r.tls + "/ca.pem", "curl -s " + r.url + "oauth/token -d ",
	} {
		r.await(t, 0, want)
	}

	if code, body := get(t, http.DefaultClient, r.url+"_faux0/health"); code != http.StatusOK || !strings.Contains(body, r.url) {
		t.Errorf("%d %s", code, body)
	}
	ca, err := os.ReadFile(filepath.Join(r.tls, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, served := get(t, http.DefaultClient, r.url+"_faux0/ca.pem"); served != string(ca) {
		t.Error("/_faux0/ca.pem is not the CA")
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	secure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	https := strings.Replace(r.url, "http:", "https:", 1)
	if code, body := get(t, secure, https+".well-known/openid-configuration"); code != http.StatusOK || !strings.Contains(body, `"`+https+`"`) {
		t.Errorf("%d %s", code, body)
	}

	call(t, nil, "", "health", "--url", r.url).check(t, exitOK, r.url+" answers", "")
	call(t, nil, "", "health", "--url", https).check(t, exitOK, https+" answers", "")
	call(t, []string{"FAUX0_ADDR=" + strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/")}, "", "health").check(t, exitOK, " answers", "")

	o := call(t, []string{"FAUX0_URL=" + r.url}, "", "token", "--client", "Acme Worker", "--audience", "https://orders.acme.test")
	o.check(t, exitOK, "eyJ", "")
	call(t, nil, o.stdout, "explain", "--url", r.url, "-").check(t, exitOK, "Acme Worker", "")
	call(t, nil, o.stdout, "explain", "--url", r.url, "-", "--json").check(t, exitOK, `"kind"`, "")
	call(t, nil, "", "token", "--url", r.url, "--client", "Acme Werker").check(t, exitFault, "", `Did you mean "Acme Worker"?`)
	call(t, nil, "", "token", "--url", r.url+"elsewhere", "--client", "x").check(t, exitFault, "", "")
	r.await(t, 0, "GET /_faux0/health 200 ")
}

func TestServeAnswersOnBothLoopbacks(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6")
	}
	_ = probe.Close()
	r := serve(t, nil)
	call(t, nil, "", "health", "--url", strings.Replace(r.url, "localhost", "[::1]", 1)).check(t, exitOK, "[::1]", "")
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr := l.Addr().String()
	call(t, nil, "", "--addr", addr).check(t, exitFault, "", addr+" is taken by another program")
}

func TestControl(t *testing.T) {
	t.Parallel()
	ask := func(r *running, more ...string) outcome {
		return call(t, nil, "", append([]string{"token", "--url", r.url, "--client", "Acme Worker", "--audience", "https://orders.acme.test"}, more...)...)
	}
	guarded := serve(t, nil, "--control", "letmein")
	ask(guarded).check(t, exitFault, "", "--control")
	ask(guarded, "--control", "letmein").check(t, exitOK, "eyJ", "")
	off := serve(t, []string{"FAUX0_CONTROL=off"})
	ask(off).check(t, exitFault, "", "")
	call(t, nil, "", "health", "--url", off.url).check(t, exitOK, "answers", "")
	if text, _ := off.read(); strings.Contains(text, "Console") {
		t.Errorf("a console is announced:\n%s", text)
	}
}

func TestHealthOfNobody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Close() }()
	url := "http://" + l.Addr().String()
	call(t, nil, "", "health", "--url", url).check(t, exitFault, "", "answers 404")
	call(t, nil, "", "token", "--client", "x", "--url", url).check(t, exitFault, "", "answers 404: is a tenant running there?")
	_ = server.Close()
	call(t, nil, "", "health", "--url", url).check(t, exitFault, "", "no tenant answers at "+url)
	call(t, nil, "", "explain", "x", "--url", url).check(t, exitFault, "", "no tenant answers at "+url)
}

// TestWatch edits a fixture while the tenant runs: a faulty edit changes
// nothing, a good one counts, and both say so.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "tenant.yaml")
	write := func(text string) {
		// As editors do: a new file under the old name.
		if err := os.WriteFile(path+"~", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+"~", path); err != nil {
			t.Fatal(err)
		}
	}
	write("clients:\n  - {name: First, app_type: spa}\n")
	r := serve(t, nil, "--fixtures", dir, "--watch")
	known := func(client string) bool {
		o := call(t, nil, "", "token", "--url", r.url, "--client", client)
		return !strings.Contains(o.stderr, "There is no client")
	}
	_, at := r.await(t, 0, "First")
	if !known("First") || known("Second") {
		t.Error("the first state is wrong")
	}
	write("clients:\n  - {nam: Second}\n")
	_, at = r.await(t, at, `(?s)tenant.yaml:2:.*fixtures not reloaded: .*last good state goes on`)
	if !known("First") {
		t.Error("a faulty edit changed the tenant")
	}
	write("clients:\n  - {name: Second, app_type: spa}\n")
	_, at = r.await(t, at, "fixtures reloaded clients=1")
	if known("First") || !known("Second") {
		t.Error("a good edit did not count")
	}
	if err := os.WriteFile(filepath.Join(dir, "users.yaml"), []byte("- {email: ada@acme.test, password: Correct-Horse-9}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.await(t, at, "fixtures reloaded .*users=1")
}

// TestDrain holds a request in flight while the tenant is told to stop.
func TestDrain(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	const form = "grant_type=client_credentials&client_id=acmeM2m000000000000000000000000b&client_secret=acme-worker-secret&audience=https://orders.acme.test"
	head := "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
	if _, err := fmt.Fprintf(conn, head, len(form)); err != nil {
		t.Fatal(err)
	}
	// "100 Continue" says that the handler is reading.
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%s %v", line, err)
	}
	_, _ = in.ReadString('\n')
	r.stop()
	if _, err := io.WriteString(conn, form); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(body), "access_token") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestJSONLog(t *testing.T) {
	t.Parallel()
	ctx, screen, code := t.Context(), newScreen(), make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"--addr", "127.0.0.1:0", "--log", "json", "--tls", t.TempDir(), "--watch"}, nil, strings.NewReader(""), io.Discard, screen)
	}()
	m, _ := screen.await(t, 0, `"http":"(http://localhost:\d+/)"`)
	get(t, http.DefaultClient, m[1]+".well-known/jwks.json")
	screen.await(t, 0, `jwks.json`)
	text, _ := screen.read()
	for line := range strings.Lines(text) {
		var record map[string]any
		if json.Unmarshal([]byte(line), &record) != nil {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	if keys, err := loadKeys(keysDefault, "", time.Now()); keys != nil || err != nil {
		t.Errorf("default: %v %v", keys, err)
	}
	random, err := loadKeys(keysRandom, "localhost", time.Now())
	if err != nil || len(random) != 2 || random[0].KID == random[1].KID {
		t.Errorf("random: %v %v", random, err)
	}
}

func TestKeysAreKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	kids := make([]string, 3)
	var wait sync.WaitGroup
	for i := range kids {
		wait.Go(func() {
			keys, err := loadKeys(dir, "localhost", time.Now())
			if err != nil || len(keys) != 2 {
				t.Errorf("%v %v", keys, err)
				return
			}
			kids[i] = keys[0].KID + keys[1].KID
		})
	}
	wait.Wait()
	if kids[0] != kids[1] || kids[1] != kids[2] {
		t.Errorf("starts at once have different keys: %v", kids)
	}
	path := filepath.Join(dir, keysFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if keptKeys(keysDefault) != nil || keptKeys(keysRandom) != nil {
		t.Error("keys without a folder are kept")
	}
	rotated := append(slices.Clone(tenant.DefaultKeys()), tenant.DefaultKeys()[0])
	if err := keptKeys(dir)(rotated); err != nil {
		t.Fatal(err)
	}
	if keys, err := loadKeys(dir, "localhost", time.Now()); err != nil || len(keys) != 3 || keys[0].KID != rotated[0].KID {
		t.Errorf("after a rotation: %v %v", keys, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadKeys(dir, "localhost", time.Now()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a spoilt file: %v", err)
	}
}
