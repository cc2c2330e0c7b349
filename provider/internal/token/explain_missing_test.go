package token_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// response makes the token of the scene a whole token response, with members
// beside the access token.
func (s *scene) response(others ...string) *scene {
	answer := map[string]string{"access_token": s.e.Token, "token_type": "Bearer"}
	for _, name := range others {
		answer[name] = "v1.Mrest"
	}
	b, err := json.Marshal(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	s.e.Token = string(b)
	return s
}

func strict(s *tenant.Snapshot) {
	partner(s)
	s.Clients[0].ClientID = "tpc_Partner"
	s.ClientGrants[len(s.ClientGrants)-1].ClientID = "tpc_Partner"
}

func byStrict(r *token.Request, dir tenant.Directory) { r.Client = dir.Client("tpc_Partner") }

func consented(scopes ...string) func(*token.Request, tenant.Directory) {
	return func(r *token.Request, _ tenant.Directory) { r.Consented = scopes }
}

func refused(code, description, hint string) func(*token.Evidence) {
	return func(e *token.Evidence) {
		e.Recent = append(e.Recent, token.Issued{At: noon.Add(time.Second), ClientID: webID, UserID: ada, Error: code, ErrorDescription: description, Hint: hint})
	}
}

func family(f token.Family) func(*scene) *scene {
	f.ClientID, f.UserID, f.Audience, f.Scopes, f.At = webID, ada, orders, []string{"openid", "offline_access"}, noon
	return func(s *scene) *scene {
		s.e.Token = "v1.MabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"
		s.e.Families = func(string) *token.Family { return &f }
		return s
	}
}

// TestWhatIsMissing: each name is a sentence that the explanation has to make
// true, by what it says in the pieces.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		scene  func(*scene) *scene
		says   string // in the whole text, in pieces
		silent string // not in it
	}{
		{"there is no refresh token because the API does not allow offline access", func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.ResourceServers[0].AllowOfflineAccess = false }).access(ada, "openid offline_access").response("id_token")
		}, `The answer has no refresh_token: API "Orders API" does not allow offline access. Set its allow_offline_access to true.`, "no id_token"},
		{"there is no refresh token because the client may not use the grant", func(s *scene) *scene {
			return s.both(func(s *tenant.Snapshot) { s.Clients[0].GrantTypes = []string{"authorization_code"} }).
				access(ada, "openid offline_access").response("id_token")
		}, `no refresh_token: client "Acme Web" may not use the refresh_token grant. Add refresh_token to its grant_types.`, ""},
		{"there is no refresh token because the flow is implicit", func(s *scene) *scene {
			return s.access(ada, "openid offline_access", flow(token.FlowImplicit)).response("id_token")
		}, `no refresh_token: the implicit flow issues no refresh tokens. Use response_type=code.`, ""},
		{"there is no refresh token because offline_access was not requested", func(s *scene) *scene {
			return s.access(ada, "openid").response("id_token")
		}, `no refresh_token: scope offline_access was not requested. Request it at login.`, ""},
		{"there is no refresh token for an opaque access token either if offline_access was not requested", func(s *scene) *scene {
			return s.access(ada, "openid", noAudience).response("id_token")
		}, `no refresh_token: scope offline_access was not requested.`, "allow offline access"},
		{"there is no refresh token because consent did not include offline_access", func(s *scene) *scene {
			return s.both(partner).access(ada, "openid offline_access", consented("openid")).response("id_token")
		}, `no refresh_token: the user's consent for "Acme Web" does not include it.`, ""},
		{"machines get no refresh token and no ID token", func(s *scene) *scene { return s.access("", "", machine).response() },
			"no refresh_token: machines get none|no id_token: an ID token tells who logged in, and no user is involved.", ""},
		{"nothing is missing from an answer that holds all three", func(s *scene) *scene {
			return s.access(ada, "openid offline_access").response("id_token", "refresh_token")
		}, "", "The answer has no"},
		{"of a token alone it is not known what came with it", func(s *scene) *scene { return s.access(ada, "profile") }, "", "The answer has no"},
		{"there is no ID token because openid was not requested", func(s *scene) *scene { return s.access(ada, "profile").response() },
			"no id_token: the scope openid was not granted. Request scope openid.", ""},
		{"strict third-party applications get no ID token", func(s *scene) *scene {
			return s.both(strict).access(ada, "openid offline_access read:orders", byStrict).response()
		}, `no id_token: "Acme Web" is a third-party application in strict mode|no refresh_token:`, ""},

		{"a scope is missing because the user did not consent to it", func(s *scene) *scene {
			return s.both(partner).both(bothOff).access(ada, "openid read:orders write:orders", consented("openid", "read:orders"))
		}, `Scope "write:orders" was requested and dropped: the user's consent for "Acme Web" does not include it.|asked anew where more is requested`, ""},
		{"a scope is missing because the exchange of the refresh token asked for less", func(s *scene) *scene {
			s.access(bea, "openid read:orders", flow(token.FlowRefresh))
			s.e.Recent[0].Narrowed = []string{"write:orders"}
			return s
		}, `Scope "write:orders" was granted at login, and the exchange of the refresh token asked for less.|Send no scope with the exchange`, ""},
		{"a third-party application without a client grant gets no token", func(s *scene) *scene {
			return s.both(partner).access(ada, "openid").later(func(s *tenant.Snapshot) { s.ClientGrants = s.ClientGrants[:1] })
		}, `✘ Client|add a client grant for "Acme Web" with subject_type "user"`, ""},
		{"a third-party application whose client grant lacks the scope does not get it", func(s *scene) *scene {
			return s.both(partner).both(bothOff).both(func(s *tenant.Snapshot) {
				s.ClientGrants[len(s.ClientGrants)-1].Scope = []string{"read:orders"}
			}).access(ada, "openid write:orders")
		}, `Scope "write:orders" was requested and dropped: the client grant of "Acme Web" for API "Orders API" does not include it.`, ""},

		{"consent is missing in silence, and the tenant says why it is needed", func(s *scene) *scene {
			return pasted("consent_required: Consent required")(s.with(refused("consent_required", "Consent required", `"Acme Web" is a third-party application`)))
		}, `The user has to agree first|Log in once without prompt=none|✘ The last request of application "Acme Web" was refused at 2026-03-01 12:00:01 UTC: "consent_required": Consent required. "Acme Web" is a third-party application.`, ""},
		{"consent was declined", pasted("access_denied: User did not authorize the request"),
			"The user was asked for consent and declined|accepted or declined together", ""},
		{"a silent login needs a confirmation", pasted("http://localhost:3000/cb?error=interaction_required&error_description=Interaction%20required"),
			"met a question that only the user can answer|without prompt=none", ""},
		{"a silent login found an expired session", func(s *scene) *scene {
			return pasted(`{"error":"login_required","error_description":"Login required"}`)(s.with(refused("login_required", "Login required", "the browser's session has ended: it expired")))
		}, `A silent login (prompt=none) found no session|The browser's session has ended: it expired.`, ""},
		{"an error that is not the latest refusal is explained without it", func(s *scene) *scene {
			return pasted("login_required")(s.with(refused("consent_required", "Consent required", "because")))
		}, "found no session", "The last request"},
		{"a refresh was refused", func(s *scene) *scene {
			return pasted("invalid_grant: Unknown or invalid refresh token.")(s.with(refused("invalid_grant", "Unknown or invalid refresh token.", "its family ended")))
		}, "no longer one, that the application may exchange|Its family ended.", ""},

		{"a refresh token that works says whose it is", family(token.Family{Works: true}),
			`This refresh token of application "Acme Web" for ada@acme.test works|Exchange it at /oauth/token|✔ It works.|✔ It was granted scope "openid", "offline_access" for API "` + orders + `".`, ""},
		{"a refresh token was replaced by rotation", family(token.Family{}),
			"was replaced by rotation, and a newer one of its family works|would revoke the whole family|✘ It works.", ""},
		{"a rotated refresh token was used again, so its family is revoked", family(token.Family{End: token.EndedByReuse}),
			"its family ended at 2026-03-01 12:00:00 UTC, because a token that rotation had replaced was used again (reuse detection)|refresh_token.leeway", ""},
		{"a refresh token was revoked", family(token.Family{End: token.EndedByRevoking}), "because it was revoked at /oauth/revoke", ""},
		{"a refresh token ended with its grant", family(token.Family{End: token.EndedByGrant}), "revoke_refresh_token_grant", ""},
		{"a refresh token ended with its session", family(token.Family{End: token.EndedBySession}), "the session it was bound to (online_access) has ended", ""},
		{"a refresh token ended as rotation was switched", family(token.Family{End: token.EndedByRotation}), "rotation was switched on or off", ""},
		{"a refresh token made room for a newer one", family(token.Family{End: token.EndedByLimit}), "the oldest made room", ""},
		{"a refresh token expired", family(token.Family{End: token.EndedByTime}), "its lifetime, or the time it may lie unused, was over|idle_token_lifetime", ""},
		{"a refresh token's family is not known here", func(s *scene) *scene {
			return family(token.Family{})(s).with(func(e *token.Evidence) { e.Families = func(string) *token.Family { return nil } })
		}, "This is a refresh token, which holds nothing to read|This tenant does not know its family", ""},
		{"a refresh token's user and application are gone", func(s *scene) *scene {
			return family(token.Family{Works: true})(s.later(func(s *tenant.Snapshot) { s.Users, s.Clients = nil, nil }))
		}, `an application that is gone|a user who is gone`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := row.scene(newScene(t))
			x := s.explain()
			text := x.Text()
			if row.says != "" {
				holds(t, "the text", text, row.says)
			}
			if row.silent != "" && strings.Contains(text, row.silent) {
				t.Errorf("the text says %q:\n%s", row.silent, text)
			}
			oneSentence(t, x.Cause)
			harmless(t, s.e, x)
		})
	}
}

// The reasons for what is missing are Decide's own.
func TestStrictThirdPartyAppIsToldWhyItGetsNoIDToken(t *testing.T) {
	t.Parallel()
	s := acme()
	strict(s)
	dir := directory(t, s)
	req := request(dir, ada, "openid read:orders")
	req.Client = dir.Client("tpc_Partner")
	d := decide(t, dir, req)
	if !slices.ContainsFunc(d.Reasons, func(r token.Reason) bool { return r.Code == token.ReasonIDTokenThirdParty }) || d.IDToken {
		t.Errorf("ID token %v, reasons %v", d.IDToken, d.Reasons)
	}
}
