package store

import "github.com/faux0/faux0/provider/tenant"

// Purposes of a Ceremony.
const (
	CeremonyEnrol  = "enrol"
	CeremonyFactor = "factor"
	CeremonySignup = "signup"
	CeremonyLogin  = "login"
)

// Ceremony is something that an authenticator was asked to sign. It is taken
// by the first answer, right or wrong.
//
// Source: Web Authentication Level 3 §13.4.3.
type Ceremony struct {
	// Purpose is one of the Ceremony… constants.
	Purpose   string
	Challenge string
	// RPID is the relying party's id, VerifyUser that the authenticator has to
	// know its holder.
	RPID       string
	VerifyUser bool
	// TransactionID is the login that asked, ClientID and ConnectionID say for
	// which application and database the API did.
	TransactionID          string
	ClientID, ConnectionID string
	OrganizationID         string
	// UserID is who has to answer, "" for whoever can.
	UserID string
	// KeyType is the type of the key that is made or used.
	KeyType string
	// User is who signs up, nil for nobody.
	User *tenant.User
}

// keys are the user's keys that are second factors, as authenticators.
func (s *State) keys(userID string) []*Authenticator {
	user := s.User(userID)
	if user == nil {
		return nil
	}
	var list []*Authenticator
	for i := range user.Keys {
		if key := &user.Keys[i]; key.Type != tenant.KeyPasskey {
			list = append(list, &Authenticator{ID: keyID(userID, i, key), Method: key.Type, Active: true, Key: key})
		}
	}
	return list
}

// keyID is the key's own id; one of a fixture without any is given one.
func keyID(userID string, i int, key *tenant.UserKey) string {
	if key.ID != "" {
		return key.ID
	}
	return key.Type + "|dev_" + derived(userID+"\x00key", i)
}

// deleteKey removes a key that is a second factor and says whether it was
// there.
func (s *State) deleteKey(userID, id string) bool {
	for _, a := range s.keys(userID) {
		if a.ID == id {
			s.PutUser(s.User(userID).WithoutKey(a.Key.KeyID))
			return true
		}
	}
	return false
}

// UserByKey finds the user whose key has the id, and the key, or returns nil.
func (s *State) UserByKey(keyID string) (*tenant.User, *tenant.UserKey) {
	user := s.User(s.usersByKey[keyID])
	if user == nil {
		return nil, nil
	}
	for i := range user.Keys {
		if user.Keys[i].KeyID == keyID {
			return user, &user.Keys[i]
		}
	}
	return nil, nil
}

// indexKeys replaces what UserByKey knows of a user; either may be nil.
func (s *State) indexKeys(old, fresh *tenant.User) {
	if old != nil {
		for _, k := range old.Keys {
			if s.usersByKey[k.KeyID] == old.UserID {
				delete(s.usersByKey, k.KeyID)
			}
		}
	}
	if fresh != nil {
		for _, k := range fresh.Keys {
			if s.usersByKey[k.KeyID] == "" {
				s.usersByKey[k.KeyID] = fresh.UserID
			}
		}
	}
}
