package flow

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// checkBreachedLogin looks up a password that is right.
//
// It returns PasswordLeaked.
//
// Source: Auth0 docs, "Breached password detection"; support article on its
// configurations (mails and log events once an hour).
func (f *Flow) checkBreachedLogin(a attempt, plain string) error {
	var d tenant.BreachedPasswordDetection
	told := true
	_ = f.Store.View(func(s *store.State) error { d = s.AttackProtection().Breached; return nil })
	if !d.Enabled || !f.breached(plain) {
		return nil
	}
	_ = f.Store.Update(func(s *store.State) error {
		told = notified(s, string(tenant.LogBreachedLogin)+"\x00"+a.user.UserID+"\x00"+tenant.CallerNetwork(a.about.IP), f.Clock.Now())
		return nil
	})
	if !told {
		e := a.about
		e.UserID = a.user.UserID
		f.logBreached(tenant.LogBreachedLogin, tenant.StagePreLogin, e, "login", &d)
		f.sendBreached(a, &d)
	}
	if !d.Does(tenant.StagePreLogin, tenant.ShieldBlock) {
		return nil
	}
	leaked := tenant.PasswordLeaked(d.Does(tenant.StagePreLogin, tenant.ShieldUserNotification)).
		WithHint("attackProtection.breachedPasswordDetection blocks the login: the password begins with AUTH0-TEST-, is one of Auth0's test passwords, "+
			"or was named by POST /_faux0/breached-passwords; user %s has to choose another one", a.user.Label())
	f.rememberRefusal(a, leaked)
	return leaked
}

// sendBreached tells the user and leads to the page that takes a new password.
// That of a linked account cannot be chosen there: a ticket is for a user.
func (f *Flow) sendBreached(a attempt, d *tenant.BreachedPasswordDetection) {
	if a.user.Email == "" || !d.Does(tenant.StagePreLogin, tenant.ShieldUserNotification) || f.primaryOf(a.user).UserID != a.user.UserID {
		return
	}
	f.SendMail(a.occasion, f.withTicket(a.occasion, f.mailTo(a, store.MessageStolen), store.MessageResetEmail, "/u/reset-verify"))
}

// checkBreachedChoice looks up a password that somebody chooses at a stage.
//
// It returns NewPasswordLeaked.
//
// Source: Auth0 docs, "Breached password detection" (configure response
// scenarios).
func (f *Flow) checkBreachedChoice(stage string, about tenant.LogEvent, plain string) error {
	var d tenant.BreachedPasswordDetection
	_ = f.Store.View(func(s *store.State) error { d = s.AttackProtection().Breached; return nil })
	if !d.Enabled || !f.breached(plain) {
		return nil
	}
	typ, what := tenant.LogBreachedSignup, "signup"
	if stage == tenant.StagePreChangePassword {
		typ, what = tenant.LogBreachedReset, "reset"
	}
	f.logBreached(typ, stage, about, what, &d)
	if !d.Does(stage, tenant.ShieldBlock) {
		return nil
	}
	return tenant.NewPasswordLeaked(stage).WithHint("attackProtection.breachedPasswordDetection blocks it at the stage %s: choose a password that "+
		"does not begin with AUTH0-TEST-, is none of Auth0's test passwords, and was not named by POST /_faux0/breached-passwords", stage)
}

// logBreached tells the log, and the administrators where they want to hear of
// each case.
//
// Source: the description of tenant logs, pwd_leak, signup_pwd_leak,
// reset_pwd_leak (whose sentences these are).
func (f *Flow) logBreached(typ tenant.LogType, stage string, e tenant.LogEvent, what string, d *tenant.BreachedPasswordDetection) {
	e.Type, e.Description = typ, "Someone behind the IP address "+e.IP+" attempted to "+what+" with a leaked password"
	f.Log(e)
	if d.TellsAdminsAtOnce(stage) {
		f.alertAdmins(e, e.Description+".")
	}
}

// breached says whether a password is known from a breach: no real one is
// looked up, and nobody is asked.
func (f *Flow) breached(plain string) (known bool) {
	if tenant.BreachedForTests(plain) {
		return true
	}
	_ = f.Store.View(func(s *store.State) error { known = s.Breached(plain); return nil })
	return known
}

// AddBreached makes a password count as breached, until the tenant is reset.
func (f *Flow) AddBreached(plain string) {
	_ = f.Store.Update(func(s *store.State) error { s.AddBreached(plain); return nil })
}
