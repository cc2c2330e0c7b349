package tenant

import (
	"slices"
	"strings"
)

// Names of the factors of multi-factor authentication.
//
// Source: Management API, GET /api/v2/guardian/factors.
const (
	FactorOTP              = "otp"
	FactorSMS              = "sms"
	FactorEmail            = "email"
	FactorPush             = "push-notification"
	FactorRecoveryCode     = "recovery-code"
	FactorWebAuthnRoaming  = "webauthn-roaming"
	FactorWebAuthnPlatform = "webauthn-platform"
)

// Policies that say when a second factor is asked for.
//
// Source: Management API, PUT /api/v2/guardian/policies.
const (
	PolicyAllApplications = "all-applications"
	PolicyConfidenceScore = "confidence-score"
)

// ACRMultiFactor is the acr_values by which an application asks for a second
// factor, and the acr of the ID token it then gets.
//
// Source: Auth0 docs, "Step-up authentication for web applications".
const ACRMultiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// GuardianFactor is one factor and whether people may use it.
type GuardianFactor struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// UserVerification is whether WebAuthn asks for a PIN or a finger; "" is
	// the factor's default.
	UserVerification string `json:"userVerification,omitempty"`
	// OverrideRelyingParty makes keys for RelyingParty rather than the host.
	OverrideRelyingParty bool           `json:"overrideRelyingParty,omitempty"`
	RelyingParty         string         `json:"relyingPartyIdentifier,omitempty"`
	Extra                map[string]any `json:"-"`
}

// Verification is whether WebAuthn asks who holds the authenticator. For
// security keys the default is not to: people have typed their password. Of
// devices it is what makes them a factor.
//
// Source: Auth0 docs, "Configure WebAuthn with security keys for MFA" (never is
// the default), "Configure WebAuthn with device biometrics for MFA". Observed:
// go-auth0, settings of both factors.
func (f *GuardianFactor) Verification() string {
	switch {
	case f.Name == FactorWebAuthnPlatform:
		return "required"
	case f.UserVerification != "":
		return f.UserVerification
	}
	return "discouraged"
}

// RelyingPartyID is the host name that keys are made for, of a tenant called by
// the host: the one that was set, if the host lies within it.
//
// Source: Auth0 docs, "Configure WebAuthn with security keys for MFA"
// (configure relying party). Differs: on another host, such as localhost, a
// tenant's export would have no usable keys, so the host counts.
func (f *GuardianFactor) RelyingPartyID(host string) string {
	if f.OverrideRelyingParty && f.RelyingParty != "" && (host == f.RelyingParty || strings.HasSuffix(host, "."+f.RelyingParty)) {
		return f.RelyingParty
	}
	return host
}

// GuardianPolicies say when a second factor is asked for.
type GuardianPolicies struct {
	Policies []string       `json:"policies,omitempty"`
	Extra    map[string]any `json:"-"`
}

// PhoneMessageTypes are the ways a code may get to a phone.
//
// Source: Management API, PUT /api/v2/guardian/factors/phone/message-types.
type PhoneMessageTypes struct {
	MessageTypes []string       `json:"message_types,omitempty"`
	Extra        map[string]any `json:"-"`
}

// Values of PhoneMessageTypes.
const (
	MessageTypeSMS   = "sms"
	MessageTypeVoice = "voice"
)

// Guardian is a tenant's multi-factor authentication.
type Guardian struct {
	Factors  []*GuardianFactor
	Policies GuardianPolicies
	Phone    PhoneMessageTypes
}

// Enabled says whether people may use a factor.
func (g *Guardian) Enabled(factor string) bool {
	return slices.ContainsFunc(g.Factors, func(f *GuardianFactor) bool { return f.Name == factor && f.Enabled })
}

// builtFactors are those that can be enrolled in here.
var builtFactors = []string{FactorOTP, FactorSMS, FactorEmail, FactorPush, FactorWebAuthnRoaming}

// Factor finds a factor's settings; where it is not configured, it is off.
func (g *Guardian) Factor(name string) *GuardianFactor {
	for _, f := range g.Factors {
		if f.Name == name {
			return f
		}
	}
	return &GuardianFactor{Name: name}
}

// Usable are the enabled factors that a person may pass or enrol in, in the
// order they are offered.
func (g *Guardian) Usable() []string {
	return slices.DeleteFunc(slices.Clone(builtFactors), func(name string) bool { return !g.Enabled(name) })
}

// PhoneTypes are the ways a code may get to a phone, none where the factor is
// disabled. That a tenant which chooses none sends text messages is inferred.
func (g *Guardian) PhoneTypes() []string {
	switch {
	case !g.Enabled(FactorSMS):
		return nil
	case len(g.Phone.MessageTypes) == 0:
		return []string{MessageTypeSMS}
	}
	return g.Phone.MessageTypes
}

// Always says whether every login needs a second factor.
func (g *Guardian) Always() bool { return slices.Contains(g.Policies.Policies, PolicyAllApplications) }

// Adaptive says whether a second factor is asked for where a login looks risky.
func (g *Guardian) Adaptive() bool {
	return slices.Contains(g.Policies.Policies, PolicyConfidenceScore)
}

// MFAFactor is a second factor that a user is imported with: exactly one of
// its members.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
type MFAFactor struct {
	TOTP  *MFASecret  `json:"totp,omitempty"`
	Phone *MFAContact `json:"phone,omitempty"`
	Email *MFAContact `json:"email,omitempty"`

	// Voice, Push and RecoveryCode are ours: an import at Auth0 knows none of
	// them, and a snapshot is to bring them back.
	Voice        *MFAContact  `json:"voice,omitempty"`
	Push         *MFADevice   `json:"push,omitempty"`
	RecoveryCode *MFARecovery `json:"recovery_code,omitempty"`
}

// MFADevice is one that gets push notifications; nothing need be known of it.
type MFADevice struct{}

// MFARecovery is the code that stands in for another factor once.
type MFARecovery struct {
	Code string `json:"code"`
}

// MFASecret is what an authenticator app shares with the tenant, in base32.
type MFASecret struct {
	Secret string `json:"secret"`
}

// MFAContact is where codes are sent.
type MFAContact struct {
	Value string `json:"value"`
}

// MaskedContact is a phone number or address as the MFA API shows it.
//
// Observed: go-auth0, GET /mfa/authenticators.
func MaskedContact(to string) string {
	local, domain, isMail := strings.Cut(to, "@")
	if !isMail {
		if len(to) <= 4 {
			return strings.Repeat("X", len(to))
		}
		return strings.Repeat("X", len(to)-4) + to[len(to)-4:]
	}
	shown := min(4, len(domain))
	return strings.Repeat("*", min(4, len(local))) + "@" + domain[:shown] + strings.Repeat("*", len(domain)-shown)
}

const mfaAPIName = "MFA API"

// IsMFAAPI says whether the API is that of MFAAPI; no fixture holds it.
func (r *ResourceServer) IsMFAAPI() bool { return r.ID == "" && r.Name == mfaAPIName }

// MFAAPI is the API by which users manage their own authenticators, on the host
// that its identifier names.
//
// Source: Auth0 docs, "Manage authentication factors with the MFA API" (ten
// minutes, not configurable).
func MFAAPI(identifier string) *ResourceServer {
	const lifetime = 600
	return &ResourceServer{
		Name: mfaAPIName, Identifier: identifier, TokenLifetimeSeconds: lifetime, TokenLifetimeForWebSeconds: lifetime,
		Scopes: []Scope{{Value: ScopeEnroll}, {Value: ScopeReadAuthenticators}, {Value: ScopeRemoveAuthenticators}},
	}
}
