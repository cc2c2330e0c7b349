package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Patience is how long an identity provider may take to answer.
var Patience = 5 * time.Second

// maxProviderBody bounds what it may answer.
const maxProviderBody = 1 << 20

// Providers asks identity providers: those on this machine, and on hosts that
// were named. No other is ever asked, whatever a connection, a provider's own
// description or the name service says.
type Providers struct {
	client *http.Client
	hosts  []string
}

// NewProviders returns a client that asks loopback addresses and the hosts. ca
// is the local authority as PEM.
func NewProviders(ca []byte, hosts []string) *Providers {
	p := &Providers{}
	for _, host := range hosts {
		p.hosts = append(p.hosts, strings.ToLower(host))
	}
	p.client = &http.Client{
		Timeout:       Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &guarded{loopback: Transport(ca, onlyLoopback), named: Transport(ca, nil)},
	}
	return p
}

// guarded keeps a request for a loopback name from leaving the machine.
type guarded struct{ loopback, named http.RoundTripper }

func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if Loopback(r.URL.Hostname()) {
		return g.loopback.RoundTrip(r)
	}
	return g.named.RoundTrip(r)
}

func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is not on this machine", address)
	}
	return nil
}

// Reaches says whether the URL is one that may be asked.
func (p *Providers) Reaches(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return Loopback(host) || slices.Contains(p.hosts, host)
}

// ProviderError is a question that a provider did not answer as it should.
type ProviderError struct {
	// Code is the OAuth error that the provider gave, "" for none.
	Code string
	// Message is what went wrong in the words of the library that Auth0 uses,
	// Hint in ours.
	Message, Hint string
}

// Error implements error.
func (e *ProviderError) Error() string { return e.Message }

// Describe fetches a provider's description of itself.
//
// Source: OpenID Connect Discovery 1.0 §4.
func (p *Providers) Describe(ctx context.Context, discoveryURL string) (tenant.ProviderMetadata, error) {
	var m tenant.ProviderMetadata
	body, err := p.get(ctx, discoveryURL, "")
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil || m.Issuer == "" || m.AuthorizationEndpoint == "" {
		return m, &ProviderError{Message: "failed to parse the provider's metadata", Hint: discoveryURL + " is no OpenID Provider's description: issuer or authorization_endpoint is missing"}
	}
	return m, nil
}

// Keys fetches a provider's JWKS.
func (p *Providers) Keys(ctx context.Context, jwksURI string) ([]byte, error) {
	return p.get(ctx, jwksURI, "")
}

// Metadata fetches a SAML provider's description of itself.
//
// Source: Metadata for SAML V2.0 §4.1.
func (p *Providers) Metadata(ctx context.Context, metadataURL string) ([]byte, error) {
	return p.get(ctx, metadataURL, "")
}

// UserInfo fetches what a provider says about the person that the access token
// is for.
//
// Source: OpenID Connect Core 1.0 §5.3.
func (p *Providers) UserInfo(ctx context.Context, endpoint, accessToken string) (map[string]any, error) {
	body, err := p.get(ctx, endpoint, accessToken)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil || claims == nil {
		return nil, &ProviderError{Message: "failed to parse userinfo body as JSON", Hint: endpoint + " answers no JSON object; signed answers are not read"}
	}
	return claims, nil
}

// ProviderTokens is a provider's answer to a code.
type ProviderTokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	// All is the answer as it stands.
	All map[string]any `json:"-"`
}

// Redeem exchanges a code at the provider's token endpoint.
//
// Source: RFC 6749 §4.1.3.
func (p *Providers) Redeem(ctx context.Context, endpoint string, form url.Values, header map[string]string) (ProviderTokens, error) {
	var tokens ProviderTokens
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return tokens, &ProviderError{Message: err.Error()}
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	body, err := p.ask(req)
	if err != nil {
		return tokens, err
	}
	if err := errors.Join(json.Unmarshal(body, &tokens), json.Unmarshal(body, &tokens.All)); err != nil {
		return tokens, &ProviderError{Message: "failed to parse the token response as JSON", Hint: endpoint + " answers no JSON object"}
	}
	return tokens, nil
}

// Do sends a request of a connection's script and returns the answer, whatever
// its status.
func (p *Providers) Do(req *http.Request) (status int, header http.Header, body []byte, err error) {
	if err := p.reach(req); err != nil {
		return 0, nil, nil, errors.New(err.Hint)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxProviderBody))
	return res.StatusCode, res.Header, body, err
}

func (p *Providers) reach(req *http.Request) *ProviderError {
	if p.Reaches(req.URL.String()) {
		return nil
	}
	return &ProviderError{
		Message: "connect ECONNREFUSED", Hint: req.URL.String() + " is not on this machine, and no other provider is asked: use a loopback address, or name its host with --host",
	}
}

func (p *Providers) get(ctx context.Context, rawURL, accessToken string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, &ProviderError{Message: err.Error()}
	}
	req.Header.Set("Accept", "application/json")
	if accessToken != "" {
		req.Header.Set("Authorization", "Bearer "+accessToken)
	}
	return p.ask(req)
}

// ask sends the request and returns the body of a 200.
func (p *Providers) ask(req *http.Request) ([]byte, error) {
	if err := p.reach(req); err != nil {
		return nil, err
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, &ProviderError{Message: "connect ECONNREFUSED " + req.URL.Host, Hint: "the provider cannot be reached: " + err.Error()}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxProviderBody+1))
	switch {
	case err != nil || len(body) > maxProviderBody:
		return nil, &ProviderError{Message: "failed to read the provider's response", Hint: req.URL.String() + " broke off, or answers more than 1 MB"}
	case res.StatusCode != http.StatusOK:
		return nil, refusal(req, res, body)
	}
	return body, nil
}

// refusal is what a provider says in place of an answer.
//
// Source: RFC 6749 §5.2; RFC 6750 §3. Observed: openid-client, in whose words
// Auth0's OpenID Connect connections speak.
func refusal(req *http.Request, res *http.Response, body []byte) *ProviderError {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	where := req.Method + " " + req.URL.Scheme + "://" + req.URL.Host + req.URL.Path
	if json.Unmarshal(body, &said) == nil && said.Error != "" {
		e := &ProviderError{Code: said.Error, Message: said.Error, Hint: where + " answered " + res.Status + " and " + said.Error}
		if said.Description != "" {
			e.Message += " (" + said.Description + ")"
			e.Hint += ": " + said.Description
		}
		return e
	}
	if res.Header.Get("WWW-Authenticate") != "" {
		return &ProviderError{Message: "server responded with a challenge in the WWW-Authenticate HTTP Header", Hint: where + " answered " + res.Status + " and " + res.Header.Get("WWW-Authenticate")}
	}
	return &ProviderError{Message: "expected 200 OK, got: " + res.Status, Hint: where + " answered " + res.Status}
}
