package store

import (
	"context"
	"fmt"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// importTimeout is how long an import may take: a page with years of history is one write.
const importTimeout = 5 * time.Minute

// Import takes over what another page published: all of it or nothing, without events,
// as one revision. What is our own stays. Importing the same again writes nothing, not
// even a revision; a dry run never writes and returns the same plan.
func (s *Store) Import(ctx context.Context, by By, in status.Import, dryRun bool) (status.Plan, Receipt, error) {
	var plan status.Plan
	by.Import = true
	r, err := s.publish(ctx, by, "page.import", "", func(t *tx) error {
		m := merge{tx: t, spans: newSpans()}
		if err := m.run(ctx, in); err != nil {
			return err
		}
		plan = m.plan
		t.receipt.ObjectID = t.site.page.ID
		t.detail = fmt.Sprintf("%d components and %d notices added, %d and %d changed",
			plan.ComponentsAdded, plan.IncidentsAdded, plan.ComponentsChanged, plan.IncidentsChanged)
		if dryRun || plan.Nothing() {
			return errNothing
		}
		return nil
	})
	return plan, r, err
}

// merge is one import at work.
type merge struct {
	*tx
	plan  status.Plan
	known map[string]*status.Component // on the page once the components are merged
	added map[string]bool              // components that were not here before
	fresh map[string]bool              // notices that this import wrote
	spans *spans
}

func (m *merge) run(ctx context.Context, in status.Import) error {
	if err := m.page(ctx, in.Page); err != nil {
		return err
	}
	if err := m.components(ctx, in.Components); err != nil {
		return err
	}
	if err := m.incidents(ctx, in.Incidents); err != nil {
		return err
	}
	if m.plan.Nothing() {
		return nil
	}
	m.look(m.now)
	return m.history(ctx, in.Page)
}

func (m *merge) page(ctx context.Context, in *status.Page) error {
	have := m.site.page
	m.plan.TakesPage = in != nil && !have.Own
	m.site.page, m.plan.PageChanged = status.MergePage(have, in)
	if m.site.page.ID != have.ID {
		if err := m.renamePage(ctx); err != nil {
			return err
		}
	}
	if m.plan.PageChanged {
		m.site.page.Version++
		m.site.page.Revision = m.revision
	}
	return m.rezone(ctx, have.TimeZone)
}

// renamePage gives what is already here the page's new id: API clients compare the two.
func (m *merge) renamePage(ctx context.Context) error {
	page := m.site.page.ID
	if _, err := m.exec(ctx, `UPDATE components SET page_id = ?, revision = ?`, page, m.revision); err != nil {
		return err
	}
	return m.everyIncident(ctx, func(n *status.Incident) error {
		n.PageID = page
		return m.saveIncident(ctx, n)
	})
}

// everyIncident hands out every notice, a batch in memory at a time.
func (m *merge) everyIncident(ctx context.Context, do func(*status.Incident) error) error {
	rows, err := m.query(ctx, `SELECT id FROM incidents ORDER BY ord, id`)
	if err != nil {
		return err
	}
	ids, err := collect(rows, text)
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		part := cut(ids, 0, batch)
		ids = ids[len(part):]
		list, err := m.tx.incidents(ctx, part)
		if err != nil {
			return err
		}
		for i := range list {
			if err := do(&list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *merge) components(ctx context.Context, list []status.Component) error {
	have, err := m.tx.components(ctx)
	if err != nil {
		return err
	}
	m.known, m.added = make(map[string]*status.Component, len(have)), map[string]bool{}
	for i := range have {
		m.known[have[i].ID] = &have[i]
	}
	order := newLayout(have).nextOrder()
	for _, c := range list {
		c.PageID = m.site.page.ID
		merged, verdict := status.MergeComponent(m.known[c.ID], c)
		m.plan.CountComponent(verdict)
		switch verdict {
		case status.Added:
			merged.Order, merged.Version = order, 1
			order++
			m.added[c.ID] = true
		case status.Changed:
			merged.Version++
		default:
			continue
		}
		merged.Revision = m.revision
		m.known[c.ID] = &merged
		if err := m.writeComponent(ctx, &merged); err != nil {
			return err
		}
		m.spans.told[merged.ID] = true
	}
	return nil
}

func (m *merge) incidents(ctx context.Context, list []status.Incident) error {
	m.fresh = map[string]bool{}
	order := m.firstOrder()
	for len(list) > 0 {
		part := cut(list, 0, batch)
		list = list[len(part):]
		have, err := m.haveIncidents(ctx, part)
		if err != nil {
			return err
		}
		for _, n := range part {
			if err := m.incident(ctx, have[n.ID], n, &order); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *merge) haveIncidents(ctx context.Context, part []status.Incident) (map[string]*status.Incident, error) {
	ids := make([]string, len(part))
	for i := range part {
		ids[i] = part[i].ID
	}
	list, err := m.tx.incidents(ctx, ids)
	out := make(map[string]*status.Incident, len(list))
	for i := range list {
		out[list[i].ID] = &list[i]
	}
	return out, err
}

func (m *merge) incident(ctx context.Context, have *status.Incident, in status.Incident, order *int64) error {
	in.PageID, in.Imported, in.Draft, in.Sequence = m.site.page.ID, true, false, 0
	merged, verdict := status.MergeIncident(have, in, statuspage.FromFeed)
	m.plan.CountIncident(verdict)
	switch verdict {
	case status.Added:
		merged.Order, merged.Version = *order, 1
		*order++
	case status.Changed:
		merged.Version++
		m.spans.drop(have, m.now)
	default:
		return nil
	}
	m.fresh[merged.ID] = true
	m.plan.UpdatesAdded += newUpdates(have, &merged)
	m.spans.add(&merged, m.now, m.isComponent)
	return m.saveIncident(ctx, &merged)
}

func newUpdates(have, merged *status.Incident) int {
	seen := map[string]bool{}
	if have != nil {
		for _, u := range have.Updates {
			seen[u.ID] = true
		}
	}
	n := 0
	for _, u := range merged.Updates {
		if !seen[u.ID] {
			n++
		}
	}
	return n
}

func (m *merge) isComponent(id string) bool { return m.known[id] != nil && !m.known[id].Group }
