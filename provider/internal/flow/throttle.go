package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// throttled says whether an address has used up what it may do at a stage, and
// is held back for that.
//
// Source: Auth0 docs, "Suspicious IP throttling".
func throttled(s *store.State, stage, ip string, now time.Time) *tenant.Error {
	p := &s.AttackProtection().SuspiciousIP
	next := nextAttempt(s, stage, ip, now)
	if !now.Before(next) || !p.Watches(ip) || !p.Does(tenant.ShieldBlock) {
		return nil
	}
	t := p.Throttle(stage)
	return tenant.AddressThrottled().WithHint("address %s has used up attackProtection.suspiciousIpThrottling, stage %s (max_attempts %d, rate %d ms): "+
		"it may try once more at %s, or at once after DELETE /_faux0/blocks?ip=%s; allowlist exempts it", ip, stage, t.MaxAttempts, t.RateMillis, next.UTC().Format(time.RFC3339), ip)
}

// nextAttempt is when the address may do something at the stage again; the past
// if it may now.
func nextAttempt(s *store.State, stage, ip string, now time.Time) time.Time {
	full, ok := s.AddressUse.Get(store.AddressUseID(stage, ip), now)
	if !ok {
		return time.Time{}
	}
	t := s.AttackProtection().SuspiciousIP.Throttle(stage)
	return full.Add(-time.Duration(t.MaxAttempts-1) * t.Every())
}

// spend takes one from what the address may do at the stage: it may do all of
// it again that much later than before. It returns what there is to tell when
// nothing is left.
func (f *Flow) spend(s *store.State, stage string, about tenant.LogEvent, now time.Time) (news []func()) {
	p := &s.AttackProtection().SuspiciousIP
	if !p.Watches(about.IP) {
		return nil
	}
	id, t := store.AddressUseID(stage, about.IP), p.Throttle(stage)
	full, ok := s.AddressUse.Get(id, now)
	if !ok {
		full = now
	}
	// Who is only watched may go on, and has no more to wait for than others.
	if most := now.Add(time.Duration(t.MaxAttempts) * t.Every()); full.Add(t.Every()).Before(most) {
		full = full.Add(t.Every())
	} else {
		full = most
	}
	s.AddressUse.PutAtMost(store.MaxAddresses, id, full, full, now)
	if !now.Before(nextAttempt(s, stage, about.IP, now)) {
		return nil
	}
	news = append(news, func() { f.logThrottled(stage, about) })
	if p.Does(tenant.ShieldAdminNotification) {
		news = append(news, func() {
			f.alertAdmins(about, fmt.Sprintf("IP address %s has used up its attempts (stage %s).", about.IP, stage))
		})
	}
	return news
}

// logThrottled tells of an address that has nothing left.
//
// Source: the description of tenant logs, limit_mu; sentences and the values of
// details.flow are ours.
func (f *Flow) logThrottled(stage string, about tenant.LogEvent) {
	var p tenant.SuspiciousIPThrottling
	_ = f.Store.View(func(s *store.State) error { p = s.AttackProtection().SuspiciousIP; return nil })
	what := map[string][2]string{
		tenant.StagePreLogin:            {"login", "failed logins"},
		tenant.StagePreUserRegistration: {"signup", "sign-ups"},
		tenant.StagePreTokenExchange:    {"custom_token_exchange", "token exchanges with an invalid subject token"},
	}[stage]
	e := about
	e.Type, e.Details = tenant.LogAddressBlocked, map[string]any{"flow": what[0]}
	e.Description = fmt.Sprintf("IP address %s attempted %d %s. Suspicious IP throttling is enabled, further attempts are limited.", about.IP, p.Throttle(stage).MaxAttempts, what[1])
	f.Log(e)
}

// admitSignUp counts a sign-up, whatever becomes of it.
//
// It returns AddressThrottled.
//
// Source: Auth0 docs, "Suspicious IP throttling" (sign-up attempts).
func (f *Flow) admitSignUp(about tenant.LogEvent) error {
	var refused *tenant.Error
	var news []func()
	_ = f.Store.Update(func(s *store.State) error {
		now := f.Clock.Now()
		if refused = throttled(s, tenant.StagePreUserRegistration, about.IP, now); refused == nil {
			news = f.spend(s, tenant.StagePreUserRegistration, about, now)
		}
		return nil
	})
	for _, tell := range news {
		tell()
	}
	if refused != nil {
		f.logThrottled(tenant.StagePreUserRegistration, about)
		return refused
	}
	return nil
}

// defaultAdmin is who gets the alerts of a tenant without a support address:
// the service writes to those who run the tenant, and here there is a file.
const defaultAdmin = "admin@localhost"

// alertAdmins mails those who run the tenant, once an hour for each address.
//
// Source: Auth0 docs, "Suspicious IP throttling" (configure response). The
// hour is a community report.
func (f *Flow) alertAdmins(about tenant.LogEvent, sentence string) {
	m := store.Message{Channel: store.ChannelEmail, To: defaultAdmin, Kind: store.MessageAdminAlert, Subject: "Attack protection", ClientID: about.ClientID, Text: sentence + "\n"}
	now := f.Clock.Now()
	known := false
	_ = f.Store.Update(func(s *store.State) error {
		if s.Settings().SupportEmail != "" {
			m.To = s.Settings().SupportEmail
		}
		known = notified(s, "admins\x00"+sentence, now)
		return nil
	})
	if !known {
		f.Send(m)
	}
}

// notified says whether somebody was told of something within the hour, and
// notes that they are now.
func notified(s *store.State, what string, now time.Time) bool {
	if _, told := s.Notified.Get(what, now); told {
		return true
	}
	s.Notified.PutAtMost(store.MaxAddresses, what, struct{}{}, now.Add(notifyEvery), now)
	return false
}

// ThrottledAddress is an address, or the network of one, that is held back.
type ThrottledAddress struct {
	Network, Stage string
	// Until is when it may try once more.
	Until time.Time
}

// ThrottledAddresses lists the addresses that are held back, in order.
func ThrottledAddresses(s *store.State, now time.Time) []ThrottledAddress {
	var list []ThrottledAddress
	if p := &s.AttackProtection().SuspiciousIP; !p.Does(tenant.ShieldBlock) {
		return nil
	}
	s.AddressUse.Each(now, func(id string, _ time.Time) {
		stage, network, _ := strings.Cut(id, "\x00")
		if until := nextAttempt(s, stage, network, now); now.Before(until) {
			list = append(list, ThrottledAddress{Network: network, Stage: stage, Until: until})
		}
	})
	slices.SortFunc(list, func(a, b ThrottledAddress) int {
		return cmp.Or(strings.Compare(a.Network, b.Network), strings.Compare(a.Stage, b.Stage))
	})
	return list
}
