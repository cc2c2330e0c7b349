package tenant

import "testing"

func TestPasskeysAreAsTheDatabaseSays(t *testing.T) {
	t.Parallel()
	on := map[string]any{"passkey": map[string]any{"enabled": true}}
	for name, row := range map[string]struct {
		options map[string]any
		want    PasskeyOptions
		on      bool
	}{
		"off where nothing is said": {options: map[string]any{}},
		"all on by default":         {options: map[string]any{"authentication_methods": on}, want: PasskeyOptions{true, true, true, true}, on: true},
		"a button alone": {
			options: map[string]any{"authentication_methods": on, "passkey_options": map[string]any{"challenge_ui": "button", "local_enrollment_enabled": false}},
			want:    PasskeyOptions{Button: true, Progressive: true}, on: true,
		},
		"not beside required usernames":      {options: map[string]any{"authentication_methods": on, "requires_username": true}},
		"beside those of flexible databases": {options: map[string]any{"authentication_methods": on, "requires_username": true, "attributes": map[string]any{}}, want: PasskeyOptions{true, true, true, true}, on: true},
	} {
		c := &Connection{Strategy: StrategyAuth0, Options: row.options}
		if got, is := c.Passkeys(); got != row.want || is != row.on {
			t.Errorf("%s: %+v, %v", name, got, is)
		}
	}
	if _, is := (&Connection{Strategy: "oidc", Options: map[string]any{"authentication_methods": on}}).Passkeys(); is {
		t.Error("an identity provider has passkeys")
	}
}

func TestDevicesAreToldApartByTheirBrowsers(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0":                             "computer",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15": "computer",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148":         "phone",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/131.0.0.0 Mobile":             "phone",
		"Mozilla/5.0 (Linux; Android 14; Tab) Chrome/131.0.0.0":                        "tablet",
		"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148":                  "tablet",
		"": "computer",
	} {
		if got := Device(agent); got != want {
			t.Errorf("%q is a %s, want %s", agent, got, want)
		}
	}
}

func TestAKeysTextsAreReadInEitherAlphabet(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"+/8=", "-_8", "+/8"} {
		if got := (&UserKey{PublicKey: text}).COSE(); string(got) != "\xfb\xff" {
			t.Errorf("%q is %x", text, got)
		}
	}
	if (&UserKey{PublicKey: "?"}).COSE() != nil {
		t.Error("what is no base64 is a key")
	}
	if !(&UserKey{UserHandle: "aGk"}).HasHandle([]byte("hi")) || (&UserKey{UserHandle: "aGk"}).HasHandle([]byte("ho")) {
		t.Error("the handle is not looked at")
	}
}
