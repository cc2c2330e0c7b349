package tenant

import "net/http"

// Codes of tickets that open nothing any more.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (text
// catalogue, prompt reset-password).
const (
	CodeTicketExpired = "auth0-users-expired-ticket"
	CodeTicketUsed    = "auth0-users-used-ticket"
)

// TicketExpired: the link in a mail is too old.
//
// Source: Auth0 docs, "Customize email templates" (URL lifetime).
func TicketExpired() *Error {
	return newError(http.StatusBadRequest, CodeTicketExpired, "This URL has expired.")
}

// TicketUsed: the link in a mail was followed before, or is none of ours.
// Auth0 tells the two apart no better.
//
// Source: community reports of access_denied after a second click.
func TicketUsed() *Error {
	return newError(http.StatusBadRequest, CodeTicketUsed, "This URL can be used only once.")
}

// PasswordInHistory: the user had the password before.
//
// Source: Auth0 docs, "Password options in Auth0 database connections"
// (history); the description is inferred.
func PasswordInHistory() *Error {
	return passwordRefused("PasswordHistoryError", "Password has previously been used", "Password has previously been used.")
}
