package login

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

const pathSSOData = "/user/ssodata"

// ssoConnection is the connection a session came from.
type ssoConnection struct {
	Name     string `json:"name"`
	Strategy string `json:"strategy"`
}

// ssoData is the session as Lock shows it: "Last time you logged in with".
//
// Observed: auth0.js, web-auth (getSSOData) and what it reads; community
// reports for the current_user members.
type ssoData struct {
	SSO                bool           `json:"sso"`
	Email              string         `json:"current_user_email,omitempty"`
	UserID             string         `json:"current_user_id,omitempty"`
	Username           string         `json:"current_user_username,omitempty"`
	Connection         *ssoConnection `json:"connection,omitempty"`
	LastUsedUserID     string         `json:"lastUsedUserID,omitempty"`
	LastUsedUsername   string         `json:"lastUsedUsername,omitempty"`
	LastUsedClientID   string         `json:"lastUsedClientID,omitempty"`
	LastUsedConnection *ssoConnection `json:"lastUsedConnection,omitempty"`
	SessionClients     []string       `json:"sessionClients,omitempty"`
}

// ssodata tells a page who is logged in. Of pages elsewhere only those of the
// client that the query names, or of any client if it names none, may read it.
//
// Observed: auth0.js, web-auth (getSSOData).
func (h *Handler) ssodata(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	x.Credentials = true
	var data ssoData
	var client *tenant.Client
	id := r.URL.Query().Get("client_id")
	_ = h.Store.View(func(s *store.State) error { client = s.Client(id); return nil })
	if id != "" {
		x.Note("client_id", id)
		x.AllowOrigin = func(origin string) bool { return client != nil && client.AllowsOrigin(origin) }
	}
	session := h.UseSession(h.sessionID(r), "")
	if session == nil {
		return wire.JSON(http.StatusOK, data)
	}
	_ = h.Store.View(func(s *store.State) error {
		user := s.User(session.UserID)
		if user == nil || user.Blocked {
			return nil
		}
		connection := &ssoConnection{Name: session.Connection}
		if c := s.ConnectionByName(session.Connection); c != nil {
			connection.Strategy = c.Strategy
		}
		data = ssoData{
			SSO: true, Email: user.Email, UserID: user.UserID, Username: user.Username, Connection: connection,
			LastUsedUserID: user.UserID, LastUsedUsername: user.Label(), LastUsedConnection: connection, SessionClients: session.Clients,
		}
		if n := len(session.Clients); n > 0 {
			data.LastUsedClientID = session.Clients[n-1]
		}
		return nil
	})
	return wire.JSON(http.StatusOK, data)
}
