package ui

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"sync"
)

// Texts are the words of the pages: by prompt, screen and key, as the tenant's
// own ones are set.
//
// Source: Management API, PUT /api/v2/prompts/{prompt}/custom-text/{language}.
type Texts map[string]map[string]map[string]string

// get finds a text by prompt.screen.key.
func (t Texts) get(key string) (string, bool) {
	prompt, rest, _ := strings.Cut(key, ".")
	screen, name, _ := strings.Cut(rest, ".")
	text, ok := t[prompt][screen][name]
	return text, ok
}

// Languages are those with texts of ours, complete ones.
var Languages = []string{"en"}

// fallback is the language of a text that no other has.
const fallback = "en"

// catalogues caches what is read from the files, by language.
var catalogues sync.Map

func catalogue(lang string) Texts {
	if known, ok := catalogues.Load(lang); ok {
		return known.(Texts)
	}
	var texts Texts
	data, err := files.ReadFile("texts/" + lang + ".json")
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		panic("ui: texts of " + lang + ": " + err.Error()) // a build fault, held by a test
	}
	known, _ := catalogues.LoadOrStore(lang, texts)
	return known.(Texts)
}

// spoken is the language of ours that serves a BCP 47 tag: itself, or the one
// it is a kind of; "" for none.
func spoken(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	for _, lang := range []string{tag, base} {
		for _, known := range Languages {
			if strings.EqualFold(lang, known) {
				return known
			}
		}
	}
	return ""
}

// T is the text with the key prompt.screen.name: the tenant's own one, else
// ours in the page's language. pairs are names and values of what the text
// holds as ${name}; companyName is always known.
//
// Source: Auth0 docs, "Customize Universal Login text elements".
func (l Look) T(key string, pairs ...string) string { return l.fill(l.text(key), pairs) }

// text is the text of a key with its variables.
func (l Look) text(key string) string {
	text, ok := "", false
	if l.Own != nil {
		text, ok = l.Own(key)
	}
	if !ok {
		text, ok = catalogue(l.words()).get(key)
	}
	if !ok {
		text, _ = catalogue(fallback).get(key)
	}
	return text
}

// fill puts the values into a text.
func (l Look) fill(text string, pairs []string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	values := []string{"${companyName}", l.TenantName}
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, "${"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(values...).Replace(text)
}

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

// Knows says whether there is a text with the key.
func Knows(key string) bool { _, ok := catalogue(fallback).get(key); return ok }

// words is the language of the page's own texts.
func (l Look) words() string {
	if lang := spoken(l.Lang); lang != "" {
		return lang
	}
	return fallback
}
