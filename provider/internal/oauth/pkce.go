package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// checkVerifier proves that who redeems a code is who asked for it. A code
// asked for without a challenge must not come with a verifier either, or an
// attacker could strip the challenge unseen; and a public client, having no
// secret, must have used one.
//
// Source: RFC 7636 §4.6; RFC 9700 §2.1.1, §4.8.2 (downgrade).
func checkVerifier(t *tokenRequest, ar *store.AuthorizationRequest) error {
	verifier := t.Get("code_verifier")
	switch {
	case ar.CodeChallenge == "" && verifier != "":
		return tenant.VerifierFailed().WithHint("a code_verifier was sent, but /authorize got no code_challenge")
	case ar.CodeChallenge == "" && t.client.Public():
		return tenant.Unauthorized().
			WithHint("client %q is public: it must send code_challenge to /authorize and code_verifier here", t.client.Name)
	case ar.CodeChallenge == "":
		return nil
	case verifier == "":
		return tenant.VerifierFailed().WithHint("/authorize got a code_challenge, so code_verifier is needed")
	}
	computed := verifier
	if ar.CodeChallengeMethod == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		computed = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if subtle.ConstantTimeCompare([]byte(computed), []byte(ar.CodeChallenge)) != 1 {
		return tenant.VerifierFailed()
	}
	return nil
}
