package flow

import (
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// messageValues are what a message's words may name.
//
// Source: Auth0 docs, "Supported Liquid syntax for email templates",
// "Supported Liquid syntax for phone templates".
func messageValues(s *store.State, o Occasion, m Mail) map[string]any {
	settings, language := s.Settings(), s.Settings().Language(o.Languages)
	requested := language
	if len(o.Languages) > 0 {
		requested = o.Languages[0]
	}
	application := applicationValues(m.Client)
	values := map[string]any{
		"application": application, "client": application, "user": userValues(m.User),
		"tenant": o.Tenant, "friendly_name": settings.DisplayName(), "support_email": settings.SupportEmail, "support_url": settings.SupportURL,
		"request_language": requested, "locale": language, "branding": brandingValues(s.Branding()),
		"code": m.Code, "url": m.Link, "link": m.Link,
	}
	if m.Connection != nil {
		values["connection"] = map[string]any{"name": m.Connection.Name}
	}
	if org := o.Organization; org != nil {
		values["organization"] = organizationValues(org)
	}
	for name, value := range m.Values {
		values[name] = merged(values[name], value)
	}
	return values
}

// merged adds members to what is an object already: a blocked account's
// user.source_ip to the user.
func merged(old, added any) any {
	known, isObject := old.(map[string]any)
	more, areMembers := added.(map[string]any)
	if !isObject || !areMembers {
		return added
	}
	for name, value := range more {
		known[name] = value
	}
	return known
}

func applicationValues(c *tenant.Client) map[string]any {
	if c == nil {
		return map[string]any{}
	}
	metadata := map[string]any{}
	for name, value := range c.ClientMetadata {
		metadata[name] = value
	}
	domain := ""
	if len(c.Callbacks) > 0 {
		domain = tenant.Origin(c.Callbacks[0])
	}
	return map[string]any{
		"name": c.Name, "clientID": c.ClientID, "client_id": c.ClientID, "id": c.ClientID, "logo_url": c.LogoURI, "logo_uri": c.LogoURI,
		"metadata": metadata, "client_metadata": metadata, "callback_domain": domain,
	}
}

func userValues(u *tenant.User) map[string]any {
	if u == nil {
		return map[string]any{}
	}
	return map[string]any{
		"user_id": u.UserID, "email": u.Email, "email_verified": u.EmailVerified, "username": u.Username,
		"phone_number": u.PhoneNumber, "phone_verified": u.PhoneVerified, "login_count": u.LoginsCount,
		"name": u.Name, "nickname": u.Nickname, "given_name": u.GivenName, "family_name": u.FamilyName, "picture": u.Picture,
		"user_metadata": u.UserMetadata, "app_metadata": u.AppMetadata,
	}
}

func organizationValues(org *tenant.Organization) map[string]any {
	values := map[string]any{"id": org.ID, "name": org.Name, "display_name": org.Label(), "metadata": org.Metadata}
	if org.Branding != nil {
		values["branding"] = brandingValues(org.Branding)
	}
	return values
}

func brandingValues(b *tenant.Branding) map[string]any {
	return map[string]any{
		"logo_url": b.LogoURL,
		"colors":   map[string]any{"primary": b.Colors.Primary, "page_background": b.Colors.Background()},
	}
}

// PageValues are what the tenant's own HTML on a page may name, but for what
// belongs to the screen. client, org and user may be nil.
//
// Source: Auth0 docs, "Customize Universal Login page templates" (available
// variables).
func PageValues(s *store.State, client *tenant.Client, org *tenant.Organization, user *tenant.User) map[string]any {
	settings := s.Settings()
	values := map[string]any{
		"application": applicationValues(client), "branding": brandingValues(s.Branding()),
		"tenant": map[string]any{
			"friendly_name": settings.DisplayName(), "support_email": settings.SupportEmail, "support_url": settings.SupportURL,
			"enabled_locales": strings.Join(settings.EnabledLocales, ", "),
		},
	}
	if user != nil {
		values["user"] = userValues(user)
	}
	if org != nil {
		values["organization"] = organizationValues(org)
	}
	return values
}
