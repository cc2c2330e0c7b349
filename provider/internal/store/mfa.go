package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Authenticator is a second factor that a user is enrolled in.
//
// Observed: go-auth0, GET /mfa/authenticators.
type Authenticator struct {
	// ID begins with the Method, as in "totp|dev_…".
	ID string
	// Method is one of the Method… constants.
	Method string
	// Active authenticators have been used once; before, they are no factor.
	Active bool
	// Secret is that of an authenticator app, or the recovery code.
	Secret string
	// To is where codes are sent.
	To string
	// Implicit says that the user never enrolled: the address is theirs.
	Implicit bool
	// UsedStep is the time step of the last code of an authenticator app.
	UsedStep int64
	// Key is that of a security key or device, nil for others.
	Key *tenant.UserKey
}

// Methods of an Authenticator.
const (
	MethodTOTP         = "totp"
	MethodSMS          = "sms"
	MethodVoice        = "voice"
	MethodEmail        = "email"
	MethodPush         = "push"
	MethodRecoveryCode = "recovery-code"

	MethodWebAuthnRoaming  = tenant.KeyWebAuthnRoaming
	MethodWebAuthnPlatform = tenant.KeyWebAuthnPlatform
)

// factors is the factor that must be enabled for a method to count.
var factors = map[string]string{
	MethodTOTP: tenant.FactorOTP, MethodSMS: tenant.FactorSMS, MethodVoice: tenant.FactorSMS, MethodEmail: tenant.FactorEmail,
	MethodPush: tenant.FactorPush, MethodRecoveryCode: tenant.FactorRecoveryCode,
	MethodWebAuthnRoaming: tenant.FactorWebAuthnRoaming, MethodWebAuthnPlatform: tenant.FactorWebAuthnPlatform,
}

// Factor is the factor the authenticator belongs to.
func (a *Authenticator) Factor() string { return factors[a.Method] }

// OutOfBand says whether the proof comes on another way than it is asked for.
func (a *Authenticator) OutOfBand() bool {
	return a.Method != MethodTOTP && a.Method != MethodRecoveryCode && a.Key == nil
}

// Authenticators lists what a user has enrolled in, oldest first; keys come
// last.
func (s *State) Authenticators(userID string) []*Authenticator {
	return append(s.codes(userID), s.keys(userID)...)
}

// codes are the authenticators that are no keys: those that show or get codes,
// and pushes.
func (s *State) codes(userID string) []*Authenticator {
	if list, ok := s.authenticators[userID]; ok {
		return slices.Clone(list)
	}
	user := s.User(userID)
	if user == nil {
		return nil
	}
	var list []*Authenticator
	for i, f := range user.MFAFactors {
		a := &Authenticator{Active: true}
		switch {
		case f.TOTP != nil:
			a.Method, a.Secret = MethodTOTP, strings.ToUpper(strings.TrimRight(f.TOTP.Secret, "="))
		case f.Phone != nil:
			a.Method, a.To = MethodSMS, f.Phone.Value
		case f.Email != nil:
			a.Method, a.To = MethodEmail, f.Email.Value
		case f.Voice != nil:
			a.Method, a.To = MethodVoice, f.Voice.Value
		case f.Push != nil:
			a.Method = MethodPush
		case f.RecoveryCode != nil:
			a.Method, a.Secret = MethodRecoveryCode, strings.ToUpper(f.RecoveryCode.Code)
		}
		a.ID = a.Method + "|dev_" + derived(userID, i)
		list = append(list, a)
	}
	return list
}

// derived is the same for the same fixture at every start.
func derived(userID string, i int) string {
	sum := sha256.Sum256([]byte("authenticator\x00" + userID + "\x00" + strconv.Itoa(i)))
	return strings.NewReplacer("-", "a", "_", "b").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))[:16]
}

// PutAuthenticator adds an authenticator, or replaces the one with its id.
func (s *State) PutAuthenticator(userID string, a *Authenticator) {
	list := s.codes(userID)
	if at := slices.IndexFunc(list, func(o *Authenticator) bool { return o.ID == a.ID }); at >= 0 {
		list[at] = a
	} else {
		list = append(list, a)
	}
	s.setAuthenticators(userID, list)
}

// DeleteAuthenticator removes one and says whether it was there.
func (s *State) DeleteAuthenticator(userID, id string) bool {
	if s.deleteKey(userID, id) {
		return true
	}
	list := s.codes(userID)
	left := slices.DeleteFunc(slices.Clone(list), func(a *Authenticator) bool { return a.ID == id })
	s.setAuthenticators(userID, left)
	return len(left) < len(list)
}

