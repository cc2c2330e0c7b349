package webauthn_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/faux0/faux0/provider/internal/webauthn"
	"github.com/faux0/faux0/testkit"
)

const rp, origin, challenge = "sp.localhost", "http://sp.localhost:4400", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// credential is an answer with the members that hold bytes, which is where an
// attacker writes CBOR.
type credential struct {
	ID       string            `json:"id"`
	RawID    string            `json:"rawId"`
	Type     string            `json:"type"`
	Response map[string][]byte `json:"response"`
}

func (c credential) json(t testing.TB) []byte {
	t.Helper()
	response := map[string]string{}
	for name, value := range c.Response {
		response[name] = base64.RawURLEncoding.EncodeToString(value)
	}
	raw, err := json.Marshal(map[string]any{"id": c.ID, "rawId": c.RawID, "type": c.Type, "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// bytesOf are the members of an answer of an authenticator.
func bytesOf(f *testing.F, answer []byte, err error) (id string, members map[string][]byte) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
	var c struct {
		ID       string                     `json:"id"`
		Response map[string]json.RawMessage `json:"response"`
	}
	if err := json.Unmarshal(answer, &c); err != nil {
		f.Fatal(err)
	}
	members = map[string][]byte{}
	for name, raw := range c.Response {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			members[name], _ = base64.RawURLEncoding.DecodeString(text)
		}
	}
	return c.ID, members
}

// FuzzAnswers: whatever says that it is an authenticator gets an answer, and is
// believed only where it signed with the key that it made.
func FuzzAnswers(f *testing.F) {
	var key testkit.Authenticator
	options, err := json.Marshal(webauthn.Creation{Challenge: challenge, RP: webauthn.Party{ID: rp}, User: webauthn.User{ID: "AAAA"}, Algorithms: webauthn.Algorithms()})
	if err != nil {
		f.Fatal(err)
	}
	creation, err := key.Create(options, origin)
	id, made := bytesOf(f, creation, err)
	asked, err := json.Marshal(webauthn.Request{Challenge: challenge, RPID: rp})
	if err != nil {
		f.Fatal(err)
	}
	assertion, err := key.Get(asked, origin)
	_, signed := bytesOf(f, assertion, err)
	f.Add(id, made["attestationObject"], made["clientDataJSON"], signed["authenticatorData"], signed["clientDataJSON"], signed["signature"])
	want := webauthn.Expect{Challenge: challenge, RPID: rp, Origins: []string{origin}, VerifyUser: true}
	f.Fuzz(func(t *testing.T, id string, attestation, clientMade, data, client, signature []byte) {
		c := credential{id, id, "public-key", map[string][]byte{"attestationObject": attestation, "clientDataJSON": clientMade}}
		m, err := webauthn.ReadCreation(c.json(t))
		if err != nil {
			return
		}
		fresh, err := m.Check(want)
		if err != nil {
			return
		}
		c.Response = map[string][]byte{"authenticatorData": data, "clientDataJSON": client, "signature": signature}
		s, err := webauthn.ReadSignature(c.json(t))
		if err == nil && s.Check(want, fresh.PublicKey) == nil && (s.Challenge != challenge || s.Origin != origin) {
			t.Errorf("%s at %s is believed", s.Challenge, s.Origin)
		}
	})
}
