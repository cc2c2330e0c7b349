// Package oauth holds the endpoints without a face: discovery, JWKS,
// /oauth/token with one file a grant, /oauth/revoke and /userinfo.
//
// It knows nothing of pages or cookies; what it shares with the login pages is
// in package flow.
package oauth
