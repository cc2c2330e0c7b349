// Package acceptance drives the built binary with well-known Go clients:
// go-oidc, x/oauth2 and Auth0's own go-jwt-middleware and go-auth0. It is a
// module of its own, so that nobody who imports testkit inherits them.
package acceptance
