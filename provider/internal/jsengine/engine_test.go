package jsengine_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/jsengine"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// memory is a cache without limits.
type memory map[string]string

func (m memory) Get(key string) (string, time.Time, bool) { v, ok := m[key]; return v, now, ok }
func (m memory) Set(key, value string, expires time.Time) (string, time.Time) {
	if len(key) > 64 {
		return "CacheKeySizeExceeded", time.Time{}
	}
	m[key] = value
	return "", expires
}
func (m memory) Delete(key string) { delete(m, key) }
func (memory) Now() time.Time      { return now }

func event() action.Event {
	return action.Event{
		Client:      action.Client{ClientID: "shop", Name: "Shop"},
		Secrets:     map[string]string{"KEY": "s3cret"},
		Transaction: action.Transaction{SubjectToken: "tok", SubjectTokenType: "urn:acme:x", RequestedScopes: []string{"openid"}},
	}
}

// patience is for code that ends by itself, on a machine however slow.
const patience = 5 * time.Minute

func run(t *testing.T, e jsengine.Engine, code string) ([]action.Command, error) {
	t.Helper()
	if e.Now == nil {
		e.Now = func() time.Time { return now }
	}
	if e.Timeout == 0 {
		e.Timeout = patience
	}
	api := action.NewAPI(memory{"before": "kept"})
	if err := e.Run(context.Background(), jsengine.Script{Name: "test", Code: code}, action.CustomTokenExchange, event(), api); err != nil {
		return nil, err
	}
	return api.Commands(), nil
}

// body makes statements an Action.
func body(statements string) string {
	return "exports.onExecuteCustomTokenExchange = async (event, api) => {" + statements + "\n};"
}

func TestWhatAnActionAsksFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code string
		want []action.Command
	}{
		"every method": {body(`
			api.authentication.setUserById('auth0|1');
			api.authentication.setUserByConnection('db', {user_id: 'x', n: 1, nested: {a: [true, null]}}, {creationBehavior: 'create_if_not_exists', updateBehavior: 'replace'});
			api.authentication.setOrganization('org_1');
			api.authentication.setActor({sub: 'helper'});
			api.access.deny('my_code', 'my reason');
			api.access.rejectInvalidSubjectToken('bad');
			api.user.setUserMetadata('a', {b: 1});
			api.user.setAppMetadata('c', null);`), []action.Command{
			action.SetUserByID{UserID: "auth0|1"},
			action.SetUserByConnection{Connection: "db", Profile: map[string]any{"user_id": "x", "n": 1.0, "nested": map[string]any{"a": []any{true, nil}}},
				Options: action.UserOptions{CreationBehavior: "create_if_not_exists", UpdateBehavior: "replace"}},
			action.SetOrganization{Organization: "org_1"}, action.SetActor{Actor: map[string]any{"sub": "helper"}},
			action.Deny{Code: "my_code", Reason: "my reason"}, action.RejectSubjectToken{Reason: "bad"},
			action.SetMetadata{Name: "a", Value: map[string]any{"b": 1.0}}, action.SetMetadata{Name: "c", App: true},
		}},
		"promises are waited for": {body(`
			const later = (v) => new Promise((done) => done(v)).then((w) => w + '!');
			const all = await Promise.all([later('a'), (async () => await later('b'))()]);
			api.authentication.setUserById(all.join(','));`), []action.Command{action.SetUserByID{UserID: "a!,b!"}}},
		"a function that is not async": {"exports.onExecuteCustomTokenExchange = function (event, api) { api.authentication.setUserById(event.transaction.subject_token); };",
			[]action.Command{action.SetUserByID{UserID: "tok"}}},
		"module.exports": {"module.exports = { onExecuteCustomTokenExchange: async (e, api) => api.authentication.setUserById(e.secrets.KEY + e.client.name + e.transaction.requested_scopes[0]) };",
			[]action.Command{action.SetUserByID{UserID: "s3cretShopopenid"}}},
		"the clock is the tenant's": {body(`api.authentication.setUserById(new Date().toISOString() + Date.now());`), []action.Command{action.SetUserByID{UserID: fmt.Sprintf("2026-01-02T03:04:05.000Z%d", now.UnixMilli())}}},
		"the cache": {body(`
			const none = api.cache.get('none'), some = api.cache.get('before');
			const set = api.cache.set('k', 'v', {ttl: 1000}), refused = api.cache.set('k'.repeat(65), 'v');
			api.cache.delete('before');
			api.authentication.setUserById([none, some.value, set.type, set.record.value, set.record.expires_at, refused.type, refused.code, api.cache.get('before')].join());`),
			[]action.Command{action.SetUserByID{UserID: fmt.Sprintf(",kept,success,v,%d,error,CacheKeySizeExceeded,", now.Add(time.Second).UnixMilli())}}},
		"bytes": {body(`
			const b = Buffer.from('aGk_', 'base64url');
			api.authentication.setUserById([b.toString(), b.toString('hex'), btoa('hi?'), atob('aGk/'), Buffer.concat([b, Buffer.from('!')]).length, b instanceof Uint8Array, Buffer.isBuffer(b), structuredClone({a: 1}).a].join());`),
			[]action.Command{action.SetUserByID{UserID: "hi?,68693f,aGk/,hi?,4,true,true,1"}}},
		"digests": {body(`
			const crypto = require('node:crypto');
			api.authentication.setUserById([crypto.createHash('sha256').update('a').update('b').digest('hex').slice(0, 8), crypto.createHmac('sha256', 'k').update('ab').digest('base64').slice(0, 8), crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a'))].join());`),
			[]action.Command{action.SetUserByID{UserID: "fb8e20fc,dHW7EZ/p,true"}}},
	} {
		got, err := run(t, jsengine.Engine{}, c.code)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\n got %#v\nwant %#v", name, err, got, c.want)
		}
	}
}

func TestWhatGoesWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ code, want string }{
		"a syntax error":           {"exports.onExecute = (", "SyntaxError"},
		"no handler":               {"exports.onExecutePostLogin = async () => {};", "exports no function onExecuteCustomTokenExchange"},
		"nothing at all":           {"", "exports no function"},
		"exports of nothing":       {"module.exports = null;", "exports no function"},
		"a throw outside":          {"throw new Error('top');", "top"},
		"a throw":                  {body("throw new Error('inside');"), "inside"},
		"a thrown text":            {body("throw 'words';"), "words"},
		"a thrown nothing":         {body("throw undefined;"), "undefined"},
		"a thrown trap":            {body("throw { get message() { throw 1; } };"), ""},
		"a rejection":              {body("await Promise.reject(new TypeError('rejected'));"), "rejected"},
		"a promise of nothing":     {body("await new Promise(() => {});"), "never comes"},
		"an unknown method":        {body("api.access.denied('x');"), "denied"},
		"another package":          {body("require('axios');"), `require("axios"): Actions in Faux0 have no packages but buffer, crypto and jsonwebtoken`},
		"a path":                   {body("require('../../etc/passwd');"), "have no packages but"},
		"timers":                   {body("setTimeout(() => {}, 1);"), "setTimeout is not defined"},
		"network":                  {body("await fetch('https://x.test');"), "fetch is not defined"},
		"the process":              {body("process.exit(1);"), "process is not defined"},
		"a profile with a cycle":   {body("const p = {}; p.p = p; api.authentication.setUserByConnection('db', p);"), "circular"},
		"a profile that is a text": {body("api.authentication.setUserByConnection('db', 'x');"), "an object is needed"},
		"a profile that throws":    {body("api.authentication.setUserByConnection('db', { get a() { throw new Error('trap'); } });"), "trap"},
		"a big number":             {body("api.user.setUserMetadata('a', 1n);"), "BigInt"},
	} {
		got, err := run(t, jsengine.Engine{}, c.code)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %q", name, got, err, c.want)
		}
	}
}

