package embedded

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountDatabases(rt *wire.Router) {
	rt.Handle("POST", "/dbconnections/signup", databaseError, h.signup)
	rt.Handle("POST", "/dbconnections/change_password", databaseError, h.changePassword)
	rt.Handle("POST", "/dbconnections/signup/challenge", databaseError, challenge)
	rt.Handle("POST", "/dbconnections/change_password/challenge", databaseError, challenge)
}

// typeJSON is the Content-Type of /dbconnections.
//
// Observed: go-auth0 and ruby-auth0 recordings.
const typeJSON = "application/json; charset=utf-8"

// databaseError is the envelope of /dbconnections.
//
// Observed: node-auth0 and auth0.js, tests of sign-up errors. The cache header
// is that of the recorded successes.
func databaseError(r *http.Request, e *tenant.Error) *wire.Response {
	body := e.Body
	if body == nil {
		name := e.Name
		switch {
		case name != "":
		case e.Status >= http.StatusInternalServerError:
			name = "InternalServerError"
		default:
			name = "BadRequestError"
		}
		body = struct {
			Name        string `json:"name"`
			Code        string `json:"code"`
			Description string `json:"description"`
			StatusCode  int    `json:"statusCode"`
		}{name, e.Code, e.Description, e.Status}
	}
	res, err := databaseJSON(e.Status, body)
	if err != nil {
		return wire.OAuth(r, e)
	}
	return res
}

func databaseJSON(status int, body any) (*wire.Response, error) {
	res, err := wire.JSON(status, body)
	if err != nil {
		return nil, err
	}
	res.Header["Content-Type"] = []string{typeJSON}
	return res.Uncached(), nil
}

// database finds the client, which narrows who may read the answer, and the
// connection.
func (h *Handler) database(r *http.Request, p wire.Params) (client *tenant.Client, connection *tenant.Connection, err error) {
	for _, name := range []string{"client_id", "connection"} {
		if p.Get(name) == "" {
			return nil, nil, tenant.DatabaseMissing(name)
		}
	}
	id, name := p.Get("client_id"), p.Get("connection")
	err = h.Store.View(func(s *store.State) error {
		client, connection = s.Client(id), s.ConnectionByName(name)
		return nil
	})
	wire.From(r).Note("client_id", id)
	if client != nil {
		wire.From(r).AllowOrigin = client.AllowsOrigin
	}
	switch {
	case err != nil:
	case client == nil:
		err = tenant.InexistentClient(id)
	case connection == nil || !connection.Database():
		err = tenant.DatabaseUnknown(name)
	case !connection.EnabledFor(id):
		err = tenant.DatabaseDisabled(name, client)
	}
	return client, connection, err
}

// signedUp is a successful sign-up, in Auth0's order.
//
// Source: Auth0 docs, Authentication API, "Signup". Observed: member order of
// the go-auth0 recordings.
type signedUp struct {
	ID            string         `json:"_id"`
	Email         string         `json:"email,omitempty"`
	Username      string         `json:"username,omitempty"`
	EmailVerified *bool          `json:"email_verified,omitempty"`
	PhoneNumber   string         `json:"phone_number,omitempty"`
	PhoneVerified *bool          `json:"phone_verified,omitempty"`
	GivenName     string         `json:"given_name,omitempty"`
	FamilyName    string         `json:"family_name,omitempty"`
	Name          string         `json:"name,omitempty"`
	Nickname      string         `json:"nickname,omitempty"`
	Picture       string         `json:"picture,omitempty"`
	UserMetadata  map[string]any `json:"user_metadata,omitempty"`
}

// signup makes a user. Members it does not know are ignored: auth0.js passes on
// whatever the application gave it.
//
// Source: Auth0 docs, Authentication API, "Signup". Observed: auth0.js,
// authentication/db-connection.
func (h *Handler) signup(r *http.Request) (res *wire.Response, err error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	var user *tenant.User
	defer func() { h.logOutcome(r, p, user, tenant.LogSuccessSignup, tenant.LogFailedSignup, err) }()
	client, connection, err := h.database(r, p)
	if err != nil {
		return nil, err
	}
	if connection.SignupDisabled() {
		return nil, tenant.SignupDisabled(connection.Name)
	}
	user, err = newUser(connection, p)
	if err != nil {
		return nil, err
	}
	sent := *user // what comes back is what was sent, not what was filled in
	if p.Get("password") == "" {
		return nil, tenant.DatabaseMissing("password")
	}
	signup := flow.NewUser{About: event(r, p, ""), Connection: connection, User: user, Password: p.Get("password")}
	if err := h.SignUp(signup, client, occasion(r)); err != nil {
		user = nil // has been given an id, and is nobody
		return nil, err
	}
	wire.From(r).Note("user_id", user.UserID)
	_, id, _ := strings.Cut(user.UserID, "|")
	answer := signedUp{
		ID: id, Email: user.Email, Username: user.Username, PhoneNumber: user.PhoneNumber, GivenName: sent.GivenName,
		FamilyName: sent.FamilyName, Name: sent.Name, Nickname: sent.Nickname, Picture: sent.Picture, UserMetadata: sent.UserMetadata,
	}
	no := false
	if user.Email != "" {
		answer.EmailVerified = &no
	}
	if user.PhoneNumber != "" {
		answer.PhoneVerified = &no
	}
	return databaseJSON(http.StatusOK, answer)
}

