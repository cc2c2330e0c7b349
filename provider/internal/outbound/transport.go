// Package outbound makes the few requests that a tenant makes itself: logout
// tokens to applications, and questions to an identity provider on this
// machine. It knows no state.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Transport returns a transport that believes local servers: names below
// localhost are found, and the local authority, given as PEM, is trusted beside
// the system's. No proxy: the others are on this machine or in the next
// container. control, if set, has a say about each address that is dialed.
func Transport(ca []byte, control func(network, address string, _ syscall.RawConn) error) *http.Transport {
	d := dialer{ca: ca, plain: net.Dialer{Control: control}}
	return &http.Transport{DisableKeepAlives: true, DialContext: d.dial, DialTLSContext: d.dialTLS}
}

type dialer struct {
	ca    []byte
	plain net.Dialer
}

// dial finds names below localhost, which not every resolver knows, on this
// machine.
//
// Source: RFC 6761 §6.3.
func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && strings.HasSuffix(host, ".localhost") {
		addr = net.JoinHostPort("localhost", port)
	}
	return d.plain.DialContext(ctx, network, addr)
}

func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	plain, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(plain, ServerTLS(d.ca, host))
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return conn, nil
}

// ServerTLS is how a server on the host is believed. The local authority is
// trusted beside the system's; on this machine any certificate will do, since
// development servers sign their own.
func ServerTLS(ca []byte, host string) *tls.Config {
	config := &tls.Config{ServerName: host}
	if Loopback(host) {
		config.InsecureSkipVerify = true //nolint:gosec // nobody is between us and this machine
		return config
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AppendCertsFromPEM(ca)
	config.RootCAs = roots
	return config
}

// Loopback says whether a host, by name or address, is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}
