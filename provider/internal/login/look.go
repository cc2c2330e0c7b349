package login

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// lookFor is the branding of a login's pages, in the language of the person.
func lookFor(s *store.State, a *authorization) ui.Look {
	return spoken(s, look(s, a.org), language(s.Settings().EnabledLocales, a.UILocales, accepted(a.x.AcceptLanguage)))
}

// tenantLook is the branding of pages that belong to no login.
func tenantLook(s *store.State, x *wire.Exchange) ui.Look { return organizationLook(s, x, nil) }

// organizationLook is the branding of pages that belong to no login, but to an
// organization; nil is none.
func organizationLook(s *store.State, x *wire.Exchange, org *tenant.Organization) ui.Look {
	return spoken(s, look(s, org), language(s.Settings().EnabledLocales, accepted(x.AcceptLanguage)))
}

// defaultLanguage is that of a tenant that chooses none.
const defaultLanguage = "en"

// language is the first of the languages asked for that the tenant has, else
// the tenant's own, which is the first of those it has. Earlier lists count
// before later ones.
//
// Source: Auth0 docs, "Universal Login internationalization" (ui_locales, then
// Accept-Language, then the tenant's default); OpenID Connect Core 1.0
// §3.1.2.1 (ui_locales).
func language(enabled []string, asked ...[]string) string {
	if len(enabled) == 0 {
		enabled = []string{defaultLanguage}
	}
	for _, tags := range asked {
		for _, tag := range tags {
			if lang := offered(enabled, tag); lang != "" {
				return lang
			}
		}
	}
	return enabled[0]
}

// offered is the language of the tenant's that serves a tag: itself, the
// language without its region, or the same language of another region; "" for
// none.
func offered(enabled []string, tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	serves := []func(string) bool{
		func(e string) bool { return strings.EqualFold(e, tag) },
		func(e string) bool { return strings.EqualFold(e, base) },
		func(e string) bool { other, _, _ := strings.Cut(e, "-"); return strings.EqualFold(other, base) },
	}
	for _, fits := range serves {
		if i := slices.IndexFunc(enabled, fits); i >= 0 {
			return enabled[i]
		}
	}
	return ""
}

// maxAccepted is how many languages of a header are looked at.
const maxAccepted = 20

// accepted are the languages of an Accept-Language header, best first.
//
// Source: RFC 9110 §12.5.4.
func accepted(header string) []string {
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

// spoken gives a look its language, and the tenant's own texts in it.
//
// Source: Management API, PUT /api/v2/prompts/{prompt}/custom-text/{language}.
func spoken(s *store.State, l ui.Look, lang string) ui.Look {
	l.Lang = lang
	if own := s.Prompts().CustomText[lang]; len(own) > 0 {
		l.Own = func(key string) (string, bool) {
			parts := strings.SplitN(key, ".", 3)
			if len(parts) < 3 {
				return "", false
			}
			text, ok := own[parts[0]][parts[1]][parts[2]]
			return text, ok
		}
	}
	return l
}
