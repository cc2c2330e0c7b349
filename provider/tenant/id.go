package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"strings"
	"sync"
)

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// IDs makes every identifier, code and secret, each in the shape Auth0 gives
// it. It is safe for concurrent use.
//
// Observed: ids in the recordings.
type IDs struct {
	mu  sync.Mutex
	src io.Reader
}

// RandomIDs draws from the system's secure source.
func RandomIDs() *IDs { return &IDs{src: rand.Reader} }

// SeededIDs repeats the same ids for the same seed. For tests only: anybody
// can guess what it makes.
func SeededIDs(seed uint64) *IDs {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &IDs{src: mathrand.NewChaCha8(key)}
}

func (g *IDs) bytes(n int) []byte {
	b := make([]byte, n)
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, err := io.ReadFull(g.src, b); err != nil {
		panic("tenant: the random source failed: " + err.Error()) // crypto/rand never does
	}
	return b
}

func (g *IDs) urlSafe(n int) string { return base64.RawURLEncoding.EncodeToString(g.bytes(n)) }

// Code is an authorization code: 45 URL-safe characters, more or less.
func (g *IDs) Code() string { return g.urlSafe(34)[:45] }

// RequestURI is where a pushed authorization request waits.
//
// Source: RFC 9126 §2.2.
func (g *IDs) RequestURI() string { return RequestURIPrefix + g.urlSafe(33) }

// RequestURIPrefix begins every request_uri of /oauth/par.
const RequestURIPrefix = "urn:ietf:params:oauth:request_uri:"

// State is the id of a login transaction, as it shows in /u/login?state=….
func (g *IDs) State() string { return "hKFo2S" + g.urlSafe(33) }

// SessionID is the `sid` of tokens and the value of the session cookie.
func (g *IDs) SessionID() string { return g.urlSafe(24) }

// What refresh tokens begin with: those bound to a session have a beginning of
// their own.
//
// Source: Auth0 docs, "Configure online refresh tokens". Observed: refresh
// tokens of recent tenants.
const (
	refreshPrefix = "v1.M"
	onlinePrefix  = "ORT"
)

// A refresh token is its prefix, its family, its number in the family (three
// bytes) and a secret.
const (
	refreshFamilyLen  = 22
	refreshCounterLen = 4
	refreshSecretLen  = 34
)

// RefreshFamily is the id of a new family of refresh tokens.
func (g *IDs) RefreshFamily() string { return g.urlSafe(17)[:refreshFamilyLen] }

// RefreshToken is a new refresh token of the family: its counter-th.
func (g *IDs) RefreshToken(family string, counter int) string {
	n := base64.RawURLEncoding.EncodeToString([]byte{byte(counter >> 16), byte(counter >> 8), byte(counter)})
	return refreshPrefix + family + n + g.urlSafe(28)[:refreshSecretLen]
}

// OnlineRefreshToken is a new refresh token that is bound to a session.
func (g *IDs) OnlineRefreshToken(family string) string {
	return onlinePrefix + strings.TrimPrefix(g.RefreshToken(family, 0), refreshPrefix)
}

// RefreshFamilyOf reads the family out of a refresh token and which of its
// tokens it is; "" if raw is none.
func RefreshFamilyOf(raw string) (family string, counter int) {
	rest, ok := strings.CutPrefix(raw, refreshPrefix)
	if !ok {
		rest, ok = strings.CutPrefix(raw, onlinePrefix)
	}
	if !ok || len(rest) != refreshFamilyLen+refreshCounterLen+refreshSecretLen {
		return "", 0
	}
	n, err := base64.RawURLEncoding.DecodeString(rest[refreshFamilyLen : refreshFamilyLen+refreshCounterLen])
	if err != nil {
		return "", 0
	}
	return rest[:refreshFamilyLen], int(n[0])<<16 | int(n[1])<<8 | int(n[2])
}

// JTI is the `jti` of an RFC 9068 access token.
func (g *IDs) JTI() string { return g.urlSafe(17)[:22] }

// RequestID is the value of X-Auth0-RequestId: 20 hex digits.
func (g *IDs) RequestID() string { return hex.EncodeToString(g.bytes(10)) }

