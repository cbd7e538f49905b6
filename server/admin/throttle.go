package admin

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// How often somebody may try to sign in.
const (
	tryLimit  = 10
	tryWindow = 15 * time.Minute
	trySlots  = 4096
)

// throttle counts tries within a sliding window, in a fixed amount of memory: keys share
// slots by a hash that nobody outside can foresee. Two keys in one slot make the limit
// stricter, never looser, so that flooding it with names opens nothing.
type throttle struct {
	seed  maphash.Seed
	mu    sync.Mutex
	slots [][tryLimit]int64 // times of the last tries, in nanoseconds
}

func newThrottle() *throttle {
	return &throttle{seed: maphash.MakeSeed(), slots: make([][tryLimit]int64, trySlots)}
}

// take counts a try; false when there were too many.
func (t *throttle) take(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	slot := t.slot(key)
	oldest := 0
	for i := range slot {
		if slot[i] < slot[oldest] {
			oldest = i
		}
	}
	if slot[oldest] > now.Add(-tryWindow).UnixNano() {
		return false
	}
	slot[oldest] = now.UnixNano()
	return true
}

// giveBack forgets a try that succeeded.
func (t *throttle) giveBack(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slot := t.slot(key)
	for i := range slot {
		if slot[i] == now.UnixNano() {
			slot[i] = 0
			return
		}
	}
}

func (t *throttle) slot(key string) *[tryLimit]int64 {
	return &t.slots[maphash.String(t.seed, key)%trySlots]
}

// bucket is the part of a client's address that counts: IPv6 clients own a whole /64.
func bucket(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
