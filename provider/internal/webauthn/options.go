package webauthn

import "crypto/sha256"

// ChallengeBytes is how long a challenge is.
//
// Source: Web Authentication Level 3 §13.4.3 (16 bytes at least).
const ChallengeBytes = 32

// Requirements of user verification: whether the authenticator has to know who
// holds it, by a PIN or a finger.
//
// Source: Web Authentication Level 3 §5.8.6.
const (
	Required    = "required"
	Preferred   = "preferred"
	Discouraged = "discouraged"
)

// Kinds of authenticators.
//
// Source: Web Authentication Level 3 §5.4.5.
const (
	Platform      = "platform"
	CrossPlatform = "cross-platform"
)

// Creation asks for a new credential, as navigator.credentials.create takes it.
//
// Source: Web Authentication Level 3 §5.4. Member order: Auth0 docs,
// Authentication API, "Register a new user with a passkey".
type Creation struct {
	Challenge              string       `json:"challenge"`
	TimeoutMilliseconds    int          `json:"timeout,omitempty"`
	RP                     Party        `json:"rp"`
	Algorithms             []Algorithm  `json:"pubKeyCredParams"`
	AuthenticatorSelection Selection    `json:"authenticatorSelection"`
	User                   User         `json:"user"`
	Exclude                []Descriptor `json:"excludeCredentials,omitempty"`
}

// Party is who asks: the relying party.
type Party struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// User is whom a credential is for. ID is base64url and tells nobody who it is.
type User struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// Algorithm is one that signatures may have.
type Algorithm struct {
	Type string `json:"type"`
	Alg  int64  `json:"alg"`
}

// Selection says what authenticator will do.
type Selection struct {
	Attachment       string `json:"authenticatorAttachment,omitempty"`
	ResidentKey      string `json:"residentKey,omitempty"`
	UserVerification string `json:"userVerification,omitempty"`
}

// Descriptor names a credential. ID is base64url.
type Descriptor struct {
	Type       string   `json:"type"`
	ID         string   `json:"id"`
	Transports []string `json:"transports,omitempty"`
}

// Request asks for a signature, as navigator.credentials.get takes it.
//
// Source: Web Authentication Level 3 §5.5.
type Request struct {
	Challenge           string       `json:"challenge"`
	TimeoutMilliseconds int          `json:"timeout,omitempty"`
	RPID                string       `json:"rpId"`
	UserVerification    string       `json:"userVerification,omitempty"`
	Allow               []Descriptor `json:"allowCredentials,omitempty"`
}

// Describe names a credential by its id in base64url.
func Describe(id string, transports []string) Descriptor {
	return Descriptor{Type: "public-key", ID: id, Transports: transports}
}

// Algorithms are those on offer, best first: EdDSA, ES256, RS256.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey".
func Algorithms() []Algorithm {
	return []Algorithm{{"public-key", -8}, {"public-key", -7}, {"public-key", -257}}
}

// Handle is what authenticators call a user: always the same, and nothing that
// tells who it is.
//
// Source: Web Authentication Level 3 §14.6.1.
func Handle(userID string) []byte {
	sum := sha256.Sum256([]byte("user handle\x00" + userID))
	return sum[:]
}
