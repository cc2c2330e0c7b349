package token

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/faux0/faux0/provider/tenant"
)

// organizationRefusal reads the refusal of a login to an organization. The
// pieces of its pattern are what the sentence names.
type organizationRefusal struct {
	pattern *regexp.Regexp
	why     func(x *explainer, pieces []string) why
}

// organizationRefusals are the sentences of Auth0's, and what is behind them.
//
// Source: Auth0 docs, "Define organization behavior", "Enable organization
// connections", "Invite organization members"; community reports.
var organizationRefusals = sync.OnceValue(func() []organizationRefusal {
	read := func(pattern string, why func(x *explainer, pieces []string) why) organizationRefusal {
		return organizationRefusal{regexp.MustCompile("(?i)" + pattern), why}
	}
	return []organizationRefusal{
		read(`user (\S+) is not part of the (\S+) organization`, (*explainer).notAMember),
		read(`user (\S+) is not part of any organization`, (*explainer).memberOfNone),
		read(`parameter organization is invalid: *(.*)`, (*explainer).noSuchOrganization),
		read(`parameter organization must be an organization id`, (*explainer).organizationByName),
		read(`parameter organization is not allowed for this client`, (*explainer).organizationsDenied),
		read(`parameter organization is required for this client`, func(*explainer, []string) why {
			return why{"The application requires an organization, and the login named none.",
				"Send organization=… with the login request, or set the application's organization_require_behavior to \"pre_login_prompt\" or \"post_login_prompt\", which ask the person.", true}
		}),
		read(`no connections enabled for the organization are visible`, func(*explainer, []string) why {
			return why{"All the connections of the organization are enterprise connections without a button, so the login page has nothing to show.",
				"Set show_as_button of one of the organization's connections, or send connection=… with the login request.", true}
		}),
		read(`no connections enabled for the organization`, func(*explainer, []string) why {
			return why{"The organization has no connections, or none of them is enabled for the application.",
				"Add a connection to the organization, and the application to that connection's enabled_clients.", true}
		}),
		read(`connection is not enabled for the organization`, func(*explainer, []string) why {
			return why{"The connection that the login names is not one of the organization's.", "Add it to the organization's connections, or name another.", true}
		}),
		read(`invitation not found or already used`, func(*explainer, []string) why {
			return why{"The invitation was accepted, deleted or tried by somebody else, has expired, or is to another organization.",
				"Send the person a new invitation; each works once, for its ttl_sec.", true}
		}),
		read(`specified account is not allowed to accept the current invitation`, func(*explainer, []string) why {
			return why{"Somebody else than the invited person was logged in, or the identity provider says another e-mail address, or none, and that used the invitation up.",
				"Send a new invitation, and accept it logged out, with exactly the invited address.", true}
		}),
		read(`default login route is required to generate the invitation url`, func(*explainer, []string) why {
			return why{"The link of an invitation leads to a page of the application's that begins the login, and neither the application nor the tenant names one.",
				"Set the application's initiate_login_uri, or the tenant's default_redirection_uri.", true}
		}),
		read(`client_id (\S+ )?does not allow organizations`, (*explainer).organizationsDenied),
	}
})

// organizationError explains an error that is about an organization.
func (x *explainer) organizationError(text string) (why, bool) {
	for _, refusal := range organizationRefusals() {
		if pieces := refusal.pattern.FindStringSubmatch(text); pieces != nil {
			return refusal.why(x, pieces[1:]), true
		}
	}
	return why{}, false
}

// isOrganizationError says whether the text is a refusal that is known here.
func isOrganizationError(text string) bool {
	return slices.ContainsFunc(organizationRefusals(), func(r organizationRefusal) bool { return r.pattern.MatchString(text) })
}

func (x *explainer) notAMember(pieces []string) why {
	user, org := x.dir.User(pieces[0]), x.dir.Organization(pieces[1])
	switch {
	case org == nil:
		return why{fmt.Sprintf("The login was to organization %s, which this tenant does not have.", quote(pieces[1])), x.knownOrganizations(pieces[1]), true}
	case user == nil:
		return why{fmt.Sprintf("The login was to organization %s, and this tenant has no user %s by now.", quote(org.Name), quote(pieces[0])), "Log in as somebody else.", true}
	case user.Member(org.ID) != nil:
		return why{fmt.Sprintf("%s was not a member of organization %s then, and is one now.", quote(user.Label()), quote(org.Name)), "Log in again.", true}
	}
	cause := fmt.Sprintf("%s logged in to organization %s without being a member of it", quote(user.Label()), quote(org.Name))
	if names := x.memberships(user); len(names) > 0 {
		cause += fmt.Sprintf("; they are one of %s", quoteAll(names))
	}
	return why{cause + ".", fmt.Sprintf("Add organization %s to the user's organizations, invite them, set assign_membership_on_login on the organization's connection to make members of all who log in, or log in without an organization.", quote(org.Name)), true}
}

func (x *explainer) memberOfNone(pieces []string) why {
	who := pieces[0]
	if user := x.dir.User(who); user != nil {
		who = user.Label()
	}
	return why{fmt.Sprintf("The application requires an organization, and %s is a member of none that it, and the connection used, may log in to.", quote(who)),
		"Add an organization to the user's organizations, or invite them.", true}
}

func (x *explainer) noSuchOrganization(pieces []string) why {
	return why{fmt.Sprintf("No organization has the id or name %s.", quote(strings.TrimSpace(pieces[0]))), x.knownOrganizations(strings.TrimSpace(pieces[0])), true}
}

func (x *explainer) organizationByName([]string) why {
	return why{"The login names the organization by its name, and this tenant takes ids only.",
		"Send the organization's id, which begins with org_, or set the tenant's allow_organization_name_in_authentication_api.", true}
}

func (x *explainer) organizationsDenied([]string) why {
	cause := "The application's organization_usage is \"deny\", so nobody logs in to an organization there."
	if x.client != nil && !x.client.IsFirstParty {
		cause = "The application is a third party's, and the organization's third_party_client_access does not let those in; or its organization_usage is \"deny\"."
	}
	return why{cause, "Set the application's organization_usage to \"allow\" or \"require\".", true}
}

// knownOrganizations is the advice to somebody who named an organization that
// is not there.
func (x *explainer) knownOrganizations(asked string) string {
	var known []string
	for _, org := range x.dir.Organizations() {
		known = append(known, org.Name, org.ID)
	}
	if near := tenant.Nearest(asked, known); near != "" {
		return fmt.Sprintf("Did you mean %s?", quote(near))
	}
	if len(known) == 0 {
		return "Add an organization; this tenant has none."
	}
	return fmt.Sprintf("This tenant has %s.", quoteAll(known))
}

// memberships are the names of the organizations that the user is a member of.
func (x *explainer) memberships(user *tenant.User) []string {
	var names []string
	for _, m := range user.Organizations {
		if org := x.dir.Organization(m.OrganizationID); org != nil {
			names = append(names, org.Name)
		}
	}
	return names
}
