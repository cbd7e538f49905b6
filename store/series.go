package store

import (
	"context"

	"allclear/status"
)

// continuing lists the maintenances that are over and repeat, whose next date nobody has
// planned yet.
func (t *tx) continuing(ctx context.Context) ([]string, error) {
	rows, err := t.query(ctx, `SELECT id FROM incidents WHERE continues = TRUE ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, text)
}

// keepIncident saves what the clock notes about a notice and nobody sees: neither its
// version nor its revision is another.
func (t *tx) keepIncident(ctx context.Context, n *status.Incident) error {
	made := t.revision
	t.revision = n.Revision
	defer func() { t.revision = made }()
	return t.saveIncident(ctx, n)
}

// continueByClock plans the next date of a maintenance that repeats, unless somebody did
// so meanwhile: a series has each number once.
func (s *Store) continueByClock(ctx context.Context, id string) (Receipt, error) {
	return s.publish(ctx, By{Actor: "clock"}, "maintenance.series_end", id, func(t *tx) error {
		n, err := t.incident(ctx, id)
		if status.FaultCode(err) == status.CodeNotFound {
			return errNothing
		}
		if err != nil {
			return err
		}
		if !n.Continues() {
			return errNothing
		}
		site, err := t.siteFor(ctx, "")
		if err != nil {
			return err
		}
		next, err := n.Continue(&site, status.NewID(), status.NewID(), s.retell)
		if err != nil {
			return err
		}
		if err := t.keepIncident(ctx, &n); err != nil {
			return err
		}
		if next == nil {
			t.receipt.Version, t.private = n.Version, true
			return nil
		}
		next.PageID, next.Order, next.Version = site.Page.ID, t.firstOrder(), 1
		return t.saveNotice(ctx, &site, next)
	})
}
