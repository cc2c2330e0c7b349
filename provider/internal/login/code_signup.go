package login

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathCreateAccount asks somebody unknown, whose code was right, whether they
// want an account. The address is inferred.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections"; the screen is called confirmation.
const pathCreateAccount = "/u/confirmation"

// useDatabaseCode takes a code of the database. Somebody unknown is asked
// whether they want an account, unless they came to sign up.
func (h *Handler) useDatabaseCode(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, code string) (*wire.Response, error) {
	user, err := h.UseDatabaseCode(a.typedCode(c, t, code), a.takesSignups(c))
	switch {
	case err != nil:
		return h.codeRefused(t, a, c, wire.AsError(err))
	case user != nil:
		t.Code = nil
		return h.loggedIn(r, t, a, user)
	case t.Code.Signup:
		return h.signUpByCode(r, t, a, c)
	}
	t.Code.Verified = true
	h.keep(t)
	return wire.Redirect(atState(pathCreateAccount, t.ID)), nil
}

func (h *Handler) signUpByCode(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection) (*wire.Response, error) {
	user, err := h.SignUpByCode(a.typedCode(c, t, ""), a.client)
	if err != nil {
		if e := wire.AsError(err); e.Anomaly() {
			return h.codeRefused(t, a, c, e)
		}
		h.logSignup(a, c, &tenant.User{Email: t.Code.To}, err)
		return h.toLogin(t), nil
	}
	h.logSignup(a, c, user, nil)
	t.Code = nil
	return h.loggedIn(r, t, a, user)
}

func (h *Handler) createAccountPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if h.codeStep(t, a) == nil || !t.Code.Verified {
		return h.toLogin(t), nil
	}
	return render(http.StatusOK, ui.CreateAccount{Form: h.form(t, a, pathCreateAccount), Identifier: t.Code.To}, "")
}

// createAccount makes the user, or goes back to where the login begins. The
// code was taken when it was typed: what is left of it is good for one answer.
func (h *Handler) createAccount(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	c := h.codeStep(t, a)
	if c == nil || !t.Code.Verified {
		return h.toLogin(t), nil
	}
	if p.Get("action") != "default" {
		t.Code = nil
		h.keep(t)
		return h.toLogin(t), nil
	}
	return h.signUpByCode(r, t, a, c)
}
