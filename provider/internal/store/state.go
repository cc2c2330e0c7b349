package store

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// State is everything a tenant knows. It is reached through Store.View and
// Store.Update only, and implements tenant.Directory.
type State struct {
	settings   tenant.Settings
	branding   tenant.Branding
	prompts    tenant.Prompts
	guardian   tenant.Guardian
	templates  tenant.Templates
	protection tenant.AttackProtection
	other      map[string]any
	sources    map[tenant.Setting]string
	changed    map[tenant.Setting]time.Time

	clients         *Collection[*tenant.Client]
	resourceServers *Collection[*tenant.ResourceServer] // by identifier
	clientGrants    *Collection[*tenant.ClientGrant]
	connections     *Collection[*tenant.Connection]
	roles           *Collection[*tenant.Role]
	organizations   *Collection[*tenant.Organization]
	users           *Collection[*tenant.User]
	actions         *Collection[*tenant.Action]
	profiles        *Collection[*tenant.TokenExchangeProfile]
	usersByEmail    map[string][]string
	usersByName     map[string][]string // username and phone number
	usersByKey      map[string]string   // UserKey.KeyID to user_id

	// linked are the accounts that are another user's identity, by their own id;
	// linkedNames lead to them by linkedName.
	linked      map[string]linkedAccount
	linkedNames map[string][]string

	ownHost func(host string) bool
	// families lists refresh-token families by user and client, oldest first.
	families map[[2]string][]string
	// authenticators are by user, oldest first; of users that are not there,
	// they are what the fixture enrolled them in.
	authenticators map[string][]*Authenticator
	recent         ring[IssuedToken]
	ended          ring[EndedFamily]
	outbox         ring[Message]
	logs           ring[tenant.LogEvent]
	// sent counts the messages, and logged the log's events, those no longer
	// kept included.
	sent, logged int
	sessions     *Expiring[*Session]
	// breached are passwords that count as known from a breach.
	breached []string
	// endedSessions are those whose end nobody was told of yet.
	endedSessions []EndedSession

	Transactions *Expiring[*Transaction]
	Codes        *Expiring[*AuthorizationCode]
	// Pushed are by request_uri.
	Pushed        *Expiring[*PushedRequest]
	RefreshTokens *Expiring[*RefreshToken]
	Logouts       *Expiring[*LogoutRequest]
	LoginTickets  *Expiring[*LoginTicket]
	// OneTimePasswords are by OneTimePasswordID.
	OneTimePasswords *Expiring[*OneTimePassword]
	// OTPSessions are by auth_session.
	OTPSessions *Expiring[*OTPSession]
	MailTickets *Expiring[*MailTicket]
	// MFATokens and MFAChallenges are by what clients hold of them: mfa_token
	// and oob_code.
	MFATokens     *Expiring[*MFAToken]
	MFAChallenges *Expiring[*MFAChallenge]
	// Browsers are those that users have logged in with of late, by the user.
	Browsers *Expiring[[]Browser]
	// MFALimits say until when what a user did of late counts, by the user and
	// what was done.
	MFALimits *Expiring[time.Time]
	// Ceremonies are by their id.
	Ceremonies *Expiring[*Ceremony]
	// KeyPauses are by browser, user and Offer: no key is offered meanwhile.
	KeyPauses *Expiring[struct{}]
	// KnownBrowsers lead from what a browser remembers to the user it need not
	// ask for a second factor.
	KnownBrowsers *Expiring[KnownBrowser]
	// UsedIDs are the `jti` of assertions and proofs that serve once.
	UsedIDs *Expiring[struct{}]
	// ProviderTokens are those that pretend identity providers gave out.
	ProviderTokens *Expiring[*ProviderToken]
	// LoginFailures are by LoginFailuresID.
	LoginFailures *Expiring[*LoginFailures]
	// AddressUse is by AddressUseID: when the address may do as much again as
	// one that never did anything.
	AddressUse *Expiring[time.Time]
	// Notified says until when somebody is not told again of what the key names.
	Notified *Expiring[struct{}]
	// UpstreamRequests are by the state that the provider was sent.
	UpstreamRequests *Expiring[*UpstreamRequest]
	// ActionCaches are by the Action's id and the key. The inner maps are
	// replaced, not written into.
	ActionCaches map[string]map[string]CachedValue
	// Devices are by device code, UserCodes lead to them by UserCodeKey.
	Devices       *Expiring[*DeviceAuthorization]
	UserCodes     *Expiring[string]
	Confirmations *Expiring[*DeviceConfirmation]
	// CodeGuesses counts the wrong user codes typed, by the caller's address.
	CodeGuesses *Expiring[int]
	Approvals   *Expiring[*Approval]
	// SpentInvitations say, by ticket, what became of an invitation that is
	// there no more.
	SpentInvitations *Expiring[string]
	// ApprovalLinks lead from the ticket of a mail to an Approval.
	ApprovalLinks *Expiring[string]
}

