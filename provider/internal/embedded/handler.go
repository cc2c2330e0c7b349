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
}

// Mount adds the endpoints to the router.
func (h *Handler) Mount(rt *wire.Router) {
	h.mountScripts(rt)
	rt.Handle("POST", "/co/authenticate", crossOriginError, h.crossOrigin(h.coAuthenticate))
	for _, path := range notBuilt {
		rt.Handle("POST", path, wire.OAuth, func(*http.Request) (*wire.Response, error) { return nil, tenant.NotBuilt(path) })
	}
}

// notBuilt are the endpoints Auth0 has and Faux0 does not yet.
var notBuilt = []string{
	"/passwordless/start", "/passwordless/verify", "/dbconnections/signup", "/dbconnections/change_password",
}

// checkCode checks a passwordless code.
func (h *Handler) checkCode(*tenant.Client, wire.Params) (*tenant.User, error) {
	return nil, tenant.NotBuilt("passwordless login")
}
