package saml

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // rsa-sha1 is what many service providers still sign with
	_ "crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	xrv "github.com/mattermost/xml-roundtrip-validator"
	dsig "github.com/russellhaering/goxmldsig"
)

// Request is what a service provider asks for: an AuthnRequest or a
// LogoutRequest.
//
// Source: saml-core §3.4.1, §3.7.1.
type Request struct {
	XMLName     xml.Name
	ID          string `xml:"ID,attr"`
	Issuer      string `xml:"Issuer"`
	Destination string `xml:"Destination,attr"`
	// ACSURL is where the answer shall go, "" for the configured place.
	ACSURL     string `xml:"AssertionConsumerServiceURL,attr"`
	ForceAuthn bool   `xml:"ForceAuthn,attr"`
	IsPassive  bool   `xml:"IsPassive,attr"`
	// SessionIndex is the session to log out of, "" for the browser's.
	SessionIndex string `xml:"SessionIndex"`

	raw []byte
}

// Local names of the requests' elements.
const (
	AuthnRequest  = "AuthnRequest"
	LogoutRequest = "LogoutRequest"
)

const protocolNS = "urn:oasis:names:tc:SAML:2.0:protocol"

// maxMessage is the size of the longest message that is read.
const maxMessage = 256 << 10

// ReadRequest reads a message of one of the kinds as a browser brings it: in
// base64, and deflated if it came in a query.
//
// Source: saml-bindings §3.4.4.1, §3.5.4.
func ReadRequest(encoded, kind string, deflated bool) (*Request, error) {
	raw, err := decode(encoded, deflated)
	if err != nil {
		return nil, err
	}
	r := &Request{raw: raw}
	if err := xml.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("it is no XML: %w", err)
	}
	switch {
	case r.XMLName.Space != protocolNS || r.XMLName.Local != kind:
		return nil, fmt.Errorf("it is a %s, and must be a samlp:%s", r.XMLName.Local, kind)
	case !ncName(r.ID):
		return nil, errors.New("it has no ID, or one that XML does not allow")
	}
	r.Issuer = strings.TrimSpace(r.Issuer)
	return r, nil
}

// decode unpacks a message and refuses XML that Go's parser reads otherwise
// than others do.
func decode(encoded string, deflated bool) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, fmt.Errorf("it is not base64: %w", err)
	}
	if deflated {
		inflated, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxMessage+1))
		if err != nil {
			return nil, fmt.Errorf("it is not deflated, as the HTTP-Redirect binding wants: %w", err)
		}
		raw = inflated
	}
	if len(raw) > maxMessage {
		return nil, fmt.Errorf("it is longer than %d bytes", maxMessage)
	}
	if err := xrv.Validate(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("it is no XML that everybody reads alike: %w", err)
	}
	return raw, nil
}

func encode(doc *etree.Document, deflated bool) (string, error) {
	raw, err := doc.WriteToBytes()
	if err != nil {
		return "", fmt.Errorf("write SAML message: %w", err)
	}
	if deflated {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.DefaultCompression) // fails on a bad level only
		_, _ = w.Write(raw)                                   // a buffer takes everything
		_ = w.Close()
		raw = b.Bytes()
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// ncName says whether s may be the value of an ID attribute, as far as SAML
// messages use it: no colon, no white space, not a digit first.
func ncName(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7f
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) < 1024
}

// VerifyEnveloped checks the signature inside a posted request.
//
// Source: saml-core §5.
func (r *Request) VerifyEnveloped(cert *x509.Certificate) error {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(r.raw); err != nil {
		return fmt.Errorf("it is no XML: %w", err)
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.Clock = dsig.NewFakeClockAt(cert.NotBefore) // who configured the certificate says how long it is good
	if _, err := ctx.Validate(doc.Root()); err != nil {
		return fmt.Errorf("its signature does not verify: %w", err)
	}
	return nil
}

// Signature algorithms by the names that the settings have for them.
var algorithms = map[string]string{
	"rsa-sha1": dsig.RSASHA1SignatureMethod, "rsa-sha256": dsig.RSASHA256SignatureMethod,
}

// VerifyQuery checks the signature beside a request that came in a query.
// rawQuery is the query as it was sent, because what was signed is its bytes.
// Whoever reads a parameter of it reads what was signed: there is but one.
//
// Source: saml-bindings §3.4.4.1.
func VerifyQuery(rawQuery, sigAlg, signature string, cert *x509.Certificate) error {
	var hash crypto.Hash
	switch sigAlg {
	case dsig.RSASHA1SignatureMethod:
		hash = crypto.SHA1
	case dsig.RSASHA256SignatureMethod:
		hash = crypto.SHA256
	default:
		return fmt.Errorf("SigAlg is %q, and must be RSA with SHA-1 or SHA-256", sigAlg)
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return fmt.Errorf("the signature is not base64: %w", err)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return errors.New("the certificate holds no RSA key")
	}
	signed, err := signedQuery(rawQuery)
	if err != nil {
		return err
	}
	h := hash.New()
	_, _ = io.WriteString(h, signed)
	if err := rsa.VerifyPKCS1v15(key, hash, h.Sum(nil), raw); err != nil {
		return fmt.Errorf("the signature does not verify: %w", err)
	}
	return nil
}

// SignedQuery is the query that carries a message by the HTTP-Redirect binding.
//
// Source: saml-bindings §3.4.4.1.
func SignedQuery(parameter, message, relayState string, by Signer) (string, error) {
	ctx, err := by.context()
	if err != nil {
		return "", err
	}
	query := parameter + "=" + url.QueryEscape(message)
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	query += "&SigAlg=" + url.QueryEscape(ctx.GetSignatureMethodIdentifier())
	signature, err := ctx.SignString(query)
	if err != nil {
		return "", fmt.Errorf("sign SAML message: %w", err)
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}

// signedQuery is the part of a query that its signature is over. A parameter
// that is sent twice, its name in other letters perhaps, is refused.
func signedQuery(rawQuery string) (string, error) {
	sent := map[string]string{}
	for _, pair := range strings.Split(rawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if _, twice := sent[name]; twice {
			return "", fmt.Errorf("%s is sent twice", name)
		}
		sent[name] = pair
	}
	var signed []string
	for _, name := range []string{"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg"} {
		if pair, ok := sent[name]; ok {
			signed = append(signed, pair)
		}
	}
	return strings.Join(signed, "&"), nil
}

// ParseCertificate reads a certificate as settings hold it: PEM, PEM in base64
// once more, or bare base64.
//
// Source: Management API, POST /api/v2/connections, options.signingCert.
func ParseCertificate(s string) (*x509.Certificate, error) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "-----") {
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
		if err != nil {
			return nil, errors.New("the certificate is neither PEM nor base64")
		}
		if !bytes.HasPrefix(raw, []byte("-----")) {
			return x509.ParseCertificate(raw)
		}
		s = string(raw)
	}
	block, _ := pem.Decode([]byte(s))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("the certificate is no PEM of type CERTIFICATE")
	}
	return x509.ParseCertificate(block.Bytes)
}
