package provider_test

import (
	"encoding/pem"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

// samlPartner is a tenant that is the SAML identity provider of another's
// connection corp.
func samlPartner(t *testing.T, settings map[string]any, changes ...change) *world {
	t.Helper()
	return partner(t, append([]change{samlApp("shopPortal", settings), func(c *provider.Config) {
		client(c, "shopPortal").Callbacks = []string{callbackURL + "?connection=corp"}
	}}, changes...)...)
}

func (w *world) samlOptions(changes ...any) map[string]any {
	options := map[string]any{"metadataUrl": w.server.URL + "/samlp/metadata/shopPortal"}
	for i := 0; i < len(changes); i += 2 {
		options[changes[i].(string)] = changes[i+1]
	}
	return options
}

// answers goes to the partner, as the browser of somebody whom it knows, and
// returns what it has the browser post.
func (w *world) answers(at *url.URL, more ...string) []string {
	w.t.Helper()
	q := at.Query()
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	res, err := http.Get(w.server.URL + at.Path + "?" + q.Encode())
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return (&answer{t: w.t, status: res.StatusCode, body: string(page)}).fields()
}

const samlCallback = "/login/callback?connection=corp"

func TestRealSAMLProviderLogsIn(t *testing.T) {
	t.Parallel()
	p := samlPartner(t, map[string]any{"signatureAlgorithm": "rsa-sha256"})
	w := run(t, connect("corp", "samlp", p.samlOptions(), "shopWeb"))
	b := w.browser()
	at := b.toPartner("corp")
	if at.Path != "/samlp/shopPortal" || at.Query().Get("SAMLRequest") == "" || at.Query().Get("RelayState") == "" {
		t.Fatalf("the browser is sent to %s", at)
	}
	fields := p.answers(at, "login_hint", "ada@shop.example")
	w.browser().post(samlCallback, fields...).want(400) // somebody else's browser
	done := b.post(samlCallback, fields...).wantPath("/authorize/resume")
	got := w.profile(b.get(done.RequestURI()))
	equal(t, "sub", got["sub"], any("samlp|corp|auth0|ada"))
	equal(t, "email", got["email"], any("ada@shop.example"))
	equal(t, "name", got["name"], any("Ada Byron"))
	b.post(samlCallback, fields...).want(400) // the answer counts once
	if b.authorize(webRequest("connection", "corp", "prompt", "none")).query().Get("code") == "" {
		t.Error("the session does not answer for its connection")
	}
	// Its answer to one login does not serve for another.
	other := w.browser()
	mixed := p.answers(other.toPartner("corp"), "login_hint", "nora@shop.example")
	for i := range mixed {
		if mixed[i] == "SAMLResponse" {
			mixed[i+1] = fields[indexOf(fields, "SAMLResponse")+1]
		}
	}
	if q := other.post(samlCallback, mixed...).query(); q.Get("error") != "unauthorized" || !strings.Contains(q.Get("error_description"), "answers the request") {
		t.Errorf("an answer to another request: %v", q)
	}
}

func indexOf(list []string, s string) int {
	for i, v := range list {
		if v == s {
			return i
		}
	}
	return -1
}

func TestRealSAMLProviderOptions(t *testing.T) {
	t.Parallel()
	plain := run(t)
	ours := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tenantCert(t, plain)}))
	p := samlPartner(t, map[string]any{"signResponse": true, "signingCert": ours})
	theirs := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tenantCert(t, p)}))
	metadata := p.browser().get(p.server.URL + "/samlp/metadata/shopPortal").want(200).body
	for name, c := range map[string]struct {
		options map[string]any
		sub     string
	}{
		"signed, by redirect": {p.samlOptions("signSAMLRequest", true, "signatureAlgorithm", "rsa-sha1"), "samlp|corp|auth0|ada"},
		"spelt out":           {map[string]any{"signInEndpoint": p.server.URL + "/samlp/shopPortal", "signingCert": theirs, "signSAMLRequest": true, "entityId": "urn:shop"}, "samlp|corp|auth0|ada"},
		"metadata at hand":    {map[string]any{"metadataXml": strings.ReplaceAll(metadata, base, p.server.URL), "signSAMLRequest": true}, "samlp|corp|auth0|ada"},
		"another id":          {p.samlOptions("signSAMLRequest", true, "user_id_attribute", samlMail), "samlp|corp|ada@shop.example"},
		"mapped": {p.samlOptions("signSAMLRequest", true, "fieldsMap", map[string]any{
			"user_id": []any{"nothing", samlMail}, "nickname": "http://schemas.auth0.com/nickname",
		}), "samlp|corp|ada@shop.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", "samlp", c.options, "shopWeb"))
			b := w.browser()
			done := b.post(samlCallback, p.answers(b.toPartner("corp"), "login_hint", "ada@shop.example")...).wantPath("/authorize/resume")
			equal(t, "sub", w.profile(b.get(done.RequestURI()))["sub"], any(c.sub))
		})
	}
	t.Run("signed, by form", func(t *testing.T) {
		t.Parallel()
		w := run(t, connect("corp", "samlp", p.samlOptions("signSAMLRequest", true, "protocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"), "shopWeb"))
		b := w.browser()
		page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
		form := b.get(page.RequestURI())
		action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(form.body)[1]
		fields := url.Values{"login_hint": {"ada@shop.example"}}
		for name, value := range form.posted() {
			fields.Set(name, value)
		}
		res, err := http.PostForm(html.UnescapeString(action), fields)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer := &answer{t: t, status: res.StatusCode, body: string(body)}
		b.post(samlCallback, answer.fields()...).wantPath("/authorize/resume")
	})
}

