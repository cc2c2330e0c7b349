package tenant

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Types of a UserKey.
//
// Source: Management API, POST /api/v2/users/{id}/authentication-methods, type.
const (
	KeyPasskey          = "passkey"
	KeyWebAuthnRoaming  = "webauthn-roaming"
	KeyWebAuthnPlatform = "webauthn-platform"
)

// Values of UserKey.DeviceType.
const (
	SingleDevice = "single_device"
	MultiDevice  = "multi_device"
)

// MaxPasskeys is how many passkeys a user may have.
//
// Source: Auth0 docs, "Passkey authentication for database connections".
const MaxPasskeys = 20

// UserKey is a key in one of a user's authenticators: a passkey to log in with,
// or a security key or device as a second factor.
//
// Source: Management API, GET and POST
// /api/v2/users/{id}/authentication-methods. Differs: sign_count, which Auth0
// shows nobody.
type UserKey struct {
	// ID is "passkey|dev_…" and alike.
	ID   string `json:"id,omitempty"`
	Type string `json:"type"`
	// Name is what the person calls it.
	Name string `json:"name,omitempty"`
	// KeyID is the credential's id in base64url, PublicKey its COSE key in
	// base64.
	KeyID     string `json:"key_id"`
	PublicKey string `json:"public_key"`
	// UserHandle is what the authenticator calls the user, in base64url.
	UserHandle string `json:"user_handle,omitempty"`
	// RelyingParty is the host name that the key was made for.
	RelyingParty string   `json:"relying_party_identifier,omitempty"`
	AAGUID       string   `json:"aaguid,omitempty"`
	DeviceType   string   `json:"credential_device_type,omitempty"`
	BackedUp     bool     `json:"credential_backed_up,omitempty"`
	Transports   []string `json:"transports,omitempty"`
	UserAgent    string   `json:"user_agent,omitempty"`
	// SignCount is the authenticator's counter when it last signed.
	SignCount uint32 `json:"sign_count,omitempty"`
}

// COSE is the public key as it is, nil for what is no base64.
func (k *UserKey) COSE() []byte {
	text := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(k.PublicKey), "=")
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}

// HasHandle says whether the authenticator's name for the user is the key's;
// authenticators that do not say are no fault.
func (k *UserKey) HasHandle(handle []byte) bool {
	if len(handle) == 0 || k.UserHandle == "" {
		return true
	}
	own, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(k.UserHandle, "="))
	return err == nil && bytes.Equal(own, handle)
}

// Device is the kind of device that a browser runs on: "phone", "tablet" or
// "computer". Of each, a user's device biometrics count once.
//
// Source: Auth0 docs, "Configure WebAuthn with device biometrics for MFA"
// (limitations).
func Device(userAgent string) string {
	switch {
	case strings.Contains(userAgent, "iPad"), strings.Contains(userAgent, "Android") && !strings.Contains(userAgent, "Mobile"):
		return "tablet"
	case strings.Contains(userAgent, "iPhone"), strings.Contains(userAgent, "Mobile"):
		return "phone"
	}
	return "computer"
}

// KeysOf are the user's keys of a type.
func (u *User) KeysOf(typ string) []UserKey {
	var keys []UserKey
	for _, k := range u.Keys {
		if k.Type == typ {
			keys = append(keys, k)
		}
	}
	return keys
}

// WithKey is the user with a key added, or in the place of the one with its
// KeyID.
func (u *User) WithKey(key UserKey) *User {
	c := u.Clone()
	c.Keys = slices.Clone(u.Keys)
	if i := slices.IndexFunc(c.Keys, func(k UserKey) bool { return k.KeyID == key.KeyID }); i >= 0 {
		c.Keys[i] = key
		return c
	}
	c.Keys = append(c.Keys, key)
	return c
}

// WithoutKey is the user without the key of a KeyID.
func (u *User) WithoutKey(keyID string) *User {
	c := u.Clone()
	c.Keys = slices.DeleteFunc(slices.Clone(u.Keys), func(k UserKey) bool { return k.KeyID == keyID })
	return c
}

// PasskeyOptions say how a database goes about passkeys.
//
// Source: Management API, POST /api/v2/connections, options.passkey_options.
// Observed: the defaults, in recorded connections.
type PasskeyOptions struct {
	// Autofill offers them in the field for the identifier, Button by a button.
	Autofill, Button bool
	// Progressive offers one to who logs in with a password, Local to who used
	// that of another device.
	Progressive, Local bool
}

// Passkeys says whether people may log in to the database with passkeys, and
// how. A database that asks for usernames without being flexible has none.
//
// Source: Auth0 docs, "Enable and configure passkey authentication for database
// connections" (prerequisites).
func (c *Connection) Passkeys() (o PasskeyOptions, on bool) {
	if !c.Database() || !c.methodEnabled(KeyPasskey, false) || c.RequiresUsername() && !c.Flexible() {
		return PasskeyOptions{}, false
	}
	given, _ := c.Options["passkey_options"].(map[string]any)
	set := func(name string) bool {
		value, said := given[name].(bool)
		return value || !said
	}
	challenge, _ := given["challenge_ui"].(string)
	return PasskeyOptions{
		Autofill: challenge != "button", Button: challenge != "autofill",
		Progressive: set("progressive_enrollment_enabled"), Local: set("local_enrollment_enabled"),
	}, true
}
