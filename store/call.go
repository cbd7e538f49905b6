package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"allclear/status"
)

// addCalls writes the reminders to whoever is on duty that are due, each once, and says
// how many wait to be sent. What an older one about the same promise said is said by the
// newer one.
func (t *tx) addCalls(ctx context.Context, open []status.Incident) (int, error) {
	channel, address := t.site.page.Duty()
	if address == "" {
		return 0, nil
	}
	made := 0
	for i := range open {
		for _, c := range t.site.page.Calls(&open[i], t.now) {
			n, err := t.addCall(ctx, open[i].ID, c, channel, address)
			if err != nil {
				return made, err
			}
			made += n
		}
	}
	return made, nil
}

// addCall queues one reminder, unless that was done before. One that was cancelled since
// is meant anew: its promise is there again.
func (t *tx) addCall(ctx context.Context, incident string, c status.Call, channel status.Channel, address string) (int, error) {
	state := status.Waiting
	if c.Covered {
		state = status.Superseded
	}
	id := status.NewID()
	n, err := t.exec(ctx, `INSERT INTO calls (id, incident_id, type, about, address, channel, state, next_at, created_at, ambiguous)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE)
		ON CONFLICT (incident_id, type, about) DO UPDATE SET id = excluded.id, address = excluded.address, channel = excluded.channel,
			state = excluded.state, letter = '', attempts = 0, next_at = excluded.next_at, first_at = 0, created_at = excluded.created_at, done_at = 0
		WHERE calls.state = 'cancelled'`,
		id, incident, string(c.Type), ms(c.About), address, string(channel), string(state), ms(t.now), ms(t.now))
	if err != nil || n == 0 || c.Covered {
		return 0, err
	}
	_, err = t.exec(ctx, `UPDATE calls SET state = 'superseded', done_at = ? WHERE incident_id = ? AND about = ? AND id <> ? AND state = 'waiting'`,
		ms(t.now), incident, ms(c.About), id)
	return 1, err
}

// lookAtCalls makes sure that the reminders about open notices are noticed when they fall due.
func (t *tx) lookAtCalls(open []status.Incident) {
	if _, address := t.site.page.Duty(); address == "" {
		return
	}
	for i := range open {
		t.look(t.site.page.NextCall(&open[i], t.now))
	}
}

// settleCalls takes back the waiting reminders that a change of the notice made pointless,
// and looks at once whether others are due.
func (t *tx) settleCalls(ctx context.Context, n *status.Incident) error {
	about := func(c status.CallType, at *time.Time) int64 {
		if at == nil || !(status.Call{Type: c, About: *at}).Holds(n) {
			return -1
		}
		return ms(*at)
	}
	_, err := t.exec(ctx, `UPDATE calls SET state = 'cancelled', done_at = ? WHERE incident_id = ? AND state = 'waiting'
		AND NOT (type <> 'watch.over' AND about = ?) AND NOT (type = 'watch.over' AND about = ?)`,
		ms(t.now), n.ID, about(status.PromiseDue, n.NextUpdateAt), about(status.WatchOver, n.MonitoringAt))
	if err != nil {
		return err
	}
	t.lookAtCalls([]status.Incident{*n})
	if _, address := t.site.page.Duty(); address != "" && len(t.site.page.Calls(n, t.now)) > 0 {
		t.look(t.now)
	}
	return nil
}

// redirectCalls: what waits goes to whoever is on duty now; without anybody it is taken back.
func (t *tx) redirectCalls(ctx context.Context, before string) error {
	if t.site.page.OnDuty == before {
		return nil
	}
	t.look(t.now)
	channel, address := t.site.page.Duty()
	if address == "" {
		_, err := t.exec(ctx, `UPDATE calls SET state = 'cancelled', done_at = ? WHERE state = 'waiting'`, ms(t.now))
		return err
	}
	_, err := t.exec(ctx, `UPDATE calls SET address = ?, channel = ?, letter = '', attempts = 0, first_at = 0, next_at = ? WHERE state = 'waiting'`,
		address, string(channel), ms(t.now))
	return err
}

const (
	dueCalls       = `SELECT id FROM calls WHERE channel = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?`
	dueCallsShared = dueCalls + ` FOR UPDATE SKIP LOCKED`
)

