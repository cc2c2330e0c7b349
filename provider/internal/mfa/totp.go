package mfa

import (
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Period is how long a code is the current one, Digits how long it is.
//
// Source: RFC 6238 §4, §5.2. Observed: barcode_uri of /mfa/associate.
const (
	Period = 30 * time.Second
	Digits = 6
)

// SecretBytes is the size of a secret: 32 characters of base32.
//
// Source: RFC 4226 §4 (160 bits).
const SecretBytes = 20

// skew is how many steps a clock may be off.
//
// Source: RFC 6238 §5.2.
const skew = 1

var options = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// Secret writes random bytes as people type them.
func Secret(random []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random)
}

// Code is the code of the secret at a time.
func Code(secret string, at time.Time) (string, error) { return code(secret, step(at)) }

func step(at time.Time) int64 { return at.Unix() / int64(Period/time.Second) }

func code(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), options) //nolint:gosec // no step is before 1970
}

// Step finds the time step that a code belongs to, of those near now; 0 for
// none. A step at or before used has served its code: each works once.
//
// Source: RFC 6238 §5.2.
func Step(secret, typed string, used int64, now time.Time) int64 {
	found := int64(0)
	for at := step(now) - skew; at <= step(now)+skew; at++ {
		right, err := code(secret, at)
		if err == nil && at > used && subtle.ConstantTimeCompare([]byte(right), []byte(strings.TrimSpace(typed))) == 1 {
			found = at
		}
	}
	return found
}

// URI is what an authenticator app reads to take over a secret.
//
// Observed: barcode_uri of /mfa/associate.
func URI(issuer, account, secret string) string {
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?secret=" + secret +
		"&issuer=" + url.PathEscape(issuer) + "&algorithm=SHA1&digits=6&period=30"
}

// PushURI is what the service's app reads to get push notifications.
//
// Observed: go-auth0, TestMFAAddAuthenticator (OOB, auth0 channel).
func PushURI(issuer, account, transaction, base string) string {
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.QueryEscape(account) +
		"?enrollment_tx_id=" + transaction + "&base_url=" + url.QueryEscape(strings.TrimSuffix(base, "/"))
}
