package ui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/ui"
)

// gallery is where TestGallery writes every sample, to be looked at:
//
//	go test ./provider/internal/ui -run TestGallery -gallery /tmp/pages
var gallery = flag.String("gallery", "", "write every page as HTML, with the stylesheet, into this `folder`")

// sample is a page as somebody might see it.
type sample struct {
	name string
	page ui.Page
}

// logo is answered by whoever photographs the gallery.
const logo = "https://cdn.orchard.test/logo.svg"

func acme() ui.Look { return ui.Look{TenantName: "Acme", ToConsole: true} }

func form(action string) ui.Form {
	return ui.Form{Look: acme(), State: "the-state", Action: action, ClientName: "Acme Web"}
}

// wronged is a form with an error in it.
func wronged(action string, e *ui.FieldError) ui.Form {
	return with(form(action), func(p *ui.Form) { p.Error = e })
}

func people(n int) []ui.QuickUser {
	first := []ui.QuickUser{
		{UserID: "auth0|ada", Label: "ada@acme.test", Detail: "clerk"},
		{UserID: "auth0|grace", Label: "grace@acme.test", Detail: "manager"},
		{UserID: "auth0|nora", Label: "nora@acme.test", Detail: "no roles"},
		{UserID: "auth0|bob", Label: "bob@acme.test", Detail: "blocked"},
		{UserID: "auth0|long", Label: "maximiliana.featherstonehaugh-cholmondeley@a-very-long-subdomain.acme.test", Detail: "clerk, manager, regional-purchasing-coordinator, auditor, on-call"},
	}
	for i := len(first); i < n; i++ {
		first = append(first, ui.QuickUser{UserID: fmt.Sprintf("auth0|u%d", i), Label: fmt.Sprintf("person%02d@acme.test", i), Detail: "clerk"})
	}
	return first[:min(n, len(first))]
}

