package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

// planned is a maintenance of the website, from 22:00 to 23:00 on the day of these stories.
func planned() status.Change {
	return status.Change{
		Name: new("New database"), ComponentIDs: &[]string{"web"},
		ScheduledFor: status.Some(noon.Add(10 * time.Hour)), ScheduledUntil: status.Some(noon.Add(11 * time.Hour)),
		AutoInProgress: new(true), AutoCompleted: new(true),
	}
}

func window(t tb) *desk {
	t.Helper()
	d := &desk{t: t, site: shop(noon)}
	return d.open(planned())
}

func TestMaintenanceIsPlanned(t *testing.T) {
	d := window(t)
	if d.n.Kind != status.Maintenance || d.n.Stage != status.Scheduled || d.n.Impact != status.ImpactMaintenance {
		t.Errorf("%s, %s, %s", d.n.Kind, d.n.Stage, d.n.Impact)
	}
	d.wantTold("maintenance.scheduled")
	d.wantLevels(map[string]status.Level{})
	same(t, "by itself", d.n.Auto, status.Auto{
		InProgress: true, Completed: true, ToMaintenance: true, ToOperational: true, NotifyAtStart: true, NotifyAtEnd: true,
	})
	// A stage of a maintenance makes one, too.
	c := planned()
	c.Stage = new(status.InProgress)
	d = newDesk(t).open(c)
	same(t, "begun at once", d.n.Stage, status.InProgress)
	d.wantTold("web: operational → under_maintenance", "maintenance.started")
}

