package provider_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faux0/faux0/provider"
)

// onMail is a log that runs f while the first mail is being sent: in the middle
// of the request that sends it.
type onMail struct {
	slog.Handler
	once sync.Once
	f    func()
}

func (h *onMail) Enabled(context.Context, slog.Level) bool { return true }

func (h *onMail) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "mail" {
		h.once.Do(h.f)
	}
	return nil
}

func TestWindowCannotPutBackLoginThatAnotherHasEnded(t *testing.T) {
	t.Parallel()
	log := &onMail{Handler: slog.DiscardHandler}
	b := run(t, func(c *provider.Config) { c.Log = slog.New(log) }).browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	state := login.Query().Get("state")
	resume := "/authorize/resume?state=" + url.QueryEscape(state)

	log.f = func() {
		b.post(login.RequestURI(), "state", state, "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
		wantCode(t, b.get(resume))
	}
	b.post("/u/reset-password/request/"+database, "state", state, "email", "ada@shop.example").want(http.StatusOK)

	for _, ended := range []string{resume, login.RequestURI(), "/u/reset-password/request/" + database + "?state=" + url.QueryEscape(state)} {
		if a := b.get(ended); a.status == http.StatusFound || a.status == http.StatusOK {
			t.Errorf("GET %s of a login that has ended: status %d, Location %q", ended, a.status, a.header.Get("Location"))
		}
	}
}

func TestLoginGivesOneCodeHoweverManyWindowsLogIn(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	body := form("state", login.Query().Get("state"), "username", "ada@shop.example", "password", password)
	var codes atomic.Int64
	atOnce(crowd, func() {
		res, err := b.http.Post(base+login.RequestURI(), "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		next := res.Header.Get("Location")
		if !strings.HasPrefix(next, "/authorize/resume") {
			return
		}
		if res, err = b.http.Get(base + next); err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		if strings.Contains(res.Header.Get("Location"), "code=") {
			codes.Add(1)
		}
	})
	if n := codes.Load(); n > 1 {
		t.Errorf("one login gave the app %d codes", n)
	}
}
