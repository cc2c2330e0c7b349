package flow

import (
	"fmt"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Exchange asks for a custom token exchange.
type Exchange struct {
	Profile *tenant.TokenExchangeProfile
	// Request is what the tokens are asked for; its user is not known yet.
	Request token.Request
	// HTTP is the request as the Action is told it, its body with every member
	// that was sent.
	HTTP action.Request
}

// Exchanged is what the Action made of it.
type Exchanged struct {
	User         *tenant.User
	Organization *tenant.Organization
	Actor        *token.Actor
}

// CustomExchange runs the Action of the profile and does what it asks for: it
// finds, makes or changes the user whose tokens are to be issued. Of a refused
// exchange nothing remains but a count of bad subject tokens, by address.
//
// It returns AddressThrottled, ActionFailed, ExchangeRefused,
// SubjectTokenRejected, ExchangeUserNotSet, UserBlocked, NotAMember, or an
// error of token.CheckAccess.
//
// Source: Auth0 docs, "Custom token exchange", "Actions triggers:
// custom-token-exchange".
func (f *Flow) CustomExchange(x Exchange) (Exchanged, error) {
	if err := f.admitExchange(x.HTTP.IP); err != nil {
		return Exchanged{}, err
	}
	run, event, err := f.exchangeEvent(x)
	if err != nil {
		return Exchanged{}, err
	}
	api := action.NewAPI(actionCache{f, run.ID})
	if err := f.Actions.RunAction(run, action.CustomTokenExchange, event, api); err != nil {
		return Exchanged{}, tenant.ActionFailed(err.Error()).WithHint("the Action %q failed: %s", run.Name, err)
	}
	wanted, err := fold(api.Commands())
	if err != nil {
		return Exchanged{}, err
	}
	if wanted.refused != nil {
		if wanted.badToken {
			f.countBad(x)
		}
		return Exchanged{}, wanted.refused
	}
	return f.applyExchange(x.Request, wanted)
}

// exchangeEvent is the Action to run and what it is told, once the API's rules
// have nothing against the request.
func (f *Flow) exchangeEvent(x Exchange) (run *tenant.Action, event action.Event, err error) {
	params := x.HTTP.Body
	event = action.Event{
		Client:  action.Client{ClientID: x.Request.Client.ClientID, Name: x.Request.Client.Name, Metadata: x.Request.Client.ClientMetadata},
		Request: x.HTTP, Tenant: action.Tenant{ID: tenantID(x.Request.Issuer)},
		Transaction: action.Transaction{
			SubjectToken: params["subject_token"], SubjectTokenType: params["subject_token_type"],
			ActorToken: params["actor_token"], ActorTokenType: params["actor_token_type"],
			RequestedScopes: x.Request.Scopes, Protocol: "oauth2-token-exchange",
		},
	}
	event.Request.Body = actionBody(params)
	if event.Client.Metadata == nil {
		event.Client.Metadata = map[string]string{}
	}
	if event.Transaction.RequestedScopes == nil {
		event.Transaction.RequestedScopes = []string{}
	}
	if o := x.Request.Organization; o != nil {
		event.Organization = &action.Organization{ID: o.ID, Name: o.Name, DisplayName: o.DisplayName, Metadata: o.Metadata}
	}
	err = f.Store.View(func(s *store.State) error {
		if run = s.Action(x.Profile.ActionID); run == nil {
			return tenant.Internal(fmt.Errorf("token exchange profile %q has no action %q", x.Profile.Name, x.Profile.ActionID))
		}
		event.Secrets = run.SecretValues()
		audience := x.Request.Audience
		if audience == "" {
			audience = s.Settings().DefaultAudience
		}
		if api := s.ResourceServer(audience); api != nil {
			event.ResourceServer = &action.ResourceServer{Identifier: audience}
		}
		return token.CheckAccess(s, x.Request)
	})
	return run, event, err
}

// wanted is what the commands of an exchange come to.
type wanted struct {
	refused      *tenant.Error
	badToken     bool
	byID         *action.SetUserByID
	byConnection *action.SetUserByConnection
	organization string
	actor        *token.Actor
	metadata     []action.SetMetadata
}

// fold reads the commands. A refusal wins over all else, the first over later
// ones; of what may be said once, the last word counts.
func fold(commands []action.Command) (w wanted, err error) {
	users := 0
	for _, c := range commands {
		switch c := c.(type) {
		case action.Deny:
			if w.refused == nil {
				w.refused = tenant.ExchangeRefused(c.Code, c.Reason)
			}
		case action.RejectSubjectToken:
			if w.refused == nil {
				w.refused, w.badToken = tenant.SubjectTokenRejected(c.Reason), true
			}
		case action.SetUserByID:
			w.byID, users = &c, users+1
		case action.SetUserByConnection:
			w.byConnection, users = &c, users+1
		case action.SetOrganization:
			w.organization = c.Organization
		case action.SetActor:
			if w.actor = token.ReadActor(c.Actor); w.actor == nil || w.actor.Subject == "" {
				return w, tenant.ActionFailed("setActor needs a sub")
			}
		case action.SetMetadata:
			w.metadata = append(w.metadata, c)
		}
	}
	switch {
	case w.refused != nil || users == 1:
	case users == 0:
		return w, tenant.ExchangeUserNotSet("The Action set no user").
			WithHint("it must call api.authentication.setUserById or setUserByConnection, or refuse")
	default:
		return w, tenant.ExchangeUserNotSet("The Action set the user more than once").
			WithHint("call exactly one of api.authentication.setUserById and setUserByConnection")
	}
	if w.actor != nil && w.actor.Depth() > token.MaxActors+1 {
		return w, tenant.DelegationTooDeep(token.MaxActors)
	}
	return w, nil
}

// applyExchange finds or makes the user, in one step with what is changed about
// them.
func (f *Flow) applyExchange(r token.Request, w wanted) (done Exchanged, err error) {
	done.Actor, done.Organization = w.actor, r.Organization
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		user, err := exchangeUser(s, r.Client, w, now)
		if err != nil {
			return err
		}
		if user.Blocked {
			return tenant.UserBlocked().WithHint("user %s is blocked in the fixture or through the Management API", user.Label())
		}
		if w.organization != "" {
			if done.Organization = s.Organization(w.organization); done.Organization == nil {
				done.Organization = s.OrganizationByName(w.organization)
			}
			if done.Organization == nil {
				return tenant.OrganizationInvalid(w.organization)
			}
		}
		if o := done.Organization; o != nil && user.Member(o.ID) == nil {
			return tenant.NotAMember(user.UserID, o.ID)
		}
		user = user.Clone()
		if len(w.metadata) > 0 {
			changeMetadata(user, w.metadata)
			user.UpdatedAt = now
		}
		s.PutUser(user)
		done.User = user
		return nil
	})
	return done, err
}

