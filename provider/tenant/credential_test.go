package tenant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func spki(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("PUBLIC KEY", der)
}

func TestCredentialIsKnownByItsThumbprintUnlessAKidIsPinned(t *testing.T) {
	t.Parallel()
	// Source: RFC 7638 §3.1 (the example key and its thumbprint).
	const example = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJX
ZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS
oc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt
7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0
zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0f
M4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK
gwIDAQAB
-----END PUBLIC KEY-----
`
	c := tenant.Credential{PEM: example}
	if got := c.KeyID(); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("the kid is %q", got)
	}
	c.KID = "pinned-key-id"
	if c.KeyID() != "pinned-key-id" || c.SigningAlg() != "RS256" {
		t.Errorf("kid %q, alg %q", c.KeyID(), c.SigningAlg())
	}
}

func TestCredentialIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	key := tenant.DefaultKeys()[0]
	want := tenant.Credential{PEM: spki(t, &key.Private.PublicKey)}
	cert := tenant.Credential{PEM: pemOf("CERTIFICATE", key.Cert)}
	pkcs1 := tenant.Credential{PEM: pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.Private.PublicKey))}
	if want.KeyID() == "" || cert.KeyID() != want.KeyID() || pkcs1.KeyID() != want.KeyID() {
		t.Errorf("kids %q, %q, %q", want.KeyID(), cert.KeyID(), pkcs1.KeyID())
	}
	parsed, err := x509.ParseCertificate(key.Cert)
	if err != nil {
		t.Fatal(err)
	}
	if cert.ExpiredAt(parsed.NotAfter.Add(time.Hour)) {
		t.Error("the certificate ends a credential that does not say so")
	}
	cert.ParseExpiryFromCert = true
	if cert.ExpiredAt(parsed.NotAfter.Add(-time.Second)) || !cert.ExpiredAt(parsed.NotAfter) {
		t.Error("the certificate does not end the credential on time")
	}
	cert.ExpiresAt = parsed.NotBefore.Add(time.Hour)
	if !cert.ExpiredAt(cert.ExpiresAt) {
		t.Error("expires_at does not win over the certificate")
	}
}

func TestFaultsOfCredentialsHaveTheirPath(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it is to be refused
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := tenant.DefaultKeys()[0].Private
	for name, c := range map[string]struct {
		entry map[string]any
		want  string
	}{
		"no PEM":         {map[string]any{"pem": "hello"}, ".pem: must be PEM"},
		"broken":         {map[string]any{"pem": pemOf("PUBLIC KEY", []byte("x"))}, ".pem: holds no readable key"},
		"a private key":  {map[string]any{"pem": pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private))}, ".pem: is a private key"},
		"another thing":  {map[string]any{"pem": pemOf("X509 CRL", []byte("x"))}, ".pem: is PEM of a X509 CRL"},
		"no RSA key":     {map[string]any{"pem": spki(t, &curve.PublicKey)}, ".pem: holds no RSA key"},
		"a short key":    {map[string]any{"pem": spki(t, &short.PublicKey)}, ".pem: holds an RSA key that is too short"},
		"nothing":        {map[string]any{"name": "x"}, `: "pem" is missing`},
		"alg":            {map[string]any{"alg": "HS256"}, `.alg: "HS256" is not one of RS256, RS384, PS256`},
		"kid":            {map[string]any{"kid": "with blanks in it"}, ".kid: must be letters"},
		"an unknown key": {map[string]any{"key": "x"}, `unknown key "key"`},
	} {
		v := tenant.Check(tenant.KindClient, tenant.ForFixture, map[string]any{
			"name": "x", "signed_request_object": map[string]any{"credentials": []any{c.entry}},
		})
		if len(v.Faults) == 0 || !strings.Contains(v.Faults[0].String(), c.want) || !strings.HasPrefix(v.Faults[0].String(), "signed_request_object.credentials[0]") {
			t.Errorf("%s: %v, want %q", name, v.Faults, c.want)
		}
	}
	v := tenant.Check(tenant.KindClient, tenant.ForFixture, map[string]any{
		"name": "x", "signed_request_object": map[string]any{"credentials": []any{map[string]any{"id": "cred_x"}}},
	})
	if len(v.Faults) > 0 || len(v.Warnings) != 1 || v.Warnings[0].Rule != tenant.RuleNoEffect {
		t.Errorf("an export's id alone: %v, %v", v.Faults, v.Warnings)
	}
}
