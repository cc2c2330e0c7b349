package wire

import (
	"net/http"

	"github.com/faux0/faux0/provider/tenant"
)

// Envelope turns an error into the response of one of Auth0's surfaces.
type Envelope func(*http.Request, *tenant.Error) *Response

type oauthBody struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// OAuth is the envelope of the Authentication API.
//
// Source: RFC 6749 §5.2. Observed: error headers of /oauth/token.
func OAuth(_ *http.Request, e *tenant.Error) *Response {
	var v any = oauthBody{e.Code, e.Description}
	if e.Body != nil {
		v = e.Body
	}
	body, err := Marshal(v)
	if err != nil {
		body = []byte(`{"error":"server_error","error_description":"Internal server error"}`)
	}
	return withHeaders(&Response{Status: e.Status, Body: body, Header: http.Header{
		"Content-Type": typeJSON, "Cache-Control": errorCache,
	}}, e)
}

// OAuthCharset is OAuth's envelope at the endpoints that name the charset.
//
// Observed: go-auth0, POST /bc-authorize.
func OAuthCharset(r *http.Request, e *tenant.Error) *Response { return OAuth(r, e).Charset() }

// PlainText is the envelope of /userinfo: the status in words, the reason in a
// header.
//
// Observed: ruby-auth0, GET /userinfo.
func PlainText(_ *http.Request, e *tenant.Error) *Response {
	return withHeaders(Text(e.Status, e.Description).Uncached(), e)
}

func withHeaders(res *Response, e *tenant.Error) *Response {
	for name, values := range e.Header {
		res.Header[name] = values
	}
	return res
}
