package flow

import (
	"time"

	"github.com/faux0/faux0/provider/internal/store"
)

// maxUsedIDs bounds what UseOnce remembers: anybody may sign proofs.
const maxUsedIDs = 100_000

// UseOnce says whether the id is used for the first time, and remembers it for
// a while: a signed statement whose `jti` was seen before is a replay.
//
// Source: RFC 7519 §4.1.7; RFC 7523 §3; RFC 9449 §11.1.
func (f *Flow) UseOnce(id string, remember time.Duration) (first bool) {
	now := f.Clock.Now()
	_ = f.Store.Update(func(s *store.State) error {
		if _, used := s.UsedIDs.Get(id, now); !used {
			first = true
			s.UsedIDs.PutAtMost(maxUsedIDs, id, struct{}{}, now.Add(remember), now)
		}
		return nil
	})
	return first
}
