package tenant

import "net/http"

// MixedAuthentication: the request authenticates its client in two ways.
//
// Source: RFC 6749 §2.3; the wording is ours.
func MixedAuthentication() *Error {
	return InvalidRequest("The client must not use more than one authentication method in a request")
}

// InvalidDPoPProof: the DPoP header holds no proof that counts here.
//
// Source: RFC 9449 §5; the descriptions are ours.
func InvalidDPoPProof(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_dpop_proof", description)
}

// UseDPoPNonce: the proof of a public client lacks a nonce that counts. The
// nonce to use is in the DPoP-Nonce header.
//
// Source: RFC 9449 §8; Auth0 docs, "Demonstrating Proof-of-Possession (DPoP)".
func UseDPoPNonce() *Error {
	return newError(http.StatusBadRequest, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof")
}

// ProofRequired: the client or the API gets only tokens bound to a key, and
// the request showed none.
//
// Source: Auth0 docs, "Configure sender constraining" ("Not Issued"); code and
// wording are inferred.
func ProofRequired() *Error { return InvalidRequest("Proof-of-Possession is required") }

// KeyNotFound: no signing key has the kid.
//
// Source: Management API, PUT /api/v2/keys/signing/{kid}/revoke.
func KeyNotFound() *Error {
	return newError(http.StatusNotFound, "not_found", "Signing key not found.")
}

// KeyNotPrevious: the signing key is the current or the next one.
//
// Source: Auth0 docs, "Revoke signing keys"; the wording is ours.
func KeyNotPrevious() *Error {
	return InvalidRequest("Only the previous signing key can be revoked: rotate first")
}
