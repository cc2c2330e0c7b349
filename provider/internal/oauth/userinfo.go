package oauth

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// userinfo answers what the access token's scopes open of its user's profile.
// It takes opaque tokens, and JWTs that name /userinfo in their audience.
//
// Source: OpenID Connect Core 1.0 §5.3; RFC 6750 §2. Observed: ruby-auth0,
// GET /userinfo; passport-auth0 puts the token in the query.
func (h *Handler) userinfo(r *http.Request) (*wire.Response, error) {
	scheme, raw := wire.Authorization(r)
	if scheme == "" {
		p := wire.Query(r)
		if r.Method == http.MethodPost {
			var err error
			if p, err = wire.Body(r); err != nil {
				return nil, err
			}
		}
		scheme, raw = token.TypeBearer, p.Get("access_token")
	}
	dpop := strings.EqualFold(scheme, token.TypeDPoP)
	if raw == "" || !dpop && !strings.EqualFold(scheme, token.TypeBearer) {
		return nil, unauthorized(`Bearer realm="Users"`)
	}
	access, err := h.readAccessToken(raw)
	if err == nil {
		err = h.checkBound(r, access.Bound, raw, dpop)
	}
	if err != nil {
		return nil, challenge(err, dpop)
	}
	x := wire.From(r)
	x.Note("user_id", access.Subject)
	var user *tenant.User
	var client *tenant.Client
	_ = h.Store.View(func(s *store.State) error {
		user = s.User(access.Subject)
		if client = s.Client(access.ClientID); client != nil {
			x.AllowOrigin = client.AllowsOrigin
		}
		return nil
	})
	if client != nil && client.ThirdPartyStrict() {
		return nil, tenant.NotForThirdParties("/userinfo")
	}
	if user == nil {
		return nil, invalidToken("The user of the access token does not exist")
	}
	res, err := wire.JSON(http.StatusOK, token.UserInfo(user, access))
	if err != nil {
		return nil, err
	}
	res.Header["Content-Type"] = publicType
	return res.Uncached(), nil
}

func (h *Handler) readAccessToken(raw string) (*token.Opaque, error) {
	if strings.Count(raw, ".") == 4 {
		access, err := h.Sealer.Open(raw, h.Clock.Now())
		if err != nil {
			return nil, invalidToken("The access token is invalid or has expired")
		}
		return access, nil
	}
	v, err := h.Keys().Verify(raw)
	if err != nil {
		return nil, invalidToken("The access token signature could not be validated. " +
			"A common cause of this is requesting multiple audiences for an access token signed with HS256, " +
			"as that signature scheme requires only a single recipient for its security. " +
			"Please change your API to employ RS256 if you wish to have multiple audiences for your access tokens")
	}
	switch {
	case !h.Clock.Now().Before(v.Expires):
		return nil, invalidToken("The access token expired")
	case !h.OwnIssuer(v.Issuer):
		return nil, invalidToken("The access token was issued by another tenant")
	case !h.forUserinfo(v.Audience):
		return nil, invalidToken("The access token is not for /userinfo: request scope openid with it")
	}
	return &token.Opaque{Subject: v.Subject, ClientID: v.ClientID, Scopes: tenant.ParseScope(v.Scope), Bound: v.Bound, Actor: v.Actor}, nil
}

func (h *Handler) forUserinfo(audience []string) bool {
	for _, a := range audience {
		if issuer, ok := strings.CutSuffix(a, "userinfo"); ok && h.OwnIssuer(issuer) {
			return true
		}
	}
	return false
}

func unauthorized(challenge string) error {
	e := tenant.Unauthorized()
	e.Header = http.Header{"Www-Authenticate": {challenge}}
	return e
}

// invalidToken is the challenge for a token that will not do.
//
// Source: RFC 6750 §3.
func invalidToken(description string) error {
	return unauthorized(fmt.Sprintf(`Bearer realm="Users", error="invalid_token", error_description=%q`, description))
}
