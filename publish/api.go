package publish

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// dataCache keeps what the JSON documents are made of between builds: encoded notices,
// and the revision that each document names. It holds no more than the last view did.
type dataCache struct {
	notices map[string]encodedNotice
	named   map[string]namedRevision
}

// encodedNotice is a notice in both shapes; its key changes whenever one of them does.
type encodedNotice struct {
	key    string
	v2, v3 []byte
}

type namedRevision struct {
	body     []byte
	revision int64
}

// data encodes one view.
type data struct {
	b          *Builder
	v          *status.View
	e          *statuspage.Encoder
	find       finder
	revisions  map[string]int64 // of the components
	page       []byte
	status     []byte
	components [2][]byte // lists in the shapes of v2 and v3
	kept       map[string]encodedNotice
	changed    time.Time
}

func (b *Builder) encoder(v *status.View) *statuspage.Encoder {
	return statuspage.NewEncoder(&v.Page, v.Components, statuspage.Links{Base: b.Base})
}

// apiDocs makes the JSON documents that programs poll. Those about one notice are
// promised by promiseData.
func (b *Builder) apiDocs(v *status.View) ([]doc, error) {
	d, err := b.dataOf(v)
	if err != nil {
		return nil, err
	}
	var docs []doc
	for _, maker := range []func() ([]doc, error){d.compatible, d.complete} {
		made, err := maker()
		if err != nil {
			return nil, err
		}
		docs = append(docs, made...)
	}
	b.data.notices = d.kept
	return docs, nil
}

// dataOf encodes what several documents share.
func (b *Builder) dataOf(v *status.View) (*data, error) {
	d := &data{
		b: b, v: v, e: b.encoder(v), find: finderOf(v), revisions: make(map[string]int64, len(v.Components)),
		kept: map[string]encodedNotice{}, changed: v.UpdatedAt(),
	}
	var err error
	if d.page, err = statuspage.JSON(d.e.Page(d.changed)); err != nil {
		return nil, fmt.Errorf("publish: encoding the page: %w", err)
	}
	if d.status, err = statuspage.JSON(statuspage.StatusOf(v.RollUp())); err != nil {
		return nil, fmt.Errorf("publish: encoding the roll-up: %w", err)
	}
	var v2, v3 [][]byte
	for i := range v.Components {
		c := &v.Components[i]
		d.revisions[c.ID] = c.Revision
		short, err := statuspage.JSON(d.e.Component(c))
		if err != nil {
			return nil, fmt.Errorf("publish: encoding component %s: %w", c.ID, err)
		}
		long, err := statuspage.JSON(d.e.PublicComponent(c))
		if err != nil {
			return nil, fmt.Errorf("publish: encoding component %s: %w", c.ID, err)
		}
		v2, v3 = append(v2, short), append(v3, long)
	}
	d.components = [2][]byte{list(v2), list(v3)}
	return d, nil
}

// compatible makes the documents of /api/v2.
func (d *data) compatible() ([]doc, error) {
	const base = "/api/v2/"
	planned := d.planned()
	docs := []doc{
		d.json(base+"status.json", field("page", d.page), field("status", d.status)),
		d.json(base+"components.json", field("page", d.page), field("components", d.components[0])),
	}
	unresolved, err := d.notices(0, d.v.Unresolved())
	if err != nil {
		return nil, err
	}
	scheduled, err := d.notices(0, planned)
	if err != nil {
		return nil, err
	}
	docs = append(docs, d.json(base+"summary.json", field("page", d.page), field("components", d.components[0]),
		field("incidents", unresolved), field("scheduled_maintenances", scheduled), field("status", d.status)))
	for _, s := range []struct {
		path, key string
		notices   []status.Incident
	}{
		{"incidents.json", "incidents", newest(d.v.Incidents)},
		{"incidents/unresolved.json", "incidents", d.v.Unresolved()},
		{"scheduled-maintenances.json", "scheduled_maintenances", newest(d.v.Maintenances)},
		{"scheduled-maintenances/upcoming.json", "scheduled_maintenances", d.v.Upcoming()},
		{"scheduled-maintenances/active.json", "scheduled_maintenances", d.v.Active()},
	} {
		items, err := d.notices(0, s.notices)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d.json(base+s.path, field("page", d.page), field(s.key, items)))
	}
	return docs, nil
}

// planned are the maintenances of a summary: upcoming ones, then those under way.
func (d *data) planned() []status.Incident { return append(d.v.Upcoming(), d.v.Active()...) }

func newest(list []status.Incident) []status.Incident {
	return list[:min(len(list), status.RecentNotices)]
}

// newestCreated is the first page of all incidents: in the order of their cursors, in
// which a notice keeps its place when it changes.
func newestCreated(list []status.Incident) []status.Incident {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b status.Incident) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return newest(list)
}

// complete makes the documents of /api/v3, and revision.json.
func (d *data) complete() ([]doc, error) {
	const base = "/api/v3/"
	unresolved, err := d.notices(1, d.v.Unresolved())
	if err != nil {
		return nil, err
	}
	planned, err := d.notices(1, d.planned())
	if err != nil {
		return nil, err
	}
	recent := newestCreated(d.v.Incidents)
	incidents, err := d.notices(1, recent)
	if err != nil {
		return nil, err
	}
	maintenances, err := d.notices(1, d.v.Maintenances)
	if err != nil {
		return nil, err
	}
	summary := d.json(base+"summary.json", field("page", d.page), field("components", d.components[1]), field("incidents", unresolved),
		field("scheduled_maintenances", planned), field("status", d.status), field("state", quoted(string(d.v.State()))), field("revision", number(d.v.Revision)))
	summary.changed = later(d.changed, d.v.At)
	return []doc{
		summary,
		d.versioned(base+"components.json", d.componentsChanged(), field("components", d.components[1])),
		d.versioned(base+"incidents.json", d.noticesChanged(recent), field("incidents", incidents), field("next_cursor", d.cursor(recent))),
		d.versioned(base+"maintenances.json", d.noticesChanged(d.v.Maintenances), field("scheduled_maintenances", maintenances)),
		{
			path: "/revision.json", contentType: typeJSON, changed: d.v.At,
			body: object(field("revision", number(d.v.Revision)), field("time", quoted(string(d.e.Stamp(d.v.At))))),
		},
	}, nil
}

