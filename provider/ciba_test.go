package provider_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// ciba lets the portal ask people for approval, by the channels.
func ciba(channels ...string) change {
	return func(c *provider.Config) {
		portal := client(c, "shopPortal")
		portal.GrantTypes = append(slices.Clone(portal.GrantTypes), tenant.GrantCIBA)
		portal.NotificationChannels = channels
		api(c, orders).AuthorizationDetails = []map[string]any{{"type": "payment"}}
	}
}

func hint(sub string) string { return `{"format":"iss_sub","iss":"` + base + `/","sub":"` + sub + `"}` }

func backchannelRequest(changes ...string) []string {
	return with([]string{
		"client_id", "shopPortal", "client_secret", "shop-portal-secret", "scope", "openid profile read:orders",
		"audience", orders, "binding_message", "Order 4711", "login_hint", hint("auth0|ada"),
	}, changes...)
}

func (w *world) ask(changes ...string) *answer {
	w.t.Helper()
	return w.browser().post("/bc-authorize", backchannelRequest(changes...)...)
}

func (w *world) pollApproval(asked *answer, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", tenant.GrantCIBA, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "auth_req_id", asked.text("auth_req_id"),
	}, changes...)...)
}

func (w *world) answerFor(user, answer string) *answer {
	w.t.Helper()
	return w.browser().postJSON("/_faux0/approvals", map[string]string{"user": user, "answer": answer})
}

const approvalPending, approvalDenied = "The end-user authorization is pending", "The end-user denied the authorization request or it has been expired"

// CIBA Core §7.3, §10.1: from the request to the tokens.
func TestApprovedRequestGetsTokens(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask().want(200)
	if got := asked.json(); got["expires_in"] != 300.0 || got["interval"] != 5.0 || len(got) != 3 || len(asked.text("auth_req_id")) < 22 {
		t.Errorf("asked: %s", asked.body)
	}
	w.pollApproval(asked).wantError(400, "authorization_pending", approvalPending)

	var list []provider.Approval
	if err := json.Unmarshal([]byte(w.browser().get("/_faux0/approvals").want(200).body), &list); err != nil || len(list) != 1 {
		t.Fatalf("%d approvals, %v", len(list), err)
	}
	equal(t, "what is asked", list[0].Kind+" "+list[0].UserID+" "+list[0].Message+" "+list[0].Channel, "ciba auth0|ada Order 4711 guardian-push")

	w.answerFor("ada@shop.example", "approve").want(http.StatusNoContent)
	tokens := w.pollApproval(asked).want(200)
	verify(t, w, tokens.text("id_token"))
	id, access := claims(t, tokens.text("id_token")), claims(t, tokens.text("access_token"))
	equal(t, "sub", id["sub"], any("auth0|ada"))
	equal(t, "aud", id["aud"], any("shopPortal"))
	equal(t, "scope", access["scope"], any("openid profile read:orders"))
	if _, ok := tokens.json()["refresh_token"]; ok {
		t.Error("a refresh token that nobody asked for")
	}
	if id["sid"] != nil {
		t.Error("an ID token names a session, and no browser has one")
	}
	w.pollApproval(asked).wantError(400, "invalid_grant", "Invalid or expired auth_req_id.")
	equal(t, "what still waits", w.browser().get("/_faux0/approvals").body, "[]")
}

func TestApprovedRequestMayGetARefreshToken(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask("scope", "openid offline_access")
	w.answerFor("auth0|ada", "approve").want(204)
	refresh := w.pollApproval(asked).want(200).text("refresh_token")
	w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", refresh).want(200)
}

// CIBA Core §11: access_denied, for a no and for no answer alike.
func TestDeniedAndExpiredRequestsAreDenied(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	denied := w.ask()
	w.answerFor("auth0|ada", "deny").want(204)
	w.pollApproval(denied).wantError(400, "access_denied", approvalDenied)
	w.pollApproval(denied).wantError(400, "invalid_grant", "Invalid or expired auth_req_id.")

	short := w.ask("requested_expiry", "30")
	equal(t, "expires_in", short.json()["expires_in"], any(30.0))
	approvedLate := w.ask("requested_expiry", "60", "login_hint", hint("auth0|nora"))
	w.answerFor("auth0|nora", "approve").want(204)
	w.control.Clock().Advance(time.Minute)
	w.answerFor("auth0|ada", "approve").want(400)
	w.pollApproval(short).wantError(400, "access_denied", approvalDenied)
	w.pollApproval(approvedLate).wantError(400, "access_denied", approvalDenied)
}

