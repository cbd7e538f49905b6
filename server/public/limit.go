package public

import (
	"net/netip"
	"sync"
	"time"
)

const (
	askBurst  = 20              // requests of one network at once
	askEvery  = 2 * time.Minute // afterwards one in this time
	mostAsked = 20000           // networks that are remembered
)

// limit counts requests by network, so that nobody makes us write to many strangers. It
// is bounded: a flood of addresses makes it forget, not grow.
type limit struct {
	mu   sync.Mutex
	paid map[netip.Prefix]time.Time // until when a network's requests are paid for
}

// allow says whether the client's network may ask at this time, and counts it.
func (l *limit) allow(client string, now time.Time) bool {
	network := NetworkOf(client)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paid == nil {
		l.paid = map[netip.Prefix]time.Time{}
	}
	until := l.paid[network]
	if until.Before(now) {
		until = now
	}
	if until.Sub(now) > (askBurst-1)*askEvery {
		return false
	}
	if len(l.paid) >= mostAsked {
		l.forget(now)
	}
	l.paid[network] = until.Add(askEvery)
	return true
}

// forget drops what counts no more; if that is too little, whoever comes first.
func (l *limit) forget(now time.Time) {
	for n, until := range l.paid {
		if !until.After(now) {
			delete(l.paid, n)
		}
	}
	for n := range l.paid {
		if len(l.paid) < mostAsked*3/4 {
			return
		}
		delete(l.paid, n)
	}
}

// NetworkOf is what one household or company has: an IPv4 address or an IPv6 /64. What
// is no address counts as one network.
func NetworkOf(client string) netip.Prefix {
	addr, err := netip.ParseAddr(client)
	if err != nil {
		return netip.Prefix{}
	}
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
