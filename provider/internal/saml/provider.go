package saml

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
	saml2 "github.com/russellhaering/gosaml2"
	"github.com/russellhaering/gosaml2/types"
	dsig "github.com/russellhaering/goxmldsig"
)

// IdentityProvider is the other side of a connection, and what the connection
// is called there.
type IdentityProvider struct {
	// SignInURL takes requests; Issuer is the provider's entity id, "" for any.
	SignInURL, Issuer string
	// Certificates sign its answers.
	Certificates []*x509.Certificate
	// EntityID is the connection's, ACSURL where it takes answers.
	EntityID, ACSURL string
}

// Ask is the connection's AuthnRequest. by signs it if it is posted, nil leaves
// it as it is; one that goes by redirect is signed by SignedQuery.
//
// Source: saml-core §3.4.1; saml-profiles §4.1.4.1.
func (p IdentityProvider) Ask(id string, at time.Time, force bool, deflated bool, by *Signer) (string, error) {
	e := etree.NewElement("samlp:AuthnRequest")
	e.CreateAttr("xmlns:samlp", protocolNS)
	e.CreateAttr("ID", id)
	e.CreateAttr("Version", "2.0")
	e.CreateAttr("IssueInstant", instant(at))
	e.CreateAttr("Destination", p.SignInURL)
	e.CreateAttr("ProtocolBinding", BindingPost)
	e.CreateAttr("AssertionConsumerServiceURL", p.ACSURL)
	if force {
		e.CreateAttr("ForceAuthn", "true")
	}
	Answer{Issuer: p.EntityID}.addIssuer(e)
	if by != nil && !deflated {
		if err := sign(e, *by); err != nil {
			return "", err
		}
	}
	return encode(etree.NewDocumentWithRoot(e), deflated)
}

// Subject is who the provider says has logged in.
type Subject struct {
	NameID, NameIDFormat, SessionIndex string
	// AssertionID and Until are for noticing an assertion that is used twice.
	AssertionID string
	Until       time.Time
	// Attributes hold a text, or several, by name.
	Attributes map[string]any
}

// Denied is a provider's answer that nobody has logged in.
type Denied struct{ Code, Message string }

// Error implements error.
func (d *Denied) Error() string {
	if d.Message != "" {
		return d.Message
	}
	return d.Code
}

// Read checks the provider's answer to the request with the id; "" stands for
// an answer that nobody asked for. The signature, the issuer, the times, the
// audience, the recipient and the request must all be right.
//
// It returns Denied where the provider says no.
//
// Source: saml-core §2.5.1, §3.2.2; saml-profiles §4.1.4.2 (every assertion
// names its audience), §4.1.4.3.
func (p IdentityProvider) Read(encoded, requestID string, now time.Time) (*Subject, error) {
	raw, err := decode(encoded, false)
	if err != nil {
		return nil, err
	}
	if err := denied(raw); err != nil {
		return nil, err
	}
	// Who configured the certificate says how long it is good: for as long as
	// it is there.
	checked := make([]*x509.Certificate, 0, len(p.Certificates))
	for _, c := range p.Certificates {
		lasting := *c
		lasting.NotBefore, lasting.NotAfter = now, now
		checked = append(checked, &lasting)
	}
	sp := &saml2.SAMLServiceProvider{
		IdentityProviderIssuer: p.Issuer, AudienceURI: p.EntityID, AssertionConsumerServiceURL: p.ACSURL,
		IDPCertificateStore: &dsig.MemoryX509CertificateStore{Roots: checked}, Clock: dsig.NewFakeClockAt(now), AllowMissingAttributes: true,
	}
	response, err := sp.ValidateEncodedResponse(base64.StdEncoding.EncodeToString(raw))
	switch {
	case err != nil:
		return nil, err
	case len(response.Assertions) != 1:
		return nil, fmt.Errorf("there are %d assertions, and must be one", len(response.Assertions))
	}
	assertion := &response.Assertions[0]
	warning, err := sp.VerifyAssertionConditions(assertion)
	switch {
	case err != nil:
		return nil, err
	case warning.InvalidTime:
		return nil, fmt.Errorf("the assertion is good from %s to %s", assertion.Conditions.NotBefore, assertion.Conditions.NotOnOrAfter)
	case warning.NotInAudience || len(assertion.Conditions.AudienceRestrictions) == 0:
		return nil, fmt.Errorf("the assertion is for another audience than %s", p.EntityID)
	case assertion.Subject.NameID == nil || assertion.Subject.NameID.Value == "":
		return nil, errors.New("the assertion names nobody: it has no NameID")
	}
	answered := assertion.Subject.SubjectConfirmation.SubjectConfirmationData.InResponseTo
	if answered != requestID || response.InResponseTo != requestID && response.SignatureValidated {
		return nil, fmt.Errorf("the assertion answers the request %q, and must answer %q", answered, requestID)
	}
	s, err := subject(assertion)
	if err == nil && !now.Before(s.Until) {
		return nil, fmt.Errorf("the assertion was good until %s", assertion.Conditions.NotOnOrAfter)
	}
	return s, err
}

