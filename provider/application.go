package provider

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (c *Control) mountApplication(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET", pathCallback, c.arrived)
	guarded("POST", pathCallback, c.asserted)
	guarded("POST", pathTry, c.try)
}

// arrived plays the application that a login led to: it redeems the code, and
// shows what it got. It also takes the link of an invitation.
func (c *Control) arrived(r *http.Request) (*wire.Response, error) {
	q := r.URL.Query()
	x := wire.From(r)
	client, invited := c.played(q.Get("state"), q.Get("invitation"))
	switch {
	case client == nil && q.Has("invitation"):
		return nil, tenant.InvalidRequest("This invitation was accepted or revoked, or has run out").
			WithHint("send another from %s/_faux0/", x.Base)
	case client == nil:
		return nil, tenant.InvalidRequest("This page plays an application after a login that began on the console").
			WithHint("begin at %s/_faux0/", x.Base)
	case invited:
		location := ""
		_ = c.p.flow.Store.View(func(s *store.State) error {
			location = authorizeURL(s, client, x.Base, "invitation", q.Get("invitation"), "organization", q.Get("organization"), "prompt", "login")
			return nil
		})
		return wire.Redirect(location), nil
	}
	page := ui.Application{ClientName: client.Name}
	if q.Get("code") == "" {
		page.Error, page.Description = q.Get("error"), q.Get("error_description")
		return c.applicationPage(page)
	}
	form := url.Values{"grant_type": {tenant.GrantAuthorizationCode}, "code": {q.Get("code")}, "redirect_uri": {x.Base + pathCallback}, "code_verifier": {tryVerifier}}
	return c.redeem(r, client, form, page)
}

// played finds the client that a login on the console is of, by what its
// callback was sent.
func (c *Control) played(state, invitation string) (client *tenant.Client, invited bool) {
	_ = c.p.flow.Store.View(func(s *store.State) error {
		if v := s.InvitationByTicket(invitation); invitation != "" && v != nil {
			client, invited = s.Client(v.ClientID), true
			return nil
		}
		client = s.Client(state)
		return nil
	})
	return client, invited
}

// redeem asks for tokens as the client does, and shows them.
func (c *Control) redeem(r *http.Request, client *tenant.Client, form url.Values, page ui.Application) (*wire.Response, error) {
	status, header, body := c.call(r, client, "/oauth/token", form)
	text := func(name string) string { s, _ := body[name].(string); return s }
	if status != http.StatusOK {
		page.Error, page.Description, page.Hint = text("error"), text("error_description"), header.Get(wire.HintHeader)
		if page.Error != "authorization_pending" && page.Error != "slow_down" {
			page.UserCode, page.ApprovalID = "", "" // it waits no longer
		}
		return c.applicationPage(page)
	}
	page.Pending, page.UserCode, page.ActivateURL, page.ApprovalID = "", "", "", ""
	page.AccessToken, page.Identity, page.Access = text("access_token"), payload(text("id_token")), payload(text("access_token"))
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	page.Answer = indented(raw)
	var who struct{ Name, Email, Sub string }
	_ = json.Unmarshal([]byte(page.Identity), &who) // no ID token, nobody to name
	for _, label := range []string{who.Email, who.Name, who.Sub} {
		if page.User == "" {
			page.User = label
		}
	}
	return c.applicationPage(page)
}

// payload is what a JWT says, indented; "" for what is none.
func payload(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	return indented(raw)
}

func (c *Control) applicationPage(page ui.Application) (*wire.Response, error) {
	_ = c.p.flow.Store.View(func(s *store.State) error { page.Look = consoleLook(s); return nil })
	return consolePage(page)
}

