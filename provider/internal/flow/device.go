package flow

import (
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// How long a device may wait for an answer, how often it may ask, and how long
// one that asks too late is told so. The last is ours.
//
// Source: Auth0 docs, Authentication API, "Device authorization flow".
const (
	DeviceLifetime   = 15 * time.Minute
	PollingInterval  = 5 // seconds
	deviceRemembered = 15 * time.Minute
)

// Limits on guessing user codes: so many wrong ones from one address, for so
// long. Auth0 publishes no numbers.
//
// Source: RFC 8628 §5.1.
const (
	maxCodeGuesses = 10
	guessesCounted = 15 * time.Minute
)

// maxCodeTries bounds the search for a user code that no device has. A mask
// with few places runs out of them; then the newest device gets the code.
const maxCodeTries = 20

// StartDevice makes the codes of a device that asks for somebody's login.
//
// Source: RFC 8628 §3.2.
func (f *Flow) StartDevice(d *store.DeviceAuthorization) {
	now := f.Clock.Now()
	d.DeviceCode, d.ExpiresAt = f.IDs.DeviceCode(), now.Add(DeviceLifetime)
	d.Polling.IntervalSeconds = PollingInterval
	_ = f.Store.Update(func(s *store.State) error {
		digits, mask := s.Settings().UserCodes()
		for range maxCodeTries {
			d.UserCode = f.IDs.UserCode(digits, mask)
			if _, taken := s.UserCodes.Get(tenant.UserCodeKey(d.UserCode), now); !taken {
				break
			}
		}
		s.Devices.PutAtMost(store.MaxWaiting, d.DeviceCode, d, d.ExpiresAt.Add(deviceRemembered), now)
		s.UserCodes.PutAtMost(store.MaxWaiting, tenant.UserCodeKey(d.UserCode), d.DeviceCode, d.ExpiresAt, now)
		return nil
	})
}

// DeviceByUserCode finds the device that waits with the code. Wrong codes from
// one address count, and after too many of them right ones are refused too;
// "" is an address that nothing is counted for.
//
// It returns UnknownUserCode or TooManyUserCodes.
//
// Source: RFC 8628 §3.3, §5.1.
func (f *Flow) DeviceByUserCode(typed, ip string) (device *store.DeviceAuthorization, err error) {
	now := f.Clock.Now()
	ip = tenant.CallerNetwork(ip)
	err = f.Store.Update(func(s *store.State) error {
		guesses, _ := s.CodeGuesses.Get(ip, now)
		if ip != "" && guesses >= maxCodeGuesses {
			return tenant.TooManyUserCodes()
		}
		code, _ := s.UserCodes.Get(tenant.UserCodeKey(typed), now)
		if d, ok := s.Devices.Get(code, now); ok && d.Open(now) {
			device = d
			return nil
		}
		if ip != "" {
			s.CodeGuesses.PutAtMost(store.MaxWaiting, ip, guesses+1, now.Add(guessesCounted), now)
		}
		return tenant.UnknownUserCode()
	})
	return device, err
}

// ApproveDevice gives the device the user who logged in for it. consented limits
// what it gets; nil is no limit.
//
// It returns UnknownUserCode for a device that no longer waits.
func (f *Flow) ApproveDevice(deviceCode string, session *store.Session, factor string, consented []string) error {
	return f.answerDevice(deviceCode, func(d *store.DeviceAuthorization) {
		d.UserID, d.SessionID, d.Consented = session.UserID, session.ID, consented
		d.Factor = factor
	})
}

// DenyDevice refuses the device its login; reason is what the device is told.
//
// It returns UnknownUserCode for a device that no longer waits.
func (f *Flow) DenyDevice(deviceCode string, reason error) error {
	return f.answerDevice(deviceCode, func(d *store.DeviceAuthorization) { d.Denied = reason })
}

// answerDevice changes a device that waits; of two answers the first counts.
func (f *Flow) answerDevice(deviceCode string, answer func(*store.DeviceAuthorization)) error {
	now := f.Clock.Now()
	return f.Store.Update(func(s *store.State) error {
		d, ok := s.Devices.Get(deviceCode, now)
		if !ok || !d.Open(now) {
			return tenant.UnknownUserCode()
		}
		answered := *d
		answer(&answered)
		s.Devices.Put(deviceCode, &answered, d.ExpiresAt.Add(deviceRemembered), now)
		s.UserCodes.Delete(tenant.UserCodeKey(d.UserCode))
		return nil
	})
}

// PollDevice asks for the answer that a device waits for. An answer is given
// once, however many ask at the same time, and however soon: only a device that
// has to wait can be too fast.
//
// It returns InvalidDeviceCode, DeviceCodeExpired, DevicePending,
// DeviceSlowDown, or what the device was denied with.
//
// Source: RFC 8628 §3.4, §3.5.
func (f *Flow) PollDevice(clientID, deviceCode string) (device *store.DeviceAuthorization, err error) {
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		d, ok := s.Devices.Get(deviceCode, now)
		switch {
		case !ok:
			return tenant.InvalidDeviceCode().WithHint("the device code is unknown, or its answer was given before")
		case d.ClientID != clientID:
			return tenant.InvalidDeviceCode().WithHint("the device code was issued to another client")
		case d.Open(now):
			waiting := *d
			early := false
			waiting.Polling, early = d.Polling.Next(now)
			s.Devices.Put(deviceCode, &waiting, d.ExpiresAt.Add(deviceRemembered), now)
			if early {
				return tenant.DeviceSlowDown(d.Polling.IntervalSeconds).WithHint("the interval is %d seconds from now on", waiting.Polling.IntervalSeconds)
			}
			return tenant.DevicePending().WithHint("open /activate?user_code=%s in a browser, or answer by POST /_faux0/approvals", d.UserCode)
		}
		s.Devices.Delete(deviceCode)
		switch {
		case d.Denied != nil:
			return d.Denied
		case !now.Before(d.ExpiresAt):
			return tenant.DeviceCodeExpired().WithHint("nobody answered, or the answer was not fetched, within %s", DeviceLifetime)
		}
		device = d
		return nil
	})
	return device, err
}