func exchangeUser(s *store.State, client *tenant.Client, w wanted, now time.Time) (*tenant.User, error) {
	if w.byID != nil {
		if user := s.User(w.byID.UserID); user != nil {
			return user, nil
		}
		return nil, tenant.ExchangeUserNotSet("User not found").WithHint("setUserById: there is no user %q", w.byID.UserID)
	}
	c := s.ConnectionByName(w.byConnection.Connection)
	switch {
	case c == nil:
		return nil, tenant.ConnectionNotFound(w.byConnection.Connection)
	case !c.EnabledFor(client.ClientID):
		return nil, tenant.ConnectionNotEnabled(c.Name, client)
	}
	id, _ := w.byConnection.Profile["user_id"].(string)
	if id == "" {
		return nil, tenant.ExchangeUserNotSet("setUserByConnection needs a user_id").
			WithHint("user_id is the user's id in the connection, without the provider's prefix")
	}
	fresh, err := profileUser(c, id, w.byConnection.Profile)
	if err != nil {
		return nil, err
	}
	known := s.User(fresh.UserID)
	options := w.byConnection.Options
	switch {
	case known == nil && options.CreationBehavior != action.CreateIfNotExists:
		return nil, tenant.ExchangeUserNotSet("User not found").
			WithHint("connection %q has no user %q, and creationBehavior is not %q", c.Name, id, action.CreateIfNotExists)
	case known == nil:
		fresh.FillDefaults(now)
		return fresh, nil
	case options.UpdateBehavior == action.Replace:
		return replaced(known, fresh, w.byConnection.Profile, now), nil
	}
	return known, nil
}

