package status

import (
	"net/mail"
	"strings"
	"time"
)

// CallType says what whoever is on duty is reminded of, as the webhook spells it.
type CallType string

// The reminders: before, at and after the moment until which customers were promised an
// update, and once when a problem was watched for as long as planned.
const (
	PromiseDueSoon CallType = "promise.due_soon"
	PromiseDue     CallType = "promise.due"
	PromiseOverdue CallType = "promise.overdue"
	WatchOver      CallType = "watch.over"
)

// CallLead is how long before a promise falls due somebody is reminded, and how long
// after it once more.
const CallLead = 5 * time.Minute

// Call is one reminder to whoever is on duty. There is one of each type and About.
type Call struct {
	Type  CallType
	About time.Time // the promised moment; of WatchOver: since when the problem is watched
	// Covered: another call says it at about the same time, so that it need not be sent.
	Covered bool
}

// Calling is a call with all that it is written from.
type Calling struct {
	Call
	Address string // mail address or web address
	Letter  []byte // what it says, once that is fixed
	Page    Page
	Notice  Incident
}

// Duty is where reminders go: a mail address or a web address; "" when nobody is on duty.
func (p *Page) Duty() (Channel, string) {
	switch a, err := mail.ParseAddress(p.OnDuty); {
	case p.OnDuty == "":
		return "", ""
	case err == nil && !strings.Contains(p.OnDuty, "://"):
		return Email, a.Address
	}
	return Webhook, p.OnDuty
}

// promised is until when the notice owes its customers an update; nil when it owes none
// that anybody is reminded of.
func (i *Incident) promised() *time.Time {
	if i.Draft || i.Imported || !i.Open() {
		return nil
	}
	return i.NextUpdateAt
}

// Calls are the reminders that are due at a moment. Of a promise it is the newest one
// only: what came before is said by it. A promise that was made just before it falls due
// is not announced.
func (p *Page) Calls(n *Incident, now time.Time) []Call {
	var list []Call
	promised, end := n.promised(), n.WatchEnds(p)
	if promised != nil {
		switch since := now.Sub(*promised); {
		case since >= CallLead:
			list = append(list, Call{Type: PromiseOverdue, About: *promised})
		case since >= 0:
			list = append(list, Call{Type: PromiseDue, About: *promised})
		case since >= -CallLead && n.UpdatedAt.Before(promised.Add(-CallLead)):
			list = append(list, Call{Type: PromiseDueSoon, About: *promised})
		}
	}
	if !end.IsZero() && !now.Before(end) {
		covered := promised != nil && end.Sub(*promised).Abs() <= CallLead
		list = append(list, Call{Type: WatchOver, About: *n.MonitoringAt, Covered: covered})
	}
	return list
}

// NextCall is the next moment after now at which somebody may have to be reminded; zero
// when there is none.
func (p *Page) NextCall(n *Incident, now time.Time) time.Time {
	var next time.Time
	soonest := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if promised := n.promised(); promised != nil {
		for _, by := range []time.Duration{-CallLead, 0, CallLead} {
			soonest(promised.Add(by))
		}
	}
	if end := n.WatchEnds(p); !end.IsZero() {
		soonest(end)
	}
	return next
}

// Holds says whether the reminder still has its reason: the promise is neither met nor
// moved, the problem is still watched.
func (c Call) Holds(n *Incident) bool {
	if c.Type == WatchOver {
		return !n.Draft && n.Stage == Monitoring && n.MonitoringAt != nil && n.MonitoringAt.Equal(c.About)
	}
	promised := n.promised()
	return promised != nil && promised.Equal(c.About)
}

// Stale says whether the time of the next reminder about the same promise has come: it
// says what this one would.
func (c Call) Stale(now time.Time) bool {
	switch c.Type {
	case PromiseDueSoon:
		return !now.Before(c.About)
	case PromiseDue:
		return !now.Before(c.About.Add(CallLead))
	case PromiseOverdue, WatchOver:
	}
	return false
}

// AsksToResolve says whether the reminder asks if the problem can be closed: when it is
// due, the planned time of watching is over.
func (c Call) AsksToResolve(n *Incident, p *Page) bool {
	end, at := n.WatchEnds(p), c.About
	switch c.Type {
	case WatchOver:
		return true
	case PromiseDueSoon:
		at = at.Add(-CallLead)
	case PromiseOverdue:
		at = at.Add(CallLead)
	case PromiseDue:
	}
	return !end.IsZero() && !end.After(at)
}
