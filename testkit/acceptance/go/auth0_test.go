package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	authentication1 "github.com/auth0/go-auth0/authentication"
	oauth1 "github.com/auth0/go-auth0/authentication/oauth"
	"github.com/auth0/go-auth0/v2/authentication"
	"github.com/auth0/go-auth0/v2/authentication/ciba"
	"github.com/auth0/go-auth0/v2/authentication/database"
	"github.com/auth0/go-auth0/v2/authentication/mfa"
	"github.com/auth0/go-auth0/v2/authentication/oauth"
	"github.com/auth0/go-auth0/v2/authentication/passwordless"
	"github.com/pquerna/otp/totp"
)

const (
	goAuth0v1 = "github.com/auth0/go-auth0"
	goAuth0   = "github.com/auth0/go-auth0/v2"

	serverClient = "acceptanceServer0000000000000001"
	serverSecret = "acceptance-server-secret"
	directory    = "Username-Password-Authentication"
	userScope    = "openid profile email offline_access read:orders"
)

// TestGoAuth0 is Auth0's own client for Go, which validates each ID token.
func TestGoAuth0(t *testing.T) {
	_, tenant := start(t)
	ctx := t.Context()
	auth := must(authentication.New(ctx, tenant.host(), authentication.WithClientID(serverClient),
		authentication.WithClientSecret(serverSecret), authentication.WithClient(tenant.http)))(t, "client")
	login := oauth.LoginWithPasswordRequest{Username: "ada@acme.test", Password: "Correct-Horse-9", Realm: directory, Audience: ordersAPI, Scope: userScope}

	flow := func(name, what string, test func(*testing.T)) {
		t.Run(what, func(t *testing.T) {
			did(t, goAuth0, name)
			test(t)
		})
	}
	flow("password-realm", "a password gets a token for the API, and a profile", func(t *testing.T) {
		tokens := must(auth.OAuth.LoginWithPassword(ctx, login, oauth.IDTokenValidationOptions{}))(t, "login")
		if got := permissions(t, tokens.AccessToken); !slices.Equal(got, []string{"read:orders", "write:orders"}) {
			t.Errorf("permissions = %q", got)
		}
		if info := must(auth.UserInfo(ctx, tokens.AccessToken))(t, "userinfo"); info.Email != "ada@acme.test" || info.Sub != "auth0|ada" {
			t.Errorf("userinfo = %+v", info)
		}
		wrong := login
		wrong.Password = "wrong"
		_, err := auth.OAuth.LoginWithPassword(ctx, wrong, oauth.IDTokenValidationOptions{})
		denied(t, err, "invalid_grant", http.StatusForbidden)
	})
	flow("code + PKCE", "a code, with nonce and PKCE", func(t *testing.T) {
		code := tenant.login(t, tenant.issuer+"authorize?"+url.Values{
			"client_id": {serverClient}, "response_type": {"code"}, "redirect_uri": {app + "/callback"}, "scope": {"openid"}, "nonce": {"n"},
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}, // RFC 7636, appendix B
		}.Encode(), "ada@acme.test", "Correct-Horse-9").Get("code")
		tokens := must(auth.OAuth.LoginWithAuthCodeWithPKCE(ctx, oauth.LoginWithAuthCodeWithPKCERequest{
			Code: code, CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", RedirectURI: app + "/callback",
		}, oauth.IDTokenValidationOptions{Nonce: "n"}))(t, "redeem")
		isUser(t, tokens.IDToken, "auth0|ada")
	})
	flow("refresh", "a refresh token rotates and is revoked", func(t *testing.T) {
		first := must(auth.OAuth.LoginWithPassword(ctx, login, oauth.IDTokenValidationOptions{}))(t, "login")
		refresh := func(token string) (*oauth.TokenSet, error) {
			return auth.OAuth.RefreshToken(ctx, oauth.RefreshTokenRequest{RefreshToken: token}, oauth.IDTokenValidationOptions{})
		}
		second := must(refresh(first.RefreshToken))(t, "refresh")
		isUser(t, second.IDToken, "auth0|ada")
		if got := permissions(t, second.AccessToken); len(got) != 2 || second.RefreshToken == first.RefreshToken {
			t.Errorf("permissions = %q, refresh token %q after %q", got, second.RefreshToken, first.RefreshToken)
		}
		if err := auth.OAuth.RevokeRefreshToken(ctx, oauth.RevokeRefreshTokenRequest{Token: second.RefreshToken}); err != nil {
			t.Fatal(err)
		}
		_, err := refresh(second.RefreshToken)
		denied(t, err, "invalid_grant", http.StatusForbidden)
	})
	flow("client_credentials", "a machine gets what its grant says", func(t *testing.T) {
		tokens := must(auth.OAuth.LoginWithClientCredentials(ctx, oauth.LoginWithClientCredentialsRequest{Audience: ordersAPI}, oauth.IDTokenValidationOptions{}))(t, "login")
		if got := permissions(t, tokens.AccessToken); !slices.Equal(got, []string{"read:orders"}) {
			t.Errorf("permissions = %q", got)
		}
	})
	flow("sign-up", "sign up, log in, and ask for another password", func(t *testing.T) {
		const email = "go@acme.test"
		made := must(auth.Database.Signup(ctx, database.SignupRequest{Connection: directory, Email: email, Password: "Correct-Horse-9"}))(t, "sign-up")
		if made.Email != email || made.ID == "" {
			t.Errorf("signed up %+v", made)
		}
		_, err := auth.Database.Signup(ctx, database.SignupRequest{Connection: directory, Email: email, Password: "Correct-Horse-9"})
		denied(t, err, "invalid_signup", http.StatusBadRequest)
		newcomer := login
		newcomer.Username = email
		tokens := must(auth.OAuth.LoginWithPassword(ctx, newcomer, oauth.IDTokenValidationOptions{}))(t, "login")
		isUser(t, tokens.IDToken, "auth0|"+made.ID)
		if got := permissions(t, tokens.AccessToken); len(got) != 0 {
			t.Errorf("somebody new has the permissions %q", got)
		}
		said := must(auth.Database.ChangePassword(ctx, database.ChangePasswordRequest{Connection: directory, Email: email}))(t, "change password")
		if !strings.Contains(said, "email to reset your password") {
			t.Errorf("it says %q", said)
		}
	})
	flow("passwordless", "a code by e-mail and by text message", func(t *testing.T) {
		must(auth.Passwordless.SendEmail(ctx, passwordless.SendEmailRequest{Email: "code@acme.test", Connection: "email", Send: "code"}))(t, "send")
		mailed := must(auth.Passwordless.LoginWithEmail(ctx, passwordless.LoginWithEmailRequest{
			Email: "code@acme.test", Code: tenant.mailed(t, "code@acme.test"), Scope: "openid email",
		}, oauth.IDTokenValidationOptions{}))(t, "login by e-mail")
		if id := isUser(t, mailed.IDToken, "email|*"); id.Email != "code@acme.test" || !id.Verified {
			t.Errorf("the ID token says %+v", id)
		}
		must(auth.Passwordless.SendSMS(ctx, passwordless.SendSMSRequest{PhoneNumber: "+12025550177", Connection: "sms"}))(t, "send")
		texted := must(auth.Passwordless.LoginWithSMS(ctx, passwordless.LoginWithSMSRequest{
			PhoneNumber: "+12025550177", Code: tenant.mailed(t, "+12025550177"), Scope: "openid",
		}, oauth.IDTokenValidationOptions{}))(t, "login by text message")
		isUser(t, texted.IDToken, "sms|*")
	})
	flow("PAR", "a pushed request", func(t *testing.T) {
		pushed := must(auth.OAuth.PushedAuthorization(ctx, oauth.PushedAuthorizationRequest{ResponseType: "code", RedirectURI: app + "/callback", Scope: "openid"}))(t, "push")
		answer := tenant.login(t, tenant.issuer+"authorize?"+url.Values{"client_id": {serverClient}, "request_uri": {pushed.RequestURI}}.Encode(), "ada@acme.test", "Correct-Horse-9")
		tokens := must(auth.OAuth.LoginWithAuthCode(ctx, oauth.LoginWithAuthCodeRequest{Code: answer.Get("code"), RedirectURI: app + "/callback"}, oauth.IDTokenValidationOptions{}))(t, "redeem")
		isUser(t, tokens.IDToken, "auth0|ada")
	})
	flow("CIBA", "somebody is asked on their phone", func(t *testing.T) {
		asked := must(auth.CIBA.Initiate(ctx, ciba.Request{
			Scope: "openid email", BindingMessage: "Order 4711", // it takes an Audience too, but does not send it
			LoginHint: map[string]string{"format": "iss_sub", "iss": tenant.issuer, "sub": "auth0|ada"},
		}))(t, "ask")
		tenant.approve(t, map[string]string{"auth_req_id": asked.AuthReqID, "answer": "approve"})
		tokens := must(auth.OAuth.LoginWithGrant(ctx, "urn:openid:params:grant-type:ciba", url.Values{
			"client_id": {serverClient}, "client_secret": {serverSecret}, "auth_req_id": {asked.AuthReqID},
		}, oauth.IDTokenValidationOptions{}))(t, "poll")
		if info := must(auth.UserInfo(ctx, tokens.AccessToken))(t, "userinfo"); tokens.IDToken == "" || info.Sub != "auth0|ada" {
			t.Errorf("ID token %q, userinfo %+v", tokens.IDToken, info)
		}
	})
}

