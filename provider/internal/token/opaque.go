package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// Opaque is what an opaque access token holds inside.
type Opaque struct {
	Subject  string   `json:"sub"`
	ClientID string   `json:"azp"`
	Scopes   []string `json:"scope"`
	Expires  int64    `json:"exp"`
	// Bound is the key the token is bound to, nil for none.
	Bound *Confirmation `json:"cnf,omitempty"`
	Actor *Actor        `json:"act,omitempty"`
}

// Sealer makes and opens opaque access tokens: compact JWEs under a key that
// never leaves the tenant, so that nothing has to be stored for them.
//
// Observed: opaque tokens since 2021 are JWEs with alg dir, enc A256GCM and
// the issuer in the header.
type Sealer struct {
	// keys open tokens; the first one seals them.
	keys [][]byte
}

// NewSealer derives the keys from the signing keys that the tenant starts with,
// so that opaque tokens survive a restart and a rotation.
func NewSealer(keys ...*tenant.Key) *Sealer {
	s := &Sealer{}
	for _, k := range keys {
		sum := sha256.Sum256(append([]byte("faux0 opaque access token\x00"), k.Private.D.Bytes()...))
		s.keys = append(s.keys, sum[:])
	}
	return s
}

// Seal makes the token.
func (s *Sealer) Seal(issuer string, o Opaque) (string, error) {
	payload, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("encode opaque token: %w", err)
	}
	encrypter, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.DIRECT, Key: s.keys[0]},
		(&jose.EncrypterOptions{}).WithHeader("iss", issuer))
	if err != nil {
		return "", fmt.Errorf("opaque token: %w", err)
	}
	jwe, err := encrypter.Encrypt(payload)
	if err != nil {
		return "", fmt.Errorf("opaque token: %w", err)
	}
	return jwe.CompactSerialize()
}

var errExpired = errors.New("the token has expired")

// Open reads a token that Seal made.
func (s *Sealer) Open(raw string, now time.Time) (*Opaque, error) {
	jwe, err := jose.ParseEncryptedCompact(raw, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return nil, err
	}
	var payload []byte
	for _, key := range s.keys {
		if payload, err = jwe.Decrypt(key); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	var o Opaque
	if err := json.Unmarshal(payload, &o); err != nil {
		return nil, err
	}
	if now.Unix() >= o.Expires {
		return nil, errExpired
	}
	return &o, nil
}

// nonceTurn is how long the tenant gives out the same DPoP nonce; it counts
// for as long again. The length is inferred.
const nonceTurn = 5 * time.Minute

// Nonce is what a DPoP proof made now should hold. It is computed from the
// time, so that nothing has to be stored for it.
//
// Source: RFC 9449 §8, §8.2.
func (s *Sealer) Nonce(now time.Time) string {
	return s.nonce(now.Unix() / int64(nonceTurn/time.Second))
}

// FreshNonce says whether Nonce gave it out lately.
func (s *Sealer) FreshNonce(nonce string, now time.Time) bool {
	return hmac.Equal([]byte(nonce), []byte(s.Nonce(now))) || hmac.Equal([]byte(nonce), []byte(s.Nonce(now.Add(-nonceTurn))))
}

func (s *Sealer) nonce(turn int64) string {
	mac := hmac.New(sha256.New, s.keys[0])
	mac.Write([]byte("dpop nonce"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(turn))) //nolint:gosec // only the bits matter
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}
