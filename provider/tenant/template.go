package tenant

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// SyntaxLiquid is the language of the tenant's templates.
const SyntaxLiquid = "liquid"

// EmailTemplate is the tenant's own mail of a kind.
//
// Source: Management API, POST /api/v2/email-templates.
type EmailTemplate struct {
	// Template is the kind of mail: "verify_email", "reset_email", ….
	Template string `json:"template"`
	From     string `json:"from,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Body     string `json:"body,omitempty"`
	Syntax   string `json:"syntax,omitempty"`
	// ResultURL is where the mail's link leads in the end.
	ResultURL            string `json:"resultUrl,omitempty"`
	URLLifetimeInSeconds int    `json:"urlLifetimeInSeconds,omitempty"`
	// IncludeEmailInRedirect tells ResultURL the address; nil means yes.
	IncludeEmailInRedirect *bool          `json:"includeEmailInRedirect,omitempty"`
	Enabled                bool           `json:"enabled"`
	Extra                  map[string]any `json:"-"`
}

// Lifetime is how long the mail's link works, unlike where the template says
// nothing.
func (t *EmailTemplate) Lifetime(unlike time.Duration) time.Duration {
	if t == nil || t.URLLifetimeInSeconds <= 0 {
		return unlike
	}
	return time.Duration(t.URLLifetimeInSeconds) * time.Second
}

// TellsEmail says whether ResultURL is told the address.
func (t *EmailTemplate) TellsEmail() bool {
	return t.IncludeEmailInRedirect == nil || *t.IncludeEmailInRedirect
}

// PhoneTemplate is the tenant's own text message, or call, of a kind.
//
// Source: Management API, POST /api/v2/branding/phone/templates.
type PhoneTemplate struct {
	ID string `json:"id,omitempty"`
	// Type is the kind: "otp_verify", "otp_enroll", ….
	Type     string         `json:"type"`
	Disabled bool           `json:"disabled"`
	Content  PhoneContent   `json:"content,omitzero"`
	Extra    map[string]any `json:"-"`
}

// PhoneContent is what a PhoneTemplate says.
type PhoneContent struct {
	From   string    `json:"from,omitempty"`
	Syntax string    `json:"syntax,omitempty"`
	Body   PhoneBody `json:"body,omitzero"`
}

// PhoneBody is the text of a message, and what a call says.
type PhoneBody struct {
	Text  string `json:"text,omitempty"`
	Voice string `json:"voice,omitempty"`
}

// FactorTemplate is the tenant's own text message of a factor.
//
// Source: Management API, PUT /api/v2/guardian/factors/sms/templates; Auth0
// Deploy CLI, guardianFactorTemplates.
type FactorTemplate struct {
	Name                string         `json:"name"`
	EnrollmentMessage   string         `json:"enrollment_message,omitempty"`
	VerificationMessage string         `json:"verification_message,omitempty"`
	Extra               map[string]any `json:"-"`
}

// Kinds of PhoneTemplate.
const (
	PhoneVerify  = "otp_verify"
	PhoneEnroll  = "otp_enroll"
	PhoneBlocked = "blocked_account"
)

// Templates are the tenant's own words outside of its pages.
type Templates struct {
	Emails  []*EmailTemplate
	Phones  []*PhoneTemplate
	Factors []*FactorTemplate
}

// formerNames are what templates were called before.
//
// Source: Management API, GET /api/v2/email-templates/{templateName} (legacy
// names).
var formerNames = map[string][]string{"reset_email": {"change_password", "password_reset"}}

// Email is the tenant's own mail of a kind, nil for none.
func (t *Templates) Email(kind string) *EmailTemplate {
	for _, name := range append([]string{kind}, formerNames[kind]...) {
		if i := slices.IndexFunc(t.Emails, func(e *EmailTemplate) bool { return e.Template == name }); i >= 0 {
			return t.Emails[i]
		}
	}
	return nil
}

// Phone is the tenant's own text of a kind, and its own call; "" for none. A
// phone template wins over what a factor has of its own.
//
// Source: Auth0 docs, "Phone templates", "Customize multi-factor
// authentication SMS and voice messages". Which of the two wins is inferred.
func (t *Templates) Phone(kind string) (text, voice string, disabled bool) {
	for _, p := range t.Phones {
		if p.Type == kind {
			return p.Content.Body.Text, p.Content.Body.Voice, p.Disabled
		}
	}
	for _, f := range t.Factors {
		if f.Name == FactorSMS || f.Name == "phone" {
			text = cmp.Or(text, map[string]string{PhoneVerify: f.VerificationMessage, PhoneEnroll: f.EnrollmentMessage}[kind])
		}
	}
	return text, "", false
}

// MessageTemplate is what a passwordless connection says instead of our words:
// the mail of one, the text message of the other. It is disabled where there is
// none, and while the mail is from an address of Auth0's.
//
// Source: Management API, POST /api/v2/connections, options.email,
// options.template, options.syntax; Auth0 docs, "Passwordless authentication
// with email" (From).
func (c *Connection) MessageTemplate() *EmailTemplate {
	text := func(m map[string]any, key string) string { s, _ := m[key].(string); return s }
	holder := c.Options
	t := &EmailTemplate{Body: text(holder, "template"), From: text(holder, "from"), Syntax: text(holder, "syntax")}
	if c.Strategy == StrategyEmail {
		holder, _ = c.Options["email"].(map[string]any)
		t = &EmailTemplate{Body: text(holder, "body"), From: text(holder, "from"), Subject: text(holder, "subject"), Syntax: text(holder, "syntax")}
	}
	t.Enabled = t.Syntax == SyntaxLiquid && (t.Body != "" || t.Subject != "") && !strings.Contains(t.From, "@auth0.com")
	return t
}

// templatePaths are where an entry of a kind has templates; * is any key or
// index.
var templatePaths = map[string][][]string{
	KindEmailTemplate:  {{"from"}, {"subject"}, {"body"}, {"resultUrl"}},
	KindPhoneTemplate:  {{"content", "body", "text"}, {"content", "body", "voice"}},
	KindFactorTemplate: {{"enrollment_message"}, {"verification_message"}},
	KindPrompts:        {{"partials", "*", "*", "*"}},
	KindBranding:       {{"templates", "*", "body"}},
	KindConnection:     {{"options", "email", "from"}, {"options", "email", "subject"}, {"options", "email", "body"}, {"options", "template"}},
}

// TemplateText is a template in an entry's body.
type TemplateText struct {
	Path   []any
	Source string
}

// TemplateTexts are the templates in the body of an entry of the kind, so that
// whoever takes the body can refuse broken ones.
func TemplateTexts(kind string, body map[string]any) []TemplateText {
	var found []TemplateText
	for _, path := range templatePaths[kind] {
		collectTemplates(path, nil, body, &found)
	}
	return found
}

func collectTemplates(path []string, at []any, value any, found *[]TemplateText) {
	if len(path) == 0 {
		if source, ok := value.(string); ok {
			*found = append(*found, TemplateText{slices.Clone(at), source})
		}
		return
	}
	switch value := value.(type) {
	case map[string]any:
		if syntax, ok := value["syntax"].(string); ok && syntax != SyntaxLiquid && syntax != "" {
			return
		}
		for _, key := range sortedKeys(value) {
			if path[0] == "*" || path[0] == key {
				collectTemplates(path[1:], append(at, key), value[key], found)
			}
		}
	case []any:
		for i, item := range value {
			if path[0] == "*" {
				collectTemplates(path[1:], append(at, i), item, found)
			}
		}
	}
}