// TestGoAuth0ShowsSecondFactors logs in somebody who has them all, with the
// codes that pquerna/otp computes as an authenticator app does.
func TestGoAuth0ShowsSecondFactors(t *testing.T) {
	const secret, phone, recovery = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "+12025550188", "ABCDEFGH23456789ABCDEFGH"
	_, tenant := start(t)
	ctx := t.Context()
	auth := must(authentication.New(ctx, tenant.host(), authentication.WithClientID(serverClient),
		authentication.WithClientSecret(serverSecret), authentication.WithClient(tenant.http)))(t, "client")
	login := oauth.LoginWithPasswordRequest{Username: "otto@acme.test", Password: "Correct-Horse-9", Realm: directory, Scope: "openid email"}
	waiting := func(t *testing.T) string {
		t.Helper()
		_, err := auth.OAuth.LoginWithPassword(ctx, login, oauth.IDTokenValidationOptions{})
		var answer *authentication.Error
		if !errors.As(err, &answer) || answer.Err != "mfa_required" || answer.MFAToken == "" {
			t.Fatalf("got %v, want mfa_required with its token", err)
		}
		return answer.MFAToken
	}
	isOtto := func(t *testing.T, idToken string) {
		t.Helper()
		if id := isUser(t, idToken, "auth0|*"); id.Email != "otto@acme.test" {
			t.Errorf("the ID token is of %q", id.Email)
		}
	}
	challenge := func(t *testing.T, token, method string) *mfa.ChallengeResponse {
		t.Helper()
		list := must(auth.MFA.ListAuthenticators(ctx, token))(t, "list")
		at := slices.IndexFunc(list, func(a mfa.ListAuthenticatorsResponse) bool { return strings.HasPrefix(a.ID, method+"|") })
		if at < 0 {
			t.Fatalf("the authenticators are %+v", list)
		}
		return must(auth.MFA.Challenge(ctx, mfa.ChallengeRequest{MFAToken: token, ChallengeType: "oob", AuthenticatorID: list[at].ID}))(t, "challenge")
	}
	flow := func(name, what string, test func(*testing.T)) {
		t.Run(what, func(t *testing.T) {
			did(t, goAuth0, name)
			test(t)
		})
	}
	flow("MFA by app", "the code of an app", func(t *testing.T) {
		token := waiting(t)
		_, err := auth.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: token, OTP: "000000"})
		denied(t, err, "invalid_grant", http.StatusForbidden)
		code := must(totp.GenerateCode(secret, time.Now()))(t, "code")
		tokens := must(auth.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: token, OTP: code}))(t, "verify")
		if info := must(auth.UserInfo(ctx, tokens.AccessToken))(t, "userinfo"); info.Email != "otto@acme.test" {
			t.Errorf("userinfo = %+v", info)
		}
	})
	flow("MFA by text message", "the code that a phone is sent", func(t *testing.T) {
		token := waiting(t)
		asked := challenge(t, token, "sms")
		_, err := auth.MFA.VerifyWithOOB(ctx, mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: asked.OOBCode, BindingCode: "wrong"})
		denied(t, err, "invalid_grant", http.StatusForbidden)
		tokens := must(auth.MFA.VerifyWithOOB(ctx, mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: asked.OOBCode, BindingCode: tenant.mailed(t, phone)}))(t, "verify")
		isOtto(t, tokens.IDToken)
	})
	flow("MFA by push", "a notification that is answered", func(t *testing.T) {
		token := waiting(t)
		asked := challenge(t, token, "push")
		tenant.approve(t, map[string]string{"user": "otto@acme.test", "answer": "approve"})
		tokens := must(auth.MFA.VerifyWithOOB(ctx, mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: asked.OOBCode}))(t, "verify")
		isOtto(t, tokens.IDToken)
	})
	flow("MFA by recovery code", "a recovery code, and the next one", func(t *testing.T) {
		first := must(auth.MFA.VerifyWithRecoveryCode(ctx, mfa.VerifyWithRecoveryCodeRequest{MFAToken: waiting(t), RecoveryCode: recovery}))(t, "verify")
		isOtto(t, first.IDToken)
		_, err := auth.MFA.VerifyWithRecoveryCode(ctx, mfa.VerifyWithRecoveryCodeRequest{MFAToken: waiting(t), RecoveryCode: recovery})
		denied(t, err, "invalid_grant", http.StatusForbidden)
		next := must(auth.MFA.VerifyWithRecoveryCode(ctx, mfa.VerifyWithRecoveryCodeRequest{MFAToken: waiting(t), RecoveryCode: first.RecoveryCode}))(t, "verify with the next one")
		isOtto(t, next.IDToken)
	})
}

