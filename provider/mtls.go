package provider

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
)

// Headers in which a proxy in front of the tenant forwards the certificate that
// it was shown: URL-encoded PEM, and SUCCESS or FAILED.
//
// Source: Auth0 docs, "Set up the customer edge".
const (
	certificateHeader = "Client-Certificate"
	verifiedHeader    = "Client-Certificate-Ca-Verified"
)

// certificate is what the caller authenticated with in TLS, nil for nothing,
// and whether an authority vouches for it. At Auth0 a proxy of the customer's
// own decides that. Without one Faux0 stands in for it, and takes any authority
// at its word: a certificate that is not self-signed is vouched for.
func (h *hosts) certificate(r *http.Request) (cert *x509.Certificate, verified bool) {
	if forwarded := r.Header.Get(certificateHeader); h.proxy && forwarded != "" {
		return forwardedCertificate(forwarded), strings.HasPrefix(r.Header.Get(verifiedHeader), "SUCCESS")
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, false
	}
	cert = r.TLS.PeerCertificates[0]
	return cert, !bytes.Equal(cert.RawIssuer, cert.RawSubject)
}

// forwardedCertificate reads the header, nil if it holds no certificate.
func forwardedCertificate(value string) *x509.Certificate {
	text, err := url.PathUnescape(value)
	if err != nil {
		return nil
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return cert
}
