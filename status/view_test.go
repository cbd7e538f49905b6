package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

func ids[T any](list []T, id func(T) string) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, id(x))
	}
	return out
}

func noticeIDs(list []status.Incident) []string {
	return ids(list, func(n status.Incident) string { return n.ID })
}

// The visibility rule: no drafts, and no component that hides while it works.
func TestViewShowsWhatIsPublic(t *testing.T) {
	components := []status.Component{
		{ID: "hidden", Position: 1, GroupID: "g", Level: ok, OnlyShowIfDegraded: true},
		{ID: "shown", Position: 4, Level: degraded, OnlyShowIfDegraded: true},
		{ID: "child", Position: 3, GroupID: "g", Level: major},
		{ID: "g", Position: 2, Group: true, Level: ok},
	}
	v := status.ViewOf(shop(noon).Page, components, []status.Incident{
		{ID: "incident", Kind: status.Problem, Stage: status.Identified},
		{ID: "draft", Kind: status.Problem, Stage: status.Identified, Draft: true},
		{ID: "window", Kind: status.Maintenance, Stage: status.Scheduled},
		{ID: "draft window", Kind: status.Maintenance, Stage: status.Scheduled, Draft: true},
	})
	same(t, "components", ids(v.Components, func(c status.Component) string { return c.ID }), []string{"g", "child", "shown"})
	same(t, "group", v.Component("g").Level, major)
	same(t, "the caller's list is left alone", components[3].Level, ok)
	same(t, "incidents", noticeIDs(v.Incidents), []string{"incident"})
	same(t, "maintenances", noticeIDs(v.Maintenances), []string{"window"})
	if v.Component("hidden") != nil || v.Incident("draft") != nil || v.Incident("draft window") != nil || v.Incident("nowhere") != nil {
		t.Error("something hidden can be found")
	}
	if v.Incident("incident") == nil || v.Incident("window") == nil || v.Component("child") == nil {
		t.Error("something public cannot be found")
	}
	same(t, "page", v.Page.ID, "page00000001")
	same(t, "state", v.State(), status.StateMajor)
	same(t, "indicator", v.RollUp().Indicator, "major")
}

func TestViewOrders(t *testing.T) {
	incident := func(id string, stage status.Stage, changed time.Duration, order int64) status.Incident {
		return status.Incident{ID: id, Kind: status.Problem, Stage: stage, UpdatedAt: noon.Add(changed), Order: order}
	}
	window := func(id string, stage status.Stage, begins time.Duration, order int64) status.Incident {
		at := noon.Add(begins)
		return status.Incident{ID: id, Kind: status.Maintenance, Stage: stage, ScheduledFor: &at, UpdatedAt: noon, Order: order}
	}
	imported := status.Incident{ID: "no window", Kind: status.Maintenance, Stage: status.Scheduled, CreatedAt: noon.Add(90 * time.Minute), UpdatedAt: noon.Add(-1)}
	v := status.ViewOf(shop(noon).Page, nil, []status.Incident{
		incident("old", status.Identified, -2, 1), incident("tie 2", status.Resolved, 0, 7), incident("tie 1", status.Monitoring, 0, 3),
		incident("new", status.Investigating, time.Hour, 9), imported,
		window("later", status.Scheduled, 2*time.Hour, 5), window("sooner", status.Scheduled, time.Hour, 6), window("as soon", status.Scheduled, time.Hour, 2),
		window("began", status.InProgress, -2*time.Hour, 1), window("began last", status.Verifying, -time.Hour, 8), window("as last", status.InProgress, -time.Hour, 4),
		window("over", status.Completed, -time.Hour, 3),
	})
	same(t, "incidents by change", noticeIDs(v.Incidents), []string{"new", "tie 1", "tie 2", "old"})
	same(t, "unresolved", noticeIDs(v.Unresolved()), []string{"new", "tie 1", "old"})
	same(t, "upcoming, next first", noticeIDs(v.Upcoming()), []string{"as soon", "sooner", "no window", "later"})
	same(t, "active, latest window first", noticeIDs(v.Active()), []string{"as last", "began last", "began"})
	same(t, "maintenances by change, then source order", noticeIDs(v.Maintenances),
		[]string{"began", "as soon", "over", "as last", "later", "sooner", "began last", "no window"})
	same(t, "open", noticeIDs(v.Open()), []string{"new", "tie 1", "old", "as last", "began last", "began", "as soon", "sooner", "no window", "later"})
}

