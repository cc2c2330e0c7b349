package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/localtls"
)

// little is the patience of a hurried server.
const little = 100 * time.Millisecond

// hurried serves h to clients it has little patience with.
func hurried(t *testing.T, h http.Handler, patience limits) (addr string) {
	t.Helper()
	authority, err := localtls.Memory(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newHTTP(h, slog.New(slog.DiscardHandler), patience)
	go func() { _ = localtls.Serve(server, l, authority.TLSConfig()) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// talk sends the words and waits for the server to hang up.
func talk(t *testing.T, addr, words string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(hangs))
	_, _ = io.WriteString(conn, words) // the server may have hung up already
	answer, err := io.ReadAll(conn)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Errorf("%.60q: the connection was left open", words)
	}
	return string(answer)
}

// A client that sends its request a little at a time, or never the rest of it,
// must not hold a connection.
func TestSlowClientsAreHungUpOn(t *testing.T) {
	t.Parallel()
	tenant, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	addr := hurried(t, tenant, limits{header: little, body: 2 * little, answer: 2 * little, idle: little})
	const post = "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for _, words := range []string{
		"", "P", "POST /oauth/token HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ",
		post + "Content-Length: 100\r\n\r\ngrant_type=", post + "Content-Length: 100\r\n\r\n", post + "Transfer-Encoding: chunked\r\n\r\n5\r\ngrant\r\n",
		post + "Content-Length: 9999999999\r\n\r\n" + strings.Repeat("a", 1000), "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x16\x03\x01",
	} {
		t.Run(fmt.Sprintf("%.40q", words), func(t *testing.T) {
			t.Parallel()
			if answer := talk(t, addr, words); strings.Contains(answer, " 500 ") {
				t.Errorf("the answer is %s", answer)
			}
		})
	}
}

func TestClientThatDoesNotReadIsHungUpOn(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	addr := hurried(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 64<<20))
		ended <- err
	}), limits{header: hangs, body: hangs, answer: little, idle: hangs}) // it has all the time to ask
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Skip("this machine's sockets hold 64 MB")
		}
	case <-time.After(hangs):
		t.Error("the handler still writes")
	}
}

func TestLimitsAreBounded(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]time.Duration{"header": usualLimits.header, "body": usualLimits.body, "answer": usualLimits.answer, "idle": usualLimits.idle} {
		if d <= 0 || d > 10*time.Minute {
			t.Errorf("%s: %s", name, d)
		}
	}
	if usualLimits.answer <= 5*time.Minute {
		t.Error("an answer that was asked to wait would be cut off")
	}
}
