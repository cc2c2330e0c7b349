package oauth

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/faux0/faux0/provider/internal/wire"
)

// thumbprint is the x5t#S256 of the caller's certificate, "" for none.
//
// Source: RFC 8705 §3.1.
func thumbprint(x *wire.Exchange) string {
	if x.Certificate == nil {
		return ""
	}
	sum := sha256.Sum256(x.Certificate.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
