package acceptance

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the server under test: $FAUX0_BIN, or one built for this run.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	status := run(m)
	writeRecords()
	os.Exit(status)
}

func run(m *testing.M) int {
	if binary = os.Getenv("FAUX0_BIN"); binary != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "faux0-acceptance-")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "faux0")
	build := exec.Command("go", "build", "-o", binary, "./cmd/faux0")
	build.Dir = "../../.."
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		log.Printf("building the server: %v", err)
		return 1
	}
	return m.Run()
}

// app is where the fixture's applications live; nothing listens there, since a
// login ends as soon as the browser would be sent to it.
const app = "http://localhost:7777"

// tenant is a running server seen through one of its two faces.
type tenant struct {
	issuer string       // with the trailing slash
	http   *http.Client // trusts the tenant's CA
}

// patience only ends a wait for what never comes.
const patience = 2 * time.Minute

// start runs the binary on a free port until the test ends. One port speaks
// both HTTP and HTTPS, so it gives the same server twice.
func start(t *testing.T) (plain, secure tenant) {
	t.Helper()
	cmd := exec.Command(binary, "serve", "--addr", "127.0.0.1:0",
		"--fixtures", "../tenant.yaml", "--tls", t.TempDir())
	cmd.Env = append(os.Environ(), "APP_HTTP="+app, "APP_HTTPS=https://localhost:7778")
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	banner := readBanner(pipe)
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not end well on SIGTERM: %v", err)
		}
		if t.Failed() {
			t.Logf("what the server said:\n%s", banner.text())
		}
	})
	var port string
	select {
	case port = <-banner.port:
	case <-time.After(patience):
		t.Fatalf("no URL in the banner:\n%s", banner.text())
	}

	plain = tenant{"http://localhost:" + port + "/", &http.Client{Timeout: patience}}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(plain.get(t, "_faux0/ca.pem"))) {
		t.Fatal("/_faux0/ca.pem holds no certificate")
	}
	secure = tenant{"https://localhost:" + port + "/", &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
	}}
	return plain, secure
}

// banner collects what the server prints and finds its port in it.
type banner struct {
	port  chan string
	lines chan []string
}

func readBanner(r io.Reader) *banner {
	b := &banner{port: make(chan string, 1), lines: make(chan []string, 1)}
	b.lines <- nil
	address := regexp.MustCompile(`https?://[a-z0-9.\[\]:-]+?:(\d+)`)
	go func() {
		found := false
		for scan := bufio.NewScanner(r); scan.Scan(); {
			b.lines <- append(<-b.lines, scan.Text())
			if m := address.FindStringSubmatch(scan.Text()); m != nil && !found {
				found = true
				b.port <- m[1]
			}
		}
	}()
	return b
}

func (b *banner) text() string {
	lines := <-b.lines
	b.lines <- lines
	return strings.Join(lines, "\n")
}

// get reads a path of the tenant and insists on 200.
func (a tenant) get(t *testing.T, path string) string {
	t.Helper()
	res, err := a.http.Get(a.issuer + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET /%s: %s, %v\n%s", path, res.Status, err, body)
	}
	return string(body)
}

var hidden = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
var attribute = regexp.MustCompile(`(name|value)="([^"]*)"`)

// login walks from the authorization URL through the login page, as a browser
// without JavaScript does, and returns the query that the application receives.
func (a tenant) login(t *testing.T, authorizeURL, username, password string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Transport: a.http.Transport, Jar: jar, Timeout: a.http.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

	next, form := authorizeURL, url.Values(nil)
	for range 10 {
		var res *http.Response
		if form == nil {
			res, err = browser.Get(next)
		} else {
			res, err = browser.PostForm(next, form)
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if location, err := res.Location(); err == nil {
			if !strings.HasPrefix(location.String(), a.issuer) {
				return location.Query()
			}
			next, form = location.String(), nil
			continue
		}
		if res.StatusCode != http.StatusOK || form != nil {
			t.Fatalf("%s %s: %s\n%s", res.Request.Method, next, res.Status, body)
		}
		form = url.Values{"username": {username}, "password": {password}, "action": {"default"}}
		for _, input := range hidden.FindAllString(string(body), -1) {
			field := map[string]string{}
			for _, m := range attribute.FindAllStringSubmatch(input, -1) {
				field[m[1]] = m[2]
			}
			if field["name"] == "state" {
				form.Set("state", field["value"])
			}
		}
		next = res.Request.URL.String()
	}
	t.Fatal("the login went in circles")
	return nil
}

// onBothFaces runs a test over HTTP and over HTTPS.
func onBothFaces(t *testing.T, test func(*testing.T, tenant)) {
	plain, secure := start(t)
	for name, face := range map[string]tenant{"http": plain, "https": secure} {
		t.Run(name, func(t *testing.T) { test(t, face) })
	}
}

func must[T any](v T, err error) func(*testing.T, string) T {
	return func(t *testing.T, doing string) T {
		t.Helper()
		if err != nil {
			t.Fatal(fmt.Errorf("%s: %w", doing, err))
		}
		return v
	}
}
