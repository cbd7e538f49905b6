package store

import (
	"context"
	"errors"
	"time"

	"allclear/status"
)

// sweepEvery is how often Tick drops rows that are too old to count.
const sweepEvery = time.Hour

// Tick does what time alone makes due; it is called every second and reads one row when
// nothing is. Maintenances start and end through the same verbs as staff's changes.
// When time changed the page in another way, that is a revision without events. Of many
// nodes one does each thing: whoever comes second finds it done.
func (s *Store) Tick(ctx context.Context) (moved bool, err error) {
	if err := s.sweep(ctx); err != nil {
		return false, err
	}
	due, err := s.due(ctx)
	if err != nil || s.now().Before(due) {
		return false, err
	}
	ids, err := s.dueMaintenances(ctx)
	if err != nil {
		return false, err
	}
	var failed error
	for _, id := range ids {
		r, err := s.moveByClock(ctx, id)
		moved, failed = moved || r.Version > 0, errors.Join(failed, err)
	}
	turned, err := s.turn(ctx)
	return moved || turned, errors.Join(failed, err)
}

func (s *Store) due(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT due FROM site WHERE id = 1`).Scan(&due)
	})
	return at(due), err
}

// dueMaintenances lists those whose own clock has come.
func (s *Store) dueMaintenances(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.read(ctx, func(t *tx) error {
		list, err := t.openNotices(ctx)
		for i := range list {
			if move := list[i].NextMove(); !move.IsZero() && !t.now.Before(move) {
				ids = append(ids, list[i].ID)
			}
		}
		return err
	})
	return ids, err
}

// openNotices reads the open notices of both kinds, without their updates.
func (t *tx) openNotices(ctx context.Context) ([]status.Incident, error) {
	rows, err := t.query(ctx, `SELECT data FROM incidents WHERE is_open = TRUE AND draft = FALSE ORDER BY began_at, ord`)
	if err != nil {
		return nil, err
	}
	return collect(rows, decode[status.Incident])
}

// moveByClock starts or ends one maintenance, unless somebody did so meanwhile.
func (s *Store) moveByClock(ctx context.Context, id string) (Receipt, error) {
	return s.publish(ctx, By{Actor: "clock"}, "", id, func(t *tx) error {
		n, err := t.incident(ctx, id)
		if status.FaultCode(err) == status.CodeNotFound {
			return errNothing
		}
		if err != nil {
			return err
		}
		site, err := t.siteFor(ctx, id)
		if err != nil {
			return err
		}
		moved, err := n.MoveByClock(&site, status.NewID(), s.auto)
		if err != nil {
			return err
		}
		if !moved {
			return errNothing
		}
		n.Version++
		return t.saveNotice(ctx, &site, &n)
	})
}

// turn makes the revision of a moment at which time alone changed the page, or, when the
// look was too early, only notes when to look again.
func (s *Store) turn(ctx context.Context) (bool, error) {
	turned := false
	err := s.write(ctx, func(t *tx) error {
		turned = false
		if err := t.claimSite(ctx); err != nil {
			return err
		}
		if t.now.Before(t.site.due) {
			return errNothing
		}
		v, err := t.view(ctx)
		if err != nil {
			return err
		}
		t.revision = t.site.revision
		if turned = !t.now.Before(v.NextMoment()); turned {
			t.revision++
			v.At = t.now
		}
		t.site.due = v.NextMoment()
		if err := t.lookAtMoves(ctx); err != nil {
			return err
		}
		if turned {
			return t.advance(ctx)
		}
		return t.saveSite(ctx)
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return turned && err == nil, err
}

// lookAtMoves makes sure that a maintenance that could not move yet is tried again.
func (t *tx) lookAtMoves(ctx context.Context) error {
	list, err := t.openNotices(ctx)
	for i := range list {
		t.look(list[i].NextMove())
	}
	return err
}

// lookAt makes sure that the times of a changed notice are noticed when they come.
func (t *tx) lookAt(n *status.Incident) {
	if n.Draft {
		return
	}
	v := status.View{Page: t.site.page, At: t.now}
	if n.Kind == status.Maintenance {
		v.Maintenances = []status.Incident{*n}
	} else {
		v.Incidents = []status.Incident{*n}
	}
	t.look(v.NextMoment())
	t.look(n.NextMove())
}

// sweep drops old rows about once an hour.
func (s *Store) sweep(ctx context.Context) error {
	now, last := ms(s.now()), s.purged.Load()
	if now-last < sweepEvery.Milliseconds() || !s.purged.CompareAndSwap(last, now) {
		return nil
	}
	return s.write(ctx, func(t *tx) error { return t.forget(ctx) })
}
