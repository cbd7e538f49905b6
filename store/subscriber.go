package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"allclear/status"
)

const subscriberColumns = `id, channel, address, endpoint, format, state, locale, scope, generation, secrets, consent, created_at, confirmed_at, ended_at`

// wish is what the owner of an active subscription asked for anew, until confirmed.
type wish struct {
	Scope  status.Scope `json:"scope"`
	Locale string       `json:"locale"`
}

// identity is what there is one subscription of. People write the same address in
// different cases, so case does not count.
func identity(s *status.Subscriber) string {
	return strings.ToLower(string(s.Channel) + " " + s.Address + " " + s.Endpoint)
}

// Subscriber reads one subscription in any state; its secrets are encrypted.
func (s *Store) Subscriber(ctx context.Context, id string) (status.Subscriber, error) {
	var out status.Subscriber
	err := s.read(ctx, func(t *tx) error {
		var err error
		out, err = t.subscriber(ctx, id)
		return err
	})
	return out, err
}

func (t *tx) subscriber(ctx context.Context, id string) (status.Subscriber, error) {
	sub, err := scanSubscriber(t.row(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return sub, status.NotFound("subscription", id)
	}
	return sub, err
}

func scanSubscriber(scan scanner) (status.Subscriber, error) {
	var s status.Subscriber
	var scope, secrets, consent string
	var created, confirmed, ended int64
	err := scan(&s.ID, &s.Channel, &s.Address, &s.Endpoint, &s.Format, &s.State, &s.Locale, &scope, &s.Generation,
		&secrets, &consent, &created, &confirmed, &ended)
	if err != nil {
		return s, err
	}
	s.CreatedAt, s.ConfirmedAt, s.EndedAt = at(created), since(confirmed), since(ended)
	err = errors.Join(json.Unmarshal([]byte(scope), &s.Scope), json.Unmarshal([]byte(secrets), &s.Secrets), json.Unmarshal([]byte(consent), &s.Consent))
	if err != nil {
		return s, fmt.Errorf("read subscription %s: %w", s.ID, err)
	}
	return s, nil
}

// since is a time that may be missing: 0 in the database, nil in the program.
func since(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := at(ms)
	return &t
}

func sinceMS(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return ms(*t)
}

// AskSubscriber looks for the subscription that ask is about, shows decide what there is
// (nil when there is none) and how many confirmations its mailbox got since it last
// confirmed, and does what decide says: write ask, or keep its choices aside as a wish of
// the active one, and send one confirmation. All of it is one transaction.
func (s *Store) AskSubscriber(ctx context.Context, ask status.Subscriber, mailbox string,
	decide func(have *status.Subscriber, sent int, last time.Time) (save status.Subscriber, write, wish, mail bool)) error {
	do := func(t *tx) error {
		have, err := t.sameSubscriber(ctx, &ask)
		if err != nil {
			return err
		}
		sent, last, err := t.askings(ctx, mailbox)
		if err != nil {
			return err
		}
		save, write, wished, mail := decide(have, sent, last)
		if write {
			err = t.putSubscriber(ctx, &save, mailbox)
		}
		if wished {
			err = t.putWish(ctx, &save)
		}
		if err != nil || !mail {
			return err
		}
		return t.addConfirmation(ctx, save.ID, mailbox, sent+1)
	}
	err := s.write(ctx, do)
	if isUnique(err) { // another node was asked for the same address at the same moment
		err = s.write(ctx, do)
	}
	return err
}

func (t *tx) sameSubscriber(ctx context.Context, ask *status.Subscriber) (*status.Subscriber, error) {
	have, err := scanSubscriber(t.row(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE identity = ?`, identity(ask)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &have, err
}

func (t *tx) askings(ctx context.Context, mailbox string) (sent int, last time.Time, err error) {
	var lastMS int64
	err = t.row(ctx, `SELECT sent, last_at FROM askings WHERE mailbox = ?`, mailbox).Scan(&sent, &lastMS)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	return sent, at(lastMS), err
}

// addConfirmation queues the one mail that a request causes, and counts it.
func (t *tx) addConfirmation(ctx context.Context, subscriber, mailbox string, sent int) error {
	_, err := t.exec(ctx, `INSERT INTO askings (mailbox, sent, last_at) VALUES (?, ?, ?)
		ON CONFLICT (mailbox) DO UPDATE SET sent = excluded.sent, last_at = excluded.last_at`, mailbox, sent, ms(t.now))
	if err != nil {
		return err
	}
	if _, err = t.exec(ctx, `UPDATE subscribers SET asked_at = ? WHERE id = ?`, ms(t.now), subscriber); err != nil {
		return err
	}
	return t.addDelivery(ctx, status.Delivery{Kind: status.ConfirmMessage, SubscriberID: subscriber, Channel: status.Email}, "", 0)
}

// putSubscriber inserts the subscription or replaces the one with its id.
func (t *tx) putSubscriber(ctx context.Context, s *status.Subscriber, mailbox string) error {
	scope, secrets, consent, err := subscriberJSON(s)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO subscribers (id, identity, channel, address, endpoint, format, state, locale, scope, generation,
			secrets, consent, mailbox, asked_at, created_at, confirmed_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET format = excluded.format, state = excluded.state, locale = excluded.locale,
			scope = excluded.scope, wish = '', generation = excluded.generation, secrets = excluded.secrets,
			consent = excluded.consent, failing_since = 0, confirmed_at = excluded.confirmed_at, ended_at = excluded.ended_at`,
		s.ID, identity(s), string(s.Channel), s.Address, s.Endpoint, s.Format, string(s.State), s.Locale, scope, s.Generation,
		secrets, consent, mailbox, ms(t.now), ms(s.CreatedAt), sinceMS(s.ConfirmedAt), sinceMS(s.EndedAt))
	return err
}

func subscriberJSON(s *status.Subscriber) (scope, secrets, consent string, err error) {
	parts := make([]string, 3)
	for i, v := range []any{s.Scope, s.Secrets, s.Consent} {
		raw, err := json.Marshal(v)
		if err != nil {
			return "", "", "", err
		}
		parts[i] = string(raw)
	}
	return parts[0], parts[1], parts[2], nil
}

func (t *tx) putWish(ctx context.Context, s *status.Subscriber) error {
	raw, err := json.Marshal(wish{Scope: s.Scope, Locale: s.Locale})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE subscribers SET wish = ? WHERE id = ?`, string(raw), s.ID)
	return err
}

// EditSubscriber is the door to one subscription: it loads, lets change act and saves.
// A subscription that is no longer active after it has nothing left to be sent: its
// queued messages are cancelled in the same transaction.
func (s *Store) EditSubscriber(ctx context.Context, id string, change func(*status.Subscriber) error) (status.Subscriber, error) {
	return s.editSubscriber(ctx, id, func(sub, _ *status.Subscriber) error { return change(sub) }, false)
}

// ConfirmSubscriber is EditSubscriber for the owner's confirmation: wish holds the
// choices that wait for it, nil when there are none. Afterwards nothing waits any more,
// and the mailbox may be asked again.
func (s *Store) ConfirmSubscriber(ctx context.Context, id string, change func(sub, wish *status.Subscriber) error) (status.Subscriber, error) {
	return s.editSubscriber(ctx, id, change, true)
}

func (s *Store) editSubscriber(ctx context.Context, id string, change func(sub, wish *status.Subscriber) error, confirm bool) (status.Subscriber, error) {
	var out status.Subscriber
	err := s.write(ctx, func(t *tx) error {
		sub, err := t.subscriber(ctx, id)
		if err != nil {
			return err
		}
		wished, mailbox, err := t.wish(ctx, id)
		if err != nil {
			return err
		}
		if err := change(&sub, wished); err != nil {
			return err
		}
		out = sub
		return t.saveSubscriber(ctx, &sub, mailbox, confirm)
	})
	return out, err
}

func (t *tx) wish(ctx context.Context, id string) (*status.Subscriber, string, error) {
	var raw, mailbox string
	if err := t.row(ctx, `SELECT wish, mailbox FROM subscribers WHERE id = ?`, id).Scan(&raw, &mailbox); err != nil || raw == "" {
		return nil, mailbox, err
	}
	var w wish
	if err := json.Unmarshal([]byte(raw), &w); err != nil {
		return nil, "", fmt.Errorf("read the wish of subscription %s: %w", id, err)
	}
	return &status.Subscriber{Scope: w.Scope, Locale: w.Locale}, mailbox, nil
}

func (t *tx) saveSubscriber(ctx context.Context, s *status.Subscriber, mailbox string, confirm bool) error {
	scope, secrets, consent, err := subscriberJSON(s)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE subscribers SET state = ?, locale = ?, scope = ?, generation = ?, secrets = ?, consent = ?,
		format = ?, confirmed_at = ?, ended_at = ? WHERE id = ?`,
		string(s.State), s.Locale, scope, s.Generation, secrets, consent, s.Format, sinceMS(s.ConfirmedAt), sinceMS(s.EndedAt), s.ID)
	if err != nil {
		return err
	}
	if confirm {
		if _, err := t.exec(ctx, `UPDATE subscribers SET wish = '' WHERE id = ?`, s.ID); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM askings WHERE mailbox = ?`, mailbox)
		return err
	}
	if s.State == status.Ended || s.State == status.Suppressed {
		return t.cancelFor(ctx, s.ID)
	}
	return nil
}

// cancelFor takes back everything that still waits for a subscriber.
func (t *tx) cancelFor(ctx context.Context, subscriber string) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', done_at = ?, answer = CASE WHEN answer = '' THEN ? ELSE answer END
		WHERE subscriber_id = ? AND state = 'waiting'`, ms(t.now), "The subscription has ended.", subscriber)
	return err
}

// suppress ends a subscription whose address or endpoint refuses for good. The owner of
// a webhook can be told by mail, and is.
func (t *tx) suppress(ctx context.Context, subscriber string) error {
	n, err := t.exec(ctx, `UPDATE subscribers SET state = 'suppressed', ended_at = ? WHERE id = ? AND state IN ('active', 'pending')`, ms(t.now), subscriber)
	if err != nil || n == 0 {
		return err
	}
	if err := t.cancelFor(ctx, subscriber); err != nil {
		return err
	}
	sub, err := t.subscriber(ctx, subscriber)
	if err != nil || sub.Channel != status.Webhook || sub.Address == "" {
		return err
	}
	return t.addDelivery(ctx, status.Delivery{Kind: status.DisabledMessage, SubscriberID: subscriber, Channel: status.Email}, "", 0)
}

// PurgePending forgets requests that nobody confirmed since the given time, wishes
// included. It returns how many.
func (s *Store) PurgePending(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `UPDATE subscribers SET wish = '' WHERE wish <> '' AND asked_at < ?`, ms(before)); err != nil {
			return err
		}
		var err error
		n, err = t.exec(ctx, `DELETE FROM subscribers WHERE state = 'pending' AND asked_at < ?`, ms(before))
		return err
	})
	return int(n), err
}

