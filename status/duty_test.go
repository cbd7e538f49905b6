package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

// owing is an open problem that was last touched at noon and owes an update at that minute.
func owing(minute int) *status.Incident {
	return &status.Incident{ID: "n", Kind: status.Problem, Stage: status.Investigating, Severity: status.Serious, Urgency: status.UrgencyNormal,
		CreatedAt: noon, StartedAt: noon, UpdatedAt: noon, NextUpdateAt: new(after(minute))}
}

func after(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }

func TestDuty(t *testing.T) {
	for _, c := range []struct {
		setting string
		channel status.Channel
		address string
	}{
		{"", "", ""},
		{"duty@shop.example", status.Email, "duty@shop.example"},
		{"Night shift <duty@shop.example>", status.Email, "duty@shop.example"},
		{"https://duty.example/hook?a=b@c", status.Webhook, "https://duty.example/hook?a=b@c"},
	} {
		p := status.Page{OnDuty: c.setting}
		if channel, address := p.Duty(); channel != c.channel || address != c.address {
			t.Errorf("%q: %s %q", c.setting, channel, address)
		}
	}
}

func TestCalls(t *testing.T) {
	page := shop(noon).Page
	change := func(edit func(*status.Incident)) *status.Incident {
		n := owing(60)
		edit(n)
		return n
	}
	soon, due, late := status.PromiseDueSoon, status.PromiseDue, status.PromiseOverdue
	for _, c := range []struct {
		name   string
		n      *status.Incident
		minute int
		want   []status.CallType
	}{
		{"long before", owing(60), 54, nil},
		{"five minutes before", owing(60), 55, []status.CallType{soon}},
		{"just before", owing(60), 59, []status.CallType{soon}},
		{"at the moment", owing(60), 60, []status.CallType{due}},
		{"just after", owing(60), 64, []status.CallType{due}},
		{"five minutes after", owing(60), 65, []status.CallType{late}},
		{"days after: the newest only", owing(60), 3 * 1440, []status.CallType{late}},
		{"promised just now", owing(4), 1, nil},
		{"promised just now, and due", owing(4), 4, []status.CallType{due}},
		{"touched after it was missed", change(func(n *status.Incident) { n.UpdatedAt = after(70) }), 71, []status.CallType{late}},
		{"no promise", change(func(n *status.Incident) { n.NextUpdateAt = nil }), 90, nil},
		{"a draft", change(func(n *status.Incident) { n.Draft = true }), 90, nil},
		{"imported", change(func(n *status.Incident) { n.Imported = true }), 90, nil},
		{"over", change(func(n *status.Incident) { n.Stage = status.Resolved }), 90, nil},
		{"a maintenance that promised", change(func(n *status.Incident) { n.Kind, n.Stage = status.Maintenance, status.InProgress }), 60, []status.CallType{due}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []status.CallType
			for _, call := range page.Calls(c.n, after(c.minute)) {
				same(t, "about", call.About, *c.n.NextUpdateAt)
				got = append(got, call.Type)
			}
			same(t, "calls", got, c.want)
		})
	}
}

// A problem of priority P2 is watched for an hour.
func TestCallsWhileWatching(t *testing.T) {
	page := shop(noon).Page
	watched := func(promise int) *status.Incident {
		n := owing(promise)
		n.Stage, n.MonitoringAt = status.Monitoring, new(noon)
		return n
	}
	watch := func(covered bool) status.Call {
		return status.Call{Type: status.WatchOver, About: noon, Covered: covered}
	}
	call := func(c status.CallType, minute int) status.Call { return status.Call{Type: c, About: after(minute)} }
	for _, c := range []struct {
		name            string
		promise, minute int
		want            []status.Call
	}{
		{"still planned", 240, 59, nil},
		{"as long as planned", 240, 60, []status.Call{watch(false)}},
		{"much longer", 240, 200, []status.Call{watch(false)}},
		{"the promise says it, too", 60, 60, []status.Call{call(status.PromiseDue, 60), watch(true)}},
		{"a promise close by says it", 63, 60, []status.Call{call(status.PromiseDueSoon, 63), watch(true)}},
		{"a promise well before does not", 50, 60, []status.Call{call(status.PromiseOverdue, 50), watch(false)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, "calls", page.Calls(watched(c.promise), after(c.minute)), c.want)
		})
	}
	n := watched(63)
	for call, want := range map[status.CallType]bool{status.PromiseDueSoon: false, status.PromiseDue: true, status.PromiseOverdue: true} {
		if got := (status.Call{Type: call, About: after(63)}).AsksToResolve(n, &page); got != want {
			t.Errorf("%s asks to resolve: %v", call, got)
		}
	}
	if !watch(false).AsksToResolve(n, &page) || call(status.PromiseOverdue, 60).AsksToResolve(owing(60), &page) {
		t.Error("who is asked to resolve")
	}
}

func TestNextCall(t *testing.T) {
	page := shop(noon).Page
	n := owing(60)
	n.Stage, n.MonitoringAt = status.Monitoring, new(after(2)) // watched until 62
	now := noon
	for _, want := range []int{55, 60, 62, 65} {
		now = page.NextCall(n, now)
		same(t, "next", now, after(want))
	}
	if next := page.NextCall(n, now); !next.IsZero() {
		t.Errorf("then at %v", next)
	}
	n.Draft = true
	if next := page.NextCall(n, noon); !next.IsZero() {
		t.Errorf("a draft at %v", next)
	}
}

func TestCallHolds(t *testing.T) {
	n := owing(60)
	promise := status.Call{Type: status.PromiseDue, About: after(60)}
	watch := status.Call{Type: status.WatchOver, About: noon}
	if !promise.Holds(n) || watch.Holds(n) {
		t.Error("while it is owed")
	}
	n.NextUpdateAt = new(after(90))
	if promise.Holds(n) {
		t.Error("a promise that was moved")
	}
	n.Stage, n.MonitoringAt = status.Monitoring, new(noon)
	if !watch.Holds(n) {
		t.Error("while it is watched")
	}
	n.Stage, n.NextUpdateAt = status.Resolved, nil
	if promise.Holds(n) || watch.Holds(n) {
		t.Error("when it is over")
	}
	for call, from := range map[status.CallType]int{status.PromiseDueSoon: 60, status.PromiseDue: 65} {
		c := status.Call{Type: call, About: after(60)}
		if c.Stale(after(from).Add(-1)) || !c.Stale(after(from)) {
			t.Errorf("%s is stale from another minute than %d", call, from)
		}
	}
	if (status.Call{Type: status.PromiseOverdue, About: noon}).Stale(after(1e6)) || watch.Stale(after(1e6)) {
		t.Error("the last reminder grew stale")
	}
}
