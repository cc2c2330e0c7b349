package oauth

import (
	"errors"
	"net/http"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// revoke ends a refresh token and its family. A token that is unknown, or not
// the client's, is answered like one that was revoked.
//
// Source: RFC 7009 §2; Auth0 docs, "Revoke refresh tokens".
func (h *Handler) revoke(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	client, err := h.AuthenticateClient(r, p)
	if err != nil {
		return nil, revokeError(err)
	}
	if p.Get("token") == "" {
		return nil, tenant.MissingParameter("token")
	}
	if rt := h.RevokeRefreshToken(client, p.Get("token")); rt != nil {
		h.logRevoked(wire.From(r), client, rt)
	}
	return wire.Empty(http.StatusOK), nil
}

// revokeError words a failed client authentication as this endpoint does,
// unlike /oauth/token.
func revokeError(err error) error {
	var e *tenant.Error
	if errors.As(err, &e) && e.Status == http.StatusUnauthorized {
		renamed := tenant.InvalidClient()
		renamed.Hint = e.Hint
		return renamed
	}
	return err
}