// TestGoAuth0Version1 is the version that most programs still import.
func TestGoAuth0Version1(t *testing.T) {
	_, tenant := start(t)
	ctx := t.Context()
	auth := must(authentication1.New(ctx, tenant.host(), authentication1.WithClientID(serverClient),
		authentication1.WithClientSecret(serverSecret), authentication1.WithClient(tenant.http)))(t, "client")

	did(t, goAuth0v1, "password-realm")
	tokens := must(auth.OAuth.LoginWithPassword(ctx, oauth1.LoginWithPasswordRequest{
		Username: "ada@acme.test", Password: "Correct-Horse-9", Realm: directory, Scope: userScope,
	}, oauth1.IDTokenValidationOptions{}))(t, "login")
	if info := must(auth.UserInfo(ctx, tokens.AccessToken))(t, "userinfo"); info.Email != "ada@acme.test" {
		t.Errorf("userinfo = %+v", info)
	}
	did(t, goAuth0v1, "refresh")
	refresh := oauth1.RefreshTokenRequest{RefreshToken: tokens.RefreshToken}
	must(auth.OAuth.RefreshToken(ctx, refresh, oauth1.IDTokenValidationOptions{}))(t, "refresh")
	if _, err := auth.OAuth.RefreshToken(ctx, refresh, oauth1.IDTokenValidationOptions{}); err == nil {
		t.Error("a rotated refresh token was accepted")
	}
}

