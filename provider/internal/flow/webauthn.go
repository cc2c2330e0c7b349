package flow

import (
	"encoding/base64"
	"net/url"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/webauthn"
	"github.com/faux0/faux0/provider/tenant"
)

// keyTimeout is how long browsers wait for an authenticator, and how long the
// API's challenges wait for their answer.
//
// Source: Auth0 docs, "Passkey APIs" (timeout).
const keyTimeout = time.Minute

// pageCeremonyLifetime is how long a page may stand before its button is
// pressed.
const pageCeremonyLifetime = time.Hour

// KeyAnswer is the answer of an authenticator, and where it came from.
type KeyAnswer struct {
	// JSON is the credential as browsers encode it.
	JSON string
	// AuthSession finds what was asked by the API; on pages it is "", and the
	// challenge is looked at instead.
	AuthSession string
	// Fits says whether the answer belongs to what was asked: another's is
	// left alone. It is called under the store's lock.
	Fits func(*store.Ceremony) bool
	// Origin says whether a page of the origin may ask.
	Origin func(origin string) bool
	// UserAgent is the browser's.
	UserAgent string
}

// begin keeps what an authenticator is about to be asked, and returns what finds
// it again: the challenge for the pages of a login, an auth_session for the API.
func (f *Flow) begin(c *store.Ceremony) (id string) {
	now := f.Clock.Now()
	c.Challenge = base64.RawURLEncoding.EncodeToString(f.IDs.Bytes(webauthn.ChallengeBytes))
	id, lifetime := c.Challenge, pageCeremonyLifetime
	if c.TransactionID == "" {
		id, lifetime = f.IDs.LoginTicket(), keyTimeout
	}
	_ = f.Store.Update(func(s *store.State) error {
		s.Ceremonies.PutAtMost(store.MaxWaiting, id, c, now.Add(lifetime), now)
		return nil
	})
	return id
}

// take ends what was asked, if the answer fits it: it is answered once.
//
// It returns UnknownAuthSession.
func (f *Flow) take(answer KeyAnswer, challenge string) (*store.Ceremony, error) {
	id := challenge
	if answer.AuthSession != "" {
		id = answer.AuthSession
	}
	now := f.Clock.Now()
	var taken *store.Ceremony
	err := f.Store.Update(func(s *store.State) error {
		c, ok := s.Ceremonies.Get(id, now)
		if !ok || !answer.Fits(c) {
			return tenant.UnknownAuthSession().WithHint("the challenge is unknown, was answered before, is too old, or belongs to another login")
		}
		s.Ceremonies.Delete(id)
		taken = c
		return nil
	})
	return taken, err
}

// expect is what the answer is held to.
func expect(c *store.Ceremony, origin string, answer KeyAnswer) (webauthn.Expect, error) {
	if !answer.Origin(origin) {
		return webauthn.Expect{}, tenant.KeyRefused().WithHint("a page of %q may not ask for the keys of %q", origin, c.RPID)
	}
	return webauthn.Expect{Challenge: c.Challenge, RPID: c.RPID, Origins: []string{origin}, VerifyUser: c.VerifyUser}, nil
}

// RPID is the relying party's id of a tenant called at the base URL: its host
// name, or for second factors the one that the tenant chose.
//
// Source: Web Authentication Level 3 §4 (relying party identifier).
func (f *Flow) RPID(base, keyType string) (id string) {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	id = u.Hostname()
	if keyType != tenant.KeyPasskey {
		_ = f.Store.View(func(s *store.State) error { id = s.Guardian().Factor(keyType).RelyingPartyID(id); return nil })
	}
	return id
}

// AskKey asks for a new key of the ceremony's type for a user, and returns what
// finds the ceremony again. local wants the key made on this device.
//
// Source: Auth0 docs, "Passkey APIs" (resident keys, verification preferred).
func (f *Flow) AskKey(c store.Ceremony, user *tenant.User, base string, local bool) (webauthn.Creation, string) {
	c.RPID, c.UserID = f.RPID(base, c.KeyType), user.UserID
	o := webauthn.Creation{
		TimeoutMilliseconds: int(keyTimeout / time.Millisecond), RP: webauthn.Party{ID: c.RPID, Name: c.RPID}, Algorithms: webauthn.Algorithms(),
		User:                   webauthn.User{ID: base64.RawURLEncoding.EncodeToString(webauthn.Handle(user.UserID)), Name: user.Label(), DisplayName: user.Label()},
		AuthenticatorSelection: webauthn.Selection{ResidentKey: webauthn.Required, UserVerification: webauthn.Preferred},
	}
	if user.Name != "" {
		o.User.DisplayName = user.Name
	}
	if local {
		o.AuthenticatorSelection.Attachment = webauthn.Platform
	}
	if c.KeyType != tenant.KeyPasskey {
		o.AuthenticatorSelection = f.factorSelection(c.KeyType)
	}
	c.VerifyUser = o.AuthenticatorSelection.UserVerification == webauthn.Required
	for _, k := range user.KeysOf(c.KeyType) {
		if k.RelyingParty == "" || k.RelyingParty == c.RPID {
			o.Exclude = append(o.Exclude, webauthn.Describe(k.KeyID, k.Transports))
		}
	}
	id := f.begin(&c)
	o.Challenge = c.Challenge
	return o, id
}

