package tenant

import (
	"fmt"
	"net/http"
	"strings"
)

// ---- pushed and signed authorization requests ----

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

// ---- parameters ----

// ACRUnsupported: the tenant lists the acr_values it supports, and not this one.
//
// Source: Management API, PATCH /api/v2/tenants/settings, acr_values_supported;
// the wording is inferred.
func ACRUnsupported(value string, supported []string) *Error {
	return InvalidRequest("acr_values is not supported: "+value).
		WithHint("the tenant's acr_values_supported are %s", strings.Join(supported, ", "))
}

// ---- strict third-party applications ----

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
