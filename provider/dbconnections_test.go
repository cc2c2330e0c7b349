package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const database = "Username-Password-Authentication"

// signupBody is what auth0.js sends to sign up.
func signupBody(changes ...string) map[string]any {
	body := map[string]any{}
	pairs := with([]string{"client_id", "shopWeb", "connection", database, "email", "New@shop.example", "password", password}, changes...)
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	return body
}

// connection returns the fixture's connection, to be changed before the start.
func connection(c *provider.Config, name string) *tenant.Connection {
	for _, v := range c.Snapshot.Connections {
		if v.Name == name {
			return v
		}
	}
	panic("no connection " + name)
}

func option(name string, value any) change {
	return func(c *provider.Config) { connection(c, database).Options[name] = value }
}

// wantBody checks a whole body, byte for byte.
func (a *answer) wantBody(status int, body string) *answer {
	a.t.Helper()
	if a.want(status); a.body != body {
		a.t.Fatalf("body %s\nwant %s", a.body, body)
	}
	return a
}

func TestSignupMakesAUserWhoCanLogIn(t *testing.T) {
	t.Parallel()
	w := run(t)
	res := w.browser().do("POST", "/dbconnections/signup", head("Content-Type", "application/json", "Origin", "http://localhost:3000"),
		`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":" New@Shop.example ","password":"Correct-Horse-9",
		  "given_name":"Ann","user_metadata":{"plan":"free"},"state":"x","captcha":"y","someOption":{"a":[1]}}`).want(200)
	if !regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","email":"new@shop\.example","email_verified":false,"given_name":"Ann","user_metadata":\{"plan":"free"\}\}$`).MatchString(res.body) {
		t.Errorf("body %s", res.body)
	}
	equal(t, "content type", res.header.Get("Content-Type"), "application/json; charset=utf-8")
	equal(t, "who may read it", res.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	equal(t, "with cookies", res.header.Get("Access-Control-Allow-Credentials"), "")

	u := userOf(w.control.Snapshot(), "auth0|"+res.text("_id"))
	equal(t, "name", u.Name, "new@shop.example")
	equal(t, "connection", u.Connection, database)
	equal(t, "metadata", u.UserMetadata["plan"], any("free"))
	equal(t, "verified", u.EmailVerified, false)
	if u.Password != "" || u.CustomPasswordHash == nil || strings.Contains(u.CustomPasswordHash.Hash.Value, password) {
		t.Error("the password is kept in plain")
	}
	equal(t, "identity", u.Identities[0].UserID, res.text("_id"))
	w.browser().code(webRequest(), "new@shop.example")

	mail := w.control.Outbox(provider.OutboxFilter{To: "NEW@shop.example"})
	if len(mail) != 1 || mail[0].Kind != provider.MessageVerifyEmail || mail[0].At != start {
		t.Fatalf("mails: %+v", mail)
	}
	if !regexp.MustCompile(`^` + base + `/u/email-verification\?ticket=[-\w]{32}#$`).MatchString(mail[0].Link) {
		t.Errorf("link %s", mail[0].Link)
	}
	if !strings.Contains(mail[0].Text, mail[0].Link) || !strings.Contains(mail[0].HTML, `<a href="`+mail[0].Link+`"`) {
		t.Errorf("the mail has no link: %+v", mail[0])
	}
	w.browser().get(strings.TrimSuffix(mail[0].Link, "#")).want(200)
	equal(t, "verified by the link", userOf(w.control.Snapshot(), u.UserID).EmailVerified, true)
}

func TestSignupByForm(t *testing.T) {
	t.Parallel()
	w := run(t)
	res := w.browser().post("/dbconnections/signup", "client_id", "shopWeb", "connection", database, "email", "f@shop.example", "password", password,
		"user_metadata[plan]", "pro", "user_metadata[x]", "y").want(200)
	u := userOf(w.control.Snapshot(), "auth0|"+res.text("_id"))
	equal(t, "metadata", u.UserMetadata["plan"], any("pro"))
	equal(t, "metadata", u.UserMetadata["x"], any("y"))
}

