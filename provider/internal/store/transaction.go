package store

import "github.com/faux0/faux0/provider/tenant"

// AuthorizationRequest is what /authorize was asked, once it has been checked.
//
// Source: RFC 6749 §4.1.1; OpenID Connect Core 1.0 §3.1.2.1.
type AuthorizationRequest struct {
	ClientID     string
	ResponseType string
	ResponseMode string
	RedirectURI  string
	// RedirectURISent says whether the request named it; only then must the
	// token request repeat it (RFC 6749 §4.1.3).
	RedirectURISent bool
	State           string
	Nonce           string
	Scopes          []string
	Audience        string
	Resource        string
	Prompt          []string
	// MaxAgeSeconds is -1 when not sent.
	MaxAgeSeconds int
	LoginHint     string
	Connection    string
	// Forward are parameters that the identity provider may be sent, as they
	// were sent here.
	Forward        map[string]string
	ScreenHint     string
	OrganizationID string
	// OrganizationPrompt is the client's organization_require_behavior where a
	// person is to be asked for the organization, else "".
	OrganizationPrompt string
	// Invitation is the ticket of the invitation that the login accepts, "" for
	// none, or once it is accepted.
	Invitation          string
	CodeChallenge       string
	CodeChallengeMethod string
	ACRValues           []string
	UILocales           []string
	// DPoPJKT is the thumbprint of the key that the code is bound to, "" for none.
	DPoPJKT string
	// Device is what the app calls the device, for refresh tokens of legacy
	// clients.
	Device string
	// Details are the authorization_details (RFC 9396).
	Details []map[string]any
	// CorrelationID and Ext are what the app sent for pages and Actions.
	CorrelationID string
	Ext           map[string]string
	// Popup asks for the answer in the popup window itself (auth0.js's owp).
	Popup bool
	// Issuer is the tenant's base URL as the browser sees it.
	Issuer string
	// DeviceCode is that of the device which the login is for; "" is a login
	// of the browser's own.
	DeviceCode string
	// SAML is what a SAML service provider asked, nil for an OAuth client.
	// RedirectURI and State are its AssertionConsumerServiceURL and RelayState.
	SAML *SAMLRequest
	// FactorShown says that a second factor was shown for this request.
	FactorShown bool
}

// SAMLRequest is an AuthnRequest that waits for its answer.
type SAMLRequest struct {
	// ID is the request's, "" for a login that the tenant itself began.
	ID string
	// Issuer is the service provider's entity id, "" if it named none.
	Issuer string
}

// PushedRequest is an authorization request that waits at its request_uri.
//
// Source: RFC 9126 §2.2.
type PushedRequest struct {
	ClientID string
	Params   map[string]string
	// Signed says that the client sent them in a request object.
	Signed bool
}

// Prompts says whether the prompt parameter has the word.
func (r *AuthorizationRequest) Prompts(word string) bool {
	for _, p := range r.Prompt {
		if p == word {
			return true
		}
	}
	return false
}

// Transaction is a login under way, from /authorize to /authorize/resume.
type Transaction struct {
	ID string
	// DeviceID is the browser the login was started in; no other may go on
	// with it.
	DeviceID string
	Request  AuthorizationRequest
	// Identifier is what the person typed on the first of two pages.
	Identifier string
	// Candidates are the organizations, by id, that an e-mail address led to, of
	// which one is to be picked before the login.
	Candidates []string
	// LoginAnswer is the id of the signed answer that the classic page brings
	// to /login/callback, "" when none is due.
	LoginAnswer string
	// SessionID is set once the person has logged in.
	SessionID string
	// Connection is the one that a provider logged the person in by; "" is the
	// user's own. Upstream is what the tenant's log says of the provider.
	Connection string
	Upstream   map[string]any
	// Captured are the fields of the tenant's own that the person filled in, by
	// name.
	Captured map[string]string
	// Question is what the person is being asked, nil for nothing.
	Question *Question
	// Shown says that the login has shown a page, Asked that the person was
	// asked for consent and gave it.
	Shown, Asked bool
	// Factor is the second factor that is asked for, nil for none.
	Factor *FactorStep
	// Signup is somebody about to become a user, nil for nobody.
	Signup *Signup
	// Code is the one-time code that was sent, nil for none.
	Code *CodeStep
	// First is what the person logs in with, Browser what the browser said of
	// itself on a login page, nil for nothing.
	First   FirstFactor
	Browser *BrowserCapabilities
	// Offer is a key that the person may make or leave, one of the Offer…
	// constants; "" is none. NewKey is the KeyID of the one just made.
	Offer, NewKey string
	// FailedAt is the path of the WebAuthn page that the browser reported an
	// error of.
	FailedAt string
}

