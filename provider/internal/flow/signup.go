package flow

import (
	"cmp"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// flagUserExists lets a sign-up say that there is such a user already.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags.
const flagUserExists = "enable_public_signup_user_exists_error"

// SignUp makes a user of the database, with an id of their own, and asks them
// by mail to verify their address. Unless a flag of the tenant's tells them,
// nobody learns from the answer which addresses are known: the password is
// judged first, and hashed whether or not the user will be made.
//
// It returns AddressThrottled, an error of password.CheckPolicy,
// NewPasswordLeaked, InvalidSignup, UserExists or UsernameExists.
//
// Source: Auth0 docs, Authentication API, "Signup"; "User enumeration"
// (security bulletin on sign-up).
func (f *Flow) SignUp(n NewUser, client *tenant.Client, o Occasion) error {
	if err := f.PrepareSignUp(n); err != nil {
		return err
	}
	return f.CompleteSignUp(n.Connection, client, n.User, o)
}

// NewUser is somebody who signs up at a database, and what they want to log in
// with.
type NewUser struct {
	// About begins the events of the tenant's log; its IP is the caller's.
	About      tenant.LogEvent
	Connection *tenant.Connection
	User       *tenant.User
	Password   string
	// Passkey says that a passkey takes the password's place.
	Passkey bool
}

// PrepareSignUp is the first half of SignUp: the sign-up is counted, the
// password, where the database has such, judged and hashed. Nobody sees the
// user yet.
func (f *Flow) PrepareSignUp(n NewUser) error {
	c, user, plain := n.Connection, n.User, n.Password
	if err := f.admitSignUp(n.About); err != nil {
		return err
	}
	user.Connection, user.UserID = c.Name, c.Strategy+"|"+f.IDs.UserID()
	user.Email, user.Username = strings.ToLower(user.Email), strings.ToLower(user.Username)
	if !c.PasswordsEnabled() || n.Passkey {
		return nil
	}
	if err := password.CheckPolicy(c, user, plain); err != nil {
		return err
	}
	about := n.About
	about.Connection, about.UserName = c.Name, cmp.Or(user.Email, user.Username, user.PhoneNumber)
	if err := f.checkBreachedChoice(tenant.StagePreUserRegistration, about, plain); err != nil {
		return err
	}
	user.CustomPasswordHash = password.Hash(plain, f.IDs.Bytes(16), f.PasswordCost)
	return nil
}

// CompleteSignUp is the second half of SignUp: the user is there from now on.
// An address that is not verified yet gets a mail for that, others are welcomed.
//
// Source: Auth0 docs, "Email template descriptions" (welcome emails).
func (f *Flow) CompleteSignUp(c *tenant.Connection, client *tenant.Client, user *tenant.User, o Occasion) error {
	user.FillDefaults(f.Clock.Now())
	err := f.Store.Update(func(s *store.State) error {
		if err := taken(s, c, user); err != nil {
			if !s.Settings().Flags[flagUserExists] {
				return tenant.InvalidSignup()
			}
			return err
		}
		s.ChangeUser(user, f.Clock.Now())
		return nil
	})
	if err != nil || user.Email == "" {
		return err
	}
	m := Mail{Kind: store.MessageVerifyEmail, To: user.Email, User: user, Client: client, Connection: c}
	verifies := !user.EmailVerified
	_ = f.Store.View(func(s *store.State) error {
		own := s.Templates().Email(m.Kind)
		verifies = verifies && (own == nil || own.Enabled)
		return nil
	})
	if verifies {
		f.SendTicket(o, m, "/u/email-verification")
		return nil
	}
	m.Kind = store.MessageWelcome
	f.SendMail(o, m)
	return nil
}

// Codes that verify an address or a number during a sign-up.
//
// Source: Auth0 docs, "Activate and configure attributes for flexible
// identifiers"; lifetime and length are those of other one-time passwords, and
// inferred.
const (
	signupCodeLifetime = 5 * time.Minute
	signupCodeDigits   = 6
)

// NewSignupCode makes a code.
func (f *Flow) NewSignupCode() *store.OneTimePassword {
	return &store.OneTimePassword{Code: f.IDs.Digits(signupCodeDigits), ExpiresAt: f.Clock.Now().Add(signupCodeLifetime)}
}

// SendSignupCode sends the mail's code to an address or a number.
func (f *Flow) SendSignupCode(o Occasion, m Mail, attribute string) {
	m.Kind, m.Lifetime = store.MessageVerifyByCode, signupCodeLifetime
	if attribute == tenant.AttributePhone {
		f.SendText(o, m, store.ChannelSMS, tenant.PhoneVerify, "code")
	} else {
		f.SendMail(o, m)
	}
}

// taken says which of the identifiers somebody has.
func taken(s *store.State, c *tenant.Connection, user *tenant.User) error {
	for _, identifier := range []string{user.Email, user.PhoneNumber} {
		if identifier != "" && s.UserByLogin(c.Name, identifier) != nil {
			return tenant.UserExists()
		}
	}
	if user.Username != "" && s.UserByLogin(c.Name, user.Username) != nil {
		return tenant.UsernameExists()
	}
	return nil
}

// SendPasswordReset mails the database's user with the address a link to
// choose a new password, and returns the user; it returns nil if there is none
// or the connection lets people not choose.
//
// Source: Auth0 docs, "Change users' passwords". Observed: links of
// POST /api/v2/tickets/password-change in the recordings.
func (f *Flow) SendPasswordReset(c *tenant.Connection, email string, client *tenant.Client, o Occasion) *tenant.User {
	var user *tenant.User
	_ = f.Store.View(func(s *store.State) error { user = s.UserByLogin(c.Name, email); return nil })
	if user != nil && f.primaryOf(user).UserID != user.UserID {
		return nil // the account is linked, and the ticket would be for nobody
	}
	if !c.ResetEnabled() || user == nil || user.Email == "" {
		return nil
	}
	f.SendTicket(o, Mail{Kind: store.MessageResetEmail, To: user.Email, User: user, Client: client, Connection: c}, "/u/reset-verify")
	return user
}
