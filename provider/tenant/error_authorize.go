package tenant

import (
	"fmt"
	"net/http"
	"strings"
)

// PARDisabled: the tenant has no /oauth/par.
//
// Source: Auth0 docs, "Authorization code flow with PAR" (it is switched on in
// the tenant's settings); the code and wording are inferred.
func PARDisabled() *Error {
	return newError(http.StatusNotFound, "endpoint_disabled", "Pushed Authorization Requests are not enabled for this tenant").
		WithHint("set the tenant's pushed_authorization_requests_supported to true")
}

// PARRequired: the request was not pushed, and client or tenant insist.
//
// Source: Auth0 docs, "FAPI compliance levels" for the first wording; the
// second is inferred.
func PARRequired(client *Client) *Error {
	if client.FAPI() {
		return InvalidRequest("Pushed Authorization Requests are required by the configured compliance level").
			WithHint("client %q has compliance_level %q: push the request to /oauth/par first", client.Name, client.ComplianceLevel)
	}
	return InvalidRequest("Pushed Authorization Requests are required").
		WithHint("push the request to /oauth/par first; require_pushed_authorization_requests of client or tenant asks for it")
}

// RequestURIInvalid: the request_uri is unknown, used, expired, or another
// client's.
//
// Source: RFC 9126 §4, RFC 9101 §7; the wording is inferred.
func RequestURIInvalid() *Error {
	return newError(http.StatusBadRequest, "invalid_request_uri", "The request_uri is invalid or has expired").
		WithHint("a request_uri works once, for the client that pushed it, and only for seconds")
}

// RequestURINotPushed: the request_uri is no reference of /oauth/par; Auth0
// fetches none.
//
// Source: Auth0 docs, "Authorization code flow with PAR".
func RequestURINotPushed() *Error {
	return newError(http.StatusBadRequest, "request_uri_not_supported", "Only a request_uri of /oauth/par is supported")
}

// RequestObjectRequired: the client signs its requests, and this one is not.
//
// Source: RFC 9101 §10.5; the wording is inferred.
func RequestObjectRequired(client *Client) *Error {
	return InvalidRequest("A signed request object is required").
		WithHint("client %q has signed_request_object.required: send the request as a JWT in the parameter request", client.Name)
}

// RequestObjectInvalid: the request object cannot be believed.
//
// Source: RFC 9101 §7; the wording is inferred.
func RequestObjectInvalid(cause error) *Error {
	e := newError(http.StatusBadRequest, "invalid_request_object", "The request object is invalid").WithHint("%s", cause.Error())
	e.Cause = cause
	return e
}

// BothRequestAndURI: request and request_uri exclude each other.
//
// Source: RFC 9101 §5.
func BothRequestAndURI() *Error {
	return InvalidRequest("request and request_uri must not be sent together")
}

// ClientIDMismatch: the body names another client than the one that
// authenticated.
//
// Source: RFC 9126 §2.1.
func ClientIDMismatch() *Error {
	return InvalidRequest("client_id does not match the authenticated client")
}

// ACRUnsupported: the tenant lists the acr_values it supports, and not this one.
//
// Source: Management API, PATCH /api/v2/tenants/settings, acr_values_supported;
// the wording is inferred.
func ACRUnsupported(value string, supported []string) *Error {
	return InvalidRequest("acr_values is not supported: "+value).
		WithHint("the tenant's acr_values_supported are %s", strings.Join(supported, ", "))
}

// ParameterNotAllowed: a strict third-party client sent a parameter that is not
// for it.
//
// Source: Auth0 docs, "Third-party applications" (security controls); the
// wording is inferred.
func ParameterNotAllowed(name string) *Error {
	return InvalidRequest("Parameter not allowed: " + name).
		WithHint("third-party clients in strict mode may send none but the plain parameters of the code flow; third_party_security_mode \"permissive\" allows the rest")
}

// PKCERequired: a strict third-party client sent no code_challenge.
//
// Source: Auth0 docs, "Third-party applications" (security controls); RFC 9700
// §2.1.1. The wording is inferred.
func PKCERequired() *Error { return MissingParameter("code_challenge") }

// NotForThirdParties: the endpoint is closed to strict third-party clients.
//
// Source: Auth0 docs, "Third-party applications" (security controls); the
// wording is inferred.
func NotForThirdParties(what string) *Error {
	return newError(http.StatusForbidden, "unauthorized_client", fmt.Sprintf("%s is not available to third-party applications.", what))
}

