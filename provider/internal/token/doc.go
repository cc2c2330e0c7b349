// Package token decides what is in a token and signs it.
//
// The rules (Decide, AccessClaims, IDClaims, UserInfo) are pure functions of a
// tenant and a request; each decision carries its Reasons, and nothing else in
// Faux0 explains a token. The package knows no storage and no HTTP, and is the
// only importer of go-jose.
package token
