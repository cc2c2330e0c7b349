package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/tenant"
)

// deliveryTime is how long a client may take to accept a logout token.
//
// Source: Auth0 docs, "OIDC back-channel logout".
var deliveryTime = 5 * time.Second

const (
	// maxDeliveries are under way at once, maxWaiting more may wait.
	maxDeliveries = 8
	maxWaiting    = 1000
)

// backchannel delivers logout tokens, each once, in the background. It has no
// goroutine while there is nothing to deliver.
type backchannel struct {
	p      *Provider
	client *http.Client

	mu      sync.Mutex
	waiting []flow.LogoutNotice
	running int
	closed  bool
	work    sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

func newBackchannel(p *Provider) *backchannel {
	b := &backchannel{p: p}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.client = &http.Client{
		Timeout:       deliveryTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     outbound.Transport(p.config.CA, nil),
	}
	return b
}

// send delivers the notice, or lets it wait for its turn.
func (b *backchannel) send(n flow.LogoutNotice) {
	b.mu.Lock()
	full := len(b.waiting) >= maxWaiting
	switch {
	case full || b.closed:
	case b.running < maxDeliveries:
		b.running++
		b.work.Add(1)
		go b.run(n)
	default:
		b.waiting = append(b.waiting, n)
	}
	b.mu.Unlock()
	if full {
		b.p.logDelivery(n, 0, fmt.Errorf("more than %d logout tokens wait to be delivered", maxWaiting))
	}
}

// run delivers until nothing waits.
func (b *backchannel) run(n flow.LogoutNotice) {
	defer b.work.Done()
	for more := true; more; n, more = b.next() {
		status, err := b.deliver(n)
		b.p.logDelivery(n, status, err)
	}
}

func (b *backchannel) next() (n flow.LogoutNotice, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 || b.closed {
		b.running--
		return n, false
	}
	n, b.waiting = b.waiting[0], b.waiting[1:]
	return n, true
}

// deliver posts the logout token. It follows no redirect and does not try
// again.
//
// Source: OpenID Connect Back-Channel Logout 1.0 §2.5, §2.8; Auth0 docs, "OIDC
// back-channel logout".
func (b *backchannel) deliver(n flow.LogoutNotice) (status int, err error) {
	raw, err := b.p.flow.LogoutToken(n)
	if err != nil {
		return 0, err
	}
	body := url.Values{"logout_token": {raw}}.Encode()
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, n.URL, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := b.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 1<<16) // what it says does not matter
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent {
		return res.StatusCode, errors.New("it answered " + res.Status + " where 200 is expected")
	}
	return res.StatusCode, nil
}

// close gives up what is under way, and waits for that.
func (b *backchannel) close() {
	b.mu.Lock()
	b.closed, b.waiting = true, nil
	b.mu.Unlock()
	b.cancel()
	b.work.Wait()
}

// logDelivery tells the tenant's log, and the people at a terminal.
//
// Source: the description of tenant logs, oidc_backchannel_logout_succeeded,
// oidc_backchannel_logout_failed.
func (p *Provider) logDelivery(n flow.LogoutNotice, status int, err error) {
	e := LogEvent{Type: tenant.LogSuccessBackchannel, ClientID: n.ClientID, UserID: n.UserID, Details: map[string]any{
		"initiator": string(n.By), "request": map[string]any{"method": http.MethodPost, "backchannel_logout_uri": n.URL},
	}}
	if status != 0 {
		e.Details["response"] = map[string]any{"statusCode": status}
	}
	attrs := []any{"client_id", n.ClientID, "initiator", string(n.By), "url", n.URL}
	if err != nil {
		e.Type, e.Description = tenant.LogFailedBackchannel, err.Error()
		e.Details["errors"] = []any{err.Error()}
		p.config.Log.Warn("logout token", append(attrs, "error", err.Error())...)
	} else {
		p.config.Log.Info("logout token", append(attrs, "status", status)...)
	}
	p.flow.Log(e)
}