// factorSelection is what authenticator a second factor may be.
func (f *Flow) factorSelection(keyType string) webauthn.Selection {
	selection := webauthn.Selection{ResidentKey: webauthn.Discouraged, Attachment: webauthn.CrossPlatform}
	if keyType == tenant.KeyWebAuthnPlatform {
		selection.Attachment = webauthn.Platform
	}
	_ = f.Store.View(func(s *store.State) error {
		selection.UserVerification = s.Guardian().Factor(keyType).Verification()
		return nil
	})
	return selection
}

// NewKey checks the answer to AskKey and returns the key, which nobody has
// yet.
//
// It returns UnknownAuthSession or KeyRefused.
func (f *Flow) NewKey(answer KeyAnswer) (*store.Ceremony, *tenant.UserKey, error) {
	made, err := webauthn.ReadCreation([]byte(answer.JSON))
	if err != nil {
		return nil, nil, tenant.KeyRefused().WithHint("%v", err)
	}
	c, err := f.take(answer, made.Challenge)
	if err != nil {
		return nil, nil, err
	}
	e, err := expect(c, made.Origin, answer)
	if err != nil {
		return c, nil, err
	}
	credential, err := made.Check(e)
	if err != nil {
		return c, nil, tenant.KeyRefused().WithHint("%v", err)
	}
	key := &tenant.UserKey{
		ID: c.KeyType + "|dev_" + f.IDs.AuthenticatorID(), Type: c.KeyType, KeyID: credential.ID,
		PublicKey:  base64.StdEncoding.EncodeToString(credential.PublicKey),
		UserHandle: base64.RawURLEncoding.EncodeToString(webauthn.Handle(c.UserID)), RelyingParty: c.RPID,
		AAGUID: credential.AAGUID, DeviceType: tenant.SingleDevice, BackedUp: credential.BackedUp,
		Transports: credential.Transports, UserAgent: answer.UserAgent, SignCount: credential.SignCount,
	}
	if credential.BackupEligible {
		key.DeviceType = tenant.MultiDevice
	}
	return c, key, nil
}

// AddKey gives a user a key. One that is a second factor needs may: that the
// user has shown one, unless there is none yet; the first one brings a recovery
// code, where the tenant has them.
//
// It returns KeyRefused or TooManyPasskeys.
//
// Source: Web Authentication Level 3 §7.1 (a credential is registered once).
func (f *Flow) AddKey(userID string, key *tenant.UserKey, may bool) (recovery string, err error) {
	code := f.NewAuthenticator(store.MethodRecoveryCode, "")
	code.Active = true
	err = f.Store.Update(func(s *store.State) error {
		user := s.User(userID)
		switch known, _ := s.UserByKey(key.KeyID); {
		case user == nil:
			return tenant.KeyRefused().WithHint("the user was deleted meanwhile")
		case known != nil:
			return tenant.KeyRefused().WithHint("the key is registered already")
		case key.Type == tenant.KeyPasskey && len(user.KeysOf(tenant.KeyPasskey)) >= tenant.MaxPasskeys:
			return tenant.TooManyPasskeys()
		case key.Type != tenant.KeyPasskey && !(may || !enrolled(s, userID)):
			return tenant.KeyRefused().WithHint("the user has another factor, and has not shown it")
		}
		if key.Type != tenant.KeyPasskey && !enrolled(s, userID) && s.Guardian().Enabled(tenant.FactorRecoveryCode) {
			recovery = code.Secret
			for _, old := range s.Authenticators(userID) {
				if old.Method == store.MethodRecoveryCode && !old.Active {
					s.DeleteAuthenticator(userID, old.ID) // of an enrolment begun and left
				}
			}
			s.PutAuthenticator(userID, code)
		}
		s.PutUser(s.User(userID).WithKey(*key))
		return nil
	})
	return recovery, err
}

// NameKey is what a person calls a key of theirs.
func (f *Flow) NameKey(userID, keyID, name string) {
	_ = f.Store.Update(func(s *store.State) error {
		user, key := s.UserByKey(keyID)
		if user == nil || user.UserID != userID {
			return nil
		}
		named := *key
		named.Name = name
		s.PutUser(user.WithKey(named))
		return nil
	})
}

