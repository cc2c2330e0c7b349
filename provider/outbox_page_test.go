package provider_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

// inBrowser asks for a page, as a browser does.
func (b *browser) inBrowser(target string) *answer {
	b.w.t.Helper()
	return b.do("GET", target, head("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"), "")
}

func TestTheOutboxIsAPageForPeople(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, inviting)
	b := w.browser()
	if body := b.inBrowser("/_faux0/outbox").want(200).body; !strings.Contains(body, "Nothing was sent yet") {
		t.Errorf("an empty outbox says %s", body)
	}
	code := w.codeTo()
	w.control.Clock().Advance(time.Minute)
	w.invite("new@shop.example")
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	body := b.inBrowser("/_faux0/outbox").want(200).body
	order := regexp.MustCompile(`class="who">([^<]*)<`).FindAllStringSubmatch(body, -1)
	if len(order) != 3 || order[0][1] != "ada@shop.example" || order[2][1] != "eve@shop.example" {
		t.Errorf("the messages are to %v, want the newest first", order)
	}
	for _, want := range []string{
		"<code>user_invitation</code>", "<code>reset_email</code>", `datetime="2026-01-02T03:04:05Z">2 Jan 2026, 03:04:05 UTC`, "Shop Web",
		`<span class="hidden">Code: </span>` + code, `<option value="eve@shop.example">`, `href="/_faux0/outbox/2"`,
		`href="https://shop.example/login?tab=team&amp;invitation=`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	body = b.inBrowser("/_faux0/outbox?to=EVE@shop.example").want(200).body
	if !strings.Contains(body, code) || strings.Contains(body, "user_invitation") {
		t.Errorf("the messages to eve are %s", body)
	}
	if body := b.inBrowser("/_faux0/outbox?to=nobody").want(200).body; !strings.Contains(body, "Nothing was sent to nobody.") {
		t.Errorf("a recipient of nothing: %s", body)
	}
	if console := b.get("/_faux0/").want(200).body; !strings.Contains(console, `<a href="/_faux0/outbox">outbox (3)</a>`) {
		t.Error("the console does not lead to the outbox")
	}
	equal(t, "messages as JSON", len(b.get("/_faux0/outbox").messages()), 3)
}

func TestALinkOfTheOutboxWorksInTheSameBrowser(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	body := b.inBrowser("/_faux0/outbox").want(200).body
	link := regexp.MustCompile(`href="(` + base + `/u/reset-verify[^"]*)"`).FindStringSubmatch(body)
	if link == nil {
		t.Fatalf("no link in %s", body)
	}
	b.get(strings.TrimSuffix(strings.TrimPrefix(link[1], base), "#")).wantPath("/u/reset-password")
}

func TestAMailIsShownAsMailAndKeptFromTheTenant(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	w.invite("new@shop.example")
	b := w.browser()
	mail := b.inBrowser("/_faux0/outbox/1").want(200)
	equal(t, "body", mail.body, w.lastMessage().HTML)
	if policy := mail.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none';") || strings.Contains(policy, "script-src") {
		t.Errorf("the policy is %q", policy)
	}
	b.get("/_faux0/outbox/2").want(404)
	b.get("/_faux0/outbox/x").want(404)
	guarded := run(t, inviting, func(c *provider.Config) { c.ControlToken = "secret" })
	guarded.invite("new@shop.example")
	guarded.browser().get("/_faux0/outbox/1").want(401)
	guarded.browser().inBrowser("/_faux0/outbox").want(401)
}
