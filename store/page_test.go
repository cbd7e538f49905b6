package store

import (
	"testing"
	"time"

	"allclear/status"
)

func TestEditPage(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		before := must(s.Site(t.Context()))(t).Page
		c.add(time.Hour)
		r := must(s.EditPage(t.Context(), staff, 1, func(p *status.Page) error {
			p.Name, p.OnDuty = "Example", "ops@example.org"
			p.ID, p.Own, p.Version = "other", false, 99
			return nil
		}))(t)
		got := must(s.Site(t.Context()))(t).Page
		if got.Name != "Example" || got.OnDuty != "ops@example.org" || got.ID != before.ID || !got.Own ||
			got.Version != 2 || r.Version != 2 || r.ObjectID != before.ID || !got.UpdatedAt.Equal(c.read()) {
			t.Errorf("page %+v, receipt %+v", got, r)
		}
		_, err := s.EditPage(t.Context(), staff, 1, func(*status.Page) error { return nil })
		fault(t, err, status.CodeConflict, "version",
			"This page was changed meanwhile: you saw version 1, it is now version 2. Load it again and repeat your change.")
		_, err = s.EditPage(t.Context(), staff, 0, func(p *status.Page) error { p.TimeZone = "Mars/Olympus"; return nil })
		fault(t, err, status.CodeInvalid, "page.time_zone", `"Mars/Olympus" is not a time zone; use a name such as Europe/Berlin.`)
		_, err = s.EditPage(t.Context(), staff, 0, func(*status.Page) error { return status.Invalid("page.name", "No.") })
		fault(t, err, status.CodeInvalid, "page.name", "No.")
	})
}

func TestTimeZoneMovesTheMonths(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		c.now.Store(time.Date(2026, 3, 31, 23, 30, 0, 0, time.UTC).UnixMilli())
		id := openNotice(t, s, outage("late", nil)).ObjectID
		c.now.Store(time.Date(2026, 4, 15, 0, 0, 0, 0, time.UTC).UnixMilli())
		openNotice(t, s, outage("mid", nil))
		month := func(name string) int { return len(must(s.PublicMonth(t.Context(), name))(t)) }
		if month("2026-03") != 1 || month("2026-04") != 1 {
			t.Error("months in UTC")
		}
		must(s.EditPage(t.Context(), staff, 0, func(p *status.Page) error { p.TimeZone = "Europe/Berlin"; return nil }))(t)
		if month("2026-03") != 0 || month("2026-04") != 2 {
			t.Error("months in Berlin")
		}
		change(t, s, id, resolving("Fixed."))
		v := must(s.Public(t.Context(), 0))(t)
		if len(v.Months) != 1 || v.Months[0] != (status.Month{Year: 2026, Month: time.April, Incidents: 2}) {
			t.Errorf("months %v", v.Months)
		}
	})
}

func TestFirstWriteMakesThePageOurs(t *testing.T) {
	for name, write := range map[string]func(t *testing.T, s *Store){
		"notice":    func(t *testing.T, s *Store) { openNotice(t, s, outage("one", nil)) },
		"component": func(t *testing.T, s *Store) { addComponent(t, s, "API") },
		"page": func(t *testing.T, s *Store) {
			must(s.EditPage(t.Context(), staff, 0, func(*status.Page) error { return nil }))(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, s *Store) {
				write(t, s)
				if !must(s.Site(t.Context()))(t).Page.Own {
					t.Error("the page still counts as imported")
				}
			})
		})
	}
}