// CIBA Core §11: slow_down, with how long to wait.
func TestClientThatPollsTooFastIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask()
	w.pollApproval(asked).wantError(400, "authorization_pending", approvalPending)
	for _, wait := range []string{"10", "15"} {
		w.control.Clock().Advance(time.Second)
		res := w.pollApproval(asked).wantError(400, "slow_down", "You are polling faster than allowed. Try again in "+wait+" seconds.")
		equal(t, "Retry-After", res.header.Get("Retry-After"), wait)
	}
	w.control.Clock().Advance(15 * time.Second)
	w.pollApproval(asked).wantError(400, "authorization_pending", approvalPending)
}

func TestBackchannelRequestIsChecked(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	const unknown = "User ID is malformed or unknown"
	const binding = "binding_message may have at most 64 characters: letters, digits, spaces and +-_.,:#"
	const expiry = "requested_expiry must be a number of seconds from 1 to 300"
	for _, c := range []struct {
		name, member, value string
		status              int
		code, description   string
	}{
		{"no openid", "scope", "profile", 400, "invalid_request", "openid scope must be requested"},
		{"nobody", "login_hint", hint("auth0|nobody"), 400, "unknown_user_id", unknown},
		{"a bare user_id", "login_hint", "auth0|ada", 400, "unknown_user_id", unknown},
		{"another format", "login_hint", strings.Replace(hint("auth0|ada"), "iss_sub", "email", 1), 400, "unknown_user_id", unknown},
		{"another tenant's", "login_hint", `{"format":"iss_sub","iss":"https://evil.example/","sub":"auth0|ada"}`, 400, "unknown_user_id", unknown},
		{"no login_hint", "login_hint", "", 400, "invalid_request", "Missing required parameter: login_hint"},
		{"no binding_message", "binding_message", "", 400, "invalid_request", "Missing required parameter: binding_message"},
		{"a long binding_message", "binding_message", strings.Repeat("x", 65), 400, "invalid_binding_message", binding},
		{"a binding_message with markup", "binding_message", "<b>", 400, "invalid_binding_message", binding},
		{"no time", "requested_expiry", "0", 400, "invalid_request", expiry},
		{"more time than push has", "requested_expiry", "301", 400, "invalid_request", expiry},
		{"a time in words", "requested_expiry", "soon", 400, "invalid_request", expiry},
		{"an unknown API", "audience", "https://nowhere.example", 403, "access_denied", "Service not found: https://nowhere.example"},
		{"a wrong secret", "client_secret", "x", 401, "invalid_client", "Client authentication failed"},
		{"details that are no JSON", "authorization_details", "x", 400, "invalid_authorization_details", "authorization_details must be a JSON array of objects"},
		{"details without a type", "authorization_details", "[{}]", 400, "invalid_authorization_details", "Each of the authorization_details needs a type"},
		{"details of an unknown type", "authorization_details", `[{"type":"party"}]`, 400, "invalid_authorization_details", "Unknown type of authorization_details: party"},
	} {
		t.Log(c.name)
		w.ask(c.member, c.value).wantError(c.status, c.code, c.description)
	}
	if n := len(w.control.Approvals()); n != 0 {
		t.Errorf("%d people were asked", n)
	}
	if e := w.lastEvent(tenant.LogCIBAStartFailed); e.Description == "" || e.ClientID != "shopPortal" {
		t.Errorf("the log says %+v", e)
	}
}

func TestOnlyAFirstPartyClientWithASecretMayAsk(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*tenant.Client){
		"without the grant":           func(c *tenant.Client) { c.GrantTypes = []string{tenant.GrantAuthorizationCode} },
		"of a third party":            func(c *tenant.Client) { c.IsFirstParty = false },
		"without a secret":            func(c *tenant.Client) { c.TokenEndpointAuthMethod = "none" },
		"that is not OIDC conformant": func(c *tenant.Client) { c.OIDCConformant = false },
	} {
		t.Log(name)
		w := run(t, ciba(), func(c *provider.Config) { change(client(c, "shopPortal")) })
		w.ask().wantError(403, "unauthorized_client", "Grant type 'urn:openid:params:grant-type:ciba' not allowed for the client.")
	}
}

