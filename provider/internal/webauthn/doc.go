// Package webauthn checks what authenticators sign: the two ceremonies of Web
// Authentication, for security keys, device biometrics and passkeys alike. It
// knows no users and keeps no state.
package webauthn
