package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

var b64 = base64.RawURLEncoding.EncodeToString

// prover is a client's DPoP key.
type prover struct {
	t   testing.TB
	key *ecdsa.PrivateKey
	jti int
}

func newProver(t testing.TB) *prover {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &prover{t: t, key: key}
}

func (p *prover) jwk() map[string]any {
	raw, err := p.key.PublicKey.Bytes()
	if err != nil {
		p.t.Fatal(err)
	}
	return map[string]any{"kty": "EC", "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}
}

// thumbprint is the jkt of the key (RFC 7638 §3).
func (p *prover) thumbprint() string {
	k := p.jwk()
	return hashOf(fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":%q,"y":%q}`, k["x"], k["y"]))
}

func hashOf(s string) string { sum := sha256.Sum256([]byte(s)); return b64(sum[:]) }

// proof signs a proof for a request; changes set claims, or with a dot in
// front header members, and nil removes them.
func (p *prover) proof(method, url string, changes ...any) string {
	p.t.Helper()
	p.jti++
	header := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": p.jwk()}
	payload := map[string]any{"jti": fmt.Sprint("proof-", p.jti), "htm": method, "htu": url, "iat": start.Unix()}
	for i := 0; i < len(changes); i += 2 {
		name, _ := changes[i].(string)
		into := payload
		if name[0] == '.' {
			name, into = name[1:], header
		}
		if into[name] = changes[i+1]; into[name] == nil {
			delete(into, name)
		}
	}
	return p.sign(header, payload)
}

func (p *prover) sign(header, payload map[string]any) string {
	p.t.Helper()
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(payload)
	input := b64(h) + "." + b64(c)
	sum := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + b64(signature)
}

const tokenURL, userinfoURL = base + "/oauth/token", base + "/userinfo"

// tokenWith calls /oauth/token with a DPoP proof.
func (w *world) tokenWith(proof string, pairs ...string) *answer {
	w.t.Helper()
	return w.browser().do("POST", "/oauth/token", head("Content-Type", "application/x-www-form-urlencoded", "Dpop", proof), form(pairs...))
}

// nonced is a proof for the token endpoint with the tenant's present nonce,
// which a public client has to ask for first.
func (w *world) nonced(p *prover) string {
	w.t.Helper()
	a := w.tokenWith(p.proof("POST", tokenURL), redeemWeb("none")...).
		wantError(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof")
	return p.proof("POST", tokenURL, "nonce", a.header.Get("Dpop-Nonce"))
}

func takesDPoP(identifier string, required bool, requiredFor string) change {
	return func(c *provider.Config) {
		api(c, identifier).ProofOfPossession = &tenant.ProofOfPossession{Mechanism: tenant.MechanismDPoP, Required: required, RequiredFor: requiredFor}
	}
}

func worker(changes ...string) []string {
	return with([]string{"grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders}, changes...)
}

func confirmation(t testing.TB, raw string) map[string]any {
	t.Helper()
	cnf, _ := claims(t, raw)["cnf"].(map[string]any)
	return cnf
}

func TestRFC9449Section5TokensAreBoundToTheKeyOfTheProof(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p := newProver(t)
	res := w.tokenWith(p.proof("POST", tokenURL), worker()...).want(200)
	equal(t, "token_type", res.text("token_type"), "DPoP")
	equal(t, "jkt", confirmation(t, res.text("access_token"))["jkt"], any(p.thumbprint()))
	plain := w.token(worker()...).want(200)
	equal(t, "token_type without a proof", plain.text("token_type"), "Bearer")
	if cnf := confirmation(t, plain.text("access_token")); cnf != nil {
		t.Errorf("without a proof cnf is %v", cnf)
	}
}

func TestRFC9449Section4ProofsThatDoNotCount(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p, other := newProver(t), newProver(t)
	private := p.jwk()
	scalar, err := p.key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	private["d"] = b64(scalar)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := p.proof("POST", tokenURL)
	parts := strings.Split(good, ".")
	for name, proof := range map[string]string{
		"no JWT":                               "proof",
		"too long":                             p.proof("POST", tokenURL, "pad", strings.Repeat("x", 5000)),
		"the type of an access token":          p.proof("POST", tokenURL, ".typ", "at+jwt"),
		"no type":                              p.proof("POST", tokenURL, ".typ", nil),
		"another algorithm":                    p.proof("POST", tokenURL, ".alg", "ES384"),
		"no algorithm":                         p.proof("POST", tokenURL, ".alg", "none"),
		"a MAC by the public key":              p.proof("POST", tokenURL, ".alg", "HS256"),
		"no key":                               p.proof("POST", tokenURL, ".jwk", nil),
		"a private key":                        p.proof("POST", tokenURL, ".jwk", private),
		"a shared key":                         p.proof("POST", tokenURL, ".jwk", map[string]any{"kty": "oct", "k": "c2VjcmV0"}),
		"a key of another kind":                p.proof("POST", tokenURL, ".jwk", map[string]any{"kty": "RSA", "e": "AQAB", "n": b64(rsaKey.N.Bytes())}),
		"somebody else's key":                  p.proof("POST", tokenURL, ".jwk", other.jwk()),
		"a critical extension":                 p.proof("POST", tokenURL, ".crit", []string{"x"}, ".x", 1),
		"a changed payload":                    parts[0] + "." + b64([]byte(`{"jti":"x","htm":"POST","htu":"`+tokenURL+`","iat":1}`)) + "." + parts[2],
		"another method":                       p.proof("GET", tokenURL),
		"the method in small letters":          p.proof("post", tokenURL),
		"another path":                         p.proof("POST", userinfoURL),
		"another host":                         p.proof("POST", "http://evil.example:4400/oauth/token"),
		"another port":                         p.proof("POST", "http://tenant.localhost/oauth/token"),
		"another scheme":                       p.proof("POST", secure+"/oauth/token"),
		"no URL":                               p.proof("POST", "/oauth/token"),
		"no jti":                               p.proof("POST", tokenURL, "jti", nil),
		"no iat":                               p.proof("POST", tokenURL, "iat", nil),
		"an iat in words":                      p.proof("POST", tokenURL, "iat", "now"),
		"made too long ago":                    p.proof("POST", tokenURL, "iat", start.Add(-6*time.Minute).Unix()),
		"made in the future":                   p.proof("POST", tokenURL, "iat", start.Add(2*time.Minute).Unix()),
		"a nonce of nobody's and an old birth": p.proof("POST", tokenURL, "nonce", "x", "iat", start.Add(-hour).Unix()),
	} {
		a := w.tokenWith(proof, worker()...)
		if a.status != 400 || a.text("error") != "invalid_dpop_proof" {
			t.Errorf("%s: status %d, %s", name, a.status, a.body)
		}
	}
	h := head("Content-Type", "application/x-www-form-urlencoded", "Dpop", good, "Dpop", p.proof("POST", tokenURL))
	w.browser().do("POST", "/oauth/token", h, form(worker()...)).wantError(400, "invalid_dpop_proof", "The request has more than one DPoP header")
	for name, proof := range map[string]string{
		"a query and a fragment in htu":   p.proof("POST", tokenURL+"?a=b#c"),
		"the host in capital letters":     p.proof("POST", strings.Replace(tokenURL, "tenant", "TENANT", 1)),
		"a fraction of a second in iat":   p.proof("POST", tokenURL, "iat", float64(start.Unix())+0.25),
		"a clock that is a little behind": p.proof("POST", tokenURL, "iat", start.Add(-4*time.Minute).Unix()),
	} {
		if a := w.tokenWith(proof, worker()...); a.status != 200 {
			t.Errorf("%s: status %d, %s", name, a.status, a.body)
		}
	}
}

func TestRFC9449Section11ReplayedProofsAreRefused(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p := newProver(t)
	proof := p.proof("POST", tokenURL)
	w.tokenWith(proof, worker()...).want(200)
	equal(t, "error", w.tokenWith(proof, worker()...).want(400).text("error"), "invalid_dpop_proof")
	w.control.Clock().Advance(4 * time.Minute)
	equal(t, "error later", w.tokenWith(proof, worker()...).want(400).text("error"), "invalid_dpop_proof")
	other := newProver(t) // the same jti by another key is another proof
	w.tokenWith(other.proof("POST", tokenURL), worker()...).want(200)
}

func TestRFC9449Section8PublicClientsNeedANonce(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p := newProver(t)
	code := w.browser().code(webRequest(), "ada@shop.example")
	proof := w.nonced(p)
	res := w.tokenWith(proof, redeemWeb(code)...).want(200)
	equal(t, "token_type", res.text("token_type"), "DPoP")
	nonce := res.header.Get("Dpop-Nonce")
	if nonce == "" {
		t.Fatal("the answer brings no nonce")
	}
	again := func() *answer {
		return w.tokenWith(p.proof("POST", tokenURL, "nonce", nonce, "iat", w.control.Clock().Now().Unix()), redeemWeb("none")...)
	}
	again().wantError(403, "invalid_grant", "Invalid authorization code")
	w.control.Clock().Advance(5 * time.Minute)
	fresh := again().wantError(403, "invalid_grant", "Invalid authorization code") // still counts
	_ = fresh
	w.control.Clock().Advance(5 * time.Minute)
	stale := again().wantError(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof")
	if next := stale.header.Get("Dpop-Nonce"); next == "" || next == nonce {
		t.Errorf("the nonce did not turn: %q after %q", next, nonce)
	}
}

func TestANonceMakesUpForAMovedClock(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p := newProver(t)
	w.control.Clock().Advance(25 * hour)
	stale := w.tokenWith(p.proof("POST", tokenURL), worker()...).want(400)
	equal(t, "error", stale.text("error"), "invalid_dpop_proof")
	if hint := stale.header.Get("Faux0-Hint"); !strings.Contains(hint, "clock") {
		t.Errorf("hint %q", hint)
	}
	// A public client is told a nonce only if its proof holds otherwise; ask
	// with the tenant's time, then prove with the old one.
	a := w.tokenWith(p.proof("POST", tokenURL, "iat", w.control.Clock().Now().Unix()), redeemWeb("none")...).want(400)
	w.tokenWith(p.proof("POST", tokenURL, "nonce", a.header.Get("Dpop-Nonce")), worker()...).want(200)
}

func TestRFC9449Section5RefreshTokensOfPublicClientsAreBound(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p, thief := newProver(t), newProver(t)
	code := w.browser().code(webRequest("scope", "openid offline_access"), "ada@shop.example")
	first := w.tokenWith(w.nonced(p), redeemWeb(code)...).want(200).text("refresh_token")
	exchange := []string{"grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", first}
	w.token(exchange...).wantError(403, "invalid_grant", unknownRefresh)
	w.tokenWith(w.nonced(thief), exchange...).wantError(403, "invalid_grant", unknownRefresh)
	res := w.tokenWith(w.nonced(p), exchange...).want(200) // the tries did not end the family
	equal(t, "jkt", confirmation(t, res.text("access_token"))["jkt"], any(p.thumbprint()))
	second := with(exchange, "refresh_token", res.text("refresh_token"))
	w.tokenWith(w.nonced(thief), second...).wantError(403, "invalid_grant", unknownRefresh)
	w.tokenWith(w.nonced(p), second...).want(200)
}

func TestRefreshTokensOfConfidentialClientsAreNotBound(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(catalog, false, ""))
	p, other := newProver(t), newProver(t)
	code := w.browser().code(portalRequest("scope", "openid offline_access", "audience", catalog), "ada@shop.example")
	first := w.tokenWith(p.proof("POST", tokenURL), redeemPortal(code)...).want(200)
	equal(t, "token_type", first.text("token_type"), "DPoP")
	exchange := []string{"grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", first.text("refresh_token")}
	res := w.tokenWith(other.proof("POST", tokenURL), exchange...).want(200)
	equal(t, "jkt", confirmation(t, res.text("access_token"))["jkt"], any(other.thumbprint()))
	equal(t, "token_type without a proof", w.token(exchange...).want(200).text("token_type"), "Bearer")
}

// bound logs in to the single-page app and returns an access token bound to
// the key: a JWT for the API, or an opaque one.
func (w *world) bound(p *prover, audience string) string {
	w.t.Helper()
	code := w.browser().code(webRequest("scope", "openid profile", "audience", audience), "ada@shop.example")
	res := w.tokenWith(w.nonced(p), redeemWeb(code)...).want(200)
	equal(w.t, "token_type", res.text("token_type"), "DPoP")
	return res.text("access_token")
}

func (w *world) userinfoWith(method, authorization, proof string) *answer {
	w.t.Helper()
	h := head("Authorization", authorization)
	if proof != "" {
		h.Set("Dpop", proof)
	}
	return w.browser().do(method, "/userinfo", h, "")
}

func TestRFC9449Section7ProtectedResourceAccess(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p, thief := newProver(t), newProver(t)
	for kind, audience := range map[string]string{"a JWT": orders, "an opaque token": ""} {
		access := w.bound(p, audience)
		good := p.proof("GET", userinfoURL, "ath", hashOf(access))
		equal(t, "sub by "+kind, w.userinfoWith("GET", "DPoP "+access, good).want(200).text("sub"), "auth0|ada")
		w.userinfoWith("GET", "dpop "+access, good).want(200) // its jti may come again here
		w.userinfoWith("POST", "DPoP "+access, p.proof("POST", userinfoURL, "ath", hashOf(access))).want(200)
		for name, c := range map[string]struct{ authorization, proof, challenge string }{
			"as a bearer token":             {"Bearer " + access, good, `Bearer realm="Users", error="invalid_token"`},
			"without a proof":               {"DPoP " + access, "", `DPoP realm="Users", error="invalid_dpop_proof"`},
			"without ath":                   {"DPoP " + access, p.proof("GET", userinfoURL), `DPoP realm="Users", error="invalid_dpop_proof"`},
			"with the ath of another token": {"DPoP " + access, p.proof("GET", userinfoURL, "ath", hashOf("x")), `DPoP realm="Users", error="invalid_dpop_proof"`},
			"with a proof for /oauth/token": {"DPoP " + access, p.proof("GET", tokenURL, "ath", hashOf(access)), `DPoP realm="Users", error="invalid_dpop_proof"`},
			"with a thief's proof":          {"DPoP " + access, thief.proof("GET", userinfoURL, "ath", hashOf(access)), `DPoP realm="Users", error="invalid_token"`},
		} {
			a := w.userinfoWith("GET", c.authorization, c.proof)
			if got := a.header.Get("Www-Authenticate"); a.status != 401 || a.body != "Unauthorized" || !strings.HasPrefix(got, c.challenge) ||
				strings.HasPrefix(got, "DPoP") && !strings.HasSuffix(got, `algs="ES256"`) {
				t.Errorf("%s %s: status %d, %s, WWW-Authenticate: %s", kind, name, a.status, a.body, got)
			}
		}
	}
	plain := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200).text("access_token")
	a := w.userinfoWith("GET", "DPoP "+plain, p.proof("GET", userinfoURL, "ath", hashOf(plain))).want(401)
	if got := a.header.Get("Www-Authenticate"); !strings.HasPrefix(got, `DPoP realm="Users", error="invalid_token"`) {
		t.Errorf("a bearer token as a bound one: %s", got)
	}
	w.userinfoWith("GET", "Bearer "+plain, "").want(200)
}

func TestABoundTokenDoesNotGoInTheBody(t *testing.T) {
	t.Parallel()
	w := run(t)
	access := w.bound(newProver(t), "")
	w.browser().post("/userinfo", "access_token", access).want(401)
}

// TestWhenAccessTokensAreBound is the table of Auth0's documentation,
// "Configure sender constraining".
func TestWhenAccessTokensAreBound(t *testing.T) {
	t.Parallel()
	const none, allowed, required, public = "none", "allowed", "required", "required of public clients"
	policies := map[string]change{
		none: func(*provider.Config) {}, allowed: takesDPoP(catalog, false, ""), required: takesDPoP(catalog, true, "all_clients"),
		public: takesDPoP(catalog, true, "public_clients"),
	}
	const bound, bearer, refused = "DPoP", "Bearer", ""
	for _, c := range []struct {
		audience, policy       string
		public, requires, sent bool
		want                   string
	}{
		{"", none, false, false, false, bearer},
		{"", none, false, false, true, bound},
		{"", none, false, true, false, refused},
		{"", none, false, true, true, bound},
		{catalog, none, false, false, false, bearer},
		{catalog, none, false, false, true, bearer},
		{catalog, none, false, true, false, refused},
		{catalog, none, false, true, true, refused},
		{catalog, allowed, false, false, false, bearer},
		{catalog, allowed, false, false, true, bound},
		{catalog, allowed, false, true, false, refused},
		{catalog, allowed, false, true, true, bound},
		{catalog, required, false, false, false, refused},
		{catalog, required, false, false, true, bound},
		{catalog, public, false, false, false, bearer},
		{catalog, public, true, false, false, refused},
		{catalog, public, true, false, true, bound},
	} {
		name := fmt.Sprintf("audience %q, policy %s, public %v, client requires %v, sent %v", c.audience, c.policy, c.public, c.requires, c.sent)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := "shopPortal"
			request, redeem := portalRequest("audience", c.audience), redeemPortal
			if c.public {
				id, request, redeem = "shopWeb", webRequest("audience", c.audience), redeemWeb
			}
			w := run(t, policies[c.policy], func(cfg *provider.Config) { client(cfg, id).RequireProofOfPossession = c.requires })
			pairs := redeem(w.browser().code(request, "ada@shop.example"))
			p := newProver(t)
			var a *answer
			switch {
			case c.sent && c.public:
				a = w.tokenWith(w.nonced(p), pairs...)
			case c.sent:
				a = w.tokenWith(p.proof("POST", tokenURL), pairs...)
			default:
				a = w.token(pairs...)
			}
			if c.want == refused {
				a.wantError(400, "invalid_request", "Proof-of-Possession is required")
				if a.header.Get("Faux0-Hint") == "" {
					t.Error("no hint")
				}
				return
			}
			equal(t, "token_type", a.want(200).text("token_type"), c.want)
		})
	}
}

func TestAnAccessTokenOfTheImplicitFlowCannotBeBound(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, true, "all_clients"))
	implicit := webRequest("response_type", "token", "nonce", "n", "code_challenge", "", "code_challenge_method", "")
	w.browser().login(implicit, "ada@shop.example").wantSent("invalid_request", "Proof-of-Possession is required")
	idToken := with(implicit, "response_type", "id_token", "scope", "openid")
	if q := w.browser().login(idToken, "ada@shop.example").query(); q.Get("id_token") == "" {
		t.Errorf("without an access token there is nothing to bind: %v", q)
	}
}

