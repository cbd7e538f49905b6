package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"allclear/status"
)

// Undo names the entry to take back. Version is the notice's that the writer saw, 0
// whatever is there. Unsent: an entry that was sent stays as it is, and the answer is a
// Fault; without it, such an entry leaves a tombstone.
type Undo struct {
	Incident, Update string
	Version          int64
	Unsent           bool
}

// UndoUpdate takes a later entry of a notice back, with everything that waits to be told
// of it. Whether something was sent is decided in the same transaction, against the
// workers: a message is either cancelled or counts as sent, never both.
func (s *Store) UndoUpdate(ctx context.Context, by By, u Undo) (Receipt, error) {
	return s.takeBack(ctx, by, u.Incident, u.Version, "undo", func(t *tx, n *status.Incident, site *status.Site) error {
		i := slices.IndexFunc(n.Updates, func(x status.Update) bool { return x.ID == u.Update })
		if i < 0 {
			return status.NotFound("incident update", u.Update)
		}
		sent, err := t.recall(ctx, n, n.Updates[i])
		if err != nil {
			return err
		}
		if sent && u.Unsent {
			return status.AlreadySent("incident_update")
		}
		return n.UndoUpdate(site, u.Update, sent)
	})
}

// Withdraw makes a published notice a draft again, as long as nothing of it was sent.
// What waits to be told of it is taken back.
func (s *Store) Withdraw(ctx context.Context, by By, id string, version int64) (Receipt, error) {
	return s.takeBack(ctx, by, id, version, "withdraw", func(t *tx, n *status.Incident, site *status.Site) error {
		sent, err := t.recall(ctx, n, n.Updates...)
		if err != nil {
			return err
		}
		t.touchPage()
		return n.Withdraw(site, sent)
	})
}

// takeBack is the frame of both.
func (s *Store) takeBack(ctx context.Context, by By, id string, version int64, verb string, undo func(*tx, *status.Incident, *status.Site) error) (Receipt, error) {
	return s.publish(ctx, by, "", id, func(t *tx) error {
		kind := status.Problem
		err := t.changeNotice(ctx, id, version, func(n *status.Incident, site *status.Site) error {
			kind = n.Kind
			return undo(t, n, site)
		})
		t.action = string(kind) + "." + verb
		return err
	})
}

// recall takes back what waits to be told of entries and says whether something of them
// was sent. The order matters where several nodes work: first the events, so that none is
// being expanded, then the messages, so that none is being claimed, then the look.
func (t *tx) recall(ctx context.Context, n *status.Incident, entries ...status.Update) (sent bool, err error) {
	own, err := t.tellings(ctx, entries)
	if err != nil {
		return false, err
	}
	if err := t.stopExpanding(ctx, n.ID, own); err != nil {
		return false, err
	}
	if err := t.cancelEvents(ctx, own); err != nil {
		return false, err
	}
	if _, err := t.exec(ctx, `UPDATE deliveries SET state = 'waiting' WHERE state = 'waiting' AND subject = ?`, n.ID); err != nil {
		return false, err
	}
	if sent, err = t.sent(ctx, n, entries, own); err != nil || !sent || own.known == 0 {
		return sent, err
	}
	// What waits must not show a text that is gone, even if it was tried with it before.
	_, err = t.exec(ctx, `UPDATE deliveries SET letter = '', told = 0 WHERE state = 'waiting' AND subject = ? AND told >= ?`, n.ID, own.since)
	return sent, err
}

// tellings are the events that tell of entries.
type tellings struct {
	ids   []string
	since int64     // revision of the earliest; what shows it may show the entry
	held  time.Time // end of the hold of those that wait for it; zero when none does
	known int       // how many of them are still on record
}

func (t *tx) tellings(ctx context.Context, entries []status.Update) (tellings, error) {
	var own tellings
	for i := range entries {
		own.ids = append(own.ids, entries[i].Told()...)
	}
	for part := range slices.Chunk(own.ids, batch) {
		rows, err := t.query(ctx, `SELECT revision, hold_until, expanded FROM events WHERE id IN (`+fifty+`)`, pad(part, batch)...)
		if err != nil {
			return own, err
		}
		_, err = collect(rows, func(scan scanner) (struct{}, error) {
			var revision, hold int64
			var expanded bool
			err := scan(&revision, &hold, &expanded)
			if own.known++; own.known == 1 || revision < own.since {
				own.since = revision
			}
			if until := at(hold); !expanded && until.After(t.now) && until.After(own.held) {
				own.held = until
			}
			return struct{}{}, err
		})
		if err != nil {
			return own, err
		}
	}
	return own, nil
}

