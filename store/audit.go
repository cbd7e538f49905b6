package store

import (
	"context"
	"fmt"
	"time"

	"allclear/status"
)

// AuditEntry says who did what, and when. Entries are only ever added.
type AuditEntry struct {
	ID     string // sorts by time
	At     time.Time
	Actor  string
	Action string // noun.verb
	Object string
	Detail string
}

// audit adds an entry to this write.
func (t *tx) audit(ctx context.Context, actor, action, object, detail string) error {
	id := fmt.Sprintf("%011x%s", ms(t.now), status.NewID())
	_, err := t.exec(ctx, `INSERT INTO audit (id, at, actor, action, object, detail) VALUES (?, ?, ?, ?, ?, ?)`,
		id, ms(t.now), actor, action, object, detail)
	return err
}

// Audit lists entries, newest first; before is the id of the last one seen, or "".
func (s *Store) Audit(ctx context.Context, limit int, before string) ([]AuditEntry, error) {
	if before == "" {
		before = "g" // above every id, which begins with a hexadecimal digit
	}
	var list []AuditEntry
	err := s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT id, at, actor, action, object, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?`, before, limit)
		if err != nil {
			return err
		}
		list, err = collect(rows, func(scan scanner) (AuditEntry, error) {
			var e AuditEntry
			var when int64
			err := scan(&e.ID, &when, &e.Actor, &e.Action, &e.Object, &e.Detail)
			e.At = at(when)
			return e, err
		})
		return err
	})
	return list, err
}
