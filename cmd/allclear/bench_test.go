package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"allclear/publish"
	"allclear/server"
	"allclear/status/statuspage"
	"allclear/store"
	"allclear/templates"
)

const captures = "../../status/statuspage/testdata/"

// largePage is a real page of 463 components with 300 of its incidents, all but the
// newest four resolved: the captures hold incidents as last seen while open.
func largePage(b *testing.B) map[string][]byte {
	b.Helper()
	summary, err := os.ReadFile(captures + "cloudflare/summary-4-incidents-47-maintenances.json")
	if err != nil {
		b.Fatal(err)
	}
	raw, err := os.ReadFile(captures + "cloudflare/incidents-observed.json")
	if err != nil {
		b.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		b.Fatal(err)
	}
	list = list[:296]
	for _, n := range list {
		n["status"], n["resolved_at"] = "resolved", n["updated_at"]
	}
	incidents, err := json.Marshal(map[string]any{"incidents": list})
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{"summary.json": summary, "incidents.json": incidents}
}

// benchNode is a store with that page, published.
type benchNode struct {
	store *store.Store
	live  *publish.Live
	web   http.Handler
	data  string
}

func newBenchNode(b *testing.B, files map[string][]byte) *benchNode {
	b.Helper()
	n := &benchNode{data: b.TempDir()}
	n.open(b)
	in, err := statuspage.Read(files)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := n.store.Import(b.Context(), store.By{Actor: "bench", Import: true}, in, false); err != nil {
		b.Fatal(err)
	}
	n.publish(b)
	return n
}

func (n *benchNode) open(b *testing.B) {
	b.Helper()
	var err error
	if n.store, err = store.Open(b.Context(), store.Options{Database: "sqlite:" + filepath.Join(n.data, "bench.db"), Now: time.Now}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = n.store.Close() })
}

func (n *benchNode) publish(b *testing.B) {
	b.Helper()
	set, err := templates.New(templates.Options{BaseURL: "http://localhost:8080"})
	if err != nil {
		b.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(context.Background())
	n.live = publish.NewLive(publish.Options{
		Source: n.store, Builder: publish.NewBuilder("http://localhost:8080", set), Wake: n.store.Watch(ctx),
		Keep: filepath.Join(n.data, "state.json"), Now: time.Now, Log: quiet,
	})
	if err := n.live.Start(ctx); err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = n.live.Run(ctx) }()
	b.Cleanup(func() { stop(); <-done })
	n.web = server.New(server.Deps{
		Live: n.live, Hub: server.NewHub(n.live, 10, 10, quiet), Pages: set, Now: time.Now, Log: quiet,
	})
}

// BenchmarkAcknowledgedToSwapped is the time from the commit of an update to the
// snapshot that shows it: 463 components, 300 incidents.
func BenchmarkAcknowledgedToSwapped(b *testing.B) {
	newBenchNode(b, largePage(b)).update(b, false)
}

// BenchmarkServePage is one GET / from the snapshot through the whole handler.
func BenchmarkServePage(b *testing.B) {
	n := newBenchNode(b, largePage(b))
	for _, tc := range []struct{ name, header, value string }{
		{"identity", "", ""}, {"br", "Accept-Encoding", "gzip, br"}, {"not modified", "If-None-Match", "*"},
	} {
		b.Run(tc.name, func(b *testing.B) {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
			if err != nil {
				b.Fatal(err)
			}
			if tc.header != "" {
				r.Header.Set(tc.header, tc.value)
			}
			w := &discard{header: http.Header{}}
			n.web.ServeHTTP(w, r) // packs the page
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				n.web.ServeHTTP(w, r)
			}
			if w.code != http.StatusOK && w.code != http.StatusNotModified {
				b.Fatalf("status %d", w.code)
			}
		})
	}
}

type discard struct {
	header http.Header
	code   int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(code int)        { d.code = code }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkColdStart is everything between main and the first page: opening the
// database, parsing the templates and building the first snapshot.
func BenchmarkColdStart(b *testing.B) {
	n := newBenchNode(b, largePage(b))
	if err := n.store.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		st, err := store.Open(b.Context(), store.Options{Database: "sqlite:" + filepath.Join(n.data, "bench.db"), Now: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		set, err := templates.New(templates.Options{BaseURL: "http://localhost:8080"})
		if err != nil {
			b.Fatal(err)
		}
		live := publish.NewLive(publish.Options{
			Source: st, Builder: publish.NewBuilder("http://localhost:8080", set), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err := live.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
