package flow

import (
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// GiveConsent adds to what a user consented to. Scopes already given stay.
//
// Source: Auth0 docs, "User consent and third-party applications".
func (f *Flow) GiveConsent(given tenant.Consent) *tenant.Consent {
	consent := &given
	id := f.IDs.UserID() // 24 hex digits, as grants have
	_ = f.Store.Update(func(s *store.State) error {
		consent.ID = id
		if old := s.Consent(given.UserID, given.ClientID, given.Audience, given.OrganizationID); old != nil {
			consent = old.Clone()
			consent.Scopes = slices.Clone(old.Scopes)
			for _, scope := range given.Scopes {
				if !slices.Contains(consent.Scopes, scope) {
					consent.Scopes = append(consent.Scopes, scope)
				}
			}
		}
		s.PutConsent(consent)
		return nil
	})
	return consent
}
