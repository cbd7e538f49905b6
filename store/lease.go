package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"allclear/status"
)

// RecoverDeliveries frees claimed messages whose worker is dead, to be sent at once. At
// the start of the only node (SQLite) that is every claimed one; among many nodes those
// whose lease has ended. It returns how many.
func (s *Store) RecoverDeliveries(ctx context.Context, starting bool) (int, error) {
	var n int64
	err := s.write(ctx, func(t *tx) error {
		limit := ms(t.now)
		if starting && !s.dialect.postgres {
			limit = ms(t.now.AddDate(100, 0, 0))
		}
		_, err := t.exec(ctx, `UPDATE deliveries SET state = 'superseded', done_at = ?, lease_owner = ''
			WHERE state = 'sending' AND lease_until <= ? AND EXISTS (SELECT 1 FROM deliveries w
				WHERE w.subject = deliveries.subject AND w.subscriber_id = deliveries.subscriber_id AND w.state = 'waiting')`, ms(t.now), limit)
		if err != nil {
			return err
		}
		n, err = t.exec(ctx, `UPDATE deliveries SET state = 'waiting', next_at = ?, lease_owner = '' WHERE state = 'sending' AND lease_until <= ?`, ms(t.now), limit)
		if err != nil {
			return err
		}
		calls, err := t.freeCalls(ctx, limit)
		n += calls
		return err
	})
	return int(n), err
}

// RenewLeases prolongs what the owner is still sending.
func (s *Store) RenewLeases(ctx context.Context, owner string, lease time.Duration) error {
	return s.write(ctx, func(t *tx) error {
		until := ms(t.now.Add(lease))
		if _, err := t.exec(ctx, `UPDATE deliveries SET lease_until = ? WHERE state = 'sending' AND lease_owner = ?`, until, owner); err != nil {
			return err
		}
		_, err := t.exec(ctx, `UPDATE calls SET lease_until = ? WHERE state = 'sending' AND lease_owner = ?`, until, owner)
		return err
	})
}

// Failure says since when a webhook has failed without a success – zero when it has not –
// and what was the matter last.
func (s *Store) Failure(ctx context.Context, subscriber string) (since time.Time, last string, err error) {
	err = s.read(ctx, func(t *tx) error {
		var ms int64
		if err := t.row(ctx, `SELECT failing_since FROM subscribers WHERE id = ?`, subscriber).Scan(&ms); err != nil || ms == 0 {
			return err
		}
		since = at(ms)
		err := t.row(ctx, `SELECT answer FROM deliveries WHERE subscriber_id = ? AND channel = 'webhook' AND attempts > 0 AND answer <> ''
			ORDER BY done_at DESC, next_at DESC LIMIT 1`, subscriber).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return since, last, err
}

// Progress counts a notice's messages by state, and those that may have arrived twice.
func (s *Store) Progress(ctx context.Context, incident string) (count map[status.DeliveryState]int, ambiguous int, err error) {
	count = map[status.DeliveryState]int{}
	err = s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT state, ambiguous, COUNT(*) FROM deliveries WHERE subject = ? GROUP BY state, ambiguous`, incident)
		if err != nil {
			return err
		}
		_, err = collect(rows, func(scan scanner) (struct{}, error) {
			var state status.DeliveryState
			var unclear bool
			var n int
			err := scan(&state, &unclear, &n)
			count[state] += n
			if unclear {
				ambiguous += n
			}
			return struct{}{}, err
		})
		return err
	})
	return count, ambiguous, err
}

// PurgeDeliveries forgets finished messages of before the given time and the letters that
// nobody needs any more. What was told of an open notice stays: its end must be told too.
func (s *Store) PurgeDeliveries(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := s.write(ctx, func(t *tx) error {
		var err error
		n, err = t.exec(ctx, `DELETE FROM deliveries WHERE done_at > 0 AND done_at < ?
			AND subject NOT IN (SELECT id FROM incidents WHERE is_open = TRUE)`, ms(before))
		if err != nil {
			return err
		}
		if _, err = t.exec(ctx, `DELETE FROM letters WHERE created_at < ? AND id NOT IN (SELECT letter FROM deliveries)`, ms(before)); err != nil {
			return err
		}
		return t.purgeCalls(ctx, before)
	})
	return int(n), err
}
