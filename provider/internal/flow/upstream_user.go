package flow

import (
	"maps"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// UpstreamUser is the connection's user whom its provider describes, made if
// there is none. What the provider says replaces what is known, as far as the
// connection's set_user_root_attributes lets it.
//
// It returns UpstreamUserUnknown where the connection makes no users.
//
// Source: Management API, POST /api/v2/connections,
// options.set_user_root_attributes; Auth0 docs, "User profile root attributes".
func (f *Flow) UpstreamUser(c *tenant.Connection, p store.UpstreamProfile) (user *tenant.User, err error) {
	now := f.Clock.Now()
	fresh := describedUser(c, p)
	err = f.Store.Update(func(s *store.State) error {
		id := fresh.UserID
		if byAddress := s.UserByLogin(c.Name, p.Email); p.Subject == "" && byAddress != nil {
			id = byAddress.UserID
		}
		known := s.User(id)
		switch primary := s.Primary(id); {
		case known == nil && primary != nil: // the account is linked: the profile is its own
			user = toldOfLinked(primary, id, fresh)
			user.UpdatedAt = now
		case known != nil:
			user = toldAgain(c, known, fresh, p)
			user.UpdatedAt = now
		case c.RootAttributes() == tenant.NeverOnLogin:
			return tenant.UpstreamUserUnknown(c)
		default:
			user = fresh
			user.FillDefaults(now)
		}
		s.PutUser(user)
		return nil
	})
	return user, err
}

// describedUser is the user that a provider describes, as one who is new.
func describedUser(c *tenant.Connection, p store.UpstreamProfile) *tenant.User {
	u := tenant.NewUpstreamUser(c, p.Email, p.Name)
	if p.Subject != "" {
		u = tenant.WithSubject(u, c, p.Subject)
	}
	u.EmailVerified = u.Email != "" && c.TrustsEmail(p.EmailVerified)
	claims := persistent(c, p.Claims)
	u.SetClaims(claims)
	u.Identities[0].ProfileData = claims
	u.Identities[0].AccessToken, u.Identities[0].RefreshToken = p.AccessToken, p.RefreshToken
	return u
}

// persistent are the claims that the connection lets be kept, nil for none.
//
// Source: Management API, POST /api/v2/connections,
// options.non_persistent_attrs.
func persistent(c *tenant.Connection, claims map[string]any) map[string]any {
	if len(claims) == 0 {
		return nil
	}
	kept := maps.Clone(claims)
	dropped, _ := c.Options["non_persistent_attrs"].([]any)
	for _, name := range dropped {
		if name, ok := name.(string); ok {
			delete(kept, name)
		}
	}
	return kept
}

// toldAgain is a known user after another login at the provider. The address is
// always the provider's; the other root attributes are where the connection
// says on_each_login.
//
// Source: Auth0 docs, "Configure identity provider connection for user profile
// updates".
func toldAgain(c *tenant.Connection, known, fresh *tenant.User, p store.UpstreamProfile) *tenant.User {
	u := known.Clone()
	if fresh.Email != "" {
		u.Email, u.EmailVerified = fresh.Email, fresh.EmailVerified
	}
	if c.RootAttributes() == tenant.OnEachLogin {
		for _, attribute := range []struct{ of, to *string }{
			{&u.Nickname, &fresh.Nickname}, {&u.Picture, &fresh.Picture}, {&u.GivenName, &fresh.GivenName}, {&u.FamilyName, &fresh.FamilyName}, {&u.Name, &fresh.Name},
		} {
			if *attribute.to != "" {
				*attribute.of = *attribute.to
			}
		}
		if p.Name != "" {
			u.GivenName, u.FamilyName = fresh.GivenName, fresh.FamilyName
		}
	}
	if len(fresh.Profile) > 0 {
		u.Profile = maps.Clone(u.Profile)
		if u.Profile == nil {
			u.Profile = map[string]any{}
		}
		maps.Copy(u.Profile, fresh.Profile)
	}
	told := fresh.Identities[0]
	_, told.UserID, _ = strings.Cut(known.UserID, "|")
	return u.WithIdentity(told)
}

// toldOfLinked is the user after a login at the provider of an account that is
// linked. What the provider says is the account's profile, and nobody else's.
//
// Source: Auth0 docs, "User account linking" (profileData).
func toldOfLinked(primary *tenant.User, accountID string, fresh *tenant.User) *tenant.User {
	account := fresh.AsIdentity()
	_, account.UserID, _ = strings.Cut(accountID, "|")
	for _, known := range primary.Identities {
		if known.FullID() == accountID {
			profile := map[string]any{}
			maps.Copy(profile, known.ProfileData)
			maps.Copy(profile, account.ProfileData)
			account.ProfileData = profile
		}
	}
	return primary.WithIdentity(account)
}
