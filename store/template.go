package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"allclear/status"
	"allclear/status/lint"
)

// Templates lists the notices prepared in advance, in their order.
func (s *Store) Templates(ctx context.Context) (list []status.Template, err error) {
	err = s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT data FROM templates ORDER BY ord, id`)
		if err != nil {
			return err
		}
		list, err = collect(rows, decode[status.Template])
		return err
	})
	return list, err
}

// Template reads one of them.
func (s *Store) Template(ctx context.Context, id string) (n status.Template, err error) {
	err = s.read(ctx, func(t *tx) error {
		n, err = t.template(ctx, id)
		return err
	})
	return n, err
}

func (t *tx) template(ctx context.Context, id string) (n status.Template, err error) {
	var raw string
	if err := t.row(ctx, `SELECT data FROM templates WHERE id = ?`, id).Scan(&raw); err != nil {
		return n, missing(err, "template", id)
	}
	return n, json.Unmarshal([]byte(raw), &n)
}

// AddTemplate keeps the template that build makes; it goes to the end of the list.
func (s *Store) AddTemplate(ctx context.Context, by By, build func(*status.Site) (status.Template, error)) (Receipt, error) {
	return s.editTemplates(ctx, by, "template.create", "", func(t *tx, site *status.Site) (status.Template, error) {
		n, err := build(site)
		if err != nil {
			return n, err
		}
		n.Version = 1
		return n, t.row(ctx, `SELECT COALESCE(MAX(ord), -1) + 1 FROM templates`).Scan(&n.Order)
	})
}

// EditTemplate changes a template; version is the one that the writer saw, 0 whatever is
// there.
func (s *Store) EditTemplate(ctx context.Context, by By, id string, version int64, change func(*status.Template, *status.Site) error) (Receipt, error) {
	return s.editTemplates(ctx, by, "template.edit", id, func(t *tx, site *status.Site) (status.Template, error) {
		n, err := t.template(ctx, id)
		if err != nil {
			return n, err
		}
		if version != 0 && version != n.Version {
			return n, status.Conflict("template", version, n.Version)
		}
		n.Settle(&site.Page)
		if err := change(&n, site); err != nil {
			return n, err
		}
		n.Version++
		n.UpdatedAt = t.now
		return n, nil
	})
}

// editTemplates is the frame of both: templates are for staff, so no revision is made.
func (s *Store) editTemplates(ctx context.Context, by By, action, id string, work func(*tx, *status.Site) (status.Template, error)) (Receipt, error) {
	return s.publish(ctx, by, action, id, func(t *tx) error {
		site, err := t.bareSite(ctx)
		if err != nil {
			return err
		}
		n, err := work(t, &site)
		if err != nil {
			return err
		}
		if err := n.Check(&site); err != nil {
			return err
		}
		if err := noCredential(&n); err != nil {
			return err
		}
		t.private, t.detail = true, n.Name
		t.receipt.ObjectID, t.receipt.Version = n.ID, n.Version
		return t.saveTemplate(ctx, &n)
	})
}

// noCredential refuses a text that must not be written down anywhere.
func noCredential(n *status.Template) error {
	for _, locale := range append([]string{n.Locale}, slices.Sorted(maps.Keys(n.Translations))...) {
		w, _ := n.In(locale)
		for _, text := range []string{w.Title, w.Body, w.CustomerImpact, w.NotAffected, w.WorkaroundText} {
			if lint.Redact(text) != text {
				return status.Invalid("template.body", "A text of this template holds a password or key; such a text is not saved.")
			}
		}
	}
	return nil
}

func (t *tx) saveTemplate(ctx context.Context, n *status.Template) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO templates (id, ord, data) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET ord = excluded.ord, data = excluded.data`, n.ID, n.Order, string(raw))
	return err
}

// DeleteTemplate removes a template; notices made from it stay as they are.
func (s *Store) DeleteTemplate(ctx context.Context, by By, id string) (Receipt, error) {
	return s.publish(ctx, by, "template.delete", id, func(t *tx) error {
		n, err := t.template(ctx, id)
		if err != nil {
			return err
		}
		t.private, t.detail = true, n.Name
		_, err = t.exec(ctx, `DELETE FROM templates WHERE id = ?`, id)
		return err
	})
}

// stockTemplates gives a fresh page the templates that everybody begins with.
func (t *tx) stockTemplates(ctx context.Context) error {
	for _, n := range status.StockTemplates(t.now) {
		if err := t.saveTemplate(ctx, &n); err != nil {
			return err
		}
	}
	return nil
}