// Hostile code ends within its time, and takes nothing along. It runs beside no
// other test: the memory it takes would be held against their code, too.
func TestHostileCode(t *testing.T) {
	for name, code := range map[string]string{
		"a loop":                      body("while (true) {}"),
		"a loop outside":              "while (true) {}",
		"code that closes its frame":  "}); (function () { while (true) {} })(); (function () {",
		"a loop that catches":         body("while (true) { try { while (true) {} } catch {} finally { continue; } }"),
		"promises for ever":           body("const f = () => Promise.resolve().then(f); await f();"),
		"a regular expression":        body("/^(a+)+\\1$/.test('a'.repeat(60) + 'b');"),
		"recursion":                   body("const f = () => f() + 1; f();"),
		"recursion through toString":  body("const o = { toString() { return `${o}`; } }; `${o}`;"),
		"a text that doubles":         body("let s = 'x'; while (true) s += s;"),
		"a text of a gigabyte":        body("'x'.repeat(2 ** 30);"),
		"padding of a gigabyte":       body("'x'.padStart(2 ** 30);"),
		"a buffer of a gigabyte":      body("new ArrayBuffer(2 ** 30);"),
		"a buffer beyond all":         body("new ArrayBuffer(2 ** 52);"),
		"an array of a gigabyte":      body("new Uint8Array(2 ** 30);"),
		"an array filled":             body("new Array(2 ** 32 - 1).fill(0);"),
		"an array joined":             body("new Array(2 ** 31).join('xxxxxxxx');"),
		"a list that grows":           body("const a = []; while (true) a.push(new Array(1000).fill(1));"),
		"JSON of itself":              body("const a = []; let b = a; for (let i = 0; i < 1e6; i++) { b[0] = []; b = b[0]; } JSON.stringify(a);"),
		"a proxy for a profile":       body("api.authentication.setUserByConnection('db', new Proxy({}, { ownKeys() { while (true) {} } }));"),
		"a thenable that never calls": body("await { then() {} };"),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := run(t, jsengine.Engine{Timeout: 300 * time.Millisecond}, code); err == nil {
				t.Errorf("it ended with %v", got)
			}
		})
	}
	if _, err := run(t, jsengine.Engine{Timeout: 50 * time.Millisecond}, body("while (true) {}")); !errors.Is(err, jsengine.ErrTimeout) {
		t.Errorf("a loop ends with %v", err)
	}
}

