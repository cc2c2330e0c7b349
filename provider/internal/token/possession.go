package token

import "github.com/faux0/faux0/provider/tenant"

// Possession is the keys that a caller has shown to hold, by their thumbprints.
type Possession struct {
	// DPoPKey is the key that signed the request's DPoP proof (RFC 7638,
	// SHA-256).
	DPoPKey string
	// Certificate is the client certificate of the TLS connection (SHA-256).
	Certificate string
}

// Confirmation is the `cnf` claim: the one key whose holder may use the token.
//
// Source: RFC 7800 §3.1; RFC 8705 §3.1; RFC 9449 §6.1.
type Confirmation struct {
	DPoPKey     string `json:"jkt,omitempty"`
	Certificate string `json:"x5t#S256,omitempty"`
}

// Types of access tokens. Auth0 calls those bound to a certificate DPoP too.
//
// Source: RFC 6750 §4; RFC 9449 §5; Auth0 docs, "mTLS sender constraining".
const (
	TypeBearer = "Bearer"
	TypeDPoP   = "DPoP"
)

// ReasonBound and its fellows say whether the access token is bound to a key.
const (
	ReasonBound         = "sender_constrained"
	ReasonProofNotAsked = "proof_of_possession_not_configured"
)

// TokenType is the `token_type` of the access token.
func (d *Decision) TokenType() string {
	if d.Bound != nil {
		return TypeDPoP
	}
	return TypeBearer
}

// decidePossession binds the access token to a key where the client has shown
// one that the API, or /userinfo, takes; and refuses it where one is required.
//
// It returns ProofRequired.
//
// Source: Auth0 docs, "Configure sender constraining" (the table of how access
// tokens are issued).
func (d *Decision) decidePossession(req Request) error {
	d.Possession = req.Possession
	bound, shown := d.confirmation(req)
	switch {
	case bound != nil:
		d.Bound = bound
		d.because(Reason{
			Code: ReasonBound, About: "access_token", Outcome: Granted,
			Sentence: "It is bound to the key whose possession the request showed: whoever uses it must show that again.",
		})
		return nil
	case req.Flow.atAuthorize() && !req.AccessToken:
		return nil // nothing to bind
	case !d.Opaque() && d.API.ProofOfPossession == nil && req.Client.RequireProofOfPossession:
		return tenant.ProofRequired().WithHint(
			"client %q requires proof of possession, and API %q has no proof_of_possession: set its mechanism to \"dpop\" or \"mtls\"", req.Client.Name, d.API.Name)
	case req.Client.RequireProofOfPossession:
		return tenant.ProofRequired().WithHint("client %q has require_proof_of_possession: send %s", req.Client.Name, d.wantedProof())
	case !d.Opaque() && d.API.RequiresProof(req.Client):
		return tenant.ProofRequired().WithHint("API %q requires proof of possession: send %s", d.API.Name, d.wantedProof())
	case shown:
		d.because(Reason{
			Code: ReasonProofNotAsked, About: "access_token", Outcome: Changed,
			Sentence: "The request showed possession of a key, and the token is not bound to it: the API does not take this proof.",
			Fix:      "Set proof_of_possession of API \"" + d.API.Name + "\".", Setting: apiSetting(d.API, "proof_of_possession"),
		})
	}
	return nil
}

// confirmation is the key to bind the token to, nil for none, and whether any
// was shown. /userinfo takes any proof; where both were shown, that the DPoP
// one counts is inferred. Certificates are for clients that can keep a secret.
//
// Source: Auth0 docs, "mTLS sender constraining" (confidential clients only).
func (d *Decision) confirmation(req Request) (bound *Confirmation, shown bool) {
	key, certificate := req.Possession.DPoPKey, req.Possession.Certificate
	if req.Client.Public() {
		certificate = ""
	}
	if !d.Opaque() {
		if !d.API.TakesProof(tenant.MechanismDPoP) {
			key = ""
		}
		if !d.API.TakesProof(tenant.MechanismMTLS) {
			certificate = ""
		}
	}
	switch {
	case key != "":
		bound = &Confirmation{DPoPKey: key}
	case certificate != "":
		bound = &Confirmation{Certificate: certificate}
	}
	return bound, req.Possession.DPoPKey != ""
}

// wantedProof words what the caller has to send.
func (d *Decision) wantedProof() string {
	const dpop, mtls = "a DPoP header with a proof (RFC 9449)", "a client certificate, on the mtls. host (RFC 8705)"
	switch {
	case d.Opaque():
		return dpop + " or " + mtls
	case d.API.TakesProof(tenant.MechanismMTLS):
		return mtls
	}
	return dpop
}