// denied checks the error that go-auth0 makes of an answer.
func denied(t *testing.T, err error, code string, status int) {
	t.Helper()
	var answer *authentication.Error
	if !errors.As(err, &answer) {
		t.Fatalf("got %v, want %s", err, code)
	}
	if answer.Err != code || answer.Status() != status {
		t.Errorf("got %d %s, want %d %s", answer.Status(), answer.Err, status, code)
	}
}

// identity is what an ID token says.
type identity struct {
	Sub, Email string
	Verified   bool `json:"email_verified"`
}

// isUser reads an ID token that the SDK has verified, and holds its sub against
// one, or against what comes before *.
func isUser(t *testing.T, idToken, sub string) (id identity) {
	t.Helper()
	decodeClaims(t, idToken, &id)
	if before, any := strings.CutSuffix(sub, "*"); id.Sub != sub && !(any && strings.HasPrefix(id.Sub, before)) {
		t.Errorf("sub is %q, want %q", id.Sub, sub)
	}
	return id
}

// host is what Auth0's SDKs call the domain.
func (a tenant) host() string {
	return strings.TrimSuffix(strings.TrimPrefix(a.issuer, "https://"), "/")
}

// mailed is the code of the newest message to somebody.
func (a tenant) mailed(t *testing.T, to string) string {
	t.Helper()
	var messages []struct{ Code string }
	if err := json.Unmarshal([]byte(a.get(t, "_faux0/outbox?wait=2m&"+url.Values{"to": {to}}.Encode())), &messages); err != nil || len(messages) == 0 {
		t.Fatalf("no message to %s: %v", to, err)
	}
	return messages[len(messages)-1].Code
}

// approve answers for the person who is asked.
func (a tenant) approve(t *testing.T, answer map[string]string) {
	t.Helper()
	body := must(json.Marshal(answer))(t, "answer")
	req := must(http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, a.issuer+"_faux0/approvals", strings.NewReader(string(body))))(t, "request")
	req.Header.Set("Content-Type", "application/json")
	res := must(a.http.Do(req))(t, "approval")
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		t.Fatalf("approval: %s", res.Status)
	}
}