func subject(assertion *types.Assertion) (*Subject, error) {
	until, err := time.Parse(time.RFC3339, assertion.Conditions.NotOnOrAfter)
	if err != nil {
		return nil, fmt.Errorf("NotOnOrAfter: %w", err)
	}
	s := &Subject{
		NameID: assertion.Subject.NameID.Value, NameIDFormat: assertion.Subject.NameID.Format,
		AssertionID: assertion.ID, Until: until, Attributes: map[string]any{},
	}
	if assertion.AuthnStatement != nil {
		s.SessionIndex = assertion.AuthnStatement.SessionIndex
	}
	if assertion.AttributeStatement == nil {
		return s, nil
	}
	for _, a := range assertion.AttributeStatement.Attributes {
		var values []any
		for _, v := range a.Values {
			values = append(values, v.Value)
		}
		switch len(values) {
		case 0:
		case 1:
			s.Attributes[a.Name] = values[0]
		default:
			s.Attributes[a.Name] = values
		}
	}
	return s, nil
}

// denied says why there is no assertion, nil if there is one. Nothing but a
// refusal follows from it, so the signature does not matter.
func denied(raw []byte) error {
	var response struct {
		Status struct {
			Code struct {
				Value string `xml:"Value,attr"`
				Code  struct {
					Value string `xml:"Value,attr"`
				} `xml:"StatusCode"`
			} `xml:"StatusCode"`
			Message string `xml:"StatusMessage"`
		} `xml:"Status"`
	}
	if err := xml.Unmarshal(raw, &response); err != nil {
		return fmt.Errorf("it is no XML: %w", err)
	}
	status := response.Status
	if status.Code.Value == StatusSuccess || status.Code.Value == "" {
		return nil
	}
	code := status.Code.Code.Value
	if code == "" {
		code = status.Code.Value
	}
	return &Denied{Code: strings.TrimPrefix(code, statusPrefix), Message: strings.TrimSpace(status.Message)}
}

// Described is what an identity provider's metadata says of it.
type Described struct {
	Issuer string
	// SignInURL is by binding.
	SignInURL    map[string]string
	Certificates []*x509.Certificate
}

// ReadMetadata reads an identity provider's metadata.
//
// Source: Metadata for SAML V2.0 §2.4.3.
func ReadMetadata(document []byte) (*Described, error) {
	if len(document) > maxMessage {
		return nil, fmt.Errorf("the metadata is longer than %d bytes", maxMessage)
	}
	var m types.EntityDescriptor
	if err := xml.Unmarshal(document, &m); err != nil {
		return nil, fmt.Errorf("the metadata is not an EntityDescriptor: %w", err)
	}
	if m.IDPSSODescriptor == nil {
		return nil, errors.New("the metadata has no IDPSSODescriptor: it describes no identity provider")
	}
	d := &Described{Issuer: m.EntityID, SignInURL: map[string]string{}}
	for _, s := range m.IDPSSODescriptor.SingleSignOnServices {
		d.SignInURL[s.Binding] = s.Location
	}
	for _, key := range m.IDPSSODescriptor.KeyDescriptors {
		if key.Use == "encryption" {
			continue
		}
		for _, data := range key.KeyInfo.X509Data.X509Certificates {
			cert, err := ParseCertificate(data.Data)
			if err != nil {
				return nil, err
			}
			d.Certificates = append(d.Certificates, cert)
		}
	}
	return d, nil
}
