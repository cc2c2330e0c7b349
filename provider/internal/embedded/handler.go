package embedded

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Handler serves the package's endpoints.
type Handler struct {
	*flow.Flow
	// AuthenticateClient finds out which client calls.
	AuthenticateClient func(*http.Request, wire.Params) (*tenant.Client, error)
}

// occasion is what mails and text messages are told of the request. Lock and
// auth0.js say in a header of their own which language the person reads.
//
// Source: Auth0 docs, "Passwordless authentication with email" (multi-language
// support).
func occasion(r *http.Request) flow.Occasion {
	x := wire.From(r)
	languages := append(tenant.AcceptedLanguages(r.Header.Get("X-Request-Language")), tenant.AcceptedLanguages(x.AcceptLanguage)...)
	return flow.Occasion{Issuer: x.Issuer, Tenant: x.TenantName(), Languages: languages}
}

// Mount adds the endpoints to the router.
func (h *Handler) Mount(rt *wire.Router) {
	h.mountScripts(rt)
	rt.Handle("POST", "/co/authenticate", crossOriginError, h.crossOrigin(h.coAuthenticate))
	h.mountDatabases(rt)
	h.mountPasswordless(rt)
}
