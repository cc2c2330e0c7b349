package login

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of forgotten passwords and of verification mails.
//
// Source: Auth0 docs, "Universal Login" (prompt paths). Observed: links of
// POST /api/v2/tickets/… in the recordings.
const (
	pathResetRequest = "/u/reset-password/request/"
	pathResetVerify  = "/u/reset-verify"
	pathReset        = "/u/reset-password"
	pathVerification = "/u/email-verification"
)

func (h *Handler) mountReset(rt *wire.Router) {
	rt.Handle("GET", pathResetRequest+"{name}", h.errorPage, h.resetRequestPage)
	rt.Handle("POST", pathResetRequest+"{name}", h.errorPage, h.resetRequest)
	rt.Handle("GET", pathResetVerify, h.errorPage, h.resetVerify)
	rt.Handle("GET", pathReset, h.errorPage, h.resetPage)
	rt.Handle("POST", pathReset, h.errorPage, h.reset)
	rt.Handle("GET", pathVerification, h.errorPage, h.verifyEmail)
}

// resetURL is where a login page leads those who forgot their password, "" if
// nobody can choose one.
func resetURL(connections []*tenant.Connection, id string) string {
	for _, c := range connections {
		if c.ResetEnabled() {
			return atState(resetRequestPath(c.Name), id)
		}
	}
	return ""
}

func resetRequestPath(connection string) string { return pathResetRequest + url.PathEscape(connection) }

const screenResetRequest = "reset-password.reset-password-request."

// resetDatabase is the database of the page's address, if this login may use
// it.
func (h *Handler) resetDatabase(r *http.Request, a *authorization) (*tenant.Connection, error) {
	name := wire.PathVar(r, "name")
	for _, c := range h.connections(a) {
		if c.Name == name && c.ResetEnabled() {
			return c, nil
		}
	}
	return nil, tenant.ConnectionNotFound(name).
		WithHint("no database that this login may use is named %q and lets people choose a new password", name)
}

func (h *Handler) resetRequestPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.resetDatabase(r, a)
	if err != nil {
		return nil, err
	}
	return h.showResetRequest(t, a, c, emailOnly(t.Identifier), nil)
}

func (h *Handler) showResetRequest(t *store.Transaction, a *authorization, c *tenant.Connection, email string, failure *formError) (*wire.Response, error) {
	page := ui.ResetRequest{Form: h.form(t, a, resetRequestPath(c.Name)), Email: email, BackURL: h.loginURL(t)}
	page.Error = failure.show(page.Look, screenResetRequest, "")
	return render(statusOf(failure), page, "")
}

// resetRequest mails a link to choose a new password, and says the same
// whether or not anybody has the address.
//
// Source: Auth0 docs, "Change users' passwords".
func (h *Handler) resetRequest(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.resetDatabase(r, a)
	if err != nil {
		return nil, err
	}
	email := strings.TrimSpace(p.Get("email"))
	switch {
	case email == "":
		return h.showResetRequest(t, a, c, email, &formError{"email", "no-email"})
	case !tenant.ValidEmail(email):
		return h.showResetRequest(t, a, c, email, &formError{"email", "invalid-email-format"})
	}
	h.logResetRequest(a, c, email, h.SendPasswordReset(c, email, a.client, a.occasion()))
	t.Identifier = email
	h.keep(t)
	return render(http.StatusOK, ui.ResetSent{Form: h.form(t, a, resetRequestPath(c.Name)), Email: email, BackURL: h.loginURL(t)}, "")
}

// resetVerify is where the link of a mail leads: on to the page that takes the
// password.
//
// Observed: links of POST /api/v2/tickets/password-change in the recordings.
func (h *Handler) resetVerify(r *http.Request) (*wire.Response, error) {
	return wire.Redirect(pathReset + "?ticket=" + url.QueryEscape(r.URL.Query().Get("ticket"))), nil
}

func (h *Handler) resetPage(r *http.Request) (*wire.Response, error) {
	raw := r.URL.Query().Get("ticket")
	ticket, err := h.MailTicket(store.MessageResetEmail, raw)
	if err != nil {
		return h.resetFailed(r, err)
	}
	return h.showReset(r, raw, ticket, "", nil)
}

const screenReset = "reset-password.reset-password."

func (h *Handler) showReset(r *http.Request, raw string, ticket *store.MailTicket, plain string, failure *formError) (*wire.Response, error) {
	page := ui.ResetPassword{Form: ui.Form{Action: pathReset + "?ticket=" + url.QueryEscape(raw)}, Ticket: raw, RulesJudged: plain != ""}
	_ = h.Store.View(func(s *store.State) error {
		page.Look = tenantLook(s, wire.From(r))
		if user := s.User(ticket.UserID); user != nil {
			page.Account = user.Label()
			if c := s.ConnectionByName(user.Connection); c != nil {
				page.Rules = rules(page.Look, flow.PasswordRules(c, plain))
			}
		}
		return nil
	})
	if page.Error = failure.show(page.Look, screenReset, ""); page.Error != nil && page.Error.Text == "" {
		page.Error = failure.show(page.Look, screenSignup, "")
	}
	return render(statusOf(failure), page, "")
}

