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
// nothing is, and now and then the problem reports. Maintenances start, end and remind through the same verbs as staff's
// changes. When time changed the page in another way, that is a revision without events. Reminders
// to whoever is on duty are queued; they change nothing public. Of many nodes one does
// each thing: whoever comes second finds it done. moved says that something was done.
func (s *Store) Tick(ctx context.Context) (moved bool, err error) {
	if err := s.sweep(ctx); err != nil {
		return false, err
	}
	told, err := s.tellReports(ctx)
	if err != nil {
		return false, err
	}
	due, err := s.due(ctx)
	if err != nil || s.now().Before(due) {
		return told, err
	}
	chores, err := s.chores(ctx)
	if err != nil {
		return false, err
	}
	var failed error
	for _, c := range chores {
		r, err := c.do(ctx, c.id)
		moved, failed = moved || r.Version > 0, errors.Join(failed, err)
	}
	turned, err := s.turn(ctx)
	return told || moved || turned, errors.Join(failed, err)
}

func (s *Store) due(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT due FROM site WHERE id = 1`).Scan(&due)
	})
	return at(due), err
}

// chore is something that a notice's own clock asks for.
type chore struct {
	id string
	do func(ctx context.Context, id string) (Receipt, error)
}

// chores lists what the notices' own clocks ask for now.
func (s *Store) chores(ctx context.Context) ([]chore, error) {
	var list []chore
	err := s.read(ctx, func(t *tx) error {
		open, err := t.openNotices(ctx)
		for i := range open {
			n := &open[i]
			if at := n.NextMove(); !at.IsZero() && !t.now.Before(at) {
				list = append(list, chore{n.ID, s.moveByClock})
			}
			if at := n.NextReminder(t.now); !at.IsZero() && !t.now.Before(at) {
				list = append(list, chore{n.ID, s.remindByClock})
			}
		}
		if err != nil {
			return err
		}
		ended, err := t.continuing(ctx)
		for _, id := range ended {
			list = append(list, chore{id, s.continueByClock})
		}
		return err
	})
	return list, err
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
	return s.byClock(ctx, id, func(n *status.Incident, site *status.Site) (bool, error) {
		n.Version++
		return n.MoveByClock(site, status.NewID(), s.auto)
	})
}

// remindByClock reminds subscribers of one maintenance. Nothing changes that staff could
// be writing, so the version stays.
func (s *Store) remindByClock(ctx context.Context, id string) (Receipt, error) {
	return s.byClock(ctx, id, func(n *status.Incident, site *status.Site) (bool, error) {
		return n.RemindByClock(site.Now), nil
	})
}

// byClock lets a verb act on a notice; false is that there was nothing to do any more.
func (s *Store) byClock(ctx context.Context, id string, verb func(*status.Incident, *status.Site) (bool, error)) (Receipt, error) {
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
		done, err := verb(&n, &site)
		if err != nil {
			return err
		}
		if !done {
			return errNothing
		}
		return t.saveNotice(ctx, &site, &n)
	})
}

// turn makes the revision of a moment at which time alone changed the page, queues the
// reminders to whoever is on duty, and notes when to look again.
func (s *Store) turn(ctx context.Context) (bool, error) {
	turned, calls := false, 0
	err := s.write(ctx, func(t *tx) error {
		turned, calls = false, 0
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
		open, err := t.openNotices(ctx)
		if err != nil {
			return err
		}
		if calls, err = t.addCalls(ctx, open); err != nil {
			return err
		}
		if ended, err := t.continuing(ctx); err != nil {
			return err
		} else if len(ended) > 0 {
			t.look(t.now)
		}
		t.lookAtMoves(open)
		t.lookAtCalls(open)
		if turned {
			return t.advance(ctx)
		}
		return t.saveSite(ctx)
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return (turned || calls > 0) && err == nil, err
}

// lookAtMoves makes sure that a maintenance that could not move yet is tried again, and
// that its reminders are not forgotten.
func (t *tx) lookAtMoves(open []status.Incident) {
	for i := range open {
		t.look(open[i].NextMove())
		t.look(open[i].NextReminder(t.now))
	}
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
	t.look(n.NextReminder(t.now))
	if n.Continues() {
		t.look(t.now)
	}
}

// sweep drops old rows about once an hour.
func (s *Store) sweep(ctx context.Context) error {
	now, last := ms(s.now()), s.purged.Load()
	if now-last < sweepEvery.Milliseconds() || !s.purged.CompareAndSwap(last, now) {
		return nil
	}
	return s.write(ctx, func(t *tx) error { return errors.Join(t.forget(ctx), t.forgetScratch(ctx), t.forgetReports(ctx)) })
}
