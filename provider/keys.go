package provider

import (
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// SigningKey is one of the tenant's signing keys as the Management API lists
// them.
//
// Source: Management API, GET /api/v2/keys/signing.
type SigningKey struct {
	KID         string `json:"kid"`
	Cert        string `json:"cert"`
	PKCS7       string `json:"pkcs7"`
	Current     bool   `json:"current,omitempty"`
	Next        bool   `json:"next,omitempty"`
	Previous    bool   `json:"previous,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Thumbprint  string `json:"thumbprint"`
}

// SigningKeys lists the keys that tokens verify by: the current one, the next,
// and after a rotation the previous one.
func (c *Control) SigningKeys() ([]SigningKey, error) {
	keys := c.p.flow.Keys()
	var list []SigningKey
	for _, k := range []*tenant.Key{keys.Current, keys.Next, keys.Previous} {
		if k == nil {
			continue
		}
		message, err := k.PKCS7()
		if err != nil {
			return nil, err
		}
		fingerprint := k.Fingerprint("sha1")
		list = append(list, SigningKey{
			KID: k.KID, Cert: string(k.CertPEM()), PKCS7: string(message),
			Current: k == keys.Current, Next: k == keys.Next, Previous: k == keys.Previous,
			Fingerprint: fingerprint, Thumbprint: strings.ReplaceAll(fingerprint, ":", ""),
		})
	}
	return list, nil
}

// RotateKeys makes the next signing key the current one, as Auth0's Dashboard
// does. Tokens of the key before verify until it is revoked, or until the
// rotation after.
func (c *Control) RotateKeys() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.p.flow
	fresh, err := tenant.NewKey(f.IDs.KeyID(), "localhost", f.Clock.Now())
	if err != nil {
		return err
	}
	keys, err := f.Keys().Rotate(fresh)
	if err != nil {
		return err
	}
	return c.setKeys(keys)
}

// RevokeKey takes the previous signing key out of the set: its tokens no longer
// verify. Neither the current nor the next key can be revoked.
//
// It returns KeyNotFound or KeyNotPrevious.
//
// Source: Management API, PUT /api/v2/keys/signing/{kid}/revoke.
func (c *Control) RevokeKey(kid string) error {
	_, err := c.revokeKey(kid)
	return err
}

func (c *Control) revokeKey(kid string) (revoked *tenant.Key, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.p.flow.Keys()
	after, err := before.Revoke(kid)
	if err != nil {
		return nil, err
	}
	return before.Previous, c.setKeys(after)
}

// setKeys replaces the key set once it is safe where the next start finds it.
func (c *Control) setKeys(keys *token.KeySet) error {
	if save := c.p.config.SaveKeys; save != nil {
		list := []*tenant.Key{keys.Current, keys.Next}
		if keys.Previous != nil {
			list = append(list, keys.Previous)
		}
		if err := save(list); err != nil {
			return err
		}
	}
	c.p.flow.SetKeys(keys)
	return nil
}

func (c *Control) mountKeys(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET", "/_faux0/keys", c.listKeys)
	guarded("POST", "/_faux0/keys/rotate", c.rotate)
	guarded("POST", "/_faux0/keys/revoke", c.revoke)
}

func (c *Control) listKeys(*http.Request) (*wire.Response, error) {
	list, err := c.SigningKeys()
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, list)
}

func (c *Control) rotate(*http.Request) (*wire.Response, error) {
	if err := c.RotateKeys(); err != nil {
		return nil, err
	}
	keys := c.p.flow.Keys()
	return wire.JSON(http.StatusOK, map[string]any{
		"current": keys.Current.KID, "next": keys.Next.KID, "previous": keys.Previous.KID,
	})
}

func (c *Control) revoke(r *http.Request) (*wire.Response, error) {
	var req struct {
		KID string `json:"kid"`
	}
	if err := decodeJSON(r, &req); err != nil {
		return nil, err
	}
	key, err := c.revokeKey(req.KID)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, map[string]any{"cert": string(key.CertPEM()), "kid": key.KID})
}
