package password

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

// hashJSON reads a hash as a fixture or an import would carry it.
func hashJSON(tb testing.TB, s string) *tenant.CustomPasswordHash {
	tb.Helper()
	h := new(tenant.CustomPasswordHash)
	if err := json.Unmarshal([]byte(s), h); err != nil {
		tb.Fatalf("%s: %v", s, err)
	}
	return h
}

// vectors are hashes made by other software, with their passwords.
var vectors = []struct{ name, password, hash string }{
	{"scrypt of the bulk import documentation", "password", `{"algorithm":"scrypt","hash":{"value":"097f6197e1b41538f723e32aa7a68e8d76227d8e432ce5faa4882a913032db29","encoding":"hex"},
		"salt":{"value":"abc123","encoding":"utf8"},"keylen":32,"cost":4096}`},
	{"hmac of the bulk import documentation", "test", `{"algorithm":"hmac","hash":{"value":"cg7f42jH39/2EaAU4wNd4s2lKIk=","encoding":"base64","digest":"sha1","key":{"value":"736868","encoding":"hex"}}}`},
	{"hmac, URL-safe base64", "test", `{"algorithm":"hmac","hash":{"value":"cg7f42jH39_2EaAU4wNd4s2lKIk","encoding":"base64","digest":"sha1","key":{"value":"736868","encoding":"hex"}}}`},
	{"bcrypt of the bulk import documentation", "hello", `{"algorithm":"bcrypt","hash":{"value":"$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K"}}`},
	{"bcrypt $2y$, PHP manual, password_verify", "rasmuslerdorf", `{"algorithm":"bcrypt","hash":{"value":"$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq","encoding":"utf8"}}`},
	{"bcrypt, salt before the password", "lerdorf", `{"algorithm":"bcrypt","hash":{"value":"$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"},"salt":{"value":"rasmus"}}`},
	{"bcrypt, salt behind the password", "rasmus", `{"algorithm":"bcrypt","hash":{"value":"$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"},"salt":{"value":"lerdorf","position":"suffix"}}`},

	{"RFC 1320 A.5, md4", "message digest", `{"algorithm":"md4","hash":{"value":"d9130a8164549fe818874806e1c7014b","encoding":"hex"}}`},
	{"RFC 1321 A.5, md5", "message digest", `{"algorithm":"md5","hash":{"value":"f96b697d7cb7938d525a2f31aaf161d0","encoding":"hex"}}`},
	{"FIPS 180, sha1", "abc", `{"algorithm":"sha1","hash":{"value":"A9993E364706816ABA3E25717850C26C9CD0D89D","encoding":"hex"}}`},
	{"FIPS 180, sha256, base64", "abc", `{"algorithm":"sha256","hash":{"value":"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=","encoding":"base64"}}`},
	{"FIPS 180, sha512", "abc", `{"algorithm":"sha512","hash":{"value":"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f","encoding":"hex"}}`},
	{"FIPS 180, salt before", "bc", `{"algorithm":"sha256","hash":{"value":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0","encoding":"base64"},"salt":{"value":"61","encoding":"hex"}}`},
	{"FIPS 180, salt behind", "ab", `{"algorithm":"sha256","hash":{"value":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0","encoding":"base64"},"salt":{"value":"Yw==","encoding":"base64","position":"suffix"}}`},
	{"MS-NLMP 4.2.2.1.2, NTOWFv1: md4 of UTF-16LE", "Password", `{"algorithm":"md4","hash":{"value":"a4f49c406510bdcab6824ee7c30fd852","encoding":"hex"},"password":{"encoding":"utf16le"}}`},
	{"the same, by its other name", "Password", `{"algorithm":"md4","hash":{"value":"a4f49c406510bdcab6824ee7c30fd852","encoding":"hex"},"password":{"encoding":"ucs2"}}`},
	{"openssl dgst -md5 of the bytes 70 e4 73 73", "päss", `{"algorithm":"md5","hash":{"value":"6d3c82fee0888c83203492f7d41b8233","encoding":"hex"},"password":{"encoding":"latin1"}}`},

	{"RFC 2286 §2, hmac-ripemd160 case 2", "what do ya want for nothing?", `{"algorithm":"hmac","hash":{"value":"dda6c0213a485a9e24f4742064a7f033b43c4069","encoding":"hex","digest":"ripemd160","key":{"value":"Jefe"}}}`},
	{"RFC 4231 §4.3, hmac-sha384", "what do ya want for nothing?", `{"algorithm":"hmac","hash":{"value":"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649","encoding":"hex","digest":"sha384","key":{"value":"Jefe"}}}`},
	{"RFC 4231 §4.3, hmac-sha224, salt before", "want for nothing?", `{"algorithm":"hmac","hash":{"value":"a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44","encoding":"hex","digest":"sha224","key":{"value":"SmVmZQ==","encoding":"base64"}},"salt":{"value":"what do ya ","position":"prefix"}}`},

	{"{SSHA} by Python's hashlib", "secret", `{"algorithm":"ldap","hash":{"value":"{SSHA}dj2lH1ocucmj5OQsjP6mQrVx6FhOYUNs"}}`},
	{"OpenLDAP FAQ, {SHA}", "secret", `{"algorithm":"ldap","hash":{"value":"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="}}`},
	{"OpenLDAP FAQ, {SMD5}", "secret", `{"algorithm":"ldap","hash":{"value":"{SMD5}4QWGWZpj9GCmfuqEvm8HtZhZS6E="}}`},
	{"OpenLDAP FAQ, {MD5}", "secret", `{"algorithm":"ldap","hash":{"value":"{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ=="}}`},
	{"openssl dgst -sha512 of abc", "abc", `{"algorithm":"ldap","hash":{"value":"{sha512}3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==","encoding":"utf8"}}`},

	{"RFC 6070, 4096 iterations", "password", `{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE"}}`},
	{"RFC 7914 §11, 1 iteration", "passwd", `{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw","encoding":"utf8"}}`},

	{"RFC 7914 §12", "password", `{"algorithm":"scrypt","hash":{"value":"/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA","encoding":"base64"},"salt":{"value":"NaCl"},"keylen":64,"cost":1024,"blockSize":8,"parallelization":16}`},
	{"RFC 7914 §12, the default cost", "pleaseletmein", `{"algorithm":"scrypt","hash":{"value":"7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887","encoding":"hex"},"salt":{"value":"SodiumChloride"},"keylen":64}`},

	{"argon2 reference implementation, test.c, i", "password", `{"algorithm":"argon2","hash":{"value":"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"}}`},
	{"argon2 reference implementation, test.c, id", "password", `{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4","encoding":"utf8"}}`},
}

