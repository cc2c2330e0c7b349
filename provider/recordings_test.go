package provider_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// recordings is where traffic of the real service lies, if it is there: beside
// the repository, as it may not be part of it.
const recordings = "../../shared/truth"

type recording struct {
	Scenario, Method, Path string
	Seq                    int
	Request                struct {
		Headers map[string]string
		Body    map[string]any
		Form    map[string]string
	}
	Status   int
	Response struct {
		Headers map[string]string
		Body    map[string]any
		Text    string
	}
	JWTs []struct{ Claims map[string]any }
}

func recorded(t *testing.T) []recording {
	t.Helper()
	var list []recording
	for _, name := range []string{"go-auth0-authentication.jsonl", "ruby-auth0.jsonl", "retired-ruby-auth0.jsonl"} {
		file, err := os.Open(filepath.Join(recordings, name))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("no recordings of the real service in %s: nothing to compare with", recordings)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var head struct{ Path string }
			if err := json.Unmarshal(lines.Bytes(), &head); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains([]string{"/oauth/token", "/oauth/revoke", "/userinfo"}, head.Path) {
				continue
			}
			var r recording
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			list = append(list, r)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// members are what was sent, form or JSON.
func (r *recording) members() map[string]string {
	if r.Request.Form != nil {
		return r.Request.Form
	}
	m := map[string]string{}
	for name, v := range r.Request.Body {
		m[name], _ = v.(string)
	}
	return m
}

// TestRecordings sends what SDKs sent to the real service and compares the
// answers: the status and the whole body of an error, the members and the
// plain values of a success. The tenant holds what the requests name; codes
// and refresh tokens, which no request can name beforehand, are put in.
func TestRecordings(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, r := range recorded(t) {
		sent := r.members()
		if why := incomparable(r, sent); why != "" {
			t.Logf("left out: %s/%d: %s", r.Scenario, r.Seq, why)
			continue
		}
		compared++
		name := strings.ReplaceAll(strings.TrimPrefix(r.Scenario, "retired/"), "/", "_")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, tenantOf(sent))
			fillIn(w, &r, sent)
			got := replay(w, &r, sent)
			equal(t, "status", got.status, r.Status)
			if r.Status >= 400 {
				compareError(t, got, &r)
			} else {
				compareSuccess(t, got, &r)
			}
		})
	}
	if compared < 15 {
		t.Errorf("only %d recordings were compared", compared)
	}
}

// incomparable says why a recording cannot be compared, "" if it can.
func incomparable(r recording, sent map[string]string) string {
	grant := sent["grant_type"]
	switch {
	case sent["client_assertion"] != "" || strings.Contains(grant, "/mfa-") || strings.Contains(grant, "token-exchange"):
		return "not built"
	case strings.Contains(grant, "passwordless"):
		return "edited by hand: an answer without scope and id_token, that no tenant gives"
	case sent["password"] == "[REDACTED]" && r.Status == http.StatusOK:
		return "the password is not known"
	case sent["scope"] == "extra-scope":
		return "edited by hand: an answer without scope, that no tenant gives"
	case strings.HasPrefix(r.Scenario, "retired/") && r.Status == http.StatusOK:
		return "an older service than the one compared with"
	}
	return ""
}

// tenantOf makes the tenant hold the client, user and APIs of a request.
func tenantOf(sent map[string]string) change {
	return func(c *provider.Config) {
		id := sent["client_id"]
		public := sent["client_secret"] == ""
		app := &tenant.Client{
			ClientID: id, Name: "Recorded", ClientSecret: sent["client_secret"], AppType: "regular_web", IsFirstParty: true, OIDCConformant: true,
			GrantTypes: []string{"authorization_code", "refresh_token", "client_credentials", "password"}, TokenEndpointAuthMethod: "client_secret_post",
			Callbacks: []string{"http://localhost:3000"}, OrganizationUsage: "allow", RefreshToken: tenant.RefreshTokenPolicy{RotationType: "rotating"},
		}
		if public {
			app.TokenEndpointAuthMethod = "none"
		}
		if id != "" {
			c.Snapshot.Clients = append(c.Snapshot.Clients, app)
			for _, connection := range c.Snapshot.Connections {
				connection.EnabledClients = append(connection.EnabledClients, id)
			}
		}
		if user := strings.TrimSuffix(sent["username"], "_invalid"); user != "" && sent["password"] != "[REDACTED]" {
			u := &tenant.User{UserID: "auth0|recorded", Connection: tenant.DefaultConnectionName, Email: user, Password: sent["password"]}
			if !strings.Contains(user, "@") {
				u.Email, u.Username = "", user
			}
			c.Snapshot.Users = append(c.Snapshot.Users, u)
		}
		if audience := sent["audience"]; audience != "" && !strings.Contains(audience, "invalid") {
			scope := []tenant.Scope{{Value: "test:scope"}}
			c.Snapshot.ResourceServers = append(c.Snapshot.ResourceServers, &tenant.ResourceServer{Name: "Recorded", Identifier: audience, Scopes: scope, AllowOfflineAccess: true})
			c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{ClientID: id, Audience: audience, OrganizationUsage: "allow", AllowAnyOrganization: true})
		}
		if org := sent["organization"]; org != "" {
			c.Snapshot.Organizations = append(c.Snapshot.Organizations, &tenant.Organization{ID: org, Name: "recorded"})
		}
	}
}