// AskFactorKey asks a user's security key or device for a signature.
func (f *Flow) AskFactorKey(c store.Ceremony, user *tenant.User, base string) webauthn.Request {
	c.Purpose, c.UserID, c.RPID = store.CeremonyFactor, user.UserID, f.RPID(base, c.KeyType)
	o := webauthn.Request{TimeoutMilliseconds: int(keyTimeout / time.Millisecond), RPID: c.RPID, UserVerification: f.factorSelection(c.KeyType).UserVerification}
	c.VerifyUser = o.UserVerification == webauthn.Required
	for _, k := range user.KeysOf(c.KeyType) {
		o.Allow = append(o.Allow, webauthn.Describe(k.KeyID, k.Transports))
	}
	f.begin(&c)
	o.Challenge = c.Challenge
	return o
}

// CheckFactorKey takes the answer to AskFactorKey, which must be of the user's
// own key.
//
// It returns TooManyMFAAttempts, or an error of CheckKey.
func (f *Flow) CheckFactorKey(userID string, answer KeyAnswer) error {
	if err := f.guess(userID); err != nil {
		return err
	}
	used, err := f.CheckKey(answer)
	switch {
	case err != nil:
		return err
	case used.User.UserID != userID:
		return tenant.KeyRefused().WithHint("the key is of another user than the one who logs in")
	}
	return f.Store.Update(func(s *store.State) error { guesses.forget(s, userID); return nil })
}

// KeyUsed is a key that has signed.
type KeyUsed struct {
	*store.Ceremony
	User *tenant.User
	// CrossDevice says that the key lies on another device than the browser.
	CrossDevice bool
}

// CheckKey takes what a key signed, and says whose it is.
//
// It returns UnknownAuthSession or KeyRefused.
//
// Source: Web Authentication Level 3 §7.2.
func (f *Flow) CheckKey(answer KeyAnswer) (*KeyUsed, error) {
	signed, err := webauthn.ReadSignature([]byte(answer.JSON))
	if err != nil {
		return nil, tenant.KeyRefused().WithHint("%v", err)
	}
	c, err := f.take(answer, signed.Challenge)
	if err != nil {
		return nil, err
	}
	e, err := expect(c, signed.Origin, answer)
	if err != nil {
		return nil, err
	}
	var user *tenant.User
	var key *tenant.UserKey
	_ = f.Store.View(func(s *store.State) error { user, key = s.UserByKey(signed.CredentialID); return nil })
	switch {
	case user == nil, key.Type != c.KeyType, c.UserID != "" && c.UserID != user.UserID, !key.HasHandle(signed.UserHandle):
		return nil, tenant.KeyRefused().WithHint("the key %s is not registered for this user", signed.CredentialID)
	case key.RelyingParty != "" && key.RelyingParty != c.RPID:
		return nil, tenant.KeyRefused().WithHint("the key was made for %q, and the tenant was called by %q", key.RelyingParty, c.RPID)
	}
	if err := signed.Check(e, key.COSE()); err != nil {
		return nil, tenant.KeyRefused().WithHint("%v", err)
	}
	if err := f.count(signed); err != nil {
		return nil, err
	}
	return &KeyUsed{Ceremony: c, User: user, CrossDevice: signed.Attachment == webauthn.CrossPlatform}, nil
}

// count holds the authenticator's counter against the last one known: one that
// does not grow is that of a copy.
//
// Source: Web Authentication Level 3 §6.1.1, §7.2.
func (f *Flow) count(signed *webauthn.Signature) error {
	return f.Store.Update(func(s *store.State) error {
		user, key := s.UserByKey(signed.CredentialID)
		switch {
		case user == nil:
			return tenant.KeyRefused().WithHint("the key was removed meanwhile")
		case (signed.SignCount != 0 || key.SignCount != 0) && signed.SignCount <= key.SignCount:
			return tenant.KeyRefused().WithHint("the authenticator has counted to %d, and its key to %d before: there is a copy of it", signed.SignCount, key.SignCount)
		}
		used := *key
		used.SignCount, used.BackedUp = signed.SignCount, signed.BackedUp
		s.PutUser(user.WithKey(used))
		return nil
	})
}

// HasKeyHere says whether the user has device biometrics of the kind of device
// that the browser runs on.
//
// Source: Auth0 docs, "Configure WebAuthn with device biometrics for MFA"
// (device recognition by the user agent).
func HasKeyHere(user *tenant.User, userAgent string) bool {
	return slices.ContainsFunc(user.KeysOf(tenant.KeyWebAuthnPlatform), func(k tenant.UserKey) bool {
		return tenant.Device(k.UserAgent) == tenant.Device(userAgent)
	})
}
