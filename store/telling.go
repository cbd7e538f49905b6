package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"allclear/status"
)

// Tellings says how far the messages of a notice have come, by the events that asked for
// them, newest first. One in every event is counted from the index alone.
func (s *Store) Tellings(ctx context.Context, incident string) (list []status.Telling, err error) {
	err = s.read(ctx, func(t *tx) error {
		if list, err = t.eventsOf(ctx, incident, mostEvents); err != nil {
			return err
		}
		cells, err := t.cells(ctx, incident)
		if err != nil {
			return err
		}
		for _, c := range cells {
			i := slices.IndexFunc(list, func(e status.Telling) bool { return e.EventID == c.event })
			if i < 0 { // older than the events that are read
				continue
			}
			c.addTo(&list[i])
		}
		for i := range list {
			if err := t.retries(ctx, incident, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// mostEvents is how many events of a notice are told apart.
const mostEvents = 200

// Telling says how far the newest messages of a notice have come; nil when nobody was to
// be told. It is cheap enough to be asked every second.
func (s *Store) Telling(ctx context.Context, incident string) (newest *status.Telling, err error) {
	err = s.read(ctx, func(t *tx) error {
		newest = nil
		list, err := t.eventsOf(ctx, incident, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		newest = &list[0]
		rows, err := t.query(ctx, `SELECT event_id, channel, state, COUNT(*) FROM deliveries WHERE subject = ? AND event_id = ?
			GROUP BY event_id, channel, state`, incident, newest.EventID)
		if err != nil {
			return err
		}
		cells, err := collect(rows, scanCell)
		for _, c := range cells {
			c.addTo(newest)
		}
		if err != nil {
			return err
		}
		return t.retries(ctx, incident, newest)
	})
	return newest, err
}

// eventsOf lists the newest events of a notice that are to be told.
func (t *tx) eventsOf(ctx context.Context, incident string, most int) ([]status.Telling, error) {
	rows, err := t.query(ctx, `SELECT data, hold_until, expanded FROM events WHERE incident_id = ? AND notify = TRUE
		ORDER BY revision DESC, seq DESC LIMIT ?`, incident, most)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(scan scanner) (status.Telling, error) {
		var hold int64
		var expanded bool
		e, err := scanEvent(func(dest ...any) error { return scan(dest[0], &hold, &expanded) })
		out := status.Telling{EventID: e.ID, UpdateID: e.UpdateID, Type: e.Type, At: e.At, Listing: !expanded, Channels: map[status.Channel]status.Tally{}}
		if until := at(hold); !expanded && until.After(t.now) {
			out.Held = until
		}
		return out, err
	})
}

// cell is a number of messages that are alike.
type cell struct {
	event   string
	channel status.Channel
	state   status.DeliveryState
	n       int
}

func scanCell(scan scanner) (c cell, err error) {
	err = scan(&c.event, &c.channel, &c.state, &c.n)
	return c, err
}

func (c cell) addTo(t *status.Telling) {
	sum := t.Channels[c.channel]
	sum.Add(c.state, c.n)
	t.Channels[c.channel] = sum
}

// cells counts the messages of a notice.
func (t *tx) cells(ctx context.Context, incident string) ([]cell, error) {
	rows, err := t.query(ctx, `SELECT event_id, channel, state, COUNT(*) FROM deliveries WHERE subject = ? GROUP BY event_id, channel, state`, incident)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanCell)
}

// retries counts what waits for another attempt.
func (t *tx) retries(ctx context.Context, incident string, e *status.Telling) error {
	for _, channel := range []status.Channel{status.Email, status.Webhook} {
		if e.Channels[channel].Waiting == 0 {
			continue
		}
		var n int
		var next int64
		err := t.row(ctx, `SELECT COUNT(*), COALESCE(MIN(next_at), 0) FROM deliveries
			WHERE subject = ? AND event_id = ? AND channel = ? AND state = 'waiting' AND next_at > ?`,
			incident, e.EventID, string(channel), ms(t.now)).Scan(&n, &next)
		if err != nil {
			return err
		}
		e.Later += n
		if when := at(next); n > 0 && (e.Next.IsZero() || when.Before(e.Next)) {
			e.Next = when
		}
	}
	return nil
}

// DomainTally counts the mails to one mail domain.
type DomainTally struct {
	Domain string // "" = all others together
	status.Tally
}

// Domains counts the mails of an event by the domain of their recipients: the most first,
// at most limit, then all others as one. It looks every recipient up, which for a million
// takes seconds.
func (s *Store) Domains(ctx context.Context, incident, event string, limit int) ([]DomainTally, error) {
	sums := map[string]*DomainTally{}
	err := s.read(ctx, func(t *tx) error {
		clear(sums)
		rows, err := t.query(ctx, `SELECT s.address, d.state FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
			WHERE d.subject = ? AND d.event_id = ? AND d.channel = 'email'`, incident, event)
		if err != nil {
			return err
		}
		_, err = collect(rows, func(scan scanner) (struct{}, error) {
			var address, state sql.RawBytes
			if err := scan(&address, &state); err != nil {
				return struct{}{}, err
			}
			domain := address[bytes.LastIndexByte(address, '@')+1:]
			sum := sums[string(domain)]
			if sum == nil {
				sum = &DomainTally{Domain: string(domain)}
				sums[sum.Domain] = sum
			}
			sum.Add(status.DeliveryState(state), 1)
			return struct{}{}, nil
		})
		return err
	})
	return topDomains(sums, limit), err
}

func topDomains(sums map[string]*DomainTally, limit int) []DomainTally {
	var list []DomainTally
	for _, d := range sums {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b DomainTally) int {
		return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(a.Domain, b.Domain))
	})
	if len(list) <= limit {
		return list
	}
	var rest DomainTally
	for _, d := range list[limit:] {
		rest.Tally = rest.Plus(d.Tally)
	}
	return append(list[:limit:limit], rest)
}

// Trouble is a notice whose messages failed lately.
type Trouble struct {
	Incident string
	status.Tally
}

// mostTroubles is how many notices Troubles looks at.
const mostTroubles = 50

// Troubles lists the notices of which messages failed after a time, with the tally of all
// their messages.
func (s *Store) Troubles(ctx context.Context, after time.Time) (list []Trouble, err error) {
	err = s.read(ctx, func(t *tx) error {
		list = nil
		rows, err := t.query(ctx, `SELECT DISTINCT subject FROM deliveries WHERE state = 'failed' AND done_at >= ? AND incident_id <> '' LIMIT ?`, ms(after), mostTroubles)
		if err != nil {
			return err
		}
		ids, err := collect(rows, text)
		if err != nil {
			return err
		}
		for _, id := range ids {
			cells, err := t.cells(ctx, id)
			if err != nil {
				return err
			}
			one := Trouble{Incident: id}
			for _, c := range cells {
				one.Add(c.state, c.n)
			}
			list = append(list, one)
		}
		return nil
	})
	return list, err
}