func login() ui.Login {
	return ui.Login{
		Form: form("/u/login?state=the-state"), IdentifierLabel: "Email address", AskIdentifier: true, AskPassword: true, DatabaseForm: true, Users: people(4),
	}
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// square stands for a QR code.
const square = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path fill="#fff" d="M0 0h10v10H0z"/><path d="M2 2h3v3h-3z"/></svg>`

func factorPage(screen string) ui.ScreenPage {
	_, path, _ := strings.Cut(screen, ".")
	return ui.ScreenPage{Form: form("/u/" + path + "?state=the-state"), Screen: screen}
}

func passkey(screen string) ui.Key {
	return ui.Key{
		ScreenPage: factorPage("passkeys." + screen), Call: "create", Options: `{"challenge":"AAAA"}`, Field: "passkey", Inline: "passkey-enrollment-failure",
		ScriptNonce: "nonce", Button: "createButtonText", ButtonAction: "default", Benefits: []string{"passkeyBenefit1", "passkeyBenefit2", "passkeyBenefit3"},
		Ways: []ui.KeyWay{{Action: "abort-passkey-enrollment", Text: "continueButtonText"}},
	}
}

func key(screen string) ui.Key {
	return ui.Key{
		ScreenPage: factorPage("mfa-webauthn." + screen), Call: "get", Options: `{"challenge":"AAAA","rpId":"localhost"}`, Field: "response",
		ScriptNonce: "nonce", Button: "continueButtonText", ButtonAction: "default", Others: true,
	}
}

func factor(screen string) ui.Factor { return ui.Factor{ScreenPage: factorPage(screen)} }

func branded(primary, background string) ui.Login {
	return with(login(), func(p *ui.Login) {
		p.Look = ui.Look{TenantName: "Orchard", LogoURL: logo, PrimaryColor: primary, PageBackground: background}
		p.ClientName, p.Username = "Orchard Shop", "ada@acme.test"
		p.Error = &ui.FieldError{Field: "password", Code: "wrong-credentials", Text: "Wrong email or password"}
		p.ResetURL, p.SignupURL = "/u/reset-password/request", "/u/signup"
	})
}

// samples are all pages, in the states that matter.
func samples() []sample {
	long := strings.Repeat("Unabhängigkeitsbestrebungsverein ", 3)
	wrong := &ui.FieldError{Field: "password", Code: "wrong-credentials", Text: "Wrong email or password"}
	return []sample{
		{"login", login()},
		{"factor-otp", with(factor("mfa-otp.mfa-otp-challenge"), func(p *ui.Factor) {
			p.Remember, p.Others, p.Error = true, true, &ui.FieldError{Field: "code", Code: "invalid-code", Text: "The code you entered is invalid"}
		})},
		{"factor-sms", with(factor("mfa-sms.mfa-sms-challenge"), func(p *ui.Factor) {
			p.To, p.EditURL, p.Remember, p.Others, p.Resent = "XXXXXXXXXX5678", "/u/mfa-sms-enrollment?state=the-state", true, true, true
			p.Resend, p.SwitchTo, p.SwitchText = "resend-code", "switch-to-voice", "resendVoiceActionText"
			p.PickOther = "pick-sms"
		})},
		{"factor-enrol", with(factor("mfa-otp.mfa-otp-enrollment-qr"), func(p *ui.Factor) {
			p.QR, p.SecretURL, p.Others = square, "/u/mfa-otp-enrollment-code?state=the-state", true
		})},
		{"factor-enrol-secret", with(factor("mfa-otp.mfa-otp-enrollment-code"), func(p *ui.Factor) {
			p.Secret, p.QRURL, p.Others = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "/u/mfa-otp-enrollment-qr?state=the-state", true
		})},
		{"factor-push", with(factor("mfa-push.mfa-push-challenge-push"), func(p *ui.Factor) {
			p.Push, p.Resend, p.Remember, p.Error = true, "resend", true, &ui.FieldError{Code: "pending", Text: "Your device has not answered yet"}
		})},
		{"factor-enrol-push", with(factor("mfa-push.mfa-push-enrollment-qr"), func(p *ui.Factor) { p.Push, p.QR, p.Others = true, square, true })},
		{"factor-enrol-options", ui.FactorOptions{ScreenPage: factorPage("mfa.mfa-begin-enroll-options"), Options: []ui.FactorOption{
			{Name: "push-notification", Text: "Notification on your device"}, {Name: "otp", Text: "Authenticator app"}, {Name: "phone", Text: "Phone"},
		}}},
		{"factor-login-options", ui.FactorOptions{ScreenPage: factorPage("mfa.mfa-login-options"), BackURL: "/u/mfa-otp-challenge?state=the-state", Options: []ui.FactorOption{
			{Name: "otp", Text: "Authenticator app"}, {Name: "sms", Text: "Text message", Detail: "XXXXXXXXXX5678"}, {Name: "recovery-code", Text: "Recovery code"},
		}}},
		{"factor-phone", with(ui.FactorPhone{ScreenPage: factorPage("mfa-phone.mfa-phone-enrollment")}, func(p *ui.FactorPhone) {
			p.Country, p.Phone, p.Types, p.Others = "Germany, +49", "abc", true, true
			p.Error = &ui.FieldError{Field: "phone", Code: "invalid-phone-format", Text: "A phone number has only digits"}
		})},
		{"factor-phone-choice", ui.FactorPhone{ScreenPage: factorPage("mfa-phone.mfa-phone-challenge"), To: "XXXXXXXXXX5678", Types: true, Others: true}},
		{"factor-countries-none", ui.FactorCountries{ScreenPage: factorPage("mfa-sms.mfa-country-codes"), Path: "/u/mfa-country-codes", Query: "Atlantis"}},
		{"factor-countries", ui.FactorCountries{ScreenPage: factorPage("mfa-sms.mfa-country-codes"), Path: "/u/mfa-country-codes", Countries: []ui.Country{{"DE", "+49", "Germany"}, {"VC", "+1784", "Saint Vincent and the Grenadines"}, {"US", "+1", "United States"}}}},
		{"recovery-code-first", ui.RecoveryCode{ScreenPage: factorPage("mfa-recovery-code.mfa-recovery-code-enrollment"), Code: "ABCDEFGH23456789ABCDEFGH"}},
		{"key-enrol", with(key("mfa-webauthn-roaming-enrollment"), func(p *ui.Key) {
			p.Call, p.Steps = "create", []string{"instructions1", "instructions2", "instructions3"}
		})},
		{"key-challenge", with(key("mfa-webauthn-roaming-challenge"), func(p *ui.Key) {
			p.Remember = true
			p.Error = &ui.FieldError{Code: "webauthn-challenge-error", Text: "Your security key could not be verified. Please try again."}
		})},
		{"key-device-offer", with(key("mfa-webauthn-platform-enrollment"), func(p *ui.Key) {
			p.Call, p.Others = "create", false
			p.Ways = []ui.KeyWay{{Action: "snooze-enrollment", Text: "snoozeEnrollmentButtonText"}, {Action: "refuse-add-device", Text: "refuseAddingDeviceText"}}
		})},
		{"passkey-offer", passkey("passkey-enrollment")},
		{"passkey-offer-failed", with(passkey("passkey-enrollment"), func(p *ui.Key) {
			p.Error = &ui.FieldError{Code: "passkey-enrollment-failure", Text: "No passkey was created. Please try again, or go on without."}
		})},
		{"passkey-offer-local", with(passkey("passkey-enrollment-local"), func(p *ui.Key) { p.Benefits, p.DontShowAgain = p.Benefits[:2], true })},
		{"identifier-passkey", with(login(), func(p *ui.Login) {
			p.AskPassword, p.ScriptNonce = false, "nonce"
			p.Passkey = &ui.PasskeyLogin{Options: `{"challenge":"AAAA","rpId":"localhost"}`, Autofill: true, Button: true}
			p.Connections = []ui.ConnectionButton{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}}
		})},
		{"key-device-challenge", with(key("mfa-webauthn-platform-challenge"), func(p *ui.Key) { p.Remember = true })},
		{"key-name", ui.KeyName{ScreenPage: factorPage("mfa-webauthn.mfa-webauthn-change-key-nickname"), Name: "ada's key"}},
		{"key-name-wrong", with(ui.KeyName{ScreenPage: factorPage("mfa-webauthn.mfa-webauthn-change-key-nickname")}, func(p *ui.KeyName) {
			p.Error = &ui.FieldError{Field: "nickname", Code: "no-nickname", Text: "Please enter a name"}
		})},
		{"key-added", with(key("mfa-webauthn-enrollment-success"), func(p *ui.Key) { p.Call, p.Button, p.Others = "", "buttonText", false })},
		{"key-failed", with(key("mfa-webauthn-error"), func(p *ui.Key) { p.Call, p.TitleKey, p.Button = "", "errorTitle", "tryAgainLinkText" })},
		{"key-unsupported", with(key("mfa-webauthn-not-available-error"), func(p *ui.Key) {
			p.Call, p.TitleKey, p.DescriptionKey, p.Button, p.Others = "", "errorTitle", "errorDescription", "", false
		})},
		{"browser-capabilities", ui.BrowserCapabilities{ScreenPage: factorPage("mfa.mfa-detect-browser-capabilities"), ScriptNonce: "nonce"}},
		{"login-wrong-password", with(login(), func(p *ui.Login) { p.Username, p.Error = "ada@acme.test", wrong })},
		{"login-no-username", with(login(), func(p *ui.Login) {
			p.Error = &ui.FieldError{Field: "username", Code: "no-username", Text: "Please enter your email"}
		})},
		{"login-alert", with(login(), func(p *ui.Login) {
			p.Error = &ui.FieldError{Code: "user-unknown", Text: "That user may not sign in to this application"}
		})},
		{"login-everything", with(login(), func(p *ui.Login) {
			p.ResetURL, p.SignupURL = "/u/reset-password/request", "/u/signup"
			p.Connections = []ui.ConnectionButton{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}, {Name: "corp", Label: "Acme Corporate Directory", Strategy: "samlp"}}
		})},
		{"login-buttons-only", with(login(), func(p *ui.Login) {
			p.DatabaseForm, p.Users = false, nil
			p.Connections = []ui.ConnectionButton{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}}
		})},
		{"login-many-users", with(login(), func(p *ui.Login) { p.Users = people(30) })},
		{"login-long-names", with(login(), func(p *ui.Login) {
			p.TenantName, p.ClientName = long, "Wolfeschlegelsteinhausenbergerdorff_Internal_Purchasing_Production"
			p.Username, p.Error = strings.Repeat("very.long.", 12)+"@acme.test", wrong
			p.IdentifierLabel = "Username or email address"
		})},
		{"login-no-users", with(login(), func(p *ui.Login) { p.Users = nil })},
		{"login-japanese", with(login(), func(p *ui.Login) { p.TenantName, p.ClientName, p.Lang = "果樹園", "店", "ja" })},
		{"identifier", with(login(), func(p *ui.Login) { p.AskPassword = false })},
		{"identifier-empty", with(login(), func(p *ui.Login) {
			p.AskPassword, p.Error = false, &ui.FieldError{Field: "username", Code: "no-username", Text: "Please enter your email"}
		})},
		{"password", with(login(), func(p *ui.Login) {
			p.AskIdentifier, p.Username, p.EditURL = false, "ada@acme.test", "/u/login/identifier?state=the-state"
		})},
		{"password-wrong", with(login(), func(p *ui.Login) {
			p.AskIdentifier, p.Username, p.EditURL, p.Error = false, strings.Repeat("very.long.", 12)+"@acme.test", "/u/login/identifier?state=the-state", wrong
		})},
		{"brand-warm", branded("#b3542a", "#fdf3e3")},
		{"brand-dark", branded("#0b0b0f", "#101418")},
		{"brand-light", branded("#fff7a8", "#fffde8")},
		{"brand-white", branded("#fff", "#ffffff")},
		{"brand-grey", branded("#767676", "#757575")},
		{"brand-primary-only", branded("#e91e63", "")},
		{"error", ui.Error{
			Look: acme(), Status: 403, Code: "unauthorized_client", Description: "Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs.",
			Hint:      `Add http://localhost:9999/callback to the callbacks of the client "Acme Web".`,
			Details:   []ui.Detail{{Label: "client_id", Value: "acmeSpa000000000000000000000000a"}, {Label: "redirect_uri", Value: "http://localhost:9999/callback?" + strings.Repeat("padding", 20)}, {Label: "audience", Value: "https://orders.acme.test"}},
			RequestID: "req_0123456789abcdef",
			Setting:   `callbacks of client "Acme Web"`,
			Configured: []ui.ConfiguredValue{
				{Value: "http://localhost:3000/callback", Nearest: true}, {Value: "http://localhost:3000"}, {Value: "https://" + strings.Repeat("very-long-host.", 12) + "example/callback"},
			},
			LogURL: "/_faux0/logs",
		}},
		{"error-nothing-configured", ui.Error{
			Look: acme(), Status: 403, Code: "unauthorized_client", Description: "Callback URL mismatch. http://localhost:9999/callback is not in the list of allowed callback URLs",
			Hint: `Client "Acme Web" has no Allowed Callback URLs. Add "http://localhost:9999/callback" to its callbacks.`, Setting: `callbacks of client "Acme Web"`,
		}},
		{"error-bare", ui.Error{Look: acme(), Status: 400, Code: "invalid_request", Description: "The transaction is dead."}},
		{"form-post", ui.FormPost{Action: "http://localhost:3000/callback", ScriptNonce: "nonce", Fields: []ui.Field{{Name: "code", Value: "c"}, {Name: "state", Value: "s"}}}},
		{"web-message", ui.WebMessage{TargetOrigin: "http://localhost:3000", ScriptNonce: "nonce", Response: map[string]any{"code": "c", "state": "s"}}},
		{"popup", ui.Popup{Origins: []string{"http://localhost:3000"}, ScriptNonce: "nonce", Response: map[string]any{"id_token": "t", "state": "s"}}},
		{"logout-confirm", ui.LogoutConfirm{Form: form("/u/logout")}},
		{"logged-out", ui.LoggedOut{Look: acme()}},
		{"consent", consent()},
		{"consent-nothing-named", with(consent(), func(p *ui.Consent) { p.Lines, p.Scopes, p.APIName, p.Audience = nil, nil, "", "" })},
		{"consent-branded", with(consent(), func(p *ui.Consent) {
			p.Look, p.ClientLogo = branded("#b3542a", "#fdf3e3").Look, logo
		})},
		{"consent-long", with(consent(), func(p *ui.Consent) {
			p.ClientName = "Wolfeschlegelsteinhausenbergerdorff_Internal_Purchasing_Production"
			p.UserLabel = strings.Repeat("very.long.", 12) + "@acme.test"
			for i := range 40 {
				p.Lines = append(p.Lines, ui.ConsentLine{Title: fmt.Sprintf("Ledger %d", i), Text: fmt.Sprintf("read, write, delete and %sexport your ledger %d", strings.Repeat("re", i), i)})
			}
		})},
		{"confirmation", ui.Confirmation{Asking: consent().Asking, Callback: "http://localhost:3000"}},
		{"confirmation-long", ui.Confirmation{
			Asking: with(consent().Asking, func(p *ui.Asking) {
				p.ClientName, p.UserLabel = long, strings.Repeat("very.long.", 12)+"@acme.test"
			}), Callback: "com.acme.warehouse.purchasing.internal.production://tenant.acme.test",
		}},
		{"upstream", upstream()},
		{"upstream-nobody-yet", with(upstream(), func(p *ui.Upstream) { p.Users = nil })},
		{"upstream-wrong-email", with(upstream(), func(p *ui.Upstream) {
			p.Email, p.Name, p.Error = "zoe", "Zoe", &ui.FieldError{Field: "email", Code: "invalid-email", Text: "Email is not valid"}
		})},
		{"upstream-alert", with(upstream(), func(p *ui.Upstream) {
			p.Provider, p.Users = "Acme Corporate Directory of Northern Europe", people(30)
			p.Error = &ui.FieldError{Code: "user-unknown", Text: "That user may not sign in to this application"}
		})},
		{"upstream-more", with(upstream(), func(p *ui.Upstream) {
			p.Email, p.Claims, p.Asked = "zoe@mail.example", "{", []ui.Field{{Name: "scope", Value: "openid profile email"}, {Name: "login_hint", Value: "zoe@mail.example"}}
			p.Error = &ui.FieldError{Field: "claims", Code: "invalid-claims", Text: "Please enter a JSON object"}
		})},
		{"upstream-failing", with(upstream(), func(p *ui.Upstream) {
			p.Users, p.ErrorCode, p.ErrorDescription = nil, "no word", "The directory is closed"
			p.Error = &ui.FieldError{Field: "error", Code: "invalid-error", Text: "An error is a word, such as server_error"}
		})},
		{"classic", classic()},
		{"classic-wrong-password", with(classic(), func(p *ui.Classic) { p.Username, p.Error = "ada@acme.test", wrong })},
		{"classic-no-username", with(classic(), func(p *ui.Classic) {
			p.Error = &ui.FieldError{Field: "username", Code: "no-username", Text: "Please enter your email"}
		})},
		{"classic-everything", with(classic(), func(p *ui.Classic) {
			p.ResetURL, p.SignupURL = "/u/reset-password/request", "/u/signup"
			p.Connections = []ui.ConnectionButton{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}, {Name: "corp", Label: "Acme Corporate Directory", Strategy: "samlp"}}
			p.Error = &ui.FieldError{Code: "user-unknown", Text: "That user may not sign in to this application"}
		})},
		{"organization-name", ui.OrganizationName{Form: form("/u/organization"), Label: "Organization name"}},
		{"organization-name-wrong", ui.OrganizationName{Form: wronged("/u/organization", &ui.FieldError{Field: "organizationName", Code: "invalid-organization", Text: "The organization you entered is invalid"}), Label: "Organization name", Name: "acmee"}},
		{"organization-email-or-personal", ui.OrganizationName{
			Form:  wronged("/u/organization", &ui.FieldError{Field: "organizationName", Code: "unknown-email-domain", Text: "No organization goes by this email address"}),
			Label: "Organization name or email address", Name: "zoe@nowhere.test", Email: true, Personal: true,
		}},
		{"organization-picker-or-personal", ui.OrganizationPicker{Form: form("/u/organization/picker"), Personal: true, Organizations: []ui.Organization{{ID: "org_1", Label: "Acme Europe", Detail: "acme-eu"}}}},
		{"organization-picker", ui.OrganizationPicker{Form: form("/u/organization/picker"), Organizations: []ui.Organization{{ID: "org_1", Label: "Acme Europe", Detail: "acme-eu"}, {ID: "org_2", Label: "Acme America", Detail: "acme-us"}}}},
		{"recovery-code", ui.RecoveryCode{ScreenPage: factorPage("mfa-recovery-code.mfa-recovery-code-challenge-new-code"), Code: "ABCDEFGH23456789ABCDEFGH"}},
		{"signup", signup()},
		{"signup-weak-password", with(signup(), func(p *ui.Signup) {
			p.RulesJudged, p.Rules[0].Kept, p.Rules[1].Parts[0].Kept = true, true, true
			p.Fields[0].Value, p.Error = "zoe@acme.test", &ui.FieldError{Field: "password", Code: "password-too-weak", Text: "Password is too weak"}
		})},
		{"signup-everything", with(signup(), func(p *ui.Signup) {
			p.Fields = append(p.Fields, ui.SignupField{Name: "phone", Label: "Phone number"}, ui.SignupField{Name: "username", Label: "Username", Value: "zoe", Required: true})
			p.Error = &ui.FieldError{Field: "username", Code: "username-taken", Text: "Somebody has this username already"}
		})},
		{"signup-identifier", with(signup(), func(p *ui.Signup) { p.AskPassword, p.Rules = false, nil })},
		{"signup-password", with(signup(), func(p *ui.Signup) {
			p.Fields, p.Known, p.EditURL = nil, strings.Repeat("very.long.", 12)+"@acme.test", "/u/signup/identifier?state=the-state"
			p.Error = &ui.FieldError{Code: "auth0-users-validation", Text: "Something went wrong, please try again later"}
		})},
		{"signup-invited", with(signup(), func(p *ui.Signup) {
			p.Look, p.Inviter = ui.Look{TenantName: "Acme Europe"}, "Grace Hopper"
			p.Fields[0].Value, p.Fields[0].Fixed = "zoe@acme.test", true
			p.Connections = []ui.ConnectionButton{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}}
		})},
		{"login-invited", with(login(), func(p *ui.Login) {
			p.Look, p.Inviter, p.Users = ui.Look{TenantName: "Acme Europe"}, "Grace Hopper", nil
			p.Username, p.Fixed, p.SignupURL = "zoe@acme.test", true, "/u/signup?state=the-state"
		})},
		{"accept-invitation", ui.AcceptInvitation{Form: ui.Form{Look: ui.Look{TenantName: "Acme Europe"}, State: "the-state", Action: "/u/invitation?state=the-state", ClientName: "Acme Web"}, Inviter: "Grace Hopper", Email: "zoe@acme.test"}},
		{"accept-invitation-long", ui.AcceptInvitation{Form: ui.Form{Look: acme(), State: "the-state", Action: "/u/invitation?state=the-state", ClientName: long}, Inviter: long, Email: strings.Repeat("very.long.", 12) + "@acme.test"}},
		{"outbox", outbox()},
		{"outbox-of-one", with(outbox(), func(p *ui.Outbox) { p.To, p.Messages, p.Total = "zoe@acme.test", p.Messages[:1], 240 })},
		{"outbox-empty", ui.Outbox{Look: acme(), Base: "http://localhost:4400"}},
		{"outbox-nobody", ui.Outbox{Look: acme(), Base: "http://localhost:4400", To: strings.Repeat("very.long.", 12) + "@acme.test"}},
		{"code-email", ui.Code{ScreenPage: ui.ScreenPage{Form: form("/u/email-identifier/challenge"), Screen: "email-identifier-challenge.email-identifier-challenge"}, To: "zoe@acme.test"}},
		{"code-phone-wrong", ui.Code{ScreenPage: ui.ScreenPage{Form: wronged("/u/phone-identifier/challenge", &ui.FieldError{Field: "code", Code: "invalid-code", Text: "The code you entered is invalid"}), Screen: "phone-identifier-challenge.phone-identifier-challenge"}, To: "+12025550123"}},
		{"login-code-email", ui.Code{ScreenPage: ui.ScreenPage{Form: form("/u/login/passwordless-email-challenge"), Screen: "login-passwordless.login-passwordless-email-code"}, To: "zoe@acme.test", EditURL: "/u/login/identifier"}},
		{"login-code-sms-wrong", ui.Code{ScreenPage: ui.ScreenPage{Form: wronged("/u/login/passwordless-sms-challenge", &ui.FieldError{Field: "code", Code: "invalid-verification-code", Text: "The code is invalid"}), Screen: "login-passwordless.login-passwordless-sms-otp"}, To: "+12025550123", EditURL: "/u/login/identifier"}},
		{"login-code-long", ui.Code{ScreenPage: ui.ScreenPage{Form: form("/u/login/passwordless-email-challenge"), Screen: "login-passwordless.login-passwordless-email-code"}, To: strings.Repeat("very.long.", 12) + "@acme.test", EditURL: "/u/login/identifier"}},
		{"create-account", ui.CreateAccount{Form: form("/u/confirmation"), Identifier: "zoe@acme.test"}},
		{"reset-request", ui.ResetRequest{Form: form("/u/reset-password/request/db"), BackURL: "/u/login"}},
		{"reset-request-wrong", ui.ResetRequest{Form: wronged("/u/reset-password/request/db", &ui.FieldError{Field: "email", Code: "invalid-email-format", Text: "Email is not valid"}), BackURL: "/u/login", Email: "zoe"}},
		{"reset-sent", ui.ResetSent{Form: form("/u/reset-password/request/db"), BackURL: "/u/login", Email: "zoe@acme.test"}},
		{"reset-password", ui.ResetPassword{Form: form("/u/reset-password"), Ticket: "the-ticket", Account: "zoe@acme.test", Rules: signup().Rules}},
		{"reset-password-mismatch", ui.ResetPassword{Form: wronged("/u/reset-password", &ui.FieldError{Field: "re-enter-password", Code: "password-mismatch", Text: "Passwords don't match"}), Ticket: "the-ticket", Account: "zoe@acme.test"}},
		{"outcome", ui.Outcome{Look: acme(), PageTitle: "Password changed | Acme", Title: "Password changed", Text: "Your password has been changed. You can log in with it now.", BackURL: "https://app.acme.test/login", BackText: "Back to Acme Web"}},
		{"outcome-failure", ui.Outcome{Look: acme(), PageTitle: "Link not valid | Acme", Title: "Link expired", Text: "This link is too old.", Failure: true}},
		{"unblock", ui.Unblock{Look: acme(), Action: "/u/brute-force-protection-unblock", Ticket: "the-ticket", ScriptNonce: "nonce"}},
		{"login-blocked", with(login(), func(p *ui.Login) {
			p.Error = &ui.FieldError{Code: "user-blocked", Text: "This account is blocked after too many failed logins in a row."}
		})},
		{"message", ui.Message{Look: acme(), Title: "Check your email", Text: "We sent a link to ada@acme.test. It works for five days, once."}},
		{"device-activation", ui.DeviceActivation{Form: form("/activate")}},
		{"device-activation-wrong", ui.DeviceActivation{Code: "BCDF-GHJK", Form: wronged("/activate", &ui.FieldError{
			Field: "code", Code: "invalid_request", Text: "That code is wrong or has expired. Check the code on your device.",
		})}},
		{"device-confirmation", ui.DeviceConfirmation{Form: ui.Form{Look: acme(), State: "the-state", Action: "/u/device-code-confirmation", ClientName: "Acme TV"}, Code: "BCDF-GHJK"}},
		{"approval", ui.Approval{Look: acme(), Action: "/u/approval", Ticket: "the-ticket", ClientName: "Acme Portal", UserLabel: "ada@acme.test", Message: "Order 4711, 50 EUR"}},
		{"approval-everything", ui.Approval{
			Look: acme(), Action: "/u/approval", Ticket: "the-ticket", ClientName: "Acme Portal", UserLabel: "ada@acme.test",
			Message: "Order 4711, 50 EUR", API: "Orders API", Scopes: []string{"Read orders", "Change orders"},
			Details: []string{"{\n  \"type\": \"payment\",\n  \"amount\": \"50 EUR\",\n  \"creditor\": \"" + strings.Repeat("Very Long Name ", 6) + "\"\n}"},
		}},
		{"console", console()},
		{"application", application()},
		{"application-opaque", with(application(), func(p *ui.Application) { p.Identity, p.Access, p.User = "", "", "" })},
		{"application-refused", ui.Application{Look: acme(), ClientName: "Acme Portal", Error: "access_denied", Description: "User did not authorize the request"}},
		{"application-approval", ui.Application{Look: acme(), ClientName: "Acme Portal", ClientID: "portal", ApprovalID: "request", Asked: "ada@acme.test"}},
		{"application-assertion", ui.Application{Look: acme(), ClientName: "Acme Intranet", User: "ada@acme.test", Assertion: "<samlp:Response>\n<saml:NameID>ada@acme.test</saml:NameID>\n</samlp:Response>"}},
		{"application-device", ui.Application{
			Look: acme(), ClientName: "Acme TV", ClientID: "acmeTv", DeviceCode: "d", UserCode: "BCDF-GHJK", ActivateURL: "http://localhost:4400/activate?user_code=BCDF-GHJK",
			Error: "authorization_pending", Description: "User has yet to authorize device code.",
		}},
		{"console-empty", ui.Console{Look: acme(), Version: "dev", Issuer: "http://localhost:4400/"}},
		{"explanation", explanation()},
		{"explanation-short", ui.Explanation{Look: acme(), Cause: "This is no token.", Fix: "Paste the access_token the app received."}},
	}
}

