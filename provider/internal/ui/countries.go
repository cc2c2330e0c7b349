package ui

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// countryLines are the countries by name, one a line: code, prefix, name.
//
// Source: ISO 3166-1 (codes), ITU-T E.164 (prefixes).
//
//go:embed countries.txt
var countryLines string

// Countries are all countries whose phone numbers have a prefix, by name.
var Countries = sync.OnceValue(func() []Country {
	var list []Country
	for line := range strings.Lines(countryLines) {
		code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		prefix, name, _ := strings.Cut(rest, " ")
		list = append(list, Country{code, prefix, name})
	}
	return list
})

// unaccented are letters of countries' names as people type them who do not have
// them on their keyboard.
var unaccented = strings.NewReplacer("å", "a", "ç", "c", "é", "e", "ô", "o", "ü", "u")

// FindCountries are the countries whose name holds what was searched for, whose
// code it is, or whose prefix begins with it; all for "".
func FindCountries(query string) []Country {
	wanted := unaccented.Replace(strings.ToLower(strings.TrimSpace(query)))
	digits := strings.TrimLeft(wanted, "+0")
	return slices.DeleteFunc(slices.Clone(Countries()), func(c Country) bool {
		return !strings.Contains(unaccented.Replace(strings.ToLower(c.Name)), wanted) && !strings.EqualFold(c.Code, wanted) &&
			(digits == "" || !strings.HasPrefix(c.Prefix, "+"+digits))
	})
}

// LikelyFirst are the countries in another order: first the one with the code,
// then those of the languages that the person reads, such as de-AT.
func LikelyFirst(list []Country, code string, languages []string) []Country {
	likely := []string{code}
	for _, tag := range languages {
		lang, region, _ := strings.Cut(tag, "-")
		if region == "" {
			region = homes[lang]
		}
		likely = append(likely, strings.ToUpper(region))
	}
	rank := func(c Country) int {
		if at := slices.Index(likely, c.Code); at >= 0 {
			return at
		}
		return len(likely)
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Country) int { return rank(a) - rank(b) })
	return list
}

// homes are the countries of languages that say none, of those that pages have.
var homes = map[string]string{"de": "DE", "en": "US", "es": "ES", "fr": "FR", "ja": "JP", "pt": "PT"}

// defaultCountry stands where nobody has chosen one. Auth0 guesses by the
// address of the browser, which here is always this machine.
const defaultCountry = "US"

// CountryOf finds a country by its code.
func CountryOf(code string) (found Country) {
	for _, c := range Countries() {
		if c.Code == code {
			return c
		}
		if c.Code == defaultCountry {
			found = c
		}
	}
	return found
}
