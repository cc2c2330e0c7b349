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

// ---- shared by /authorize and /oauth/token ----

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

// ---- /authorize ----

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

// OrganizationRequired: organization_usage is "require" and none was named.
//
// Source: Auth0 docs, "Define organization behavior"; community reports.
func OrganizationRequired() *Error {
	return InvalidRequest("parameter organization is required for this client")
}

// OrganizationNotAllowed: organization_usage is "deny".
//
// Source: Auth0 docs, "Define organization behavior"; community reports.
func OrganizationNotAllowed() *Error {
	return InvalidRequest("parameter organization is not allowed for this client")
}

// OrganizationMustBeID: a name was sent, and the tenant does not allow names.
//
// Source: Auth0 docs, "Use organization names in Authentication API".
func OrganizationMustBeID() *Error {
	return InvalidRequest("authorization request parameter organization must be an organization id")
}

// OrganizationInvalid: no organization has the id or name.
//
// Source: community reports.
func OrganizationInvalid(value string) *Error {
	return InvalidRequest("parameter organization is invalid: " + value)
}

// NotAMember: the user is not part of the organization.
//
// Source: community reports.
func NotAMember(userID, organizationID string) *Error {
	return newError(http.StatusForbidden, "access_denied",
		fmt.Sprintf("user %s is not part of the %s organization", userID, organizationID))
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

// ---- /oauth/token ----

// Unauthorized: the client failed to authenticate, or does not exist.
//
// Observed: go-auth0 authentication recordings.
func Unauthorized() *Error { return newError(http.StatusUnauthorized, "access_denied", "Unauthorized") }

// UnsupportedGrantType: the grant_type is unknown.
//
// Source: RFC 6749 §5.2; the status is inferred.
func UnsupportedGrantType(grantType string) *Error {
	return newError(http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: "+grantType)
}

// InvalidCode: the authorization code is unknown, expired, used, or another
// client's.
//
// Observed: go-auth0 authentication recordings.
func InvalidCode() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Invalid authorization code")
}

// RedirectURIWrong: the redirect_uri differs from the one /authorize was sent.
//
// Source: community reports and an SDK fixture.
func RedirectURIWrong(sent, expected string) *Error {
	return newError(http.StatusForbidden, "unauthorized_client",
		fmt.Sprintf("The redirect URI is wrong. You sent %s, and we expected %s", sent, expected))
}

// VerifierFailed: code_verifier is missing or does not fit the challenge.
//
// Observed: go-auth0 authentication recordings.
func VerifierFailed() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Failed to verify code verifier")
}

// NoAudience: client_credentials without an audience.
//
// Observed: go-auth0 authentication recordings.
func NoAudience() *Error {
	return newError(http.StatusForbidden, "access_denied", "Non-global clients are not allowed access to APIv1").
		WithHint("send audience=<API identifier>, or set the tenant's default_audience")
}

// NoClientGrant: the client has no grant for the API.
//
// Source: community reports of 2026; earlier wordings differ.
func NoClientGrant(clientID, audience string) *Error {
	return newError(http.StatusForbidden, "access_denied",
		fmt.Sprintf("Client %q is not authorized to access resource server %q. "+
			"You need to create a \"client-grant\" associated to this API.", clientID, audience))
}

// ClientOrganizationRefused: the client grant's organization rules say no.
//
// Source: Auth0 docs, "Machine-to-machine access for organizations"; the
// wording is ours.
func ClientOrganizationRefused(description string) *Error {
	return newError(http.StatusForbidden, "access_denied", description)
}

// NoDefaultDirectory: grant_type=password without a default connection.
//
// Observed: ruby-auth0 recordings.
func NoDefaultDirectory() *Error {
	return newError(http.StatusInternalServerError, "server_error",
		"Authorization server not configured with default connection.").
		WithHint("set the tenant's default_directory, or use the password-realm grant with a realm")
}

