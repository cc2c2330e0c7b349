package oauth

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths where native and web applications ask for passkeys.
//
// Source: Auth0 docs, "Passkey APIs".
const (
	pathPasskeyRegister  = "/passkey/register"
	pathPasskeyChallenge = "/passkey/challenge"
)

func (h *Handler) mountPasskey(rt *wire.Router) {
	rt.Handle("POST", pathPasskeyRegister, wire.OAuth, h.passkeyRegister)
	rt.Handle("POST", pathPasskeyChallenge, wire.OAuth, h.passkeyChallenge)
}

// passkeyAsked is what an application hands to its authenticator, and what it
// comes back with.
//
// Source: Auth0 docs, "Passkey APIs".
type passkeyAsked struct {
	PublicKey   any    `json:"authn_params_public_key"`
	AuthSession string `json:"auth_session"`
}

// passkeyCall is a call of the passkey API that may be made.
type passkeyCall struct {
	wire.Params
	x          *wire.Exchange
	client     *tenant.Client
	connection *tenant.Connection
	org        *tenant.Organization
}

// passkeyRegister asks for a passkey of somebody who signs up. The user is made
// when it is redeemed.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey".
func (h *Handler) passkeyRegister(r *http.Request) (*wire.Response, error) {
	c, err := h.passkeyCall(r)
	if err == nil && c.connection.SignupDisabled() {
		err = tenant.InvalidRequest("public signup is disabled").WithHint("set options.disable_signup of connection %q to false", c.connection.Name)
	}
	var user *tenant.User
	if err == nil {
		user, err = readProfile(c)
	}
	if err == nil && h.Taken(c.connection, user) {
		err = tenant.PasskeyUserExists()
	}
	if err == nil {
		err = h.PrepareSignUp(flow.NewUser{About: c.x.LogEvent(""), Connection: c.connection, User: user, Passkey: true})
	}
	h.logPasskeyAsked(r, c, err)
	if err != nil {
		return nil, err
	}
	asked := c.ceremony(store.CeremonySignup)
	asked.User = user
	options, session := h.AskKey(asked, user, c.x.Base, false)
	return wire.JSON(http.StatusOK, passkeyAsked{options, session})
}

// passkeyChallenge asks whoever has a passkey to log in with it.
//
// Source: Auth0 docs, Authentication API, "Request a passkey challenge".
func (h *Handler) passkeyChallenge(r *http.Request) (*wire.Response, error) {
	c, err := h.passkeyCall(r)
	h.logPasskeyAsked(r, c, err)
	if err != nil {
		return nil, err
	}
	options, session := h.AskPasskey(c.ceremony(store.CeremonyLogin), c.x.Base)
	return wire.JSON(http.StatusOK, passkeyAsked{options, session})
}

func (c *passkeyCall) ceremony(purpose string) store.Ceremony {
	asked := store.Ceremony{Purpose: purpose, KeyType: tenant.KeyPasskey, ClientID: c.client.ClientID, ConnectionID: c.connection.ID}
	if c.org != nil {
		asked.OrganizationID = c.org.ID
	}
	return asked
}

// passkeyCall authenticates the client and finds out whether and where it may
// use passkeys. What it returns beside an error may be incomplete.
//
// Source: Auth0 docs, "Passkey APIs" (first-party, OIDC conformant, the grant).
// Differs: any of the tenant's hosts will do, where Auth0 wants a custom domain.
func (h *Handler) passkeyCall(r *http.Request) (c *passkeyCall, err error) {
	c = &passkeyCall{x: wire.From(r)}
	if c.Params, err = wire.Body(r); err != nil {
		return c, err
	}
	if c.client, err = h.AuthenticateClient(r, c.Params); err != nil {
		return c, err
	}
	refused := tenant.PasskeysNotAllowed()
	switch {
	case !c.client.IsFirstParty:
		return c, refused.WithHint("client %q is a third-party application", c.client.Name)
	case !c.client.OIDCConformant:
		return c, refused.WithHint("set oidc_conformant of client %q", c.client.Name)
	case !c.client.AllowsGrant(tenant.GrantPasskey):
		return c, refused.WithHint("add %q to grant_types of client %q", tenant.GrantPasskey, c.client.Name)
	}
	if c.connection, err = h.passkeyConnection(c.client, c.Get("realm")); err != nil {
		return c, err
	}
	c.org, err = h.passkeyOrganization(c.client, c.connection, c.Get("organization"))
	return c, err
}

