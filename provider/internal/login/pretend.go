package login

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathUpstream is where the pretend identity providers live, by the name of
// their connection.
//
// Differs: Auth0 redirects to the provider itself, which returns to
// /login/callback.
const pathUpstream = "/u/pretend/"

func (h *Handler) mountPretend(rt *wire.Router) {
	rt.Handle("GET", pathUpstream+"{name}", h.errorPage, h.pretendPage)
	rt.Handle("POST", pathUpstream+"{name}", h.errorPage, h.pretendLogin)
}

// pretendPage shows the pretend provider, or goes to the real one.
func (h *Handler) pretendPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.upstreamOf(a, wire.PathVar(r, "name"))
	if err != nil {
		return nil, err
	}
	if h.isReal(c) {
		return h.askProvider(r, t, a, c)
	}
	return h.showPretend(t, a, c, ui.Upstream{Email: emailOnly(t.Identifier), EmailVerified: c.TrustsEmail(c.Social())}, nil)
}

func emailOnly(identifier string) string {
	if tenant.ValidEmail(identifier) {
		return identifier
	}
	return ""
}

// What a person can type wrong at a pretend provider.
var (
	errNoEmail        = &formError{"email", "no-email"}
	errWrongEmail     = &formError{"email", "invalid-email"}
	errNameTooLong    = &formError{"name", "name-too-long"}
	errInvalidSubject = &formError{"sub", "invalid-subject"}
	errInvalidClaims  = &formError{"claims", "invalid-claims"}
	errInvalidError   = &formError{"error", "invalid-error"}
)

// maxName is how long a user's name may be, maxUserID the user_id, and
// maxErrorCode an error.
//
// Source: Management API, POST /api/v2/users, name, user_id. The last is ours.
const (
	maxName      = 300
	maxUserID    = 255
	maxErrorCode = 100
)

// failures are the errors that a provider may answer with.
//
// Source: RFC 6749 §4.1.2.1; OpenID Connect Core 1.0 §3.1.2.6.
var failures = []string{
	"access_denied", "server_error", "temporarily_unavailable", "invalid_request", "unauthorized_client", "invalid_scope", "login_required", "interaction_required",
}

func (h *Handler) showPretend(t *store.Transaction, a *authorization, c *tenant.Connection, page ui.Upstream, failure *formError) (*wire.Response, error) {
	page.Form = h.form(t, a, upstreamPath(c.Name))
	page.Provider, page.Connection, page.Failures = c.Label(), c.Name, failures
	asked := h.upstreamParameters(c, a, t.Identifier)
	for i := 0; i < len(asked); i += 2 {
		page.Asked = append(page.Asked, ui.Field{Name: asked[i], Value: asked[i+1]})
	}
	_ = h.Store.View(func(s *store.State) error {
		if h.FixtureUsers {
			page.Users = upstreamUsers(s, page.Look, c, a)
		}
		return nil
	})
	page.Error = failure.show(page.Look, "pretend.pretend.", "")
	return render(statusOf(failure), page, "")
}

// maxUsersSearched keeps the page quick in a tenant of many users.
const maxUsersSearched = 5000

func upstreamUsers(s *store.State, l ui.Look, c *tenant.Connection, a *authorization) []ui.QuickUser {
	var list []ui.QuickUser
	for _, u := range s.FirstUsers(maxUsersSearched) {
		for _, identity := range u.Identities {
			if identity.Connection != c.Name || !a.invited(u) || len(list) >= maxFixtureUsers {
				continue
			}
			shown := ui.QuickUser{UserID: identity.FullID(), Label: u.Label(), Detail: userDetail(s, l, u, a.org)}
			if shown.UserID != u.UserID {
				shown.Label, shown.Detail = identity.AsUser().Label(), l.T("pretend.pretend.linkedText", "userId", u.UserID)
			}
			list = append(list, shown)
		}
	}
	return list
}

