package statuspage

import (
	"cmp"
	"slices"
	"strings"

	"allclear/status"
)

// Read merges the documents of one page, given by file name. Any of them may stand
// alone. Where two hold the same thing, the newer updated_at wins, and JSON before Atom
// when equal.
func Read(files map[string][]byte) (status.Import, error) {
	var m merger
	for _, file := range inOrder(files) {
		data, err := clean(file, files[file])
		if err != nil {
			return status.Import{}, err
		}
		var f found
		if isAtom(data) {
			f, err = readAtom(file, data)
		} else {
			f, err = readJSON(file, data)
		}
		if err != nil {
			return status.Import{}, err
		}
		m.add(f)
	}
	return m.result(), nil
}

func isAtom(data []byte) bool {
	return strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")), "<")
}

// inOrder lists the files so that the richest comes first and feeds come last: the
// order decides only where everything else is equal.
func inOrder(files map[string][]byte) []string {
	rank := func(name string) int {
		base := name[strings.LastIndexByte(name, '/')+1:]
		if isAtom(files[name]) {
			return 9
		}
		known := []string{"summary.json", "components.json", "incidents.json", "scheduled-maintenances.json"}
		if i := slices.Index(known, base); i >= 0 {
			return i
		}
		return len(known)
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(rank(a)-rank(b), cmp.Compare(a, b)) })
	return names
}

// merger collects what the files hold.
type merger struct {
	page       *status.Page
	components objects[status.Component]
	embedded   objects[status.Component]
	incidents  objects[status.Incident]
}

// objects keeps things by id, in the order in which they were first seen.
type objects[T any] struct {
	list []T
	at   map[string]int
}

func (o *objects[T]) put(id string, v *T, better func(have *T) bool) {
	if i, ok := o.at[id]; ok {
		if better(&o.list[i]) {
			o.list[i] = *v
		}
		return
	}
	if o.at == nil {
		o.at = map[string]int{}
	}
	o.at[id] = len(o.list)
	o.list = append(o.list, *v)
}

func (m *merger) add(f found) {
	if f.page != nil && (m.page == nil || f.page.UpdatedAt.After(m.page.UpdatedAt)) {
		m.page = f.page
	}
	for _, c := range f.components {
		m.components.put(c.ID, &c, func(have *status.Component) bool { return c.UpdatedAt.After(have.UpdatedAt) })
	}
	if f.components != nil && m.components.list == nil {
		m.components.list = []status.Component{}
	}
	for _, c := range f.embedded {
		m.embedded.put(c.ID, &c, func(have *status.Component) bool { return c.UpdatedAt.After(have.UpdatedAt) })
	}
	for _, n := range f.incidents {
		m.incident(n)
	}
}

// incident keeps the newer of two documents; between a document and a feed, which knows
// less, the rule of every import decides.
func (m *merger) incident(n status.Incident) {
	m.incidents.put(n.ID, &n, func(have *status.Incident) bool {
		if !FromFeed(&n) && !FromFeed(have) {
			return n.UpdatedAt.After(have.UpdatedAt)
		}
		merged, verdict := status.MergeIncident(have, n, FromFeed)
		n = merged
		return verdict == status.Changed
	})
}

func (m *merger) result() status.Import {
	for _, c := range m.embedded.list {
		m.components.put(c.ID, &c, func(*status.Component) bool { return false })
	}
	for i := range m.components.list {
		m.components.list[i].Order = int64(i + 1)
	}
	for i := range m.incidents.list {
		m.incidents.list[i].Order = int64(i + 1)
	}
	if m.page == nil {
		m.page = m.namedPage()
	}
	return status.Import{Page: m.page, Components: m.components.list, Incidents: m.incidents.list}
}

// namedPage is the page that objects name when no document holds it: its id alone.
func (m *merger) namedPage() *status.Page {
	for i := range m.incidents.list {
		if id := m.incidents.list[i].PageID; id != "" {
			return &status.Page{ID: id}
		}
	}
	for i := range m.components.list {
		if id := m.components.list[i].PageID; id != "" {
			return &status.Page{ID: id}
		}
	}
	return nil
}
