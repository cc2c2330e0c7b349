package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// nativeSocial is a kind of subject token that a provider gives to apps.
//
// Source: Auth0 docs, Authentication API, "Token exchange for native social".
type nativeSocial struct {
	strategy string
	// issuer is the `iss` of the provider's ID tokens, "" where the subject
	// token is no JWT.
	issuer string
	// once says that the token is a code.
	once bool
	// profile says that user_profile must describe the person.
	profile bool
}

var nativeSocials = map[string]nativeSocial{
	"http://auth0.com/oauth/token-type/apple-authz-code":                   {strategy: "apple", once: true},
	"http://auth0.com/oauth/token-type/apple-id-token":                     {strategy: "apple", issuer: "https://appleid.apple.com"},
	"http://auth0.com/oauth/token-type/facebook-info-session-access-token": {strategy: "facebook", profile: true},
	"http://auth0.com/oauth/token-type/google-id-token":                    {strategy: "google-oauth2", issuer: "https://accounts.google.com"},
}

// NativeSocialStrategy is the strategy of the connection that subject tokens of
// the type belong to, "" if it is none of native social login's.
func NativeSocialStrategy(subjectTokenType string) string {
	return nativeSocials[subjectTokenType].strategy
}

// NativeSocialTypes lists the types of subject tokens, sorted.
func NativeSocialTypes() []string {
	var types []string
	for t := range nativeSocials {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// providerTokenLifetime is how long a pretend provider's tokens work: an hour,
// codes five minutes.
const (
	providerTokenLifetime = time.Hour
	providerCodeLifetime  = 5 * time.Minute
)

// NewProviderToken makes the subject token that the connection's provider would
// give to a native app once the person has signed in there. ID tokens are
// signed with the tenant's key under the provider's issuer: nobody else takes
// them. claims are added to an ID token, and may replace its own.
//
// Differs: Auth0 asks the provider's JWKS and endpoints.
func (f *Flow) NewProviderToken(c *tenant.Connection, subjectTokenType, audience string, p store.UpstreamProfile, lifetime time.Duration, claims map[string]any) (string, error) {
	kind, now := nativeSocials[subjectTokenType], f.Clock.Now()
	if p.Subject == "" {
		p.Subject = f.subjectOf(c, p)
	}
	if lifetime == 0 {
		lifetime = providerTokenLifetime
		if kind.once {
			lifetime = providerCodeLifetime
		}
	}
	if kind.issuer == "" {
		raw := f.IDs.ProviderToken()
		return raw, f.Store.Update(func(s *store.State) error {
			s.ProviderTokens.PutAtMost(store.MaxWaiting, raw, &store.ProviderToken{Strategy: c.Strategy, Profile: p, Once: kind.once}, now.Add(lifetime), now)
			return nil
		})
	}
	all := map[string]any{
		"iss": kind.issuer, "sub": p.Subject, "aud": audience, "iat": now.Unix(), "exp": now.Add(lifetime).Unix(),
		"email": strings.ToLower(p.Email), "email_verified": true,
	}
	if p.Name != "" {
		all["name"] = p.Name
	}
	for name, value := range claims {
		all[name] = value
	}
	return f.Keys().Sign("RS256", token.TypeJWT, token.Sorted(all), nil)
}

// subjectOf is the person's id at the provider.
func (f *Flow) subjectOf(c *tenant.Connection, p store.UpstreamProfile) string {
	id := tenant.NewUpstreamUser(c, p.Email, p.Name).UserID
	_ = f.Store.View(func(s *store.State) error {
		if known := s.UserByLogin(c.Name, p.Email); known != nil {
			id = known.UserID
		}
		return nil
	})
	return strings.TrimPrefix(id, tenant.WithSubject(&tenant.User{}, c, "").UserID)
}

// ReadProviderToken checks a subject token and returns whom it describes. ID
// tokens must be signed here, for the provider's issuer, not expired, and for
// the connection's client_id, where that says one.
//
// It returns InvalidSubjectToken.
//
// Source: OpenID Connect Core 1.0 §3.1.3.7; RFC 8693 §2.2.2.
func (f *Flow) ReadProviderToken(c *tenant.Connection, subjectTokenType, raw, userProfile string) (store.UpstreamProfile, error) {
	kind := nativeSocials[subjectTokenType]
	var p store.UpstreamProfile
	var err error
	if kind.issuer == "" {
		p, err = f.takeProviderToken(kind, raw)
	} else {
		p, err = f.readProviderIDToken(c, kind, raw)
	}
	if err != nil {
		return p, err
	}
	if userProfile == "" {
		if kind.profile {
			return p, tenant.MissingParameter("user_profile")
		}
		return p, nil
	}
	return withUserProfile(p, userProfile)
}

func (f *Flow) takeProviderToken(kind nativeSocial, raw string) (p store.UpstreamProfile, err error) {
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		t, ok := s.ProviderTokens.Get(raw, now)
		if !ok || t.Strategy != kind.strategy || t.Once != kind.once {
			return tenant.InvalidSubjectToken().
				WithHint("the subject token is unknown, used, expired, or of another provider; POST /_faux0/provider-tokens makes one, since no real provider is asked")
		}
		if t.Once {
			s.ProviderTokens.Delete(raw)
		}
		p = t.Profile
		return nil
	})
	return p, err
}

