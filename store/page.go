package store

import (
	"context"

	"allclear/status"
)

// EditPage changes the page's settings.
func (s *Store) EditPage(ctx context.Context, by By, version int64, change func(*status.Page) error) (Receipt, error) {
	return s.publish(ctx, by, "page.edit", "", func(t *tx) error {
		have := t.site.page
		if version != 0 && version != have.Version {
			return status.Conflict("page", version, have.Version)
		}
		page := have
		if err := change(&page); err != nil {
			return err
		}
		if err := page.Check(); err != nil {
			return err
		}
		page.ID, page.CreatedAt, page.Own = have.ID, have.CreatedAt, have.Own
		page.Version, page.Revision = have.Version+1, t.revision
		t.receipt.ObjectID, t.receipt.Version = page.ID, page.Version
		t.site.page = page
		t.touchPage()
		if err := t.redirectCalls(ctx, have.OnDuty); err != nil {
			return err
		}
		return t.rezone(ctx, have.TimeZone)
	})
}

// rezone recomputes what depends on the page's time zone: the month of every notice and
// the next midnight.
func (t *tx) rezone(ctx context.Context, before string) error {
	if t.site.page.TimeZone == before {
		return nil
	}
	t.look(t.now)
	type row struct {
		id, month string
		began     int64
	}
	rows, err := t.query(ctx, `SELECT id, month, began_at FROM incidents`)
	if err != nil {
		return err
	}
	list, err := collect(rows, func(scan scanner) (r row, err error) {
		err = scan(&r.id, &r.month, &r.began)
		return r, err
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		month := at(r.began).In(t.zone()).Format(monthFormat)
		if month == r.month {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE incidents SET month = ? WHERE id = ?`, month, r.id); err != nil {
			return err
		}
	}
	return nil
}

// Site reads the page's settings and its components, as staff see them.
func (s *Store) Site(ctx context.Context) (status.Site, error) {
	var site status.Site
	err := s.read(ctx, func(t *tx) (err error) {
		site, err = t.bareSite(ctx)
		return err
	})
	status.SetGroupLevels(site.Components)
	return site, err
}

// SiteFor reads the site as a change to one notice would see it.
func (s *Store) SiteFor(ctx context.Context, incident string) (status.Site, error) {
	var site status.Site
	err := s.read(ctx, func(t *tx) (err error) {
		site, err = t.siteFor(ctx, incident)
		return err
	})
	return site, err
}

// bareSite is the site without what other notices hold.
func (t *tx) bareSite(ctx context.Context) (status.Site, error) {
	if err := t.loadSite(ctx); err != nil {
		return status.Site{}, err
	}
	list, err := t.components(ctx)
	return status.Site{Now: t.now, Page: t.site.page, Components: list}, err
}

// siteFor is the site as a change to one notice sees it.
func (t *tx) siteFor(ctx context.Context, incident string) (status.Site, error) {
	site, err := t.bareSite(ctx)
	if err != nil {
		return site, err
	}
	site.By = t.by
	site.Held, err = t.held(ctx, incident)
	return site, err
}
