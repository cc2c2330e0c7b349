package token

// places shows where libraries take the audience, since each has another place
// and ignores it in silence anywhere else.
//
// Observed: Lock 11 to 14, auth0.js 9; for the others their documentation and
// issue threads.
func (x *explainer) places() {
	if x.request != nil && x.request.Audience != "" && !x.request.AccessTokenOpaque || x.dir.Settings().DefaultAudience != "" {
		return
	}
	identifier := x.identifier()
	x.note("Where the audience goes (anywhere else it is ignored without a word):")
	for _, p := range []struct{ library, code string }{
		{"Lock 11+", "new Auth0Lock(clientId, domain, { auth: { audience: %q, responseType: 'token id_token' } })"},
		{"auth0.js", "new auth0.WebAuth({ domain, clientID, audience: %q })"},
		{"auth0-spa-js 2, auth0-react 2, auth0-vue 2, auth0-angular 2", "authorizationParams: { audience: %q }"},
		{"auth0-spa-js 1, auth0-react 1", "audience: %q at the top level"},
		{"nextjs-auth0 4", "new Auth0Client({ authorizationParameters: { audience: %q } }) (AUTH0_AUDIENCE is ignored)"},
		{"express-openid-connect", "authorizationParams: { response_type: 'code', audience: %q }"},
		{"others", "audience=%q as a parameter of the /authorize request, not of the token request"},
	} {
		x.note("  %s: "+p.code, p.library, identifier)
	}
	x.note("Or set the tenant's default audience to %q, which affects every application.", identifier)
}
