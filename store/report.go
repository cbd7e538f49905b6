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

// mostReports bounds what is read of one period: more say nothing new.
const mostReports = 10_000

// ReportsIn lists the problem reports of several periods.
func (s *Store) ReportsIn(ctx context.Context, periods []status.Period) ([][]status.Report, error) {
	var lists [][]status.Report
	err := s.read(ctx, func(t *tx) error {
		lists = nil
		for _, p := range periods {
			rows, err := t.query(ctx, `SELECT data FROM reports WHERE created_at >= ? AND created_at < ? ORDER BY created_at LIMIT ?`, ms(p.From), ms(p.Until), mostReports)
			if err != nil {
				return err
			}
			list, err := collect(rows, decode[status.Report])
			if err != nil {
				return err
			}
			lists = append(lists, list)
		}
		return nil
	})
	return lists, err
}

// forgetReports drops the reports that nothing is compared with any more.
func (t *tx) forgetReports(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM reports WHERE created_at < ?`, ms(t.now.Add(-status.KeepReports)))
	return err
}