// DeviceID marks a browser: a random UUID.
func (g *IDs) DeviceID() string {
	b := g.bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// LoginTicket is what cross-origin authentication hands to /authorize: 32
// URL-safe characters.
func (g *IDs) LoginTicket() string { return g.urlSafe(24) }

// MailTicket is what the link in a mail carries: 32 URL-safe characters.
func (g *IDs) MailTicket() string { return g.urlSafe(24) }

// InvitationID is the id of an invitation, InvitationTicket the secret in its
// link.
//
// Observed: go-auth0, POST /api/v2/organizations/{id}/invitations.
func (g *IDs) InvitationID() string { return "uinv_" + g.alphanumeric(16) }

// InvitationTicket is the secret in the link of an invitation.
func (g *IDs) InvitationTicket() string { return g.alphanumeric(32) }

// ProviderToken is a code or token of a pretend identity provider.
func (g *IDs) ProviderToken() string { return "c" + g.urlSafe(24) + ".0." + g.urlSafe(16) }

// Digits is a code of n decimal digits, each as likely as the others.
func (g *IDs) Digits(n int) string {
	digits := make([]byte, 0, n)
	for len(digits) < n {
		for _, b := range g.bytes(n) {
			if b < 250 && len(digits) < n { // 250 is a multiple of ten
				digits = append(digits, '0'+b%10)
			}
		}
	}
	return string(digits)
}

// base20 has no vowels, so that user codes spell no words.
//
// Source: RFC 8628 §6.1.
const base20 = "BCDFGHJKLMNPQRSTVWXZ"

// UserCode fills each * of the mask with a letter, or a digit, each as likely
// as the others.
func (g *IDs) UserCode(digits bool, mask string) string {
	n := strings.Count(mask, "*")
	code := g.Digits
	if !digits {
		code = g.letters
	}
	random, out := code(n), []byte(mask)
	for i := range out {
		if out[i] == '*' {
			out[i], random = random[0], random[1:]
		}
	}
	return string(out)
}

func (g *IDs) letters(n int) string {
	letters := make([]byte, 0, n)
	for len(letters) < n {
		for _, b := range g.bytes(n) {
			if b < 240 && len(letters) < n { // 240 is a multiple of twenty
				letters = append(letters, base20[b%20])
			}
		}
	}
	return string(letters)
}

// ClientID is the id of a client that is made while the tenant runs: 32 letters
// and digits.
func (g *IDs) ClientID() string { return g.alphanumeric(32) }

// ClientSecret is the secret of such a client: 64 letters and digits.
func (g *IDs) ClientSecret() string { return g.alphanumeric(64) }

func (g *IDs) alphanumeric(n int) string {
	out := make([]byte, 0, n)
	for len(out) < n {
		for _, b := range g.bytes(n) {
			if b < 248 && len(out) < n { // 248 is a multiple of 62
				out = append(out, alphanumerics[int(b)%len(alphanumerics)])
			}
		}
	}
	return string(out)
}

// DeviceCode is what a device polls with: 43 URL-safe characters.
func (g *IDs) DeviceCode() string { return g.urlSafe(32) }

// AuthReqID is what a client polls with for somebody's approval: 43 URL-safe
// characters.
//
// Source: OpenID CIBA Core 1.0 §7.3 (at least 128 bits).
func (g *IDs) AuthReqID() string { return g.urlSafe(32) }

// MFAToken is what a client holds of a request that waits for a second factor,
// OOBCode what it holds of a challenge: sealed values in the service's shape.
//
// Observed: mfa_token and oob_code in the recordings.
func (g *IDs) MFAToken() string { return sealedPrefix + g.urlSafe(96) }

// OOBCode is what a client holds of a challenge.
func (g *IDs) OOBCode() string { return sealedPrefix + g.urlSafe(64) }

const sealedPrefix = "Fe26.2**"

// AuthenticatorID is the part of an authenticator's id behind "dev_".
func (g *IDs) AuthenticatorID() string { return g.alphanumeric(16) }

// RecoveryCode is 24 capital letters and digits.
//
// Source: Auth0 docs, Authentication API, "Verify with recovery code".
func (g *IDs) RecoveryCode() string { return base32.StdEncoding.EncodeToString(g.bytes(15)) }

// KeyID is the `kid` of a generated signing key: 21 URL-safe characters.
func (g *IDs) KeyID() string { return g.urlSafe(16)[:21] }

// Bytes returns n fresh bytes: salts, nonces.
func (g *IDs) Bytes(n int) []byte { return g.bytes(n) }

// UserID is the part of a user_id behind the provider: 24 hex digits.
func (g *IDs) UserID() string { return hex.EncodeToString(g.bytes(12)) }

// Kinds of entries whose id can be derived from their name.
const (
	KindTenant         = "tenant"
	KindBranding       = "branding"
	KindPrompts        = "prompts"
	KindClient         = "clients"
	KindResourceServer = "resourceServers"
	KindClientGrant    = "clientGrants"
	KindConnection     = "connections"
	KindRole           = "roles"
	KindOrganization   = "organizations"
	KindUser           = "users"
	KindFactor         = "guardianFactors"
	KindMFAPolicies    = "guardianPolicies"
	KindPhoneTypes     = "guardianPhoneFactorMessageTypes"
	KindEmailTemplate  = "emailTemplates"
	KindPhoneTemplate  = "phoneTemplates"
	KindFactorTemplate = "guardianFactorTemplates"
	KindAction         = "actions"
	// KindAttackProtection is the defence of passwords.
	KindAttackProtection = "attackProtection"
	// KindTokenExchangeProfile is a profile of custom token exchange.
	KindTokenExchangeProfile = "tokenExchangeProfiles"
)

// DerivedID is the id of an entry whose fixture pins none: the same for the
// same kind and name at every start and on every machine.
func DerivedID(kind, name string) string {
	switch kind {
	case KindClient:
		return derive(kind, name, 32)
	case KindResourceServer:
		return deriveHex(kind, name)
	case KindClientGrant:
		return "cgr_" + derive(kind, name, 16)
	case KindConnection:
		return "con_" + derive(kind, name, 16)
	case KindRole:
		return "rol_" + derive(kind, name, 16)
	case KindOrganization:
		return "org_" + derive(kind, name, 16)
	case KindAction:
		h := deriveHex(kind, name) + deriveHex(kind, "uuid "+name)
		return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
	case KindTokenExchangeProfile:
		return "tep_" + derive(kind, name, 16)
	}
	return deriveHex(kind, name)
}

// DerivedSecret is the secret of a client whose fixture pins none: 64
// characters, as public as the client's id.
func DerivedSecret(clientID string) string { return derive("client_secret", clientID, 64) }

func derive(kind, name string, n int) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	more := sha256.Sum256(sum[:])
	x := new(big.Int).SetBytes(append(sum[:], more[:]...))
	base, digit := big.NewInt(int64(len(alphanumerics))), new(big.Int)
	var b strings.Builder
	for range n {
		x.DivMod(x, base, digit)
		b.WriteByte(alphanumerics[digit.Int64()])
	}
	return b.String()
}

func deriveHex(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return hex.EncodeToString(sum[:12])
}
