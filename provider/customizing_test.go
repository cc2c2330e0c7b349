package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// around puts a page of the tenant's own around Universal Login.
func around(page string) change {
	return func(c *provider.Config) {
		c.Snapshot.Branding.Templates = []tenant.BrandingTemplate{{Template: "universal_login", Body: page}}
	}
}

// partial puts HTML of the tenant's own into a screen.
func partial(prompt, screen, point, html string) change {
	return func(c *provider.Config) {
		if c.Snapshot.Prompts.Partials == nil {
			c.Snapshot.Prompts.Partials = map[string]map[string]map[string]string{}
		}
		screens := c.Snapshot.Prompts.Partials
		if screens[prompt] == nil {
			screens[prompt] = map[string]map[string]string{}
		}
		if screens[prompt][screen] == nil {
			screens[prompt][screen] = map[string]string{}
		}
		screens[prompt][screen][point] = html
	}
}

// Source: Auth0 docs, "Customize Universal Login page templates".
func TestUniversalLoginIsInsideTheTenantsOwnPage(t *testing.T) {
	t.Parallel()
	w := run(t, speaks("en", "es"), around(`<!DOCTYPE html>
<html lang="{{ locale }}"><head><title>{{ prompt.screen.texts.title }} at {{ tenant.friendly_name }}</title>{%- auth0:head -%}</head>
<body class="_widget-auto-layout"><script>let own = 1</script>{% if prompt.name == 'login' %}<aside>{{ application.name }}, {{ prompt.screen.name }}</aside>{% endif %}
{%- auth0:widget -%}<footer>{{ tenant.support_email }} {{ user.email }} {{ state }}</footer></body></html>`))
	b := w.browser()
	login := b.authorize(webRequest("ui_locales", "es")).wantPath("/u/login")
	res := b.get(login.RequestURI()).want(200)
	for _, want := range []string{
		`<html lang="es">`, "<title>Te damos la bienvenida at Shop</title>\n<meta charset", "<aside>Shop Web, login</aside>", `<main class="card _widget login">`,
		`id="username"`, "/_faux0/static/faux0.css", login.Query().Get("state") + "</footer>",
	} {
		if !strings.Contains(res.body, want) {
			t.Errorf("no %q in\n%s", want, res.body)
		}
	}
	if strings.Count(res.body, "<title>") != 1 || strings.Count(res.body, "<html") != 1 {
		t.Errorf("two pages in one:\n%s", res.body)
	}
	nonce := regexp.MustCompile(`<script nonce="([^"]+)">let own`).FindStringSubmatch(res.body)
	policy := res.header.Get("Content-Security-Policy")
	if nonce == nil || !strings.Contains(policy, "script-src 'nonce-"+nonce[1]+"' 'strict-dynamic'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the page's own script is %v, the policy %q", nonce, policy)
	}
	// The widget in it works, and error pages stay ours.
	w.browser().code(webRequest(), "ada@shop.example")
	if own := b.get("/authorize?client_id=nobody").body; strings.Contains(own, "let own") {
		t.Error("the error page is inside the tenant's page")
	}
}

// Source: Auth0 docs, "Customize signup and login prompts".
func TestPartialsAreOnTheirScreensAtTheirPlaces(t *testing.T) {
	t.Parallel()
	points := []string{"form-content-start", "form-content-end", "form-footer-start", "form-footer-end", "secondary-actions-start", "secondary-actions-end"}
	var changes []change
	for _, point := range points {
		changes = append(changes, partial("login", "login", point, "<i>"+point+" {{ application.name }}</i>"), partial("signup", "signup", point, "<i>"+point+"</i>"))
	}
	b := run(t, append(changes, withSocial)...).browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	page := b.get(login.RequestURI()).body
	order := []string{
		`name="state"`, "form-content-start Shop Web</i>", `id="username"`, `id="password"`, "form-content-end Shop Web</i>", `data-action-button-primary`,
		"form-footer-start Shop Web</i>", "form-footer-end Shop Web</i>", "</form>", "secondary-actions-start Shop Web</i>", "data-provider", "secondary-actions-end Shop Web</i>",
	}
	at := 0
	for _, part := range order {
		i := strings.Index(page[at:], part)
		if i < 0 {
			t.Fatalf("no %q after what comes before it in\n%s", part, page)
		}
		at += i + len(part)
	}
	login.Path = "/u/signup"
	if signup := b.get(login.RequestURI()).body; strings.Count(signup, `class="ulp-container`) != 6 {
		t.Errorf("the sign-up page is\n%s", signup)
	}
}

