package login

import (
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/tenant"
)

// formError is what a person typed wrong: the field, and the code of a text of
// the page's screen.
type formError struct{ field, code string }

// Form errors of the login pages. Their codes are keys of the prompts' texts;
// those about an identifier depend on what people may log in with.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (text
// catalogue of the login prompts).
var (
	errNoIdentifier     = &formError{"username", "no-%s"}
	errNoPassword       = &formError{"password", "no-password"}
	errWrongCredentials = &formError{"password", "wrong-%s-credentials"}
	errInvalidLogin     = &formError{"username", "invalid-login-id"}
	errUserUnknown      = &formError{"", "user-unknown"}
	errUserBlocked      = &formError{"", "user-blocked"}
	errIPBlocked        = &formError{"", "ip-blocked"}
	errPasswordBreached = &formError{"password", "password-breached"}
)

// show is the error as a page shows it. identifier is what people log in with,
// in one word, "" where there are several.
func (e *formError) show(l ui.Look, screen, identifier string, pairs ...string) *ui.FieldError {
	if e == nil {
		return nil
	}
	code := e.code
	if strings.Contains(code, "%s") {
		if identifier == "" {
			identifier = "identifier"
		}
		if code = strings.Replace(e.code, "%s", identifier, 1); !ui.Knows(screen + code) {
			code = strings.Replace(e.code, "%s-", "", 1)
		}
	}
	return &ui.FieldError{Field: e.field, Code: code, Text: l.T(screen+code, pairs...)}
}

// statusOf is the status of a page with or without an error on it.
//
// Source: Auth0 docs, "Suspicious IP throttling" (429). Observed: statuses in
// public browser test suites.
func statusOf(failure *formError) int {
	switch {
	case failure == nil:
		return http.StatusOK
	case failure.code == errIPBlocked.code || failure.code == errIPSignupBlocked.code:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

// loginFailure is what a login page says about a refused login, nil where it
// has nothing to say.
func loginFailure(e *tenant.Error) *formError {
	switch {
	case e.Code == tenant.WrongPassword(false).Code:
		return errWrongCredentials
	case e.Code == tenant.CodePasswordLeaked:
		return errPasswordBreached
	case e.Locked():
		return errUserBlocked
	case e.Code == tenant.CodeTooManyAttempts:
		return errIPBlocked
	}
	return nil
}