// fillIn replaces the recording's placeholders for codes and tokens by real
// ones.
func fillIn(w *world, r *recording, sent map[string]string) {
	w.t.Helper()
	log := []string{"client_id", sent["client_id"], "response_type", "code", "redirect_uri", sent["redirect_uri"], "state", "s1"}
	if sent["code_verifier"] != "" {
		sent["code_verifier"] = verifier
		log = append(log, "code_challenge", challenge(), "code_challenge_method", "S256")
	}
	if sent["code"] != "" {
		sent["code"] = w.browser().code(with(log), "ada@shop.example")
	}
	if sent["refresh_token"] != "" || r.Path == "/oauth/revoke" {
		log = append(with(log, "redirect_uri", "http://localhost:3000"), "scope", "openid profile email offline_access", "code_challenge", challenge(), "code_challenge_method", "S256")
		token := w.token(with([]string{
			"grant_type", "authorization_code", "client_id", sent["client_id"], "client_secret", sent["client_secret"],
			"redirect_uri", "http://localhost:3000", "code_verifier", verifier, "code", w.browser().code(log, "ada@shop.example"),
		})...).want(200).text("refresh_token")
		for _, name := range []string{"refresh_token", "token"} {
			if sent[name] != "" {
				sent[name] = token
			}
		}
	}
}

func replay(w *world, r *recording, sent map[string]string) *answer {
	w.t.Helper()
	switch {
	case r.Path == "/userinfo" && r.Status == http.StatusOK:
		token := mint(w.t, w, provider.TokenRequest{Client: "shopPortal", User: "auth0|ada", Issuer: base + "/"})
		return w.browser().do(r.Method, r.Path, head("Authorization", "Bearer "+token), "")
	case r.Path == "/userinfo":
		return w.browser().do(r.Method, r.Path, head("Authorization", "Bearer x"), "")
	case r.Request.Form != nil:
		var pairs []string
		for name, v := range sent {
			pairs = append(pairs, name, v)
		}
		return w.browser().post(r.Path, pairs...)
	}
	return w.browser().postJSON(r.Path, sent)
}

func compareError(t *testing.T, got *answer, r *recording) {
	t.Helper()
	if r.Response.Body == nil {
		equal(t, "body", got.body, r.Response.Text)
	} else {
		got.wantError(r.Status, r.Response.Body["error"].(string), r.Response.Body["error_description"].(string))
	}
	for _, name := range []string{"content-type", "www-authenticate"} {
		if want := r.Response.Headers[name]; want != "" {
			equal(t, name, got.header.Get(name), want)
		}
	}
	if want := r.Response.Headers["cache-control"]; strings.Contains(want, "no-transform") {
		equal(t, "cache-control", got.header.Get("Cache-Control"), want)
	}
}

// randomMembers differ from one answer to the next; that they are there is
// compared.
var randomMembers = []string{"access_token", "id_token", "refresh_token", "sub", "nickname", "name", "picture", "updated_at", "email", "email_verified"}

func compareSuccess(t *testing.T, got *answer, r *recording) {
	t.Helper()
	if r.Response.Body == nil {
		equal(t, "body", got.body, "")
		return
	}
	equal(t, "content-type", got.header.Get("Content-Type"), r.Response.Headers["content-type"])
	answer := got.json()
	for name, want := range r.Response.Body {
		have, ok := answer[name]
		switch {
		case !ok:
			t.Errorf("no %s: %s", name, got.body)
		case !slices.Contains(randomMembers, name) && have != want:
			t.Errorf("%s is %v, want %v", name, have, want)
		}
	}
	for name := range answer {
		dropped := name == "id_token" && strings.HasPrefix(r.Scenario, "go-auth0/") // those were edited by hand
		if _, ok := r.Response.Body[name]; !ok && !dropped {
			t.Errorf("%s was not recorded: %s", name, got.body)
		}
	}
	if len(r.JWTs) == 0 {
		return
	}
	token := "id_token"
	if answer[token] == nil {
		token = "access_token"
	}
	have := claims(t, answer[token].(string))
	for name := range r.JWTs[0].Claims {
		if _, ok := have[name]; !ok {
			t.Errorf("the %s has no %s: %v", token, name, have)
		}
	}
	for name := range have {
		if _, ok := r.JWTs[0].Claims[name]; !ok {
			t.Errorf("claim %s of the %s was not recorded", name, token)
		}
	}
}
