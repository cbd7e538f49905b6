package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"allclear/status"
)

// Source is where the public state comes from; the store is one.
type Source interface {
	// Public reads the state at one revision, with the events after since.
	Public(ctx context.Context, since int64) (status.View, error)
	Revision(ctx context.Context) (epoch string, revision int64, err error)
	PublicIncident(ctx context.Context, id string) (status.Incident, error)
	PublicMonth(ctx context.Context, month string) ([]status.Incident, error)
	// PublicPage lists at most limit notices behind a cursor; next is "" on the last page.
	PublicPage(ctx context.Context, kind status.Kind, before string, limit int) (list []status.Incident, next string, err error)
}

// staleAfter is how long the database may be gone before the page says so.
const staleAfter = 5 * time.Minute

// Options are what a Live needs.
type Options struct {
	Source  Source
	Builder *Builder
	Wake    <-chan struct{} // something was committed
	Keep    string          // file for the last state; "" keeps none
	Now     func() time.Time
	Log     *slog.Logger
}

// Live holds the current snapshot and makes the next ones.
type Live struct {
	o       Options
	current atomic.Pointer[Snapshot]
	view    *status.View // of the current snapshot; Run's own
	archive *archive

	mu      sync.Mutex
	swapped chan struct{} // closed and renewed at every swap
	follow  []func(prev, next *Snapshot)

	building  sync.Mutex
	downSince time.Time // zero: the database answers
	health    atomic.Pointer[Health]
}

// Health says how the publishing side is doing.
type Health struct {
	DatabaseDown bool
	BuildFailing bool
}

// NewLive makes a Live without a snapshot; Start makes the first one.
func NewLive(o Options) *Live {
	l := &Live{o: o, swapped: make(chan struct{}), archive: newArchive()}
	l.health.Store(&Health{})
	return l
}

// Current is the newest snapshot; nil before Start.
func (l *Live) Current() *Snapshot { return l.current.Load() }

// Revision is the number of the current snapshot.
func (l *Live) Revision() int64 {
	if s := l.Current(); s != nil {
		return s.Revision
	}
	return 0
}

// Health is the state of the last attempt to publish.
func (l *Live) Health() Health { return *l.health.Load() }

// Follow calls f after every swap, in order, from the building goroutine: f must not block.
func (l *Live) Follow(f func(prev, next *Snapshot)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follow = append(l.follow, f)
}

// Start makes the first snapshot: from the database, else from the kept state.
func (l *Live) Start(ctx context.Context) error {
	err := l.rebuild(ctx)
	if err == nil {
		return nil
	}
	l.o.Log.Error("The database cannot be read at start; trying the kept state.", "error", err)
	return l.Restore(l.o.Keep)
}

// Restore serves the state kept in a file, saying that it may be out of date.
func (l *Live) Restore(file string) error {
	v, err := readKept(file)
	if err != nil {
		return err
	}
	l.down(l.o.Now())
	stale := *v
	stale.StaleSince = v.At
	return l.swap(&stale)
}

// Run publishes until the context ends: after each wake-up, and once a second when the
// revision moved unseen or the database was gone.
func (l *Live) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.o.Wake:
			l.again(ctx)
		case <-tick.C:
			l.look(ctx)
		}
	}
}

// look finds out whether the database answers and whether a revision was missed.
func (l *Live) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	epoch, revision, err := l.o.Source.Revision(ctx)
	if err != nil {
		if !stopped(ctx) {
			l.withoutDatabase()
		}
		return
	}
	s := l.Current()
	if s != nil && s.Epoch == epoch && s.Revision == revision && l.downSince.IsZero() && !l.Health().BuildFailing {
		return
	}
	l.again(ctx)
}

// again publishes anew. A failure is logged, unless it is only that the server stops.
func (l *Live) again(ctx context.Context) {
	if err := l.rebuild(ctx); err != nil && !stopped(ctx) {
		l.o.Log.Error("Publishing failed; the last good page stays.", "error", err)
	}
}

// stopped tells the end of the server from a database that took too long.
func stopped(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// withoutDatabase lets time go on: promises fall due, and after five minutes the page
// says that it may be out of date. The revision stays.
func (l *Live) withoutDatabase() {
	now := l.o.Now()
	l.down(now)
	if l.view == nil {
		return
	}
	v := *l.view
	v.Events = nil
	late := now.Sub(l.downSince) >= staleAfter && v.StaleSince.IsZero()
	if !late && now.Before(v.NextMoment()) {
		return
	}
	if late {
		v.StaleSince = l.downSince
	}
	v.At = now
	if err := l.swap(&v); err != nil {
		l.o.Log.Error("Publishing without the database failed.", "error", err)
	}
}

func (l *Live) down(now time.Time) {
	if l.downSince.IsZero() {
		l.downSince = now
		l.o.Log.Error("The database does not answer; the page goes on with what is known.")
	}
	l.health.Store(&Health{DatabaseDown: true})
}

// rebuild reads the public state and makes it current.
func (l *Live) rebuild(ctx context.Context) error {
	v, err := l.o.Source.Public(ctx, l.Revision())
	if err != nil {
		if !stopped(ctx) {
			l.down(l.o.Now())
		}
		return fmt.Errorf("reading the public state: %w", err)
	}
	if !l.downSince.IsZero() {
		l.downSince = time.Time{}
		l.o.Log.Info("The database answers again.")
	}
	if l.shows(&v) {
		l.health.Store(&Health{})
		return nil
	}
	if err := l.swap(&v); err != nil {
		l.health.Store(&Health{BuildFailing: true})
		return err
	}
	l.health.Store(&Health{})
	l.keep(&v)
	return nil
}

// shows says whether the current snapshot is of this very state. A wake-up may come after
// somebody looked by himself; building again would tell every listener nothing.
func (l *Live) shows(v *status.View) bool {
	have := l.view
	return have != nil && have.Epoch == v.Epoch && have.Revision == v.Revision && have.At.Equal(v.At) && have.StaleSince.IsZero()
}

// swap builds a view and makes it current; on an error the old snapshot stays.
func (l *Live) swap(v *status.View) error {
	l.building.Lock()
	defer l.building.Unlock()
	prev := l.current.Load()
	if prev != nil && prev.Epoch != v.Epoch {
		prev = nil
	}
	next, err := l.o.Builder.Build(v, prev)
	if err != nil {
		return err
	}
	l.view = v
	l.archive.reset(v)
	old := l.current.Swap(next)
	l.mu.Lock()
	close(l.swapped)
	l.swapped = make(chan struct{})
	follow := l.follow
	l.mu.Unlock()
	for _, f := range follow {
		f(old, next)
	}
	return nil
}

// ErrLate says that a revision was not published in time; what was written is safe.
var ErrLate = errors.New("the revision is not published yet")

// Wait returns once the public page serves the revision, or ErrLate when the context ends.
func (l *Live) Wait(ctx context.Context, revision int64) error {
	for {
		l.mu.Lock()
		swapped := l.swapped
		l.mu.Unlock()
		if l.Revision() >= revision {
			return nil
		}
		select {
		case <-swapped:
		case <-ctx.Done():
			return ErrLate
		}
	}
}