const samlMail = soapClaims + "emailaddress"

// tenantCert is the certificate that the world signs with.
func tenantCert(t *testing.T, w *world) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(w.browser().get("/pem").want(200).body))
	return block.Bytes
}

func TestRealSAMLProviderFails(t *testing.T) {
	t.Parallel()
	p := samlPartner(t, map[string]any{"issuer": "urn:partner"}, google)
	another := samlKey(t)
	pemOf := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: another.Cert}))
	for name, c := range map[string]struct {
		options          map[string]any
		more             []string
		code, says, hint string
	}{
		"another key":          {map[string]any{"signInEndpoint": p.server.URL + "/samlp/shopPortal", "signingCert": pemOf}, nil, "unauthorized", "", `connection "corp"`},
		"no certificate":       {map[string]any{"signInEndpoint": p.server.URL + "/samlp/shopPortal"}, nil, "unauthorized", "signingCert is required", "options.signingCert"},
		"a broken certificate": {map[string]any{"signInEndpoint": p.server.URL + "/samlp/shopPortal", "signingCert": "x"}, nil, "unauthorized", "invalid signingCert", "PEM"},
		"no metadata there":    {map[string]any{"metadataUrl": p.server.URL + "/samlp/metadata/nobody"}, nil, "unauthorized", "", "403"},
		"no metadata at all":   {map[string]any{"metadataUrl": p.server.URL + "/.well-known/jwks.json"}, nil, "unauthorized", "invalid metadata", "EntityDescriptor"},
		"a refusal":            {p.samlOptions(), []string{"organization", "nobody"}, "access_denied", "", "RequestDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, connect("corp", "samlp", c.options, "shopWeb"))
			b := w.browser()
			page := b.authorize(webRequest("connection", "corp")).wantPath("/u/pretend/corp")
			res := b.get(page.RequestURI())
			if to := res.location(); to != nil && to.Path == "/samlp/shopPortal" {
				res = b.post(samlCallback, p.answers(to, append([]string{"login_hint", "ada@shop.example"}, c.more...)...)...)
			}
			q := res.query()
			if q.Get("error") != c.code || c.says != "" && q.Get("error_description") != c.says || !strings.Contains(res.header.Get("Faux0-Hint"), c.hint) {
				t.Errorf("got %v, hint %q", q, res.header.Get("Faux0-Hint"))
			}
		})
	}
}

func TestSAMLLoginThatBeginsAtTheProvider(t *testing.T) {
	t.Parallel()
	p := samlPartner(t, map[string]any{"audience": "urn:auth0:tenant:corp"})
	begin := func() []string {
		return p.answers(&url.URL{Path: "/samlp/shopPortal"}, "login_hint", "ada@shop.example")
	}
	off := run(t, connect("corp", "samlp", p.samlOptions(), "shopWeb"))
	res := off.browser().post(samlCallback, begin()...).want(400)
	if !strings.Contains(html.UnescapeString(res.header.Get("Faux0-Hint")), "idpinitiated") {
		t.Errorf("hint: %q", res.header.Get("Faux0-Hint"))
	}
	w := run(t, connect("corp", "samlp", p.samlOptions("idpinitiated", map[string]any{
		"enabled": true, "client_id": "shopWeb", "client_protocol": "oidc", "client_authorizequery": "response_type=code&scope=openid email&redirect_uri=" + callback + "&code_challenge=" + challenge() + "&code_challenge_method=S256",
	}), "shopWeb"))
	fields := begin()
	b := w.browser()
	got := w.profile(b.post(samlCallback, fields...))
	equal(t, "sub", got["sub"], any("samlp|corp|auth0|ada"))
	equal(t, "a replay", w.browser().post(samlCallback, fields...).query().Get("error_description"), "the assertion was used before")
	// An assertion is good for an hour.
	late := begin()
	w.control.Clock().Advance(2 * time.Hour)
	if q := w.browser().post(samlCallback, late...).query(); q.Get("error") != "unauthorized" {
		t.Errorf("a late assertion: %v", q)
	}
}

func TestSAMLConnectionMetadata(t *testing.T) {
	t.Parallel()
	w := run(t, connect("corp", "samlp", map[string]any{"signSAMLRequest": true}, "shopWeb"))
	b := w.browser()
	got := b.get("/samlp/metadata?connection=corp").want(200).body
	for _, want := range []string{`entityID="urn:auth0:tenant:corp"`, `AuthnRequestsSigned="true"`, `Location="` + base + `/login/callback?connection=corp"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	b.get("/samlp/metadata").want(400)
	b.get("/samlp/metadata?connection=" + database).want(400)
}
