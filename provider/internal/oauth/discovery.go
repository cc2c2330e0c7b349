package oauth

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// metadata is the discovery document, its members in Auth0's order.
//
// Source: OpenID Connect Discovery 1.0 §3; RFC 8414 §2. Observed: documents of
// public tenants, 2023 to 2026.
type metadata struct {
	Issuer                  string   `json:"issuer"`
	AuthorizationEndpoint   string   `json:"authorization_endpoint"`
	TokenEndpoint           string   `json:"token_endpoint"`
	DeviceEndpoint          string   `json:"device_authorization_endpoint"`
	UserinfoEndpoint        string   `json:"userinfo_endpoint"`
	MFAChallengeEndpoint    string   `json:"mfa_challenge_endpoint"`
	JWKSURI                 string   `json:"jwks_uri"`
	RegistrationEndpoint    string   `json:"registration_endpoint"`
	PAREndpoint             string   `json:"pushed_authorization_request_endpoint,omitempty"`
	RevocationEndpoint      string   `json:"revocation_endpoint"`
	Scopes                  []string `json:"scopes_supported"`
	ResponseTypes           []string `json:"response_types_supported"`
	ChallengeMethods        []string `json:"code_challenge_methods_supported"`
	ResponseModes           []string `json:"response_modes_supported"`
	SubjectTypes            []string `json:"subject_types_supported"`
	TokenAuthMethods        []string `json:"token_endpoint_auth_methods_supported"`
	Claims                  []string `json:"claims_supported"`
	RequestURIParameter     bool     `json:"request_uri_parameter_supported"`
	RequestParameter        bool     `json:"request_parameter_supported"`
	RequestObjectAlgs       []string `json:"request_object_signing_alg_values_supported,omitempty"`
	IDTokenAlgs             []string `json:"id_token_signing_alg_values_supported"`
	TokenAuthAlgs           []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	GlobalRevocation        string   `json:"global_token_revocation_endpoint"`
	GlobalRevocationMethods []string `json:"global_token_revocation_endpoint_auth_methods_supported"`
	DPoPAlgs                []string `json:"dpop_signing_alg_values_supported"`
	EndSessionEndpoint      string   `json:"end_session_endpoint,omitempty"`
	BackchannelLogout       bool     `json:"backchannel_logout_supported"`
	BackchannelSession      bool     `json:"backchannel_logout_session_supported"`
	BackchannelEndpoint     string   `json:"backchannel_authentication_endpoint"`
	BackchannelModes        []string `json:"backchannel_token_delivery_modes_supported"`
	GrantTypes              []string `json:"grant_types_supported"`
	ACRValues               []string `json:"acr_values_supported,omitempty"`
	BoundByCertificate      bool     `json:"tls_client_certificate_bound_access_tokens,omitempty"`
	Aliases                 *aliases `json:"mtls_endpoint_aliases,omitempty"`
	RequirePAR              bool     `json:"require_pushed_authorization_requests,omitempty"`
	ResponseIssuer          bool     `json:"authorization_response_iss_parameter_supported,omitempty"`
}

// newMetadata writes the document. What the browser visits stays on the
// issuer; what a back end calls follows the host it asked on, so containers
// that know the tenant by another name reach it.
func newMetadata(issuer, base string, f features) *metadata {
	m := &metadata{
		Issuer:                  issuer,
		AuthorizationEndpoint:   issuer + "authorize",
		TokenEndpoint:           base + "oauth/token",
		DeviceEndpoint:          base + "oauth/device/code",
		UserinfoEndpoint:        base + "userinfo",
		MFAChallengeEndpoint:    base + "mfa/challenge",
		JWKSURI:                 base + ".well-known/jwks.json",
		RegistrationEndpoint:    base + "oidc/register",
		RevocationEndpoint:      base + "oauth/revoke",
		Scopes:                  strings.Fields("openid profile offline_access name given_name family_name nickname email email_verified picture created_at identities phone address"),
		ResponseTypes:           []string{"code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token"},
		ChallengeMethods:        []string{"S256", "plain"},
		ResponseModes:           []string{"query", "fragment", "form_post"},
		SubjectTypes:            []string{"public"},
		TokenAuthMethods:        []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"},
		Claims:                  strings.Fields("aud auth_time created_at email email_verified exp family_name given_name iat identities iss name nickname phone_number picture sub"),
		IDTokenAlgs:             []string{"HS256", "RS256", "PS256"},
		TokenAuthAlgs:           []string{"RS256", "RS384", "PS256"},
		GlobalRevocation:        base + "oauth/global-token-revocation/connection/{connectionName}",
		GlobalRevocationMethods: []string{"global-token-revocation+jwt"},
		DPoPAlgs:                token.ProofAlgorithms,
		BackchannelLogout:       true,
		BackchannelSession:      true,
		BackchannelEndpoint:     base + "bc-authorize",
		BackchannelModes:        []string{"poll"},
		GrantTypes: []string{
			tenant.GrantAuthorizationCode, tenant.GrantClientCredentials, tenant.GrantRefreshToken, tenant.GrantImplicit,
			tenant.GrantPassword, tenant.GrantDeviceCode, tenant.GrantTokenExchange,
			"urn:ietf:params:oauth:grant-type:jwt-bearer", tenant.GrantPasswordRealm, tenant.GrantPasswordlessOTP,
			tenant.GrantMFAOOB, tenant.GrantMFAOTP, tenant.GrantMFARecoveryCode,
		},
	}
	if f.endSession {
		m.EndSessionEndpoint = issuer + "oidc/logout"
	}
	if f.par {
		m.PAREndpoint, m.RequirePAR = base+"oauth/par", f.requirePAR
	}
	if f.jar {
		m.RequestParameter, m.RequestObjectAlgs = true, []string{"RS256", "RS384", "PS256"}
	}
	f.addMTLS(m, base)
	m.ACRValues, m.ResponseIssuer = strings.Fields(f.acr), f.responseIssuer
	return m
}

