package manage

import (
	"sync"
	"time"
)

// Pace of one token.
const (
	perSecond = 100
	maxPaced  = 4096
)

// limiter holds one bucket per token: perSecond requests at once, refilled over a
// second. It keeps at most maxPaced buckets; full ones are as good as none.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left    float64
	at      time.Time
	touched time.Time // when the token's use was last noted
}

// refilled is the bucket as it stands now.
func (b bucket) refilled(now time.Time) bucket {
	passed := max(now.Sub(b.at).Seconds(), 0)
	b.left, b.at = min(b.left+passed*perSecond, perSecond), now
	return b
}

// allow takes one request from the token's bucket, unless it is empty. touch is true
// once a minute at most: then the token's use is to be noted.
func (l *limiter) allow(token string, now time.Time) (allowed, touch bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[token]
	if !known {
		b = bucket{left: perSecond, at: now}
		l.makeRoom(now)
	}
	b = b.refilled(now)
	if b.left < 1 {
		return false, false
	}
	b.left--
	if touch = now.Sub(b.touched) >= time.Minute; touch {
		b.touched = now
	}
	if l.buckets == nil {
		l.buckets = map[string]bucket{}
	}
	l.buckets[token] = b
	return true, touch
}

// makeRoom drops the buckets that are full again; when all are in use it starts over,
// which for a moment lets more through rather than turning somebody away.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxPaced {
		return
	}
	for token, b := range l.buckets {
		if b.refilled(now).left >= perSecond {
			delete(l.buckets, token)
		}
	}
	if len(l.buckets) >= maxPaced {
		clear(l.buckets)
	}
}