// profileMembers are what an Action may say about a user.
//
// Source: Auth0 docs, "Actions triggers: custom-token-exchange, API object"
// (user_attributes).
var profileMembers = []string{
	"email", "email_verified", "username", "phone_number", "phone_verified", "name", "given_name", "family_name", "nickname", "picture",
}

// profileUser is the connection's user as the Action describes them.
func profileUser(c *tenant.Connection, id string, profile map[string]any) (*tenant.User, error) {
	body := map[string]any{}
	for name, value := range profile {
		if slices.Contains(profileMembers, name) && value != nil {
			body[name] = value
		}
	}
	if v := tenant.Check(tenant.KindUser, tenant.ForUpdate, body); len(v.Faults) > 0 {
		return nil, tenant.ExchangeUserNotSet("Invalid user attributes").WithHint("setUserByConnection: %s", v.Faults[0])
	}
	u, err := tenant.NewUser(body)
	if err != nil {
		return nil, tenant.ExchangeUserNotSet("Invalid user attributes").WithHint("setUserByConnection: %s", err)
	}
	u.Connection = c.Name
	return tenant.WithSubject(u, c, id), nil
}

// replaced is the known user with what the profile says.
func replaced(known, fresh *tenant.User, profile map[string]any, now time.Time) *tenant.User {
	u := known.Clone()
	u.UpdatedAt = now
	for name, set := range map[string]func(){
		"email": func() { u.Email = fresh.Email }, "email_verified": func() { u.EmailVerified = fresh.EmailVerified },
		"username":     func() { u.Username = fresh.Username },
		"phone_number": func() { u.PhoneNumber = fresh.PhoneNumber }, "phone_verified": func() { u.PhoneVerified = fresh.PhoneVerified },
		"name": func() { u.Name = fresh.Name }, "given_name": func() { u.GivenName = fresh.GivenName },
		"family_name": func() { u.FamilyName = fresh.FamilyName }, "nickname": func() { u.Nickname = fresh.Nickname },
		"picture": func() { u.Picture = fresh.Picture },
	} {
		if profile[name] != nil {
			set()
		}
	}
	return u
}

// admitExchange says whether the address may still send subject tokens: it has
// not sent too many that were invalid.
//
// Source: Auth0 docs, "Suspicious IP throttling". Observed: auth0-deploy-cli,
// attack-protection/suspicious-ip-throttling, stage pre-custom-token-exchange.
func (f *Flow) admitExchange(ip string) error {
	var refused *tenant.Error
	_ = f.Store.View(func(s *store.State) error {
		refused = throttled(s, tenant.StagePreTokenExchange, ip, f.Clock.Now())
		return nil
	})
	if refused != nil {
		return refused
	}
	return nil
}

// countBad counts an invalid subject token.
func (f *Flow) countBad(x Exchange) {
	about := tenant.LogEvent{ClientID: x.Request.Client.ClientID, IP: x.HTTP.IP, UserAgent: x.HTTP.UserAgent, Hostname: x.HTTP.Hostname}
	var news []func()
	_ = f.Store.Update(func(s *store.State) error {
		news = f.spend(s, tenant.StagePreTokenExchange, about, f.Clock.Now())
		return nil
	})
	for _, tell := range news {
		tell()
	}
}
