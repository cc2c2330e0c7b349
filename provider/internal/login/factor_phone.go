package login

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathCountries is where the prefix of a phone number is chosen.
const pathCountries = "/u/mfa-country-codes"

// Actions of the pages about phones.
//
// Observed: ACUL, mfa-sms-enrollment, mfa-country-codes, mfa-sms-challenge,
// mfa-voice-challenge.
const (
	actionCountry  = "pick-country-code"
	actionSelected = "selection-action::"
	actionVoice    = "switch-to-voice"
	actionSMS      = "switch-to-sms"
)

// The three kinds of phones: which of them people see is what the tenant sends,
// text messages, calls, or either as the person likes.
//
// Source: Auth0 docs, "Configure SMS and voice notifications for MFA".

func smsKind() *factorKind {
	return &factorKind{
		name: "sms", text: "authenticatorNamesSMS", methods: []string{store.MethodSMS, store.MethodVoice},
		fits: func(g *tenant.Guardian, method string) (takes, listed bool) {
			own := method == store.MethodSMS
			return own || sends(g, store.MethodSMS), own && !eitherWay(g)
		},
		offered:   offeredAs(store.MethodSMS),
		challenge: codePage("mfa-sms.mfa-sms-challenge"),
		enrol:     phonePage("mfa-sms.mfa-sms-enrollment"),
	}
}

func voiceKind() *factorKind {
	return &factorKind{
		name: "voice", text: "authenticatorNamesVoice", methods: []string{store.MethodVoice, store.MethodSMS},
		fits: func(g *tenant.Guardian, method string) (takes, listed bool) {
			own := method == store.MethodVoice
			return own || sends(g, store.MethodVoice), own && !eitherWay(g)
		},
		offered:   offeredAs(store.MethodVoice),
		challenge: codePage("mfa-voice.mfa-voice-challenge"),
		enrol:     phonePage("mfa-voice.mfa-voice-enrollment"),
	}
}

func phoneKind() *factorKind {
	return &factorKind{
		name: "phone", text: "authenticatorNamesPhone", methods: []string{store.MethodSMS, store.MethodVoice},
		fits:      func(g *tenant.Guardian, _ string) (takes, listed bool) { return eitherWay(g), eitherWay(g) },
		offered:   func(g *tenant.Guardian, _ *store.BrowserCapabilities) bool { return eitherWay(g) },
		challenge: &factorPage{screen: "mfa-phone.mfa-phone-challenge", show: (*Handler).showPhoneChoice, take: (*Handler).takePhoneChoice},
		enrol:     phonePage("mfa-phone.mfa-phone-enrollment"),
	}
}

func sends(g *tenant.Guardian, method string) bool { return slices.Contains(g.PhoneTypes(), method) }

func eitherWay(g *tenant.Guardian) bool {
	return sends(g, store.MethodSMS) && sends(g, store.MethodVoice)
}

func offeredAs(method string) func(*tenant.Guardian, *store.BrowserCapabilities) bool {
	return func(g *tenant.Guardian, _ *store.BrowserCapabilities) bool { return sends(g, method) && !eitherWay(g) }
}

// sends says whether the tenant sends codes that way.
func (h *Handler) sends(method string) (does bool) {
	_ = h.Store.View(func(st *store.State) error { does = sends(st.Guardian(), method); return nil })
	return does
}

func phonePage(screen string) *factorPage {
	return &factorPage{screen: screen, enrols: true, show: (*Handler).showPhone, take: (*Handler).takePhone}
}

func (h *Handler) showPhone(s *factorStep) (*wire.Response, error) {
	return h.phoneView(s, "", "", nil)
}

func (h *Handler) phoneView(s *factorStep, phone, typ string, failure *formError) (*wire.Response, error) {
	country := ui.CountryOf(s.t.Factor.Country)
	page := ui.FactorPhone{
		ScreenPage: h.factorView(s, failure), Country: country.Name + ", " + country.Prefix, Phone: phone,
		Types: s.kind.name == phoneKind().name, Type: typ, Others: h.hasOthers(s),
	}
	return render(statusOf(failure), page, "")
}