// Clone returns a copy to change, with all steps that handlers change in place.
func (t *Transaction) Clone() *Transaction {
	c := *t
	c.Question, c.Factor, c.Signup, c.Code = copied(t.Question), copied(t.Factor), copied(t.Signup), copied(t.Code)
	return &c
}

func copied[T any](v *T) *T {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}

// CodeStep is a login that waits for a one-time code. The code itself is among
// the OneTimePasswords.
type CodeStep struct {
	// Connection is whose user will log in, To where the code was sent.
	Connection, To string
	// Signup says that the person came to sign up, Verified that their code was
	// right and that they are asked whether they want an account.
	Signup, Verified bool
}

// FirstFactor is what a person has logged in with, where it decides which keys
// are offered to them.
type FirstFactor struct {
	// CrossDevice says that the passkey was another device's.
	Password, Passkey, CrossDevice bool
}

// Keys that a login offers to make.
const (
	OfferPlatform     = tenant.KeyWebAuthnPlatform
	OfferPasskey      = tenant.KeyPasskey
	OfferLocalPasskey = "passkey-local"
)

// FactorStep is a second factor that a login waits for.
type FactorStep struct {
	// AuthenticatorID is the one asked for or being enrolled, OOBCode the
	// challenge to it, Method how that was sent.
	AuthenticatorID, OOBCode, Method string
	// Enrols says that the authenticator is one the user has only begun to
	// enrol in.
	Enrols bool
	// Chosen is the authenticator that the person chose among several of a kind,
	// ListPath the page that let them choose.
	Chosen, ListPath string
	// Country is the one chosen for a phone number, PhonePath the page that
	// asked for it.
	Country, PhonePath string
	// Mail says that a code by mail is asked for instead of a factor.
	Mail bool
	// Browser is what the browser can do, nil where nobody asked.
	Browser *BrowserCapabilities
	// Passed says that the factor was shown, and RecoveryCode is yet to be: the
	// code on the page RecoveryPath. Remember is what the person chose.
	Passed, Remember           bool
	RecoveryCode, RecoveryPath string
}

// BrowserCapabilities are what a browser says of itself.
//
// Source: Auth0 docs, "Universal Login" (mfa-detect-browser-capabilities).
type BrowserCapabilities struct{ JavaScript, WebAuthn, WebAuthnPlatform, Brave bool }

// Question is what a person is asked between login and answer. What was asked
// is kept here and not in the page, so that nothing else can be agreed to.
type Question struct {
	// Kind is a token.Question.
	Kind     string
	Audience string
	Scopes   []string
	// Seen says that the page was shown: an answer without it is nobody's.
	Seen bool
}

// Signup is what somebody who signs up has typed so far.
type Signup struct {
	Email, Phone, Username string
	// User is who they will be, with the hash of their password, once all has
	// been typed.
	User *tenant.User
	// ToVerify are the attributes whose codes are still to be typed, Code the
	// one that was sent last.
	ToVerify []string
	Code     *OneTimePassword
}

// Begin makes the session the login's. What whoever was logged in before was
// asked, or has shown, does not count for the person of the session.
func (t *Transaction) Begin(sessionID string) {
	t.SessionID, t.Connection, t.Upstream, t.First = sessionID, "", nil, FirstFactor{}
	t.Question, t.Asked, t.Signup, t.Code = nil, false, nil, nil
	t.Factor, t.Offer, t.NewKey, t.FailedAt, t.Request.FactorShown = nil, "", "", "", false
}
