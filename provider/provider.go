package provider

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/embedded"
	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/login"
	"github.com/faux0/faux0/provider/internal/oauth"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Provider is a running tenant. It is an http.Handler, safe for concurrent
// use. Only a tenant whose clients want back-channel logouts does anything
// beside answering requests: Close ends that.
type Provider struct {
	config  Config
	hosts   *hosts
	flow    *flow.Flow
	router  *wire.Router
	control *Control
	// outbox rings for each message, asked for each request for approval, logged
	// for each event of the tenant's log.
	outbox, asked, logged bell

	// providers asks identity providers.
	providers   *outbound.Providers
	backchannel *backchannel
	expiry      expiry
}

// New returns a tenant. The error joins everything that is wrong with the
// config.
func New(config Config) (*Provider, error) {
	config, err := config.resolved()
	if err != nil {
		return nil, err
	}
	p := &Provider{config: config, hosts: newHosts(config), providers: outbound.NewProviders(config.CA, config.Hosts)}
	clock := tenant.NewClock(config.Now)
	seed, err := prepare(config.Snapshot, clock, config)
	if err != nil {
		return nil, err
	}
	var previous *tenant.Key
	if len(config.Keys) > 2 {
		previous = config.Keys[2]
	}
	keys, err := token.NewKeySet(config.Keys[0], config.Keys[1], previous)
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	p.flow = &flow.Flow{
		Store: store.New(seed, p.hosts.own), Clock: clock, IDs: config.IDs,
		Sealer: token.NewSealer(config.Keys...), FixtureUsers: config.FixtureUsers, HeadlessLogin: config.HeadlessLogin, Consent: config.Consent,
		PasswordCost: config.PasswordCost, Issued: p.logToken, Sent: p.sent, Asked: p.approvalAsked, Logged: p.logged.strike,
		Watched: p.watchSessions,
	}
	p.flow.SetKeys(keys)
	p.flow.Actions = newActions(p)
	p.backchannel = newBackchannel(p)
	p.flow.Notify = p.backchannel.send
	p.flow.Store.Ended = p.flow.SessionsEnded
	clock.Moved = p.expireSessions
	p.control = &Control{p: p, seed: seed, keys: keys}
	p.router = wire.NewRouter()
	p.mount()
	return p, nil
}

// Close gives up the logout tokens that are being delivered and watches no
// session any more. Requests are answered all the same.
func (p *Provider) Close() {
	p.stopWatching(true)
	p.backchannel.close()
}

// Control is what a test may do to the tenant.
func (p *Provider) Control() *Control { return p.control }

func (p *Provider) mount() {
	endpoints := &oauth.Handler{Flow: p.flow, OwnIssuer: p.hosts.ownIssuer}
	endpoints.Mount(p.router)
	(&embedded.Handler{Flow: p.flow, AuthenticateClient: endpoints.AuthenticateClient}).Mount(p.router)
	p.control.mount(p.router)
	pages := login.New(p.flow, p.config.IDs.Bytes(32), endpoints.AuthenticatePushed, p.providers)
	pages.Mount(p.router)
	p.router.HandlePrefix("/api/v2/", wire.OAuth, func(r *http.Request) (*wire.Response, error) {
		return nil, tenant.NotBuilt("the Management API (" + r.Method + " " + r.URL.Path + ")")
	})
	p.router.NotFound(func(r *http.Request, e *tenant.Error) *wire.Response {
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			return pages.Error(r, e)
		}
		return wire.OAuth(r, e)
	})
}

// prepare makes a snapshot fit to run: what every tenant has is added, users
// get their defaults, and plain passwords become hashes. The snapshot given is
// left as it is.
func prepare(s *tenant.Snapshot, clock *tenant.Clock, config Config) (*tenant.Snapshot, error) {
	seed := s.Clone()
	tenant.Complete(seed)
	now := clock.Now()
	for _, u := range seed.Users {
		u.FillDefaults(now)
		if err := hashPassword(u, config); err != nil {
			return nil, fmt.Errorf("user %s: %w", u.Label(), err)
		}
	}
	for _, org := range seed.Organizations {
		fillInvitations(seed, org, now)
	}
	return seed, nil
}

// fillInvitations replaces an organization's invitations by complete ones.
func fillInvitations(seed *tenant.Snapshot, org *tenant.Organization, now time.Time) {
	var complete []*tenant.Invitation
	for _, v := range org.Invitations {
		v = v.Clone()
		route := ""
		for _, client := range seed.Clients {
			if client.ClientID == v.ClientID {
				route = tenant.LoginRoute(client, &seed.Settings)
			}
		}
		v.FillDefaults(org, route, now)
		complete = append(complete, v)
	}
	org.Invitations = complete
}

// hashPassword replaces a plain password by its hash, or checks the hash that
// was imported.
func hashPassword(u *tenant.User, config Config) error {
	switch {
	case u.Password != "":
		u.PasswordHash, u.CustomPasswordHash = "", password.Hash(u.Password, config.IDs.Bytes(16), config.PasswordCost)
		u.Password = ""
	case u.PasswordHash != "":
		if err := password.CheckBcrypt(u.PasswordHash); err != nil {
			return fmt.Errorf("password_hash: %w", err)
		}
	case u.CustomPasswordHash != nil:
		if err := password.Check(u.CustomPasswordHash); err != nil {
			return fmt.Errorf("custom_password_hash: %w", err)
		}
	}
	return nil
}
