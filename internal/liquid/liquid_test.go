package liquid_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/faux0/faux0/internal/liquid"
)

func fill(t *testing.T, source string, values map[string]any) string {
	t.Helper()
	template, err := liquid.HTML(source)
	if err != nil {
		t.Fatal(err)
	}
	got, err := template.Fill(values)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestValuesAreEscapedOnce(t *testing.T) {
	t.Parallel()
	values := map[string]any{"user": map[string]any{"name": `<b>"O'Neil" & \` + "`\u2028"}, "n": 3, "yes": true}
	const escaped = `&#60;b&#62;&#34;O&#39;Neil&#34; &#38; &#92;&#96;&#8232;`
	for source, want := range map[string]string{
		"{{ user.name }}":                                escaped,
		"{{user.name|escape}}":                           escaped,
		"{{- user.name | escape_once -}}":                escaped,
		"a {{ n }} {{ yes }} {{ nothing }} b":            "a 3 true  b",
		"{% raw %}{{ user.name }}{% endraw %}":           "{{ user.name }}",
		"{% if user.name contains '<b>' %}it{% endif %}": "it",
		"{% assign x = user.name %}{{ x }}":              escaped,
		"{% for c in (1..3) %}{{ c }}{% endfor %}":       "123",
	} {
		if got := fill(t, source, values); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	plain, err := liquid.Text("{{ user.name }}")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := plain.Fill(values); got != `<b>"O'Neil" & \`+"`\u2028" {
		t.Errorf("as text it is %q", got)
	}
}

// Source: Auth0 docs, "Supported Liquid syntax for email templates".
func TestWhatAuth0HasIsThere(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"{% assign language = 'de-CH' %}{% assign language = language | slice: 0,2 %}{% if language == 'de' %}Hallo{% elsif language == 'fr' %}Salut{% else %}Hi{% endif %}": "Hallo",
		"{% case x %}{% when 'a' %}A{% else %}B{% endcase %}":                      "B",
		"{% unless x %}no{% endunless %}{% comment %}{{ x | no }}{% endcomment %}": "no",
		"{% increment n %}{% increment n %}{% decrement m %}{% decrement m %}":     "01-1-2",
		"{{ 3 | at_least: 5 }}{{ 3 | at_most: 2 }}":                                "52",
		"{{ 'a b' | url_encode }}{{ x | default: 'none' }}":                        "a+bnone",
		"{% for i in list %}{% cycle 'o', 'e' %}{{ i }}{% endfor %}":               "o1e2",
	} {
		if got := fill(t, source, map[string]any{"list": []any{1, 2}}); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	if got := fill(t, "{% debug %}", map[string]any{"user": map[string]any{"name": "<Ada>"}}); !strings.Contains(got, "&#34;name&#34;") || strings.Contains(got, "<Ada>") {
		t.Errorf("debug shows %q", got)
	}
	page := "<head>\n{%- auth0:head -%}</head><body>{%auth0:widget%}</body>"
	if got := fill(t, page, map[string]any{liquid.Head: "<title>x</title>", liquid.Widget: "<main></main>"}); got != "<head><title>x</title></head><body><main></main></body>" {
		t.Errorf("the page is %q", got)
	}
}

func TestAFaultHasItsLine(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]liquid.Fault{
		"a\n{{ x | shout }}":            {Line: 2, Message: `undefined filter "shout"`},
		"a\nb\n{% if x %}\nc":           {Line: 3, Message: "unterminated"},
		"{% nonsense %}":                {Line: 1, Message: "nonsense"},
		"\n{% include '/etc/passwd' %}": {Line: 2, Message: "include has no files"},
		"\n\n{{ x y z }}":               {Line: 3, Message: "syntax error"},
	} {
		f := liquid.Check(source)
		if f == nil || f.Line != want.Line || !strings.Contains(f.Message, want.Message) || strings.Contains(f.Message, "faux0") {
			t.Errorf("%q has the fault %v, want %v", source, f, want)
		}
	}
	for _, sound := range []string{"", "Hi {{ user.name | escape }}", "{{ a.b.c.d }}{% for x in nothing %}{% endfor %}"} {
		if f := liquid.Check(sound); f != nil {
			t.Errorf("%q has the fault %v", sound, f)
		}
	}
}

func TestATemplateThatGoesOnAndOnEnds(t *testing.T) {
	t.Parallel()
	template, err := liquid.Text("{% for i in (1..100000) %}{{ long }}{% endfor %}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = template.Fill(map[string]any{"long": strings.Repeat("x", 1000)})
	var fault *liquid.Fault
	if !errors.As(err, &fault) {
		t.Errorf("it ended with %v", err)
	}
}
