package testkit

import (
	"context"
	"time"

	"github.com/faux0/faux0/provider"
)

// mailPatience is how long WaitMail waits. Messages are "sent" while the
// request that causes them is answered, so what is not there soon will never
// come.
const mailPatience = 5 * time.Second

// Outbox lists the mails and text messages that Auth0 would have sent since the
// tenant was started, reset, or the outbox cleared; oldest first, the last
// 1,000 at most.
func (a *Tenant) Outbox() []provider.Message {
	return a.provider.Control().Outbox(provider.OutboxFilter{})
}

// WaitMail returns the newest message to an e-mail address or phone number, and
// waits for it if the app under test has yet to cause it.
func (a *Tenant) WaitMail(to string) provider.Message {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), mailPatience)
	defer cancel()
	list, err := a.provider.Control().WaitOutbox(ctx, provider.OutboxFilter{To: to})
	if err != nil {
		var known []string
		for _, m := range a.Outbox() {
			known = append(known, m.To)
		}
		a.missing("message to", to, known)
		return provider.Message{}
	}
	return list[len(list)-1]
}

// ClearOutbox forgets the messages, so that WaitMail waits for a new one.
func (a *Tenant) ClearOutbox() { a.provider.Control().ClearOutbox() }
