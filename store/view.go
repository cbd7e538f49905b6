package store

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"allclear/status"
)

const (
	historyWindow = 91 * 24 * time.Hour // of component levels
	recentWindow  = 8 * 24 * time.Hour  // notices changed since then are in the View as well
	maxRecent     = 200                 // of them, per kind
	plannedWindow = 92 * 24 * time.Hour // maintenances that began since then, for the calendar
	maxPlanned    = 500                 // of them
)

// Public reads everything that the public may see at one revision, and the events of
// the revisions after since (none when since is 0). The View's notices are shared with
// later Views: nobody may change what their slices and maps hold.
func (s *Store) Public(ctx context.Context, since int64) (status.View, error) {
	var v status.View
	err := s.read(ctx, func(t *tx) (err error) {
		v, err = t.view(ctx)
		if err != nil || since == 0 {
			return err
		}
		v.Events, err = t.eventsAfter(ctx, since)
		return err
	})
	return v, err
}

func (t *tx) view(ctx context.Context) (status.View, error) {
	site, err := t.bareSite(ctx)
	if err != nil {
		return status.View{}, err
	}
	notices, err := t.publicNotices(ctx)
	if err != nil {
		return status.View{}, err
	}
	v := status.ViewOf(site.Page, site.Components, notices)
	v.Epoch, v.Revision, v.At = t.site.epoch, t.site.revision, t.site.moment
	v.MoreReports = t.site.raised != 0
	if v.Months, err = t.months(ctx); err != nil {
		return v, err
	}
	v.History, err = t.history(ctx)
	return v, err
}

// noticeRef names one state of a notice: whatever is saved under a revision never changes.
type noticeRef struct {
	id, epoch string
	revision  int64
}

// noticeCache keeps the decoded notices of the last View, since most of them are in the
// next one unchanged and decoding is what costs.
type noticeCache struct {
	mu   sync.Mutex
	last map[noticeRef]status.Incident
}

func (c *noticeCache) load() map[noticeRef]status.Incident {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// store replaces the map as a whole; nobody writes to a map that was stored.
func (c *noticeCache) store(m map[noticeRef]status.Incident) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = m
}

