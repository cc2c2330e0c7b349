package ui

import (
	"regexp"
	"strings"
	"sync"
)

// Outbox lists the mails and text messages that were not sent.
type Outbox struct {
	Look
	// Base is the tenant's URL as the browser sees it, without a slash.
	Base string
	// To is the recipient the list is limited to, "" for everybody.
	To string
	// Recipients are those to choose from.
	Recipients []string
	// Messages are the newest of Total, newest first.
	Messages []OutboxMessage
	Total    int
}

// OutboxMessage is one mail, text message or call.
type OutboxMessage struct {
	ID int
	// Way is how it goes: "Mail", "Text message", "Call".
	Way, To, Kind string
	// Time is for people, in UTC, When as RFC 3339 has it.
	Time, When string
	// Subject and Code are "" for none; Client names the application.
	Subject, Code, Client string
	Text                  string
	// HTMLURL leads to the mail as a mail program shows it, "" for none.
	HTMLURL string
}

func (Outbox) template() string { return "outbox" }

// Newest says how many of all are shown.
func (p Outbox) Newest() int { return len(p.Messages) }

// Part is a piece of a text, a link if URL is not "".
type Part struct{ Text, URL string }

var link = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`https?://[^\s<>"']+`) })

// Parts are the text with its links.
func (m OutboxMessage) Parts() []Part {
	var parts []Part
	text := strings.TrimSpace(m.Text)
	for text != "" {
		at := link().FindStringIndex(text)
		if at == nil {
			return append(parts, Part{Text: text})
		}
		found := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)")
		if at[0] > 0 {
			parts = append(parts, Part{Text: text[:at[0]]})
		}
		parts = append(parts, Part{Text: found, URL: webURL(found)})
		text = text[at[0]+len(found):]
	}
	return parts
}