// takePhone begins the enrolment of a phone, and goes on to the code that is
// sent to it.
func (h *Handler) takePhone(s *factorStep, p wire.Params) (*wire.Response, error) {
	s.t.Factor.PhonePath = s.page.path()
	if p.Get("action") == actionCountry {
		h.keep(s.t)
		return s.redirect(pathCountries)
	}
	number, failure := phoneNumber(p.Get("phone"), ui.CountryOf(s.t.Factor.Country))
	if failure != nil {
		return h.phoneView(s, p.Get("phone"), p.Get("type"), failure)
	}
	kind := s.kind
	if kind.name == phoneKind().name {
		kind = kindOfType(p.Get("type"))
	}
	h.beginEnrolment(s, kind.methods[0], number)
	return s.redirect(kind.challenge.path())
}

// kindOfType is what a person chose, text messages if nothing.
func kindOfType(typ string) *factorKind {
	if typ == store.MethodVoice {
		return voiceKind()
	}
	return smsKind()
}

// fewestDigits is how many a phone number has at least, with its prefix.
const fewestDigits = 7

// phoneNumber reads what a person types: a number with its prefix, or one of
// the country.
//
// Source: ITU-T E.164; Auth0 docs, "Customize Universal Login text elements"
// (the errors).
func phoneNumber(typed string, country ui.Country) (string, *formError) {
	number := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "").Replace(typed)
	if number == "" {
		return "", &formError{"phone", "no-phone"}
	}
	if !strings.HasPrefix(number, "+") {
		number = country.Prefix + strings.TrimPrefix(number, "0")
	}
	switch {
	case strings.Trim(number[1:], "0123456789") != "":
		return "", &formError{"phone", "invalid-phone-format"}
	case len(number)-1 < fewestDigits || !tenant.ValidPhone(number):
		return "", &formError{"phone", "invalid-phone"}
	}
	return number, nil
}

// addPhone adds what only pages about phones have: the number, while it is being
// enrolled, can be changed, and the code sent the other way.
func (h *Handler) addPhone(s *factorStep, page *ui.Factor) {
	if s.t.Factor.Enrols && s.t.Factor.PhonePath != "" && s.factor.To != "" {
		page.EditURL = s.url(s.t.Factor.PhonePath)
	}
	switch {
	case s.kind.name == smsKind().name && h.sends(store.MethodVoice):
		page.SwitchTo, page.SwitchText = actionVoice, "resendVoiceActionText"
	case s.kind.name == voiceKind().name && h.sends(store.MethodSMS):
		page.SwitchTo, page.SwitchText = actionSMS, "resendSmsActionText"
	}
}

// showCountries lists the prefixes for the page that asked, likely ones first:
// the one chosen, and those of the person's languages. Differs: at Auth0 a
// script searches the list; here the page does.
func (h *Handler) showCountries(s *factorStep) (*wire.Response, error) {
	if s.t.Factor.PhonePath == "" {
		return s.redirect(h.optionsPath(s))
	}
	page := ui.FactorCountries{ScreenPage: h.factorView(s, nil), Path: pathCountries, Query: s.r.URL.Query().Get("q")}
	page.Countries = ui.LikelyFirst(ui.FindCountries(page.Query), ui.CountryOf(s.t.Factor.Country).Code, s.languages())
	return render(http.StatusOK, page, "")
}

// takeCountry goes back with the country that was chosen, if one was.
func (h *Handler) takeCountry(s *factorStep, p wire.Params) (*wire.Response, error) {
	if s.t.Factor.PhonePath == "" {
		return s.redirect(h.optionsPath(s))
	}
	if chosen, ok := strings.CutPrefix(p.Get("action"), actionSelected); ok {
		code, _, _ := strings.Cut(chosen, "+")
		s.t.Factor.Country = ui.CountryOf(code).Code
		h.keep(s.t)
	}
	return s.redirect(s.t.Factor.PhonePath)
}

// showPhoneChoice asks how the code is to get to the phone.
func (h *Handler) showPhoneChoice(s *factorStep) (*wire.Response, error) {
	page := ui.FactorPhone{
		ScreenPage: h.factorView(s, nil), To: tenant.MaskedContact(s.factor.To), Types: true, Type: s.factor.Method, Others: h.hasOthers(s),
	}
	if h.several(s) {
		page.PickOther = pickOther(s.kind)
	}
	return render(http.StatusOK, page, "")
}

func (h *Handler) takePhoneChoice(s *factorStep, p wire.Params) (*wire.Response, error) {
	if path := listPath(p.Get("action")); path != "" && h.several(s) {
		return h.toList(s, path)
	}
	return s.redirect(kindOfType(p.Get("type")).challenge.path())
}
