package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

func TestReports(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		first := status.Report{ID: "r1", ComponentIDs: []string{"a", "b"}, Symptom: "slow", Text: "Seit 9 Uhr", Email: "a@example.org", Source: "hash", CreatedAt: start.Add(-time.Hour)}
		for _, r := range []status.Report{first, {Symptom: "errors"}} {
			if err := s.AddReport(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		all := must(s.Reports(t.Context(), start.Add(-time.Hour)))(t)
		if len(all) != 2 || !cmp.Equal(all[0], first) || all[1].ID == "" || !all[1].CreatedAt.Equal(start) {
			t.Errorf("reports %+v", all)
		}
		if late := must(s.Reports(t.Context(), start))(t); len(late) != 1 || late[0].Symptom != "errors" {
			t.Errorf("reports since the start %+v", late)
		}
		if err := s.AddReport(t.Context(), first); !isUnique(err) {
			t.Errorf("one id twice: %v", err)
		}
		if _, revision, _ := s.Revision(t.Context()); revision != 0 {
			t.Errorf("a report made revision %d", revision)
		}
	})
}
