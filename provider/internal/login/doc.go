// Package login is Universal Login: /authorize, the pages that know a person,
// the session cookie, and logout; and beside it the classic login page, and
// the pages that play other identity providers.
//
// Every page posts back to its own step and every step ends in dispatch, which
// alone decides what comes next; prompt=none is a branch there, not a flag in
// each page.
package login
