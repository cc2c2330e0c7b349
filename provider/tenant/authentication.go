package tenant

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"time"
)

// Credential types of client certificates.
const (
	// CredentialSubjectDN names the subject of certificates that an authority
	// vouches for.
	CredentialSubjectDN = "cert_subject_dn"
	// CredentialCertificate is a certificate that stands for itself.
	CredentialCertificate = "x509_cert"
)

// AuthenticationMethods are the ways of authenticating that do without a
// secret. A client with one of them has no other.
//
// Source: Management API, POST /api/v2/clients, client_authentication_methods.
type AuthenticationMethods struct {
	PrivateKeyJWT           *Credentials `json:"private_key_jwt,omitempty"`
	TLSClientAuth           *Credentials `json:"tls_client_auth,omitempty"`
	SelfSignedTLSClientAuth *Credentials `json:"self_signed_tls_client_auth,omitempty"`
}

// Credentials are those a client has for one method: several, while it changes
// from one to the next.
type Credentials struct {
	Credentials []Credential `json:"credentials"`
}

// AuthenticationMethod is how the client authenticates: "none",
// "client_secret_post", "client_secret_basic", or one of
// AuthenticationMethods.
func (c *Client) AuthenticationMethod() string {
	switch m := c.AuthenticationMethods; {
	case m == nil:
	case m.PrivateKeyJWT != nil:
		return "private_key_jwt"
	case m.TLSClientAuth != nil:
		return "tls_client_auth"
	case m.SelfSignedTLSClientAuth != nil:
		return "self_signed_tls_client_auth"
	}
	return c.TokenEndpointAuthMethod
}

// AuthenticatesByCertificate says whether the client's certificate stands for
// its secret.
func (c *Client) AuthenticatesByCertificate() bool {
	return c.AuthenticationMethods != nil && c.AuthenticationMethods.PrivateKeyJWT == nil
}

// CheckCertificate says, as an error, why the certificate does not
// authenticate the client. verified is whether an authority vouches for it.
//
// Source: RFC 8705 §2.1.2, §2.2; Auth0 docs, "Set up the customer edge" (which
// method a request is held to).
func (m *AuthenticationMethods) CheckCertificate(cert *x509.Certificate, verified bool, now time.Time) error {
	switch {
	case cert == nil:
		return errors.New("the request came without a client certificate; the host whose name begins with mtls. asks for one")
	case now.Before(cert.NotBefore) || now.After(cert.NotAfter):
		return errors.New("the certificate is valid from " + cert.NotBefore.UTC().Format(time.RFC3339) +
			" to " + cert.NotAfter.UTC().Format(time.RFC3339) + ", and the tenant's clock says " + now.UTC().Format(time.RFC3339))
	case m.TLSClientAuth != nil && !verified:
		return errors.New("the certificate is self-signed, and the client is set to tls_client_auth")
	case m.TLSClientAuth != nil:
		if slices.ContainsFunc(m.TLSClientAuth.Credentials, func(c Credential) bool { return c.names(cert) }) {
			return nil
		}
		return errors.New("no credential of the client has the certificate's subject, " + cert.Subject.String())
	case m.SelfSignedTLSClientAuth != nil:
		if slices.ContainsFunc(m.SelfSignedTLSClientAuth.Credentials, func(c Credential) bool { return c.is(cert) }) {
			return nil
		}
		return errors.New("the certificate is none of the client's credentials")
	}
	return errors.New("the client does not authenticate by certificate")
}

// names says whether the credential is the subject of the certificate.
func (c *Credential) names(cert *x509.Certificate) bool {
	subject := c.SubjectDN
	if subject == "" {
		if own, err := parseCertificate(c.PEM); err == nil {
			subject = own.Subject.String()
		}
	}
	return subject != "" && slices.Equal(distinguishedName(subject), distinguishedName(cert.Subject.String()))
}

// is says whether the credential is the certificate.
func (c *Credential) is(cert *x509.Certificate) bool {
	own, err := parseCertificate(c.PEM)
	return err == nil && own.Equal(cert)
}

// distinguishedName splits a name into its parts for comparison. Tools write
// them in either direction and with blanks or without, so that neither counts
// is inferred.
//
// Source: RFC 4514 §2, §3.
func distinguishedName(s string) []string {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			part.WriteString(s[i : i+2])
			i++
		case s[i] == ',':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(s[i])
		}
	}
	parts = append(parts, part.String())
	for i, p := range parts {
		name, value, _ := strings.Cut(p, "=")
		parts[i] = strings.ToUpper(strings.TrimSpace(name)) + "=" + strings.TrimSpace(value)
	}
	slices.Sort(parts)
	return parts
}

func parseCertificate(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("must be a certificate in PEM (-----BEGIN CERTIFICATE-----)")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, errors.New("holds no readable certificate: " + err.Error())
	}
	return cert, nil
}

// certificatePEM is the format of the PEM of a client certificate.
func certificatePEM(s string) (string, bool) {
	if _, err := parseCertificate(s); err != nil {
		return err.Error(), false
	}
	return "", false
}

// Source: Management API, POST /api/v2/clients, client_authentication_methods.
func authenticationMethodsSchema() field {
	certificates := func(kind string, members ...field) field {
		return list("credentials", object("", append(members,
			str("id").atLeast(1), str("credential_type").oneOf(kind), str("name").size(noMinimum, 128),
			str("pem").size(1, 4096).as(certificatePEM),
			str("created_at").served(), str("updated_at").served(), str("expires_at").served(), str("thumbprint_sha256").served(),
		)...)).need()
	}
	return object("client_authentication_methods",
		object("private_key_jwt", publicKeyCredentials().need()),
		object("tls_client_auth", certificates(CredentialSubjectDN, str("subject_dn").size(1, 256))),
		object("self_signed_tls_client_auth", certificates(CredentialCertificate)),
	).size(1, 1).null()
}

// authenticationMethods checks that each credential is one.
func (c *checker) authenticationMethods(methods map[string]any) {
	for _, name := range sortedKeys(methods) {
		method, _ := methods[name].(map[string]any)
		path := []any{"client_authentication_methods", name, "credentials"}
		if name != "tls_client_auth" {
			c.keysGiven(path, method["credentials"])
			continue
		}
		list, _ := method["credentials"].([]any)
		for i, entry := range list {
			m, _ := entry.(map[string]any)
			if (m["pem"] == nil) == (m["subject_dn"] == nil) && m["id"] == nil {
				c.fault(RuleRequired, append(path[:3:3], i), `one of "pem" and "subject_dn" is needed, and not both`)
			}
		}
	}
}
