package provider_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// displayed are the names of the fields that fixtures fill for people to read:
// the tests below put hostile text into every one of them.
var displayed = []string{
	"FriendlyName", "DisplayName", "Description", "PictureURL", "LogoURL", "FaviconURL", "LogoURI", "Picture", "Primary", "PageBackground",
	"GivenName", "FamilyName", "Nickname", "SupportEmail", "SupportURL", "InitiateLoginURI",
}

// fill puts the text into every displayed field below v, and into Name where
// nothing is found by it.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		named := slices.Contains([]reflect.Type{reflect.TypeFor[tenant.Client](), reflect.TypeFor[tenant.User](), reflect.TypeFor[tenant.Role](), reflect.TypeFor[tenant.ResourceServer]()}, v.Type())
		for i := range v.NumField() {
			field, name := v.Field(i), v.Type().Field(i).Name
			switch {
			case !field.CanSet():
			case field.Kind() == reflect.String:
				if slices.Contains(displayed, name) || name == "Name" && named {
					field.SetString(text)
				}
			case field.Kind() == reflect.Interface && slices.Contains(displayed, name):
				field.Set(reflect.ValueOf(text))
			default:
				fill(field, text)
			}
		}
	}
}

// gallery is a tenant that has all there is to show, with the text wherever a
// fixture may have one.
func gallery(text string) change {
	return func(c *provider.Config) {
		passwordless(c)
		tv(c)
		ciba("email")(c)
		c.FixtureUsers = true
		c.Snapshot.Connections = append(c.Snapshot.Connections,
			&tenant.Connection{ID: "con_social", Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"shopWeb"}, Options: map[string]any{}})
		for _, o := range c.Snapshot.Organizations {
			o.Branding = &tenant.Branding{}
		}
		userOf(c.Snapshot, "auth0|ada").EmailVerified = true
		c.Snapshot.Prompts.CustomText = map[string]map[string]map[string]map[string]string{
			"en": {"login": {"login": {"title": text, "description": text, "buttonText": "x" + text, "pageTitle": "x" + text}}},
		}
		fill(reflect.ValueOf(c.Snapshot), text)
	}
}

// visit is one page of a tour.
type visit struct {
	name string
	*answer
}

