// Package flow is what /authorize and /oauth/token have in common: knowing a
// user, keeping a session, issuing tokens.
//
// It ties the rules (package token) to the state (package store), so that
// neither has to know the other, and so that the login pages, the token
// endpoint and the control plane issue tokens through one piece of code. It
// knows no HTTP.
package flow
