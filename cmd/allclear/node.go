package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"

	"allclear/publish"
	"allclear/server"
	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"golang.org/x/crypto/acme/autocert"
)

const defaultBaseURL = "http://localhost:8080"

// node is one running server: its parts in the order in which they start.
type node struct {
	app    *App
	base   string
	key    []byte
	fresh  bool         // the key was made just now
	store  *store.Store // nil: the database could not be opened
	pages  *templates.Set
	live   *publish.Live
	hub    *server.Hub
	told   atomic.Int64 // when listeners were last told of a state, in milliseconds; 0: not since the start
	server *server.Server
	work   []func(ctx context.Context) error // runs beside the server
}

// newNode opens the store, makes the first snapshot and wires the rest to them.
func newNode(ctx context.Context, app *App, base string) (*node, error) {
	// A start allocates much that stays; collecting meanwhile would only delay the first page.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	n := &node{app: app, base: base}
	var err error
	if n.pages, err = templates.New(templates.Options{BaseURL: base, Languages: os.DirFS(filepath.Join(app.Config.Data, "locales"))}); err != nil {
		return nil, err
	}
	if n.key, n.fresh, err = secretKey(&app.Config); err != nil {
		return nil, err
	}
	if err := n.openStore(ctx); err != nil {
		return nil, err
	}
	if err := n.startLive(ctx); err != nil {
		n.close()
		return nil, err
	}
	n.hub = server.NewHub(n.live, openConnections(app), app.Config.SSEMaxPerIP, app.Log)
	parts, err := n.parts()
	if err != nil {
		n.close()
		return nil, err
	}
	n.server = server.New(server.Deps{
		Live: n.live, Hub: n.hub, Pages: n.pages, Parts: parts, Trusted: app.Config.TrustedProxies,
		HTTPS: app.Config.BaseURL.IsHTTPS(), Now: app.Now, Log: app.Log,
	})
	return n, nil
}

// openStore opens the database. When that fails and a state was kept, the server starts
// without it: a status page that shows the last known state beats none.
func (n *node) openStore(ctx context.Context) error {
	st, err := openStore(ctx, n.app, n.pages)
	if err == nil {
		if err = st.ClaimKey(ctx, fingerprint(n.key)); err == nil {
			n.store = st
			return nil
		}
		_ = st.Close() // the first error says more
		if n.fresh && status.FaultCode(err) == status.CodeInvalid {
			err = missingKey(&n.app.Config)
		}
	}
	if _, _, kept := publish.Kept(keepFile(&n.app.Config)); !kept || status.FaultCode(err) == status.CodeInvalid {
		return err
	}
	n.app.Log.Error("The database cannot be opened; the last known page is served alone.", "error", err)
	return nil
}

// retelling words the announcement of a maintenance that comes again.
func retelling(pages *templates.Set) status.Retell {
	return func(p *status.Page, locale, text string, was, now status.Window) string {
		return pages.Voice(locale, p.TimeZone).Retell(text, was, now)
	}
}

// maintenanceTexts are what a maintenance says when it starts or ends by its own clock.
func maintenanceTexts(pages *templates.Set) map[status.Stage]map[string]string {
	texts := map[status.Stage]map[string]string{}
	for _, stage := range []status.Stage{status.InProgress, status.Completed} {
		texts[stage] = map[string]string{}
		for _, locale := range pages.Locales() {
			texts[stage][locale] = pages.Voice(locale, "UTC").ByItself(string(stage))
		}
	}
	return texts
}

// startLive publishes the first snapshot.
func (n *node) startLive(ctx context.Context) error {
	o := publish.Options{Builder: publish.NewBuilder(n.base, n.pages), Keep: keepFile(&n.app.Config), Now: n.app.Now, Log: n.app.Log}
	if n.store == nil {
		n.live = publish.NewLive(o)
		return n.live.Restore(o.Keep)
	}
	if err := n.checkRollback(ctx); err != nil {
		return err
	}
	o.Source, o.Wake = n.store, n.store.Watch(ctx)
	n.live = publish.NewLive(o)
	return n.live.Start(ctx)
}

// checkRollback finds a database that is older than what this node last published, such
// as one put back from a copy: its numbers would repeat, so it gets a new epoch.
func (n *node) checkRollback(ctx context.Context) error {
	epoch, revision, err := n.store.Revision(ctx)
	if err != nil {
		return err
	}
	keptEpoch, keptRevision, kept := publish.Kept(keepFile(&n.app.Config))
	if !kept || keptEpoch != epoch || keptRevision <= revision {
		return nil
	}
	n.app.Log.Warn("The database is older than the page last published; listeners are told everything anew.",
		"published", keptRevision, "database", revision)
	return n.store.RenewEpoch(ctx)
}

// run serves until the context ends or a part fails, then stops in reverse order.
func (n *node) run(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g := &group{stop: stop}
	web := httpServer(n.server, n.app)
	g.run(func() error { return n.serveHTTP(web, listener) })
	if n.store == nil {
		g.run(func() error { return n.awaitDatabase(ctx) })
	} else {
		g.run(func() error { return n.live.Run(ctx) })
	}
	for _, work := range n.work {
		g.run(func() error { return work(ctx) })
	}
	<-ctx.Done()
	n.app.Log.Info("Stopping.")
	n.server.Stop()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := web.Shutdown(closing); err != nil {
		n.app.Log.Warn("Some connections were cut.", "error", err)
	}
	g.wait.Wait()
	return g.err
}

func (n *node) serveHTTP(web *http.Server, l net.Listener) error {
	cfg := &n.app.Config
	var err error
	switch {
	case cfg.TLSCert != "":
		err = web.ServeTLS(l, cfg.TLSCert, cfg.TLSKey)
	case cfg.ACMEDomain != "":
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(cfg.ACMEDomain),
			Cache: autocert.DirCache(filepath.Join(cfg.Data, "acme")),
		}
		web.TLSConfig = manager.TLSConfig()
		err = web.ServeTLS(l, "", "")
	default:
		err = web.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving stopped: %w", err)
}

func (n *node) close() {
	if n.hub != nil {
		n.hub.Close()
	}
	if n.store != nil {
		if err := n.store.Close(); err != nil {
			n.app.Log.Warn("The database did not close cleanly.", "error", err)
		}
	}
}

// quietLog keeps net/http's remarks on broken clients out of the way unless asked for.
func quietLog(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelDebug) }
