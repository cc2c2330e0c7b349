package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTextLog(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := newLog(&b, "text")
	log.Info("request", "method", "GET", "path", "/a\x1b[2J", "status", 200, "took", "1ms", "client", "Acme Web", "x", "")
	log.With("tenant", "one").WithGroup("g").Warn("token", "because", "RBAC is off", "hint", "switch it on")
	log.Debug("unseen")
	errors := slog.NewLogLogger(connectionLog{log.Handler()}, slog.LevelWarn)
	errors.Print("http: TLS handshake error from 127.0.0.1:1: remote error: tls: unknown certificate authority")
	errors.Print("http: something else")
	var lines []string
	for line := range strings.Lines(b.String()) {
		if _, rest, ok := strings.Cut(line, " "); ok && line[0] != ' ' {
			line = rest // without the time
		}
		lines = append(lines, line)
	}
	want := `GET /a\x1b[2J 200 1ms client="Acme Web" x=""
WARN token tenant=one
         because: RBAC is off
         hint: switch it on
WARN http: TLS handshake error from 127.0.0.1:1: remote error: tls: unknown certificate authority
         hint: the client does not trust the local CA: run faux0 trust, or see what it prints for Node, Python and Java
WARN http: something else
`
	if got := strings.Join(lines, ""); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
