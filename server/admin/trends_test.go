package admin

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// closed makes a problem that was opened now and is over after some minutes.
func (w *world) closed(name string, minutes int, c status.Change) status.Incident {
	w.t.Helper()
	c.Name, c.DetectedAt = &name, status.Some(w.now().Add(-6*time.Minute))
	n := w.open(c)
	w.pass(time.Duration(minutes) * time.Minute)
	_, err := w.store.EditIncident(w.t.Context(), w.by("ada"), n.ID, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), status.Change{Stage: new(status.Resolved), Body: new("Over."), AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 200, Confidence: "final", Basis: "reports"}})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.incident(n.ID)
}

func TestTrends(t *testing.T) {
	w := newWorld(t)
	w.enlist("ann@example.com", "")
	pay := w.component("Payments", status.Operational, "")
	hundred := &status.AffectedUsers{Mode: "count", Count: 100, Confidence: "first_look", Basis: "staff"}
	first := w.closed("First", 30, status.Change{Components: map[string]status.Level{pay: status.MajorOutage}, Category: new(status.Category("network")), AffectedUsers: hundred})
	w.pass(8 * 24 * time.Hour)
	w.closed("Second", 60, status.Change{Components: map[string]status.Level{pay: status.PartialOutage}, Category: new(status.Category("network")), AffectedUsers: hundred, Urgency: new(status.UrgencyHigh)})
	w.pass(time.Hour)
	w.make()
	w.attempt(status.Email, 10, arrived)
	b := w.as(status.Viewer)
	p := b.get("/admin/trends")
	p.wantSound("trends")
	p.wantText("2 incidents in 90 days")
	p.wantSection("notice", "Median 6 min, 9 of 10 within 6 min (2 values)", "Aim of P1: 5 min")
	p.wantSection("resolve", "Median 45 min, 9 of 10 within 1 h")
	p.wantSection("promises", "of 2 promises kept.")
	p.wantSection("categories", "Most: Network (2 incidents)", "1 h 30 min")
	p.wantSection("components", "Payments 2 1 h 30 min")
	p.wantSection("impact", "18,000 minutes of people's time.")
	p.wantSection("guesses", "In the middle 0.5 × of the last estimate (2 incidents)", "First 100 200 0.5 ×")
	p.wantSection("recurrence", "1 incident came back.", "Second Payments Network 8 days 30 min")
	p.wantSection("reach", "100% of 2 messages arrived.", "is not tracked")
	if !p.links("/admin/incidents/" + first.ID) {
		t.Error("the problems are not linked")
	}
	if n := len(p.all(func(x *htmlNode) bool { return x.Data == "svg" && attr(x, "role") == "img" })); n < 6 {
		t.Errorf("%d charts", n)
	}
	narrow := b.get("/admin/trends?days=30&severity=critical&category=network&component=" + pay)
	narrow.wantText("0 incidents in 30 days", "Nothing came back.", "There was no incident.")
	narrow.wantSound("empty trends")
	if chosen := narrow.byID("severity"); chosen == nil || !narrow.links("/admin/trends?category=network&component="+pay+"&days=365&severity=critical") {
		t.Error("the filters are forgotten")
	}
}

func TestTrendsAsTable(t *testing.T) {
	w := newWorld(t)
	pay := w.component("=Payments", status.Operational, "")
	w.closed("First", 30, status.Change{Components: map[string]status.Level{pay: status.MajorOutage}})
	w.pass(time.Hour)
	b := w.as(status.Viewer)
	for _, c := range []struct{ figure, want string }{
		{"notice", "week,count,median_minutes,p90_minutes\n2026-11-23,1,6.0,6.0\n"}, {"resolve", "week,count,median_minutes,p90_minutes\n2026-11-23,1,30.0,30.0\n"},
		{"components", "component,count,minutes\n'=Payments,1,30.0\n"}, {"reach", "channel,sent,failed,percent\n"}, {"categories", "category,count,minutes\nNot known yet,1,30.0\n"},
	} {
		p := b.get("/admin/trends.csv?figure=" + c.figure)
		if _, err := csv.NewReader(strings.NewReader(p.body)).ReadAll(); err != nil || p.body != c.want {
			t.Errorf("%s (%v): %q", c.figure, err, p.body)
		}
	}
	if p := b.get("/admin/trends.csv?figure=nothing"); p.code != http.StatusNotFound {
		t.Errorf("%d", p.code)
	}
}

// Every figure is there as a table and as a file, whatever there is to count.
func TestEveryFigureHasItsFile(t *testing.T) {
	w := newWorld(t)
	w.closed("Only", 10, status.Change{})
	w.pass(time.Minute)
	b := w.as(status.Viewer)
	v := &trend{visit: &visit{desk: w.desk}}
	for _, f := range v.figures() {
		p := b.get("/admin/trends.csv?figure=" + f.key)
		head, _, _ := strings.Cut(p.body, "\n")
		if p.code != http.StatusOK || strings.Count(head, ",") < 2 {
			t.Errorf("%s: %d %q", f.key, p.code, p.body)
		}
		if b.get("/admin/trends").section(f.key) == "" {
			t.Errorf("%s is not on the page", f.key)
		}
	}
}

// BenchmarkTrends draws the page of a year with ten thousand problems: the first time,
// and when they are known.
func BenchmarkTrends(b *testing.B) {
	w := newWorld(b)
	in := status.Import{}
	for n := range 10_000 {
		at := start.Add(-time.Duration(n) * 50 * time.Minute)
		over := at.Add(40 * time.Minute)
		id := fmt.Sprintf("incident%04d", n)
		i := status.Incident{
			ID: id, Kind: status.Problem, Name: "Slow", Stage: status.Resolved, Severity: status.Moderate, Category: "network", CreatedAt: at, UpdatedAt: over, StartedAt: at, ResolvedAt: &over,
			ComponentIDs: []string{"component001"}, Imported: true, AffectedUsers: status.AffectedUsers{Mode: "count", Count: 50},
		}
		for u := range 4 {
			said := at.Add(time.Duration(u) * 10 * time.Minute)
			i.Updates = append([]status.Update{{ID: fmt.Sprint(id, u), IncidentID: id, Stage: status.Resolved, Body: strings.Repeat("We look into it. ", 10), CreatedAt: said, UpdatedAt: said, DisplayAt: said}}, i.Updates...)
		}
		in.Incidents = append(in.Incidents, i)
	}
	in.Components = []status.Component{{ID: "component001", Name: "API", Level: status.Operational, Position: 1, CreatedAt: start, UpdatedAt: start}}
	if _, _, err := w.store.Import(b.Context(), store.By{Actor: "test", Import: true}, in, false); err != nil {
		b.Fatal(err)
	}
	reader := w.as(status.Viewer)
	look := func() {
		if p := reader.get("/admin/trends?days=365"); p.code != http.StatusOK {
			b.Fatal(p.code)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			w.desk.casebook.kept = nil
			look()
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			look()
		}
	})
}
