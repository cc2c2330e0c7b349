package token_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// harmless: an explanation repeats no token and no secret, obeys a terminal
// and is valid JSON.
func harmless(t *testing.T, e token.Evidence, x *token.Explanation) {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatalf("JSON: %v", err)
	}
	if x.Cause == "" || x.Fix == "" || x.Kind == "" || x.Reasons == nil || x.Checks == nil {
		t.Errorf("incomplete: %s", b)
	}
	text := x.Text()
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%q in the text", r)
		}
	}
	for _, secret := range secretsOf(e) {
		if strings.Contains(text, secret) || strings.Contains(string(b), secret) {
			t.Errorf("it repeats %.60q…", secret)
		}
	}
}

func secretsOf(e token.Evidence) []string {
	secrets := []string{"web-secret", "robot-secret", "a-signing-secret", "secret-upstream-token"}
	raw := strings.TrimSpace(e.Token)
	if i := strings.LastIndex(raw, "."); strings.HasPrefix(raw, "eyJ") && len(raw)-i > 20 {
		secrets = append(secrets, raw, raw[i:])
	}
	if strings.HasPrefix(raw, "v1.") && len(raw) > 10 || strings.HasPrefix(raw, "PPlG") {
		secrets = append(secrets, raw)
	}
	return secrets
}

// TestExplainReadsWhatPeoplePaste: the same token in its usual wrappings.
func TestExplainReadsWhatPeoplePaste(t *testing.T) {
	t.Parallel()
	s := newScene(t).access(ada, "openid")
	raw := s.e.Token
	idToken := newScene(t).id(ada, "openid").e.Token
	_, payload := parts(t, raw)
	want := s.explain().Cause
	for name, text := range map[string]string{
		"bearer":            "Authorization: Bearer " + raw,
		"lower-case bearer": "bearer " + raw,
		"quotes":            `"` + raw + `",`,
		"wrapped lines":     raw[:70] + "\n  " + raw[70:140] + "\r\n" + raw[140:] + "\n",
		"token response":    `{"access_token":"` + raw + `","id_token":"` + idToken + `","token_type":"Bearer"}`,
		"Lock's authResult": `{"accessToken":"` + raw + `","idToken":"` + idToken + `","idTokenPayload":{"sub":"x"}}`,
		"callback fragment": "http://localhost:3000/#access_token=" + raw + "&id_token=" + idToken + "&token_type=Bearer",
		"decoded claims":    payload,
		"jwt.io's object":   `{"header":{"alg":"RS256"},"payload":` + payload + `}`,
	} {
		s.e.Token = text
		x := s.explain()
		equal(t, name+": kind", x.Kind, token.KindAccessToken)
		equal(t, name+": cause", x.Cause, want)
		harmless(t, s.e, x)
	}
	s.e.Token = `{"id_token":"` + idToken + `"}`
	equal(t, "only an ID token", s.explain().Kind, token.KindIDToken)
	s.e.Token = `{"refresh_token":"v1.Mabcdefabcdefabcdefabcdefabcdefabcdef"}`
	equal(t, "only a refresh token", s.explain().Kind, token.KindRefreshToken)
}

// TestExplainAgreesWithDecide: the reasons are those of the same request.
func TestExplainAgreesWithDecide(t *testing.T) {
	t.Parallel()
	s := newScene(t).access(ada, "openid read:orders write:orders")
	dir := directory(t, s.now)
	want := decide(t, dir, request(dir, ada, "openid read:orders write:orders")).Reasons
	got := s.explain().Reasons
	equal(t, "number of reasons", len(got), len(want))
	for i := range got {
		equal(t, "reason", got[i].String(), want[i].String())
	}
}

// TestExplainKeepsOrder: claims are shown as they stand in the token.
func TestExplainKeepsOrder(t *testing.T) {
	t.Parallel()
	s := newScene(t).access(ada, "openid")
	header, payload := parts(t, s.e.Token)
	x := s.explain()
	equal(t, "header", string(x.Header), header)
	equal(t, "claims", string(x.Claims), payload)
	equal(t, "signature", *x.SignatureValid, true)
	equal(t, "expired", x.Expired, false)
}

