package status_test

import (
	"slices"
	"testing"
	"time"

	"allclear/status"
)

// TestWatchOver: a fixed problem is watched for as long as the table says, and no longer
// without somebody being asked.
func TestWatchOver(t *testing.T) {
	for _, c := range []struct {
		severity status.Severity
		watch    time.Duration
	}{
		{status.Critical, time.Hour}, {status.Serious, time.Hour}, {status.Moderate, 2 * time.Hour}, {status.Minor, 20 * time.Hour},
	} {
		d := newDesk(t).open(status.Change{Severity: new(c.severity)})
		if !d.n.WatchEnds(&d.site.Page).IsZero() || d.n.WatchOver(&d.site.Page, noon.Add(240*time.Hour)) {
			t.Errorf("%s is watched before it is fixed", c.severity)
		}
		d.later(time.Hour).to(status.Monitoring)
		end := noon.Add(time.Hour + c.watch)
		if got := d.n.WatchEnds(&d.site.Page); !got.Equal(end) {
			t.Errorf("%s is watched until %v, want %v", c.severity, got, end)
		}
		if d.n.WatchOver(&d.site.Page, end.Add(-time.Millisecond)) || !d.n.WatchOver(&d.site.Page, end) {
			t.Errorf("%s: the end is not at %v", c.severity, end)
		}
		d.later(30 * time.Minute).apply(status.Change{Body: new("Still stable.")})
		if got := d.n.WatchEnds(&d.site.Page); !got.Equal(end) {
			t.Errorf("%s: an update moved the end to %v", c.severity, got)
		}
		if d.to(status.Identified); d.n.WatchOver(&d.site.Page, end) {
			t.Errorf("%s came back and is watched", c.severity)
		}
		if d.to(status.Monitoring).later(time.Hour).to(status.Resolved); d.n.WatchOver(&d.site.Page, end.Add(240*time.Hour)) {
			t.Errorf("%s is over and watched", c.severity)
		}
	}
	d := newDesk(t).open(status.Change{Stage: new(status.Monitoring)})
	d.n.Imported = true
	if d.n.WatchOver(&d.site.Page, noon.Add(240*time.Hour)) {
		t.Error("an imported notice owes an end")
	}
	if w := window(t); w.n.WatchOver(&w.site.Page, noon.Add(240*time.Hour)) {
		t.Error("a maintenance owes an end")
	}
}

func TestFollowUpDays(t *testing.T) {
	page := status.NewPage("p", "Laden", noon)
	page.TimeZone = "Europe/Berlin"
	friday := berlin(t, "2026-11-27 23:30")
	for prio, want := range map[status.Priority]string{status.P1: "2026-12-04", status.P2: "2026-12-11", status.P3: "", status.P4: ""} {
		if got := page.FollowUpBy(prio, friday); got != want {
			t.Errorf("%s: %q, want %q", prio, got, want)
		}
	}
	page.Cadence = status.DefaultCadence()
	pace := page.Cadence[status.P1]
	pace.FollowUp = status.Wait{Minutes: 36 * 60}
	page.Cadence[status.P1] = pace
	if got := page.FollowUpBy(status.P1, friday); got != "2026-11-29" {
		t.Errorf("in 36 hours: %q", got)
	}
	if got := page.WorkingDay(friday, 1); got != "2026-11-30" {
		t.Errorf("the next working day: %q", got)
	}
	pace.FollowUp = status.Wait{Days: 261}
	page.Cadence[status.P1] = pace
	refused(t, page.Check(), "page.cadence", "A wait of P1 must be between")
}

func TestReopenable(t *testing.T) {
	d := newDesk(t).open(status.Change{})
	if d.n.Reopenable(noon) {
		t.Error("it is open")
	}
	d.to(status.Resolved)
	if !d.n.Reopenable(noon.Add(week)) || d.n.Reopenable(noon.Add(week+time.Millisecond)) {
		t.Error("the limit is not a week")
	}
	w := window(t).to(status.Completed)
	if w.n.Reopenable(noon) {
		t.Error("a maintenance can be reopened")
	}
}

// TestLingering: what a closed notice leaves impaired, unless somebody else explains it.
func TestLingering(t *testing.T) {
	closed := func(held map[string]bool, c status.Change) []string {
		d := newDesk(t)
		d.site.Find("mail").Level = status.DegradedPerformance // set by hand, before
		d.open(status.Change{ComponentIDs: &[]string{"mail", "web"}, Components: map[string]status.Level{"card": status.MajorOutage}})
		d.site.Held = held
		c.Stage = new(status.Resolved)
		return d.apply(c).n.Lingering(d.site)
	}
	for _, c := range []struct {
		name string
		held map[string]bool
		c    status.Change
		want []string
	}{
		{"what the notice moved comes back", nil, status.Change{}, []string{"mail"}},
		{"another notice explains it", map[string]bool{"mail": true}, status.Change{}, nil},
		{"what another notice holds stays", map[string]bool{"mail": true, "card": true}, status.Change{}, nil},
		{"left by choice", nil, status.Change{Components: map[string]status.Level{"mail": status.Operational, "card": status.PartialOutage}}, []string{"card"}},
		{"all works", nil, status.Change{Components: map[string]status.Level{"mail": status.Operational}}, nil},
	} {
		if got := closed(c.held, c.c); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestClosingKeepsTheSeverity: what is bad at the end may be another notice's.
func TestClosingKeepsTheSeverity(t *testing.T) {
	d := newDesk(t).open(status.Change{ComponentIDs: &[]string{"card"}, Components: map[string]status.Level{"web": status.DegradedPerformance}})
	d.site.Find("card").Level = status.MajorOutage
	d.site.Held = map[string]bool{"card": true}
	if d.to(status.Resolved); d.n.Severity != status.Minor {
		t.Errorf("it ends as %s", d.n.Severity)
	}
	d.site.Held = nil
	if d.to(status.Investigating); d.n.Severity != status.Serious {
		t.Errorf("reopened as %s", d.n.Severity)
	}
	if d := newDesk(t).open(status.Change{Stage: new(status.Resolved), Components: map[string]status.Level{"web": status.MajorOutage}}); d.n.Severity != status.Serious {
		t.Errorf("opened as resolved: %s", d.n.Severity)
	}
}
