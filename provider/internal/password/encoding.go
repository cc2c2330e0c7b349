package password

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Names of encodings, as the import schema spells them.
const (
	encodingUTF8   = "utf8"
	encodingHex    = "hex"
	encodingBase64 = "base64"
	encodingASCII  = "ascii"
	encodingLatin1 = "latin1"
	encodingBinary = "binary"
	encodingUTF16  = "utf16le"
	encodingUCS2   = "ucs2"
)

// binaryEncodings are those of a hash that is not a PHC string.
var binaryEncodings = []string{encodingHex, encodingBase64}

// saltEncodings are those of a salt and of an HMAC's key.
var saltEncodings = []string{encodingUTF8, encodingHex, encodingBase64}

var errBase64 = errors.New("is not base64")

// decodeB64 reads base64 of either alphabet, padded or not.
//
// Source: Auth0 docs, "Bulk user import database schema and examples"
// (URL-safe base64); PHC string format, "B64".
func decodeB64(s string) ([]byte, error) {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, errBase64
	}
	return b, nil
}

func encodeB64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// decode reads value in one of the allowed encodings; member is its name for
// the error.
func decode(member, value, encoding string, allowed []string) ([]byte, error) {
	if !slices.Contains(allowed, encoding) {
		return nil, oneOf(member+".encoding", encoding, allowed)
	}
	var b []byte
	var err error
	switch encoding {
	case encodingHex:
		if b, err = hex.DecodeString(value); err != nil {
			err = errors.New("is not hexadecimal")
		}
	case encodingBase64:
		b, err = decodeB64(value)
	default:
		b = []byte(value)
	}
	if err != nil {
		return nil, fmt.Errorf("%s.value %w", member, err)
	}
	return b, nil
}

func oneOf(member, value string, allowed []string) error {
	if value == "" {
		return fmt.Errorf("%s is missing: use %s", member, strings.Join(allowed, ", "))
	}
	return fmt.Errorf("%s %q is not one of %s", member, value, strings.Join(allowed, ", "))
}

// transcoder turns the password a person types into the bytes that were
// hashed. The results are those of Node's Buffer.from, which is what the
// imported names mean: ascii and binary are latin1, and latin1 keeps the low
// byte of every UTF-16 unit.
//
// Source: Auth0 docs, "Bulk user import database schema and examples"
// (password.encoding); Node.js docs, "Buffers and character encodings".
func transcoder(encoding string) (func(string) []byte, error) {
	switch encoding {
	case "", encodingUTF8:
		return func(s string) []byte { return []byte(s) }, nil
	case encodingASCII, encodingLatin1, encodingBinary:
		return func(s string) []byte {
			units := utf16.Encode([]rune(s))
			b := make([]byte, len(units))
			for i, u := range units {
				b[i] = byte(u)
			}
			return b
		}, nil
	case encodingUTF16, encodingUCS2:
		return func(s string) []byte {
			b := make([]byte, 0, 2*len(s))
			for _, u := range utf16.Encode([]rune(s)) {
				b = append(b, byte(u), byte(u>>8))
			}
			return b
		}, nil
	}
	return nil, oneOf("password.encoding", encoding, []string{
		encodingASCII, encodingUTF8, encodingUTF16, encodingUCS2, encodingLatin1, encodingBinary,
	})
}
