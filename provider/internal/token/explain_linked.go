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
