package oauth

import (
	"crypto/subtle"
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// AuthenticatedClient is authenticateClient for the endpoints of other packages.
func (h *Handler) AuthenticatedClient(r *http.Request, p wire.Params) (*tenant.Client, error) {
	return h.authenticateClient(r, p)
}

// authenticateClient finds out which client calls: by HTTP Basic or by members
// of the body, whichever of the two the client is set to. A client without a
// secret only names itself, and a secret it sends is not looked at.
//
// It returns Unauthorized for an unknown client and a wrong secret alike; the
// hint says which.
//
// Source: RFC 6749 §2.3.1; Auth0 docs, "Application credentials".
func (h *Handler) authenticateClient(r *http.Request, p wire.Params) (*tenant.Client, error) {
	if p.Get("client_assertion") != "" {
		return nil, tenant.NotBuilt("private_key_jwt client authentication")
	}
	id, secret, basic := wire.BasicAuth(r)
	if !basic {
		id, secret = p.Get("client_id"), p.Get("client_secret")
	}
	if id == "" {
		return nil, tenant.Unauthorized().WithHint("no client_id was sent, neither in the body nor by HTTP Basic")
	}
	var client *tenant.Client
	var names []string
	_ = h.Store.View(func(s *store.State) error {
		if client = s.Client(id); client == nil {
			for _, c := range s.Clients() {
				names = append(names, c.ClientID)
			}
		}
		return nil
	})
	wire.From(r).Note("client_id", id)
	if client == nil {
		err := tenant.Unauthorized().WithHint("no client has client_id %q", id)
		if near := tenant.Nearest(id, names); near != "" {
			err = err.WithHint("no client has client_id %q; did you mean %q?", id, near)
		}
		return nil, err
	}
	wire.From(r).AllowOrigin = client.AllowsOrigin
	if client.Public() {
		return client, nil
	}
	if subtle.ConstantTimeCompare([]byte(secret), []byte(client.ClientSecret)) != 1 {
		if secret == "" {
			return nil, tenant.Unauthorized().
				WithHint("client %q is confidential (token_endpoint_auth_method %q) and sent no client_secret", client.Name, client.TokenEndpointAuthMethod)
		}
		return nil, tenant.Unauthorized().WithHint("the client_secret of client %q is wrong", client.Name)
	}
	return client, nil
}
