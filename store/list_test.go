package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"allclear/status"
)

// fill makes two incidents, two maintenances and a draft, a minute apart.
func fill(t *testing.T, s *Store, c *clock) {
	t.Helper()
	openNotice(t, s, outage("Zahlungen ÜBERLASTET", nil))
	c.add(time.Minute)
	change(t, s, openNotice(t, s, outage("Login fails", nil)).ObjectID, resolving("The overload is gone."))
	c.add(time.Minute)
	openNotice(t, s, window("Disks", 24*time.Hour, 25*time.Hour))
	c.add(time.Minute)
	change(t, s, openNotice(t, s, window("Cables", 30*24*time.Hour, 31*24*time.Hour)).ObjectID, status.Change{Stage: ptr(status.Cancelled), Body: new("Not needed.")})
	c.add(time.Minute)
	draft := outage("Draft", nil)
	draft.Draft = new(true)
	openNotice(t, s, draft)
}

func TestFilters(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		fill(t, s, c)
		for _, f := range []struct {
			filter Filter
			want   []string
		}{
			{Filter{}, []string{"Draft", "Cables", "Disks", "Login fails", "Zahlungen ÜBERLASTET"}},
			{Filter{Kind: status.Problem}, []string{"Draft", "Login fails", "Zahlungen ÜBERLASTET"}},
			{Filter{Kind: status.Maintenance, Open: new(true)}, []string{"Disks"}},
			{Filter{Open: new(false)}, []string{"Cables", "Login fails"}},
			{Filter{Drafts: new(true)}, []string{"Draft"}},
			{Filter{Drafts: new(false), Open: new(true)}, []string{"Disks", "Zahlungen ÜBERLASTET"}},
			{Filter{Stages: []status.Stage{status.Resolved, status.Scheduled}}, []string{"Disks", "Login fails"}},
			{Filter{Limit: 2, Offset: 1}, []string{"Cables", "Disks"}},
			{Filter{Offset: 9}, nil},
			{Filter{Query: "überlast"}, []string{"Zahlungen ÜBERLASTET"}},
			{Filter{Query: "OVERLOAD"}, []string{"Login fails"}},
			{Filter{Query: "looking into", Limit: 1, Offset: 1}, []string{"Login fails"}},
			{Filter{Query: "cancelled"}, []string{"Cables"}},
			{Filter{Query: "nowhere"}, nil},
		} {
			list := must(s.Incidents(t.Context(), f.filter))(t)
			if got := names(list); !slices.Equal(got, f.want) {
				t.Errorf("%+v: %q, want %q", f.filter, got, f.want)
			}
			for _, n := range list {
				if len(n.Updates) == 0 {
					t.Errorf("%s came without its updates", n.Name)
				}
			}
		}
	})
}

func TestMonth(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		fill(t, s, c)
		for month, want := range map[string][]string{
			"2026-03": {"Disks", "Login fails", "Zahlungen ÜBERLASTET"}, "2026-04": {"Cables"}, "2026-05": nil, "x' OR 1=1": nil,
		} {
			if got := names(must(s.PublicMonth(t.Context(), month))(t)); !slices.Equal(got, want) {
				t.Errorf("%s: %q", month, got)
			}
		}
	})
}

func TestPagesOfNotices(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 7 {
			openNotice(t, s, outage(fmt.Sprint("incident ", i), nil))
			openNotice(t, s, window(fmt.Sprint("window ", i), time.Hour, 2*time.Hour))
			if i%3 == 2 { // several of one moment
				c.add(time.Minute)
			}
		}
		for kind, total := range map[status.Kind]int{"": 14, status.Problem: 7, status.Maintenance: 7} {
			whole, next, err := s.PublicPage(t.Context(), kind, "", 100)
			if err != nil || next != "" || len(whole) != total {
				t.Fatalf("%q: %d notices, next %q, %v", kind, len(whole), next, err)
			}
			for size := 1; size <= total; size++ {
				var parts []string
				for before := ""; ; {
					list, next, err := s.PublicPage(t.Context(), kind, before, size)
					if err != nil || len(list) > size {
						t.Fatalf("%d notices of %d, %v", len(list), size, err)
					}
					parts = append(parts, names(list)...)
					if before = next; before == "" {
						break
					}
				}
				if !slices.Equal(parts, names(whole)) {
					t.Errorf("%q by %d: %q", kind, size, parts)
				}
			}
		}
		for _, bad := range []string{"x", "1.2", "1.2.", "1.2.a b", " 1.2.a", "01.2.a", "1.2.3' OR 1=1"} {
			_, _, err := s.PublicPage(t.Context(), "", bad, 10)
			fault(t, err, status.CodeMalformed, "cursor", fmt.Sprintf("The cursor %q is not one that this page gave out; begin without one.", bad))
		}
	})
}
