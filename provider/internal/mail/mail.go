// Package mail writes what a tenant sends: mails and text messages, in the
// language of the person, by the tenant's own templates where it has them.
package mail

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/text"
)

//go:embed texts
var files embed.FS

// catalogue is the words of mails: mail.KIND.subject and so on.
var catalogue = text.New(files)

// Letter is a written mail.
type Letter struct{ From, Subject, Text, HTML string }

// About is what a mail says.
type About struct {
	// Kind is the name of the mail's template.
	Kind string
	// Language is that of the person.
	Language string
	// Code and Link are what it is sent for. A mail of ours says one of them:
	// the link, which holds the code if there are both.
	Code, Link string
	// Lifetime is how long they work.
	Lifetime time.Duration
	// Values are the variables of its texts and templates, as Auth0 names them.
	Values map[string]any
}

// Write is the mail that a tenant without a template of its own sends.
func Write(a About, b Brand) Letter {
	say := func(name string) string {
		return a.say("mail."+a.Kind+"."+name, "lifetime", Lifetime(a.Language, a.Lifetime), "companyName", b.Name)
	}
	lead, rest := say("lead"), say("rest")
	l := Letter{Subject: oneLine(say("subject")), Text: lead + "\n"}
	switch {
	case a.Link != "":
		a.Code = ""
		l.Text = lead + "\n\n" + a.Link + "\n"
	case a.Code != "":
		l.Text = lead + " " + a.Code + "\n"
	}
	if rest != "" {
		l.Text += "\n" + rest + "\n"
	}
	l.HTML = page(a, b, l.Subject, lead, say("button"), rest)
	return l
}

// say fills the text of a key with the variables, which it names as templates
// do: ${application.name}.
func (a About) say(key string, pairs ...string) string {
	return text.Fill(catalogue.Find(a.Language, key), flatten(pairs, "", a.Values)...)
}

func flatten(pairs []string, prefix string, values map[string]any) []string {
	for name, value := range values {
		switch value := value.(type) {
		case map[string]any:
			pairs = flatten(pairs, prefix+name+".", value)
		case string:
			pairs = append(pairs, prefix+name, value)
		}
	}
	return pairs
}

// Lifetime says how long something works: "5 days".
func Lifetime(language string, d time.Duration) string {
	n, unit := int(d/time.Second), "second"
	for _, u := range []struct {
		name string
		d    time.Duration
	}{{"minute", time.Minute}, {"hour", time.Hour}, {"day", 24 * time.Hour}} {
		if d > 0 && d%u.d == 0 {
			n, unit = int(d/u.d), u.name
		}
	}
	if n != 1 {
		unit += "s"
	}
	return text.Fill(catalogue.Find(language, "lifetime.units."+unit), "n", strconv.Itoa(n))
}

// Phone is a text message, or what a call says; name is sms.NAME or voice.NAME.
// Of a code, a call says each digit.
func Phone(a About, name string) string {
	return oneLine(a.say("phone."+name, "digits", Spoken(a.Code)))
}

// Spoken is a code as a voice reads it out: one by one.
func Spoken(code string) string { return strings.Join(strings.Split(code, ""), ", ") }

// oneLine keeps a value from becoming more than the line it is for.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
