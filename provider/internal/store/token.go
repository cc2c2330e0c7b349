package store

import (
	"crypto/subtle"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// AuthorizationCode is what a code stands for until it is redeemed.
type AuthorizationCode struct {
	Request   AuthorizationRequest
	UserID    string
	SessionID string
	// AuthTime is when the user last showed a credential, zero unless the ID
	// token must say so.
	AuthTime time.Time
	// Factor is the code of the Reason why a second factor was asked for or not.
	Factor string
	// Consented are the scopes the user has consented to, nil where no consent
	// is needed.
	Consented []string
}

// RefreshToken is a family of refresh tokens: the one that works, and the one
// before it. Its id is part of each token, so a dead token is recognised
// without being kept.
//
// Source: Auth0 docs, "Refresh token rotation".
type RefreshToken struct {
	FamilyID string
	// Current is the token that works. Siblings work too, until one of them or
	// Current is used: retries within the leeway were answered with each.
	Current  string
	Siblings []string
	// Previous worked until RotatedAt; the client's leeway may let it once more.
	Previous  string
	RotatedAt time.Time
	// Counter is how often the family has rotated.
	Counter int
	// Rotating says whether the client's tokens rotated when Current was made.
	Rotating bool
	// Online ties the family to the session: it lives as long as that does.
	Online bool

	ClientID       string
	UserID         string
	OrganizationID string
	Audience       string
	Scopes         []string
	SessionID      string
	AuthTime       time.Time
	// SecondFactor says that the login asked for none, or got it.
	SecondFactor bool
	// DPoPKey is the thumbprint of the key that a public client must show with
	// the token, "" for none.
	DPoPKey string
	// GrantedBy is the `gty` of the grant that began the family, if it has one.
	GrantedBy string

	CreatedAt time.Time
	// ExpiresAt is the absolute end, zero for none; rotation does not move it.
	ExpiresAt  time.Time
	LastUsedAt time.Time
}

// Works says whether the token is one that the family lives on.
func (t *RefreshToken) Works(raw string) bool {
	works := subtle.ConstantTimeCompare([]byte(raw), []byte(t.Current)) == 1
	for _, s := range t.Siblings {
		works = works || subtle.ConstantTimeCompare([]byte(raw), []byte(s)) == 1
	}
	return works
}

// LoginTicket stands for a credential checked by cross-origin authentication.
type LoginTicket struct {
	ClientID, UserID string
	// Connection is the one that the credential is of.
	Connection string
}

// CachedValue is what an Action keeps between its runs.
type CachedValue struct {
	Value   string
	Expires time.Time
}

// LogoutRequest is a logout that waits for the person's yes.
type LogoutRequest struct {
	// DeviceID is the browser that was asked.
	DeviceID string
	ClientID string
	// SessionID is the `sid` the app named, "" for none.
	SessionID   string
	RedirectURI string
	State       string
	// Allowed are the URLs that RedirectURI might have been.
	Allowed   []string
	Federated bool
}

// IssuedToken records what the tenant lately issued or refused, for the
// explanations.
type IssuedToken struct {
	At             time.Time
	ClientID       string
	UserID         string
	OrganizationID string
	Flow           string
	Audience       string
	Scopes         []string
	Opaque         bool
	// Consented is what limited the scopes, nil for nothing.
	Consented []string
	// Narrowed are scopes of a refresh token that its exchange left out.
	Narrowed []string
	// Factor is the code of the Reason about a second factor, "" for none.
	Factor string
	Err    *tenant.Error
}

// recentTokens is how many IssuedTokens are remembered.
const recentTokens = 256
