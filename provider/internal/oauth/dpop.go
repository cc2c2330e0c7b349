package oauth

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// nonceHeader brings the nonce that the next DPoP proof should hold.
//
// Source: RFC 9449 §8.
const nonceHeader = "DPoP-Nonce"

// possession finds out what keys the caller of the token endpoint holds. A
// proof serves once, and a public client's must hold a nonce of the tenant.
//
// It returns InvalidDPoPProof or UseDPoPNonce.
//
// Source: RFC 9449 §5, §8, §11.1; Auth0 docs, "Demonstrating
// Proof-of-Possession (DPoP)" (public clients).
func (h *Handler) possession(r *http.Request, client *tenant.Client) (token.Possession, error) {
	p := token.Possession{Certificate: thumbprint(wire.From(r))}
	proof, err := h.readProof(r, "")
	switch {
	case err != nil || proof == nil:
		return p, err
	case client.Public() && !proof.Fresh:
		e := tenant.UseDPoPNonce().WithHint("repeat the request with a new proof that has the value of %s as its nonce", nonceHeader)
		e.Header = http.Header{nonceHeader: {h.Sealer.Nonce(h.Clock.Now())}}
		return p, e
	case !h.UseOnce("dpop "+proof.Thumbprint+" "+proof.JTI, token.ProofMemory):
		return p, tenant.InvalidDPoPProof("The DPoP proof was used before: its jti must be new each time")
	}
	p.DPoPKey = proof.Thumbprint
	return p, nil
}

// AuthenticatePushed authenticates the client of a pushed authorization
// request, and lets a DPoP proof that came with it stand for dpop_jkt.
//
// It returns an error of AuthenticateClient, InvalidDPoPProof or UseDPoPNonce.
//
// Source: RFC 9449 §10.1.
func (h *Handler) AuthenticatePushed(r *http.Request, p wire.Params) (*tenant.Client, error) {
	client, err := h.AuthenticateClient(r, p)
	if err != nil {
		return nil, err
	}
	shown, err := h.possession(r, client)
	switch sent := p.Get("dpop_jkt"); {
	case err != nil:
		return nil, err
	case shown.DPoPKey == "":
	case sent != "" && sent != shown.DPoPKey:
		return nil, tenant.InvalidDPoPProof("The DPoP proof's key is not that of dpop_jkt")
	default:
		p["dpop_jkt"] = shown.DPoPKey
	}
	return client, nil
}

// readProof reads the request's DPoP header, nil for none. accessToken is the
// token that the proof must be for, "" for none.
//
// Source: RFC 9449 §4.1, §4.3.
func (h *Handler) readProof(r *http.Request, accessToken string) (*token.Proof, error) {
	values := r.Header.Values("DPoP")
	switch len(values) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, tenant.InvalidDPoPProof("The request has more than one DPoP header")
	}
	x, now := wire.From(r), h.Clock.Now()
	return token.ReadProof(values[0], token.ProofContext{
		Method: r.Method, URLs: []string{x.Base + r.URL.Path, x.Issuer + r.URL.Path[1:]}, Now: now, AccessToken: accessToken,
		FreshNonce: func(nonce string) bool { return h.Sealer.FreshNonce(nonce, now) },
	})
}

// checkBound holds the caller to the key that an access token is bound to. The
// proof's jti may be used again here.
//
// Source: RFC 9449 §7.1, §7.2; RFC 8705 §3; Auth0 docs, "Demonstrating
// Proof-of-Possession (DPoP)" (jti at /userinfo), "mTLS sender constraining"
// (a token bound to a certificate may go by either scheme).
func (h *Handler) checkBound(r *http.Request, bound *token.Confirmation, raw string, dpop bool) error {
	switch {
	case bound == nil && dpop:
		return invalidToken("The access token is not bound to a key, so its scheme is Bearer")
	case bound == nil:
		return nil
	case bound.Certificate != "":
		if bound.Certificate != thumbprint(wire.From(r)) {
			return invalidToken("The access token is bound to a client certificate that was not presented")
		}
		return nil
	case !dpop:
		return invalidToken("The access token is bound to a key, so its scheme is DPoP")
	}
	proof, err := h.readProof(r, raw)
	switch {
	case err != nil:
		return err
	case proof == nil:
		return tenant.InvalidDPoPProof("The request has no DPoP header")
	case proof.Thumbprint != bound.DPoPKey:
		return invalidToken("The access token is bound to another key than the DPoP proof's")
	}
	return nil
}

// challenge words why a token or its proof will not do, as the scheme does
// that the caller used.
//
// Source: RFC 6750 §3; RFC 9449 §7.1.
func challenge(err error, dpop bool) error {
	e := wire.AsError(err)
	value := e.Header.Get("Www-Authenticate")
	if value == "" && e.Status == http.StatusBadRequest { // an error of the proof
		value = fmt.Sprintf(`Bearer realm="Users", error=%q, error_description=%q`, e.Code, e.Description)
	}
	if value == "" {
		return err
	}
	if dpop {
		value = token.TypeDPoP + strings.TrimPrefix(value, token.TypeBearer) + fmt.Sprintf(`, algs=%q`, strings.Join(token.ProofAlgorithms, " "))
	}
	refused := tenant.Unauthorized().WithHint("%s", e.Hint)
	refused.Header = http.Header{"Www-Authenticate": {value}}
	return refused
}
