package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// dispatch decides what comes next: an answer, if the browser's session will
// do, else a login.
//
// Source: OpenID Connect Core 1.0 §3.1.2.3; Auth0 docs, "Silent
// authentication", "Force reauthentication".
func (h *Handler) dispatch(r *http.Request, a *authorization) (*wire.Response, error) {
	if a.asksFirst() && a.Prompts("none") && a.mayBePersonal() {
		a.OrganizationPrompt = ""
	}
	if res, err := h.askFirst(r, a); res != nil || err != nil {
		return res, err
	}
	session, user := h.usableSession(r, a)
	if session != nil {
		a.bySession = true
		if !user.Blocked {
			user = h.LoggedIn(user.UserID, a.x.IP, true)
		}
		return h.finish(r, a, session, user)
	}
	if a.Prompts("none") {
		return h.refuse(a, h.loginRequired(r, a))
	}
	if user := h.headlessUser(a); user != nil {
		return h.signedIn(r, a, user)
	}
	if err := h.checkVisible(a); err != nil {
		return h.refuse(a, err)
	}
	return h.startLogin(r, a), nil
}

// usableSession returns the browser's session if it can answer the request
// without asking anybody anything.
func (h *Handler) usableSession(r *http.Request, a *authorization) (*store.Session, *tenant.User) {
	if a.Prompts("login") || a.Prompts("select_account") || h.asksCode(a) {
		return nil, nil
	}
	session := h.UseSession(h.sessionID(r), a.ClientID)
	if session == nil {
		return nil, nil
	}
	age := h.Clock.Now().Sub(session.AuthenticatedAt)
	if a.MaxAgeSeconds >= 0 && (a.MaxAgeSeconds == 0 || age > time.Duration(a.MaxAgeSeconds)*time.Second) {
		return nil, nil
	}
	if a.Connection != "" && session.Connection != a.Connection || !h.allowsSession(a, session) {
		return nil, nil
	}
	user := h.user(session.UserID)
	if user == nil {
		h.EndSession(session.ID, tenant.InitiatorAccountDeleted)
		return nil, nil
	}
	return session, user
}

// asksCode says whether the request asks for a code even of somebody who is
// logged in, as one that names a passwordless connection does. That silent
// authentication may use the session all the same is inferred.
//
// Source: Auth0 docs, "Passwordless with Universal Login" (single sign-on).
func (h *Handler) asksCode(a *authorization) (asks bool) {
	_ = h.Store.View(func(s *store.State) error { asks = namesPasswordless(s, a) && !a.Prompts("none"); return nil })
	return asks
}

// allowsSession says whether the session's connection may log in to the
// request's organization.
//
// Source: Auth0 docs, "Enable organization connections".
func (h *Handler) allowsSession(a *authorization, session *store.Session) bool {
	if a.org == nil {
		return true
	}
	allowed := false
	_ = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(session.Connection)
		allowed = c != nil && a.org.Allows(c.ID)
		return nil
	})
	return allowed
}

func (h *Handler) user(id string) (user *tenant.User) {
	_ = h.Store.View(func(s *store.State) error { user = s.User(id); return nil })
	return user
}

// startLogin sends the browser to where the login begins.
func (h *Handler) startLogin(r *http.Request, a *authorization) *wire.Response {
	t := h.newTransaction(r, a)
	t.Identifier = a.LoginHint
	if a.invitation != nil {
		t.Identifier = a.invitation.Invitee.Email
	}
	first := ""
	_ = h.Store.View(func(s *store.State) error { first = firstStep(r, s, a, t.ID); return nil })
	return h.begin(r, a, t, first)
}

// firstStep is where a login begins: at the identity provider if it is known
// which, else on the login page.
func firstStep(r *http.Request, s *store.State, a *authorization, id string) string {
	if a.asksFirst() {
		return atState(pathOrganization, id)
	}
	if a.invitation != nil {
		return invitationStep(s, a, id)
	}
	if c := s.ConnectionByName(a.Connection); c != nil && c.Upstream() {
		return upstreamURL(c.Name, id)
	}
	if _, classic := classicHTML(s, a); classic {
		return classicURL(r, a, id)
	}
	if name := homeRealm(s, a, a.LoginHint); name != "" {
		return upstreamURL(name, id)
	}
	if signup := signupURL(s, a, id); signup != "" && a.ScreenHint == "signup" {
		return signup
	}
	return loginURL(s, id)
}

// resume ends a login: the person is known, the app gets its answer. The
// transaction is taken, so reloading the page gives nothing twice.
func (h *Handler) resume(r *http.Request) (*wire.Response, error) {
	id := r.URL.Query().Get("state")
	t, a, err := h.transaction(r, id)
	if err != nil || t.SessionID == "" {
		return nil, tenant.TransactionDead().WithHint("the login is unknown, unfinished, or was resumed before")
	}
	now := h.Clock.Now()
	taken := false
	_ = h.Store.Update(func(s *store.State) error { _, taken = s.Transactions.Take(id, now); return nil })
	session := h.UseSession(t.SessionID, a.ClientID)
	if !taken || session == nil {
		return nil, tenant.TransactionDead()
	}
	user := h.user(session.UserID)
	if user == nil {
		return nil, tenant.TransactionDead()
	}
	a.shown, a.asked = t.Shown, t.Asked
	return h.finish(r, a, session, user)
}

// finish answers the app for a user who is logged in, once the rules about the
// user allow it and the user has agreed to what needs agreeing to.
func (h *Handler) finish(r *http.Request, a *authorization, session *store.Session, user *tenant.User) (*wire.Response, error) {
	a.isOf(user)
	if user.Blocked {
		return h.refuse(a, tenant.UserBlocked())
	}
	if !a.mayBePersonal() { // nobody gets around the question by another page
		if res, err := h.askFirst(r, a); res != nil || err != nil {
			return res, err
		}
	}
	if res, err := h.pickAfterLogin(r, a, session, user); res != nil || err != nil {
		return res, err
	}
	if err := h.checkMember(a, session, user); err != nil {
		return h.refuse(a, err)
	}
	user = h.user(user.UserID)
	if ask := h.factorDue(r, a, session, user); ask != token.AskNoFactor {
		return h.askFactor(r, a, session, ask)
	}
	if res := h.offerKey(r, a, session, user); res != nil {
		return res, nil
	}
	if a.Invitation != "" {
		if err := h.accept(a, user); err != nil {
			return h.refuse(a, err)
		}
		user = h.user(user.UserID)
	}
	question, why, err := h.question(a, user)
	switch {
	case err != nil:
		return h.refuse(a, err)
	case question != nil:
		return h.ask(r, a, session, question, why)
	}
	if a.risk != nil {
		h.Trust(user, h.browserOf(r, a))
	}
	return h.succeed(a, session, user)
}

// checkMember checks that the user is, or may become, a member of the login's
// organization.
func (h *Handler) checkMember(a *authorization, session *store.Session, user *tenant.User) error {
	if a.Invitation != "" {
		return h.checkInvited(a, user)
	}
	_, err := h.Join(a.event(""), a.org, user, session.Connection)
	return err
}
