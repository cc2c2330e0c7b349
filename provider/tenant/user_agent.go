package tenant

import (
	"regexp"
	"strings"
	"sync"
)

// userAgent is what the tenant's log tells of a User-Agent header.
type userAgent struct {
	browser, system string
	mobile          bool
}

// String is "Chrome 120.0.0 / Mac OS X 10.15.7", and "Other 0.0.0 / Other 0.0.0"
// for what is no browser.
//
// Source: the description of tenant logs, user_agent. Observed: go-auth0,
// GET /api/v2/logs.
func (a userAgent) String() string { return a.browser + " / " + a.system }

// browserNames and systemNames are tried in order: most browsers also call
// themselves by the names of others.
var (
	browserNames = [][2]string{{"Edg", "Edge"}, {"OPR", "Opera"}, {"Firefox", "Firefox"}, {"HeadlessChrome", "HeadlessChrome"}, {"Chrome", "Chrome"}, {"Version", "Safari"}}
	systemNames  = [][2]string{{"iPhone OS", "iOS"}, {"CPU OS", "iOS"}, {"Mac OS X", "Mac OS X"}, {"Windows NT", "Windows"}, {"Android", "Android"}, {"Linux", "Linux"}}

	versionOf = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[/ ]?(\d+)?[._]?(\d+)?[._]?(\d+)?`) })
)

func readUserAgent(header string) userAgent {
	find := func(names [][2]string) string {
		for _, name := range names {
			_, rest, ok := strings.Cut(header, name[0])
			if !ok {
				continue
			}
			parts := versionOf().FindStringSubmatch(rest)[1:]
			for i := range parts {
				if parts[i] == "" {
					parts[i] = "0"
				}
			}
			return name[1] + " " + strings.Join(parts, ".")
		}
		return "Other 0.0.0"
	}
	return userAgent{find(browserNames), find(systemNames), strings.Contains(header, "Mobile")}
}