func TestVerifyKnowsHashesOfOtherSoftware(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			h := hashJSON(t, v.hash)
			if err := Check(h); err != nil {
				t.Fatalf("Check: %v", err)
			}
			user := &tenant.User{CustomPasswordHash: h}
			if !Verify(user, v.password) {
				t.Errorf("%q was refused", v.password)
			}
			if Verify(user, v.password+"x") {
				t.Errorf("%q was accepted too", v.password+"x")
			}
		})
	}
}

func TestVerifyReadsPasswordHash(t *testing.T) {
	t.Parallel()
	user := &tenant.User{PasswordHash: "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"}
	if !Verify(user, "rasmuslerdorf") || Verify(user, "rasmus") {
		t.Error("a bcrypt password_hash did not match exactly its password")
	}
	if Verify(&tenant.User{}, "") || Verify(&tenant.User{Password: "x"}, "x") {
		t.Error("a user without a hash has a password")
	}
}

func TestHashIsVerifiedAtAnyCost(t *testing.T) {
	t.Parallel()
	for _, cost := range []int{0, 1, 1000} {
		h := Hash("Correct-Horse-9", []byte("0123456789abcdef"), cost)
		if err := Check(h); err != nil {
			t.Fatalf("cost %d: %v", cost, err)
		}
		user := &tenant.User{CustomPasswordHash: h}
		if !Verify(user, "Correct-Horse-9") || Verify(user, "correct-horse-9") {
			t.Errorf("cost %d: %s does not match exactly its password", cost, h.Hash.Value)
		}
	}
}