func newState(s *tenant.Snapshot, ownHost func(string) bool) *State {
	st := &State{
		settings: s.Settings, branding: s.Branding, prompts: s.Prompts, guardian: s.Guardian, protection: s.AttackProtection,
		templates: s.Templates,
		other:     s.Other, sources: s.Sources, changed: map[tenant.Setting]time.Time{},
		clients:         newCollection[*tenant.Client](len(s.Clients)),
		resourceServers: newCollection[*tenant.ResourceServer](len(s.ResourceServers)),
		clientGrants:    newCollection[*tenant.ClientGrant](len(s.ClientGrants)),
		connections:     newCollection[*tenant.Connection](len(s.Connections)),
		roles:           newCollection[*tenant.Role](len(s.Roles)),
		organizations:   newCollection[*tenant.Organization](len(s.Organizations)),
		users:           newCollection[*tenant.User](len(s.Users)),
		actions:         newCollection[*tenant.Action](len(s.Actions)),
		profiles:        newCollection[*tenant.TokenExchangeProfile](len(s.TokenExchangeProfiles)),
		usersByEmail:    make(map[string][]string, len(s.Users)),
		usersByName:     map[string][]string{},
		usersByKey:      map[string]string{},
		linked:          map[string]linkedAccount{},
		linkedNames:     map[string][]string{},
		ownHost:         ownHost,
		families:        map[[2]string][]string{},
		authenticators:  map[string][]*Authenticator{},
		MFATokens:       newExpiring[*MFAToken](),
		MFAChallenges:   newExpiring[*MFAChallenge](),
		Browsers:        newExpiring[[]Browser](),
		MFALimits:       newExpiring[time.Time](),
		Ceremonies:      newExpiring[*Ceremony](),
		KeyPauses:       newExpiring[struct{}](),
		KnownBrowsers:   newExpiring[KnownBrowser](),
		Transactions:    newExpiring[*Transaction](),
		Codes:           newExpiring[*AuthorizationCode](),
		Pushed:          newExpiring[*PushedRequest](),
		sessions:        newExpiring[*Session](),
		RefreshTokens:   newExpiring[*RefreshToken](),
		Logouts:         newExpiring[*LogoutRequest](),
		LoginTickets:    newExpiring[*LoginTicket](),

		OneTimePasswords: newExpiring[*OneTimePassword](),
		OTPSessions:      newExpiring[*OTPSession](),
		MailTickets:      newExpiring[*MailTicket](),
		UsedIDs:          newExpiring[struct{}](),
		ProviderTokens:   newExpiring[*ProviderToken](),
		LoginFailures:    newExpiring[*LoginFailures](),
		AddressUse:       newExpiring[time.Time](),
		Notified:         newExpiring[struct{}](),
		UpstreamRequests: newExpiring[*UpstreamRequest](),
		ActionCaches:     map[string]map[string]CachedValue{},
		Devices:          newExpiring[*DeviceAuthorization](),
		UserCodes:        newExpiring[string](),
		Confirmations:    newExpiring[*DeviceConfirmation](),
		CodeGuesses:      newExpiring[int](),
		Approvals:        newExpiring[*Approval](),
		ApprovalLinks:    newExpiring[string](),
		SpentInvitations: newExpiring[string](),
		recent:           ring[IssuedToken]{size: recentTokens},
		ended:            ring[EndedFamily]{size: endedFamilies},
		outbox:           ring[Message]{size: maxMessages},
		logs:             ring[tenant.LogEvent]{size: maxLogEvents},
	}
	st.sessions.swept = st.expired
	for _, v := range s.Clients {
		st.clients.Put(v.ClientID, v)
	}
	for _, v := range s.ResourceServers {
		st.resourceServers.Put(v.Identifier, v)
	}
	for _, v := range s.ClientGrants {
		st.clientGrants.Put(v.ID, v)
	}
	for _, v := range s.Connections {
		st.connections.Put(v.ID, v)
	}
	for _, v := range s.Roles {
		st.roles.Put(v.ID, v)
	}
	for _, v := range s.Organizations {
		st.organizations.Put(v.ID, v)
	}
	for _, v := range s.Actions {
		st.actions.Put(v.ID, v)
	}
	for _, v := range s.TokenExchangeProfiles {
		st.profiles.Put(v.ID, v)
	}
	for _, v := range s.Users {
		st.PutUser(v)
	}
	return st
}

