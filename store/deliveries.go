package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
)

// Message is one delivery with whom it is for.
type Message struct {
	status.Delivery
	Address, Endpoint string
	Subscription      status.SubscriberState
}

// Recipient is whom the message is for: in full, or so that only who knows the address
// recognises it.
func (m *Message) Recipient(full bool) string {
	switch {
	case m.Channel == status.Webhook && full:
		return m.Endpoint
	case m.Channel == status.Webhook:
		return status.VeilEndpoint(m.Endpoint)
	case full:
		return m.Address
	}
	return status.VeilAddress(m.Address)
}

// MessageFilter chooses among the messages of a notice; what is empty does not count.
type MessageFilter struct {
	Incident, Event string
	State           status.DeliveryState
	After           string // cursor of the page before
	Limit           int
}

const messageColumns = `d.id, d.kind, d.event_id, d.incident_id, d.subscriber_id, d.channel, d.state, d.attempts, d.next_at, d.first_at, d.created_at,
	d.done_at, d.ambiguous, d.answer, d.redelivery, s.address, s.endpoint, s.state`

func scanMessage(scan scanner) (m Message, err error) {
	m.Delivery, err = scanDelivery(func(dest ...any) error {
		return scan(append(dest, &m.Address, &m.Endpoint, &m.Subscription)...)
	})
	return m, err
}

// spot is where a list of messages goes on: behind a message of a cell.
type spot struct {
	cell
	next int64
	id   string
}

// String is the spot as a cursor.
func (p spot) String() string {
	return strings.Join([]string{p.event, string(p.channel), string(p.state), strconv.FormatInt(p.next, 10), p.id}, "~")
}

func parseSpot(cursor string) (p spot, err error) {
	parts := strings.Split(cursor, "~")
	if len(parts) == 5 {
		p.event, p.channel, p.state, p.id = parts[0], status.Channel(parts[1]), status.DeliveryState(parts[2]), parts[4]
		p.next, err = strconv.ParseInt(parts[3], 10, 64)
	}
	if len(parts) != 5 || err != nil {
		return p, status.Invalid("after", "This is not a place in the list; begin without it.")
	}
	return p, nil
}

// Messages lists the messages of a notice: what failed first, then what is open, then what
// arrived, each by the time of its next or last attempt. next is the cursor of the
// following page, "" on the last. Every page is read from its own stretch of the index.
func (s *Store) Messages(ctx context.Context, f MessageFilter) (list []Message, next string, err error) {
	from := spot{}
	if f.After != "" {
		if from, err = parseSpot(f.After); err != nil {
			return nil, "", err
		}
	}
	err = s.read(ctx, func(t *tx) error {
		list, next = nil, ""
		cells, err := t.cells(ctx, f.Incident)
		if err != nil {
			return err
		}
		begun := f.After == ""
		for _, c := range f.choose(cells) {
			p := spot{cell: c}
			if !begun {
				if c.rank() < from.rank() {
					continue
				}
				begun = true
				if c.rank() == from.rank() {
					p.next, p.id = from.next, from.id
				}
			}
			more, err := t.messagesAfter(ctx, f.Incident, p, f.Limit+1-len(list))
			if err != nil {
				return err
			}
			list = append(list, more...)
			if len(list) > f.Limit {
				break
			}
		}
		if len(list) > f.Limit {
			list = list[:f.Limit]
			next = spotOf(&list[f.Limit-1]).String()
		}
		return nil
	})
	return list, next, err
}

// choose keeps the cells that the filter asks for, in the order of the list.
func (f MessageFilter) choose(cells []cell) []cell {
	cells = slices.DeleteFunc(cells, func(c cell) bool {
		return f.Event != "" && c.event != f.Event || f.State != "" && c.state != f.State
	})
	slices.SortFunc(cells, func(a, b cell) int { return strings.Compare(a.rank(), b.rank()) })
	return cells
}

// rank sorts cells: by state, the most pressing first, then by event and channel.
func (c cell) rank() string {
	order := []status.DeliveryState{status.Failed, status.Waiting, status.Sending, status.Sent, status.Withdrawn, status.Superseded}
	return strconv.Itoa(slices.Index(order, c.state)+1) + c.event + string(c.channel)
}

func spotOf(m *Message) spot {
	return spot{cell: cell{event: m.EventID, channel: m.Channel, state: m.State}, next: ms(m.NextAt), id: m.ID}
}

func (t *tx) messagesAfter(ctx context.Context, incident string, p spot, limit int) ([]Message, error) {
	rows, err := t.query(ctx, `SELECT `+messageColumns+` FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
		WHERE d.subject = ? AND d.event_id = ? AND d.channel = ? AND d.state = ? AND (d.next_at, d.id) > (?, ?)
		ORDER BY d.next_at, d.id LIMIT ?`, incident, p.event, string(p.channel), string(p.state), p.next, p.id, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanMessage)
}

// Message reads one message about a notice.
func (s *Store) Message(ctx context.Context, incident, id string) (m Message, err error) {
	err = s.read(ctx, func(t *tx) error {
		m, err = t.message(ctx, incident, id)
		return err
	})
	return m, err
}