func TestSignupWithUsername(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	staff := func(changes ...string) map[string]any {
		return signupBody(append([]string{"client_id", "shopPortal", "connection", "Staff"}, changes...)...)
	}
	res := b.postJSON("/dbconnections/signup", staff("username", "NewBie")).want(200)
	if !regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","email":"new@shop\.example","username":"newbie","email_verified":false\}$`).MatchString(res.body) {
		t.Errorf("body %s", res.body)
	}
	w.browser().postJSON("/oauth/token", map[string]any{
		"grant_type": tenant.GrantPasswordRealm, "client_id": "shopPortal", "client_secret": "shop-portal-secret", "realm": "Staff", "username": "newbie", "password": password,
	}).want(200)
	for username, want := range map[string]string{
		"":                  "username is required",
		"sixteencharacters": "username length validation failed",
		"with space":        "username format validation failed",
		"a@b.cd":            "username format validation failed",
	} {
		b.postJSON("/dbconnections/signup", staff("email", "other@shop.example", "username", username)).wantBody(400, `{"error":"`+want+`"}`)
	}
	// A database that asks for none does not keep one.
	res = b.postJSON("/dbconnections/signup", signupBody("username", "ignored")).want(200)
	equal(t, "username", userOf(w.control.Snapshot(), "auth0|"+res.text("_id")).Username, "")
}

func TestSignupWithUsernameLimits(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		connection(c, "Staff").Options["validation"] = map[string]any{"username": map[string]any{"min": float64(3), "max": float64(20)}}
	})
	for username, status := range map[string]int{"ab": 400, "abc": 200, "abcdefghijklmnopqrst": 200, "abcdefghijklmnopqrstu": 400} {
		w.browser().postJSON("/dbconnections/signup", signupBody("client_id", "shopPortal", "connection", "Staff", "email", username+"@x.example", "username", username)).want(status)
	}
}

// TestSignupTellsNobodyWhoIsThere: known and unknown addresses differ only as
// the tenant wants them to.
func TestSignupTellsNobodyWhoIsThere(t *testing.T) {
	t.Parallel()
	const generic = `{"name":"BadRequestError","code":"invalid_signup","description":"Invalid sign up","statusCode":400}`
	w := run(t)
	b := w.browser()
	b.postJSON("/dbconnections/signup", signupBody("email", "ADA@shop.example")).wantBody(400, generic)
	b.postJSON("/dbconnections/signup", signupBody("email", "bob@shop.example")).wantBody(400, generic)
	b.postJSON("/dbconnections/signup", signupBody("client_id", "shopPortal", "connection", "Staff", "username", "sam")).wantBody(400, generic)
	// The password is judged first, so a weak one tells nothing.
	for _, email := range []string{"ada@shop.example", "nobody@shop.example"} {
		res := b.postJSON("/dbconnections/signup", signupBody("email", email, "password", "weak")).want(400)
		equal(t, "name", res.text("name"), "PasswordStrengthError")
	}
	if got := w.control.Outbox(provider.OutboxFilter{}); len(got) != 0 {
		t.Errorf("mails: %+v", got)
	}

	open := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.Flags = map[string]bool{"enable_public_signup_user_exists_error": true}
	}).browser()
	open.postJSON("/dbconnections/signup", signupBody("email", "ADA@shop.example")).
		wantBody(400, `{"name":"BadRequestError","code":"user_exists","description":"The user already exists.","statusCode":400}`)
	open.postJSON("/dbconnections/signup", signupBody("client_id", "shopPortal", "connection", "Staff", "username", "SAM")).
		wantBody(400, `{"name":"BadRequestError","code":"username_exists","description":"The username provided is in use already.","statusCode":400}`)
}

func TestSignupIsOneUserHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t)
	statuses := make(chan int)
	for range 50 {
		go func() {
			res, err := w.browser().http.Post(base+"/dbconnections/signup", "application/json",
				strings.NewReader(`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"race@shop.example","password":"Correct-Horse-9"}`))
			if err != nil {
				t.Error(err)
				statuses <- 0
				return
			}
			res.Body.Close()
			statuses <- res.StatusCode
		}()
	}
	made := 0
	for range 50 {
		if <-statuses == 200 {
			made++
		}
	}
	equal(t, "users made", made, 1)
}

