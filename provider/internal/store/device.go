package store

import "time"

// Polling holds a client that asks again and again to an interval. Each
// request that comes too early makes the interval longer.
//
// Source: RFC 8628 §3.5 (slow_down); OpenID CIBA Core 1.0 §11.
type Polling struct {
	// IntervalSeconds is how long to wait between two requests.
	IntervalSeconds int
	last            time.Time
}

// slowDownSeconds is by how much a request that comes too early lengthens the
// interval.
//
// Source: RFC 8628 §3.5; OpenID CIBA Core 1.0 §11.
const slowDownSeconds = 5

// Next is the polling after a request at now, and whether that came too early.
// The first request never does.
func (p Polling) Next(now time.Time) (next Polling, early bool) {
	early = !p.last.IsZero() && now.Before(p.last.Add(time.Duration(p.IntervalSeconds)*time.Second))
	if early {
		p.IntervalSeconds += slowDownSeconds
	}
	p.last = now
	return p, early
}

// DeviceAuthorization is a device that waits for somebody to log in for it
// elsewhere. It is kept for a while after ExpiresAt, so that a client which
// asks late is told once what has happened.
//
// Source: RFC 8628 §3.1, §3.2.
type DeviceAuthorization struct {
	DeviceCode string
	// UserCode is what the person types, as it is shown.
	UserCode       string
	ClientID       string
	Scopes         []string
	Audience       string
	Resource       string
	OrganizationID string
	ExpiresAt      time.Time
	Polling        Polling

	// Denied is what the device is told once it was refused, nil before.
	Denied error
	// UserID is set once the person has logged in, with SessionID.
	UserID    string
	SessionID string
	// Factor is the code of the Reason why a second factor was asked for or not.
	Factor string
	// Consented are the scopes the user has consented to, nil where no consent
	// is needed.
	Consented []string
}

// Open says whether the device still waits for an answer.
func (d *DeviceAuthorization) Open(now time.Time) bool {
	return d.Denied == nil && d.UserID == "" && now.Before(d.ExpiresAt)
}

// DeviceConfirmation is a code that somebody has typed and not confirmed yet.
type DeviceConfirmation struct {
	// Browser is the id of the browser it was typed in; no other may go on.
	Browser    string
	DeviceCode string
}
