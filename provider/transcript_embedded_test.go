package provider_test

import "testing"

func TestTranscriptEmbedded(t *testing.T) {
	t.Parallel()
	transcript(t, "embedded", func(w *world, b *browser, tp *tape) {
		origin := head("Origin", "http://localhost:3000", "Content-Type", "application/json")
		tp.say("Somebody signs up on the app's own page.")
		b.do("POST", "/dbconnections/signup", origin,
			`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"new@shop.example","password":"Correct-Horse-9","user_metadata":{"plan":"free"}}`).want(200)
		tp.say("And again: the tenant does not tell that the user exists.")
		b.do("POST", "/dbconnections/signup", origin,
			`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"new@shop.example","password":"Correct-Horse-9"}`).want(400)
		tp.say("A weak password.")
		b.do("POST", "/dbconnections/signup", origin,
			`{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"other@shop.example","password":"weak"}`).want(400)
		tp.say("A member is missing.")
		b.post("/dbconnections/signup", "client_id", "shopWeb", "email", "other@shop.example", "password", password).want(400)
		tp.say("A forgotten password.")
		b.post("/dbconnections/change_password", "client_id", "shopWeb", "connection", database, "email", "ada@shop.example").want(200)
		tp.say("A code by e-mail.")
		b.do("POST", "/passwordless/start", origin, `{"client_id":"shopWeb","connection":"email","send":"code","email":"eve@shop.example"}`).want(200)
		code := w.lastMessage().Code
		tp.say("A wrong code.")
		b.post("/oauth/token", redeemOTP(otherCode(code))...).want(403)
		tp.say("The code from the mail.")
		b.post("/oauth/token", redeemOTP(code, "scope", "openid email")...).want(200)
		tp.say("A link by e-mail.")
		b.do("POST", "/passwordless/start", origin,
			`{"client_id":"shopWeb","connection":"email","send":"link","email":"eve@shop.example","authParams":{"scope":"openid","response_type":"token","redirect_uri":"http://localhost:3000/callback","state":"s1"}}`).want(200)
		link := w.lastMessage().Link
		tp.say("The link is opened.")
		b.get(link[len(base):]).want(302)
		tp.say("And opened again.")
		b.get(link[len(base):]).want(302)
		tp.say("Nobody solves a captcha.")
		b.do("POST", "/passwordless/challenge", origin, `{"state":"x"}`).want(200)
	}, passwordless)
}