// Settings are the tenant's settings.
func (s *State) Settings() *tenant.Settings { return &s.settings }

// Branding is how the tenant's pages look.
func (s *State) Branding() *tenant.Branding { return &s.branding }

// Templates are the tenant's own mails and text messages.
func (s *State) Templates() *tenant.Templates { return &s.templates }

// Prompts configures Universal Login.
func (s *State) Prompts() *tenant.Prompts { return &s.prompts }

// Guardian is the tenant's multi-factor authentication.
func (s *State) Guardian() *tenant.Guardian { return &s.guardian }

// AttackProtection is how the tenant defends its users' passwords.
func (s *State) AttackProtection() *tenant.AttackProtection { return &s.protection }

// Client finds a client by its client_id, or returns nil.
func (s *State) Client(id string) *tenant.Client { v, _ := s.clients.Get(id); return v }

// Role finds a role by id, or returns nil.
func (s *State) Role(id string) *tenant.Role { v, _ := s.roles.Get(id); return v }

// User finds a user by user_id, or returns nil.
func (s *State) User(id string) *tenant.User { v, _ := s.users.Get(id); return v }

// Organization finds an organization by id, or returns nil.
func (s *State) Organization(id string) *tenant.Organization {
	v, _ := s.organizations.Get(id)
	return v
}

// OrganizationByName finds an organization by its lower-case name, or returns nil.
func (s *State) OrganizationByName(name string) *tenant.Organization {
	for _, o := range s.organizations.All() {
		if o.Name == strings.ToLower(name) {
			return o
		}
	}
	return nil
}

// ResourceServer finds an API by its exact identifier, or returns nil. The
// Management API answers to https://{host}/api/v2/ on every host of the
// tenant, under either scheme.
func (s *State) ResourceServer(identifier string) *tenant.ResourceServer {
	if v, ok := s.resourceServers.Get(identifier); ok {
		return v
	}
	if strings.HasSuffix(identifier, "/api/v2/") {
		if u, err := url.Parse(identifier); err == nil && u.Path == "/api/v2/" && s.ownHost(u.Host) {
			v, _ := s.resourceServers.Get(tenant.ManagementIdentifier)
			return v
		}
	}
	if strings.HasSuffix(identifier, "/mfa/") {
		if u, err := url.Parse(identifier); err == nil && u.Path == "/mfa/" && s.ownHost != nil && s.ownHost(u.Host) {
			return tenant.MFAAPI(identifier)
		}
	}
	return nil
}

