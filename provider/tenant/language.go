package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// defaultLanguage is that of a tenant that chooses none.
const defaultLanguage = "en"

// Language is the first of the languages asked for that the tenant has, else
// the tenant's own, which is the first of those it has.
//
// Source: Auth0 docs, "Universal Login internationalization"; OpenID Connect
// Core 1.0 §3.1.2.1 (ui_locales). That another region of a language serves is
// inferred.
func (s *Settings) Language(asked []string) string {
	enabled := s.EnabledLocales
	if len(enabled) == 0 {
		enabled = []string{defaultLanguage}
	}
	for _, tag := range asked {
		if lang := serving(enabled, tag); lang != "" {
			return lang
		}
	}
	return enabled[0]
}

// serving is the one of the languages that serves a tag: itself, the language
// without its region, or the same language of another region; "" for none.
func serving(languages []string, tag string) string {
	base := func(tag string) string { base, _, _ := strings.Cut(tag, "-"); return base }
	for _, fits := range []func(string) bool{
		func(lang string) bool { return strings.EqualFold(lang, tag) },
		func(lang string) bool { return strings.EqualFold(lang, base(tag)) },
		func(lang string) bool { return strings.EqualFold(base(lang), base(tag)) },
	} {
		if i := slices.IndexFunc(languages, fits); i >= 0 {
			return languages[i]
		}
	}
	return ""
}

// maxAccepted is how many languages of a header are looked at.
const maxAccepted = 20

// AcceptedLanguages are those of an Accept-Language header, best first.
//
// Source: RFC 9110 §12.5.4.
func AcceptedLanguages(header string) []string {
	type choice struct {
		tag    string
		weight float64
	}
	var choices []choice
	for _, part := range strings.SplitN(header, ",", maxAccepted) {
		tag, parameter, _ := strings.Cut(part, ";")
		c := choice{strings.TrimSpace(tag), 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			weight, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			c.weight = weight
		}
		if c.tag != "" && c.tag != "*" && c.weight > 0 {
			choices = append(choices, c)
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(b.weight, a.weight) })
	var tags []string
	for _, c := range choices {
		tags = append(tags, c.tag)
	}
	return tags
}
