// Package liquid fills a tenant's own templates: of mails, of text messages and
// of pages. It knows the tags and filters that Auth0 has, and no files.
//
// Source: Auth0 docs, "Supported Liquid syntax for email templates", "Customize
// Universal Login page templates".
package liquid

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
	"sync"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"
)

// Template is one that can be filled.
type Template struct{ parsed *liquid.Template }

// Fault is what is wrong with a template.
type Fault struct {
	// Line counts from 1.
	Line    int
	Message string
}

// Error is the fault in one line.
func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Message) }

// Text parses a template whose values stay as they are.
func Text(source string) (*Template, error) { return parse(source) }

// HTML parses a template whose values are escaped, whatever the author does:
// strangers choose what they are called.
//
// Differs: Auth0 leaves it to the author to pipe values through escape. What is
// escaped already is not escaped again.
func HTML(source string) (*Template, error) { return parse(escaping(source)) }

func parse(source string) (t *Template, err error) {
	defer recovered(&err)
	parsed, failure := engine().ParseTemplateLocation([]byte(source), "", 1)
	if failure != nil {
		return nil, fault(failure)
	}
	return &Template{parsed}, nil
}

// recovered makes a fault of a panic, by which the library reports some.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = &Fault{Line: 1, Message: fmt.Sprint(p)}
	}
}

// Check says what is wrong with a template before anybody needs it: it is
// parsed, and filled with nothing.
func Check(source string) *Fault {
	t, err := HTML(source)
	if err == nil {
		_, err = t.Fill(map[string]any{})
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// maxOutput ends a template that goes on and on.
const maxOutput = 1 << 20

// Fill is the template with the values.
func (t *Template) Fill(values map[string]any) (filled string, err error) {
	defer recovered(&err)
	var out limited
	bindings := make(map[string]any, len(values)) // assign writes into them
	for name, value := range values {
		bindings[name] = value
	}
	if failure := t.parsed.FRender(&out, bindings); failure != nil {
		return "", fault(failure)
	}
	return out.String(), nil
}

// limited is a text of at most maxOutput bytes.
type limited struct{ strings.Builder }

// Write adds to the text while there is room.
func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("more than %d KB come of it", maxOutput>>10)
	}
	return l.Builder.Write(p)
}

// fault takes the library's error apart.
func fault(err liquid.SourceError) error {
	message := err.Error()
	if cause := err.Cause(); cause != nil {
		message = cause.Error()
	}
	message = prefix.ReplaceAllString(message, "")
	return &Fault{Line: max(err.LineNumber(), 1), Message: strings.ReplaceAll(message, " | "+escapeFilter, "")}
}

var prefix = regexp.MustCompile(`^Liquid error(?: \(line \d+\))?: `)

// Values of the tags auth0:head and auth0:widget; they are HTML.
const (
	Head   = "auth0_head"
	Widget = "auth0_widget"
)

// Safe is a value that is HTML already.
type Safe string

const escapeFilter = "faux0_escape"

var engine = sync.OnceValue(func() *liquid.Engine {
	e := liquid.NewEngine()
	e.RegisterFilter(escapeFilter, escape)
	e.RegisterFilter("escape", func(s string) string { return html.EscapeString(s) })
	e.RegisterFilter("at_least", func(a, b float64) float64 { return max(a, b) })
	e.RegisterFilter("at_most", func(a, b float64) float64 { return min(a, b) })
	e.RegisterTag("debug", debug)
	for _, name := range []string{Head, Widget} {
		e.RegisterTag(name, func(ctx render.Context) (string, error) { s, _ := ctx.Get(name).(string); return s, nil })
	}
	for _, name := range []string{"include", "layout", "render"} {
		e.RegisterTag(name, func(render.Context) (string, error) { return "", errors.New(name + " has no files to take from") })
	}
	e.RegisterTag("increment", counter(func(n int) (shown, next int) { return n, n + 1 }))
	e.RegisterTag("decrement", counter(func(n int) (shown, next int) { return n - 1, n - 1 }))
	return e
})

// counter is a tag that shows a number and changes it.
func counter(step func(int) (shown, next int)) liquid.Renderer {
	return func(ctx render.Context) (string, error) {
		name := "faux0_counter_" + strings.TrimSpace(ctx.TagArgs())
		n, _ := ctx.Get(name).(int)
		shown, next := step(n)
		ctx.Set(name, next)
		return fmt.Sprint(shown), nil
	}
}

// debug shows the variables of a template.
//
// Source: Auth0 docs, "Supported Liquid syntax for email templates" (debug tag).
func debug(ctx render.Context) (string, error) {
	shown := map[string]any{}
	for name, value := range ctx.Bindings() {
		if name != Head && name != Widget {
			shown[name] = value
		}
	}
	raw, err := json.MarshalIndent(shown, "", "  ")
	return "<pre>" + html.EscapeString(string(raw)) + "</pre>", err
}

// Outputs, and what has none: raw blocks, and the tags of Auth0's own, whose
// names the library cannot read.
var (
	outputs = regexp.MustCompile(`(?s)\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{\{-?.*?-?\}\}`)
	output  = regexp.MustCompile(`(?s)^(\{\{-?)(.*?)(-?\}\})$`)
	own     = regexp.MustCompile(`(\{%-?\s*)auth0:(head|widget)(\s*-?%\})`)
)

// escaping makes every output of a template end in the filter that escapes.
func escaping(source string) string {
	source = own.ReplaceAllString(source, "${1}auth0_${2}${3}")
	return outputs.ReplaceAllStringFunc(source, func(found string) string {
		part := output.FindStringSubmatch(found)
		if part == nil || strings.TrimSpace(part[2]) == "" {
			return found
		}
		return part[1] + part[2] + " | " + escapeFilter + " " + part[3]
	})
}

// escape makes a value harmless wherever an author may put it, in quotes of
// HTML or of a script. What was escaped is taken as it was meant.
func escape(value any) any {
	switch value := value.(type) {
	case nil, Safe:
		return value
	case []any:
		parts := make([]any, len(value))
		for i, part := range value {
			parts[i] = escape(part)
		}
		return parts
	}
	text := html.UnescapeString(fmt.Sprint(value))
	var b strings.Builder
	for _, c := range text {
		if strings.ContainsRune("<>&\"'`\\\u2028\u2029", c) {
			fmt.Fprintf(&b, "&#%d;", c)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
