package store

import (
	"fmt"
	"testing"

	"allclear/status"
)

// TestThePageTellsOfManyReports: where it is wished, when clearly more networks report than
// usual, for a while at least, and each time as a revision of its own.
func TestThePageTellsOfManyReports(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		report := func(source string) {
			t.Helper()
			r := status.Report{ComponentIDs: []string{"web"}, Symptom: "slow", Source: source, CreatedAt: c.read()}
			if err := s.AddReport(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		looks := func(want bool, why string) {
			t.Helper()
			c.add(hearEvery)
			_, before, _ := s.Revision(t.Context())
			had := must(s.Public(t.Context(), 0))(t).MoreReports
			if _, err := s.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			v := must(s.Public(t.Context(), 0))(t)
			if v.MoreReports != want {
				t.Errorf("%s: the page tells of many reports is %v", why, v.MoreReports)
			}
			if moved := v.Revision > before; moved != (had != want) {
				t.Errorf("%s: revision %d after %d", why, v.Revision, before)
			}
		}
		if _, err := s.Tick(t.Context()); err != nil { // what is due at first
			t.Fatal(err)
		}
		for i := range 5 {
			report(fmt.Sprint("network", i))
		}
		looks(false, "nobody wished it")
		wish := func(tell bool) {
			t.Helper()
			if _, err := s.EditPage(t.Context(), By{Actor: "ann"}, 0, func(p *status.Page) error { p.TellReports = tell; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		wish(true)
		looks(true, "five networks")
		looks(true, "still")
		c.add(tellAtLeast)
		looks(false, "a quarter of an hour later")
		for range 9 {
			report("one network")
		}
		looks(false, "one network that presses often")
		for i := range 3 {
			report(fmt.Sprint("other", i))
		}
		looks(true, "three more")
		wish(false)
		looks(false, "nobody wishes it any more")
	})
}
