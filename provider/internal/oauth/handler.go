package oauth

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Handler serves the package's endpoints.
type Handler struct {
	*flow.Flow
	// OwnIssuer says whether an `iss` is one this tenant issues under.
	OwnIssuer func(iss string) bool

	discovery discoveryCache
}

// occasion is what mails and text messages are told of the request.
func occasion(x *wire.Exchange) flow.Occasion {
	return flow.Occasion{Issuer: x.Issuer, Tenant: x.TenantName(), Languages: tenant.AcceptedLanguages(x.AcceptLanguage)}
}

// Mount adds the endpoints to the router.
func (h *Handler) Mount(rt *wire.Router) {
	rt.Handle("POST", "/oauth/token", wire.OAuth, h.token)
	rt.Handle("GET HEAD", "/.well-known/openid-configuration", wire.OAuth, h.discover)
	rt.Handle("GET HEAD", "/.well-known/jwks.json", wire.OAuth, h.jwks)
	rt.Handle("GET HEAD", "/.well-known/oauth-authorization-server", wire.OAuth, h.discover)
	// next-auth joins an issuer that ends in a slash with a path that begins with one.
	rt.Handle("GET HEAD", "//.well-known/openid-configuration", wire.OAuth, h.discover)
	rt.Handle("GET POST", "/userinfo", wire.PlainText, h.userinfo)
	rt.Handle("POST", "/oauth/revoke", wire.OAuth, h.revoke)
	rt.Handle("POST", "/oauth/device/code", wire.OAuth, h.deviceCode)
	rt.Handle("POST", "/bc-authorize", wire.OAuthCharset, h.backchannel)
	rt.Handle("POST", "/oidc/register", wire.OAuth, h.register)
	rt.Handle("POST", pathUniversalLogout+"{name}", wire.OAuth, h.universalLogout)
	rt.Handle("GET HEAD", "/.well-known/webfinger", wire.OAuth, h.webfinger)
	h.mountCertificates(rt)
	h.mountMFA(rt)
	h.mountOTP(rt)
	h.mountPasskey(rt)
	h.mountLegacy(rt)
	for _, e := range notBuilt {
		rt.Handle(e.methods, e.path, wire.OAuth, h.notBuilt(e.path))
	}
}

// notBuilt are the endpoints Auth0 has and Faux0 does not yet.
var notBuilt = []struct{ methods, path string }{}

func (h *Handler) notBuilt(path string) wire.Handler {
	return func(*http.Request) (*wire.Response, error) { return nil, tenant.NotBuilt(path) }
}
