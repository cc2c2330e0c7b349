package localtls

import (
	"cmp"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// recordHandshake is the first byte of every TLS connection; no HTTP method
// starts with it.
//
// Source: RFC 8446 §5.1.
const recordHandshake = 0x16

// firstByte is how long a connection may stay silent at its start if the
// server does not say.
const firstByte = 10 * time.Second

// Serve lets server answer HTTP and HTTPS on l until it is shut down; requests
// that came by HTTPS have their TLS field set. A connection that stays silent
// longer than ReadHeaderTimeout is closed.
func Serve(server *http.Server, l net.Listener, config *tls.Config) error {
	return server.Serve(listen(l, config, cmp.Or(server.ReadHeaderTimeout, firstByte)))
}

// Listen returns a listener whose connections are *tls.Conn where the client
// speaks TLS and plain ones where it does not, which is what net/http needs to
// serve both. Its Close closes l too.
func Listen(l net.Listener, config *tls.Config) net.Listener {
	return listen(l, config, firstByte)
}

func listen(l net.Listener, config *tls.Config, silence time.Duration) *listener {
	return &listener{
		Listener: l, config: config, silence: silence,
		results: make(chan result), done: make(chan struct{}), silent: map[net.Conn]struct{}{},
	}
}

type result struct {
	conn net.Conn
	err  error
}

type listener struct {
	net.Listener
	config  *tls.Config
	silence time.Duration

	start   sync.Once
	results chan result
	done    chan struct{}

	mu     sync.Mutex
	closed bool
	// silent are the connections that have sent nothing yet. No server knows
	// them, so Close has to end them.
	silent map[net.Conn]struct{}
}

// Accept returns the next connection that has said something.
func (l *listener) Accept() (net.Conn, error) {
	l.start.Do(func() { go l.run() })
	select {
	case r := <-l.results:
		return r.conn, r.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) run() {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			// Accept's caller decides whether to go on, and waits before it does.
			if !l.send(result{err: err}) || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		// A goroutine each, because one silent client must not hold up the rest.
		go l.sniff(conn)
	}
}

// send hands a result to Accept, or reports that nobody will come for it.
func (l *listener) send(r result) bool {
	select {
	case l.results <- r:
		return true
	case <-l.done:
		return false
	}
}

func (l *listener) sniff(conn net.Conn) {
	if !l.hold(conn) {
		_ = conn.Close()
		return
	}
	p := &peeked{Conn: conn}
	_ = conn.SetReadDeadline(time.Now().Add(l.silence)) //nolint:forbidigo // a network deadline, not the tenant's time
	n, err := conn.Read(p.first[:])
	_ = conn.SetReadDeadline(time.Time{})
	l.release(conn)
	if n == 0 || err != nil {
		_ = conn.Close()
		return
	}
	p.unread = true
	r := result{conn: p}
	if p.first[0] == recordHandshake {
		r.conn = tls.Server(p, l.config)
	}
	if !l.send(r) {
		_ = conn.Close()
	}
}

func (l *listener) hold(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.silent[conn] = struct{}{}
	}
	return !l.closed
}

func (l *listener) release(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.silent, conn)
}

// Close stops accepting and closes the connections that have said nothing yet.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	l.closed = true
	close(l.done)
	for conn := range l.silent {
		_ = conn.Close()
	}
	return l.Listener.Close()
}

// peeked gives back the byte that was read to see what the client speaks.
type peeked struct {
	net.Conn
	first  [1]byte
	unread bool
}

// Read implements net.Conn.
func (p *peeked) Read(b []byte) (int, error) {
	if !p.unread || len(b) == 0 {
		return p.Conn.Read(b)
	}
	p.unread = false
	return copy(b, p.first[:]), nil
}

// CloseWrite lets net/http end a connection without cutting off an answer that
// is still on its way.
func (p *peeked) CloseWrite() error {
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