// tour shows every page of the tenant, with the text in whatever a request may
// say. Pages are known by what leads to them, so that two tours can be
// compared.
func tour(t *testing.T, text string) (visits []visit) {
	see := func(name string, a *answer) *answer {
		visits = append(visits, visit{name, a})
		return a
	}
	w := run(t, gallery(text))
	b := w.browser()
	tourAccounts(t, text, see)
	tourConsent(t, text, see)
	tourOrganizations(t, text, see)
	tourInvitations(t, text, see)
	tourFactors(t, text, see)
	tourCodes(t, text, see)
	tourSAML(t, text, see)
	for _, name := range []string{
		"client_id", "redirect_uri", "response_type", "response_mode", "audience", "resource", "connection", "organization", "invitation", "nonce", "login_hint", "prompt",
		"max_age", "code_challenge", "code_challenge_method", "request", "request_uri", "login_ticket", "acr_values", "ui_locales", "screen_hint", "authorization_details",
	} {
		see("authorize with "+name, b.authorize(webRequest(name, text)))
		for _, mode := range []string{"form_post", "web_message"} {
			see("authorize with "+name+" by "+mode, b.authorize(webRequest(name, text, "response_mode", mode, "prompt", "none")))
		}
	}
	login := b.authorize(webRequest("login_hint", text)).wantPath("/u/login")
	state := login.Query().Get("state")
	see("login", b.get(login.RequestURI()))
	see("login, wrong", b.post(login.RequestURI(), "state", state, "username", text, "password", text))
	see("login, no password", b.post(login.RequestURI(), "state", state, "username", text))
	see("login, unknown user", b.post(login.RequestURI(), "state", state, "action", "fixture-user", "user_id", text))
	see("identifier", b.get("/u/login/identifier?state="+state))
	see("password", b.get("/u/login/password?state="+state))
	see("login of an organization", b.get(b.authorize(webRequest("organization", "org_eu", "login_hint", text)).wantPath("/u/login").RequestURI()))
	see("upstream", b.get("/u/pretend/google-oauth2?state="+state))
	see("upstream, wrong", b.post("/u/pretend/google-oauth2?state="+state, "state", state, "email", text, "name", text, "sub", text, "claims", text))
	see("upstream, failing", b.post("/u/pretend/google-oauth2?state="+state, "state", state, "action", "fail", "error", text+" ", "error_description", text))
	see("a provider's answer", b.get("/login/callback?"+form("state", text, "code", text, "error", text, "error_description", text)))
	see("upstream, unknown", b.get("/u/pretend/"+url.PathEscape(text)+"?state="+state))
	for _, path := range []string{"/u/login", "/u/login/identifier", "/u/login/password", "/u/pretend/google-oauth2", "/login", "/authorize/resume", "/u/device-code-confirmation", "/u/nowhere", "/samlp/x", "/nowhere"} {
		see("lost at "+path, b.do("GET", path+"?"+form("state", text), head("Accept", "text/html"), ""))
	}
	see("nowhere", b.do("GET", "/"+url.PathEscape(text), head("Accept", "text/html"), ""))
	see("activate", b.get("/activate?"+form("user_code", text)))
	see("activate, wrong", b.post("/activate", "user_code", text))
	device := w.startDevice()
	confirm := b.typeCode(device)
	see("confirm a device", b.get(confirm.RequestURI()))
	b.post(confirm.Path, "state", confirm.Query().Get("state"), "action", "cancel")
	see("device denied", b.get("/device/denied"))
	see("device connected", b.get("/device/success"))
	w.ask("requested_expiry", "600").want(200)
	link, err := url.Parse(w.lastMessage().Link)
	if err != nil {
		t.Fatal(err)
	}
	see("console with a request", b.get("/_faux0/"))
	see("outbox", b.do("GET", "/_faux0/outbox", head("Accept", "text/html"), ""))
	see("outbox of somebody", b.do("GET", "/_faux0/outbox?"+form("to", text), head("Accept", "text/html"), ""))
	see("a mail", b.get("/_faux0/outbox/1"))
	see("approval", b.get(link.RequestURI()))
	see("approval, answered", b.post(link.Path, "ticket", link.Query().Get("ticket"), "answer", "approve"))
	see("approval, gone", b.get(link.Path+"?"+form("ticket", text)))
	see("explanation", b.post("/_faux0/explain", "token", text))
	see("application", b.get("/_faux0/callback?"+form("state", "shopWeb", "error", text, "error_description", text)))
	see("application, unknown", b.get("/_faux0/callback?"+form("state", text, "invitation", text)))
	for _, journey := range []string{"device", "poll", "link", "invitation", text} {
		see("application, "+journey, b.post("/_faux0/try", "client_id", "shopWeb", "journey", journey, "email", text, "device_code", text, "user_code", text))
	}
	see("magic link", b.get("/passwordless/verify_redirect?"+form("client_id", "shopWeb", "connection", "email", "email", text, "verification_code", text, "redirect_uri", callback)))
	for _, query := range []string{form("client_id", text), form("client_id", "shopWeb", "returnTo", "http://x/"+text), form("returnTo", text)} {
		see("logout", b.get("/v2/logout?"+query))
	}
	for _, query := range []string{form("id_token_hint", text), form("client_id", "shopWeb", "post_logout_redirect_uri", "http://x/"+text), form("client_id", text), form("logout_hint", text)} {
		see("OpenID Connect's logout", b.get("/oidc/logout?"+query))
	}
	in := w.signedIn()
	for _, mode := range []string{"form_post", "web_message"} {
		see("answer by "+mode, in.authorize(webRequest("state", text, "response_mode", mode)))
		see("answer to a popup by "+mode, in.authorize(webRequest("state", text, "response_mode", mode, "owp", "true")))
	}
	question := see("logout question", in.get("/oidc/logout?client_id=shopWeb")).want(200)
	see("still logged in", in.post("/u/logout", "state", regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(question.body)[1], "action", "decline"))
	see("console", in.get("/_faux0/"))

	old := run(t, gallery(text), classic).browser()
	page := old.authorize(webRequest("login_hint", text)).wantPath("/login")
	shown := see("classic", old.get(page.RequestURI())).want(200)
	csrf := regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(shown.body)[1]
	see("classic, wrong", old.post("/usernamepassword/login", "state", page.Query().Get("state"), "_csrf", csrf, "username", text, "password", "weak"))
	see("classic, forged", old.post("/usernamepassword/login", "state", page.Query().Get("state"), "_csrf", text))
	see("classic callback", old.post("/login/callback", "wa", text, "wresult", text, "wctx", text))
	return visits
}

