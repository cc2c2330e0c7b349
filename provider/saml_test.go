package provider_test

import (
	"bytes"
	"compress/flate"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"html"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	saml2 "github.com/russellhaering/gosaml2"
	"github.com/russellhaering/gosaml2/types"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// The service provider of these tests is gosaml2's.
const (
	samlEntity  = "https://intranet.example/sp"
	samlACS     = "http://localhost:3000/callback"
	nameFormats = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
	soapClaims  = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
)

// samlApp turns a client of the fixture into a SAML service provider.
func samlApp(id string, settings map[string]any) change {
	return func(c *provider.Config) {
		client(c, id).Addons = map[string]any{"samlp": settings}
	}
}

// serviceProvider trusts the certificate of the tenant's metadata, and nothing
// else.
func (w *world) serviceProvider(clientID string, now time.Time) *saml2.SAMLServiceProvider {
	w.t.Helper()
	var metadata types.EntityDescriptor
	if err := xml.Unmarshal([]byte(w.browser().get("/samlp/metadata/"+clientID).want(200).body), &metadata); err != nil {
		w.t.Fatal(err)
	}
	store := dsig.MemoryX509CertificateStore{}
	for _, key := range metadata.IDPSSODescriptor.KeyDescriptors {
		der, err := base64.StdEncoding.DecodeString(key.KeyInfo.X509Data.X509Certificates[0].Data)
		if err != nil {
			w.t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			w.t.Fatal(err)
		}
		store.Roots = append(store.Roots, cert)
	}
	return &saml2.SAMLServiceProvider{
		IdentityProviderSSOURL: metadata.IDPSSODescriptor.SingleSignOnServices[0].Location,
		IdentityProviderIssuer: metadata.EntityID, ServiceProviderIssuer: samlEntity, AudienceURI: samlEntity,
		AssertionConsumerServiceURL: samlACS, IDPCertificateStore: &store, Clock: dsig.NewFakeClockAt(now),
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// posted is what a page that submits itself would post.
func (a *answer) posted() map[string]string {
	a.t.Helper()
	a.want(200)
	fields := map[string]string{}
	for _, m := range hidden.FindAllStringSubmatch(a.body, -1) {
		fields[m[1]] = html.UnescapeString(m[2])
	}
	if len(fields) == 0 {
		a.t.Fatalf("no form in %.300s", a.body)
	}
	return fields
}

// signInForSAML types a password, and follows to the page that posts.
func (b *browser) signInForSAML(toLogin *answer, email string) map[string]string {
	b.w.t.Helper()
	return b.signIn(toLogin, email).posted()
}

func TestSAMLLogin(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{}))
	sp := w.serviceProvider("shopWeb", start)
	equal(t, "entity id", sp.IdentityProviderIssuer, "urn:tenant.localhost:4400")
	b := w.browser()
	to, err := sp.BuildAuthURL("deep/link?x=1")
	if err != nil {
		t.Fatal(err)
	}
	fields := b.signInForSAML(b.get(to), "ada@shop.example")
	equal(t, "RelayState", fields["RelayState"], "deep/link?x=1")
	info, err := sp.RetrieveAssertionInfo(fields["SAMLResponse"])
	if err != nil {
		t.Fatal(err)
	}
	if info.WarningInfo.InvalidTime || info.WarningInfo.NotInAudience {
		t.Errorf("warnings: %+v", info.WarningInfo)
	}
	equal(t, "NameID", info.NameID, "auth0|ada")
	equal(t, "format", info.NameIDFormat, nameFormats+"unspecified")
	for name, want := range map[string]string{
		soapClaims + "nameidentifier": "auth0|ada", soapClaims + "emailaddress": "ada@shop.example", soapClaims + "name": "Ada Byron",
		soapClaims + "upn": "ada@shop.example", "http://schemas.auth0.com/email_verified": "true", "http://schemas.auth0.com/nickname": "ada",
		"http://schemas.auth0.com/identities/default/connection": "Username-Password-Authentication",
		"http://schemas.auth0.com/identities/default/isSocial":   "false", "http://schemas.auth0.com/clientID": "shopWeb",
	} {
		equal(t, name, info.Values.Get(name), want)
	}
	// The session answers the next request, and the assertion is only good for an hour.
	again := b.get(to).posted()
	if _, err := sp.RetrieveAssertionInfo(again["SAMLResponse"]); err != nil {
		t.Error(err)
	}
	sp.Clock = dsig.NewFakeClockAt(start.Add(61 * time.Minute))
	if info, err := sp.RetrieveAssertionInfo(fields["SAMLResponse"]); err == nil && !info.WarningInfo.InvalidTime {
		t.Error("the assertion outlives its lifetime")
	}
}

func TestSAMLSettings(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{
		"audience": samlEntity, "issuer": "urn:acme", "signResponse": true, "signatureAlgorithm": "rsa-sha256", "lifetimeInSeconds": 60,
		"mappings":       map[string]any{"email": "mail", "name": []any{"cn", "urn:oid:2.5.4.3"}, "app_metadata.plan": "plan"},
		"createUpnClaim": false,
		"mapIdentities":  false, "passthroughClaimsWithNoMapping": false, "includeAttributeNameFormat": false, "typedAttributes": false,
		"nameIdentifierFormat": nameFormats + "emailAddress", "nameIdentifierProbes": []any{"nothing", "mail"},
	}), func(c *provider.Config) { userOf(c.Snapshot, "auth0|ada").AppMetadata = map[string]any{"plan": "gold"} })
	sp := w.serviceProvider("shopWeb", start)
	equal(t, "entity id", sp.IdentityProviderIssuer, "urn:acme")
	b := w.browser()
	// A login that the tenant begins has no request: it goes to the first callback.
	fields := b.signInForSAML(b.get("/samlp/shopWeb"), "ada@shop.example")
	info, err := sp.RetrieveAssertionInfo(fields["SAMLResponse"])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "NameID", info.NameID+" "+info.NameIDFormat, "ada@shop.example "+nameFormats+"emailAddress")
	equal(t, "signed as a whole", info.ResponseSignatureValidated, true)
	if len(info.Values) != 4 || info.Values.Get("urn:oid:2.5.4.3") != "Ada Byron" || info.Values.Get("cn") != "Ada Byron" || info.Values.Get("plan") != "gold" {
		t.Errorf("attributes: %v", info.Values)
	}
	raw, _ := base64.StdEncoding.DecodeString(fields["SAMLResponse"])
	if !strings.Contains(string(raw), "xmldsig-more#rsa-sha256") || strings.Contains(string(raw), "NameFormat") || strings.Contains(string(raw), "xsi:type") {
		t.Errorf("response: %s", raw)
	}
	if !strings.Contains(string(raw), `NotOnOrAfter="`+start.Add(time.Minute).Format("2006-01-02T15:04:05.000Z")) {
		t.Errorf("lifetime: %s", raw)
	}
}

