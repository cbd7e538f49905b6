package store

import (
	"context"
	"errors"
	"time"

	"allclear/status"
)

const (
	hearEvery   = 15 * time.Second // how often the reports are counted for the page
	tellAtLeast = 15 * time.Minute // what the page said of them stays that long
)

// tellReports lets the page say that more problems are reported than usual, where that is
// wished, and stop saying so. Each is a revision of its own; of many nodes one makes it.
func (s *Store) tellReports(ctx context.Context) (bool, error) {
	now, last := ms(s.now()), s.heard.Load()
	if now-last < hearEvery.Milliseconds() || !s.heard.CompareAndSwap(last, now) {
		return false, nil
	}
	tell, told, err := s.manyReports(ctx)
	if err != nil || tell == told {
		return false, err
	}
	err = s.write(ctx, func(t *tx) error {
		if err := t.claimSite(ctx); err != nil {
			return err
		}
		if tell == (t.site.raised != 0) { // another node was first
			return errNothing
		}
		t.site.raised = 0
		if tell {
			t.site.raised = ms(t.now)
		}
		t.revision = t.site.revision + 1
		return t.advance(ctx)
	})
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil, err
}

// manyReports says whether the page shall tell of many reports now, and whether it does.
// What it once told stays for a while: numbers at the edge must not make it flicker.
func (s *Store) manyReports(ctx context.Context) (tell, told bool, err error) {
	var site siteRow
	err = s.read(ctx, func(t *tx) error {
		err := t.loadSite(ctx)
		if err == nil {
			site = *t.site
		}
		return err
	})
	told = site.raised != 0
	switch {
	case err != nil || !site.page.TellReports:
		return false, told, err
	case told && s.now().Sub(at(site.raised)) < tellAtLeast:
		return true, told, nil
	}
	reports, err := s.ReportsIn(ctx, status.InflowPeriods(s.now(), site.page.Zone()))
	return status.MoreThanUsual(reports), told, err
}
