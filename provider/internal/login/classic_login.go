package login

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"html"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Names of the cookie that the classic page's form must come with; over plain
// HTTP it has a name of its own, as the session's has.
//
// Source: community reports.
const (
	csrfCookie      = "_csrf"
	csrfCookiePlain = "_csrf_plain"
)

func csrfName(x *wire.Exchange) string {
	if x.Secure {
		return csrfCookie
	}
	return csrfCookiePlain
}

// derive makes a secret for one purpose.
func (c cookies) derive(purpose string, about ...string) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(purpose))
	for _, s := range about {
		mac.Write([]byte{0})
		mac.Write([]byte(s))
	}
	return mac.Sum(nil)
}

// csrfSecret is the cookie's value. It is the browser's, not the page's, so
// that two pages can be open at once.
func (c cookies) csrfSecret(device string) string {
	return base64.RawURLEncoding.EncodeToString(c.derive("csrf cookie", device))
}

// csrfToken is what the form sends beside the cookie.
func (c cookies) csrfToken(t *store.Transaction) string {
	return base64.RawURLEncoding.EncodeToString(c.derive("csrf token", t.DeviceID, t.ID))
}

func (h *Handler) setCSRF(res *wire.Response, x *wire.Exchange, device string) {
	res.Cookie(&http.Cookie{
		Name: csrfName(x), Value: h.cookies.csrfSecret(device), Path: pathUsernamePassword,
		HttpOnly: true, Secure: x.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (h *Handler) checkCSRF(r *http.Request, t *store.Transaction, sent string) error {
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	cookie, err := r.Cookie(csrfName(wire.From(r)))
	if err != nil || !same(cookie.Value, h.cookies.csrfSecret(t.DeviceID)) || !same(sent, h.cookies.csrfToken(t)) {
		return tenant.InvalidCSRF().WithHint("send _csrf as the page's config has it, with the cookie %s", csrfName(wire.From(r)))
	}
	return nil
}

// isForm says whether a browser posts the form itself, which wants a page for
// an answer; auth0.js posts JSON and wants data.
func isForm(r *http.Request) bool {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return mediaType == "application/x-www-form-urlencoded"
}

// classicError is the envelope of what the classic page posts to.
//
// Observed: auth0.js, tests of web-auth/username-password.
func (h *Handler) classicError(r *http.Request, e *tenant.Error) *wire.Response {
	if isForm(r) {
		return h.errorPage(r, e)
	}
	res, err := wire.JSON(e.Status, struct {
		Name        string `json:"name"`
		Code        string `json:"code"`
		Description string `json:"description"`
		StatusCode  int    `json:"statusCode"`
	}{classicErrorName(e), e.Code, e.Description, e.Status})
	if err != nil {
		return wire.OAuth(r, e)
	}
	return res
}

// classicErrorName is the class that the service's errors come from.
//
// Observed: auth0.js, tests (ValidationError). Source: community reports
// (AnomalyDetected); the csurf library (ForbiddenError). The others are ours.
func classicErrorName(e *tenant.Error) string {
	switch {
	case e.Name != "":
		return e.Name
	case e.Code == tenant.ClassicWrong("").Code:
		return "ValidationError"
	case e.Description == tenant.ClassicStateInvalid().Description:
		return "AnomalyDetected"
	case e.Status == http.StatusForbidden:
		return "ForbiddenError"
	case e.Status == http.StatusUnauthorized:
		return "UnauthorizedError"
	case e.Status >= http.StatusInternalServerError:
		return "InternalServerError"
	}
	return "BadRequestError"
}

// usernamePassword checks what was typed into the classic page. auth0.js gets
// a form to submit to /login/callback; the form of our own page goes on at
// once.
//
// Observed: auth0.js, web-auth/username-password.
func (h *Handler) usernamePassword(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		if isForm(r) {
			return h.lost(r, err)
		}
		if e := wire.AsError(err); e.Code == tenant.TransactionLost().Code && e.Description == tenant.TransactionLost().Description {
			return nil, tenant.ClassicStateInvalid().WithHint("%s", e.Hint)
		}
		return nil, err
	}
	if err := h.checkCSRF(r, t, p.Get("_csrf")); err != nil {
		return nil, err
	}
	if id := p.Get("client_id"); id != "" && id != a.ClientID {
		return nil, tenant.ClassicStateInvalid().WithHint("the login was started by another client than %q", id)
	}
	if isForm(r) {
		return h.classicForm(r, t, a, p)
	}
	connections, err := h.classicConnections(a, p.Get("connection"))
	if err != nil {
		return nil, err
	}
	user, err := h.checkPassword(a, connections, strings.TrimSpace(p.Get("username")), p.Get("password"))
	if err != nil {
		return nil, classicWords(err)
	}
	return h.loginAnswer(t, a, p, user)
}

// classicConnections are the databases to look in: the one named, which this
// login must allow, else all it allows.
func (h *Handler) classicConnections(a *authorization, name string) (connections []*tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		if name == "" {
			connections = connectionsFor(s, a)
			return nil
		}
		c := s.ConnectionByName(name)
		switch {
		case c == nil || !c.Database():
			return tenant.ConnectionNotFound(name)
		case !a.allows(c):
			return tenant.ConnectionDisabled(name, a.client)
		}
		connections = []*tenant.Connection{c}
		return nil
	})
	return connections, err
}

// classicWords says in this surface's words what Authenticate refused.
func classicWords(err error) error {
	e := wire.AsError(err)
	switch e.Code {
	case tenant.WrongPassword(false).Code:
		return tenant.ClassicWrong(e.Description)
	case tenant.UserBlocked().Code:
		return tenant.ClassicBlocked().WithHint("%s", e.Hint)
	}
	return err
}