func TestNobodysHashIsAsMuchWorkAsAnybodys(t *testing.T) {
	t.Parallel()
	for _, cost := range []int{0, 1, 5000} {
		anybodys, nobodys := Hash("x", make([]byte, 16), cost), Nobodys(cost)
		work := func(value string) string { return value[:strings.LastIndex(value, "$")] }
		if work(nobodys.Hash.Value) != work(anybodys.Hash.Value) || Check(nobodys) != nil {
			t.Errorf("cost %d: %s, and %s", cost, nobodys.Hash.Value, anybodys.Hash.Value)
		}
		if Verify(&tenant.User{CustomPasswordHash: nobodys}, "x") {
			t.Errorf("cost %d: nobody has a password", cost)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const bcrypt = "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"
	for _, c := range []struct{ hash, want string }{
		{`{}`, "hash.value is missing"},
		{`{"algorithm":"sha3","hash":{"value":"00","encoding":"hex"}}`, `algorithm "sha3" is not one of argon2, bcrypt, hmac, ldap, md4`},
		{`{"algorithm":"md5","hash":{"value":"00"}}`, "hash.encoding is missing: use hex, base64"},
		{`{"algorithm":"md5","hash":{"value":"00","encoding":"utf8"}}`, `hash.encoding "utf8" is not one of hex, base64`},
		{`{"algorithm":"md5","hash":{"value":"0g","encoding":"hex"}}`, "hash.value is not hexadecimal"},
		{`{"algorithm":"md5","hash":{"value":"%","encoding":"base64"}}`, "hash.value is not base64"},
		{`{"algorithm":"md5","hash":{"value":"00","encoding":"hex"}}`, "hash.value has 1 bytes, the digest 16"},
		{`{"algorithm":"md5","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x","position":"middle"}}`, `salt.position "middle" is not one of prefix, suffix`},
		{`{"algorithm":"md5","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x","encoding":"rot13"}}`, `salt.encoding "rot13"`},
		{`{"algorithm":"md5","hash":{"value":"00","encoding":"hex"},"password":{"encoding":"utf7"}}`, `password.encoding "utf7" is not one of ascii, utf8, utf16le, ucs2, latin1, binary`},
		{`{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","key":{"value":"k"}}}`, "hmac: hash.digest is missing"},
		{`{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"md5"}}`, "hmac: hash.key.value is missing"},
		{`{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"whirlpool","key":{"value":"k"}}}`, "whirlpool is not supported by Faux0; it knows md4, md5"},
		{`{"algorithm":"bcrypt","hash":{"value":"$2x$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"}}`, "starts with $2a$, $2b$ or $2y$"},
		{`{"algorithm":"bcrypt","hash":{"value":"` + bcrypt[:59] + `"}}`, "has 60 characters"},
		{`{"algorithm":"bcrypt","hash":{"value":"$2y$31$` + bcrypt[7:] + `"}}`, "the cost is 31; Faux0 computes no hash above 15"},
		{`{"algorithm":"bcrypt","hash":{"value":"$2y$03$` + bcrypt[7:] + `"}}`, "two digits from 04 to 31"},
		{`{"algorithm":"ldap","hash":{"value":"{CRYPT}abc"}}`, `the scheme in hash.value "CRYPT" is not one of MD5, SMD5`},
		{`{"algorithm":"ldap","hash":{"value":"secret"}}`, "{SCHEME}base64"},
		{`{"algorithm":"ldap","hash":{"value":"{SHA}DkMTwBl+a/3DQTxCYEApdUtNXGdUac3E"}}`, "has 24 bytes behind {SHA}, the digest 20"},
		{`{"algorithm":"ldap","hash":{"value":"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="},"salt":{"value":"x"}}`, "salt is not allowed for ldap"},
		{`{"algorithm":"pbkdf2","hash":{"value":"sha256:1:a:b"}}`, "not a PHC string"},
		{`{"algorithm":"pbkdf2","hash":{"value":"$argon2id$i=1,l=3$c2FsdA$AAAA"}}`, "instead of $pbkdf2-<digest>$"},
		{`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1,l=4$c2FsdA$AAAA"}}`, "has 3 bytes, l says 4"},
		{`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1,k=4$c2FsdA$AAAA"}}`, `the parameter "k"; known are i, l`},
		{`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=0,l=3$c2FsdA$AAAA"}}`, "i=0 is not a positive number"},
		{`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1,i=1$c2FsdA$AAAA"}}`, `"i" twice`},
		{`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=2000000000,l=3$c2FsdA$AAAA"}}`, "i is 2000000000; Faux0 computes no hash above"},
		{`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x"}}`, "keylen is missing"},
		{`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1}`, "salt.value is missing"},
		{`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x"},"keylen":1,"cost":3}`, "not a power of 2"},
		{`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x"},"keylen":1,"cost":1073741824}`, "computes no hash above"},
		{`{"algorithm":"argon2","hash":{"value":"$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AAAAAAAA"}}`, "argon2d is not supported by Faux0"},
		{`{"algorithm":"argon2","hash":{"value":"$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$AAAAAAAA"}}`, "version v=19"},
		{`{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=256,t=2$c29tZXNhbHQ$AAAAAAAA"}}`, "needs m=…,t=…,p=…"},
		{`{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=2000000000,t=2,p=1$c29tZXNhbHQ$AAAAAAAA"}}`, "m is 2000000000"},
		{`{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ"}}`, "needs a salt and a hash"},
	} {
		err := Check(hashJSON(t, c.hash))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant … %s …", c.hash, err, c.want)
		}
	}
	if err := CheckBcrypt("plain"); err == nil || !strings.HasPrefix(err.Error(), "password_hash: bcrypt: ") {
		t.Errorf("CheckBcrypt(plain) = %v", err)
	}
	if err := Check(nil); err == nil {
		t.Error("a nil hash was accepted")
	}
}

// FuzzVerify feeds hashes nobody made on purpose: none may panic, take long or
// match by accident. Small limits keep an input fast; the bounds are the same
// code.
func FuzzVerify(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.hash, v.password)
	}
	small := limits{bcryptCost: 5, iterations: 1000, memory: 1 << 10, work: 1 << 12, keyLength: 128}
	f.Fuzz(func(t *testing.T, hash, password string) {
		h := new(tenant.CustomPasswordHash)
		if json.Unmarshal([]byte(hash), h) != nil {
			return
		}
		match, err := parse(h, small)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a sentence")
			}
			return
		}
		match(password) // the fuzzer ends what takes ten seconds
	})
}

func BenchmarkHash(b *testing.B) {
	salt := []byte("0123456789abcdef")
	for b.Loop() {
		Hash("Correct-Horse-9", salt, 1)
	}
}

func BenchmarkVerify(b *testing.B) {
	user := &tenant.User{CustomPasswordHash: Hash("Correct-Horse-9", []byte("0123456789abcdef"), 1)}
	for b.Loop() {
		Verify(user, "Correct-Horse-9")
	}
}
