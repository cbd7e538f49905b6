package store

import (
	"path/filepath"
	"testing"
	"time"

	"allclear/status"
)

// each runs a benchmark on every engine, with 463 components and 300 incidents.
func each(b *testing.B, run func(b *testing.B, s *Store)) {
	engine := func(database string) func(*testing.B) {
		return func(b *testing.B) {
			c := newClock()
			c.now.Store(time.Date(2025, 11, 8, 0, 0, 0, 0, time.UTC).UnixMilli())
			s := openAt(b, database, c)
			bigPage(b, s)
			run(b, s)
		}
	}
	b.Run("sqlite", engine("sqlite:"+filepath.Join(b.TempDir(), "bench.db")))
	if database := cluster.database(b); database != "" {
		b.Run("postgres", engine(database))
	}
}

// BenchmarkPublic reads the View after a write elsewhere.
func BenchmarkPublic(b *testing.B) {
	each(b, func(b *testing.B, s *Store) {
		for b.Loop() {
			if _, err := s.Public(b.Context(), 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPublicCold reads the View for the first time after a start.
func BenchmarkPublicCold(b *testing.B) {
	each(b, func(b *testing.B, s *Store) {
		for b.Loop() {
			s.kept.store(nil)
			if _, err := s.Public(b.Context(), 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEditIncident posts an update that moves a component.
func BenchmarkEditIncident(b *testing.B) {
	each(b, func(b *testing.B, s *Store) {
		site := must(s.Site(b.Context()))(b)
		id := site.Components[len(site.Components)-1].ID
		r := openNotice(b, s, outage("bench", nil))
		levels := []status.Level{status.MajorOutage, status.PartialOutage}
		for i := 0; b.Loop(); i++ {
			if i%20 == 0 { // notices stay as short as real ones
				r = openNotice(b, s, outage("bench", nil))
			}
			change(b, s, r.ObjectID, status.Change{Body: new("More."), Components: map[string]status.Level{id: levels[i%2]}})
		}
	})
}
