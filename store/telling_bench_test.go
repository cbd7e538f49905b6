package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"allclear/status"
)

// crowd is how many people were told in the benchmarks.
const crowd = 100_000

// crowded is a notice of which everybody has a message: most arrived, 1 % failed, 5 % wait.
func crowded(b *testing.B, s *Store) (incident, event string) {
	b.Helper()
	reader(b, s, "first@example.com")
	incident = openNotice(b, s, outage("Outage", nil)).ObjectID
	event = must(s.Telling(b.Context(), incident))(b).EventID
	state := func(i int) status.DeliveryState {
		switch {
		case i%100 == 0:
			return status.Failed
		case i%20 == 1:
			return status.Waiting
		}
		return status.Sent
	}
	const part = 20_000
	for from := 0; from < crowd; from += part {
		err := s.write(b.Context(), func(t *tx) error {
			for i := from; i < from+part; i++ {
				id := fmt.Sprintf("s%011d", i)
				_, err := t.exec(b.Context(), `INSERT INTO subscribers (id, identity, channel, address, endpoint, format, state, locale, scope, generation, secrets, consent, mailbox, asked_at, created_at)
					VALUES (?, ?, 'email', ?, '', '', 'active', 'en', '{}', 1, 'null', '{}', '', 0, 0)`, id, id, fmt.Sprintf("r%d@domain%d.example", i, i%500))
				if err != nil {
					return err
				}
				_, err = t.exec(b.Context(), `INSERT INTO deliveries (id, kind, event_id, incident_id, subject, subscriber_id, channel, state, asked, next_at, created_at, ambiguous)
					VALUES (?, 'notice', ?, ?, ?, ?, 'email', ?, 1, ?, 0, FALSE)`, fmt.Sprintf("d%011d", (i*7919)%crowd), event, incident, incident, id, string(state(i)), i)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := s.writer.ExecContext(b.Context(), `VACUUM`); err != nil { // as an idle server does by itself
		b.Fatal(err)
	}
	execute(b, s, `ANALYZE`)
	return incident, event
}

// BenchmarkDeliveryView measures what the delivery view of a large notice asks for.
func BenchmarkDeliveryView(b *testing.B) {
	for _, database := range []string{"sqlite:" + filepath.Join(b.TempDir(), "bench.db"), cluster.database(b)} {
		if database == "" {
			continue
		}
		s := openAt(b, database, newClock())
		incident, event := crowded(b, s)
		for name, look := range map[string]func() error{
			"progress": func() error { _, err := s.Telling(b.Context(), incident); return err },
			"updates":  func() error { _, err := s.Tellings(b.Context(), incident); return err },
			"domains":  func() error { _, err := s.Domains(b.Context(), incident, event, 20); return err },
			"failures": func() error {
				_, _, err := s.Messages(b.Context(), MessageFilter{Incident: incident, Event: event, State: status.Failed, Limit: 50})
				return err
			},
			"troubles": func() error { _, err := s.Troubles(b.Context(), at(0)); return err },
		} {
			b.Run(database[:6]+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := look(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
