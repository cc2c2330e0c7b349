package token_test

import (
	"testing"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// partner is a third-party application with a grant for the Orders API.
func partner(s *tenant.Snapshot) {
	s.Clients[0].IsFirstParty = false
	s.ClientGrants = append(s.ClientGrants, &tenant.ClientGrant{
		ID: "cgr_partner", ClientID: webID, Audience: orders, SubjectType: tenant.SubjectUser, Scope: []string{"read:orders", "write:orders"},
	})
}

func skipsConsent(s *tenant.Snapshot)       { s.ResourceServers[0].SkipConsent = true }
func localCallback(s *tenant.Snapshot)      { s.Clients[0].Callbacks = []string{"http://localhost:3000/cb"} }
func clientSkips(s *tenant.Snapshot)        { s.Clients[0].SkipConfirmation = on() }
func clientAsks(s *tenant.Snapshot)         { s.Clients[0].SkipConfirmation = off() }
func tenantSkips(s *tenant.Snapshot)        { s.Settings.SkipConfirmation = on() }
func tenantAsks(s *tenant.Snapshot)         { s.Settings.SkipConfirmation = off() }
func prompted(l *token.Login)               { l.Prompted = true }
func shown(l *token.Login)                  { l.Shown = true }
func oidcOnly(l *token.Login)               { l.Audience, l.Scopes = "", []string{"openid", "profile"} }
func to(callback string) func(*token.Login) { return func(l *token.Login) { l.RedirectURI = callback } }
func given(scopes ...string) func(*token.Login) {
	return func(l *token.Login) { l.Given = &tenant.Consent{Scopes: scopes} }
}

// TestWhoIsAskedWhen: each row is a sentence of the documentation, or of the
// switch that departs from it.
func TestWhoIsAskedWhen(t *testing.T) {
	t.Parallel()
	type changes = []func(*tenant.Snapshot)
	type logins = []func(*token.Login)
	const local, app, native = "http://localhost:3000/cb", "https://app.test/cb", "com.acme.app://cb"
	rows := []struct {
		sentence string
		rule     tenant.ConsentRule
		tenant   changes
		login    logins
		want     token.Question
		because  string
	}{
		{"a third-party application needs consent", "", changes{partner}, nil, token.AskConsent, token.ReasonConsentThirdParty},
		{"a third-party application needs consent for OpenID Connect's scopes alone", "", changes{partner}, logins{oidcOnly}, token.AskConsent, token.ReasonConsentThirdParty},
		{"a third-party application needs consent though the API skips it", "", changes{partner, skipsConsent}, nil, token.AskConsent, token.ReasonConsentThirdParty},
		{"the scopes already given are not asked for again", "", changes{partner}, logins{given("openid", "read:orders")}, "", ""},
		{"fewer scopes than given are not asked for again", "", changes{partner}, logins{given("openid", "read:orders", "write:orders")}, "", ""},
		{"more scopes than given are asked for", "", changes{partner}, logins{given("openid")}, token.AskConsent, token.ReasonConsentThirdParty},
		{"scopes that would not be granted are not asked for", "", changes{partner}, logins{given("openid", "read:orders"), func(l *token.Login) {
			l.Scopes = []string{"openid", "read:orders", "write:orders", "no:such"}
		}}, "", ""},
		{"prompt=consent asks a first-party application's user", "", nil, logins{prompted}, token.AskConsent, token.ReasonConsentPrompted},
		{"prompt=consent asks for OpenID Connect's scopes alone", "", nil, logins{prompted, oidcOnly}, token.AskConsent, token.ReasonConsentPrompted},
		{"prompt=consent asks for what was given", "", changes{partner}, logins{prompted, given("openid", "read:orders")}, token.AskConsent, token.ReasonConsentPrompted},
		{"a first-party application is not asked about unless the switch says so", "", nil, logins{to(local)}, "", ""},
		{"skip is the switch's default", tenant.ConsentSkip, nil, logins{to(local)}, "", ""},

		{"verifiable: an API that does not skip consent asks", tenant.ConsentVerifiable, nil, logins{to(app)}, token.AskConsent, token.ReasonConsentAPI},
		{"verifiable: an API that skips consent does not ask", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to(app)}, "", ""},
		{"verifiable: OpenID Connect's scopes alone need no consent", tenant.ConsentVerifiable, nil, logins{oidcOnly, to(app)}, "", ""},
		{"verifiable: consent given once is enough", tenant.ConsentVerifiable, nil, logins{given("openid", "read:orders"), to(app)}, "", ""},
		{"verifiable: a callback on localhost needs a confirmation", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to(local)}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: a callback on a loopback address needs a confirmation", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to("http://127.0.0.9:9/")}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: so does IPv6's", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to("http://[::1]:9/")}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: a scheme of its own needs a confirmation", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to(native)}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: a name below .localhost counts as verifiable", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to("http://app.localhost:3000/cb")}, "", ""},
		{"verifiable: OpenID Connect's scopes alone are confirmed too", tenant.ConsentVerifiable, nil, logins{oidcOnly, to(local)}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: a login that showed a page needs no confirmation", tenant.ConsentVerifiable, changes{skipsConsent}, logins{shown, to(local)}, "", ""},
		{"verifiable: consent comes before confirmation", tenant.ConsentVerifiable, nil, logins{to(local)}, token.AskConsent, token.ReasonConsentAPI},
		{"verifiable: a login without a callback, a device's, needs none", tenant.ConsentVerifiable, changes{skipsConsent}, logins{to("")}, "", ""},
		{"verifiable: the client switches the confirmation off", tenant.ConsentVerifiable, changes{skipsConsent, clientSkips}, logins{to(local)}, "", ""},
		{"verifiable: the tenant switches the confirmation off", tenant.ConsentVerifiable, changes{skipsConsent, tenantSkips}, logins{to(local)}, "", ""},
		{"verifiable: the client's word wins over the tenant's", tenant.ConsentVerifiable, changes{skipsConsent, tenantSkips, clientAsks}, logins{to(local)}, token.AskConfirmation, token.ReasonConfirmation},
		{"verifiable: and the other way round", tenant.ConsentVerifiable, changes{skipsConsent, tenantAsks, clientSkips}, logins{to(local)}, "", ""},
		{"verifiable: a third-party application's user confirms as well", tenant.ConsentVerifiable, changes{partner}, logins{given("openid", "read:orders"), to(local)}, token.AskConfirmation, token.ReasonConfirmation},

		{"localhost: consent cannot be skipped on localhost", tenant.ConsentLocalhost, changes{skipsConsent}, logins{to(local)}, token.AskConsent, token.ReasonConsentLocalhost},
		{"localhost: nor if any Allowed Callback URL is there", tenant.ConsentLocalhost, changes{skipsConsent, localCallback}, logins{to(app)}, token.AskConsent, token.ReasonConsentLocalhost},
		{"localhost: elsewhere the API decides that it is skipped", tenant.ConsentLocalhost, changes{skipsConsent}, logins{to(app)}, "", ""},
		{"localhost: elsewhere the API decides that it is not", tenant.ConsentLocalhost, nil, logins{to(app)}, token.AskConsent, token.ReasonConsentAPI},
		{"localhost: OpenID Connect's scopes alone need no consent", tenant.ConsentLocalhost, nil, logins{oidcOnly, to(local)}, "", ""},
		{"localhost: consent given once is enough", tenant.ConsentLocalhost, changes{skipsConsent}, logins{given("openid", "read:orders"), to(local)}, "", ""},
		{"localhost: there was no confirmation yet", tenant.ConsentLocalhost, changes{skipsConsent}, logins{to(native)}, "", ""},
	}
	for _, row := range rows {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			s := acme()
			for _, f := range row.tenant {
				f(s)
			}
			dir := directory(t, s)
			l := token.Login{Request: request(dir, ada, "openid read:orders"), Rule: row.rule, RedirectURI: "https://app.test/cb"}
			for _, f := range row.login {
				f(&l)
			}
			l.Decision = decide(t, dir, l.Request)
			got, reason := l.Asks(dir)
			if got != row.want || reason.Code != row.because {
				t.Errorf("asks %q because of %q, want %q because of %q", got, reason.Code, row.want, row.because)
			}
			if got != "" && reason.Sentence == "" {
				t.Error("no sentence says why")
			}
		})
	}
}

// Consent that was given limits what is granted.
func TestOnlyWhatWasConsentedToIsGranted(t *testing.T) {
	t.Parallel()
	s := acme()
	partner(s)
	dir := directory(t, s)
	req := request(dir, bea, "openid profile read:orders write:orders no:such")
	req.Consented = []string{"openid", "read:orders"}
	d := decide(t, dir, req)
	if d.Scope() != "openid read:orders" {
		t.Errorf("granted %q", d.Scope())
	}
	codes := map[string]string{}
	for _, r := range d.Reasons {
		codes[r.About] = r.Code
	}
	for scope, want := range map[string]string{
		"scope profile": token.ReasonScopeNotConsented, "scope write:orders": token.ReasonScopeNotConsented,
		"scope no:such": token.ReasonScopeUndefined,
	} {
		if codes[scope] != want {
			t.Errorf("%s is withheld because of %q, want %q", scope, codes[scope], want)
		}
	}
	req.Consented = nil
	if d := decide(t, dir, req); d.Scope() != "openid profile read:orders write:orders" {
		t.Errorf("without a limit %q is granted", d.Scope())
	}
}
