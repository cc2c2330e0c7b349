package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// email gives the tenant a mail of its own.
func email(t tenant.EmailTemplate) change {
	return func(c *provider.Config) {
		t.Enabled = true
		c.Snapshot.Templates.Emails = append(c.Snapshot.Templates.Emails, &t)
	}
}

// off switches a mail of the tenant's off.
func off(kind string) change {
	return func(c *provider.Config) {
		c.Snapshot.Templates.Emails = append(c.Snapshot.Templates.Emails, &tenant.EmailTemplate{Template: kind})
	}
}

// lastMail is the newest of a kind.
func (w *world) lastMail(kind string) provider.Message {
	w.t.Helper()
	list := w.control.Outbox(provider.OutboxFilter{Kind: kind})
	if len(list) == 0 {
		w.t.Fatalf("no mail of kind %s: %+v", kind, w.control.Outbox(provider.OutboxFilter{}))
	}
	return list[len(list)-1]
}

// signUp makes zoe a user through the API.
func (w *world) signUp(b *browser, header ...string) {
	w.t.Helper()
	b.do("POST", "/dbconnections/signup", head(append(header, "Content-Type", "application/x-www-form-urlencoded")...),
		form("client_id", "shopWeb", "connection", database, "email", "zoe@shop.example", "password", password, "given_name", "<Zoe>")).want(200)
}

// Source: Auth0 docs, "Customize email templates", "Supported Liquid syntax for
// email templates".
func TestAMailIsTheTenantsOwn(t *testing.T) {
	t.Parallel()
	w := run(t, email(tenant.EmailTemplate{
		Template: "verify_email", From: "{{ application.name }}\n <no-reply@shop.example>",
		Subject: "{% if request_language == 'es' %}Hola{% else %}Hi{% endif %} {{ user.given_name }} of {{ friendly_name }}",
		Body:    `<style>p {}</style><p>{{ user.given_name }} {{ connection.name }} {{ application.clientID }}</p><a href="{{ url }}">Go</a> {{ tenant }} {{ application.callback_domain }}`,
	}))
	w.signUp(w.browser(), "X-Request-Language", "es")
	mail := w.lastMail(provider.MessageVerifyEmail)
	equal(t, "from", mail.From, "Shop Web <no-reply@shop.example>")
	equal(t, "subject", mail.Subject, "Hola <Zoe> of Shop")
	for _, want := range []string{"&#60;Zoe&#62; " + database + " shopWeb", `<a href="` + mail.Link + `">Go</a>`, "tenant http://localhost:3000"} {
		if !strings.Contains(mail.HTML, want) {
			t.Errorf("no %q in %s", want, mail.HTML)
		}
	}
	if !strings.HasPrefix(mail.Text, "<Zoe> ") || strings.Contains(mail.Text, "p {}") {
		t.Errorf("as text it is %q", mail.Text)
	}
}

func TestAMailThatIsSwitchedOffIsNotSent(t *testing.T) {
	t.Parallel()
	w := run(t, off("verify_email"), off("reset_email"))
	b := w.browser()
	w.signUp(b)
	b.post("/dbconnections/change_password", "client_id", "shopWeb", "connection", database, "email", "ada@shop.example").want(200)
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 0)
}

// Source: Auth0 docs, "Email template descriptions" (welcome emails).
func TestAWelcomeComesOnceTheAddressIsKnown(t *testing.T) {
	t.Parallel()
	welcome := email(tenant.EmailTemplate{Template: "welcome_email", Subject: "Welcome {{ user.email }}"})
	w := run(t, welcome)
	b := w.browser()
	w.signUp(b)
	equal(t, "mails before the link", len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageWelcome})), 0)
	b.get(strings.TrimSuffix(w.lastMail(provider.MessageVerifyEmail).Link, "#")).want(200)
	equal(t, "subject", w.lastMail(provider.MessageWelcome).Subject, "Welcome zoe@shop.example")

	w = run(t, welcome, off("verify_email"))
	w.signUp(w.browser())
	equal(t, "where nobody verifies", w.lastMail(provider.MessageWelcome).To, "zoe@shop.example")
	w = run(t)
	w.signUp(w.browser())
	w.browser().get(strings.TrimSuffix(w.lastMail(provider.MessageVerifyEmail).Link, "#")).want(200)
	equal(t, "welcomes nobody asked for", len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageWelcome})), 0)
}

