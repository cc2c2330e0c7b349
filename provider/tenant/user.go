package tenant

import (
	"crypto/md5" //nolint:gosec // Gravatar addresses are MD5 by definition
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
)

// User is a person, with what the Management API keeps in places of their own
// (roles, permissions, memberships) beside it.
//
// Source: Management API, POST /api/v2/users.
type User struct {
	// UserID is `<provider>|<id>`, the `sub` of the user's tokens.
	UserID string `json:"user_id"`
	// Connection is the name of the connection the user was created in.
	Connection string `json:"connection,omitempty"`

	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	Username      string `json:"username,omitempty"`
	PhoneNumber   string `json:"phone_number,omitempty"`
	PhoneVerified bool   `json:"phone_verified,omitempty"`

	Name       string `json:"name,omitempty"`
	Nickname   string `json:"nickname,omitempty"`
	Picture    string `json:"picture,omitempty"`
	GivenName  string `json:"given_name,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	// Profile holds the further OpenID Connect claims a profile may carry
	// (middle_name, locale, address, …), by claim name.
	Profile map[string]any `json:"-"`

	UserMetadata map[string]any `json:"user_metadata,omitempty"`
	AppMetadata  map[string]any `json:"app_metadata,omitempty"`
	Blocked      bool           `json:"blocked,omitempty"`
	Identities   []Identity     `json:"identities,omitempty"`

	CreatedAt         time.Time `json:"created_at,omitzero"`
	UpdatedAt         time.Time `json:"updated_at,omitzero"`
	LastLogin         time.Time `json:"last_login,omitzero"`
	LastPasswordReset time.Time `json:"last_password_reset,omitzero"`
	LastIP            string    `json:"last_ip,omitempty"`
	LoginsCount       int       `json:"logins_count,omitempty"`

	// Password is the plain password on its way in, from a fixture or a
	// sign-up. A Provider keeps only PasswordHash.
	Password string `json:"password,omitempty"`
	// PasswordHash is a bcrypt string, CustomPasswordHash any other format.
	PasswordHash       string              `json:"password_hash,omitempty"`
	CustomPasswordHash *CustomPasswordHash `json:"custom_password_hash,omitempty"`
	MFAFactors         []MFAFactor         `json:"mfa_factors,omitempty"`
	// Keys are passkeys, and security keys and devices that are second factors.
	Keys []UserKey `json:"authentication_methods,omitempty"`
	// PasswordHistory are the passwords before, newest first, as many as the
	// connection remembers.
	PasswordHistory []FormerPassword `json:"-"`

	// Roles are role ids, Permissions those assigned directly.
	Roles         []string     `json:"roles,omitempty"`
	Permissions   []Permission `json:"permissions,omitempty"`
	Organizations []Membership `json:"organizations,omitempty"`
	// Consents are what the user has consented to, oldest first.
	Consents []*Consent `json:"grants,omitempty"`

	Extra map[string]any `json:"-"`
}

// FormerPassword is the hash of a password that a User had, in one of the two
// forms.
type FormerPassword struct {
	Bcrypt string
	Custom *CustomPasswordHash
}

// Membership makes a User a member of an Organization, with the roles that
// count there and nowhere else.
type Membership struct {
	OrganizationID string   `json:"organization_id"`
	Roles          []string `json:"roles,omitempty"`
}

// CustomPasswordHash is a password hash in one of the bulk-import formats.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
type CustomPasswordHash struct {
	Algorithm string `json:"algorithm"`
	Hash      struct {
		Value    string   `json:"value"`
		Encoding string   `json:"encoding,omitempty"`
		Digest   string   `json:"digest,omitempty"`
		Key      *HashKey `json:"key,omitempty"`
	} `json:"hash"`
	Salt *struct {
		Value    string `json:"value"`
		Encoding string `json:"encoding,omitempty"`
		// Position is "prefix" (the default) or "suffix".
		Position string `json:"position,omitempty"`
	} `json:"salt,omitempty"`
	Password *struct {
		Encoding string `json:"encoding,omitempty"`
	} `json:"password,omitempty"`
	KeyLen          int `json:"keylen,omitempty"`
	Cost            int `json:"cost,omitempty"`
	BlockSize       int `json:"blockSize,omitempty"`
	Parallelization int `json:"parallelization,omitempty"`
}

// HashKey is the secret of an HMAC.
type HashKey struct {
	Value    string `json:"value"`
	Encoding string `json:"encoding,omitempty"`
}

// Member returns the user's membership of the organization, or nil.
func (u *User) Member(organizationID string) *Membership {
	for i := range u.Organizations {
		if u.Organizations[i].OrganizationID == organizationID {
			return &u.Organizations[i]
		}
	}
	return nil
}

// Join makes the user a member of the organization, with the roles beside those
// that they have there.
func (u *User) Join(organizationID string, roles []string) {
	u.Organizations = slices.Clone(u.Organizations)
	member := u.Member(organizationID)
	if member == nil {
		u.Organizations = append(u.Organizations, Membership{OrganizationID: organizationID})
		member = u.Member(organizationID)
	}
	member.Roles = slices.Clone(member.Roles)
	for _, id := range roles {
		if !slices.Contains(member.Roles, id) {
			member.Roles = append(member.Roles, id)
		}
	}
}

// Label is the shortest name a person would know the user by.
func (u *User) Label() string {
	for _, s := range []string{u.Email, u.Username, u.PhoneNumber, u.Name} {
		if s != "" {
			return s
		}
	}
	return u.UserID
}

// FillDefaults gives a new user what Auth0 gives: name, nickname and picture
// from the e-mail address (or username, or phone number), the identity of the
// connection, and the creation time.
//
// Observed: users created in the recordings of go-auth0.
func (u *User) FillDefaults(now time.Time) {
	u.Email = strings.ToLower(u.Email)
	label := u.Label()
	if u.Name == "" {
		u.Name = label
	}
	if u.Nickname == "" && label != u.PhoneNumber {
		u.Nickname, _, _ = strings.Cut(label, "@")
	}
	if u.Picture == "" {
		u.Picture = gravatar(u.Email, label)
	}
	u.fillIdentities()
	if u.CreatedAt.IsZero() {
		u.CreatedAt = now
	}
	if u.UpdatedAt.IsZero() {
		u.UpdatedAt = u.CreatedAt
	}
}

var social = map[string]bool{
	"google-oauth2": true, "facebook": true, "github": true, "windowslive": true, "apple": true,
	"twitter": true, "linkedin": true, "oauth2": true, "amazon": true, "bitbucket": true, "discord": true,
}

func gravatar(email, label string) string {
	sum := md5.Sum([]byte(email)) //nolint:gosec // see the import
	initials := []rune(strings.ToLower(label))
	if len(initials) > 2 {
		initials = initials[:2]
	}
	fallback := "https://cdn.auth0.com/avatars/" + url.PathEscape(string(initials)) + ".png"
	return "https://s.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=480&r=pg&d=" + url.QueryEscape(fallback)
}

// Clone returns a copy whose top-level fields may be replaced.
func (u *User) Clone() *User { d := *u; return &d }
