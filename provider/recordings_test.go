package provider_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
)

// recordings is where traffic of the real service lies, if it is there: beside
// the repository, as it may not be part of it.
const recordings = "../../shared/truth"

// exceptionsFile says where Faux0 differs from the recordings, and why.
const exceptionsFile = "testdata/recordings-exceptions.txt"

type recording struct {
	Scenario, Host, Method, Path string
	Seq                          int
	Request                      struct {
		Headers map[string]string
		Body    map[string]any
		Form    map[string]string
	}
	Status   int
	Response struct {
		Headers map[string]string
		Body    json.RawMessage
		Text    string
	}
	JWTs []struct{ Claims map[string]any }
}

// name is how the exceptions call the recording.
func (r *recording) name() string { return fmt.Sprintf("%s/%d", r.Scenario, r.Seq) }

// retired recordings are of an older service.
func (r *recording) retired() bool { return strings.HasPrefix(r.Scenario, "retired/") }

// recorded reads everything that was recorded of the Authentication API.
func recorded(t *testing.T) (list []recording) {
	t.Helper()
	for _, name := range []string{"go-auth0-authentication", "ruby-auth0", "retired-go-auth0", "retired-ruby-auth0"} {
		file, err := os.Open(filepath.Join(recordings, name+".jsonl"))
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
			if strings.HasPrefix(head.Path, "/api/v2/") {
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

// exceptions reads the differences that are known, by recording. A line that
// is not indented is the cause of those below it.
func exceptions(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(exceptionsFile)
	if err != nil {
		t.Fatal(err)
	}
	known, cause := map[string][]string{}, ""
	for i, line := range strings.Split(string(data), "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "#"):
		case line[0] != ' ':
			cause = line
		case cause == "" || len(fields) < 2:
			t.Errorf("%s:%d: an exception has a cause above it, and says what differs", exceptionsFile, i+1)
		default:
			known[fields[0]] = append(known[fields[0]], fields[1:]...)
		}
	}
	return known
}

// TestRecordings sends what SDKs sent to the real service and compares the
// answers: status, headers, the members of the body and those of their values
// that are not random. The tenant holds what the requests name; codes and
// tokens, which no request can name beforehand, are put in.
//
// What differs must be in exceptionsFile, and what is there must differ: the
// list can only shrink.
func TestRecordings(t *testing.T) {
	t.Parallel()
	known, list := exceptions(t), recorded(t)
	if len(list) < 57 {
		t.Errorf("only %d recordings were found", len(list))
	}
	for name := range known {
		if !slices.ContainsFunc(list, func(r recording) bool { return r.name() == name }) {
			t.Errorf("%s names %s, which is no recording", exceptionsFile, name)
		}
	}
	for _, r := range list {
		t.Run(strings.ReplaceAll(r.name(), "/", "_"), func(t *testing.T) {
			t.Parallel()
			found := differences(t, answerTo(t, &r), &r)
			for what, why := range found {
				if !slices.Contains(known[r.name()], what) {
					t.Errorf("%s differs: %s", what, why)
				}
			}
			for _, what := range known[r.name()] {
				if _, differs := found[what]; !differs {
					t.Errorf("%s no longer differs: take it out of %s", what, exceptionsFile)
				}
			}
		})
	}
}

// randomMembers differ from one answer to the next; that they are there, and
// of which kind, is compared.
var randomMembers = []string{
	"access_token", "id_token", "refresh_token", "sub", "nickname", "name", "picture", "updated_at", "email_verified", "phone_verified",
	"_id", "auth_req_id", "request_uri", "oob_code", "barcode_uri",
}

// differences compares an answer with the recorded one: "status" if that
// differs, else each member that does, with a plus sign where only ours has it
// and a minus sign where only the recorded one does.
func differences(t *testing.T, got *answer, r *recording) map[string]string {
	t.Helper()
	if got.status != r.Status {
		return map[string]string{"status": fmt.Sprintf("%d, want %d; %s %s", got.status, r.Status, got.header.Get("Faux0-Hint"), got.body)}
	}
	found := map[string]string{}
	differ := func(what string, have, want any) {
		if !reflect.DeepEqual(have, want) {
			found[what] = fmt.Sprintf("%v, want %v", have, want)
		}
	}
	for _, name := range []string{"content-type", "www-authenticate", "cache-control"} {
		empty := name == "content-type" && got.body == "" // one recorder wrote a type beside no body
		older := name == "cache-control" && r.retired()
		if want := r.Response.Headers[name]; want != "" && !empty && !older {
			differ(name, got.header.Get(name), want)
		}
	}
	switch {
	case r.Response.Body == nil && strings.HasPrefix(got.header.Get("Content-Type"), "application/xml"):
		differ("body", xmlTokens(t, got.body, "http://tenant.localhost:4400"), xmlTokens(t, r.Response.Text, "https://"+r.Host))
		return found
	case r.Response.Body == nil:
		differ("body", got.body, r.Response.Text)
		return found
	}
	have, want := bodyObject(t, []byte(got.body)), bodyObject(t, r.Response.Body)
	for _, name := range sortedKeys(want, have) {
		h, ours := have[name]
		w, theirs := want[name]
		switch {
		case !ours:
			found["-"+name] = "it was recorded, and is not there: " + got.body
		case !theirs:
			found["+"+name] = "it was not recorded: " + got.body
		case slices.Contains(randomMembers, name):
			differ(name, fmt.Sprintf("%T", h), fmt.Sprintf("%T", w))
		default:
			differ(name, h, w)
		}
	}
	if order := memberOrder(t, []byte(got.body)); len(found) == 0 && strings.HasPrefix(r.Scenario, "go-auth0/") && !strings.HasPrefix(r.Path, "/oauth/") {
		differ("order", order, memberOrder(t, r.Response.Body))
	}
	compareClaims(t, have, r, found)
	return found
}

// compareClaims compares which claims are in the first token of an answer.
func compareClaims(t *testing.T, answer map[string]any, r *recording, found map[string]string) {
	t.Helper()
	if len(r.JWTs) == 0 {
		return
	}
	raw, ok := answer["id_token"].(string)
	if !ok {
		raw, _ = answer["access_token"].(string)
	}
	have, want := claims(t, raw), r.JWTs[0].Claims
	for _, name := range sortedKeys(want, have) {
		if _, ours := have[name]; !ours {
			found["-"+name] = "the token has no such claim"
		}
		if _, theirs := want[name]; !theirs {
			found["+"+name] = "the token's claim was not recorded"
		}
	}
}

// certificates are each tenant's own.
var certificates = regexp.MustCompile(`(<X509Certificate>)[^<]+`)

// xmlTokens is a document without the white space of its layout, its
// certificates, and the names that the tenant has at its base URL.
func xmlTokens(t *testing.T, document, base string) (tokens []string) {
	t.Helper()
	domain := base[strings.Index(base, "://")+3:]
	label, _, _ := strings.Cut(domain, ".")
	document = strings.NewReplacer(base, "BASE", domain, "DOMAIN", "urn:auth0"+label, "TENANT").Replace(certificates.ReplaceAllString(document, "$1"))
	dec := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return tokens
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		tokens = append(tokens, fmt.Sprintf("%s", xml.CopyToken(token)))
	}
}

// bodyObject is a body as an object; one that is none is the member "body".
func bodyObject(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return map[string]any{"body": string(body)}
	}
	if object, ok := v.(map[string]any); ok {
		return object
	}
	return map[string]any{"body": v}
}

func sortedKeys(maps ...map[string]any) (names []string) {
	for _, m := range maps {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// memberOrder lists the members of a flat object as they stand.
func memberOrder(t *testing.T, body []byte) (names []string) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		text, ok := name.(string)
		if !ok {
			return nil
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		names = append(names, text)
	}
	return names
}

// answerTo sends a recorded request to a tenant made for it.
func answerTo(t *testing.T, r *recording) *answer {
	t.Helper()
	sent := r.members()
	w := run(t, tenantOf(r, sent), func(c *provider.Config) { c.FixtureUsers = false })
	fillIn(w, r, sent)
	return replay(w, r, sent)
}
