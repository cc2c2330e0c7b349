// Package text is the words of pages and mails, by language. Whoever speaks
// has a catalogue: one file for each language, with texts by prompt, screen and
// key.
package text

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Texts are the words of one language: by prompt, screen and key, as a tenant's
// own ones are set.
//
// Source: Management API, PUT /api/v2/prompts/{prompt}/custom-text/{language}.
type Texts map[string]map[string]map[string]string

// Get finds a text by prompt.screen.key.
func (t Texts) Get(key string) (string, bool) {
	prompt, rest, _ := strings.Cut(key, ".")
	screen, name, _ := strings.Cut(rest, ".")
	text, ok := t[prompt][screen][name]
	return text, ok
}

// Fallback is the language that has every text.
const Fallback = "en"

// Catalogue is the texts of a package in several languages. They are read when
// first needed.
type Catalogue struct {
	files fs.FS
	// Languages are those there is a file for.
	Languages []string
	texts     sync.Map // by language
}

// New reads the catalogue in the files texts/LANGUAGE.json.
func New(files fs.FS) *Catalogue {
	c := &Catalogue{files: files}
	names, err := fs.Glob(files, "texts/*.json")
	if err != nil {
		panic("text: " + err.Error()) // a build fault, held by a test
	}
	for _, name := range names {
		c.Languages = append(c.Languages, strings.TrimSuffix(path.Base(name), ".json"))
	}
	return c
}

// In is the texts of one of the Languages.
func (c *Catalogue) In(lang string) Texts {
	if known, ok := c.texts.Load(lang); ok {
		return known.(Texts)
	}
	var texts Texts
	data, err := fs.ReadFile(c.files, "texts/"+lang+".json")
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		panic("text: " + lang + ": " + err.Error()) // a build fault, held by a test
	}
	known, _ := c.texts.LoadOrStore(lang, texts)
	return known.(Texts)
}

// Serving is the texts of the language that serves a BCP 47 tag.
func (c *Catalogue) Serving(tag string) Texts { return c.In(c.serves(tag)) }

// Find is the text of a key in the language that serves a BCP 47 tag, else in
// English; "" for a key nobody knows.
func (c *Catalogue) Find(tag, key string) string {
	if found, ok := c.In(c.serves(tag)).Get(key); ok {
		return found
	}
	found, _ := c.In(Fallback).Get(key)
	return found
}

// Knows says whether there is a text with the key.
func (c *Catalogue) Knows(key string) bool {
	_, ok := c.In(Fallback).Get(key)
	return ok
}

// serves is the language that serves a tag: itself, the one it is a kind of, or
// another kind of that; else English.
func (c *Catalogue) serves(tag string) string {
	base := Base(tag)
	for _, fits := range []func(string) bool{
		func(lang string) bool { return strings.EqualFold(lang, tag) },
		func(lang string) bool { return strings.EqualFold(lang, base) },
		func(lang string) bool { return strings.EqualFold(Base(lang), base) },
	} {
		for _, lang := range c.Languages {
			if fits(lang) {
				return lang
			}
		}
	}
	return Fallback
}

// Base is a tag without its region: "pt" for "pt-BR".
func Base(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return base
}

// Fill puts values into a text that holds ${name} for them. pairs are names and
// values.
func Fill(text string, pairs ...string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	values := make([]string, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		values[i], values[i+1] = "${"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(values...).Replace(text)
}
