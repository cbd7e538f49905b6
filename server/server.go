package server

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"allclear/publish"
	"allclear/server/public"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

// Part is a group of routes that another package brings.
type Part interface{ Register(e *echo.Echo) }

// Deps are what the server is made of.
type Deps struct {
	Live    *publish.Live
	Hub     *Hub
	Pages   *templates.Set
	Parts   []Part // subscriptions, reports, staff side, Manage API
	Trusted []netip.Prefix
	HTTPS   bool // the base URL is https
	Now     func() time.Time
	Log     *slog.Logger
}

// Server is the handler of everything.
type Server struct {
	deps     Deps
	site     *public.Site
	echo     *echo.Echo
	failures *failures
	stopping atomic.Bool
}

// New puts the routes together. What the snapshot holds is answered before any of them.
func New(d Deps) *Server {
	s := &Server{
		deps: d, site: &public.Site{Live: d.Live}, echo: echo.New(),
		failures: &failures{live: d.Live, pages: d.Pages, log: d.Log, now: d.Now},
	}
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.failures.handle
	e.IPExtractor = clientIP(d.Trusted)
	chain(e, d)

	h := &health{live: d.Live, public: http.HandlerFunc(s.documents), now: d.Now, stopping: &s.stopping}
	e.GET("/healthz", echo.WrapHandler(http.HandlerFunc(h.alive)))
	e.HEAD("/healthz", echo.WrapHandler(http.HandlerFunc(h.alive)))
	e.GET("/readyz", echo.WrapHandler(http.HandlerFunc(h.ready)))
	e.HEAD("/readyz", echo.WrapHandler(http.HandlerFunc(h.ready)))
	e.GET("/events", s.events)
	e.HEAD("/events", s.events)
	for _, p := range d.Parts {
		p.Register(e)
	}
	return s
}

// ServeHTTP answers documents at once and leaves the rest to the routes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	public.Harden(w.Header(), s.deps.HTTPS)
	served, err := s.site.Serve(w, r)
	if err != nil {
		w.Header().Set(requestIDHeader, newRequestID())
		s.failures.handle(err, s.echo.NewContext(r, w))
		return
	}
	if !served {
		s.echo.ServeHTTP(w, r)
	}
}

// documents is the public side alone, as readiness asks it.
func (s *Server) documents(w http.ResponseWriter, r *http.Request) {
	if served, err := s.site.Serve(w, r); err != nil || !served {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (s *Server) events(c echo.Context) error {
	return s.deps.Hub.Serve(c.Response(), c.Request(), public.NetworkOf(c.RealIP()))
}

// Stop makes readiness fail and ends the live connections, so that the listener can close.
func (s *Server) Stop() {
	s.stopping.Store(true)
	s.deps.Hub.Close()
}
