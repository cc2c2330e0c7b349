package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// thumbprint is the x5t#S256 of the caller's certificate, "" for none.
//
// Source: RFC 8705 §3.1.
func thumbprint(x *wire.Exchange) string {
	if x.Certificate == nil {
		return ""
	}
	sum := sha256.Sum256(x.Certificate.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// mtlsFeatures are what the tenant does with client certificates.
type mtlsFeatures struct {
	aliases, binds            bool
	byAuthority, bySelfSigned bool
}

// mtlsFeaturesOf reads them. The methods are advertised as soon as a client
// uses them, and the binding as soon as an API does, which is inferred.
func mtlsFeaturesOf(s *store.State, clients []*tenant.Client) mtlsFeatures {
	f := mtlsFeatures{aliases: s.Settings().MTLS != nil && s.Settings().MTLS.EnableEndpointAliases}
	for _, c := range clients {
		if m := c.AuthenticationMethods; m != nil {
			f.byAuthority = f.byAuthority || m.TLSClientAuth != nil
			f.bySelfSigned = f.bySelfSigned || m.SelfSignedTLSClientAuth != nil
		}
	}
	for _, api := range s.ResourceServers() {
		f.binds = f.binds || api.TakesProof(tenant.MechanismMTLS)
	}
	return f
}

// aliases are the endpoints where clients are asked for a certificate.
//
// Source: RFC 8705 §5; Auth0 docs, "Set up the customer edge" (which they are).
type aliases struct {
	TokenEndpoint    string `json:"token_endpoint"`
	PAREndpoint      string `json:"pushed_authorization_request_endpoint,omitempty"`
	UserinfoEndpoint string `json:"userinfo_endpoint"`
}

// addMTLS adds what the document says about client certificates.
//
// Source: RFC 8705 §2.1.1, §2.2.1, §3.3, §5; Auth0 docs, "Authenticate with
// mTLS".
func (f *features) addMTLS(m *metadata, base string) {
	if f.byAuthority {
		m.TokenAuthMethods = append(m.TokenAuthMethods, "tls_client_auth")
	}
	if f.bySelfSigned {
		m.TokenAuthMethods = append(m.TokenAuthMethods, "self_signed_tls_client_auth")
	}
	m.BoundByCertificate = f.binds
	if !f.aliases {
		return
	}
	base = aliasOf(base)
	m.Aliases = &aliases{TokenEndpoint: base + "oauth/token", UserinfoEndpoint: base + "userinfo"}
	if f.par {
		m.Aliases.PAREndpoint = base + "oauth/par"
	}
}

// aliasOf is the base URL of the host that asks for certificates. Addresses
// have no names below them; all of loopback is localhost.
//
// Source: Auth0 docs, "Configure mTLS authentication for a tenant".
func aliasOf(base string) string {
	_, host, _ := strings.Cut(strings.TrimSuffix(base, "/"), "://")
	host = strings.TrimPrefix(host, "mtls.")
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		name = "localhost"
	}
	if port != "" {
		name = net.JoinHostPort(name, port)
	}
	return "https://mtls." + name + "/"
}