func TestMaintenanceStages(t *testing.T) {
	const (
		began    = "This maintenance has begun; it cannot be scheduled again."
		complete = "This maintenance is completed; plan a new one."
		cancel   = "This maintenance is cancelled; plan a new one."
	)
	updated, started := status.MaintenanceUpdated, status.MaintenanceStarted
	done, off := status.MaintenanceCompleted, status.MaintenanceCancelled
	for _, c := range []struct {
		from, to status.Stage
		want     status.EventType
		fault    string
	}{
		{status.Scheduled, status.Scheduled, updated, ""},
		{status.Scheduled, status.InProgress, started, ""},
		{status.Scheduled, status.Verifying, started, ""},
		{status.Scheduled, status.Completed, done, ""},
		{status.Scheduled, status.Cancelled, off, ""},
		{status.InProgress, status.Scheduled, "", began},
		{status.InProgress, status.InProgress, updated, ""},
		{status.InProgress, status.Verifying, updated, ""},
		{status.InProgress, status.Completed, done, ""},
		{status.InProgress, status.Cancelled, off, ""},
		{status.Verifying, status.Scheduled, "", began},
		{status.Verifying, status.InProgress, updated, ""}, // it started before
		{status.Verifying, status.Verifying, updated, ""},
		{status.Verifying, status.Completed, done, ""},
		{status.Verifying, status.Cancelled, off, ""},
		{status.Completed, status.Scheduled, "", complete},
		{status.Completed, status.InProgress, "", complete},
		{status.Completed, status.Verifying, "", complete},
		{status.Completed, status.Completed, updated, ""},
		{status.Completed, status.Cancelled, "", complete},
		{status.Cancelled, status.Scheduled, "", cancel},
		{status.Cancelled, status.InProgress, "", cancel},
		{status.Cancelled, status.Verifying, "", cancel},
		{status.Cancelled, status.Completed, "", cancel},
		{status.Cancelled, status.Cancelled, updated, ""},
	} {
		t.Run(string(c.from+" to "+c.to), func(t *testing.T) {
			plan := planned()
			plan.ComponentIDs, plan.Stage = nil, &c.from
			d := newDesk(t).open(plan)
			err := d.tryApply(status.Change{Stage: &c.to})
			if c.fault != "" {
				refused(t, err, "incident.status", c.fault)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d.wantTold(string(c.want))
			if over := d.n.ResolvedAt != nil; over != c.to.Closed() {
				t.Errorf("in %s the end is %v", c.to, d.n.ResolvedAt)
			}
		})
	}
}

func TestMaintenanceWindow(t *testing.T) {
	at := func(by time.Duration) status.Maybe[time.Time] { return status.Some(noon.Add(by)) }
	null := status.Maybe[time.Time]{Set: true}
	year1 := status.Some(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		name            string
		from, until     status.Maybe[time.Time]
		field, sentence string
	}{
		{"ends before it begins", at(2 * time.Hour), at(time.Hour), "incident.scheduled_until", "The maintenance must end after it begins."},
		{"ends as it begins", at(time.Hour), at(time.Hour), "incident.scheduled_until", "The maintenance must end after it begins."},
		{"over already", at(-2 * time.Hour), at(-time.Hour), "incident.scheduled_until", "The end of the maintenance lies in the past; set a later one, or the status completed."},
		{"no end", at(time.Hour), null, "incident.scheduled_until", "Say when the maintenance ends."},
		{"no begin", null, at(time.Hour), "incident.scheduled_for", "Say when the maintenance begins."},
		{"an impossible begin", year1, at(time.Hour), "incident.scheduled_for", "Say when the maintenance begins."},
		{"an impossible end", at(time.Hour), status.Some(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)), "incident.scheduled_until", "Say when the maintenance ends."},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := window(t)
			refused(t, d.tryApply(status.Change{ScheduledFor: c.from, ScheduledUntil: c.until}), c.field, c.sentence)
			plan := status.Change{Name: new("New database"), Stage: new(status.Scheduled), ScheduledFor: c.from, ScheduledUntil: c.until}
			refused(t, newDesk(t).tryOpen(plan), c.field, c.sentence)
		})
	}
	t.Run("extended", func(t *testing.T) {
		d := window(t).to(status.InProgress).apply(status.Change{ScheduledUntil: at(14 * time.Hour), Body: new("We need longer.")})
		d.wantTold("maintenance.updated")
		if !d.n.ScheduledUntil.Equal(noon.Add(14*time.Hour)) || !d.n.ScheduledFor.Equal(noon.Add(10*time.Hour)) {
			t.Errorf("window %v to %v", d.n.ScheduledFor, d.n.ScheduledUntil)
		}
	})
	t.Run("a window that passed may be sent again", func(t *testing.T) {
		d := window(t)
		d.site.Now = noon.Add(24 * time.Hour)
		d.apply(status.Change{ScheduledFor: status.Some(*d.n.ScheduledFor), ScheduledUntil: status.Some(*d.n.ScheduledUntil), Body: new("Late.")})
	})
	t.Run("work of the past is recorded", func(t *testing.T) {
		newDesk(t).open(status.Change{Name: new("Done"), Stage: new(status.Completed), ScheduledFor: at(-2 * time.Hour), ScheduledUntil: at(-time.Hour)})
	})
	t.Run("not of an incident", func(t *testing.T) {
		refused(t, newDesk(t).open(status.Change{}).tryApply(status.Change{ScheduledFor: at(time.Hour)}),
			"incident.scheduled_for", "Only a maintenance has a planned window.")
	})
	t.Run("an imported one may lack it", func(t *testing.T) {
		d := newDesk(t)
		d.n = &status.Incident{ID: "old", Kind: status.Maintenance, Stage: status.Completed, Imported: true}
		d.apply(status.Change{Name: new("Move")})
		refused(t, d.tryApply(status.Change{ScheduledFor: at(time.Hour)}), "incident.scheduled_until", "Say when the maintenance ends.")
	})
}

func TestAutomaticsAreChosen(t *testing.T) {
	d := window(t).apply(status.Change{
		AutoTransition: new(false), AutoCompleted: new(false), ToMaintenance: new(false), ToOperational: new(false),
		NotifyAtStart: new(false), NotifyAtEnd: new(false), RemindPrior: new(true),
	})
	same(t, "by itself", d.n.Auto, status.Auto{RemindPrior: true, RemindAfter: new(noon)})
	d.to(status.InProgress).wantLevels(map[string]status.Level{})
}