// RFC 9396 §7, §9.1: what was approved is in the answer and in the token.
func TestAuthorizationDetailsAreInTheAnswerAndTheToken(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask("authorization_details", `[{"type":"payment","amount":"50 EUR"}]`).want(200)
	equal(t, "amount shown", w.control.Approvals()[0].Details[0]["amount"], any("50 EUR"))
	w.answerFor("auth0|ada", "approve").want(204)
	tokens := w.pollApproval(asked).want(200)
	for what, holder := range map[string]map[string]any{"answer": tokens.json(), "token": claims(t, tokens.text("access_token"))} {
		list, _ := holder["authorization_details"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["amount"] != "50 EUR" {
			t.Errorf("authorization_details of the %s: %v", what, holder["authorization_details"])
		}
	}
}

func TestMailLeadsToAPageThatApproves(t *testing.T) {
	t.Parallel()
	w := run(t, ciba("guardian-push", "email"))
	asked := w.ask("requested_expiry", "3600", "authorization_details", `[{"type":"payment","amount":"50 EUR"}]`).want(200)
	equal(t, "expires_in", asked.json()["expires_in"], any(3600.0))
	mail := w.control.Outbox(provider.OutboxFilter{To: "ada@shop.example", Kind: provider.MessageApproval})
	if len(mail) != 1 || !strings.Contains(mail[0].Text, "Order 4711") {
		t.Fatalf("mails: %+v", mail)
	}
	link, _ := strings.CutPrefix(mail[0].Link, base)
	ticket, _ := url.Parse(link)
	b := w.browser()
	page := b.get(link).want(200)
	for _, want := range []string{"Order 4711", "Shop Portal", "ada@shop.example", "Orders API", "read:orders", "50 EUR"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// Looking answers nothing, and so does half an answer.
	w.pollApproval(asked).wantError(400, "authorization_pending", approvalPending)
	b.post("/u/approval", "ticket", ticket.Query().Get("ticket")).want(400)
	b.post("/u/approval", "ticket", "made-up", "answer", "approve").want(400)
	b.post("/u/approval", "ticket", asked.text("auth_req_id"), "answer", "approve").want(400) // the client's own id opens nothing
	b.post("/u/approval", "ticket", ticket.Query().Get("ticket"), "answer", "approve").want(200)
	b.post("/u/approval", "ticket", ticket.Query().Get("ticket"), "answer", "deny").want(400)
	b.get(link).want(400)
	w.pollApproval(asked).want(200)
}

func TestMailNeedsAVerifiedAddress(t *testing.T) {
	t.Parallel()
	w := run(t, ciba("email"))
	w.ask().want(200)
	w.ask("login_hint", hint("auth0|nora")).wantError(400, "invalid_request", "The user cannot be notified through any of the client's notification channels")
	w.ask("requested_expiry", "259201").wantError(400, "invalid_request", "requested_expiry must be a number of seconds from 1 to 259200")
}

func TestApprovalOfAnotherClientIsWorthless(t *testing.T) {
	t.Parallel()
	w := run(t, ciba(), func(c *provider.Config) {
		hs := client(c, "shopHS")
		hs.GrantTypes = append(slices.Clone(hs.GrantTypes), tenant.GrantCIBA)
	})
	asked := w.ask()
	w.answerFor("auth0|ada", "approve").want(204)
	w.pollApproval(asked, "client_id", "shopHS", "client_secret", "shop-hs-secret-shop-hs-secret-shop-hs-secret").
		wantError(400, "invalid_grant", "Invalid or expired auth_req_id.")
	w.pollApproval(asked).want(200)
}

func TestApprovalIsRedeemedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask()
	w.answerFor("auth0|ada", "approve").want(204)
	var done sync.WaitGroup
	got := make(chan int, 50)
	for range cap(got) {
		done.Add(1)
		go func() {
			defer done.Done()
			res, err := w.browser().http.PostForm(base+"/oauth/token", url.Values{
				"grant_type": {tenant.GrantCIBA}, "client_id": {"shopPortal"}, "client_secret": {"shop-portal-secret"}, "auth_req_id": {asked.text("auth_req_id")},
			})
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			got <- res.StatusCode
		}()
	}
	done.Wait()
	close(got)
	count := map[int]int{}
	for status := range got {
		count[status]++
	}
	if count[200] != 1 || count[400] != 49 {
		t.Errorf("of 50 redemptions %v", count)
	}
}

func TestBlockedUserApprovesNothing(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask()
	w.answerFor("auth0|ada", "approve").want(204)
	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	w.pollApproval(asked).wantError(403, "unauthorized", "user is blocked")
	equal(t, "the log", w.lastEvent(tenant.LogCIBAExchangeFailed).Description, "user is blocked")
}

func TestAnswersAreGivenToWhatWasMeant(t *testing.T) {
	t.Parallel()
	w := run(t, ciba(), tv)
	w.answerFor("auth0|ada", "approve").want(400)    // nothing waits
	w.answerFor("auth0|nobody", "approve").want(400) // nobody
	first, second := w.ask(), w.ask()
	w.answerFor("auth0|ada", "approve").want(400) // which?
	w.answerFor("auth0|ada", "perhaps").want(400)
	w.browser().postJSON("/_faux0/approvals", map[string]string{"auth_req_id": second.text("auth_req_id"), "answer": "deny"}).want(204)
	w.answerFor("auth0|ada", "approve").want(204)
	w.pollApproval(first).want(200)
	w.pollApproval(second).wantError(400, "access_denied", approvalDenied)
	// The console's form.
	asked := w.ask()
	if page := w.browser().get("/_faux0/"); !strings.Contains(page.body, "Order 4711") {
		t.Error("the console does not list what waits")
	}
	w.browser().post("/_faux0/approvals", "auth_req_id", asked.text("auth_req_id"), "answer", "approve").wantPath("/_faux0/")
	w.pollApproval(asked).want(200)
	// JSON without a Content-Type of its own, as curl -d sends it.
	asked = w.ask()
	w.browser().do("POST", "/_faux0/approvals", head("Content-Type", "application/x-www-form-urlencoded"), `{"user":"auth0|ada","answer":"deny"}`).want(204)
	w.pollApproval(asked).wantError(400, "access_denied", approvalDenied)
	// A device, by its code.
	device := w.startDevice()
	code := map[string]string{"user_code": device.text("user_code"), "user": "bob@shop.example", "answer": "approve"}
	w.browser().postJSON("/_faux0/approvals", code).want(403)
	code["user"] = "sam@shop.example" // whose connection the device may not use
	w.browser().postJSON("/_faux0/approvals", code).want(400)
	code["user"] = "ada@shop.example"
	w.browser().postJSON("/_faux0/approvals", code).want(204)
	if sid := claims(t, w.poll(device).want(200).text("id_token"))["sid"]; sid == nil {
		t.Error("the device's ID token has no sid")
	}
}

func TestWaitingForAnApprovalEndsWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	got := make(chan error, 1)
	go func() {
		a, err := w.control.WaitApproval(context.Background(), "ada@shop.example")
		if err == nil {
			err = w.control.Answer(provider.ApprovalAnswer{ID: a.ID, Answer: provider.AnswerApprove})
		}
		got <- err
	}()
	asked := w.ask()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	w.pollApproval(asked).want(200)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.control.WaitApproval(ctx, "ada@shop.example"); err == nil {
		t.Error("waiting for nothing found something")
	}
}

func TestCIBAIsInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t, ciba())
	asked := w.ask()
	e := w.lastEvent(tenant.LogCIBAStarted)
	equal(t, "ciba_start_succeeded", e.ClientName+" "+e.UserID, "Shop Portal auth0|ada")
	w.pollApproval(asked)
	w.answerFor("auth0|ada", "approve")
	w.pollApproval(asked).want(200)
	e = w.lastEvent(tenant.LogCIBAExchanged)
	equal(t, "ciba_exchange_succeeded", e.ClientName+" "+e.UserID+" "+e.Audience, "Shop Portal auth0|ada "+orders)
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		if e.Type == tenant.LogCIBAExchangeFailed {
			t.Error("waiting is logged as a failure")
		}
	}
}
