package action

import "time"

// API is what an Action may ask for. Its methods record; nothing happens before
// the Action has ended. JavaScript calls the same methods.
//
// Source: Auth0 docs, "Actions triggers: custom-token-exchange, API object".
type API struct {
	Access         Access
	Authentication Authentication
	User           User
	// Cache outlives the run: it is the Action's own.
	Cache Cache

	commands *[]Command
}

// NewAPI returns an API that has recorded nothing.
func NewAPI(cache Cache) *API {
	list := &[]Command{}
	r := recorder{list}
	return &API{Access: Access{r}, Authentication: Authentication{r}, User: User{r}, Cache: cache, commands: list}
}

// Commands are what the Action asked for, in order.
func (a *API) Commands() []Command { return *a.commands }

type recorder struct{ list *[]Command }

func (r recorder) add(c Command) { *r.list = append(*r.list, c) }

// Access refuses.
type Access struct{ recorder }

// Deny refuses the exchange, with an `error` and its description.
func (a Access) Deny(code, reason string) { a.add(Deny{code, reason}) }

// RejectInvalidSubjectToken refuses the exchange because of its subject token,
// which counts against the caller's address.
func (a Access) RejectInvalidSubjectToken(reason string) { a.add(RejectSubjectToken{reason}) }

// Authentication says whose tokens are issued.
type Authentication struct{ recorder }

// SetUserByID names an existing user.
func (a Authentication) SetUserByID(userID string) { a.add(SetUserByID{userID}) }

// SetUserByConnection describes a user of a connection.
func (a Authentication) SetUserByConnection(connection string, profile map[string]any, o UserOptions) {
	a.add(SetUserByConnection{connection, profile, o})
}

// SetOrganization makes the login one into an organization, by id or name.
func (a Authentication) SetOrganization(organization string) {
	a.add(SetOrganization{organization})
}

// SetActor says who acts for the user: the `act` claim. It needs a `sub`, and
// ends refreshing.
func (a Authentication) SetActor(actor map[string]any) { a.add(SetActor{actor}) }

// User changes the user's metadata.
type User struct{ recorder }

// SetUserMetadata sets a member of user_metadata; nil removes it.
func (u User) SetUserMetadata(name string, value any) { u.add(SetMetadata{name, value, false}) }

// SetAppMetadata sets a member of app_metadata; nil removes it.
func (u User) SetAppMetadata(name string, value any) { u.add(SetMetadata{name, value, true}) }

// Cache keeps texts between the runs of one Action.
type Cache interface {
	// Get returns a value and when it ends.
	Get(key string) (value string, expires time.Time, ok bool)
	// Set keeps a value until expires, or for the default time if that is zero;
	// it returns the code of what is against it, "" for nothing, and when the
	// value ends.
	Set(key, value string, expires time.Time) (code string, ends time.Time)
	// Delete forgets a value.
	Delete(key string)
	// Now is the tenant's clock, which expiry goes by.
	Now() time.Time
}

// Command is one thing an Action asked for: one of the types below.
type Command interface{ command() }

// Values of UserOptions.
const (
	// CreateIfNotExists makes the user whom nobody has made yet.
	CreateIfNotExists = "create_if_not_exists"
	// Replace overwrites what is known of the user with the profile.
	Replace = "replace"
	// None does neither.
	None = "none"
)

// UserOptions are those of SetUserByConnection. Empty is None.
type UserOptions struct {
	CreationBehavior string
	UpdateBehavior   string
}

// Commands.
type (
	// Deny is API.Access.Deny.
	Deny struct{ Code, Reason string }
	// RejectSubjectToken is API.Access.RejectInvalidSubjectToken.
	RejectSubjectToken struct{ Reason string }
	// SetUserByID is API.Authentication.SetUserByID.
	SetUserByID struct{ UserID string }
	// SetUserByConnection is API.Authentication.SetUserByConnection.
	SetUserByConnection struct {
		Connection string
		Profile    map[string]any
		Options    UserOptions
	}
	// SetOrganization is API.Authentication.SetOrganization.
	SetOrganization struct{ Organization string }
	// SetActor is API.Authentication.SetActor.
	SetActor struct{ Actor map[string]any }
	// SetMetadata is API.User.SetUserMetadata, or SetAppMetadata if App.
	SetMetadata struct {
		Name  string
		Value any
		App   bool
	}
)

func (Deny) command()                {}
func (RejectSubjectToken) command()  {}
func (SetUserByID) command()         {}
func (SetUserByConnection) command() {}
func (SetOrganization) command()     {}
func (SetActor) command()            {}
func (SetMetadata) command()         {}
