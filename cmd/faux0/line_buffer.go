package main

import (
	"io"
	"sync"
	"time"
)

const (
	// linger is how long a log line may wait for company, so that a busy
	// tenant does not spend a system call on each.
	linger = 20 * time.Millisecond
	// lineBufferSize is when it waits no longer, in bytes.
	lineBufferSize = 32 << 10
)

// lineBuffer gathers writes for a moment and then passes them on in one. It is
// safe for concurrent use.
type lineBuffer struct {
	mu      sync.Mutex
	w       io.Writer
	b       []byte
	waiting bool
	timer   *time.Timer
}

func newLineBuffer(w io.Writer) *lineBuffer {
	l := &lineBuffer{w: w, b: make([]byte, 0, lineBufferSize/8)}
	l.timer = time.AfterFunc(time.Hour, l.Flush)
	l.timer.Stop()
	return l
}

// Write implements io.Writer; the error of a write that comes later is lost,
// as there is nowhere to log that the log failed.
func (l *lineBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, p...)
	switch {
	case len(l.b) >= lineBufferSize:
		l.flush()
	case !l.waiting:
		l.waiting = true
		l.timer.Reset(linger)
	}
	return len(p), nil
}

// Flush passes on what is waiting.
func (l *lineBuffer) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}

func (l *lineBuffer) flush() {
	if len(l.b) > 0 {
		_, _ = l.w.Write(l.b)
	}
	l.b, l.waiting = l.b[:0], false
}
