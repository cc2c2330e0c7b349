package testkit

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// ResetPassword opens the link of a reset mail, as its recipient does, and
// types the new password. A link that was used or has expired, and a password
// that the connection does not take, fail the test with what the page says.
func (a *Tenant) ResetPassword(link, password string) {
	a.t.Helper()
	if err := a.resetPassword(link, password); err != nil {
		a.t.Fatalf("testkit: password reset: %v", err)
	}
}

func (a *Tenant) resetPassword(link, password string) error {
	browser := a.Browser()
	res, err := browser.Get(link) // follows to the page
	if err != nil {
		return err
	}
	at, page := res.Request.URL, drain(res)
	ticket := at.Query().Get("ticket")
	if res.StatusCode != http.StatusOK || ticket == "" {
		return &pageError{at: at, status: res.Status, hint: res.Header.Get("Faux0-Hint"), page: page, onTenant: true}
	}
	res, err = browser.PostForm(at.String(), url.Values{"ticket": {ticket}, "password-reset": {password}, "re-enter-password": {password}, "action": {"default"}})
	if err != nil {
		return err
	}
	if page = drain(res); res.StatusCode != http.StatusOK {
		return &pageError{at: at, status: res.Status, hint: res.Header.Get("Faux0-Hint"), page: page, onTenant: true}
	}
	return nil
}

// InOrganization names the organization that the user logs in to, by its name,
// where the tenant asks for it before the login, or has it picked after. Where
// it is found by the domain of an address, that is what to give.
func InOrganization(name string) LoginOption { return func(v *visit) { v.organization = name } }

// organizations are what the picker offers: the value of each button, which is
// an organization's id.
var organizations = regexp.MustCompile(`name="organization" value="([^"]*)"`)

// answerOrganization is what the user types or picks on a page about
// organizations, nil where the page is about something else.
func (v *visit) answerOrganization(at *url.URL, page string) (url.Values, error) {
	if !v.tenant.is(at) || !strings.HasPrefix(at.Path, "/u/organization") {
		return nil, nil
	}
	if v.organization == "" {
		return nil, fmt.Errorf("%s asks for an organization: name one with testkit.InOrganization", at.Path)
	}
	values := url.Values{"state": {at.Query().Get("state")}, "action": {"default"}}
	if at.Path != "/u/organization/picker" {
		values.Set("organizationName", v.organization)
		return values, nil
	}
	var offered []string
	for _, button := range organizations.FindAllStringSubmatch(page, -1) {
		for _, o := range v.tenant.Snapshot().Organizations {
			if o.ID != html.UnescapeString(button[1]) {
				continue
			}
			if o.Name == v.organization || o.ID == v.organization {
				values.Set("organization", o.ID)
				return values, nil
			}
			offered = append(offered, o.Name)
		}
	}
	return nil, fmt.Errorf("the picker does not offer %q, but %s", v.organization, strings.Join(offered, ", "))
}
