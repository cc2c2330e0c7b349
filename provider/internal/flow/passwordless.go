package flow

import (
	"crypto/subtle"
	"fmt"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// NewCode makes the code that the connection's user with the address or number
// may log in with, and returns the user as known, or as the login would make
// them. It replaces the code before.
//
// It returns PasswordlessSignupDisabled.
//
// Source: Auth0 docs, "Passwordless connections" (only the latest code works).
func (f *Flow) NewCode(c *tenant.Connection, identifier string) (code string, user *tenant.User, err error) {
	now := f.Clock.Now()
	lifetime, digits := c.OneTimeCode()
	otp := &store.OneTimePassword{Code: f.IDs.Digits(digits), ExpiresAt: now.Add(lifetime)}
	err = f.Store.Update(func(s *store.State) error {
		if user = s.UserByLogin(c.Name, identifier); user == nil {
			if c.SignupDisabled() {
				return tenant.PasswordlessSignupDisabled(c.Name)
			}
			user = tenant.NewPasswordlessUser(c, identifier)
		}
		s.OneTimePasswords.PutAtMost(store.MaxWaiting, store.OneTimePasswordID(c.Name, identifier), otp, otp.ExpiresAt, now)
		return nil
	})
	return otp.Code, user, err
}

// SendCode sends a code, or the link that holds it when there is one.
func (f *Flow) SendCode(c *tenant.Connection, client *tenant.Client, to, code, link string) {
	lifetime, _ := c.OneTimeCode()
	m := store.Message{
		Channel: store.ChannelEmail, To: to, Kind: store.MessagePasswordlessCode, ClientID: client.ClientID, Connection: c.Name,
		Code: code, Link: link,
	}
	lead, rest := "Your verification code for "+client.Name+" is:", fmt.Sprintf("It works once, for %d seconds.", int(lifetime.Seconds()))
	m.Subject, m.Text, m.HTML = "Welcome to "+client.Name, lead+" "+code+"\n\n"+rest+"\n", mailHTML(lead, code, "", rest)
	switch {
	case c.Strategy == tenant.StrategySMS:
		m.Channel, m.Subject, m.Text, m.HTML = store.ChannelSMS, "", "Your verification code is: "+code, ""
	case link != "":
		lead = "This link logs you in to " + client.Name + ":"
		m.Kind, m.Text, m.HTML = store.MessagePasswordlessLink, lead+"\n\n"+link+"\n\n"+rest+"\n", mailHTML(lead, "Log in", link, rest)
	}
	f.Send(m)
}

// CheckCode says whether the code would log in, and leaves it to be used. A
// wrong one counts.
//
// It returns WrongCode or TooManyCodes.
func (f *Flow) CheckCode(c *tenant.Connection, identifier, code string) error {
	return f.Store.Update(func(s *store.State) error { return f.checkCode(s, c, identifier, code) })
}

// PasswordlessLogin takes a code and returns the user it was sent to, made if
// there is none. The code works once; the address, or the number, is verified
// by it.
//
// It returns WrongCode, TooManyCodes or UserBlocked.
//
// Source: Auth0 docs, "Passwordless connections". Observed: email_verified and
// phone_verified of users who have logged in.
func (f *Flow) PasswordlessLogin(c *tenant.Connection, identifier, code string) (user *tenant.User, err error) {
	identifier = strings.TrimSpace(identifier)
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		if err := f.checkCode(s, c, identifier, code); err != nil {
			return err
		}
		s.OneTimePasswords.Delete(store.OneTimePasswordID(c.Name, identifier))
		known := s.UserByLogin(c.Name, identifier)
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
		return nil
	})
	return user, err
}

func (f *Flow) checkCode(s *store.State, c *tenant.Connection, identifier, code string) error {
	now := f.Clock.Now()
	id := store.OneTimePasswordID(c.Name, strings.TrimSpace(identifier))
	otp, ok := s.OneTimePasswords.Get(id, now)
	lifetime, _ := c.OneTimeCode()
	wrong := tenant.WrongCode(c).WithHint("the code is wrong, used, older than %d seconds, or replaced by a newer one", int(lifetime.Seconds()))
	switch {
	case !ok:
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
