package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// lookFor is the branding of a login's pages, in the language of the person.
func lookFor(s *store.State, a *authorization) ui.Look {
	return spoken(s, look(s, a.org), a.languages())
}

// tenantLook is the branding of pages that belong to no login.
func tenantLook(s *store.State, x *wire.Exchange) ui.Look { return organizationLook(s, x, nil) }

// organizationLook is the branding of pages that belong to no login, but to an
// organization; nil is none.
func organizationLook(s *store.State, x *wire.Exchange, org *tenant.Organization) ui.Look {
	return spoken(s, look(s, org), tenant.AcceptedLanguages(x.AcceptLanguage))
}

// languages are those asked for: the application's ui_locales before the
// browser's.
//
// Source: Auth0 docs, "Universal Login internationalization".
func (a *authorization) languages() []string {
	return slices.Concat(a.UILocales, tenant.AcceptedLanguages(a.x.AcceptLanguage))
}

// occasion is what mails and text messages are told of a request that belongs
// to no login.
func occasion(x *wire.Exchange) flow.Occasion {
	return flow.Occasion{Issuer: x.Issuer, Tenant: x.TenantName(), Languages: tenant.AcceptedLanguages(x.AcceptLanguage)}
}

// occasion is what mails and text messages are told of the login.
func (a *authorization) occasion() flow.Occasion {
	return flow.Occasion{Issuer: a.x.Issuer, Tenant: a.x.TenantName(), Languages: a.languages(), Organization: a.org}
}

// spoken gives a look its language, and the tenant's own texts in it.
//
// Source: Management API, PUT /api/v2/prompts/{prompt}/custom-text/{language}.
func spoken(s *store.State, l ui.Look, asked []string) ui.Look {
	l.Lang = s.Settings().Language(asked)
	if own := s.Prompts().CustomText[l.Lang]; len(own) > 0 {
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
