package login

import (
	"net/http"
	"net/url"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// transactionLifetime is how long a person may take to log in. Auth0 publishes
// no number.
const transactionLifetime = time.Hour

// atState is the address of a page that belongs to a transaction.
func atState(path, state string) string { return path + "?state=" + url.QueryEscape(state) }

// newTransaction is a login that begins in this browser.
func (h *Handler) newTransaction(r *http.Request, a *authorization) *store.Transaction {
	device, _ := h.device(r)
	return &store.Transaction{ID: h.IDs.State(), DeviceID: device, Request: a.AuthorizationRequest}
}

// detour is the rest of a login, of somebody who has a session by now, for one
// more page before the app is answered.
func (h *Handler) detour(r *http.Request, a *authorization, session *store.Session) *store.Transaction {
	t := h.newTransaction(r, a)
	t.SessionID, t.Shown, t.Asked, t.Captured = session.ID, a.shown, a.asked, a.captured
	return t
}

// begin keeps a new transaction, in a browser that is known from now on, and
// sends the browser to its first page.
func (h *Handler) begin(r *http.Request, a *authorization, t *store.Transaction, page string) *wire.Response {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.Transactions.PutAtMost(store.MaxWaiting, t.ID, t, now.Add(transactionLifetime), now)
		return nil
	})
	res := wire.Redirect(page)
	if h.knownDevice(r) == "" {
		h.setDevice(res, a.x, t.DeviceID)
	}
	return res
}

// transaction finds the login a page belongs to. It must have begun in this
// browser: otherwise somebody could be made to finish a stranger's login. What
// it returns is a copy, to be changed and kept.
//
// It returns TransactionLost.
func (h *Handler) transaction(r *http.Request, id string) (*store.Transaction, *authorization, error) {
	device := h.knownDevice(r)
	a := &authorization{x: wire.From(r)}
	var t *store.Transaction
	err := h.Store.View(func(s *store.State) error {
		found, ok := s.Transactions.Get(id, h.Clock.Now())
		if !ok {
			if found, _, ok = s.Transactions.Last(id); ok {
				a.ClientID = found.Request.ClientID
			}
			return tenant.TransactionLost().WithHint("the login is unknown, finished, or older than %d minutes: begin again at the application", int(transactionLifetime.Minutes()))
		}
		a.ClientID = found.Request.ClientID
		if found.DeviceID != device {
			return tenant.TransactionLost().WithHint("the login was started in another browser, or its cookies were not sent back")
		}
		t, a.AuthorizationRequest = found.Clone(), found.Request
		a.client, a.org = s.Client(found.Request.ClientID), s.Organization(found.Request.OrganizationID)
		a.invitation, a.captured = s.InvitationByTicket(found.Request.Invitation), found.Captured
		if a.client == nil {
			return tenant.UnknownClient(found.Request.ClientID)
		}
		return nil
	})
	if a.ClientID != "" {
		a.x.Note("client_id", a.ClientID)
	}
	return t, a, err
}

// submitted finds the login of a page that was posted, and reads the page. The
// form's own state counts; scripts that leave it out are known by the address.
//
// It returns TransactionLost.
func (h *Handler) submitted(r *http.Request) (*store.Transaction, *authorization, wire.Params, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, nil, nil, err
	}
	t, a, err := h.transaction(r, stateOf(r, p))
	if err != nil {
		return nil, nil, nil, err
	}
	t.Captured = capture(t.Captured, p)
	a.captured = t.Captured
	return t, a, p, nil
}

// stateOf is the transaction that a posted page belongs to.
func stateOf(r *http.Request, p wire.Params) string {
	if id := p.Get("state"); id != "" {
		return id
	}
	return r.URL.Query().Get("state")
}

// personOf is who has logged in, nil if nobody has, or is logged in any more.
func (h *Handler) personOf(t *store.Transaction) (user *tenant.User) {
	_ = h.Store.View(func(s *store.State) error {
		if session, alive := s.Session(t.SessionID, h.Clock.Now()); alive {
			user = s.User(session.UserID)
		}
		return nil
	})
	return user
}

// keep keeps what has changed in a login. One that has ended meanwhile, in
// another window of the browser, stays ended: keep returns false, and whatever
// page is next says so.
func (h *Handler) keep(t *store.Transaction) (kept bool) {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error { kept = keepIn(s, t, now); return nil })
	return kept
}

// keepIn is keep for a step that changes more than the transaction.
func keepIn(s *store.State, t *store.Transaction, now time.Time) bool {
	if _, underWay := s.Transactions.Get(t.ID, now); !underWay {
		return false
	}
	s.Transactions.Put(t.ID, t.Clone(), now.Add(transactionLifetime), now)
	return true
}

// endInRefusal ends the login with an error for the app.
func (h *Handler) endInRefusal(t *store.Transaction, a *authorization, err error) (*wire.Response, error) {
	_ = h.Store.Update(func(s *store.State) error { s.Transactions.Delete(t.ID); return nil })
	return h.refuse(a, err)
}

// lost sends somebody whose login is gone back to where it can begin anew, if
// the client, as far as it is known, or the tenant says where.
//
// Source: Auth0 docs, "Configure default login routes".
//
// Differs: Auth0 wants https and no loopback address there.
func (h *Handler) lost(r *http.Request, err error) (*wire.Response, error) {
	x := wire.From(r)
	var target string
	_ = h.Store.View(func(s *store.State) error {
		target = s.Settings().DefaultRedirectionURI
		if c := s.Client(x.Noted("client_id")); c != nil {
			target = tenant.LoginRoute(c, s.Settings())
		}
		return nil
	})
	if !tenant.ValidRedirect(target) {
		return nil, err
	}
	return wire.Redirect(wire.AddQuery(target, "iss", x.Issuer)), nil
}
