package testkit

import (
	"cmp"
	"errors"
	"html"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// Login is a login that got as far as the application's callback.
type Login struct {
	// CallbackURL is where the tenant sent the browser; it has not been
	// fetched.
	CallbackURL *url.URL
	// Values are the parameters of the answer, whether they came in the query,
	// the fragment or, by response_mode=form_post, a form.
	Values url.Values
	// Code, State, Error and ErrorDescription are the usual ones of them;
	// Error is set where the login was refused.
	Code, State, Error, ErrorDescription string
	// Browser holds the cookies of the tenant and of the application.
	Browser *http.Client

	tenant *Tenant
	posted bool
}

// Finish hands the answer to the application, as the browser would, and returns
// what that says once it has stopped redirecting. The test closes the body.
func (l *Login) Finish() *http.Response {
	l.tenant.t.Helper()
	var res *http.Response
	var err error
	if l.posted {
		res, err = l.Browser.PostForm(l.CallbackURL.String(), l.Values)
	} else {
		res, err = l.Browser.Get(l.CallbackURL.String())
	}
	if err != nil {
		l.tenant.t.Fatalf("testkit: callback: %v", err)
		return &http.Response{Body: http.NoBody}
	}
	return res
}

// Browser returns an HTTP client with a cookie jar that trusts the tenant: the
// browser of one person.
func (a *Tenant) Browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatalf("testkit: %v", err)
		return nil
	}
	return &http.Client{Transport: a.Client().Transport, Jar: jar}
}

// maxSteps bounds the redirects of one login.
const maxSteps = 20

// Login goes through the real login pages as the user: it opens loginURL (the
// application's, the link of an invitation, or an /authorize URL), follows it
// to the tenant, types the e-mail address or username and the password, or the
// code of the newest message to that address, shows a second factor or enrols
// in one where it has to, and stops before the application's callback. Where it
// is led to the sign-up page, a user without an ID signs up, and one with an ID
// goes on to log in. A login that ends on a page of the tenant, as with a wrong
// password, fails the test with what the page says; one that the application is
// told about, as with a blocked user, is in Login.Error.
func (a *Tenant) Login(loginURL string, u User, opts ...LoginOption) *Login {
	a.t.Helper()
	return a.LoginWith(a.Browser(), loginURL, u, opts...)
}

// LoginWith is Login in a browser of the test's. Where that has a session the
// tenant asks for nothing, as its single sign-on does.
func (a *Tenant) LoginWith(browser *http.Client, loginURL string, u User, opts ...LoginOption) *Login {
	a.t.Helper()
	v := &visit{user: u, connection: u.Connection, said: a.upstream(u)}
	for _, opt := range opts {
		opt(v)
	}
	return a.walk(browser, loginURL, v)
}

// walk goes from loginURL to the application's callback.
func (a *Tenant) walk(browser *http.Client, loginURL string, v *visit) *Login {
	a.t.Helper()
	b := *browser
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at, err := url.Parse(loginURL)
	if err != nil {
		a.t.Fatalf("testkit: login URL: %v", err)
		return &Login{}
	}
	v.tenant, v.browser = a, &b
	for range maxSteps {
		onTenant := a.is(at) || v.atProvider(at)
		if v.seen && !onTenant {
			return a.arrived(at, v.form, browser)
		}
		v.seen = v.seen || onTenant
		at, err = v.step(at)
		if err != nil {
			a.t.Fatalf("testkit: login of %s: %v", v.label(), err)
			return &Login{}
		}
	}
	a.t.Fatalf("testkit: login of %s: still redirecting after %d steps, at %s", v.label(), maxSteps, at)
	return &Login{}
}

// is says whether an address is the tenant's, by any of its loopback names.
func (a *Tenant) is(at *url.URL) bool {
	_, port, _ := strings.Cut(a.Domain(), ":")
	ip := net.ParseIP(at.Hostname())
	return at.Port() == port && (at.Hostname() == "localhost" || strings.HasSuffix(at.Hostname(), ".localhost") || ip != nil && ip.IsLoopback())
}

func (a *Tenant) arrived(callback *url.URL, form url.Values, browser *http.Client) *Login {
	values := form
	if form == nil {
		values = callback.Query()
		fragment, _ := url.ParseQuery(callback.EscapedFragment())
		maps.Copy(values, fragment)
	}
	return &Login{
		CallbackURL: callback, Values: values, Code: values.Get("code"), State: values.Get("state"),
		Error: values.Get("error"), ErrorDescription: values.Get("error_description"),
		Browser: browser, tenant: a, posted: form != nil,
	}
}

// visit is one way from an application to its callback.
type visit struct {
	tenant  *Tenant
	browser *http.Client
	user    User
	// device logs in with a passkey of its own, nil for the user's password; key
	// is the authenticator for a second factor, nil for none.
	device, key *Authenticator
	// seen says that the tenant was reached, form is what its form_post page
	// holds.
	seen bool
	form url.Values
	// connection and said are the provider that the user logs in at and what is
	// said there; said is nil for a password.
	connection string
	said       url.Values
	// providers are the hosts of real ones that were come by.
	providers []string
	// factor is the second factor to choose, "" for any; picked says that
	// another was asked for once. remember has the browser remembered.
	factor           string
	picked, remember bool
	// organization is the one to name or pick.
	organization string
}

// label is who logs in, in a message.
func (v *visit) label() string {
	if v.device != nil {
		return "an authenticator"
	}
	return v.user.label()
}

