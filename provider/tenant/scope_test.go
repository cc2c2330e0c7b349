package tenant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func TestParseScope(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                             nil,
		" ":                            nil,
		"openid":                       {"openid"},
		"openid profile":               {"openid", "profile"},
		"  b   a\tb\n":                 {"b", "a"},
		"read:orders Read:orders":      {"read:orders", "Read:orders"},
		"a,b":                          {"a,b"},
		strings.Repeat("again ", 1000): {"again"},
	} {
		if got := tenant.ParseScope(in); !slices.Equal(got, want) {
			t.Errorf("ParseScope(%.20q) = %v, want %v", in, got, want)
		}
	}
}

func TestOIDCScope(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]bool{
		"openid": true, "profile": true, "email": true, "phone": true, "address": true, "offline_access": true,
		"online_access": true, "nickname": true, "identities": true,
		"read:orders": false, "OpenID": false, "": false, "username": false, "permissions": false,
	} {
		if got := tenant.OIDCScope(scope); got != want {
			t.Errorf("OIDCScope(%q) = %t", scope, got)
		}
	}
}

// FuzzParseScope: the result holds each word once, in the order of first
// mention, and parsing it again changes nothing.
func FuzzParseScope(f *testing.F) {
	f.Add("openid profile openid")
	f.Add(" a\u00a0b\x00c ")
	f.Fuzz(func(t *testing.T, s string) {
		scopes := tenant.ParseScope(s)
		if again := tenant.ParseScope(strings.Join(scopes, " ")); !slices.Equal(scopes, again) {
			t.Fatalf("%q, then %q", scopes, again)
		}
		rest := s
		for i, scope := range scopes {
			if scope == "" || strings.ContainsAny(scope, " \t\r\n") || slices.Contains(scopes[:i], scope) {
				t.Fatalf("%q of %q", scope, s)
			}
			at := strings.Index(rest, scope)
			if at < 0 {
				t.Fatalf("%q is out of order in %q", scope, s)
			}
			rest = rest[at+len(scope):]
		}
	})
}