// ClientGrant finds the client's own grant for the audience and subject type;
// a third-party client without one gets the default for its kind.
//
// Source: Auth0 docs, "Third-party applications".
func (s *State) ClientGrant(client *tenant.Client, audience, subjectType string) *tenant.ClientGrant {
	var fallback *tenant.ClientGrant
	for _, id := range s.clientGrants.order {
		g := s.clientGrants.byID[id]
		if g.Audience != audience || g.Subject() != subjectType {
			continue
		}
		if g.ClientID == client.ClientID {
			return g
		}
		if g.DefaultFor == "third_party_clients" && !client.IsFirstParty {
			fallback = g
		}
	}
	return fallback
}

// Clients lists the clients in order.
func (s *State) Clients() []*tenant.Client { return s.clients.All() }

// ResourceServers lists the APIs in order.
func (s *State) ResourceServers() []*tenant.ResourceServer { return s.resourceServers.All() }

// Action finds an Action by id, or returns nil.
func (s *State) Action(id string) *tenant.Action { v, _ := s.actions.Get(id); return v }

// Actions lists the Actions in order.
func (s *State) Actions() []*tenant.Action { return s.actions.All() }

// TokenExchangeProfile finds the profile for subject tokens of the type, or
// returns nil.
func (s *State) TokenExchangeProfile(subjectTokenType string) *tenant.TokenExchangeProfile {
	for _, p := range s.profiles.All() {
		if p.SubjectTokenType == subjectTokenType {
			return p
		}
	}
	return nil
}

// TokenExchangeProfiles lists the profiles in order.
func (s *State) TokenExchangeProfiles() []*tenant.TokenExchangeProfile { return s.profiles.All() }

// Organizations lists the organizations in order.
func (s *State) Organizations() []*tenant.Organization { return s.organizations.All() }

// Roles lists the roles in order.
func (s *State) Roles() []*tenant.Role { return s.roles.All() }

// Users lists the users in order.
func (s *State) Users() []*tenant.User { return s.users.All() }

// FirstUsers lists at most n users, in order.
func (s *State) FirstUsers(n int) []*tenant.User { return s.users.first(n) }

// Connections lists the connections in order.
func (s *State) Connections() []*tenant.Connection { return s.connections.All() }

// Connection finds a connection by id, or returns nil.
func (s *State) Connection(id string) *tenant.Connection { v, _ := s.connections.Get(id); return v }

