package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"allclear/status"
)

// AddComponent adds what build makes of the page as it is: a component, or a group and
// the ids of its children. A component without a position goes to the end of its group.
func (s *Store) AddComponent(ctx context.Context, by By, build func(*status.Site) (status.Component, []string, error)) (Receipt, error) {
	return s.publish(ctx, by, "component.add", "", func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		c, children, err := build(&site)
		if err != nil {
			return err
		}
		l := newLayout(site.Components)
		if err := t.fillComponent(&c, l); err != nil {
			return err
		}
		if err := l.add(&c, children); err != nil {
			return err
		}
		t.receipt.ObjectID, t.receipt.Version, t.detail = c.ID, 1, c.Name
		if err := t.insertComponent(ctx, &c); err != nil {
			return err
		}
		return t.saveLayout(ctx, l, c.ID)
	})
}

// fillComponent sets what a new component has besides its maker's choices.
func (t *tx) fillComponent(c *status.Component, l *layout) error {
	if l.find(c.ID) != nil {
		return status.NewFault(status.CodeConflict, noun(c)+".id", "There is already a component %q.", c.ID)
	}
	if c.Level == "" || c.Group {
		c.Level = status.Operational
	}
	c.PageID, c.Order, c.Version, c.Revision = t.site.page.ID, l.nextOrder(), 1, t.revision
	c.CreatedAt, c.UpdatedAt = t.now, t.now
	return l.check(c)
}

func (t *tx) insertComponent(ctx context.Context, c *status.Component) error {
	if err := t.writeComponent(ctx, c); err != nil {
		return err
	}
	if c.Group {
		return nil // a group's level is its children's
	}
	return t.span(ctx, c.ID, status.Span{From: t.now, Level: c.Level})
}

// EditComponent changes a component or group. A change of level is told and kept in its
// history; children, when given, are then exactly the group's.
func (s *Store) EditComponent(ctx context.Context, by By, id string, version int64, change func(*status.Component, *status.Site) (children *[]string, err error)) (Receipt, error) {
	return s.publish(ctx, by, "component.edit", id, func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		have := site.Find(id)
		if have == nil {
			return status.NotFound("component", id)
		}
		if version != 0 && version != have.Version {
			return status.Conflict(noun(have), version, have.Version)
		}
		before, c := *have, *have
		children, err := change(&c, &site)
		if err != nil {
			return err
		}
		t.detail = c.Name
		if children == nil && reflect.DeepEqual(c, before) && len(site.Events()) == 0 {
			// A monitor says every minute that all is well: that is no change.
			t.receipt.Version = before.Version
			return errNothing
		}
		return t.applyComponent(ctx, &site, before, c, children)
	})
}

// applyComponent saves the edited component, its place among the others, and its level.
func (t *tx) applyComponent(ctx context.Context, site *status.Site, before, c status.Component, children *[]string) error {
	c.ID, c.PageID, c.Group, c.Order = before.ID, before.PageID, before.Group, before.Order
	level := c.Level
	c.Level = before.Level
	if level != before.Level {
		site.Move(c.ID, level)
	}
	c.UpdatedAt, c.Version, c.Revision = t.now, before.Version+1, t.revision
	if moved := site.Find(c.ID); !c.Group {
		c.Level = moved.Level
	}
	l := newLayout(site.Components)
	if err := l.check(&c); err != nil {
		return err
	}
	if err := l.edit(before, &c, children); err != nil {
		return err
	}
	t.receipt.Version = c.Version
	if err := t.writeComponent(ctx, &c); err != nil {
		return err
	}
	if err := t.saveMoved(ctx, site, c.ID); err != nil {
		return err
	}
	if err := t.saveLayout(ctx, l, c.ID); err != nil {
		return err
	}
	return t.appendEvents(ctx, site.Events())
}

// SetLevels gives several components a level at once, with one revision.
func (s *Store) SetLevels(ctx context.Context, by By, ids []string, level status.Level) (Receipt, error) {
	return s.publish(ctx, by, "component.edit", "", func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c := site.Find(id)
			if c == nil {
				return status.NotFound("component", id)
			}
			if c.Group {
				return status.Invalid("component.status", "%q is a group; its status follows from its components.", c.Name)
			}
			next := *c
			next.Level = level
			if err := next.Check("component"); err != nil {
				return err
			}
			site.Move(id, level)
		}
		if len(site.Events()) == 0 {
			return errNothing
		}
		t.detail = named(site.Moved())
		if err := t.saveMoved(ctx, &site, ""); err != nil {
			return err
		}
		return t.appendEvents(ctx, site.Events())
	})
}

// Place puts components or groups into a group ("" is the top of the page), in this order
// and before another one there or, with before "", at the end.
func (s *Store) Place(ctx context.Context, by By, ids []string, group, before string) (Receipt, error) {
	return s.publish(ctx, by, "component.edit", "", func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		l := newLayout(site.Components)
		for _, id := range ids {
			if err := l.place(id, group, before); err != nil {
				return err
			}
		}
		moved := l.changed()
		if len(moved) == 0 {
			return errNothing
		}
		t.detail = named(slices.DeleteFunc(moved, func(c status.Component) bool { return !slices.Contains(ids, c.ID) }))
		return t.saveLayout(ctx, l, "")
	})
}

