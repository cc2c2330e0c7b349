package acceptance

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

// TestDeviceFlow polls as a television does, while somebody answers in a
// browser.
func TestDeviceFlow(t *testing.T) {
	did(t, xOAuth2, "device")
	_, tenant := start(t)
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, tenant.http)
	config := oauth2.Config{
		ClientID: "acceptanceDevice0000000000000001",
		Endpoint: oauth2.Endpoint{DeviceAuthURL: tenant.issuer + "oauth/device/code", TokenURL: tenant.issuer + "oauth/token", AuthStyle: oauth2.AuthStyleInParams},
		Scopes:   []string{"openid", "offline_access", "read:orders"},
	}
	shown := must(config.DeviceAuth(ctx, oauth2.SetAuthURLParam("audience", ordersAPI)))(t, "device code")
	if shown.VerificationURI != tenant.issuer+"activate" || shown.UserCode == "" {
		t.Errorf("shown: %+v", shown)
	}

	// The person's browser: the code, a look whether it is the right one, the login.
	browser := &http.Client{Transport: tenant.http.Transport, Timeout: tenant.http.Timeout, Jar: must(cookiejar.New(nil))(t, "jar")}
	state := ""
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"activate", url.Values{"user_code": {shown.UserCode}}},
		{"u/device-code-confirmation", url.Values{"action": {"confirm"}}},
		{"u/login", url.Values{"action": {"default"}, "username": {"ada@acme.test"}, "password": {"Correct-Horse-9"}}},
	} {
		if state != "" {
			step.form.Set("state", state)
		}
		res := must(browser.PostForm(tenant.issuer+step.path, step.form))(t, step.path)
		page := must(io.ReadAll(res.Body))(t, step.path)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s\n%s", step.path, res.Status, page)
		}
		state = res.Request.URL.Query().Get("state")
		if step.path == "u/login" && !strings.HasSuffix(res.Request.URL.Path, "/device/success") {
			t.Fatalf("the login ended at %s", res.Request.URL)
		}
	}

	token := must(config.DeviceAccessToken(ctx, shown))(t, "poll")
	if got := permissions(t, token.AccessToken); !slices.Equal(got, []string{"read:orders", "write:orders"}) {
		t.Errorf("permissions = %q", got)
	}
	if token.RefreshToken == "" {
		t.Error("no refresh token")
	}
}
