package tenant

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// ConsentRule says when first-party applications need a person's consent.
// Third-party applications always do, and so does prompt=consent.
//
// Auth0 asks for first-party applications too where their API does not skip
// consent, and has had two rules for applications on localhost, which nobody
// can verify. With either, silent login works on localhost only after the
// person has been asked, or not at all.
//
// Differs: the default.
type ConsentRule string

// ConsentRules.
const (
	// ConsentSkip asks for no first-party application. It is what "" means.
	ConsentSkip ConsentRule = "skip"
	// ConsentVerifiable is Auth0's rule of today: consent where the API does
	// not skip it, and a confirmation before an answer goes to a callback that
	// cannot be verified.
	//
	// Source: Auth0 docs, "Measures against application impersonation",
	// "Non-verifiable callback URI end-user confirmation".
	ConsentVerifiable ConsentRule = "verifiable"
	// ConsentLocalhost is the rule before it: an application on localhost
	// cannot skip consent, whatever its API says.
	//
	// Source: Auth0 docs, "User consent and third-party applications" (older
	// versions). Observed: auth0.js, its warning about consent on localhost.
	ConsentLocalhost ConsentRule = "localhost"
)

// ParseConsentRule reads a rule by its name; "" is ConsentSkip.
func ParseConsentRule(name string) (ConsentRule, error) {
	switch rule := ConsentRule(name); rule {
	case "":
		return ConsentSkip, nil
	case ConsentSkip, ConsentVerifiable, ConsentLocalhost:
		return rule, nil
	}
	return "", fmt.Errorf("consent %q: use %s, %s or %s", name, ConsentSkip, ConsentVerifiable, ConsentLocalhost)
}

// Consent is what a person lets a client do: a user grant, in the Management
// API's words.
//
// Source: Management API, GET /api/v2/grants.
type Consent struct {
	ID       string `json:"id"`
	UserID   string `json:"user_id"`
	ClientID string `json:"clientID"`
	// Audience is an API's identifier, "" where the client asked for none.
	Audience string   `json:"audience"`
	Scopes   []string `json:"scope"`
	// OrganizationID is the one the person logged in to, "" for none: consent
	// given there does not count elsewhere. The Management API does not show it.
	OrganizationID string `json:"organization_id,omitempty"`
}

// Covers says whether the scopes are all consented to. Nil covers nothing.
func (c *Consent) Covers(scopes []string) bool {
	return c != nil && !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(c.Scopes, s) })
}

// Clone returns a copy whose top-level fields may be replaced.
func (c *Consent) Clone() *Consent { d := *c; return &d }

// Verifiable says whether only the application itself can get what is sent to
// the callback: not so on loopback, where any program may listen, nor with a
// scheme of its own, which any app may claim.
//
// Source: Auth0 docs, "Measures against application impersonation"; an Auth0
// support article for names below .localhost, which count as verifiable.
func Verifiable(callback string) bool {
	u, err := url.Parse(callback)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return !OnLocalhost(callback) && (ip == nil || !ip.IsLoopback())
}

// OnLocalhost says whether the URL's host is localhost.
func OnLocalhost(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && strings.EqualFold(u.Hostname(), "localhost")
}
