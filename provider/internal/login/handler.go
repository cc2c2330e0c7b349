package login

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Handler serves the package's endpoints.
type Handler struct {
	*flow.Flow
	cookies      cookies
	authenticate Authenticator
	providers    *outbound.Providers
}

// New returns a handler. cookieKey signs the browser's cookies, authenticate
// knows the clients that push requests, providers asks identity providers.
func New(f *flow.Flow, cookieKey []byte, authenticate Authenticator, providers *outbound.Providers) *Handler {
	return &Handler{Flow: f, cookies: cookies{key: cookieKey}, authenticate: authenticate, providers: providers}
}

// Error is the envelope of everything a browser may see: the error page.
func (h *Handler) Error(r *http.Request, e *tenant.Error) *wire.Response { return h.errorPage(r, e) }

// Mount adds the endpoints to the router.
func (h *Handler) Mount(rt *wire.Router) {
	rt.Handle("GET POST", "/authorize", h.errorPage, h.authorize)
	rt.Handle("POST", "/oauth/par", wire.OAuthCharset, h.par)
	rt.Handle("GET", "/authorize/resume", h.errorPage, h.resume)
	rt.Handle("GET", pathLogin, h.errorPage, h.loginPage)
	rt.Handle("POST", pathLogin, h.errorPage, h.login)
	rt.Handle("GET", pathIdentifier, h.errorPage, h.loginPage)
	rt.Handle("POST", pathIdentifier, h.errorPage, h.identifier)
	rt.Handle("GET", pathPassword, h.errorPage, h.loginPage)
	rt.Handle("POST", pathPassword, h.errorPage, h.login)
	h.mountSignup(rt)
	h.mountReset(rt)
	h.mountUnblock(rt)
	h.mountOrganization(rt)
	h.mountPretend(rt)
	h.mountInvitation(rt)
	h.mountClassic(rt)
	rt.Handle("GET POST", pathClassicCallback, h.errorPage, h.callback)
	h.mountPasswordless(rt)
	h.mountCode(rt)
	h.mountConsent(rt)
	h.mountFactor(rt)
	h.mountDevice(rt)
	h.mountApproval(rt)
	h.mountSAML(rt)
	rt.Handle("GET", "/v2/logout", h.errorPage, h.logout)
	rt.Handle("GET POST", "/oidc/logout", h.errorPage, h.oidcLogout)
	rt.Handle("POST", pathLogoutConfirm, h.errorPage, h.confirmLogout)
	for _, path := range pagesNotBuilt {
		rt.HandlePrefix(path, h.errorPage, notBuilt(path))
	}
}

// Paths of the pages.
//
// Source: Auth0 docs, "Universal Login" (prompt paths).
const (
	pathLogin         = "/u/login"
	pathIdentifier    = "/u/login/identifier"
	pathPassword      = "/u/login/password"
	pathLogoutConfirm = "/u/logout"
	pathResume        = "/authorize/resume"
)

// pagesNotBuilt are pages Auth0 has and Faux0 does not yet.
var pagesNotBuilt = []string{
	"/u/", "/continue",
	"/co/", "/user/",
	"/wsfed/",
}

func notBuilt(path string) wire.Handler {
	return func(*http.Request) (*wire.Response, error) { return nil, tenant.NotBuilt(path) }
}