func TestSignupWeakPassword(t *testing.T) {
	t.Parallel()
	res := run(t).browser().do("POST", "/dbconnections/signup", head("Content-Type", "application/json", "Origin", "http://localhost:3000"),
		`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"a@b.cd","password":"lower"}`)
	res.wantBody(400, `{"name":"PasswordStrengthError","message":"Password is too weak","code":"invalid_password","description":{"rules":[`+
		`{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":false},`+
		`{"message":"Contain at least %d of the following %d types of characters:","code":"containsAtLeast","format":[3,4],"items":[`+
		`{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},`+
		`{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":false}],"verified":false}],`+
		`"verified":false},"policy":"* At least 8 characters in length\n* Contain at least 3 of the following 4 types of characters:\n`+
		` * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)","statusCode":400}`)
	equal(t, "who may read the error", res.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")

	on := map[string]any{"enable": true}
	run(t, option("password_dictionary", on)).browser().postJSON("/dbconnections/signup", signupBody("password", "P@ssw0rd")).
		wantBody(400, `{"name":"PasswordDictionaryError","message":"Password is too common","code":"invalid_password",`+
			`"description":"Password is not allowed, it might be too common.","statusCode":400}`)
	run(t, option("password_no_personal_info", on)).browser().postJSON("/dbconnections/signup", signupBody("nickname", "Horse")).
		wantBody(400, `{"name":"PasswordNoUserInfoError","message":"Password contains user information","code":"invalid_password",`+
			`"description":"Password is not allowed, it contains user information.","statusCode":400}`)
}

func TestSignupRefusals(t *testing.T) {
	t.Parallel()
	w := run(t)
	for name, c := range map[string]struct {
		changes []string
		status  int
		body    string
	}{
		"no client":                {[]string{"client_id", ""}, 400, `{"error":"client_id is required"}`},
		"no connection":            {[]string{"connection", ""}, 400, `{"error":"connection is required"}`},
		"no address":               {[]string{"email", ""}, 400, `{"error":"email is required"}`},
		"no password":              {[]string{"password", ""}, 400, `{"error":"password is required"}`},
		"no such address":          {[]string{"email", "x"}, 400, `{"error":"email format validation failed"}`},
		"too long an address":      {[]string{"email", strings.Repeat("x", 300) + "@shop.example"}, 400, `{"error":"email format validation failed"}`},
		"unknown client":           {[]string{"client_id", "nobody"}, 404, `{"name":"NotFoundError","code":"inexistent_client","description":"The client does not exist","statusCode":404}`},
		"unknown connection":       {[]string{"connection", "nowhere"}, 400, `{"error":"connection does not exist"}`},
		"another's connection":     {[]string{"connection", "Staff"}, 400, `{"error":"the connection was disabled"}`},
		"too long a name":          {[]string{"name", strings.Repeat("é", 301)}, 400, `{"error":"name is too long"}`},
		"metadata of no object":    {[]string{"user_metadata", "x"}, 400, `{"error":"user_metadata must be an object"}`},
		"metadata that is no text": {[]string{"user_metadata", `{"n":1}`}, 400, `{"error":"user_metadata values must be strings"}`},
		"too long metadata": {[]string{"user_metadata", `{"n":"` + strings.Repeat("x", 501) + `"}`}, 400,
			`{"error":"user_metadata names and values must have at most 500 characters"}`},
		"too much metadata": {[]string{"user_metadata", `{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":""}`}, 400,
			`{"error":"user_metadata must have at most 10 properties"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.browser().postJSON("/dbconnections/signup", signupBody(c.changes...)).wantBody(c.status, c.body)
		})
	}
	t.Run("disabled", func(t *testing.T) {
		t.Parallel()
		run(t, option("disable_signup", true)).browser().postJSON("/dbconnections/signup", signupBody()).wantBody(400, `{"error":"public signup is disabled"}`)
	})
	t.Run("oversized", func(t *testing.T) {
		t.Parallel()
		res := w.browser().postJSON("/dbconnections/signup", signupBody("name", strings.Repeat("x", 2<<20))).want(413)
		equal(t, "name", res.text("name"), "BadRequestError")
	})
	t.Run("no JSON", func(t *testing.T) {
		t.Parallel()
		w.browser().do("POST", "/dbconnections/signup", head("Content-Type", "application/json"), `{"client_id":`).
			wantBody(400, `{"name":"BadRequestError","code":"invalid_request","description":"The request body could not be read","statusCode":400}`)
	})
	t.Run("a page of a stranger cannot read", func(t *testing.T) {
		t.Parallel()
		res := w.browser().do("POST", "/dbconnections/signup", head("Content-Type", "application/json", "Origin", "https://evil.example"), `{"client_id":"shopWeb"}`).want(400)
		equal(t, "who may read it", res.header.Get("Access-Control-Allow-Origin"), "")
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	const sentence = "We've just sent you an email to reset your password."
	w := run(t)
	ask := func(changes ...string) *answer {
		return w.browser().postJSON("/dbconnections/change_password", signupBody(append([]string{"password", "", "email", "ada@shop.example"}, changes...)...))
	}
	known := ask("email", "ADA@shop.example").wantBody(200, sentence)
	equal(t, "content type", known.header.Get("Content-Type"), "text/html; charset=utf-8")
	// Whoever asks for somebody unknown reads the same.
	unknown := ask("email", "nobody@shop.example").wantBody(200, sentence)
	for _, h := range []http.Header{known.header, unknown.header} {
		h.Del("X-Auth0-Requestid")
		h.Del("Date")
	}
	for name := range known.header {
		equal(t, name, unknown.header.Get(name), known.header.Get(name))
	}
	equal(t, "number of headers", len(unknown.header), len(known.header))

	mails := w.control.Outbox(provider.OutboxFilter{})
	if len(mails) != 1 || mails[0].Kind != provider.MessageResetEmail || mails[0].To != "ada@shop.example" {
		t.Fatalf("mails: %+v", mails)
	}
	if !regexp.MustCompile(`^` + base + `/u/reset-verify\?ticket=[-\w]{32}#$`).MatchString(mails[0].Link) {
		t.Errorf("link %s", mails[0].Link)
	}
	w.browser().get(strings.TrimSuffix(mails[0].Link, "#")).wantPath("/u/reset-password")

	ask("email", "").wantBody(400, `{"error":"email is required"}`)
	ask("email", "x").wantBody(400, `{"error":"email format validation failed"}`)
	ask("connection", "").wantBody(400, `{"error":"connection is required"}`)
	ask("connection", "nowhere").wantBody(400, `{"error":"connection does not exist"}`)
	ask("client_id", "nobody").want(404)
	ask("client_id", "shopPortal", "password", "New-Password-1").wantBody(400, `{"error":"password is not allowed"}`)
	// Users of other databases are nobody here.
	ask("email", "sam@shop.example").wantBody(200, sentence)
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 1)

	off := run(t, option("disable_self_service_change_password", true))
	off.browser().postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).wantBody(200, sentence)
	equal(t, "mails", len(off.control.Outbox(provider.OutboxFilter{})), 0)
}

// TestLinksFollowTheIssuer: a backend may reach the tenant by a name that the
// person's browser cannot.
func TestLinksFollowTheIssuer(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Issuer = "https://login.shop.example/"; c.Hosts = []string{"faux0"} })
	b := w.browser()
	b.base = "http://faux0:4400"
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	if link := w.control.Outbox(provider.OutboxFilter{})[0].Link; !strings.HasPrefix(link, "https://login.shop.example/u/reset-verify?ticket=") {
		t.Errorf("link %s", link)
	}
}

func TestChallengesAskForNothing(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	for _, path := range []string{"/usernamepassword/challenge", "/dbconnections/signup/challenge", "/dbconnections/change_password/challenge", "/passwordless/challenge"} {
		res := b.do("POST", path, head("Content-Type", "application/json", "Origin", "http://localhost:3000"), `{"state":"x"}`).wantBody(200, `{"required":false}`)
		equal(t, "who may read "+path, res.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	}
}