// Source: Auth0 docs, "Email template descriptions" (redirect to results).
func TestTheLinkOfAMailLeadsWhereItsTemplateSays(t *testing.T) {
	t.Parallel()
	no := false
	for name, c := range map[string]struct {
		template  tenant.EmailTemplate
		advance   time.Duration
		used      bool
		want      string
		tellEmail bool
	}{
		"verified":           {template: tenant.EmailTemplate{}, want: "true", tellEmail: true},
		"without an address": {template: tenant.EmailTemplate{IncludeEmailInRedirect: &no}, want: "true"},
		"too late":           {template: tenant.EmailTemplate{URLLifetimeInSeconds: 60}, advance: 61 * time.Second, want: "false"},
		"twice":              {used: true, want: "false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.template.Template, c.template.ResultURL = "verify_email", "{{ application.callback_domain | default: 'http://localhost:3000' }}/verified?from=mail"
			w := run(t, email(c.template))
			b := w.browser()
			w.signUp(b)
			link := strings.TrimSuffix(w.lastMail(provider.MessageVerifyEmail).Link, "#")
			if c.used {
				b.get(link)
			}
			w.control.Clock().Advance(c.advance)
			to := b.get(link).want(302).location()
			equal(t, "place", to.Scheme+"://"+to.Host+to.Path, "http://localhost:3000/verified")
			q := to.Query()
			equal(t, "from", q.Get("from"), "mail")
			equal(t, "success", q.Get("success"), c.want)
			if q.Get("message") == "" || q.Has("email") != c.tellEmail {
				t.Errorf("told %v", q)
			}
		})
	}
}

// A template that fails with the values it gets does not keep the mail back.
func TestAMailWhoseTemplateFailsIsOurs(t *testing.T) {
	t.Parallel()
	w := run(t, email(tenant.EmailTemplate{Template: "verify_email", Subject: "{{ user.email | shout }}", Body: "<p>own</p>"}))
	w.signUp(w.browser())
	mail := w.lastMail(provider.MessageVerifyEmail)
	equal(t, "subject", mail.Subject, "Verify your email")
	if !strings.Contains(mail.Warning, "shout") || strings.Contains(mail.HTML, "own") {
		t.Errorf("the mail is %+v", mail)
	}
}

// Observed: connections of strategy email in auth0-deploy-cli.
func TestAPasswordlessMailIsTheConnectionsOwn(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, func(c *provider.Config) {
		for _, connection := range c.Snapshot.Connections {
			switch connection.Strategy {
			case tenant.StrategyEmail:
				connection.Options = map[string]any{"email": map[string]any{
					"syntax": "liquid", "from": "{{ application.name }} <codes@shop.example>", "subject": "{{ send }} {{ code }}", "body": "<b>{{ code }}</b> {{ user.email }}",
				}}
			case tenant.StrategySMS:
				connection.Options = map[string]any{"syntax": "liquid", "template": "{{ code }} at {{ application.name }}"}
			}
		}
	})
	b := w.browser()
	b.postJSON("/passwordless/start", map[string]any{"client_id": "shopWeb", "connection": "email", "email": "zoe@shop.example", "send": "code"}).want(200)
	mail := w.lastMail(provider.MessagePasswordlessCode)
	equal(t, "subject", mail.Subject, "code "+mail.Code)
	equal(t, "html", mail.HTML, "<b>"+mail.Code+"</b> zoe@shop.example")
	equal(t, "from", mail.From, "Shop Web <codes@shop.example>")
	b.postJSON("/passwordless/start", map[string]any{"client_id": "shopWeb", "connection": "sms", "phone_number": "+12025550123"}).want(200)
	text := w.lastMail(provider.MessagePasswordlessCode)
	equal(t, "text message", text.Text, text.Code+" at Shop Web")
}

func TestAMailSpeaksTheLanguageOfThePerson(t *testing.T) {
	t.Parallel()
	w := run(t, speaks("en", "de", "fr-FR"))
	w.signUp(w.browser(), "Accept-Language", "fr-CH, de")
	mail := w.lastMail(provider.MessageVerifyEmail)
	equal(t, "subject", mail.Subject, "Vérifiez votre adresse e-mail")
	if !strings.Contains(mail.HTML, `<html lang="fr-FR">`) || !strings.Contains(mail.Text, "Valable 5 jours.") {
		t.Errorf("the mail is %s\n%s", mail.HTML, mail.Text)
	}
	b := w.browser()
	login := b.authorize(webRequest("ui_locales", "de")).wantPath("/u/login")
	if page := b.get(login.RequestURI()).body; !strings.Contains(page, `<html lang="de" dir="ltr"`) || !strings.Contains(page, ">Weiter</button>") {
		t.Errorf("the page is %s", page)
	}
	login.Path = "/u/reset-password/request/" + database
	b.submit(login, "email", "ada@shop.example").want(200)
	equal(t, "subject of the page's mail", w.lastMail(provider.MessageResetEmail).Subject, "Setzen Sie Ihr Passwort zurück")
}
