package store

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// Consent finds what a user consented to for a client, an audience ("" for
// none) and an organization ("" for none), or returns nil.
func (s *State) Consent(userID, clientID, audience, organizationID string) *tenant.Consent {
	for _, c := range s.ConsentsOf(userID) {
		if c.ClientID == clientID && c.Audience == audience && c.OrganizationID == organizationID {
			return c
		}
	}
	return nil
}

// ConsentsOf lists what a user consented to, oldest first.
func (s *State) ConsentsOf(userID string) []*tenant.Consent {
	if u := s.User(userID); u != nil {
		return slices.Clone(u.Consents)
	}
	return nil
}

// PutConsent adds a consent, or replaces the one for the same user, client,
// audience and organization. One of a user who is not there is dropped.
func (s *State) PutConsent(c *tenant.Consent) {
	list := s.ConsentsOf(c.UserID)
	at := slices.IndexFunc(list, func(o *tenant.Consent) bool {
		return o.ClientID == c.ClientID && o.Audience == c.Audience && o.OrganizationID == c.OrganizationID
	})
	if at < 0 {
		list = append(list, c)
	} else {
		list[at] = c
	}
	s.setConsents(c.UserID, list)
}

// DeleteConsents removes those of a user's consents for which drop is true.
func (s *State) DeleteConsents(userID string, drop func(*tenant.Consent) bool) {
	s.setConsents(userID, slices.DeleteFunc(s.ConsentsOf(userID), drop))
}

func (s *State) setConsents(userID string, list []*tenant.Consent) {
	if old := s.User(userID); old != nil {
		u := old.Clone()
		u.Consents = list
		s.users.Put(userID, u)
	}
}
