package flow

import (
	"strings"

	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Credentials are what somebody typed to log in.
type Credentials struct {
	// About begins the events of the tenant's log; its IP is the caller's.
	About tenant.LogEvent
	// Occasion is the request that may cause a mail.
	Occasion Occasion
	// Connections are the databases to look in.
	Connections          []*tenant.Connection
	Identifier, Password string
}

// Authenticate finds the user by what was typed and checks the password.
// Unknown user and wrong password are told apart neither by the answer nor by
// the work done, but in the tenant's log.
//
// It returns AddressThrottled, AccountLocked, WrongPassword, or, with the user,
// UserBlocked or PasswordLeaked.
//
// Source: the description of tenant logs, fp, fu; Auth0 docs, "Attack
// protection".
func (f *Flow) Authenticate(c Credentials) (*tenant.User, error) {
	user, usernames := f.find(c.Connections, c.Identifier)
	a := attempt{about: c.About, occasion: c.Occasion, identifier: shortened(c.Identifier), user: user}
	for _, connection := range c.Connections {
		if user == nil && a.connection == nil || user != nil && user.Connection == connection.Name {
			a.connection = connection
		}
	}
	if err := f.admit(a); err != nil {
		return nil, err
	}
	if !f.knows(user, c.Password) {
		return nil, f.wrong(a, usernames)
	}
	if err := f.passed(a); err != nil {
		return nil, err
	}
	if user.Blocked {
		return f.primaryOf(user), tenant.UserBlocked().
			WithHint("user %s is blocked in the fixture or through the Management API", user.Label())
	}
	return f.primaryOf(user), f.checkBreachedLogin(a, c.Password)
}

// knows says whether the password is the user's. Nobody, and who has none, take
// as long to refuse as anybody.
func (f *Flow) knows(user *tenant.User, plain string) bool {
	if user == nil || !password.Has(user) {
		password.Verify(&tenant.User{CustomPasswordHash: password.Nobodys(f.PasswordCost)}, plain)
		return false
	}
	return password.Verify(user, plain)
}

// maxIdentifier is longer than any address, number or username may be.
const maxIdentifier = 320

// shortened is an identifier that may be kept: what is longer is nobody's.
func shortened(identifier string) string {
	if len(identifier) <= maxIdentifier {
		return identifier
	}
	return strings.ToValidUTF8(identifier[:maxIdentifier], "")
}

// wrong counts and tells of a wrong password.
func (f *Flow) wrong(a attempt, usernames bool) error {
	if err := f.failed(a); err != nil {
		return err
	}
	wrong := tenant.WrongPassword(usernames)
	e := a.about
	e.Type, e.UserName, e.Description = tenant.LogFailedLoginUser, a.identifier, wrong.Description
	if a.user != nil {
		e.Type, e.UserID = tenant.LogFailedLoginPassword, a.user.UserID
	} else if a.connection != nil {
		e.Connection = a.connection.Name
	}
	e.Details = map[string]any{"error": map[string]any{"message": wrong.Description}}
	f.Log(e)
	return wrong
}

func (f *Flow) find(connections []*tenant.Connection, identifier string) (user *tenant.User, usernames bool) {
	_ = f.Store.View(func(s *store.State) error {
		for _, c := range connections {
			usernames = usernames || c.RequiresUsername()
			if u := s.UserByLogin(c.Name, identifier); user == nil && u != nil && c.PasswordsEnabled() && c.Identifies(u, identifier) {
				user = u
			}
		}
		return nil
	})
	return user, usernames
}
