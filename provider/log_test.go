package provider_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// lockedBuffer is written by the server while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func TestLogSaysWhyAndTellsNoSecrets(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	w := run(t, func(c *provider.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	b := w.browser()
	code := b.code(webRequest("scope", "openid offline_access read:orders write:orders"), "ada@shop.example")
	res := b.post("/oauth/token", redeemWeb(code)...).want(200)
	b.post("/oauth/token", redeemPortal("x", "client_secret", "a-wrong-secret")...).want(401)
	w.server.Close() // every line is written by now
	got := log.String()
	for _, want := range []string{"path=/oauth/token", "client_id=shopWeb", "user_id=auth0|ada", "msg=token", "permissions=read:orders", "because=", "write:orders", "status=401", "hint="} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %s:\n%s", want, got)
		}
	}
	for _, secret := range []string{password, code, verifier, res.text("access_token"), res.text("id_token"), res.text("refresh_token"), "shop-portal-secret", "a-wrong-secret"} {
		if strings.Contains(got, secret) {
			t.Errorf("the log holds %q:\n%s", secret, got)
		}
	}
}

func TestTenantsOwnErrorPage(t *testing.T) {
	t.Parallel()
	b := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.ErrorPage = &tenant.ErrorPage{URL: "https://shop.example/oops?x=1"}
		c.Snapshot.Settings.DefaultRedirectionURI = "https://shop.example/start"
	}).browser()
	b.header.Set("Accept-Language", "de,en")
	to := b.authorize(webRequest("redirect_uri", "https://evil.example")).location()
	equal(t, "where", to.Host+to.Path, "shop.example/oops")
	for name, want := range map[string]string{"x": "1", "client_id": "shopWeb", "error": "unauthorized_client", "lang": "de"} {
		equal(t, name, to.Query().Get(name), want)
	}
	if to.Query().Get("tracking") == "" || !strings.Contains(to.Query().Get("error_description"), "https://evil.example") {
		t.Errorf("sent to %s", to)
	}
	// A login that is gone begins anew where the tenant says.
	lost := b.get("/u/login?state=gone").location()
	equal(t, "where a lost login goes", lost.String(), "https://shop.example/start?iss=http%3A%2F%2Ftenant.localhost%3A4400%2F")
}
