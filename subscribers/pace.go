package subscribers

import (
	"context"
	"sync"
	"time"
)

// pace spreads messages evenly: at most rate per second. The zero rate is no limit.
type pace struct {
	now   func() time.Time
	every time.Duration

	mu   sync.Mutex
	next time.Time // when the next slot is free
}

func newPace(rate float64, now func() time.Time) *pace {
	p := &pace{now: now}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

// take takes a slot if one is free at this moment.
func (p *pace) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.every > 0 && now.Before(p.next) {
		return false
	}
	p.next = now.Add(p.every)
	return true
}

// wait takes the next slot and waits for its time; false when ctx ended first.
func (p *pace) wait(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	if p.take() {
		return true
	}
	p.mu.Lock()
	now := p.now()
	slot := p.next
	if slot.Before(now) {
		slot = now
	}
	p.next = slot.Add(p.every)
	p.mu.Unlock()
	return sleep(ctx, slot.Sub(now))
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
