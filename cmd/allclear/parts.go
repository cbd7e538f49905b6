package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/mail"
	"net/url"
	"path/filepath"
	"syscall"
	"time"

	"allclear/publish"
	"allclear/server"
	"allclear/server/admin"
	"allclear/server/manage"
	"allclear/server/public"
	"allclear/status"
	"allclear/subscribers"
	"allclear/templates"
)

// parts makes everything that reads or writes the database: subscriptions, the staff
// side, the Manage API, the delivery engine and the clock. Without a database there is
// the page alone.
func (n *node) parts() ([]server.Part, error) {
	if n.store == nil {
		return []server.Part{server.Closed{}}, nil
	}
	keys, err := subscribers.NewKeys(n.key)
	if err != nil {
		return nil, err
	}
	engine, err := n.engine(keys)
	if err != nil {
		return nil, err
	}
	guard := subscribers.Guard{Allow: n.app.Config.AllowWebhookNets}
	service := subscribers.NewService(subscribers.ServiceOptions{
		Store: n.store, Keys: keys, BaseURL: n.base, Guard: guard, Now: n.app.Now, Wake: engine.Wake,
	})
	// What was committed is first shown, then told.
	n.live.Follow(func(_, _ *publish.Snapshot) {
		n.told.Store(n.app.Now().UnixMilli())
		engine.Wake()
	})
	n.work = append(n.work, engine.Run, n.awaitReplacement, func(ctx context.Context) error {
		return runClock(ctx, n.app.Log, followed{n.store, engine.Wake}, &purger{service: service, now: n.app.Now})
	})
	return []server.Part{
		&public.Subscriptions{Service: service, Pages: n.pages, Chrome: n.chrome, Components: n.components, Now: n.app.Now},
		&public.Reports{Store: n.store, Pages: n.pages, Chrome: n.chrome, Components: n.components, Secret: n.key, Now: n.app.Now},
		&admin.Desk{Store: n.store, Live: n.live, Audience: service.AudienceFor, Pages: n.pages, BaseURL: n.base, Now: n.app.Now, Log: n.app.Log,
			Payload: service.Payload, DutySecret: service.DutySecret, Wake: engine.Wake, Closing: n.hub.Closing(), Health: n.pageHealth},
		&manage.Desk{Store: n.store, Live: n.live, BaseURL: n.base, Locales: n.pages.Locales(), Wake: engine.Wake, Now: n.app.Now, Log: n.app.Log},
	}, nil
}

// pageHealth says how the public page does.
func (n *node) pageHealth() templates.PageHealth {
	s, health := n.live.Current(), n.live.Health()
	out := templates.PageHealth{
		Revision: s.Revision, At: s.At, Listeners: n.hub.Listeners(),
		BuildFailing: health.BuildFailing, DatabaseDown: health.DatabaseDown,
	}
	if told := n.told.Load(); told > 0 {
		out.ToldAt = time.UnixMilli(told).UTC()
	}
	return out
}

// chrome is what surrounds a form in a language; "" is the page's own.
func (n *node) chrome(locale, path string) templates.Chrome {
	s := n.live.Current()
	if locale == "" {
		locale = s.Page.DefaultLocale
	}
	return s.Chrome(locale, path)
}

// components are those that visitors may choose from.
func (n *node) components() []status.Component { return n.live.Current().Components }

func (n *node) engine(keys *subscribers.Keys) (*subscribers.Engine, error) {
	cfg := &n.app.Config
	sender, err := mailSender(cfg, n.base)
	if err != nil {
		return nil, err
	}
	return subscribers.NewEngine(subscribers.Options{
		Store: n.store, Keys: keys, Pages: n.pages, BaseURL: n.base, From: mail.Address{Name: cfg.MailFrom.Name, Address: cfg.MailFrom.Address}, ReplyTo: cfg.MailReplyTo.Address,
		Mail: sender, Hooks: subscribers.Hooks{Guard: subscribers.Guard{Allow: cfg.AllowWebhookNets}, Now: n.app.Now},
		Workers: cfg.MailWorkers, Rate: cfg.MailRate.PerSecond, Now: n.app.Now, Spread: rand.Float64, Log: n.app.Log,
	}), nil
}

// mailSender is the configured mail server, else a folder.
func mailSender(cfg *Config, base string) (subscribers.Sender, error) {
	if !cfg.SMTP.IsSet() {
		return subscribers.Folder{Path: filepath.Join(cfg.Data, "mail")}, nil
	}
	return subscribers.NewSMTP(subscribers.SMTPOptions{
		Host: cfg.SMTP.Host, Port: cfg.SMTP.Port, User: cfg.SMTP.User, Password: cfg.SMTP.Password.Reveal(),
		TLS: cfg.SMTP.TLS, Hello: hostOf(base),
	})
}

// hostOf is the host name of our address, with which we greet mail servers.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "localhost"
	}
	return u.Hostname()
}

// purger removes once an hour what is kept no longer.
type purger struct {
	service *subscribers.Service
	now     func() time.Time
	next    time.Time
}

// Tick purges when an hour is over.
func (p *purger) Tick(ctx context.Context) (bool, error) {
	now := p.now()
	if now.Before(p.next) {
		return false, nil
	}
	p.next = now.Add(time.Hour)
	return true, p.service.Purge(ctx)
}

// openConnections is the configured ceiling of live connections, lowered to what the
// limit of open files leaves beside a reserve for everything else.
func openConnections(app *App) int {
	const reserve = 200
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<30 {
		return app.Config.SSEMax
	}
	room := max(int(limit.Cur)-reserve, 1)
	if room >= app.Config.SSEMax {
		return app.Config.SSEMax
	}
	app.Log.Info("The limit of open files lowers the number of live connections.", "sse-max", room, "open files", limit.Cur)
	return room
}

// awaitReplacement ends this node when another file was put in the place of its database:
// the next one serves that.
func (n *node) awaitReplacement(ctx context.Context) error {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		if n.store.Replaced() {
			n.app.Log.Warn("The file of the database was replaced; it is opened anew.")
			return errReopen
		}
	}
}

// awaitDatabase tries to open the database that was missing at start, and ends this
// node when it can: the next one serves everything.
func (n *node) awaitDatabase(ctx context.Context) error {
	try := time.NewTicker(retryDatabase)
	defer try.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-try.C:
		}
		st, err := openStore(ctx, n.app, nil)
		if err != nil {
			continue
		}
		n.app.Log.Info("The database can be opened again.")
		return errors.Join(st.Close(), errReopen)
	}
}
