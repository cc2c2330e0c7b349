package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// LoginFailures are the logins into one account that failed in a row.
type LoginFailures struct {
	Connection string
	// Identifier is what was typed last, IP where it was typed. UserID is "" where
	// nobody has the identifier.
	Identifier, IP, UserID string
	// PerAddress says that other addresses have counts of their own.
	PerAddress bool
	Count      int
	LastAt     time.Time
	// NotifiedAt is when the user was last told, zero for never.
	NotifiedAt time.Time
}

// LoginFailuresMemory is how long failed logins count, and block, after the last
// one.
//
// Source: Auth0 docs, "Brute-force protection" (remove blocks). That failures
// which do not block are forgotten no sooner is inferred.
const LoginFailuresMemory = 30 * 24 * time.Hour

// MaxAddresses is how many accounts, and how many addresses, failures are
// counted of: anybody may make up either.
const MaxAddresses = 10_000

// LoginFailuresID is the key of an account's failures: the user where there is
// one, so that an alias or another spelling has no count of its own, else what
// was typed. network is "" where all addresses count together.
func LoginFailuresID(connection, identifier string, user *tenant.User, network string) string {
	subject := "\x00" + strings.ToLower(strings.TrimSpace(identifier))
	if user != nil {
		subject = user.UserID
	}
	return connection + "\x00" + subject + "\x00" + network
}

// Unblock forgets the failed logins that match, and says how many accounts or
// addresses they blocked.
func (s *State) Unblock(match func(*LoginFailures) bool) (blocks int) {
	limit := s.protection.BruteForce.Limit()
	s.LoginFailures.DeleteFunc(func(f *LoginFailures) bool {
		found := match(f)
		if found && f.Count >= limit {
			blocks++
		}
		return found
	})
	return blocks
}

// UnblockUser is Unblock for all accounts of a user.
func (s *State) UnblockUser(userID string) (blocks int) {
	return s.Unblock(func(f *LoginFailures) bool {
		if f.UserID == "" {
			return false
		}
		owner := s.Primary(f.UserID)
		return f.UserID == userID || owner != nil && owner.UserID == userID
	})
}

// LoginBlocks lists what failed logins block, in the order it came about.
func (s *State) LoginBlocks(now time.Time) []*LoginFailures {
	var blocks []*LoginFailures
	b := &s.protection.BruteForce
	s.LoginFailures.Each(now, func(_ string, f *LoginFailures) {
		if f.Count >= b.Limit() && b.Does(tenant.ShieldBlock) && b.Watches(f.IP) {
			blocks = append(blocks, f)
		}
	})
	slices.SortFunc(blocks, func(a, b *LoginFailures) int {
		return cmp.Or(a.LastAt.Compare(b.LastAt), strings.Compare(a.Identifier, b.Identifier), strings.Compare(a.IP, b.IP))
	})
	return blocks
}

// AddressUseID is the key of what an address has used up at a stage.
func AddressUseID(stage, ip string) string { return stage + "\x00" + tenant.CallerNetwork(ip) }

// maxBreached is how many passwords AddBreached takes.
const maxBreached = 1000

// AddBreached makes a password count as breached; of too many the oldest is
// forgotten.
func (s *State) AddBreached(plain string) {
	s.breached = slices.DeleteFunc(s.breached, func(known string) bool { return known == plain })
	if len(s.breached) == maxBreached {
		s.breached = s.breached[1:]
	}
	s.breached = append(s.breached, plain)
}

// Breached says whether AddBreached was given the password.
func (s *State) Breached(plain string) bool { return slices.Contains(s.breached, plain) }
