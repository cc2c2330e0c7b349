package ui_test

import (
	"encoding/json"
	"go/doc"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	words "github.com/faux0/faux0/provider/internal/text"
	"github.com/faux0/faux0/provider/internal/ui"
)

func TestEveryPageIsSoundForKeyboardAndScreenReader(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, render(t, s.page))
			if p.one(t, "html").attr["lang"] == "" {
				t.Error("the page has no language")
			}
			if strings.TrimSpace(p.one(t, "title").text) == "" {
				t.Error("the page has no title")
			}
			if _, invisible := s.page.(ui.WebMessage); !invisible {
				p.one(t, "main")
				p.one(t, "h1")
			}
			ids(t, p)
			names(t, p)
			for _, e := range p {
				if _, ok := e.attr["style"]; ok {
					t.Errorf("<%s> has a style of its own", e.name)
				}
				for name := range e.attr {
					if strings.HasPrefix(name, "on") {
						t.Errorf("<%s> has a script in %s", e.name, name)
					}
				}
			}
		})
	}
}

// ids checks that ids are unique and that what refers to one finds it.
func ids(t *testing.T, p page) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range p {
		if id, ok := e.attr["id"]; ok {
			if seen[id] {
				t.Errorf("id %q twice", id)
			}
			seen[id] = true
		}
	}
	for _, e := range p {
		for _, ref := range []string{"for", "aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(e.attr[ref]) {
				if !seen[id] {
					t.Errorf("<%s %s=%q> refers to nothing", e.name, ref, id)
				}
			}
		}
	}
}

// names checks that all one can use has a name one can hear.
func names(t *testing.T, p page) {
	t.Helper()
	for _, e := range p {
		switch e.name {
		case "input", "textarea":
			if e.attr["type"] != "hidden" && len(p.all("label", "for", e.attr["id"])) != 1 {
				t.Errorf("<%s id=%q> has no label", e.name, e.attr["id"])
			}
		case "button", "a", "summary", "label":
			if strings.TrimSpace(e.text) == "" {
				t.Errorf("<%s> says nothing", e.name)
			}
		case "img":
			if e.attr["alt"] == "" {
				t.Error("<img> without alt")
			}
		}
	}
}

// Scripts that drive Auth0's Universal Login find their elements.
func TestLoginKeepsTheNamesThatBrowserScriptsRelyOn(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		l, ok := s.page.(ui.Login)
		if !ok || !l.DatabaseForm {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, render(t, l))
			form := p.one(t, "form", "method", "POST", "data-form-primary", "true")
			if form.attr["action"] != l.Action {
				t.Errorf("the form posts to %q", form.attr["action"])
			}
			for _, state := range p.all("input", "name", "state") {
				if state.attr["type"] != "hidden" || state.attr["value"] != l.State {
					t.Errorf("state is %v", state.attr)
				}
			}
			username := p.one(t, "input", "id", "username", "name", "username")
			if username.attr["value"] != l.Username {
				t.Errorf("username holds %q", username.attr["value"])
			}
			if _, fixed := username.attr["readonly"]; fixed != (l.Fixed || !l.AskIdentifier) {
				t.Error("the identifier is typed on its own page, and shown on the next")
			}
			if n := len(p.all("input", "id", "password", "name", "password", "type", "password")); n != 0 != l.AskPassword {
				t.Errorf("%d password fields", n)
			}
			button := p.one(t, "button", "type", "submit", "name", "action", "value", "default", "data-action-button-primary", "true")
			if button.text != l.T("login.login.buttonText") {
				t.Errorf("the button says %q", button.text)
			}
			failure(t, p, l)
			if n := len(p.all("input", "autofocus", "autofocus")); n != 1 {
				t.Errorf("%d fields take the focus, want one", n)
			}
		})
	}
}

