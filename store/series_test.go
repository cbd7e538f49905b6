package store

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"allclear/status"
)

// weekly is a request for a maintenance that repeats every week.
func weekly(from, until time.Duration) status.Change {
	w := window("disks", from, until)
	w.Recurrence = status.Some("FREQ=WEEKLY;COUNT=3")
	return w
}

// dates lists the maintenances of a page as "stage since-start", by their window.
func dates(t testing.TB, s *Store) []string {
	t.Helper()
	list := must(s.Incidents(t.Context(), Filter{Kind: status.Maintenance, Limit: 100}))(t)
	slices.SortFunc(list, func(a, b status.Incident) int { return a.ScheduledFor.Compare(*b.ScheduledFor) })
	var out []string
	for _, n := range list {
		out = append(out, string(n.Stage)+" "+n.ScheduledFor.Sub(start).String())
	}
	return out
}

func TestSeriesGoesOnByTheClock(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		w := weekly(time.Hour, 2*time.Hour)
		w.ComponentIDs = &[]string{api}
		id := openNotice(t, s, w).ObjectID
		week := 7 * 24 * time.Hour
		tick(t, s, c, time.Hour)
		tick(t, s, c, 2*time.Hour)
		first := must(s.Incident(t.Context(), id))(t)
		if got, want := dates(t, s), []string{"completed 1h0m0s"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		_, revision, _ := s.Revision(t.Context())
		if !tick(t, s, c, 2*time.Hour+time.Second) || tick(t, s, c, 2*time.Hour+2*time.Second) {
			t.Error("the next date was not planned once")
		}
		if got, want := dates(t, s), []string{"completed 1h0m0s", "scheduled 169h0m0s"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if got := eventTypes(t, s, revision); !slices.Equal(got, []status.EventType{status.MaintenanceScheduled}) {
			t.Errorf("events %v", got)
		}
		kept := must(s.Incident(t.Context(), id))(t)
		if kept.Version != first.Version || kept.Revision != first.Revision || !kept.Series.Done {
			t.Errorf("the first date changed: %+v", kept)
		}
		next := must(s.Incident(t.Context(), kept.Series.Next))(t)
		if next.Version != 1 || next.ComponentIDs[0] != api || next.Series.Number != 2 || next.Updates[0].Body != "Retold: We replace disks." {
			t.Errorf("%+v", next)
		}
		if e := must(s.Audit(t.Context(), 1, ""))(t)[0]; e.Actor != "clock" || e.Action != "maintenance.schedule" || e.Object != next.ID {
			t.Errorf("audit %+v", e)
		}

		// The second date is cancelled; the third is the last.
		change(t, s, next.ID, status.Change{Stage: ptr(status.Cancelled)})
		tick(t, s, c, 3*time.Hour)
		for _, after := range []time.Duration{0, time.Hour, time.Hour + time.Second} {
			tick(t, s, c, 2*week+time.Hour+after)
		}
		want := []string{"completed 1h0m0s", "cancelled 169h0m0s", "completed 337h0m0s"}
		if got := dates(t, s); !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if e := must(s.Audit(t.Context(), 1, ""))(t)[0]; e.Action != "maintenance.series_end" {
			t.Errorf("audit %+v", e)
		}
		if tick(t, s, c, 2*week+3*time.Hour) {
			t.Error("a series that is over moves")
		}
	})
}

func TestManyNodesContinueOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		c := newClock()
		nodes := make([]*Store, 4)
		for i := range nodes {
			nodes[i] = openAt(t, database, c)
		}
		id := openNotice(t, nodes[0], weekly(time.Hour, 2*time.Hour)).ObjectID
		change(t, nodes[0], id, status.Change{Stage: ptr(status.Completed)})
		c.add(time.Second)
		var wait sync.WaitGroup
		for _, s := range nodes {
			wait.Go(func() {
				if _, err := s.continueByClock(t.Context(), id); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if got := dates(t, nodes[0]); len(got) != 2 {
			t.Errorf("%v", got)
		}
		if _, err := nodes[0].continueByClock(t.Context(), "nobody"); err != nil {
			t.Error(err)
		}
	})
}

// Each date of a series is there once, whoever writes it.
func TestSeriesHasEachNumberOnce(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		first := openNotice(t, s, weekly(time.Hour, 2*time.Hour)).ObjectID
		n := must(s.Incident(t.Context(), first))(t)
		_, err := s.AddIncident(t.Context(), staff, func(site *status.Site) (*status.Incident, error) {
			again, err := status.OpenIncident(site, status.NewID(), status.NewID(), weekly(time.Hour, 2*time.Hour))
			if err == nil {
				again.Series.ID = n.Series.ID
			}
			return again, err
		})
		if !isUnique(err) {
			t.Errorf("the same number twice: %v", err)
		}
	})
}

// Undoing the end of a date that went on does not plan the next one again.
func TestUndoOfADateThatWentOn(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		id := openNotice(t, s, weekly(time.Hour, 2*time.Hour)).ObjectID
		r := change(t, s, id, status.Change{Stage: ptr(status.Completed)})
		tick(t, s, c, time.Second)
		n := must(s.Incident(t.Context(), id))(t)
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: n.Updates[0].ID, Version: r.Version}))(t)
		change(t, s, id, status.Change{Stage: ptr(status.Completed)})
		tick(t, s, c, 2*time.Second)
		if got := dates(t, s); len(got) != 2 || !strings.HasPrefix(got[0], "completed") {
			t.Errorf("%v", got)
		}
	})
}
