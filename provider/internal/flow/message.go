package flow

import (
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/mail"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// mailTicketLifetime is how long the link in a mail works, where its template
// says nothing else.
//
// Source: Management API, POST /api/v2/tickets/password-change, ttl_sec.
const mailTicketLifetime = 5 * 24 * time.Hour

// mailTicketMemory is how much longer a ticket is known, to say why it does
// not work.
const mailTicketMemory = mailTicketLifetime

// Occasion is the request that causes a mail or a text message.
type Occasion struct {
	// Issuer is the tenant's for the caller, Tenant its name there.
	Issuer, Tenant string
	// Languages are those the person reads, best first.
	Languages []string
	// Organization is the one they log in to, nil for none.
	Organization *tenant.Organization
}

// Mail is what a mail is about.
type Mail struct {
	// Kind is one of store.Message…: the name of its template.
	Kind, To string
	// User, Client and Connection may be nil.
	User       *tenant.User
	Client     *tenant.Client
	Connection *tenant.Connection
	// Code and Link are what it is sent for, Lifetime how long they work.
	Code, Link string
	Lifetime   time.Duration
	// Values are the variables that only this kind's template has, such as
	// "inviter".
	//
	// Source: Auth0 docs, "Supported Liquid syntax for email templates".
	Values map[string]any
}

// SendMail writes a mail and puts it into the outbox, unless the tenant has
// switched its template off.
//
// Source: Auth0 docs, "Email templates" (each mail is sent if its template is
// enabled). That those without a template of the tenant's own are sent, but for
// the welcome, is inferred.
func (f *Flow) SendMail(o Occasion, m Mail) {
	message := m.message(store.ChannelEmail)
	var own *tenant.EmailTemplate
	var about mail.About
	var brand mail.Brand
	_ = f.Store.View(func(s *store.State) error {
		own, about, brand = ownMail(s, m), f.about(s, o, m), brandOf(s, o.Organization)
		return nil
	})
	letter := mail.Write(about, brand)
	switch {
	case own == nil && m.Kind == store.MessageWelcome, own != nil && !own.Enabled:
		return
	case own != nil:
		var err error
		if letter, err = mail.Fill(own, about, letter); err != nil {
			message.Warning = err.Error()
		}
	}
	message.From, message.Subject, message.Text, message.HTML = letter.From, letter.Subject, letter.Text, letter.HTML
	f.Send(message)
}

// emailTemplateOfCodes is what codes that log in to a database are mailed by.
//
// Source: Management API, GET /api/v2/email-templates/{templateName}.
const emailTemplateOfCodes = "auth_email_by_code"

// ownMail is the tenant's own template for the mail, nil for none: that of the
// passwordless connection which sends it, or that of its kind.
func ownMail(s *store.State, m Mail) *tenant.EmailTemplate {
	code := m.Kind == store.MessagePasswordlessCode || m.Kind == store.MessagePasswordlessLink
	switch {
	case code && m.Connection != nil && m.Connection.Passwordless():
		if t := m.Connection.MessageTemplate(); t.Enabled {
			return t
		}
	case m.Kind == store.MessagePasswordlessCode:
		return s.Templates().Email(emailTemplateOfCodes)
	}
	return s.Templates().Email(m.Kind)
}

// message is the entry of the outbox, without what is written.
func (m Mail) message(channel string) store.Message {
	message := store.Message{Channel: channel, To: m.To, Kind: m.Kind, Code: m.Code, Link: m.Link}
	if m.Client != nil {
		message.ClientID = m.Client.ClientID
	}
	if m.Connection != nil {
		message.Connection = m.Connection.Name
	}
	return message
}

func (f *Flow) about(s *store.State, o Occasion, m Mail) mail.About {
	return mail.About{
		Kind: m.Kind, Language: s.Settings().Language(o.Languages), Code: m.Code, Link: m.Link, Lifetime: m.Lifetime,
		Values: messageValues(s, o, m),
	}
}

// brandOf is whose mails they are: the tenant's, or the organization's where it
// has branding of its own.
func brandOf(s *store.State, org *tenant.Organization) mail.Brand {
	b := mail.Brand{Name: s.Settings().DisplayName(), LogoURL: s.Branding().LogoURL, Color: s.Branding().Colors.Primary}
	if org != nil {
		b.Name = org.Label()
		if own := org.Branding; own != nil {
			b.LogoURL, b.Color = own.LogoURL, own.Colors.Primary
		}
	}
	return b
}

// SendText writes a text message, or for store.ChannelVoice what a call says,
// and puts it into the outbox, unless the tenant has switched its template off.
// kind is that of a tenant.PhoneTemplate, ours the name of our own text.
func (f *Flow) SendText(o Occasion, m Mail, channel, kind, ours string) {
	var about mail.About
	var text, voice string
	var disabled bool
	_ = f.Store.View(func(s *store.State) error {
		about = f.about(s, o, m)
		text, voice, disabled = s.Templates().Phone(kind)
		return nil
	})
	if m.Connection != nil && m.Connection.Passwordless() {
		text, voice, disabled = m.Connection.MessageTemplate().Body, "", false
	}
	if disabled {
		return
	}
	if channel == store.ChannelVoice {
		text = voice
	}
	message := m.message(channel)
	message.Text = mail.Phone(about, channel+"."+ours)
	switch filled, err := mail.FillPhone(text, about, channel == store.ChannelVoice); {
	case err != nil:
		message.Warning = err.Error()
	case filled != "":
		message.Text = filled
	}
	f.Send(message)
}

// Send puts a message into the outbox, now.
func (f *Flow) Send(m store.Message) {
	m.At = f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error { m = s.Send(m); return nil })
	if f.Sent != nil {
		f.Sent(m)
	}
}

// SendTicket mails the user a link that stands for a new ticket: path is the
// page that takes it, on the issuer's host.
//
// Observed: links of POST /api/v2/tickets/… in the recordings.
func (f *Flow) SendTicket(o Occasion, m Mail, path string) {
	m = f.withTicket(o, m, m.Kind, path)
	f.SendMail(o, m)
}

// withTicket is the mail with a link to the page that stands for a new ticket of
// the kind.
func (f *Flow) withTicket(o Occasion, m Mail, kind, path string) Mail {
	ticket, now := f.IDs.MailTicket(), f.Clock.Now()
	_ = f.Store.View(func(s *store.State) error {
		m.Lifetime = s.Templates().Email(m.Kind).Lifetime(mailTicketLifetime)
		return nil
	})
	kept := &store.MailTicket{Kind: kind, To: m.To, UserID: m.User.UserID, ExpiresAt: now.Add(m.Lifetime)}
	if m.Client != nil {
		kept.ClientID = m.Client.ClientID
	}
	_ = f.Store.Update(func(s *store.State) error {
		s.MailTickets.PutAtMost(store.MaxWaiting, ticket, kept, kept.ExpiresAt.Add(mailTicketMemory), now)
		return nil
	})
	m.Link = strings.TrimSuffix(o.Issuer, "/") + path + "?ticket=" + ticket + "#"
	return m
}
