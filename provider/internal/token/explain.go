package token

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Kind is what a text somebody pasted turns out to be.
type Kind string

// Kinds.
const (
	KindIDToken              Kind = "id_token"
	KindOpaqueAccessToken    Kind = "opaque_access_token"
	KindAccessToken          Kind = "access_token"
	KindMachineToken         Kind = "machine_token"
	KindRefreshToken         Kind = "refresh_token"
	KindMFAToken             Kind = "mfa_token"
	KindEncryptedAccessToken Kind = "encrypted_access_token"
	KindLogoutToken          Kind = "logout_token"
	KindManagementToken      Kind = "management_token"
	KindMyAccountToken       Kind = "my_account_token"
	// KindForeign is a token of another tenant, or of something that is no
	// Auth0 at all.
	KindForeign Kind = "foreign"
	// KindUserinfo is a profile: the answer of /userinfo, or an SDK's `user`.
	KindUserinfo Kind = "userinfo_json"
	// KindError is an error message, not a token.
	KindError   Kind = "error"
	KindUnknown Kind = "unknown"
)

// Evidence is what Explain has to go by. Only Token is needed; the more of the
// rest is there, the less has to be guessed.
type Evidence struct {
	// Token is what was pasted: a token, a token response, decoded claims, a
	// profile, or an error message.
	Token string
	Now   time.Time
	// Issuer is the tenant's base URL with its slash; Issuers says whether
	// another value of `iss` is the tenant's as well (custom domains).
	Issuer  string
	Issuers func(iss string) bool
	Keys    *KeySet
	Sealer  *Sealer
	// Recent is what the tenant issued or refused, newest last.
	Recent []Issued
	// Changed says when an entry (Kind and ID of the Setting) last changed;
	// zero where that is not known.
	Changed func(tenant.Setting) time.Time
	// Families says what the tenant knows of a refresh token, nil for nothing.
	Families func(refreshToken string) *Family
	// Wanted is the identifier of the API the person is after, if known.
	Wanted string
	// Scripts are the tenant's Actions, Rules and Hooks.
	Scripts []Script
}

// Issued is one request for tokens, answered or refused.
type Issued struct {
	At       time.Time
	ClientID string
	// UserID is empty for machines and where nobody logged in.
	UserID string
	Flow   Flow
	// Audience and Scopes are as requested, Organization is an id.
	Audience     string
	Scopes       []string
	Organization string
	// AccessTokenOpaque says what kind of access token was given.
	AccessTokenOpaque bool
	// Consented is what limited the scopes, nil for nothing.
	Consented []string
	// Narrowed are scopes of a refresh token that its exchange left out.
	Narrowed []string
	// Factor is the code of the Reason about a second factor, "" for none.
	Factor string
	// Error and ErrorDescription are set if the request was refused; Hint says
	// why, for people.
	Error, ErrorDescription, Hint string
}

// Script is custom code of the tenant.
type Script struct {
	// Kind is "action", "rule" or "hook".
	Kind, Name, Code string
}

// Explanation says what a token is, why it lacks what the person misses, and
// what would change that.
type Explanation struct {
	Kind Kind `json:"kind"`
	// Verdict says what the token is.
	Verdict string `json:"verdict"`
	// Cause and Fix are one sentence each.
	Cause string `json:"cause"`
	Fix   string `json:"fix"`
	// Certain tells a finding from a guess.
	Certain bool `json:"certain"`
	// Reasons are Decide's, for the same request made now with the API concerned
	// as its audience.
	Reasons []Reason `json:"reasons"`
	// Checks are the links between a login and a permission in a token, in
	// their order.
	Checks []Check `json:"checks"`
	// Notes are further advice, such as code to copy.
	Notes []string `json:"notes,omitempty"`
	// Again is how to see whether the fix worked.
	Again string `json:"again,omitempty"`

	// Header and Claims are the token's own, members in their order.
	Header  json.RawMessage `json:"header,omitempty"`
	Claims  json.RawMessage `json:"claims,omitempty"`
	Expired bool            `json:"expired"`
	// SignatureValid is nil where it cannot be known.
	SignatureValid *bool `json:"signature_valid,omitempty"`
}

// Check is one link of the chain.
type Check struct {
	// OK is nil where it cannot be known.
	OK   *bool  `json:"ok"`
	Text string `json:"text"`
	// Setting is what the check looked at, Source where a fixture holds it.
	Setting *tenant.Setting `json:"setting,omitempty"`
	Source  string          `json:"source,omitempty"`
}

// Explain reads a token against the tenant. It never fails: whatever it is
// given, it says what that is. The text it returns holds no token and no
// secret.
//
// Source: Auth0 docs, "Access tokens", "ID tokens", "Enable RBAC for APIs";
// community reports of missing permissions.
func Explain(dir tenant.Directory, e Evidence) *Explanation {
	x := &explainer{
		Evidence: e, dir: dir, read: readPasted(e.Token),
		out: &Explanation{Kind: KindUnknown, Reasons: []Reason{}, Checks: []Check{}},
	}
	x.out.Kind = x.identify()
	x.out.Header, x.out.Claims = x.read.header.json(), x.read.claims.json()
	x.know()
	x.out.SignatureValid = x.signature()
	x.explain()
	x.missingCompanions()
	return x.out
}

// explainer is one Explain at work.
type explainer struct {
	Evidence
	dir  tenant.Directory
	read pasted
	out  *Explanation

	// What the token names, nil where the tenant does not know it.
	client *tenant.Client
	user   *tenant.User
	org    *tenant.Organization
	// api is what the token is for, or else what the person is probably after
	// (guessed).
	api        *tenant.ResourceServer
	apiGuessed bool
	// request is what the tenant remembers of asking for the token.
	request *Issued
	// decision is what the same request gets now.
	decision *Decision
	refused  error
}

func (x *explainer) explain() {
	switch x.out.Kind {
	case KindIDToken:
		x.explainIDToken()
	case KindOpaqueAccessToken:
		x.explainOpaque()
	case KindAccessToken:
		x.explainAccessToken()
	case KindMachineToken:
		x.explainMachine()
	case KindManagementToken, KindMyAccountToken:
		x.explainOtherAPI()
	case KindUserinfo:
		x.explainUserinfo()
	case KindForeign:
		x.explainForeign()
	case KindError:
		x.explainError()
	case KindRefreshToken:
		x.explainRefreshToken()
	case KindUnknown:
		x.explainUnknown()
	default:
		x.explainNotForAPIs()
	}
}

// why is the answer to the question.
type why struct {
	cause, fix string
	certain    bool
}

func (x *explainer) because(w why) {
	x.out.Cause, x.out.Fix, x.out.Certain = w.cause, w.fix, w.certain
}

func (x *explainer) note(format string, args ...any) {
	x.out.Notes = append(x.out.Notes, fmt.Sprintf(format, args...))
}

// check adds a link of the chain; s is what it looked at, if anything.
func (x *explainer) check(ok bool, s *tenant.Setting, format string, args ...any) {
	c := Check{OK: &ok, Text: fmt.Sprintf(format, args...), Setting: s}
	if s != nil {
		c.Source = x.dir.Source(*s)
	}
	x.out.Checks = append(x.out.Checks, c)
}

// unsure adds a link of which nothing is known.
func (x *explainer) unsure(format string, args ...any) {
	x.out.Checks = append(x.out.Checks, Check{Text: fmt.Sprintf(format, args...)})
}
