package store

import (
	"context"
	"encoding/json"

	"allclear/status"
)

// maxEvents bounds how far back a reader of events is served; who is further behind
// rereads the state, which is what a View is.
const maxEvents = 1000

// appendEvents writes what must be told in the transaction of the change itself. Those
// with Notify wait for the hold, then for a worker that expands them into deliveries;
// the others are for the live stream only and count as expanded.
func (t *tx) appendEvents(ctx context.Context, lists ...[]status.Event) error {
	seq := 0
	for _, list := range lists {
		for _, e := range list {
			e.Revision = t.revision
			raw, err := json.Marshal(e)
			if err != nil {
				return err
			}
			_, err = t.exec(ctx, `INSERT INTO events (id, revision, seq, type, at, incident_id, component_id, notify, hold_until, expanded, data)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				e.ID, e.Revision, seq, string(e.Type), ms(e.At), e.IncidentID, e.ComponentID, e.Notify,
				ms(t.now.Add(t.store.hold)), !e.Notify, string(raw))
			if err != nil {
				return err
			}
			seq++
		}
	}
	return nil
}

// hush takes back what still waits to be told about a notice that goes away.
func (t *tx) hush(ctx context.Context, incident string) error {
	_, err := t.exec(ctx, `UPDATE events SET expanded = TRUE WHERE incident_id = ? AND expanded = FALSE`, incident)
	return err
}

// eventsAfter lists the events of the revisions after the named one, in order.
func (t *tx) eventsAfter(ctx context.Context, revision int64) ([]status.Event, error) {
	rows, err := t.query(ctx, `SELECT data FROM events WHERE revision > ? ORDER BY revision, seq LIMIT ?`, revision, maxEvents)
	if err != nil {
		return nil, err
	}
	return collect(rows, decode[status.Event])
}
