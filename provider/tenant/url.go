package tenant

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// MatchCallback says whether redirectURI is one of the client's Allowed
// Callback URLs. organization is the name that {organization_name} stands for;
// empty where the login has none.
//
// The comparison is exact but for the case of scheme and host, port and query
// included: there is no leniency for loopback ports. Strict third-party clients
// have no wildcards.
//
// Source: Auth0 docs, "Subdomain URL placeholders", "Application settings",
// "Third-party applications"; RFC 9700 §2.1 (exact matching).
func (c *Client) MatchCallback(redirectURI, organization string) bool {
	return slices.ContainsFunc(c.Callbacks, func(allowed string) bool {
		if c.ThirdPartyStrict() && strings.Contains(allowed, "*") {
			return false
		}
		return matchURL(allowed, redirectURI, organization)
	})
}

// MatchLogoutURL says whether returnTo is in a list of Allowed Logout URLs.
// /v2/logout leaves query and fragment out of the comparison, /oidc/logout
// compares the query (withQuery).
//
// Source: Auth0 docs, "Redirect users after logout".
func MatchLogoutURL(allowed []string, returnTo string, withQuery bool) bool {
	if strings.ContainsFunc(returnTo, unicode.IsControl) {
		return false // also where it is not compared: it becomes a header
	}
	if !withQuery {
		returnTo = withoutQuery(returnTo)
	}
	return slices.ContainsFunc(allowed, func(a string) bool {
		if !withQuery {
			a = withoutQuery(a)
		}
		return matchURL(a, returnTo, "")
	})
}

func withoutQuery(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return s[:i]
	}
	return s
}

// AllowsOrigin says whether a page on the origin (scheme://host:port) may read
// answers across origins: the origins of the callbacks are implied, Allowed
// Origins (CORS) and Allowed Web Origins add to them.
//
// Source: Auth0 docs, "Application settings".
func (c *Client) AllowsOrigin(origin string) bool {
	return matchOrigin(c.AllowedOrigins, origin) || matchOrigin(c.WebOrigins, origin) || matchOrigin(c.Callbacks, origin)
}

// Origins lists the origins AllowsOrigin allows, wildcards left out.
func (c *Client) Origins() []string {
	origins := []string{}
	for _, list := range [][]string{c.AllowedOrigins, c.WebOrigins, c.Callbacks} {
		for _, raw := range list {
			if o := Origin(raw); o != "" && !strings.ContainsAny(o, "*{") && !slices.Contains(origins, o) {
				origins = append(origins, o)
			}
		}
	}
	return origins
}

// AllowsWebMessage says whether a page on the origin may get answers by
// web_message.
//
// Source: Auth0 docs, "Application settings" (Allowed Web Origins).
func (c *Client) AllowsWebMessage(origin string) bool {
	return matchOrigin(c.WebOrigins, origin)
}

func matchOrigin(list []string, origin string) bool {
	return slices.ContainsFunc(list, func(allowed string) bool {
		o := Origin(allowed)
		return o != "" && matchURL(o, origin, "")
	})
}

// Origin reduces an absolute http(s) URL to scheme://host:port, lower case and
// without a default port; "" for anything else.
//
// Source: RFC 6454 §4.
func Origin(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, "://")
	scheme = lower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return ""
	}
	host := rest
	if i := strings.IndexAny(host, "/?#\\"); i >= 0 {
		host = host[:i]
	}
	if host == "" || strings.Contains(host, "@") {
		return ""
	}
	host = lower(host)
	if scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

// matchURL compares a configured URL with a sent one. `*` and
// {organization_name} may stand in the left-most label of an http(s) host.
func matchURL(allowed, sent, organization string) bool {
	if strings.ContainsAny(sent, "\\*{}") || strings.ContainsFunc(sent, isBlank) {
		return false // browsers read these in ways a string comparison does not
	}
	aScheme, aRest, aOK := strings.Cut(allowed, "://")
	sScheme, sRest, sOK := strings.Cut(sent, "://")
	if !aOK || !sOK {
		return allowed == sent // com.app:/callback and the like: no host, no leniency
	}
	aScheme, sScheme = lower(aScheme), lower(sScheme)
	if aScheme != sScheme {
		return false
	}
	aHost, aPath := splitHost(aRest)
	sHost, sPath := splitHost(sRest)
	if aPath != sPath {
		return false
	}
	aHost, sHost = lower(aHost), lower(sHost)
	if aScheme != "http" && aScheme != "https" {
		return aHost == sHost
	}
	return matchHost(aHost, sHost, lower(organization))
}

func isBlank(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }

// lower folds ASCII only: Unicode folding would let look-alikes (ſ, K) pass for
// letters of a configured host.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func splitHost(rest string) (host, path string) {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, ""
}

func matchHost(allowed, sent, organization string) bool {
	if allowed == sent {
		return true
	}
	label, domain, ok := strings.Cut(allowed, ".")
	sentLabel, sentDomain, sentOK := strings.Cut(sent, ".")
	if !ok || !sentOK || domain != sentDomain {
		return false
	}
	if label == "{organization_name}" {
		return organization != "" && sentLabel == organization
	}
	prefix, suffix, wild := strings.Cut(label, "*")
	if !wild || strings.Contains(suffix, "*") || strings.ContainsFunc(sentLabel, notOfLabel) {
		return false
	}
	return len(sentLabel) > len(prefix)+len(suffix) &&
		strings.HasPrefix(sentLabel, prefix) && strings.HasSuffix(sentLabel, suffix)
}

// notOfLabel says whether the character cannot stand in a label of a host name.
//
// Source: RFC 1123 §2.1; the underscore is accepted by browsers.
func notOfLabel(r rune) bool {
	return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

// ValidRedirect says whether a URL may be redirected to at all: absolute, with
// no userinfo, and not a script.
//
// Source: RFC 6749 §3.1.2; RFC 9700 §4.1.
func ValidRedirect(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.User != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "javascript", "data", "vbscript", "file", "blob", "about":
		return false
	case "http", "https":
		return u.Host != ""
	}
	return true
}

// Nearest returns the candidate most like s, or "" when none is close: what a
// message suggests beside "unknown".
func Nearest(s string, candidates []string) string {
	best, bestDistance := "", len(s)/3+2
	for _, c := range candidates {
		if strings.EqualFold(c, s) {
			return c
		}
		if d := editDistance(strings.ToLower(s), strings.ToLower(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// editDistance is Levenshtein's, given up at limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
