package provider

import (
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/tenant"
)

// Where the console plays an application: what a client that lists
// pathCallback among its callbacks does after a login, and what a program would
// begin.
const (
	pathCallback = "/_faux0/callback"
	pathTry      = "/_faux0/try"
)

// The application's proof of possession of its code, and what it announces.
//
// Source: RFC 7636, appendix B.
const (
	tryVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	tryChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// Journeys that a program begins, as the console's forms name them.
const (
	tryDevice       = "device"
	tryPoll         = "poll"
	tryApproval     = "approval"
	tryApprovalPoll = "approval-poll"
	tryLink         = "link"
	tryLinking      = "linking"
	tryInvitation   = "invitation"
)

// journeys are the ways to log in that somebody may try from the console, as
// far as the tenant has what they need.
func journeys(s *store.State, base string) []ui.Journey {
	var list []ui.Journey
	add := func(client *tenant.Client, title, text string, pairs ...string) {
		if client != nil {
			list = append(list, ui.Journey{Title: title, Text: text, URL: authorizeURL(s, client, base, pairs...)})
		}
	}
	has := func(wanted func(*tenant.Connection) bool) func(*tenant.Client) bool {
		return func(client *tenant.Client) bool {
			return slices.ContainsFunc(s.Connections(), func(c *tenant.Connection) bool { return wanted(c) && c.ServesClient(client) })
		}
	}
	withDatabase := has(func(c *tenant.Connection) bool { return c.Database() && c.PasswordsEnabled() })
	app := pick(s, base, func(c *tenant.Client) bool { return withDatabase(c) && c.OrganizationUsage != "require" })
	add(app, "Log in", "As a fixture user with one click, or with a password, and see the tokens.")
	signup := "With any address. The mail that verifies it is in the outbox."
	if s.AttackProtection().Breached.Does(tenant.StagePreUserRegistration, tenant.ShieldBlock) {
		signup += " A password that begins with AUTH0-TEST- counts as leaked."
	}
	add(pick(s, base, has(func(c *tenant.Connection) bool { return c.Database() && !c.SignupDisabled() })),
		"Sign up", signup, "screen_hint", "signup", "prompt", "login")
	if reset := pick(s, base, has(func(c *tenant.Connection) bool { return c.Database() && c.ResetEnabled() })); reset != nil {
		add(reset, "Forget a password", "Press “Forgot password?”. The mail is in the outbox.", "prompt", "login")
	}
	addOrganizations(s, base, add)
	if s.Guardian().Usable() != nil {
		add(app, "A second factor", "The application asks for one. Codes of authenticator apps are below, messages are in the outbox, and notifications are answered here.", "acr_values", tenant.ACRMultiFactor, "prompt", "login")
	}
	addConnections(s, base, add)
	add(pick(s, base, func(c *tenant.Client) bool { return !c.IsFirstParty && withDatabase(c) }),
		"Give consent", "To an application of somebody else.", "prompt", "consent")
	if languages := s.Settings().EnabledLocales; len(languages) > 1 {
		add(app, "Read another language", "Pages are in "+strings.Join(languages, ", ")+". This application asks for "+languages[1]+".", "ui_locales", languages[1], "prompt", "login")
	}
	return append(list, begun(s, base, app)...)
}

// addConnections adds the journeys to providers, and those without a password.
func addConnections(s *store.State, base string, add func(client *tenant.Client, title, text string, pairs ...string)) {
	first := map[string]bool{}
	for _, c := range s.Connections() {
		client := pick(s, base, c.ServesClient)
		once := func(kind, title, text string, pairs ...string) {
			if !first[kind] {
				first[kind] = client != nil
				add(client, title, text, append(pairs, "prompt", "login")...)
			}
		}
		_, passkeys := c.Passkeys()
		switch {
		case c.Upstream() && len(c.Domains()) > 0:
			once("domain", "Log in with a company's account", "Type an address such as hank@"+c.Domains()[0]+": its domain leads to "+c.Label()+".")
		case c.Upstream():
			once("provider", "Log in with "+c.Label(), "A page here plays it: be whoever you like. With the address of a user, you can link the accounts then.", "connection", c.Name)
		case !s.Prompts().IdentifierFirst:
		case passkeys:
			once("passkey", "Log in with a passkey", "Sign up with one, or be offered one after a password.")
		case c.Passwordless():
			once(c.Strategy, "Log in with a code", "It goes to "+codesGoTo[c.Strategy]+", and so to the outbox.", "connection", c.Name)
		}
	}
}

// codesGoTo says where the codes of a passwordless connection go.
var codesGoTo = map[string]string{tenant.StrategyEmail: "an e-mail address", tenant.StrategySMS: "a phone"}

// begun are the journeys that a program begins, which are forms of the console,
// and the way out.
func begun(s *store.State, base string, app *tenant.Client) (list []ui.Journey) {
	if device := deviceClient(s); device != nil {
		list = append(list, ui.Journey{Title: "Connect a device", Text: device.Name + " shows a code, and somebody types it elsewhere.", Form: tryDevice, ClientID: device.ClientID})
	}
	if client, user := approvalClient(s); client != nil {
		list = append(list, ui.Journey{Title: "Ask for approval", Text: client.Name + " asks without a browser (CIBA). Who is asked:", Form: tryApproval, ClientID: client.ClientID, Ask: user.UserID})
	}
	if client := samlClient(s, base); client != nil {
		list = append(list, ui.Journey{Title: "Log in by SAML", Text: "And see the assertion that " + client.Name + " gets.", URL: home(client, base) + "/samlp/" + client.ClientID + "?RelayState=" + client.ClientID})
	}
	if first, second := twins(s); first != nil && app != nil {
		list = append(list, ui.Journey{Title: "Link two accounts", Text: first.UserID + " and " + second.UserID + " have one address: be the first, however you log in.", Form: tryLinking, ClientID: app.ClientID})
	}
	if client, _ := linkClient(s, base); client != nil {
		list = append(list, ui.Journey{Title: "Log in by a link", Text: "Send a mail with it to", Form: tryLink, ClientID: client.ClientID, Ask: "zoe@acme.test"})
	}
	if client, org := invitingClient(s); client != nil {
		list = append(list, ui.Journey{Title: "Invite to " + org.Label(), Text: "Send a mail with the invitation to", Form: tryInvitation, ClientID: client.ClientID, Ask: "ivy@acme.test"})
	}
	if app != nil {
		list = append(list, ui.Journey{Title: "Log out", Text: "You are asked whether you mean it.", URL: home(app, base) + "/oidc/logout"})
	}
	return list
}

// addOrganizations adds a login to an organization: one that asks which, else
// one that names it.
func addOrganizations(s *store.State, base string, add func(client *tenant.Client, title, text string, pairs ...string)) {
	member := func(least int) (label string) {
		for _, u := range s.FirstUsers(consoleUsers) {
			if len(u.Organizations) >= least && !u.Blocked {
				return ", as " + u.Label()
			}
		}
		return ""
	}
	asking := func(behavior string) *tenant.Client {
		return pick(s, base, func(c *tenant.Client) bool {
			return c.OrganizationUsage == "require" && c.OrganizationRequireBehavior == behavior
		})
	}
	before, after := asking("pre_login_prompt"), asking("post_login_prompt")
	organizations := s.Organizations()
	if len(organizations) == 0 {
		return
	}
	add(after, "Pick an organization", "Of those that you are a member of"+member(2)+".", "prompt", "login")
	if before != nil {
		add(before, "Find an organization", "By its name, "+organizations[0].Name+domainOf(before, organizations[0])+", and then log in"+member(1)+".", "prompt", "login")
	}
	if before == nil && after == nil {
		add(pick(s, base, func(c *tenant.Client) bool { return c.OrganizationUsage == "allow" || c.OrganizationUsage == "require" }),
			"Log in to "+organizations[0].Label(), "To an organization"+member(1)+".", "organization", organizations[0].ID, "prompt", "login")
	}
}

// domainOf names an address whose domain leads to the organization, "" where the
// client asks for none.
func domainOf(c *tenant.Client, o *tenant.Organization) string {
	if len(o.DiscoveryDomains) == 0 || !slices.Contains(c.OrganizationDiscoveryMethods, tenant.DiscoverByEmail) {
		return ""
	}
	return " or an address such as olga@" + o.DiscoveryDomains[0].Domain
}

// pick finds a client that people log in to with a browser, best one that comes
// back to the console.
func pick(s *store.State, base string, wanted func(*tenant.Client) bool) (found *tenant.Client) {
	for _, c := range s.Clients() {
		switch {
		case !playable(c) || !wanted(c):
		case strings.HasSuffix(callback(c, base), pathCallback):
			return c
		case found == nil:
			found = c
		}
	}
	return found
}

// playable says whether the console can play the client: it needs nothing but
// its secret.
func playable(c *tenant.Client) bool {
	return !c.Global && len(c.Callbacks) > 0 && c.AllowsGrant(tenant.GrantAuthorizationCode) && c.AuthenticationMethods == nil && !c.RequirePAR &&
		!c.RequireProofOfPossession && (c.SignedRequestObject == nil || !c.SignedRequestObject.Required)
}

// callback is where the client's logins end: on the console if it lists that,
// best at the address that the console is looked at, else at one with the same
// scheme; and else at the first of its callbacks.
func callback(c *tenant.Client, base string) string {
	found, best := c.Callbacks[0], 0
	scheme, _, _ := strings.Cut(base, "://")
	for _, uri := range c.Callbacks {
		fit := 0
		switch {
		case uri == base+pathCallback:
			fit = 3
		case !strings.HasSuffix(uri, pathCallback):
		case strings.HasPrefix(uri, scheme+"://"):
			fit = 2
		default:
			fit = 1
		}
		if fit > best {
			found, best = uri, fit
		}
	}
	return found
}

// home is where the client's logins begin and its cookies are: where they end,
// if that is the console by another of its names.
func home(c *tenant.Client, base string) string {
	if found, ok := strings.CutSuffix(callback(c, base), pathCallback); ok {
		return found
	}
	return base
}

// authorizeURL is the address that the client opens to log somebody in. A
// third-party client asks for the API that it has a grant for, others for the
// first that tells permissions in its tokens.
func authorizeURL(s *store.State, c *tenant.Client, base string, pairs ...string) string {
	audience, scope := "", "openid profile email"
	for _, api := range s.ResourceServers() {
		grant := s.ClientGrant(c, api.Identifier, tenant.SubjectUser)
		switch {
		case audience != "" || api.IsSystem:
		case grant != nil:
			audience, scope = api.Identifier, scope+" "+strings.Join(grant.Scope, " ")
		case c.IsFirstParty && api.PermissionsInToken():
			audience = api.Identifier
		}
	}
	q := url.Values{
		"client_id": {c.ClientID}, "response_type": {"code"}, "redirect_uri": {callback(c, base)}, "scope": {scope}, "state": {c.ClientID},
		"code_challenge": {tryChallenge}, "code_challenge_method": {"S256"},
	}
	if audience != "" {
		q.Set("audience", audience)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return home(c, base) + "/authorize?" + q.Encode()
}

func deviceClient(s *store.State) *tenant.Client {
	for _, c := range s.Clients() {
		if c.DeviceFlowRefused() == "" {
			return c
		}
	}
	return nil
}

// linkClient finds a client that comes back to the console after a login by a
// link, and the connection that sends it.
func linkClient(s *store.State, base string) (*tenant.Client, *tenant.Connection) {
	for _, connection := range s.Connections() {
		if connection.Strategy != tenant.StrategyEmail {
			continue
		}
		client := pick(s, base, connection.ServesClient)
		if client != nil && strings.HasSuffix(callback(client, base), pathCallback) {
			return client, connection
		}
	}
	return nil, nil
}

// invitingClient finds a client that takes invitations to the first
// organization on the console.
func invitingClient(s *store.State) (*tenant.Client, *tenant.Organization) {
	organizations := s.Organizations()
	for _, c := range s.Clients() {
		if len(organizations) > 0 && playable(c) && strings.HasSuffix(c.InitiateLoginURI, pathCallback) {
			return c, organizations[0]
		}
	}
	return nil, nil
}
