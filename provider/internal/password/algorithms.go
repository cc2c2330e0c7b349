package password

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // formats other systems left behind
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/md4"       //nolint:staticcheck // formats other systems left behind
	"golang.org/x/crypto/ripemd160" //nolint:staticcheck // the same
	"golang.org/x/crypto/scrypt"

	"github.com/faux0/faux0/provider/tenant"
)

// Names of algorithms, as the import schema spells them.
const (
	algorithmArgon2 = "argon2"
	algorithmBcrypt = "bcrypt"
	algorithmHMAC   = "hmac"
	algorithmLDAP   = "ldap"
	algorithmPBKDF2 = "pbkdf2"
	algorithmScrypt = "scrypt"
)

// digests by the name they have in `digest` and in PHC ids.
var digests = map[string]func() hash.Hash{
	"md4": md4.New, "md5": md5.New, "ripemd160": ripemd160.New, "sha1": sha1.New,
	"sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

var digestNames = []string{"md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512"}

// digest finds a hash function. There is no maintained Go package for
// whirlpool, the one Auth0 knows beside these.
func digest(member, name string) (func() hash.Hash, error) {
	if name == "whirlpool" {
		return nil, fmt.Errorf("%s whirlpool is not supported by Faux0; it knows %s", member, strings.Join(digestNames, ", "))
	}
	if d, ok := digests[name]; ok {
		return d, nil
	}
	return nil, oneOf(member, name, digestNames)
}

// limits bound what one check of a password may cost, so that a hash in an
// import cannot stop the tenant. The standard ones are a few seconds and 256
// MiB, far above what people use.
type limits struct {
	bcryptCost int
	// iterations are HMAC computations of PBKDF2, over all blocks.
	iterations int
	// memory is in KiB, work in KiB written.
	memory, work int
	keyLength    int
}

var standardLimits = limits{bcryptCost: 15, iterations: 20_000_000, memory: 256 << 10, work: 4 << 20, keyLength: 1024}

func (l limits) check(what string, value, limit int) error {
	if value > limit {
		return fmt.Errorf("%s is %d; Faux0 computes no hash above %d, which would hold up the tenant", what, value, limit)
	}
	return nil
}

// matcher compares an already transcoded password with the hash it was made
// from.
type matcher func(password []byte) bool

// algorithm is what differs between the formats.
type algorithm struct {
	// encodings of hash.value; the first is the default if it is utf8.
	encodings []string
	salt      bool
	parse     func(in input, l limits) (matcher, error)
}

// input is a hash whose encodings are undone.
type input struct {
	*tenant.CustomPasswordHash
	value []byte
	salt  []byte
}

// algorithms by name. A name leads to one format and its rules.
//
// Source: Auth0 docs, "Bulk user import database schema and examples"
// (supported hashing algorithms).
var algorithms = map[string]algorithm{
	algorithmArgon2: {encodings: []string{encodingUTF8}, parse: parseArgon2},
	algorithmBcrypt: {encodings: []string{encodingUTF8}, salt: true, parse: parseBcrypt},
	algorithmHMAC:   {encodings: binaryEncodings, salt: true, parse: parseHMAC},
	algorithmLDAP:   {encodings: []string{encodingUTF8}, parse: parseLDAP},
	algorithmPBKDF2: {encodings: []string{encodingUTF8}, parse: parsePBKDF2},
	algorithmScrypt: {encodings: binaryEncodings, salt: true, parse: parseScrypt},
	"md4":           {encodings: binaryEncodings, salt: true, parse: parseDigest},
	"md5":           {encodings: binaryEncodings, salt: true, parse: parseDigest},
	"sha1":          {encodings: binaryEncodings, salt: true, parse: parseDigest},
	"sha256":        {encodings: binaryEncodings, salt: true, parse: parseDigest},
	"sha512":        {encodings: binaryEncodings, salt: true, parse: parseDigest},
}

func parse(h *tenant.CustomPasswordHash, l limits) (func(plain string) bool, error) {
	if h == nil || h.Hash.Value == "" {
		return nil, errors.New("hash.value is missing")
	}
	a, ok := algorithms[h.Algorithm]
	if !ok {
		return nil, oneOf("algorithm", h.Algorithm, algorithmNames())
	}
	in, err := a.decode(h)
	if err != nil {
		return nil, err
	}
	encoding := ""
	if h.Password != nil {
		encoding = h.Password.Encoding
	}
	transcode, err := transcoder(encoding)
	if err != nil {
		return nil, err
	}
	match, err := a.parse(in, l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.Algorithm, err)
	}
	return func(plain string) bool { return match(transcode(plain)) }, nil
}

