package subscribers

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// audience makes a site with n mail subscribers.
func audience(b *testing.B, n int) *world {
	b.Helper()
	w := newWorld(b, func() time.Time { return time.Now().Add(-time.Second) })
	for i := range n {
		w.subscriber(address(i))
	}
	w.now = time.Now
	return w
}

// BenchmarkExpand measures how fast an event becomes deliveries: rows/s.
func BenchmarkExpand(b *testing.B) {
	const readers = 5000
	w := audience(b, readers)
	for b.Loop() {
		b.StopTimer()
		w.outage("Outage")
		b.StartTimer()
		for {
			_, next, err := w.store.ExpandEvents(b.Context(), expandChunk)
			w.check(err)
			if next.IsZero() {
				break
			}
		}
	}
	b.ReportMetric(float64(readers*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSend measures the whole way from the queue to a mail server that answers at
// once, every mark durable: mails/s.
func BenchmarkSend(b *testing.B) {
	const readers = 2000
	w := audience(b, readers)
	var got atomic.Int64
	all := make(chan struct{})
	s := &sink{got: func(int) {
		if got.Add(1)%readers == 0 {
			all <- struct{}{}
		}
	}}
	mail, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: s.serve(b, plainListener, nil), TLS: TLSNone})
	w.check(err)
	e := NewEngine(Options{Store: w.store, Keys: w.keys, Pages: w.pages, BaseURL: baseURL, From: from, Mail: mail, Hooks: carry(func(context.Context, Parcel) Answer { return Answer{} }), Workers: 10})
	w.running(e)
	for b.Loop() {
		w.outage("Outage")
		e.Wake()
		<-all
	}
	b.ReportMetric(float64(readers*b.N)/b.Elapsed().Seconds(), "mails/s")
}