// classicForm takes the form of our own page.
func (h *Handler) classicForm(r *http.Request, t *store.Transaction, a *authorization, p wire.Params) (*wire.Response, error) {
	if p.Get("action") == actionFixtureUser && h.FixtureUsers {
		user := h.user(p.Get("user_id"))
		switch {
		case user == nil || !h.mayUse(a, user.Connection):
			return h.showClassic(r, t, a, errUserUnknown)
		case user.Blocked:
			return h.endInRefusal(t, a, tenant.UserBlocked())
		}
		return h.loggedIn(r, t, a, user)
	}
	if chosen := h.chosenUpstream(t, a, p); chosen != nil {
		return chosen, nil
	}
	t.Identifier = strings.TrimSpace(p.Get("username"))
	switch {
	case t.Identifier == "":
		return h.showClassic(r, t, a, errNoIdentifier)
	case p.Get("password") == "":
		return h.showClassic(r, t, a, errNoPassword)
	}
	user, err := h.checkPassword(a, h.connections(a), t.Identifier, p.Get("password"))
	if err != nil {
		return h.loginFailed(h.showClassic, r, t, a, err)
	}
	return h.loggedIn(r, t, a, user)
}

// mayUse says whether users of the database may log in here.
func (h *Handler) mayUse(a *authorization, connection string) bool {
	list, err := h.classicConnections(a, connection)
	return err == nil && len(list) > 0
}

// answerLifetime is how long a checked password waits to be brought to
// /login/callback, which a script does at once.
const answerLifetime = 5 * time.Minute

// loginAnswer is the form that auth0.js puts into the page and submits: it
// takes the first element of the answer, so nothing stands before the form.
//
// Observed: auth0.js, web-auth/hosted-pages. Source: community reports for the
// fields.
func (h *Handler) loginAnswer(t *store.Transaction, a *authorization, p wire.Params, user *tenant.User) (*wire.Response, error) {
	now := h.Clock.Now()
	t.LoginAnswer = h.IDs.KeyID()
	h.keep(t)
	wresult, err := token.LoginAnswer{
		ID: t.LoginAnswer, Audience: "urn:auth0:" + a.x.TenantName() + ":login", UserID: user.UserID, Transaction: t.ID,
		Issued: now.Unix(), Expires: now.Add(answerLifetime).Unix(),
	}.Sign(h.cookies.derive("login answer"))
	if err != nil {
		return nil, err
	}
	wctx, err := wire.Marshal(struct {
		Strategy     string `json:"strategy"`
		Auth0Client  string `json:"auth0Client"`
		Tenant       string `json:"tenant"`
		Connection   string `json:"connection"`
		ClientID     string `json:"client_id"`
		ResponseType string `json:"response_type"`
		Scope        string `json:"scope"`
		Protocol     string `json:"protocol"`
		RedirectURI  string `json:"redirect_uri"`
		State        string `json:"state"`
		Nonce        string `json:"nonce"`
		SID          string `json:"sid"`
		Audience     string `json:"audience,omitempty"`
		Realm        string `json:"realm"`
	}{
		tenant.StrategyAuth0, p.Get("auth0Client"), a.x.TenantName(), user.Connection, a.ClientID, a.ResponseType,
		strings.Join(a.Scopes, " "), protocolOAuth2, a.RedirectURI, t.ID, a.Nonce, h.IDs.SessionID(), a.Audience, user.Connection,
	})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(`<form method="post" name="hiddenform" action="` + html.EscapeString(a.x.Base+pathClassicCallback) + `">`)
	for _, field := range [][2]string{{"wa", "wsignin1.0"}, {"wresult", wresult}, {"wctx", string(wctx)}} {
		b.WriteString("\n" + `    <input type="hidden" name="` + field[0] + `" value="` + html.EscapeString(field[1]) + `">`)
	}
	b.WriteString("\n    <noscript>\n        <p>Script is disabled. Click Submit to continue.</p>\n        " +
		`<input type="submit" value="Submit">` + "\n    </noscript>\n</form>\n")
	return wire.HTML(http.StatusOK, []byte(b.String())).
		With("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), nil
}

// classicCallback finishes a login of the classic page. The answer works once,
// for its login, in the browser that began it.
//
// Source: Auth0 docs, "Redirect users after login" (/login/callback).
func (h *Handler) classicCallback(r *http.Request, p wire.Params) (*wire.Response, error) {
	now := h.Clock.Now()
	answer, err := token.OpenLoginAnswer(p.Get("wresult"), h.cookies.derive("login answer"), now)
	if err != nil {
		return nil, tenant.LoginAnswerInvalid().WithHint("the answer of %s was changed, or is older than %d minutes", pathUsernamePassword, int(answerLifetime.Minutes()))
	}
	if _, _, err := h.transaction(r, answer.Transaction); err != nil {
		return h.lost(r, err)
	}
	taken := false
	_ = h.Store.Update(func(s *store.State) error {
		t, ok := s.Transactions.Get(answer.Transaction, now)
		if taken = ok && t.LoginAnswer == answer.ID; taken {
			fresh := t.Clone()
			fresh.LoginAnswer = ""
			keepIn(s, fresh, now)
		}
		return nil
	})
	user := h.user(answer.UserID)
	if !taken || user == nil {
		return nil, tenant.LoginAnswerInvalid().WithHint("the answer was used before, or replaced by a newer one")
	}
	t, a, err := h.transaction(r, answer.Transaction)
	if err != nil {
		return h.lost(r, err)
	}
	if user.Blocked {
		return h.endInRefusal(t, a, tenant.UserBlocked())
	}
	return h.loggedIn(r, t, a, user)
}
