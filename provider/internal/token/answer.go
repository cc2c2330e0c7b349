package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// LoginAnswer is what the classic login page carries from the check of a
// password to /login/callback, signed so that it cannot be made up on the way.
//
// Source: WS-Federation passive requestors (wresult). Observed: the hidden
// form that auth0.js submits.
type LoginAnswer struct {
	ID          string `json:"jti"`
	Issuer      string `json:"iss"`
	Audience    string `json:"aud"`
	UserID      string `json:"sub"`
	Transaction string `json:"state"`
	Issued      int64  `json:"iat"`
	Expires     int64  `json:"exp"`
}

// loginAnswerIssuer is nobody's issuer: no API takes the answer for a token.
const loginAnswerIssuer = "urn:auth0"

// Sign makes the answer a JWT, with a secret that no token is signed with.
func (a LoginAnswer) Sign(secret []byte) (string, error) {
	a.Issuer = loginAnswerIssuer
	payload, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("encode login answer: %w", err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, (&jose.SignerOptions{}).WithType(TypeJWT))
	if err != nil {
		return "", fmt.Errorf("sign login answer: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign login answer: %w", err)
	}
	return jws.CompactSerialize()
}

var errLoginAnswer = errors.New("the answer was not made here, or is too old")

// OpenLoginAnswer reads an answer made by Sign with the same secret that has
// not ended yet.
func OpenLoginAnswer(raw string, secret []byte, now time.Time) (*LoginAnswer, error) {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLoginAnswer, err)
	}
	payload, err := jws.Verify(secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLoginAnswer, err)
	}
	var a LoginAnswer
	if err := json.Unmarshal(payload, &a); err != nil || a.Issuer != loginAnswerIssuer || now.Unix() >= a.Expires {
		return nil, errLoginAnswer
	}
	return &a, nil
}