func (t *tx) message(ctx context.Context, incident, id string) (Message, error) {
	m, err := scanMessage(t.row(ctx, `SELECT `+messageColumns+` FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
		WHERE d.id = ? AND d.kind = 'notice'`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) || err == nil && incident != "" && m.IncidentID != incident {
		return Message{}, status.NotFound("delivery", id)
	}
	return m, err
}

// RetryMessage lets one message leave now, whenever its next attempt was to be. One that
// was given up, or a webhook that arrived, is sent again and marked so. incident "" is any.
func (s *Store) RetryMessage(ctx context.Context, by By, incident, id string) (m Message, err error) {
	err = s.write(ctx, func(t *tx) error {
		if m, err = t.message(ctx, incident, id); err != nil {
			return err
		}
		if by.Once != nil {
			if _, used, err := t.used(ctx, *by.Once); used || err != nil {
				return err
			}
			if err := t.remember(ctx, *by.Once, id); err != nil {
				return err
			}
		}
		if err := t.retriable(ctx, &m); err != nil {
			return err
		}
		if err := t.retry(ctx, id); err != nil {
			return err
		}
		if err := t.audit(ctx, by.Actor, "delivery.retry", m.IncidentID, id); err != nil {
			return err
		}
		m, err = t.message(ctx, incident, id)
		return err
	})
	return m, err
}

// retriable refuses what cannot or should not be sent again.
func (t *tx) retriable(ctx context.Context, m *Message) error {
	if err := m.MayRetry(); err != nil {
		return err
	}
	if m.Subscription != status.Active {
		return status.NewFault(status.CodeConflict, "", "This subscription has ended; nothing more is sent to it.")
	}
	if m.State == status.Waiting {
		return nil
	}
	newer, err := t.any(ctx, `SELECT 1 FROM deliveries w WHERE w.subject = ? AND w.subscriber_id = ? AND w.state = 'waiting' LIMIT 1`, m.IncidentID, m.SubscriberID)
	if newer {
		return status.NewFault(status.CodeConflict, "", "A newer message about this already waits for the same recipient.")
	}
	return err
}

// retry puts a message back into the queue. Its attempts go on counting: whoever asks
// whether it was tried must not be told that it was not.
func (t *tx) retry(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET redelivery = (redelivery OR state <> 'waiting'), state = 'waiting', next_at = ?,
		first_at = 0, done_at = 0, lease_owner = '' WHERE id = ? AND state IN ('failed', 'sent', 'waiting')`, ms(t.now), id)
	return err
}

// retryChunk is how many messages one transaction of RetryFailed puts back.
const retryChunk = 500

// RetryFailed sends again what failed of a notice and can still be of use: the newest
// message to whom nothing newer was sent or waits. event "" is any. One call is one transaction for some
// of them; more says whether to call again, with after as it was returned.
func (s *Store) RetryFailed(ctx context.Context, by By, incident, event, after string) (n int, next string, err error) {
	list, next, err := s.Messages(ctx, MessageFilter{Incident: incident, Event: event, State: status.Failed, After: after, Limit: retryChunk})
	if err != nil || len(list) == 0 {
		return 0, "", err
	}
	err = s.write(ctx, func(t *tx) error {
		n = 0
		for i := range list {
			done, err := t.exec(ctx, `UPDATE deliveries SET redelivery = TRUE, state = 'waiting', next_at = ?, first_at = 0, done_at = 0, lease_owner = ''
				WHERE id = ? AND state = 'failed'
				AND EXISTS (SELECT 1 FROM subscribers s WHERE s.id = deliveries.subscriber_id AND s.state = 'active')
				AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.subject = deliveries.subject AND o.subscriber_id = deliveries.subscriber_id
					AND o.id <> deliveries.id AND (o.state = 'waiting' OR o.state IN ('sending', 'sent', 'failed') AND o.asked > deliveries.asked))`,
				ms(t.now), list[i].ID)
			if err != nil {
				return err
			}
			n += int(done)
		}
		if n == 0 {
			return nil
		}
		return t.audit(ctx, by.Actor, "delivery.retry", incident, strconv.Itoa(n))
	})
	return n, next, err
}

// SuppressRecipient ends the subscription behind a message: nothing more is sent to an
// address or endpoint that cannot be reached.
func (s *Store) SuppressRecipient(ctx context.Context, by By, incident, id string) error {
	return s.write(ctx, func(t *tx) error {
		m, err := t.message(ctx, incident, id)
		if err != nil {
			return err
		}
		if err := t.suppress(ctx, m.SubscriberID); err != nil {
			return err
		}
		return t.audit(ctx, by.Actor, "subscriber.suppress", m.SubscriberID, "")
	})
}

// SilencedHooks lists the webhooks that were switched off after a time because their
// endpoints failed, newest first.
func (s *Store) SilencedHooks(ctx context.Context, after time.Time) (list []status.Subscriber, err error) {
	err = s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE state = 'suppressed' AND channel = 'webhook' AND ended_at > ?
			ORDER BY ended_at DESC LIMIT 50`, ms(after))
		if err != nil {
			return err
		}
		list, err = collect(rows, scanSubscriber)
		return err
	})
	return list, err
}
