package saml

import (
	"crypto/rsa"
	"fmt"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Signer is the tenant's key as XML signatures need it. Algorithm is
// "rsa-sha1" or "rsa-sha256"; any other name is the latter.
type Signer struct {
	Key       *rsa.PrivateKey
	Cert      []byte
	Algorithm string
}

// Answer is what a message answers and where it goes.
type Answer struct {
	ID, InResponseTo    string
	Issuer, Destination string
	At                  time.Time
}

// Assertion says who logged in.
//
// Source: saml-core §2.3.3.
type Assertion struct {
	ID string
	// Audience is the service provider it is for, Recipient where it may be
	// delivered.
	Audience, Recipient    string
	NameID, NameIDFormat   string
	SessionIndex           string
	AuthenticatedAt        time.Time
	Lifetime               time.Duration
	AuthnContext           string
	Attributes             []Attribute
	Typed, WithNameFormats bool
}

// Attribute is a statement about the user; values are texts, booleans and
// numbers.
//
// Source: saml-core §2.7.3.1.
type Attribute struct {
	Name   string
	Values []any
}

// Status codes.
//
// Source: saml-core §3.2.2.2.
const (
	statusPrefix  = "urn:oasis:names:tc:SAML:2.0:status:"
	StatusSuccess = statusPrefix + "Success"
	// StatusResponder says that the identity provider could not, or would not.
	StatusResponder     = statusPrefix + "Responder"
	StatusNoPassive     = statusPrefix + "NoPassive"
	StatusAuthnFailed   = statusPrefix + "AuthnFailed"
	StatusRequestDenied = statusPrefix + "RequestDenied"
)

const (
	assertionNS = "urn:oasis:names:tc:SAML:2.0:assertion"
	timeFormat  = "2006-01-02T15:04:05.000Z"
)

// Response is a signed response with the assertion, as a form posts it.
// wholeSigned signs the response in place of the assertion.
//
// Source: saml-core §3.3.3; saml-profiles §4.1.4.2.
func Response(a Answer, v Assertion, by Signer, wholeSigned bool) (string, error) {
	assertion := v.element(a)
	if !wholeSigned {
		if err := sign(assertion, by); err != nil {
			return "", err
		}
	}
	response := a.element("Response")
	a.addStatus(response, "", "")
	response.AddChild(assertion)
	if wholeSigned {
		if err := sign(response, by); err != nil {
			return "", err
		}
	}
	return encode(etree.NewDocumentWithRoot(response), false)
}

// Refusal is a response that says why there is no assertion.
func Refusal(a Answer, code, message string) (string, error) {
	response := a.element("Response")
	a.addStatus(response, code, message)
	return encode(etree.NewDocumentWithRoot(response), false)
}

// LogoutResponse answers a LogoutRequest. deflated is for the HTTP-Redirect
// binding; a posted one is signed inside.
//
// Source: saml-core §3.7.2.
func LogoutResponse(a Answer, by Signer, deflated bool) (string, error) {
	response := a.element("LogoutResponse")
	a.addStatus(response, "", "")
	if !deflated {
		if err := sign(response, by); err != nil {
			return "", err
		}
	}
	return encode(etree.NewDocumentWithRoot(response), deflated)
}

func instant(t time.Time) string { return t.UTC().Format(timeFormat) }

func (a Answer) element(tag string) *etree.Element {
	e := etree.NewElement("samlp:" + tag)
	e.CreateAttr("xmlns:samlp", protocolNS)
	e.CreateAttr("ID", a.ID)
	if a.InResponseTo != "" {
		e.CreateAttr("InResponseTo", a.InResponseTo)
	}
	e.CreateAttr("Version", "2.0")
	e.CreateAttr("IssueInstant", instant(a.At))
	if a.Destination != "" {
		e.CreateAttr("Destination", a.Destination)
	}
	a.addIssuer(e)
	return e
}

func (a Answer) addIssuer(e *etree.Element) {
	issuer := e.CreateElement("saml:Issuer")
	issuer.CreateAttr("xmlns:saml", assertionNS)
	issuer.SetText(a.Issuer)
}

// addStatus says that all went well, or, with a code, what did not.
func (a Answer) addStatus(e *etree.Element, code, message string) {
	status := e.CreateElement("samlp:Status")
	top := status.CreateElement("samlp:StatusCode")
	if code == "" {
		top.CreateAttr("Value", StatusSuccess)
		return
	}
	top.CreateAttr("Value", StatusResponder)
	top.CreateElement("samlp:StatusCode").CreateAttr("Value", code)
	status.CreateElement("samlp:StatusMessage").SetText(message)
}

func (v Assertion) element(a Answer) *etree.Element {
	e := etree.NewElement("saml:Assertion")
	e.CreateAttr("xmlns:saml", assertionNS)
	e.CreateAttr("Version", "2.0")
	e.CreateAttr("ID", v.ID)
	e.CreateAttr("IssueInstant", instant(a.At))
	e.CreateElement("saml:Issuer").SetText(a.Issuer)
	until := instant(a.At.Add(v.Lifetime))

	subject := e.CreateElement("saml:Subject")
	nameID := subject.CreateElement("saml:NameID")
	nameID.CreateAttr("Format", v.NameIDFormat)
	nameID.SetText(v.NameID)
	confirmation := subject.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	data := confirmation.CreateElement("saml:SubjectConfirmationData")
	data.CreateAttr("NotOnOrAfter", until)
	data.CreateAttr("Recipient", v.Recipient)
	if a.InResponseTo != "" {
		data.CreateAttr("InResponseTo", a.InResponseTo)
	}

	conditions := e.CreateElement("saml:Conditions")
	conditions.CreateAttr("NotBefore", instant(a.At))
	conditions.CreateAttr("NotOnOrAfter", until)
	conditions.CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText(v.Audience)

	statement := e.CreateElement("saml:AuthnStatement")
	statement.CreateAttr("AuthnInstant", instant(v.AuthenticatedAt))
	statement.CreateAttr("SessionIndex", v.SessionIndex)
	statement.CreateElement("saml:AuthnContext").CreateElement("saml:AuthnContextClassRef").SetText(v.AuthnContext)

	if len(v.Attributes) > 0 {
		v.addAttributes(e)
	}
	return e
}

func (v Assertion) addAttributes(e *etree.Element) {
	statement := e.CreateElement("saml:AttributeStatement")
	if v.Typed {
		statement.CreateAttr("xmlns:xs", "http://www.w3.org/2001/XMLSchema")
		statement.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	}
	for _, attribute := range v.Attributes {
		a := statement.CreateElement("saml:Attribute")
		a.CreateAttr("Name", attribute.Name)
		if v.WithNameFormats {
			a.CreateAttr("NameFormat", nameFormat(attribute.Name))
		}
		for _, value := range attribute.Values {
			el := a.CreateElement("saml:AttributeValue")
			if v.Typed {
				el.CreateAttr("xsi:type", typeOf(value))
			}
			el.SetText(fmt.Sprint(value))
		}
	}
}

// typeOf is the XML Schema type of an attribute's value.
func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "xs:string"
	case bool:
		return "xs:boolean"
	case int, float64:
		return "xs:double"
	}
	return "xs:anyType"
}

// sign puts the signature where the schema wants it: after the issuer.
func sign(e *etree.Element, by Signer) error {
	ctx, err := by.context()
	if err != nil {
		return err
	}
	signature, err := ctx.ConstructSignature(e.Copy(), true) // canonicalizing changes what it is given
	if err != nil {
		return fmt.Errorf("sign SAML message: %w", err)
	}
	e.InsertChildAt(1, signature)
	return nil
}

// context is the signer as the library wants it.
//
// Differs: at Auth0 the digest's algorithm is a setting of its own; here it is
// the signature's.
func (by Signer) context() (*dsig.SigningContext, error) {
	ctx, err := dsig.NewSigningContext(by.Key, [][]byte{by.Cert})
	if err != nil {
		return nil, fmt.Errorf("sign SAML message: %w", err)
	}
	method := algorithms[by.Algorithm]
	if method == "" {
		method = dsig.RSASHA256SignatureMethod
	}
	if err := ctx.SetSignatureMethod(method); err != nil {
		return nil, fmt.Errorf("sign SAML message: %w", err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	return ctx, nil
}