// page.updated_at is the newer of the page's own time and the newest object's.
func TestViewUpdatedAt(t *testing.T) {
	at := noon.Add
	for name, c := range map[string]struct{ page, component, incident, window, want time.Duration }{
		"page": {4, 1, 2, 3, 4}, "component": {1, 4, 2, 3, 4}, "incident": {1, 2, 4, 3, 4}, "maintenance": {1, 2, 3, 4, 4},
	} {
		page := shop(noon).Page
		page.UpdatedAt = at(c.page)
		v := status.ViewOf(page, []status.Component{{UpdatedAt: at(c.component)}}, []status.Incident{
			{Kind: status.Problem, UpdatedAt: at(c.incident)}, {Kind: status.Maintenance, UpdatedAt: at(c.window)},
		})
		same(t, name, v.UpdatedAt(), at(c.want))
	}
}

// The moments at which time alone changes the page, one after the other.
func TestNextMoment(t *testing.T) {
	in := func(d time.Duration) *time.Time { at := noon.Add(d); return &at }
	day := 24 * time.Hour
	walk := func(notices ...status.Incident) []time.Duration {
		v := status.ViewOf(shop(noon).Page, nil, notices)
		v.At = noon
		var out []time.Duration
		for v.At.Before(noon.Add(16 * day)) {
			next := v.NextMoment()
			if !next.After(v.At) {
				t.Fatalf("after %v comes %v", v.At, next)
			}
			v.At = next
			if next.Hour() != 0 || next.Minute() != 0 { // midnights come every day
				out = append(out, next.Sub(noon))
			}
		}
		return out
	}
	problem := func(stage status.Stage, promise, resolved *time.Time) status.Incident {
		return status.Incident{Kind: status.Problem, Stage: stage, NextUpdateAt: promise, ResolvedAt: resolved}
	}
	same(t, "nothing", walk(), nil)
	same(t, "promise", walk(problem(status.Identified, in(time.Hour), nil)), []time.Duration{time.Hour})
	same(t, "kept promise", walk(problem(status.Resolved, in(time.Hour), in(-2*time.Hour))), nil)
	same(t, "afterglow", walk(problem(status.Resolved, nil, in(-time.Minute))), []time.Duration{59 * time.Minute})
	same(t, "window", walk(status.Incident{Kind: status.Maintenance, Stage: status.Scheduled, ScheduledFor: in(14*day + time.Hour), ScheduledUntil: in(14*day + 3*time.Hour)}),
		[]time.Duration{time.Hour, 13*day + time.Hour, 14*day + time.Hour, 14*day + 3*time.Hour})
	same(t, "promise of a maintenance", walk(status.Incident{Kind: status.Maintenance, Stage: status.InProgress, NextUpdateAt: in(2 * time.Hour)}), []time.Duration{2 * time.Hour})
	same(t, "promise of a finished one", walk(status.Incident{Kind: status.Maintenance, Stage: status.Completed, NextUpdateAt: in(2 * time.Hour)}), nil)
	same(t, "half a window", walk(status.Incident{Kind: status.Maintenance, Stage: status.Scheduled, ScheduledFor: in(time.Hour)}), nil)
	same(t, "the soonest comes first", walk(problem(status.Identified, in(2*time.Hour), nil), problem(status.Identified, in(time.Hour), nil)),
		[]time.Duration{time.Hour, 2 * time.Hour})
}

func TestNextMomentAtMidnightOfThePage(t *testing.T) {
	for _, c := range []struct{ zone, now, want string }{
		{"Etc/UTC", "2026-11-23T12:00:00Z", "2026-11-24T00:00:00Z"},
		{"Europe/Berlin", "2026-11-23T22:59:59Z", "2026-11-23T23:00:00Z"},
		{"Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{"Asia/Kolkata", "2026-11-23T18:30:00Z", "2026-11-24T18:30:00Z"},
		{"America/Havana", "2026-03-08T04:30:00Z", "2026-03-08T05:00:00Z"}, // 00:00 is skipped that night
		{"Nowhere/Land", "2026-11-23T12:00:00Z", "2026-11-24T00:00:00Z"},
	} {
		page := shop(noon).Page
		page.TimeZone = c.zone
		v := status.ViewOf(page, nil, nil)
		v.At, _ = time.Parse(time.RFC3339, c.now)
		same(t, c.zone+" after "+c.now, v.NextMoment().Format(time.RFC3339), c.want)
	}
}
