package flow

import (
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// NewDatabaseCode makes the code that the database's user with the address or
// number may log in with, in the transaction with the id. It replaces the code
// before. signup lets somebody unknown become a user by it.
//
// The code is "" where there is nobody to let in: unknown, or blocked. Nobody
// may learn that, and so one is kept that nobody is sent.
//
// Source: Auth0 docs, "Passwordless authentication on database connections".
// That lifetime and length are those of passwordless connections is inferred.
func (f *Flow) NewDatabaseCode(c *tenant.Connection, to, id string, signup bool) (code string, user *tenant.User) {
	now := f.Clock.Now()
	lifetime, digits := c.OneTimeCode()
	otp := &store.OneTimePassword{Code: f.IDs.Digits(digits), TransactionID: id, ExpiresAt: now.Add(lifetime)}
	_ = f.Store.Update(func(s *store.State) error {
		s.OneTimePasswords.PutAtMost(store.MaxWaiting, store.OneTimePasswordID(c.Name, to), otp, otp.ExpiresAt, now)
		user = databaseUser(s, c, to)
		if user != nil && !user.Blocked || user == nil && signup && c.SignsUpByCode(tenant.AttributeOf(to)) {
			code = otp.Code
		}
		return nil
	})
	return code, user
}

// databaseUser is whose address or number it is, if they log in with such.
func databaseUser(s *store.State, c *tenant.Connection, to string) *tenant.User {
	if user := s.UserByLogin(c.Name, to); user != nil && c.Identifies(user, to) {
		return user
	}
	return nil
}

// UseDatabaseCode takes a code of NewDatabaseCode and returns the user whom it
// logs in, nil where somebody unknown may become one. The address, or the
// number, is verified by it.
//
// It returns AddressThrottled, AccountLocked, WrongCode, TooManyCodes or
// UserBlocked.
//
// Source: Auth0 docs, "Passwordless authentication on database connections"
// (email_verified, phone_verified).
func (f *Flow) UseDatabaseCode(t TypedCode, signup bool) (user *tenant.User, err error) {
	c, to := t.Connection, t.To
	err = f.guardCode(t, func(s *store.State) error {
		if err := f.checkCode(s, c, to, t.Code, t.TransactionID); err != nil {
			return err
		}
		s.OneTimePasswords.Delete(store.OneTimePasswordID(c.Name, to))
		attribute := tenant.AttributeOf(to)
		known := databaseUser(s, c, to)
		switch {
		case known == nil && (!signup || !c.SignsUpByCode(attribute)):
			return wrongCode(c)
		case known == nil:
			return nil
		case known.Blocked:
			return tenant.UserBlocked().WithHint("user %s is blocked in the fixture or through the Management API", known.Label())
		}
		user = known.Clone()
		user.EmailVerified = user.EmailVerified || attribute == tenant.AttributeEmail
		user.PhoneVerified = user.PhoneVerified || attribute == tenant.AttributePhone
		s.PutUser(user)
		user = s.Primary(user.UserID)
		return nil
	})
	return user, err
}

// SignUpByCode makes the user whose address or number was verified by a code,
// without a password.
//
// It returns AddressThrottled, or an error of SignUp where somebody was faster.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections".
func (f *Flow) SignUpByCode(t TypedCode, client *tenant.Client) (*tenant.User, error) {
	if err := f.admitSignUp(t.About); err != nil {
		return nil, err
	}
	c, to := t.Connection, t.To
	user := &tenant.User{Connection: c.Name, UserID: c.Strategy + "|" + f.IDs.UserID()}
	if tenant.AttributeOf(to) == tenant.AttributePhone {
		user.PhoneNumber, user.PhoneVerified = to, true
	} else {
		user.Email, user.EmailVerified = to, true
	}
	if err := f.CompleteSignUp(c, client, user, t.Occasion); err != nil {
		return nil, err
	}
	return user, nil
}

// CodeDatabase is the first of the databases that sends codes to what was
// typed, before it asks for a password.
func CodeDatabase(connections []*tenant.Connection, typed string) *tenant.Connection {
	i := slices.IndexFunc(connections, func(c *tenant.Connection) bool { return c.CodeFirst(tenant.AttributeOf(typed)) })
	if i < 0 {
		return nil
	}
	return connections[i]
}
