package provider

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Link makes the account of the user secondary an identity of the user primary,
// as the Management API does, and returns the identities that primary then has.
// Both are named by user_id, e-mail address or username.
func (c *Control) Link(primary, secondary string) ([]tenant.Identity, error) {
	to, err := c.userID(primary)
	if err != nil {
		return nil, err
	}
	from, err := c.userID(secondary)
	if err != nil {
		return nil, err
	}
	return c.p.flow.LinkIdentity(to, from)
}

// Unlink takes an identity, named as the user_id it had, from the user, and
// returns the identities left. Its account is a user again.
func (c *Control) Unlink(user, identity string) ([]tenant.Identity, error) {
	id, err := c.userID(user)
	if err != nil {
		return nil, err
	}
	return c.p.flow.UnlinkIdentity(id, identity)
}

// Connect makes the OpenID provider with the issuer that of a connection of the
// strategy oidc, which logs in by the back channel. The connection is made, for
// every client, if there is none. The provider is asked if it is on this
// machine, and played otherwise.
func (c *Control) Connect(name, issuer, clientID, clientSecret string) error {
	return c.p.flow.Store.Update(func(s *store.State) error {
		known := s.ConnectionByName(name)
		if known == nil {
			known = &tenant.Connection{ID: tenant.DerivedID(tenant.KindConnection, name), Name: name, Strategy: "oidc"}
			for _, client := range s.Clients() {
				known.EnabledClients = append(known.EnabledClients, client.ClientID)
			}
		}
		if known.Strategy != "oidc" {
			return tenant.InvalidRequest(fmt.Sprintf("Connection %q has the strategy %q.", name, known.Strategy))
		}
		fresh := known.Clone()
		fresh.Options = maps.Clone(known.Options)
		if fresh.Options == nil {
			fresh.Options = map[string]any{}
		}
		maps.Copy(fresh.Options, map[string]any{"type": "back_channel", "issuer": issuer, "client_id": clientID, "client_secret": clientSecret})
		s.PutConnection(fresh)
		return nil
	})
}

// AllowCallback adds a URL to the callbacks of the client.
func (c *Control) AllowCallback(client, callbackURL string) error {
	return c.p.flow.Store.Update(func(s *store.State) error {
		known, err := findClient(s, client)
		if err != nil {
			return err
		}
		fresh := known.Clone()
		fresh.Callbacks = append(slices.Clone(known.Callbacks), callbackURL)
		s.ChangeClient(fresh, c.p.flow.Clock.Now())
		return nil
	})
}

// userID is the id of the user with the name. A user_id that nobody has is left
// to whoever acts on it.
func (c *Control) userID(name string) (id string, err error) {
	err = c.p.flow.Store.View(func(s *store.State) error {
		if s.Primary(name) != nil {
			id = name
			return nil
		}
		user, err := findUser(s, name)
		if err == nil {
			id = user.UserID
		}
		return err
	})
	return id, err
}

// identitiesRequest is the body of POST /_faux0/identities: one of link and
// unlink.
type identitiesRequest struct {
	User   string `json:"user"`
	Link   string `json:"link"`
	Unlink string `json:"unlink"`
}

func (c *Control) identities(r *http.Request) (*wire.Response, error) {
	var body identitiesRequest
	if err := decodeJSON(r, &body); err != nil {
		return nil, err
	}
	var list []tenant.Identity
	var err error
	switch {
	case body.User == "":
		return nil, tenant.MissingParameter("user")
	case body.Link != "" && body.Unlink == "":
		list, err = c.Link(body.User, body.Link)
	case body.Unlink != "" && body.Link == "":
		list, err = c.Unlink(body.User, body.Unlink)
	default:
		return nil, tenant.InvalidRequest("Give one of link and unlink.")
	}
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, list)
}