// tourAccounts shows the pages of signing up, forgotten passwords and verified
// addresses.
func tourAccounts(t *testing.T, text string, see func(string, *answer) *answer) {
	byCode := map[string]any{"verification_method": "otp", "identifier": map[string]any{"active": true}, "signup": map[string]any{"status": "optional", "verification": map[string]any{"active": true}}}
	w := run(t, gallery(text), databaseOption("attributes", map[string]any{"email": byCode, "phone_number": byCode}))
	b := w.browser()
	page := b.screen("signup")
	see("signup", b.get(page.RequestURI()))
	see("signup, wrong", b.submit(page, "email", text, "phone", text, "username", text, "password", "weak"))
	see("signup, weak", b.submit(page, "email", "new@shop.example", "password", "weak"))
	for _, typed := range [][]string{{"email", "new@shop.example"}, {"phone", "+12025550123"}} {
		check := b.submit(page, append(typed, "password", password)...).location()
		see("signup code", b.get(check.RequestURI()))
		see("signup code, wrong", b.submit(check, "code", text))
	}
	request := *page
	request.Path = "/u/reset-password/request/" + database
	see("reset request", b.get(request.RequestURI()))
	see("reset request, wrong", b.submit(&request, "email", text))
	see("reset request, sent", b.submit(&request, "email", "ada@shop.example"))
	reset := see("reset link", b.get(w.link())).wantPath("/u/reset-password")
	see("reset", b.get(reset.RequestURI()))
	for _, typed := range [][]string{{"One-Horse-9", "other"}, {"weak", "weak"}, {"New-Horse-9", "New-Horse-9"}, {"New-Horse-9", "New-Horse-9"}} {
		see("reset to "+typed[0], b.post(reset.RequestURI(), "ticket", reset.Query().Get("ticket"), "password-reset", typed[0], "re-enter-password", typed[1]))
	}
	see("reset, lost", b.get("/u/reset-password?"+form("ticket", text)))
	for range 10 {
		w.browser().typed("nora@shop.example", text)
	}
	see("login, blocked", w.browser().typed("nora@shop.example", text))
	unblock := w.link()
	see("unblock", b.get(unblock))
	see("unblock, lost", b.get("/u/brute-force-protection-unblock?"+form("ticket", text)))
	see("unblock, lost after all", b.post("/u/brute-force-protection-unblock?"+form("ticket", text), "ticket", text))
	see("unblocked", b.post(unblock, "ticket", mustParse(t, unblock).Query().Get("ticket")))
	see("verification, lost", b.get("/u/email-verification?"+form("ticket", text)))

	first := run(t, gallery(text), func(c *provider.Config) { c.Snapshot.Prompts.IdentifierFirst = true })
	b = first.browser()
	page = b.screen("signup")
	see("signup, identifier", b.get(page.RequestURI()))
	see("signup, identifier wrong", b.submit(page, "email", text))
	second := b.submit(page, "email", "new@shop.example").location()
	see("signup, password", b.get(second.RequestURI()))
	b.submit(second, "password", password).want(http.StatusFound)
	see("verification", b.get(first.link()))
	see("verification, again", b.get(first.link()))
}

// tourOrganizations shows the pages that ask for an organization.
func tourOrganizations(t *testing.T, text string, see func(string, *answer) *answer) {
	b := run(t, gallery(text), requiring("pre_login_prompt")).browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	see("organization", b.get(page.RequestURI()))
	see("organization, wrong", b.submit(page, "organizationName", text))
	b = run(t, gallery(text), requiring("post_login_prompt"), memberOf("auth0|ada", "org_eu", "org_us")).browser()
	page = b.login(webRequest(), "ada@shop.example").wantPath("/u/organization/picker")
	see("organizations", b.get(page.RequestURI()))
	see("organizations, wrong", b.submit(page, "organization", text))
	b = run(t, gallery(text), discovering("email", "organization_name"), func(c *provider.Config) { client(c, "shopWeb").OrganizationUsage = "allow" }).browser()
	page = b.authorize(webRequest("login_hint", text)).wantPath("/u/organization")
	see("organization by address", b.get(page.RequestURI()))
	see("organization by address, wrong", b.submit(page, "organizationName", text+"@nowhere.example"))
}

