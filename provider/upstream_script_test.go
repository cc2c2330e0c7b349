package provider_test

import (
	"strings"
	"testing"
)

// scripted is a custom social connection to the partner, which finds out who
// the person is by a script.
func scripted(p *world, script string) change {
	return connect("club", "oauth2", map[string]any{
		"authorizationURL": p.server.URL + "/authorize", "tokenURL": p.server.URL + "/oauth/token", "client_id": "shopPortal", "client_secret": "shop-portal-secret",
		"scope": "openid email", "upstream_params": map[string]any{"login_hint": map[string]any{"alias": "login_hint"}}, "scripts": map[string]any{"fetchUserProfile": script},
	}, "shopWeb")
}

// Source: Auth0 docs, "Connect your app to OAuth 2.0 providers" (fetch user
// profile script).
func TestScriptFetchesTheProfile(t *testing.T) {
	t.Parallel()
	p := partner(t)
	w := run(t, scripted(p, `function fetchUserProfile(accessToken, ctx, cb) {
		request.get({url: '`+p.server.URL+`/userinfo', headers: {Authorization: 'Bearer ' + accessToken}, json: true}, (err, resp, body) => {
			if (err) return cb(err);
			if (resp.statusCode !== 200) return cb(new Error(body));
			cb(null, {user_id: body.sub.split('|')[1], email: body.email, name: 'Ada of the club', scope: ctx.scope, tokenType: ctx.token_type, same: require('request') === request});
		});
	};`))
	b := w.browser()
	done := b.get(goTo(t, b.toPartner("club", "login_hint", "ada@shop.example")).RequestURI()).wantPath("/authorize/resume")
	got := w.profile(b.get(done.RequestURI()))
	equal(t, "sub", got["sub"], any("oauth2|club|ada"))
	equal(t, "name", got["name"], any("Ada of the club"))
	identity := userOf(w.control.Snapshot(), "oauth2|club|ada").Identities[0]
	equal(t, "token_type", identity.ProfileData["tokenType"], any("Bearer"))
	equal(t, "the same module", identity.ProfileData["same"], any(true))
	if identity.AccessToken == "" {
		t.Error("the provider's token is not kept")
	}
}

func TestScriptThatFailsEndsTheLogin(t *testing.T) {
	t.Parallel()
	p := partner(t)
	for script, says := range map[string]string{
		`function (accessToken, ctx, cb) { cb(new Error('not a member')); }`:                      "not a member",
		`function (accessToken, cb) { cb(null, {user_id: accessToken.length > 10 ? '' : 'x'}); }`: "missing user_id in the profile",
		`function (accessToken, ctx, cb) { throw new Error('broken'); }`:                          "broken",
		`async function (accessToken, ctx, cb) { throw new Error('broken later'); }`:              "broken later",
		`function (accessToken, ctx, cb) { }`:                                                     "does not call its callback",
		`function (accessToken, ctx, cb) { cb(null); }`:                                           "without a profile",
		`function (accessToken, ctx, cb) { cb(null, 'ada'); }`:                                    "an object is needed here",
		`({})`:      "is no function",
		`nonsense(`: "SyntaxError",
		`function (accessToken, ctx, cb) { require('axios') }`: "no packages but",
		`function (accessToken, ctx, cb) { request('http://169.254.169.254/latest/meta-data', (err, resp, body) => cb(err, {user_id: body})); }`:            "is not on this machine",
		`function (accessToken, ctx, cb) { request('file:///etc/passwd', (err, resp, body) => cb(err, {user_id: body})); }`:                                 "is not on this machine",
		`function (accessToken, ctx, cb) { request.get('` + p.server.URL + `/nowhere', (err, resp, body) => cb(resp.statusCode === 404 ? 'gone' : err)); }`: "gone",
	} {
		w := run(t, scripted(p, script))
		b := w.browser()
		a := b.get(goTo(t, b.toPartner("club", "login_hint", "ada@shop.example")).RequestURI())
		equal(t, "error", a.query().Get("error"), "unauthorized")
		if said := a.query().Get("error_description"); !strings.Contains(said, says) {
			t.Errorf("%s is answered with %q, want %q", script, said, says)
		}
	}
}
