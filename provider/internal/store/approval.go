package store

import "time"

// Approval is a question that waits for a person's yes or no, given elsewhere
// than where it was asked: on their phone, or behind a link in a mail.
//
// Source: OpenID CIBA Core 1.0 §3, §7.
type Approval struct {
	// ID is what the client polls with: the auth_req_id of CIBA.
	ID string `json:"auth_req_id"`
	// Kind is one of the Approval… constants.
	Kind     string `json:"kind"`
	ClientID string `json:"client_id"`
	UserID   string `json:"user_id"`
	// Message is what the client wants the person to read.
	Message  string   `json:"binding_message,omitempty"`
	Scopes   []string `json:"scope"`
	Audience string   `json:"audience,omitempty"`
	Resource string   `json:"-"`
	// Details are the authorization_details asked for.
	Details []map[string]any `json:"authorization_details,omitempty"`
	// Channel is how the person is asked.
	Channel   string    `json:"channel"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	// Answer is one of the Answer… constants, "" while there is none.
	Answer  string  `json:"answer,omitempty"`
	Polling Polling `json:"-"`
}

// Kinds of Approval.
const (
	ApprovalCIBA = "ciba"
	// ApprovalMFA is a push notification that asks for a second factor.
	ApprovalMFA = "mfa"
)

// Answers to an Approval.
const (
	AnswerApprove = "approve"
	AnswerDeny    = "deny"
)

// Open says whether the approval still waits for an answer.
func (a *Approval) Open(now time.Time) bool { return a.Answer == "" && now.Before(a.ExpiresAt) }
