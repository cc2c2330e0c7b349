package provider

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// ConsentRequest is consent that a user gives without having been asked.
type ConsentRequest struct {
	// Client is a client_id or a client's name.
	Client string `json:"client_id"`
	// User is a user_id, e-mail address or username.
	User string `json:"user"`
	// Audience is an API's identifier; empty is consent for OpenID Connect's
	// scopes alone.
	Audience string `json:"audience"`
	// Scope is space-separated.
	Scope string `json:"scope"`
	// Organization is an id or a name; empty is a login without one.
	Organization string `json:"organization"`
}

// Consent gives consent for a user, so that a login is not held up by the
// question. Scopes given before stay.
func (c *Control) Consent(r ConsentRequest) (*tenant.Consent, error) {
	given := tenant.Consent{Audience: r.Audience, Scopes: tenant.ParseScope(r.Scope)}
	err := c.p.flow.Store.View(func(s *store.State) error {
		client, err := findClient(s, r.Client)
		if err != nil {
			return err
		}
		user, err := findUser(s, r.User)
		if err != nil {
			return err
		}
		org, err := findOrganization(s, r.Organization)
		if err != nil {
			return err
		}
		if api := s.ResourceServer(r.Audience); api == nil && r.Audience != "" {
			return unknown("API", r.Audience, identifiers(s))
		}
		given.ClientID, given.UserID = client.ClientID, user.UserID
		if org != nil {
			given.OrganizationID = org.ID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.p.flow.GiveConsent(given), nil
}

func identifiers(s *store.State) []string {
	var list []string
	for _, api := range s.ResourceServers() {
		list = append(list, api.Identifier)
	}
	return list
}

// Consents lists what a user, named as in ConsentRequest, has consented to,
// oldest first.
func (c *Control) Consents(user string) (list []*tenant.Consent, err error) {
	err = c.p.flow.Store.View(func(s *store.State) error {
		u, err := findUser(s, user)
		if err == nil {
			list = s.ConsentsOf(u.UserID)
		}
		return err
	})
	return list, err
}

func (c *Control) consentsOf(r *http.Request) (*wire.Response, error) {
	list, err := c.Consents(r.URL.Query().Get("user"))
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, append([]*tenant.Consent{}, list...)) // never null
}

func (c *Control) giveConsent(r *http.Request) (*wire.Response, error) {
	var request ConsentRequest
	if err := decodeJSON(r, &request); err != nil {
		return nil, err
	}
	given, err := c.Consent(request)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusCreated, given)
}
