package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"allclear/status"
)

// otherNode is when to look again at an event that another node is expanding.
const otherNode = 250 * time.Millisecond

// due is an event that must be told and has not been expanded wholly.
type due struct {
	status.Event
	cursor string // last subscriber looked at
}

// subject is what the event's messages replace each other about.
func (d *due) subject() string {
	if d.IncidentID != "" {
		return d.IncidentID
	}
	return d.ComponentID
}

// ExpandEvents turns the oldest event that must be told into deliveries, for at most
// limit subscribers, and remembers how far it came. One call is one transaction, so a
// crash between two of them loses nothing. next is when there is more to do: now or
// earlier when more is due, zero when no event waits.
func (s *Store) ExpandEvents(ctx context.Context, limit int) (made int, next time.Time, err error) {
	err = s.write(ctx, func(t *tx) error {
		made = 0
		e, err := t.dueEvent(ctx)
		if err != nil {
			return err
		}
		if e != nil {
			if made, err = t.expand(ctx, e, limit); err != nil {
				return fmt.Errorf("expand event %s: %w", e.ID, err)
			}
		}
		next, err = t.nextEvent(ctx)
		if e == nil && !next.IsZero() && !next.After(t.now) {
			next = t.now.Add(otherNode)
		}
		return err
	})
	return made, next, err
}

const (
	oldestEvent       = `SELECT data, cursor, revision FROM events WHERE expanded = FALSE AND notify = TRUE AND hold_until <= ? ORDER BY revision, seq LIMIT 1`
	oldestEventShared = oldestEvent + ` FOR UPDATE SKIP LOCKED`
)

// dueEvent claims the oldest event whose hold is over: events of one notice must be
// expanded in the order in which they happened.
func (t *tx) dueEvent(ctx context.Context) (*due, error) {
	var e due
	var raw string
	var revision int64
	err := t.row(ctx, t.store.dialect.shared(oldestEvent, oldestEventShared), ms(t.now)).Scan(&raw, &e.cursor, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(raw), &e.Event); err != nil {
		return nil, fmt.Errorf("read an event: %w", err)
	}
	e.Revision = revision
	return &e, nil
}

func (t *tx) nextEvent(ctx context.Context) (time.Time, error) {
	var hold sql.NullInt64
	err := t.row(ctx, `SELECT MIN(hold_until) FROM events WHERE expanded = FALSE AND notify = TRUE`).Scan(&hold)
	if err != nil || !hold.Valid {
		return time.Time{}, err
	}
	return at(hold.Int64), nil
}

func (t *tx) expand(ctx context.Context, e *due, limit int) (int, error) {
	notice, err := t.noticeOf(ctx, e)
	if err != nil {
		return 0, err
	}
	groupOf, err := t.groups(ctx)
	if err != nil {
		return 0, err
	}
	chunk, err := t.chunk(ctx, e, limit)
	if err != nil {
		return 0, err
	}
	past, err := t.past(ctx, e, chunk)
	if err != nil {
		return 0, err
	}
	made := 0
	for i := range chunk {
		sub := &chunk[i]
		p := past[sub.ID]
		if p.newer || !sub.Wants(e.Event, notice, groupOf, p.told, t.now) {
			continue
		}
		if err := t.addNotice(ctx, e, sub, p.waiting); err != nil {
			return made, err
		}
		made++
	}
	cursor := e.cursor
	if len(chunk) > 0 {
		cursor = chunk[len(chunk)-1].ID
	}
	_, err = t.exec(ctx, `UPDATE events SET cursor = ?, expanded = ? WHERE id = ?`, cursor, len(chunk) < limit, e.ID)
	return made, err
}

// noticeOf loads the notice that the event is about, nil when it is gone or the event is
// about a component.
func (t *tx) noticeOf(ctx context.Context, e *due) (*status.Incident, error) {
	if e.IncidentID == "" {
		return nil, nil
	}
	n, err := t.incident(ctx, e.IncidentID)
	if status.FaultCode(err) == status.CodeNotFound {
		return nil, nil
	}
	if err != nil || n.Draft {
		return nil, err
	}
	return &n, nil
}

