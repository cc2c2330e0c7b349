package oauth

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// registered is what a client that registered itself is told, in Auth0's order:
// all that was settled for it.
//
// Source: RFC 7591 §3.2.1; Auth0 docs, "Dynamic client registration".
type registered struct {
	Name          string   `json:"client_name"`
	ClientID      string   `json:"client_id"`
	ClientSecret  string   `json:"client_secret,omitempty"`
	RedirectURIs  []string `json:"redirect_uris"`
	AuthMethod    string   `json:"token_endpoint_auth_method"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	LogoURI       string   `json:"logo_uri,omitempty"`
	// SecretExpiresAt is 0, for never; nil where there is no secret.
	SecretExpiresAt *int `json:"client_secret_expires_at,omitempty"`
}

// register makes a third-party client of the metadata that anybody sends.
//
// It returns RegistrationDisabled, or an error of tenant.Registration.
//
// Source: RFC 7591 §3; Auth0 docs, "Dynamic client registration" (open
// registration). The status is the RFC's; a sample in the docs says 200.
func (h *Handler) register(r *http.Request) (*wire.Response, error) {
	enabled, mode := false, ""
	_ = h.Store.View(func(s *store.State) error {
		enabled, mode = s.Settings().Flags[tenant.FlagRegistration], s.Settings().RegistrationMode()
		return nil
	})
	if !enabled {
		return nil, tenant.RegistrationDisabled()
	}
	metadata, err := readRegistration(r)
	if err != nil {
		return nil, err
	}
	client, err := metadata.Client(mode)
	if err != nil {
		return nil, err
	}
	client.ClientID, client.ClientSecret = h.IDs.ClientID(), h.IDs.ClientSecret()
	if mode == tenant.SecurityModeStrict {
		client.ClientID = "tpc_" + client.ClientID
	}
	_ = h.Store.Update(func(s *store.State) error { s.ChangeClient(client, h.Clock.Now()); return nil })
	wire.From(r).Note("client_id", client.ClientID)
	answer := registered{
		Name: client.Name, ClientID: client.ClientID, RedirectURIs: client.Callbacks, AuthMethod: client.TokenEndpointAuthMethod,
		GrantTypes: client.GrantTypes, ResponseTypes: metadata.ResponseTypes, LogoURI: client.LogoURI,
	}
	if !client.Public() {
		answer.ClientSecret, answer.SecretExpiresAt = client.ClientSecret, new(int)
	}
	return wire.JSON(http.StatusCreated, answer)
}

func readRegistration(r *http.Request) (*tenant.Registration, error) {
	raw, err := wire.ReadBody(r, wire.MaxBody)
	if err != nil {
		return nil, err
	}
	metadata := &tenant.Registration{}
	err = json.Unmarshal(raw, metadata)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "redirect_uris":
		return nil, tenant.InvalidRedirectURI("redirect_uris must be an array of strings")
	case errors.As(err, &wrong) && wrong.Field != "":
		return nil, tenant.InvalidClientMetadata(wrong.Field + " must not be a " + wrong.Value)
	case err != nil:
		return nil, tenant.InvalidClientMetadata("The body must be a JSON object").WithHint("%s", err)
	}
	return metadata, nil
}
