package flow

import (
	"errors"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// maxRefreshTokens is how many families one user may hold for one client; the
// oldest goes.
//
// Source: Auth0 docs, "Refresh token limits".
const maxRefreshTokens = 200

// forever stands for "does not expire".
const forever = 100 * 365 * 24 * time.Hour

func (f *Flow) newRefreshToken(g Grant, d *token.Decision) string {
	now := f.Clock.Now()
	rt := &store.RefreshToken{
		FamilyID: f.IDs.RefreshFamily(), Rotating: rotates(g.Client, d.Online), Online: d.Online,
		ClientID: g.Client.ClientID, UserID: g.User.UserID, Audience: d.Audience, Scopes: d.Scopes,
		SessionID: g.SessionID, AuthTime: g.AuthTime, CreatedAt: now, LastUsedAt: now,
		ExpiresAt: absoluteEnd(g.Client, now),
		// Somebody who was asked on another device was asked by a second factor.
		SecondFactor: g.SecondFactor || g.Flow == token.FlowCIBA,
	}
	rt.Current = f.IDs.RefreshToken(rt.FamilyID, 0)
	if g.Organization != nil {
		rt.OrganizationID = g.Organization.ID
	}
	if g.Client.Public() {
		rt.DPoPKey = g.Possession.DPoPKey
	}
	if len(g.GrantedBy) > 0 {
		rt.GrantedBy = g.GrantedBy[len(g.GrantedBy)-1]
	}
	if d.Online {
		rt.Current, rt.ExpiresAt = f.IDs.OnlineRefreshToken(rt.FamilyID), time.Time{}
	}
	_ = f.Store.Update(func(s *store.State) error {
		if session, ok := s.Session(g.SessionID, now); ok {
			rt.SecondFactor = rt.SecondFactor || session.SecondFactor || session.KnownBrowser
		}
		putFamily(s, rt, g.Client, now)
		return nil
	})
	return rt.Current
}

// LegacyRefreshToken is a refresh token beside the answer of the implicit flow,
// which the rules give to nobody else.
//
// Source: Auth0 docs (legacy), "OIDC-conformant applications" (refresh tokens,
// device).
func (f *Flow) LegacyRefreshToken(g Grant, d *token.Decision) string { return f.newRefreshToken(g, d) }

// rotates says whether each exchange replaces the token. Those bound to a
// session never are.
//
// Source: Auth0 docs, "Online refresh tokens".
func rotates(c *tenant.Client, online bool) bool { return c.RefreshToken.Rotating() && !online }

// absoluteEnd is when a token made now ends however much it is used, zero for
// never.
func absoluteEnd(c *tenant.Client, now time.Time) time.Time {
	if p := c.RefreshToken; p.Expiring() && !p.InfiniteTokenLifetime {
		return now.Add(time.Duration(p.TokenLifetimeSeconds) * time.Second)
	}
	return time.Time{}
}

// putFamily keeps a new family; where the user has as many of the client's as
// one may have, the oldest makes room.
func putFamily(s *store.State, fresh *store.RefreshToken, client *tenant.Client, now time.Time) {
	families := s.FamiliesOf(fresh.UserID, fresh.ClientID)
	if len(families) >= maxRefreshTokens {
		families = slices.DeleteFunc(slices.Clone(families), func(id string) bool {
			_, alive := s.RefreshTokens.Get(id, now)
			return !alive
		})
	}
	if len(families) >= maxRefreshTokens {
		if oldest, alive := s.RefreshTokens.Get(families[0], now); alive {
			s.EndFamily(oldest, string(token.EndedByLimit), now)
		}
		families = families[1:]
	}
	s.SetFamiliesOf(fresh.UserID, fresh.ClientID, append(families, fresh.FamilyID))
	s.RefreshTokens.Put(fresh.FamilyID, fresh, refreshExpiry(fresh, client), now)
}

// refreshExpiry is when the family ends if it is not used again. One that is
// bound to a session ends with that, which is looked at on use.
//
// Source: Auth0 docs, "Configure refresh token expiration".
func refreshExpiry(rt *store.RefreshToken, c *tenant.Client) time.Time {
	end := rt.LastUsedAt.Add(forever)
	if !rt.ExpiresAt.IsZero() {
		end = rt.ExpiresAt
	}
	if p := c.RefreshToken; p.Expiring() && !p.InfiniteIdleTokenLifetime && !rt.Online {
		idle := rt.LastUsedAt.Add(time.Duration(p.IdleTokenLifetimeSeconds) * time.Second)
		if idle.Before(end) {
			end = idle
		}
	}
	return end
}

// RefreshRequest asks to exchange a refresh token.
type RefreshRequest struct {
	Client *tenant.Client
	Token  string
	// Audience is another API of the client's refresh token policies, or "".
	Audience string
	// Scopes narrows the original ones; nil keeps them.
	Scopes []string
	Issuer string
	// Possession is what the caller has shown to hold.
	Possession token.Possession
	// SecondFactor says that the user has just shown one.
	SecondFactor bool
}

// Refreshed is what is known of the refresh token that was used, for the log;
// with an error too.
type Refreshed struct {
	// Family is nil where the token belongs to none that lives.
	Family *store.RefreshToken
	// Counter is which token of the family was used.
	Counter int
	// Reused says that the token was one that rotation had replaced.
	Reused bool
}

// Refresh exchanges a refresh token. Checking, deciding and rotating happen in
// one step, so of two concurrent calls with a rotating token one wins and the
// other is reuse.
//
// It returns InvalidRefreshToken, RefreshUserGone, RefreshAudienceNotAllowed,
// UserBlocked, NotAMember, MFARequired or an error of token.Decide.
//
// Source: RFC 6749 §6; RFC 9700 §4.14.2; Auth0 docs, "Refresh token rotation".
func (f *Flow) Refresh(r RefreshRequest) (*Tokens, Refreshed, error) {
	now := f.Clock.Now()
	var g Grant
	var d *token.Decision
	var used Refreshed
	var why token.Reason
	owed := false
	err := f.Store.Update(func(s *store.State) (err error) {
		if used, err = findRefreshToken(s, r.Client, r.Token, now); err != nil {
			return err
		}
		if key := used.Family.DPoPKey; key != "" && key != r.Possession.DPoPKey {
			return tenant.InvalidRefreshToken().WithHint("the refresh token is bound to a key: send a DPoP proof by the key it was issued with (RFC 9449 §5)")
		}
		if g, err = refreshGrant(s, r, used.Family); err != nil {
			return err
		}
		if d, err = token.Decide(s, g.Request); err != nil {
			return err
		}
		if why, owed = factorOwed(s, r, used.Family, g.User); owed {
			return nil
		}
		g.Rotated = f.useRefreshToken(s, r.Client, used.Family, r.Token, r.SecondFactor, now)
		return nil
	})
	switch {
	case err != nil:
		f.rememberRefused(r, used, err)
		return nil, used, err
	case owed:
		return nil, used, f.AskFactor(store.MFAToken{
			Grant: tenant.GrantRefreshToken, ClientID: r.Client.ClientID, UserID: g.User.UserID, RefreshToken: r.Token, Audience: r.Audience, Scopes: r.Scopes,
		}, why)
	}
	f.remember(g.Request, d, nil)
	tokens, err := f.IssueDecided(g, d)
	return tokens, used, err
}

// rememberRefused keeps a refused exchange for the explanations.
func (f *Flow) rememberRefused(r RefreshRequest, used Refreshed, err error) {
	v := store.IssuedToken{At: f.Clock.Now(), ClientID: r.Client.ClientID, Flow: string(token.FlowRefresh), Audience: r.Audience, Scopes: r.Scopes}
	if rt := used.Family; rt != nil {
		v.UserID, v.OrganizationID = rt.UserID, rt.OrganizationID
	}
	if errors.As(err, &v.Err) {
		f.Remember(v)
	}
}

// factorOwed says whether a family goes on only with a second factor: its login
// showed none, and one has come to be due since. That a family whose login
// showed one is not asked again is inferred.
//
// Source: Auth0 docs, "Refresh tokens and multi-factor authentication".
func factorOwed(s *store.State, r RefreshRequest, rt *store.RefreshToken, user *tenant.User) (token.Reason, bool) {
	why, ask := token.SecondFactor{
		Guardian: s.Guardian(), User: user, Enrolled: enrolled(s, user.UserID), Passed: r.SecondFactor || rt.SecondFactor,
	}.Due(s)
	return why, ask != token.AskNoFactor
}

// findRefreshToken returns the family of a token that still works. A token
// that is no longer current betrays a theft, and ends its family.
func findRefreshToken(s *store.State, client *tenant.Client, raw string, now time.Time) (Refreshed, error) {
	family, counter := tenant.RefreshFamilyOf(raw)
	rt, ok := s.RefreshTokens.Get(family, now)
	if !ok || rt.ClientID != client.ClientID {
		refusal := tenant.InvalidRefreshToken()
		if ended, known := s.EndedFamily(family, now); known && ended.ClientID == client.ClientID {
			refusal = refusal.WithHint("the refresh token's family ended %s", token.FamilyEnd(ended.Cause).Because())
		}
		return Refreshed{}, refusal
	}
	used := Refreshed{Family: rt, Counter: counter}
	if rt.Works(raw) || raw == rt.Previous && withinLeeway(rt, client, now) {
		if _, alive := s.Session(rt.SessionID, now); rt.Online && !alive {
			s.EndFamily(rt, string(token.EndedBySession), now)
			return used, tenant.InvalidRefreshToken().
				WithHint("the refresh token was granted by online_access and the session it is bound to has ended; log in again")
		}
		return used, nil
	}
	used.Reused = true
	s.EndFamily(rt, string(token.EndedByReuse), now)
	return used, tenant.InvalidRefreshToken().
		WithHint("the refresh token was rotated before and used again (the family had rotated %d times), so its whole family is revoked; log in again", rt.Counter)
}

func withinLeeway(rt *store.RefreshToken, client *tenant.Client, now time.Time) bool {
	leeway := time.Duration(client.RefreshToken.LeewaySeconds) * time.Second
	return rt.Previous != "" && now.Before(rt.RotatedAt.Add(leeway))
}

// refreshGrant builds the request anew from the user as it is now, so changed
// roles show after a refresh.
func refreshGrant(s *store.State, r RefreshRequest, rt *store.RefreshToken) (Grant, error) {
	user := s.User(rt.UserID)
	if user == nil {
		return Grant{}, tenant.RefreshUserGone()
	}
	if user.Blocked {
		return Grant{}, tenant.UserBlocked()
	}
	org := s.Organization(rt.OrganizationID)
	if rt.OrganizationID != "" && (org == nil || user.Member(rt.OrganizationID) == nil) {
		return Grant{}, tenant.NotAMember(user.UserID, rt.OrganizationID)
	}
	why := token.Reason{}
	if rt.SecondFactor && len(s.Guardian().Usable()) > 0 {
		why = token.FactorReason(s, token.ReasonFactorRefreshed, user)
	}
	gty := []string{token.GTYRefreshToken}
	if rt.GrantedBy != "" {
		gty = append(gty, rt.GrantedBy)
	}
	request, err := token.Refreshing(s,
		token.Request{Client: r.Client, User: user, Organization: org, Issuer: r.Issuer, Possession: r.Possession, SecondFactor: why},
		token.Held{Audience: rt.Audience, Scopes: rt.Scopes}, r.Audience, r.Scopes)
	return Grant{Request: request, GrantedBy: gty, SessionID: rt.SessionID, AuthTime: rt.AuthTime, Family: rt}, err
}

// useRefreshToken marks the family as used and, for a rotating client, replaces
// the token; it returns the new one or "". A retry within the leeway leaves the
// first answer's token alive, as nobody knows which answer arrived last, and
// does not begin the leeway anew.
func (f *Flow) useRefreshToken(s *store.State, client *tenant.Client, rt *store.RefreshToken, raw string, passed bool, now time.Time) string {
	next := *rt
	next.LastUsedAt, next.SecondFactor = now, rt.SecondFactor || passed
	if rt.Online {
		useSession(s, rt.SessionID, client.ClientID, now)
	}
	rotating := rotates(client, rt.Online)
	switch {
	case rotating && !rt.Rotating:
		endNonRotating(s, rt, now)
		next.Rotating = true
		if next.ExpiresAt.IsZero() {
			next.ExpiresAt = absoluteEnd(client, now)
		}
	case !rotating && rt.Rotating:
		return f.endRotating(s, client, next, now)
	}
	rotated := ""
	if rotating {
		next.Counter++
		rotated = f.IDs.RefreshToken(rt.FamilyID, next.Counter)
		if rt.Works(raw) {
			next.Previous, next.Siblings, next.RotatedAt = raw, nil, now
		} else {
			next.Siblings = append(slices.Clone(rt.Siblings), rt.Current)
		}
		next.Current = rotated
	}
	s.RefreshTokens.Put(rt.FamilyID, &next, refreshExpiry(&next, client), now)
	return rotated
}

// endNonRotating ends the user's other tokens of the client for the API that
// do not rotate: with one exchanged for a rotating one, they are no longer
// wanted.
//
// Source: Auth0 docs, "Configure refresh token rotation".
func endNonRotating(s *store.State, rt *store.RefreshToken, now time.Time) {
	for _, id := range s.FamiliesOf(rt.UserID, rt.ClientID) {
		other, alive := s.RefreshTokens.Get(id, now)
		if alive && id != rt.FamilyID && !other.Rotating && !other.Online && other.Audience == rt.Audience {
			s.EndFamily(other, string(token.EndedByRotation), now)
		}
	}
}

// endRotating ends a family whose client no longer rotates, and returns the
// token of a new one that does not. The absolute end stays.
//
// Source: Auth0 docs, "Configure refresh token rotation".
func (f *Flow) endRotating(s *store.State, client *tenant.Client, next store.RefreshToken, now time.Time) string {
	ended := next
	s.EndFamily(&ended, string(token.EndedByRotation), now)
	next.FamilyID = f.IDs.RefreshFamily()
	next.Current = f.IDs.RefreshToken(next.FamilyID, 0)
	next.Rotating, next.Counter, next.Previous, next.Siblings = false, 0, "", nil
	putFamily(s, &next, client, now)
	return next.Current
}

// flagRevokesGrant lets the revocation of one refresh token end all that the
// user granted with it.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags.
const flagRevokesGrant = "revoke_refresh_token_grant"

// RevokeRefreshToken ends the token's whole family, if it is the client's, and
// returns it; nil if there was none, which is no error. One that is bound to a
// session ends that too.
//
// Source: RFC 7009 §2.1, §2.2; Auth0 docs, "Revoke refresh tokens", "Configure
// online refresh tokens".
func (f *Flow) RevokeRefreshToken(client *tenant.Client, raw string) *store.RefreshToken {
	var revoked *store.RefreshToken
	now := f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		family, _ := tenant.RefreshFamilyOf(raw)
		rt, ok := s.RefreshTokens.Get(family, now)
		if !ok || rt.ClientID != client.ClientID {
			return nil
		}
		revoked = rt
		s.EndFamily(rt, string(token.EndedByRevoking), now)
		if s.Settings().Flags[flagRevokesGrant] {
			endGrant(s, rt, now)
		}
		return nil
	})
	if revoked != nil && revoked.Online {
		f.EndSession(revoked.SessionID, tenant.InitiatorSessionRevoked)
	}
	return revoked
}

// endGrant ends all refresh tokens of the user, the client and the API, and the
// user's consent.
//
// Source: Auth0 docs, "Revoke refresh tokens" (refresh token revocation
// deletes grant).
func endGrant(s *store.State, rt *store.RefreshToken, now time.Time) {
	for _, id := range s.FamiliesOf(rt.UserID, rt.ClientID) {
		if other, alive := s.RefreshTokens.Get(id, now); alive && other.Audience == rt.Audience {
			s.EndFamily(other, string(token.EndedByGrant), now)
		}
	}
	s.DeleteConsents(rt.UserID, func(c *tenant.Consent) bool { return c.ClientID == rt.ClientID && c.Audience == rt.Audience })
}
