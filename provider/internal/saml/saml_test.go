package saml_test

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/faux0/faux0/provider/internal/saml"
	"github.com/faux0/faux0/provider/tenant"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	acs      = "http://sp.localhost:4400/login/callback?connection=corp"
	entity   = "urn:auth0:sp:corp"
	provider = "urn:idp.example"
)

func key(t *testing.T) (saml.Signer, *x509.Certificate) {
	t.Helper()
	k, err := tenant.NewKey("k", "idp.example", now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(k.Cert)
	if err != nil {
		t.Fatal(err)
	}
	return saml.Signer{Key: k.Private, Cert: k.Cert, Algorithm: "rsa-sha256"}, cert
}

// answered is a good answer to the request _r, to be spoilt.
func answered() (saml.Answer, saml.Assertion) {
	return saml.Answer{ID: "_a", InResponseTo: "_r", Issuer: provider, Destination: acs, At: now},
		saml.Assertion{
			ID: "_b", Audience: entity, Recipient: acs, NameID: "ada", NameIDFormat: "urn:x", SessionIndex: "s1", AuthenticatedAt: now, Lifetime: time.Hour,
			AuthnContext: "urn:y", Typed: true, WithNameFormats: true,
			Attributes: []saml.Attribute{{Name: "mail", Values: []any{"ada@corp.example"}}, {Name: "groups", Values: []any{"a", "b & <c>"}}},
		}
}

func TestAProvidersAnswer(t *testing.T) {
	t.Parallel()
	by, cert := key(t)
	stranger, _ := key(t)
	idp := saml.IdentityProvider{Issuer: provider, Certificates: []*x509.Certificate{cert}, EntityID: entity, ACSURL: acs}
	edit := func(message string, replace ...string) string {
		raw, err := base64.StdEncoding.DecodeString(message)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.NewReplacer(replace...).Replace(string(raw))
		if changed == string(raw) {
			t.Errorf("%v changes nothing", replace)
		}
		return base64.StdEncoding.EncodeToString([]byte(changed))
	}
	for name, c := range map[string]struct {
		spoil   func(*saml.Answer, *saml.Assertion)
		message func(string) string
		by      *saml.Signer
		request string
		later   time.Duration
		fails   bool
	}{
		"good":             {},
		"unasked":          {request: "-", fails: true},
		"another request":  {spoil: func(a *saml.Answer, _ *saml.Assertion) { a.InResponseTo = "_other" }, fails: true},
		"another issuer":   {spoil: func(a *saml.Answer, _ *saml.Assertion) { a.Issuer = "urn:evil" }, fails: true},
		"another audience": {spoil: func(_ *saml.Answer, v *saml.Assertion) { v.Audience = "urn:auth0:sp:other" }, fails: true},
		"another place":    {spoil: func(a *saml.Answer, _ *saml.Assertion) { a.Destination = "http://evil.example" }, fails: true},
		"another reader":   {spoil: func(_ *saml.Answer, v *saml.Assertion) { v.Recipient = "http://evil.example" }, fails: true},
		"nobody":           {spoil: func(_ *saml.Answer, v *saml.Assertion) { v.NameID = "" }, fails: true},
		"expired":          {later: time.Hour, fails: true},
		"just not expired": {later: time.Hour - time.Second},
		"not yet good":     {later: -time.Minute, fails: true},
		"a stranger's key": {by: &stranger, fails: true},
		"changed":          {message: func(m string) string { return edit(m, ">ada<", ">eve<") }, fails: true},
		"a comment inside": {message: func(m string) string { return edit(m, ">ada<", ">ada<!-- -->.evil<") }, fails: true},
		"a second assertion in front": {message: func(m string) string {
			return edit(m, "<saml:Assertion ", `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_evil" Version="2.0"><saml:Issuer>`+provider+`</saml:Issuer></saml:Assertion><saml:Assertion `)
		}, fails: true},
		"not base64": {message: func(string) string { return "%" }, fails: true},
		"a DOCTYPE": {message: func(m string) string {
			return edit(m, "<samlp:Response ", `<!DOCTYPE x [<!ENTITY a "b">]><samlp:Response `, ">ada<", ">&a;<")
		}, fails: true},
	} {
		for _, whole := range []bool{false, true} {
			a, v := answered()
			if c.spoil != nil {
				c.spoil(&a, &v)
			}
			signer := by
			if c.by != nil {
				signer = *c.by
			}
			message, err := saml.Response(a, v, signer, whole)
			if err != nil {
				t.Fatal(err)
			}
			if c.message != nil {
				message = c.message(message)
			}
			request := "_r"
			if c.request == "-" {
				request = ""
			}
			s, err := idp.Read(message, request, now.Add(c.later))
			if (err != nil) != c.fails {
				t.Errorf("%s, signed as a whole %v: %v %+v", name, whole, err, s)
			}
			if err == nil && (s.NameID != "ada" || s.Attributes["mail"] != "ada@corp.example" || len(s.Attributes["groups"].([]any)) != 2 || s.SessionIndex != "s1") {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestAnUnsignedAnswerIsNone(t *testing.T) {
	t.Parallel()
	by, cert := key(t)
	a, v := answered()
	message, err := saml.Response(a, v, by, false)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.StdEncoding.DecodeString(message)
	start, end := strings.Index(string(raw), "<ds:Signature"), strings.Index(string(raw), "</ds:Signature>")
	stripped := string(raw[:start]) + string(raw[end+len("</ds:Signature>"):])
	idp := saml.IdentityProvider{Issuer: provider, Certificates: []*x509.Certificate{cert}, EntityID: entity, ACSURL: acs}
	if _, err := idp.Read(base64.StdEncoding.EncodeToString([]byte(stripped)), "_r", now); err == nil {
		t.Error("an assertion that nobody signed is believed")
	}
}

// An assertion that leaves something out is not good for everybody and for ever.
func TestAnAssertionSaysAllThatItMust(t *testing.T) {
	t.Parallel()
	by, cert := key(t)
	idp := saml.IdentityProvider{Issuer: provider, Certificates: []*x509.Certificate{cert}, EntityID: entity, ACSURL: acs}
	without := func(path string) string {
		a, v := answered()
		message, err := saml.Response(a, v, by, false)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := base64.StdEncoding.DecodeString(message)
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(raw); err != nil {
			t.Fatal(err)
		}
		assertion := doc.FindElement("//Assertion")
		for _, path := range []string{"./Signature", path} {
			e := assertion.FindElement(path)
			e.Parent().RemoveChild(e)
		}
		ctx, err := dsig.NewSigningContext(by.Key, [][]byte{by.Cert})
		if err != nil {
			t.Fatal(err)
		}
		ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
		signature, err := ctx.ConstructSignature(assertion.Copy(), true)
		if err != nil {
			t.Fatal(err)
		}
		assertion.InsertChildAt(1, signature)
		if raw, err = doc.WriteToBytes(); err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	if _, err := idp.Read(without("./AttributeStatement"), "_r", now); err != nil {
		t.Errorf("attributes may be missing: %v", err)
	}
	for _, path := range []string{
		"./Subject", "./Subject/NameID", "./Subject/SubjectConfirmation", ".//SubjectConfirmationData", "./Conditions", "./Conditions/AudienceRestriction", ".//Audience", "./Issuer",
	} {
		if s, err := idp.Read(without(path), "_r", now); err == nil {
			t.Errorf("an assertion without %s is believed: %+v", path, s)
		}
	}
}

func TestADeniedLogin(t *testing.T) {
	t.Parallel()
	_, cert := key(t)
	a, _ := answered()
	message, err := saml.Refusal(a, saml.StatusAuthnFailed, "User cancelled the login")
	if err != nil {
		t.Fatal(err)
	}
	idp := saml.IdentityProvider{Certificates: []*x509.Certificate{cert}, EntityID: entity, ACSURL: acs}
	_, err = idp.Read(message, "_r", now)
	var no *saml.Denied
	if !errors.As(err, &no) || no.Code != "AuthnFailed" || no.Error() != "User cancelled the login" {
		t.Errorf("got %v", err)
	}
}

func TestRequestsGoThereAndBack(t *testing.T) {
	t.Parallel()
	by, cert := key(t)
	idp := saml.IdentityProvider{SignInURL: "http://idp.localhost/sso", EntityID: entity, ACSURL: acs}
	posted, err := idp.Ask("_1", now, true, false, &by)
	if err != nil {
		t.Fatal(err)
	}
	r, err := saml.ReadRequest(posted, saml.AuthnRequest, false)
	if err != nil || r.ID != "_1" || r.Issuer != entity || r.ACSURL != acs || !r.ForceAuthn {
		t.Fatalf("%+v %v", r, err)
	}
	if err := r.VerifyEnveloped(cert); err != nil {
		t.Error(err)
	}
	metadata, err := saml.IdentityProviderMetadata(provider, "http://idp.localhost/sso", "http://idp.localhost/slo", by.Cert)
	if err != nil {
		t.Fatal(err)
	}
	d, err := saml.ReadMetadata(metadata)
	if err != nil || d.Issuer != provider || d.SignInURL[saml.BindingRedirect] != "http://idp.localhost/sso" || len(d.Certificates) != 1 || !d.Certificates[0].Equal(cert) {
		t.Errorf("%+v %v", d, err)
	}
}

// FuzzRead: whatever a browser brings, there is an answer, and never a subject
// that nobody signed.
func FuzzRead(f *testing.F) {
	f.Add("", "")
	f.Add(base64.StdEncoding.EncodeToString([]byte(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"/>`)), "_r")
	idp := saml.IdentityProvider{Issuer: provider, EntityID: entity, ACSURL: acs}
	f.Fuzz(func(t *testing.T, message, id string) {
		for _, deflated := range []bool{false, true} {
			if r, err := saml.ReadRequest(message, saml.AuthnRequest, deflated); err == nil && r.ID == "" {
				t.Error("a request without an ID")
			}
		}
		if s, err := idp.Read(message, id, now); err == nil {
			t.Errorf("believed: %+v", s)
		}
	})
}