// tourInvitations shows the pages that somebody invited comes to.
func tourInvitations(t *testing.T, text string, see func(string, *answer) *answer) {
	from := func(r *provider.InvitationRequest) {
		r.Organization, r.Client, r.Roles, r.Inviter.Name = "org_eu", "shopWeb", nil, "x"+text
	}
	w := run(t, gallery(text), inviting)
	b := w.browser()
	page := b.authorize(invited(w.invite("new@shop.example", from))).wantPath("/u/signup")
	see("invited to sign up", b.get(page.RequestURI()))
	see("invited to sign up, wrong", b.submit(page, "email", text, "password", "weak"))
	page.Path = "/u/login"
	see("invited to log in", b.get(page.RequestURI()))
	w = run(t, gallery(text), inviting, byGoogle)
	b = w.browser()
	page = b.authorize(invited(w.invite("new@shop.example", from))).wantPath("/u/invitation")
	see("invitation", b.get(page.RequestURI()))
	see("invitation, lost", b.get("/u/invitation?"+form("state", text)))
}

// tourFactors shows the pages that ask for a second factor.
func tourFactors(t *testing.T, text string, see func(string, *answer) *answer) {
	every := factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorEmail, tenant.FactorPush, tenant.FactorRecoveryCode)
	w := run(t, gallery(text), every, always)
	b := w.browser()
	page := b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/mfa-begin-enroll-options")
	look := func(path string, fields ...string) *answer {
		at := path + "?" + page.RawQuery
		see("second factor, "+path, b.get(at))
		return see("second factor, "+path+", wrong", b.submitFactor(at, fields...))
	}
	look("/u/mfa-begin-enroll-options", "action", text)
	look("/u/mfa-sms-enrollment", "phone", text)
	look("/u/mfa-push-enrollment-qr", "code", text)
	look("/u/mfa-otp-enrollment-qr", "code", text)
	look("/u/mfa-otp-enrollment-code", "code", text)
	b.submitFactor(enrolPage+"?"+page.RawQuery, "code", w.otp(ada)).wantPath(recoveryEnrolPage)
	look(recoveryEnrolPage, "action", text)
	w = run(t, gallery(text), every)
	for _, method := range []string{provider.MethodTOTP, provider.MethodSMS, provider.MethodVoice, provider.MethodEmail, provider.MethodPush} {
		w.enroll(ada, method, text)
	}
	recovery := w.enroll(ada, provider.MethodRecoveryCode, "")
	b = w.browser()
	page = b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/mfa-push-challenge-push")
	for _, path := range []string{"push-challenge-push", "otp-challenge", "sms-challenge", "voice-challenge", "email-challenge", "recovery-code-challenge", "login-options"} {
		look("/u/mfa-"+path, "code", text, "action", text)
	}
	for _, kind := range []string{"sms", "email"} {
		b.submitFactor("/u/mfa-"+kind+"-challenge?"+page.RawQuery, "action", "pick-"+kind).wantPath("/u/mfa-" + kind + "-list")
		look("/u/mfa-"+kind+"-list", "action", text)
	}
	b.submitFactor("/u/mfa-recovery-code-challenge?"+page.RawQuery, "code", recovery).wantPath(recoveryNewPage)
	look(recoveryNewPage, "action", text)
	b = run(t, gallery(text), every, always, phones(provider.MethodVoice)).browser()
	page = b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/mfa-begin-enroll-options")
	look("/u/mfa-voice-enrollment", "phone", text)
	b = run(t, gallery(text), every, always, phones(provider.MethodVoice, provider.MethodSMS)).browser()
	page = b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/mfa-begin-enroll-options")
	look("/u/mfa-phone-enrollment", "phone", text, "type", text)
	b.submitFactor("/u/mfa-phone-enrollment?"+page.RawQuery, "action", "pick-country-code").wantPath("/u/mfa-country-codes")
	look("/u/mfa-country-codes", "action", "selection-action::"+text)
	see("second factor, a country searched for", b.get("/u/mfa-country-codes?"+page.RawQuery+"&"+form("q", "nowhere "+text)))
	b.submitFactor("/u/mfa-phone-enrollment?"+page.RawQuery, "phone", "2025550123", "type", text).wantPath("/u/mfa-sms-challenge")
	look("/u/mfa-sms-challenge", "code", text)
	look("/u/mfa-voice-challenge", "code", text)
	look("/u/mfa-phone-challenge", "type", text)
	w = run(t, gallery(text), every, adaptive, func(c *provider.Config) { userOf(c.Snapshot, ada).LoginsCount = 3 })
	b = w.browser()
	page = b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/login-email-verification")
	look("/u/login-email-verification", "code", text)
	b = run(t, gallery(text), factors(tenant.FactorOTP, tenant.FactorWebAuthnRoaming), always).browser()
	page = b.login(webRequest("state", text), "ada@shop.example").wantPath("/u/mfa-detect-browser-capabilities")
	look("/u/mfa-detect-browser-capabilities", "js-available", text)
	tourKeys(t, text, see)
}

