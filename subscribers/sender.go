package subscribers

import (
	"context"
	"time"

	"allclear/status"
)

// Sender hands messages over to the world. Each worker asks for a Carrier of its own and
// uses it alone.
type Sender interface {
	Carrier() Carrier
}

// Carrier is one worker's connection.
type Carrier interface {
	// Carry hands one message over. It ends soon after ctx does.
	Carry(ctx context.Context, p Parcel) Answer
	Close()
}

// Parcel is a message that is ready to be handed over.
type Parcel struct {
	ID      string // Message-ID or webhook-id, the same at each attempt
	From    string // mail only
	To      string // mail address or endpoint
	Body    []byte
	Secrets []string  // webhook only
	At      time.Time // first attempt
}

// Verdict is what an attempt came to.
type Verdict int

// The verdicts.
const (
	Delivered Verdict = iota
	Again             // it did not arrive; another attempt may help
	Unclear           // it may have arrived; tried again with the same id
	Refused           // for good
	NotTried          // nothing was sent, because we stop
	Unreached         // our own mail server could not be reached: all messages wait
)

// Answer is a verdict and what the other side said.
type Answer struct {
	Verdict    Verdict
	Text       string
	RetryAfter time.Duration
	Gone       bool // the address or endpoint does not exist any more
}

// judge notes what an attempt means for a delivery.
func judge(d *status.Delivery, a Answer, now time.Time, spread float64) {
	d.Answer = a.Text
	switch a.Verdict {
	case Delivered:
		d.State = status.Sent
		return
	case Refused:
		d.State = status.Failed
		return
	case NotTried:
		d.State, d.NextAt = status.Waiting, now
		d.Attempts--
		return
	case Unclear:
		d.Ambiguous = true
	case Again, Unreached:
	}
	next, ok := d.NextAttempt(now, a.RetryAfter, spread)
	if !ok {
		d.State = status.Failed
		return
	}
	d.State, d.NextAt = status.Waiting, next
}

// firstAt is when a message was first tried; now that it is about to be, it is known.
func firstAt(d *status.Delivery) time.Time {
	if d.FirstAt == nil {
		return d.CreatedAt
	}
	return *d.FirstAt
}