// claimCalls takes the reminders that are due, as [tx.claim] does with deliveries.
func (t *tx) claimCalls(ctx context.Context, channel status.Channel, owner string, lease time.Duration, want int) ([]status.Delivery, error) {
	rows, err := t.query(ctx, t.store.dialect.shared(dueCalls, dueCallsShared), string(channel), ms(t.now), want)
	if err != nil {
		return nil, err
	}
	ids, err := collect(rows, text)
	if err != nil {
		return nil, err
	}
	var list []status.Delivery
	for _, id := range ids {
		d := status.Delivery{Kind: status.CallMessage, State: status.Sending, Channel: channel}
		var next, first, created int64
		err := t.row(ctx, `UPDATE calls SET state = 'sending', lease_owner = ?, lease_until = ?, attempts = attempts + 1,
			first_at = CASE WHEN first_at = 0 THEN ? ELSE first_at END WHERE id = ?
			RETURNING id, incident_id, attempts, next_at, first_at, created_at, ambiguous`, owner, ms(t.now.Add(lease)), ms(t.now), id).
			Scan(&d.ID, &d.IncidentID, &d.Attempts, &next, &first, &created, &d.Ambiguous)
		if err != nil {
			return nil, err
		}
		d.NextAt, d.FirstAt, d.CreatedAt = at(next), since(first), at(created)
		list = append(list, d)
	}
	return list, nil
}

// recordCall saves the outcome of one attempt, as [tx.record] does. A reminder that could
// not be sent gives way to a newer one about the same promise.
func (t *tx) recordCall(ctx context.Context, d *status.Delivery, owner string) error {
	switch d.State {
	case status.Sent:
		_, err := t.exec(ctx, `UPDATE calls SET state = 'sent', attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
			WHERE id = ? AND state IN ('sending', 'waiting')`, d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID)
		return err
	case status.Waiting:
		_, err := t.exec(ctx, `UPDATE calls SET state = 'superseded', attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
			WHERE id = ? AND state = 'sending' AND lease_owner = ? AND EXISTS (SELECT 1 FROM calls c
				WHERE c.incident_id = calls.incident_id AND c.about = calls.about AND c.created_at > calls.created_at)`,
			d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID, owner)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE calls SET state = 'waiting', attempts = ?, next_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
			WHERE id = ? AND state = 'sending' AND lease_owner = ?`, d.Attempts, ms(d.NextAt), d.Ambiguous, d.Answer, d.ID, owner)
		return err
	}
	_, err := t.exec(ctx, `UPDATE calls SET state = ?, attempts = ?, done_at = ?, ambiguous = ?, answer = ?, lease_owner = ''
		WHERE id = ? AND state = 'sending' AND lease_owner = ?`, string(d.State), d.Attempts, ms(t.now), d.Ambiguous, d.Answer, d.ID, owner)
	return err
}

// nextCall is when the next reminder falls due that waits for its time; zero when none does.
func (t *tx) nextCall(ctx context.Context, channel status.Channel) (time.Time, error) {
	var when int64
	err := t.row(ctx, `SELECT next_at FROM calls WHERE channel = ? AND state = 'waiting' AND next_at > ? ORDER BY next_at LIMIT 1`,
		string(channel), ms(t.now)).Scan(&when)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at(when), err
}

// freeCalls frees claimed reminders whose lease ended before the limit.
func (t *tx) freeCalls(ctx context.Context, limit int64) (int64, error) {
	return t.exec(ctx, `UPDATE calls SET state = 'waiting', next_at = ?, lease_owner = '' WHERE state = 'sending' AND lease_until <= ?`, ms(t.now), limit)
}

// Calling reads what a reminder is written from. One whose notice is gone is a Fault
// not_found.
func (s *Store) Calling(ctx context.Context, id string) (status.Calling, error) {
	var c status.Calling
	err := s.read(ctx, func(t *tx) error {
		var incident, letter string
		var about int64
		err := t.row(ctx, `SELECT incident_id, type, about, address, letter FROM calls WHERE id = ?`, id).
			Scan(&incident, &c.Type, &about, &c.Address, &letter)
		if errors.Is(err, sql.ErrNoRows) {
			return status.NotFound("reminder", id)
		}
		if err != nil {
			return err
		}
		c.About, c.Letter = at(about), []byte(letter)
		if err := t.loadSite(ctx); err != nil {
			return err
		}
		c.Page = t.site.page
		c.Notice, err = t.incident(ctx, incident)
		return err
	})
	return c, err
}

// FixCall saves what a reminder says, for good.
func (s *Store) FixCall(ctx context.Context, id string, letter []byte) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE calls SET letter = ? WHERE id = ?`, string(letter), id)
		return err
	})
}

// purgeCalls forgets finished reminders about notices that are over.
func (t *tx) purgeCalls(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, `DELETE FROM calls WHERE done_at > 0 AND done_at < ? AND incident_id NOT IN (SELECT id FROM incidents WHERE is_open = TRUE)`, ms(before))
	return err
}
