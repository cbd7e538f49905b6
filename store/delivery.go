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

const deliveryColumns = `id, kind, event_id, incident_id, subscriber_id, channel, state, attempts, next_at, first_at, created_at, done_at, ambiguous, answer, redelivery`

func scanDelivery(scan scanner) (status.Delivery, error) {
	var d status.Delivery
	var next, first, created, done int64
	err := scan(&d.ID, &d.Kind, &d.EventID, &d.IncidentID, &d.SubscriberID, &d.Channel, &d.State, &d.Attempts,
		&next, &first, &created, &done, &d.Ambiguous, &d.Answer, &d.Redelivery)
	d.NextAt, d.FirstAt, d.CreatedAt, d.DoneAt = at(next), since(first), at(created), since(done)
	return d, err
}

// Exchange is the workers' one door: it records what became of the deliveries in done
// and claims up to want new ones of the channel for the owner, until the lease ends, in
// one transaction – so that many workers share one commit. gone lists subscribers whose
// address or endpoint refuses for good. next is when the next message falls due, zero
// when none waits for its time.
func (s *Store) Exchange(ctx context.Context, channel status.Channel, owner string, lease time.Duration,
	done []status.Delivery, gone []string, want int) (claimed []status.Delivery, next time.Time, err error) {
	err = s.write(ctx, func(t *tx) error {
		claimed = nil
		for i := range done {
			record := t.record
			if done[i].Kind == status.CallMessage {
				record = t.recordCall
			}
			if err := record(ctx, &done[i], owner); err != nil {
				return fmt.Errorf("record delivery %s: %w", done[i].ID, err)
			}
		}
		for _, id := range gone {
			if err := t.suppress(ctx, id); err != nil {
				return err
			}
		}
		if want > 0 {
			var err error
			if claimed, err = t.claimAll(ctx, channel, owner, lease, want); err != nil {
				return err
			}
		}
		next, err = t.nextMessage(ctx, channel)
		return err
	})
	return claimed, next, err
}

// claimAll takes reminders to whoever is on duty first: they are few, and about minutes.
func (t *tx) claimAll(ctx context.Context, channel status.Channel, owner string, lease time.Duration, want int) ([]status.Delivery, error) {
	list, err := t.claimCalls(ctx, channel, owner, lease, want)
	if err != nil || len(list) == want {
		return list, err
	}
	more, err := t.claim(ctx, channel, owner, lease, want-len(list))
	return append(list, more...), err
}

// nextMessage is when the next message of either kind falls due that waits for its time.
func (t *tx) nextMessage(ctx context.Context, channel status.Channel) (time.Time, error) {
	next, err := t.nextDelivery(ctx, channel)
	if err != nil {
		return next, err
	}
	call, err := t.nextCall(ctx, channel)
	if !call.IsZero() && (next.IsZero() || call.Before(next)) {
		next = call
	}
	return next, err
}

func (t *tx) nextDelivery(ctx context.Context, channel status.Channel) (time.Time, error) {
	var when int64
	err := t.row(ctx, `SELECT next_at FROM deliveries WHERE channel = ? AND state = 'waiting' AND next_at > ? ORDER BY next_at LIMIT 1`,
		string(channel), ms(t.now)).Scan(&when)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at(when), err
}

// record saves the outcome of one attempt. What was sent counts as sent even if the
// lease was lost meanwhile: repeating it would help nobody.
func (t *tx) record(ctx context.Context, d *status.Delivery, owner string) error {
	if d.State == status.Sent {
		if err := t.recordSent(ctx, d); err != nil {
			return err
		}
		return nil
	}
	if d.Channel == status.Webhook && d.State != status.Withdrawn && d.Answer != "" {
		_, err := t.exec(ctx, `UPDATE subscribers SET failing_since = ? WHERE id = ? AND failing_since = 0`, ms(t.now), d.SubscriberID)
		if err != nil {
			return err
		}
	}
	if d.State == status.Waiting {
		return t.recordRetry(ctx, d, owner)
	}
	_, err := t.exec(ctx, `UPDATE deliveries SET state = ?, attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state = 'sending' AND lease_owner = ?`,
		string(d.State), d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID, owner)
	return err
}

