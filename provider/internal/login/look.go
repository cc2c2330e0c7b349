package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
)

// lookFor is the branding of a login's pages, in the language of the person.
func lookFor(s *store.State, a *authorization) ui.Look {
	l := look(s, a.org)
	return spoken(s, l, language(s.Settings().EnabledLocales, a.UILocales))
}

// tenantLook is the branding of pages that belong to no login.
func tenantLook(s *store.State) ui.Look {
	return spoken(s, look(s, nil), language(s.Settings().EnabledLocales, nil))
}

// defaultLanguage is that of a tenant that chooses none.
const defaultLanguage = "en"

// language is the first of the languages asked for that the tenant has, else
// the tenant's own, which is the first of those it has.
//
// Source: Auth0 docs, "Universal Login internationalization"; OpenID Connect
// Core 1.0 §3.1.2.1 (ui_locales).
func language(enabled, asked []string) string {
	if len(enabled) == 0 {
		enabled = []string{defaultLanguage}
	}
	for _, tag := range asked {
		if i := slices.IndexFunc(enabled, func(e string) bool { return strings.EqualFold(e, tag) }); i >= 0 {
			return enabled[i]
		}
	}
	for _, tag := range asked {
		base, _, _ := strings.Cut(tag, "-")
		if i := slices.IndexFunc(enabled, func(e string) bool { return strings.EqualFold(e, base) }); i >= 0 {
			return enabled[i]
		}
	}
	return enabled[0]
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