func failure(t *testing.T, p page, l ui.Login) {
	t.Helper()
	if l.Error == nil {
		if alerts := p.all("div", "role", "alert"); len(alerts) > 0 {
			t.Errorf("an alert without an error: %q", alerts[0].text)
		}
		return
	}
	kind, id := "div", "prompt-alert"
	if l.Error.Field != "" {
		kind, id = "span", "error-element-"+l.Error.Field
		p.one(t, "input", "id", l.Error.Field, "aria-invalid", "true", "aria-describedby", id)
	}
	if e := p.one(t, kind, "id", id, "role", "alert", "data-error-code", l.Error.Code); e.text != l.Error.Text {
		t.Errorf("the error says %q", e.text)
	}
}

func TestFixtureUsersAreOneClickEach(t *testing.T) {
	t.Parallel()
	p := parse(t, render(t, with(login(), func(p *ui.Login) { p.Users = people(30) })))
	if n := len(p.all("button", "name", "user_id")); n != 30 {
		t.Errorf("%d buttons, want 30", n)
	}
	ada := p.one(t, "button", "name", "user_id", "value", "auth0|ada")
	if !strings.Contains(ada.text, "ada@acme.test") || !strings.Contains(ada.text, "clerk") {
		t.Errorf("the button says %q", ada.text)
	}
	if p := parse(t, render(t, with(login(), func(p *ui.Login) { p.Users = nil }))); len(p.all("details")) != 0 {
		t.Error("a list of nobody")
	}
}

// A value can fill a place, never make a new one.
func TestHostileStringsStayText(t *testing.T) {
	t.Parallel()
	hostile := []string{
		`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title></style></script><b>`, `" onfocus="alert(1)`,
		`javascript:alert(1)`, `{{.}}`, "\u2028\u2029</script>", "--></noscript><b>", "a\x00b", "\xff",
	}
	seen := map[reflect.Type]bool{}
	for _, s := range samples() {
		kind := reflect.TypeOf(s.page)
		if seen[kind] {
			continue
		}
		seen[kind] = true
		for _, flag := range []bool{true, false} {
			want := parse(t, render(t, filled(kind, "x", flag))).shape()
			for _, text := range hostile {
				html := render(t, filled(kind, text, flag))
				if strings.Contains(string(html), "javascript:alert") && kind != reflect.TypeFor[ui.WebMessage]() && link(t, html) {
					t.Errorf("%s links to a script", kind)
				}
				if got := parse(t, html).shape(); got != want {
					t.Errorf("%s with %q in every field is another page:\n%s\nwant\n%s", kind, text, got, want)
				}
			}
		}
	}
	for _, typ := range documentation(t).Types {
		isPage := slices.ContainsFunc(typ.Methods, func(f *doc.Func) bool { return f.Name == "template" })
		if isPage && !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(k reflect.Type) bool { return k.Name() == typ.Name }) {
			t.Errorf("no sample of %s", typ.Name)
		}
	}
}

func link(t *testing.T, html []byte) bool {
	t.Helper()
	return slices.ContainsFunc(parse(t, html), func(e *element) bool {
		return slices.ContainsFunc([]string{"href", "src", "action", "formaction"}, func(name string) bool {
			return strings.HasPrefix(strings.TrimSpace(e.attr[name]), "javascript:")
		})
	})
}

// filled is a page with a text in every string and one entry in every list.
func filled(kind reflect.Type, text string, flag bool) ui.Page {
	v := reflect.New(kind).Elem()
	fill(v, text, flag)
	return v.Interface().(ui.Page)
}

func fill(v reflect.Value, text string, flag bool) {
	switch v.Type() {
	case reflect.TypeFor[words.Texts](), reflect.TypeFor[*ui.Custom]():
		return // the tenant's own words and HTML, with tests of their own
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(flag)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text, flag)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{text: text}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, flag)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text, flag)
		}
	}
}

