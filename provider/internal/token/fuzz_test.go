package token_test

import (
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// FuzzVerify: whatever verifies was signed by us, so it is the seed itself or
// the same payload under the same signature.
func FuzzVerify(f *testing.F) {
	keys := keySet(f)
	good := sign(f, keys, "RS256", token.TypeJWT, nil)
	f.Add(good)
	f.Add(sign(f, keys, "PS256", token.TypeAccessToken, nil))
	f.Add(sign(f, keys, "HS256", token.TypeJWT, []byte("secret")))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("")
	f.Add("a.b.c")
	f.Add(strings.Replace(good, ".", "..", 1))
	f.Fuzz(func(t *testing.T, raw string) {
		v, err := keys.Verify(raw)
		if (v == nil) == (err == nil) {
			t.Fatalf("both or neither: %v, %v", v, err)
		}
		if v == nil {
			return
		}
		// A signature covers header and payload, so nothing but its own last
		// bits (base64 padding) can differ from what was signed.
		signed := raw[:strings.LastIndex(raw, ".")]
		if signed != good[:strings.LastIndex(good, ".")] && v.Header.Algorithm != "PS256" {
			t.Fatalf("a token nobody signed was accepted: %q", raw)
		}
		if v.Subject != ada {
			t.Fatalf("claims nobody signed: %+v", v)
		}
	})
}

// FuzzExplain: whatever is pasted gets an answer that is whole and harmless.
func FuzzExplain(f *testing.F) {
	keys := keySet(f)
	dir := directory(f, acme())
	sealer := token.NewSealer(tenant.DefaultKeys()[0])
	opaque, err := sealer.Seal(issuer, token.Opaque{Subject: ada, ClientID: webID, Expires: noon.Unix()})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"", "a", sign(f, keys, "RS256", token.TypeJWT, nil), sign(f, keys, "HS256", token.TypeJWT, []byte("s")), opaque,
		`{"iss":"` + issuer + `","aud":["` + orders + `"],"sub":"` + ada + `","permissions":[],"iat":1,"exp":2,"azp":"` + webID + `","org_id":"` + orgID + `"}`,
		`{"iss":"` + issuer + `","aud":"` + webID + `","sub":"` + mia + `","nonce":"n"}`,
		`{"iss":"x","aud":"` + orders + `","sub":"` + robotID + `@clients","gty":"client-credentials","scope":"read:orders"}`,
		`{"sub":"` + bob + `","email":"bob@acme.test"}`, `{"access_token":"x","id_token":"y"}`,
		"access_denied: Service not found: " + orders, "http://localhost/?error=x&error_description=y", "v1.Mx", "Fe26.2", "eyJ.eyJ.x",
	} {
		f.Add(seed, "")
	}
	f.Add("x", billing)
	f.Fuzz(func(t *testing.T, text, wanted string) {
		e := token.Evidence{
			Token: text, Wanted: wanted, Now: noon, Issuer: issuer, Keys: keys, Sealer: sealer,
			Recent:  []token.Issued{{At: noon, ClientID: webID, UserID: ada, Flow: token.FlowCode, Audience: orders, Scopes: []string{"read:orders"}}},
			Changed: func(tenant.Setting) time.Time { return noon },
		}
		x := token.Explain(dir, e)
		harmless(t, token.Evidence{}, x)
		if len(x.Text()) > 64<<10 {
			t.Errorf("%d bytes of text for %d bytes of token", len(x.Text()), len(text))
		}
	})
}

// FuzzSealer: nothing opens but what was sealed.
func FuzzSealer(f *testing.F) {
	sealer := token.NewSealer(tenant.DefaultKeys()[0])
	raw, err := sealer.Seal(issuer, token.Opaque{Subject: ada, Expires: noon.Unix() + 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add("....")
	f.Add("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....")
	f.Fuzz(func(t *testing.T, s string) {
		if o, err := sealer.Open(s, noon); err == nil && o.Subject != ada {
			t.Fatalf("opened %+v", o)
		}
	})
}
