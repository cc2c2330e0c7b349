package oauth

import (
	"encoding/base64"
	"net/http"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// mountCertificates adds the legacy addresses of the certificate that ID tokens
// and access tokens verify by. What each answers beside the certificate itself
// (media types, that rawpem has no armour) is inferred.
//
// Source: Auth0 docs, "Signing keys" (certificate URLs).
func (h *Handler) mountCertificates(rt *wire.Router) {
	rt.Handle("GET HEAD", "/pem", wire.OAuth, h.certificate(func(k *tenant.Key) (*wire.Response, error) {
		return wire.Bytes(http.StatusOK, "application/x-pem-file", k.CertPEM()), nil
	}))
	rt.Handle("GET HEAD", "/rawpem", wire.OAuth, h.certificate(func(k *tenant.Key) (*wire.Response, error) {
		return wire.Text(http.StatusOK, base64.StdEncoding.EncodeToString(k.Cert)), nil
	}))
	rt.Handle("GET HEAD", "/cer", wire.OAuth, h.certificate(func(k *tenant.Key) (*wire.Response, error) {
		return wire.Bytes(http.StatusOK, "application/pkix-cert", k.Cert), nil
	}))
	rt.Handle("GET HEAD", "/pb7", wire.OAuth, h.certificate(func(k *tenant.Key) (*wire.Response, error) {
		message, err := k.PKCS7()
		if err != nil {
			return nil, err
		}
		return wire.Bytes(http.StatusOK, "application/x-pkcs7-certificates", message), nil
	}))
	rt.Handle("GET HEAD", "/fingerprint", wire.OAuth, h.fingerprint)
}

func (h *Handler) certificate(write func(*tenant.Key) (*wire.Response, error)) wire.Handler {
	return func(*http.Request) (*wire.Response, error) { return write(h.Keys().Current) }
}

func (h *Handler) fingerprint(r *http.Request) (*wire.Response, error) {
	hash := wire.Query(r).Get("encoding")
	if hash == "" {
		hash = "sha1"
	}
	text := h.Keys().Current.Fingerprint(hash)
	if text == "" {
		return nil, tenant.InvalidRequest("encoding must be sha1 or sha256")
	}
	return wire.Text(http.StatusOK, text), nil
}
