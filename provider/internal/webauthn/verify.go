package webauthn

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Expect is what an answer is held to.
type Expect struct {
	// Challenge is the one that was asked with, in base64url.
	Challenge string
	// RPID is the relying party's, and Origins are those of the pages that may
	// ask for it.
	RPID    string
	Origins []string
	// VerifyUser wants to see that the authenticator knew its holder.
	VerifyUser bool
}

// Credential is a key that an authenticator made.
type Credential struct {
	// ID is base64url.
	ID string
	// PublicKey is a COSE key.
	PublicKey []byte
	// SignCount is the authenticator's counter, zero where it has none.
	SignCount uint32
	// AAGUID is the authenticator's model, as a UUID.
	AAGUID     string
	Attachment string
	Transports []string
	// BackupEligible says that the key may be copied to other devices,
	// BackedUp that it was.
	BackupEligible, BackedUp bool
}

// Signature is what an authenticator answers to a Request.
type Signature struct {
	// CredentialID is base64url, UserHandle what the authenticator calls the
	// user, nil where it does not say.
	CredentialID string
	UserHandle   []byte
	// Challenge and Origin are what was signed; believe them after Check.
	Challenge, Origin string
	Attachment        string
	SignCount         uint32
	BackedUp          bool

	parsed *protocol.ParsedCredentialAssertionData
}

// Made is what an authenticator answers to a Creation.
type Made struct {
	// Challenge and Origin are what was signed; believe them after Check.
	Challenge, Origin string

	parsed *protocol.ParsedCredentialCreationData
}

// ReadCreation reads the JSON of an answer to a Creation.
func ReadCreation(answer []byte) (*Made, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, explain(err)
	}
	client := parsed.Response.CollectedClientData
	return &Made{Challenge: client.Challenge, Origin: client.Origin, parsed: parsed}, nil
}

// Check returns the new credential if the answer is what was asked for. The
// authenticator's maker is not asked about: attestation is not wanted.
//
// Source: Web Authentication Level 3 §7.1.
func (m *Made) Check(e Expect) (*Credential, error) {
	var algorithms []protocol.CredentialParameter
	for _, a := range Algorithms() {
		algorithms = append(algorithms, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(a.Alg)})
	}
	_, err := m.parsed.Verify(e.Challenge, e.RPID, e.Origins, nil, nil, protocol.TopOriginExplicitVerificationMode,
		false, e.VerifyUser, true, nil, algorithms, protocol.AttestationPolicy{}, protocol.SignaturePolicy{})
	if err != nil {
		return nil, explain(err)
	}
	data := m.parsed.Response.AttestationObject.AuthData
	made := &Credential{
		ID: base64.RawURLEncoding.EncodeToString(data.AttData.CredentialID), PublicKey: data.AttData.CredentialPublicKey,
		SignCount: data.Counter, AAGUID: uuid(data.AttData.AAGUID), Attachment: string(m.parsed.AuthenticatorAttachment),
		BackupEligible: data.Flags.HasBackupEligible(), BackedUp: data.Flags.HasBackupState(),
	}
	for _, t := range m.parsed.Response.Transports {
		made.Transports = append(made.Transports, string(t))
	}
	return made, nil
}

// ReadSignature reads the JSON of an answer to a Request.
func ReadSignature(answer []byte) (*Signature, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, explain(err)
	}
	client, data := parsed.Response.CollectedClientData, parsed.Response.AuthenticatorData
	return &Signature{
		CredentialID: base64.RawURLEncoding.EncodeToString(parsed.RawID), UserHandle: parsed.Response.UserHandle,
		Challenge: client.Challenge, Origin: client.Origin, Attachment: string(parsed.AuthenticatorAttachment),
		SignCount: data.Counter, BackedUp: data.Flags.HasBackupState(), parsed: parsed,
	}, nil
}

// Check says why the answer is not what was asked for, or not signed by the
// COSE key.
//
// Source: Web Authentication Level 3 §7.2.
func (s *Signature) Check(e Expect, publicKey []byte) error {
	err := s.parsed.Verify(e.Challenge, e.RPID, "", e.Origins, nil, nil, protocol.TopOriginExplicitVerificationMode,
		false, e.VerifyUser, true, publicKey, protocol.SignaturePolicy{})
	return explain(err)
}

// explain is an error of the library with all that it has to say.
func explain(err error) error {
	var e *protocol.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.DevInfo == "" {
		return errors.New(e.Details)
	}
	return fmt.Errorf("%s: %s", e.Details, e.DevInfo)
}

func uuid(b []byte) string {
	if len(b) != 16 {
		return ""
	}
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
