package store

import (
	"slices"
	"sync"
	"testing"
	"time"

	"allclear/status"
)

// tick moves the clock to a time after start and ticks.
func tick(t *testing.T, s *Store, c *clock, after time.Duration) bool {
	t.Helper()
	c.now.Store(start.Add(after).UnixMilli())
	return must(s.Tick(t.Context()))(t)
}

func TestMaintenanceMovesByItsOwnClock(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		w := window("disks", time.Hour, 2*time.Hour)
		w.ComponentIDs = &[]string{api}
		id := openNotice(t, s, w).ObjectID
		if tick(t, s, c, 59*time.Minute) || level(t, s, api) != status.Operational {
			t.Error("moved too early")
		}
		if !tick(t, s, c, time.Hour) {
			t.Error("did not move")
		}
		n := must(s.Incident(t.Context(), id))(t)
		if n.Stage != status.InProgress || n.Updates[0].Body != "The maintenance has begun." ||
			n.Updates[0].Translations["de"] != "Die Wartung hat begonnen." || n.Version != 2 || level(t, s, api) != status.UnderMaintenance {
			t.Errorf("at its start: %+v", n)
		}
		if tick(t, s, c, time.Hour+time.Second) {
			t.Error("moved twice")
		}
		if !tick(t, s, c, 2*time.Hour) {
			t.Error("did not end")
		}
		if n := must(s.Incident(t.Context(), id))(t); n.Stage != status.Completed || level(t, s, api) != status.Operational {
			t.Errorf("at its end: %+v", n)
		}
		want := []status.EventType{status.ComponentUpdated, status.MaintenanceStarted, status.ComponentUpdated, status.MaintenanceCompleted}
		if got := eventTypes(t, s, 2); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
		if e := must(s.Audit(t.Context(), 1, ""))(t)[0]; e.Actor != "clock" || e.Action != "maintenance.complete" {
			t.Errorf("audit %+v", e)
		}
	})
}

func TestMissedWindowIsMadeUpFor(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		id := openNotice(t, s, window("disks", time.Hour, 2*time.Hour)).ObjectID
		c.add(3 * time.Hour)
		openNotice(t, s, outage("another write first", nil))
		for range 2 { // the start, then the end
			must(s.Tick(t.Context()))(t)
		}
		if n := must(s.Incident(t.Context(), id))(t); n.Stage != status.Completed || len(n.Updates) != 3 {
			t.Errorf("%s with %d updates", n.Stage, len(n.Updates))
		}
	})
}

// Each moment at which time alone changes the page is one revision, without events.
func TestMomentsAreRevisions(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		w := window("disks", 20*24*time.Hour, 20*24*time.Hour+time.Hour)
		w.AutoInProgress, w.AutoCompleted = new(false), new(false)
		openNotice(t, s, w)
		o := outage("slow", nil)
		o.NextUpdateAt = status.Some(start.Add(30 * time.Minute))
		id := openNotice(t, s, o).ObjectID
		must(s.Tick(t.Context()))(t)
		day := 24 * time.Hour
		revision := int64(2)
		expect := func(after time.Duration, moved bool) {
			t.Helper()
			if got := tick(t, s, c, after); got != moved {
				t.Errorf("after %v: moved %v", after, got)
			}
			if moved {
				revision++
			}
			v := must(s.Public(t.Context(), revision-1))(t)
			if v.Revision != revision || moved && (!v.At.Equal(start.Add(after)) || len(v.Events) != 0) {
				t.Errorf("after %v: revision %d at %v, events %v", after, v.Revision, v.At, v.Events)
			}
		}
		expect(29*time.Minute, false)
		expect(30*time.Minute, true) // promise overdue
		expect(31*time.Minute, false)
		change(t, s, id, resolving("Fixed."))
		revision++
		expect(90*time.Minute, false)
		expect(91*time.Minute, true) // the banner forgets
		expect(15*time.Hour-time.Second, false)
		expect(15*time.Hour, true) // midnight
		expect(6*day-time.Second, true)
		expect(6*day, true) // 14 days before
		expect(19*day-time.Second, true)
		expect(19*day, true) // 24 hours before
		expect(20*day-time.Second, true)
		expect(20*day, true)           // begins
		expect(20*day+time.Hour, true) // ends
		if n := count(t, s, `SELECT COUNT(*) FROM audit`); n != 3 {
			t.Errorf("%d audit entries", n)
		}
	})
}

func TestALookThatWasTooEarlyIsNoRevision(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		o := outage("slow", nil)
		o.NextUpdateAt = status.Some(start.Add(30 * time.Minute))
		id := openNotice(t, s, o).ObjectID
		change(t, s, id, status.Change{Body: new("More."), NextUpdateAt: status.Some(start.Add(2 * time.Hour))})
		if tick(t, s, c, 30*time.Minute) {
			t.Error("an old promise made a revision")
		}
		if due := must(s.due(t.Context()))(t); !due.Equal(start.Add(2 * time.Hour)) {
			t.Errorf("looks again at %v", due)
		}
		if _, revision, _ := s.Revision(t.Context()); revision != 2 {
			t.Errorf("revision %d", revision)
		}
	})
}

func TestTickOfAnImportedPageKeepsItForeign(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		importPage(t, s, sourcePage())
		tick(t, s, c, 0)
		if !tick(t, s, c, 24*time.Hour) || must(s.Site(t.Context()))(t).Page.Own {
			t.Error("midnight counts as own content")
		}
	})
}

func TestOneOfManyNodesMoves(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		c := newClock()
		nodes := make([]*Store, 4)
		for i := range nodes {
			nodes[i] = openAt(t, database, c)
		}
		id := openNotice(t, nodes[0], window("disks", time.Hour, 2*time.Hour)).ObjectID
		for _, after := range []time.Duration{time.Hour, 2 * time.Hour, 15 * time.Hour} {
			c.now.Store(start.Add(after).UnixMilli())
			var wait sync.WaitGroup
			for _, s := range nodes {
				wait.Go(func() {
					if _, err := s.Tick(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
		}
		n := must(nodes[0].Incident(t.Context(), id))(t)
		if _, revision, _ := nodes[0].Revision(t.Context()); revision != 4 || n.Stage != status.Completed || len(n.Updates) != 3 {
			t.Errorf("revision %d, %s with %d updates", revision, n.Stage, len(n.Updates))
		}
	})
}

func TestMaintenanceThatVanishesIsSkipped(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		r, err := s.moveByClock(t.Context(), "nobody")
		if err != nil || r.Version != 0 {
			t.Errorf("%+v %v", r, err)
		}
		id := openNotice(t, s, window("disks", time.Hour, 2*time.Hour)).ObjectID
		if r, err = s.moveByClock(t.Context(), id); err != nil || r.Version != 0 {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestQuietTickReadsOneRow(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		must(s.Tick(t.Context()))(t)
		ran := 0
		s.trace = func(string) { ran++ }
		c.add(time.Second)
		if must(s.Tick(t.Context()))(t) || ran != 1 {
			t.Errorf("%d statements in a quiet second", ran)
		}
	})
}