// reset takes the new password, twice.
//
// Source: Auth0 docs, "Change users' passwords". Observed: field names in
// public browser test suites.
func (h *Handler) reset(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	raw, plain, again := p.Get("ticket"), p.Get("password-reset"), p.Get("re-enter-password")
	ticket, err := h.MailTicket(store.MessageResetEmail, raw)
	if err != nil {
		return h.resetFailed(r, err)
	}
	switch {
	case plain == "":
		return h.showReset(r, raw, ticket, plain, &formError{"password-reset", "no-password"})
	case again == "":
		return h.showReset(r, raw, ticket, plain, &formError{"re-enter-password", "no-re-enter-password"})
	case plain != again:
		return h.showReset(r, raw, ticket, plain, &formError{"re-enter-password", "password-mismatch"})
	}
	if _, err := h.ResetPassword(wire.From(r).LogEvent(""), raw, plain); err != nil {
		e := wire.AsError(err)
		wire.From(r).Failed(e)
		h.logTicket(wire.From(r), tenant.LogPasswordChangeFailed, ticket, err)
		failure := signupErrors[e.Name]
		if e.Code == tenant.CodePasswordLeaked {
			failure = errPasswordBreached
		}
		if failure != nil {
			res, err := h.showReset(r, raw, ticket, plain, &formError{"password-reset", failure.code})
			return hinted(res, err, e.Hint)
		}
		return h.resetFailed(r, err)
	}
	wire.From(r).Note("user_id", ticket.UserID)
	h.logTicket(wire.From(r), tenant.LogPasswordChanged, ticket, nil)
	return h.outcome(r, http.StatusOK, ticket.ClientID, func(l ui.Look) ui.Outcome {
		const screen = "reset-password.reset-password-success."
		return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "eventTitle"), Text: l.T(screen + "description")}
	})
}

// resetFailed says why a link does not work any more.
func (h *Handler) resetFailed(r *http.Request, err error) (*wire.Response, error) {
	e := wire.AsError(err)
	kind := map[string]string{tenant.CodeTicketExpired: "Expired", tenant.CodeTicketUsed: "Used"}[e.Code]
	if kind == "" {
		return nil, err
	}
	return h.outcome(r, e.Status, "", func(l ui.Look) ui.Outcome {
		const screen = "reset-password.reset-password-error."
		return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "eventTitle" + kind), Text: l.T(screen + "description" + kind), Failure: true}
	})
}

// verifyEmail is where the link of a verification mail leads.
//
// Source: Auth0 docs, "Verify emails using Auth0".
func (h *Handler) verifyEmail(r *http.Request) (*wire.Response, error) {
	ticket, err := h.VerifyEmail(occasion(wire.From(r)), r.URL.Query().Get("ticket"))
	const screen = "email-verification.email-verification-result."
	if err != nil {
		e := wire.AsError(err)
		text := map[string]string{tenant.CodeTicketExpired: "auth0-users-expired-ticket", tenant.CodeTicketUsed: "auth0-users-used-ticket"}[e.Code]
		wire.From(r).Failed(e)
		if res := h.mailResult(store.MessageVerifyEmail, nil, e.Code); res != nil {
			return res, nil
		}
		return h.outcome(r, e.Status, "", func(l ui.Look) ui.Outcome {
			return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "errorTitle"), Text: l.T(screen + text), Failure: true}
		})
	}
	wire.From(r).Note("user_id", ticket.UserID)
	h.logTicket(wire.From(r), tenant.LogEmailVerified, ticket, nil)
	if res := h.mailResult(store.MessageVerifyEmail, ticket, ""); res != nil {
		return res, nil
	}
	return h.outcome(r, http.StatusOK, ticket.ClientID, func(l ui.Look) ui.Outcome {
		return ui.Outcome{PageTitle: l.T(screen + "pageTitle"), Title: l.T(screen + "verifiedTitle"), Text: l.T(screen + "verifiedDescription")}
	})
}

// mailResults are what the place that a mail's template names is told.
//
// Source: Auth0 docs, "Email template descriptions" (redirect to results for
// verification email template).
var mailResults = map[string]string{
	"":                       "Your email was verified. You can continue using the application.",
	tenant.CodeTicketExpired: "Access expired.",
	tenant.CodeTicketUsed:    "This URL can be used only once",
}

// mailResult leads to the place that the mail's template names, nil where it
// names none. failure is the code of the error, "" for none.
func (h *Handler) mailResult(kind string, ticket *store.MailTicket, failure string) *wire.Response {
	to, tellsEmail := h.MailResultURL(kind, ticket)
	if !tenant.ValidRedirect(to) {
		return nil
	}
	email := ""
	if tellsEmail && ticket != nil {
		email = ticket.To
	}
	return wire.Redirect(wire.AddQuery(to, "email", email, "success", strconv.FormatBool(failure == ""), "message", mailResults[failure]))
}

// outcome shows a page that leads back to the application, where that says
// where people log in.
//
// Source: Auth0 docs, "Configure default login routes" (initiate_login_uri).
func (h *Handler) outcome(r *http.Request, status int, clientID string, page func(ui.Look) ui.Outcome) (*wire.Response, error) {
	var p ui.Outcome
	_ = h.Store.View(func(s *store.State) error {
		l := tenantLook(s, wire.From(r))
		p = page(l)
		p.Look = l
		if c := s.Client(clientID); c != nil && c.InitiateLoginURI != "" {
			p.BackURL, p.BackText = c.InitiateLoginURI, p.T("reset-password.reset-password-success.buttonText", "clientName", c.Name)
		}
		return nil
	})
	return render(status, p, "")
}
