package store

import (
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
		clients:         collect(s.Clients, func(v *tenant.Client) string { return v.ClientID }),
		resourceServers: collect(s.ResourceServers, func(v *tenant.ResourceServer) string { return v.Identifier }),
		clientGrants:    collect(s.ClientGrants, func(v *tenant.ClientGrant) string { return v.ID }),
		connections:     collect(s.Connections, func(v *tenant.Connection) string { return v.ID }),
		roles:           collect(s.Roles, func(v *tenant.Role) string { return v.ID }),
		organizations:   collect(s.Organizations, func(v *tenant.Organization) string { return v.ID }),
		users:           newCollection[*tenant.User](len(s.Users)),
		actions:         collect(s.Actions, func(v *tenant.Action) string { return v.ID }),
		profiles:        collect(s.TokenExchangeProfiles, func(v *tenant.TokenExchangeProfile) string { return v.ID }),
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
	for _, v := range s.Users {
		st.PutUser(v)
	}
	return st
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
