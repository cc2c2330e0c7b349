package tenant

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// AttackProtection is how a tenant defends its users' passwords. The zero value
// is what a new tenant has.
//
// Source: Management API, PATCH /api/v2/attack-protection/…; Auth0 Deploy CLI,
// attackProtection. Observed: the settings of fresh tenants in
// auth0-deploy-cli.
type AttackProtection struct {
	BruteForce   BruteForceProtection      `json:"bruteForceProtection,omitzero"`
	SuspiciousIP SuspiciousIPThrottling    `json:"suspiciousIpThrottling,omitzero"`
	Breached     BreachedPasswordDetection `json:"breachedPasswordDetection,omitzero"`
	Extra        map[string]any            `json:"-"`
}

// Shields: what is done about an attack.
const (
	ShieldBlock             = "block"
	ShieldUserNotification  = "user_notification"
	ShieldAdminNotification = "admin_notification"
)

// Modes of BruteForceProtection.
const (
	CountPerIdentifierAndIP = "count_per_identifier_and_ip"
	CountPerIdentifier      = "count_per_identifier"
)

const (
	defaultMaxAttempts = 10
	frequencyAtOnce    = "immediately"
)

// BruteForceProtection counts failed logins into one account.
type BruteForceProtection struct {
	// Enabled is true when nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Shields are both when nil; an empty list only logs.
	Shields   []string `json:"shields,omitzero"`
	Allowlist []string `json:"allowlist,omitempty"`
	// Mode is CountPerIdentifierAndIP when empty.
	Mode string `json:"mode,omitempty"`
	// MaxAttempts is 10 when zero.
	MaxAttempts int `json:"max_attempts,omitempty"`
}

// Watches says whether failed logins from the address count.
func (b *BruteForceProtection) Watches(ip string) bool {
	return (b.Enabled == nil || *b.Enabled) && !listed(b.Allowlist, ip)
}

// Does says whether the shield is up.
func (b *BruteForceProtection) Does(shield string) bool {
	return b.Shields == nil || slices.Contains(b.Shields, shield)
}

// Limit is how many logins may fail in a row.
func (b *BruteForceProtection) Limit() int {
	if b.MaxAttempts == 0 {
		return defaultMaxAttempts
	}
	return b.MaxAttempts
}

// CountsPerAddress says whether each address has a count of its own.
func (b *BruteForceProtection) CountsPerAddress() bool { return b.Mode != CountPerIdentifier }

// SuspiciousIPThrottling counts what one address does to all accounts.
type SuspiciousIPThrottling struct {
	// Enabled is true when nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Shields are both when nil; an empty list only logs.
	Shields   []string `json:"shields,omitzero"`
	Allowlist []string `json:"allowlist,omitempty"`
	// Stages are by name: see the Stage constants.
	Stages map[string]Throttle `json:"stage,omitempty"`
}

// Stages at which addresses are throttled, and passwords looked up.
const (
	StagePreLogin            = "pre-login"
	StagePreUserRegistration = "pre-user-registration"
	StagePreChangePassword   = "pre-change-password"
	StagePreTokenExchange    = "pre-custom-token-exchange"
)

// Throttle is how much an address may do.
type Throttle struct {
	// MaxAttempts it has when it begins.
	MaxAttempts int `json:"max_attempts,omitempty"`
	// RateMillis is how long it waits for one more.
	RateMillis int `json:"rate,omitempty"`
}

// Every is how long an address waits for one more attempt.
func (t Throttle) Every() time.Duration { return time.Duration(t.RateMillis) * time.Millisecond }

// defaultThrottles are those of a new tenant.
//
// Observed: auth0-deploy-cli, GET /api/v2/attack-protection/suspicious-ip-throttling.
var defaultThrottles = map[string]Throttle{
	StagePreLogin:            {100, 864_000},
	StagePreUserRegistration: {50, 1_200},
	StagePreTokenExchange:    {10, 600_000},
}

// Watches says whether what the address does counts.
func (s *SuspiciousIPThrottling) Watches(ip string) bool {
	return (s.Enabled == nil || *s.Enabled) && !listed(s.Allowlist, ip)
}

// Does says whether the shield is up.
func (s *SuspiciousIPThrottling) Does(shield string) bool {
	return s.Shields == nil || slices.Contains(s.Shields, shield)
}

// Throttle is what an address may do at the stage.
func (s *SuspiciousIPThrottling) Throttle(stage string) Throttle {
	t, standard := s.Stages[stage], defaultThrottles[stage]
	if t.MaxAttempts == 0 {
		t.MaxAttempts = standard.MaxAttempts
	}
	if t.RateMillis == 0 {
		t.RateMillis = standard.RateMillis
	}
	return t
}

// BreachedPasswordDetection looks passwords up among those that became known.
type BreachedPasswordDetection struct {
	Enabled bool `json:"enabled,omitempty"`
	// Shields are those of a login.
	Shields []string `json:"shields,omitempty"`
	// AdminFrequency says when the administrators hear of it. Summaries are
	// not written here.
	AdminFrequency []string `json:"admin_notification_frequency,omitempty"`
	// Method says how soon a breach becomes known, which makes no difference
	// to passwords that are there to test with.
	Method string                   `json:"method,omitempty"`
	Stages map[string]BreachedStage `json:"stage,omitempty"`
}

// BreachedStage is what happens at one of the other stages.
type BreachedStage struct {
	Shields []string `json:"shields,omitzero"`
}

// Does says whether the shield is up at the stage.
func (d *BreachedPasswordDetection) Does(stage, shield string) bool {
	shields := d.Shields
	if stage != StagePreLogin {
		shields = d.Stages[stage].Shields
	}
	return d.Enabled && slices.Contains(shields, shield)
}

// TellsAdminsAtOnce says whether administrators get a mail about each case.
func (d *BreachedPasswordDetection) TellsAdminsAtOnce(stage string) bool {
	return d.Does(stage, ShieldAdminNotification) && slices.Contains(d.AdminFrequency, frequencyAtOnce)
}

// Passwords that count as breached on every tenant, to test with.
//
// Source: Auth0 docs, "Breached password detection" (verify detection
// configuration).
const breachedPrefix = "AUTH0-TEST-"

var breachedPasswords = []string{"Paaf213XXYYZZ", "Paat739!!WWXXYYZZ"}

// BreachedForTests says whether a password is one of those that Auth0 counts as
// breached so that people can test.
func BreachedForTests(plain string) bool {
	return strings.HasPrefix(plain, breachedPrefix) || slices.Contains(breachedPasswords, plain)
}

// listed says whether the address is in a list of addresses and ranges.
func listed(list []string, ip string) bool {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(list, func(entry string) bool {
		if one, err := netip.ParseAddr(entry); err == nil {
			return one.Unmap() == addr
		}
		block, err := netip.ParsePrefix(entry)
		return err == nil && block.Contains(addr)
	})
}

// v6Network is how many bits of an IPv6 address tell callers apart: the rest is
// the caller's own to choose. Auth0 documents none; it is inferred from what
// networks hand out (RFC 6177).
const v6Network = 64

// CallerNetwork is what attack protection counts as one caller: an IPv4
// address, or the network of an IPv6 one.
func CallerNetwork(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, v6Network).Masked().String()
}
