package wire

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func request(contentType, body string) *http.Request {
	r := httptest.NewRequest("POST", "http://localhost/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func TestBody(t *testing.T) {
	t.Parallel()
	const formType, jsonType = "application/x-www-form-urlencoded", "application/json"
	for _, c := range []struct {
		name, contentType, body string
		want                    Params
	}{
		{"a form", formType, "a=1&b=x+y%26", Params{"a": "1", "b": "x y&"}},
		{"of a repeated member the first counts", formType, "a=1&a=2", Params{"a": "1"}},
		{"an empty form", formType, "", Params{}},
		{"a form under another name", "text/plain", "a=1", Params{"a": "1"}},
		{"a form without a name", "", "a=1", Params{"a": "1"}},
		{"an object", jsonType, `{"a":"1","b":"é\n"}`, Params{"a": "1", "b": "é\n"}},
		{"an object without a name", "", ` {"a":"1"}`, Params{"a": "1"}},
		{"an object with a charset", "application/json; charset=utf-8", `{"a":"1"}`, Params{"a": "1"}},
		{"a list of strings is joined", jsonType, `{"scope":["openid","email"]}`, Params{"scope": "openid email"}},
		{"an empty list", jsonType, `{"scope":[]}`, Params{"scope": ""}},
		{"null is absent", jsonType, `{"a":null}`, Params{"a": ""}},
		{"other values are kept as JSON", jsonType, `{"n":600,"t":true,"o":{"x":1},"l":[1,2]}`, Params{"n": "600", "t": "true", "o": `{"x":1}`, "l": "[1,2]"}},
		{"of a repeated member the last counts", jsonType, `{"a":"1","a":"2"}`, Params{"a": "2"}},
	} {
		got, err := Body(request(c.contentType, c.body))
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ name, contentType, body string }{
		{"a broken escape", formType, "a=%zz"}, {"a semicolon", formType, "a=1;b=2"}, {"half an object", jsonType, `{"a":`},
		{"a list", jsonType, "[]"}, {"a string", jsonType, `"a"`}, {"two objects", jsonType, "{}{}"}, {"nothing", jsonType, ""},
		{"an abyss", jsonType, `{"a":` + strings.Repeat("[", 20_000)},
	} {
		_, err := Body(request(c.contentType, c.body))
		var e *tenant.Error
		if !errors.As(err, &e) || e.Status != 400 || e.Code != "invalid_request" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestBodyHasALimit(t *testing.T) {
	t.Parallel()
	if _, err := Body(request("", "a="+strings.Repeat("x", MaxBody-2))); err != nil {
		t.Errorf("a body of exactly the limit: %v", err)
	}
	_, err := Body(request("", "a="+strings.Repeat("x", MaxBody-1)))
	var e *tenant.Error
	if !errors.As(err, &e) || e.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over the limit: %v", err)
	}
}

func TestBasicAuthIsFormDecoded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ user, pass, id, secret string }{
		{"id", "secret", "id", "secret"}, {"a%3Ab", "x%20y+z", "a:b", "x y z"}, {"id", "100%", "id", "100%"}, {"", "", "", ""},
	} {
		r := request("", "")
		r.SetBasicAuth(c.user, c.pass)
		if id, secret, ok := BasicAuth(r); !ok || id != c.id || secret != c.secret {
			t.Errorf("%s:%s is %q, %q, %v", c.user, c.pass, id, secret, ok)
		}
	}
	if _, _, ok := BasicAuth(request("", "")); ok {
		t.Error("credentials out of nothing")
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"Bearer x": "x", "bearer  x ": "x", "BEARER x.y": "x.y", "Basic x": "", "Bearer": "", "": "", "xBearer y": ""} {
		r := request("", "")
		r.Header.Set("Authorization", header)
		if got, ok := Bearer(r); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", header, got, ok)
		}
	}
}

func TestAddQuery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"http://x/cb", "http://x/cb?a=1&b=x+%26"}, {"http://x/cb?q=1", "http://x/cb?q=1&a=1&b=x+%26"}, {"http://x/cb?", "http://x/cb?a=1&b=x+%26"},
		{"http://x/cb?q&", "http://x/cb?q&a=1&b=x+%26"}, {"http://x/cb#f", "http://x/cb?a=1&b=x+%26#f"}, {"com.app://cb", "com.app://cb?a=1&b=x+%26"},
	} {
		if got := AddQuery(c.url, "a", "1", "empty", "", "b", "x &"); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.url, got, c.want)
		}
	}
	if got := AddQuery("http://x/cb", "a", ""); got != "http://x/cb" {
		t.Errorf("nothing added gives %s", got)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	if got := OneLine("a\r\nB: c\té…\x00"); strings.ContainsAny(got, "\r\n\t\x00") {
		t.Errorf("%q is no line", got)
	}
	if got := OneLine(strings.Repeat("é", 1<<20)); len(got) > 2*maxHint {
		t.Errorf("%d bytes", len(got))
	}
}

// FuzzBody reads any body under any Content-Type: what it yields is what the
// standard library reads, and it never panics.
func FuzzBody(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "a=1&b=%20;c")
	f.Add("application/json", `{"a":["b",null,{"c":1e9}]}`)
	f.Add("", "{")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		p, err := Body(request(contentType, body))
		var e *tenant.Error
		if err != nil && (!errors.As(err, &e) || e.Status != 400) {
			t.Fatalf("%q: %v", body, err)
		}
		if values, parseErr := url.ParseQuery(body); err == nil && parseErr == nil && !isJSON(request(contentType, body), []byte(body)) {
			for name := range values {
				if p.Get(name) != values.Get(name) {
					t.Fatalf("%q: %s is %q, want %q", body, name, p.Get(name), values.Get(name))
				}
			}
		}
	})
}
