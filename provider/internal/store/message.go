package store

import (
	"strings"
	"time"
)

// Message is a mail or a text message that Auth0 would have sent.
type Message struct {
	// ID counts the tenant's messages, from 1.
	ID int       `json:"id"`
	At time.Time `json:"at"`
	// Channel is one of the Channel… constants.
	Channel string `json:"channel"`
	// From is whom a mail says it is from, "" where the tenant says nothing.
	From string `json:"from,omitempty"`
	// To is the e-mail address or phone number.
	To string `json:"to"`
	// Kind is one of the Message… constants.
	Kind    string `json:"kind"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"`
	// Code is the code the message holds, Link where its button leads.
	Code string `json:"code,omitempty"`
	Link string `json:"link,omitempty"`
	// Warning says why the tenant's own template was not used.
	Warning string `json:"warning,omitempty"`
	// ClientID is the application that caused the message, "" where unknown.
	ClientID   string `json:"client_id,omitempty"`
	Connection string `json:"connection,omitempty"`
}

// Channels of a Message.
const (
	ChannelEmail = "email"
	ChannelSMS   = "sms"
	// ChannelVoice is a call that reads the text out.
	ChannelVoice = "voice"
)

// Kinds of Message; those of mails are the names of Auth0's e-mail templates,
// where it has one.
//
// Source: Management API, GET /api/v2/email-templates/{templateName}.
const (
	MessageVerifyEmail = "verify_email"
	MessageResetEmail  = "reset_email"
	MessageResetByCode = "reset_email_by_code"
	MessageWelcome     = "welcome_email"
	MessageInvitation  = "user_invitation"
	// MessageBlocked and MessageStolen are of attack protection.
	MessageBlocked = "blocked_account"
	MessageStolen  = "stolen_credentials"
	// MessageEnrollment invites to add a second factor.
	MessageEnrollment = "enrollment_email"
	// MessageVerifyByCode holds a code that verifies an address or a number.
	MessageVerifyByCode     = "verify_email_by_code"
	MessagePasswordlessCode = "passwordless_code"
	MessagePasswordlessLink = "passwordless_link"
	MessageApproval         = "async_approval"
	// MessageAdminAlert tells those who run the tenant of an attack.
	MessageAdminAlert = "admin_alert"
	// MessageMFACode holds a code that is a second factor.
	MessageMFACode = "mfa_oob_code"
)

// maxMessages is how many messages the outbox keeps.
const maxMessages = 1000

// Send puts a message into the outbox and returns it with its number.
func (s *State) Send(m Message) Message {
	s.sent++
	m.ID = s.sent
	s.outbox.add(m)
	return m
}

// Outbox lists the messages, oldest first.
func (s *State) Outbox() []Message { return s.outbox.all() }

// ClearOutbox forgets the messages. The numbers go on.
func (s *State) ClearOutbox() { s.outbox.clear() }

// OneTimePassword is a code on its way to the person who may log in with it.
type OneTimePassword struct {
	Code string
	// TransactionID is the login on our pages, or the auth_session, that the code
	// was sent for; "" is one of /passwordless/start.
	TransactionID string
	// Failures is how often another code was given.
	Failures  int
	ExpiresAt time.Time
}

// OneTimePasswordID is the key of the code that was sent last to an address or
// number.
func OneTimePasswordID(connection, identifier string) string {
	return connection + "\x00" + strings.ToLower(identifier)
}

// OTPSession is what an auth_session stands for: whom a code was sent to, or
// would have been.
type OTPSession struct {
	ClientID, Connection, To string
	// Signup says that somebody unknown becomes a user.
	Signup bool
}

// MailTicket is what the link in a mail stands for.
type MailTicket struct {
	// Kind and To are the Message's.
	Kind, To, UserID, ClientID string
	// ExpiresAt ends the link; Used says that it was followed. It is kept for
	// a while then, to say which of the two it was.
	ExpiresAt time.Time
	Used      bool
}

// MaxWaiting is how many are kept of each thing that is made for anybody who
// asks: logins under way, codes, mail tickets and others.
const MaxWaiting = 10_000
