package provider

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Methods of an Enrolment.
const (
	MethodTOTP         = store.MethodTOTP
	MethodSMS          = store.MethodSMS
	MethodVoice        = store.MethodVoice
	MethodEmail        = store.MethodEmail
	MethodPush         = store.MethodPush
	MethodRecoveryCode = store.MethodRecoveryCode
)

// Enrolment is a second factor given to a user without a login.
type Enrolment struct {
	// User is a user_id, e-mail address or username.
	User string `json:"user"`
	// Method is one of the Method… constants.
	Method string `json:"method"`
	// To is the phone number or address of methods that send codes.
	To string `json:"to,omitempty"`
}

// Factor is a second factor that a user has, or has begun to enrol in.
type Factor struct {
	ID     string `json:"id"`
	Method string `json:"method"`
	Active bool   `json:"active"`
	To     string `json:"to,omitempty"`
	// Secret is that of an authenticator app, or the recovery code.
	Secret string `json:"secret,omitempty"`
	// Code is what the app shows now, or next where that one was used.
	Code string `json:"code,omitempty"`
}

// Factors lists a user's second factors, named by user_id, e-mail address or
// username.
func (c *Control) Factors(name string) ([]Factor, error) {
	var user *tenant.User
	err := c.p.flow.Store.View(func(s *store.State) (err error) { user, err = findUser(s, name); return err })
	if err != nil {
		return nil, err
	}
	list := []Factor{}
	for _, a := range c.p.flow.Authenticators(user.UserID, false) {
		f := Factor{ID: a.ID, Method: a.Method, Active: a.Active, To: a.To, Secret: a.Secret}
		if a.Method == MethodTOTP {
			f.Code, _ = c.p.flow.OneTimeCode(user.UserID) // none is left where both were used
		}
		list = append(list, f)
	}
	return list, nil
}

// Enroll gives a user a second factor, active at once, and returns its secret:
// that of an authenticator app in base32, or a recovery code.
func (c *Control) Enroll(e Enrolment) (secret string, err error) {
	a := c.p.flow.NewAuthenticator(e.Method, e.To)
	a.Active = true
	err = c.p.flow.Store.Update(func(s *store.State) error {
		user, err := findUser(s, e.User)
		switch {
		case err != nil:
			return err
		case a.Factor() == "":
			return tenant.InvalidRequest("There is no method " + e.Method)
		}
		s.PutAuthenticator(user.UserID, a)
		return nil
	})
	return a.Secret, err
}

// OneTimeCode is what a user's authenticator app shows, or shows next where the
// present code was used.
func (c *Control) OneTimeCode(user string) (code string, err error) {
	var id string
	err = c.p.flow.Store.View(func(s *store.State) error {
		u, err := findUser(s, user)
		if err == nil {
			id = u.UserID
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return c.p.flow.OneTimeCode(id)
}
