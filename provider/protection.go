package provider

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Block is an account that failed logins have blocked, or an address that has
// used up what it may do at a stage.
type Block struct {
	// Identifier is what was typed last, UserID its user; "" for nobody, or for
	// an address.
	Identifier string `json:"identifier,omitempty"`
	UserID     string `json:"user_id,omitempty"`
	Connection string `json:"connection,omitempty"`
	// IP is "" where an account is blocked for every address.
	IP string `json:"ip,omitempty"`
	// Stage is that of suspicious IP throttling, "" for an account.
	Stage string `json:"stage,omitempty"`
	// Attempts are the failed logins into an account.
	Attempts int `json:"attempts,omitempty"`
	// Until is when a login may be tried again.
	Until time.Time `json:"until"`
}

// Blocks lists what attack protection blocks: accounts first, in the order it
// came about, then addresses.
func (c *Control) Blocks() []Block {
	list := []Block{}
	now := c.p.flow.Clock.Now()
	_ = c.p.flow.Store.View(func(s *store.State) error {
		for _, f := range s.LoginBlocks(now) {
			b := Block{
				Identifier: f.Identifier, UserID: f.UserID, Connection: f.Connection, Attempts: f.Count,
				Until: f.LastAt.Add(store.LoginFailuresMemory).UTC(),
			}
			if f.PerAddress {
				b.IP = f.IP
			}
			list = append(list, b)
		}
		for _, a := range flow.ThrottledAddresses(s, now) {
			list = append(list, Block{IP: a.Network, Stage: a.Stage, Until: a.Until.UTC()})
		}
		return nil
	})
	return list
}

// Unblock forgets the failed logins of somebody: a user_id, or anything that is
// typed to log in, whether or not there is such a user. It says how many blocks
// that lifted.
func (c *Control) Unblock(who string) (blocks int) {
	return c.p.flow.UnblockUser(who) + c.p.flow.UnblockIdentifier(who)
}

// UnblockAddress lets an address do again all that it could at first.
func (c *Control) UnblockAddress(ip string) {
	_ = c.p.flow.Store.Update(func(s *store.State) error {
		for _, stage := range []string{tenant.StagePreLogin, tenant.StagePreUserRegistration, tenant.StagePreTokenExchange} {
			s.AddressUse.Delete(store.AddressUseID(stage, ip))
		}
		return nil
	})
}

// BreachPassword makes a password count as known from a breach, until the next
// Reset, beside those that Auth0 gives everybody to test with: any that begins
// with AUTH0-TEST-.
func (c *Control) BreachPassword(plain string) { c.p.flow.AddBreached(plain) }

func (c *Control) mountProtection(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET POST DELETE", "/_faux0/blocks", c.blocks)
	guarded("POST", "/_faux0/breached-passwords", c.breachedPasswords)
}

// blocks lists what is blocked, or lifts the blocks of a user, an address, or
// all of them. The console's form comes back to the console.
func (c *Control) blocks(r *http.Request) (*wire.Response, error) {
	switch r.Method {
	case http.MethodGet:
		return wire.JSON(http.StatusOK, c.Blocks())
	case http.MethodPost:
		p, err := wire.Body(r)
		if err != nil {
			return nil, err
		}
		if p.Get("user") == "" && p.Get("ip") == "" {
			return nil, tenant.MissingParameter("user or ip")
		}
		c.unblock(p.Get("user"), p.Get("ip"))
		return wire.Redirect("/_faux0/"), nil
	}
	c.unblock(unplus(r.URL.Query().Get("user")), r.URL.Query().Get("ip"))
	return wire.Empty(http.StatusNoContent), nil
}

// unblock lifts the blocks of a user or an address; of everybody where neither
// is named.
func (c *Control) unblock(user, ip string) {
	switch {
	case user != "":
		c.Unblock(user)
	case ip != "":
		c.UnblockAddress(ip)
	default:
		_ = c.p.flow.Store.Update(func(s *store.State) error {
			s.Unblock(func(*store.LoginFailures) bool { return true })
			s.AddressUse.DeleteFunc(func(time.Time) bool { return true })
			return nil
		})
	}
}

// consoleBlocks are the rows of the console.
func consoleBlocks(list []Block) []ui.ConsoleBlock {
	var rows []ui.ConsoleBlock
	for _, b := range list {
		row := ui.ConsoleBlock{Who: b.IP, Why: "suspicious IP throttling, stage " + b.Stage, When: b.Until.Format(time.RFC3339), Field: "ip", Value: b.IP}
		if b.Stage == "" {
			row.Who, row.Why, row.Field, row.Value = b.Identifier, fmt.Sprintf("%d failed logins", b.Attempts), "user", cmp.Or(b.UserID, b.Identifier)
			if b.IP != "" {
				row.Who += " from " + b.IP
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (c *Control) breachedPasswords(r *http.Request) (*wire.Response, error) {
	var req struct {
		Password string `json:"password"`
	}
	if err := decodeJSON(r, &req); err != nil {
		return nil, err
	}
	if req.Password == "" {
		return nil, tenant.MissingParameter("password")
	}
	c.BreachPassword(req.Password)
	return wire.Empty(http.StatusNoContent), nil
}