// features are what the tenant has beyond what all have.
type features struct {
	endSession, par, requirePAR, jar, responseIssuer bool
	mtlsFeatures
	// acr is acr_values_supported with spaces between them.
	acr string
}

// featuresOf reads them. Request objects are advertised as soon as a client
// uses them, which is inferred: Auth0 sells them as an add-on of the tenant.
//
// Source: RFC 9126 §5; RFC 9101 §10.5; RFC 9207 §3; Auth0 docs, "Highly
// Regulated Identity".
func featuresOf(s *store.State) features {
	settings, clients := s.Settings(), s.Clients()
	return features{
		endSession: settings.PublishesEndSession(), par: settings.PAR, requirePAR: settings.RequirePAR,
		jar:            slices.ContainsFunc(clients, func(c *tenant.Client) bool { return c.SignedRequestObject != nil }),
		mtlsFeatures:   mtlsFeaturesOf(s, clients),
		responseIssuer: settings.ResponseIssuer, acr: strings.Join(settings.ACRValuesSupported, " "),
	}
}

// discoveryCache keeps the encoded documents: clients ask for them far more
// often than for anything else.
type discoveryCache struct {
	mu   sync.RWMutex
	docs map[discoveryKey][]byte
}

type discoveryKey struct {
	issuer, base string
	features
}

// maxDiscoveryDocs bounds the cache: *.localhost offers endless names.
const maxDiscoveryDocs = 64

func (c *discoveryCache) get(k discoveryKey) ([]byte, error) {
	c.mu.RLock()
	doc, ok := c.docs[k]
	c.mu.RUnlock()
	if ok {
		return doc, nil
	}
	doc, err := wire.Marshal(newMetadata(k.issuer, k.base+"/", k.features))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.docs == nil || len(c.docs) >= maxDiscoveryDocs {
		c.docs = map[discoveryKey][]byte{}
	}
	c.docs[k] = doc
	return doc, nil
}

// discover serves both discovery documents; they are the same.
//
// Source: OpenID Connect Discovery 1.0 §4; RFC 8414 §3.
func (h *Handler) discover(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	key := discoveryKey{issuer: x.Issuer, base: x.Base}
	_ = h.Store.View(func(s *store.State) error { key.features = featuresOf(s); return nil })
	doc, err := h.discovery.get(key)
	if err != nil {
		return nil, err
	}
	return public(doc), nil
}

// flagNoAlg takes `alg` out of the published keys.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags; Auth0 docs,
// "JSON Web Key Sets" (include signing algorithms).
const flagNoAlg = "remove_alg_from_jwks"

// jwks serves the keys tokens are verified with.
//
// Source: RFC 7517 §5.
func (h *Handler) jwks(*http.Request) (*wire.Response, error) {
	bare := false
	_ = h.Store.View(func(s *store.State) error { bare = s.Settings().Flags[flagNoAlg]; return nil })
	return public(h.Keys().JWKS(!bare)), nil
}

// Headers of the public documents, ready made. Any page may read them.
//
// Observed: headers of /.well-known/openid-configuration.
var (
	publicType  = []string{"application/json; charset=utf-8"}
	publicCache = []string{"public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"}
	anyOrigin   = []string{"*"}
)

func public(body []byte) *wire.Response {
	return &wire.Response{Status: http.StatusOK, Body: body, Header: http.Header{
		"Content-Type": publicType, "Cache-Control": publicCache, "Access-Control-Allow-Origin": anyOrigin,
	}}
}
