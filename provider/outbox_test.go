package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

func (a *answer) messages() (list []provider.Message) {
	a.t.Helper()
	a.want(200)
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || list == nil {
		a.t.Fatalf("no list: %s", a.body)
	}
	return list
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	equal(t, "messages before", len(b.get("/_faux0/outbox").messages()), 0)
	w.codeTo()
	b.postJSON("/passwordless/start", startBody("connection", "sms", "email", "", "phone_number", "+4930123456")).want(200)
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	all := b.get("/_faux0/outbox").messages()
	equal(t, "messages", len(all), 3)
	equal(t, "the first one's number", all[0].ID, 1)
	for query, want := range map[string]int{
		"?to=EVE@shop.example": 1, "?to=%2B4930123456": 1, "?to=+4930123456": 1, "?to=nobody": 0, "?kind=reset_email": 1, "?kind=passwordless_code": 2,
		"?kind=passwordless_code&to=eve@shop.example": 1, "?after=2": 1, "?after=3": 0, "?wait=10s&kind=reset_email": 1, "?wait=1ms&to=nobody": 0,
	} {
		equal(t, "messages of "+query, len(b.get("/_faux0/outbox"+query).messages()), want)
	}
	for _, query := range []string{"?wait=x", "?wait=-1s", "?wait=1h", "?after=x", "?too=x"} {
		b.get("/_faux0/outbox" + query).want(400)
	}
	b.do("DELETE", "/_faux0/outbox", nil, "").wantBody(204, "")
	equal(t, "messages after", len(b.get("/_faux0/outbox").messages()), 0)
	w.codeTo()
	equal(t, "the next one's number", b.get("/_faux0/outbox").messages()[0].ID, 4)
	b.do("GET", "/_faux0/outbox", head("Origin", "https://evil.example"), "").want(403)
}

func TestOutboxWaits(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	answers := make(chan []provider.Message)
	const waiting = 5
	for range waiting {
		b := w.browser()
		go func() {
			var list []provider.Message
			res, err := b.http.Get(base + "/_faux0/outbox?wait=1m&to=eve@shop.example")
			if err == nil {
				err = json.NewDecoder(res.Body).Decode(&list)
				res.Body.Close()
			}
			if err != nil {
				t.Error(err)
			}
			answers <- list
		}()
	}
	w.browser().postJSON("/passwordless/start", startBody("email", "other@shop.example")).want(200) // not theirs
	code := w.codeTo()
	for range waiting {
		if got := <-answers; len(got) != 1 || got[0].Code != code {
			t.Errorf("messages %+v", got)
		}
	}
}

func TestOutboxWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := run(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	list, err := w.control.WaitOutbox(ctx, provider.OutboxFilter{})
	if len(list) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", list, err)
	}
	// A caller who goes away does not leave a request behind: the server could
	// not close otherwise.
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", base+"/_faux0/outbox?wait=5m", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := w.browser().http.Do(req); err == nil {
		res.Body.Close()
		t.Error("an answer came")
	}
}

func TestOutboxIsBoundedAndForgottenByReset(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	for range 1010 {
		b.postJSON("/passwordless/start", startBody()).want(200)
	}
	all := w.control.Outbox(provider.OutboxFilter{})
	if len(all) != 1000 || all[0].ID != 11 {
		t.Errorf("%d messages, from number %d", len(all), all[0].ID)
	}
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	equal(t, "messages after a reset", len(w.control.Outbox(provider.OutboxFilter{})), 0)
	w.token(redeemOTP(all[999].Code)...).wantError(403, "invalid_grant", wrongMailCode)
}

func TestLogShowsCodesAndLinks(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	w := run(t, passwordless, func(c *provider.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	code := w.codeTo()
	w.browser().postJSON("/passwordless/start", startBody("connection", "sms", "email", "", "phone_number", "+4930123456")).want(200)
	w.browser().postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	link := w.lastMessage().Link
	w.browser().postJSON("/dbconnections/signup", signupBody()).want(200)
	w.server.Close() // every line is written by now
	got := log.String()
	for _, want := range []string{
		"msg=mail kind=passwordless_code to=eve@shop.example code=" + code, `msg="text message" kind=passwordless_code to=+4930123456 code=`,
		`msg=mail kind=reset_email to=ada@shop.example link="` + link + `"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, password) {
		t.Errorf("the log holds the password:\n%s", got)
	}
}