func TestEveryGrantKeepsTheProof(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(catalog, false, ""))
	password := []string{"client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password, "audience", catalog}
	for _, pairs := range [][]string{
		append([]string{"grant_type", "password"}, password...),
		append([]string{"grant_type", tenant.GrantPasswordRealm, "realm", "Username-Password-Authentication"}, password...),
	} {
		p := newProver(t)
		res := w.tokenWith(p.proof("POST", tokenURL), pairs...).want(200)
		equal(t, "jkt by "+pairs[1], confirmation(t, res.text("access_token"))["jkt"], any(p.thumbprint()))
	}
}

func TestABadProofSpendsNoCode(t *testing.T) {
	t.Parallel()
	w := run(t)
	code := w.browser().code(portalRequest(), "ada@shop.example")
	w.tokenWith("nonsense", redeemPortal(code)...).want(400)
	w.token(redeemPortal(code)...).want(200)
}

func TestBrowsersReadTheNonce(t *testing.T) {
	t.Parallel()
	w := run(t)
	p := newProver(t)
	h := head("Content-Type", "application/x-www-form-urlencoded", "Dpop", p.proof("POST", tokenURL), "Origin", "http://localhost:3000")
	a := w.browser().do("POST", "/oauth/token", h, form(redeemWeb("none")...)).want(http.StatusBadRequest)
	equal(t, "Access-Control-Allow-Origin", a.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	if exposed := a.header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "DPoP-Nonce") {
		t.Errorf("exposed: %s", exposed)
	}
}