// chunk reads the next subscribers who were there when the event happened. Mail is
// never about a component alone.
func (t *tx) chunk(ctx context.Context, e *due, limit int) ([]status.Subscriber, error) {
	mail := e.IncidentID != ""
	rows, err := t.query(ctx, `SELECT `+subscriberColumns+` FROM subscribers
		WHERE state = 'active' AND id > ? AND confirmed_at <= ? AND (channel = 'webhook' OR ?) ORDER BY id LIMIT ?`,
		e.cursor, ms(e.At), mail, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanSubscriber)
}

// past is what a subscriber was told or is about to be told of a subject.
type past struct {
	told    bool   // something was sent, or will be
	newer   bool   // it shows this event's revision already, or a newer event's
	waiting string // id of the delivery that waits
}

func (t *tx) past(ctx context.Context, e *due, chunk []status.Subscriber) (map[string]past, error) {
	all := map[string]past{}
	if len(chunk) == 0 {
		return all, nil
	}
	rows, err := t.query(ctx, `SELECT id, subscriber_id, state, asked, told FROM deliveries
		WHERE subject = ? AND subscriber_id >= ? AND subscriber_id <= ? AND state IN ('waiting', 'sending', 'sent')`,
		e.subject(), chunk[0].ID, chunk[len(chunk)-1].ID)
	if err != nil {
		return nil, err
	}
	_, err = collect(rows, func(scan scanner) (struct{}, error) {
		var id, subscriber string
		var state status.DeliveryState
		var asked, told int64
		if err := scan(&id, &subscriber, &state, &asked, &told); err != nil {
			return struct{}{}, err
		}
		p := all[subscriber]
		p.told = true
		p.newer = p.newer || asked >= e.Revision || told >= e.Revision
		if state == status.Waiting {
			p.waiting = id
		}
		all[subscriber] = p
		return struct{}{}, nil
	})
	return all, err
}

// addNotice queues the message; an older one about the same that still waits gives way.
func (t *tx) addNotice(ctx context.Context, e *due, sub *status.Subscriber, waiting string) error {
	if waiting != "" {
		_, err := t.exec(ctx, `UPDATE deliveries SET state = 'superseded', done_at = ? WHERE id = ? AND state = 'waiting'`, ms(t.now), waiting)
		if err != nil {
			return err
		}
	}
	return t.addDelivery(ctx, status.Delivery{
		Kind: status.NoticeMessage, EventID: e.ID, IncidentID: e.IncidentID, SubscriberID: sub.ID, Channel: sub.Channel,
	}, e.subject(), e.Revision)
}

// addDelivery queues a message; without a subject it replaces nothing.
func (t *tx) addDelivery(ctx context.Context, d status.Delivery, subject string, asked int64) error {
	d.ID = status.NewID()
	if subject == "" {
		subject = d.ID
	}
	_, err := t.exec(ctx, `INSERT INTO deliveries (id, kind, event_id, incident_id, subject, subscriber_id, channel, state, asked, next_at, created_at, ambiguous)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, FALSE) ON CONFLICT DO NOTHING`,
		d.ID, string(d.Kind), d.EventID, d.IncidentID, subject, d.SubscriberID, string(d.Channel), asked, ms(t.now), ms(t.now))
	return err
}

// cancelNotice takes back what waits to be told of a notice that is being removed.
func (t *tx) cancelNotice(ctx context.Context, incident string) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', done_at = ?, answer = ? WHERE subject = ? AND state = 'waiting'`,
		ms(t.now), "The notice was withdrawn.", incident)
	return err
}

// DisableFailing switches off webhooks that have failed since before the given time
// without one success, and tells their owners. It returns how many.
func (s *Store) DisableFailing(ctx context.Context, before time.Time) (int, error) {
	n := 0
	err := s.write(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT id FROM subscribers WHERE state = 'active' AND channel = 'webhook' AND failing_since > 0 AND failing_since <= ?`, ms(before))
		if err != nil {
			return err
		}
		ids, err := collect(rows, text)
		if err != nil {
			return err
		}
		n = len(ids)
		for _, id := range ids {
			if err := t.suppress(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
