package provider

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// hosts knows the names the tenant answers to. A request for any other is
// refused, so that a page on the internet cannot reach the tenant by pointing
// its own name at loopback.
type hosts struct {
	issuer string
	names  map[string]bool
	proxy  bool
}

// aliasPrefix begins the name of the host that asks clients for a certificate.
//
// Source: Auth0 docs, "Configure mTLS authentication for a tenant".
const aliasPrefix = "mtls."

func newHosts(c Config) *hosts {
	h := &hosts{issuer: c.Issuer, names: map[string]bool{"localhost": true}, proxy: c.Proxy}
	for _, name := range c.Hosts {
		h.names[strings.ToLower(name)] = true
	}
	if u, err := url.Parse(c.Issuer); err == nil && u.Host != "" {
		h.names[strings.ToLower(u.Hostname())] = true
	}
	return h
}

// own says whether the tenant answers to a Host header, whatever its port. It
// answers to the alias of each of its names.
func (h *hosts) own(hostport string) bool {
	name := strings.ToLower(hostport)
	if h.names[name] {
		return true
	}
	if name = strings.TrimPrefix(name, aliasPrefix); h.names[name] {
		return true
	}
	if host, port, err := net.SplitHostPort(name); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "" {
			return false
		}
		name = host
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if h.names[name] || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// resolve finds out how the caller reached the tenant: base is scheme://host,
// issuer what its tokens will say. On an alias the issuer is that of the name
// it is an alias of: only endpoints have aliases.
//
// Source: RFC 8705 §5.
//
// It returns MisdirectedRequest for a host that is not the tenant's.
func (h *hosts) resolve(r *http.Request) (base, issuer string, secure bool, err error) {
	host, secure := r.Host, r.TLS != nil
	if h.proxy {
		if v := r.Header.Get("X-Forwarded-Host"); v != "" {
			host, _, _ = strings.Cut(v, ",")
			host = strings.TrimSpace(host)
		}
		if v := r.Header.Get("X-Forwarded-Proto"); v != "" {
			v, _, _ = strings.Cut(v, ",")
			secure = strings.EqualFold(strings.TrimSpace(v), "https")
		}
	}
	if strings.ContainsAny(host, "/\\?#@ <>\"'") || !h.own(host) {
		return "", "", false, tenant.MisdirectedRequest(host)
	}
	base = "http://"
	if secure {
		base = "https://"
	}
	host = strings.ToLower(host)
	issuer = h.issuer
	if issuer == "" {
		issuer = base + strings.TrimPrefix(host, aliasPrefix) + "/"
	}
	base += host
	return base, issuer, secure, nil
}

// caller is the address the request comes from. A proxy adds the one it saw as
// the last, so what stands before is the caller's own word.
func (h *hosts) caller(r *http.Request) string {
	if h.proxy {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		last := strings.Trim(strings.TrimSpace(list[len(list)-1]), "[]")
		if net.ParseIP(last) != nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// ownIssuer says whether the tenant issues, or may have issued, under iss.
func (h *hosts) ownIssuer(iss string) bool {
	if h.issuer != "" {
		return iss == h.issuer
	}
	host, ok := strings.CutPrefix(iss, "https://")
	if !ok {
		if host, ok = strings.CutPrefix(iss, "http://"); !ok {
			return false
		}
	}
	host, ok = strings.CutSuffix(host, "/")
	return ok && !strings.Contains(host, "/") && !strings.HasPrefix(host, aliasPrefix) && h.own(host)
}
