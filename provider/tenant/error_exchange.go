package tenant

import (
	"fmt"
	"net/http"
)

// UnknownSubjectTokenType: no kind of token exchange takes the subject token
// type.
//
// Source: RFC 8693 §2.2.2; the wording is inferred.
func UnknownSubjectTokenType(value string) *Error {
	return InvalidRequest("Unsupported subject_token_type: " + value)
}

// InvalidSubjectToken: the subject token is not what it should be.
//
// Source: RFC 8693 §2.2.2; the wording is inferred.
func InvalidSubjectToken() *Error { return InvalidRequest("Invalid subject_token") }

// UnsupportedRequestedTokenType: token exchange issues access tokens.
//
// Source: RFC 8693 §2.1, §2.2.2; the wording is inferred.
func UnsupportedRequestedTokenType(value string) *Error {
	return InvalidRequest("Unsupported requested_token_type: " + value)
}

// ActorTokenTypeMissing: actor_token and actor_token_type go together.
//
// Source: RFC 8693 §2.1.
func ActorTokenTypeMissing(there, missing string) *Error {
	return MissingParameter(missing).WithHint("%s was sent, and needs %s beside it", there, missing)
}

// DelegationTooDeep: the subject token names as many actors as one may.
//
// Source: Auth0 docs, "On-behalf-of token exchange".
func DelegationTooDeep(limit int) *Error {
	return InvalidRequest(fmt.Sprintf("Delegation chain (`act` claim) depth exceeds the maximum allowed limit of %d", limit))
}

// ExchangeRefused: the Action that decides on the subject token says no, with
// a code of its own. Codes of OAuth that mean a faulty request or server have
// their statuses, all others that of a refused grant.
//
// Source: Auth0 docs, "Custom token exchange" (api.access.deny); the statuses
// are inferred.
func ExchangeRefused(code, reason string) *Error {
	status := http.StatusForbidden
	switch code {
	case "":
		code = "access_denied"
	case "invalid_request", "invalid_scope":
		status = http.StatusBadRequest
	case "server_error":
		status = http.StatusInternalServerError
	}
	return newError(status, code, reason)
}

// SubjectTokenRejected: the Action calls the subject token invalid.
//
// Source: Auth0 docs, "Custom token exchange"
// (api.access.rejectInvalidSubjectToken).
func SubjectTokenRejected(reason string) *Error {
	if reason == "" {
		return InvalidSubjectToken()
	}
	return InvalidRequest(reason)
}

// ActionFailed: an Action threw, or took too long.
//
// Source: Auth0 docs, "Actions limitations"; code and status are inferred.
func ActionFailed(message string) *Error {
	return newError(http.StatusForbidden, "access_denied", message)
}

// ExchangeUserNotSet: the Action set no user, or the user it set cannot be.
//
// Source: Auth0 docs, "Custom token exchange" (setUserById,
// setUserByConnection); the wording is inferred.
func ExchangeUserNotSet(description string) *Error { return InvalidRequest(description) }
