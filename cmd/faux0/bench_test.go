package main_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// The benchmarks judge the built binary by the CPU it uses, in units of one
// raw RSA-2048 signature (S) taken in the same run: wall clocks are noisy, and
// a signature is what no server that issues a token can save.

const benchFixture = `
tenant: {friendly_name: Bench}
clients:
  - {name: SPA, client_id: benchSpa, app_type: spa, token_endpoint_auth_method: none, callbacks: ["http://localhost:3000/callback"], grant_types: [authorization_code]}
  - {name: Machine, client_id: benchMachine, client_secret: bench-secret, app_type: non_interactive, grant_types: [client_credentials]}
resourceServers:
  - {name: API, identifier: "https://api.bench.test", enforce_policies: true, token_dialect: access_token_authz, scopes: [{value: "read:things"}]}
clientGrants:
  - {client_id: Machine, audience: "https://api.bench.test", scope: ["read:things"]}
roles:
  - {name: reader, permissions: [{resource_server_identifier: "https://api.bench.test", permission_name: "read:things"}]}
users:
  - {email: ada@bench.test, password: Correct-Horse-9, roles: [reader]}
`

// process is a server under measurement.
type process struct {
	cmd *exec.Cmd
	url string
}

var urlPattern = regexp.MustCompile(`http://[^\s/]+`)

// launch starts a server and waits for the line that names its address.
func launch(b *testing.B, name string, args ...string) *process {
	b.Helper()
	cmd := exec.Command(name, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if found := urlPattern.FindString(lines.Text()); found != "" {
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return &process{cmd: cmd, url: found}
		}
	}
	b.Fatalf("%s ended before it named its address", name)
	return nil
}

// cpu is the CPU time of all the server's threads so far.
func (p *process) cpu(b *testing.B) time.Duration {
	b.Helper()
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	if len(files) == 0 {
		b.Skip("no /proc/PID/task/*/schedstat here: the CPU benchmarks need Linux")
	}
	var total int64
	for _, f := range files {
		data, _ := os.ReadFile(f)
		if fields := bytes.Fields(data); len(fields) > 0 {
			n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
			total += n
		}
	}
	return time.Duration(total)
}

// residentMB is the server's resident memory.
func (p *process) residentMB(b *testing.B) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		b.Skip("no /proc/PID/statm here: the memory benchmark needs Linux")
	}
	pages, _ := strconv.Atoi(strings.Fields(string(data))[1])
	return float64(pages*os.Getpagesize()) / (1 << 20)
}

// signature is S: the CPU time of one raw RSA-2048 signature, now and here.
func signature(b *testing.B) time.Duration {
	b.Helper()
	key := tenant.DefaultKeys()[0].Private
	sum := sha256.Sum256([]byte("x"))
	const n = 1500
	before := ownCPU(b)
	for range n {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
	return (ownCPU(b) - before) / n
}

func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func buildBinary(b *testing.B, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "server")
	if msg, err := exec.Command("go", "build", "-o", out, pkg).CombinedOutput(); err != nil {
		b.Fatalf("go build %s: %v\n%s", pkg, err, msg)
	}
	return out
}

func writeFile(b *testing.B, name, content string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func faux0(b *testing.B, fixture string) *process {
	return launch(b, buildBinary(b, "."), "serve", "--addr", "127.0.0.1:0", "--tls", b.TempDir(), "--fixtures", fixture)
}

func post(b *testing.B, c *http.Client, at string, form url.Values) []byte {
	b.Helper()
	res, err := c.PostForm(at, form)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("POST %s: %s: %s", at, res.Status, body)
	}
	return body
}

var machineForm = url.Values{
	"grant_type": {"client_credentials"}, "client_id": {"benchMachine"}, "client_secret": {"bench-secret"},
	"audience": {"https://api.bench.test"},
}

// BenchmarkClientCredentials reports S/op: server CPU per client_credentials
// token in signatures. Aim: 1.15.
func BenchmarkClientCredentials(b *testing.B) {
	p := faux0(b, writeFile(b, "tenant.yaml", benchFixture))
	c := &http.Client{}
	const n = 2000
	for b.Loop() {
		s := signature(b)
		before := p.cpu(b)
		for range n {
			post(b, c, p.url+"/oauth/token", machineForm)
		}
		b.ReportMetric(float64((p.cpu(b)-before)/n)/float64(s), "S/token")
	}
}

// BenchmarkPasswordLogin reports S/op: server CPU per login by page with PKCE,
// from /authorize to the tokens. Aim: 2.6, of which two are signatures.
func BenchmarkPasswordLogin(b *testing.B) {
	p := faux0(b, writeFile(b, "tenant.yaml", benchFixture))
	const n = 500
	for b.Loop() {
		s := signature(b)
		before := p.cpu(b)
		for range n {
			logIn(b, p.url)
		}
		b.ReportMetric(float64((p.cpu(b)-before)/n)/float64(s), "S/login")
	}
}

// logIn is one whole login in a new browser.
func logIn(b *testing.B, base string) {
	b.Helper()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Port() == "3000" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	verifier := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(verifier))
	page, err := c.Get(base + "/authorize?" + url.Values{
		"client_id": {"benchSpa"}, "response_type": {"code"}, "redirect_uri": {"http://localhost:3000/callback"},
		"scope": {"openid profile email"}, "audience": {"https://api.bench.test"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}.Encode())
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, page.Body)
	page.Body.Close()
	res, err := c.PostForm(page.Request.URL.String(), url.Values{
		"state": {page.Request.URL.Query().Get("state")}, "username": {"ada@bench.test"}, "password": {"Correct-Horse-9"}, "action": {"default"},
	})
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body) // or the connection could not be used again
	res.Body.Close()
	callback, err := res.Location()
	if err != nil {
		b.Fatalf("the login ended with %s at %s", res.Status, res.Request.URL.Path)
	}
	body := post(b, c, base+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"benchSpa"}, "code": {callback.Query().Get("code")},
		"redirect_uri": {"http://localhost:3000/callback"}, "code_verifier": {verifier},
	})
	var tokens struct {
		IDToken string `json:"id_token"`
	}
	if json.Unmarshal(body, &tokens) != nil || tokens.IDToken == "" {
		b.Fatalf("no ID token in %s", body)
	}
}