// setAuthenticators keeps the user's mfa_factors in step, so that a snapshot
// holds what can be imported again.
func (s *State) setAuthenticators(userID string, list []*Authenticator) {
	s.authenticators[userID] = list
	old := s.User(userID)
	if old == nil {
		return
	}
	user := old.Clone()
	user.MFAFactors = nil
	for _, a := range list {
		switch {
		case !a.Active:
		case a.Method == MethodTOTP:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{TOTP: &tenant.MFASecret{Secret: a.Secret}})
		case a.Method == MethodVoice:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{Voice: &tenant.MFAContact{Value: a.To}})
		case a.Method == MethodPush:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{Push: &tenant.MFADevice{}})
		case a.Method == MethodRecoveryCode:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{RecoveryCode: &tenant.MFARecovery{Code: a.Secret}})
		case a.Method == MethodSMS:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{Phone: &tenant.MFAContact{Value: a.To}})
		case a.Method == MethodEmail:
			user.MFAFactors = append(user.MFAFactors, tenant.MFAFactor{Email: &tenant.MFAContact{Value: a.To}})
		}
	}
	s.PutUser(user)
}

// UsableAuthenticators are the active ones whose factor is enabled, with the
// user's own address; those of recovery codes come last.
func (s *State) UsableAuthenticators(userID string) []*Authenticator {
	list := slices.DeleteFunc(s.Authenticators(userID), func(a *Authenticator) bool {
		return !a.Active || !s.guardian.Enabled(a.Factor())
	})
	if own := s.ownAddress(userID, list); own != nil {
		list = append(list, own)
	}
	slices.SortStableFunc(list, func(a, b *Authenticator) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// ownAddress is the factor that a verified address is without any enrolment:
// beside others, or where people can enrol in no other. It is nil for none.
//
// Source: Auth0 docs, "Configure email notifications for MFA".
func (s *State) ownAddress(userID string, others []*Authenticator) *Authenticator {
	user := s.User(userID)
	if user == nil || !user.EmailVerified || user.Email == "" || !s.guardian.Enabled(tenant.FactorEmail) {
		return nil
	}
	alone := !slices.ContainsFunc(others, func(a *Authenticator) bool { return a.Method != MethodRecoveryCode })
	enrolls := slices.ContainsFunc(s.guardian.Usable(), func(factor string) bool { return factor != tenant.FactorEmail })
	known := slices.ContainsFunc(others, func(a *Authenticator) bool { return strings.EqualFold(a.To, user.Email) })
	if alone && enrolls || known {
		return nil
	}
	return &Authenticator{ID: MethodEmail + "|dev_" + derived(userID, -1), Method: MethodEmail, To: user.Email, Active: true, Implicit: true}
}

func rank(a *Authenticator) int {
	return slices.Index([]string{MethodWebAuthnPlatform, MethodWebAuthnRoaming, MethodPush, MethodTOTP, MethodSMS, MethodVoice, MethodEmail, MethodRecoveryCode}, a.Method)
}

// Browser is one that a user has logged in with.
type Browser struct {
	// ID is that of its cookie.
	ID, UserAgent, IP string
	SeenAt            time.Time
}

// KnownBrowser is one in which a user is asked for no second factor, until a
// time at the most.
type KnownBrowser struct {
	UserID string
	Until  time.Time
}

// MFAToken is a request for tokens that waits for a second factor.
//
// Source: Auth0 docs, "Authenticate using the Resource Owner Password flow with
// MFA".
type MFAToken struct {
	ID, ClientID, UserID string
	// Grant is the grant_type of the request.
	Grant              string
	OrganizationID     string
	Audience, Resource string
	Scopes             []string
	// GrantedBy is the `gty` of the grant, if it has one.
	GrantedBy []string
	// RefreshToken is the one being exchanged, "" for none.
	RefreshToken string
	ExpiresAt    time.Time
}

// MFAChallenge waits for a code that was sent, or for a push to be answered.
type MFAChallenge struct {
	// MFATokenID is the mfa_token the challenge belongs to, "" for none.
	MFATokenID, UserID, AuthenticatorID string
	// Code was sent; ApprovalID is that of a push. One of them is set.
	Code, ApprovalID string
	ExpiresAt        time.Time
}