// tourCodes shows the pages that take the code of a passwordless connection.
func tourCodes(t *testing.T, text string, see func(string, *answer) *answer) {
	first := func(c *provider.Config) {
		c.Snapshot.Prompts.IdentifierFirst = true
		c.Snapshot.Prompts.CustomText["en"]["login-passwordless"] = map[string]map[string]string{"login-passwordless-email-code": {"description": text + "${email}", "title": text}}
	}
	b := run(t, gallery(text), first).browser()
	for _, to := range [][2]string{{"email", "eve@shop.example"}, {"sms", "+4930123456"}} {
		page := b.authorize(webRequest("connection", to[0], "login_hint", text)).wantPath("/u/login/identifier")
		see("identifier of "+to[0], b.get(page.RequestURI()))
		see("identifier of "+to[0]+", wrong", b.submit(page, "username", text))
		page = b.submit(page, "username", to[1]).location()
		see("code by "+to[0], b.get(page.RequestURI()))
		see("code by "+to[0]+", wrong", b.submit(page, "code", text))
		page = b.authorize(webRequest("connection", to[0], "screen_hint", "signup", "login_hint", text)).wantPath("/u/signup/identifier")
		see("signup by "+to[0], b.get(page.RequestURI()))
		see("signup by "+to[0]+", wrong", b.submit(page, "email", text, "phone", text))
	}
	w := run(t, gallery(text), byCodes)
	b = w.browser()
	for _, to := range []string{"eve@shop.example", "+4930123456"} {
		page := b.submit(b.authorize(webRequest()).wantPath("/u/login/identifier"), "username", to).location()
		see("database code to "+to, b.get(page.RequestURI()))
		see("database code to "+to+", wrong", b.submit(page, "code", text))
		page = b.submit(page, "code", w.lastMessage().Code).wantPath("/u/confirmation")
		see("account of "+to, b.get(page.RequestURI()))
	}
	see("account, lost", b.get("/u/confirmation?"+form("state", text)))
	see("code, lost", b.get("/u/login/passwordless-email-challenge?"+form("state", text)))
}

// tourKeys shows the pages of security keys and devices.
func tourKeys(t *testing.T, text string, see func(string, *answer) *answer) {
	w := run(t, gallery(text), factors(tenant.FactorOTP, tenant.FactorWebAuthnRoaming), always)
	key := &testkit.Authenticator{Roaming: true}
	b := w.browser()
	at := b.tell(b.login(webRequest("state", text), adaMail), text).wantPath("/u/mfa-begin-enroll-options")
	at.Path = pageEnrolRoaming
	options := b.reopen(at)
	see("enrol a key", b.get(options.at.RequestURI()))
	see("enrol a key, wrong", options.send("response", text))
	failed := options.send("action", "showError::"+text).wantPath(pageKeyFailed)
	see("key failed", b.get(failed.RequestURI()))
	name := options.send("response", options.create(key)).wantPath(pageKeyName)
	see("key name", b.get(name.RequestURI()))
	see("key name, wrong", b.post(name.RequestURI(), "state", name.Query().Get("state"), "nickname", text+strings.Repeat("x", 20)))
	see("key added", b.get(pageKeyAdded+"?"+name.RawQuery))
	b = w.browser()
	challenge := b.open(b.tell(b.login(webRequest("state", text), adaMail), text), pageRoaming)
	see("key", b.get(challenge.at.RequestURI()))
	see("key, wrong", challenge.send("response", text))
	see("key failed", b.get(challenge.send("action", "showError::"+text).wantPath(pageKeyFailed).RequestURI()))
	b = w.browser()
	at = b.login(webRequest("state", text), adaMail).wantPath(pageDetect)
	see("keys unsupported", b.get(b.post(at.RequestURI(), "state", at.Query().Get("state"), "js-available", text).wantPath("/u/mfa-webauthn-not-available-error").RequestURI()))
	for _, path := range []string{pageEnrolRoaming, pageRoaming, pagePlatform, pageKeyName, pageKeyAdded, pageKeyFailed, "/u/mfa-webauthn-not-available-error"} {
		see("lost at "+path, b.get(path+"?"+form("state", text)))
	}
	tourPasskeys(t, text, see)
}

