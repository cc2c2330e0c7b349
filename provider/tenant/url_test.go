package tenant_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func TestMatchCallback(t *testing.T) {
	t.Parallel()
	rows := []struct {
		sentence      string
		allowed, sent string
		organization  string
		want          bool
	}{
		{"the same string", "https://app.acme.test/cb", "https://app.acme.test/cb", "", true},
		{"case of scheme and host does not count", "https://App.Acme.test/cb", "HTTPS://app.ACME.test/cb", "", true},
		{"case of the path does", "https://app.acme.test/cb", "https://app.acme.test/CB", "", false},
		{"the slash at the end does", "https://app.acme.test", "https://app.acme.test/", "", false},
		{"the query does", "https://app.acme.test/cb?a=1", "https://app.acme.test/cb?a=2", "", false},
		{"a query cannot be added", "https://app.acme.test/cb", "https://app.acme.test/cb?a=1", "", false},
		{"the same query is fine", "https://app.acme.test/cb?a=1", "https://app.acme.test/cb?a=1", "", true},
		{"a path cannot be added", "https://app.acme.test/cb", "https://app.acme.test/cb/more", "", false},
		{"a fragment cannot be added", "https://app.acme.test/cb", "https://app.acme.test/cb#x", "", false},
		{"the scheme counts", "https://app.acme.test/cb", "http://app.acme.test/cb", "", false},
		{"the port counts", "http://localhost:3000/cb", "http://localhost:3001/cb", "", false},
		{"on loopback addresses too", "http://127.0.0.1/cb", "http://127.0.0.1:54321/cb", "", false},
		{"localhost is not 127.0.0.1", "http://localhost:3000/cb", "http://127.0.0.1:3000/cb", "", false},
		{"a default port is no other name of none", "https://app.acme.test/cb", "https://app.acme.test:443/cb", "", false},
		{"an IPv6 host", "http://[::1]:3000/cb", "http://[::1]:3000/cb", "", true},

		{"a wildcard stands for one label", "https://*.acme.test/cb", "https://app.acme.test/cb", "", true},
		{"not for two", "https://*.acme.test/cb", "https://a.b.acme.test/cb", "", false},
		{"not for none", "https://*.acme.test/cb", "https://.acme.test/cb", "", false},
		{"not for the bare domain", "https://*.acme.test/cb", "https://acme.test/cb", "", false},
		{"it may have a prefix", "https://app-*.acme.test/cb", "https://app-7.acme.test/cb", "", true},
		{"and a suffix", "https://app-*-eu.acme.test/cb", "https://app-7-eu.acme.test/cb", "", true},
		{"and needs at least one character", "https://app-*.acme.test/cb", "https://app-.acme.test/cb", "", false},
		{"prefix and suffix do not overlap", "https://ab*ba.acme.test/cb", "https://aba.acme.test/cb", "", false},
		{"a wrong prefix", "https://app-*.acme.test/cb", "https://evil-7.acme.test/cb", "", false},
		{"the port counts beside a wildcard", "https://*.acme.test:8443/cb", "https://app.acme.test/cb", "", false},
		{"a wildcard keeps its port", "https://*.acme.test:8443/cb", "https://app.acme.test:8443/cb", "", true},
		{"two wildcards match nothing", "https://*-*.acme.test/cb", "https://a-b.acme.test/cb", "", false},
		{"a wildcard further right matches nothing", "https://app.*.test/cb", "https://app.acme.test/cb", "", false},
		{"nor one in the path", "https://app.acme.test/*", "https://app.acme.test/cb", "", false},
		{"nor one in the port", "https://app.acme.test:*/cb", "https://app.acme.test:1/cb", "", false},
		{"nor one for a whole host", "https://*/cb", "https://acme.test/cb", "", false},
		{"nor one in a scheme of one's own", "com.acme.app://*.x/cb", "com.acme.app://a.x/cb", "", false},

		{"the organization's name", "https://{organization_name}.acme.test/cb", "https://warehouse.acme.test/cb", "warehouse", true},
		{"in any case", "https://{organization_name}.acme.test/cb", "https://Warehouse.acme.test/cb", "warehouse", true},
		{"of another organization", "https://{organization_name}.acme.test/cb", "https://office.acme.test/cb", "warehouse", false},
		{"of no organization", "https://{organization_name}.acme.test/cb", "https://warehouse.acme.test/cb", "", false},
		{"of no organization and no label", "https://{organization_name}.acme.test/cb", "https://.acme.test/cb", "", false},
		{"has to be the whole label", "https://x-{organization_name}.acme.test/cb", "https://x-warehouse.acme.test/cb", "warehouse", false},
		{"the placeholder itself is no name", "https://{organization_name}.acme.test/cb", "https://{organization_name}.acme.test/cb", "", false},

		{"a scheme of one's own", "com.acme.app://login/cb", "com.acme.app://login/cb", "", true},
		{"with an empty host", "com.acme.app:///cb", "com.acme.app:///cb", "", true},
		{"without slashes", "com.acme.app:/cb", "com.acme.app:/cb", "", true},
		{"and another path", "com.acme.app:/cb", "com.acme.app:/cb2", "", false},

		{"userinfo is part of the host", "https://app.acme.test/cb", "https://app.acme.test@evil.test/cb", "", false},
		{"userinfo in a wildcard's label", "https://*.acme.test/cb", "https://evil.test:x@a.acme.test/cb", "", false},
		{"userinfo in a wildcard's label alone", "https://*.acme.test/cb", "https://user@.acme.test/cb", "", false},
		{"a backslash is a slash to browsers", "https://*.acme.test/cb", `https://evil.test\.acme.test/cb`, "", false},
		{"a slash ends the host", "https://*.acme.test/cb", "https://evil.test/.acme.test/cb", "", false},
		{"a question mark ends the host", "https://*.acme.test/cb", "https://evil.test?.acme.test/cb", "", false},
		{"a hash ends the host", "https://*.acme.test/cb", "https://evil.test#.acme.test/cb", "", false},
		{"an escaped slash", "https://*.acme.test/cb", "https://evil%2f.acme.test/cb", "", false},
		{"an escaped dot", "https://*.acme.test/cb", "https://evil%2etest.acme.test/cb", "", false},
		{"a colon in a wildcard's label", "https://*.acme.test/cb", "https://evil:1.acme.test/cb", "", false},
		{"a semicolon in a wildcard's label", "https://*.acme.test/cb", "https://evil;x.acme.test/cb", "", false},
		{"a space", "https://*.acme.test/cb", "https://evil .acme.test/cb", "", false},
		{"a full-width slash", "https://*.acme.test/cb", "https://evil／.acme.test/cb", "", false},
		{"an ideographic full stop", "https://*.acme.test/cb", "https://evil。x.acme.test/cb", "", false},
		{"a newline", "https://app.acme.test/cb", "https://app.acme.test/cb\n", "", false},
		{"a tab, which browsers drop", "https://app.acme.test/cb", "https://app.\tacme.test/cb", "", false},
		{"a newline that is configured too", "https://app.acme.test/cb\n", "https://app.acme.test/cb\n", "", false},
		{"a null byte", "https://app.acme.test/cb", "https://app.acme.test/cb\x00", "", false},
		{"a space in front", "https://app.acme.test/cb", " https://app.acme.test/cb", "", false},
		{"a Kelvin sign for a k", "https://kiosk.acme.test/cb", "https://\u212aiosk.acme.test/cb", "", false},
		{"a long s for an s", "https://app.acme.test/cb", "http\u017f://app.acme.test/cb", "", false},
		{"bytes that are no text", "https://a\xff.acme.test/cb", "https://a\xfe.acme.test/cb", "", false},
		{"a relative address", "https://app.acme.test/cb", "//app.acme.test/cb", "", false},
		{"a script", "https://app.acme.test/cb", "javascript://app.acme.test/cb", "", false},
		{"three slashes", "https://app.acme.test/cb", "https:///app.acme.test/cb", "", false},
		{"a literal wildcard", "https://*.acme.test/cb", "https://*.acme.test/cb", "", false},
		{"nothing", "https://app.acme.test/cb", "", "", false},
		{"nothing allowed", "", "https://app.acme.test/cb", "", false},
	}
	for _, row := range rows {
		c := &tenant.Client{Callbacks: []string{"https://unrelated.test/", row.allowed}}
		if got := c.MatchCallback(row.sent, row.organization); got != row.want {
			t.Errorf("%s: %q against %q is %t", row.sentence, row.sent, row.allowed, got)
		}
	}
	if (&tenant.Client{}).MatchCallback("", "") {
		t.Error("a client without callbacks allows none, the empty one included")
	}
}

