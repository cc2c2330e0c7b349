package login

import (
	"encoding/base64"

	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
)

func (h *Handler) nonce() string { return base64.RawURLEncoding.EncodeToString(h.IDs.Bytes(16)) }

// render answers with a page that nobody may frame and that runs no script but
// the one with the nonce.
//
// Source: Auth0 docs, "Clickjacking protection"; CSP Level 3.
func render(status int, page ui.Page, scriptNonce string) (*wire.Response, error) {
	body, err := ui.Render(page)
	if err != nil {
		return nil, err
	}
	policy := "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src * data:; frame-ancestors 'none'; base-uri 'none'"
	nonces := ""
	if scriptNonce != "" {
		nonces = " 'nonce-" + scriptNonce + "'"
	}
	if author := ui.AuthorNonce(page); author != "" {
		// The tenant's own HTML may load what it likes, but only its own scripts
		// run, and what they load.
		policy = "default-src 'none'; style-src * 'unsafe-inline'; font-src * data:; img-src * data:; media-src *; connect-src *; frame-src *; " +
			"frame-ancestors 'none'; base-uri 'none'"
		nonces += " 'nonce-" + author + "' 'strict-dynamic'"
	}
	if nonces != "" {
		policy += "; script-src" + nonces
	}
	return wire.HTML(status, body).
		With("Content-Security-Policy", policy).
		With("X-Frame-Options", "deny").
		With("Referrer-Policy", "same-origin"), nil
}
