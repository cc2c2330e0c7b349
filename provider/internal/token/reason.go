package token

import (
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Outcome says what a Reason is about: something given, refused or altered.
type Outcome string

// Outcomes of a Reason.
const (
	Granted  Outcome = "granted"
	Withheld Outcome = "withheld"
	Changed  Outcome = "changed"
)

// Reason says why one part of a token is, or is not, there.
type Reason struct {
	// Code is stable: tests and tools may match it.
	Code string `json:"code"`
	// About is the claim, token or scope concerned: "permissions",
	// "access_token", "scope read:orders".
	About   string  `json:"about"`
	Outcome Outcome `json:"outcome"`
	// Sentence is the cause, Fix what would change the outcome ("" where
	// nothing needs changing).
	Sentence string `json:"sentence"`
	Fix      string `json:"fix,omitempty"`
	// Setting is what Fix changes, nil when it is the request itself.
	Setting *tenant.Setting `json:"setting,omitempty"`
	// Source is where the fixture holds the setting, as file:line:column.
	Source string `json:"source,omitempty"`
}

// String is the reason as one line of a log.
func (r Reason) String() string {
	s := r.About + " " + string(r.Outcome) + ": " + r.Sentence
	if r.Fix != "" {
		s += " " + r.Fix
	}
	if r.Source != "" {
		s += " (" + r.Source + ")"
	}
	return s
}

// Advice is the reason for somebody who knows what it is about.
func (r Reason) Advice() string { return strings.TrimSpace(r.Sentence + " " + r.Fix) }

func apiSetting(api *tenant.ResourceServer, field string) *tenant.Setting {
	return &tenant.Setting{Kind: tenant.KindResourceServer, ID: api.Identifier, Field: field}
}

func clientSetting(c *tenant.Client, field string) *tenant.Setting {
	return &tenant.Setting{Kind: tenant.KindClient, ID: c.ClientID, Field: field}
}
