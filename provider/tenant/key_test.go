package tenant_test

import (
	"bytes"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func TestDefaultKeys(t *testing.T) {
	t.Parallel()
	keys := tenant.DefaultKeys()
	if len(keys) != 2 {
		t.Fatalf("%d keys", len(keys))
	}
	for _, k := range keys {
		if !strings.Contains(k.KID, "insecure") {
			t.Errorf("kid %q does not say what it is", k.KID)
		}
		whole(t, k)
	}
	if keys[0].KID == keys[1].KID || keys[0].Private.Equal(keys[1].Private) {
		t.Error("current and next are the same key")
	}
}

// whole checks that key and certificate belong together.
func whole(t *testing.T, k *tenant.Key) {
	t.Helper()
	if k.Private.N.BitLen() != 2048 || k.Private.E != 65537 {
		t.Errorf("%s: %d bits, exponent %d", k.KID, k.Private.N.BitLen(), k.Private.E)
	}
	if err := k.Private.Validate(); err != nil {
		t.Errorf("%s: %v", k.KID, err)
	}
	cert, err := x509.ParseCertificate(k.Cert)
	if err != nil {
		t.Fatalf("%s: %v", k.KID, err)
	}
	if !k.Private.PublicKey.Equal(cert.PublicKey) {
		t.Errorf("%s: the certificate is of another key", k.KID)
	}
	if len(k.Thumbprint()) != 27 {
		t.Errorf("%s: thumbprint %q", k.KID, k.Thumbprint())
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	k, err := tenant.NewKey("a-kid", "acme.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	whole(t, k)
	cert, _ := x509.ParseCertificate(k.Cert)
	if cert.Subject.CommonName != "acme.test" || !cert.NotBefore.Equal(noon) || !cert.NotAfter.Equal(noon.AddDate(0, 0, 5000)) {
		t.Errorf("certificate for %s, %s to %s", cert.Subject, cert.NotBefore, cert.NotAfter)
	}
	round, err := tenant.ParseKeys(append(k.MarshalPEM(), tenant.DefaultKeys()[0].MarshalPEM()...))
	if err != nil {
		t.Fatal(err)
	}
	if len(round) != 2 || round[0].KID != "a-kid" || !round[0].Private.Equal(k.Private) || !bytes.Equal(round[0].Cert, k.Cert) {
		t.Error("the key did not survive PEM")
	}
}

func TestParseKeysRefuses(t *testing.T) {
	t.Parallel()
	pem := string(tenant.DefaultKeys()[0].MarshalPEM())
	i := strings.Index(pem, "-----BEGIN CERTIFICATE")
	for name, row := range map[string]struct{ data, want string }{
		"nothing":              {"", "no RSA PRIVATE KEY"},
		"no PEM":               {"hello", "no RSA PRIVATE KEY"},
		"a certificate alone":  {pem[i:], "stands before its RSA PRIVATE KEY"},
		"a key alone":          {pem[:i], "needs a Kid header and a CERTIFICATE"},
		"a key without a name": {strings.Replace(pem, "Kid: ", "Other: ", 1), "needs a Kid header"},
		"a broken key":         {"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "signing key 1"},
	} {
		if keys, err := tenant.ParseKeys([]byte(row.data)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, %v", name, keys, err)
		}
	}
}