// What one run does to its prototypes, no other run and nothing of ours sees.
func TestPrototypeTricks(t *testing.T) {
	t.Parallel()
	tricks := `
		Object.prototype.polluted = 'yes';
		Object.prototype.toJSON = function () { return 'taken over'; };
		Array.prototype.push = () => 0; JSON.stringify = () => '{"sub":"evil"}'; JSON.parse = () => ({});
		Function.prototype.call = Function.prototype.apply = () => { throw new Error('apply'); };
		Promise = function () {}; globalThis.require = () => ({}); api.constructor = 1;`
	if _, err := run(t, jsengine.Engine{}, tricks+body("api.authentication.setUserById('auth0|1');")); err == nil {
		t.Error("api is there outside of the function")
	}
	got, err := run(t, jsengine.Engine{}, body(strings.ReplaceAll(tricks, "api.constructor = 1;", "")+`
		api.authentication.setUserByConnection('db', { __proto__: { user_id: 'inherited' }, name: 'own', toJSON: undefined });
		api.authentication.setUserById({ toString: () => 'auth0|sly' });`))
	if err != nil {
		t.Fatal(err)
	}
	want := []action.Command{
		action.SetUserByConnection{Connection: "db", Profile: map[string]any{"name": "own"}}, action.SetUserByID{UserID: "auth0|sly"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
	got, err = run(t, jsengine.Engine{}, body(`
		const outside = (function () { return this; })() ?? globalThis;
		const names = Object.getOwnPropertyNames(outside).filter((n) => /native|process|require/.test(n));
		api.authentication.setUserById([names.join(), ({}).polluted, Object.getPrototypeOf(event) === Object.prototype].join(';'));`))
	if err != nil || got[0] != (action.SetUserByID{UserID: "require;;true"}) {
		t.Errorf("after that: %#v, %v", got, err)
	}
}

func TestConsole(t *testing.T) {
	t.Parallel()
	var lines []string
	e := jsengine.Engine{Console: func(script, level, text string) { lines = append(lines, script+" "+level+" "+text) }}
	if _, err := run(t, e, body(`console.log('a', 1, {b: [2]}, null, undefined); console.error(new Error('e')); console.warn('x'.repeat(5000));`)); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 3 || lines[0] != `test log a 1 {"b":[2]} null undefined` || lines[1] != "test error Error: e" || len(lines[2]) > 2100 {
		t.Errorf("the lines are %q", lines)
	}
}

func TestRunsAreApart(t *testing.T) {
	t.Parallel()
	e := jsengine.Engine{Timeout: patience}
	var done sync.WaitGroup
	for range 20 {
		done.Go(func() {
			api := action.NewAPI(memory{})
			code := "globalThis.n = (globalThis.n ?? 0) + 1;" + body("api.authentication.setUserById(String(n));")
			if err := e.Run(context.Background(), jsengine.Script{Code: code}, action.CustomTokenExchange, event(), api); err != nil {
				t.Error(err)
			} else if got := api.Commands()[0]; got != (action.SetUserByID{UserID: "1"}) {
				t.Errorf("got %v", got)
			}
		})
	}
	done.Wait()
}

// jsonwebtoken is what Actions check their subject tokens with.
func TestJSONWebToken(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"es"}`))
	sum := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	es := input + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	for name, c := range map[string]struct{ expression, want string }{
		"signed and verified":       {`jwt.verify(jwt.sign({sub: 'u'}, 's', {expiresIn: '1h', issuer: 'i', audience: 'a'}), 's', {issuer: 'i', audience: ['a']}).sub`, "u"},
		"the clock is the tenant's": {`jwt.verify(jwt.sign({exp: Math.floor(Date.now() / 1000)}, 's'), 's')`, "TokenExpiredError: jwt expired"},
		"not yet":                   {`jwt.verify(jwt.sign({nbf: Math.floor(Date.now() / 1000) + 1}, 's'), 's')`, "NotBeforeError: jwt not active"},
		"another secret":            {`jwt.verify(jwt.sign({}, 's'), 't')`, "JsonWebTokenError: invalid signature"},
		"another issuer":            {`jwt.verify(jwt.sign({iss: 'x'}, 's'), 's', {issuer: 'i'})`, "jwt issuer invalid"},
		"another audience":          {`jwt.verify(jwt.sign({}, 's'), 's', {audience: 'a'})`, "jwt audience invalid"},
		"no token":                  {`jwt.verify('x', 's')`, "JsonWebTokenError: jwt malformed"},
		"no signature":              {`jwt.verify(jwt.sign({}, 's').replace(/[^.]*$/, ''), 's')`, "jwt signature is required"},
		"alg none":                  {`jwt.verify(btoa('{"alg":"none"}') + '.' + btoa('{}') + '.x', 's')`, "invalid algorithm"},
		"an EC key":                 {`jwt.verify(es, key).sub`, "es"},
		"an EC key, forged":         {`jwt.verify(es.replace('.', '.e30').slice(0, -3), key)`, "JsonWebTokenError"},
		"a public key as a secret":  {`jwt.verify(jwt.sign({}, key), key)`, "invalid algorithm"},
		"the same, asked for":       {`jwt.verify(jwt.sign({}, key), key, {algorithms: ['HS256']})`, "invalid algorithm"},
		"decoded":                   {`jwt.decode(es, {complete: true}).header.alg`, "ES256"},
		"decoding nonsense":         {`jwt.decode('a.b.c')`, "null"},
	} {
		got, err := run(t, jsengine.Engine{}, fmt.Sprintf("const jwt = require('jsonwebtoken'), key = %q, es = %q;", public, es)+
			body("let r; try { r = String("+c.expression+"); } catch (e) { r = String(e); } api.authentication.setUserById(r);"))
		if err != nil || !strings.Contains(got[0].(action.SetUserByID).UserID, c.want) {
			t.Errorf("%s: %v, %v; want %q", name, got, err, c.want)
		}
	}
}