// move lets the clock act on the maintenance.
func (d *desk) move(body map[status.Stage]map[string]string) bool {
	d.t.Helper()
	moved := false
	err := d.write(func(n *status.Incident, site *status.Site) (_ *status.Incident, err error) {
		moved, err = n.MoveByClock(site, "tick", body)
		return n, err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return moved
}

func TestMaintenanceMovesByItsClock(t *testing.T) {
	said := map[status.Stage]map[string]string{
		status.InProgress: {"en": "The work has started.", "de": "Die Arbeiten haben begonnen.", "it": "Iniziato."},
		status.Completed:  {"en": "We have finished.", "de": "Wir sind fertig."},
	}
	d := window(t)
	same(t, "next move", d.n.NextMove().UTC(), noon.Add(10*time.Hour))
	if d.later(10*time.Hour - 1).move(said) {
		t.Fatal("it began too early")
	}
	if !d.later(1).move(said) || d.n.Stage != status.InProgress {
		t.Fatalf("it did not begin: %s", d.n.Stage)
	}
	d.wantTold("web: operational → under_maintenance", "maintenance.started")
	u := d.n.Newest()
	same(t, "body", u.Body, "The work has started.")
	same(t, "translations", u.Translations, map[string]string{"de": "Die Arbeiten haben begonnen."}) // the page has no Italian
	if d.move(said) {
		t.Fatal("it moved twice")
	}
	d.to(status.Verifying)
	same(t, "next move", d.n.NextMove().UTC(), noon.Add(11*time.Hour))
	if !d.later(2*time.Hour).move(said) || d.n.Stage != status.Completed {
		t.Fatalf("it did not end: %s", d.n.Stage)
	}
	d.wantTold("web: under_maintenance → operational", "maintenance.completed")
	if !d.n.NextMove().IsZero() {
		t.Error("a finished maintenance wants to move")
	}
}

func TestClockTellsNobodyWhenAsked(t *testing.T) {
	c := planned()
	c.NotifyAtStart, c.NotifyAtEnd = new(false), new(false)
	d := newDesk(t).open(c).later(10 * time.Hour)
	d.move(nil)
	d.wantTold("web: operational → under_maintenance, quietly", "maintenance.started, quietly")
	d.later(time.Hour).move(nil)
	d.wantTold("web: under_maintenance → operational, quietly", "maintenance.completed, quietly")
}

func TestMaintenanceThatDoesNotMove(t *testing.T) {
	for name, change := range map[string]func(*status.Incident){
		"by hand only":     func(n *status.Incident) { n.Auto.InProgress = false },
		"a draft":          func(n *status.Incident) { n.Draft = true },
		"imported":         func(n *status.Incident) { n.Imported = true },
		"an incident":      func(n *status.Incident) { n.Kind = status.Problem },
		"ended by hand":    func(n *status.Incident) { n.Stage, n.Auto.Completed = status.InProgress, false },
		"already finished": func(n *status.Incident) { n.Stage = status.Completed },
	} {
		d := window(t).later(24 * time.Hour)
		change(d.n)
		if at := d.n.NextMove(); !at.IsZero() || d.move(nil) {
			t.Errorf("%s: moves at %v", name, at)
		}
	}
}

// A window takes over only what works, so that it never hides an outage, and gives back
// only what it took.
func TestMaintenanceLeavesOutagesAlone(t *testing.T) {
	d := newDesk(t)
	d.site.Find("api").Level = status.MajorOutage
	c := planned()
	c.ComponentIDs = &[]string{"web", "api"}
	d.open(c).to(status.InProgress)
	d.wantLevels(map[string]status.Level{"web": status.UnderMaintenance, "api": status.MajorOutage})
	d.to(status.Completed).wantLevels(map[string]status.Level{"api": status.MajorOutage})
}

// Whoever verifies at once has worked: the components follow as if it had been said.
func TestVerifyingAtOnceMovesComponents(t *testing.T) {
	d := window(t).to(status.Verifying)
	d.wantTold("web: operational → under_maintenance", "maintenance.started")
	d.to(status.Completed).wantTold("web: under_maintenance → operational", "maintenance.completed")
	d.wantLevels(map[string]status.Level{})

	c := planned()
	c.Stage = new(status.Verifying)
	newDesk(t).open(c).wantTold("web: operational → under_maintenance", "maintenance.started")
	window(t).to(status.InProgress).to(status.Verifying).wantTold("maintenance.updated")
	window(t).apply(status.Change{ToMaintenance: new(false)}).to(status.Verifying).wantLevels(map[string]status.Level{})
}

func TestCancelledMaintenanceGivesBack(t *testing.T) {
	d := window(t).to(status.InProgress).to(status.Cancelled)
	d.wantLevels(map[string]status.Level{})
	kept := window(t).apply(status.Change{ToOperational: new(false)}).to(status.InProgress).to(status.Completed)
	kept.wantLevels(map[string]status.Level{"web": status.UnderMaintenance})
}