// tourPasskeys shows the pages that offer keys, and those that take passkeys.
func tourPasskeys(t *testing.T, text string, see func(string, *answer) *answer) {
	w := run(t, gallery(text), passkeys(nil), factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform))
	b := w.browser()
	at := b.authorize(webRequest("state", text)).wantPath(pageIdentifier)
	see("identifier with passkeys", b.get(at.RequestURI()))
	see("identifier with passkeys, wrong", b.post(at.RequestURI(), "state", at.Query().Get("state"), "passkey", text))
	b = w.browser()
	at = b.authorize(webRequest("state", text, "screen_hint", "signup")).wantPath("/u/signup/identifier")
	see("sign-up with passkeys", b.get(at.RequestURI()))
	page := b.open(b.post(at.RequestURI(), append([]string{"state", at.Query().Get("state"), "email", newMail}, canDoAll...)...), pagePasskey)
	see("sign-up, passkey", b.get(page.at.RequestURI()))
	see("sign-up, passkey wrong", page.send("passkey", text))
	b = w.browser()
	page = b.open(b.byPassword(webRequest("state", text), adaMail, canDoAll...), pagePasskey)
	see("passkey offered", b.get(page.at.RequestURI()))
	see("passkey offered, wrong", page.send("passkey", text))
	phone := &testkit.Authenticator{Roaming: true}
	page.send("passkey", page.create(phone))
	b = w.browser()
	page = b.reopen(b.authorize(webRequest("state", text)).wantPath(pageIdentifier))
	resume := page.send(append([]string{"passkey", page.sign(phone)}, canDoAll...)...).wantPath("/authorize/resume")
	page = b.open(b.get(resume.RequestURI()), pagePasskeyLocal)
	see("local passkey offered", b.get(page.at.RequestURI()))
	see("local passkey offered, wrong", page.send("passkey", text))

	w = run(t, gallery(text), factors(tenant.FactorOTP, tenant.FactorWebAuthnPlatform))
	w.enroll(ada, provider.MethodTOTP, "")
	b = w.browser()
	page = b.open(b.showFactor(b.tell(b.login(webRequest("state", text), adaMail), capable), otpPage, w.otp(ada)), pageEnrolPlatform)
	see("device offered", b.get(page.at.RequestURI()))
	see("device offered, wrong", page.send("response", text))
	see("device failed", b.get(page.send("action", "showError::"+text).wantPath(pageKeyFailed).RequestURI()))
	device := &testkit.Authenticator{}
	see("device added", b.get(page.send("response", page.create(device)).wantPath(pageKeyAdded).RequestURI()))
	b = w.browser()
	page = b.open(b.tell(b.login(webRequest("state", text), adaMail), capable), pagePlatform)
	see("device", b.get(page.at.RequestURI()))
	see("device, wrong", page.send("response", text))
	for _, path := range []string{pageEnrolPlatform, pagePasskey, pagePasskeyLocal} {
		see("lost at "+path, b.get(path+"?"+form("state", text)))
	}
}

// tourConsent shows the question whether an application may have what it asks.
func tourConsent(t *testing.T, text string, see func(string, *answer) *answer) {
	b := run(t, gallery(text), thirdParty).browser()
	page := b.login(webRequest("scope", "openid profile email read:orders offline_access", "state", text), "ada@shop.example").wantPath(pageConsent)
	see("consent", b.get(page.RequestURI()))
	see("consent, unanswered", b.post(pageConsent, "state", page.Query().Get("state"), "action", text))
	see("consent, lost", b.get(pageConsent+"?"+form("state", text)))
}

// mark is a start tag: its name and attributes, and what a script or style
// holds.
type mark struct {
	name string
	attr map[string]string
	text string
}

// markup takes a page apart, as a browser that meets the same tags would.
func markup(t *testing.T, page string) (marks []*mark) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8([]byte(page), []byte("?"))))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return marks
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			m := &mark{name: strings.ToLower(token.Name.Local), attr: map[string]string{}}
			for _, a := range token.Attr {
				m.attr[strings.ToLower(a.Name.Local)] = a.Value
			}
			marks = append(marks, m)
		case xml.CharData:
			if len(marks) > 0 {
				marks[len(marks)-1].text += string(token)
			}
		}
	}
}

// shape is a page's tags and the names of their attributes, in order.
func shape(marks []*mark) string {
	var b strings.Builder
	for _, m := range marks {
		fmt.Fprintf(&b, "<%s %s>\n", m.name, strings.Join(slices.Sorted(maps.Keys(m.attr)), " "))
	}
	return b.String()
}

