package login

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Names of the cookies. Over HTTPS they are Auth0's, each with its twin for
// browsers that do not know SameSite=None. Over plain HTTP they have names of
// their own: a browser refuses to let http://localhost replace a Secure cookie
// that https://localhost has set.
//
// Observed: cookies of /authorize. Differs: the plain names.
const (
	sessionCookie      = "auth0"
	sessionCookiePlain = "auth0_plain"
	deviceCookie       = "did"
	deviceCookiePlain  = "did_plain"
	compatSuffix       = "_compat"
)

// deviceMaxAge is how long a browser is known, in seconds.
//
// Observed: Max-Age of the did cookie.
const deviceMaxAge = 31557600

// cookies makes and reads signed cookie values. The session cookie needs the
// signature: session ids stand in ID tokens as `sid`, for every app to see.
type cookies struct{ key []byte }

func (c cookies) sign(value string) string {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(value))
	return "s:" + value + "." + base64.RawStdEncoding.EncodeToString(mac.Sum(nil))
}

func (c cookies) open(raw string) string {
	raw, err := url.QueryUnescape(raw)
	if err != nil || !strings.HasPrefix(raw, "s:") {
		return ""
	}
	end := strings.LastIndexByte(raw, '.')
	if end < 2 {
		return ""
	}
	value := raw[2:end]
	if !hmac.Equal([]byte(c.sign(value)), []byte(raw)) {
		return ""
	}
	return value
}

// read returns the value of the first cookie of the names that is ours.
func (c cookies) read(r *http.Request, names ...string) string {
	for _, name := range names {
		for _, cookie := range r.CookiesNamed(name) {
			if value := c.open(cookie.Value); value != "" {
				return value
			}
		}
	}
	return ""
}

// set adds the cookie to a response: over HTTPS for every site and twice, over
// HTTP for this site.
func (c cookies) set(res *wire.Response, x *wire.Exchange, secureName, plainName, value string, maxAge int) {
	if value != "" {
		value = url.QueryEscape(c.sign(value))
	}
	cookie := &http.Cookie{Name: plainName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: maxAge}
	if x.Secure {
		cookie.Name, cookie.Secure, cookie.SameSite = secureName, true, http.SameSiteNoneMode
		twin := *cookie
		twin.Name, twin.SameSite = secureName+compatSuffix, http.SameSiteDefaultMode
		res.Cookie(&twin)
	}
	res.Cookie(cookie)
}

// sessionID is the session the browser claims, "" for none.
func (h *Handler) sessionID(r *http.Request) string {
	if wire.From(r).Secure {
		return h.cookies.read(r, sessionCookie, sessionCookie+compatSuffix)
	}
	return h.cookies.read(r, sessionCookiePlain)
}

// setSession hands the session to the browser.
func (h *Handler) setSession(res *wire.Response, x *wire.Exchange, id string, settings *tenant.Settings) {
	maxAge := 0 // ends with the browser
	if settings.PersistentSessionCookie() {
		absolute, _ := settings.SessionLifetimes()
		maxAge = int(absolute / time.Second)
	}
	h.cookies.set(res, x, sessionCookie, sessionCookiePlain, id, maxAge)
}

func (h *Handler) clearSession(res *wire.Response, x *wire.Exchange) {
	h.cookies.set(res, x, sessionCookie, sessionCookiePlain, "", -1)
}

// knownDevice is the browser's own id, which a login may not leave: it keeps a
// stranger's login from being finished in this browser. It is "" for a browser
// that has none yet.
func (h *Handler) knownDevice(r *http.Request) string {
	if wire.From(r).Secure {
		return h.cookies.read(r, deviceCookie, deviceCookie+compatSuffix)
	}
	return h.cookies.read(r, deviceCookiePlain)
}

// device is knownDevice, or a new id; isNew says that its cookie must be set.
func (h *Handler) device(r *http.Request) (id string, isNew bool) {
	if id = h.knownDevice(r); id != "" {
		return id, false
	}
	return "v0:" + h.IDs.DeviceID(), true
}

func (h *Handler) setDevice(res *wire.Response, x *wire.Exchange, id string) {
	h.cookies.set(res, x, deviceCookie, deviceCookiePlain, id, deviceMaxAge)
}
