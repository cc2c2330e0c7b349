package token

import "time"

// Family is what the tenant knows of a refresh token and the others of its
// family.
type Family struct {
	ClientID, UserID string
	// Audience and Scopes were granted at login.
	Audience string
	Scopes   []string
	// Works says that this very token works; where it does not and the family
	// has not ended, rotation has replaced it.
	Works bool
	// End is why the family ended, "" while it lives. At is when.
	End FamilyEnd
	At  time.Time
}

// FamilyEnd is why a family of refresh tokens ended.
type FamilyEnd string

// FamilyEnds.
//
// Source: Auth0 docs, "Refresh token rotation", "Revoke refresh tokens",
// "Configure refresh token expiration", "Refresh token limits".
const (
	EndedByReuse    FamilyEnd = "reuse"
	EndedByRevoking FamilyEnd = "revoked"
	EndedByGrant    FamilyEnd = "grant_revoked"
	EndedBySession  FamilyEnd = "session_ended"
	EndedByRotation FamilyEnd = "rotation_switched"
	EndedByLimit    FamilyEnd = "limit"
	EndedByTime     FamilyEnd = "expired"
)

// Because says in words why a family ended.
func (e FamilyEnd) Because() string { return familyEnds[e].cause }

// familyEnds say each in words: what happened, and what helps.
var familyEnds = map[FamilyEnd]struct{ cause, fix string }{
	EndedByReuse: {
		"because a token that rotation had replaced was used again (reuse detection)",
		"Log in again, let the application keep the refresh_token of each answer and use the newest only; where it refreshes twice at once, raise refresh_token.leeway of the client.",
	},
	EndedByRevoking: {"because it was revoked at /oauth/revoke", "Log in again."},
	EndedByGrant: {
		"because another token of the same grant was revoked, which ends them all (flag revoke_refresh_token_grant)",
		"Log in again, or switch revoke_refresh_token_grant off.",
	},
	EndedBySession: {"because the session it was bound to (online_access) has ended", "Log in again, or request offline_access."},
	EndedByRotation: {
		"because rotation was switched on or off for the client, which replaced it",
		"Use the refresh_token of the latest answer, or log in again.",
	},
	EndedByLimit: {"because the user has the most refresh tokens a client may hold, and the oldest made room", "Log in again, and revoke tokens that are no longer needed."},
	EndedByTime: {
		"because its lifetime, or the time it may lie unused, was over",
		"Log in again, or raise refresh_token.token_lifetime and idle_token_lifetime of the client.",
	},
}
