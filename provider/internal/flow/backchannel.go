package flow

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// LogoutNotice is what one client is to be told of one ended session.
type LogoutNotice struct {
	URL      string
	ClientID string
	UserID   string
	By       tenant.Initiator
	// claims are those of the logout token.
	claims token.Claims
}

// logoutTokenSeconds is how long a logout token is good for.
//
// Source: Auth0 docs, "OIDC back-channel logout" (logout token).
const logoutTokenSeconds = 120

// backchannelEvent names the event that a logout token tells of.
//
// Source: OpenID Connect Back-Channel Logout 1.0 §2.4.
const backchannelEvent = "http://schemas.openid.net/event/backchannel-logout"

// SessionsEnded makes a notice for each client that took part in a session and
// wants to hear of what ended it, and hands it to Notify.
//
// Source: OpenID Connect Back-Channel Logout 1.0 §2.3; Auth0 docs, "OIDC
// back-channel logout".
func (f *Flow) SessionsEnded(ended []store.EndedSession) {
	var notices []LogoutNotice
	_ = f.Store.View(func(s *store.State) error {
		for _, session := range ended {
			for _, id := range session.Clients {
				if c := s.Client(id); c != nil && c.BackchannelLogoutURL(session.By) != "" {
					notices = append(notices, f.notice(c, session))
				}
			}
		}
		return nil
	})
	for _, n := range notices {
		f.Notify(n)
	}
}

// notice holds the claims in Auth0's order. There is no nonce, so that no
// logout token passes for an ID token.
//
// Source: Auth0 docs, "OIDC back-channel logout" (logout token).
func (f *Flow) notice(c *tenant.Client, session store.EndedSession) LogoutNotice {
	now := f.Clock.Now().Unix()
	return LogoutNotice{
		URL: c.BackchannelLogoutURL(session.By), ClientID: c.ClientID, UserID: session.UserID, By: session.By,
		claims: token.Claims{
			{Name: "iss", Value: session.Issuer},
			{Name: "sub", Value: session.UserID},
			{Name: "aud", Value: c.ClientID},
			{Name: "iat", Value: now},
			{Name: "exp", Value: now + logoutTokenSeconds},
			{Name: "jti", Value: f.IDs.DeviceID()},
			{Name: "events", Value: map[string]any{backchannelEvent: map[string]any{}}},
			{Name: "trace_id", Value: f.IDs.RequestID()},
			{Name: "sid", Value: session.ID},
		},
	}
}

// LogoutToken signs the notice's token.
//
// Source: Auth0 docs, "OIDC back-channel logout" (header typ JWT, RS256).
func (f *Flow) LogoutToken(n LogoutNotice) (string, error) {
	return f.Keys().Sign("RS256", token.TypeJWT, n.claims, nil)
}

// DeleteUser deletes a user, and ends their sessions.
func (f *Flow) DeleteUser(id string) {
	_ = f.Store.Update(func(s *store.State) error { s.DeleteUser(id); return nil })
}

// EndSessionsOf ends every session of a user.
func (f *Flow) EndSessionsOf(userID string, by tenant.Initiator) {
	_ = f.Store.Update(func(s *store.State) error { s.EndSessionsOf(userID, by); return nil })
}
