package status

import (
	"slices"
	"testing"
	"time"
)

var importNow = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

func ago(minutes int) time.Time { return importNow.Add(-time.Duration(minutes) * time.Minute) }

func TestMergePage(t *testing.T) {
	fresh := NewPage("fresh", "Status", ago(10))
	own := fresh
	own.Own = true
	source := NewPage("source", "Source", ago(500))
	source.TimeZone = "Europe/Berlin"
	same := NewPage("fresh", "Other name", ago(5))
	zoneless := source
	zoneless.TimeZone = ""
	for _, c := range []struct {
		name    string
		have    Page
		in      *Page
		changed bool
		want    Page
	}{
		{"no page in the source", fresh, nil, false, fresh},
		{"fresh page is taken over", fresh, &source, true, Page{ID: "source", Name: "Source", Organization: "Source", TimeZone: "Europe/Berlin", UpdatedAt: ago(500)}},
		{"unknown zone leaves ours", fresh, &zoneless, true, Page{ID: "source", Name: "Source", Organization: "Source", TimeZone: "Etc/UTC", UpdatedAt: ago(500)}},
		{"own page stays", own, &source, false, own},
		{"own page, newer source of the same id", own, &same, true, Page{ID: "fresh", Name: "Status", Organization: "Status", TimeZone: "Etc/UTC", UpdatedAt: ago(5)}},
	} {
		got, changed := MergePage(c.have, c.in)
		if changed != c.changed || got.ID != c.want.ID || got.Name != c.want.Name || got.Organization != c.want.Organization ||
			got.TimeZone != c.want.TimeZone || !got.UpdatedAt.Equal(c.want.UpdatedAt) {
			t.Errorf("%s: %v, %+v", c.name, changed, got)
		}
		if _, again := MergePage(got, c.in); again {
			t.Errorf("%s: changes again", c.name)
		}
	}
	renamed := fresh
	renamed.Organization = "Example Ltd"
	if got, _ := MergePage(renamed, &source); got.Organization != "Example Ltd" {
		t.Errorf("a chosen organisation was replaced by %q", got.Organization)
	}
}

func TestMergeComponent(t *testing.T) {
	have := Component{ID: "c", PageID: "ours", Name: "API", Level: Operational, Position: 1, Order: 7, Audience: 5, Criticality: Core, UpdatedAt: ago(10), Version: 3}
	edit := func(change func(*Component)) Component {
		c := have
		c.PageID, c.Order, c.Audience, c.Criticality, c.Version = "theirs", 1, 0, Normal, 1
		change(&c)
		return c
	}
	empty := ""
	for _, c := range []struct {
		name string
		in   Component
		want Verdict
	}{
		{"same", edit(func(*Component) {}), Same},
		{"same instant in another zone", edit(func(c *Component) { c.UpdatedAt = c.UpdatedAt.In(time.FixedZone("x", 3600)) }), Same},
		{"older", edit(func(c *Component) { c.UpdatedAt, c.Level = ago(11), MajorOutage }), Kept},
		{"newer", edit(func(c *Component) { c.UpdatedAt, c.Level = ago(9), MajorOutage }), Changed},
		{"equally new, other level", edit(func(c *Component) { c.Level = MajorOutage }), Changed},
		{"an empty description is not none", edit(func(c *Component) { c.Description = &empty }), Changed},
		{"other place", edit(func(c *Component) { c.Position = 2 }), Changed},
	} {
		got, verdict := MergeComponent(&have, c.in)
		if verdict != c.want || got.PageID != "ours" || got.Order != 7 || got.Audience != 5 || got.Criticality != Core || got.Version != 3 {
			t.Errorf("%s: %d, %+v", c.name, verdict, got)
		}
		if verdict == Changed && got.Level != c.in.Level {
			t.Errorf("%s: level %s", c.name, got.Level)
		}
	}
	if got, verdict := MergeComponent(nil, have); verdict != Added || got != have {
		t.Errorf("new: %d, %+v", verdict, got)
	}
}

// document and feedOf tell the same story; a feed is known by its Category.
func document(updated time.Time, stages ...Stage) Incident {
	n := Incident{ID: "i", PageID: "theirs", Kind: Problem, Name: "Outage", Impact: ImpactMajor, Imported: true, ComponentIDs: []string{"c"},
		CreatedAt: ago(100), StartedAt: ago(100), UpdatedAt: updated}
	for i, s := range stages {
		at := ago(100 - 10*i).Add(12 * time.Second)
		n.Updates = append([]Update{{ID: "d" + string(s), Stage: s, Body: "text", DisplayAt: at, UpdatedAt: at}}, n.Updates...)
		n.Stage = s
	}
	return n
}

