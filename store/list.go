package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"allclear/status"
)

// Filter chooses notices for staff; what is zero or nil does not count.
type Filter struct {
	Kind          status.Kind
	Stages        []status.Stage
	Open, Drafts  *bool
	Query         string // in titles and updates, in any case of letters
	Limit, Offset int    // Limit 0 is no limit
}

// Incidents lists notices for staff, newest created first.
func (s *Store) Incidents(ctx context.Context, f Filter) ([]status.Incident, error) {
	var list []status.Incident
	err := s.read(ctx, func(t *tx) error {
		ids, err := t.filtered(ctx, f)
		if err != nil {
			return err
		}
		if f.Query == "" {
			list, err = t.incidents(ctx, cut(ids, f.Offset, f.Limit))
			return err
		}
		list, err = t.found(ctx, ids, f)
		return err
	})
	return list, err
}

// filtered lists the ids that the columns choose. Each list of placeholders holds either
// what was asked for or everything there is, so that one statement serves every filter.
func (t *tx) filtered(ctx context.Context, f Filter) ([]string, error) {
	kinds := []status.Kind{status.Problem, status.Maintenance}
	stages := f.Stages
	if len(stages) == 0 {
		stages = slices.Concat(status.Stages(status.Problem), status.Stages(status.Maintenance))
	}
	if f.Kind != "" {
		kinds = []status.Kind{f.Kind}
	}
	args := slices.Concat(pad(either(f.Open), 2), pad(either(f.Drafts), 2), pad(words(kinds), 2), pad(words(stages), 10))
	rows, err := t.query(ctx, `SELECT id FROM incidents WHERE is_open IN (?, ?) AND draft IN (?, ?) AND kind IN (?, ?)
		AND status IN (`+ten+`) ORDER BY created_at DESC, ord`, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, text)
}

func either(b *bool) []bool {
	if b == nil {
		return []bool{false, true}
	}
	return []bool{*b}
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func cut[T any](list []T, offset, limit int) []T {
	list = list[min(max(offset, 0), len(list)):]
	if limit > 0 {
		list = list[:min(limit, len(list))]
	}
	return list
}

// found reads notices in batches until enough of them hold the words.
func (t *tx) found(ctx context.Context, ids []string, f Filter) ([]status.Incident, error) {
	var hits []status.Incident
	needle := strings.ToLower(f.Query)
	for part := range slices.Chunk(ids, batch) {
		list, err := t.incidents(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			if holds(&n, needle) {
				hits = append(hits, n)
			}
		}
		if f.Limit > 0 && len(hits) >= f.Offset+f.Limit {
			break
		}
	}
	return cut(hits, f.Offset, f.Limit), nil
}

func holds(n *status.Incident, needle string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), needle) }
	return has(n.Name) || has(string(n.Stage)) || has(n.Postmortem.Body) ||
		slices.ContainsFunc(n.Updates, func(u status.Update) bool { return !u.Deleted && has(u.Body) })
}

// PublicMonth lists what began in a month (YYYY-MM of the page's zone), newest first.
func (s *Store) PublicMonth(ctx context.Context, month string) ([]status.Incident, error) {
	var list []status.Incident
	err := s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT id FROM incidents WHERE month = ? AND draft = FALSE ORDER BY began_at DESC, ord`, month)
		if err != nil {
			return err
		}
		ids, err := collect(rows, text)
		if err != nil {
			return err
		}
		list, err = t.incidents(ctx, ids)
		return err
	})
	return list, err
}

// PublicPage lists at most limit notices, newest created first; kind "" is both kinds.
// before is the cursor of the page before, "" for the first; next is "" on the last.
func (s *Store) PublicPage(ctx context.Context, kind status.Kind, before string, limit int) (list []status.Incident, next string, err error) {
	after, err := status.ParseCursor(before)
	if err != nil {
		return nil, "", err
	}
	limit = max(limit, 1)
	kinds := []status.Kind{status.Problem, status.Maintenance}
	if kind != "" {
		kinds = []status.Kind{kind}
	}
	err = s.read(ctx, func(t *tx) error {
		var places []status.Cursor
		for _, k := range kinds {
			more, err := t.placesAfter(ctx, k, after, limit+1)
			if err != nil {
				return err
			}
			places = append(places, more...)
		}
		slices.SortFunc(places, func(a, b status.Cursor) int {
			return cmp.Or(cmp.Compare(b.Created, a.Created), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
		})
		if len(places) > limit {
			places = places[:limit]
			next = places[limit-1].String()
		}
		ids := make([]string, len(places))
		for i, p := range places {
			ids[i] = p.ID
		}
		list, err = t.incidents(ctx, ids)
		return err
	})
	return list, next, err
}

func (t *tx) placesAfter(ctx context.Context, kind status.Kind, c status.Cursor, limit int) ([]status.Cursor, error) {
	rows, err := t.query(ctx, `SELECT created_at, ord, id FROM incidents WHERE kind = ? AND draft = FALSE AND created_at <= ?
			AND (created_at < ? OR ord > ? OR (ord = ? AND id > ?))
		ORDER BY created_at DESC, ord, id LIMIT ?`,
		string(kind), c.Created, c.Created, c.Order, c.Order, c.ID, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(scan scanner) (p status.Cursor, err error) {
		err = scan(&p.Created, &p.Order, &p.ID)
		return p, err
	})
}
