package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (c *Control) mountOutbox(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET DELETE", "/_faux0/outbox", c.outbox)
	guarded("GET", "/_faux0/outbox/{id}", c.mail)
}

// outbox lists the messages, as JSON or, for a browser, as a page; or forgets
// them.
func (c *Control) outbox(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodDelete {
		c.ClearOutbox()
		return wire.Empty(http.StatusNoContent), nil
	}
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		return c.outboxPage(r)
	}
	return listing(r, (*OutboxFilter).read, "to, kind, after", c.Outbox, c.WaitOutbox)
}

func (f *OutboxFilter) read(name, value string) (known bool, err error) {
	switch name {
	case "to":
		f.To = unplus(value)
	case "kind":
		f.Kind = value
	case "after":
		if f.After, err = strconv.Atoi(value); err != nil {
			return true, tenant.InvalidRequest(fmt.Sprintf("after %q: give the id of a message", value))
		}
	default:
		return false, nil
	}
	return true, nil
}

// shownMessages is how many messages the page shows.
const shownMessages = 100

// ways are what people call the channels.
var ways = map[string]string{store.ChannelEmail: "Mail", store.ChannelSMS: "Text message", store.ChannelVoice: "Call"}

// outboxPage shows the messages to somebody, or to everybody, newest first.
func (c *Control) outboxPage(r *http.Request) (*wire.Response, error) {
	page := ui.Outbox{Base: wire.From(r).Base, To: strings.TrimSpace(unplus(r.URL.Query().Get("to")))}
	list := c.Outbox(OutboxFilter{To: page.To, Kind: r.URL.Query().Get("kind")})
	slices.Reverse(list)
	page.Total = len(list)
	_ = c.p.flow.Store.View(func(s *store.State) error {
		page.Look = consoleLook(s)
		for _, m := range s.Outbox() {
			if !slices.Contains(page.Recipients, m.To) {
				page.Recipients = append(page.Recipients, m.To)
			}
		}
		for _, m := range list[:min(len(list), shownMessages)] {
			page.Messages = append(page.Messages, outboxMessage(s, m))
		}
		return nil
	})
	slices.Sort(page.Recipients)
	return consolePage(page)
}

func outboxMessage(s *store.State, m Message) ui.OutboxMessage {
	row := ui.OutboxMessage{
		ID: m.ID, Way: ways[m.Channel], To: m.To, Kind: m.Kind, Subject: m.Subject, Code: m.Code, Text: m.Text,
		Time: m.At.UTC().Format("2 Jan 2006, 15:04:05 UTC"), When: m.At.UTC().Format(time.RFC3339),
	}
	if client := s.Client(m.ClientID); client != nil {
		row.Client = client.Name
	}
	if m.HTML != "" {
		row.HTMLURL = "/_faux0/outbox/" + strconv.Itoa(m.ID)
	}
	return row
}

// mail shows a mail as a mail program would. Its HTML is whatever the tenant's
// template says, so it is kept from the tenant's origin, and runs no script.
//
// Source: HTML, "sandboxing" (CSP directive sandbox).
func (c *Control) mail(r *http.Request) (*wire.Response, error) {
	id := wire.PathVar(r, "id")
	for _, m := range c.Outbox(OutboxFilter{}) {
		if strconv.Itoa(m.ID) == id && m.HTML != "" {
			return wire.HTML(http.StatusOK, []byte(m.HTML)).
				With("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src * data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'").
				With("X-Frame-Options", "deny"), nil
		}
	}
	return nil, tenant.NotFound().WithHint("no mail with HTML has the id %q", id)
}