func (t *tx) recordSent(ctx context.Context, d *status.Delivery) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'sent', attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state IN ('sending', 'waiting')`, d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID)
	if err != nil || d.Channel != status.Webhook {
		return err
	}
	_, err = t.exec(ctx, `UPDATE subscribers SET failing_since = 0 WHERE id = ? AND failing_since <> 0`, d.SubscriberID)
	return err
}

// recordRetry puts a message back, unless a newer one about the same waits already or
// its subscriber has left meanwhile.
func (t *tx) recordRetry(ctx context.Context, d *status.Delivery, owner string) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state = 'sending' AND lease_owner = ? AND kind = 'notice'
		AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.id = deliveries.subscriber_id AND s.state = 'active')`,
		d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID, owner)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE deliveries SET state = 'superseded', attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state = 'sending' AND lease_owner = ? AND EXISTS (SELECT 1 FROM deliveries w
			WHERE w.subject = deliveries.subject AND w.subscriber_id = deliveries.subscriber_id AND w.state = 'waiting')`,
		d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID, owner)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE deliveries SET state = 'waiting', attempts = ?, next_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state = 'sending' AND lease_owner = ?`,
		d.Attempts, ms(d.NextAt), d.Ambiguous, d.Answer, d.ID, owner)
	return err
}

const (
	dueDeliveries = `SELECT d.id FROM deliveries d WHERE d.channel = ? AND d.state = 'waiting' AND d.next_at <= ?
		AND NOT EXISTS (SELECT 1 FROM deliveries f WHERE f.subject = d.subject AND f.subscriber_id = d.subscriber_id AND f.state = 'sending')
		ORDER BY d.next_at, d.id LIMIT ?`
	dueDeliveriesShared = dueDeliveries + ` FOR UPDATE SKIP LOCKED`
)

// shared chooses the text by which many nodes share rows out among them.
func (d dialect) shared(one, many string) string {
	if d.postgres {
		return many
	}
	return one
}