// Source: Auth0's library samlp.
func TestASAMLLoginThatNamesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{"mappings": map[string]any{"name": "cn"}}))
	b := w.browser()
	res := b.signIn(b.get("/samlp/shopWeb"), "ada@shop.example").want(400)
	wantWords(t, res, "No attribute was found to generate the nameIdentifier. We tried with: "+soapClaims+"nameidentifier, "+soapClaims+"emailaddress, "+soapClaims+"name")
	wantWords(t, res, "nameIdentifierProbes")

	w = run(t, samlApp("shopWeb", map[string]any{"mappings": map[string]any{"name": "cn"}, "nameIdentifierProbes": []any{"none", "cn"}}))
	b = w.browser()
	info, err := w.serviceProvider("shopWeb", start).RetrieveAssertionInfo(b.signInForSAML(b.get("/samlp/shopWeb"), "ada@shop.example")["SAMLResponse"])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "NameID", info.NameID, "Ada Byron")
}

// deflated is a message as the HTTP-Redirect binding carries it.
func deflated(message string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	_, _ = io.WriteString(w, message)
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func authnRequest(attributes string) string {
	return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" ` +
		attributes + `><saml:Issuer>` + samlEntity + `</saml:Issuer></samlp:AuthnRequest>`
}

func samlURL(message string) string {
	return "/samlp/shopWeb?SAMLRequest=" + url.QueryEscape(deflated(message))
}

func TestSAMLRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{}))
	b := w.browser()
	for name, c := range map[string]struct{ target, description, hint string }{
		"unknown client":     {"/samlp/nobody", "Unknown client: nobody", ""},
		"no addon":           {"/samlp/shopPortal", "The SAML2 Web App addon is not enabled for this application", "addons.samlp"},
		"not base64":         {"/samlp/shopWeb?SAMLRequest=%21", "Invalid SAMLRequest", "base64"},
		"not deflated":       {"/samlp/shopWeb?SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(authnRequest("")))), "Invalid SAMLRequest", "deflated"},
		"no XML":             {samlURL("<"), "Invalid SAMLRequest", "XML"},
		"another message":    {samlURL(strings.ReplaceAll(authnRequest(""), "AuthnRequest", "LogoutRequest")), "Invalid SAMLRequest", "samlp:AuthnRequest"},
		"no ID":              {samlURL(strings.Replace(authnRequest(""), `ID="_1"`, "", 1)), "Invalid SAMLRequest", "no ID"},
		"an endless message": {samlURL(authnRequest(`X="` + strings.Repeat("a", 1<<20) + `"`)), "Invalid SAMLRequest", "longer than"},
		"a foreign callback": {samlURL(authnRequest(`AssertionConsumerServiceURL="https://evil.example/acs"`)), "Callback URL mismatch", "callbacks"},
		"a logout of nobody": {"/samlp/shopWeb/logout", "Missing required parameter: SAMLRequest", ""},
	} {
		res := b.get(c.target)
		if res.status < 400 || res.status >= 500 || !strings.Contains(html.UnescapeString(res.body), c.description) || !strings.Contains(html.UnescapeString(res.body), c.hint) {
			t.Errorf("%s: %d, want %q and %q in %s", name, res.status, c.description, c.hint, res.body)
		}
	}
}

