package oauth

import (
	"crypto/subtle"
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// clientCredentials is what a request holds to authenticate its client.
type clientCredentials struct {
	id, secret, assertion string
}

// readCredentials reads HTTP Basic credentials or members of the body, and
// refuses more than one method.
//
// It returns MixedAuthentication or Unauthorized.
//
// Source: RFC 6749 §2.3, §2.3.1; RFC 7521 §4.2; RFC 7523 §2.2.
func readCredentials(r *http.Request, p wire.Params) (clientCredentials, error) {
	c := clientCredentials{id: p.Get("client_id"), secret: p.Get("client_secret"), assertion: p.Get("client_assertion")}
	id, secret, basic := wire.BasicAuth(r)
	if basic && c.secret != "" || c.assertion != "" && (basic || c.secret != "") {
		return c, tenant.MixedAuthentication()
	}
	if basic {
		c.id, c.secret = id, secret
	}
	if c.assertion == "" {
		if c.id == "" {
			return c, tenant.Unauthorized().WithHint("no client_id was sent, neither in the body nor by HTTP Basic")
		}
		return c, nil
	}
	if sent := p.Get("client_assertion_type"); sent != token.AssertionType {
		return c, tenant.InvalidClient().WithHint("client_assertion_type is %q, and must be %q", sent, token.AssertionType)
	}
	subject := token.AssertionSubject(c.assertion)
	switch {
	case subject == "":
		return c, tenant.InvalidClient().WithHint("the client_assertion is no JWT with a sub")
	case c.id != "" && c.id != subject:
		return c, tenant.InvalidClient().WithHint("client_id is %q, and sub of the client_assertion %q", c.id, subject)
	}
	c.id = subject
	return c, nil
}

// AuthenticateClient finds out which client calls, by the method that the
// client is set to; either way of sending a secret will do. A client without a
// secret only names itself, and a secret it sends is not looked at.
//
// It returns Unauthorized for an unknown client and a wrong secret alike,
// InvalidClient where a key or a certificate is what failed, or
// MixedAuthentication; the hint says more.
//
// Source: RFC 6749 §2.3; RFC 7523 §2.2, §3.2; RFC 8705 §2; Auth0 docs,
// "Application credentials".
func (h *Handler) AuthenticateClient(r *http.Request, p wire.Params) (*tenant.Client, error) {
	c, err := readCredentials(r, p)
	if err != nil {
		return nil, err
	}
	x := wire.From(r)
	x.Note("client_id", c.id)
	client, err := h.namedClient(c.id)
	if err != nil {
		return nil, err
	}
	x.AllowOrigin = client.AllowsOrigin
	switch methods := client.AuthenticationMethods; {
	case methods != nil && methods.PrivateKeyJWT != nil:
		err = h.checkAssertion(r, client, c)
	case methods != nil:
		err = h.checkCertificate(x, client)
	case c.assertion != "":
		err = tenant.InvalidClient().
			WithHint("client %q has no private_key_jwt in client_authentication_methods", client.Name)
	case !client.Public():
		err = checkSecret(client, c.secret)
	}
	if err != nil {
		return nil, err
	}
	return client, nil
}

func (h *Handler) namedClient(id string) (client *tenant.Client, err error) {
	var names []string
	_ = h.Store.View(func(s *store.State) error {
		if client = s.Client(id); client == nil {
			for _, c := range s.Clients() {
				names = append(names, c.ClientID)
			}
		}
		return nil
	})
	if client != nil {
		return client, nil
	}
	if near := tenant.Nearest(id, names); near != "" {
		return nil, tenant.Unauthorized().WithHint("no client has client_id %q; did you mean %q?", id, near)
	}
	return nil, tenant.Unauthorized().WithHint("no client has client_id %q", id)
}

func checkSecret(client *tenant.Client, secret string) error {
	switch {
	case secret == "":
		return tenant.Unauthorized().
			WithHint("client %q is confidential (token_endpoint_auth_method %q) and sent no client_secret", client.Name, client.TokenEndpointAuthMethod)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(client.ClientSecret)) != 1:
		return tenant.Unauthorized().WithHint("the client_secret of client %q is wrong", client.Name)
	}
	return nil
}

// checkAssertion verifies what a client has signed for this request alone.
//
// Source: RFC 7523 §3; Auth0 docs, "Authenticate with Private Key JWT" (aud;
// that the URL called will do as well is community reports).
func (h *Handler) checkAssertion(r *http.Request, client *tenant.Client, c clientCredentials) error {
	if c.assertion == "" {
		return tenant.InvalidClient().WithHint("client %q authenticates by private_key_jwt: send client_assertion and client_assertion_type", client.Name)
	}
	x, now := wire.From(r), h.Clock.Now()
	audiences := []string{x.Issuer, x.Base + "/", x.Issuer + "oauth/token", x.Base + "/oauth/token", x.Base + r.URL.Path}
	a, err := token.ReadAssertion(c.assertion, client, audiences, now)
	if err != nil {
		return tenant.InvalidClient().WithHint("the client_assertion of client %q: %s", client.Name, err)
	}
	if !h.UseOnce("assertion "+client.ClientID+" "+a.JTI, a.Expires.Sub(now)) {
		return tenant.InvalidClient().WithHint("the client_assertion of client %q was used before: its jti must be new each time", client.Name)
	}
	return nil
}

// checkCertificate holds the caller's certificate to the client's credentials.
//
// Source: RFC 8705 §2.
func (h *Handler) checkCertificate(x *wire.Exchange, client *tenant.Client) error {
	if err := client.AuthenticationMethods.CheckCertificate(x.Certificate, x.CAVerified, h.Clock.Now()); err != nil {
		return tenant.InvalidClient().WithHint("client %q authenticates by %s: %s", client.Name, client.AuthenticationMethod(), err)
	}
	return nil
}
