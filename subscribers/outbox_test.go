package subscribers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"allclear/status"
)

func TestEverybodyIsTold(t *testing.T) {
	w := newWorld(t, time.Now)
	var want []string
	for i := range 120 {
		want = append(want, w.subscriber(address(i)).Address)
	}
	b := newBox()
	e := w.engine(b.take, nothing(t), func(o *Options) { o.Workers = 3 })
	w.running(e)
	id := w.outage("Outage")
	e.Wake()
	var got []string
	for _, p := range b.wait(t, len(want)) {
		got = append(got, p.To)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("told %d of %d", len(got), len(want))
	}
	body := "Fixed."
	resolved := status.Resolved
	w.update(id, status.Change{Stage: &resolved, Body: &body})
	e.Wake()
	b.wait(t, len(want))
}

// virtual runs a case in which time passes only while everybody waits.
func virtual(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, run)
}

func TestRetriesByTheSchedule(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.subscriber("ann@example.com")
		time.Sleep(time.Second) // virtual: she was there before
		var at []time.Duration
		var ids []string
		begin := time.Now()
		told := make(chan struct{})
		e := w.engine(func(_ context.Context, p Parcel) Answer {
			at, ids = append(at, time.Since(begin).Round(time.Second)), append(ids, p.ID)
			if len(at) < 4 {
				return Answer{Verdict: Again, Text: "450 later"}
			}
			close(told)
			return Answer{Verdict: Delivered}
		}, nothing(t))
		stop := w.running(e)
		id := w.outage("Outage")
		e.Wake()
		<-told
		stop()
		want := []time.Duration{0, time.Minute, 6 * time.Minute, 21 * time.Minute}
		if !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v", at, want)
		}
		if len(slices.Compact(slices.Clone(ids))) != 1 {
			t.Errorf("sent as %v", ids)
		}
		if p := w.progress(id); p.Sent != 1 {
			t.Errorf("progress %+v", p)
		}
	})
}

func TestUnclearIsCounted(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.subscriber("ann@example.com")
		time.Sleep(time.Second)
		tries := 0
		told := make(chan struct{})
		e := w.engine(func(context.Context, Parcel) Answer {
			if tries++; tries == 1 {
				return Answer{Verdict: Unclear, Text: "silence"}
			}
			close(told)
			return Answer{Verdict: Delivered}
		}, nothing(t))
		stop := w.running(e)
		id := w.outage("Outage")
		e.Wake()
		<-told
		stop()
		if p := w.progress(id); p.Sent != 1 || p.Ambiguous != 1 {
			t.Errorf("progress %+v, want one sent that may have arrived twice", p)
		}
	})
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, time.Now)
	full, unknown := w.subscriber("full@example.com"), w.subscriber("unknown@example.com")
	done := make(chan struct{}, 2)
	e := w.engine(func(_ context.Context, p Parcel) Answer {
		done <- struct{}{}
		return Answer{Verdict: Refused, Text: "550", Gone: p.To == unknown.Address}
	}, nothing(t))
	stop := w.running(e)
	id := w.outage("Outage")
	e.Wake()
	<-done
	<-done
	stop()
	if p := w.progress(id); p.Failed != 2 {
		t.Errorf("progress %+v", p)
	}
	for sub, want := range map[string]status.SubscriberState{full.ID: status.Active, unknown.ID: status.Suppressed} {
		if got, err := w.store.Subscriber(t.Context(), sub); err != nil || got.State != want {
			t.Errorf("%s is %s (%v), want %s", got.Address, got.State, err, want)
		}
	}
}

// Who leaves while others are being told is not told.
func TestLeavingInTheMiddle(t *testing.T) {
	w := newWorld(t, time.Now)
	var all []status.Subscriber
	for i := range 40 {
		all = append(all, w.subscriber(address(i)))
	}
	var mu sync.Mutex
	told := map[string]bool{}
	var left status.Subscriber
	b := newBox()
	e := w.engine(func(ctx context.Context, p Parcel) Answer {
		mu.Lock()
		defer mu.Unlock()
		told[p.To] = true
		if len(told) == 10 {
			i := slices.IndexFunc(all, func(s status.Subscriber) bool { return !told[s.Address] })
			left = all[i]
			w.check(w.service.End(ctx, w.keys.Token(Claim{Purpose: ForUnsubscribe, Subscriber: left.ID, Generation: 1})))
		}
		return b.take(ctx, p)
	}, nothing(t), func(o *Options) { o.Workers = 1 })
	stop := w.running(e)
	id := w.outage("Outage")
	e.Wake()
	b.wait(t, 39)
	stop()
	if p := w.progress(id); told[left.Address] || p.Sent != 39 || p.Cancelled != 1 {
		t.Errorf("told %v, progress %+v", told[left.Address], p)
	}
}

