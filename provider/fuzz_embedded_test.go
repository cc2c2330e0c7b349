package provider_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzEmbeddedBody sends any body under any Content-Type to what Lock and
// auth0.js call without logging in: it is answered with JSON, or with the one
// sentence, and never by a server error.
func FuzzEmbeddedBody(f *testing.F) {
	h := handler(f)
	paths := []string{"/dbconnections/signup", "/dbconnections/change_password", "/passwordless/start", "/passwordless/verify", "/co/authenticate"}
	for i := range paths {
		f.Add(uint8(i), "application/json", `{"client_id":"shopWeb","connection":"Username-Password-Authentication","email":"a@b.cd","password":"Correct-Horse-9","user_metadata":{"a":"b"}}`)
		f.Add(uint8(i), "application/json", `{"client_id":{"a":[1]},"connection":null,"email":["a@b.cd"],"user_metadata":"{}","authParams":"x"}`)
		f.Add(uint8(i), "application/x-www-form-urlencoded", "client_id=shopPortal&connection=Staff&email=a%40b.cd&username=x&password=%00%ff&user_metadata[a]=b&authParams[]=x")
		f.Add(uint8(i), "", "{")
	}
	f.Fuzz(func(t *testing.T, which uint8, contentType, body string) {
		req := httptest.NewRequest("POST", "http://localhost"+paths[int(which)%len(paths)], strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		res := rec.Result()
		answer, _ := io.ReadAll(res.Body)
		sound(t, res, string(answer))
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") && string(answer) != "We've just sent you an email to reset your password." {
			t.Fatalf("%d %s", res.StatusCode, answer)
		}
	})
}
