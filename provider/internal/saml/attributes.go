package saml

import (
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Names of attributes.
//
// Source: Auth0 docs, "SAML identity provider configuration settings"
// (mappings).
const (
	claims         = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	nameIdentifier = claims + "nameidentifier"
	emailAddress   = claims + "emailaddress"
	fullName       = claims + "name"
	ofAuth0        = "http://schemas.auth0.com/"
)

// mappings are the names that the properties of a profile have unless the
// addon says otherwise.
//
// Source: Auth0 docs, "SAML identity provider configuration settings".
var mappings = map[string]any{
	"user_id": nameIdentifier, "email": emailAddress, "name": fullName,
	"given_name": claims + "givenname", "family_name": claims + "surname", "upn": claims + "upn",
	"groups": "http://schemas.xmlsoap.org/claims/Group",
}

// Attributes is what an assertion says about the user, and the NameID, "" if
// there is none.
//
// Source: Auth0 docs, "SAML identity provider configuration settings",
// "Customize SAML assertions". The form of dates is inferred.
func Attributes(addon *tenant.SAMLAddon, user *tenant.User, clientID string) (list []Attribute, nameID string) {
	profile := profileOf(user)
	if on(addon.CreateUPNClaim) && profile["upn"] == nil {
		profile["upn"] = user.Email
	}
	names := mappings
	if len(addon.Mappings) > 0 {
		names = addon.Mappings
	}
	add := func(name string, value any) {
		if values := valuesOf(value); len(values) > 0 {
			list = append(list, Attribute{Name: name, Values: values})
		}
	}
	for _, property := range sortedKeys(names) {
		value := at(profile, user, property)
		for _, name := range textsOf(names[property]) {
			add(name, value)
		}
	}
	if on(addon.MapIdentities) {
		for _, identity := range user.Identities[:min(1, len(user.Identities))] {
			add(ofAuth0+"identities/default/provider", identity.Provider)
			add(ofAuth0+"identities/default/connection", identity.Connection)
			add(ofAuth0+"identities/default/isSocial", identity.IsSocial)
		}
	}
	if on(addon.PassthroughClaims) {
		profile["clientID"] = clientID
		prefix := ofAuth0
		if addon.MapUnknownClaimsAsIs {
			prefix = ""
		}
		for _, property := range sortedKeys(profile) {
			if _, mapped := names[property]; !mapped {
				add(prefix+property, profile[property])
			}
		}
	}
	return list, first(list, Probes(addon))
}

// Probes are the names of the attributes that the NameID is taken from: the
// first that is there.
func Probes(addon *tenant.SAMLAddon) []string {
	if len(addon.NameIdentifierProbes) > 0 {
		return addon.NameIdentifierProbes
	}
	return []string{nameIdentifier, emailAddress, fullName}
}

// on is a switch that is on unless it was turned off.
func on(b *bool) bool { return b == nil || *b }

func first(list []Attribute, names []string) string {
	for _, name := range names {
		for _, a := range list {
			if a.Name != name {
				continue
			}
			if text, ok := a.Values[0].(string); ok && text != "" {
				return text
			}
		}
	}
	return ""
}

func profileOf(u *tenant.User) map[string]any {
	profile := map[string]any{
		"user_id": u.UserID, "email": u.Email, "username": u.Username, "phone_number": u.PhoneNumber,
		"name": u.Name, "nickname": u.Nickname, "picture": u.Picture, "given_name": u.GivenName, "family_name": u.FamilyName,
		"created_at": date(u.CreatedAt), "updated_at": date(u.UpdatedAt),
	}
	if u.Email != "" {
		profile["email_verified"] = u.EmailVerified
	}
	for name, value := range u.Profile {
		profile[name] = value
	}
	return profile
}

// at is a property of the profile, or one inside its metadata, named with dots.
func at(profile map[string]any, u *tenant.User, property string) any {
	object, name := profile, property
	if rest, ok := strings.CutPrefix(property, "user_metadata."); ok {
		object, name = u.UserMetadata, rest
	} else if rest, ok := strings.CutPrefix(property, "app_metadata."); ok {
		object, name = u.AppMetadata, rest
	}
	for {
		head, rest, deeper := strings.Cut(name, ".")
		if !deeper {
			return object[name]
		}
		object, _ = object[head].(map[string]any)
		name = rest
	}
}

// date is a point in time as JavaScript writes it.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Mon Jan 02 2006 15:04:05 GMT+0000 (Coordinated Universal Time)")
}

// valuesOf are the values an attribute can carry: not empty, and no objects.
func valuesOf(value any) (values []any) {
	list, many := value.([]any)
	if !many {
		list = []any{value}
	}
	for _, v := range list {
		switch v := v.(type) {
		case nil, map[string]any, []any:
		case string:
			if v != "" {
				values = append(values, v)
			}
		default:
			values = append(values, v)
		}
	}
	return values
}

func textsOf(v any) (texts []string) {
	for _, value := range valuesOf(v) {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// nameFormat is how an attribute's name is to be read.
//
// Source: saml-core §8.2.
func nameFormat(name string) string {
	const prefix = "urn:oasis:names:tc:SAML:2.0:attrname-format:"
	switch {
	case strings.HasPrefix(name, "urn:") || strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://"):
		return prefix + "uri"
	case ncName(name):
		return prefix + "basic"
	}
	return prefix + "unspecified"
}
