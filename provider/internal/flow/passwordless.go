package flow

import (
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// NewCode makes the code that the connection's user with the address or number
// may log in with, and returns the user as known, or as the login would make
// them. It replaces the code before. transactionID is the login on our pages
// that the code is for, "" for an application's: elsewhere it is worth nothing,
// which is inferred.
//
// The code of somebody who is blocked must not be sent; it is "".
//
// It returns PasswordlessSignupDisabled.
//
// Source: Auth0 docs, "Passwordless connections" (only the latest code works),
// "Passwordless connections best practices" (blocked users).
func (f *Flow) NewCode(c *tenant.Connection, identifier, transactionID string) (code string, user *tenant.User, err error) {
	now := f.Clock.Now()
	lifetime, digits := c.OneTimeCode()
	otp := &store.OneTimePassword{Code: f.IDs.Digits(digits), TransactionID: transactionID, ExpiresAt: now.Add(lifetime)}
	err = f.Store.Update(func(s *store.State) error {
		// It is kept also for those who get none, so that guessing ends alike.
		s.OneTimePasswords.PutAtMost(store.MaxWaiting, store.OneTimePasswordID(c.Name, identifier), otp, otp.ExpiresAt, now)
		if user = s.UserByLogin(c.Name, identifier); user != nil {
			return nil
		}
		if c.SignupDisabled() {
			return tenant.PasswordlessSignupDisabled(c.Name)
		}
		user = tenant.NewPasswordlessUser(c, identifier)
		return nil
	})
	if err != nil || user.Blocked {
		return "", user, err
	}
	return otp.Code, user, nil
}

// CodeMessage is a code on its way.
type CodeMessage struct {
	Connection *tenant.Connection
	Client     *tenant.Client
	// To is the address or number.
	To, Code string
	// Link is sent instead of the code, where there is one.
	Link string
	// Voice calls the number instead of sending it a text.
	Voice bool
}

// SendCode sends a code, or the link that holds it when there is one.
//
// Source: Auth0 docs, "Passwordless OTP email template", "Passwordless
// authentication with SMS" (variables).
func (f *Flow) SendCode(o Occasion, c CodeMessage) {
	m := Mail{Kind: store.MessagePasswordlessCode, To: c.To, Client: c.Client, Connection: c.Connection, Code: c.Code, Link: c.Link}
	m.Lifetime, _ = c.Connection.OneTimeCode()
	m.User, m.Values = &tenant.User{Email: c.To}, map[string]any{"send": "code"}
	if tenant.ValidPhone(c.To) {
		m.User, m.Values["phone_number"] = &tenant.User{PhoneNumber: c.To}, c.To
		if c.Voice {
			f.SendText(o, m, store.ChannelVoice, tenant.PhoneVerify, "factor")
			return
		}
		f.SendText(o, m, store.ChannelSMS, tenant.PhoneVerify, "code")
		return
	}
	if c.Link != "" {
		m.Kind, m.Values["send"] = store.MessagePasswordlessLink, "link"
	}
	f.SendMail(o, m)
}

// CodeSentEvent is the log's word for a code or link on its way.
//
// Source: the description of tenant logs, cls, cs.
func CodeSentEvent(to string) tenant.LogType {
	if tenant.ValidPhone(to) {
		return tenant.LogSMSCodeSent
	}
	return tenant.LogCodeSent
}

// TypedCode is a code that somebody typed to log in.
type TypedCode struct {
	// About begins the events of the tenant's log; its IP is the caller's.
	About tenant.LogEvent
	// Occasion is the request that may cause a mail.
	Occasion   Occasion
	Connection *tenant.Connection
	// To is where the code was sent, TransactionID what it was sent for.
	To, Code, TransactionID string
}

// CheckCode says whether the code would log in, and leaves it to be used. A
// wrong one counts.
//
// It returns AddressThrottled, AccountLocked, WrongCode or TooManyCodes.
func (f *Flow) CheckCode(t TypedCode) error {
	return f.guardCode(t, func(s *store.State) error { return f.checkCode(s, t.Connection, t.To, t.Code, "") })
}

// guardCode runs check in one step with attack protection: it is not run for
// who has failed too often, and a wrong code counts as a wrong password does.
// So a new code brings no new tries.
//
// Source: Management API, POST /api/v2/connections, brute_force_protection of
// the strategies email and sms. That the codes of a database count with its
// passwords is inferred.
func (f *Flow) guardCode(t TypedCode, check func(*store.State) error) error {
	a := attempt{about: t.About, occasion: t.Occasion, connection: t.Connection, identifier: shortened(t.To)}
	var refused *tenant.Error
	var news []func()
	err := f.Store.Update(func(s *store.State) error {
		now := f.Clock.Now()
		if user := s.UserByLogin(t.Connection.Name, t.To); user != nil {
			a.user = user
		}
		if refused = a.refusal(s, now); refused != nil {
			return refused
		}
		err := check(s)
		var wrong *tenant.Error
		switch {
		case err == nil:
			a.forget(s)
		case errors.As(err, &wrong) && wrong.Code == tenant.WrongCode(t.Connection).Code:
			news = f.countTry(s, a, now)
		}
		return err
	})
	for _, tell := range news {
		tell()
	}
	if refused != nil {
		return f.logRefusal(a, refused)
	}
	return err
}

// PasswordlessLogin takes a code and returns the user it was sent to, made if
// there is none. The code works once, and for the transaction of NewCode; the
// address, or the number, is verified by it.
//
// It returns AddressThrottled, AccountLocked, WrongCode, TooManyCodes or
// UserBlocked.
//
// Source: Auth0 docs, "Passwordless connections". Observed: email_verified and
// phone_verified of users who have logged in.
func (f *Flow) PasswordlessLogin(t TypedCode) (user *tenant.User, err error) {
	c, identifier := t.Connection, strings.TrimSpace(t.To)
	t.To = identifier
	now := f.Clock.Now()
	err = f.guardCode(t, func(s *store.State) error {
		if err := f.checkCode(s, c, identifier, t.Code, t.TransactionID); err != nil {
			return err
		}
		s.OneTimePasswords.Delete(store.OneTimePasswordID(c.Name, identifier))
		known := s.UserByLogin(c.Name, identifier)
		if known == nil && c.SignupDisabled() {
			return wrongCode(c)
		}
		if known == nil {
			user = tenant.NewPasswordlessUser(c, identifier)
			if s.User(user.UserID) != nil { // somebody whose address was changed since
				user.UserID = c.Strategy + "|" + f.IDs.UserID()
			}
			user.FillDefaults(now)
		} else {
			user = known.Clone()
		}
		if user.Blocked {
			return tenant.UserBlocked().WithHint("user %s is blocked in the fixture or through the Management API", user.Label())
		}
		user.EmailVerified = user.EmailVerified || c.Strategy == tenant.StrategyEmail
		user.PhoneVerified = user.PhoneVerified || c.Strategy == tenant.StrategySMS
		s.PutUser(user)
		user = s.Primary(user.UserID)
		return nil
	})
	return user, err
}

// checkCode counts a wrong code, but not one typed where another was sent to:
// nobody shall spend the tries of a stranger's code.
func (f *Flow) checkCode(s *store.State, c *tenant.Connection, identifier, code, transactionID string) error {
	now := f.Clock.Now()
	id := store.OneTimePasswordID(c.Name, strings.TrimSpace(identifier))
	otp, ok := s.OneTimePasswords.Get(id, now)
	wrong := wrongCode(c)
	switch {
	case !ok || otp.TransactionID != transactionID:
		return wrong
	case otp.Failures >= tenant.MaxCodeFailures:
		return tenant.TooManyCodes()
	case subtle.ConstantTimeCompare([]byte(otp.Code), []byte(code)) != 1:
		failed := *otp
		failed.Failures++
		s.OneTimePasswords.Put(id, &failed, otp.ExpiresAt, now)
		return wrong
	}
	return nil
}

func wrongCode(c *tenant.Connection) error {
	lifetime, _ := c.OneTimeCode()
	return tenant.WrongCode(c).WithHint("the code is wrong, used, older than %d seconds, or replaced by a newer one", int(lifetime.Seconds()))
}