func feedOf(n Incident) Incident {
	n.Category, n.Impact, n.ComponentIDs = "feed", ImpactNone, []string{}
	n.Updates = slices.Clone(n.Updates)
	for i := range n.Updates {
		u := &n.Updates[i]
		u.ID, u.Body, u.DisplayAt = "f"+string(u.Stage), "<b>text</b>", u.DisplayAt.Truncate(time.Minute)
		if n.Stage.Closed() && i == 0 {
			n.ResolvedAt = &u.DisplayAt
		}
	}
	return n
}

func isFeed(n *Incident) bool { return n.Category == "feed" }

func updateIDs(n Incident) []string {
	var ids []string
	for _, u := range n.Updates {
		ids = append(ids, u.ID)
	}
	return ids
}

func TestMergeIncident(t *testing.T) {
	open := document(ago(90), Investigating, Identified)
	closed := document(ago(60), Investigating, Identified, Resolved)
	own, worked := open, open
	own.Imported = false
	worked.Sequence = 1
	renamed := open
	renamed.Name = "Other name"
	for _, c := range []struct {
		name     string
		have     *Incident
		in       Incident
		want     Verdict
		ids      []string
		impact   Impact
		resolved bool
	}{
		{"new", nil, open, Added, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"same", &open, open, Same, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"our own", &own, closed, Kept, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"staff worked on it", &worked, closed, Kept, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"newer", &open, closed, Changed, []string{"dresolved", "didentified", "dinvestigating"}, ImpactMajor, false},
		{"older", &closed, open, Kept, []string{"dresolved", "didentified", "dinvestigating"}, ImpactMajor, false},
		{"equally new, other name", &open, renamed, Changed, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"feed again", new(feedOf(open)), feedOf(open), Same, []string{"fidentified", "finvestigating"}, ImpactNone, false},
		{"equally new feed", &open, feedOf(open), Same, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"equally new document", new(feedOf(open)), open, Changed, []string{"didentified", "dinvestigating"}, ImpactMajor, false},
		{"newer feed adds what is new", &open, feedOf(closed), Changed, []string{"fresolved", "didentified", "dinvestigating"}, ImpactMajor, true},
		{"older document adds detail", new(feedOf(closed)), open, Changed, []string{"fresolved", "didentified", "dinvestigating"}, ImpactMajor, true},
		{"older feed", &closed, feedOf(open), Kept, []string{"dresolved", "didentified", "dinvestigating"}, ImpactMajor, false},
		{"newer feed after a feed", new(feedOf(open)), feedOf(closed), Changed, []string{"fresolved", "fidentified", "finvestigating"}, ImpactNone, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.have != nil {
				c.have.PageID, c.have.Order, c.have.Version = "ours", 7, 3
			}
			got, verdict := MergeIncident(c.have, c.in, isFeed)
			if verdict != c.want || !slices.Equal(updateIDs(got), c.ids) || got.Impact != c.impact || (got.ResolvedAt != nil) != c.resolved {
				t.Errorf("verdict %d, updates %q, impact %s, resolved %v", verdict, updateIDs(got), got.Impact, got.ResolvedAt)
			}
			if c.have != nil && (got.PageID != "ours" || got.Order != 7 || got.Version != 3) {
				t.Errorf("lost its place here: %+v", got)
			}
		})
	}
}

func TestPlanCounts(t *testing.T) {
	var p Plan
	if !p.Nothing() {
		t.Error("an empty plan does something")
	}
	p.CountComponent(Same)
	p.CountIncident(Same)
	p.CountIncident(Kept)
	if !p.Nothing() || p.ComponentsSame != 1 || p.IncidentsSame != 1 || p.Kept != 1 {
		t.Errorf("plan %+v", p)
	}
	for _, v := range []Verdict{Added, Changed} {
		p.CountComponent(v)
		p.CountIncident(v)
	}
	if p.Nothing() || p.ComponentsAdded != 1 || p.ComponentsChanged != 1 || p.IncidentsAdded != 1 || p.IncidentsChanged != 1 {
		t.Errorf("plan %+v", p)
	}
}

func TestLevelMoves(t *testing.T) {
	entry := func(at time.Time, list ...AffectedComponent) Update { return Update{DisplayAt: at, Affected: list} }
	says := func(code string, l Level) AffectedComponent {
		return AffectedComponent{Code: code, Name: code, NewLevel: l}
	}
	n := Incident{Updates: []Update{
		entry(importNow.Add(time.Minute), says("api", Operational)),
		entry(ago(10), says("api", PartialOutage), says("web", "broken"), says("", MajorOutage)),
		entry(ago(20), says("api", MajorOutage), says("web", Operational)),
		entry(ago(30), says("api", MajorOutage)),
	}}
	want := []LevelMove{
		{"api", Span{ago(30), MajorOutage}}, {"web", Span{ago(20), Operational}}, {"api", Span{ago(10), PartialOutage}},
	}
	if got := LevelMoves(&n, importNow); !slices.Equal(got, want) {
		t.Errorf("moves %v", got)
	}
}
