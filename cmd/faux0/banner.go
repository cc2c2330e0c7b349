package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/faux0/faux0/provider/tenant"
)

// maxListed is how many entries of a kind the banner shows.
const maxListed = 20

// announce says what runs and where: a line of JSON for machines that read the
// log, a page for people.
func (s *server) announce(inv *invocation) {
	if s.config.log == "json" {
		s.log.Info("listening", "http", s.url("http"), "https", s.url("https"), "issuer", s.issuer(), "ca", s.authority.CAPath())
	} else {
		_, _ = io.WriteString(inv.stderr, s.banner())
	}
	for _, w := range s.report.Warnings {
		s.log.Warn(warningText(w))
	}
	if s.config.watch && len(s.config.fixtures) == 0 {
		s.log.Warn("--watch has nothing to watch without --fixtures")
	}
}

// issuer is the fixed one, or an example of one that follows the caller.
func (s *server) issuer() string {
	if s.config.issuer != nil {
		return s.config.issuer.String()
	}
	return s.url("http")
}

func (s *server) banner() string {
	var b strings.Builder
	b.WriteString("Faux0 " + version().Version + ", an Auth0 tenant for development and tests. Not for production.\n")
	section(&b, "", s.places())
	s.listClients(&b)
	s.listAPIs(&b)
	s.listUsers(&b)
	if curl := s.curl(); curl != "" {
		b.WriteString("\nGet a token\n  " + curl + "\n")
	}
	b.WriteByte('\n')
	return b.String()
}

// places are where the tenant and its parts are found.
func (s *server) places() [][]string {
	issuer := []string{"Issuer", s.issuer()}
	if s.config.issuer == nil {
		issuer = append(issuer, "follows the URL you call; fix it with --issuer")
	}
	ca := []string{"CA", s.authority.CAPath()}
	switch {
	case ca[1] == "":
		ca[1] = s.url("http") + "_faux0/ca.pem"
	case s.authority.Fresh():
		ca = append(ca, "new; have browsers trust it with: faux0 trust")
	}
	rows := [][]string{{"URL", s.url("http"), s.url("https")}, issuer, ca}
	if s.config.control != controlOff {
		rows = append(rows, []string{"Console", s.url("http") + "_faux0/", "journeys to try, mails, tokens explained"})
	}
	return rows
}

// section writes rows of columns under a title, and how many were left out.
func section(b *strings.Builder, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	b.WriteByte('\n')
	if title != "" {
		b.WriteString(title + "\n")
	}
	t := tabwriter.NewWriter(b, 0, 0, 3, ' ', 0)
	for i, row := range rows {
		if i == maxListed {
			break
		}
		for j := range row {
			row[j] = printable(row[j])
		}
		_, _ = io.WriteString(t, strings.TrimRight("  "+strings.Join(row, "\t"), "\t")+"\n")
	}
	_ = t.Flush() // into memory
	if more := len(rows) - maxListed; more > 0 {
		b.WriteString("  … and " + strconv.Itoa(more) + " more\n")
	}
}

func (s *server) listClients(b *strings.Builder) {
	var rows [][]string
	for _, c := range s.snapshot.Clients {
		if !c.Global {
			rows = append(rows, []string{c.Name, clientID(c), c.AppType})
		}
	}
	section(b, "Clients", rows)
}

// clientID is the one a client gets when the tenant starts.
func clientID(c *tenant.Client) string {
	if c.ClientID == "" {
		return tenant.DerivedID(tenant.KindClient, c.Name)
	}
	return c.ClientID
}

func (s *server) listAPIs(b *strings.Builder) {
	var rows [][]string
	for _, api := range s.snapshot.ResourceServers {
		if api.IsSystem {
			continue
		}
		rbac := "RBAC off"
		if api.RBAC() {
			rbac = "RBAC on"
			if !api.PermissionsInToken() {
				rbac += ", permissions not in the token"
			}
		}
		rows = append(rows, []string{api.Name, api.Identifier, rbac})
	}
	section(b, "APIs", rows)
}

func (s *server) listUsers(b *strings.Builder) {
	names := map[string]string{}
	for _, r := range s.snapshot.Roles {
		names[r.ID] = r.Name
	}
	rows := make([][]string, 0, len(s.snapshot.Users))
	for _, u := range s.snapshot.Users {
		if len(rows) > maxListed {
			rows = append(rows, nil) // counted, not shown
			continue
		}
		roles := make([]string, 0, len(u.Roles))
		for _, id := range u.Roles {
			if name := names[id]; name != "" {
				id = name
			}
			roles = append(roles, id)
		}
		rows = append(rows, []string{u.Label(), u.Password, strings.Join(roles, ", ")})
	}
	section(b, "Users", rows)
}

// curl is a command that gets a token for the first machine that may have one.
func (s *server) curl() string {
	for _, g := range s.snapshot.ClientGrants {
		i := slices.IndexFunc(s.snapshot.Clients, func(c *tenant.Client) bool {
			return c.ClientID == g.ClientID && c.ClientSecret != "" && c.AuthenticationMethods == nil && c.AllowsGrant(tenant.GrantClientCredentials)
		})
		if i < 0 || g.IsSystem || g.Subject() != tenant.SubjectClient || strings.HasSuffix(g.Audience, "/api/v2/") {
			continue
		}
		c := s.snapshot.Clients[i]
		form := url.Values{}
		form.Set("client_id", c.ClientID)
		form.Set("client_secret", c.ClientSecret)
		return fmt.Sprintf("curl -s %soauth/token -d grant_type=client_credentials -d '%s' --data-urlencode 'audience=%s'",
			s.url("http"), form.Encode(), g.Audience)
	}
	return ""
}
