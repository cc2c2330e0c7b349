package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// ActionRunner runs an Action for a trigger. What the Action asks for is
// recorded in api; an error is what it threw.
type ActionRunner interface {
	RunAction(a *tenant.Action, trigger action.Trigger, event action.Event, api *action.API) error
	// FetchProfile runs the script of a connection that finds out who an access
	// token, which came in the answer, is for.
	FetchProfile(ctx context.Context, connection, script, accessToken string, answer map[string]any) (map[string]any, error)
}

// Limits of an Action's cache.
//
// Source: Auth0 docs, "Actions limitations" (caching).
const (
	maxCacheEntries = 20
	maxCacheKey     = 64
	maxCacheValue   = 4 << 10
	maxCacheTotal   = 8 << 10
	maxCacheTime    = 24 * time.Hour
	cacheTime       = 15 * time.Minute
)

// actionCache is what one Action keeps between its runs.
type actionCache struct {
	f      *Flow
	action string
}

func (c actionCache) Now() time.Time { return c.f.Clock.Now() }

func (c actionCache) Get(key string) (value string, expires time.Time, ok bool) {
	_ = c.f.Store.View(func(s *store.State) error {
		var found store.CachedValue
		if found, ok = s.ActionCaches[c.action][key]; ok {
			value, expires, ok = found.Value, found.Expires, c.Now().Before(found.Expires)
		}
		return nil
	})
	if !ok {
		return "", time.Time{}, false
	}
	return value, expires, true
}

// Set keeps a value. The codes of what is against it are Auth0's.
//
// Source: Auth0 docs, "Actions triggers: custom-token-exchange, API object"
// (api.cache).
func (c actionCache) Set(key, value string, expires time.Time) (code string, ends time.Time) {
	now := c.Now()
	if expires.IsZero() {
		expires = now.Add(cacheTime)
	}
	if latest := now.Add(maxCacheTime); expires.After(latest) {
		expires = latest
	}
	switch {
	case len(key) > maxCacheKey || key == "":
		return "CacheKeySizeExceeded", time.Time{}
	case len(value) > maxCacheValue:
		return "CacheValueSizeExceeded", time.Time{}
	case !now.Before(expires):
		return "ItemAlreadyExpired", time.Time{}
	}
	_ = c.f.Store.Update(func(s *store.State) error {
		kept, total := map[string]store.CachedValue{}, len(key)+len(value)
		for k, v := range s.ActionCaches[c.action] {
			if k != key && now.Before(v.Expires) {
				kept[k] = v
				total += len(k) + len(v.Value)
			}
		}
		if len(kept) >= maxCacheEntries || total > maxCacheTotal {
			code = "CacheSizeExceeded"
			return nil
		}
		kept[key] = store.CachedValue{Value: value, Expires: expires}
		s.ActionCaches[c.action] = kept
		return nil
	})
	return code, expires
}

func (c actionCache) Delete(key string) {
	_ = c.f.Store.Update(func(s *store.State) error {
		kept := map[string]store.CachedValue{}
		for k, v := range s.ActionCaches[c.action] {
			if k != key {
				kept[k] = v
			}
		}
		s.ActionCaches[c.action] = kept
		return nil
	})
}

// secretParams are the members of a request that its Action is not told.
//
// Source: Auth0 docs, "Actions triggers: post-login, event object"
// (event.request.body).
var secretParams = []string{"client_secret", "client_assertion", "password", "code", "refresh_token", "otp", "mfa_token"}

// actionBody is a request's body without its secrets.
func actionBody(params map[string]string) map[string]string {
	body := make(map[string]string, len(params))
	for name, value := range params {
		if !slices.Contains(secretParams, name) {
			body[name] = value
		}
	}
	return body
}

// changeMetadata applies what an Action set on a user's metadata.
//
// Source: Auth0 docs, "Actions triggers: post-login, API object" (null
// removes a member; the changes are written once).
func changeMetadata(u *tenant.User, changes []action.SetMetadata) {
	for _, m := range changes {
		into := &u.UserMetadata
		if m.App {
			into = &u.AppMetadata
		}
		changed := make(map[string]any, len(*into)+1)
		for name, value := range *into {
			changed[name] = value
		}
		if m.Value == nil {
			delete(changed, m.Name)
		} else {
			changed[m.Name] = m.Value
		}
		*into = changed
	}
}

// tenantID is the tenant's name, as Actions know it: the first label of its
// host.
func tenantID(issuer string) string {
	_, host, _ := strings.Cut(issuer, "://")
	host, _, _ = strings.Cut(strings.TrimSuffix(host, "/"), ":")
	host, _, _ = strings.Cut(host, ".")
	return host
}
