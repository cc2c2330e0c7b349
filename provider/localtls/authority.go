package localtls

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Authority is a local certificate authority with a certificate for the
// tenant's host names. It is safe for concurrent use.
//
// Its certificate is constrained to those names, so that a stolen key can
// impersonate nobody but other local servers.
type Authority struct {
	ca     *x509.Certificate
	caKey  *ecdsa.PrivateKey
	caPEM  []byte
	caPath string
	fresh  bool

	key  *ecdsa.PrivateKey
	leaf *tls.Certificate
	now  time.Time

	mu     sync.Mutex
	issued map[string]*tls.Certificate
}

// Memory returns an Authority that exists in this process only. hosts are
// names and addresses beside localhost and the loopback ones.
func Memory(hosts []string, now time.Time) (*Authority, error) {
	names, err := parseNames(hosts)
	if err != nil {
		return nil, err
	}
	caKey, key := newKey(), newKey()
	ca, err := newCA(caKey, names, now)
	if err != nil {
		return nil, err
	}
	leaf, err := newLeaf(ca, caKey, key, names, now)
	if err != nil {
		return nil, err
	}
	return newAuthority(ca, caKey, leaf, key, now), nil
}

func newAuthority(ca *x509.Certificate, caKey *ecdsa.PrivateKey, leaf *x509.Certificate, key *ecdsa.PrivateKey, now time.Time) *Authority {
	return &Authority{
		ca: ca, caKey: caKey, caPEM: encodeCert(ca), fresh: true,
		key: key, leaf: tlsCert(leaf, key), now: now,
		issued: map[string]*tls.Certificate{},
	}
}

func encodeCert(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func tlsCert(leaf *x509.Certificate, key *ecdsa.PrivateKey) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

// CAPEM is the authority's certificate, to be trusted by clients.
func (a *Authority) CAPEM() []byte { return slices.Clone(a.caPEM) }

// CAPath is the file CAPEM is in, or "" for Memory.
func (a *Authority) CAPath() string { return a.caPath }

// Certificate is the authority's own certificate. Treat it as read-only.
func (a *Authority) Certificate() *x509.Certificate { return a.ca }

// Fresh says whether the authority's certificate was made by this call, for
// the first time or because the old one did not cover a host: who trusted the
// old one has to trust this one too.
func (a *Authority) Fresh() bool { return a.fresh }

// Pool returns a new pool with nothing but this authority.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.ca)
	return pool
}

// AliasPrefix begins the name of the host that asks clients for a certificate.
//
// Source: Auth0 docs, "Configure mTLS authentication for a tenant".
const AliasPrefix = "mtls."

// TLSConfig returns a new server configuration for HTTP/2 and HTTP/1.1. On the
// alias of a host, whose name is the host's with AliasPrefix, clients are asked
// for a certificate, of any authority or none: whoever serves the request
// judges it. On all other names nobody is asked, because browsers would show a
// dialog to their users.
//
// Source: RFC 8705 §5.
func (a *Authority) TLSConfig() *tls.Config {
	config := &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: a.certificate,
	}
	asking := config.Clone()
	asking.ClientAuth = tls.RequestClientCert
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if strings.HasPrefix(strings.ToLower(hello.ServerName), AliasPrefix) {
			return asking, nil
		}
		return nil, nil //nolint:nilnil // crypto/tls goes on with config itself
	}
	return config
}

// maxIssued bounds the certificates kept for names under localhost. Any client
// can ask for a new name.
const maxIssued = 256

// certificate chooses by the name the client wants. NAME.localhost gets a
// certificate of its own: OpenSSL, Node and Chromium refuse a wildcard directly
// below a top-level domain. So does the alias of a host, which the certificate
// of all hosts does not name.
func (a *Authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(hello.ServerName)
	if !underLocalhost(name) && !a.alias(name) {
		return a.leaf, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.issued[name]; c != nil {
		return c, nil
	}
	leaf, err := newLeaf(a.ca, a.caKey, a.key, names{dns: []string{name}}, a.now)
	if err != nil {
		return nil, err
	}
	if len(a.issued) >= maxIssued {
		clear(a.issued)
	}
	a.issued[name] = tlsCert(leaf, a.key)
	return a.issued[name], nil
}

// alias says whether the name is that of one of the hosts with AliasPrefix.
func (a *Authority) alias(name string) bool {
	host, ok := strings.CutPrefix(name, AliasPrefix)
	return ok && slices.Contains(a.leaf.Leaf.DNSNames, host)
}

func underLocalhost(name string) bool {
	label, ok := strings.CutSuffix(name, ".localhost")
	return ok && label != "" && len(name) < 254 && validName(name)
}

// names are what a certificate is for.
type names struct {
	dns []string
	ips []net.IP
}

// parseNames sorts hosts into names and addresses and puts the loopback ones
// before them.
func parseNames(hosts []string) (names, error) {
	n := names{
		dns: []string{"localhost", "*.localhost"},
		ips: []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback},
	}
	for _, host := range hosts {
		if err := n.add(host); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (n *names) add(host string) error {
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		if v4 := ip.To4(); v4 != nil {
			ip = v4
		}
		if !slices.ContainsFunc(n.ips, ip.Equal) {
			n.ips = append(n.ips, ip)
		}
		return nil
	}
	host = strings.ToLower(host)
	if !validName(strings.TrimPrefix(host, "*.")) {
		return &hostError{host}
	}
	if !slices.Contains(n.dns, host) {
		n.dns = append(n.dns, host)
	}
	return nil
}

type hostError struct{ host string }

func (e *hostError) Error() string {
	return "localtls: host \"" + e.host + "\" is neither a host name nor an IP address (no scheme, no port)"
}

// validName accepts what may stand in a certificate: labels of letters, digits,
// hyphens and, for compose services, underscores.
func validName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// merge adds the names of a certificate, so that two tenants with different
// hosts in one folder do not take each other's away.
func (n *names) merge(dns []string, ips []net.IP) {
	for _, name := range dns {
		if !slices.Contains(n.dns, name) {
			n.dns = append(n.dns, name)
		}
	}
	for _, ip := range ips {
		if !slices.ContainsFunc(n.ips, ip.Equal) {
			n.ips = append(n.ips, ip)
		}
	}
}

// coveredBy says whether the certificate names them all.
func (n names) coveredBy(c *x509.Certificate) bool {
	for _, name := range n.dns {
		if !slices.Contains(c.DNSNames, name) {
			return false
		}
	}
	for _, ip := range n.ips {
		if !slices.ContainsFunc(c.IPAddresses, ip.Equal) {
			return false
		}
	}
	return true
}

// permittedBy says whether the authority's constraints admit them all.
func (n names) permittedBy(ca *x509.Certificate) bool {
	for _, name := range n.dns {
		under := func(domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }
		if !slices.ContainsFunc(ca.PermittedDNSDomains, under) {
			return false
		}
	}
	for _, ip := range n.ips {
		in := func(r *net.IPNet) bool { return r.Contains(ip) }
		if !slices.ContainsFunc(ca.PermittedIPRanges, in) {
			return false
		}
	}
	return true
}
