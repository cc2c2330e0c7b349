package login

import (
	"cmp"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// prefill takes over what was typed on the login page, or came as login_hint.
func prefill(draft *store.Signup, identifier string) {
	switch {
	case tenant.ValidEmail(identifier):
		draft.Email = identifier
	case tenant.ValidPhone(identifier):
		draft.Phone = identifier
	default:
		draft.Username = identifier
	}
}

// values are the draft's by attribute.
func values(draft store.Signup) map[string]string {
	return map[string]string{tenant.AttributeEmail: draft.Email, tenant.AttributePhone: draft.Phone, tenant.AttributeUsername: draft.Username}
}

// known is the first thing that was typed, for the page that asks for the
// password.
func known(c *tenant.Connection, draft store.Signup) string {
	for _, attribute := range c.Attributes() {
		if v := values(draft)[attribute.Name]; v != "" {
			return v
		}
	}
	return ""
}

// typedDraft is what was typed, on this page or, for the second of two, on the
// one before.
func typedDraft(t *store.Transaction, a *authorization, p wire.Params, second bool) store.Signup {
	if second {
		return *t.Signup
	}
	draft := store.Signup{Email: strings.TrimSpace(p.Get("email")), Phone: strings.TrimSpace(p.Get("phone")), Username: strings.TrimSpace(p.Get("username"))}
	if a.invitation != nil {
		draft.Email = a.invitation.Invitee.Email
	}
	return draft
}

// codeOnly is the address or number whose code is all it takes to sign up: who
// has one, logs in by it. It is "" where it takes more.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections" (implicit login).
func codeOnly(c *tenant.Connection, draft store.Signup) string {
	if c.Passwordless() {
		return values(draft)[c.Identifiers()[0]]
	}
	to := cmp.Or(draft.Email, draft.Phone)
	if c.PasswordsEnabled() || draft.Username != "" || to != draft.Email+draft.Phone || !c.SignsUpByCode(tenant.AttributeOf(to)) {
		return ""
	}
	return to
}

// checkDraft holds what was typed against what the database asks for.
func checkDraft(c *tenant.Connection, draft store.Signup) *formError {
	named := false
	least, most := c.UsernameLimits()
	for _, attribute := range c.Attributes() {
		value, word := values(draft)[attribute.Name], words[attribute.Name]
		named = named || value != "" && attribute.Identifier
		switch {
		case value == "" && attribute.Required:
			return &formError{word, "no-" + word}
		case value == "":
		case attribute.Name == tenant.AttributeEmail && !tenant.ValidEmail(value):
			return &formError{word, "invalid-email-format"}
		case attribute.Name == tenant.AttributePhone && !tenant.ValidPhone(value):
			return &formError{word, "invalid-phone"}
		case attribute.Name == tenant.AttributeUsername && !tenant.ValidUsername(value):
			return &formError{word, "invalid-username"}
		case attribute.Name == tenant.AttributeUsername && (len([]rune(value)) < least || len([]rune(value)) > most):
			return &formError{word, "invalid-username-length"}
		}
	}
	if !named {
		word := "email"
		if names := c.Identifiers(); len(names) > 0 {
			word = words[names[0]]
		}
		return &formError{word, "no-" + word}
	}
	return nil
}

// toVerify are the attributes whose codes have to be typed. Who is invited has
// read the mail with the link already.
func toVerify(c *tenant.Connection, draft store.Signup, invited bool) (names []string) {
	for _, attribute := range c.Attributes() {
		known := invited && attribute.Name == tenant.AttributeEmail
		if attribute.VerifyByCode && values(draft)[attribute.Name] != "" && !known {
			names = append(names, attribute.Name)
		}
	}
	return names
}
