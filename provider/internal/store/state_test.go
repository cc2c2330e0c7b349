package store

import (
	"errors"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

func TestUsersAreFoundByWhatTheyType(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{Users: []*tenant.User{
		{UserID: "auth0|a", Connection: "One", Email: "Ada@Shop.example", Username: "ada"},
		{UserID: "auth0|b", Connection: "Two", Email: "ada@shop.example", PhoneNumber: "+491701234"},
	}}, nil)
	for _, c := range []struct{ connection, typed, want string }{
		{"One", "ada@shop.example", "auth0|a"}, {"Two", "ADA@shop.example ", "auth0|b"}, {"One", "ADA", "auth0|a"},
		{"Two", "+491701234", "auth0|b"}, {"Two", "ada", ""}, {"Three", "ada@shop.example", ""}, {"One", "", ""},
	} {
		got := ""
		if u := s.UserByLogin(c.connection, c.typed); u != nil {
			got = u.UserID
		}
		if got != c.want {
			t.Errorf("%q in %s is %q, want %q", c.typed, c.connection, got, c.want)
		}
	}
	if n := len(s.UsersByEmail("ada@SHOP.example")); n != 2 {
		t.Errorf("%d users have the address, want 2", n)
	}
}

func TestReplacedUserIsFoundByTheNewAddressOnly(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{Users: []*tenant.User{{UserID: "auth0|a", Connection: "One", Email: "old@shop.example", Username: "old"}}}, nil)
	s.PutUser(&tenant.User{UserID: "auth0|a", Connection: "One", Email: "new@shop.example", Name: "New"})
	for typed, want := range map[string]bool{"old@shop.example": false, "old": false, "new@shop.example": true} {
		if got := s.UserByLogin("One", typed) != nil; got != want {
			t.Errorf("found by %q: %v, want %v", typed, got, want)
		}
	}
	s.PutUser(&tenant.User{UserID: "auth0|a", Connection: "One", Email: "new@shop.example", Name: "Newer"})
	if u := s.UserByLogin("One", "new@shop.example"); u.Name != "Newer" || len(s.Users()) != 1 || len(s.UsersByEmail("new@shop.example")) != 1 {
		t.Errorf("after a change of name: %+v, %d users", u, len(s.Users()))
	}
}

func TestManagementAPIAnswersToEveryOwnHost(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{ResourceServers: []*tenant.ResourceServer{{Identifier: tenant.ManagementIdentifier}, {Identifier: "https://api.example"}}},
		func(host string) bool { return host == "mine:4400" })
	for identifier, want := range map[string]bool{
		"https://api.example": true, "https://mine:4400/api/v2/": true, "http://mine:4400/api/v2/": true, tenant.ManagementIdentifier: true,
		"https://api.example/": false, "https://yours/api/v2/": false, "https://mine:4400/api/v2": false, "https://mine:4400/x/api/v2/": false, "": false,
	} {
		if got := s.ResourceServer(identifier) != nil; got != want {
			t.Errorf("API %q found: %v, want %v", identifier, got, want)
		}
	}
}

func TestClientGrantIsTheClientsOwnFirst(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{ClientGrants: []*tenant.ClientGrant{
		{ID: "1", Audience: "a", DefaultFor: "third_party_clients"}, {ID: "2", Audience: "a", ClientID: "c"},
		{ID: "3", Audience: "a", ClientID: "c", SubjectType: tenant.SubjectUser}, {ID: "4", Audience: "b", ClientID: "c"},
	}}, nil)
	third := &tenant.Client{ClientID: "t"}
	for _, c := range []struct {
		client                  *tenant.Client
		audience, subject, want string
	}{
		{&tenant.Client{ClientID: "c"}, "a", tenant.SubjectClient, "2"}, {&tenant.Client{ClientID: "c"}, "a", tenant.SubjectUser, "3"},
		{&tenant.Client{ClientID: "c"}, "b", tenant.SubjectClient, "4"}, {third, "a", tenant.SubjectClient, "1"}, {third, "a", tenant.SubjectUser, ""},
		{&tenant.Client{ClientID: "f", IsFirstParty: true}, "a", tenant.SubjectClient, ""},
	} {
		got := ""
		if g := s.ClientGrant(c.client, c.audience, c.subject); g != nil {
			got = g.ID
		}
		if got != c.want {
			t.Errorf("grant of %s for %s, %s is %q, want %q", c.client.ClientID, c.audience, c.subject, got, c.want)
		}
	}
}

func TestResetEndsWhatIsShortLived(t *testing.T) {
	t.Parallel()
	seed := &tenant.Snapshot{Users: []*tenant.User{{UserID: "auth0|a", Email: "a@shop.example"}}}
	s := New(seed, nil)
	_ = s.Update(func(s *State) error {
		s.PutSession(&Session{ID: "x", CreatedAt: start, LastUsedAt: start, ExpiresAt: start.Add(1), Idle: 1}, start)
		s.PutUser(&tenant.User{UserID: "auth0|b"})
		s.SetFamiliesOf("u", "c", []string{"f"})
		return nil
	})
	s.Reset(seed, start)
	_ = s.View(func(s *State) error {
		if s.sessions.Len() != 0 || len(s.Users()) != 1 || len(s.FamiliesOf("u", "c")) != 0 {
			t.Error("something is left")
		}
		return nil
	})
}

func TestErrorsComeThrough(t *testing.T) {
	t.Parallel()
	s, want := New(&tenant.Snapshot{}, nil), errors.New("no")
	if s.View(func(*State) error { return want }) != want || s.Update(func(*State) error { return want }) != want { //nolint:errorlint // the very error
		t.Error("an error was lost")
	}
}

func TestFamilyWorksWithCurrentAndSiblings(t *testing.T) {
	t.Parallel()
	family := &RefreshToken{Current: "c", Siblings: []string{"a", "b"}, Previous: "p"}
	for raw, want := range map[string]bool{"c": true, "a": true, "b": true, "p": false, "": false, "x": false} {
		if family.Works(raw) != want {
			t.Errorf("%q works: %v, want %v", raw, !want, want)
		}
	}
}
