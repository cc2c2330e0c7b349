package outbound

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyThisMachineAndNamedHostsAreReached(t *testing.T) {
	t.Parallel()
	p := NewProviders(nil, []string{"IdP", "partner.test"})
	for url, want := range map[string]bool{
		"http://localhost:4401/x": true, "https://127.0.0.1/": true, "http://127.8.8.8:1/": true, "http://[::1]:4401/": true, "http://idp.localhost/": true,
		"http://idp:4400/": true, "https://PARTNER.test/": true,
		"http://localhost.evil.example/": false, "http://evil.example/": false, "http://10.0.0.1/": false, "http://169.254.169.254/": false, "http://[fd00::1]/": false,
		"http://0.0.0.0/": false, "http://127.0.0.1@evil.example/": false, "http://user@localhost/": false, "ftp://localhost/": false, "file:///etc/passwd": false,
		"//localhost/": false, "localhost": false, "": false, "http://localhost:bad/": false, "http://2130706433/": false, "javascript:alert(1)": false,
	} {
		if got := p.Reaches(url); got != want {
			t.Errorf("Reaches(%q) is %v", url, got)
		}
	}
}

// A loopback name that the name service points elsewhere is not dialed.
func TestDialedAddressesAreThisMachines(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "10.0.0.1:80": false, "169.254.169.254:80": false, "[fe80::1]:80": false, "localhost:80": false, "nonsense": false} {
		if got := onlyLoopback("tcp", address, nil) == nil; got != allowed {
			t.Errorf("dialing %s is allowed: %v", address, got)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/again", http.StatusFound)
	}))
	defer server.Close()
	_, err := NewProviders(nil, nil).Keys(t.Context(), server.URL)
	if err == nil || !strings.Contains(err.Error(), "expected 200 OK, got: 302 Found") || asked != 1 {
		t.Errorf("asked %d times, and the error is %v", asked, err)
	}
}
