package jsengine

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // Node's crypto has it
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"strings"

	"github.com/dop251/goja"
)

// natives are what the modules are built on; an Action does not see them.
func (h *host) natives() *goja.Object {
	vm := h.vm
	o := vm.NewObject()
	// Set fails on frozen objects only.
	_ = o.Set("decode", func(s, encoding string) goja.Value {
		b, err := decode(s, encoding)
		return h.bytesOr(b, err)
	})
	_ = o.Set("encode", func(v goja.Value, encoding string) string { return encode(bytesOf(v), encoding) })
	_ = o.Set("hash", func(name string, data goja.Value) goja.Value {
		f, err := hashNamed(name)
		if err != nil {
			return h.bytesOr(nil, err)
		}
		d := f()
		d.Write(bytesOf(data))
		return h.bytesOr(d.Sum(nil), nil)
	})
	_ = o.Set("hmac", func(name string, key, data goja.Value) goja.Value {
		f, err := hashNamed(name)
		if err != nil {
			return h.bytesOr(nil, err)
		}
		d := hmac.New(f, bytesOf(key))
		d.Write(bytesOf(data))
		return h.bytesOr(d.Sum(nil), nil)
	})
	_ = o.Set("verify", func(name, key string, data, signature goja.Value, joined bool) bool {
		ok, err := verifySignature(name, key, bytesOf(data), bytesOf(signature), joined)
		if err != nil {
			panic(vm.NewGoError(err))
		}
		return ok
	})
	_ = o.Set("equal", func(a, b goja.Value) bool { return subtle.ConstantTimeCompare(bytesOf(a), bytesOf(b)) == 1 })
	_ = o.Set("random", func(n int) goja.Value {
		if h.engine.Random == nil || n < 0 || n > 1<<16 {
			return h.bytesOr(nil, errors.New("there is no randomness of that size"))
		}
		return h.bytesOr(h.engine.Random(n), nil)
	})
	return o
}

func (h *host) bytesOr(b []byte, err error) goja.Value {
	if err != nil {
		panic(h.vm.NewGoError(err))
	}
	return h.vm.ToValue(h.vm.NewArrayBuffer(b))
}

// bytesOf are the bytes of an ArrayBuffer.
func bytesOf(v goja.Value) []byte {
	if b, ok := v.Export().(goja.ArrayBuffer); ok {
		return b.Bytes()
	}
	return nil
}

func decode(s, encoding string) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "utf8", "utf-8":
		return []byte(s), nil
	case "hex":
		return hex.DecodeString(s)
	case "base64", "base64url":
		s = strings.NewReplacer("+", "-", "/", "_", "=", "", "\n", "").Replace(s)
		return base64.RawURLEncoding.DecodeString(s)
	case "latin1", "binary", "ascii":
		b := make([]byte, 0, len(s))
		for _, r := range s {
			b = append(b, byte(r))
		}
		return b, nil
	}
	return nil, fmt.Errorf("unknown encoding: %s", encoding)
}

func encode(b []byte, encoding string) string {
	switch strings.ToLower(encoding) {
	case "hex":
		return hex.EncodeToString(b)
	case "base64":
		return base64.StdEncoding.EncodeToString(b)
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(b)
	case "latin1", "binary", "ascii":
		var s strings.Builder
		for _, c := range b {
			s.WriteRune(rune(c))
		}
		return s.String()
	}
	return strings.ToValidUTF8(string(b), "�")
}

func hashNamed(name string) (func() hash.Hash, error) {
	switch strings.ReplaceAll(strings.ToLower(name), "-", "") {
	case "sha1":
		return sha1.New, nil
	case "sha256", "rsasha256":
		return sha256.New, nil
	case "sha384", "rsasha384":
		return sha512.New384, nil
	case "sha512", "rsasha512":
		return sha512.New, nil
	}
	return nil, fmt.Errorf("Digest method not supported: %s", name) //nolint:staticcheck // Node's words
}

// verifySignature checks a PKCS #1 v1.5 or ECDSA signature; joined says that
// the two numbers of the latter stand side by side, as JWS has them.
func verifySignature(name, key string, data, signature []byte, joined bool) (bool, error) {
	f, err := hashNamed(name)
	if err != nil {
		return false, err
	}
	public, err := publicKey(key)
	if err != nil {
		return false, err
	}
	d := f()
	d.Write(data)
	sum := d.Sum(nil)
	switch k := public.(type) {
	case *rsa.PublicKey:
		id := map[int]crypto.Hash{20: crypto.SHA1, 32: crypto.SHA256, 48: crypto.SHA384, 64: crypto.SHA512}[len(sum)]
		return rsa.VerifyPKCS1v15(k, id, sum, signature) == nil, nil
	case *ecdsa.PublicKey:
		if !joined {
			return ecdsa.VerifyASN1(k, sum, signature), nil
		}
		half := len(signature) / 2
		if half == 0 || len(signature)%2 != 0 {
			return false, nil
		}
		return ecdsa.Verify(k, sum, new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])), nil
	}
	return false, errors.New("the key is neither an RSA nor an EC key")
}

// publicKey reads a key or certificate in PEM.
func publicKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("secretOrPublicKey must be a key or certificate in PEM")
	}
	switch block.Type {
	case "CERTIFICATE":
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return c.PublicKey, nil
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}
