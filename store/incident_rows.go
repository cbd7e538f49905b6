package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"allclear/status"
)

// Lists of placeholders, so that each statement is one constant text. Shorter lists of
// arguments repeat their last one.
const (
	ten   = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
	fifty = ten + ", " + ten + ", " + ten + ", " + ten + ", " + ten
)

const batch = 50

// pad makes the arguments of a list of placeholders.
func pad[T any](list []T, size int) []any {
	args := make([]any, size)
	for i := range args {
		args[i] = list[min(i, len(list)-1)]
	}
	return args
}

// incident reads one notice with its updates.
func (t *tx) incident(ctx context.Context, id string) (status.Incident, error) {
	list, err := t.incidents(ctx, []string{id})
	if err != nil {
		return status.Incident{}, err
	}
	if len(list) == 0 {
		return status.Incident{}, status.NotFound("incident", id)
	}
	return list[0], nil
}

// incidents reads notices with their updates, in the order of the ids; a missing one is
// left out.
func (t *tx) incidents(ctx context.Context, ids []string) ([]status.Incident, error) {
	var list []status.Incident
	for part := range slices.Chunk(ids, batch) {
		rows, err := t.query(ctx, `SELECT data FROM incidents WHERE id IN (`+fifty+`)`, pad(part, batch)...)
		if err != nil {
			return nil, err
		}
		found, err := collect(rows, decode[status.Incident])
		if err != nil {
			return nil, err
		}
		if err := t.fillUpdates(ctx, found, part); err != nil {
			return nil, err
		}
		list = append(list, inOrder(found, part)...)
	}
	return list, nil
}

func inOrder(list []status.Incident, ids []string) []status.Incident {
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(list, func(a, b status.Incident) int { return place[a.ID] - place[b.ID] })
	return list
}

// fillUpdates loads the updates of a batch of notices, newest first.
func (t *tx) fillUpdates(ctx context.Context, list []status.Incident, ids []string) error {
	at := make(map[string]*status.Incident, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	rows, err := t.query(ctx, `SELECT incident_id, data FROM incident_updates WHERE incident_id IN (`+fifty+`) ORDER BY incident_id, n`, pad(ids, batch)...)
	if err != nil {
		return err
	}
	_, err = collect(rows, func(scan scanner) (struct{}, error) {
		var id string
		var raw sql.RawBytes
		if err := scan(&id, &raw); err != nil {
			return struct{}{}, err
		}
		var u status.Update
		if err := json.Unmarshal(raw, &u); err != nil {
			return struct{}{}, err
		}
		if n := at[id]; n != nil {
			n.Updates = append(n.Updates, u)
		}
		return struct{}{}, nil
	})
	return err
}

// saveIncident inserts the notice or replaces it, with its updates.
func (t *tx) saveIncident(ctx context.Context, n *status.Incident) error {
	n.Revision = t.revision
	raw, err := json.Marshal(n)
	if err != nil {
		return err
	}
	start := began(n)
	series, number := "", 0
	if n.Series != nil {
		series, number = n.Series.ID, n.Series.Number
	}
	_, err = t.exec(ctx, `INSERT INTO incidents (id, kind, status, draft, is_open, began_at, month, created_at, updated_at, ord, version, revision, series, occurrence, continues, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, status = excluded.status, draft = excluded.draft, is_open = excluded.is_open,
			began_at = excluded.began_at, month = excluded.month, created_at = excluded.created_at, updated_at = excluded.updated_at,
			ord = excluded.ord, version = excluded.version, revision = excluded.revision,
			series = excluded.series, occurrence = excluded.occurrence, continues = excluded.continues, data = excluded.data`,
		n.ID, string(n.Kind), string(n.Stage), n.Draft, n.Open(), ms(start), start.In(t.zone()).Format(monthFormat),
		ms(n.CreatedAt), ms(n.UpdatedAt), n.Order, n.Version, n.Revision,
		series, number, n.Continues(), string(raw))
	if err != nil {
		return err
	}
	return t.saveUpdates(ctx, n)
}

// saveUpdates writes the entries that changed and removes those that are gone.
func (t *tx) saveUpdates(ctx context.Context, n *status.Incident) error {
	have, err := t.rawUpdates(ctx, n.ID)
	if err != nil {
		return err
	}
	for i, u := range n.Updates {
		raw, err := json.Marshal(u)
		if err != nil {
			return err
		}
		row := rawUpdate{id: u.ID, n: i, data: string(raw)}
		if have[u.ID] != row {
			_, err = t.exec(ctx, `INSERT INTO incident_updates (incident_id, id, n, data) VALUES (?, ?, ?, ?)
				ON CONFLICT (incident_id, id) DO UPDATE SET n = excluded.n, data = excluded.data`, n.ID, u.ID, i, row.data)
			if err != nil {
				return err
			}
		}
		delete(have, u.ID)
	}
	for id := range have {
		if _, err := t.exec(ctx, `DELETE FROM incident_updates WHERE incident_id = ? AND id = ?`, n.ID, id); err != nil {
			return err
		}
	}
	return nil
}

type rawUpdate struct {
	id   string
	n    int
	data string
}

func (t *tx) rawUpdates(ctx context.Context, incident string) (map[string]rawUpdate, error) {
	rows, err := t.query(ctx, `SELECT id, n, data FROM incident_updates WHERE incident_id = ?`, incident)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func(scan scanner) (u rawUpdate, err error) {
		err = scan(&u.id, &u.n, &u.data)
		return u, err
	})
	out := make(map[string]rawUpdate, len(list))
	for _, u := range list {
		out[u.id] = u
	}
	return out, err
}

// held are the components that open, published notices keep from being operational,
// leaving one notice out.
func (t *tx) held(ctx context.Context, except string) (map[string]bool, error) {
	rows, err := t.query(ctx, `SELECT i.id, u.data FROM incidents i JOIN incident_updates u ON u.incident_id = i.id
		WHERE i.is_open = TRUE AND i.draft = FALSE AND i.id <> ?`, except)
	if err != nil {
		return nil, err
	}
	type entry struct {
		notice string
		update status.Update
	}
	list, err := collect(rows, func(scan scanner) (e entry, err error) {
		var data string
		if err := scan(&e.notice, &data); err != nil {
			return e, err
		}
		return e, json.Unmarshal([]byte(data), &e.update)
	})
	notices := map[string]*status.Incident{}
	for _, e := range list {
		if notices[e.notice] == nil {
			notices[e.notice] = &status.Incident{}
		}
		notices[e.notice].Updates = append(notices[e.notice].Updates, e.update)
	}
	out := map[string]bool{}
	for _, n := range notices {
		for _, id := range n.Holding() {
			out[id] = true
		}
	}
	return out, err
}

// taken says whether there is a notice with this id.
func (t *tx) taken(ctx context.Context, id string) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM incidents WHERE id = ?`, id).Scan(&n)
	return n > 0, err
}

// ordersPerRevision is how many notices one write can add in order.
const ordersPerRevision = 1_000_000

// firstOrder is the source order of the first notice that this write adds. Revisions
// only rise, so later notices come after earlier ones.
func (t *tx) firstOrder() int64 { return t.revision * ordersPerRevision }
