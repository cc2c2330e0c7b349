package token_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// truthDir holds recordings of the real service; they are not part of the
// repository.
const truthDir = "../../../../shared/truth"

type recorded struct {
	Op      string `json:"op"`
	Request struct {
		Body, Form json.RawMessage
	} `json:"request"`
	Response struct{ Body json.RawMessage } `json:"response"`
	JWTs     []struct {
		Header, Claims json.RawMessage
	} `json:"jwts"`
}

// recordedTokens are the recorded answers of /oauth/token that hold JWTs.
func recordedTokens(t *testing.T) []recorded {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(truthDir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			if !bytes.Contains(lines.Bytes(), []byte(`"jwts"`)) {
				continue
			}
			var r recorded
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r.Op == "POST /oauth/token" && len(r.JWTs) > 0 {
				all = append(all, r)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	return all
}

// moved are the members whose place has changed since these recordings were
// made (2018 to 2021); newer published tokens have them where we do.
var moved = []string{"sub", "aud", "azp", "scope", "gty"}

// TestRecordedTokens makes each recorded request again and compares header and
// claims: the same members, in the same order but for those that moved.
func TestRecordedTokens(t *testing.T) {
	t.Parallel()
	recordings := recordedTokens(t)
	if len(recordings) == 0 {
		t.Skip("no recordings at " + truthDir)
	}
	compared := 0
	for _, r := range recordings {
		var req struct {
			GrantType string `json:"grant_type"`
			ClientID  string `json:"client_id"`
			Scope     string `json:"scope"`
			Audience  string `json:"audience"`
		}
		if json.Unmarshal(r.Request.Body, &req) != nil || req.GrantType != "password" {
			continue
		}
		for _, jwt := range r.JWTs {
			var real map[string]any
			if err := json.Unmarshal(jwt.Claims, &real); err != nil {
				t.Fatal(err)
			}
			header, claims, granted := replay(t, req.ClientID, req.Scope, req.Audience, real)
			equal(t, "header members", sortedMembers(t, header), sortedMembers(t, string(jwt.Header)))
			equal(t, "claims", sortedMembers(t, claims), sortedMembers(t, string(jwt.Claims)))
			equal(t, "order of claims", joined(without(members(t, claims), moved)), joined(without(members(t, string(jwt.Claims)), moved)))
			sameValues(t, claims, real)
			var body struct{ Scope string }
			if err := json.Unmarshal(r.Response.Body, &body); err != nil {
				t.Fatal(err)
			}
			equal(t, "scope of the answer", granted, body.Scope)
			compared++
		}
	}
	if compared < 3 {
		t.Errorf("only %d recorded tokens could be compared", compared)
	}
}

// replay makes the token again for a user and an API like the recorded ones.
func replay(t *testing.T, clientID, scope, audience string, real map[string]any) (header, claims, granted string) {
	t.Helper()
	text := func(name string) string { s, _ := real[name].(string); return s }
	s := &tenant.Snapshot{
		Clients: []*tenant.Client{{ClientID: clientID, IsFirstParty: true, OIDCConformant: true, GrantTypes: []string{"password"}}},
		ResourceServers: []*tenant.ResourceServer{{Identifier: audience, Name: "recorded",
			Scopes: []tenant.Scope{{Value: "test:scope"}, {Value: "another:scope"}}, TokenLifetimeSeconds: 86400}},
		Users: []*tenant.User{{UserID: text("sub"), Email: "nobody@acme.test"}},
	}
	if email := text("email"); email != "" {
		s.Users[0].Email = email
	}
	s.Users[0].FillDefaults(noon)
	dir := directory(t, s)
	iss := text("iss")
	request := token.Request{Flow: token.FlowPassword, Client: dir.Client(clientID), User: dir.User(text("sub")),
		Audience: audience, Scopes: tenant.ParseScope(scope), Issuer: iss}
	d := decide(t, dir, request)
	issue := token.Issue{Issuer: iss, At: noon, GrantedBy: []string{token.GTYPassword}}
	made := token.IDClaims
	if audience != "" {
		made = token.AccessClaims
	}
	raw, err := keySet(t).Sign("RS256", token.TypeJWT, made(d, request, issue), nil)
	if err != nil {
		t.Fatal(err)
	}
	header, claims = parts(t, raw)
	return header, claims, d.Scope()
}

// sameValues compares what does not depend on the moment.
func sameValues(t *testing.T, claims string, real map[string]any) {
	t.Helper()
	var ours map[string]any
	if err := json.Unmarshal([]byte(claims), &ours); err != nil {
		t.Fatal(err)
	}
	number := func(m map[string]any, name string) float64 { f, _ := m[name].(float64); return f }
	equal(t, "lifetime", number(ours, "exp")-number(ours, "iat"), number(real, "exp")-number(real, "iat"))
	for name, value := range real {
		if !slices.Contains([]string{"iat", "exp", "updated_at"}, name) {
			equal(t, name, ours[name], value)
		}
	}
}

func sortedMembers(t *testing.T, object string) string {
	t.Helper()
	names := members(t, object)
	slices.Sort(names)
	return strings.Join(names, " ")
}

func without(list, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}
