package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/mail"
	"github.com/faux0/faux0/provider/internal/store"
)

var kinds = []string{
	store.MessageVerifyEmail, store.MessageVerifyByCode, store.MessageResetEmail, store.MessageResetByCode, store.MessageWelcome,
	store.MessageInvitation, store.MessageBlocked, store.MessageStolen, store.MessageEnrollment, store.MessageMFACode,
	store.MessagePasswordlessCode, store.MessagePasswordlessLink, store.MessageApproval,
}

func values() map[string]any {
	return map[string]any{
		"application":  map[string]any{"name": "Acme & <Web>"},
		"organization": map[string]any{"display_name": "Acme Europe"},
		"inviter":      map[string]any{"name": "Ada"}, "binding_message": "Order 4711",
		"user": map[string]any{"source_ip": "192.0.2.1"},
	}
}

func TestEveryKindIsACompleteMail(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		about := mail.About{Kind: kind, Language: "en", Code: "123456", Lifetime: 5 * time.Minute, Values: values()}
		letter := mail.Write(about, mail.Brand{Name: "Acme"})
		if letter.Subject == "" || !strings.Contains(letter.Text, "123456") || !strings.Contains(letter.HTML, "123456") {
			t.Errorf("%s is %+v", kind, letter)
		}
		about.Code, about.Link = "", "https://t.test/u?ticket=x&y#"
		linked := mail.Write(about, mail.Brand{Name: "Acme"})
		if !strings.Contains(linked.Text, about.Link) || !strings.Contains(linked.HTML, `href="https://t.test/u?ticket=x&amp;y#"`) {
			t.Errorf("%s with a link is %+v", kind, linked)
		}
		for _, said := range []string{letter.Subject, letter.Text, letter.HTML, linked.HTML} {
			if strings.Contains(said, "${") || strings.Contains(said, "<Web>") && said == letter.HTML {
				t.Errorf("%s says %s", kind, said)
			}
		}
	}
}

func TestALifetimeIsSaidInTheUnitThatFits(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		5 * 24 * time.Hour: "5 days", 24 * time.Hour: "1 day", time.Hour: "1 hour", 90 * time.Minute: "90 minutes",
		3 * time.Minute: "3 minutes", 45 * time.Second: "45 seconds", time.Second: "1 second", 0: "0 seconds",
	} {
		if got := mail.Lifetime("en", d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestACallReadsTheDigitsOut(t *testing.T) {
	t.Parallel()
	said := mail.Phone(mail.About{Language: "en", Code: "123456", Values: values()}, "voice.factor")
	if !strings.Contains(said, "1, 2, 3, 4, 5, 6") || strings.Contains(said, "123456") {
		t.Errorf("the call says %q", said)
	}
}

func TestOnlyColoursReachTheMail(t *testing.T) {
	t.Parallel()
	about := mail.About{Kind: store.MessageVerifyEmail, Language: "en", Link: "https://t.test", Values: values()}
	for color, want := range map[string]string{"#b3542a": "background: #b3542a; color: #fff", "red;x": "background: #2f4bd8; color: #fff", "#fff7a8": "background: #fff7a8; color: #000"} {
		if html := mail.Write(about, mail.Brand{Name: "Acme", Color: color}).HTML; !strings.Contains(html, want) {
			t.Errorf("no %q with %q in %s", want, color, html)
		}
	}
}

// Observed: the templates of auth0-deploy-cli and go-auth0.
func TestATextMessageIsTheTenantsOwn(t *testing.T) {
	t.Parallel()
	about := mail.About{Language: "en", Code: "123456", Values: map[string]any{"code": "123456", "friendly_name": "Acme", "tenant": "acme"}}
	for _, c := range []struct {
		source string
		aloud  bool
		want   string
	}{
		{"{{ code | escape }} is your verification code for {{ friendly_name | escape }}", false, "123456 is your verification code for Acme"},
		{"{{code}} for {{tenant.friendly_name}}", false, "123456 for Acme"},
		{"{{code}} for {{tenant}}", false, "123456 for acme"},
		{"Your code is: @@password@@", false, "Your code is: 123456"},
		{"It is {{ pause }} {{ code }}", true, "It is … 1, 2, 3, 4, 5, 6"},
		{"", false, ""},
	} {
		if got, err := mail.FillPhone(c.source, about, c.aloud); got != c.want || err != nil {
			t.Errorf("%q says %q, %v; want %q", c.source, got, err, c.want)
		}
	}
	if got, err := mail.FillPhone("{{ code | shout }}", about, false); err == nil {
		t.Errorf("a broken one says %q", got)
	}
}