// TestExplainSignature: only a signature that the tenant could have made is
// called wrong.
func TestExplainSignature(t *testing.T) {
	t.Parallel()
	foreign, err := tenant.NewKey("foreign", "other.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	strangers, err := token.NewKeySet(foreign, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		sentence, iss, alg string
		keys               *token.KeySet
		want               string
	}{
		{"ours", issuer, "RS256", keySet(t), "true"},
		{"PS256 too", issuer, "PS256", keySet(t), "true"},
		{"of another key, in our name", issuer, "RS256", strangers, "false"},
		{"of another tenant's key", "https://other.test/", "RS256", strangers, "unknown"},
		{"HS256 where no secret is known", issuer, "HS256", keySet(t), "unknown"},
	} {
		raw, err := row.keys.Sign(row.alg, token.TypeJWT, token.Claims{{Name: "iss", Value: row.iss}, {Name: "aud", Value: orders}, {Name: "sub", Value: ada}}, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		s := newScene(t)
		s.e.Token = raw
		got := "unknown"
		if valid := s.explain().SignatureValid; valid != nil {
			got = strconv.FormatBool(*valid)
		}
		equal(t, row.sentence, got, row.want)
	}
}

// TestExplainNamesTheLine: a check says where the fixture holds its setting.
func TestExplainNamesTheLine(t *testing.T) {
	t.Parallel()
	s := newScene(t).both(dialectOff)
	setting := tenant.Setting{Kind: tenant.KindResourceServer, ID: orders, Field: "token_dialect"}
	s.now.Sources = map[tenant.Setting]string{setting: "faux0.yaml:12:5"}
	x := s.access(ada, "").explain()
	for _, c := range x.Checks {
		if c.Setting != nil && *c.Setting == setting {
			equal(t, "source", c.Source, "faux0.yaml:12:5")
			equal(t, "ok", *c.OK, false)
			holds(t, "text", x.Text(), "(faux0.yaml:12:5)")
			return
		}
	}
	t.Errorf("no check of %v in %+v", setting, x.Checks)
}

// TestExplainOnStrangeGround: an empty tenant, no keys, claims of the wrong
// types.
func TestExplainOnStrangeGround(t *testing.T) {
	t.Parallel()
	empty := directory(t, &tenant.Snapshot{})
	full := directory(t, acme())
	for _, text := range []string{
		"", ".", "..", "....", "e30.e30.", "eyJ.eyJ.eyJ", "v1.", "Fe26.", "{}", "{", "[]", "null", `{"sub":1}`, `{"iss":1,"aud":1}`, `{"iss":"x","aud":[]}`,
		`{"iss":"x","aud":[1,null,"y"],"exp":"soon","iat":1e300,"gty":{},"permissions":"x","org_id":7,"azp":[],"sub":null}`,
		`{"iss":"` + issuer + `","aud":"` + orders + `","permissions":null,"exp":-1,"sub":"auth0|ada"}`,
		`{"iss":"` + issuer + `","aud":"` + orders + `","org_id":"org_gone","sub":"auth0|ada"}`,
		`{"iss":"` + issuer + `","aud":"` + orders + `","sub":"x@clients"}`,
		`{"iss":"\u001b[31m","aud":"\u202eevil","sub":"\u0000"}`,
		`{"access_token":"e30.e30."}`, "?error=x", "#access_token=", "http://x/?error=%zz",
		strings.Repeat("a", 1<<20), strings.Repeat("a.", 1<<16), "eyJ" + strings.Repeat(".", 1<<16),
	} {
		for _, dir := range []tenant.Directory{empty, full} {
			harmless(t, token.Evidence{}, token.Explain(dir, token.Evidence{Token: text}))
			e := newScene(t).e
			e.Token = text
			harmless(t, token.Evidence{}, token.Explain(dir, e))
		}
	}
}