var scriptBreakers = []string{"plain", "</script><script>alert(1)//", "\u2028\u2029", `"';\`, "<!--", "æ 果"}

// unbroken fails if a value got out of the page's only script.
func unbroken(t *testing.T, html, value string) {
	t.Helper()
	if strings.Count(html, "</script>") != 1 || strings.ContainsAny(html, "\u2028\u2029") || strings.Contains(html, "<!--") {
		t.Errorf("%q leaves its script:\n%s", value, html)
	}
}

// literal reads the JSON that a pattern finds in a script.
func literal(t *testing.T, html, pattern string, target any) {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(html)
	if found == nil {
		t.Fatalf("no %s in\n%s", pattern, html)
	}
	if err := json.Unmarshal([]byte(found[1]), target); err != nil {
		t.Fatalf("%v in %s", err, found[1])
	}
}

func TestWebMessageHandsOverWhatItWasGiven(t *testing.T) {
	t.Parallel()
	for _, value := range scriptBreakers {
		html := string(render(t, ui.WebMessage{
			TargetOrigin: "https://app.test", ScriptNonce: "n", Response: map[string]any{"code": value, "expires_in": 86400},
		}))
		unbroken(t, html, value)
		var got map[string]any
		literal(t, html, `response: (\{.*\})\};`, &got)
		if got["code"] != value || got["expires_in"] != float64(86400) {
			t.Errorf("%q became %v", value, got)
		}
		if !strings.Contains(html, `targetOrigin = "https://app.test";`) {
			t.Errorf("no target origin in\n%s", html)
		}
	}
}

func TestPopupHandsOverWhatItWasGiven(t *testing.T) {
	t.Parallel()
	for _, value := range scriptBreakers {
		html := string(render(t, ui.Popup{Origins: []string{"https://app.test", value}, ScriptNonce: "n", Response: map[string]any{"state": value}}))
		unbroken(t, html, value)
		var origins []string
		literal(t, html, `origins = (\[.*\]) \|\|`, &origins)
		var got map[string]any
		literal(t, html, `d: (\{.*\})\}\);`, &got)
		if !slices.Equal(origins, []string{"https://app.test", value}) || got["state"] != value {
			t.Errorf("%q became %v and %v", value, origins, got)
		}
	}
}

func TestFormPostSubmitsItselfAndCanBeSubmittedByHand(t *testing.T) {
	t.Parallel()
	value := `</script>"'<&` + "\u2028"
	p := parse(t, render(t, ui.FormPost{
		Action: "https://app.test/callback?a=1&b=2", ScriptNonce: "n+/=", Fields: []ui.Field{{Name: "code", Value: value}},
	}))
	if form := p.one(t, "form", "method", "post"); form.attr["action"] != "https://app.test/callback?a=1&b=2" {
		t.Errorf("the form posts to %q", form.attr["action"])
	}
	if got := p.one(t, "input", "name", "code", "type", "hidden").attr["value"]; got != value {
		t.Errorf("code is %q, want %q", got, value)
	}
	if script := p.one(t, "script", "nonce", "n+/="); script.text != "document.forms[0].submit();" {
		t.Errorf("the script is %q", script.text)
	}
	p.one(t, "button", "type", "submit")
}

func TestAnErrorPageTellsWhatToChange(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		e, ok := s.page.(ui.Error)
		if !ok {
			continue
		}
		html := render(t, e)
		p := parse(t, html)
		if got := p.one(t, "p", "role", "alert").text; got != e.Description {
			t.Errorf("%s says %q", s.name, got)
		}
		if p.one(t, "title").text != "Oops!, something went wrong" {
			t.Errorf("%s has the title %q", s.name, p.one(t, "title").text)
		}
		if got := len(p.all("dt")); got != len(e.Details) {
			t.Errorf("%s has %d details", s.name, got)
		}
		if hint := len(p.all("section", "class", "hint")); hint == 1 != (e.Hint != "") {
			t.Errorf("%s has %d hints", s.name, hint)
		}
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	data, contentType, etag, ok := ui.Static("faux0.css")
	if !ok || len(data) == 0 || contentType != "text/css; charset=utf-8" || len(etag) != 18 {
		t.Errorf("Static = %d bytes, %q, %q, %v", len(data), contentType, etag, ok)
	}
	for _, name := range []string{"", "none.css", "../templates/login.html", "/etc/passwd", "."} {
		if _, _, _, ok := ui.Static(name); ok {
			t.Errorf("Static(%q) is there", name)
		}
	}
}

func BenchmarkRenderLogin(b *testing.B) {
	p := login()
	for b.Loop() {
		if _, err := ui.Render(p); err != nil {
			b.Fatal(err)
		}
	}
}
