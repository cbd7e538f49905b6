package server

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/r3labs/sse/v2"
)

// bridge lets the SSE library encode events while our hub owns the sockets. The library
// sends to its listeners one after the other and waits for each, so one reader that stops
// reading would stop all; here its only listener is a buffer.
type bridge struct {
	mu     sync.Mutex
	server *sse.Server
	frames chan []byte
	ended  context.Context //nolint:containedctx // the life of the library's only listener
	stop   context.CancelFunc
}

const wire = "wire"

func newBridge() *bridge {
	b := &bridge{server: sse.New(), frames: make(chan []byte, 1)}
	b.server.AutoReplay = false // it would overwrite ids and keep every event for ever
	b.server.CreateStream(wire)
	b.ended, b.stop = context.WithCancel(context.Background())
	r := (&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: "stream=" + wire}, Header: http.Header{}}).WithContext(b.ended)
	go b.server.ServeHTTP(&frameWriter{frames: b.frames, header: http.Header{}}, r)
	<-b.frames // the library flushes its headers once it listens
	return b
}

// encode turns an event into the bytes of the wire. id and event come from us and hold
// no line breaks; data is one line of JSON. Once the bridge is closed the library answers
// no more, and whoever is still publishing gets nothing instead of waiting for ever.
func (b *bridge) encode(e *sse.Event) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended.Err() != nil {
		return nil
	}
	b.server.Publish(wire, e)
	select {
	case frame := <-b.frames:
		return frame
	case <-b.ended.Done():
		return nil
	}
}

func (b *bridge) close() { b.stop() }

// frameWriter collects what the library writes and hands it over at each flush.
type frameWriter struct {
	frames chan []byte
	header http.Header
	buf    []byte
}

func (w *frameWriter) Header() http.Header { return w.header }

func (w *frameWriter) WriteHeader(int) {}

func (w *frameWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// Flush never blocks for long: encode waits for exactly one frame per event.
func (w *frameWriter) Flush() {
	w.frames <- w.buf
	w.buf = nil
}