func algorithmNames() []string {
	names := []string{}
	for name := range algorithms {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (a algorithm) decode(h *tenant.CustomPasswordHash) (input, error) {
	in := input{CustomPasswordHash: h}
	encoding := h.Hash.Encoding
	if encoding == "" && a.encodings[0] == encodingUTF8 {
		encoding = encodingUTF8
	}
	var err error
	if in.value, err = decode("hash", h.Hash.Value, encoding, a.encodings); err != nil {
		return in, err
	}
	if h.Salt == nil {
		return in, nil
	}
	if !a.salt {
		return in, fmt.Errorf("salt is not allowed for %s: the salt stands in hash.value", h.Algorithm)
	}
	if p := h.Salt.Position; p != "" && p != "prefix" && p != "suffix" {
		return in, oneOf("salt.position", p, []string{"prefix", "suffix"})
	}
	encoding = h.Salt.Encoding
	if encoding == "" {
		encoding = encodingUTF8
	}
	in.salt, err = decode("salt", h.Salt.Value, encoding, saltEncodings)
	return in, err
}

// salted joins the salt to the password. bcrypt reads only the first 72 bytes
// of the result.
func (in input) salted(password []byte) []byte {
	if in.Salt != nil && in.Salt.Position == "suffix" {
		return slices.Concat(password, in.salt)
	}
	return slices.Concat(in.salt, password)
}

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func (in input) sized(size int) error {
	if len(in.value) != size {
		return fmt.Errorf("hash.value has %d bytes, the digest %d", len(in.value), size)
	}
	return nil
}

func parseDigest(in input, _ limits) (matcher, error) {
	newHash := digests[in.Algorithm]
	if err := in.sized(newHash().Size()); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		h := newHash()
		h.Write(in.salted(password))
		return equal(h.Sum(nil), in.value)
	}, nil
}

func parseHMAC(in input, _ limits) (matcher, error) {
	newHash, err := digest("hash.digest", in.Hash.Digest)
	if err != nil {
		return nil, err
	}
	if in.Hash.Key == nil || in.Hash.Key.Value == "" {
		return nil, errors.New("hash.key.value is missing")
	}
	encoding := in.Hash.Key.Encoding
	if encoding == "" {
		encoding = encodingUTF8
	}
	key, err := decode("hash.key", in.Hash.Key.Value, encoding, saltEncodings)
	if err != nil {
		return nil, err
	}
	if err := in.sized(newHash().Size()); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		h := hmac.New(newHash, key)
		h.Write(in.salted(password))
		return equal(h.Sum(nil), in.value)
	}, nil
}

// parseLDAP reads {SCHEME}base64 of digest or, for the schemes with a leading
// S, of digest and salt; the password comes before the salt.
//
// Source: RFC 2307 §5.3.
func parseLDAP(in input, _ limits) (matcher, error) {
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(string(in.value), "{"), "}")
	scheme = strings.ToLower(scheme)
	if !ok || in.value[0] != '{' {
		return nil, errors.New("hash.value is not of the form {SCHEME}base64")
	}
	newHash, salted := ldapScheme(scheme)
	if newHash == nil {
		return nil, oneOf("the scheme in hash.value", strings.ToUpper(scheme),
			[]string{"MD5", "SMD5", "SHA", "SSHA", "SHA256", "SSHA256", "SHA384", "SSHA384", "SHA512", "SSHA512"})
	}
	sum, err := decodeB64(rest)
	if err != nil {
		return nil, fmt.Errorf("hash.value behind {%s} %w", strings.ToUpper(scheme), err)
	}
	size := newHash().Size()
	if len(sum) < size || len(sum) > size && !salted {
		return nil, fmt.Errorf("hash.value has %d bytes behind {%s}, the digest %d", len(sum), strings.ToUpper(scheme), size)
	}
	return func(password []byte) bool {
		h := newHash()
		h.Write(password)
		h.Write(sum[size:])
		return equal(h.Sum(nil), sum[:size])
	}, nil
}

// ldapScheme finds the hash function of a scheme: SHA is SHA-1, SHA512 and
// SHA-512 are the same, and a leading S means salted.
func ldapScheme(scheme string) (newHash func() hash.Hash, salted bool) {
	if s, ok := strings.CutPrefix(scheme, "s"); ok && (strings.HasPrefix(s, "sha") || s == "md5") {
		scheme, salted = s, true
	}
	scheme = strings.Replace(scheme, "sha-", "sha", 1)
	if scheme == "sha" {
		scheme = "sha1"
	}
	if scheme != "md5" && !strings.HasPrefix(scheme, "sha") {
		return nil, false
	}
	return digests[scheme], salted
}

// bcryptLength is that of $2b$10$ with 22 characters of salt and 31 of hash.
const bcryptLength = 60

func parseBcrypt(in input, l limits) (matcher, error) {
	v := string(in.value)
	if !strings.HasPrefix(v, "$2a$") && !strings.HasPrefix(v, "$2b$") && !strings.HasPrefix(v, "$2y$") {
		return nil, errors.New("a bcrypt hash starts with $2a$, $2b$ or $2y$")
	}
	if len(v) != bcryptLength || strings.Trim(v[7:], "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return nil, fmt.Errorf("a bcrypt hash has %d characters: $2b$, two digits of cost, $, and 53 of A-Z a-z 0-9 . /", bcryptLength)
	}
	cost, err := bcrypt.Cost(in.value)
	if err != nil {
		return nil, errors.New("the cost of a bcrypt hash is two digits from 04 to 31")
	}
	if err := l.check("the cost", cost, l.bcryptCost); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		return bcrypt.CompareHashAndPassword(in.value, in.salted(password)) == nil
	}, nil
}

