package tenant

import "net/http"

type validationError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type validationBody struct {
	Code        string            `json:"error"`
	Description string            `json:"error_description"`
	Errors      []validationError `json:"validation_errors"`
}

// OTPInvalid: a member of the body of /otp/challenge is missing or wrong.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API" (error responses). Only the sentence about neither
// identifier is documented; the others are inferred.
func OTPInvalid(member, description string) *Error {
	e := InvalidRequest(description)
	e.Body = validationBody{e.Code, e.Description, []validationError{{member, description}}}
	return e
}

// OTPConnectionInvalid: no code can be sent through the connection. The
// sentence is inferred.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API" (error responses).
func OTPConnectionInvalid(name string) *Error {
	return newError(http.StatusBadRequest, "invalid_connection", "Invalid connection: "+name)
}

// OTPRefused: the code or the auth_session is wrong, too old, or used, or there
// is nobody to log in; which, nobody learns. The sentence is inferred.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API" (error responses).
func OTPRefused() *Error { return InvalidRequest("Invalid or expired auth_session or otp") }

// OTPBlocked: the code is right, and the user is blocked; or too many were
// wrong. The sentences are inferred.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API" (error responses).
func OTPBlocked(description string) *Error {
	return newError(http.StatusForbidden, "access_denied", description)
}
