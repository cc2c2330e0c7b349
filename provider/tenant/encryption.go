package tenant

import "crypto/rsa"

// TokenEncryption says that an API's access tokens are encrypted, nested in a
// compact JWE.
//
// Source: Auth0 docs, "Configure JSON Web Encryption".
type TokenEncryption struct {
	// Format is "compact-nested-jwe".
	Format string        `json:"format"`
	Key    EncryptionKey `json:"encryption_key"`
}

// EncryptionKey is the public key of an API.
type EncryptionKey struct {
	Name string `json:"name,omitempty"`
	// Alg is RSA-OAEP-256, RSA-OAEP-384 or RSA-OAEP-512.
	Alg string `json:"alg"`
	KID string `json:"kid,omitempty"`
	// PEM is a public key (SPKI or PKCS #1) or an X.509 certificate.
	PEM string `json:"pem"`
}

// Encrypts says whether access tokens for the API are encrypted. Where an
// export left the key out, they cannot be.
func (r *ResourceServer) Encrypts() bool {
	return r.TokenEncryption != nil && r.TokenEncryption.Key.PEM != ""
}

// PublicKey reads the key. The error is a sentence about the PEM.
func (k *EncryptionKey) PublicKey() (*rsa.PublicKey, error) {
	key, _, err := parsePublicPEM(k.PEM)
	return key, err
}

// Source: Management API, POST /api/v2/resource-servers, token_encryption.
func tokenEncryptionSchema() field {
	return object("token_encryption",
		str("format").oneOf("compact-nested-jwe").need(),
		object("encryption_key",
			str("name").size(1, 128), str("alg").oneOf("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512").need(),
			str("kid").size(1, 128), str("pem").size(1, 4096).as(credentialPEM),
			str("thumbprint_sha256").served(),
		).need(),
	).null()
}

// tokenEncryption checks that the key is there. An export does not hold it.
func (c *checker) tokenEncryption(body map[string]any) {
	encryption, _ := body["token_encryption"].(map[string]any)
	key, ok := encryption["encryption_key"].(map[string]any)
	path := []any{"token_encryption", "encryption_key"}
	switch {
	case !ok || key["pem"] != nil:
	case c.mode == ForFixture:
		c.warn(RuleNoEffect, path, "has no pem, which an export does not hold, so access tokens stay unencrypted; add it")
	default:
		c.fault(RuleRequired, path, `"pem" is missing`)
	}
}