// stopExpanding ends the entries' events, also for those who ask for the notice's newest,
// and locks its other ones: a message made from them now would show the entry.
func (t *tx) stopExpanding(ctx context.Context, incident string, own tellings) error {
	_, err := t.exec(ctx, `UPDATE events SET expanded = FALSE WHERE expanded = FALSE AND incident_id = ?`, incident)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(own.ids, batch) {
		if _, err := t.exec(ctx, `UPDATE events SET expanded = TRUE, notify = FALSE WHERE id IN (`+fifty+`)`, pad(part, batch)...); err != nil {
			return err
		}
	}
	return nil
}

// cancelEvents cancels the messages of events that no worker has; an older message that
// had given way to one of them waits again.
func (t *tx) cancelEvents(ctx context.Context, own tellings) error {
	for part := range slices.Chunk(own.ids, batch) {
		ids, now := pad(part, batch), ms(t.now)
		_, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', done_at = ?, answer = ? WHERE state = 'waiting' AND event_id IN (`+fifty+`)`,
			append([]any{now, "The update was taken back."}, ids...)...)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE deliveries SET state = 'waiting', done_at = 0, next_at = ? WHERE state = 'superseded' AND kind = 'notice'
			AND EXISTS (SELECT 1 FROM deliveries c WHERE c.subject = deliveries.subject AND c.subscriber_id = deliveries.subscriber_id
				AND c.state = 'cancelled' AND c.done_at = ? AND c.event_id IN (`+fifty+`))
			AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.subject = deliveries.subject AND o.subscriber_id = deliveries.subscriber_id
				AND (o.state = 'waiting' OR o.state = 'superseded' AND o.asked > deliveries.asked
					OR o.state IN ('sending', 'sent') AND (o.asked >= deliveries.asked OR o.told >= deliveries.asked)))`,
			append([]any{now, now}, ids...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// remembered is how long an entry's messages are surely on record. Later, one that was
// to be told counts as sent.
const remembered = 30 * 24 * time.Hour

// sent says whether something of the entries left the house: a message that a worker has
// taken up counts, since nobody can say what the other side got of it; so does one about
// another entry that shows these, or is being written now.
func (t *tx) sent(ctx context.Context, n *status.Incident, entries []status.Update, own tellings) (bool, error) {
	for i := range entries {
		u := &entries[i]
		forgotten := u.Trace == nil || own.known < len(own.ids) || t.now.Sub(u.CreatedAt) > remembered
		if imported := u.Trace == nil && n.Imported; u.Deleted || u.Notify && forgotten && !imported {
			return true, nil
		}
	}
	if own.known == 0 {
		return false, nil
	}
	for part := range slices.Chunk(own.ids, batch) {
		if taken, err := t.any(ctx, `SELECT 1 FROM deliveries WHERE attempts > 0 AND event_id IN (`+fifty+`) LIMIT 1`, pad(part, batch)...); taken || err != nil {
			return taken, err
		}
	}
	return t.any(ctx, `SELECT 1 FROM deliveries WHERE subject = ? AND attempts > 0
		AND (asked >= ? OR told >= ? OR told = 0 AND state = 'sending') LIMIT 1`, n.ID, own.since, own.since)
}

// any says whether a query finds a row.
func (t *tx) any(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := t.row(ctx, query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Reach says how far the word of a published notice has got.
type Reach struct {
	Entry string    // the newest one; "" when there is none
	First bool      // it is the notice itself
	Until time.Time // its messages wait until then; zero when none does
	Sent  bool      // something of it was sent
	Told  bool      // something of the notice was
}

// Reach reads how far the word of a notice has got.
func (s *Store) Reach(ctx context.Context, n *status.Incident) (r Reach, err error) {
	u := n.Latest()
	if u == nil || n.Draft {
		return Reach{}, nil
	}
	err = s.read(ctx, func(t *tx) error {
		entry := []status.Update{*u}
		own, err := t.tellings(ctx, entry)
		if err != nil {
			return err
		}
		r = Reach{Entry: u.ID, First: n.Opening(u.ID), Until: own.held}
		if r.Sent, err = t.sent(ctx, n, entry, own); err != nil || r.Sent {
			r.Told = r.Sent
			return err
		}
		r.Told, err = t.any(ctx, `SELECT 1 FROM deliveries WHERE subject = ? AND attempts > 0 LIMIT 1`, n.ID)
		return err
	})
	return r, err
}
