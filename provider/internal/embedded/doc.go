// Package embedded is what Lock and auth0.js call from an application's own
// page: the client script, cross-origin authentication, sign-up, password
// change and passwordless codes.
//
// It shows no page and sets no session cookie: a login begun here is handed to
// /authorize (package login) as a ticket.
package embedded