var isHTML = func(a *answer) bool {
	return strings.Contains(a.header.Get("Content-Type"), "html") && a.status != http.StatusFound
}

// harmless fails where a page holds what could run, or leads somewhere that
// does.
func harmless(t *testing.T, v visit, marks []*mark) {
	t.Helper()
	policy := v.header.Get("Content-Security-Policy")
	for _, m := range marks {
		for name, value := range m.attr {
			mailed := name == "style" && v.name == "a mail" // mail programs leave style sheets out
			if strings.HasPrefix(name, "on") || name == "style" && !mailed || name == "srcdoc" {
				t.Errorf("%s: <%s %s=%q>", v.name, m.name, name, value)
			}
			scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(value)), ":")
			if slices.Contains([]string{"href", "src", "action", "formaction"}, name) && slices.Contains([]string{"javascript", "vbscript"}, scheme) {
				t.Errorf("%s: <%s %s=%q>", v.name, m.name, name, value)
			}
		}
		if nonce := m.attr["nonce"]; m.name == "script" && (nonce == "" || !strings.Contains(policy, "'nonce-"+nonce+"'")) {
			t.Errorf("%s: a script that is not the policy's: %s", v.name, policy)
		}
	}
}

// TestNothingSentOrConfiguredBecomesMarkup takes the tour with a plain word in
// every parameter and in every text of the fixture, and then with hostile
// texts: the pages must have the same tags and attributes.
func TestNothingSentOrConfiguredBecomesMarkup(t *testing.T) {
	t.Parallel()
	word, address := shapes(t, "x"), shapes(t, "https://logo.example/x") // an address may be a picture's
	if len(word) < 50 {
		t.Errorf("only %d pages were seen", len(word))
	}
	tags := strings.Join(slices.Collect(maps.Values(word)), "")
	for _, text := range []string{
		xss, `" onfocus="alert(1)" autofocus="`, `' onload='alert(1)`, `</title></style></script></textarea><b>`, `--></noscript><b>`, "</script\n><svg/onload=alert(1)>",
		`javascript:alert(1)`, `red;}</style><script>alert(1)</script>`, `url("javascript:alert(1)")`, `https://logo.example/"onerror="alert(1)`, `{{.}}${7*7}`, "\u2028</script>\u2029", "a\x00<b>", "\xff\"><b>", "&lt;b&gt;&#34;><b>",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			plain := word
			if strings.HasPrefix(text, "https://") {
				plain = address
			}
			compared := 0
			for i, v := range tour(t, text) {
				for name, values := range v.header {
					if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
						t.Errorf("%s: header %s is %q", v.name, name, values)
					}
				}
				if v.status >= 500 && v.status != http.StatusNotImplemented && !strings.Contains(v.body, "Unable to issue redirect") {
					t.Errorf("%s: status %d", v.name, v.status)
				}
				want, same := plain[fmt.Sprint(i, " ", v.name)]
				if !isHTML(v.answer) || !same {
					continue // a redirect or a refusal of another kind
				}
				compared++
				marks := markup(t, v.body)
				harmless(t, v, marks)
				switch got := shape(marks); {
				case strings.Contains(v.body, "<title>Oops!"): // error pages list what was sent, and what is near it
					for line := range strings.Lines(got) {
						if !strings.Contains(tags, line) && !strings.HasPrefix(line, "<html") && !strings.HasPrefix(line, "<img") {
							t.Errorf("%s has a tag of its own: %s", v.name, line)
						}
					}
				case got != want:
					t.Errorf("%s is another page:\n%s", v.name, changedLines(want, got))
				}
				if strings.Contains(v.body, "<script>alert") || strings.Contains(v.body, "<img src=x") || strings.Contains(v.body, "<svg/") {
					t.Errorf("%s holds the text as markup:\n%s", v.name, v.body)
				}
			}
			if compared < 50 {
				t.Errorf("only %d pages were compared", compared)
			}
		})
	}
}

// shapes are the shapes of the pages of a tour, by their place in it.
func shapes(t *testing.T, text string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for i, v := range tour(t, text) {
		if isHTML(v.answer) {
			found[fmt.Sprint(i, " ", v.name)] = shape(markup(t, v.body))
		}
	}
	return found
}

// changedLines lists the lines that only one of two shapes has.
func changedLines(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for _, line := range w {
		if !slices.Contains(g, line) {
			b.WriteString("- " + line + "\n")
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			b.WriteString("+ " + line + "\n")
		}
	}
	fmt.Fprintf(&b, "%d tags, were %d", len(g), len(w))
	return b.String()
}

