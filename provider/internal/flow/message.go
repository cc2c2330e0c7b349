package flow

import (
	"html"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
)

// mailTicketLifetime is how long the link in a mail works.
//
// Source: Management API, POST /api/v2/tickets/password-change, ttl_sec.
const mailTicketLifetime = 5 * 24 * time.Hour

// mailTicketMemory is how much longer a ticket is known, to say why it does
// not work.
const mailTicketMemory = mailTicketLifetime

// Send puts a message into the outbox, now.
func (f *Flow) Send(m store.Message) {
	m.At = f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error { m = s.Send(m); return nil })
	if f.Sent != nil {
		f.Sent(m)
	}
}

// SendTicket mails a link that stands for a new ticket: path is the page that
// takes it, on the issuer's host.
//
// Observed: links of POST /api/v2/tickets/… in the recordings.
func (f *Flow) SendTicket(m store.Message, userID, issuer, path, sentence string) {
	ticket, now := f.IDs.MailTicket(), f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		s.MailTickets.PutAtMost(store.MaxWaiting, ticket,
			&store.MailTicket{Kind: m.Kind, To: m.To, UserID: userID, ClientID: m.ClientID, ExpiresAt: now.Add(mailTicketLifetime)},
			now.Add(mailTicketLifetime+mailTicketMemory), now)
		return nil
	})
	m.Channel, m.Link = store.ChannelEmail, strings.TrimSuffix(issuer, "/")+path+"?ticket="+ticket+"#"
	m.Text, m.HTML = sentence+"\n\n"+m.Link+"\n\nIt works for 5 days.\n", mailHTML(sentence, m.Link, m.Link, "It works for 5 days.")
	f.Send(m)
}

// mailHTML is a plain mail: what it is about stands between two sentences, as
// a link if it is one.
func mailHTML(lead, label, link, rest string) string {
	what := "<strong>" + html.EscapeString(label) + "</strong>"
	if link != "" {
		what = `<a href="` + html.EscapeString(link) + `">` + html.EscapeString(label) + "</a>"
	}
	return "<!doctype html>\n<html><body><p>" + html.EscapeString(lead) + "</p><p>" + what + "</p><p>" + html.EscapeString(rest) + "</p></body></html>\n"
}
