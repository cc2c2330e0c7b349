package oauth

import (
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// relIssuer asks for the issuer.
//
// Source: OpenID Connect Discovery 1.0 §2.
const relIssuer = "http://openid.net/specs/connect/1.0/issuer"

// webfinger says whether a domain is one of the tenant's: SDKs that serve
// several domains ask before they trust one.
//
// Source: RFC 7033 §4; OpenID Connect Discovery 1.0 §2. Observed:
// auth0-auth-js, which reads the status alone; the body is inferred.
func (h *Handler) webfinger(r *http.Request) (*wire.Response, error) {
	q, x := wire.Query(r), wire.From(r)
	resource := q.Get("resource")
	domain, ok := strings.CutPrefix(resource, "urn:auth0:discovery:domain:")
	switch rel := q.Get("rel"); {
	case resource == "":
		return nil, tenant.MissingParameter("resource")
	case !ok || rel != "" && rel != relIssuer || !h.OwnIssuer("https://"+domain+"/") && !h.OwnIssuer("http://"+domain+"/"):
		return nil, tenant.NotFound()
	}
	body, err := wire.Marshal(map[string]any{
		"subject": resource, "links": []map[string]any{{"rel": relIssuer, "href": x.Issuer}},
	})
	if err != nil {
		return nil, err
	}
	res := public(body)
	res.Header["Content-Type"] = []string{"application/jrd+json"}
	return res, nil
}