// accountAt is the user whose identity at the connection has the id, nil for
// none.
func (h *Handler) accountAt(c *tenant.Connection, id string) (user *tenant.User) {
	_ = h.Store.View(func(s *store.State) error {
		primary := s.Primary(id)
		if primary == nil {
			return nil
		}
		for _, identity := range primary.Identities {
			if identity.FullID() == id && identity.Connection == c.Name {
				user = primary
			}
		}
		return nil
	})
	return user
}

// pretendLogin takes what the person says at the pretend provider: one of its
// users, somebody new, no, or that the provider fails.
//
// Source: Auth0 docs, "Authenticate" (identity providers).
func (h *Handler) pretendLogin(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	c, err := h.upstreamOf(a, wire.PathVar(r, "name"))
	if err != nil {
		return nil, err
	}
	if h.isReal(c) {
		return wire.Redirect(upstreamURL(c.Name, t.ID)), nil // nobody plays it
	}
	page := ui.Upstream{
		Email: strings.TrimSpace(p.Get("email")), Name: strings.TrimSpace(p.Get("name")), Subject: strings.TrimSpace(p.Get("sub")),
		Claims: strings.TrimSpace(p.Get("claims")), EmailVerified: c.Social(),
		ErrorCode: strings.TrimSpace(p.Get("error")), ErrorDescription: strings.TrimSpace(p.Get("error_description")),
	}
	if verified := p.Get("email_verified"); verified != "" {
		page.EmailVerified = verified == "true"
	}
	switch p.Get("action") {
	case "cancel":
		return h.endInRefusal(t, a, tenant.UpstreamDenied(c.Strategy))
	case "fail":
		if !isErrorCode(page.ErrorCode) {
			return h.showPretend(t, a, c, page, errInvalidError)
		}
		return h.endInRefusal(t, a, tenant.UpstreamError(page.ErrorCode, page.ErrorDescription))
	}
	if id := p.Get("user_id"); id != "" {
		if user := h.accountAt(c, id); h.FixtureUsers && user != nil {
			return h.upstreamDone(r, t, a, c, user)
		}
		return h.showPretend(t, a, c, page, errUserUnknown)
	}
	profile, failure := h.pretendProfile(c, a, page)
	if failure != nil {
		return h.showPretend(t, a, c, page, failure)
	}
	user, err := h.UpstreamUser(c, profile)
	if err != nil {
		return h.endInRefusal(t, a, err)
	}
	return h.upstreamDone(r, t, a, c, user)
}

// pretendProfile is who the person says they are.
func (h *Handler) pretendProfile(c *tenant.Connection, a *authorization, page ui.Upstream) (store.UpstreamProfile, *formError) {
	profile := store.UpstreamProfile{Subject: page.Subject, Email: page.Email, EmailVerified: page.EmailVerified, Name: page.Name}
	switch {
	case page.Email == "" && page.Subject == "":
		return profile, errNoEmail
	case page.Email != "" && !tenant.ValidEmail(page.Email):
		return profile, errWrongEmail
	case len([]rune(page.Name)) > maxName:
		return profile, errNameTooLong
	case len(tenant.WithSubject(&tenant.User{}, c, page.Subject).UserID) > maxUserID || !printable(page.Subject):
		return profile, errInvalidSubject
	case page.Claims != "" && (json.Unmarshal([]byte(page.Claims), &profile.Claims) != nil || profile.Claims == nil):
		return profile, errInvalidClaims
	}
	if c.KeepsTokens() {
		profile.AccessToken = h.IDs.ProviderToken()
		if a.Forward["access_type"] == "offline" {
			profile.RefreshToken = h.IDs.ProviderToken()
		}
	}
	return profile, nil
}

// printable says whether a text is visible ASCII, without blanks.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// isErrorCode says whether a text may be an OAuth `error`.
//
// Source: RFC 6749 §4.1.2.1.
func isErrorCode(s string) bool {
	return s != "" && len(s) <= maxErrorCode && printable(s) && !strings.ContainsAny(s, `"\`)
}
