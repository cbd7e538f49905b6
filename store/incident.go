package store

import (
	"cmp"
	"context"
	"errors"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// AddIncident keeps the notice that build opens on the page as it is.
func (s *Store) AddIncident(ctx context.Context, by By, build func(*status.Site) (*status.Incident, error)) (Receipt, error) {
	return s.publish(ctx, by, "", "", func(t *tx) error {
		site, err := t.siteFor(ctx, "")
		if err != nil {
			return err
		}
		n, err := build(&site)
		if err != nil {
			return err
		}
		if taken, err := t.taken(ctx, n.ID); taken || err != nil {
			return cmp.Or(err, error(status.NewFault(status.CodeConflict, "incident.id", "There is already a notice %q.", n.ID)))
		}
		if err := t.judge(ctx, by, &site, lint.Past{}, n); err != nil {
			return err
		}
		n.PageID, n.Order, n.Version = site.Page.ID, t.firstOrder(), 1
		return t.saveNotice(ctx, &site, n)
	})
}

// EditIncident changes a notice; version is the one that the writer saw, 0 whatever is
// there. What change moves on the site is saved with it.
func (s *Store) EditIncident(ctx context.Context, by By, id string, version int64, change func(*status.Incident, *status.Site) error) (Receipt, error) {
	return s.publish(ctx, by, "", id, func(t *tx) error {
		return t.changeNotice(ctx, id, version, func(n *status.Incident, site *status.Site) error {
			past := lint.PastOf(&site.Page, n)
			if err := change(n, site); err != nil {
				return err
			}
			return t.judge(ctx, by, site, past, n)
		})
	})
}

// changeNotice loads a notice, lets change act on it and saves both.
func (t *tx) changeNotice(ctx context.Context, id string, version int64, change func(*status.Incident, *status.Site) error) error {
	n, err := t.incident(ctx, id)
	if err != nil {
		return err
	}
	if version != 0 && version != n.Version {
		return status.Conflict(string(n.Kind), version, n.Version)
	}
	site, err := t.siteFor(ctx, id)
	if err != nil {
		return err
	}
	if err := change(&n, &site); err != nil {
		return err
	}
	n.Version++
	return t.saveNotice(ctx, &site, &n)
}

// saveNotice saves a changed notice, the components that it moved, and what must be told.
func (t *tx) saveNotice(ctx context.Context, site *status.Site, n *status.Incident) error {
	t.receipt.ObjectID, t.receipt.Version = n.ID, n.Version
	t.action, t.detail = actionOf(n), lint.Redact(n.Name)
	t.private = n.Draft && len(n.Events()) == 0
	if err := t.secondPerson(ctx, n); err != nil {
		return err
	}
	if err := t.saveIncident(ctx, n); err != nil {
		return err
	}
	if err := t.saveMoved(ctx, site, ""); err != nil {
		return err
	}
	t.lookAt(n)
	if err := t.settleCalls(ctx, n); err != nil {
		return err
	}
	return t.appendEvents(ctx, site.Events(), n.Events())
}

// actionOf names a change in the audit by what it asks to be told.
func actionOf(n *status.Incident) string {
	noun := string(n.Kind)
	events := n.Events()
	if len(events) == 0 && n.Deed() != "" {
		return noun + "." + string(n.Deed())
	}
	if len(events) == 0 {
		return noun + ".draft"
	}
	switch events[len(events)-1].Type {
	case status.IncidentCreated:
		return noun + ".open"
	case status.IncidentResolved:
		return noun + ".resolve"
	case status.IncidentReopened:
		return noun + ".reopen"
	case status.MaintenanceScheduled:
		return noun + ".schedule"
	case status.MaintenanceReminder:
		return noun + ".remind"
	case status.MaintenanceStarted:
		return noun + ".start"
	case status.MaintenanceCompleted:
		return noun + ".complete"
	case status.MaintenanceCancelled:
		return noun + ".cancel"
	}
	return noun + ".update"
}

// DeleteIncident removes a notice. Nobody is told but the live stream, and what still
// waited to be told is taken back.
func (s *Store) DeleteIncident(ctx context.Context, by By, id string) (Receipt, error) {
	return s.publish(ctx, by, "", id, func(t *tx) error {
		n, err := t.incident(ctx, id)
		if err != nil {
			return err
		}
		t.action, t.detail = string(n.Kind)+".delete", lint.Redact(n.Name)
		if err := errors.Join(t.hush(ctx, id), t.cancelNotice(ctx, id)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM incidents WHERE id = ?`, id); err != nil {
			return err
		}
		if n.Draft {
			t.private = true
			return nil
		}
		t.touchPage()
		kind := status.IncidentWithdrawn
		if n.Kind == status.Maintenance {
			kind = status.MaintenanceWithdrawn
		}
		return t.appendEvents(ctx, []status.Event{{
			ID: status.NewID(), Type: kind, At: t.now, IncidentID: id, Sequence: n.Sequence + 1,
		}})
	})
}

// Incident reads one notice, drafts included.
func (s *Store) Incident(ctx context.Context, id string) (status.Incident, error) {
	var n status.Incident
	err := s.read(ctx, func(t *tx) (err error) {
		n, err = t.incident(ctx, id)
		return err
	})
	return n, err
}

// PublicIncident reads one notice that the public may see.
func (s *Store) PublicIncident(ctx context.Context, id string) (status.Incident, error) {
	n, err := s.Incident(ctx, id)
	if err == nil && n.Draft {
		return status.Incident{}, status.NotFound("incident", id)
	}
	return n, err
}

const monthFormat = "2006-01"

// began is the time that a notice is filed under.
func began(n *status.Incident) time.Time {
	if n.Kind == status.Maintenance && n.ScheduledFor != nil {
		return *n.ScheduledFor
	}
	return n.CreatedAt
}