func TestSAMLPassiveForcedAndDenied(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{}), google)
	b := w.browser()
	status := func(fields map[string]string) string {
		raw, _ := base64.StdEncoding.DecodeString(fields["SAMLResponse"])
		var response types.Response
		if err := xml.Unmarshal(raw, &response); err != nil {
			t.Fatal(err)
		}
		equal(t, "InResponseTo", response.InResponseTo, "_1")
		if len(response.Assertions) > 0 {
			t.Errorf("an assertion goes with a refusal: %s", raw)
		}
		return strings.TrimPrefix(response.Status.StatusCode.Value, "urn:oasis:names:tc:SAML:2.0:status:") + " " +
			regexp.MustCompile(`StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:(\w+)"/>`).FindStringSubmatch(string(raw))[1]
	}
	equal(t, "nobody logged in", status(b.get(samlURL(authnRequest(`IsPassive="true"`))).posted()), "Responder NoPassive")
	b.signInForSAML(b.get(samlURL(authnRequest(""))), "ada@shop.example")
	if b.get(samlURL(authnRequest(`IsPassive="true"`))).posted()["SAMLResponse"] == "" {
		t.Error("the session does not answer a passive request")
	}
	b.get(samlURL(authnRequest(`ForceAuthn="true"`))).wantPath("/u/login")
	page := b.get(samlURL(authnRequest(`ForceAuthn="true"`)) + "&connection=google-oauth2").wantPath("/u/pretend/google-oauth2")
	equal(t, "denied", status(b.post(page.RequestURI(), "action", "cancel").posted()), "Responder AuthnFailed")
	equal(t, "unknown connection", status(b.get(samlURL(authnRequest(""))+"&connection=nope").posted()), "Responder RequestDenied")
}

