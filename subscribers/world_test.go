package subscribers

import (
	"context"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

func TestMain(m *testing.M) {
	if os.Getenv(crashDatabase) != "" {
		sendUntilKilled()
		return
	}
	os.Exit(m.Run())
}

const baseURL = "https://status.example.com"

var (
	secretKey = []byte("0123456789abcdef0123456789abcdef")
	from      = netmail.Address{Name: "Example Status", Address: "status@example.com"}
	start     = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
)

// clock is a settable time.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(start.UnixMilli())
	return c
}

func (c *clock) now() time.Time { return time.UnixMilli(c.ms.Load()).UTC() }

func (c *clock) add(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// world is a site with its database.
type world struct {
	t       testing.TB
	store   *store.Store
	keys    *Keys
	pages   *templates.Set
	service *Service
	now     func() time.Time
}

func newWorld(t testing.TB, now func() time.Time) *world {
	t.Helper()
	w := &world{t: t, now: now}
	var err error
	w.store, err = store.Open(t.Context(), store.Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), Now: now})
	w.check(err)
	t.Cleanup(func() { w.check(w.store.Close()) })
	w.keys, err = NewKeys(secretKey)
	w.check(err)
	w.pages, err = templates.New(templates.Options{BaseURL: baseURL})
	w.check(err)
	w.service = NewService(ServiceOptions{Store: w.store, Keys: w.keys, BaseURL: baseURL, Now: now})
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// engine makes an engine that sends by these functions.
func (w *world) engine(mail, hooks func(context.Context, Parcel) Answer, edit ...func(*Options)) *Engine {
	o := Options{
		Store: w.store, Keys: w.keys, Pages: w.pages, BaseURL: baseURL, From: from, Now: w.now,
		Mail: carry(mail), Hooks: carry(hooks), Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	}
	for _, e := range edit {
		e(&o)
	}
	return NewEngine(o)
}

// carry is a Sender that asks a function.
type carry func(context.Context, Parcel) Answer

func (c carry) Carrier() Carrier { return c }

func (c carry) Carry(ctx context.Context, p Parcel) Answer { return c(ctx, p) }

func (c carry) Close() {}

// subscriber is active from now on.
func (w *world) subscriber(address string, edit ...func(*status.Subscriber)) status.Subscriber {
	w.t.Helper()
	now := w.now()
	sub := status.Subscriber{ID: status.NewID(), Channel: status.Email, Address: address, State: status.Active, Locale: "en",
		Generation: 1, CreatedAt: now, ConfirmedAt: &now}
	for _, e := range edit {
		e(&sub)
	}
	w.check(w.store.AskSubscriber(w.t.Context(), sub, "box", func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	}))
	return sub
}

// hook is an active webhook; it returns the secret too.
func (w *world) hook(endpoint string) (status.Subscriber, string) {
	w.t.Helper()
	secret := newSecret()
	return w.subscriber("owner@example.com", func(sub *status.Subscriber) {
		sub.Channel, sub.Endpoint, sub.Format = status.Webhook, endpoint, "statuspage"
		sub.Secrets = []string{w.keys.Seal(secret, sub.ID)}
	}), secret
}

// outage publishes a notice and returns its id.
func (w *world) outage(name string) string {
	w.t.Helper()
	body := "We are looking into it."
	r, err := w.store.AddIncident(w.t.Context(), store.By{Actor: "test"}, func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{Name: &name, Body: &body})
	})
	w.check(err)
	return r.ObjectID
}

func (w *world) update(id string, c status.Change) {
	w.t.Helper()
	_, err := w.store.EditIncident(w.t.Context(), store.By{Actor: "test"}, id, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), c)
	})
	w.check(err)
}

func (w *world) progress(id string) Progress {
	w.t.Helper()
	p, err := w.service.Progress(w.t.Context(), id)
	w.check(err)
	return p
}

// running starts the engine; the returned function stops it and waits for its end.
func (w *world) running(e *Engine) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			w.check(<-done)
		})
	}
	w.t.Cleanup(stop)
	return stop
}

// box collects parcels.
type box struct {
	mu   sync.Mutex
	list []Parcel
	bell chan struct{}
}

func newBox() *box { return &box{bell: make(chan struct{}, 10000)} }

// take accepts a parcel.
func (b *box) take(_ context.Context, p Parcel) Answer {
	b.mu.Lock()
	b.list = append(b.list, p)
	b.mu.Unlock()
	b.bell <- struct{}{}
	return Answer{Verdict: Delivered, Text: "taken"}
}

// wait returns the parcels once there are n of them.
func (b *box) wait(t testing.TB, n int) []Parcel {
	t.Helper()
	for range n {
		select {
		case <-b.bell:
		case <-time.After(30 * time.Second):
			t.Fatalf("only %d parcels came, want %d", len(b.all()), n)
		}
	}
	return b.all()
}

func (b *box) all() []Parcel {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Parcel(nil), b.list...)
}

// nothing is a Sender's function that must not be asked.
func nothing(t testing.TB) func(context.Context, Parcel) Answer {
	return func(_ context.Context, p Parcel) Answer {
		t.Errorf("sent to %s", p.To)
		return Answer{Verdict: Delivered}
	}
}

func address(i int) string { return fmt.Sprintf("reader%04d@example.com", i) }
