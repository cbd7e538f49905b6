package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// KeepScratch is how long the text of a form that nobody sent is kept.
const KeepScratch = 30 * 24 * time.Hour

// maxScratch is how many unsent forms an account has; older ones give way.
const maxScratch = 50

// Scratch is what an account typed into a form and has not sent yet.
type Scratch struct {
	Account string
	Place   string // address of the form
	Values  map[string][]string
	SavedAt time.Time
}

// SaveScratch keeps a form's text. once is the key of the form: one that was sent already
// stays sent, whatever arrives late; then ok is false and nothing is kept.
func (s *Store) SaveScratch(ctx context.Context, n Scratch, once Once) (saved time.Time, ok bool, err error) {
	raw, err := json.Marshal(n.Values)
	if err != nil {
		return saved, false, err
	}
	err = s.write(ctx, func(t *tx) error {
		var sent bool
		sent, err = t.any(ctx, `SELECT 1 FROM idempotency WHERE scope = ? AND key = ?`, once.Scope, once.Key)
		if saved, ok = t.now, !sent; sent || err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO scratch (account_id, place, saved_at, data) VALUES (?, ?, ?, ?)
			ON CONFLICT (account_id, place) DO UPDATE SET saved_at = excluded.saved_at, data = excluded.data`,
			n.Account, n.Place, ms(t.now), string(raw))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM scratch WHERE account_id = ? AND place NOT IN
			(SELECT place FROM scratch WHERE account_id = ? ORDER BY saved_at DESC, place LIMIT ?)`, n.Account, n.Account, maxScratch)
		return err
	})
	return saved, ok && err == nil, err
}

// Scratch reads the unsent text of a form; ok is false when there is none.
func (s *Store) Scratch(ctx context.Context, account, place string) (n Scratch, ok bool, err error) {
	err = s.read(ctx, func(t *tx) error {
		n, err = scanScratch(t.row(ctx, `SELECT account_id, place, saved_at, data FROM scratch WHERE account_id = ? AND place = ?`, account, place).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		return err
	})
	return n, ok, err
}

// Scratches lists the unsent texts of an account, the newest first.
func (s *Store) Scratches(ctx context.Context, account string) (list []Scratch, err error) {
	err = s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT account_id, place, saved_at, data FROM scratch WHERE account_id = ? ORDER BY saved_at DESC, place`, account)
		if err != nil {
			return err
		}
		list, err = collect(rows, scanScratch)
		return err
	})
	return list, err
}

// DropScratch forgets the unsent text of a form.
func (s *Store) DropScratch(ctx context.Context, account, place string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM scratch WHERE account_id = ? AND place = ?`, account, place)
		return err
	})
}

func scanScratch(scan scanner) (n Scratch, err error) {
	var saved int64
	var raw string
	if err := scan(&n.Account, &n.Place, &saved, &raw); err != nil {
		return n, err
	}
	n.SavedAt = at(saved)
	return n, json.Unmarshal([]byte(raw), &n.Values)
}

// forgetScratch drops what is too old for anybody to come back to.
func (t *tx) forgetScratch(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM scratch WHERE saved_at <= ?`, ms(t.now.Add(-KeepScratch)))
	return err
}
