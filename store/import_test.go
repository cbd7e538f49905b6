package store

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// sourcePage is another page: a group of two components and one notice about both.
func sourcePage() status.Import {
	made := start.Add(-48 * time.Hour)
	page := status.NewPage("sourcepage01", "Source", made)
	page.TimeZone, page.UpdatedAt = "Europe/Berlin", start.Add(-time.Hour)
	component := func(id, group string, level status.Level, updated time.Time) status.Component {
		return status.Component{ID: id, PageID: page.ID, Name: id, GroupID: group, Level: level, Position: 1,
			Criticality: status.Normal, CreatedAt: made, UpdatedAt: updated}
	}
	group := component("group", "", status.PartialOutage, made)
	group.Group = true
	affected := func(api, web status.Level) []status.AffectedComponent {
		return []status.AffectedComponent{{Code: "api", Name: "api", NewLevel: api}, {Code: "web", Name: "web", NewLevel: web}, {Name: "old one"}}
	}
	update := func(id string, stage status.Stage, at time.Time, list []status.AffectedComponent) status.Update {
		return status.Update{ID: id, IncidentID: "outage", Stage: stage, Body: id, CreatedAt: at, UpdatedAt: at, DisplayAt: at, Affected: list}
	}
	first, second := start.Add(-3*time.Hour), start.Add(-2*time.Hour)
	return status.Import{
		Page: &page,
		Components: []status.Component{
			group, component("api", "group", status.Operational, second), component("web", "group", status.PartialOutage, first),
		},
		Incidents: []status.Incident{{
			ID: "outage", PageID: page.ID, Kind: status.Problem, Name: "Outage", Stage: status.Identified, Impact: status.ImpactMajor,
			CreatedAt: first, UpdatedAt: second, StartedAt: first, ComponentIDs: []string{"api", "web"},
			Updates: []status.Update{
				update("second", status.Identified, second, affected(status.Operational, status.PartialOutage)),
				update("first", status.Investigating, first, affected(status.MajorOutage, status.PartialOutage)),
			},
		}},
	}
}

func importPage(t testing.TB, s *Store, in status.Import) (status.Plan, Receipt) {
	t.Helper()
	plan, r, err := s.Import(t.Context(), staff, in, false)
	if err != nil {
		t.Fatal(err)
	}
	return plan, r
}

// nothing checks that an import neither planned nor wrote anything.
func nothing(t testing.TB, s *Store, in status.Import) {
	t.Helper()
	before := must(s.Public(t.Context(), 0))(t)
	plan, r := importPage(t, s, in)
	after := must(s.Public(t.Context(), 0))(t)
	if !plan.Nothing() || r.Revision != before.Revision || after.Revision != before.Revision {
		t.Errorf("the second run planned %+v and wrote revision %d after %d", plan, after.Revision, before.Revision)
	}
}

