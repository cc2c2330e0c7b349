package testkit

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// Login is a login that got as far as the application's callback.
type Login struct {
	// CallbackURL is where the tenant sent the browser; it has not been
	// fetched. Hand it to the application with Browser.
	CallbackURL *url.URL
	// Code, State and Error are its parameters; Error is set where the login
	// was refused.
	Code, State, Error, ErrorDescription string
	// Browser holds the cookies of the tenant and of the application.
	Browser *http.Client
}

// Browser returns an HTTP client with a cookie jar that trusts the tenant: the
// browser of one person.
func (a *Tenant) Browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatalf("testkit: %v", err)
	}
	return &http.Client{Transport: a.Client().Transport, Jar: jar}
}

// maxSteps bounds the redirects of one login.
const maxSteps = 20

// Login goes through the real login pages as the user: it opens loginURL (the
// application's, or an /authorize URL), follows it to the tenant, types e-mail
// address and password, and stops before the application's callback.
func (a *Tenant) Login(loginURL string, u User) *Login {
	a.t.Helper()
	return a.LoginWith(a.Browser(), loginURL, u)
}

// LoginWith is Login in a browser of the test's, which may already have a
// session.
func (a *Tenant) LoginWith(browser *http.Client, loginURL string, u User) *Login {
	a.t.Helper()
	b := *browser
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	next, err := url.Parse(loginURL)
	if err != nil {
		a.t.Fatalf("testkit: login URL: %v", err)
		return nil
	}
	seenTenant := false
	for range maxSteps {
		onTenant := next.Host == a.Domain()
		if seenTenant && !onTenant {
			return arrived(next, browser)
		}
		seenTenant = seenTenant || onTenant
		next, err = a.step(&b, next, u)
		if err != nil {
			a.t.Fatalf("testkit: login of %s: %v", u.Email, err)
			return nil
		}
	}
	a.t.Fatalf("testkit: login of %s: still redirecting after %d steps, at %s", u.Email, maxSteps, next)
	return nil
}

func arrived(callback *url.URL, browser *http.Client) *Login {
	q := callback.Query()
	if callback.RawQuery == "" {
		q, _ = url.ParseQuery(callback.Fragment)
	}
	return &Login{
		CallbackURL: callback, Browser: browser, Code: q.Get("code"), State: q.Get("state"),
		Error: q.Get("error"), ErrorDescription: q.Get("error_description"),
	}
}

// step fetches one URL and returns the next: where it redirects to, or where
// the filled-in login form leads.
func (a *Tenant) step(b *http.Client, at *url.URL, u User) (*url.URL, error) {
	res, err := b.Get(at.String())
	if err != nil {
		return nil, err
	}
	page := drain(res)
	if strings.HasPrefix(at.Path, "/u/login") && res.StatusCode == http.StatusOK {
		name := u.Email
		if name == "" {
			name = u.Username
		}
		res, err = b.PostForm(at.String(), url.Values{
			"state": {at.Query().Get("state")}, "username": {name}, "password": {u.Password}, "action": {"default"},
		})
		if err != nil {
			return nil, err
		}
		page = drain(res)
	}
	location, err := res.Location()
	if err != nil {
		return nil, &pageError{at: at.Path, status: res.Status, page: page}
	}
	return location, nil
}

func drain(res *http.Response) string {
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return string(body)
}

// pageError is a page that leads nowhere: a wrong password, or an error page.
type pageError struct{ at, status, page string }

// Error implements error.
func (e *pageError) Error() string {
	return "stopped at " + e.at + " with " + e.status + ": " + textOf(e.page)
}

// textOf is the words of an HTML page, near enough for a failure message.
func textOf(page string) string {
	if _, body, ok := strings.Cut(page, "<body"); ok {
		page = "<" + body
	}
	var b strings.Builder
	inTag := false
	for _, r := range page {
		switch {
		case r == '<':
			inTag = true
			b.WriteByte(' ')
		case r == '>':
			inTag = false
		case !inTag:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func readAll(t T, r io.Reader) []byte {
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return data
}