// framed are pages that an app's own page frames or opens to be told something.
var framed = []string{"by web_message", "popup"}

// TestEveryPageIsGuarded: no page may be framed, guess types, or load what the
// tenant does not serve, whoever asks and however it ends.
func TestEveryPageIsGuarded(t *testing.T) {
	t.Parallel()
	for _, v := range tour(t, "x") {
		equal(t, v.name+": X-Content-Type-Options", v.header.Get("X-Content-Type-Options"), "nosniff")
		if !isHTML(v.answer) {
			continue
		}
		policy := v.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'unsafe") {
			t.Errorf("%s: the policy is %q", v.name, policy)
		}
		if !strings.Contains(v.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: Cache-Control is %q", v.name, v.header.Get("Cache-Control"))
		}
		if slices.ContainsFunc(framed, func(word string) bool { return strings.Contains(v.name, word) }) {
			continue
		}
		if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.EqualFold(v.header.Get("X-Frame-Options"), "deny") {
			t.Errorf("%s may be framed: %q, %q", v.name, policy, v.header.Get("X-Frame-Options"))
		}
	}
}

// TestTourLeavesNoPageOut: a page that is added must be in the tour above.
func TestTourLeavesNoPageOut(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, v := range tour(t, "x") {
		b.WriteString(v.request + "\n")
	}
	seen := b.String()
	for _, route := range routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || !page(path) {
			continue
		}
		if !strings.Contains(seen, "GET "+strings.TrimSuffix(strings.NewReplacer("/pretend/{name}", "/pretend/google-oauth2", "{client_id}", "shopWeb", "/outbox/{id}", "/outbox/1").Replace(path), "{name}")) {
			t.Errorf("the tour does not go to %s: add it, so that its texts and headers are tested", path)
		}
	}
}

// faceless are paths that answer with data, or send the browser on.
var faceless = []string{"/.well-known/", "//.well-known/", "/pem", "/rawpem", "/cer", "/pb7", "/fingerprint", "/userinfo", "/tokeninfo", "/mfa/", "/info-v1.js", "/relay.html", "/user/", "/client/", "/tenants/", "/js/", "/_faux0/", "/authorize", "/samlp/metadata", "/wsfed/Fed"}

func page(path string) bool {
	return path == "/_faux0/" || strings.HasPrefix(path, "/_faux0/outbox") || !slices.ContainsFunc(faceless, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

func routes(t *testing.T) []string {
	t.Helper()
	p, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Routes()
}

// TestNoFormCanBeForged posts to every path of the tenant as a stranger's page
// would, from a browser that is logged in: cookies come along, states do not.
func TestNoFormCanBeForged(t *testing.T) {
	t.Parallel()
	w := run(t, gallery("x"))
	b := w.browser()
	b.login(webRequest(), "ada@shop.example").want(302)
	b.authorize(webRequest("prompt", "login")).want(302) // a login under way
	before := fmt.Sprint(len(w.control.Snapshot().Users))
	evil := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	body := form("action", "default", "username", "nora@shop.example", "password", password, "answer", "approve", "user_id", "auth0|nora", "email", "zoe@shop.example", "state", "guess", "ticket", "guess", "_csrf", "guess")
	posted := 0
	for _, route := range routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodPost || !page(path) && !strings.HasPrefix(path, "/_faux0/") || strings.HasPrefix(path, "/oauth/") || strings.HasPrefix(path, "/users/") {
			continue
		}
		posted++
		a := b.do(method, strings.ReplaceAll(path, "{name}", "google-oauth2"), evil, body)
		if path == "/oidc/logout" {
			a.want(200) // a question
		} else if a.status < 400 && !strings.HasSuffix(path, "/challenge") {
			t.Errorf("%s answers %d to a stranger's page: %s", path, a.status, a.body)
		}
		for _, c := range a.header["Set-Cookie"] {
			if strings.HasPrefix(c, "auth0") {
				t.Errorf("%s sets a session: %s", path, c)
			}
		}
		if got := a.header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s may be read by %s", path, got)
		}
	}
	if posted < 15 {
		t.Errorf("only %d paths were posted to", posted)
	}
	code := b.authorize(silent()).query().Get("code")
	equal(t, "who is logged in", claims(t, w.token(redeemWeb(code)...).want(200).text("id_token"))["sub"], any("auth0|ada"))
	equal(t, "users", fmt.Sprint(len(w.control.Snapshot().Users)), before)
}
