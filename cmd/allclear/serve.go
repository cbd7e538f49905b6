package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"allclear/server/admin"

	"github.com/alecthomas/kong"
)

// serveCmd runs everything.
type serveCmd struct {
	Demo bool `help:"Fill an empty instance with a believable organisation; without --data in a temporary folder."`
}

// Help is shown by allclear serve --help.
func (serveCmd) Help() string {
	return `Examples:

    allclear serve --demo
    allclear serve --data /var/lib/allclear --base-url https://status.example.com
    ALLCLEAR_SMTP=smtp://user:pass@mail.example.com:587 allclear serve`
}

// stopWithin is how long an orderly stop may take.
const stopWithin = 8 * time.Second

// retryDatabase is how often a server without its database tries to open it.
const retryDatabase = 5 * time.Second

// errReopen says that the database can be opened again.
var errReopen = errors.New("the database is back")

// Run serves until the process is told to stop. When the database cannot be opened, the
// last known page is served alone until it can.
func (c *serveCmd) Run(ctx context.Context, app *App, words *kong.Context) error {
	if err := errors.Join(honoured(&app.Config), certified(&app.Config)); err != nil {
		return err
	}
	if c.Demo {
		cleanup, err := placeDemo(app, dataGiven(words))
		if err != nil {
			return err
		}
		defer cleanup()
	}
	if err := os.MkdirAll(app.Config.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder %s cannot be made (%w)", app.Config.Data, reasonOf(err))
	}
	release, err := holdDatabase(&app.Config)
	if err != nil {
		return err
	}
	defer release()
	login := ""
	if c.Demo {
		if login, err = furnishDemo(ctx, app); err != nil {
			return fmt.Errorf("the demo cannot be prepared: %w", err)
		}
	}
	return c.keepServing(ctx, app, login)
}

// keepServing serves, and serves anew whenever the database is another one.
func (c *serveCmd) keepServing(ctx context.Context, app *App, login string) error {
	early, err := freePort(ctx, app)
	if err != nil {
		return err
	}
	for {
		err := c.serve(ctx, app, early, login)
		if !errors.Is(err, errReopen) {
			return err
		}
		if early != nil { // it is closed; its port is known by now
			app.Config.Listen, early = ListenAddress(early.Addr().String()), nil
		}
	}
}

// honoured refuses settings whose capability this version does not have: one that did
// nothing would be found out on the day it is needed.
func honoured(cfg *Config) error {
	for _, s := range []struct {
		given bool
		key   string
		what  string
	}{
		{cfg.DKIMKey != "", "dkim-key", "sign mail"},
		{cfg.MailBounce.Address != "", "mail-bounce", "read bounces"},
		{cfg.ExportDir != "", "export-dir", "keep a static copy"},
		{cfg.ExportS3.String() != "", "export-s3", "keep a copy in a bucket"},
		{cfg.MetricsListen != "", "metrics-listen", "serve metrics"},
	} {
		if s.given {
			return fmt.Errorf("%s: this version cannot %s yet; leave the setting out", s.key, s.what)
		}
	}
	return nil
}

// certified reads the configured certificate once before anything starts.
func certified(cfg *Config) error {
	if cfg.TLSCert == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey); err != nil {
		return fmt.Errorf("tls-cert and tls-key: the certificate cannot be used (%w)", err)
	}
	return nil
}

// dataGiven says whether the data folder was configured, not left at its default.
func dataGiven(words *kong.Context) bool {
	return slices.ContainsFunc(words.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == "data" })
}

// freePort listens at once when the port is to be chosen by the system: the page must
// know its own address before it is built. Else there is nothing to listen on yet.
func freePort(ctx context.Context, app *App) (net.Listener, error) {
	if _, port, _ := net.SplitHostPort(string(app.Config.Listen)); port != "0" {
		return nil, nil //nolint:nilnil // later is an answer, not an error
	}
	return listen(ctx, app)
}

func listen(ctx context.Context, app *App) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", string(app.Config.Listen))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", whyNot(err, string(app.Config.Listen)))
	}
	return l, nil
}

// whyNot says why an address cannot be listened on, with what to do about it.
func whyNot(err error, address string) error {
	failed, isNet := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program uses %s already; stop it, or choose another address with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s; choose a port above 1023 with --listen", address)
	case isNet:
		return fmt.Errorf("%s cannot be used (%w)", address, failed.Err)
	}
	return err
}

// serve builds the first snapshot, and only then listens.
func (c *serveCmd) serve(ctx context.Context, app *App, early net.Listener, login string) error {
	node, err := newNode(ctx, app, baseURL(app, early))
	if err != nil {
		return err
	}
	defer node.close()
	listener := early
	if listener == nil {
		if listener, err = listen(ctx, app); err != nil {
			return err
		}
	}
	c.announce(ctx, app, node, login)
	return node.run(ctx, listener)
}

// baseURL is the configured one. The default leads nowhere when we listen on another
// port; then it names that port.
func baseURL(app *App, early net.Listener) string {
	base, at := string(app.Config.BaseURL), string(app.Config.Listen)
	if early != nil {
		at = early.Addr().String()
	}
	_, port, err := net.SplitHostPort(at)
	if base != defaultBaseURL || err != nil {
		return base
	}
	return "http://localhost:" + port
}

// announce prints where to go: the addresses, and how to sign in for the first time.
func (c *serveCmd) announce(ctx context.Context, app *App, n *node, login string) {
	fmt.Fprintf(app.Stdout, "Public page: %s/\nStaff side:  %s/admin\n", n.base, n.base)
	switch {
	case c.Demo:
		fmt.Fprintf(app.Stdout, "Sign in:     %s / %s\n", demoEmail, login)
		fmt.Fprintf(app.Stdout, "Mail:        %s\n", filepath.Join(app.Config.Data, "mail"))
	case n.store != nil:
		link, err := admin.NewSetupLink(ctx, n.store, n.base, app.Now())
		if err != nil { // such as a full disk: the page is there all the same
			app.Log.Error("The set-up link could not be made; start again to get one.", "error", err)
		}
		if link != "" {
			fmt.Fprintf(app.Stdout, "Set up:      %s (once, within 24 hours)\n", link)
		}
	}
}

// httpServer has every time limit set; the live streams renew their own.
func httpServer(h http.Handler, app *App) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 90 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: quietLog(app.Log),
	}
}

// group runs parts until the first of them ends, then stops the others.
type group struct {
	wait sync.WaitGroup
	once sync.Once
	stop context.CancelFunc
	err  error
}

func (g *group) run(f func() error) {
	g.wait.Go(func() {
		err := f()
		g.once.Do(func() { g.err = err; g.stop() })
	})
}
