package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func send(rt *Router, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestPathsAreMatchedAsSent(t *testing.T) {
	t.Parallel()
	rt := NewRouter()
	rt.Handle("GET", "/api/{id}", OAuth, func(r *http.Request) (*Response, error) { return Text(200, PathVar(r, "id")), nil })
	rt.Handle("GET", "//doubled", OAuth, func(*http.Request) (*Response, error) { return Text(200, "doubled"), nil })
	for target, want := range map[string]string{
		"/api/https%3A%2F%2Fapi%2Fv2": "https://api/v2", "/api/auth0%7Cada": "auth0|ada", "/api/a%2Fb": "a/b", "/api/100%25": "100%", "//doubled": "doubled",
	} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		parsed, err := r.URL.Parse("http://localhost" + target)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = parsed
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", target, w.Code, w.Body, want)
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	rt := NewRouter()
	rt.Handle("GET POST", "/a", OAuth, func(*http.Request) (*Response, error) { return Empty(204), nil })
	rt.HandlePrefix("/p/", OAuth, func(*http.Request) (*Response, error) { return nil, tenant.NotBuilt("p") })
	rt.NotFound(OAuth)
	for target, want := range map[string]int{"GET /a": 204, "POST /a": 204, "PUT /a": 405, "GET /b": 404, "GET /p/x/y": 501, "DELETE /p/": 501, "GET /a/": 404} {
		method, path, _ := strings.Cut(target, " ")
		if got := send(rt, method, path).Code; got != want {
			t.Errorf("%s: %d, want %d", target, got, want)
		}
	}
	if routes := strings.Join(rt.Routes(), ", "); !strings.Contains(routes, "GET /a") || !strings.Contains(routes, "POST /a") || !strings.Contains(routes, "* /p/") {
		t.Errorf("routes: %s", routes)
	}
}

func TestErrorsAreWrappedAndCausesKept(t *testing.T) {
	t.Parallel()
	rt := NewRouter()
	rt.Handle("GET", "/known", OAuth, func(*http.Request) (*Response, error) {
		return nil, fmt.Errorf("wrapped: %w", tenant.InvalidCode().WithHint("é\nx"))
	})
	rt.Handle("GET", "/unknown", OAuth, func(*http.Request) (*Response, error) { return nil, errors.New("disk on fire") })
	rt.Handle("GET", "/plain", PlainText, func(*http.Request) (*Response, error) { return nil, tenant.Unauthorized() })
	known := send(rt, "GET", "/known")
	if known.Code != 403 || known.Body.String() != `{"error":"invalid_grant","error_description":"Invalid authorization code"}` || strings.ContainsAny(known.Header().Get(HintHeader), "\né") {
		t.Errorf("known: %d %s %v", known.Code, known.Body, known.Header())
	}
	unknown := send(rt, "GET", "/unknown")
	if unknown.Code != 500 || strings.Contains(unknown.Body.String()+fmt.Sprint(unknown.Header()), "fire") {
		t.Errorf("unknown: %d %s", unknown.Code, unknown.Body)
	}
	if plain := send(rt, "GET", "/plain"); plain.Code != 401 || plain.Body.String() != "Unauthorized" {
		t.Errorf("plain: %d %s", plain.Code, plain.Body)
	}
	if e := AsError(errors.New("x")); e.Status != 500 || e.Cause == nil {
		t.Errorf("an unknown error became %+v", e)
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	Redirect("https://x/?a=<b>&c").Write(w)
	if w.Code != 302 || strings.Contains(w.Body.String(), "<b>") || w.Header().Get("Location") != "https://x/?a=<b>&c" {
		t.Errorf("redirect: %d %s %v", w.Code, w.Body, w.Header())
	}
	res, err := JSON(200, map[string]string{"a": "<&>"})
	if err != nil || string(res.Body) != `{"a":"<&>"}` {
		t.Errorf("JSON: %s, %v", res.Body, err)
	}
	if _, err := JSON(200, func() {}); err == nil {
		t.Error("a function became JSON")
	}
	w = httptest.NewRecorder()
	Empty(204).Cookie(&http.Cookie{Name: "a", Value: "1"}).Cookie(&http.Cookie{Name: "b", Value: "2"}).Write(w)
	if len(w.Header().Values("Set-Cookie")) != 2 || w.Header().Get("Content-Type") != "" {
		t.Errorf("empty: %v", w.Header())
	}
	shared := typeJSON[0]
	if OAuth(nil, tenant.InvalidCode()).With("Content-Type", "x"); typeJSON[0] != shared || len(typeJSON) != 1 {
		t.Error("a response changed the header values that all share")
	}
}
