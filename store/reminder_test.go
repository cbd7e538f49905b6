package store

import (
	"slices"
	"testing"
	"time"

	"allclear/status"
)

// toldTypes lists the event types that subscribers are told of a notice, oldest first.
func toldTypes(t testing.TB, s *Store, since int64) []status.EventType {
	t.Helper()
	return slices.DeleteFunc(eventTypes(t, s, since), func(e status.EventType) bool { return e == status.ComponentUpdated })
}

func TestMaintenanceReminds(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		w := window("disks", 30*time.Hour, 31*time.Hour)
		w.RemindPrior = new(true)
		r := openNotice(t, s, w)
		for _, step := range []struct {
			at   time.Duration
			want []status.EventType
		}{
			{6*time.Hour - time.Second, nil},
			{6 * time.Hour, []status.EventType{status.MaintenanceReminder}},
			{6*time.Hour + time.Second, nil},
			{29 * time.Hour, []status.EventType{status.MaintenanceReminder}},
			{30 * time.Hour, []status.EventType{status.MaintenanceStarted}},
		} {
			_, revision, _ := s.Revision(t.Context())
			tick(t, s, c, step.at)
			if got := toldTypes(t, s, revision); !slices.Equal(got, step.want) {
				t.Errorf("after %v: %v, want %v", step.at, got, step.want)
			}
		}
		n := must(s.Incident(t.Context(), r.ObjectID))(t)
		if !n.Auto.RemindedAt.Equal(start.Add(29*time.Hour)) || n.Version != r.Version+1 || len(n.Updates) != 2 {
			t.Errorf("%+v", n)
		}
		entries := must(s.Audit(t.Context(), 2, ""))(t)
		if entries[1].Action != "maintenance.remind" || entries[1].Actor != "clock" {
			t.Errorf("audit %+v", entries)
		}
	})
}

// A reminder goes through the outbox like any other event, and a newer one replaces it.
func TestReminderIsExpanded(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		c.add(time.Second)
		w := window("disks", 30*time.Hour, 31*time.Hour)
		w.RemindPrior, w.Notify = new(true), new(false)
		id := openNotice(t, s, w).ObjectID
		tick(t, s, c, 6*time.Hour)
		c.add(time.Minute)
		expandAll(t, s, c)
		claimed := take(t, s, status.Email)
		if len(claimed) != 1 || claimed[0].SubscriberID != ann.ID || claimed[0].IncidentID != id {
			t.Fatalf("%+v", claimed)
		}
		_, v, err := s.News(t.Context(), claimed[0].ID)
		if err != nil || v.Events[0].Type != status.MaintenanceReminder {
			t.Errorf("%+v %v", v.Events, err)
		}
	})
}

func TestManyNodesRemindOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		c := newClock()
		a, b := openAt(t, database, c), openAt(t, database, c)
		w := window("disks", 30*time.Hour, 31*time.Hour)
		w.RemindPrior = new(true)
		r := openNotice(t, a, w)
		c.now.Store(start.Add(6 * time.Hour).UnixMilli())
		for _, s := range []*Store{a, b, a} {
			must(s.remindByClock(t.Context(), r.ObjectID))(t)
		}
		if got := toldTypes(t, a, r.Revision); !slices.Equal(got, []status.EventType{status.MaintenanceReminder}) {
			t.Errorf("%v", got)
		}
	})
}
