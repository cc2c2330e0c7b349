package oauth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathUniversalLogout ends in a connection's name.
const pathUniversalLogout = "/oauth/global-token-revocation/connection/"

// universalLogout ends what a user of an enterprise connection has, when the
// connection's provider says so with a JWT of its own.
//
// Source: Auth0 docs, Authentication API, "Global token revocation"; "Universal
// Logout".
func (h *Handler) universalLogout(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	user, err := h.revokeGlobally(r, x)
	e := x.LogEvent(tenant.LogUniversalLogout)
	e.Connection = wire.PathVar(r, "name")
	if err != nil {
		failed := wire.AsError(err)
		e.Type, e.Description = tenant.LogUniversalLogoutFailed, failed.Description
		e.Details = map[string]any{"error": failed.Description, "response": map[string]any{"statusCode": failed.Status}}
		h.Log(e)
		return nil, err
	}
	e.UserID = user.UserID
	h.Log(e)
	return wire.Empty(http.StatusOK), nil
}

func (h *Handler) revokeGlobally(r *http.Request, x *wire.Exchange) (*tenant.User, error) {
	name := wire.PathVar(r, "name")
	var connection *tenant.Connection
	_ = h.Store.View(func(s *store.State) error { connection = s.ConnectionByName(name); return nil })
	if connection == nil || !connection.Upstream() || connection.Social() {
		return nil, tenant.InvalidRequest("The connection does not exist or is no enterprise connection")
	}
	issuer := connection.ProviderIssuer()
	raw, _ := wire.Bearer(r)
	if err := h.checkRevocationToken(raw, issuer, strings.TrimSuffix(x.Issuer, "/")+pathUniversalLogout+name); err != nil {
		return nil, err
	}
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	subject, err := readSubject(p)
	if err != nil {
		return nil, err
	}
	if !sameIssuer(subject.Issuer, issuer) {
		return nil, tenant.InvalidRequest("The subject is not of the connection's issuer").WithHint("connection %q has the issuer %s", name, issuer)
	}
	user := h.UniversalLogout(connection, subject.Subject)
	if user == nil {
		return nil, tenant.InvalidRequest("The subject is unknown").
			WithHint("no user of connection %q has the provider's id %q", name, subject.Subject)
	}
	x.Note("user_id", user.UserID)
	return user, nil
}

// checkRevocationToken asks whether the provider sent the request. Its key is
// the tenant's, as that of every token of a pretend provider.
//
// Source: Okta docs, "Universal Logout" (endpoint authentication). Differs:
// Auth0 asks the provider's JWKS.
func (h *Handler) checkRevocationToken(raw, issuer, endpoint string) error {
	refused := tenant.Unauthorized()
	if issuer == "" {
		return refused.WithHint("the connection says nothing of its provider's issuer: set options.domain, options.issuer or options.oidc_metadata.issuer")
	}
	v, err := h.Keys().Verify(raw)
	switch {
	case err != nil:
		return refused.WithHint("send Authorization: Bearer with a JWT that /_faux0/tokens has signed for the pretend provider (as_is, typ %q): %s", token.TypeGlobalRevocation, err)
	case v.Type() != token.TypeGlobalRevocation:
		return refused.WithHint("the JWT's header has typ %q, and must have %q", v.Type(), token.TypeGlobalRevocation)
	case !sameIssuer(v.Issuer, issuer):
		return refused.WithHint("the JWT's iss is %q, and the connection's provider is %q", v.Issuer, issuer)
	case !slices.Contains(v.Audience, endpoint):
		return refused.WithHint("the JWT's aud must be %q", endpoint)
	case !h.Clock.Now().Before(v.Expires):
		return refused.WithHint("the JWT has expired, or has no exp")
	}
	return nil
}

func sameIssuer(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// subjectIdentifier names a user at the provider.
//
// Source: RFC 9493 §3.2.7.
type subjectIdentifier struct {
	Format  string `json:"format"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
}

// readSubject reads the user: as subject, as Auth0 documents it, or as sub_id,
// as the draft has it by now.
//
// Source: Auth0 docs, Authentication API, "Global token revocation";
// draft-parecki-oauth-global-token-revocation §3.
func readSubject(p wire.Params) (*subjectIdentifier, error) {
	raw := p.Get("subject")
	if raw == "" {
		raw = p.Get("sub_id")
	}
	if raw == "" {
		return nil, tenant.MissingParameter("subject")
	}
	s := &subjectIdentifier{}
	if err := json.Unmarshal([]byte(raw), s); err != nil || s.Format != "iss_sub" || s.Issuer == "" || s.Subject == "" {
		return nil, tenant.InvalidRequest(`The subject must be an object with format "iss_sub", iss and sub`)
	}
	return s, nil
}
