package status_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"allclear/status"
)

const week = 7 * 24 * time.Hour

// Every step from one stage of an incident to another: all are allowed while it is open
// and for a week after its end.
func TestIncidentStages(t *testing.T) {
	stages := []status.Stage{status.Investigating, status.Identified, status.Monitoring, status.Resolved}
	for _, from := range stages {
		for _, to := range stages {
			t.Run(string(from+" to "+to), func(t *testing.T) {
				d := newDesk(t).open(status.Change{Stage: &from}).later(time.Hour).to(to)
				same(t, "stage", d.n.Stage, to)
				want := status.IncidentUpdated
				switch {
				case to == status.Resolved && from != status.Resolved:
					want = status.IncidentResolved
				case from == status.Resolved && to != status.Resolved:
					want = status.IncidentReopened
				}
				d.wantTold(string(want))
				if open := d.n.NextUpdateAt != nil; open != d.n.Open() || d.n.Open() == (d.n.ResolvedAt != nil) {
					t.Errorf("in %s the promise is %v and the end %v", to, d.n.NextUpdateAt, d.n.ResolvedAt)
				}
			})
		}
	}
}

func TestStagesRefused(t *testing.T) {
	incident := func(t *testing.T) *desk { t.Helper(); return newDesk(t).open(status.Change{}) }
	for _, c := range []struct {
		name     string
		desk     *desk
		to       status.Stage
		sentence string
	}{
		{"no stage", incident(t), "broken", `"broken" is not a status; use investigating, identified, monitoring or resolved.`},
		{"empty", incident(t), "", `"" is not a status; use investigating, identified, monitoring or resolved.`},
		{"of a maintenance", incident(t), status.Scheduled, `"scheduled" is not possible for this incident; use investigating,`},
		{"postmortem is not set by hand", incident(t), status.PostmortemOut, `"postmortem" is not possible for this incident`},
		{"of an incident", window(t), status.Monitoring, `"monitoring" is not possible for this maintenance; use scheduled, in_progress, verifying, completed or cancelled.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := copyNotice(t, c.desk.n)
			refused(t, c.desk.tryApply(status.Change{Stage: &c.to, Name: new("Other")}), "incident.status", c.sentence)
			same(t, "name", c.desk.n.Name, before.Name)
		})
	}
	if err := newDesk(t).tryOpen(status.Change{Name: new("x"), Stage: new(status.PostmortemOut)}); err == nil {
		t.Error("an incident was opened as a postmortem")
	}
}

func TestReopen(t *testing.T) {
	closed := func(t *testing.T) *desk {
		t.Helper()
		return newDesk(t).open(status.Change{}).to(status.Monitoring).later(time.Hour).apply(status.Change{
			Stage: new(status.Resolved), Resolution: &status.Resolution{WhatHappened: "A disk broke."},
		})
	}
	t.Run("after exactly seven days", func(t *testing.T) {
		d := closed(t).later(week).to(status.Investigating)
		if d.n.ResolvedAt != nil || d.n.MonitoringAt != nil || d.n.Resolution != nil {
			t.Errorf("the old end is still there: %v %v %v", d.n.ResolvedAt, d.n.MonitoringAt, d.n.Resolution)
		}
		d.wantTold("incident.reopened")
	})
	t.Run("later", func(t *testing.T) {
		refused(t, closed(t).later(week+time.Millisecond).tryApply(status.Change{Stage: new(status.Identified)}),
			"incident.status", "This incident was resolved more than 7 days ago; open a new one.")
	})
	t.Run("later, but it stays closed", func(t *testing.T) {
		d := closed(t).later(2 * week)
		end := *d.n.ResolvedAt
		d.apply(status.Change{Stage: new(status.Resolved), Body: new("The disk was replaced.")}).wantTold("incident.updated")
		if !d.n.ResolvedAt.Equal(end) {
			t.Errorf("the end moved to %v", d.n.ResolvedAt)
		}
	})
	t.Run("into monitoring", func(t *testing.T) {
		d := closed(t).later(time.Hour).to(status.Monitoring)
		if m := d.n.MonitoringAt; m == nil || !m.Equal(d.site.Now) {
			t.Errorf("monitoring since %v", m)
		}
	})
	t.Run("the estimate of the first end is dropped", func(t *testing.T) {
		d := newDesk(t).open(status.Change{ExpectedResolutionAt: status.Some(noon.Add(time.Hour))}).to(status.Resolved)
		if d.later(2 * time.Hour).to(status.Identified); d.n.ExpectedResolutionAt != nil {
			t.Errorf("expected %v", d.n.ExpectedResolutionAt)
		}
		again := noon.Add(9 * time.Hour)
		d.to(status.Resolved).apply(status.Change{Stage: new(status.Identified), ExpectedResolutionAt: status.Some(again)})
		if e := d.n.ExpectedResolutionAt; e == nil || !e.Equal(again) {
			t.Errorf("expected %v", e)
		}
	})
	t.Run("an import without an end counts from its last change", func(t *testing.T) {
		d := newDesk(t)
		d.n = &status.Incident{ID: "old", Kind: status.Problem, Stage: status.PostmortemOut, Imported: true, UpdatedAt: noon.Add(-week - 1)}
		refused(t, d.tryApply(status.Change{Stage: new(status.Investigating)}), "incident.status", "more than 7 days ago")
	})
}

func TestMonitoringBegins(t *testing.T) {
	d := newDesk(t).open(status.Change{}).later(time.Hour).to(status.Monitoring).later(time.Hour).to(status.Monitoring)
	if m := d.n.MonitoringAt; m == nil || !m.Equal(noon.Add(time.Hour)) {
		t.Errorf("monitoring since %v, want the first time", m)
	}
}

// Resolving puts back what the notice moved.
func TestResolvingReleasesComponents(t *testing.T) {
	opened := status.Change{Components: map[string]status.Level{"card": status.MajorOutage, "bank": status.PartialOutage}}
	t.Run("all of it", func(t *testing.T) {
		d := newDesk(t).open(opened)
		d.wantLevels(map[string]status.Level{"card": status.MajorOutage, "bank": status.PartialOutage})
		d.to(status.Resolved).wantLevels(map[string]status.Level{})
		d.wantTold("card: major_outage → operational", "bank: partial_outage → operational", "incident.resolved")
	})
	t.Run("not by monitoring", func(t *testing.T) {
		newDesk(t).open(opened).to(status.Monitoring).wantLevels(opened.Components)
	})
	t.Run("unless the request says otherwise", func(t *testing.T) {
		d := newDesk(t).open(opened).apply(status.Change{
			Stage: new(status.Resolved), Components: map[string]status.Level{"bank": status.DegradedPerformance},
		})
		d.wantLevels(map[string]status.Level{"bank": status.DegradedPerformance})
	})
	t.Run("unless another open notice holds it", func(t *testing.T) {
		d := newDesk(t).open(opened)
		d.site.Held = map[string]bool{"card": true}
		d.to(status.Resolved).wantLevels(map[string]status.Level{"card": status.MajorOutage})
	})
	t.Run("not what it only named", func(t *testing.T) {
		d := newDesk(t)
		d.site.Find("mail").Level = status.DegradedPerformance // set by hand, before
		d.open(status.Change{ComponentIDs: &[]string{"mail", "web"}, Components: map[string]status.Level{"web": status.MajorOutage}})
		same(t, "holding", d.n.Holding(), []string{"web"})
		d.to(status.Identified).to(status.Resolved).wantLevels(map[string]status.Level{"mail": status.DegradedPerformance})
	})
	t.Run("also what it set to the level it had", func(t *testing.T) {
		d := newDesk(t)
		d.site.Find("mail").Level = status.MajorOutage
		d.open(status.Change{ComponentIDs: &[]string{"mail"}})
		d.apply(status.Change{Components: map[string]status.Level{"mail": status.MajorOutage}})
		d.to(status.Resolved).wantLevels(map[string]status.Level{})
	})
	t.Run("even when its newest entry was dated back", func(t *testing.T) {
		d := newDesk(t).open(status.Change{Stage: new(status.Investigating)}).later(time.Hour).
			apply(status.Change{Body: new("Cards fail."), Components: map[string]status.Level{"card": status.MajorOutage}})
		d.editUpdate(d.n.Updates[0].ID, nil, new(noon.Add(-time.Hour)), nil)
		same(t, "shown first", d.n.Newest().Body, "")
		d.to(status.Resolved).wantLevels(map[string]status.Level{})
	})
	t.Run("only once", func(t *testing.T) {
		d := newDesk(t).open(opened).to(status.Resolved)
		d.site.Find("web").Level = status.MajorOutage
		d.apply(status.Change{Body: new("More about it.")}).wantLevels(map[string]status.Level{"web": status.MajorOutage})
	})
	t.Run("components that are gone do not matter", func(t *testing.T) {
		d := newDesk(t).open(opened)
		d.site.Components = slices.DeleteFunc(d.site.Components, func(c status.Component) bool { return c.ID == "bank" })
		d.to(status.Resolved).wantLevels(map[string]status.Level{})
		same(t, "listed", codes(d.n.Newest()), []string{"card"})
	})
}

func codes(u *status.Update) []string {
	var out []string
	for _, a := range u.Affected {
		out = append(out, a.Code)
	}
	return out
}

// Every entry repeats all components touched so far; what was new is old next time.
func TestAffectedComponentsRepeat(t *testing.T) {
	entry := func(id, name string, old, now status.Level) status.AffectedComponent {
		return status.AffectedComponent{Code: id, Name: name, OldLevel: old, NewLevel: now}
	}
	d := newDesk(t).open(status.Change{Components: map[string]status.Level{"card": status.DegradedPerformance}})
	same(t, "first", d.n.Newest().Affected, []status.AffectedComponent{
		entry("card", "Payments - Cards", status.Operational, status.DegradedPerformance),
	})
	d.later(time.Minute).apply(status.Change{Body: new("Worse."), Components: map[string]status.Level{"web": status.MajorOutage}})
	same(t, "second", d.n.Newest().Affected, []status.AffectedComponent{
		entry("card", "Payments - Cards", status.DegradedPerformance, status.DegradedPerformance),
		entry("web", "Website", status.Operational, status.MajorOutage),
	})
	// Without an entry the newest one is put right.
	d.later(time.Minute).apply(status.Change{Components: map[string]status.Level{"web": status.PartialOutage}})
	same(t, "corrected", d.n.Newest().Affected[1], entry("web", "Website", status.Operational, status.PartialOutage))
	d.later(time.Minute).to(status.Resolved)
	same(t, "last", d.n.Newest().Affected, []status.AffectedComponent{
		entry("card", "Payments - Cards", status.DegradedPerformance, status.Operational),
		entry("web", "Website", status.PartialOutage, status.Operational),
	})
	same(t, "number of entries", len(d.n.Updates), 3)
}

func TestAffectedComponentsNamedOnly(t *testing.T) {
	d := newDesk(t).open(status.Change{})
	if a := d.n.Newest().Affected; a != nil {
		t.Errorf("nothing was touched, but the list is %v", a)
	}
	d.apply(status.Change{ComponentIDs: &[]string{"web", "api", "web"}})
	same(t, "named", d.n.ComponentIDs, []string{"web", "api"})
	same(t, "listed", d.n.Newest().Affected, []status.AffectedComponent{
		{Code: "web", Name: "Website", OldLevel: status.Operational, NewLevel: status.Operational, Named: true},
		{Code: "api", Name: "Interface", OldLevel: status.Operational, NewLevel: status.Operational, Named: true},
	})
	// Taken off the list again, a component is still one that was touched.
	d.apply(status.Change{ComponentIDs: &[]string{}, Body: new("Not the interface.")})
	same(t, "named", d.n.ComponentIDs, []string{})
	same(t, "listed", codes(d.n.Newest()), []string{"web", "api"})
}

func TestComponentsRefused(t *testing.T) {
	level := func(id string, l status.Level) status.Change {
		return status.Change{Components: map[string]status.Level{id: l}}
	}
	for _, c := range []struct {
		name, field, sentence string
		change                status.Change
	}{
		{"unknown", "incident.components", `There is no component "nowhere" on this page.`, level("nowhere", status.MajorOutage)},
		{"a group", "incident.components", `"Payments" is a group; name its components instead.`, level("pay", status.MajorOutage)},
		{"no level", "incident.components.web", `"down" is not a component status; use operational, under_maintenance,`, level("web", "down")},
		{"named unknown", "incident.component_ids", `There is no component "nowhere" on this page.`, status.Change{ComponentIDs: &[]string{"web", "nowhere"}}},
		{"named group", "incident.component_ids", `"Payments" is a group`, status.Change{ComponentIDs: &[]string{"pay"}}},
		{"of many faults the first by id", "incident.components.api", `"x"`, status.Change{Components: map[string]status.Level{"web": "x", "api": "x", "mail": "x"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).open(status.Change{})
			refused(t, d.tryApply(c.change), c.field, c.sentence)
			d.wantLevels(map[string]status.Level{})
		})
	}
}

func TestSeverityIsProposed(t *testing.T) {
	for _, c := range []struct {
		level  status.Level
		want   status.Severity
		impact status.Impact
	}{
		{"", status.Moderate, status.ImpactMinor}, // names no component
		{status.Operational, status.Moderate, status.ImpactMinor},
		{status.DegradedPerformance, status.Minor, status.ImpactMinor},
		{status.PartialOutage, status.Moderate, status.ImpactMinor},
		{status.UnderMaintenance, status.Moderate, status.ImpactMinor},
		{status.MajorOutage, status.Serious, status.ImpactMajor},
	} {
		change := status.Change{Components: map[string]status.Level{}}
		if c.level != "" {
			change.Components["web"] = c.level
		}
		d := newDesk(t).open(change)
		if d.n.Severity != c.want || d.n.Impact != c.impact || d.n.SeverityGiven {
			t.Errorf("%q: %s, impact %s; want %s, %s", c.level, d.n.Severity, d.n.Impact, c.want, c.impact)
		}
	}
}

func TestSeverityOnlyRisesByItself(t *testing.T) {
	d := newDesk(t).open(status.Change{Components: map[string]status.Level{"web": status.DegradedPerformance}})
	d.apply(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}})
	same(t, "worse", d.n.Severity, status.Serious)
	d.apply(status.Change{Components: map[string]status.Level{"web": status.DegradedPerformance}}).to(status.Resolved)
	same(t, "better", d.n.Severity, status.Serious)
	d.apply(status.Change{Severity: new(status.Minor)})
	same(t, "chosen", d.n.Severity, status.Minor)
	d.to(status.Investigating).apply(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}})
	same(t, "still chosen", d.n.Severity, status.Minor)
}

func TestImpact(t *testing.T) {
	d := newDesk(t).open(status.Change{Severity: new(status.Critical)})
	same(t, "from severity", d.n.Impact, status.ImpactCritical)
	d.apply(status.Change{ImpactOverride: status.Some(status.ImpactNone)})
	same(t, "said otherwise", d.n.Impact, status.ImpactNone)
	d.apply(status.Change{ImpactOverride: status.Maybe[status.Impact]{Set: true}})
	same(t, "no longer", d.n.Impact, status.ImpactCritical)

	w := window(t).apply(status.Change{ImpactOverride: status.Some(status.ImpactMajor), Severity: new(status.Critical)})
	same(t, "of a maintenance", w.n.Impact, status.ImpactMaintenance)

	imported := func() *desk {
		d := newDesk(t)
		d.n = &status.Incident{ID: "old", Kind: status.Problem, Stage: status.Identified, Imported: true, Impact: status.ImpactNone, Severity: status.Moderate, Urgency: status.UrgencyNormal, CreatedAt: noon}
		return d
	}
	same(t, "imported", imported().apply(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}}).n.Impact, status.ImpactNone)
	same(t, "imported, then chosen", imported().apply(status.Change{Severity: new(status.Serious)}).n.Impact, status.ImpactMajor)
}

// Laws 1 and 2 of the package: an open incident has a promise, a closed one none.
func TestPromiseOfNotice(t *testing.T) {
	in := func(by time.Duration) status.Maybe[time.Time] { return status.Some(noon.Add(by)) }
	null := status.Maybe[time.Time]{Set: true}
	opened := func() *desk { return newDesk(t).open(status.Change{Severity: new(status.Serious)}) } // P2
	due := func(d *desk, want time.Time) {
		t.Helper()
		if got := d.n.NextUpdateAt; got == nil || !got.Equal(want) {
			t.Errorf("promise %v, want %v", got, want)
		}
	}
	due(opened(), noon.Add(30*time.Minute))
	due(newDesk(t).open(status.Change{NextUpdateAt: in(5 * time.Minute)}), noon.Add(5*time.Minute))
	due(opened().later(time.Hour).apply(status.Change{Body: new("Nothing new.")}), noon.Add(time.Hour+45*time.Minute))
	due(opened().later(time.Hour).to(status.Monitoring), noon.Add(2*time.Hour))
	due(opened().later(3*time.Hour).to(status.Identified), noon.Add(5*time.Hour))
	// Without a body or a status nothing is promised anew.
	due(opened().later(time.Hour).apply(status.Change{Urgency: new(status.UrgencyImmediate)}), noon.Add(30*time.Minute))
	due(opened().apply(status.Change{NextUpdateAt: in(time.Hour)}), noon.Add(time.Hour))
	due(opened().apply(status.Change{NextUpdateAt: in(366 * 24 * time.Hour)}), noon.Add(366*24*time.Hour))

	const future = "The time of the next update must lie in the future, within a year."
	for _, c := range []struct {
		at       status.Maybe[time.Time]
		sentence string
	}{
		{null, "An open incident needs the time of its next update."},
		{in(0), future}, {in(-time.Minute), future}, {in(366*24*time.Hour + 1), future},
		{status.Some(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), future},
	} {
		d := opened()
		refused(t, d.tryApply(status.Change{NextUpdateAt: c.at}), "incident.next_update_at", c.sentence)
		due(d, noon.Add(30*time.Minute))
	}
	// Resolving ends the promise, whatever else is said.
	for _, at := range []status.Maybe[time.Time]{{}, null, in(time.Hour)} {
		if d := opened().apply(status.Change{Stage: new(status.Resolved), NextUpdateAt: at}); d.n.NextUpdateAt != nil {
			t.Errorf("a resolved incident promises %v", d.n.NextUpdateAt)
		}
	}
	due(opened().to(status.Resolved).later(time.Hour).to(status.Investigating), noon.Add(time.Hour+45*time.Minute))
	// A maintenance owes a promise only when it gave one.
	w := window(t)
	if w.n.NextUpdateAt != nil {
		t.Errorf("a maintenance promises %v by itself", w.n.NextUpdateAt)
	}
	due(w.apply(status.Change{NextUpdateAt: in(time.Hour)}), noon.Add(time.Hour))
	if w.apply(status.Change{NextUpdateAt: null}); w.n.NextUpdateAt != nil {
		t.Errorf("a promise that was taken back is %v", w.n.NextUpdateAt)
	}
}

func TestStageLists(t *testing.T) {
	closed := map[status.Stage]bool{status.Resolved: true, status.PostmortemOut: true, status.Completed: true, status.Cancelled: true}
	seen := map[status.Stage]bool{}
	for _, k := range []status.Kind{status.Problem, status.Maintenance} {
		for _, s := range status.Stages(k) {
			same(t, "kind of "+string(s), status.KindOf(s), k)
			same(t, string(s)+" is over", s.Closed(), closed[s])
			seen[s] = true
		}
	}
	same(t, "stages", len(slices.Collect(maps.Keys(seen))), 10)
	same(t, "kind of nothing", status.KindOf("broken"), status.Kind(""))
}
