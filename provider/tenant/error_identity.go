package tenant

import "net/http"

// UserNotFound: no user has the id.
//
// Observed: recordings, GET /api/v2/users/{id}.
func UserNotFound() *Error {
	return newError(http.StatusNotFound, "inexistent_user", "The user does not exist.")
}

// SameIdentity: an account cannot be linked to itself. The code is inferred.
//
// Source: the description of the Management API, POST
// /api/v2/users/{id}/identities.
func SameIdentity() *Error {
	return newError(http.StatusBadRequest, "operation_not_supported", "Main identity and the new one are the same.")
}

// IdentityUnknown: there is no account to be linked. The code is inferred.
//
// Source: the description of the Management API, POST
// /api/v2/users/{id}/identities.
func IdentityUnknown() *Error {
	return newError(http.StatusBadRequest, "inexistent_user", "Linking to an inexistent identity is not allowed.")
}

// IdentityTaken: the account is linked to some user already.
//
// Source: the description of the Management API, POST
// /api/v2/users/{id}/identities; community reports of the code.
func IdentityTaken() *Error {
	return newError(http.StatusConflict, "identity_conflict", "Specified identity already exists.")
}

// MainIdentity: a user's own identity cannot be unlinked. The code is inferred.
//
// Source: the description of the Management API, DELETE
// /api/v2/users/{id}/identities/{provider}/{user_id}.
func MainIdentity() *Error {
	return newError(http.StatusBadRequest, "operation_not_supported", "Main identity cannot be removed.")
}