func TestStrictThirdPartyHasNoWildcards(t *testing.T) {
	t.Parallel()
	c := &tenant.Client{ClientID: "tpc_x", Callbacks: []string{"https://*.acme.test/cb", "https://acme.test/cb"}}
	if c.MatchCallback("https://app.acme.test/cb", "") {
		t.Error("by wildcard")
	}
	if !c.MatchCallback("https://acme.test/cb", "") {
		t.Error("exactly")
	}
}

func TestMatchLogoutURL(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sentence          string
		allowed, returnTo string
		withQuery, want   bool
	}{
		{"the same", "https://acme.test/bye", "https://acme.test/bye", false, true},
		{"/v2/logout leaves the query out", "https://acme.test/bye", "https://acme.test/bye?a=1", false, true},
		{"and the fragment", "https://acme.test/bye", "https://acme.test/bye#x", false, true},
		{"on either side", "https://acme.test/bye?a=1", "https://acme.test/bye", false, true},
		{"/oidc/logout does not", "https://acme.test/bye", "https://acme.test/bye?a=1", true, false},
		{"the same query is fine there", "https://acme.test/bye?a=1", "https://acme.test/bye?a=1", true, true},
		{"case of the path counts", "https://acme.test/bye", "https://acme.test/Bye", false, false},
		{"wildcards work", "https://*.acme.test", "https://a.acme.test", false, true},
		{"a query cannot hide another host", "https://*.acme.test/", "https://evil.test?.acme.test/", false, false},
		{"nor can a fragment", "https://*.acme.test", "https://evil.test#.acme.test", false, false},
		{"a header cannot be injected by the query", "https://acme.test/bye", "https://acme.test/bye?a\r\nSet-Cookie: x", false, false},
		{"a space in the query is none of ours", "https://acme.test/bye", "https://acme.test/bye?a=b c", false, true},
		{"nothing", "https://acme.test/bye", "", false, false},
	} {
		if got := tenant.MatchLogoutURL([]string{"https://unrelated.test", row.allowed}, row.returnTo, row.withQuery); got != row.want {
			t.Errorf("%s: %q against %q is %t", row.sentence, row.returnTo, row.allowed, got)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	c := &tenant.Client{
		Callbacks:      []string{"https://app.acme.test/cb", "com.acme.app://login", "http://localhost:3000"},
		AllowedOrigins: []string{"https://cors.acme.test"},
		WebOrigins:     []string{"https://*.web.acme.test/ignored/path", "HTTP://Upper.acme.test:80"},
	}
	for _, row := range []struct {
		sentence, origin string
		cors, webMessage bool
	}{
		{"the origin of a callback", "https://app.acme.test", true, false},
		{"with its port", "http://localhost:3000", true, false},
		{"with another port", "http://localhost:3001", false, false},
		{"an allowed origin", "https://cors.acme.test", true, false},
		{"a web origin, whose path does not count", "https://a.web.acme.test", true, true},
		{"a default port and upper case", "http://upper.acme.test", true, true},
		{"another scheme", "http://app.acme.test", false, false},
		{"a stranger", "https://evil.test", false, false},
		{"a sandboxed frame", "null", false, false},
		{"none", "", false, false},
		{"a scheme of one's own is no origin", "com.acme.app://login", false, false},
		{"a suffix", "https://evil-app.acme.test", false, false},
		{"a userinfo", "https://x@app.acme.test", false, false},
	} {
		if got := c.AllowsOrigin(row.origin); got != row.cors {
			t.Errorf("CORS, %s: %t", row.sentence, got)
		}
		if got := c.AllowsWebMessage(row.origin); got != row.webMessage {
			t.Errorf("web_message, %s: %t", row.sentence, got)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://Acme.test/a?b#c":    "https://acme.test",
		"https://acme.test:443/":     "https://acme.test",
		"http://acme.test:80":        "http://acme.test",
		"http://acme.test:443":       "http://acme.test:443",
		"http://acme.test:8080?x":    "http://acme.test:8080",
		"HTTPS://acme.test\\@evil":   "https://acme.test",
		"https://user@acme.test":     "",
		"https:///path":              "",
		"ftp://acme.test":            "",
		"acme.test":                  "",
		"javascript:alert(1)//":      "",
		"":                           "",
		"http://[::1]:3000/callback": "http://[::1]:3000",
	} {
		if got := tenant.Origin(in); got != want {
			t.Errorf("Origin(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestValidRedirect(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"https://acme.test/cb": true, "http://localhost:3000": true, "com.acme.app://cb": true, "com.acme.app:/cb": true,
		"javascript:alert(1)": false, "JavaScript:alert(1)": false, "data:text/html,x": false, "vbscript:x": false,
		"file:///etc/passwd": false, "blob:https://x": false, "about:blank": false,
		"/relative": false, "//acme.test/cb": false, "acme.test": false, "": false, "https://": false,
		"https://user:pass@acme.test/cb": false, "https://acme.test/\n": false, "https:///cb": false,
	} {
		if got := tenant.ValidRedirect(raw); got != want {
			t.Errorf("ValidRedirect(%q) = %t", raw, got)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"https://orders.acme.test", "read:orders", "write:orders", "x"}
	for in, want := range map[string]string{
		"read:order": "read:orders", "raed:orders": "read:orders", "READ:ORDERS": "read:orders",
		"https://orders.acme.test/": "https://orders.acme.test", "entirely different words": "", "": "x",
	} {
		if got := tenant.Nearest(in, candidates); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
	if got := tenant.Nearest("a", nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

// FuzzMatchCallback: whatever matches goes, as net/url reads it, to a host the
// configured URL allows.
func FuzzMatchCallback(f *testing.F) {
	for _, seed := range [][3]string{
		{"https://app.acme.test/cb", "https://app.acme.test/cb", ""},
		{"https://*.acme.test/cb", "https://a.acme.test/cb", ""},
		{"https://*.acme.test/cb", `https://evil.test\.acme.test/cb`, ""},
		{"https://*.acme.test", "https://evil.test#.acme.test", ""},
		{"https://{organization_name}.acme.test/", "https://o.acme.test/", "o"},
		{"com.app:/x", "com.app:/x", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, allowed, sent, organization string) {
		c := &tenant.Client{Callbacks: []string{allowed}}
		if !c.MatchCallback(sent, organization) || !tenant.ValidRedirect(sent) {
			return
		}
		to, err := url.Parse(sent)
		if err != nil {
			t.Fatalf("ValidRedirect passed %q: %v", sent, err)
		}
		if strings.EqualFold(allowed, sent) {
			return
		}
		if to.Scheme != "http" && to.Scheme != "https" {
			t.Fatalf("%q and %q differ, and have no host that may", allowed, sent)
		}
		_, rest, _ := strings.Cut(allowed, "://")
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			rest = rest[:i]
		}
		_, domain, _ := strings.Cut(strings.ToLower(rest), ".")
		if domain == "" || !strings.HasSuffix(strings.ToLower(to.Host), "."+domain) {
			t.Fatalf("%q matched %q, and leads to %q", sent, allowed, to.Host)
		}
	})
}
