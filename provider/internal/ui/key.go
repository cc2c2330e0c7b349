package ui

// Key asks a person for their security key, device or passkey: to make one, or
// to sign with one. What the authenticator is asked stands in Options, and the
// page's script asks it.
//
// Source: Auth0 docs, "Universal Login" (mfa-webauthn and passkeys prompts).
// Observed: names of fields and actions in @auth0/auth0-acul-js.
type Key struct {
	ScreenPage
	// TitleKey and DescriptionKey replace those of the screen where it has several.
	TitleKey, DescriptionKey string
	// Call is "create" or "get", Options what it takes, in JSON, and Field what
	// the answer is called.
	Call, Options, Field string
	ScriptNonce          string
	// Steps are keys of texts, and Benefits begin those of a title and a
	// description.
	Steps, Benefits []string
	// Button is the key of the button's text, ButtonAction the `action` it
	// sends.
	Button, ButtonAction string
	// Ways are the other buttons.
	Ways []KeyWay
	// Remember offers not to ask again in this browser, DontShowAgain not to
	// offer the key again.
	Remember, DontShowAgain bool
	// Inline is the key of what the page itself says where the browser fails;
	// "" is that a page of its own does.
	Inline string
	// Others says that there are other ways to go on.
	Others bool
}

// KeyWay is a button that leaves the page without a key: the `action` it
// sends, and the key of its text.
type KeyWay struct{ Action, Text string }

func (Key) template() string { return "key" }

// Title is the page's first line.
func (p Key) Title() string { return p.S(orElse(p.TitleKey, "title")) }

// Description is what stands below it.
func (p Key) Description() string { return p.S(orElse(p.DescriptionKey, "description")) }

func orElse(key, standard string) string {
	if key == "" {
		return standard
	}
	return key
}

// KeyName asks what a new security key is called.
type KeyName struct {
	ScreenPage
	Name string
}

func (KeyName) template() string { return "key_name" }
