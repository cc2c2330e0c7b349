package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"fmt"

	"github.com/faux0/faux0/provider/tenant"
)

// ownKeyLength is the l of the hashes made here.
const ownKeyLength = 32

// Hash returns plain hashed by PBKDF2-HMAC-SHA256 in the form of a bulk
// import; cost is the number of iterations, at least 1.
//
// Cost 1 takes a microsecond and is meant as the default: a fixture's password
// stands in the fixture in plain, so a slow hash would protect nothing and
// delay every start.
//
// Source: RFC 8018 §5.2.
// Differs: Auth0 keeps bcrypt, cost 10; no API shows the hash.
func Hash(plain string, salt []byte, cost int) *tenant.CustomPasswordHash {
	cost = max(cost, 1)
	key, err := pbkdf2.Key(sha256.New, plain, salt, cost, ownKeyLength)
	if err != nil {
		panic("password: " + err.Error()) // only for lengths and counts we do not use
	}
	return pbkdf2Hash(salt, key, cost)
}

func pbkdf2Hash(salt, key []byte, cost int) *tenant.CustomPasswordHash {
	h := &tenant.CustomPasswordHash{Algorithm: algorithmPBKDF2}
	h.Hash.Encoding = encodingUTF8
	h.Hash.Value = fmt.Sprintf("$pbkdf2-sha256$i=%d,l=%d$%s$%s", cost, ownKeyLength, encodeB64(salt), encodeB64(key))
	return h
}

// Nobodys is a hash that is as much work to check as one of Hash, and none to
// make. Whoever checks a password by it must refuse it whatever Verify says.
func Nobodys(cost int) *tenant.CustomPasswordHash {
	return pbkdf2Hash(make([]byte, 16), make([]byte, ownKeyLength), max(cost, 1))
}

// Has says whether the user has a hash at all.
func Has(user *tenant.User) bool { return user.CustomPasswordHash != nil || user.PasswordHash != "" }

// Verify says whether plain is the user's password. A user without a hash, or
// with one that Check refuses, has no password. The plain User.Password is not
// looked at.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
func Verify(user *tenant.User, plain string) bool {
	h := user.CustomPasswordHash
	if h == nil {
		h = bcryptHash(user.PasswordHash)
	}
	match, err := parse(h, standardLimits)
	return err == nil && match(plain)
}

// Check returns nil when Verify can use the hash, else an error that says in
// one sentence which member is wrong and what it should be.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
// Differs: argon2d, whirlpool and hashes that would take longer than a few
// seconds to compute are refused.
func Check(h *tenant.CustomPasswordHash) error {
	_, err := parse(h, standardLimits)
	return err
}

// CheckBcrypt is Check for a User's password_hash.
//
// Source: Management API, POST /api/v2/jobs/users-imports (password_hash).
func CheckBcrypt(hash string) error {
	if _, err := parse(bcryptHash(hash), standardLimits); err != nil {
		return fmt.Errorf("password_hash: %w", err)
	}
	return nil
}

func bcryptHash(value string) *tenant.CustomPasswordHash {
	h := &tenant.CustomPasswordHash{Algorithm: algorithmBcrypt}
	h.Hash.Value = value
	return h
}
