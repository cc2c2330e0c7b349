package testkit

import "github.com/faux0/faux0/provider"

// EnrollOTP gives a user an authenticator app as second factor and returns its
// secret in base32. OTP reads the app's codes.
func (a *Tenant) EnrollOTP(u User) (secret string) {
	a.t.Helper()
	return a.enroll(provider.Enrolment{User: u.ID, Method: provider.MethodTOTP})
}

// EnrollPhone gives a user text messages as second factor; WaitMail reads the
// codes.
func (a *Tenant) EnrollPhone(u User, number string) {
	a.t.Helper()
	a.enroll(provider.Enrolment{User: u.ID, Method: provider.MethodSMS, To: number})
}

// EnrollEmail gives a user codes by mail as second factor; WaitMail reads them.
func (a *Tenant) EnrollEmail(u User, address string) {
	a.t.Helper()
	a.enroll(provider.Enrolment{User: u.ID, Method: provider.MethodEmail, To: address})
}

// EnrollPush gives a user push notifications as second factor; Approve and Deny
// answer them.
func (a *Tenant) EnrollPush(u User) {
	a.t.Helper()
	a.enroll(provider.Enrolment{User: u.ID, Method: provider.MethodPush})
}

// EnrollRecoveryCode gives a user a recovery code, which stands in for another
// factor once, and returns it.
func (a *Tenant) EnrollRecoveryCode(u User) (code string) {
	a.t.Helper()
	return a.enroll(provider.Enrolment{User: u.ID, Method: provider.MethodRecoveryCode})
}

// RecoveryCode is the user's present recovery code.
func (a *Tenant) RecoveryCode(u User) string {
	a.t.Helper()
	code, err := a.recoveryCode(u.ID)
	if err != nil {
		a.t.Fatalf("testkit: recovery code of %s: %v", u.label(), err)
	}
	return code
}

// OTP is the code that the user's authenticator app shows now, or shows next
// where that one was used.
func (a *Tenant) OTP(u User) string {
	a.t.Helper()
	code, err := a.provider.Control().OneTimeCode(u.ID)
	if err != nil {
		a.t.Fatalf("testkit: one-time code of %s: %s", u.label(), why(err))
	}
	return code
}

func (a *Tenant) enroll(e provider.Enrolment) string {
	a.t.Helper()
	secret, err := a.provider.Control().Enroll(e)
	if err != nil {
		a.t.Fatalf("testkit: enroll %s: %s", e.User, why(err))
	}
	return secret
}
