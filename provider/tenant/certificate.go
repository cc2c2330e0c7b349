package tenant

import (
	"crypto/sha1" //nolint:gosec // the fingerprint of certificates is SHA-1 by tradition
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
)

// CertPEM is the key's certificate in PEM.
func (k *Key) CertPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Cert})
}

// Fingerprint is the hash of the certificate, as browsers show it: sha1 or
// sha256, "" for another.
func (k *Key) Fingerprint(hash string) string {
	var sum []byte
	switch hash {
	case "sha1":
		s := sha1.Sum(k.Cert) //nolint:gosec // see the import
		sum = s[:]
	case "sha256":
		s := sha256.Sum256(k.Cert)
		sum = s[:]
	default:
		return ""
	}
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
)

// signedData is a PKCS #7 message that signs nothing and carries certificates.
//
// Source: RFC 2315 §7, §9.1.
type signedData struct {
	Version          int
	DigestAlgorithms []asn1.RawValue `asn1:"set"`
	Content          struct{ Type asn1.ObjectIdentifier }
	Certificates     asn1.RawValue
	SignerInfos      []asn1.RawValue `asn1:"set"`
}

// PKCS7 is the certificate in a degenerate PKCS #7 message, in PEM.
func (k *Key) PKCS7() ([]byte, error) {
	data := signedData{
		Version: 1, DigestAlgorithms: []asn1.RawValue{}, SignerInfos: []asn1.RawValue{},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: k.Cert},
	}
	data.Content.Type = oidData
	inner, err := asn1.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode PKCS #7: %w", err)
	}
	der, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}})
	if err != nil {
		return nil, fmt.Errorf("encode PKCS #7: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}), nil
}