func consent() ui.Consent {
	return ui.Consent{
		Asking: ui.Asking{
			Form: with(form("/u/consent?state=the-state"), func(p *ui.Form) { p.ClientName = "Partner Reports" }), UserLabel: "ada@acme.test",
		},
		APIName: "Orders API", Audience: "https://orders.acme.test", Scopes: []string{"openid", "profile", "email", "read:orders", "write:orders", "offline_access"},
		Lines: []ui.ConsentLine{
			{Title: "Profile", Text: "access to your profile"}, {Title: "Email", Text: "access to your email address"},
			{Title: "Offline access", Text: "keep this access while you are away"}, {Title: "Orders", Text: "read and write your orders"},
		},
	}
}

func outbox() ui.Outbox {
	return ui.Outbox{Look: acme(), Base: "http://localhost:4400", Recipients: []string{"+12025550123", "zoe@acme.test"}, Total: 4, Messages: []ui.OutboxMessage{
		{
			ID: 4, Way: "Mail", To: "zoe@acme.test", Kind: "user_invitation", Time: "2 Jan 2026, 03:04:05 UTC", When: "2026-01-02T03:04:05Z", Client: "Acme Web", Subject: "Join Acme Europe at Acme Web",
			Text: "Grace Hopper invites you to Acme Europe. To accept, follow this link:\n\nhttp://localhost:3000/login?invitation=Mh3BJVTaC4nsZImXBzPulFiq5kFP1KLs&organization=org_Hf9UNU0EQOLcvFyx&organization_name=acme-eu\n\nIt works for 7 days.", HTMLURL: "/_faux0/outbox/4",
		},
		{ID: 3, Way: "Mail", To: "zoe@acme.test", Kind: "verify_email_by_code", Time: "2 Jan 2026, 03:04:05 UTC", When: "2026-01-02T03:04:05Z", Client: "Acme Web", Subject: "Verify your email", Code: "481516", Text: "Your verification code for Acme Web is: 481516\n\nIt works once, for 5 minutes.", HTMLURL: "/_faux0/outbox/3"},
		{ID: 2, Way: "Text message", To: "+12025550123", Kind: "passwordless_code", Time: "2 Jan 2026, 03:04:05 UTC", When: "2026-01-02T03:04:05Z", Code: "234242", Text: "Your verification code is: 234242"},
		{ID: 1, Way: "Call", To: "+12025550123", Kind: "mfa_oob_code", Time: "2 Jan 2026, 03:04:05 UTC", When: "2026-01-02T03:04:05Z", Client: "Wolfeschlegelsteinhausenbergerdorff_Internal_Purchasing_Production", Code: "000042", Text: "Hello. Your code is 0, 0, 0, 0, 4, 2."},
	}}
}

