package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"allclear/status"
)

func names(list []status.Incident) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.Name)
	}
	return out
}

func TestViewHoldsOpenRecentAndChanged(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		c.add(-30 * 24 * time.Hour)
		openNotice(t, s, outage("old, open", nil))
		closed := openNotice(t, s, outage("old, closed", nil)).ObjectID
		touched := openNotice(t, s, outage("old, closed, corrected today", nil)).ObjectID
		for _, id := range []string{closed, touched} {
			change(t, s, id, resolving("Fixed."))
		}
		openNotice(t, s, window("disks", 50*24*time.Hour, 51*24*time.Hour))
		for i := range status.RecentNotices {
			c.add(time.Minute)
			change(t, s, openNotice(t, s, outage(fmt.Sprintf("recent %d", i), nil)).ObjectID, resolving("Fixed."))
		}
		c.now.Store(ms(start))
		change(t, s, touched, status.Change{CustomerImpact: new("x")})
		v := must(s.Public(t.Context(), 0))(t)
		got := names(v.Incidents)
		if len(got) != status.RecentNotices+2 || got[0] != "old, closed, corrected today" || got[1] != "recent 49" ||
			!slices.Contains(got, "old, open") || slices.Contains(got, "old, closed") || len(v.Maintenances) != 1 {
			t.Errorf("%d incidents: %q", len(got), got)
		}
		if v.Epoch == "" || !v.At.Equal(start) || len(v.Unresolved()) != 1 {
			t.Errorf("view %q at %v", v.Epoch, v.At)
		}
		want := []status.Month{{Year: 2026, Month: time.April, Maintenances: 1}, {Year: 2026, Month: time.February, Incidents: status.RecentNotices + 3}}
		if !slices.Equal(v.Months, want) {
			t.Errorf("months %v", v.Months)
		}
	})
}

// TestViewHoldsTheMaintenancesOfTheCalendar: however many there were, those of the last 90
// days are in the View, and older ones are not.
func TestViewHoldsTheMaintenancesOfTheCalendar(t *testing.T) {
	const day = 24 * time.Hour
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		cancelled := func(name string, from time.Duration) {
			id := openNotice(t, s, window(name, from, from+time.Hour)).ObjectID
			change(t, s, id, status.Change{Stage: ptr(status.Cancelled), Body: new("Not needed.")})
		}
		c.add(-200 * day)
		cancelled("long ago", -199*day)
		cancelled("89 days ago", -89*day)
		for i := range status.RecentNotices {
			c.add(time.Minute)
			cancelled(fmt.Sprint("weekly work ", i), -80*day)
		}
		c.now.Store(ms(start))
		got := names(must(s.Public(t.Context(), 0))(t).Maintenances)
		if len(got) != status.RecentNotices+1 || !slices.Contains(got, "89 days ago") || slices.Contains(got, "long ago") {
			t.Errorf("%d maintenances: %q", len(got), got)
		}
	})
}

func TestViewAfterEachWriteIsNew(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := openNotice(t, s, outage("one", nil)).ObjectID
		for i := range 3 {
			body := fmt.Sprint("update ", i)
			r := change(t, s, id, status.Change{Body: &body})
			v := must(s.Public(t.Context(), 0))(t)
			n := v.Incident(id)
			if v.Revision != r.Revision || n == nil || n.Updates[0].Body != body || n.Revision != r.Revision {
				t.Errorf("view of revision %d: %+v", v.Revision, n)
			}
		}
		must(s.DeleteIncident(t.Context(), staff, id))(t)
		if v := must(s.Public(t.Context(), 0))(t); v.Incident(id) != nil {
			t.Error("a deleted notice shows")
		}
	})
}

// Decoded notices are kept between Views; one whose row says something else is read anew.
func TestKeptNoticesAreThoseOfTheDatabase(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := openNotice(t, s, outage("one", nil)).ObjectID
		must(s.Public(t.Context(), 0))(t)
		decoded := 0
		s.trace = func(query string) {
			if len(query) > 11 && query[:11] == "SELECT data" {
				decoded++
			}
		}
		must(s.Public(t.Context(), 0))(t)
		if decoded != 0 {
			t.Errorf("%d notices were decoded again", decoded)
		}
		execute(t, s, `UPDATE site SET epoch = 'other' WHERE id = 1`) // as after a restore
		if v := must(s.Public(t.Context(), 0))(t); decoded == 0 || v.Incident(id) == nil {
			t.Error("another epoch was served from what was kept")
		}
	})
}

func TestEventsAfterARevision(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		r := openNotice(t, s, outage("one", nil))
		second := change(t, s, r.ObjectID, status.Change{Body: new("two")})
		for since, want := range map[int64]int{0: 0, r.Revision: 1, second.Revision: 0} {
			if v := must(s.Public(t.Context(), since))(t); len(v.Events) != want {
				t.Errorf("since %d: %d events", since, len(v.Events))
			}
		}
	})
}

func TestHistoryReachesBackOneSpanMore(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		c.add(-200 * 24 * time.Hour)
		id := addComponent(t, s, "API")
		for i, ago := range []int{150, 120, 91, 20} {
			c.now.Store(ms(start.AddDate(0, 0, -ago)))
			edit(t, s, id, func(x *status.Component) { x.Level = status.Levels()[i+1] })
		}
		c.now.Store(ms(start))
		r := edit(t, s, id, func(*status.Component) {})
		v := must(s.Public(t.Context(), 0))(t)
		if h := v.History[id]; v.Revision != r.Revision || len(h) != 2 || !h[0].From.Equal(start.AddDate(0, 0, -91)) {
			t.Errorf("history %v", h)
		}
		c.now.Store(ms(start.Add(-time.Hour))) // another node's clock
		execute(t, s, `UPDATE site SET moment = ? WHERE id = 1`, ms(start.Add(-time.Hour)))
		if h := must(s.Public(t.Context(), 0))(t).History[id]; len(h) != 3 || h[0].Level != status.DegradedPerformance {
			t.Errorf("history %v", h)
		}
	})
}

func TestBigPage(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		c.now.Store(time.Date(2025, 11, 8, 0, 0, 0, 0, time.UTC).UnixMilli())
		bigPage(t, s)
		v := must(s.Public(t.Context(), 0))(t)
		if len(v.Components) != 463 || len(v.Incidents) < status.RecentNotices || len(v.Maintenances) < 47 {
			t.Errorf("%d components, %d incidents, %d maintenances", len(v.Components), len(v.Incidents), len(v.Maintenances))
		}
		total := 0
		for _, m := range v.Months {
			total += m.Incidents + m.Maintenances
		}
		if total != 300 {
			t.Errorf("the months count %d notices", total)
		}
	})
}
