package store

import (
	"context"
	"encoding/json"
	"time"

	"allclear/status"
)

// AddReport keeps a customer's problem report. It is no revision: nothing public changes.
func (s *Store) AddReport(ctx context.Context, r status.Report) error {
	return s.write(ctx, func(t *tx) error {
		if r.ID == "" {
			r.ID = status.NewID()
		}
		if r.CreatedAt.IsZero() {
			r.CreatedAt = t.now
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO reports (id, created_at, data) VALUES (?, ?, ?)`, r.ID, ms(r.CreatedAt), string(raw))
		return err
	})
}

// Reports lists the problem reports since a time, oldest first.
func (s *Store) Reports(ctx context.Context, since time.Time) ([]status.Report, error) {
	var list []status.Report
	err := s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT data FROM reports WHERE created_at >= ? ORDER BY created_at, id`, ms(since))
		if err != nil {
			return err
		}
		list, err = collect(rows, decode[status.Report])
		return err
	})
	return list, err
}
