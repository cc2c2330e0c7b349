package tenant

import (
	"slices"
	"strings"
)

// Identity is one account a User can sign in with. The first of a user's is the
// user's own, the others were linked.
//
// Source: Auth0 docs, "User account linking".
type Identity struct {
	Connection string `json:"connection"`
	// UserID is the id without the provider's prefix.
	UserID   string `json:"user_id"`
	Provider string `json:"provider"`
	IsSocial bool   `json:"isSocial"`
	// ProfileData is what the provider says of the person. Of a linked account
	// it is all there is.
	ProfileData map[string]any `json:"profileData,omitempty"`
	// AccessToken and RefreshToken are the provider's, for its own API.
	AccessToken  string `json:"access_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	// PasswordHash or CustomPasswordHash is the password of a linked account of
	// a database.
	PasswordHash       string              `json:"password_hash,omitempty"`
	CustomPasswordHash *CustomPasswordHash `json:"custom_password_hash,omitempty"`
}

// FullID is the user_id that the identity has, or had before it was linked.
func (i *Identity) FullID() string { return i.Provider + "|" + i.UserID }

// PublicIdentities are the identities without secrets and, where there is only
// one, without what the user says already.
//
// Source: Management API, GET /api/v2/users/{id} (tokens need a scope of their
// own); Auth0 docs, "User profile structure" (identities).
func (u *User) PublicIdentities() []Identity {
	list := slices.Clone(u.Identities)
	for i := range list {
		list[i].AccessToken, list[i].RefreshToken = "", ""
		list[i].PasswordHash, list[i].CustomPasswordHash = "", nil
		if len(list) == 1 {
			list[i].ProfileData = nil
		}
	}
	return list
}

// fillIdentities puts the user's own identity first, where it is missing.
func (u *User) fillIdentities() {
	for i := range u.Identities {
		if u.Identities[i].FullID() == u.UserID {
			return
		}
	}
	provider, id, _ := strings.Cut(u.UserID, "|")
	own := Identity{Connection: u.Connection, UserID: id, Provider: provider, IsSocial: social[provider]}
	u.Identities = append([]Identity{own}, u.Identities...)
}

// LinkedIdentities are the user's identities without the user's own.
func (u *User) LinkedIdentities() []Identity {
	return slices.DeleteFunc(slices.Clone(u.Identities), func(i Identity) bool { return i.FullID() == u.UserID })
}

// AsIdentity is the user as an identity of somebody: the account, with the
// profile and the password it has.
//
// Observed: go-auth0, POST /api/v2/users/{id}/identities (a name that is the
// address is left out).
func (u *User) AsIdentity() Identity {
	i := Identity{Connection: u.Connection}
	for _, own := range u.Identities {
		if own.FullID() == u.UserID {
			i = own
		}
	}
	profile := map[string]any{}
	for name, value := range i.ProfileData {
		profile[name] = value
	}
	for name, value := range map[string]string{
		"email": u.Email, "username": u.Username, "phone_number": u.PhoneNumber, "nickname": u.Nickname, "picture": u.Picture,
		"given_name": u.GivenName, "family_name": u.FamilyName, "name": u.Name,
	} {
		if value != "" && (name != "name" || value != u.Label()) {
			profile[name] = value
		}
	}
	if u.Email != "" {
		profile["email_verified"] = u.EmailVerified
	}
	if u.PhoneNumber != "" {
		profile["phone_verified"] = u.PhoneVerified
	}
	i.ProfileData, i.PasswordHash, i.CustomPasswordHash = profile, u.PasswordHash, u.CustomPasswordHash
	return i
}

// AsUser is the account of a linked identity as a user of its own: what it
// would be if it were unlinked. There is no metadata.
//
// Source: Auth0 docs, "Unlink user accounts".
func (i *Identity) AsUser() *User {
	text := func(name string) string { s, _ := i.ProfileData[name].(string); return s }
	u := &User{
		UserID: i.FullID(), Connection: i.Connection, Email: strings.ToLower(text("email")), EmailVerified: i.ProfileData["email_verified"] == true,
		Username: text("username"), PhoneNumber: text("phone_number"), PhoneVerified: i.ProfileData["phone_verified"] == true, Name: text("name"),
		PasswordHash: i.PasswordHash, CustomPasswordHash: i.CustomPasswordHash,
	}
	u.SetClaims(i.ProfileData)
	own := *i
	own.PasswordHash, own.CustomPasswordHash = "", nil
	u.Identities = []Identity{own}
	return u
}

// WithIdentity is the user with the identity in the place of the one with its
// id.
func (u *User) WithIdentity(identity Identity) *User {
	d := u.Clone()
	d.Identities = slices.Clone(u.Identities)
	for i := range d.Identities {
		if d.Identities[i].FullID() == identity.FullID() {
			d.Identities[i] = identity
		}
	}
	return d
}