func TestRFC9449Section10ACodeIsBoundByDPoPJKT(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, false, ""))
	p, thief := newProver(t), newProver(t)
	code := func() string {
		return w.browser().code(webRequest("dpop_jkt", p.thumbprint()), "ada@shop.example")
	}
	w.token(redeemWeb(code())...).wantError(403, "invalid_grant", "Invalid authorization code")
	w.tokenWith(w.nonced(thief), redeemWeb(code())...).wantError(403, "invalid_grant", "Invalid authorization code")
	w.tokenWith(w.nonced(p), redeemWeb(code())...).want(200)
}

func TestTheControlPlaneMakesBoundTokens(t *testing.T) {
	t.Parallel()
	w := run(t, takesDPoP(orders, true, ""))
	p := newProver(t)
	request := provider.TokenRequest{Client: "shopWeb", User: "ada@shop.example", Audience: orders, Scope: "openid", Issuer: base + "/"}
	if _, err := w.control.Token(request); err == nil {
		t.Error("a token without a key")
	}
	request.DPoPKey = p.thumbprint()
	bound, err := w.control.Token(request)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "token_type", bound.TokenType, "DPoP")
	w.userinfoWith("GET", "DPoP "+bound.AccessToken, p.proof("GET", userinfoURL, "ath", hashOf(bound.AccessToken))).want(200)
}

