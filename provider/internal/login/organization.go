package login

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the pages that ask for an organization: before the login by its
// name, after it from those the person is a member of.
//
// Source: Auth0 docs, "Universal Login" (prompt organizations).
const (
	pathOrganization       = "/u/organization"
	pathOrganizationPicker = "/u/organization/picker"
)

func (h *Handler) mountOrganization(rt *wire.Router) {
	rt.Handle("GET", pathOrganization, h.errorPage, h.organizationPage)
	rt.Handle("POST", pathOrganization, h.errorPage, h.chooseOrganization)
	rt.Handle("GET", pathOrganizationPicker, h.errorPage, h.pickerPage)
	rt.Handle("POST", pathOrganizationPicker, h.errorPage, h.pickOrganization)
}

// Values of Client.OrganizationRequireBehavior that ask a person.
//
// Source: Auth0 docs, "Define organization behavior".
const (
	promptBeforeLogin = "pre_login_prompt"
	promptAfterLogin  = "post_login_prompt"
)

// asksFirst says whether the organization must be named before the login.
func (a *authorization) asksFirst() bool {
	return a.OrganizationPrompt == promptBeforeLogin && a.OrganizationID == ""
}

// askFirst asks for the organization that must be named before the login, nil
// for none; silence is refused.
func (h *Handler) askFirst(r *http.Request, a *authorization) (*wire.Response, error) {
	switch {
	case !a.asksFirst():
		return nil, nil
	case a.Prompts("none"):
		return h.refuse(a, tenant.InteractionRequired().WithHint("no organization was named, and client %q asks for one", a.client.Name))
	}
	return h.startLogin(r, a), nil
}

// mayBePersonal says whether people may log in without an organization.
func (a *authorization) mayBePersonal() bool { return a.client.OrganizationUsage == "allow" }

const screenOrganization = "organizations.organization-selection."

// discoversBy says whether people name their organization by its name, by an
// e-mail address, or by either. That a client which says nothing asks for the
// name is inferred: it was so before there was a choice.
//
// Source: Auth0 docs, "Define organization behavior" (organization discovery).
func discoversBy(c *tenant.Client) (name, email bool) {
	methods := c.OrganizationDiscoveryMethods
	return len(methods) == 0 || slices.Contains(methods, tenant.DiscoverByName), slices.Contains(methods, tenant.DiscoverByEmail)
}

func (h *Handler) organizationPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	switch {
	case err != nil:
		return h.lost(r, err)
	case a.OrganizationPrompt != promptBeforeLogin:
		return h.toLogin(t), nil
	}
	return h.showOrganization(t, a, t.Identifier, nil)
}

func (h *Handler) showOrganization(t *store.Transaction, a *authorization, typed string, failure *formError) (*wire.Response, error) {
	byName, byEmail := discoversBy(a.client)
	page := ui.OrganizationName{Form: h.form(t, a, pathOrganization), Name: typed, Email: byEmail, Personal: a.mayBePersonal()}
	if failure == nil && !byEmail {
		page.Name = ""
	}
	label := "organizationName"
	switch {
	case byName && byEmail:
		label = "organizationNameOrEmail"
	case byEmail:
		label = "email"
	}
	page.Label = page.T(screenOrganization + label + "Placeholder")
	page.Error = failure.show(page.Look, screenOrganization, "")
	return render(statusOf(failure), page, "")
}

// chooseOrganization takes an organization's name, or an address that leads to
// it, and goes on to its login, or to the end where somebody is logged in
// already.
//
// Source: Auth0 docs, "Define organization behavior" (pre-login prompt), "Login
// flows for organizations" (organization domain discovery). Observed:
// @auth0/auth0-acul-js, screens organization-selection and organization-picker
// (fields).
func (h *Handler) chooseOrganization(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	switch {
	case err != nil:
		return h.lost(r, err)
	case a.OrganizationPrompt != promptBeforeLogin:
		return h.toLogin(t), nil
	}
	if p.Get("organizationSkipped") == "true" && a.mayBePersonal() {
		return h.enter(r, t, a, nil)
	}
	typed := strings.TrimSpace(p.Get("organizationName"))
	found, failure, hint := h.discover(a, typed)
	switch {
	case failure != nil:
		res, err := h.showOrganization(t, a, typed, failure)
		return hinted(res, err, hint)
	case tenant.ValidEmail(typed):
		t.Identifier, t.Request.LoginHint, a.LoginHint = typed, typed, typed
	}
	if len(found) == 1 {
		return h.enter(r, t, a, found[0])
	}
	t.Candidates = nil
	for _, org := range found {
		t.Candidates = append(t.Candidates, org.ID)
	}
	h.keep(t)
	return wire.Redirect(atState(pathOrganizationPicker, t.ID)), nil
}

