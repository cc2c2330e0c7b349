package token_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

func rawSignature(t testing.TB, keys *token.KeySet, input string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, keys.Current.Private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(signature)
}

// BenchmarkClientCredentialsToken is all of a machine's token: the decision,
// its claims, the signature. It reports how much of that is not the signature.
func BenchmarkClientCredentialsToken(b *testing.B) {
	dir, keys := directory(b, acme()), keySet(b)
	client := dir.Client(robotID)
	issue := func() {
		req := token.Request{Flow: token.FlowClientCredentials, Client: client, Audience: orders, Issuer: issuer}
		d, err := token.Decide(dir, req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := keys.Sign(d.API.Alg(), token.TypeJWT, token.AccessClaims(d, req, token.Issue{
			Issuer: issuer, At: noon, GrantedBy: []string{token.GTYClientCredentials}}), nil); err != nil {
			b.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte("input"))
	raw := func() {
		if _, err := rsa.SignPKCS1v15(nil, keys.Current.Private, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
	// Both are timed in turns, each as often first, so that a busy machine and
	// a warm cache favour neither.
	var whole, signature time.Duration
	timed := func(sum *time.Duration, f func()) {
		start := time.Now()
		f()
		*sum += time.Since(start)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			timed(&whole, issue)
			timed(&signature, raw)
		} else {
			timed(&signature, raw)
			timed(&whole, issue)
		}
	}
	b.ReportMetric(float64(whole)/float64(signature), "x-raw-signature")
	b.ReportMetric(float64(whole.Nanoseconds())/float64(b.N), "ns/token")
}

// BenchmarkRawRSASign is the least a token can cost.
func BenchmarkRawRSASign(b *testing.B) {
	key := tenant.DefaultKeys()[0].Private
	sum := sha256.Sum256([]byte("input"))
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecide is the rules alone, for a user.
func BenchmarkDecide(b *testing.B) {
	dir := directory(b, acme())
	req := request(dir, bea, "openid profile email read:orders")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := token.Decide(dir, req); err != nil {
			b.Fatal(err)
		}
	}
}
