package token

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// pasted is a text taken apart, before anything is made of it.
type pasted struct {
	// compact is the token itself, "" if only decoded claims were pasted.
	compact        string
	parts          []string
	header, claims object
	// profile is JSON about a person, errorCode and errorText an error.
	profile              object
	errorCode, errorText string
	// broken says that it begins like a JWT and cannot be decoded.
	broken bool
	// response says that a whole token response or callback URL was pasted,
	// other names what came along with the token in it.
	response bool
	other    []string
}

// readPasted accepts what people have at hand: a token with or without Bearer
// and quotes, a token response, a callback URL, decoded claims, a profile, an
// error message.
func readPasted(text string) pasted {
	text = strings.TrimSpace(text)
	if len(text) > maxPasted {
		text = text[:maxPasted]
	}
	if strings.HasPrefix(text, "{") {
		return readJSON(text)
	}
	if p, ok := readURL(text); ok {
		return p
	}
	if bare := bareToken(text); !strings.ContainsAny(bare, " \t\r\n") {
		return readToken(bare)
	}
	return pasted{errorText: text}
}

// maxPasted is far beyond any token a header can carry.
const maxPasted = 256 << 10

var bearer = regexp.MustCompile(`(?i)^(authorization:\s*)?(bearer|dpop)\s+`)

// bareToken removes what surrounds a token, and the line breaks that a
// terminal or a mail put into it.
func bareToken(text string) string {
	text = bearer.ReplaceAllString(strings.Trim(text, "\"'`,; \t\r\n"), "")
	text = strings.Trim(text, "\"'`")
	if strings.HasPrefix(text, "eyJ") {
		text = strings.Join(strings.Fields(text), "")
	}
	return text
}

func readToken(raw string) pasted {
	p := pasted{compact: raw, parts: strings.Split(raw, ".")}
	if len(p.parts) == 1 {
		return p
	}
	p.header = decodePart(p.parts[0])
	if len(p.parts) == 3 {
		p.claims = decodePart(p.parts[1])
	}
	encrypted := len(p.parts) == 5 && p.header.members != nil
	p.broken = strings.HasPrefix(raw, "eyJ") && !encrypted && p.claims.members == nil
	return p
}

func decodePart(part string) object {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return object{}
	}
	return readObject(b)
}

func readJSON(text string) pasted {
	o := readObject([]byte(text))
	if p, ok := pickToken(o.text); ok {
		return p
	}
	for _, name := range []string{"payload", "claims", "idTokenPayload"} {
		if inner, ok := o.members[name].(map[string]any); ok {
			if b, err := json.Marshal(inner); err == nil {
				o = readObject(b)
			}
		}
	}
	switch {
	case o.members == nil:
		return pasted{errorText: text}
	case o.text("error") != "" || o.text("errorCode") != "":
		return pasted{errorCode: o.text("error"), errorText: cmp.Or(o.text("error_description"), o.text("errorDescription"), o.text("message"), o.text("error"))}
	case o.has("iss") && o.has("aud"):
		return pasted{claims: o}
	}
	return pasted{profile: o}
}

// readURL reads the address a login came back to.
func readURL(text string) (pasted, bool) {
	i := strings.IndexAny(text, "?#")
	if i < 0 || strings.ContainsAny(text, " \t\r\n") {
		return pasted{}, false
	}
	q, _ := url.ParseQuery(strings.NewReplacer("?", "&", "#", "&").Replace(text[i+1:]))
	if q.Get("error") != "" {
		return pasted{errorCode: q.Get("error"), errorText: cmp.Or(q.Get("error_description"), q.Get("error"))}, true
	}
	return pickToken(q.Get)
}

// pickToken takes the access token out of several, since it is the one that
// could hold permissions.
func pickToken(get func(name string) string) (pasted, bool) {
	var p pasted
	found := false
	for _, names := range [][]string{
		{"access_token", "accessToken", "token"}, {"id_token", "idToken", "id_token_hint"}, {"refresh_token", "refreshToken"},
	} {
		value := cmp.Or(get(names[0]), get(names[1]), get(names[len(names)-1]))
		switch {
		case value == "":
		case found:
			p.other = append(p.other, names[0])
		default:
			p, found = readToken(bareToken(value)), true
		}
	}
	p.response = found
	return p, found
}

// object is a JSON object with its source, which keeps the members' order.
type object struct {
	source  []byte
	members map[string]any
}

func readObject(b []byte) object {
	var members map[string]any
	if json.Unmarshal(b, &members) != nil || members == nil {
		return object{}
	}
	return object{source: b, members: members}
}

func (o object) has(name string) bool { _, ok := o.members[name]; return ok }

func (o object) text(name string) string { s, _ := o.members[name].(string); return s }

func (o object) time(name string) time.Time {
	n, ok := o.members[name].(float64)
	if !ok || n <= 0 || n > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// list reads a string or a list of strings.
func (o object) list(name string) []string {
	switch v := o.members[name].(type) {
	case string:
		return []string{v}
	case []any:
		list := []string{}
		for _, e := range v {
			if s, ok := e.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}

func (o object) scopes() []string { return tenant.ParseScope(o.text("scope")) }

// json is the object as it stood, with tokens and secrets inside it blotted
// out; nil where that is not possible.
func (o object) json() json.RawMessage {
	if o.members == nil {
		return nil
	}
	b := o.source
	clean := true
	walkStrings("", o.members, func(name, value string) {
		if !secretMember(name) && !looksLikeToken(value) || value == "" {
			return
		}
		encoded, err := json.Marshal(value)
		if err != nil || !bytes.Contains(b, encoded) {
			clean = false
			return
		}
		b = bytes.ReplaceAll(b, encoded, []byte(`"[removed]"`))
	})
	if !clean || !json.Valid(b) {
		return nil
	}
	return b
}

func walkStrings(name string, v any, visit func(name, value string)) {
	switch v := v.(type) {
	case string:
		visit(name, v)
	case []any:
		for _, e := range v {
			walkStrings(name, e, visit)
		}
	case map[string]any:
		for n, e := range v {
			walkStrings(n, e, visit)
		}
	}
}

func secretMember(name string) bool {
	switch name {
	case "access_token", "refresh_token", "id_token", "accessToken", "refreshToken", "idToken",
		"client_secret", "password", "secret", "access_token_secret":
		return true
	}
	return false
}

func looksLikeToken(s string) bool {
	return strings.HasPrefix(s, "eyJ") && strings.Contains(s, ".") || strings.HasPrefix(s, "v1.M")
}
