package flow

import (
	"fmt"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// attempt is one try to log in, as attack protection sees it.
type attempt struct {
	// about begins the events that tell of it; its IP is the caller's.
	about    tenant.LogEvent
	occasion Occasion
	// connection is that of the user, or else the one asked first; nil for none.
	connection *tenant.Connection
	identifier string
	// user is nil for nobody, who is counted and answered like anybody.
	user *tenant.User
}

// admit says whether the try may be looked at.
//
// It returns AddressThrottled or AccountLocked.
func (f *Flow) admit(a attempt) error {
	var refused *tenant.Error
	_ = f.Store.View(func(s *store.State) error { refused = a.refusal(s, f.Clock.Now()); return nil })
	return f.logRefusal(a, refused)
}

// failed counts a try that was wrong, unless admit would by now refuse it: so of
// many at once no more learn that they are wrong than the limit allows.
//
// It returns what admit does.
func (f *Flow) failed(a attempt) error {
	var refused *tenant.Error
	var news []func()
	_ = f.Store.Update(func(s *store.State) error {
		now := f.Clock.Now()
		if refused = a.refusal(s, now); refused == nil {
			news = f.countTry(s, a, now)
		}
		return nil
	})
	for _, tell := range news {
		tell()
	}
	return f.logRefusal(a, refused)
}

// passed forgets the failed tries of the account, and of the address, once a
// right one was admitted.
//
// It returns what admit does.
//
// Source: Auth0 docs, "User/password authentication rate limits" (consecutive
// failures); the description of tenant logs, limit_mu ("without a successful
// login").
func (f *Flow) passed(a attempt) error {
	known := false
	_ = f.Store.View(func(s *store.State) error { // most have never failed, and need not wait for one another
		now := f.Clock.Now()
		_, counted := s.LoginFailures.Get(a.key(s), now)
		_, used := s.AddressUse.Get(store.AddressUseID(tenant.StagePreLogin, a.about.IP), now)
		known = counted || used
		return nil
	})
	if !known {
		return nil
	}
	var refused *tenant.Error
	_ = f.Store.Update(func(s *store.State) error {
		if refused = a.refusal(s, f.Clock.Now()); refused == nil {
			a.forget(s)
		}
		return nil
	})
	return f.logRefusal(a, refused)
}

// countTry counts a try that was wrong, and returns what there is to tell.
func (f *Flow) countTry(s *store.State, a attempt, now time.Time) []func() {
	return append(f.countFailure(s, a, now), f.spend(s, tenant.StagePreLogin, a.about, now)...)
}

// forget forgets the failed tries of the account and the address.
func (a attempt) forget(s *store.State) {
	s.LoginFailures.Delete(a.key(s))
	s.AddressUse.Delete(store.AddressUseID(tenant.StagePreLogin, a.about.IP))
}

// key is where the account's failures are counted.
func (a attempt) key(s *store.State) string {
	connection, network := "", ""
	if a.connection != nil {
		connection = a.connection.Name
	}
	if s.AttackProtection().BruteForce.CountsPerAddress() {
		network = tenant.CallerNetwork(a.about.IP)
	}
	return store.LoginFailuresID(connection, a.identifier, a.user, network)
}

// refusal is why the try is not looked at, nil if it is.
func (a attempt) refusal(s *store.State, now time.Time) *tenant.Error {
	if err := throttled(s, tenant.StagePreLogin, a.about.IP, now); err != nil {
		return err
	}
	b := &s.AttackProtection().BruteForce
	f, ok := s.LoginFailures.Get(a.key(s), now)
	if !ok || f.Count < b.Limit() || !a.counts(b) || !b.Does(tenant.ShieldBlock) {
		return nil
	}
	return tenant.AccountLocked(b.Does(tenant.ShieldUserNotification)).WithHint("%s", lockedHint(f, b))
}

// lockedHint says why an account is locked and what unlocks it.
func lockedHint(f *store.LoginFailures, b *tenant.BruteForceProtection) string {
	from, byMail := "", ""
	if f.PerAddress {
		from = " from " + f.IP
	}
	if b.Does(tenant.ShieldUserNotification) {
		byMail = fmt.Sprintf("by the link of the %s mail in the outbox, ", store.MessageBlocked)
	}
	return fmt.Sprintf("%d logins of %q%s failed in a row, and attackProtection.bruteForceProtection allows max_attempts %d. "+
		"The block ends at %s, with a new password, %sor by DELETE /_faux0/blocks?user=%s",
		f.Count, f.Identifier, from, b.Limit(), f.LastAt.Add(store.LoginFailuresMemory).UTC().Format(time.RFC3339), byMail, f.Identifier)
}

// counts says whether brute-force protection minds the try.
func (a attempt) counts(b *tenant.BruteForceProtection) bool {
	return b.Watches(a.about.IP) && (a.connection == nil || a.connection.BruteForceProtection())
}

// notifyEvery is how often somebody is told of the same thing.
//
// Source: Auth0 docs, "Brute-force protection" (notifications), "Breached
// password detection". That the hour is counted for each account and address,
// and begins anew with a block that was lifted, is inferred.
const notifyEvery = time.Hour

// countFailure counts a failed login into the account. It returns what there is
// to tell when the limit is reached.
func (f *Flow) countFailure(s *store.State, a attempt, now time.Time) (news []func()) {
	b := s.AttackProtection().BruteForce
	if !a.counts(&b) {
		return nil
	}
	id := a.key(s)
	fresh := store.LoginFailures{PerAddress: b.CountsPerAddress()}
	if old, ok := s.LoginFailures.Get(id, now); ok {
		fresh = *old
	}
	fresh.Count, fresh.LastAt, fresh.Identifier, fresh.IP = fresh.Count+1, now, a.identifier, a.about.IP
	if a.connection != nil {
		fresh.Connection = a.connection.Name
	}
	if a.user != nil {
		fresh.UserID = a.user.UserID
	}
	if fresh.Count >= b.Limit() {
		news = append(news, func() { f.logLocked(a, &b) })
		if a.user != nil && b.Does(tenant.ShieldUserNotification) && now.Sub(fresh.NotifiedAt) >= notifyEvery {
			fresh.NotifiedAt = now
			news = append(news, func() { f.sendLocked(a) })
		}
	}
	s.LoginFailures.PutAtMost(store.MaxAddresses, id, &fresh, now.Add(store.LoginFailuresMemory), now)
	return news
}

// logRefusal tells of a try that was not looked at, and returns the error; nil
// where there is none.
func (f *Flow) logRefusal(a attempt, refused *tenant.Error) error {
	if refused != nil {
		f.rememberRefusal(a, refused)
	}
	switch {
	case refused == nil:
		return nil
	case refused.Locked():
		var b tenant.BruteForceProtection
		_ = f.Store.View(func(s *store.State) error { b = s.AttackProtection().BruteForce; return nil })
		f.logLocked(a, &b)
	default:
		f.logThrottled(tenant.StagePreLogin, a.about)
	}
	return refused
}

// rememberRefusal keeps the error for who asks to have it explained.
func (f *Flow) rememberRefusal(a attempt, refused *tenant.Error) {
	v := store.IssuedToken{At: f.Clock.Now(), ClientID: a.about.ClientID, Audience: a.about.Audience, Scopes: tenant.ParseScope(a.about.Scope), Err: refused}
	if a.user != nil {
		v.UserID = a.user.UserID
	}
	f.Remember(v)
}

// logLocked tells of an account that has reached the limit.
//
// Source: the description of tenant logs, limit_wc. Observed: the sentence in
// public tests of log consumers; that without an address is inferred.
func (f *Flow) logLocked(a attempt, b *tenant.BruteForceProtection) {
	where := "from this IP address for this user"
	if !b.CountsPerAddress() {
		where = "for this user"
	}
	e := a.about
	e.Type, e.UserName = tenant.LogAccountBlocked, a.identifier
	e.Description = fmt.Sprintf("User (%s) attempted %d consecutive logins unsuccessfully. Brute force protection is enabled for this connection, "+
		"further attempts are blocked %s.", a.identifier, b.Limit(), where)
	if a.user != nil {
		e.UserID = a.user.UserID
	}
	if a.connection != nil {
		e.Connection = a.connection.Name
	}
	f.Log(e)
}

// UnblockPath is the page that the link of a blocked_account mail leads to.
//
// Source: Auth0 support article on the end of the older unblock mail.
const UnblockPath = "/u/brute-force-protection-unblock"

// sendLocked tells a user that logins into their account are blocked: by text
// message if a phone number was typed, else by mail.
//
// Source: Auth0 docs, "Brute-force protection" (notifications). That the text
// message has the link too is inferred.
func (f *Flow) sendLocked(a attempt) {
	m := f.mailTo(a, store.MessageBlocked)
	m.Values = map[string]any{"user": map[string]any{"source_ip": a.about.IP}}
	byText := a.user.PhoneNumber != "" && a.user.PhoneNumber == strings.TrimSpace(a.identifier)
	if byText {
		m.To = a.user.PhoneNumber
	}
	if m.To == "" {
		return
	}
	m = f.withTicket(a.occasion, m, store.MessageBlocked, UnblockPath)
	if byText {
		f.SendText(a.occasion, m, store.ChannelSMS, tenant.PhoneBlocked, "blocked")
	} else {
		f.SendMail(a.occasion, m)
	}
}

// mailTo begins a mail to the account's address, about the user it belongs to.
func (f *Flow) mailTo(a attempt, kind string) Mail {
	m := Mail{Kind: kind, To: a.user.Email, User: f.primaryOf(a.user), Connection: a.connection}
	_ = f.Store.View(func(s *store.State) error { m.Client = s.Client(a.about.ClientID); return nil })
	return m
}

// Unblock takes the ticket of a blocked_account mail: its user may try to log in
// again, from every address.
//
// It returns TicketExpired or TicketUsed.
//
// Source: Auth0 docs, "Brute-force protection" (remove blocks).
func (f *Flow) Unblock(raw string) (ticket *store.MailTicket, err error) {
	err = f.Store.Update(func(s *store.State) error {
		if ticket, err = f.mailTicket(s, store.MessageBlocked, raw); err != nil {
			return err
		}
		f.useTicket(s, raw, ticket)
		s.UnblockUser(ticket.UserID)
		return nil
	})
	return ticket, err
}

// UnblockUser forgets the failed logins of a user, and says how many blocks that
// lifted.
//
// Source: Management API, DELETE /api/v2/user-blocks/{id}.
func (f *Flow) UnblockUser(userID string) (blocks int) {
	_ = f.Store.Update(func(s *store.State) error {
		blocks = s.UnblockUser(userID)
		return nil
	})
	return blocks
}

// UnblockIdentifier is UnblockUser for everybody who logs in with the e-mail
// address, username or phone number, and for nobody who does.
//
// Source: Management API, DELETE /api/v2/user-blocks.
func (f *Flow) UnblockIdentifier(identifier string) (blocks int) {
	identifier = strings.TrimSpace(identifier)
	_ = f.Store.Update(func(s *store.State) error {
		users := map[string]bool{}
		for _, c := range s.Connections() {
			if u := s.UserByLogin(c.Name, identifier); u != nil {
				users[u.UserID] = true
			}
		}
		blocks = s.Unblock(func(l *store.LoginFailures) bool {
			return users[l.UserID] || l.UserID == "" && strings.EqualFold(strings.TrimSpace(l.Identifier), identifier)
		})
		return nil
	})
	return blocks
}