// Mail and webhooks do not wait for each other.
func TestChannelsAreSeparate(t *testing.T) {
	w := newWorld(t, time.Now)
	for i := range 5 {
		w.subscriber(address(i))
	}
	w.hook("https://example.com/hook")
	release := make(chan struct{})
	b := newBox()
	e := w.engine(func(ctx context.Context, p Parcel) Answer {
		<-release
		return Answer{Verdict: Delivered}
	}, b.take, func(o *Options) { o.Workers = 2 })
	w.running(e)
	w.outage("Outage")
	e.Wake()
	b.wait(t, 1)
	close(release)
}

func TestStopLetsMailsFinish(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.subscriber("quick@example.com")
		w.subscriber("stuck@example.com")
		w.subscriber("waiting@example.com")
		time.Sleep(time.Second)
		begun := make(chan struct{}, 2)
		e := w.engine(func(ctx context.Context, p Parcel) Answer {
			begun <- struct{}{}
			if p.To == "stuck@example.com" {
				<-ctx.Done()
				return Answer{Verdict: NotTried}
			}
			time.Sleep(3 * time.Second)
			return Answer{Verdict: Delivered}
		}, nothing(t), func(o *Options) { o.Workers = 2 })
		stop := w.running(e)
		id := w.outage("Outage")
		e.Wake()
		<-begun
		<-begun
		asked := time.Now()
		stop()
		if took := time.Since(asked); took > stopGrace {
			t.Errorf("it took %v to stop", took)
		}
		p := w.progress(id)
		if p.Sending != 0 || p.Sent+p.Waiting != 3 || p.Sent == 0 || p.Ambiguous != 0 {
			t.Errorf("after the stop: %+v", p)
		}
		b := newBox()
		w.running(w.engine(b.take, nothing(t)))
		b.wait(t, p.Waiting)
	})
}

// When our own mail server is away, nobody runs through the whole queue in vain.
func TestMailServerAway(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		for i := range 50 {
			w.subscriber(address(i))
		}
		time.Sleep(time.Second)
		var tries atomic.Int32
		var away atomic.Bool
		away.Store(true)
		b := newBox()
		e := w.engine(func(ctx context.Context, p Parcel) Answer {
			if away.Load() {
				tries.Add(1)
				return Answer{Verdict: Unreached, Text: "away"}
			}
			return b.take(ctx, p)
		}, nothing(t), func(o *Options) { o.Workers = 1 })
		w.running(e)
		w.outage("Outage")
		e.Wake()
		time.Sleep(2 * time.Minute)
		if n := tries.Load(); n < 5 || n > 12 {
			t.Errorf("%d connections in two minutes", n)
		}
		away.Store(false)
		time.Sleep(16 * time.Minute)
		if n := len(b.all()); n != 50 {
			t.Errorf("%d of 50 were told after it came back", n)
		}
	})
}

func TestRateIsKept(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		for i := range 30 {
			w.subscriber(address(i))
		}
		time.Sleep(time.Second)
		b := newBox()
		w.running(w.engine(b.take, nothing(t), func(o *Options) { o.Workers, o.Rate = 4, 2 }))
		begin := time.Now()
		w.outage("Outage")
		time.Sleep(5 * time.Second)
		if n := len(b.all()); n > 14 {
			t.Errorf("%d mails in 5 s at 2/s with 4 workers", n)
		}
		b.wait(t, 30)
		if took := time.Since(begin); took < 12*time.Second || took > 25*time.Second {
			t.Errorf("30 mails at 2/s took %v", took)
		}
	})
}

// A database that fails for a while delays, but nothing is lost or repeated.
func TestDatabaseTrouble(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		for i := range 10 {
			w.subscriber(address(i))
		}
		time.Sleep(time.Second)
		b := newBox()
		e := w.engine(b.take, nothing(t), func(o *Options) { o.Store, o.Workers = &shaky{Queue: w.store}, 2 })
		stop := w.running(e)
		id := w.outage("Outage")
		time.Sleep(time.Minute)
		stop()
		if n := len(b.all()); n != 10 {
			t.Errorf("%d mails to 10 readers", n)
		}
		if p := w.progress(id); p.Sent != 10 {
			t.Errorf("progress %+v", p)
		}
	})
}

// shaky fails every second time.
type shaky struct {
	Queue
	mu sync.Mutex
	n  int
}