// ConnectionByName finds a connection by name, or returns nil.
func (s *State) ConnectionByName(name string) *tenant.Connection {
	for _, c := range s.connections.All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// UsersByEmail finds the users with the address, whatever its case, in any
// connection.
func (s *State) UsersByEmail(email string) []*tenant.User {
	return s.usersOf(s.usersByEmail[strings.ToLower(email)])
}

// UserByLogin finds the account of a connection by what a person types to log
// in: e-mail address, username or phone number. It may be linked to another
// user, whom Primary finds.
func (s *State) UserByLogin(connection, identifier string) *tenant.User {
	key := strings.ToLower(strings.TrimSpace(identifier))
	for _, ids := range [][]string{s.usersByEmail[key], s.usersByName[key]} {
		for _, u := range s.usersOf(ids) {
			if u.Connection == connection {
				return u
			}
		}
	}
	return s.linkedByName(connection, key)
}

func (s *State) usersOf(ids []string) []*tenant.User {
	users := make([]*tenant.User, 0, len(ids))
	for _, id := range ids {
		users = append(users, s.User(id))
	}
	return users
}

// ChangeUser is PutUser for a change a person made, as against a login.
func (s *State) ChangeUser(u *tenant.User, now time.Time) {
	if old := s.User(u.UserID); old != nil {
		if !reflect.DeepEqual(rights(old), rights(u)) {
			s.changed[tenant.Setting{Kind: tenant.KindUser, ID: u.UserID}] = now
		}
		if !reflect.DeepEqual(old.MFAFactors, u.MFAFactors) {
			delete(s.authenticators, u.UserID)
		}
	}
	s.PutUser(u)
}

// ChangeClient adds or replaces a client while the tenant runs.
func (s *State) ChangeClient(c *tenant.Client, now time.Time) {
	s.changed[tenant.Setting{Kind: tenant.KindClient, ID: c.ClientID}] = now
	s.clients.Put(c.ClientID, c)
}

// PutConnection adds or replaces a connection while the tenant runs.
func (s *State) PutConnection(c *tenant.Connection) { s.connections.Put(c.ID, c) }

// PutUser adds or replaces a user.
func (s *State) PutUser(u *tenant.User) {
	if s.putLinked(u) {
		return
	}
	old := s.User(u.UserID)
	s.indexLinked(old, u)
	s.indexKeys(old, u)
	if old != nil {
		s.noteUserChange(old, u)
		if old.Email == u.Email && old.Username == u.Username && old.PhoneNumber == u.PhoneNumber {
			s.users.Put(u.UserID, u)
			return
		}
		s.unindex(old)
	}
	s.users.Put(u.UserID, u)
	index(s.usersByEmail, u.Email, u.UserID)
	index(s.usersByName, u.Username, u.UserID)
	index(s.usersByName, u.PhoneNumber, u.UserID)
}

func index(by map[string][]string, key, id string) {
	if key = strings.ToLower(key); key != "" {
		by[key] = append(by[key], id)
	}
}

func (s *State) unindex(u *tenant.User) {
	for by, keys := range map[*map[string][]string][]string{
		&s.usersByEmail: {u.Email}, &s.usersByName: {u.Username, u.PhoneNumber},
	} {
		for _, key := range keys {
			key = strings.ToLower(key)
			(*by)[key] = slices.DeleteFunc((*by)[key], func(id string) bool { return id == u.UserID })
		}
	}
}

// Source says where a fixture holds the setting, or the entry it belongs to.
func (s *State) Source(setting tenant.Setting) string {
	if at, ok := s.sources[setting]; ok {
		return at
	}
	setting.Field = ""
	return s.sources[setting]
}

// FamiliesOf lists the refresh-token families of a user at a client, oldest
// first, ended ones included.
func (s *State) FamiliesOf(userID, clientID string) []string {
	return s.families[[2]string{userID, clientID}]
}

// SetFamiliesOf replaces what FamiliesOf lists.
func (s *State) SetFamiliesOf(userID, clientID string, families []string) {
	s.families[[2]string{userID, clientID}] = families
}

// Remember records what was issued or refused.
func (s *State) Remember(v IssuedToken) { s.recent.add(v) }

// Recent lists what was lately issued or refused, oldest first.
func (s *State) Recent() []IssuedToken { return s.recent.all() }

// Other is what the fixtures hold and nothing acts on yet, by section.
func (s *State) Other() map[string]any { return s.other }

// Snapshot is the state as it could be seeded again: sessions, codes and
// tokens are left out.
func (s *State) Snapshot() *tenant.Snapshot {
	return &tenant.Snapshot{
		Settings: s.settings, Branding: s.branding, Prompts: s.prompts, Guardian: s.guardian, AttackProtection: s.protection, Templates: s.templates,
		Clients: s.clients.All(), ResourceServers: s.resourceServers.All(),
		ClientGrants: s.clientGrants.All(), Connections: s.connections.All(),
		Roles: s.roles.All(), Organizations: s.organizations.All(), Users: s.users.All(),
		Actions: s.actions.All(), TokenExchangeProfiles: s.profiles.All(),
		Other: s.other, Sources: s.sources,
	}
}