// try begins what a program begins, not a link: a device, a mail with a link,
// an invitation.
func (c *Control) try(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	client, _ := c.played(p.Get("client_id"), "")
	if client == nil {
		return nil, tenant.UnknownClient(p.Get("client_id"))
	}
	switch p.Get("journey") {
	case tryDevice:
		return c.tryDevice(r, client)
	case tryPoll:
		page := ui.Application{
			ClientName: client.Name, ClientID: client.ClientID, DeviceCode: p.Get("device_code"), UserCode: p.Get("user_code"),
			ActivateURL: wire.AddQuery(wire.From(r).Issuer+"activate", "user_code", p.Get("user_code")), Pending: "waiting",
		}
		return c.redeem(r, client, url.Values{"grant_type": {tenant.GrantDeviceCode}, "device_code": {page.DeviceCode}}, page)
	case tryApproval:
		return c.tryApproval(r, client, p.Get("email"))
	case tryApprovalPoll:
		return c.pollApproval(r, client, p)
	case tryLinking:
		return c.tryLinking()
	case tryLink:
		return c.tryLink(r, client, p.Get("email"))
	case tryInvitation:
		return c.tryInvitation(r, client, p.Get("email"))
	}
	return nil, tenant.InvalidRequest("There is no journey " + p.Get("journey"))
}

func (c *Control) tryDevice(r *http.Request, client *tenant.Client) (*wire.Response, error) {
	status, header, body := c.call(r, client, "/oauth/device/code", url.Values{"scope": {"openid profile email"}})
	text := func(name string) string { s, _ := body[name].(string); return s }
	page := ui.Application{ClientName: client.Name, ClientID: client.ClientID}
	if status != http.StatusOK {
		page.Error, page.Description, page.Hint = text("error"), text("error_description"), header.Get(wire.HintHeader)
		return c.applicationPage(page)
	}
	page.DeviceCode, page.UserCode, page.ActivateURL = text("device_code"), text("user_code"), text("verification_uri_complete")
	return c.applicationPage(page)
}

func (c *Control) tryLink(r *http.Request, client *tenant.Client, email string) (*wire.Response, error) {
	x := wire.From(r)
	form := url.Values{"send": {"link"}, "email": {email}}
	_ = c.p.flow.Store.View(func(s *store.State) error {
		if _, connection := linkClient(s, x.Base); connection != nil {
			form.Set("connection", connection.Name)
		}
		form.Set("authParams[redirect_uri]", callback(client, x.Base))
		return nil
	})
	for name, value := range map[string]string{
		"response_type": "code", "scope": "openid profile email", "state": client.ClientID,
		"code_challenge": tryChallenge, "code_challenge_method": "S256",
	} {
		form.Set("authParams["+name+"]", value)
	}
	if status, header, body := c.call(r, client, "/passwordless/start", form); status != http.StatusOK {
		page := ui.Application{ClientName: client.Name, Hint: header.Get(wire.HintHeader)}
		page.Error, _ = body["error"].(string)
		page.Description, _ = body["error_description"].(string)
		return c.applicationPage(page)
	}
	return wire.Redirect("/_faux0/outbox"), nil
}

func (c *Control) tryInvitation(r *http.Request, client *tenant.Client, email string) (*wire.Response, error) {
	organization := ""
	_ = c.p.flow.Store.View(func(s *store.State) error {
		if _, org := invitingClient(s); org != nil {
			organization = org.ID
		}
		return nil
	})
	_, err := c.Invite(InvitationRequest{Organization: organization, Client: client.ClientID, Invitee: tenant.Invitee{Email: email}, Issuer: wire.From(r).Issuer})
	if err != nil {
		return nil, err
	}
	return wire.Redirect("/_faux0/outbox"), nil
}

// call is a request of the client to the tenant, as its own program would send
// it.
func (c *Control) call(r *http.Request, client *tenant.Client, path string, form url.Values) (status int, header http.Header, body map[string]any) {
	form.Set("client_id", client.ClientID)
	request := r.Clone(r.Context())
	request.Method, request.URL = http.MethodPost, &url.URL{Path: path}
	for _, name := range []string{"Cookie", "Origin", "Authorization"} {
		request.Header.Del(name)
	}
	switch client.AuthenticationMethod() {
	case "client_secret_basic":
		request.SetBasicAuth(url.QueryEscape(client.ClientID), url.QueryEscape(client.ClientSecret))
	case "client_secret_post":
		form.Set("client_secret", client.ClientSecret)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	encoded := form.Encode()
	request.Body, request.ContentLength = io.NopCloser(strings.NewReader(encoded)), int64(len(encoded))
	out := &answer{header: http.Header{}, status: http.StatusOK}
	c.p.ServeHTTP(out, request)
	_ = json.Unmarshal(out.body.Bytes(), &body) // what is no JSON says nothing
	return out.status, out.header, body
}

// answer keeps what the tenant answers itself.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
