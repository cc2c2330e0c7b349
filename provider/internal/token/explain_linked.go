package token

import "github.com/faux0/faux0/provider/tenant"

// notLinked says whose the user's address is as well: the commonest reason why
// roles, metadata or an earlier profile seem to be gone after a login by another
// button.
//
// Source: Auth0 docs, "User account linking" (identities are separate by
// default).
func (x *explainer) notLinked() {
	if x.user == nil || x.user.Email == "" {
		return
	}
	for _, other := range x.dir.UsersByEmail(x.user.Email) {
		if other.UserID != x.user.UserID {
			x.note("The e-mail %s also belongs to %s (connection %s), a user of its own with its own roles and metadata: "+
				"Auth0 does not link accounts by itself%s.", x.user.Email, quote(other.UserID), quote(other.Connection), unverified(x.user, other))
		}
	}
}

// linkedSince says what became of a user who is nobody any more.
//
// Source: Auth0 docs, "User account linking" (the secondary account is removed
// from the list of users).
func (x *explainer) linkedSince(userID string) {
	if primary := x.dir.Primary(userID); x.user == nil && primary != nil {
		x.note("The account %s was linked to %s since: its next login is that user's, with sub %s and the roles and metadata of that user.",
			quote(userID), quote(primary.UserID), quote(primary.UserID))
	}
}

// unverified warns of linking what nobody has verified.
//
// Source: Auth0 docs, "User account linking" (verified addresses).
func unverified(users ...*tenant.User) string {
	for _, u := range users {
		if !u.EmailVerified {
			return ", and these must not be linked before both addresses are verified"
		}
	}
	return "; POST /api/v2/users/{id}/identities does, or an Action that calls it"
}
