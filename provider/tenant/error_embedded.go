package tenant

import "net/http"

// badRequest is an error of /dbconnections with all four members.
func badRequest(code, description string) *Error {
	e := newError(http.StatusBadRequest, code, description)
	e.Name = "BadRequestError"
	return e
}

// oneSentence is an error of /dbconnections whose body is nothing but a
// sentence.
//
// Source: community reports (the SDKs of auth0.js, Java and others quote it).
func oneSentence(sentence string) *Error {
	e := newError(http.StatusBadRequest, "invalid_request", sentence)
	e.Body = struct {
		Error string `json:"error"`
	}{sentence}
	return e
}

// DatabaseMissing: a member of the body is absent or empty.
//
// Source: community reports for the shape; the wording is inferred.
func DatabaseMissing(name string) *Error { return oneSentence(name + " is required") }

// DatabaseInvalid: a member of the body is there and wrong. The sentences are
// ours, in the service's shape.
func DatabaseInvalid(sentence string) *Error { return oneSentence(sentence) }

// InexistentClient: the client_id names no client.
//
// The status, name and wording are inferred; no recording shows them.
func InexistentClient(clientID string) *Error {
	e := newError(http.StatusNotFound, "inexistent_client", "The client does not exist").
		WithHint("no client has client_id %q", clientID)
	e.Name = "NotFoundError"
	return e
}

// DatabaseUnknown: no database connection has the name.
//
// Source: community reports; the wording is inferred.
func DatabaseUnknown(name string) *Error {
	return oneSentence("connection does not exist").WithHint("no database connection is named %q", name)
}

// DatabaseDisabled: the client may not use the connection.
//
// Source: Auth0 docs (legacy), /oauth/ro, for the words.
func DatabaseDisabled(name string, client *Client) *Error {
	return oneSentence("the connection was disabled").
		WithHint("add %q to enabled_clients of connection %q", client.Name, name)
}

// SignupDisabled: the connection takes no new users.
//
// Source: community reports (auth0-java, auth0.js).
func SignupDisabled(connection string) *Error {
	return oneSentence("public signup is disabled").
		WithHint("set options.disable_signup of connection %q to false", connection)
}

// InvalidSignup: there is such a user, and the tenant does not tell.
//
// Observed: go-auth0 and node-auth0 handle this body of duplicate sign-ups.
func InvalidSignup() *Error {
	return badRequest("invalid_signup", "Invalid sign up").
		WithHint("the user exists; with the tenant's flags.enable_public_signup_user_exists_error Auth0 says so")
}

// UserExists: there is a user with the e-mail address or phone number.
//
// Source: Auth0 docs, "Common authentication errors". Observed: an issue of
// auth0.js quotes the body.
func UserExists() *Error { return badRequest("user_exists", "The user already exists.") }

// UsernameExists: there is a user with the username.
//
// Source: Auth0 docs, Authentication API, "Signup".
func UsernameExists() *Error {
	return badRequest("username_exists", "The username provided is in use already.")
}

// PasswordTooWeak: the password breaks rules of the connection's policy. rules
// is the outcome rule by rule, policy the rules in words.
//
// Observed: tests of auth0.js and auth0-java; the library password-sheriff.
func PasswordTooWeak(rules any, policy string) *Error {
	e := newError(http.StatusBadRequest, "invalid_password", "Password is too weak").
		WithHint("the connection's options.passwordPolicy and password_complexity_options decide what is strong enough")
	e.Name = "PasswordStrengthError"
	e.Body = struct {
		Name        string `json:"name"`
		Message     string `json:"message"`
		Code        string `json:"code"`
		Description any    `json:"description"`
		Policy      string `json:"policy"`
		StatusCode  int    `json:"statusCode"`
	}{e.Name, e.Description, e.Code, rules, policy, e.Status}
	return e
}

// PasswordInDictionary: the password is one of the commonest, or in the
// connection's own list.
//
// Source: Auth0 support article on PasswordDictionaryError.
func PasswordInDictionary() *Error {
	return passwordRefused("PasswordDictionaryError", "Password is too common", "Password is not allowed, it might be too common.")
}

// PasswordHasUserInfo: the password holds a part of the user's own data.
//
// Source: community reports for the message; the description is inferred.
func PasswordHasUserInfo() *Error {
	return passwordRefused("PasswordNoUserInfoError", "Password contains user information", "Password is not allowed, it contains user information.")
}

func passwordRefused(name, message, description string) *Error {
	e := newError(http.StatusBadRequest, "invalid_password", description)
	e.Name = name
	e.Body = struct {
		Name        string `json:"name"`
		Message     string `json:"message"`
		Code        string `json:"code"`
		Description string `json:"description"`
		StatusCode  int    `json:"statusCode"`
	}{name, message, e.Code, description, e.Status}
	return e
}

// PasswordlessInvalid: a member of the body of /passwordless/start is missing
// or wrong; the code is `bad.` and its name.
//
// Source: Auth0 docs, "Passwordless API troubleshooting" (error table).
func PasswordlessInvalid(member, description string) *Error {
	return newError(http.StatusBadRequest, "bad."+member, description)
}

// PasswordlessMissing: a member of the body of /passwordless/start is absent.
//
// Source: Auth0 docs, "Passwordless API troubleshooting" (error table).
func PasswordlessMissing(member string) *Error {
	return PasswordlessInvalid(member, "Missing required property: "+member)
}

// PasswordlessUnknownMember: the body of /passwordless/start has a member that
// nobody defines.
//
// Source: Auth0 docs, "Passwordless API troubleshooting" (error table).
func PasswordlessUnknownMember(name string) *Error {
	return PasswordlessInvalid("request", "the following properties are not allowed: "+name)
}

// PasswordlessSignupDisabled: nobody has the address, and the connection takes
// no new users.
//
// Source: community reports.
func PasswordlessSignupDisabled(connection string) *Error {
	return PasswordlessInvalid("connection", "Public signup is disabled").
		WithHint("set options.disable_signup of connection %q to false, or create the user first", connection)
}

// PasswordlessUnauthorized: a client that has a secret did not show it.
//
// Source: Auth0 docs, "Passwordless API troubleshooting"; the wording is
// inferred.
func PasswordlessUnauthorized(client *Client) *Error {
	return newError(http.StatusUnauthorized, "unauthorized_client", "Client authentication is required.").
		WithHint("client %q is confidential (token_endpoint_auth_method %q): send its client_secret", client.Name, client.TokenEndpointAuthMethod)
}

// WrongCode: the code is wrong, used, replaced by a newer one, or too old.
//
// Observed: Auth0.swift and Auth0.Android compare with both sentences.
func WrongCode(c *Connection) *Error {
	what := "email"
	if c.Strategy == StrategySMS {
		what = "phone number"
	}
	return newError(http.StatusForbidden, "invalid_grant", "Wrong "+what+" or verification code.")
}

// TooManyCodes: the code was guessed at too often and is dead.
//
// Source: community reports of the sentence; the code is inferred.
func TooManyCodes() *Error {
	return newError(http.StatusForbidden, "too_many_attempts",
		"You've reached the maximum number of attempts. Please try to login again.").
		WithHint("a code stands %d wrong tries; ask for a new one", MaxCodeFailures)
}

// PasswordlessRefused: the hosted page, or a link, brought a code that does
// not log in.
//
// Source: community reports of /passwordless/verify.
func PasswordlessRefused(code, description string) *Error {
	return newError(http.StatusUnauthorized, code, description)
}

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
