package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"allclear/status"
)

// KeepKeys is how long an Idempotency-Key is remembered.
const KeepKeys = 24 * time.Hour

// Once is the Idempotency-Key of a request: Scope says who asked, Hash what for.
type Once struct{ Scope, Key, Hash string }

func (o Once) reused() error {
	return status.Invalid("Idempotency-Key", "The Idempotency-Key %q was used for another request within 24 hours; use a new one.", o.Key)
}

// used finds what a request with this key made before.
func (t *tx) used(ctx context.Context, o Once) (object string, ok bool, err error) {
	var hash string
	err = t.row(ctx, `SELECT hash, object_id FROM idempotency WHERE scope = ? AND key = ? AND created_at > ?`,
		o.Scope, o.Key, ms(t.now.Add(-KeepKeys))).Scan(&hash, &object)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, err
	case hash != o.Hash:
		return "", false, o.reused()
	}
	return object, true, nil
}

// remember keeps the key in the transaction of the write itself.
func (t *tx) remember(ctx context.Context, o Once, object string) error {
	_, err := t.exec(ctx, `INSERT INTO idempotency (scope, key, hash, object_id, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (scope, key) DO UPDATE SET hash = excluded.hash, object_id = excluded.object_id,
			status = 0, answer = '', created_at = excluded.created_at`,
		o.Scope, o.Key, o.Hash, object, ms(t.now))
	return err
}

// Answer finds the saved answer of a request that came with this key before. ok is false
// when there is none (yet).
func (s *Store) Answer(ctx context.Context, o Once) (code int, body []byte, ok bool, err error) {
	err = s.read(ctx, func(t *tx) error {
		var hash, answer string
		err := t.row(ctx, `SELECT hash, status, answer FROM idempotency WHERE scope = ? AND key = ? AND created_at > ?`,
			o.Scope, o.Key, ms(t.now.Add(-KeepKeys))).Scan(&hash, &code, &answer)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		case hash != o.Hash:
			return o.reused()
		}
		body, ok = []byte(answer), code != 0
		return nil
	})
	return code, body, ok, err
}

// SaveAnswer keeps the answer of a request for those that repeat it.
func (s *Store) SaveAnswer(ctx context.Context, o Once, code int, body []byte) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO idempotency (scope, key, hash, object_id, status, answer, created_at) VALUES (?, ?, ?, '', ?, ?, ?)
			ON CONFLICT (scope, key) DO UPDATE SET status = excluded.status, answer = excluded.answer`,
			o.Scope, o.Key, o.Hash, code, string(body), ms(t.now))
		return err
	})
}

// forget drops the keys that are too old to count.
func (t *tx) forget(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM idempotency WHERE created_at <= ?`, ms(t.now.Add(-KeepKeys)))
	return err
}