// named lists the first names of components, for the audit.
func named(list []status.Component) string {
	const most = 5
	var names []string
	for i, c := range list {
		if i == most {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(list)-most)
		}
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// DeleteComponent removes a component or a group; a group's children stay, ungrouped.
// Notices keep its id, but nothing shows it any more.
func (s *Store) DeleteComponent(ctx context.Context, by By, id string) (Receipt, error) {
	return s.publish(ctx, by, "component.delete", id, func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		c := site.Find(id)
		if c == nil {
			return status.NotFound("component", id)
		}
		t.detail = c.Name
		l := newLayout(site.Components)
		l.remove(id)
		if err := t.saveLayout(ctx, l, id); err != nil {
			return err
		}
		t.touchPage()
		_, err = t.exec(ctx, `DELETE FROM components WHERE id = ?`, id)
		return err
	})
}

// Component reads one component or group, a group with its derived level.
func (s *Store) Component(ctx context.Context, id string) (status.Component, error) {
	list, err := s.Components(ctx)
	if err != nil {
		return status.Component{}, err
	}
	i := slices.IndexFunc(list, func(c status.Component) bool { return c.ID == id })
	if i < 0 {
		return status.Component{}, status.NotFound("component", id)
	}
	return list[i], nil
}

// Components lists every component and group in API order, groups with derived levels.
func (s *Store) Components(ctx context.Context) ([]status.Component, error) {
	var list []status.Component
	err := s.read(ctx, func(t *tx) (err error) {
		list, err = t.components(ctx)
		return err
	})
	status.SetGroupLevels(list)
	return list, err
}

// components reads the rows as they are stored, in API order.
func (t *tx) components(ctx context.Context) ([]status.Component, error) {
	rows, err := t.query(ctx, `SELECT id, page_id, name, description, is_group, group_id, level, position, ord, showcase,
			start_date, only_show_if_degraded, audience, criticality, created_at, updated_at, version, revision
		FROM components ORDER BY position, ord`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(scan scanner) (status.Component, error) {
		var c status.Component
		var created, updated int64
		err := scan(&c.ID, &c.PageID, &c.Name, &c.Description, &c.Group, &c.GroupID, &c.Level, &c.Position, &c.Order, &c.Showcase,
			&c.StartDate, &c.OnlyShowIfDegraded, &c.Audience, &c.Criticality, &created, &updated, &c.Version, &c.Revision)
		c.CreatedAt, c.UpdatedAt = at(created), at(updated)
		return c, err
	})
}

// writeComponent inserts the row or replaces it.
func (t *tx) writeComponent(ctx context.Context, c *status.Component) error {
	_, err := t.exec(ctx, `INSERT INTO components (id, page_id, name, description, is_group, group_id, level, position, ord, showcase,
			start_date, only_show_if_degraded, audience, criticality, created_at, updated_at, version, revision)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET page_id = excluded.page_id, name = excluded.name, description = excluded.description,
			is_group = excluded.is_group, group_id = excluded.group_id, level = excluded.level, position = excluded.position,
			ord = excluded.ord, showcase = excluded.showcase, start_date = excluded.start_date,
			only_show_if_degraded = excluded.only_show_if_degraded, audience = excluded.audience, criticality = excluded.criticality,
			created_at = excluded.created_at, updated_at = excluded.updated_at, version = excluded.version, revision = excluded.revision`,
		c.ID, c.PageID, c.Name, c.Description, c.Group, c.GroupID, string(c.Level), c.Position, c.Order, c.Showcase,
		c.StartDate, c.OnlyShowIfDegraded, c.Audience, string(c.Criticality), ms(c.CreatedAt), ms(c.UpdatedAt), c.Version, c.Revision)
	return err
}

// saveMoved saves the components whose level a change moved, and their history. The row
// of the one named was written by the caller.
func (t *tx) saveMoved(ctx context.Context, site *status.Site, written string) error {
	for _, c := range site.Moved() {
		if c.ID != written {
			_, err := t.exec(ctx, `UPDATE components SET level = ?, updated_at = ?, version = version + 1, revision = ? WHERE id = ?`,
				string(c.Level), ms(c.UpdatedAt), t.revision, c.ID)
			if err != nil {
				return err
			}
		}
		if err := t.span(ctx, c.ID, status.Span{From: t.now, Level: c.Level}); err != nil {
			return err
		}
	}
	return nil
}

// span says that from a moment on a component has a level.
func (t *tx) span(ctx context.Context, component string, s status.Span) error {
	_, err := t.exec(ctx, `INSERT INTO component_spans (component_id, from_at, level) VALUES (?, ?, ?)
		ON CONFLICT (component_id, from_at) DO UPDATE SET level = excluded.level`, component, ms(s.From), string(s.Level))
	return err
}

// saveLayout saves the places that other components got by this change.
func (t *tx) saveLayout(ctx context.Context, l *layout, written string) error {
	for _, c := range l.changed() {
		if c.ID == written {
			continue
		}
		_, err := t.exec(ctx, `UPDATE components SET group_id = ?, position = ?, updated_at = ?, version = version + 1, revision = ? WHERE id = ?`,
			c.GroupID, c.Position, ms(t.now), t.revision, c.ID)
		if err != nil {
			return err
		}
	}
	return nil
}
