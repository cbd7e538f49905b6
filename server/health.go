package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"allclear/publish"
)

// health answers the two questions of an orchestrator.
type health struct {
	live     *publish.Live
	public   http.Handler // the whole public side
	now      func() time.Time
	stopping *atomic.Bool
}

// alive: the process runs. It touches no backend, so that nobody kills a good server
// because a bad one is unreachable.
func (h *health) alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

type readiness struct {
	Ready    bool    `json:"ready"`
	Revision int64   `json:"revision"`
	Age      float64 `json:"snapshot_age_s"`
	Database string  `json:"database"` // ok, down
	Build    string  `json:"build"`    // ok, failing
}

// ready: this node can serve the page. It asks for the page as a visitor would.
func (h *health) ready(w http.ResponseWriter, _ *http.Request) {
	out := readiness{Database: "ok", Build: "ok"}
	state := h.live.Health()
	if state.DatabaseDown {
		out.Database = "down"
	}
	if state.BuildFailing {
		out.Build = "failing"
	}
	if s := h.live.Current(); s != nil {
		out.Revision, out.Age = s.Revision, h.now().Sub(s.At).Seconds()
		probe := &probe{header: http.Header{}}
		h.public.ServeHTTP(probe, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}, Header: http.Header{}})
		out.Ready = probe.code == http.StatusOK && probe.size > 0 && !h.stopping.Load()
	}
	code := http.StatusOK
	if !out.Ready {
		code = http.StatusServiceUnavailable
	}
	writeJSON(w, code, out)
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // plain structs encode, and a client that left needs no answer
}

// probe is a response that only counts.
type probe struct {
	header http.Header
	code   int
	size   int
}

func (p *probe) Header() http.Header { return p.header }

func (p *probe) WriteHeader(code int) { p.code = code }

func (p *probe) Write(b []byte) (int, error) {
	p.size += len(b)
	return len(b), nil
}
