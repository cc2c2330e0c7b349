package localtls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

const (
	caYears = 10
	// leafDays stays below what clients accept at most: 398 days.
	// Source: CA/Browser Forum Baseline Requirements §6.3.2.
	leafDays = 397
	// renewBefore is how long before its end a certificate is replaced.
	renewBefore = 30 * 24 * time.Hour
	// skew lets a client whose clock is behind accept a new certificate.
	skew = 24 * time.Hour
)

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("localtls: " + err.Error()) // crypto/rand does not fail
	}
	return key
}

func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b)     //nolint:forbidigo // a certificate is no entry of the tenant; Read never fails
	b[0] = b[0]&0x7f | 0x01 // positive, and never shorter
	return new(big.Int).SetBytes(b)
}

// newCA returns a self-signed certificate that may sign for the names and for
// what is below them, and for nothing else. The name carries a part of the
// key's hash: trust stores tell authorities apart by name.
//
// Source: RFC 5280 §4.2.1.10 (name constraints, always critical).
func newCA(key *ecdsa.PrivateKey, n names, now time.Time) (*x509.Certificate, error) {
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("localtls: %w", err)
	}
	id := sha256.Sum256(public)
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject: pkix.Name{
			Organization: []string{"Faux0 development CA"},
			CommonName:   "Faux0 local CA " + hex.EncodeToString(id[:4]),
		},
		SubjectKeyId: id[:20],
		NotBefore:    now.Add(-skew).UTC(), NotAfter: now.AddDate(caYears, 0, 0).UTC(),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true,
	}
	for _, name := range n.dns {
		if name != "*.localhost" {
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, strings.TrimPrefix(name, "*."))
		}
	}
	for _, ip := range n.ips {
		template.PermittedIPRanges = append(template.PermittedIPRanges, ipRange(ip))
	}
	return sign(template, template, key, key)
}

// ipRange is the address alone, or all of 127.0.0.0/8 for a loopback one.
func ipRange(ip net.IP) *net.IPNet {
	bits := 8 * len(ip)
	if len(ip) == net.IPv4len && ip[0] == 127 {
		return &net.IPNet{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, bits)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)}
}

func newLeaf(ca *x509.Certificate, caKey, key *ecdsa.PrivateKey, n names, now time.Time) (*x509.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{Organization: []string{"Faux0 development certificate"}},
		DNSNames:     n.dns, IPAddresses: n.ips,
		NotBefore: now.Add(-skew).UTC(), NotAfter: now.AddDate(0, 0, leafDays).UTC(),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	return sign(template, ca, key, caKey)
}

func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("localtls: make certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("localtls: make certificate: %w", err)
	}
	return cert, nil
}
