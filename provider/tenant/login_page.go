package tenant

// LoginPage is a tenant's own page of the classic login: HTML in which
// @@config@@ stands for what Lock needs to know.
//
// Source: Auth0 Deploy CLI, pages; Auth0 docs, "Customize the classic login
// page".
type LoginPage struct {
	HTML    string
	Enabled bool
}

// Experiences of the login pages.
//
// Source: Management API, PATCH /api/v2/prompts, universal_login_experience.
const (
	ExperienceNew     = "new"
	ExperienceClassic = "classic"
)

// ClassicLogin says whether the client's people log in on the classic page,
// and with which HTML: the client's own, else the tenant's, "" for the page
// that every tenant has. A tenant or client that has its own page has the
// classic experience, whichever is chosen.
//
// Source: Auth0 docs, "Customize the classic login page", "Universal Login
// versus Classic Login". global is the client that stands for all, where the
// service keeps the tenant's page.
func ClassicLogin(c, global *Client, p *Prompts) (html string, classic bool) {
	switch {
	case c.CustomLoginPageOn != nil && !*c.CustomLoginPageOn:
	case c.CustomLoginPage != "":
		html = c.CustomLoginPage
	case p.LoginPage != nil:
		if p.LoginPage.Enabled {
			html = p.LoginPage.HTML
		}
	case global != nil && global.CustomLoginPageOn != nil && *global.CustomLoginPageOn:
		html = global.CustomLoginPage
	}
	return html, html != "" || p.UniversalLoginExperience == ExperienceClassic
}