// parsePBKDF2 reads $pbkdf2-<digest>$i=…,l=…$salt$hash.
//
// Source: Auth0 docs, "Bulk user import database schema and examples"
// (pbkdf2: PHC string, i=100000 and l=64 by default).
func parsePBKDF2(in input, l limits) (matcher, error) {
	p, err := parsePHC(string(in.value), "i", "l")
	if err != nil {
		return nil, err
	}
	name, ok := strings.CutPrefix(p.id, "pbkdf2-")
	if !ok {
		return nil, fmt.Errorf("hash.value starts with $%s$ instead of $pbkdf2-<digest>$", p.id)
	}
	newHash, err := digest("the digest in hash.value", name)
	if err != nil {
		return nil, err
	}
	iterations, length := p.param("i", 100_000), p.param("l", 64)
	if len(p.hash) != length {
		return nil, fmt.Errorf("the hash in hash.value has %d bytes, l says %d", len(p.hash), length)
	}
	if err := l.check("l", length, l.keyLength); err != nil {
		return nil, err
	}
	blocks := (length + newHash().Size() - 1) / newHash().Size()
	if err := l.check("i", iterations, l.iterations/blocks); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		key, err := pbkdf2.Key(newHash, string(password), p.salt, iterations, length)
		return err == nil && equal(key, p.hash)
	}, nil
}

// parseScrypt takes the salt as scrypt's own; its position says nothing here.
//
// Source: RFC 7914 §2.
func parseScrypt(in input, l limits) (matcher, error) {
	n, r, p := orElse(in.Cost, 16384), orElse(in.BlockSize, 8), orElse(in.Parallelization, 1)
	switch {
	case in.Salt == nil:
		return nil, errors.New("salt.value is missing")
	case in.KeyLen < 1:
		return nil, errors.New("keylen is missing: the length of the hash in bytes")
	case len(in.value) != in.KeyLen:
		return nil, fmt.Errorf("hash.value has %d bytes, keylen says %d", len(in.value), in.KeyLen)
	case n < 2 || n&(n-1) != 0:
		return nil, fmt.Errorf("cost %d is not a power of 2", n)
	case r < 1 || r > 1<<16:
		return nil, fmt.Errorf("blockSize %d is not between 1 and 65536", r)
	case p < 1 || p > 1<<16:
		return nil, fmt.Errorf("parallelization %d is not between 1 and 65536", p)
	}
	if err := errors.Join(
		l.check("keylen", in.KeyLen, l.keyLength),
		// 128·r bytes for each of cost rows and p lanes (RFC 7914 §2).
		l.check("cost × blockSize", n, l.memory*8/r),
		l.check("cost × blockSize × parallelization", n, l.work*8/r/p),
		l.check("blockSize × parallelization", r*p, l.memory*8),
	); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		key, err := scrypt.Key(password, in.salt, n, r, p, in.KeyLen)
		return err == nil && equal(key, in.value)
	}, nil
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// parseArgon2 reads $argon2id$v=19$m=…,t=…,p=…$salt$hash.
//
// Source: RFC 9106 §3.1; PHC string format.
func parseArgon2(in input, l limits) (matcher, error) {
	s, err := parsePHC(string(in.value), "m", "t", "p")
	if err != nil {
		return nil, err
	}
	var key func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
	switch s.id {
	case "argon2id":
		key = argon2.IDKey
	case "argon2i":
		key = argon2.Key
	case "argon2d":
		return nil, errors.New("argon2d is not supported by Faux0; argon2id and argon2i are")
	default:
		return nil, fmt.Errorf("hash.value starts with $%s$ instead of $argon2id$ or $argon2i$", s.id)
	}
	m, t, p := s.params["m"], s.params["t"], s.params["p"]
	switch {
	case s.version != argon2.Version:
		return nil, fmt.Errorf("hash.value is not of argon2 version v=%d", argon2.Version)
	case m == 0 || t == 0 || p == 0:
		return nil, errors.New("hash.value needs m=…,t=…,p=…")
	case p > 255:
		return nil, fmt.Errorf("p=%d is more than 255", p)
	case m < 8*p:
		return nil, fmt.Errorf("m=%d is less than 8 × p", m)
	case len(s.hash) < 4:
		return nil, errors.New("the hash in hash.value is shorter than 4 bytes")
	}
	if err := errors.Join(
		l.check("m", m, l.memory), l.check("t", t, l.work/m),
		l.check("the length of the hash", len(s.hash), l.keyLength),
	); err != nil {
		return nil, err
	}
	return func(password []byte) bool {
		//nolint:gosec // the bounds above keep every number in its type
		got := key(password, s.salt, uint32(t), uint32(m), uint8(p), uint32(len(s.hash)))
		return equal(got, s.hash)
	}, nil
}
