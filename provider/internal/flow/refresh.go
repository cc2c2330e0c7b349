package flow

import (
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
	family := f.IDs.RefreshFamily()
	rt := &store.RefreshToken{
		FamilyID: family, Current: f.IDs.RefreshToken(family),
		ClientID: g.Client.ClientID, UserID: g.User.UserID, Audience: d.Audience, Scopes: d.Scopes,
		SessionID: g.SessionID, AuthTime: g.AuthTime, CreatedAt: now, LastUsedAt: now,
	}
	if g.Organization != nil {
		rt.OrganizationID = g.Organization.ID
	}
	if len(g.GrantedBy) > 0 {
		rt.GrantedBy = g.GrantedBy[len(g.GrantedBy)-1]
	}
	if p := g.Client.RefreshToken; p.Expiring() && !p.InfiniteTokenLifetime {
		rt.ExpiresAt = now.Add(time.Duration(p.TokenLifetimeSeconds) * time.Second)
	}
	_ = f.Store.Update(func(s *store.State) error {
		evictOldest(s, rt)
		s.RefreshTokens.Put(family, rt, refreshExpiry(rt, g.Client), now)
		return nil
	})
	return rt.Current
}

// evictOldest makes room for one more family of the user and client.
func evictOldest(s *store.State, fresh *store.RefreshToken) {
	families := s.FamiliesOf(fresh.UserID, fresh.ClientID)
	if len(families) >= maxRefreshTokens {
		s.RefreshTokens.Delete(families[0])
		families = families[1:]
	}
	s.SetFamiliesOf(fresh.UserID, fresh.ClientID, append(families, fresh.FamilyID))
}

// refreshExpiry is when the family ends if it is not used again.
//
// Source: Auth0 docs, "Configure refresh token expiration".
func refreshExpiry(rt *store.RefreshToken, c *tenant.Client) time.Time {
	end := rt.LastUsedAt.Add(forever)
	if !rt.ExpiresAt.IsZero() {
		end = rt.ExpiresAt
	}
	if p := c.RefreshToken; p.Expiring() && !p.InfiniteIdleTokenLifetime {
		idle := rt.LastUsedAt.Add(time.Duration(p.IdleTokenLifetimeSeconds) * time.Second)
		if idle.Before(end) {
			end = idle
		}
	}
	return end
}

// Refresh exchanges a refresh token. Checking, deciding and rotating happen in
// one step, so of two concurrent calls with a rotating token one wins and the
// other is reuse.
//
// scopes narrows the original ones; nil keeps them.
//
// It returns InvalidRefreshToken, RefreshUserGone, UserBlocked, NotAMember or
// an error of token.Decide.
//
// Source: RFC 6749 §6; Auth0 docs, "Refresh token rotation".
func (f *Flow) Refresh(client *tenant.Client, raw string, scopes []string, issuer string) (*Tokens, error) {
	now := f.Clock.Now()
	var g Grant
	var d *token.Decision
	err := f.Store.Update(func(s *store.State) (err error) {
		rt, err := findRefreshToken(s, client, raw, now)
		if err != nil {
			return err
		}
		if g, err = refreshGrant(s, client, rt, scopes, issuer); err != nil {
			return err
		}
		if d, err = token.Decide(s, g.Request); err != nil {
			return err
		}
		g.Rotated = f.useRefreshToken(s, client, rt, raw, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	f.remember(g.Request, d, nil)
	return f.IssueDecided(g, d)
}

// findRefreshToken returns the family of a token that still works. A token
// that is no longer current betrays a theft, and ends its family.
func findRefreshToken(s *store.State, client *tenant.Client, raw string, now time.Time) (*store.RefreshToken, error) {
	rt, ok := s.RefreshTokens.Get(tenant.RefreshFamilyOf(raw), now)
	if !ok || rt.ClientID != client.ClientID {
		return nil, tenant.InvalidRefreshToken()
	}
	if rt.Works(raw) || raw == rt.Previous && withinLeeway(rt, client, now) {
		return rt, nil
	}
	s.RefreshTokens.Delete(rt.FamilyID)
	return nil, tenant.InvalidRefreshToken().
		WithHint("the refresh token was rotated before and used again (the family had rotated %d times), so its whole family is revoked; log in again", rt.Counter)
}

func withinLeeway(rt *store.RefreshToken, client *tenant.Client, now time.Time) bool {
	leeway := time.Duration(client.RefreshToken.LeewaySeconds) * time.Second
	return rt.Previous != "" && now.Before(rt.RotatedAt.Add(leeway))
}

// refreshGrant builds the request anew from the user as it is now, so changed
// roles show after a refresh.
func refreshGrant(s *store.State, client *tenant.Client, rt *store.RefreshToken, scopes []string, issuer string) (Grant, error) {
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
	granted := rt.Scopes
	if scopes != nil {
		granted = slices.DeleteFunc(slices.Clone(scopes), func(sc string) bool { return !slices.Contains(rt.Scopes, sc) })
	}
	gty := []string{token.GTYRefreshToken}
	if rt.GrantedBy != "" {
		gty = append(gty, rt.GrantedBy)
	}
	return Grant{
		Request: token.Request{
			Flow: token.FlowRefresh, Client: client, User: user, Organization: org,
			Audience: rt.Audience, Scopes: granted, Issuer: issuer,
		},
		GrantedBy: gty, SessionID: rt.SessionID, AuthTime: rt.AuthTime, Family: rt,
	}, nil
}

// useRefreshToken marks the family as used and, for a rotating client, replaces
// the token; it returns the new one or "". A retry within the leeway leaves the
// first answer's token alive, as nobody knows which answer arrived last, and
// does not begin the leeway anew.
func (f *Flow) useRefreshToken(s *store.State, client *tenant.Client, rt *store.RefreshToken, raw string, now time.Time) string {
	next := *rt
	next.LastUsedAt = now
	rotated := ""
	if client.RefreshToken.Rotating() {
		rotated = f.IDs.RefreshToken(rt.FamilyID)
		if rt.Works(raw) {
			next.Previous, next.Siblings, next.RotatedAt = raw, nil, now
		} else {
			next.Siblings = append(slices.Clone(rt.Siblings), rt.Current)
		}
		next.Current = rotated
		next.Counter++
	}
	s.RefreshTokens.Put(rt.FamilyID, &next, refreshExpiry(&next, client), now)
	return rotated
}

// RevokeRefreshToken ends the token's whole family, if it is the client's.
// Unknown tokens are no error.
//
// Source: RFC 7009 §2.1, §2.2; Auth0 docs, "Revoke refresh tokens".
func (f *Flow) RevokeRefreshToken(client *tenant.Client, raw string) {
	_ = f.Store.Update(func(s *store.State) error {
		id := tenant.RefreshFamilyOf(raw)
		if rt, ok := s.RefreshTokens.Get(id, f.Clock.Now()); ok && rt.ClientID == client.ClientID {
			s.RefreshTokens.Delete(id)
		}
		return nil
	})
}
