package server

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"allclear/publish"

	"github.com/r3labs/sse/v2"
)

const (
	heartbeat     = 20 * time.Second // a comment line at least every 25 s
	writeDeadline = 10 * time.Second
	queueLength   = 32
	pagePrefix    = "page-"
)

// Hub owns the open live connections. It keeps no log: whoever comes back is told the
// present state, and the sections that changed since the revision they name.
type Hub struct {
	live  *publish.Live
	wire  *bridge
	max   int
	perIP int
	log   *slog.Logger

	mu      sync.Mutex
	current *publish.Snapshot
	streams map[string]map[*listener]struct{}
	total   int
	byIP    map[netip.Prefix]int
	closing chan struct{}
}

type listener struct {
	frames chan []byte // closed when the listener is too slow
	from   netip.Prefix
	stream string
}

// NewHub follows the publisher.
func NewHub(live *publish.Live, maxOpen, perIP int, log *slog.Logger) *Hub {
	h := &Hub{
		live: live, wire: newBridge(), max: maxOpen, perIP: perIP, log: log, current: live.Current(),
		streams: map[string]map[*listener]struct{}{}, byIP: map[netip.Prefix]int{}, closing: make(chan struct{}),
	}
	live.Follow(h.swapped)
	return h
}

// Close ends every connection cleanly, so that the server can stop; clients come back
// after a time of their own.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closing:
	default:
		close(h.closing)
		h.wire.close()
	}
}

// Closing is closed when the server stops: whatever else keeps a connection open ends
// with it.
func (h *Hub) Closing() <-chan struct{} { return h.closing }

// Listeners is the number of open connections.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}

// jitter spreads the refetches of n listeners: n/500 seconds, 15 at most.
func jitter(n int) int64 { return int64(min(n*2, 15000)) }

// swapped tells every stream what a new snapshot brought. Each event is encoded once.
func (h *Hub) swapped(prev, next *publish.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current = next
	since := int64(-1)
	if prev != nil && prev.Epoch == next.Epoch {
		since = prev.Revision
	}
	wait := jitter(h.total)
	for stream, listeners := range h.streams {
		if len(listeners) == 0 {
			continue
		}
		for _, m := range newsOf(next, stream, since, wait) {
			h.send(listeners, h.frame(next, m, ""))
		}
	}
}

// newsOf is what a stream hears of a new snapshot.
func newsOf(s *publish.Snapshot, stream string, since, wait int64) []publish.Message {
	if locale, ok := strings.CutPrefix(stream, pagePrefix); ok {
		return []publish.Message{s.Sections(locale, since, wait)}
	}
	if len(s.Messages) == 0 {
		return []publish.Message{s.Status()}
	}
	return s.Messages
}

// send never waits: a listener whose queue is full is dropped and comes back by itself.
func (h *Hub) send(listeners map[*listener]struct{}, frame []byte) {
	for l := range listeners {
		select {
		case l.frames <- frame:
		default:
			h.remove(l)
			close(l.frames)
		}
	}
}

func (h *Hub) frame(s *publish.Snapshot, m publish.Message, retry string) []byte {
	return h.wire.encode(&sse.Event{
		ID: fmt.Appendf(nil, "%s-%d", s.Epoch, s.Revision), Event: []byte(m.Event), Data: m.Data, Retry: []byte(retry),
	})
}

// add registers a listener together with the snapshot it starts from; nil over the caps.
func (h *Hub) add(stream string, from netip.Prefix) (*listener, *publish.Snapshot, int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.total >= h.max || h.byIP[from] >= h.perIP {
		return nil, h.current, 0
	}
	l := &listener{frames: make(chan []byte, queueLength), from: from, stream: stream}
	if h.streams[stream] == nil {
		h.streams[stream] = map[*listener]struct{}{}
	}
	h.streams[stream][l] = struct{}{}
	h.total++
	h.byIP[from]++
	return l, h.current, jitter(h.total)
}

// remove is called under the lock; removing twice changes nothing.
func (h *Hub) remove(l *listener) {
	if _, ok := h.streams[l.stream][l]; !ok {
		return
	}
	delete(h.streams[l.stream], l)
	h.total--
	if h.byIP[l.from]--; h.byIP[l.from] == 0 {
		delete(h.byIP, l.from)
	}
}

func (h *Hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(l)
}

// Serve answers GET /events; client is the network that it is counted under.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, client netip.Prefix) error {
	stream := r.URL.Query().Get("stream")
	if stream == "" {
		stream = "status"
	}
	locale, page := strings.CutPrefix(stream, pagePrefix)
	if s := h.live.Current(); page && !s.HasStream(locale) || !page && stream != "status" {
		return notFound("There is no stream %q; use status or page-%s.", stream, s.Page.DefaultLocale)
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no")
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodHead {
		return nil
	}
	l, snapshot, wait := h.add(stream, client)
	if l == nil {
		return h.busy(w, snapshot)
	}
	defer h.leave(l)
	h.log.Debug("live connection", "stream", stream)
	return h.stream(w, r, l, h.greeting(snapshot, locale, page, wait, r.Header.Get("Last-Event-ID")))
}

// busy tells a client over the caps to come back later; a status other than 200 would
// end a standard EventSource for good.
func (h *Hub) busy(w http.ResponseWriter, s *publish.Snapshot) error {
	retry := strconv.Itoa(30000 + rand.IntN(60001))                                       //nolint:gosec // spreads load
	_, _ = w.Write(h.frame(s, publish.Message{Event: "busy", Data: []byte("{}")}, retry)) // a client that left needs no answer
	return nil
}

// greeting is what a connection hears first.
func (h *Hub) greeting(s *publish.Snapshot, locale string, page bool, wait int64, lastID string) []byte {
	retry := strconv.Itoa(2000 + rand.IntN(13001)) //nolint:gosec // spreads load
	if !page {
		return h.frame(s, s.Status(), retry)
	}
	frames := h.frame(s, s.Hello(locale, wait), retry)
	if since, behind := behind(s, lastID); behind {
		frames = append(frames, h.frame(s, s.Sections(locale, since, wait), "")...)
	}
	return frames
}

// behind reads a Last-Event-ID: a foreign or unreadable one means "send everything".
func behind(s *publish.Snapshot, lastID string) (since int64, ok bool) {
	if lastID == "" {
		return 0, false
	}
	epoch, number, found := strings.Cut(lastID, "-")
	revision, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || epoch != s.Epoch || revision > s.Revision || revision < 0 {
		return -1, true
	}
	return revision, revision < s.Revision
}

// stream writes until the client leaves, is too slow, or its time is over.
func (h *Hub) stream(w http.ResponseWriter, r *http.Request, l *listener, first []byte) error {
	out := http.NewResponseController(w)
	write := func(frame []byte) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writeDeadline))
		if _, err := w.Write(frame); err != nil { //nolint:gosec // text/event-stream, encoded by the bridge
			return false
		}
		return out.Flush() == nil
	}
	if !write(first) {
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	life := time.NewTimer(15*time.Minute + rand.N(15*time.Minute)) //nolint:gosec // spreads load
	defer life.Stop()
	for {
		select {
		case frame, ok := <-l.frames:
			if !ok || !write(frame) {
				return nil
			}
		case <-beat.C:
			if !write([]byte(":\n\n")) {
				return nil
			}
		case <-life.C:
			return nil
		case <-h.closing:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