func (f *Flow) readProviderIDToken(c *tenant.Connection, kind nativeSocial, raw string) (p store.UpstreamProfile, err error) {
	bad := func(format string, args ...any) error {
		return tenant.InvalidSubjectToken().WithHint(format, args...)
	}
	v, err := f.Keys().Verify(raw)
	if err != nil {
		return p, bad("the subject token is not signed by this tenant's pretend %s (%s); POST /_faux0/provider-tokens makes one, since no real provider is asked", c.Label(), err)
	}
	audiences := nativeAudiences(c)
	switch {
	case v.Issuer != kind.issuer:
		return p, bad("iss is %q and must be %q", v.Issuer, kind.issuer)
	case !f.Clock.Now().Before(v.Expires):
		return p, bad("the subject token expired at %s", v.Expires.UTC().Format(time.RFC3339))
	case v.Subject == "":
		return p, bad("the subject token has no sub")
	case len(audiences) > 0 && !slices.ContainsFunc(v.Audience, func(a string) bool { return slices.Contains(audiences, a) }):
		return p, bad("aud is %q; connection %q takes %q (its client_id and allowed_audiences)", v.Audience, c.Name, audiences)
	}
	p.Subject = v.Subject
	p.Email, _ = v.Claims["email"].(string)
	p.Name, _ = v.Claims["name"].(string)
	p.EmailVerified = v.Claims["email_verified"] != false
	return p, nil
}

// nativeAudiences are the client ids at the provider that the connection takes
// ID tokens for; none means that any is as good.
//
// Source: Management API, POST /api/v2/connections, options.client_id,
// options.allowed_audiences.
func nativeAudiences(c *tenant.Connection) []string {
	var list []string
	if id, _ := c.Options["client_id"].(string); id != "" {
		list = append(list, id)
	}
	more, _ := c.Options["allowed_audiences"].([]any)
	for _, a := range more {
		if s, _ := a.(string); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// withUserProfile adds what the app says about the person. Apple tells the name
// at the first sign-in only, and only to the app; Facebook's token tells
// nothing.
//
// Source: Auth0 docs, Authentication API, "Token exchange for native social"
// (user_profile).
func withUserProfile(p store.UpstreamProfile, raw string) (store.UpstreamProfile, error) {
	var profile struct {
		Name  json.RawMessage `json:"name"`
		Email string          `json:"email"`
	}
	if err := json.Unmarshal([]byte(raw), &profile); err != nil {
		return p, tenant.InvalidRequest("Invalid user_profile").WithHint("user_profile must be a JSON object: %s", err)
	}
	var parts struct{ FirstName, LastName string }
	var name string
	switch {
	case len(profile.Name) == 0:
	case json.Unmarshal(profile.Name, &name) == nil:
	case json.Unmarshal(profile.Name, &parts) == nil:
		name = strings.TrimSpace(fmt.Sprintf("%s %s", parts.FirstName, parts.LastName))
	default:
		return p, tenant.InvalidRequest("Invalid user_profile").WithHint("user_profile.name must be a text, or {firstName, lastName}")
	}
	if name != "" && len([]rune(name)) <= 300 {
		p.Name = name
	}
	if p.Email == "" && tenant.ValidEmail(profile.Email) {
		p.Email, p.EmailVerified = profile.Email, false // the app says so, not the provider
	}
	return p, nil
}
