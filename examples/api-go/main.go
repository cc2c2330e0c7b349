// Command api-go is a small API guarded by Auth0's own Go middleware.
//
// It does what an API behind Auth0 does: it accepts a token when the signature,
// the issuer and the audience are right (else 401), and lets a request through
// when the token's permissions name what the route needs (else 403).
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	jwtmiddleware "github.com/auth0/go-jwt-middleware/v3"
	"github.com/auth0/go-jwt-middleware/v3/jwks"
	"github.com/auth0/go-jwt-middleware/v3/validator"
)

// config is read from the environment; the defaults fit the demo tenant.
type config struct {
	addr     string // where to listen
	issuer   string // what a token's iss must be, letter for letter
	audience string // what a token's aud must name
	jwksURL  string // where the keys are; empty asks the issuer's discovery document
	origin   string // the page that may call this API from a browser
}

func configFromEnv() config {
	return config{
		addr:     cmp.Or(os.Getenv("ADDR"), "127.0.0.1:3001"),
		issuer:   cmp.Or(os.Getenv("AUTH0_ISSUER"), "http://localhost:4400/"),
		audience: cmp.Or(os.Getenv("AUTH0_AUDIENCE"), "https://orders.acme.test"),
		jwksURL:  os.Getenv("AUTH0_JWKS_URL"),
		origin:   cmp.Or(os.Getenv("CORS_ORIGIN"), "http://localhost:3000"),
	}
}

func main() {
	cfg := configFromEnv()
	api, err := newAPI(cfg)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Shutdown(context.Background()) })
	log.Printf("API on http://%s for tokens from %s with audience %s", listener.Addr(), cfg.issuer, cfg.audience)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// newAPI is the whole API as one handler.
func newAPI(cfg config) (http.Handler, error) {
	issuer, err := url.Parse(cfg.issuer)
	if err != nil {
		return nil, err
	}
	keys := []any{jwks.WithIssuerURL(issuer)}
	if cfg.jwksURL != "" {
		// In a compose network the keys come from the service's name, while
		// iss stays what the browser sees.
		u, err := url.Parse(cfg.jwksURL)
		if err != nil {
			return nil, err
		}
		keys = append(keys, jwks.WithCustomJWKSURI(u))
	}
	provider, err := jwks.NewCachingProvider(keys...)
	if err != nil {
		return nil, err
	}
	checker, err := validator.New(
		validator.WithKeyFunc(provider.KeyFunc),
		validator.WithAlgorithm(validator.RS256),
		validator.WithIssuer(cfg.issuer),
		validator.WithAudience(cfg.audience),
		validator.WithCustomClaims(func() *accessClaims { return &accessClaims{} }),
	)
	if err != nil {
		return nil, err
	}
	guard, err := jwtmiddleware.New(
		jwtmiddleware.WithValidator(checker),
		jwtmiddleware.WithErrorHandler(unauthorized),
	)
	if err != nil {
		return nil, err
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer": cfg.issuer, "audience": cfg.audience, "jwks_uri": cfg.jwksURL,
			"routes": map[string]string{"GET /orders": "read:orders", "POST /orders": "write:orders"},
		})
	})
	mux.Handle("GET /orders", guard.CheckJWT(needs("read:orders", listOrders)))
	mux.Handle("POST /orders", guard.CheckJWT(needs("write:orders", createOrder)))
	return cors(cfg.origin, mux), nil
}

// accessClaims are the claims that the validator does not know by itself.
type accessClaims struct {
	Scope       string    `json:"scope"`
	Permissions *[]string `json:"permissions"`
}

// Validate is part of validator.CustomClaims; what a route needs is checked per route.
func (*accessClaims) Validate(context.Context) error { return nil }

// needs lets a request through when its token carries the permission.
func needs(permission string, next func(http.ResponseWriter, *http.Request, *validator.ValidatedClaims)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, err := jwtmiddleware.GetClaims[*validator.ValidatedClaims](r.Context())
		if err != nil {
			unauthorized(w, r, err)
			return
		}
		access := claims.CustomClaims.(*accessClaims)
		if access.Permissions != nil && slices.Contains(*access.Permissions, permission) {
			next(w, r, claims)
			return
		}
		hint := "The token has no permissions claim. Is RBAC on for this API, with " +
			`"Add Permissions in the Access Token"?`
		held := []string{}
		if access.Permissions != nil {
			held = *access.Permissions
			hint = "Give the user (or the machine client's grant) this permission and log in again."
		}
		writeJSON(w, http.StatusForbidden, map[string]any{
			"error": "insufficient_permissions", "needs": permission, "permissions": held, "hint": hint,
		})
	})
}

func listOrders(w http.ResponseWriter, _ *http.Request, claims *validator.ValidatedClaims) {
	writeJSON(w, http.StatusOK, map[string]any{
		"you":    claims.RegisteredClaims.Subject,
		"orders": []map[string]any{{"id": 1, "item": "teapot"}, {"id": 2, "item": "umbrella"}},
	})
}

func createOrder(w http.ResponseWriter, _ *http.Request, claims *validator.ValidatedClaims) {
	writeJSON(w, http.StatusCreated, map[string]any{"you": claims.RegisteredClaims.Subject, "created": 3})
}

// unauthorized says why a token was refused; the middleware's own words come first.
func unauthorized(w http.ResponseWriter, r *http.Request, err error) {
	status, code := http.StatusUnauthorized, "invalid_token"
	body := map[string]any{"reason": err.Error()}
	switch {
	case errors.Is(err, jwtmiddleware.ErrJWTMissing):
		code = "missing_token"
	case !errors.Is(err, jwtmiddleware.ErrJWTInvalid):
		status, code = http.StatusInternalServerError, "server_error"
	case strings.Count(r.Header.Get("Authorization"), ".") != 2:
		body["hint"] = "This access token is not a JWT. Did the login ask for this API's audience?"
	}
	body["error"] = code
	w.Header().Set("WWW-Authenticate", `Bearer error="`+code+`"`)
	writeJSON(w, status, body)
}

// cors answers preflights and names the one page that may read the answers.
func cors(origin string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if slices.Contains(strings.Fields(origin), r.Header.Get("Origin")) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type")
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