// UnknownRealm: no connection answers to the realm.
//
// Source: Auth0 docs, "Cross-origin authentication" error table.
func UnknownRealm(name string) *Error { return InvalidRequest("Unknown realm " + name + ".") }

// ConnectionNotEnabled: the realm's connection is not enabled for the client.
func ConnectionNotEnabled(name string, client *Client) *Error {
	return newError(http.StatusForbidden, "unauthorized_client", "The connection is not enabled for the client.").
		WithHint("add %q to enabled_clients of connection %q", client.Name, name)
}

// WrongPassword: the password is wrong or the user unknown; the answer does
// not say which.
//
// Observed: ruby-auth0 recordings (e-mail); community reports (username).
func WrongPassword(usernames bool) *Error {
	what := "email"
	if usernames {
		what = "username"
	}
	return newError(http.StatusForbidden, "invalid_grant", "Wrong "+what+" or password.")
}

// InvalidPasswordAudience: a password grant for an unknown API.
//
// Observed: go-auth0 authentication recordings.
func InvalidPasswordAudience() *Error {
	return InvalidRequest("invalid audience specified for password grant exchange")
}

// InvalidRefreshToken: unknown, expired, revoked, reused, or another client's.
//
// Observed: go-auth0 authentication recordings.
func InvalidRefreshToken() *Error {
	return newError(http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
}

// RefreshUserGone: the refresh token's user was deleted.
//
// Source: community reports.
func RefreshUserGone() *Error {
	return newError(http.StatusForbidden, "invalid_grant",
		"The refresh_token was generated for a user who doesn't exist anymore.")
}

// ---- /oauth/revoke, /userinfo, logout ----

// InvalidClient: /oauth/revoke and its kin call a failed client
// authentication by the RFC's name.
//
// Source: Auth0 docs, "Revoke refresh tokens"; RFC 6749 §5.2.
func InvalidClient() *Error {
	return newError(http.StatusUnauthorized, "invalid_client", "Client authentication failed")
}

// LogoutURLNotAllowed: returnTo is not an Allowed Logout URL.
//
// Source: Auth0 support article on logout errors; the status is inferred.
func LogoutURLNotAllowed(returnTo string) *Error {
	return InvalidRequest(fmt.Sprintf(
		"The \"returnTo\" querystring parameter %q is not defined as a valid URL in \"Allowed Logout URLs\".", returnTo))
}

// ---- cross-origin authentication ----

// CrossOriginBody: a member of the body is missing.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func CrossOriginBody() *Error {
	return InvalidRequest("Invalid request body. All and only of client_id, credential_type, username, otp, realm are required.")
}

// UnsupportedCredentialType: the credential_type is unknown.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func UnsupportedCredentialType() *Error {
	return newError(http.StatusBadRequest, "unsupported_credential_type", "Unknown credential type parameter.")
}

// CrossOriginNotAllowed: the client does not have cross-origin authentication
// switched on.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func CrossOriginNotAllowed() *Error {
	return newError(http.StatusUnauthorized, "unauthorized_client", "Cross origin login not allowed.")
}

// OriginRefused: the page's origin is not the client's. It has no code: the
// body is the plain sentence.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func OriginRefused(origin string) *Error {
	return newError(http.StatusForbidden, "", "Origin "+origin+" is not allowed.")
}

// CrossOriginWrong: the credential is wrong, in the words of its kind.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func CrossOriginWrong(description string) *Error {
	return newError(http.StatusForbidden, "access_denied", description)
}

// CrossOriginBlocked: the user is blocked.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func CrossOriginBlocked() *Error {
	return newError(http.StatusForbidden, "blocked_user", "Blocked user")
}

// InvalidLoginTicket: /authorize got a ticket that is unknown, used, expired,
// or another client's.
//
// Source: community reports.
func InvalidLoginTicket() *Error {
	return newError(http.StatusForbidden, "access_denied", "Unknown or invalid login ticket.")
}

// ---- every surface ----

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
