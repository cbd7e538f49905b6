package status_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"allclear/status"
)

// leaves are ungrouped components at these levels.
func leaves(levels ...status.Level) []status.Component {
	var list []status.Component
	for i, l := range levels {
		list = append(list, status.Component{ID: string(rune('a' + i)), Level: l})
	}
	return list
}

const (
	ok       = status.Operational
	care     = status.UnderMaintenance
	degraded = status.DegradedPerformance
	partial  = status.PartialOutage
	major    = status.MajorOutage
)

// Every row of Statuspage's rule, and the order in which the rows win.
func TestRollUp(t *testing.T) {
	for _, c := range []struct {
		components             []status.Component
		indicator, description string
	}{
		{leaves(ok, ok), "none", "All Systems Operational"},
		{leaves(), "none", "All Systems Operational"},
		{leaves(ok, major), "major", "Partial System Outage"},
		{leaves(major, partial, degraded, care), "major", "Partial System Outage"},
		{leaves(ok, partial), "minor", "Minor Service Outage"},
		{leaves(partial, degraded, care), "minor", "Minor Service Outage"},
		{leaves(ok, degraded), "minor", "Partially Degraded Service"},
		{leaves(degraded, care), "minor", "Partially Degraded Service"},
		{leaves(ok, care), "maintenance", "Service Under Maintenance"},
		{leaves(care, care), "maintenance", "Service Under Maintenance"},
		{leaves(major, major), "critical", "Major System Outage"},
		{leaves(major), "critical", "Major System Outage"},
		{leaves(partial, partial), "major", "Partial System Outage"},
		{leaves(partial), "major", "Partial System Outage"},
		{leaves(degraded, degraded), "minor", "Degraded System Service"},
		{leaves(degraded), "minor", "Degraded System Service"},
		// A group does not count beside its children.
		{append(leaves(major, major), status.Component{ID: "g", Group: true, Level: ok}), "critical", "Major System Outage"},
		{append(leaves(ok), status.Component{ID: "g", Group: true, Level: major}), "none", "All Systems Operational"},
	} {
		same(t, c.description, status.RollUp(c.components), status.Indicator{Indicator: c.indicator, Description: c.description})
	}
}