// PurgeAskings forgets how often mailboxes were asked that were last asked before.
func (s *Store) PurgeAskings(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM askings WHERE last_at < ?`, ms(before))
		return err
	})
}

// AudienceFor estimates whom a notice would reach now. Most subscribers share their
// choices, so each set of choices is looked at once.
func (s *Store) AudienceFor(ctx context.Context, n *status.Incident) (out status.Audience, err error) {
	err = s.read(ctx, func(t *tx) error {
		out = status.Audience{}
		groupOf, err := t.groups(ctx)
		if err != nil {
			return err
		}
		rows, err := t.query(ctx, `SELECT channel, state, locale, scope, COUNT(*) FROM subscribers WHERE state IN ('active', 'suppressed') GROUP BY channel, state, locale, scope`)
		if err != nil {
			return err
		}
		all, err := collect(rows, scanAudience)
		for _, a := range all {
			paused := a.scope.PausedUntil != nil && t.now.Before(*a.scope.PausedUntil)
			if !paused && a.scope.Covers(n, groupOf) {
				a.join(&out)
			}
		}
		return err
	})
	return out, err
}

// audience is how many subscribers of a channel and a language made the same choices.
type audience struct {
	channel status.Channel
	state   status.SubscriberState
	locale  string
	scope   status.Scope
	number  int
}

func (a audience) join(to *status.Audience) {
	switch {
	case a.channel == status.Email && a.state == status.Suppressed:
		to.Skipped += a.number
	case a.channel == status.Email:
		to.Read(a.locale, a.number)
	case a.state == status.Active:
		to.Webhooks += a.number
	}
}

func scanAudience(scan scanner) (audience, error) {
	var a audience
	var raw string
	if err := scan(&a.channel, &a.state, &a.locale, &raw, &a.number); err != nil {
		return a, err
	}
	return a, json.Unmarshal([]byte(raw), &a.scope)
}

// groups tells for each component in a group which group that is.
func (t *tx) groups(ctx context.Context) (map[string]string, error) {
	rows, err := t.query(ctx, `SELECT id, group_id FROM components WHERE group_id <> ''`)
	if err != nil {
		return nil, err
	}
	groupOf := map[string]string{}
	_, err = collect(rows, func(scan scanner) (struct{}, error) {
		var id, group string
		err := scan(&id, &group)
		groupOf[id] = group
		return struct{}{}, err
	})
	return groupOf, err
}
