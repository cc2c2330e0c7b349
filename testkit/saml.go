package testkit

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
)

// Assertion is what a SAML response says of who logged in.
type Assertion struct {
	// Issuer is the tenant's entity ID, Audience the service provider's.
	Issuer, Audience string
	// NameID is who it is.
	NameID string
	// Attributes are further claims, by their names.
	Attributes map[string][]string
}

// Assertion reads the SAML response of a login to a client with the addon samlp,
// which begins at the service provider or at /samlp/{client_id}. It verifies
// nothing: whether the signature, the times and the audience are right is for
// the application to find out, to which Finish posts the response.
func (l *Login) Assertion() Assertion {
	l.tenant.t.Helper()
	a, err := readAssertion(l.Values.Get("SAMLResponse"))
	if err != nil {
		l.tenant.t.Fatalf("testkit: SAML response at %s: %v", l.CallbackURL, err)
		return Assertion{}
	}
	return a
}

// readAssertion reads the encoded form field.
//
// Source: SAML Core 2.0 §2.3.3, §3.3.3; SAML Bindings 2.0 §3.5.4.
func readAssertion(field string) (Assertion, error) {
	var response struct {
		Assertion *struct {
			Issuer     string `xml:"Issuer"`
			NameID     string `xml:"Subject>NameID"`
			Audience   string `xml:"Conditions>AudienceRestriction>Audience"`
			Attributes []struct {
				Name   string   `xml:"Name,attr"`
				Values []string `xml:"AttributeValue"`
			} `xml:"AttributeStatement>Attribute"`
		} `xml:"Assertion"`
	}
	if field == "" {
		return Assertion{}, errors.New("there is none: has the client the addon samlp, and did the login begin at /samlp/{client_id}?")
	}
	raw, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		return Assertion{}, err
	}
	if err := xml.Unmarshal(raw, &response); err != nil {
		return Assertion{}, err
	}
	if response.Assertion == nil {
		return Assertion{}, errors.New("it holds no assertion: " + string(raw))
	}
	a := Assertion{
		Issuer: response.Assertion.Issuer, NameID: response.Assertion.NameID, Audience: response.Assertion.Audience, Attributes: map[string][]string{},
	}
	for _, v := range response.Assertion.Attributes {
		a.Attributes[v.Name] = append(a.Attributes[v.Name], v.Values...)
	}
	return a, nil
}
