package store

import (
	"context"
	"time"

	"allclear/status"
)

// NoticeMark names one saved state of a notice: whatever is saved under a revision of an
// epoch never changes.
type NoticeMark struct {
	ID, Epoch string
	Revision  int64
}

// ProblemMarks lists the published problems that were created since a time, oldest first,
// so that the caller reads only those that it does not know yet.
func (s *Store) ProblemMarks(ctx context.Context, since time.Time) ([]NoticeMark, error) {
	var list []NoticeMark
	err := s.read(ctx, func(t *tx) error {
		if err := t.loadSite(ctx); err != nil {
			return err
		}
		rows, err := t.query(ctx, `SELECT id, revision FROM incidents WHERE kind = ? AND draft = FALSE AND created_at >= ? ORDER BY created_at, ord`,
			string(status.Problem), ms(since))
		if err != nil {
			return err
		}
		list, err = collect(rows, func(scan scanner) (NoticeMark, error) {
			m := NoticeMark{Epoch: t.site.epoch}
			err := scan(&m.ID, &m.Revision)
			return m, err
		})
		return err
	})
	return list, err
}

// IncidentsOf reads notices with their updates, in the order of the ids; one that is gone
// is left out.
func (s *Store) IncidentsOf(ctx context.Context, ids []string) ([]status.Incident, error) {
	var list []status.Incident
	err := s.read(ctx, func(t *tx) (err error) {
		list, err = t.incidents(ctx, ids)
		return err
	})
	return list, err
}

// Reached counts the messages about notices by channel, over all that was ever told of
// them and is still on record.
func (s *Store) Reached(ctx context.Context, incidents []string) (map[status.Channel]status.Tally, error) {
	sums := map[status.Channel]status.Tally{}
	err := s.read(ctx, func(t *tx) error {
		clear(sums)
		for _, id := range incidents {
			cells, err := t.cells(ctx, id)
			if err != nil {
				return err
			}
			for _, c := range cells {
				sum := sums[c.channel]
				sum.Add(c.state, c.n)
				sums[c.channel] = sum
			}
		}
		return nil
	})
	return sums, err
}