func signup() ui.Signup {
	return ui.Signup{
		Form: form("/u/signup?state=the-state"), AskPassword: true, LoginURL: "/u/login?state=the-state",
		Fields: []ui.SignupField{{Name: "email", Label: "Email address", Required: true}},
		Rules: []ui.PasswordRule{{Text: "At least 8 characters in length"}, {Text: "Contain at least 3 of the following 4 types of characters:", Parts: []ui.PasswordPart{
			{Text: "lower case letters (a-z)"}, {Text: "upper case letters (A-Z)"}, {Text: "numbers (i.e. 0-9)"}, {Text: "special characters (e.g. !@#$%^&*)"},
		}}},
	}
}

func console() ui.Console {
	return ui.Console{
		Look: acme(), Version: "0.1.0", Issuer: "http://localhost:4400/", CAURL: "/_faux0/ca.pem",
		Curl: "curl -s http://localhost:4400/oauth/token -d grant_type=client_credentials -d client_id=acmeM2m000000000000000000000000b -d client_secret=acme-worker-secret -d audience=https://orders.acme.test",
		Clients: []ui.ConsoleClient{
			{Name: "Acme Web", ClientID: "acmeSpa000000000000000000000000a", Type: "spa", Callbacks: []string{"http://localhost:3000", "http://localhost:3000/callback", "https://localhost:3000/callback", "http://127.0.0.1:8080/login/oauth2/code/auth0"}},
			{Name: "Acme Portal", ClientID: "acmePortal0000000000000000000000", Type: "regular_web", Callbacks: slices.Repeat([]string{"http://localhost:3000/api/auth/callback"}, 13)},
			{Name: "Acme Worker", ClientID: "acmeM2m000000000000000000000000b", Type: "non_interactive"},
		},
		APIs: []ui.ConsoleAPI{
			{Name: "Orders API", Identifier: "https://orders.acme.test", RBAC: true, Permissions: true, Scopes: []string{"read:orders", "write:orders", "delete:orders"}},
			{Name: "Catalog API", Identifier: "https://catalog.acme.test", Scopes: []string{"read:catalog"}},
		},
		Logs: []ui.ConsoleLog{
			{Time: "10:30:02", When: "2026-01-02T10:30:02Z", Words: "Code exchanged", Type: "seacft", Client: "Acme Web", User: "ada@acme.test"},
			{Time: "10:30:00", When: "2026-01-02T10:30:00Z", Words: "Wrong password", Type: "fp", Client: "Acme Web", User: "ada@acme.test", Description: "Wrong email or password."},
			{Time: "10:29:59", When: "2026-01-02T10:29:59Z", Words: "Logout token not delivered", Type: "oidc_backchannel_logout_failed", Client: "Acme Portal", User: "ada@acme.test", Description: "http://localhost:3000/backchannel-logout answered 500"},
		},
		Blocks: []ui.ConsoleBlock{
			{Who: "ada@acme.test from 127.0.0.1", Why: "10 failed logins", When: "2026-02-01T03:04:05Z", Field: "user", Value: "auth0|ada"},
			{Who: "203.0.113.7", Why: "suspicious IP throttling, stage pre-login", When: "2026-01-02T03:18:29Z", Field: "ip", Value: "203.0.113.7"},
		},
		Journeys: []ui.Journey{
			{Title: "Log in", Text: "As a fixture user with one click, or with a password, and see the tokens.", URL: "/authorize?client_id=acme"},
			{Title: "Connect a device", Text: "Acme TV shows a code, and somebody types it elsewhere.", Form: "device", ClientID: "acmeTv"},
			{Title: "Log in by a link", Text: "Send a mail with it to", Form: "link", ClientID: "acme", Ask: "zoe@acme.test"},
		},
		Approvals: []ui.ConsoleApproval{{ID: "a-1", Client: "Acme Portal", User: "ada@acme.test", Message: "Order 4711, 50 EUR"}},
		Users:     []ui.ConsoleUser{{Label: "ada@acme.test", UserID: "auth0|ada", Detail: "clerk", Code: "123456"}, {Label: "grace@acme.test", UserID: "auth0|grace", Detail: "manager"}},
	}
}

