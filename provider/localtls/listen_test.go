package localtls

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

type running struct {
	*Authority
	addr   string
	server *http.Server
	served chan error
}

// serve runs a server that says how a request came to it.
func serve(tb testing.TB, configure func(*http.Server)) *running {
	tb.Helper()
	a, err := Memory(nil, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, "%s tls=%v", r.Proto, r.TLS != nil)
		}),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	if configure != nil {
		configure(server)
	}
	r := &running{Authority: a, addr: l.Addr().String(), server: server, served: make(chan error, 1)}
	go func() { r.served <- Serve(server, l, a.TLSConfig()) }()
	tb.Cleanup(func() { _ = server.Close() })
	return r
}

func (r *running) client(http2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetHTTP2(http2)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: r.Pool()}, Protocols: protocols,
	}}
}

func get(tb testing.TB, c *http.Client, url string) string {
	tb.Helper()
	res, err := c.Get(url)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}

func TestOnePortSpeaksEverything(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	for _, c := range []struct {
		name, scheme, want string
		http2              bool
	}{
		{"plain", "http", "HTTP/1.1 tls=false", false},
		{"TLS, HTTP/1.1", "https", "HTTP/1.1 tls=true", false},
		{"TLS, HTTP/2", "https", "HTTP/2.0 tls=true", true},
	} {
		client := r.client(c.http2)
		for range 3 { // kept alive and new alike
			if got := get(t, client, c.scheme+"://"+r.addr); got != c.want {
				t.Errorf("%s: %s", c.name, got)
			}
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			scheme, want := "http", "HTTP/1.1 tls=false"
			if i%3 > 0 {
				scheme, want = "https", fmt.Sprintf("HTTP/%s tls=true", []string{"", "1.1", "2.0"}[i%3])
			}
			client := r.client(i%3 == 2)
			defer client.CloseIdleConnections()
			res, err := client.Get(scheme + "://" + r.addr)
			if err != nil {
				t.Error(err)
				return
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if string(body) != want || err != nil {
				t.Errorf("got %s, %v", body, err)
			}
		})
	}
	wait.Wait()
}

func dial(tb testing.TB, addr string) net.Conn {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute))
	return conn
}

func TestSilentConnectionHoldsUpNobody(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	for range 20 {
		dial(t, r.addr)
	}
	if got := get(t, r.client(false), "http://"+r.addr); got != "HTTP/1.1 tls=false" {
		t.Error(got)
	}
}

func TestSilentConnectionIsClosed(t *testing.T) {
	t.Parallel()
	r := serve(t, func(s *http.Server) { s.ReadHeaderTimeout = 50 * time.Millisecond })
	for _, first := range []string{"", "G", "\x16"} {
		conn := dial(t, r.addr)
		if _, err := io.WriteString(conn, first); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Errorf("%q was left open", first)
		}
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func TestGarbage(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	for _, bytes := range []string{"\x00\x01\x02\r\n\r\n", "\x16\x03\x01\x00\x05hello", "\x16\x16\x16\x16\x16\x16", "\n\n\n\n"} {
		conn := dial(t, r.addr)
		if _, err := io.WriteString(conn, bytes); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
			t.Errorf("%q was left open", bytes)
		}
	}
	get(t, r.client(true), "https://"+r.addr)
}

// The peeked byte may be all that has come.
func TestFirstByteAlone(t *testing.T) {
	t.Parallel()
	r := serve(t, nil)
	conn := dial(t, r.addr)
	for _, part := range []string{"G", "ET / HT", "TP/1.1\r\nHost: localhost\r\n\r\n"} {
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", res, err)
	}
}

func TestShutdownFinishesRequestsAndEndsSilence(t *testing.T) {
	t.Parallel()
	entered, finish := make(chan struct{}), make(chan struct{})
	r := serve(t, func(s *http.Server) {
		s.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-finish
			_, _ = io.WriteString(w, "done")
		})
	})
	silent := dial(t, r.addr)
	answer := make(chan string, 1)
	go func() {
		res, err := r.client(true).Get("https://" + r.addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		answer <- string(body)
	}()
	<-entered
	down := make(chan error, 1)
	go func() { down <- r.server.Shutdown(t.Context()) }()
	if err := <-r.served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, silent); isTimeout(err) {
		t.Error("a silent connection survived the shutdown")
	}
	close(finish)
	if got := <-answer; got != "done" {
		t.Error(got)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
}

// failing is a listener whose first Accepts fail.
type failing struct {
	net.Listener
	errs []error
}

func (f *failing) Accept() (net.Conn, error) {
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return nil, err
	}
	return f.Listener.Accept()
}

func TestAcceptPassesErrorsOn(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("too many open files")
	l := Listen(&failing{inner, []error{full, full}}, nil)
	for range 2 {
		if _, err := l.Accept(); !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := io.WriteString(dial(t, inner.Addr().String()), "hello"); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 5)
	if _, err := io.ReadFull(conn, first); err != nil || string(first) != "hello" {
		t.Errorf("%s %v", first, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
}

func BenchmarkPlainRequest(b *testing.B) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	for _, sniffing := range []bool{false, true} {
		b.Run(fmt.Sprintf("sniffing=%v", sniffing), func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
			if sniffing {
				go func() { _ = Serve(server, l, nil) }()
			} else {
				go func() { _ = server.Serve(l) }()
			}
			defer func() { _ = server.Close() }()
			client := &http.Client{}
			for b.Loop() {
				if got := get(b, client, "http://"+l.Addr().String()); !strings.HasPrefix(got, "ok") {
					b.Fatal(got)
				}
			}
		})
	}
}
