package provider_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
)

// demo is the demo tenant.
func demo(c *provider.Config) {
	data, err := os.ReadFile("../fixtures/default.yaml")
	if err != nil {
		panic(err)
	}
	c.Snapshot, _, err = fixtures.Parse(fixtures.Options{Domain: "tenant.localhost:4400"}, "default.yaml", data)
	if err != nil {
		panic(err)
	}
}

// journeys are the links of the console's list, by their names.
func (b *browser) journeys() map[string]string {
	b.w.t.Helper()
	links := map[string]string{}
	for _, m := range regexp.MustCompile(`<li><a href="([^"]*)">([^<]*)</a>`).FindAllStringSubmatch(b.get("/_faux0/").want(200).body, -1) {
		links[html.UnescapeString(m[2])] = strings.TrimPrefix(html.UnescapeString(m[1]), base)
	}
	return links
}

func TestTheConsoleLeadsIntoEveryJourneyOfTheDemoTenant(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	links := w.browser().journeys()
	for title, path := range map[string]string{
		"Log in": "/u/login", "Sign up": "/u/signup", "Forget a password": "/u/login", "Pick an organization": "/u/login",
		"Find an organization": "/u/organization", "Log in with a company's account": "/u/login", "Read another language": "/u/login",
		"A second factor": "/u/login", "Log in with Google": "/u/pretend/google-oauth2", "Give consent": "/u/login",
	} {
		b := w.browser()
		if at := b.get(links[title]).wantPath(path); b.get(at.RequestURI()).status != 200 {
			t.Errorf("%s leads to %s", title, at)
		}
	}
	b := w.browser()
	wantWords(t, b.get(b.get(links["Read another language"]).wantPath("/u/login").RequestURI()), `lang="de"`, "Anmelden")
	find := b.get(links["Find an organization"]).wantPath("/u/organization")
	wantWords(t, b.get(b.submit(find, "organizationName", "olga@eu.acme.test").wantPath("/u/login").RequestURI()), "Acme Europe", `value="olga@eu.acme.test"`)
	realm := b.get(links["Log in with a company's account"]).wantPath("/u/login")
	b.submit(realm, "username", "hank@globex.test", "password", "").wantPath("/u/pretend/globex")
	if out := links["Log out"]; out != "/oidc/logout" {
		t.Errorf("Log out leads to %q", out)
	}
}