// Real pages: what each of them said of itself follows from its components.
func TestRollUpOfRealPages(t *testing.T) {
	files, err := filepath.Glob("statuspage/testdata/*/summary*.json")
	if err != nil || len(files) < 11 {
		t.Fatalf("only %d captures (%v)", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Status     struct{ Indicator, Description string }
			Components []status.Component
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(page.Components) == 0 {
			t.Errorf("%s has no components", file)
		}
		same(t, file, status.RollUp(page.Components), status.Indicator(page.Status))

		// Groups in them are as bad as their worst child.
		derived := append([]status.Component(nil), page.Components...)
		status.SetGroupLevels(derived)
		for i, c := range page.Components {
			same(t, file+": "+c.Name, derived[i].Level, c.Level)
		}
	}
}

func TestGroupLevels(t *testing.T) {
	list := []status.Component{
		{ID: "g", Group: true, Level: major}, {ID: "a", GroupID: "g", Level: care}, {ID: "b", GroupID: "g", Level: ok},
		{ID: "h", Group: true, Level: ok}, {ID: "c", GroupID: "h", Level: degraded}, {ID: "d", GroupID: "h", Level: partial},
		{ID: "empty", Group: true, Level: ok}, {ID: "alone", Level: major},
	}
	status.SetGroupLevels(list)
	for i, want := range []status.Level{care, care, ok, partial, degraded, partial, ok, major} {
		same(t, list[i].ID, list[i].Level, want)
	}
}

func TestWorstIsTheMaximum(t *testing.T) {
	for rank, l := range status.Levels() {
		same(t, string(l), l.Rank(), rank)
		for lower, m := range status.Levels()[:rank+1] {
			same(t, "worst", status.Worst(m, l), status.Levels()[max(lower, rank)])
		}
	}
	same(t, "of nothing", status.Worst(), ok)
	same(t, "of an unknown word", status.Worst("broken"), ok)
	if status.Level("broken").Valid() || !major.Valid() {
		t.Error("validity of levels")
	}
}

func TestStateOf(t *testing.T) {
	want := []status.State{status.StateOperational, status.StateMaintenance, status.StateDegraded, status.StatePartial, status.StateMajor}
	for i, l := range status.Levels() {
		same(t, string(l), status.StateOf(l), want[i])
	}
}

// The page state counts components (a) and open notices (b).
func TestPageState(t *testing.T) {
	notice := func(stage status.Stage, severity status.Severity, components ...string) status.Incident {
		return status.Incident{Kind: status.KindOf(stage), Stage: stage, Severity: severity, ComponentIDs: components}
	}
	draft := notice(status.Investigating, status.Critical)
	draft.Draft = true
	for _, c := range []struct {
		name       string
		components []status.Component // a, b, c …
		open       []status.Incident
		want       status.State
	}{
		{"nothing", leaves(ok, ok), nil, status.StateOperational},
		{"worst component", leaves(ok, partial, degraded), nil, status.StatePartial},
		{"component under maintenance", leaves(ok, care), nil, status.StateMaintenance},
		{"names none: minor", leaves(ok), []status.Incident{notice(status.Investigating, status.Minor)}, status.StateDegraded},
		{"names none: moderate", leaves(ok), []status.Incident{notice(status.Identified, status.Moderate)}, status.StateDegraded},
		{"names none: serious", leaves(ok), []status.Incident{notice(status.Investigating, status.Serious)}, status.StatePartial},
		{"names none: critical", leaves(ok), []status.Incident{notice(status.Investigating, status.Critical)}, status.StateMajor},
		{"its components are operational", leaves(ok, ok), []status.Incident{notice(status.Investigating, status.Critical, "a", "b")}, status.StateMajor},
		{"its components say less than its severity", leaves(degraded), []status.Incident{notice(status.Investigating, status.Critical, "a")}, status.StateDegraded},
		{"its component is gone", leaves(ok), []status.Incident{notice(status.Investigating, status.Serious, "z")}, status.StatePartial},
		{"monitoring", leaves(ok), []status.Incident{notice(status.Monitoring, status.Critical)}, status.StateOperational},
		{"monitoring, component still impaired", leaves(degraded), []status.Incident{notice(status.Monitoring, status.Critical, "a")}, status.StateDegraded},
		{"resolved", leaves(ok), []status.Incident{notice(status.Resolved, status.Critical)}, status.StateOperational},
		{"draft", leaves(ok), []status.Incident{draft}, status.StateOperational},
		{"scheduled", leaves(ok), []status.Incident{notice(status.Scheduled, status.Critical)}, status.StateOperational},
		{"in progress", leaves(ok), []status.Incident{notice(status.InProgress, status.Critical, "a")}, status.StateMaintenance},
		{"verifying", leaves(ok), []status.Incident{notice(status.Verifying, status.Minor)}, status.StateMaintenance},
		{"in progress, components say worse", leaves(partial), []status.Incident{notice(status.InProgress, status.Minor, "a")}, status.StatePartial},
		{"maintenance hides no outage", leaves(ok), []status.Incident{notice(status.InProgress, status.Minor), notice(status.Identified, status.Serious)}, status.StatePartial},
	} {
		same(t, c.name, status.PageState(c.components, c.open), c.want)
	}
}

// More trouble never makes the page look better.
func TestPageStateOnlyWorsens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom(status.Levels())
		list := leaves(rapid.SliceOfN(level, 1, 8).Draw(t, "levels")...)
		before := status.PageState(list, nil)
		worse := rapid.IntRange(0, len(list)-1).Draw(t, "component")
		list[worse].Level = status.Worst(list[worse].Level, level.Draw(t, "new level"))
		after := status.PageState(list, nil)
		n := status.Incident{Kind: status.Problem, Stage: status.Identified, Severity: rapid.SampledFrom(status.Severities()).Draw(t, "severity")}
		with := status.PageState(list, []status.Incident{n})
		if rank(after) < rank(before) || rank(with) < rank(after) {
			t.Fatalf("%s, then %s, then %s", before, after, with)
		}
	})
}

func rank(s status.State) int {
	for i, l := range status.Levels() {
		if status.StateOf(l) == s {
			return i
		}
	}
	return -1
}
