package ui

import (
	"html/template"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/text"
)

// catalogue is the words of the pages, under Auth0's own prompts, screens and
// keys where it has them.
//
// Source: Auth0 docs, "Customize Universal Login text elements".
var catalogue = text.New(files)

// T is the text with the key prompt.screen.name: the tenant's own one, else
// ours in the page's language. pairs are names and values of what the text
// holds as ${name}; companyName is always known.
//
// Source: Auth0 docs, "Customize Universal Login text elements".
func (l Look) T(key string, pairs ...string) string { return l.fill(l.text(key), pairs) }

// Bold is T with the values of pairs in bold, for a page that must not be read
// over.
func (l Look) Bold(key string, pairs ...string) template.HTML {
	bold := slices.Clone(pairs)
	for i := 1; i < len(bold); i += 2 {
		bold[i] = "<strong>" + template.HTMLEscapeString(bold[i]) + "</strong>"
	}
	l.TenantName = template.HTMLEscapeString(l.TenantName)
	return template.HTML(l.fill(template.HTMLEscapeString(l.text(key)), bold)) //nolint:gosec // text and values are escaped
}

// text is the text of a key with its variables.
func (l Look) text(key string) string {
	if own, ok := l.Own.Get(key); ok {
		return own
	}
	prompt, rest, _ := strings.Cut(key, ".")
	if like, ok := halves[prompt]; ok && !catalogue.Knows(key) {
		_, name, _ := strings.Cut(rest, ".")
		key = like + name
	}
	return catalogue.Find(l.Lang, key)
}

// halves are the prompts of identifier first. Of our own texts, they share most
// with the page that has both fields.
var halves = map[string]string{
	"login-id": "login.login.", "login-password": "login.login.", "signup-id": "signup.signup.", "signup-password": "signup.signup.",
}

func (l Look) fill(words string, pairs []string) string {
	return text.Fill(words, append([]string{"companyName", l.TenantName}, pairs...)...)
}

// Knows says whether there is a text with the key.
func Knows(key string) bool { return catalogue.Knows(key) }
