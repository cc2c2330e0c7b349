package password_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/tenant"
)

func database(options map[string]any) *tenant.Connection {
	return &tenant.Connection{Name: "db", Strategy: tenant.StrategyAuth0, Options: options}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	for policy, cases := range map[string]map[string]bool{
		"none":      {"": false, "a": true, " ": true},
		"low":       {"": false, "abcde": false, "abcdef": true, "      ": true},
		"fair":      {"abcdefgh": false, "abcdefG1": true, "abcdeG1": false, "ABCDEFG1": false, "abcdefg1": false, "Äbcdefg1": false},
		"good":      {"abcdefG1": true, "abcdefg1": false, "abcdef1!": true, "ABC 1234": true, "aB1!": false, "abcdefgh": false, "ÄÖÜäöüßß": false},
		"excellent": {"abcdefghG1": true, "abcdefgG1": false, "aaabcdefG1": false, "aabbccddE1": true, "aabbccdddE1": false},
		"":          {"abcdefG1": true, "abcdefgh": false}, // good is what the API fills in
	} {
		for plain, want := range cases {
			if got := password.Judge(database(map[string]any{"passwordPolicy": policy}), plain).Verified; got != want {
				t.Errorf("policy %q takes %q: %v, want %v", policy, plain, got, want)
			}
		}
	}
}

func TestMinLengthOverridesThePolicys(t *testing.T) {
	t.Parallel()
	for _, n := range []any{float64(12), 12} {
		c := database(map[string]any{"passwordPolicy": "low", "password_complexity_options": map[string]any{"min_length": n}})
		if password.Judge(c, "abcdefghijk").Verified || !password.Judge(c, "abcdefghijkl").Verified {
			t.Errorf("min_length %v is not what counts", n)
		}
	}
	// As in JavaScript, which judges at Auth0: one emoji is two.
	c := database(map[string]any{"passwordPolicy": "low"})
	if !password.Judge(c, "😀😀😀").Verified || password.Judge(c, "ééééé").Verified {
		t.Error("characters are not counted as JavaScript counts them")
	}
	if password.Judge(c, strings.Repeat("a", 73)).Verified || !password.Judge(c, strings.Repeat("a", 72)).Verified {
		t.Error("72 bytes are not the limit")
	}
}

// TestVerdictAsTheLibraryGivesIt compares with what password-sheriff prints for
// the same password, member for member; the sentence of containsAtLeast is the
// service's.
func TestVerdictAsTheLibraryGivesIt(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]struct{ json, text string }{
		"none": {
			`{"rules":[{"message":"Non-empty password required","code":"nonEmpty","verified":true}],"verified":true}`,
			"* Non-empty password required",
		},
		"fair": {
			`{"rules":[{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":false},` +
				`{"message":"Should contain:","code":"shouldContain","verified":false,"items":[` +
				`{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},` +
				`{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false}]}],"verified":false}`,
			"* At least 8 characters in length\n* Should contain:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)",
		},
		"excellent": {
			`{"rules":[{"message":"At least %d characters in length","format":[10],"code":"lengthAtLeast","verified":false},` +
				`{"message":"Contain at least %d of the following %d types of characters:","code":"containsAtLeast","format":[3,4],"items":[` +
				`{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},` +
				`{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":false}],` +
				`"verified":false},{"message":"No more than %d identical characters in a row (e.g., \"%s\" not allowed)","code":"identicalChars","format":[2,"aaa"],"verified":false}],"verified":false}`,
			"* At least 10 characters in length\n* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n" +
				" * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)\n* No more than 2 identical characters in a row (e.g., \"aaa\" not allowed)",
		},
	} {
		v := password.Judge(database(map[string]any{"passwordPolicy": policy}), "aaaab")
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(b.String()); got != want.json {
			t.Errorf("policy %s:\n%s\nwant\n%s", policy, got, want.json)
		}
		if v.String() != want.text {
			t.Errorf("policy %s in words:\n%s\nwant\n%s", policy, v, want.text)
		}
	}
}

func TestCheckPolicy(t *testing.T) {
	t.Parallel()
	on := map[string]any{"enable": true}
	user := &tenant.User{Email: "ada.byron@acme.test", Name: "Ada Lovelace", Username: "countess", UserMetadata: map[string]any{"first_name": "Augusta"}}
	for name, c := range map[string]struct {
		options map[string]any
		plain   string
		want    string
	}{
		"weak":                       {nil, "short", "PasswordStrengthError"},
		"right":                      {nil, "Correct-Horse-9", ""},
		"common, and nobody asks":    {map[string]any{"passwordPolicy": "low"}, "password", ""},
		"common":                     {map[string]any{"passwordPolicy": "low", "password_dictionary": on}, "PassWord1", "PasswordDictionaryError"},
		"off":                        {map[string]any{"passwordPolicy": "low", "password_dictionary": map[string]any{"enable": false}}, "password", ""},
		"in the tenant's own list":   {map[string]any{"password_dictionary": map[string]any{"enable": true, "dictionary": []any{"Acme-Rocks-2026"}}}, "acme-rocks-2026", "PasswordDictionaryError"},
		"weak before common":         {map[string]any{"password_dictionary": on}, "password", "PasswordStrengthError"},
		"the address":                {map[string]any{"password_no_personal_info": on}, "Ada.Byron-99", "PasswordNoUserInfoError"},
		"the username":               {map[string]any{"password_no_personal_info": on}, "My-COUNTESS-1", "PasswordNoUserInfoError"},
		"the first name in metadata": {map[string]any{"password_no_personal_info": on}, "x-augusta-X1", "PasswordNoUserInfoError"},
		"nothing of the user":        {map[string]any{"password_no_personal_info": on}, "Correct-Horse-9", ""},
		"personal, and nobody asks":  {nil, "Ada.Byron-99", ""},
	} {
		err := password.CheckPolicy(database(c.options), user, c.plain)
		var e *tenant.Error
		got := ""
		if errors.As(err, &e) {
			got = e.Name
		}
		if got != c.want {
			t.Errorf("%s: %q is refused as %q, want %q", name, c.plain, got, c.want)
		}
	}
}