// samlKey is a certificate of the service provider's, and its key.
func samlKey(t *testing.T) *tenant.Key {
	t.Helper()
	key, err := tenant.NewKey("sp", "intranet.example", start)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSAMLRequestsMustBeSignedWhereTheCertificateIsKnown(t *testing.T) {
	t.Parallel()
	key, other := samlKey(t), samlKey(t)
	w := run(t, samlApp("shopWeb", map[string]any{
		"signingCert": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Cert})),
		"logout":      map[string]any{"callback": "http://localhost:3000/slo"},
	}))
	sp := w.serviceProvider("shopWeb", start)
	sign := func(k *tenant.Key) *saml2.SAMLServiceProvider {
		signed := &saml2.SAMLServiceProvider{
			IdentityProviderSSOURL: sp.IdentityProviderSSOURL, ServiceProviderIssuer: samlEntity, AssertionConsumerServiceURL: samlACS,
			SignAuthnRequests: true, SignAuthnRequestsAlgorithm: dsig.RSASHA256SignatureMethod, Clock: sp.Clock,
		}
		if err := signed.SetSPKeyStore(&saml2.KeyStore{Signer: k.Private, Cert: k.Cert}); err != nil {
			t.Fatal(err)
		}
		return signed
	}
	b := w.browser()
	byQuery := func(sp *saml2.SAMLServiceProvider) string {
		doc, err := sp.BuildAuthRequestDocumentNoSig()
		if err != nil {
			t.Fatal(err)
		}
		to, err := sp.BuildAuthURLRedirect("relay", doc)
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	byPost := func(sp *saml2.SAMLServiceProvider) string {
		doc, err := sp.BuildAuthRequestDocument()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := doc.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	b.get(byQuery(sign(key))).wantPath("/u/login")
	b.post("/samlp/shopWeb", "SAMLRequest", byPost(sign(key))).wantPath("/u/login")
	b.get(byQuery(sign(other))).want(400)
	b.post("/samlp/shopWeb", "SAMLRequest", byPost(sign(other))).want(400)
	b.get(samlURL(authnRequest(""))).want(400)
	b.get(strings.Replace(byQuery(sign(key)), "RelayState=relay", "RelayState=other", 1)).want(400)
	b.post("/samlp/shopWeb", "SAMLRequest", base64.StdEncoding.EncodeToString([]byte(authnRequest("")))).want(400)

	// What is read is what was signed, however often or oddly it is sent.
	_, signed, _ := strings.Cut(byQuery(sign(key)), "?")
	forged := url.QueryEscape(deflated(authnRequest("")))
	for _, query := range []string{
		"%53AMLRequest=" + forged + "&" + signed, "SAMLRequest=" + forged + "&" + signed, signed + "&SAMLRequest=" + forged,
		"Relay%53tate=evil&" + signed, signed + "&RelayState=evil", "S%69gAlg=x&" + signed,
	} {
		b.get("/samlp/shopWeb?" + query).want(400)
	}
	b.post("/samlp/shopWeb?"+signed, "SAMLRequest", deflated(authnRequest(""))).want(400)
	b.post("/samlp/shopWeb?"+signed, "RelayState", "evil").want(400)
}

func TestSAMLLogout(t *testing.T) {
	t.Parallel()
	w := run(t, samlApp("shopWeb", map[string]any{"logout": map[string]any{"callback": "http://localhost:3000/slo"}}))
	sp := w.serviceProvider("shopWeb", start)
	sp.ServiceProviderSLOURL = "http://localhost:3000/slo"
	b, other := w.browser(), w.browser()
	logout := func(index string) string {
		return deflated(`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_9" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` +
			samlEntity + `</saml:Issuer>` + index + `</samlp:LogoutRequest>`)
	}
	fields := b.signInForSAML(b.get("/samlp/shopWeb"), "ada@shop.example")
	raw, _ := base64.StdEncoding.DecodeString(fields["SAMLResponse"])
	index := regexp.MustCompile(`SessionIndex="([^"]+)"`).FindStringSubmatch(string(raw))[1]

	// Whoever knows the id of a session and signs nothing ends no other browser's.
	other.get("/samlp/shopWeb/logout?SAMLRequest=" + url.QueryEscape(logout("<samlp:SessionIndex>"+index+"</samlp:SessionIndex>"))).want(200)
	b.get("/samlp/shopWeb").posted()

	res := b.get("/samlp/shopWeb/logout?RelayState=bye&SAMLRequest=" + url.QueryEscape(logout("<samlp:SessionIndex>"+index+"</samlp:SessionIndex>"))).posted()
	equal(t, "RelayState", res["RelayState"], "bye")
	response, err := sp.ValidateEncodedLogoutResponsePOST(res["SAMLResponse"])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "InResponseTo", response.InResponseTo, "_9")
	b.get("/samlp/shopWeb").wantPath("/u/login")
}

// tourSAML shows what a service provider's browser gets.
func tourSAML(t *testing.T, text string, see func(string, *answer) *answer) {
	w := run(t, gallery(text), samlApp("shopWeb", map[string]any{"logout": map[string]any{"callback": "http://localhost:3000/slo"}}))
	b := w.browser()
	see("SAML answer", b.signIn(b.get("/samlp/shopWeb?"+form("RelayState", text)), "ada@shop.example"))
	see("SAML request, wrong", b.get("/samlp/shopWeb?"+form("SAMLRequest", text)))
	see("SAML refusal", b.get("/samlp/shopWeb?"+form("RelayState", text, "organization", text)))
	see("SAML logout, wrong", b.get("/samlp/shopWeb/logout?"+form("SAMLRequest", text)))
	see("SAML client, unknown", b.get("/samlp/"+url.PathEscape(text)))
}
