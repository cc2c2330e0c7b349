package tenant

// ProofOfPossession says which proof an API's access tokens are bound to.
//
// Source: Auth0 docs, "Configure sender constraining".
type ProofOfPossession struct {
	// Mechanism is one of the Mechanism constants.
	Mechanism string `json:"mechanism"`
	// Required refuses tokens to callers without the proof; RequiredFor
	// narrows that to "public_clients". Empty means "all_clients".
	Required    bool   `json:"required"`
	RequiredFor string `json:"required_for,omitempty"`
}

// Mechanisms of ProofOfPossession.
const (
	MechanismDPoP = "dpop"
	MechanismMTLS = "mtls"
)

// TakesProof says whether the API's tokens can be bound by the mechanism.
func (r *ResourceServer) TakesProof(mechanism string) bool {
	return r.ProofOfPossession != nil && r.ProofOfPossession.Mechanism == mechanism
}

// RequiresProof says whether the client gets no token for the API without a
// proof. With mTLS that always holds for every client.
//
// Source: Auth0 docs, "Configure sender constraining" ("always required for
// all applications" of mTLS); a false that is said outright is taken at its
// word, which is inferred.
func (r *ResourceServer) RequiresProof(c *Client) bool {
	p := r.ProofOfPossession
	if p == nil || !p.Required {
		return false
	}
	return p.Mechanism == MechanismMTLS || p.RequiredFor != "public_clients" || c.Public()
}
