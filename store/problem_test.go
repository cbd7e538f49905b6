package store

import (
	"fmt"
	"testing"
	"time"

	"allclear/status"
)

func TestProblemMarks(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		early := openNotice(t, s, outage("Early", nil)).ObjectID
		c.add(48 * time.Hour)
		openNotice(t, s, window("Planned", 72*time.Hour, 73*time.Hour))
		draft := outage("Draft", nil)
		draft.Draft = new(true)
		openNotice(t, s, draft)
		late := openNotice(t, s, outage("Late", nil)).ObjectID
		all := must(s.ProblemMarks(t.Context(), start.Add(-time.Hour)))(t)
		if len(all) != 2 || all[0].ID != early || all[1].ID != late || all[0].Epoch == "" {
			t.Fatalf("%+v", all)
		}
		if got := must(s.ProblemMarks(t.Context(), c.read().Add(-time.Hour)))(t); len(got) != 1 || got[0] != all[1] {
			t.Errorf("%+v", got)
		}
		change(t, s, late, status.Change{Body: new("More.")})
		if now := must(s.ProblemMarks(t.Context(), start))(t); now[1].Revision <= all[1].Revision || now[0] != all[0] {
			t.Errorf("%+v", now)
		}
		list := must(s.IncidentsOf(t.Context(), []string{late, "gone", early}))(t)
		if len(list) != 2 || list[0].ID != late || len(list[0].Updates) != 2 {
			t.Errorf("%d notices", len(list))
		}
	})
}

func TestReached(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 3 {
			reader(t, s, fmt.Sprintf("r%d@example.com", i))
		}
		hook(t, s, "https://example.com/hook")
		one, two := failing(t, s, c, "r0@example.com"), failing(t, s, c)
		got := must(s.Reached(t.Context(), []string{one, two, "nothing"}))(t)
		if got[status.Email] != (status.Tally{Sent: 5, Failed: 1}) || got[status.Webhook] != (status.Tally{Waiting: 2}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestReportsIn(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for _, ago := range []time.Duration{0, time.Hour, status.KeepReports - time.Minute, status.KeepReports + time.Minute} {
			must(0, s.AddReport(t.Context(), status.Report{ComponentIDs: []string{ago.String()}, CreatedAt: start.Add(-ago)}))(t)
		}
		lists := must(s.ReportsIn(t.Context(), []status.Period{{From: start.Add(-time.Hour), Until: start}, {From: start, Until: start.Add(1)}, {From: start.Add(time.Hour), Until: start.Add(2 * time.Hour)}}))(t)
		if len(lists) != 3 || len(lists[0]) != 1 || len(lists[1]) != 0 || len(lists[2]) != 0 || lists[0][0].ComponentIDs[0] != "1h0m0s" {
			t.Errorf("%+v", lists)
		}
		if _, err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := must(s.Reports(t.Context(), at(0)))(t); len(left) != 3 {
			t.Errorf("%d reports are kept", len(left))
		}
	})
}