// The demo tenant names its console by one host. Looked at by another name,
// journeys begin where they will end, and so stay with their cookies.
func TestJourneysOfAConsoleByAnotherNameBeginWhereTheyEnd(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	page := func(at string) string {
		req, err := http.NewRequest("GET", at+"/_faux0/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Client{Transport: w.plain}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return html.UnescapeString(string(body))
	}
	for _, at := range []string{base, "http://127.0.0.1:4400", "http://[::1]:4400"} {
		links := regexp.MustCompile(`<li><a href="([^"]*)"`).FindAllStringSubmatch(page(at), -1)
		if len(links) < 8 {
			t.Errorf("%s has %d journeys", at, len(links))
		}
		for _, link := range links {
			u, err := url.Parse(link[1])
			if err != nil {
				t.Fatal(err)
			}
			end := u.Query().Get("redirect_uri")
			if end != "" && end != base+"/_faux0/callback" || "http://"+u.Host != base {
				t.Errorf("at %s a journey begins at %s and ends at %s", at, u.Host, end)
			}
		}
	}
}

func TestTheConsoleRedeemsACodeAsTheApplication(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	login := b.get(b.journeys()["Log in"]).wantPath("/u/login")
	resume := b.submit(login, "username", "ada@acme.test", "password", password).wantPath("/authorize/resume")
	arrived := b.get(resume.RequestURI()).location()
	wantWords(t, b.get(arrived.RequestURI()).want(200), "Acme Portal knows you as ada@acme.test", "read:orders", `name="token" value="ey`)
	wantWords(t, b.get(arrived.RequestURI()).want(200), "Acme Portal got no tokens", "invalid_grant", "The code is unknown, expired, or was redeemed before")
	wantWords(t, b.get("/_faux0/callback?state=acmePortal0000000000000000000000&error=access_denied&error_description=No").want(200), "access_denied", "No")
	b.get("/_faux0/callback?state=nobody&code=x").want(400)
}

func TestTheConsolePlaysADevice(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	const tv = "acmeTv00000000000000000000000000"
	screen := b.post("/_faux0/try", "client_id", tv, "journey", "device").want(200).body
	field := func(name string) string {
		return regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(screen)[1]
	}
	ask := func() *answer {
		return b.post("/_faux0/try", "client_id", tv, "journey", "poll", "device_code", field("device_code"), "user_code", field("user_code")).want(200)
	}
	wantWords(t, ask(), "authorization_pending", field("user_code"))
	if err := w.control.Answer(provider.ApprovalAnswer{UserCode: field("user_code"), User: "ada@acme.test", Answer: provider.AnswerApprove}); err != nil {
		t.Fatal(err)
	}
	w.control.Clock().Advance(10e9)
	wantWords(t, ask(), "Acme TV knows you as ada@acme.test")
}

func TestTheConsoleSendsALinkAndAnInvitation(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	try := func(client, journey, email string) *answer {
		return b.post("/_faux0/try", "client_id", client, "journey", journey, "email", email)
	}
	const portal, teams = "acmePortal0000000000000000000000", "acmeTeams00000000000000000000000"
	try(portal, "link", "zoe@acme.test").want(302)
	arrived := b.get(strings.TrimPrefix(w.link(), base)).location()
	wantWords(t, b.get(arrived.RequestURI()).want(200), "Acme Portal knows you as zoe@acme.test")
	wantWords(t, try(portal, "link", "zoe").want(200), "Acme Portal got no tokens")

	try(teams, "invitation", "ivy@acme.test").want(302)
	invited := w.browser()
	authorize := invited.get(strings.TrimPrefix(w.link(), base)).location()
	invited.get(authorize.RequestURI()).wantPath("/u/signup")
	try(teams, "invitation", "ivy").want(400)

	try("nobody", "link", "zoe@acme.test").want(403)
	try(portal, "fly", "zoe@acme.test").want(400)
}

// What goes wrong on the console is said to people on a page, with a way back,
// and to programs in JSON.
func TestTheConsoleSaysOnAPageWhatWentWrong(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	const teams = "acmeTeams00000000000000000000000"
	people := http.Header{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	invite := url.Values{"client_id": {teams}, "journey": {"invitation"}, "email": {"ivy"}}.Encode()
	wantWords(t, b.do("POST", "/_faux0/try", people, invite).want(400), "<h1>", "must be an e-mail address", `href="/_faux0/"`)
	wantWords(t, b.do("GET", "/_faux0/nowhere", people, "").want(501), "<h1>", `href="/_faux0/"`)
	b.post("/_faux0/try", "client_id", teams, "journey", "invitation", "email", "ivy").wantError(400, "invalid_body", "invitee.email must be an e-mail address")

	b.post("/_faux0/try", "client_id", teams, "journey", "invitation", "email", "ivy@acme.test").want(302)
	link := strings.TrimPrefix(w.link(), base)
	signup := b.get(b.get(link).location().RequestURI()).wantPath("/u/signup")
	b.get(b.submit(signup, "email", "ivy@acme.test", "password", password).wantPath("/authorize/resume").RequestURI()).want(302)
	wantWords(t, b.do("GET", link, people, "").want(400), "This invitation was accepted or revoked, or has run out", `href="/_faux0/"`)
}

// Pages on which a journey ends, or waits for a mail, lead to the outbox and
// the console, if there is one.
func TestPagesLeadToTheOutbox(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]bool{"with a console": false, "without": true} {
		w := run(t, demo, func(c *provider.Config) { c.ControlOff = off })
		for _, path := range []string{"/oidc/logout", "/activate", "/authorize?client_id=nobody", "/u/email-verification?ticket=gone"} {
			if found := strings.Contains(w.browser().get(path).body, `href="/_faux0/outbox"`); found == off {
				t.Errorf("%s: a link to the outbox on %s: %v", name, path, found)
			}
		}
	}
}

func TestTheConsoleAsksForApproval(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	const portal = "acmePortal0000000000000000000000"
	for said, words := range map[string][]string{
		provider.AnswerApprove: {"Acme Portal knows you as ada@acme.test"}, provider.AnswerDeny: {"Acme Portal got no tokens", "access_denied"},
	} {
		screen := b.post("/_faux0/try", "client_id", portal, "journey", "approval", "email", "auth0|ada").want(200)
		wantWords(t, screen, "Acme Portal waits for an answer", "auth0|ada answers on")
		id := regexp.MustCompile(`name="auth_req_id" value="([^"]*)"`).FindStringSubmatch(screen.body)[1]
		ask := func() *answer {
			return b.post("/_faux0/try", "client_id", portal, "journey", "approval-poll", "auth_req_id", id, "asked", "auth0|ada").want(200)
		}
		wantWords(t, ask(), "authorization_pending", `value="approval-poll"`)
		if err := w.control.Answer(provider.ApprovalAnswer{ID: id, Answer: said}); err != nil {
			t.Fatal(err)
		}
		w.control.Clock().Advance(10e9)
		page := ask()
		wantWords(t, page, words...)
		if strings.Contains(page.body, "approval-poll") {
			t.Errorf("what was answered with %s can be asked for again", said)
		}
	}
	wantWords(t, b.post("/_faux0/try", "client_id", portal, "journey", "approval", "email", "nobody").want(400), "nobody")
}

func TestTheConsolePlaysASAMLServiceProvider(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	login := b.get(b.journeys()["Log in by SAML"]).wantPath("/u/login")
	resume := b.submit(login, "username", "ada@acme.test", "password", password).wantPath("/authorize/resume")
	form := b.get(resume.RequestURI()).want(200).body
	field := func(name string) string {
		return html.UnescapeString(regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(form)[1])
	}
	page := b.post("/_faux0/callback", "SAMLResponse", field("SAMLResponse"), "RelayState", field("RelayState")).want(200)
	wantWords(t, page, "Acme Intranet knows you as ada@acme.test", "&lt;saml:NameID")
	b.post("/_faux0/callback", "SAMLResponse", "PGE+", "RelayState", field("RelayState")).want(400)
	b.post("/_faux0/callback", "RelayState", "nobody").want(400)
}

func TestTheConsoleLinksTwoAccountsWithOneAddress(t *testing.T) {
	t.Parallel()
	w := run(t, demo)
	b := w.browser()
	const offer, portal = "Link two accounts", "acmePortal0000000000000000000000"
	if strings.Contains(b.get("/_faux0/").body, offer) {
		t.Error("there is nothing to link yet")
	}
	loginByGoogle := func() *answer {
		at := b.get(b.journeys()["Log in with Google"]).wantPath("/u/pretend/google-oauth2")
		resume := b.post(at.RequestURI(), "email", "ada@acme.test").wantPath("/authorize/resume")
		return b.get(b.get(resume.RequestURI()).location().RequestURI()).want(200)
	}
	wantWords(t, loginByGoogle(), `&#34;sub&#34;: &#34;google-oauth2|`)
	wantWords(t, b.get("/_faux0/"), offer)
	b.post("/_faux0/try", "client_id", portal, "journey", "linking").want(302)
	console := b.get("/_faux0/")
	wantWords(t, console, "clerk, also google-oauth2|")
	if strings.Contains(console.body, offer) {
		t.Error("they are linked already")
	}
	wantWords(t, loginByGoogle(), `&#34;sub&#34;: &#34;auth0|ada&#34;`)
}

// A tenant whose pages ask for the address first offers what only they have.
func TestTheConsoleOffersPasskeysAndCodes(t *testing.T) {
	t.Parallel()
	w := run(t, demo, func(c *provider.Config) {
		s := c.Snapshot.Clone()
		s.Prompts.IdentifierFirst = true
		for _, connection := range s.Connections {
			if connection.Database() {
				connection.Options = map[string]any{"authentication_methods": map[string]any{"passkey": map[string]any{"enabled": true}}}
			}
		}
		c.Snapshot = s
	})
	b := w.browser()
	links := b.journeys()
	wantWords(t, b.get(b.get(links["Log in with a passkey"]).wantPath("/u/login/identifier").RequestURI()), "data-webauthn")
	page := b.get(links["Log in with a code"]).wantPath("/u/login/identifier")
	b.submit(page, "username", "zoe@acme.test").wantPath("/u/login/passwordless-email-challenge")
}

// Whoever has not listed the console among the callbacks gets to the
// application, and to nothing that only the console could end.
func TestJourneysOfATenantThatDoesNotKnowTheConsole(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	if link := b.journeys()["Log in"]; !strings.Contains(link, "redirect_uri=http%3A%2F%2Flocalhost%3A3000") {
		t.Errorf("Log in leads to %s", link)
	}
	for _, form := range []string{`value="link"`, `value="invitation"`} {
		if strings.Contains(b.get("/_faux0/").body, form) {
			t.Errorf("the console has the form %s", form)
		}
	}
}
