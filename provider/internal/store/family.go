package store

import "time"

// EndedFamily is a family of refresh tokens that no longer works, kept for the
// explanations.
type EndedFamily struct {
	*RefreshToken
	// Cause is a token.FamilyEnd.
	Cause string
	At    time.Time
}

// endedFamilies is how many EndedFamily are remembered.
const endedFamilies = 256

// EndFamily ends a family and remembers why.
func (s *State) EndFamily(rt *RefreshToken, cause string, now time.Time) {
	s.RefreshTokens.Delete(rt.FamilyID)
	s.ended.add(EndedFamily{rt, cause, now})
}

// expired is the cause of a family whose time was over, in token's words.
const expired = "expired"

// EndedFamily finds a family that has ended, by its id.
func (s *State) EndedFamily(id string, now time.Time) (EndedFamily, bool) {
	for _, f := range s.ended.all() {
		if f.FamilyID == id {
			return f, true
		}
	}
	if rt, at, ok := s.RefreshTokens.Last(id); ok && !now.Before(at) {
		return EndedFamily{rt, expired, at}, true
	}
	return EndedFamily{}, false
}
