package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// MaxBody is the largest request body accepted, in bytes.
//
// Source: Auth0 docs, "Management API" (1 MB); the Authentication API's limit
// is not public.
const MaxBody = 1 << 20

// Params are the members of a form or of a flat JSON object.
type Params map[string]string

// Get returns a parameter, "" when absent.
func (p Params) Get(name string) string { return p[name] }

// Query returns the parameters of the query string. Of a repeated parameter
// the first counts.
func Query(r *http.Request) Params {
	return first(r.URL.Query())
}

// Body reads a form or a JSON object. An array of strings, as some SDKs send
// for scope, is joined with spaces; other nested values are kept as JSON text.
//
// It returns BodyTooLarge, or BadBody for a body that is not what its
// Content-Type says.
func Body(r *http.Request) (Params, error) {
	raw, err := ReadBody(r, MaxBody)
	if err != nil {
		return nil, err
	}
	if isJSON(r, raw) {
		return jsonParams(raw)
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, tenant.BadBody(err).WithHint("the form could not be decoded: %%, & and ; within a value must be percent-encoded")
	}
	return first(form), nil
}

// ReadBody reads at most limit bytes.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, tenant.BodyTooLarge(limit)
		}
		return nil, tenant.BadBody(err)
	}
	return raw, nil
}

// isJSON goes by the Content-Type, and by the first byte where there is none.
func isJSON(r *http.Request, raw []byte) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{"))
	}
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

func jsonParams(raw []byte) (Params, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, tenant.BadBody(err).WithHint("%s", jsonFault(err))
	}
	p := make(Params, len(members))
	for name, value := range members {
		text, err := jsonText(value)
		if err != nil {
			return nil, tenant.BadBody(err)
		}
		p[name] = text
	}
	return p, nil
}

func jsonFault(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("the Content-Type says JSON, and the body stops being JSON at byte %d", syntax.Offset)
	}
	return "the body is JSON, but not an object"
}

func jsonText(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	switch raw[0] {
	case '"':
		var s string
		return s, json.Unmarshal(raw, &s)
	case '[':
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			return strings.Join(list, " "), nil
		}
	}
	return string(raw), nil
}

func first(values url.Values) Params {
	p := make(Params, len(values))
	for name, v := range values {
		p[name] = v[0]
	}
	return p
}

// BasicAuth reads HTTP Basic credentials, each form-decoded.
//
// Source: RFC 6749 §2.3.1.
func BasicAuth(r *http.Request) (id, secret string, ok bool) {
	id, secret, ok = r.BasicAuth()
	if !ok {
		return "", "", false
	}
	if v, err := url.QueryUnescape(id); err == nil {
		id = v
	}
	if v, err := url.QueryUnescape(secret); err == nil {
		secret = v
	}
	return id, secret, true
}

// Authorization reads the Authorization header: its scheme and what is behind.
//
// Source: RFC 9110 §11.4.
func Authorization(r *http.Request) (scheme, credentials string) {
	scheme, credentials, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme, strings.TrimSpace(credentials)
}

// Bearer reads the token of an Authorization header.
//
// Source: RFC 6750 §2.1.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token := Authorization(r)
	if token == "" || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return token, true
}

// AddQuery returns rawURL with the parameters added to its query, in order.
func AddQuery(rawURL string, pairs ...string) string {
	target, fragment, hasFragment := strings.Cut(rawURL, "#")
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
		if strings.HasSuffix(target, "?") || strings.HasSuffix(target, "&") {
			separator = ""
		}
	}
	encoded := Encode(pairs...)
	if encoded == "" {
		separator = ""
	}
	if hasFragment {
		return fmt.Sprintf("%s%s%s#%s", target, separator, encoded, fragment)
	}
	return target + separator + encoded
}

// Encode form-encodes name, value pairs in order; empty values are left out.
func Encode(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(pairs[i]))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(pairs[i+1]))
	}
	return b.String()
}
