package store

import "github.com/faux0/faux0/provider/tenant"

// UpstreamProfile is what an identity provider says about a person. Subject is
// the person's id there; empty stands for the one that goes with the address.
type UpstreamProfile struct {
	Subject string
	Email   string
	// EmailVerified says that the provider has seen the person read mail there.
	EmailVerified bool
	Name          string
	// Claims are the further things it says, by the names of OpenID Connect or
	// its own.
	Claims map[string]any
	// AccessToken and RefreshToken are for the provider's own API.
	AccessToken, RefreshToken string
}

// UpstreamRequest is a login that waits for an identity provider's answer.
type UpstreamRequest struct {
	TransactionID string
	Connection    string
	// Provider is what was known of it when it was asked.
	Provider tenant.Provider
	// Nonce and Verifier are what the answer is checked by, "" for none.
	Nonce, Verifier string
	RedirectURI     string
	// SAMLRequestID is the id of the AuthnRequest, where the provider speaks
	// SAML.
	SAMLRequestID string
}

// ProviderToken is a token of a pretend identity provider that means nothing
// to read: an authorization code, which works once, or an access token.
type ProviderToken struct {
	Strategy string
	Profile  UpstreamProfile
	Once     bool
}