// passkeyConnection is the database of the realm, of the tenant's default
// directory, or the only one with passkeys that the client has.
func (h *Handler) passkeyConnection(client *tenant.Client, realm string) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		name := cmp.Or(realm, s.Settings().DefaultDirectory)
		var able []*tenant.Connection
		for _, c := range s.Connections() {
			if _, on := c.Passkeys(); on && c.EnabledFor(client.ClientID) {
				able = append(able, c)
			}
			if c.Database() && name != "" && c.Realm(name) {
				connection = c
			}
		}
		if name == "" && len(able) == 1 {
			connection = able[0]
		}
		switch {
		case connection == nil && name == "":
			return tenant.NoDefaultDirectory()
		case connection == nil:
			return tenant.UnknownRealm(name)
		case !connection.EnabledFor(client.ClientID):
			return tenant.ConnectionNotEnabled(connection.Name, client)
		case !slices.Contains(able, connection):
			return tenant.PasskeysNotAllowed().WithHint("set options.authentication_methods.passkey.enabled of connection %q, whose users must not be asked for usernames alone", connection.Name)
		}
		return nil
	})
	return connection, err
}

// passkeyOrganization is the one that people log in to, nil for none.
func (h *Handler) passkeyOrganization(client *tenant.Client, connection *tenant.Connection, value string) (*tenant.Organization, error) {
	switch usage := client.OrganizationUsage; {
	case value == "" && usage == "require":
		return nil, tenant.OrganizationRequired()
	case value == "":
		return nil, nil
	case usage != "allow" && usage != "require":
		return nil, tenant.OrganizationNotAllowed().WithHint("set organization_usage of client %q to \"allow\" or \"require\"", client.Name)
	}
	org, err := h.FindOrganization(value)
	if err != nil {
		return nil, err
	}
	if !org.Allows(connection.ID) {
		return nil, tenant.ConnectionNotEnabled(connection.Name, client).WithHint("add connection %q to organization %q", connection.Name, org.Name)
	}
	return org, nil
}

// profileMembers are what user_profile may hold.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey".
var profileMembers = []string{"email", "phone_number", "username", "name", "given_name", "family_name", "nickname", "picture"}

// maxMetadata is how many members user_metadata may have.
//
// Source: Auth0 docs, Authentication API, "Register a new user with a passkey".
const maxMetadata = 10

// readProfile reads who signs up, and holds it against what the database asks
// for.
func readProfile(c *passkeyCall) (*tenant.User, error) {
	if c.Get("user_profile") == "" {
		return nil, tenant.MissingParameter("user_profile")
	}
	var profile, metadata map[string]string
	if json.Unmarshal([]byte(c.Get("user_profile")), &profile) != nil {
		return nil, tenant.InvalidRequest("user_profile must be an object of strings")
	}
	if raw := c.Get("user_metadata"); raw != "" && (json.Unmarshal([]byte(raw), &metadata) != nil || len(metadata) > maxMetadata) {
		return nil, tenant.InvalidRequest("user_metadata must be an object of at most 10 strings")
	}
	for name := range profile {
		if !slices.Contains(profileMembers, name) {
			return nil, tenant.InvalidRequest("user_profile has an unknown property: " + name)
		}
	}
	u := &tenant.User{
		Email: profile["email"], PhoneNumber: profile["phone_number"], Username: profile["username"], Name: profile["name"],
		GivenName: profile["given_name"], FamilyName: profile["family_name"], Nickname: profile["nickname"], Picture: profile["picture"],
	}
	for name, value := range metadata {
		if u.UserMetadata == nil {
			u.UserMetadata = map[string]any{}
		}
		u.UserMetadata[name] = value
	}
	return u, checkIdentifiers(c.connection, profile)
}

func checkIdentifiers(c *tenant.Connection, profile map[string]string) error {
	named := false
	for _, attribute := range c.Attributes() {
		value := profile[attribute.Name]
		named = named || value != "" && attribute.Identifier
		switch {
		case value == "" && attribute.Required:
			return tenant.InvalidRequest("user_profile." + attribute.Name + " is required")
		case value == "":
		case attribute.Name == tenant.AttributeEmail && !tenant.ValidEmail(value),
			attribute.Name == tenant.AttributePhone && !tenant.ValidPhone(value),
			attribute.Name == tenant.AttributeUsername && !tenant.ValidUsername(value):
			return tenant.InvalidRequest("user_profile." + attribute.Name + " is not valid")
		case attribute.VerifyByCode:
			return tenant.InvalidRequest("user_profile." + attribute.Name + " has to be verified by a code").
				WithHint("Auth0 registers no passkey by its API where the connection verifies an identifier by a code; let people sign up on Universal Login")
		}
	}
	if !named {
		return tenant.InvalidRequest("user_profile has no identifier of the connection")
	}
	return nil
}

// logPasskeyAsked tells of a challenge, or why there is none.
//
// Source: the description of tenant logs, passkey_challenge_….
func (h *Handler) logPasskeyAsked(r *http.Request, c *passkeyCall, err error) {
	e := wire.From(r).LogEvent(tenant.LogPasskeyAsked)
	e.ClientID = c.Get("client_id")
	if c.connection != nil {
		e.Connection = c.connection.Name
	}
	if err != nil {
		e.Type, e.Description = tenant.LogPasskeyNotAsked, describe(err)
	}
	h.Log(e)
}
