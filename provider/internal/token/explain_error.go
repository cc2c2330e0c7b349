package token

import (
	"cmp"
	"fmt"
	"strings"
)

// serviceNotFound begins the description of an unknown audience.
const serviceNotFound = "Service not found: "

// missingService is the audience that an error says no API has.
func missingService(description string) string {
	_, audience, found := strings.Cut(description, serviceNotFound)
	if !found {
		return ""
	}
	return strings.TrimSpace(audience)
}

// errorCause maps a piece of an error message to what is behind it. The fix may
// hold one %s: the identifier of the API.
type errorCause struct{ piece, cause, fix string }

// What attack protection refuses, and how it is undone.
const (
	unlockFix   = "Follow the link of the blocked_account mail in the outbox, choose a new password, let thirty days pass, or lift it with DELETE /_faux0/blocks?user=WHO (auth.Unblock in a Go test)."
	leakedCause = "The password counts as known from a breach, and attackProtection.breachedPasswordDetection blocks it: it begins with AUTH0-TEST-, is one of Auth0's test passwords, or was named by POST /_faux0/breached-passwords."
	leakedFix   = "Choose a new password, by the link of the stolen_credentials mail or by \"Forgot password?\"."
)

// What a second factor that is due means.
const (
	factorCause = "The login has shown its first factor, and a second is due: the tenant asks everybody (guardianPolicies), the user is enrolled, or the request asked with acr_values."
	factorFix   = "Show it: by /mfa/challenge and the MFA grants with the mfa_token, or on the login page, without prompt=none. Faux0-Hint and the log say which setting asks."
)

// errorCauses are matched in order, without case.
//
// Source: Auth0 docs, "Common authentication issues"; community reports;
// messages of jsonwebtoken, jose, express-oauth2-jwt-bearer and express-jwt.
var errorCauses = []errorCause{
	{"is not authorized to access resource server", "The API gives tokens only to applications with a client grant, and this application has none.", "Create a client grant for the application with audience %s, subject_type \"user\" for logins or \"client\" for machine-to-machine."},
	{"client-grant", "The application has no client grant for the API.", "Create a client grant with audience %s and the scopes it needs."},
	{"callback url mismatch", "The redirect_uri of the login is not one of the application's Allowed Callback URLs.", "Add it exactly as sent, port, path and slash included, to the application's callbacks."},
	{"not allowed for the client", "The application's grant_types do not list the grant it used.", "Add the grant type to the application's grant_types."},
	{"non-global clients are not allowed access to apiv1", "A client_credentials request named no audience.", "Send audience=%s in the body of the token request."},
	{"consent_required", "The user has to agree first, and prompt=none allows no question.", "Log in once without prompt=none; third-party applications always need consent, first-party ones where the API lacks skip_consent_for_verifiable_first_party_clients, or on localhost."},
	{"consent required", "The user has to agree first, and prompt=none allows no question.", "Log in once without prompt=none."},
	{"did not authorize the request", "The user was asked for consent and declined, so nothing was issued.", "Log in again and accept; all that is requested is accepted or declined together."},
	{"interaction_required", "A silent login (prompt=none) met a question that only the user can answer, such as the confirmation for a callback on localhost.", "Log in without prompt=none."},
	{"unknown or invalid refresh token", "The refresh token is none, or no longer one, that the application may exchange.", "Log in again; what became of it is told if you explain the refresh token itself."},
	{"multifactor authentication required", factorCause, factorFix},
	{"mfa_required", factorCause, factorFix},
	{"invalid otp_code", "The code is not what the user's authenticator app shows, or it was used before: each works once, for about a minute.", "Type the next code; in tests, the tenant's clock counts: GET /_faux0/factors?user=WHO shows the code (auth.OTP in a Go test)."},
	{"invalid binding_code", "The code is not the one that was sent last, or it is older than five minutes, or was used.", "Read it from the outbox, or ask for another by /mfa/challenge."},
	{"malformed mfa_token", "The mfa_token is unknown, or its request has got its tokens already: it serves once.", "Begin anew: the request that was refused with mfa_required gets another."},
	{"mfa_token is expired", "An mfa_token works for ten minutes.", "Begin anew: the request that was refused with mfa_required gets another."},
	{"user is already enrolled", "With an mfa_token, only somebody who has no second factor may enrol: a stolen password could else add one.", "Show the factor, and enrol in more with an access token for the audience .../mfa/ and the scope enroll."},
	{"no mfa factors enabled", "A second factor is asked for, and the user may enrol in none: those that are enabled are all for people who have another, as e-mail is, or not for this browser.", "Enable another factor in guardianFactors, or verify the user's address where e-mail is the only one."},
	{"too many failed codes", "Ten wrong codes were typed for one user, on pages and at the API together.", "Wait: one more may be tried each six minutes; in tests, advance the clock."},
	{"login_required", "A silent login (prompt=none) found no session: nobody is logged in, or the browser kept the cookie back.", "Log in visibly, use a custom domain or refresh tokens, and list the page in Allowed Web Origins."},
	{"login required", "A silent login (prompt=none) found no session: nobody is logged in, or the browser kept the cookie back.", "Log in visibly, use a custom domain or refresh tokens, and list the page in Allowed Web Origins."},
	{"blocked after multiple consecutive login attempts", "Logins into one account failed as often in a row as attackProtection.bruteForceProtection.max_attempts allows (10 by default), so further ones are refused, with the right password too.", unlockFix},
	{"suspicious login behavior", "Too many logins failed, people signed up, or invalid subject tokens came from one IP address: attackProtection.suspiciousIpThrottling holds it back, whoever the user is.", "Wait, as attempts come back one by one; or lift it with DELETE /_faux0/blocks?ip=ADDRESS, put the address into the allowlist, or raise max_attempts of the stage. Behind a proxy all callers have one address: start faux0 with --proxy."},
	{"previously disclosed through a data breach", leakedCause, leakedFix},
	{"detected in a public data breach", leakedCause, "Choose another password, or one that is not there to test with."},
	{"password_leaked", leakedCause, leakedFix},
	{"too_many_attempts", "The same was tried too often: failed logins lock an account or hold an IP address back, and wrong codes end a code.", unlockFix},
	{"invalid compact jws", "The API was sent an opaque access token, which is not a JWT, because the login named no audience.", "Send audience=%s with the login request."},
	{"jwt malformed", "The API was sent something that is not a JWT, most often an opaque access token because the login named no audience.", "Send audience=%s with the login request."},
	{"jwtmalformed", "The API was sent something that is not a JWT, most often an opaque access token because the login named no audience.", "Send audience=%s with the login request."},
	{"audience invalid", "The API expects another audience than the token has: it got an ID token, or a token for another API.", "Request audience=%s at login, send the access token, and let the API expect exactly that."},
	{"invalid audience", "The API expects another audience than the token has: it got an ID token, or a token for another API.", "Request audience=%s at login, send the access token, and let the API expect exactly that."},
	{"unexpected \"aud\"", "The API expects another audience than the token has: it got an ID token, or a token for another API.", "Request audience=%s at login, send the access token, and let the API expect exactly that."},
	{"issuer invalid", "The API expects another issuer than the token has, most often because the slash at its end is missing.", "Use the iss of the token, slash included, as the expected issuer."},
	{"invalid issuer", "The API expects another issuer than the token has, most often because the slash at its end is missing.", "Use the iss of the token, slash included, as the expected issuer."},
	{"unexpected \"iss\"", "The API expects another issuer than the token has, most often because the slash at its end is missing.", "Use the iss of the token, slash included, as the expected issuer."},
	{"invalid signature", "The API checks the signature with another key than the token was signed with.", "Let it read the keys from the tenant's /.well-known/jwks.json, and sign the API's tokens with RS256."},
	{"secret or public key must be provided", "The API has no key to check the signature with.", "Let it read the keys from the tenant's /.well-known/jwks.json, and sign the API's tokens with RS256."},
	{"insufficient_scope", "The API looked for a scope that the token does not have.", "Request that scope at login, or let the API check permissions instead of scope."},
	{"insufficient scope", "The API looked for a scope that the token does not have.", "Request that scope at login, or let the API check permissions instead of scope."},
}