// newUser reads who signs up.
func newUser(c *tenant.Connection, p wire.Params) (*tenant.User, error) {
	user := &tenant.User{
		Email: strings.TrimSpace(p.Get("email")), GivenName: p.Get("given_name"), FamilyName: p.Get("family_name"),
		Name: p.Get("name"), Nickname: p.Get("nickname"), Picture: p.Get("picture"),
	}
	if err := readIdentifiers(c, p, user); err != nil {
		return nil, err
	}
	for _, text := range []struct {
		name, value string
		limit       int
	}{
		{"name", user.Name, maxName}, {"nickname", user.Nickname, maxName},
		{"given_name", user.GivenName, maxPartOfName}, {"family_name", user.FamilyName, maxPartOfName},
		{"picture", user.Picture, maxPicture},
	} {
		if len([]rune(text.value)) > text.limit {
			return nil, tenant.DatabaseInvalid(text.name + " is too long")
		}
	}
	var err error
	user.UserMetadata, err = userMetadata(p)
	return user, err
}

// Limits of a profile, in characters.
//
// Source: Management API, POST /api/v2/users; the picture's is ours.
const (
	maxName       = 300
	maxPartOfName = 150
	maxPicture    = 2048
)

// readIdentifiers reads what the person will log in with. A database asks for
// an e-mail address, and a username where it requires one; one with attributes
// takes any of those that are identifiers.
//
// Source: Auth0 docs, "Adding username for database connections", "Activate and
// configure attributes for flexible identifiers". Observed: go-auth0 recordings
// of sign-ups by phone number.
func readIdentifiers(c *tenant.Connection, p wire.Params, user *tenant.User) error {
	usernames := c.RequiresUsername()
	if c.Flexible() {
		user.PhoneNumber = strings.TrimSpace(p.Get("phone_number"))
		usernames = p.Get("username") != ""
	}
	if usernames {
		user.Username = strings.TrimSpace(p.Get("username"))
	}
	if c.Flexible() {
		if user.Email == "" && user.PhoneNumber == "" && user.Username == "" {
			return tenant.DatabaseMissing("email, phone_number or username")
		}
	} else if user.Email == "" {
		return tenant.DatabaseMissing("email")
	}
	switch {
	case user.Email != "" && !tenant.ValidEmail(user.Email):
		return tenant.DatabaseInvalid("email format validation failed")
	case user.PhoneNumber != "" && !tenant.ValidPhone(user.PhoneNumber):
		return tenant.DatabaseInvalid("phone_number format validation failed")
	case !usernames:
		return nil
	case user.Username == "":
		return tenant.DatabaseMissing("username")
	}
	return checkUsername(c, user.Username)
}

// checkUsername holds a username against the connection's limits.
func checkUsername(c *tenant.Connection, username string) error {
	least, most := c.UsernameLimits()
	if n := len([]rune(username)); n < least || n > most {
		return tenant.DatabaseInvalid("username length validation failed").
			WithHint("options.validation.username of connection %q allows %d to %d characters", c.Name, least, most)
	}
	if !tenant.ValidUsername(username) {
		return tenant.DatabaseInvalid("username format validation failed").
			WithHint("a username has letters, digits and _+-.!#$^`~@', and is no e-mail address")
	}
	return nil
}

// Limits of user_metadata.
//
// Source: Auth0 docs, Authentication API, "Signup".
const (
	maxMetadata       = 10
	maxMetadataLength = 500
)

// userMetadata reads an object of strings; a form may send it as
// user_metadata[name]=value too.
//
// Source: Auth0 docs, Authentication API, "Signup".
func userMetadata(p wire.Params) (map[string]any, error) {
	metadata := map[string]any{}
	if raw := p.Get("user_metadata"); raw != "" {
		if err := json.Unmarshal([]byte(raw), &metadata); err != nil {
			return nil, tenant.DatabaseInvalid("user_metadata must be an object")
		}
	}
	for name, value := range p {
		if inner, ok := strings.CutPrefix(name, "user_metadata["); ok && strings.HasSuffix(inner, "]") {
			metadata[strings.TrimSuffix(inner, "]")] = value
		}
	}
	if len(metadata) > maxMetadata {
		return nil, tenant.DatabaseInvalid("user_metadata must have at most 10 properties")
	}
	for name, value := range metadata {
		text, ok := value.(string)
		switch {
		case !ok:
			return nil, tenant.DatabaseInvalid("user_metadata values must be strings")
		case len([]rune(name)) > maxMetadataLength || len([]rune(text)) > maxMetadataLength:
			return nil, tenant.DatabaseInvalid("user_metadata names and values must have at most 500 characters")
		}
	}
	if len(metadata) == 0 {
		return nil, nil
	}
	return metadata, nil
}

// changePassword mails a link to choose a new password, and says the same
// whether or not there is such a user. The old member `password` does not
// change anything.
//
// Source: Auth0 docs, Authentication API, "Change password". Observed: go-auth0
// and ruby-auth0 recordings.
func (h *Handler) changePassword(r *http.Request) (res *wire.Response, err error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	var user *tenant.User
	defer func() { h.logPasswordRequest(r, p, user, err) }()
	client, connection, err := h.database(r, p)
	if err != nil {
		return nil, err
	}
	email := strings.TrimSpace(p.Get("email"))
	switch {
	case email == "":
		return nil, tenant.DatabaseMissing("email")
	case !tenant.ValidEmail(email):
		return nil, tenant.DatabaseInvalid("email format validation failed")
	case p.Get("password") != "" && client.OIDCConformant:
		return nil, tenant.DatabaseInvalid("password is not allowed").
			WithHint("an OIDC-conformant client cannot choose the new password here; the person does, behind the link in the mail")
	}
	user = h.SendPasswordReset(connection, email, client, occasion(r))
	return wire.HTML(http.StatusOK, []byte("We've just sent you an email to reset your password.")).Uncached(), nil
}
