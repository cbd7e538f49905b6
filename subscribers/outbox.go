package subscribers

import (
	"context"
	"errors"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"time"

	"allclear/status"
	"allclear/templates"
)

// Queue is what the engine needs of the database.
type Queue interface {
	RecoverDeliveries(ctx context.Context, starting bool) (int, error)
	ExpandEvents(ctx context.Context, limit int) (made int, next time.Time, err error)
	Exchange(ctx context.Context, channel status.Channel, owner string, lease time.Duration,
		done []status.Delivery, gone []string, want int) (claimed []status.Delivery, next time.Time, err error)
	RenewLeases(ctx context.Context, owner string, lease time.Duration) error
	DisableFailing(ctx context.Context, before time.Time) (int, error)

	Subscriber(ctx context.Context, id string) (status.Subscriber, error)
	Failure(ctx context.Context, subscriber string) (since time.Time, last string, err error)
	LetterOf(ctx context.Context, delivery string) (key string, err error)
	Letter(ctx context.Context, key string) ([]byte, error)
	FixLetter(ctx context.Context, delivery, key string, revision int64, data []byte) error
	News(ctx context.Context, delivery string) (key string, v status.View, err error)

	Calling(ctx context.Context, id string) (status.Calling, error)
	FixCall(ctx context.Context, id string, letter []byte) error
}

// Store is what this package needs of the database in all.
type Store interface {
	Subscriptions
	Queue
}

const (
	expandChunk  = 500
	lease        = 20 * time.Second
	sweepEvery   = 5 * time.Second // leases are renewed and dead ones found: taken over within 30 s
	failingFor   = 120 * time.Hour // then a webhook is disabled
	stopGrace    = 8 * time.Second // for messages in flight when we stop
	troubleWait  = 250 * time.Millisecond
	mostTrouble  = 5 * time.Second
	hookWorkers  = 16
	mailWorkers  = 8
	keptLetters  = 64
	longestPause = 30 * time.Second
)

// Options say how messages are sent.
type Options struct {
	Store   Queue
	Keys    *Keys
	Pages   *templates.Set
	BaseURL string // without a slash at its end
	From    netmail.Address
	ReplyTo string

	Mail, Hooks Sender
	Workers     int     // mail connections; 0 is 8
	HookWorkers int     // 0 is 16
	Rate        float64 // most mails per second; 0 is no limit

	Now    func() time.Time // nil is the system's clock
	Spread func() float64   // jitter of retries, 0 to 1; nil is none
	Log    *slog.Logger     // nil is silence
}

// Engine tells everybody who is to be told.
type Engine struct {
	store   Queue
	keys    *Keys
	pages   *templates.Set
	base    string
	from    netmail.Address
	replyTo string
	owner   string
	now     func() time.Time
	spread  func() float64
	log     *slog.Logger

	mails, hooks *pool
	news         chan struct{}

	mu      sync.Mutex
	letters map[string]*letter
}

// NewEngine makes an engine; Run starts it.
func NewEngine(o Options) *Engine {
	e := &Engine{
		store: o.Store, keys: o.Keys, pages: o.Pages, base: strings.TrimRight(o.BaseURL, "/"), from: o.From, replyTo: o.ReplyTo,
		owner: status.NewID(), now: o.Now, spread: o.Spread, log: o.Log,
		news: make(chan struct{}, 1), letters: map[string]*letter{},
	}
	if e.now == nil {
		e.now = time.Now
	}
	if e.spread == nil {
		e.spread = func() float64 { return 0.5 }
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.mails = newPool(e, status.Email, o.Mail, o.Workers, mailWorkers, o.Rate)
	e.hooks = newPool(e, status.Webhook, o.Hooks, o.HookWorkers, hookWorkers, 0)
	return e
}

// Wake says that something may be due. It never blocks.
func (e *Engine) Wake() {
	ring(e.news)
	e.wakePools()
}

func (e *Engine) wakePools() {
	ring(e.mails.wake)
	ring(e.hooks.wake)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // rings already
	}
}

// Run sends until ctx ends. What is in flight then may finish within a few seconds; what
// cannot is given back, counted as ambiguous if it may have arrived.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.recover(ctx); err != nil {
		return err
	}
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	after, stopOthers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopOthers()
	context.AfterFunc(ctx, func() {
		if sleep(after, stopGrace) {
			cut()
		}
	})

	var senders, others sync.WaitGroup
	others.Go(func() { e.sweep(after) })
	senders.Go(func() { e.expand(ctx) })
	senders.Go(func() { e.mails.run(ctx, hard) })
	senders.Go(func() { e.hooks.run(ctx, hard) })
	senders.Wait()
	stopOthers() // only now: leases of what is in flight were renewed until here
	others.Wait()
	return nil
}

// recover frees what this node's dead predecessor had claimed. Without it nothing may be
// claimed, so it is tried until it works.
func (e *Engine) recover(ctx context.Context) error {
	for wait := troubleWait; ; wait = min(2*wait, mostTrouble) {
		n, err := e.store.RecoverDeliveries(ctx, true)
		if err == nil {
			if n > 0 {
				e.log.Info("messages of an earlier run are sent again", "count", n)
			}
			return nil
		}
		e.log.Error("the outbox cannot be read", "error", err)
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// expand turns events into deliveries, chunk by chunk, whenever some are due.
func (e *Engine) expand(ctx context.Context) {
	for ctx.Err() == nil {
		made, next, err := e.store.ExpandEvents(ctx, expandChunk)
		if made > 0 {
			e.wakePools()
		}
		switch wait := next.Sub(e.now()); {
		case err != nil:
			if ctx.Err() == nil {
				e.log.Error("events cannot be expanded", "error", err)
				sleep(ctx, mostTrouble)
			}
		case next.IsZero():
			pause(ctx, e.news, 0)
		case wait > 0:
			pause(ctx, e.news, wait)
		}
	}
}

// pause waits for the bell, the time (0: none) or the end of ctx.
func pause(ctx context.Context, bell <-chan struct{}, wait time.Duration) {
	var after <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-bell:
	case <-after:
	case <-ctx.Done():
	}
}

// sweep renews our leases, takes over from nodes that died, and disables webhooks that
// nobody looks after.
func (e *Engine) sweep(ctx context.Context) {
	for sleep(ctx, sweepEvery) {
		renewing := e.store.RenewLeases(ctx, e.owner, lease) // first: what is ours is not dead
		freed, recovering := e.store.RecoverDeliveries(ctx, false)
		disabled, disabling := e.store.DisableFailing(ctx, e.now().Add(-failingFor))
		if err := errors.Join(renewing, recovering, disabling); err != nil && ctx.Err() == nil {
			e.log.Error("the outbox cannot be kept in order", "error", err)
		}
		if freed+disabled > 0 {
			e.log.Info("the outbox was put in order", "freed", freed, "disabled", disabled)
		}
		e.Wake()
	}
}