func TestRFC9449Section10APushedRequestBindsItsCodeByAProof(t *testing.T) {
	t.Parallel()
	w := run(t, withPAR, headless, takesDPoP(orders, false, ""))
	p, thief := newProver(t), newProver(t)
	const url = base + "/oauth/par"
	push := func(proof string, changes ...string) *answer {
		pairs := portalRequest(append([]string{"login_hint", "ada@shop.example", "audience", orders, "client_secret", "shop-portal-secret"}, changes...)...)
		return w.browser().do("POST", "/oauth/par", head("Content-Type", "application/x-www-form-urlencoded", "Dpop", proof), form(pairs...))
	}
	code := func(pushed *answer) string {
		return w.browser().authorize(w.reference("shopPortal", pushed)).query().Get("code")
	}
	w.token(redeemPortal(code(push(p.proof("POST", url))))...).wantError(403, "invalid_grant", "Invalid authorization code")
	w.tokenWith(thief.proof("POST", tokenURL), redeemPortal(code(push(p.proof("POST", url))))...).wantError(403, "invalid_grant", "Invalid authorization code")
	w.tokenWith(p.proof("POST", tokenURL), redeemPortal(code(push(p.proof("POST", url), "dpop_jkt", p.thumbprint())))...).want(200)
	for _, refused := range []*answer{
		push(p.proof("POST", url), "dpop_jkt", thief.thumbprint()), push(p.proof("POST", tokenURL)), push("nonsense"),
	} {
		if refused.status != 400 || refused.text("error") != "invalid_dpop_proof" {
			t.Errorf("status %d, %s", refused.status, refused.body)
		}
	}
}
