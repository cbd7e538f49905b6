package store

import (
	"context"
	"time"

	"allclear/status"
)

// MailOwnData queues the mail with the link to a subscriber's own data, unless one was
// queued after the given time already.
func (s *Store) MailOwnData(ctx context.Context, id string, after time.Time) error {
	return s.write(ctx, func(t *tx) error {
		var newer int
		err := t.row(ctx, `SELECT COUNT(*) FROM deliveries WHERE subscriber_id = ? AND kind = 'own_data' AND created_at > ?`, id, ms(after)).Scan(&newer)
		if err != nil || newer > 0 {
			return err
		}
		return t.addDelivery(ctx, status.Delivery{Kind: status.OwnDataMessage, SubscriberID: id, Channel: status.Email}, "", 0)
	})
}

// ToldTo lists all messages to a subscriber that are kept, the oldest first.
func (s *Store) ToldTo(ctx context.Context, subscriber string) ([]status.Delivery, error) {
	var out []status.Delivery
	err := s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE subscriber_id = ? ORDER BY created_at, id`, subscriber)
		if err != nil {
			return err
		}
		out, err = collect(rows, scanDelivery)
		return err
	})
	return out, err
}

// EraseSubscriber forgets a subscription wholly: its choices, its consent, its messages and
// how often its mailbox was asked.
func (s *Store) EraseSubscriber(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM askings WHERE mailbox IN (SELECT mailbox FROM subscribers WHERE id = ?)`, id); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM subscribers WHERE id = ?`, id)
		return err
	})
}
