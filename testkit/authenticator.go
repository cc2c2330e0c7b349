package testkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Authenticator makes passkeys and signs with them, in software: it is to a
// test what a phone or a security key is to a person. It answers what
// navigator.credentials.create and get would. The zero Authenticator is ready
// for use, and part of its device, as a fingerprint reader is.
//
// Source: Web Authentication Level 3 §6.
type Authenticator struct {
	// Unverified authenticators do not know who holds them, as a security key
	// without a PIN.
	Unverified bool
	// Roaming authenticators are no part of the device that the browser runs
	// on.
	Roaming bool
	// SignCount is how often it has signed.
	SignCount uint32

	keys []*softKey
}

// softKey is a key of one user at one relying party.
type softKey struct {
	id, userHandle []byte
	rpID           string
	private        *ecdsa.PrivateKey
}

// keyOptions are the members of what create and get take that an Authenticator
// looks at.
type keyOptions struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Exclude []keyDescriptor `json:"excludeCredentials"`
	Allow   []keyDescriptor `json:"allowCredentials"`
}

type keyDescriptor struct {
	ID string `json:"id"`
}

// Flags of authenticator data.
//
// Source: Web Authentication Level 3 §6.1.
const (
	flagPresent  = 1 << 0
	flagVerified = 1 << 2
	flagAttested = 1 << 6
)

// Create makes a key, as navigator.credentials.create does on a page of the
// origin, and returns the credential as JSON. options is what the tenant asks
// with, authn_params_public_key for one.
func (a *Authenticator) Create(options []byte, origin string) ([]byte, error) {
	var o keyOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, fmt.Errorf("options of create: %w", err)
	}
	for _, d := range o.Exclude {
		if a.find(o.RP.ID, []keyDescriptor{d}) != nil {
			return nil, errors.New("InvalidStateError: the authenticator has a key for this user")
		}
	}
	handle, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil {
		return nil, fmt.Errorf("options of create: user.id: %w", err)
	}
	key, public, err := a.newKey(o.RP.ID, handle)
	if err != nil {
		return nil, err
	}
	attested := append(make([]byte, 16), 0, byte(len(key.id))) // an AAGUID of zeros
	attested = slices.Concat(attested, key.id, public)
	data := append(a.data(o.RP.ID, flagAttested), attested...)
	object := slices.Concat([]byte{0xa3}, cborText("fmt"), cborText("none"), cborText("attStmt"), []byte{0xa0}, cborText("authData"), cborBytes(data))
	return a.credential(key, map[string]any{
		"clientDataJSON":    encoded(clientData("webauthn.create", o.Challenge, origin)),
		"attestationObject": encoded(object), "transports": []string{a.transport()},
	})
}

// newKey makes a key of a user and returns it with its public half.
func (a *Authenticator) newKey(rpID string, userHandle []byte) (*softKey, []byte, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	key := &softKey{id: make([]byte, 16), userHandle: userHandle, rpID: rpID, private: private}
	_, _ = rand.Read(key.id) // never fails
	public, err := coseKey(&private.PublicKey)
	a.keys = append(a.keys, key)
	return key, public, err
}

// Get signs with the key that fits, the newest one of several, as
// navigator.credentials.get does on a page of the origin.
func (a *Authenticator) Get(options []byte, origin string) ([]byte, error) {
	var o keyOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, fmt.Errorf("options of get: %w", err)
	}
	key := a.find(o.RPID, o.Allow)
	if key == nil {
		return nil, fmt.Errorf("NotAllowedError: the authenticator has no key for %s", o.RPID)
	}
	a.SignCount++
	data, client := a.data(key.rpID, 0), clientData("webauthn.get", o.Challenge, origin)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, key.private, digest[:])
	if err != nil {
		return nil, err
	}
	return a.credential(key, map[string]any{
		"clientDataJSON": encoded(client), "authenticatorData": encoded(data), "signature": encoded(signature), "userHandle": encoded(key.userHandle),
	})
}

// find is the newest key for the relying party, of those that are named if any
// are.
func (a *Authenticator) find(rpID string, named []keyDescriptor) *softKey {
	for _, key := range slices.Backward(a.keys) {
		is := func(d keyDescriptor) bool { return d.ID == encoded(key.id) }
		if key.rpID == rpID && (len(named) == 0 || slices.ContainsFunc(named, is)) {
			return key
		}
	}
	return nil
}

// data is what an authenticator says of itself and of what was signed for.
func (a *Authenticator) data(rpID string, flags byte) []byte {
	flags |= flagPresent
	if !a.Unverified {
		flags |= flagVerified
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), a.SignCount)
}

func (a *Authenticator) credential(key *softKey, response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id": encoded(key.id), "rawId": encoded(key.id), "type": "public-key", "authenticatorAttachment": a.attachment(),
		"clientExtensionResults": map[string]any{}, "response": response,
	})
}

func (a *Authenticator) attachment() string {
	if a.Roaming {
		return "cross-platform"
	}
	return "platform"
}

func (a *Authenticator) transport() string {
	if a.Roaming {
		return "usb"
	}
	return "internal"
}

// clientData is what the browser adds to what is signed.
func clientData(typ, challenge, origin string) []byte {
	data, _ := json.Marshal(map[string]any{"type": typ, "challenge": challenge, "origin": origin, "crossOrigin": false}) // strings
	return data
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// coseKey is an ES256 key as COSE has it.
//
// Source: RFC 9053 §7.1; Web Authentication Level 3 §5.8.5.
func coseKey(key *ecdsa.PublicKey) ([]byte, error) {
	point, err := key.Bytes() // 4, x, y
	if err != nil {
		return nil, err
	}
	const coordinate = 32
	x, y := point[1:1+coordinate], point[1+coordinate:]
	return slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}, cborBytes(x), []byte{0x22}, cborBytes(y)), nil
}

// cborBytes and cborText encode strings of less than 64 KiB.
//
// Source: RFC 8949 §3.1.
func cborBytes(b []byte) []byte { return append(cborHead(0x40, len(b)), b...) }

func cborText(s string) []byte { return append(cborHead(0x60, len(s)), s...) }

func cborHead(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major | byte(n)}
	case n < 256:
		return []byte{major | 24, byte(n)}
	}
	return []byte{major | 25, byte(n >> 8), byte(n)}
}
