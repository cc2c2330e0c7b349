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

// Mount adds the endpoints to the router.
func (h *Handler) Mount(rt *wire.Router) {
	h.mountScripts(rt)
	rt.Handle("POST", "/co/authenticate", crossOriginError, h.crossOrigin(h.coAuthenticate))
	h.mountDatabases(rt)
	h.mountPasswordless(rt)
}
