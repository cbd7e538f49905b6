package status

import "time"

// Tally counts messages by where they stand.
type Tally struct {
	Waiting, Sending, Sent, Failed, Cancelled, Superseded int
}

// Add counts n more in a state.
func (t *Tally) Add(s DeliveryState, n int) {
	switch s {
	case Waiting:
		t.Waiting += n
	case Sending:
		t.Sending += n
	case Sent:
		t.Sent += n
	case Failed:
		t.Failed += n
	case Withdrawn:
		t.Cancelled += n
	case Superseded:
		t.Superseded += n
	}
}

// Plus is the sum of both.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Waiting + o.Waiting, t.Sending + o.Sending, t.Sent + o.Sent, t.Failed + o.Failed, t.Cancelled + o.Cancelled, t.Superseded + o.Superseded}
}

// Open counts the messages whose fate is still to come.
func (t Tally) Open() int { return t.Waiting + t.Sending }

// Over counts those that arrived or were given up.
func (t Tally) Over() int { return t.Sent + t.Failed }

// Total counts the messages that somebody is to get. One that was taken back, or that
// gave way to a newer one, is nobody's any more.
func (t Tally) Total() int { return t.Open() + t.Over() }

// TroubleRate is the share of failures above which deliveries are a problem.
const TroubleRate = 0.02

// Troubled says whether more messages failed than single dead addresses explain.
func (t Tally) Troubled() bool {
	return t.Failed > 0 && float64(t.Failed) > TroubleRate*float64(t.Over())
}

// Telling is how far the messages about one event of a notice have come.
type Telling struct {
	EventID  string
	UpdateID string // the entry that it tells; "" when that is not on record
	Type     EventType
	At       time.Time
	Channels map[Channel]Tally

	Held    time.Time // the messages are made then; zero when that is over
	Listing bool      // not every recipient has a message yet

	Later int       // of the waiting: tried, and tried again at a later time
	Next  time.Time // the first of these; zero when there is none
}

// All is the tally over all channels.
func (t *Telling) All() Tally {
	var sum Tally
	for _, c := range t.Channels {
		sum = sum.Plus(c)
	}
	return sum
}

// Finished says whether there is nothing left to wait for.
func (t *Telling) Finished() bool { return !t.Listing && t.All().Open() == 0 }

// Quarter is the last of 0, 25, 50, 75 and 100 percent that was reached: more often
// nobody wants to hear of it.
func Quarter(over, total int) int {
	if total <= 0 {
		return 0
	}
	return min(over*4/total, 4) * 25
}

// meterWindow is how far back the speed is measured.
const meterWindow = 10 * time.Second

// Meter measures how fast messages leave, by what was counted lately.
type Meter struct{ seen []reading }

type reading struct {
	at   time.Time
	over int
}

// Note adds a count. One that falls, because messages are sent again, begins anew.
func (m *Meter) Note(at time.Time, over int) {
	if n := len(m.seen); n > 0 && over < m.seen[n-1].over {
		m.seen = nil
	}
	m.seen = append(m.seen, reading{at, over})
	for len(m.seen) > 2 && at.Sub(m.seen[1].at) >= meterWindow {
		m.seen = m.seen[1:]
	}
}

// Left estimates how long the open messages take; false while nothing was measured or
// nothing moves.
func (m *Meter) Left(open int) (time.Duration, bool) {
	if len(m.seen) < 2 {
		return 0, false
	}
	first, last := m.seen[0], m.seen[len(m.seen)-1]
	moved, took := last.over-first.over, last.at.Sub(first.at)
	if moved <= 0 || took <= 0 {
		return 0, false
	}
	return time.Duration(float64(took) / float64(moved) * float64(open)), true
}
