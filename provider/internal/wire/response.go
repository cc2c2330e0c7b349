package wire

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"strconv"
)

// Response is what a handler answers.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Write sends the response.
func (res *Response) Write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range res.Header {
		if h[name] == nil {
			h[name] = values // shared, but full: an append elsewhere copies it
		} else {
			h[name] = append(h[name], values...)
		}
	}
	if len(res.Body) > 0 {
		h["Content-Length"] = []string{strconv.Itoa(len(res.Body))}
	}
	w.WriteHeader(res.Status)
	_, _ = w.Write(res.Body) // the client may be gone; there is nobody to tell
}

// With returns the response with one more header value.
func (res *Response) With(name, value string) *Response {
	if res.Header == nil {
		res.Header = http.Header{}
	}
	res.Header.Add(name, value)
	return res
}

// Header values, ready made: they are the same for every response.
var (
	noStore         = []string{"no-store"}
	noCache         = []string{"no-cache"}
	typeJSON        = []string{"application/json"}
	typeJSONCharset = []string{"application/json; charset=utf-8"}
	typeHTML        = []string{"text/html; charset=utf-8"}
	typeText        = []string{"text/plain; charset=utf-8"}
	errorCache      = []string{"private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform"}
)

// JSON answers with v, not to be cached.
//
// Source: RFC 6749 §5.1. Observed: headers of /oauth/token.
func JSON(status int, v any) (*Response, error) {
	body, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	return &Response{Status: status, Body: body, Header: http.Header{
		"Content-Type": typeJSON, "Cache-Control": noStore, "Pragma": noCache,
	}}, nil
}

// Uncached replaces the response's caching headers by the long form that Auth0
// sends with errors and profiles.
//
// Observed: headers of /oauth/token's errors and of /userinfo.
func (res *Response) Uncached() *Response {
	delete(res.Header, "Pragma")
	res.Header["Cache-Control"] = errorCache
	return res
}

// Charset names the charset in a JSON response's Content-Type, as some endpoints
// do and /oauth/token does not.
//
// Observed: headers of /bc-authorize, /oauth/par and /passwordless/start.
func (res *Response) Charset() *Response {
	res.Header["Content-Type"] = typeJSONCharset
	return res
}

// Marshal encodes v without escaping for HTML, as Auth0's bodies are.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Bytes answers with a ready body.
func Bytes(status int, contentType string, body []byte) *Response {
	return &Response{Status: status, Body: body, Header: http.Header{"Content-Type": {contentType}}}
}

// HTML answers with a page.
func HTML(status int, page []byte) *Response {
	return &Response{Status: status, Body: page, Header: http.Header{
		"Content-Type": typeHTML, "Cache-Control": noStore, "Pragma": noCache,
	}}
}

// Text answers with a plain sentence.
func Text(status int, s string) *Response {
	return &Response{Status: status, Body: []byte(s), Header: http.Header{"Content-Type": typeText}}
}

// Empty answers without a body and so without a Content-Type.
func Empty(status int) *Response { return &Response{Status: status} }

// Redirect sends the browser on. The body is for readers of transcripts.
//
// Observed: Auth0's redirects are 302 with this sentence.
func Redirect(location string) *Response {
	return &Response{
		Status: http.StatusFound,
		Body:   []byte("Found. Redirecting to " + html.EscapeString(location)),
		Header: http.Header{"Location": {location}, "Content-Type": typeHTML, "Cache-Control": noStore},
	}
}

// Cookie adds a Set-Cookie header.
func (res *Response) Cookie(c *http.Cookie) *Response { return res.With("Set-Cookie", c.String()) }