func TestImportTakesThePageOver(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		in := sourcePage()
		dry, _, err := s.Import(t.Context(), staff, in, true)
		if _, revision, _ := s.Revision(t.Context()); err != nil || revision != 0 || count(t, s, `SELECT COUNT(*) FROM components`) != 0 {
			t.Errorf("a dry run wrote revision %d (%v)", revision, err)
		}
		plan, r := importPage(t, s, in)
		want := status.Plan{TakesPage: true, PageChanged: true, ComponentsAdded: 3, IncidentsAdded: 1, UpdatesAdded: 2}
		if plan != want || dry != want || r.Revision != 1 || r.ObjectID != "sourcepage01" {
			t.Errorf("plan %+v, dry %+v, receipt %+v", plan, dry, r)
		}
		v := must(s.Public(t.Context(), 0))(t)
		if v.Page.ID != "sourcepage01" || v.Page.Name != "Source" || v.Page.TimeZone != "Europe/Berlin" || v.Page.Own ||
			!v.Page.UpdatedAt.Equal(start.Add(-time.Hour)) {
			t.Errorf("page %+v", v.Page)
		}
		if len(v.Components) != 3 || v.Components[0].ID != "group" || v.Components[1].ID != "api" || v.Components[2].ID != "web" {
			t.Errorf("ties of position left the source's order: %+v", v.Components)
		}
		if n := v.Incidents[0]; !n.Imported || n.PageID != "sourcepage01" || n.Impact != status.ImpactMajor || len(n.Updates) != 2 {
			t.Errorf("notice %+v", n)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM events`); n != 0 {
			t.Errorf("history was told: %d events", n)
		}
		nothing(t, s, in)
	})
}

func TestImportedHistoryIsWhatWasTold(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		importPage(t, s, sourcePage())
		first, second := start.Add(-3*time.Hour), start.Add(-2*time.Hour)
		want := map[string][]status.Span{
			"api": {{From: first, Level: status.MajorOutage}, {From: second, Level: status.Operational}},
			"web": {{From: first, Level: status.PartialOutage}},
		}
		check := func(when string) {
			t.Helper()
			v := must(s.Public(t.Context(), 0))(t)
			for id := range want {
				if !slices.Equal(v.History[id], want[id]) {
					t.Errorf("%s: history of %s: %v", when, id, v.History[id])
				}
			}
			if len(v.History) != len(want) {
				t.Errorf("%s: history of %d components", when, len(v.History))
			}
		}
		check("at first")

		in := sourcePage() // the same notice later: its second entry was dated anew, a third one ends it
		n := &in.Incidents[0]
		n.UpdatedAt, n.Stage, n.ResolvedAt = start.Add(-30*time.Minute), status.Resolved, new(start.Add(-30*time.Minute))
		n.Updates[0].DisplayAt = second.Add(5 * time.Minute)
		third := n.Updates[0]
		third.ID, third.Stage, third.DisplayAt = "third", status.Resolved, start.Add(-30*time.Minute)
		third.Affected = []status.AffectedComponent{{Code: "web", NewLevel: status.Operational}}
		n.Updates = append([]status.Update{third}, n.Updates...)
		in.Components[2].Level, in.Components[2].UpdatedAt = status.Operational, start.Add(-30*time.Minute)
		plan, _ := importPage(t, s, in)
		if plan.IncidentsChanged != 1 || plan.UpdatesAdded != 1 || plan.ComponentsChanged != 1 || plan.ComponentsSame != 2 {
			t.Errorf("plan %+v", plan)
		}
		want["api"][1].From = second.Add(5 * time.Minute)
		want["web"] = append(want["web"], status.Span{From: start.Add(-30 * time.Minute), Level: status.Operational})
		check("merged again")
		nothing(t, s, in)
	})
}

func TestHistoryEndsWithThePresentLevel(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		in := sourcePage()
		in.Components[1].UpdatedAt = start.Add(-40 * time.Hour) // says operational, but the notice's last word is an outage
		in.Incidents[0].Updates = in.Incidents[0].Updates[1:]
		importPage(t, s, in)
		v := must(s.Public(t.Context(), 0))(t)
		want := []status.Span{{From: start.Add(-40 * time.Hour), Level: status.Operational},
			{From: start.Add(-3 * time.Hour), Level: status.MajorOutage}, {From: start.Add(-time.Hour), Level: status.Operational}}
		if !slices.Equal(v.History["api"], want) {
			t.Errorf("history %v", v.History["api"])
		}
	})
}

func TestHistoryOfComponentsThatComeLater(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		whole := sourcePage()
		importPage(t, s, status.Import{Incidents: whole.Incidents})
		if v := must(s.Public(t.Context(), 0))(t); len(v.History) != 0 || v.Page.ID == "sourcepage01" || v.Incidents[0].PageID != v.Page.ID {
			t.Errorf("notices alone: history %v, page %q", v.History, v.Page.ID)
		}
		importPage(t, s, status.Import{Page: whole.Page, Components: whole.Components})
		v := must(s.Public(t.Context(), 0))(t)
		if len(v.History["api"]) != 2 || v.History["api"][0].Level != status.MajorOutage {
			t.Errorf("history %v", v.History)
		}
		if n := must(s.Incident(t.Context(), "outage"))(t); n.PageID != "sourcepage01" || n.Version != 1 {
			t.Errorf("the notice kept the old page's id: %+v", n)
		}
		nothing(t, s, whole)
	})
}

func TestImportKeepsOwnContent(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		own := addComponent(t, s, "Own")
		notice := openNotice(t, s, outage("own", nil)).ObjectID
		page := must(s.Site(t.Context()))(t).Page
		in := sourcePage()
		plan, _ := importPage(t, s, in)
		if plan.TakesPage || plan.PageChanged || plan.ComponentsAdded != 3 || plan.IncidentsAdded != 1 {
			t.Errorf("plan %+v", plan)
		}
		site := must(s.Site(t.Context()))(t)
		if site.Page.ID != page.ID || site.Page.Name != "Status" || site.Page.TimeZone != "Etc/UTC" {
			t.Errorf("page %+v", site.Page)
		}
		for _, c := range site.Components {
			if c.PageID != page.ID {
				t.Errorf("%s belongs to page %q", c.Name, c.PageID)
			}
		}
		if site.Components[0].ID != own || must(s.Incident(t.Context(), "outage"))(t).PageID != page.ID {
			t.Errorf("components %+v", site.Components)
		}
		must(s.Incident(t.Context(), notice))(t)
		nothing(t, s, in)

		change(t, s, "outage", status.Change{Body: new("We took over.")})
		in.Incidents[0].UpdatedAt = start.Add(time.Hour)
		in.Components[1].UpdatedAt = start.Add(-time.Hour * 24) // ours is newer
		plan, _ = importPage(t, s, in)
		if plan.Kept != 2 || !plan.Nothing() {
			t.Errorf("plan %+v", plan)
		}
	})
}

func TestImportIsAllOrNothing(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		in := sourcePage()
		in.Incidents[0].Metadata = []byte("{") // cannot be saved
		_, _, err := s.Import(t.Context(), staff, in, false)
		if err == nil {
			t.Fatal("saved what cannot be saved")
		}
		if n := count(t, s, `SELECT (SELECT COUNT(*) FROM components) + (SELECT COUNT(*) FROM component_spans) + revision FROM site`); n != 0 {
			t.Errorf("%d rows of an import that failed", n)
		}
	})
}

func TestImportWithAKeyRunsOnce(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		first := must2(s.Import(t.Context(), keyed("k", "h"), sourcePage(), false))(t)
		if again := must2(s.Import(t.Context(), keyed("k", "h"), sourcePage(), false))(t); !again.Replayed || again.ObjectID != first.ObjectID {
			t.Errorf("again %+v", again)
		}
	})
}

func must2[A, B any](_ A, v B, err error) func(testing.TB) B { return must(v, err) }

// captures reads the real documents of other pages, by file.
func captures(t testing.TB) map[string]status.Import {
	t.Helper()
	files, err := filepath.Glob("../status/statuspage/testdata/*/*")
	if err != nil || len(files) < 20 {
		t.Fatalf("captures: %v, %v", files, err)
	}
	out := map[string]status.Import{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(file) == "status.json" {
			continue
		}
		name := filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file))
		if out[name], err = statuspage.Read(map[string][]byte{filepath.Base(file): data}); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return out
}

func TestRealPages(t *testing.T) {
	for name, in := range captures(t) {
		t.Run(name, func(t *testing.T) {
			clocked(t, func(t *testing.T, s *Store, c *clock) {
				c.now.Store(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).UnixMilli())
				importPage(t, s, in)
				compareWithSource(t, s, in)
				nothing(t, s, in)
				spansEndWithLevels(t, s)
			})
		})
	}
}

// compareWithSource: ids, order and times are the source's.
func compareWithSource(t *testing.T, s *Store, in status.Import) {
	t.Helper()
	want := slices.Clone(in.Components)
	status.SortComponents(want)
	got := must(s.Components(t.Context()))(t)
	if len(got) != len(want) {
		t.Fatalf("%d components, want %d", len(got), len(want))
	}
	for i := range want {
		if g, w := &got[i], &want[i]; g.ID != w.ID || g.Name != w.Name || g.Position != w.Position || !g.UpdatedAt.Equal(w.UpdatedAt) ||
			!g.CreatedAt.Equal(w.CreatedAt) || !g.Group && g.Level != w.Level {
			t.Fatalf("component %d: %+v, want %+v", i, g, w)
		}
	}
	notices := must(s.Incidents(t.Context(), Filter{}))(t)
	slices.SortFunc(notices, func(a, b status.Incident) int { return cmp.Compare(a.Order, b.Order) })
	for i := range in.Incidents {
		g, w := notices[i], in.Incidents[i]
		if g.ID != w.ID || !g.UpdatedAt.Equal(w.UpdatedAt) || !slices.Equal(g.ComponentIDs, w.ComponentIDs) || len(g.Updates) != len(w.Updates) {
			t.Fatalf("notice %d: %+v, want %+v", i, g, w)
		}
	}
}

// spansEndWithLevels: the last known level of each component is the one that it has.
func spansEndWithLevels(t *testing.T, s *Store) {
	t.Helper()
	v := must(s.Public(t.Context(), 0))(t)
	for _, c := range v.Components {
		h := v.History[c.ID]
		if c.Group && h == nil || !c.Group && len(h) > 0 && h[len(h)-1].Level == c.Level {
			continue
		}
		t.Errorf("%s is %s, its history %v", c.Name, c.Level, h)
	}
}

func TestFeedAndDocumentsInAnyOrder(t *testing.T) {
	all := captures(t)
	feed, documents := all["github/history.atom"], all["github/incidents-observed.json"]
	for name, order := range map[string][]status.Import{"feed first": {feed, documents}, "documents first": {documents, feed}} {
		t.Run(name, func(t *testing.T) {
			clocked(t, func(t *testing.T, s *Store, c *clock) {
				c.now.Store(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).UnixMilli())
				for _, in := range order {
					importPage(t, s, in)
				}
				for _, o := range slices.Backward(order) {
					nothing(t, s, o)
				}
				both := 0
				for _, w := range feed.Incidents {
					g := must(s.Incident(t.Context(), w.ID))(t)
					rich := slices.IndexFunc(documents.Incidents, func(n status.Incident) bool { return n.ID == w.ID })
					if g.Stage != w.Stage {
						t.Errorf("%s is %s, the feed says %s", g.ID, g.Stage, w.Stage)
					}
					if rich >= 0 {
						both++
						if d := documents.Incidents[rich]; g.Impact != d.Impact || len(g.Updates) < len(d.Updates) {
							t.Errorf("%s lost what the document knew: %s, %d updates", g.ID, g.Impact, len(g.Updates))
						}
					}
				}
				if both == 0 {
					t.Fatal("the captures have nothing in common")
				}
			})
		})
	}
}

// bigPage imports the largest real page, with 300 incidents, dated so that they are recent.
func bigPage(t testing.TB, s *Store) {
	t.Helper()
	all := captures(t)
	in := all["cloudflare/summary-4-incidents-47-maintenances.json"]
	more := all["cloudflare/incidents-observed.json"].Incidents
	for _, n := range more {
		if len(in.Incidents) < 300 && !slices.ContainsFunc(in.Incidents, func(have status.Incident) bool { return have.ID == n.ID }) {
			n.Stage, n.ResolvedAt = status.Resolved, new(n.UpdatedAt)
			if n.Kind == status.Maintenance {
				n.Stage = status.Completed
			}
			in.Incidents = append(in.Incidents, n)
		}
	}
	importPage(t, s, in)
	if n := len(in.Components); n != 463 || len(in.Incidents) != 300 {
		t.Fatalf("%d components, %d notices", n, len(in.Incidents))
	}
}
