package login

import (
	"net/http"
	"slices"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// lookFor is the branding of a login's pages, in the language of the person,
// with what the tenant has put around them and into them.
func lookFor(s *store.State, a *authorization) ui.Look {
	l := spoken(s, look(s, a.org), a.languages())
	l.ToConsole = a.x.Control
	l.Custom = custom(s, a.x, a.client, a.org, s.User(a.userID))
	return l
}

func (h *Handler) lookFor(a *authorization) (l ui.Look) {
	_ = h.Store.View(func(s *store.State) error { l = lookFor(s, a); return nil })
	return l
}

// tenantLook is the branding of pages that belong to no login.
func tenantLook(s *store.State, x *wire.Exchange) ui.Look { return organizationLook(s, x, nil) }

func (h *Handler) tenantLook(r *http.Request) (l ui.Look) {
	_ = h.Store.View(func(s *store.State) error { l = tenantLook(s, wire.From(r)); return nil })
	return l
}

// organizationLook is the branding of pages that belong to no login, but to an
// organization; nil is none.
func organizationLook(s *store.State, x *wire.Exchange, org *tenant.Organization) ui.Look {
	l := spoken(s, look(s, org), tenant.AcceptedLanguages(x.AcceptLanguage))
	l.ToConsole = x.Control
	l.Custom = custom(s, x, nil, org, nil)
	return l
}

// custom is the tenant's own HTML for a page, nil where it has none. The
// request's id, which nobody can guess, lets its scripts run.
//
// Source: Auth0 docs, "Customize Universal Login page templates", "Customize
// signup and login prompts". Differs: Auth0 has both only with a custom domain,
// and partials only with a page template.
func custom(s *store.State, x *wire.Exchange, c *tenant.Client, org *tenant.Organization, user *tenant.User) *ui.Custom {
	template, partials := s.Branding().PageTemplate(), s.Prompts().Partials
	if template == "" && len(partials) == 0 {
		return nil
	}
	return &ui.Custom{Template: template, Partials: partials, Values: flow.PageValues(s, c, org, user), Nonce: x.RequestID}
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
	l.Own = s.Prompts().CustomText[l.Lang]
	return l
}

// look is the tenant's branding, or the organization's where it has its own.
func look(s *store.State, org *tenant.Organization) ui.Look {
	l := ui.Look{TenantName: s.Settings().DisplayName(), LogoURL: s.Settings().PictureURL, Lang: "en"}
	brandings := []*tenant.Branding{s.Branding()}
	if org != nil && org.Branding != nil {
		brandings = append(brandings, org.Branding)
	}
	for _, b := range brandings {
		overlay(&l.LogoURL, b.LogoURL)
		overlay(&l.FaviconURL, b.FaviconURL)
		overlay(&l.PrimaryColor, b.Colors.Primary)
		overlay(&l.PageBackground, b.Colors.Background())
	}
	if org != nil && org.DisplayName != "" {
		l.TenantName = org.DisplayName
	}
	return l
}

func overlay(target *string, value string) {
	if value != "" {
		*target = value
	}
}
