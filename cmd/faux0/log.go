package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// newLog returns the log that --log asks for.
func newLog(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(&textLog{mu: new(sync.Mutex), w: w})
}

// textLog writes records for people: the time, the level where it matters, the
// values that every request has, and the rest as key=value. Advice gets a line
// of its own.
type textLog struct {
	mu    *sync.Mutex
	w     io.Writer
	attrs []slog.Attr
}

// bareKeys are written without their names, and ownLine on lines of their own.
var (
	bareKeys = map[string]bool{"method": true, "path": true, "status": true, "took": true}
	ownLine  = map[string]bool{"because": true, "hint": true}
)

// Enabled implements slog.Handler.
func (h *textLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// WithAttrs implements slog.Handler.
func (h *textLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &textLog{h.mu, h.w, append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

// WithGroup implements slog.Handler. Nobody here groups.
func (h *textLog) WithGroup(string) slog.Handler { return h }

// Handle implements slog.Handler.
func (h *textLog) Handle(_ context.Context, r slog.Record) error {
	var room [512]byte
	b, below := append(appendClock(room[:0], r.Time), ' '), []byte(nil)
	if r.Level > slog.LevelInfo {
		b = append(append(b, r.Level.String()...), ' ')
	}
	// A request's line speaks for itself.
	if r.Message != "request" {
		b = append(append(b, printable(r.Message)...), ' ')
	}
	write := func(a slog.Attr) bool {
		value := printable(a.Value.String())
		switch {
		case bareKeys[a.Key]:
			b = append(append(b, value...), ' ')
		case ownLine[a.Key]:
			below = fmt.Appendf(below, "\n         %s: %s", a.Key, value)
		default:
			b = append(append(b, a.Key...), '=')
			if value == "" || strings.ContainsAny(value, " \"=") {
				b = strconv.AppendQuote(b, value)
			} else {
				b = append(b, value...)
			}
			b = append(b, ' ')
		}
		return true
	}
	for _, a := range h.attrs {
		write(a)
	}
	r.Attrs(write)
	b = append(append(b[:len(b)-1], below...), '\n')
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.w.Write(b)
	return err
}

// appendClock writes the time of day as 15:04:05, at a fraction of what
// Time.Format costs.
func appendClock(b []byte, t time.Time) []byte {
	h, m, s := t.Clock()
	for i, n := range [...]int{h, m, s} {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, byte('0'+n/10), byte('0'+n%10))
	}
	return b
}

// printable shows what a terminal would obey instead of sending it there.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	quoted := strconv.Quote(s)
	return quoted[1 : len(quoted)-1]
}

// connectionLog takes what net/http has to say about connections, and adds
// advice to what everybody meets first.
type connectionLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (h connectionLog) Handle(ctx context.Context, r slog.Record) error {
	for _, s := range []string{"unknown certificate", "unknown authority", "bad certificate", "certificate unknown"} {
		if strings.Contains(r.Message, s) {
			r = r.Clone()
			r.AddAttrs(slog.String("hint", "the client does not trust the local CA: run faux0 trust, or see what it prints for Node, Python and Java"))
			break
		}
	}
	return h.Handler.Handle(ctx, r)
}