// publicNotices reads what is open, the newest of each kind, what changed lately, and the
// maintenances of the last months.
func (t *tx) publicNotices(ctx context.Context) ([]status.Incident, error) {
	refs, err := t.publicRefs(ctx)
	if err != nil {
		return nil, err
	}
	last := t.store.kept.load()
	next := make(map[noticeRef]status.Incident, len(refs))
	var missing []string
	for _, r := range refs {
		if n, ok := last[r]; ok {
			next[r] = n
		} else {
			missing = append(missing, r.id)
		}
	}
	loaded, err := t.incidents(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, n := range loaded {
		next[noticeRef{n.ID, t.site.epoch, n.Revision}] = n
	}
	t.store.kept.store(next)
	list := make([]status.Incident, 0, len(refs))
	for _, r := range refs {
		if n, ok := next[r]; ok {
			list = append(list, n)
		}
	}
	return list, nil
}

// publicRefs names the notices of a View, each once.
func (t *tx) publicRefs(ctx context.Context) ([]noticeRef, error) {
	var refs []noticeRef
	seen := map[string]bool{}
	add := func(query string, args ...any) error {
		rows, err := t.query(ctx, query, args...)
		if err != nil {
			return err
		}
		_, err = collect(rows, func(scan scanner) (struct{}, error) {
			r := noticeRef{epoch: t.site.epoch}
			err := scan(&r.id, &r.revision)
			if !seen[r.id] {
				seen[r.id] = true
				refs = append(refs, r)
			}
			return struct{}{}, err
		})
		return err
	}
	if err := add(`SELECT id, revision FROM incidents WHERE is_open = TRUE AND draft = FALSE`); err != nil {
		return nil, err
	}
	for _, kind := range []status.Kind{status.Problem, status.Maintenance} {
		err := add(`SELECT id, revision FROM incidents WHERE kind = ? AND draft = FALSE ORDER BY created_at DESC, ord LIMIT ?`,
			string(kind), status.RecentNotices)
		if err != nil {
			return nil, err
		}
		err = add(`SELECT id, revision FROM incidents WHERE kind = ? AND draft = FALSE AND updated_at > ? ORDER BY updated_at DESC LIMIT ?`,
			string(kind), ms(t.now.Add(-recentWindow)), maxRecent)
		if err != nil {
			return nil, err
		}
	}
	return refs, add(`SELECT id, revision FROM incidents WHERE draft = FALSE AND month >= ? AND kind = ? ORDER BY began_at DESC LIMIT ?`,
		t.now.Add(-plannedWindow).Format("2006-01"), string(status.Maintenance), maxPlanned)
}

// months counts the notices of each month, newest month first.
func (t *tx) months(ctx context.Context) ([]status.Month, error) {
	rows, err := t.query(ctx, `SELECT month, kind, COUNT(*) FROM incidents WHERE draft = FALSE GROUP BY month, kind ORDER BY month DESC`)
	if err != nil {
		return nil, err
	}
	var list []status.Month
	_, err = collect(rows, func(scan scanner) (struct{}, error) {
		var month string
		var kind status.Kind
		var n int
		if err := scan(&month, &kind, &n); err != nil {
			return struct{}{}, err
		}
		year, m := parseMonth(month)
		if len(list) == 0 || list[len(list)-1].Year != year || list[len(list)-1].Month != m {
			list = append(list, status.Month{Year: year, Month: m})
		}
		if last := &list[len(list)-1]; kind == status.Maintenance {
			last.Maintenances = n
		} else {
			last.Incidents = n
		}
		return struct{}{}, nil
	})
	return list, err
}

// parseMonth reads YYYY-MM as it was written by saveIncident.
func parseMonth(s string) (int, time.Month) {
	year, _ := strconv.Atoi(s[:4])
	month, _ := strconv.Atoi(s[5:])
	return year, time.Month(month)
}

// history reads each component's levels over the window, beginning with the one that
// held when the window began.
func (t *tx) history(ctx context.Context) (map[string][]status.Span, error) {
	from := t.site.moment.Add(-historyWindow)
	out := map[string][]status.Span{}
	held, err := t.levelsAt(ctx, from)
	if err != nil {
		return nil, err
	}
	for _, m := range held {
		out[m.ComponentID] = append(out[m.ComponentID], m.Span)
	}
	rows, err := t.query(ctx, `SELECT component_id, from_at, level FROM component_spans WHERE from_at > ? ORDER BY from_at`, ms(from))
	if err != nil {
		return nil, err
	}
	moves, err := collect(rows, levelMove)
	for _, m := range moves {
		out[m.ComponentID] = append(out[m.ComponentID], m.Span)
	}
	return out, err
}

// levelsAt reads the level that held at a moment, and since when, of each component of
// which it is known. Its two lookups per component stay quick however long histories get.
func (t *tx) levelsAt(ctx context.Context, moment time.Time) ([]status.LevelMove, error) {
	rows, err := t.query(ctx, `SELECT c.id,
			COALESCE((SELECT MAX(b.from_at) FROM component_spans b WHERE b.component_id = c.id AND b.from_at <= ?), -1),
			COALESCE((SELECT b.level FROM component_spans b WHERE b.component_id = c.id AND b.from_at <= ? ORDER BY b.from_at DESC LIMIT 1), '')
		FROM components c`, ms(moment), ms(moment))
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, levelMove)
	return slices.DeleteFunc(list, func(m status.LevelMove) bool { return m.Level == "" }), err
}

func levelMove(scan scanner) (m status.LevelMove, err error) {
	var from int64
	err = scan(&m.ComponentID, &from, &m.Level)
	m.From = at(from)
	return m, err
}
