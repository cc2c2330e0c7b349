package provider

import (
	"fmt"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

func findClient(s *store.State, name string) (*tenant.Client, error) {
	if client := s.Client(name); client != nil {
		return client, nil
	}
	var names []string
	for _, client := range s.Clients() {
		if client.Name == name {
			return client, nil
		}
		names = append(names, client.Name, client.ClientID)
	}
	return nil, unknown("client", name, names)
}

func findUser(s *store.State, name string) (*tenant.User, error) {
	if user := s.User(name); user != nil {
		return user, nil
	}
	if users := s.UsersByEmail(name); len(users) == 1 {
		return users[0], nil
	} else if len(users) > 1 {
		return nil, tenant.InvalidRequest(fmt.Sprintf("%d users have the address %q; name one by user_id", len(users), name))
	}
	for _, connection := range s.Connections() {
		if account := s.UserByLogin(connection.Name, name); account != nil {
			return s.Primary(account.UserID), nil
		}
	}
	var names []string
	for _, user := range s.FirstUsers(1000) {
		names = append(names, user.Label(), user.UserID)
	}
	return nil, unknown("user", name, names)
}

func findOrganization(s *store.State, name string) (*tenant.Organization, error) {
	if name == "" {
		return nil, nil
	}
	if org := s.Organization(name); org != nil {
		return org, nil
	}
	if org := s.OrganizationByName(name); org != nil {
		return org, nil
	}
	return nil, tenant.OrganizationInvalid(name)
}

func unknown(kind, name string, known []string) error {
	if name == "" {
		return tenant.MissingParameter(kind)
	}
	sentence := fmt.Sprintf("There is no %s %q.", kind, name)
	if near := tenant.Nearest(name, known); near != "" {
		sentence += fmt.Sprintf(" Did you mean %q?", near)
	}
	return tenant.InvalidRequest(sentence)
}