// step fetches one URL and returns the next: where it redirects to, or where
// its form leads.
func (v *visit) step(at *url.URL) (*url.URL, error) {
	res, err := v.fetch(at)
	if err != nil {
		return nil, err
	}
	page := drain(res)
	onTenant := v.tenant.is(at) || v.atProvider(at)
	if res.StatusCode == http.StatusOK {
		typed, err := v.answer(at, page)
		if err != nil {
			return nil, err
		}
		if typed != nil {
			return v.submit(at, typed, onTenant)
		}
	}
	signup := onTenant && strings.HasPrefix(at.Path, "/u/signup")
	if signup && v.user.ID != "" {
		login := *at
		login.Path = strings.Replace(at.Path, "/u/signup", "/u/login", 1)
		return &login, nil
	}
	if v.device != nil && onTenant && strings.HasPrefix(at.Path, "/u/login") && res.StatusCode == http.StatusOK {
		if res, err = v.usePasskey(at, page); err != nil {
			return nil, err
		}
		page = drain(res)
	} else if (signup || onTenant && takesForm(at.Path)) && res.StatusCode == http.StatusOK {
		typed, err := v.fillIn(at, page, signup)
		if err != nil {
			return nil, err
		}
		return v.submit(at, typed, onTenant)
	}
	return v.next(at, res, page, onTenant)
}

// answer is what the user says to a page that asks for anything but who they
// are, nil for one that does not.
func (v *visit) answer(at *url.URL, page string) (typed url.Values, err error) {
	if typed = v.pretend(at); typed == nil {
		typed, err = v.answerKey(at, page)
	}
	if typed == nil && err == nil {
		typed, err = v.answerFactor(at, page)
	}
	if typed == nil && err == nil {
		typed, err = v.answerOrganization(at, page)
	}
	return typed, err
}

// fillIn is what the user types into a form of the tenant's: who they are, and
// their password or the code that was sent to them.
func (v *visit) fillIn(at *url.URL, page string, signup bool) (url.Values, error) {
	typed := url.Values{
		"state": {at.Query().Get("state")}, "password": {v.user.Password}, "action": {"default"},
		"username": {v.login(signup)}, "email": {v.user.Email},
	}
	switch {
	case strings.Contains(page, `name="code"`):
		typed.Set("code", v.tenant.WaitMail(v.login(false)).Code)
	case v.user.Password == "" && strings.Contains(page, `name="password"`):
		return nil, errors.New("its password is not known, since the fixture holds a hash: set User.Password")
	}
	return typed, nil
}

// submit posts what is typed on a page.
func (v *visit) submit(at *url.URL, typed url.Values, onTenant bool) (*url.URL, error) {
	res, err := v.browser.PostForm(at.String(), typed)
	if err != nil {
		return nil, err
	}
	return v.next(at, res, drain(res), onTenant)
}

// fetch gets the address, or posts what the page before had for it.
func (v *visit) fetch(at *url.URL) (*http.Response, error) {
	if v.form == nil {
		return v.browser.Get(at.String())
	}
	form := v.form
	v.form = nil
	return v.browser.PostForm(at.String(), form)
}

// next is where an answer leads.
func (v *visit) next(at *url.URL, res *http.Response, page string, onTenant bool) (*url.URL, error) {
	if action := formPost.FindStringSubmatch(page); onTenant && action != nil {
		v.form = url.Values{}
		for _, field := range formField.FindAllStringSubmatch(page, -1) {
			v.form.Add(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
		return url.Parse(html.UnescapeString(action[1]))
	}
	location, err := res.Location()
	if err != nil {
		return nil, &pageError{at: at, status: res.Status, hint: res.Header.Get("Faux0-Hint"), page: page, onTenant: onTenant}
	}
	return location, nil
}

// takesForm says whether the tenant's page is one of those that Login fills in.
func takesForm(path string) bool {
	return strings.HasPrefix(path, "/u/login") || path == "/u/email-identifier/challenge" || path == "/u/phone-identifier/challenge" || path == "/u/confirmation"
}

// login is what the user is known by, or, on the sign-up page, will be known by
// beside the e-mail address.
func (v *visit) login(signup bool) string {
	if signup {
		return v.user.Username
	}
	return cmp.Or(v.user.Email, v.user.Username)
}

// The pages of response_mode=form_post, and what is said in an alert.
//
// Source: OAuth 2.0 Form Post Response Mode §2.
var (
	formPost  = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	formField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	alert     = regexp.MustCompile(`role="alert"[^>]*>([^<]*)<`)
	tags      = regexp.MustCompile(`(?s)<head.*?</head>|<script.*?</script>|<[^>]*>`)
)

func drain(res *http.Response) string {
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return string(body)
}

// pageError is a page that leads nowhere: a wrong password, an error page, or
// an application that does not send people to the tenant.
type pageError struct {
	at                 *url.URL
	status, hint, page string
	onTenant           bool
}

// maxWords is how much of a page a message repeats.
const maxWords = 300

// Error implements error.
func (e *pageError) Error() string {
	words := e.page
	if found := alert.FindStringSubmatch(e.page); found != nil {
		words = found[1]
	}
	words = strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(words, " "))), " ")
	if len(words) > maxWords {
		words = strings.ToValidUTF8(words[:maxWords], "") + "…"
	}
	message := "stopped at " + e.at.Scheme + "://" + e.at.Host + e.at.Path + " with " + e.status + ": " + words
	if e.hint != "" {
		message += " (" + e.hint + ")"
	}
	if e.onTenant && e.at.Path == "/u/consent" {
		message += "\nThe user has to agree first: give consent beforehand with Tenant.Consent, or answer the page in a browser of the test's."
	}
	if !e.onTenant {
		message += "\nThat is before the tenant was reached: loginURL must redirect to its /authorize."
	}
	return message
}
