package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// patience is how long a tenant on this machine may take to answer.
var patience = 10 * time.Second

// maxAnswer bounds what is read from a tenant.
const maxAnswer = 16 << 20

// source is where token and explain get their answers: from a running tenant,
// or from fixtures.
type source struct {
	url      string
	control  string
	fixtures []string
	issuer   string
	keys     string
}

func (s *source) define(o *options) {
	s.keys = keysDefault
	o.add("url", "URL", "ask the tenant that runs there (default: make the answer from\nfixtures, as a tenant on http://"+defaultAddr+" would)", s.setURL)
	o.text(&s.control, "control", "TOKEN", "what the running tenant was given as --control")
	o.texts(&s.fixtures, "fixtures", "PATH", "file or folder with a tenant; repeatable (default: the built-in demo\ntenant)")
	o.add("issuer", "URL", "the iss to use", func(v string) error {
		var c serveConfig
		err := c.setIssuer(v)
		if err == nil {
			s.issuer = c.issuer.String()
		}
		return err
	})
	o.text(&s.keys, "keys", "default|random|DIR", "signing keys, as for serve")
}

func (s *source) setURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("use a full URL, such as http://localhost:4400")
	}
	s.url = strings.TrimSuffix(v, "/") + "/"
	return nil
}

// choose settles which of the two it is: what stands on the command line wins
// over the environment.
func (s *source) choose(o *options) error {
	switch {
	case o.given("url") && o.given("fixtures"):
		return &usageError{faults: []string{"--url and --fixtures: give one of them, a running tenant or fixtures"}}
	case o.given("fixtures"):
		s.url = ""
	}
	return nil
}

// tenant makes a tenant of the fixtures.
func (s *source) tenant(inv *invocation) (*provider.Control, error) {
	domain := localDomain(inv.env)
	if s.issuer == "" {
		s.issuer = "http://" + domain + "/"
	} else if u, err := url.Parse(s.issuer); err == nil {
		domain = u.Host
	}
	snapshot, _, faults := loadFixtures(inv, domain, s.fixtures)
	if len(faults) > 0 {
		return nil, &usageError{faults: faults, fixtures: true}
	}
	keys, err := loadKeys(s.keys, domain, time.Now())
	if err != nil {
		return nil, err
	}
	p, err := provider.New(provider.Config{Snapshot: snapshot, Keys: keys})
	if err != nil {
		return nil, err
	}
	return p.Control(), nil
}

// localDomain is host and port of a tenant on this machine, as FAUX0_ADDR or
// the default have it.
func localDomain(env environment) string {
	_, port, err := splitAddr(env[envPrefix+"ADDR"])
	if err != nil || port == 0 {
		_, port, _ = splitAddr(defaultAddr)
	}
	return fmt.Sprintf("localhost:%d", port)
}

// post calls the control plane of the running tenant.
func (s *source) post(ctx context.Context, path, accept string, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	if s.control != "" {
		req.Header.Set("Authorization", "Bearer "+s.control)
	}
	res, err := client(s.url).Do(req)
	if err != nil {
		return nil, unreachable(s.url, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, unreachable(s.url, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, refusal(s.url+path, res.StatusCode, answer)
	}
	return answer, nil
}

// client is a client that trusts the local CA as well.
func client(base string) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if strings.HasPrefix(base, "https://") {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if dir, err := defaultTLS(); err == nil {
			if ca, err := os.ReadFile(filepath.Join(dir, caFile)); err == nil {
				pool.AppendCertsFromPEM(ca)
			}
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Transport: transport,
		// A tenant's control plane sends nobody elsewhere; a token for it must
		// not go there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func unreachable(base string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("no tenant answers at %s: %w", base, err)
}

// refusal puts an error answer into words.
func refusal(address string, status int, answer []byte) error {
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Hint        string `json:"hint"`
	}
	if json.Unmarshal(answer, &body) != nil || body.Error == "" {
		return fmt.Errorf("%s answers %d: is a tenant running there?", address, status)
	}
	return sentence(body.Error, body.Description, body.Hint)
}

// refused does the same for an error of a tenant in this process.
func refused(err error) error {
	var e *tenant.Error
	if !errors.As(err, &e) {
		return err
	}
	return sentence(e.Code, e.Description, e.Hint)
}

func sentence(code, description, hint string) error {
	text := code
	if description != "" {
		text += ": " + description
	}
	if hint != "" {
		text += "\n  " + hint
	}
	return errors.New(text)
}
