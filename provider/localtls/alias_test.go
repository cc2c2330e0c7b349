package localtls

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"
)

// Clients are asked for a certificate on the alias of a host and on no other
// name, and trust the certificate they are shown on either.
func TestOnlyAnAliasAsksForACertificate(t *testing.T) {
	t.Parallel()
	a, err := Memory([]string{"auth.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, asks := range map[string]bool{
		"localhost": false, "auth.test": false, "xmtls.localhost": false,
		"mtls.localhost": true, "MTLS.auth.test": true, "mtls.shop.localhost": true,
	} {
		client, server := net.Pipe()
		asked := false
		go func() { _ = tls.Server(server, a.TLSConfig()).Handshake() }()
		conn := tls.Client(client, &tls.Config{
			ServerName: strings.ToLower(name), RootCAs: a.Pool(),
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				asked = true
				return &tls.Certificate{}, nil
			},
		})
		if err := conn.Handshake(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if asked != asks {
			t.Errorf("%s asks for a certificate: %v, want %v", name, asked, asks)
		}
		_ = client.Close()
	}
}
