package provider

import (
	"context"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
)

// Message is a mail or a text message that Auth0 would have sent: who gets it,
// what it says, and the code or link in it.
type Message = store.Message

// Kinds of Message: the Kind of what signs up, resets a password, logs in
// without one, asks for approval, or invites.
const (
	MessageVerifyEmail      = store.MessageVerifyEmail
	MessageResetEmail       = store.MessageResetEmail
	MessageVerifyByCode     = store.MessageVerifyByCode
	MessagePasswordlessCode = store.MessagePasswordlessCode
	MessagePasswordlessLink = store.MessagePasswordlessLink
	MessageApproval         = store.MessageApproval
	MessageMFACode          = store.MessageMFACode
	MessageResetByCode      = store.MessageResetByCode
	MessageWelcome          = store.MessageWelcome
	MessageInvitation       = store.MessageInvitation
	MessageBlocked          = store.MessageBlocked
	MessageStolen           = store.MessageStolen
	MessageEnrollment       = store.MessageEnrollment
	// MessageAdminAlert tells those who run the tenant of an attack.
	MessageAdminAlert = store.MessageAdminAlert
)

// OutboxFilter says which messages are meant; the zero value means all.
type OutboxFilter struct {
	// To is an e-mail address, whatever its case, or a phone number.
	To string
	// Kind is one of the Message… constants.
	Kind string
	// After is the ID of a message: only later ones are meant.
	After int
}

func (f OutboxFilter) matches(m Message) bool {
	return (f.To == "" || strings.EqualFold(f.To, m.To)) && (f.Kind == "" || f.Kind == m.Kind) && m.ID > f.After
}

// Outbox lists the messages "sent", oldest first: the last 1,000 since the
// start, the last Reset or ClearOutbox.
func (c *Control) Outbox(filter OutboxFilter) []Message {
	list := []Message{}
	_ = c.p.flow.Store.View(func(s *store.State) error {
		for _, m := range s.Outbox() {
			if filter.matches(m) {
				list = append(list, m)
			}
		}
		return nil
	})
	return list
}

// WaitOutbox is Outbox once there is a message to list. When the context ends
// before, it returns none and the context's error.
func (c *Control) WaitOutbox(ctx context.Context, filter OutboxFilter) ([]Message, error) {
	return waitFor(ctx, &c.p.outbox, func() []Message { return c.Outbox(filter) })
}

// ClearOutbox forgets the messages. Their IDs go on counting.
func (c *Control) ClearOutbox() {
	_ = c.p.flow.Store.Update(func(s *store.State) error { s.ClearOutbox(); return nil })
}

// sent logs a message, with code and link for people at a terminal, and wakes
// those who wait for it.
func (p *Provider) sent(m Message) {
	attrs := []any{"kind", m.Kind, "to", m.To}
	if m.Code != "" {
		attrs = append(attrs, "code", m.Code)
	}
	if m.Link != "" {
		attrs = append(attrs, "link", m.Link)
	}
	line := "mail"
	if m.Channel == store.ChannelSMS {
		line = "text message"
	}
	p.config.Log.Info(line, attrs...)
	p.outbox.strike()
}
