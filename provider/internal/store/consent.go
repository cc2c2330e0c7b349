package store

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// Consent finds what a user consented to for a client, an audience ("" for
// none) and an organization ("" for none), or returns nil.
func (s *State) Consent(userID, clientID, audience, organizationID string) *tenant.Consent {
	for _, c := range s.consents[userID] {
		if c.ClientID == clientID && c.Audience == audience && c.OrganizationID == organizationID {
			return c
		}
	}
	return nil
}

// PutConsent adds a consent, or replaces the one for the same user, client,
// audience and organization.
func (s *State) PutConsent(c *tenant.Consent) {
	list := slices.Clone(s.consents[c.UserID])
	at := slices.IndexFunc(list, func(o *tenant.Consent) bool {
		return o.ClientID == c.ClientID && o.Audience == c.Audience && o.OrganizationID == c.OrganizationID
	})
	if at < 0 {
		list = append(list, c)
	} else {
		list[at] = c
	}
	s.consents[c.UserID] = list
}

// ConsentsOf lists what a user consented to, oldest first.
func (s *State) ConsentsOf(userID string) []*tenant.Consent { return slices.Clone(s.consents[userID]) }

// DeleteConsents removes those of a user's consents for which drop is true.
func (s *State) DeleteConsents(userID string, drop func(*tenant.Consent) bool) {
	if list := slices.DeleteFunc(slices.Clone(s.consents[userID]), drop); len(list) > 0 {
		s.consents[userID] = list
	} else {
		delete(s.consents, userID)
	}
}
