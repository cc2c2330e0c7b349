package flow

import (
	"github.com/faux0/faux0/provider/internal/mail"
	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// MailTicket reads what the link in a mail stands for, and leaves it to be
// used.
//
// It returns TicketExpired or TicketUsed.
func (f *Flow) MailTicket(kind, raw string) (ticket *store.MailTicket, err error) {
	err = f.Store.View(func(s *store.State) error { ticket, err = f.mailTicket(s, kind, raw); return err })
	return ticket, err
}

func (f *Flow) mailTicket(s *store.State, kind, raw string) (*store.MailTicket, error) {
	now := f.Clock.Now()
	t, ok := s.MailTickets.Get(raw, now)
	switch {
	case !ok || t.Kind != kind || t.Used || s.User(t.UserID) == nil:
		return nil, tenant.TicketUsed()
	case !now.Before(t.ExpiresAt):
		return nil, tenant.TicketExpired()
	}
	return t, nil
}

// useTicket marks the ticket as used. It is kept, so that a second click is
// told apart from one that comes too late.
func (f *Flow) useTicket(s *store.State, raw string, t *store.MailTicket) {
	used := *t
	used.Used = true
	s.MailTickets.Put(raw, &used, t.ExpiresAt.Add(mailTicketMemory), f.Clock.Now())
}

// VerifyEmail takes the ticket of a verification mail: its user's address is
// verified from now on, if it still is the one the mail went to.
//
// It returns TicketExpired or TicketUsed.
//
// Source: Auth0 docs, "Verify emails using Auth0".
func (f *Flow) VerifyEmail(o Occasion, raw string) (ticket *store.MailTicket, err error) {
	welcome := Mail{Kind: store.MessageWelcome}
	err = f.Store.Update(func(s *store.State) error {
		if ticket, err = f.mailTicket(s, store.MessageVerifyEmail, raw); err != nil {
			return err
		}
		old := s.User(ticket.UserID)
		if old.Email != ticket.To {
			return tenant.TicketUsed().WithHint("the user has another address by now")
		}
		f.useTicket(s, raw, ticket)
		verified := old.Clone()
		verified.EmailVerified, verified.UpdatedAt = true, f.Clock.Now()
		s.PutUser(verified)
		welcome.To, welcome.User, welcome.Client = verified.Email, verified, s.Client(ticket.ClientID)
		return nil
	})
	if err == nil {
		f.SendMail(o, welcome)
	}
	return ticket, err
}

// MailResultURL is where somebody who followed the link of a mail is sent in
// the end, told how it went; "" where the mail's template says no place. A
// ticket of nobody's is nil.
//
// Source: Auth0 docs, "Customize email templates" (Redirect To).
func (f *Flow) MailResultURL(kind string, ticket *store.MailTicket) (to string, tellsEmail bool) {
	var client *tenant.Client
	var t *tenant.EmailTemplate
	_ = f.Store.View(func(s *store.State) error {
		if ticket != nil {
			client = s.Client(ticket.ClientID)
		}
		t = s.Templates().Email(kind)
		return nil
	})
	application := applicationValues(client)
	return mail.ResultURL(t, map[string]any{"application": application, "client": application}), t != nil && t.TellsEmail()
}

// ResetPassword takes the ticket of a reset mail and gives its user the
// password. The address the mail reached is verified by that.
//
// It returns TicketExpired, TicketUsed, PasswordInHistory, NewPasswordLeaked or
// an error of password.CheckPolicy.
//
// Source: Auth0 docs, "Change users' passwords", "Password options in Auth0
// database connections". That the address counts as verified is a community
// report.
func (f *Flow) ResetPassword(about tenant.LogEvent, raw, plain string) (ticket *store.MailTicket, err error) {
	var user *tenant.User
	var connection *tenant.Connection
	err = f.Store.View(func(s *store.State) error {
		if ticket, err = f.mailTicket(s, store.MessageResetEmail, raw); err == nil {
			user = s.User(ticket.UserID)
			connection = s.ConnectionByName(user.Connection)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if connection == nil {
		return nil, tenant.TicketUsed().WithHint("the user's connection was deleted")
	}
	if err := password.CheckPolicy(connection, user, plain); err != nil {
		return ticket, err
	}
	if password.InHistory(connection, user, plain) {
		return ticket, tenant.PasswordInHistory()
	}
	about.UserID, about.ClientID = user.UserID, ticket.ClientID
	if err := f.checkBreachedChoice(tenant.StagePreChangePassword, about, plain); err != nil {
		return ticket, err
	}
	hash := password.Hash(plain, f.IDs.Bytes(16), f.PasswordCost)
	err = f.Store.Update(func(s *store.State) error {
		if ticket, err = f.mailTicket(s, store.MessageResetEmail, raw); err != nil {
			return err
		}
		f.useTicket(s, raw, ticket)
		changed := s.User(ticket.UserID).Clone()
		password.Replace(connection, changed, hash)
		changed.LastPasswordReset, changed.UpdatedAt = f.Clock.Now(), f.Clock.Now()
		changed.EmailVerified = changed.EmailVerified || changed.Email == ticket.To
		s.PutUser(changed)
		return nil
	})
	return ticket, err
}
