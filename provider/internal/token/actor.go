package token

import "encoding/json"

// Actor is who acts for the subject of a token. Act is who acted before: the
// deepest is the first.
//
// Source: RFC 8693 §4.1.
type Actor struct {
	Subject string
	Act     *Actor
	// Extra holds what else is known of the actor.
	Extra map[string]any
}

// MaxActors is how many actors a subject token may name already.
//
// Source: Auth0 docs, "On-behalf-of token exchange".
const MaxActors = 4

// Depth is how many actors there are, the present one included.
func (a *Actor) Depth() int {
	n := 0
	for ; a != nil; a = a.Act {
		n++
	}
	return n
}

// Claims is the actor as a claim's value.
func (a *Actor) Claims() map[string]any {
	claims := map[string]any{}
	for name, value := range a.Extra {
		claims[name] = value
	}
	claims["sub"] = a.Subject
	if a.Act != nil {
		claims["act"] = a.Act.Claims()
	}
	return claims
}

// MarshalJSON writes the claim.
func (a *Actor) MarshalJSON() ([]byte, error) { return json.Marshal(a.Claims()) }

// UnmarshalJSON reads it.
func (a *Actor) UnmarshalJSON(data []byte) error {
	var claims map[string]any
	if err := json.Unmarshal(data, &claims); err != nil {
		return err
	}
	if read := ReadActor(claims); read != nil {
		*a = *read
	}
	return nil
}

// maxRead bounds how deep a claim is read, whatever a caller sends.
const maxRead = 16

// ReadActor reads the claim; what is no actor is nil.
func ReadActor(claims map[string]any) *Actor { return readActor(claims, maxRead) }

func readActor(claims map[string]any, depth int) *Actor {
	if claims == nil || depth == 0 {
		return nil
	}
	a := &Actor{}
	for name, value := range claims {
		switch name {
		case "sub":
			a.Subject, _ = value.(string)
		case "act":
			inner, _ := value.(map[string]any)
			a.Act = readActor(inner, depth-1)
		default:
			if a.Extra == nil {
				a.Extra = map[string]any{}
			}
			a.Extra[name] = value
		}
	}
	return a
}