// BenchmarkDiscovery reports the server CPU of a discovery answer as a
// multiple of a bare net/http server's for the same document. Aim: 1.2.
func BenchmarkDiscovery(b *testing.B) {
	p := faux0(b, writeFile(b, "tenant.yaml", benchFixture))
	c := &http.Client{}
	const path = "/.well-known/openid-configuration"
	bare := launch(b, buildBinary(b, "./testdata/bare"), keyFile(b), writeFile(b, "document.json", string(get(b, c, p.url+path))))
	const n = 20000
	for b.Loop() {
		cost := map[*process]time.Duration{}
		for range 2 { // twice in turn, so that a change of the machine's mood hits both
			for _, server := range []*process{bare, p} {
				before := server.cpu(b)
				for range n / 2 {
					get(b, c, server.url+path)
				}
				cost[server] += server.cpu(b) - before
			}
		}
		b.ReportMetric(float64(cost[p])/float64(cost[bare]), "x-bare")
		b.ReportMetric(float64(cost[p].Microseconds())/n, "cpu-µs/answer")
	}
}

func get(b *testing.B, c *http.Client, at string) []byte {
	b.Helper()
	res, err := c.Get(at)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return body
}

func keyFile(b *testing.B) string {
	return writeFile(b, "key.pem", string(tenant.DefaultKeys()[0].MarshalPEM()))
}

// BenchmarkColdStart reports the time from the start of the process to the
// first discovery answer, and as a multiple of a bare net/http server that
// signs one token. Aim: 2.
func BenchmarkColdStart(b *testing.B) {
	binary, bare := buildBinary(b, "."), buildBinary(b, "./testdata/bare")
	tls := b.TempDir()
	key, document := keyFile(b), writeFile(b, "document.json", "{}")
	fixture := writeFile(b, "tenant.yaml", benchFixture)
	launchOnce := func(name string, args ...string) time.Duration {
		began := time.Now()
		p := launch(b, name, args...)
		get(b, http.DefaultClient, p.url+"/.well-known/openid-configuration")
		took := time.Since(began)
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		return took
	}
	const n = 20
	for b.Loop() {
		var ours, demo, theirs time.Duration
		for range n {
			ours += launchOnce(binary, "serve", "--addr", "127.0.0.1:0", "--tls", tls, "--fixtures", fixture)
			demo += launchOnce(binary, "serve", "--addr", "127.0.0.1:0", "--tls", tls)
			theirs += launchOnce(bare, key, document)
		}
		b.ReportMetric(float64(ours)/float64(theirs), "x-bare")
		b.ReportMetric(float64(ours.Microseconds())/n/1000, "ms/start")
		b.ReportMetric(float64(demo.Microseconds())/n/1000, "ms/demo-start")
	}
}

// BenchmarkMemory reports resident memory at the start and after 100,000
// tokens. Aims: 25 MB, and no growth.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		p := faux0(b, writeFile(b, "tenant.yaml", benchFixture))
		c := &http.Client{}
		get(b, c, p.url+"/.well-known/openid-configuration")
		b.ReportMetric(p.residentMB(b), "MB-start")
		const warm, n = 2000, 100_000
		for range warm {
			post(b, c, p.url+"/oauth/token", machineForm)
		}
		b.ReportMetric(p.residentMB(b), "MB-warm")
		for range n {
			post(b, c, p.url+"/oauth/token", machineForm)
		}
		b.ReportMetric(p.residentMB(b), "MB-100k-tokens")
	}
}

// BenchmarkUsers reports how long the binary takes to answer with 100,000
// users in a bulk-import file, and to find one by e-mail. Aim: 2 s.
func BenchmarkUsers(b *testing.B) {
	binary := buildBinary(b, ".")
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tenant.yaml"), []byte(benchFixture), 0o600); err != nil {
		b.Fatal(err)
	}
	var users bytes.Buffer
	users.WriteString("[")
	for i := range 100_000 {
		if i > 0 {
			users.WriteString(",\n")
		}
		fmt.Fprintf(&users, `{"email":"user%d@bench.test","user_id":"u%d","email_verified":true,"given_name":"Number","family_name":"%d","app_metadata":{"plan":"free"}}`, i, i, i)
	}
	users.WriteString("]")
	if err := os.WriteFile(filepath.Join(dir, "users.json"), users.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		began := time.Now()
		p := launch(b, binary, "serve", "--addr", "127.0.0.1:0", "--tls", b.TempDir(), "--fixtures", dir)
		get(b, http.DefaultClient, p.url+"/.well-known/openid-configuration")
		b.ReportMetric(time.Since(began).Seconds(), "s/100k-users")
		b.ReportMetric(p.residentMB(b), "MB")
		began = time.Now()
		res, err := http.Post(p.url+"/_faux0/tokens", "application/json",
			strings.NewReader(`{"client_id":"benchSpa","user":"user99999@bench.test"}`))
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatalf("token for the last user: %v %v", err, res)
		}
		res.Body.Close()
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "ms/find-by-email")
	}
}