func (s *shaky) fails() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return s.n%2 == 0
}

func (s *shaky) Exchange(ctx context.Context, c status.Channel, owner string, lease time.Duration, done []status.Delivery, gone []string, want int) ([]status.Delivery, time.Time, error) {
	if s.fails() {
		return nil, time.Time{}, errors.New("the disk is full")
	}
	return s.Queue.Exchange(ctx, c, owner, lease, done, gone, want)
}

func (s *shaky) RecoverDeliveries(ctx context.Context, starting bool) (int, error) {
	if s.fails() {
		return 0, errors.New("the disk is full")
	}
	return s.Queue.RecoverDeliveries(ctx, starting)
}

func TestJudge(t *testing.T) {
	first := start.Add(-23 * time.Hour)
	for _, c := range []struct {
		name   string
		d      status.Delivery
		a      Answer
		state  status.DeliveryState
		unsure bool
		tries  int
		next   time.Duration
	}{
		{"delivered", status.Delivery{Channel: status.Email, Attempts: 1}, Answer{Verdict: Delivered}, status.Sent, false, 1, 0},
		{"refused", status.Delivery{Channel: status.Email, Attempts: 1}, Answer{Verdict: Refused}, status.Failed, false, 1, 0},
		{"again", status.Delivery{Channel: status.Email, Attempts: 1, FirstAt: &start}, Answer{Verdict: Again}, status.Waiting, false, 1, time.Minute},
		{"unclear", status.Delivery{Channel: status.Email, Attempts: 2, FirstAt: &start}, Answer{Verdict: Unclear}, status.Waiting, true, 2, 5 * time.Minute},
		{"was unclear", status.Delivery{Channel: status.Email, Attempts: 2, Ambiguous: true}, Answer{Verdict: Delivered}, status.Sent, true, 2, 0},
		{"stopped", status.Delivery{Channel: status.Email, Attempts: 3, FirstAt: &start}, Answer{Verdict: NotTried}, status.Waiting, false, 2, 0},
		{"a day is over", status.Delivery{Channel: status.Email, Attempts: 9, FirstAt: &first}, Answer{Verdict: Again}, status.Failed, false, 9, 0},
		{"asked to wait", status.Delivery{Channel: status.Webhook, Attempts: 1, FirstAt: &start}, Answer{Verdict: Again, RetryAfter: time.Hour}, status.Waiting, false, 1, time.Hour},
		{"webhook", status.Delivery{Channel: status.Webhook, Attempts: 1, FirstAt: &start}, Answer{Verdict: Again}, status.Waiting, false, 1, 5 * time.Second},
		{"webhook's last", status.Delivery{Channel: status.Webhook, Attempts: 10, FirstAt: &start}, Answer{Verdict: Again}, status.Failed, false, 10, 0},
	} {
		d := c.d
		judge(&d, c.a, start, 0.5)
		next := time.Duration(0)
		if !d.NextAt.IsZero() {
			next = d.NextAt.Sub(start)
		}
		if d.State != c.state || d.Ambiguous != c.unsure || d.Attempts != c.tries || next != c.next {
			t.Errorf("%s: %s, ambiguous %v, attempts %d, next in %v", c.name, d.State, d.Ambiguous, d.Attempts, next)
		}
	}
}

// An endpoint that says 410 is switched off at once, and its owner is told by mail.
func TestGoneTellsTheOwner(t *testing.T) {
	w := newWorld(t, time.Now)
	hook, _ := w.hook("https://example.com/hook")
	b := newBox()
	e := w.engine(b.take, func(context.Context, Parcel) Answer {
		return Answer{Verdict: Refused, Gone: true, Text: "The endpoint answered 410."}
	})
	w.running(e)
	w.outage("Outage")
	e.Wake()
	deadline := time.After(30 * time.Second)
	for len(b.all()) == 0 {
		select {
		case <-b.bell:
		case <-deadline:
			t.Fatal("the owner was not told")
		}
	}
	p := b.all()[0]
	text := strings.ReplaceAll(string(p.Body), "=\r\n", "")
	for _, want := range []string{hook.Endpoint, "The endpoint answered 410.", baseURL + "/subscribe"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail does not say %q:\n%s", want, text)
		}
	}
	if p.To != hook.Address || strings.Contains(text, "List-Unsubscribe") {
		t.Errorf("the mail to %s has list headers or a wrong recipient", p.To)
	}
	if got, err := w.store.Subscriber(t.Context(), hook.ID); err != nil || got.State != status.Suppressed {
		t.Errorf("the webhook is %s (%v)", got.State, err)
	}
}