func findErrorCause(text string) *errorCause {
	text = strings.ToLower(text)
	for i := range errorCauses {
		if strings.Contains(text, errorCauses[i].piece) {
			return &errorCauses[i]
		}
	}
	return nil
}

func (x *explainer) explainError() {
	text := strings.TrimSpace(cmp.Or(x.read.errorText, x.read.compact))
	x.out.Verdict = "It is an error message, not a token."
	if audience := missingService(text); audience != "" {
		x.because(why{
			cause:   fmt.Sprintf("The audience %s that was requested is the identifier of no API.", quote(audience)),
			fix:     cmp.Or(strings.TrimSpace(x.hint(audience)), "Define an API with that identifier, or request "+x.identifier()+"."),
			certain: true,
		})
		return
	}
	last := x.lastError()
	if last != nil && last.Error != x.read.errorCode && !strings.Contains(text, last.Error) && text != last.ErrorDescription {
		last = nil // of another request
	}
	if last != nil {
		x.client = x.dir.Client(last.ClientID)
	}
	w, known := x.organizationError(text)
	if !known {
		w, known = x.otherError(text)
	}
	if !known {
		x.client, x.out.Kind = nil, KindUnknown
		x.explainUnknown()
		return
	}
	x.because(w)
	if last != nil {
		x.checkLastError()
	}
}

// otherError explains an error by a piece of its text.
func (x *explainer) otherError(text string) (why, bool) {
	found := findErrorCause(x.read.errorCode + " " + text)
	if found == nil {
		return why{}, false
	}
	fix := found.fix
	if strings.Contains(fix, "%s") {
		fix = fmt.Sprintf(fix, x.identifier())
	}
	return why{found.cause, fix, true}, true
}
