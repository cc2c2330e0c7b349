package tenant

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Error is what the tenant answers when it says no. Every sentence a caller
// can read is written in this package, worded as Auth0 words it.
type Error struct {
	// Status is the HTTP status where the error is a response of its own.
	Status int
	// Code is the OAuth `error`.
	Code string
	// Description is the OAuth `error_description`.
	Description string
	// Name is the class of the service's errors, on surfaces that show it.
	Name string
	// Body is the whole body where the envelope's would be too little; nil
	// leaves it to the envelope.
	Body any
	// Hint is Faux0's own advice: what was sent, what is configured, what to
	// change. It goes to the log, the error page and a header, never into a
	// body that Auth0 defines.
	Hint string
	// Configured is what the tenant has in place of what was sent, for the
	// error page.
	Configured Configured
	// Header holds further response headers, such as WWW-Authenticate.
	Header http.Header
	// Cause is logged and never sent.
	Cause error
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Code
	if e.Description != "" {
		s += ": " + e.Description
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WithHint returns a copy that carries the advice.
func (e *Error) WithHint(format string, args ...any) *Error {
	d := *e
	d.Hint = fmt.Sprintf(format, args...)
	return &d
}

// Configured is a setting that holds a list: whose it is, and its values.
type Configured struct {
	Setting string
	Values  []string
}

// WithConfigured returns a copy that says what the setting holds.
func (e *Error) WithConfigured(values []string, setting string, args ...any) *Error {
	d := *e
	d.Configured = Configured{Setting: fmt.Sprintf(setting, args...), Values: values}
	return &d
}

func newError(status int, code, description string) *Error {
	return &Error{Status: status, Code: code, Description: description}
}

// MissingParameter: a required parameter is absent.
//
// Source: community reports; RFC 6749 §4.1.2.1, §5.2 for the code.
func MissingParameter(name string) *Error {
	return newError(http.StatusBadRequest, "invalid_request", "Missing required parameter: "+name)
}

// InvalidRequest: a parameter is there and wrong.
func InvalidRequest(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_request", description)
}

// GrantNotAllowed: the client's grant_types do not list the grant.
//
// Observed: go-auth0 authentication recordings.
func GrantNotAllowed(grantType string) *Error {
	return newError(http.StatusForbidden, "unauthorized_client",
		fmt.Sprintf("Grant type '%s' not allowed for the client.", grantType))
}

// GrantSwitchedOff is GrantNotAllowed with advice about the client.
func GrantSwitchedOff(client *Client, grantType string) *Error {
	e := GrantNotAllowed(grantType)
	if slices.Contains(client.GrantTypes, grantType) {
		return e.WithHint("client %q is a third-party application in strict mode, which has %s and no other grants", client.Name, strings.Join(strictGrants, " and "))
	}
	return e.WithHint("add %q to grant_types of client %q", grantType, client.Name)
}

// ServiceNotFound: no API has the identifier.
//
// Source: community reports, very frequent.
func ServiceNotFound(audience string) *Error {
	return newError(http.StatusForbidden, "access_denied", "Service not found: "+audience)
}

// NotAuthorizedForAPI: the API's policy for user tokens refuses the client.
// First-party clients read invalid_request, strict third-party ones
// unauthorized_client.
//
// Source: community reports of 2025/26; Auth0 docs, "Third-party applications".
func NotAuthorizedForAPI(client *Client, audience string) *Error {
	code := "invalid_request"
	if client.ThirdPartyStrict() {
		code = "unauthorized_client"
	}
	return newError(http.StatusForbidden, code,
		fmt.Sprintf("Client %q is not authorized to access resource server %q.", client.ClientID, audience))
}

// BothOfflineAndOnline: the two scopes exclude each other.
//
// Source: Auth0 docs, "Online refresh tokens".
func BothOfflineAndOnline() *Error {
	return InvalidRequest("Cannot request both online_access and offline_access scopes")
}

// UserBlocked: the user exists and is blocked.
//
// Source: Auth0 docs, "Block and unblock users".
func UserBlocked() *Error {
	return newError(http.StatusForbidden, "unauthorized", "user is blocked")
}

// NotBuilt: Faux0 knows the endpoint and does not do it yet. Answering 404
// would claim that Auth0 does not have it either.
//
// Differs: Auth0 has no such answer.
func NotBuilt(what string) *Error {
	return newError(http.StatusNotImplemented, "not_implemented",
		what+" is not built into Faux0 yet; the coverage table in its README lists what is.")
}

// NotFound: there is no such page or endpoint.
func NotFound() *Error { return newError(http.StatusNotFound, "not_found", "Not Found") }

// MethodNotAllowed: the path exists, the method does not.
//
// Source: Auth0 docs, Authentication API error table.
func MethodNotAllowed(method string) *Error {
	return newError(http.StatusMethodNotAllowed, "method_not_allowed", "Method "+method+" is not allowed here")
}

// BodyTooLarge: the request body is over the limit in bytes.
func BodyTooLarge(limit int64) *Error {
	return newError(http.StatusRequestEntityTooLarge, "invalid_request",
		fmt.Sprintf("The request body is larger than %d bytes", limit))
}

// BadBody: the body is not what its Content-Type says.
func BadBody(cause error) *Error {
	e := InvalidRequest("The request body could not be read")
	e.Cause = cause
	return e
}

// MisdirectedRequest: the Host header names a host the tenant does not serve.
//
// Source: RFC 9110 §15.5.20. Differs: Auth0's edge answers for its own hosts only.
func MisdirectedRequest(host string) *Error {
	return newError(http.StatusMisdirectedRequest, "invalid_request",
		fmt.Sprintf("This tenant does not answer to the host name %q. Start faux0 with --host %s to allow it.", host, host))
}

// ForeignPage: a page of another origin called the control plane.
//
// Differs: Auth0 has no control plane.
func ForeignPage(origin string) *Error {
	return newError(http.StatusForbidden, "access_denied", "The control plane does not answer pages of another origin ("+origin+")")
}

// Internal: something of ours broke. The cause is logged, not sent.
func Internal(cause error) *Error {
	e := newError(http.StatusInternalServerError, "server_error", "Internal server error")
	e.Cause = cause
	return e
}