// A variable of the tenant's texts may hold links, and nothing else that is
// HTML; strangers' values are text.
func TestPartialsSayTheTenantsVariables(t *testing.T) {
	t.Parallel()
	w := run(t, speaks("en", "es"), partial("signup", "signup", "form-content-end", "{{ prompt.screen.texts.varTos }} {{ prompt.screen.texts.buttonText }}"),
		func(c *provider.Config) {
			c.Snapshot.Prompts.CustomText = map[string]map[string]map[string]map[string]string{
				"es": {"signup": {"signup": {"var-tos": "Acepto los [Términos](https://shop.example/tos?a=1&b=2) <b> de ${companyName}"}}},
			}
		})
	b := w.browser()
	signup := b.authorize(webRequest("ui_locales", "es", "screen_hint", "signup")).wantPath("/u/signup")
	page := b.get(signup.RequestURI()).body
	if want := `Acepto los <a href="https://shop.example/tos?a=1&amp;b=2">Términos</a> &lt;b&gt; de Shop Continuar`; !strings.Contains(page, want) {
		t.Errorf("no %q in\n%s", want, page)
	}
}

// The pages of identifier first are screens of their own.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (prompts
// login-id and login-password).
func TestIdentifierFirstHasItsOwnTexts(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Prompts.IdentifierFirst = true
		c.Snapshot.Prompts.CustomText = map[string]map[string]map[string]map[string]string{"en": {
			"login-id":       {"login-id": {"buttonText": "Next"}},
			"login-password": {"login-password": {"buttonText": "Enter"}},
		}}
	}, partial("login-password", "login-password", "form-content-end", "<i>second</i>"))
	b := w.browser()
	first := b.authorize(webRequest()).wantPath("/u/login/identifier")
	if page := b.get(first.RequestURI()).body; !strings.Contains(page, ">Next</button>") || strings.Contains(page, "<i>second</i>") {
		t.Errorf("the first page is\n%s", page)
	}
	second := b.submit(first, "username", "ada@shop.example").location()
	if page := b.get(second.RequestURI()).body; !strings.Contains(page, ">Enter</button>") || !strings.Contains(page, "<i>second</i>") {
		t.Errorf("the second page is\n%s", page)
	}
}

// Strangers choose what they are called, and the author of a page need not
// think of that.
func TestAStrangersNameStaysTextInTheTenantsOwnHTML(t *testing.T) {
	t.Parallel()
	const name = `</script><script>alert(1)//"'` + "`\\{{ tenant.friendly_name }}"
	w := run(t, around(`<html><head>{%- auth0:head -%}</head><body><p title='{{ application.name }}'>{{ application.name }}</p>
<script>let name = "{{ application.name }}"</script>{%- auth0:widget -%}</body></html>`),
		partial("login", "login", "form-content-start", "<b>{{ application.name }}</b>"),
		func(c *provider.Config) { client(c, "shopWeb").Name = name })
	b := w.browser()
	page := b.get(b.authorize(webRequest()).wantPath("/u/login").RequestURI()).body
	if strings.Count(page, "<script") != 1 || strings.Contains(page, "alert(1)//\"") || !strings.Contains(page, "<b>&#60;/script&#62;&#60;script&#62;alert(1)//&#34;&#39;&#96;&#92;{{ tenant.friendly_name }}</b>") {
		t.Errorf("the page is\n%s", page)
	}
}
