package ui

import (
	_ "embed"
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