// UnknownClient: the client_id names no client.
//
// Source: community reports.
func UnknownClient(clientID string) *Error {
	return newError(http.StatusForbidden, "invalid_request", "Unknown client: "+clientID)
}

// CallbackMismatch: the redirect_uri is not an Allowed Callback URL.
//
// Source: community reports and SDK tests; the status is inferred.
func CallbackMismatch(redirectURI string) *Error {
	return newError(http.StatusForbidden, "unauthorized_client",
		"Callback URL mismatch. "+redirectURI+" is not in the list of allowed callback URLs")
}

// UnsupportedResponseType: a word of response_type is unknown.
//
// Source: RFC 6749 §4.1.2.1.
func UnsupportedResponseType(responseType string) *Error {
	return newError(http.StatusBadRequest, "unsupported_response_type", "Unsupported response type: "+responseType)
}

// UnsupportedResponseMode: the response_mode is unknown, or would put a token
// into a query.
//
// Source: OAuth 2.0 Multiple Response Type Encoding Practices §2.1, §5.
func UnsupportedResponseMode(mode string) *Error {
	return InvalidRequest("Unsupported response mode: " + mode)
}

// LoginRequired: prompt=none and nobody is logged in.
//
// Source: OpenID Connect Core 1.0 §3.1.2.6; Auth0 docs, "Silent authentication".
func LoginRequired() *Error {
	return newError(http.StatusForbidden, "login_required", "Login required")
}

// ConnectionNotFound: the `connection` parameter names no connection.
//
// Source: community reports.
func ConnectionNotFound(name string) *Error {
	return InvalidRequest("the connection was not found").WithHint("no connection is named %q", name)
}

// ConnectionDisabled: the connection exists and is not enabled for the client.
//
// Source: Auth0 docs (legacy), /oauth/ro.
func ConnectionDisabled(name string, client *Client) *Error {
	err := InvalidRequest("the connection was disabled")
	if !client.IsFirstParty {
		return err.WithHint("third-party client %q needs a domain-level connection: set is_domain_connection of connection %q", client.Name, name)
	}
	return err.WithHint("add %q to enabled_clients of connection %q", client.Name, name)
}

// NoConnections: no connection is enabled for the client.
//
// Source: Auth0 docs, "Application connections".
func NoConnections(client *Client) *Error {
	err := InvalidRequest("no connections enabled for the client")
	if !client.IsFirstParty {
		return err.WithHint("third-party client %q needs a domain-level connection: set is_domain_connection of one", client.Name)
	}
	return err.WithHint("add %q to enabled_clients of a connection, such as %s", client.Name, DefaultConnectionName)
}

// NoPasswordless: Universal Login asks for the codes of a passwordless
// connection only where the tenant logs in identifier first, and so there is
// nothing to log in with.
//
// Source: Auth0 docs, "Passwordless with Universal Login" (enable identifier
// first). What is answered otherwise is inferred.
func NoPasswordless(c *Connection) *Error {
	return InvalidRequest("no connections enabled for the client").
		WithHint("Universal Login asks for codes of connection %q only with prompts.identifier_first: true", c.Name)
}

// TransactionLost: a login page was opened for an unknown, expired or foreign
// login.
//
// Source: community reports, many.
func TransactionLost() *Error {
	return newError(http.StatusBadRequest, "invalid_request",
		"You may have pressed the back button, refreshed during login, opened too many login dialogs, "+
			"or there is some issue with cookies, since we couldn't find your session. "+
			"Try logging in again from the application and if the problem persists please contact the administrator.")
}

// TransactionDead: /authorize/resume found nothing to resume.
//
// Source: community reports.
func TransactionDead() *Error {
	return newError(http.StatusInternalServerError, "server_error", "Unable to issue redirect for OAuth 2.0 transaction")
}

// OriginNotAllowed: web_message to an origin the client does not list.
//
// Source: Auth0 docs, "Silent authentication"; community reports.
func OriginNotAllowed(origin string, client *Client) *Error {
	return newError(http.StatusForbidden, "unauthorized_client", "origin not allowed: "+origin).
		WithConfigured(client.WebOrigins, "web_origins of client %q", client.Name).
		WithHint("add %q to web_origins of client %q", origin, client.Name)
}