// claim takes what is due, oldest first, and fixes what each message says if its letter
// is written already. While a message about the same is in flight to the same subscriber,
// the newer waits for its end.
func (t *tx) claim(ctx context.Context, channel status.Channel, owner string, lease time.Duration, want int) ([]status.Delivery, error) {
	rows, err := t.query(ctx, t.store.dialect.shared(dueDeliveries, dueDeliveriesShared), string(channel), ms(t.now), want)
	if err != nil {
		return nil, err
	}
	ids, err := collect(rows, text)
	if err != nil {
		return nil, err
	}
	var list []status.Delivery
	for _, id := range ids {
		d, err := scanDelivery(t.row(ctx, `UPDATE deliveries SET state = 'sending', lease_owner = ?, lease_until = ?, attempts = attempts + 1,
			first_at = CASE WHEN first_at = 0 THEN ? ELSE first_at END WHERE id = ? RETURNING `+deliveryColumns,
			owner, ms(t.now.Add(lease)), ms(t.now), id).Scan)
		if err != nil {
			return nil, err
		}
		if err := t.reuseLetter(ctx, id); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// reuseLetter fixes what a message says when somebody else's copy was rendered before.
func (t *tx) reuseLetter(ctx context.Context, delivery string) error {
	key, err := t.letterOf(ctx, delivery)
	if err != nil || key != "" {
		return err
	}
	key, revision, err := t.letterKey(ctx, delivery)
	if err != nil || key == "" {
		return err
	}
	_, err = t.exec(ctx, `UPDATE deliveries SET letter = ?, told = ? WHERE id = ? AND EXISTS (SELECT 1 FROM letters WHERE letters.id = ?)`,
		key, revision, delivery, key)
	return err
}

// letterOf is the key of the letter that a message is bound to, "" when it is bound to
// none that was saved: a crash between the two leaves it free.
func (t *tx) letterOf(ctx context.Context, delivery string) (string, error) {
	var key string
	err := t.row(ctx, `SELECT l.id FROM deliveries d JOIN letters l ON l.id = d.letter WHERE d.id = ?`, delivery).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return key, err
}

// letterKey names what the message would say now: equal keys, equal texts.
func (t *tx) letterKey(ctx context.Context, delivery string) (key string, revision int64, err error) {
	var kind status.DeliveryKind
	var channel status.Channel
	var subject, event, locale, format, kindOfEvent string
	err = t.row(ctx, `SELECT d.kind, d.channel, d.subject, d.event_id, s.locale, s.format, COALESCE(e.type, '')
		FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id LEFT JOIN events e ON e.id = d.event_id WHERE d.id = ?`, delivery).
		Scan(&kind, &channel, &subject, &event, &locale, &format, &kindOfEvent)
	if err != nil {
		return "", 0, err
	}
	if err := t.loadSite(ctx); err != nil {
		return "", 0, err
	}
	revision = t.site.revision
	switch {
	case kind != status.NoticeMessage:
		return delivery, revision, nil
	case channel == status.Webhook:
		return fmt.Sprintf("%s/%s/%d", event, format, revision), revision, nil
	}
	return fmt.Sprintf("%s/%s/%s/%d", subject, kindOfEvent, locale, revision), revision, nil
}

// LetterOf is the key of what the message says, "" as long as that is not fixed.
func (s *Store) LetterOf(ctx context.Context, delivery string) (key string, err error) {
	err = s.read(ctx, func(t *tx) error {
		key, err = t.letterOf(ctx, delivery)
		return err
	})
	return key, err
}

// Letter reads a letter by its key.
func (s *Store) Letter(ctx context.Context, key string) (data []byte, err error) {
	err = s.read(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT data FROM letters WHERE id = ?`, key).Scan(&data)
	})
	return data, err
}

// FixLetter saves a letter and binds the message to it for good.
func (s *Store) FixLetter(ctx context.Context, delivery, key string, revision int64, data []byte) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO letters (id, created_at, data) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`, key, ms(t.now), string(data))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE deliveries SET letter = ?, told = ? WHERE id = ?`, key, revision, delivery)
		return err
	})
}

// News reads, at one revision, what a message is to be written from: the page, the notice
// if it is about one, and the event; key names the letter. A notice that is gone is a
// Fault not_found.
func (s *Store) News(ctx context.Context, delivery string) (key string, v status.View, err error) {
	err = s.read(ctx, func(t *tx) error {
		var d status.Delivery
		if d, err = scanDelivery(t.row(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE id = ?`, delivery).Scan); err != nil {
			return err
		}
		if key, _, err = t.letterKey(ctx, delivery); err != nil {
			return err
		}
		v, err = t.news(ctx, &d)
		return err
	})
	return key, v, err
}

func (t *tx) news(ctx context.Context, d *status.Delivery) (status.View, error) {
	components, err := t.components(ctx)
	if err != nil {
		return status.View{}, err
	}
	var notices []status.Incident
	if d.IncidentID != "" {
		n, err := t.incident(ctx, d.IncidentID)
		if err != nil {
			return status.View{}, err
		}
		if n.Draft {
			return status.View{}, status.NotFound("incident", d.IncidentID)
		}
		notices = append(notices, n)
	}
	v := status.ViewOf(t.site.page, components, notices)
	v.Epoch, v.Revision, v.At = t.site.epoch, t.site.revision, t.site.moment
	if d.EventID != "" {
		e, err := t.event(ctx, d)
		if err != nil {
			return status.View{}, err
		}
		v.Events = []status.Event{e}
	}
	return v, nil
}

// event is what a message tells: its own event, at the place in the sequence up to which
// it tells – or the one that ended the notice meanwhile.
func (t *tx) event(ctx context.Context, d *status.Delivery) (status.Event, error) {
	own, err := scanEvent(t.row(ctx, `SELECT data FROM events WHERE id = ?`, d.EventID).Scan)
	if err != nil || d.IncidentID == "" {
		return own, err
	}
	newest, err := scanEvent(t.row(ctx,
		`SELECT data FROM events WHERE incident_id = ? AND notify = TRUE ORDER BY revision DESC, seq DESC LIMIT 1`, d.IncidentID).Scan)
	if err != nil || newest.Type.Ends() {
		return newest, err
	}
	own.Sequence, own.UpdateID = newest.Sequence, newest.UpdateID
	return own, nil
}

func scanEvent(scan scanner) (status.Event, error) {
	var e status.Event
	var raw string
	if err := scan(&raw); err != nil {
		return e, err
	}
	err := json.Unmarshal([]byte(raw), &e)
	return e, err
}
