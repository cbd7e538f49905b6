package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

// remind lets the clock remind of the maintenance.
func (d *desk) remind() bool {
	d.t.Helper()
	reminded := false
	if err := d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		reminded = n.RemindByClock(site.Now)
		return n, nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return reminded
}

// reminding is a maintenance that begins so many hours after noon and reminds before.
func reminding(t tb, hours int) *desk {
	t.Helper()
	c := planned()
	c.RemindPrior = new(true)
	c.ScheduledFor, c.ScheduledUntil = status.Some(noon.Add(time.Duration(hours)*time.Hour)), status.Some(noon.Add(time.Duration(hours+1)*time.Hour))
	return newDesk(t).open(c)
}

// until lets hours pass in steps of minutes and returns the minutes before the start at
// which it was reminded.
func (d *desk) reminders() []int {
	d.t.Helper()
	var list []int
	for d.site.Now.Before(*d.n.ScheduledFor) {
		if d.remind() {
			d.wantTold("maintenance.reminder")
			list = append(list, int(d.n.ScheduledFor.Sub(d.site.Now).Minutes()))
		}
		d.later(time.Minute)
	}
	if d.remind() {
		d.t.Errorf("reminded of what has begun")
	}
	return list
}

func TestReminders(t *testing.T) {
	day := 24 * 60
	for _, c := range []struct {
		name  string
		begun func(t tb) *desk
		want  []int
	}{
		{"planned long before", func(t tb) *desk { return reminding(t, 50) }, []int{day, 60}},
		{"planned 24 hours before: it has just been announced", func(t tb) *desk { return reminding(t, 24) }, []int{60}},
		{"planned the same day", func(t tb) *desk { return reminding(t, 5) }, []int{60}},
		{"planned within the hour", func(t tb) *desk {
			d := reminding(t, 5)
			return d.apply(status.Change{ScheduledFor: status.Some(noon.Add(40 * time.Minute))})
		}, nil},
		{"not asked for", func(t tb) *desk { return reminding(t, 50).apply(status.Change{RemindPrior: new(false)}) }, nil},
		{"asked for late", func(t tb) *desk {
			return window(t).later(7 * time.Hour).apply(status.Change{RemindPrior: new(true)})
		}, []int{60}},
		{"asked for again", func(t tb) *desk {
			d := reminding(t, 25).later(time.Hour)
			d.remind()
			return d.apply(status.Change{RemindPrior: new(true)})
		}, []int{60}},
		{"cancelled", func(t tb) *desk { return reminding(t, 50).to(status.Cancelled) }, nil},
		{"begun early", func(t tb) *desk { return reminding(t, 50).to(status.InProgress) }, nil},
		{"missed, both: one is enough", func(t tb) *desk { return reminding(t, 50).later(49*time.Hour + 30*time.Minute) }, []int{30}},
		{"missed, the first", func(t tb) *desk { return reminding(t, 50).later(40 * time.Hour) }, []int{600, 60}},
		{"moved: reminded anew", func(t tb) *desk {
			d := reminding(t, 25).later(time.Hour)
			if !d.remind() {
				t.Fatal("not reminded")
			}
			return d.apply(status.Change{ScheduledFor: status.Some(noon.Add(30 * time.Hour)), ScheduledUntil: status.Some(noon.Add(31 * time.Hour))})
		}, []int{day, 60}},
		{"only its end moved", func(t tb) *desk {
			d := reminding(t, 25).later(time.Hour)
			d.remind()
			return d.apply(status.Change{ScheduledUntil: status.Some(noon.Add(31 * time.Hour))})
		}, []int{60}},
		{"published a day after it was drafted", func(t tb) *desk {
			c := planned()
			c.RemindPrior, c.Draft = new(true), new(true)
			c.ScheduledFor, c.ScheduledUntil = status.Some(noon.Add(30*time.Hour)), status.Some(noon.Add(31*time.Hour))
			return newDesk(t).open(c).later(10 * time.Hour).apply(status.Change{Draft: new(false)})
		}, []int{60}},
		{"planned by an older version", func(t tb) *desk {
			d := reminding(t, 50)
			d.n.Auto.RemindAfter = nil
			return d
		}, []int{day, 60}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, "minutes before", c.begun(t).reminders(), c.want) })
	}
}

func TestReminderLeavesANote(t *testing.T) {
	d := reminding(t, 50).later(26 * time.Hour)
	before := *d.n
	if !d.remind() {
		t.Fatal("not reminded")
	}
	same(t, "reminded at", *d.n.Auto.RemindedAt, d.site.Now)
	if !d.n.UpdatedAt.Equal(before.UpdatedAt) || d.n.Version != before.Version || len(d.n.Updates) != len(before.Updates) || d.n.Sequence != before.Sequence+1 {
		t.Errorf("a reminder changed the notice: %+v", d.n)
	}
	for name, hide := range map[string]func(*status.Incident){
		"a draft": func(n *status.Incident) { n.Draft = true }, "imported": func(n *status.Incident) { n.Imported = true },
		"an incident": func(n *status.Incident) { n.Kind = status.Problem }, "without a window": func(n *status.Incident) { n.ScheduledFor = nil },
	} {
		n := before
		hide(&n)
		if at := n.NextReminder(d.site.Now); !at.IsZero() {
			t.Errorf("%s reminds at %v", name, at)
		}
	}
}
