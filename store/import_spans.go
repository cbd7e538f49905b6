package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"allclear/status"
)

// spans collects what an import tells about the levels of components over time. Before
// the first thing told, nothing is known, and nothing is made up.
type spans struct {
	gone map[spanKey]status.Level // told by an older state of a notice
	tell map[spanKey]status.Level
	told map[string]bool // components whose own row says something new
}

type spanKey struct {
	component string
	from      int64
}

func newSpans() *spans {
	return &spans{gone: map[spanKey]status.Level{}, tell: map[spanKey]status.Level{}, told: map[string]bool{}}
}

// drop takes back what the older state of a notice told.
func (s *spans) drop(n *status.Incident, now time.Time) {
	for _, m := range status.LevelMoves(n, now) {
		s.gone[spanKey{m.ComponentID, ms(m.From)}] = m.Level
	}
}

// add notes what a notice tells about the chosen components. When two notices speak of
// the same moment, the worse one counts.
func (s *spans) add(n *status.Incident, now time.Time, chosen func(id string) bool) {
	for _, m := range status.LevelMoves(n, now) {
		if chosen(m.ComponentID) {
			key := spanKey{m.ComponentID, ms(m.From)}
			s.tell[key] = status.Worst(s.tell[key], m.Level)
		}
	}
}

// history saves what the import tells about levels: by the notices, old ones included
// when they name components that are here only now, then by the components themselves.
func (m *merge) history(ctx context.Context, page *status.Page) error {
	if len(m.added) > 0 {
		err := m.everyIncident(ctx, func(n *status.Incident) error {
			if n.Imported && !m.fresh[n.ID] {
				m.spans.add(n, m.now, func(id string) bool { return m.added[id] && m.isComponent(id) })
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.spans.told)) {
		if c := m.known[id]; !c.Group && !c.UpdatedAt.After(m.now) {
			m.spans.tell[spanKey{id, ms(c.UpdatedAt)}] = c.Level
		}
	}
	if err := m.saveSpans(ctx); err != nil {
		return err
	}
	return m.agree(ctx, page)
}

func (m *merge) saveSpans(ctx context.Context) error {
	for _, key := range sortedKeys(m.spans.gone) {
		if _, still := m.spans.tell[key]; still {
			continue
		}
		_, err := m.exec(ctx, `DELETE FROM component_spans WHERE component_id = ? AND from_at = ? AND level = ?`,
			key.component, key.from, string(m.spans.gone[key]))
		if err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(m.spans.tell) {
		if err := m.span(ctx, key.component, status.Span{From: at(key.from), Level: m.spans.tell[key]}); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(spans map[spanKey]status.Level) []spanKey {
	return slices.SortedFunc(maps.Keys(spans), func(a, b spanKey) int {
		if a.component != b.component {
			return strings.Compare(a.component, b.component)
		}
		return cmp.Compare(a.from, b.from)
	})
}

// agree makes each history end with the level that the component has: the source knew
// it when it was read, which is when its page last changed, or later.
func (m *merge) agree(ctx context.Context, page *status.Page) error {
	ends, err := m.levelsAt(ctx, m.now)
	if err != nil {
		return err
	}
	for _, e := range ends {
		c := m.known[e.ComponentID]
		if c == nil || c.Group || c.Level == e.Level {
			continue
		}
		when := m.now
		if page != nil && page.UpdatedAt.After(e.From) && page.UpdatedAt.Before(m.now) {
			when = page.UpdatedAt
		}
		if err := m.span(ctx, c.ID, status.Span{From: when, Level: c.Level}); err != nil {
			return err
		}
	}
	return nil
}
