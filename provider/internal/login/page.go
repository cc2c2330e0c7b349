package login

import (
	"encoding/base64"
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
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

// hinted adds advice to an answer that has no place for it; "" is none.
func hinted(res *wire.Response, err error, advice string) (*wire.Response, error) {
	if err == nil && advice != "" {
		res.With(wire.HintHeader, wire.OneLine(advice))
	}
	return res, err
}

// ownPage is HTML of the tenant's own, whose author says where its scripts come
// from.
func ownPage(status int, html string) *wire.Response {
	return wire.HTML(status, []byte(html)).
		With("Content-Security-Policy", "frame-ancestors 'none'").
		With("X-Frame-Options", "deny")
}

// message says how something has ended: the event of a screen.
func (h *Handler) message(r *http.Request, screen string) (*wire.Response, error) {
	var page ui.Message
	page.Look = h.tenantLook(r)
	page.Title, page.Text = page.T(screen+"eventTitle"), page.T(screen+"description")
	return render(http.StatusOK, page, "")
}

// says is a page that says how something has ended: the event of a screen.
func (h *Handler) says(screen string) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) { return h.message(r, screen) }
}

// form is what every page of a login with a form has: it posts to the page's
// own address.
func (h *Handler) form(t *store.Transaction, a *authorization, path string) ui.Form {
	return ui.Form{Look: h.lookFor(a), State: t.ID, Action: atState(path, t.ID), ClientName: a.client.Name}
}

// screen is a form whose texts are those of a screen, and what was wrong on it.
func (h *Handler) screen(t *store.Transaction, a *authorization, path, screen string, failure *formError) ui.ScreenPage {
	form := h.form(t, a, path)
	form.Error = failure.show(form.Look, screen+".", "")
	return ui.ScreenPage{Form: form, Screen: screen}
}