// discover finds the organizations that somebody means, or says what is wrong
// with what they typed, and to a developer, why.
func (h *Handler) discover(a *authorization, typed string) (found []*tenant.Organization, failure *formError, hint string) {
	byName, byEmail := discoversBy(a.client)
	field := func(code string) *formError { return &formError{"organizationName", code} }
	_, domain, isEmail := strings.Cut(typed, "@")
	switch {
	case typed == "" && byName && byEmail:
		return nil, field("no-organization"), ""
	case typed == "" && byEmail:
		return nil, field("no-email"), ""
	case typed == "":
		return nil, field("no-organization-name"), ""
	case byEmail && (isEmail || !byName):
		if !tenant.ValidEmail(typed) {
			return nil, field("invalid-email"), ""
		}
		if found, hint = h.byDomain(a, domain); len(found) == 0 {
			return nil, field("unknown-email-domain"), hint
		}
		return found, nil, ""
	}
	_ = h.Store.View(func(s *store.State) error {
		if org := s.OrganizationByName(typed); org != nil && org.AllowsClient(a.client) {
			found = append(found, org)
		}
		return nil
	})
	if len(found) == 0 {
		return nil, field("invalid-organization"), ""
	}
	return found, nil, ""
}

// byDomain are the organizations that the domain of an address leads to.
func (h *Handler) byDomain(a *authorization, domain string) (found []*tenant.Organization, hint string) {
	hint = fmt.Sprintf("no organization has %s among its discovery_domains", domain)
	_ = h.Store.View(func(s *store.State) error {
		for _, org := range s.Organizations() {
			switch d := org.DiscoveryDomain(domain); {
			case d == nil:
			case d.Leads() && org.AllowsClient(a.client):
				found = append(found, org)
			case !d.Leads():
				hint = fmt.Sprintf("discovery domain %s of organization %q is not verified, or not used for discovery", domain, org.Name)
			}
		}
		return nil
	})
	return found, hint
}

// enter goes on with the organization; nil is none, a personal account.
func (h *Handler) enter(r *http.Request, t *store.Transaction, a *authorization, org *tenant.Organization) (*wire.Response, error) {
	t.Candidates = nil
	if org == nil {
		a.OrganizationPrompt, t.Request.OrganizationPrompt = "", ""
	} else {
		a.org, a.OrganizationID, t.Request.OrganizationID = org, org.ID, org.ID
	}
	for _, check := range []func() error{func() error { return h.checkConnection(a, nil) }, func() error { return h.checkVisible(a) }} {
		if err := check(); err != nil {
			return h.endInRefusal(t, a, err)
		}
	}
	next := ""
	if session, _ := h.usableSession(r, a); session != nil {
		t.Begin(session.ID)
		next = atState(pathResume, t.ID)
	}
	h.keep(t)
	if next == "" {
		_ = h.Store.View(func(s *store.State) error { next = firstStep(r, s, a, t.ID); return nil })
	}
	return wire.Redirect(next), nil
}

// mayEnterBy says whether people may log in to the organization, if there is
// one, by a connection that no page of it has offered them.
//
// It returns ConnectionNotInOrganization.
//
// Source: Auth0 docs, "Enable organization connections".
func (h *Handler) mayEnterBy(a *authorization, connection string) error {
	if !h.allowsSession(a, &store.Session{Connection: connection}) {
		return tenant.ConnectionNotInOrganization(connection, a.org)
	}
	return nil
}

// checkVisible: a login to an organization needs a form or a button, unless the
// app names the connection.
//
// Source: Auth0 docs, "Enable organization connections".
func (h *Handler) checkVisible(a *authorization) error {
	if a.org == nil || a.Connection != "" || a.invitation != nil {
		return nil
	}
	return h.Store.View(func(s *store.State) error {
		hidden := func(c *tenant.Connection) bool { return !c.Social() && !showsButton(c, a.org) }
		list := upstreamsFor(s, a)
		if len(formConnections(s, a)) == 0 && len(list) > 0 && !slices.ContainsFunc(list, func(c *tenant.Connection) bool { return !hidden(c) }) {
			return tenant.OrganizationConnectionsHidden(a.org)
		}
		return nil
	})
}