func application() ui.Application {
	return ui.Application{
		Look: acme(), ClientName: "Acme Portal", User: "ada@acme.test", Identity: "{\n  \"sub\": \"auth0|ada\"\n}", Access: "{\n  \"permissions\": [\"read:orders\"]\n}",
		AccessToken: "eyJ.eyJ.x", Answer: "{\n  \"access_token\": \"" + strings.Repeat("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9", 12) + "\"\n}",
	}
}

func explanation() ui.Explanation {
	return ui.Explanation{
		Look: acme(), Verdict: "An access token (JWT) for Orders API, of ada@acme.test, from Acme Web.",
		Cause: "The API Orders API has RBAC off, so its tokens carry no permissions.",
		Fix:   "Set enforce_policies: true on https://orders.acme.test (Dashboard: Enable RBAC).",
		Checks: []ui.Check{
			{Mark: "✔", Text: "The token is an access token for https://orders.acme.test"},
			{Mark: "✘", Text: "The API enforces RBAC", Source: "fixture.yaml:12:5"},
			{Mark: "?", Text: "The user had the role when the token was made"},
		},
		Notes: []string{"auth0.getAccessTokenSilently({\n  authorizationParams: { audience: \"https://orders.acme.test\" }\n})"},
		Again: "Log in again: a token never changes after it was issued.", Claims: "{\n  \"iss\": \"http://localhost:4400/\",\n  \"aud\": \"https://orders.acme.test\"\n}",
	}
}

func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("writes files only with -gallery")
	}
	css, _, _, _ := ui.Static("faux0.css")
	script, _, _, _ := ui.Static("webauthn.js")
	static := filepath.Join(*gallery, "_faux0", "static")
	if err := os.MkdirAll(static, 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{filepath.Join(static, "faux0.css"): css, filepath.Join(static, "webauthn.js"): script}
	for _, s := range samples() {
		files[filepath.Join(*gallery, s.name+".html")] = render(t, s.page)
	}
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func render(t *testing.T, p ui.Page) []byte {
	t.Helper()
	html, err := ui.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return html
}
