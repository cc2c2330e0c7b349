package provider_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/localtls"
	"github.com/faux0/faux0/provider/tenant"
)

// aliasHost is where clients are asked for a certificate.
const aliasHost = "https://mtls.tenant.localhost:4400"

// runAsking is run behind the listener that faux0 itself has.
func runAsking(t testing.TB, changes ...change) *world {
	t.Helper()
	authority, err := localtls.Memory(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.TLS = authority.TLSConfig()
	return serve(t, server, (*httptest.Server).StartTLS, changes)
}

// newCertificate makes a certificate: self-signed, or by the issuer.
func newCertificate(t testing.TB, name string, issuer *tls.Certificate, changes ...func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Shop, Inc."}, Country: []string{"DE"}},
		NotBefore: start.Add(-hour), NotAfter: start.Add(48 * hour),
	}
	for _, c := range changes {
		c(template)
	}
	parent, signer := template, crypto.Signer(key)
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey.(crypto.Signer)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func certPEM(c *tls.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
}

func x5t(c *tls.Certificate) string { sum := sha256.Sum256(c.Certificate[0]); return b64(sum[:]) }

// holding is a caller with a client certificate, nil for none, at a host.
func (w *world) holding(c *tls.Certificate, host string) *browser {
	w.t.Helper()
	transport := w.plain.Clone()
	if c != nil {
		transport.TLSClientConfig.Certificates = []tls.Certificate{*c}
	}
	b := w.browser()
	b.base, b.http.Transport = host, transport
	w.t.Cleanup(transport.CloseIdleConnections)
	return b
}

func selfSigned(id string, certs ...*tls.Certificate) change {
	return func(c *provider.Config) {
		m := &tenant.Credentials{}
		for _, cert := range certs {
			m.Credentials = append(m.Credentials, tenant.Credential{CredentialType: tenant.CredentialCertificate, PEM: certPEM(cert)})
		}
		client(c, id).AuthenticationMethods = &tenant.AuthenticationMethods{SelfSignedTLSClientAuth: m}
	}
}

func bySubject(id string, credential tenant.Credential) change {
	return func(c *provider.Config) {
		client(c, id).AuthenticationMethods = &tenant.AuthenticationMethods{TLSClientAuth: &tenant.Credentials{Credentials: []tenant.Credential{credential}}}
	}
}

func takesMTLS(identifier string, required bool) change {
	return func(c *provider.Config) {
		api(c, identifier).ProofOfPossession = &tenant.ProofOfPossession{Mechanism: tenant.MechanismMTLS, Required: required}
	}
}

func TestRFC8705Section2SelfSignedCertificates(t *testing.T) {
	t.Parallel()
	one, next, other := newCertificate(t, "worker", nil), newCertificate(t, "worker", nil), newCertificate(t, "worker", nil)
	w := runAsking(t, selfSigned("shopWorker", one, next))
	request := worker("client_secret", "")
	w.holding(one, aliasHost).post("/oauth/token", request...).want(200)
	w.holding(next, aliasHost).post("/oauth/token", request...).want(200)
	for name, b := range map[string]*browser{
		"of another key":                w.holding(other, aliasHost),
		"missing":                       w.holding(nil, aliasHost),
		"not asked for on the own host": w.holding(one, secure),
	} {
		if a := b.post("/oauth/token", request...); a.status != 401 || a.text("error") != "invalid_client" {
			t.Errorf("a certificate %s: status %d, %s", name, a.status, a.body)
		}
	}
	w.holding(nil, aliasHost).post("/oauth/token", worker()...).wantError(401, "invalid_client", notAuthenticated)
	w.control.Clock().Advance(49 * hour)
	hint := w.holding(one, aliasHost).post("/oauth/token", request...).wantError(401, "invalid_client", notAuthenticated).header.Get("Faux0-Hint")
	if !strings.Contains(hint, "valid from") {
		t.Errorf("hint of an old certificate: %q", hint)
	}
}

func TestRFC8705Section2CertificatesOfAnAuthority(t *testing.T) {
	t.Parallel()
	ca := newCertificate(t, "Shop CA", nil, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	mine, other, alone := newCertificate(t, "worker", ca), newCertificate(t, "somebody", ca), newCertificate(t, "worker", nil)
	request := worker("client_secret", "")
	for name, credential := range map[string]tenant.Credential{
		"subject as Go writes it":      {SubjectDN: mine.Leaf.Subject.String()},
		"subject as openssl writes it": {SubjectDN: `C = DE, O = Shop\, Inc., CN = worker`},
		"a certificate with it":        {PEM: certPEM(alone)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := runAsking(t, bySubject("shopWorker", credential))
			w.holding(mine, aliasHost).post("/oauth/token", request...).want(200)
			for what, c := range map[string]*tls.Certificate{"another subject": other, "the subject, self-signed": alone, "none": nil} {
				if a := w.holding(c, aliasHost).post("/oauth/token", request...); a.status != 401 || a.text("error") != "invalid_client" {
					t.Errorf("%s: status %d, %s", what, a.status, a.body)
				}
			}
		})
	}
}

func TestRFC8705Section3TokensAreBoundToTheCertificate(t *testing.T) {
	t.Parallel()
	one, other := newCertificate(t, "worker", nil), newCertificate(t, "worker", nil)
	w := runAsking(t, selfSigned("shopWorker", one), takesMTLS(orders, true))
	b := w.holding(one, aliasHost)
	res := b.post("/oauth/token", worker("client_secret", "")...).want(200)
	equal(t, "token_type", res.text("token_type"), "DPoP")
	access := res.text("access_token")
	equal(t, "x5t#S256", confirmation(t, access)["x5t#S256"], any(x5t(one)))
	equal(t, "iss", claims(t, access)["iss"], any(secure+"/"))

	// A secret and a certificate go together: the certificate only binds.
	code := w.holding(nil, secure).code(portalRequest("audience", orders), "ada@shop.example")
	w.holding(nil, aliasHost).post("/oauth/token", redeemPortal(code)...).wantError(400, "invalid_request", "Proof-of-Possession is required")
	code = w.holding(nil, secure).code(portalRequest("audience", orders, "scope", "openid profile"), "ada@shop.example")
	user := b.post("/oauth/token", redeemPortal(code)...).want(200).text("access_token")
	equal(t, "aud", claims(t, user)["aud"].([]any)[1], any(secure+"/userinfo"))
	for _, scheme := range []string{"Bearer ", "DPoP "} {
		equal(t, "sub", b.do("GET", "/userinfo", head("Authorization", scheme+user), "").want(200).text("sub"), "auth0|ada")
		for name, thief := range map[string]*browser{"another certificate": w.holding(other, aliasHost), "none": w.holding(nil, aliasHost), "none asked for": w.holding(one, secure)} {
			a := thief.do("GET", "/userinfo", head("Authorization", scheme+user), "")
			if a.status != 401 || !strings.Contains(a.header.Get("Www-Authenticate"), `error="invalid_token"`) {
				t.Errorf("%s with %s: status %d, %s", scheme, name, a.status, a.header.Get("Www-Authenticate"))
			}
		}
	}
}

func TestPublicClientsAreNotBoundByACertificate(t *testing.T) {
	t.Parallel()
	one := newCertificate(t, "app", nil)
	w := runAsking(t, takesMTLS(orders, true))
	code := w.holding(nil, secure).code(webRequest(), "ada@shop.example")
	w.holding(one, aliasHost).post("/oauth/token", redeemWeb(code)...).wantError(400, "invalid_request", "Proof-of-Possession is required")
}

func TestRFC8705Section5TheIssuerHasNoAlias(t *testing.T) {
	t.Parallel()
	w := runAsking(t)
	for host, issuer := range map[string]string{
		aliasHost: secure + "/", "https://mtls.localhost:4400": "https://localhost:4400/", "https://MTLS.localhost:4400": "https://localhost:4400/",
	} {
		doc := w.holding(nil, host).get("/.well-known/openid-configuration").want(200).json()
		equal(t, "issuer at "+host, doc["issuer"], any(issuer))
		equal(t, "authorization_endpoint at "+host, doc["authorization_endpoint"], any(issuer+"authorize"))
	}
	fixed := run(t, func(c *provider.Config) { c.Issuer, c.Hosts = "https://auth.test", []string{"faux0"} })
	for _, host := range []string{"http://mtls.auth.test", "http://mtls.faux0:4400"} {
		doc := fixed.holding(nil, host).get("/.well-known/openid-configuration").want(200).json()
		equal(t, "issuer at "+host, doc["issuer"], any("https://auth.test/"))
	}
	fixed.browser().get("http://mtls.evil.example/.well-known/openid-configuration").want(421)
}

// forwarded is what a proxy sends that was shown the certificate.
func forwarded(c *tls.Certificate, verified string) http.Header {
	return head("Content-Type", "application/x-www-form-urlencoded", "Client-Certificate", url.PathEscape(certPEM(c)),
		"Client-Certificate-Ca-Verified", verified, "X-Forwarded-Host", "auth.test", "X-Forwarded-Proto", "https")
}

func TestAProxyForwardsTheCertificate(t *testing.T) {
	t.Parallel()
	ca := newCertificate(t, "Shop CA", nil, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	one := newCertificate(t, "worker", ca)
	settings := []change{
		bySubject("shopWorker", tenant.Credential{SubjectDN: one.Leaf.Subject.String()}), takesMTLS(orders, true),
		func(c *provider.Config) { c.Hosts = []string{"auth.test"} },
	}
	request := form(worker("client_secret", "")...)
	w := run(t, append(settings, func(c *provider.Config) { c.Proxy = true })...)
	res := w.browser().do("POST", "/oauth/token", forwarded(one, "SUCCESS"), request).want(200)
	equal(t, "x5t#S256", confirmation(t, res.text("access_token"))["x5t#S256"], any(x5t(one)))
	w.browser().do("POST", "/oauth/token", forwarded(one, "FAILED:self signed certificate"), request).wantError(401, "invalid_client", notAuthenticated)
	garbled := forwarded(one, "SUCCESS")
	for _, value := range []string{"x", "%", "-----BEGIN CERTIFICATE-----%0AAAAA%0A-----END CERTIFICATE-----"} {
		garbled.Set("Client-Certificate", value)
		w.browser().do("POST", "/oauth/token", garbled, request).wantError(401, "invalid_client", notAuthenticated)
	}
	direct := run(t, settings...)
	direct.browser().do("POST", "/oauth/token", forwarded(one, "SUCCESS"), request).wantError(401, "invalid_client", notAuthenticated)
}

func TestRFC8705Section5DiscoveryNamesTheAliases(t *testing.T) {
	t.Parallel()
	one := newCertificate(t, "worker", nil)
	doc := func(w *world, host string) map[string]any {
		return w.browser().get(host + "/.well-known/openid-configuration").want(200).json()
	}
	plain := doc(run(t), base)
	for _, member := range []string{"mtls_endpoint_aliases", "tls_client_certificate_bound_access_tokens"} {
		if plain[member] != nil {
			t.Errorf("without mTLS %s is %v", member, plain[member])
		}
	}
	w := run(t, selfSigned("shopWorker", one), takesMTLS(orders, true), func(c *provider.Config) {
		c.Snapshot.Settings.MTLS = &tenant.MTLS{EnableEndpointAliases: true}
		c.Snapshot.Settings.PAR = true
	})
	for host, alias := range map[string]string{
		base: aliasHost, "http://mtls.tenant.localhost:4400": aliasHost, "http://localhost": "https://mtls.localhost",
		"http://127.0.0.1:4400": "https://mtls.localhost:4400", "http://[::1]:4400": "https://mtls.localhost:4400",
	} {
		d := doc(w, host)
		aliases, _ := d["mtls_endpoint_aliases"].(map[string]any)
		equal(t, "token_endpoint for "+host, aliases["token_endpoint"], any(alias+"/oauth/token"))
		equal(t, "userinfo_endpoint for "+host, aliases["userinfo_endpoint"], any(alias+"/userinfo"))
		equal(t, "pushed_authorization_request_endpoint for "+host, aliases["pushed_authorization_request_endpoint"], any(alias+"/oauth/par"))
		equal(t, "tls_client_certificate_bound_access_tokens", d["tls_client_certificate_bound_access_tokens"], any(true))
	}
	methods, _ := doc(w, base)["token_endpoint_auth_methods_supported"].([]any)
	equal(t, "the last method", methods[len(methods)-1], any("self_signed_tls_client_auth"))

	// The document follows the settings.
	s := w.control.Snapshot().Clone()
	s.Settings.MTLS = nil
	if err := w.control.Restore(s); err != nil {
		t.Fatal(err)
	}
	if got := doc(w, base)["mtls_endpoint_aliases"]; got != nil {
		t.Errorf("with the aliases switched off: %v", got)
	}
}
