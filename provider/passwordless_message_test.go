package provider_test

import (
	"html"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// The connection's own words are what is sent, whoever asks for the code.
func TestTheMessageOfAPasswordlessConnection(t *testing.T) {
	t.Parallel()
	words := map[string]any{
		"syntax": "liquid", "from": "{{ application.name }} <login@shop.example>", "subject": "Your code for {{ application.name }}",
		"body": "<p>{% if request_language contains 'de' %}Dein Code{% else %}Your code{% endif %}: {{ code }} {{ organization.name }}{% if operation == 'change_email' %}!{% endif %}</p>{{ link }}",
	}
	w := run(t, codePages, emailOption("email", words), func(c *provider.Config) {
		connection(c, "sms").Options["template"] = "@@password@@ is {{ code }} of @@application.name@@ for {{ phone_number }}"
		for _, o := range c.Snapshot.Organizations {
			if o.ID == "org_eu" {
				o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_email"}}
			}
		}
	})
	w.browser().do("POST", "/passwordless/start", head("Content-Type", "application/json", "X-Request-Language", "de-DE"),
		`{"client_id":"shopWeb","connection":"email","send":"code","email":"eve@shop.example"}`).want(200)
	m := w.lastMessage()
	equal(t, "subject", m.Subject, "Your code for Shop Web")
	equal(t, "text", strings.TrimSpace(m.Text), "Dein Code: "+m.Code)
	equal(t, "from", m.From, "Shop Web <login@shop.example>")

	w.browser().postJSON("/passwordless/start", startBody("send", "link")).want(200)
	if m = w.lastMessage(); !strings.Contains(html.UnescapeString(m.HTML), m.Link) {
		t.Errorf("the link is not in %s", m.HTML)
	}
	w.browser().askCode(webRequest("connection", "email", "organization", "org_eu"), "eve@shop.example")
	m = w.lastMessage()
	equal(t, "text", strings.TrimSpace(m.Text), "Your code: "+m.Code+" eu")
	w.browser().askCode(webRequest("connection", "sms"), "+4930123456")
	m = w.lastMessage()
	equal(t, "text message", m.Text, m.Code+" is "+m.Code+" of Shop Web for +4930123456")

	// A mail from Auth0's own address is Auth0's own.
	words["from"] = "{{ application.name }} <root@auth0.com>"
	w = run(t, codePages, emailOption("email", words))
	w.codeTo()
	if m = w.lastMessage(); strings.Contains(m.Subject, "Your code for") {
		t.Errorf("subject %q", m.Subject)
	}
}