// json makes a document that holds the page, and so changes with every object.
func (d *data) json(path string, fields ...[]byte) doc {
	return doc{path: path, contentType: typeJSON, body: object(fields...), changed: d.changed}
}

// last says when something changed: the moment and the revision.
type last struct {
	at       time.Time
	revision int64
}

func (l *last) see(at time.Time, revision int64) {
	l.at, l.revision = later(l.at, at), max(l.revision, revision)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (d *data) componentsChanged() last {
	var l last
	for i := range d.v.Components {
		l.see(d.v.Components[i].UpdatedAt, d.v.Components[i].Revision)
	}
	return l
}

// noticeChanged is the last change of a notice or of a component that stands in it.
func (d *data) noticeChanged(n *status.Incident) last {
	l := last{n.UpdatedAt, n.Revision}
	for _, id := range n.ComponentIDs {
		if c := d.find(id); c != nil {
			l.see(c.UpdatedAt, c.Revision)
		}
	}
	if n.Overdue(d.v.At) {
		l.at = later(l.at, *n.NextUpdateAt)
	}
	return l
}

func (d *data) noticesChanged(list []status.Incident) last {
	var l last
	for i := range list {
		n := d.noticeChanged(&list[i])
		l.see(n.at, n.revision)
	}
	return l
}

// versioned makes a document that names the revision at which it last changed. That is
// the newest of its objects', unless something went away or fell due: then it is the
// present one, as long as this process remembers what the document was before.
func (d *data) versioned(path string, l last, fields ...[]byte) doc {
	named := namedRevision{revision: l.revision}
	at := func(revision int64) []byte { return object(append(fields, field("revision", number(revision)))...) }
	if old, ok := d.b.data.named[path]; ok && old.revision >= l.revision {
		if body := at(old.revision); bytes.Equal(body, old.body) {
			named = old
		} else {
			named.revision = d.v.Revision
		}
	}
	if named.body == nil {
		named.body = at(named.revision)
	}
	if d.b.data.named == nil {
		d.b.data.named = map[string]namedRevision{}
	}
	d.b.data.named[path] = named
	return doc{path: path, contentType: typeJSON, changed: later(d.v.Page.CreatedAt, l.at), body: named.body}
}

// notices encodes a list in the shape of v2 (0) or v3 (1).
func (d *data) notices(shape int, notices []status.Incident) ([]byte, error) {
	items := make([][]byte, len(notices))
	for i := range notices {
		n, err := d.notice(&notices[i])
		if err != nil {
			return nil, err
		}
		items[i] = [][]byte{n.v2, n.v3}[shape]
	}
	return list(items), nil
}

// notice encodes a notice once per change.
func (d *data) notice(n *status.Incident) (encodedNotice, error) {
	if have, ok := d.kept[n.ID]; ok {
		return have, nil
	}
	key := d.key(n)
	made := d.b.data.notices[n.ID]
	if made.key != key {
		var short any = d.e.Incident(n)
		if n.Kind == status.Maintenance {
			short = d.e.Maintenance(n)
		}
		var err error
		if made.v2, err = statuspage.JSON(short); err != nil {
			return made, fmt.Errorf("publish: encoding notice %s: %w", n.ID, err)
		}
		if made.v3, err = statuspage.JSON(d.e.Public(n, d.v.At)); err != nil {
			return made, fmt.Errorf("publish: encoding notice %s: %w", n.ID, err)
		}
		made.key = key
	}
	d.kept[n.ID] = made
	return made, nil
}

// key changes whenever the encoded notice does.
func (d *data) key(n *status.Incident) string {
	var key strings.Builder
	p := &d.v.Page
	fmt.Fprint(&key, p.ID, " ", p.TimeZone, " ", n.Revision, " ", n.UpdatedAt.UnixMilli(), " ", n.Overdue(d.v.At))
	for _, id := range n.ComponentIDs {
		if revision, ok := d.revisions[id]; ok {
			fmt.Fprint(&key, " ", id, " ", revision)
		}
	}
	return key.String()
}

// cursor says where the next page of incidents begins; null when there is none.
func (d *data) cursor(page []status.Incident) []byte {
	total := 0
	for _, m := range d.v.Months {
		total += m.Incidents
	}
	if len(page) == 0 || len(page) == len(d.v.Incidents) && total <= len(page) {
		return []byte("null")
	}
	return quoted(page[len(page)-1].Cursor().String())
}

// field is one key of an object with its encoded value.
func field(key string, value []byte) []byte { return append([]byte(`"`+key+`":`), value...) }

// object joins fields; the parts are encoded already, and big ones are not scanned again.
func object(fields ...[]byte) []byte { return join('{', '}', fields) }

func list(items [][]byte) []byte { return join('[', ']', items) }

func join(begin, end byte, parts [][]byte) []byte {
	size := 2 + len(parts)
	for _, p := range parts {
		size += len(p)
	}
	out := append(make([]byte, 0, size), begin)
	for i, p := range parts {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, p...)
	}
	return append(out, end)
}

func number(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// quoted encodes a word without characters that need escaping.
func quoted(word string) []byte { return []byte(`"` + word + `"`) }
