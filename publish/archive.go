package publish

import (
	linked "container/list"
	"context"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"allclear/status"
)

// archiveSize is how many archive documents are kept.
const archiveSize = 500

// archive keeps documents about what the view does not hold: months, and notices that
// are neither open nor recent. They are made from the database when first asked for.
type archive struct {
	mu    sync.Mutex
	view  *status.View
	docs  map[string]*linked.Element
	order *linked.List // newest use first
	busy  map[string]chan struct{}
}

type kept struct {
	path string
	doc  *Document
}

func newArchive() *archive {
	return &archive{docs: map[string]*linked.Element{}, order: linked.New(), busy: map[string]chan struct{}{}}
}

// reset forgets what was made for the previous view. Without a database the view keeps
// its revision, and what was made stays.
func (a *archive) reset(v *status.View) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.view == nil || a.view.Revision != v.Revision || a.view.Epoch != v.Epoch {
		clear(a.docs)
		a.order.Init()
	}
	a.view = v
}

var (
	monthPath    = regexp.MustCompile(`^/history/(\d{4}-\d{2})(?:/([1-9]\d{0,3}))?$`)
	feedOfPath   = regexp.MustCompile(`^/incidents/([A-Za-z0-9_-]{1,64})/feed\.(rss|atom|json)(\?per=update)?$`)
	noticeOfPath = regexp.MustCompile(`^/(incidents|maintenances)/([A-Za-z0-9_-]{1,64})$`)
)

// Archive finds or makes an archive document; nil when there is no such thing.
func (l *Live) Archive(ctx context.Context, path string) (*Document, error) {
	for {
		a := l.archive
		a.mu.Lock()
		if e := a.docs[path]; e != nil {
			a.order.MoveToFront(e)
			a.mu.Unlock()
			return e.Value.(*kept).doc, nil
		}
		if wait := a.busy[path]; wait != nil {
			a.mu.Unlock()
			select {
			case <-wait:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		done := make(chan struct{})
		a.busy[path] = done
		view := a.view
		a.mu.Unlock()

		d, err := l.make(ctx, view, path)
		a.mu.Lock()
		delete(a.busy, path)
		close(done)
		if err == nil && d != nil && a.view == view {
			a.put(path, d)
		}
		a.mu.Unlock()
		return d, err
	}
}

func (a *archive) put(path string, d *Document) {
	a.docs[path] = a.order.PushFront(&kept{path, d})
	for a.order.Len() > archiveSize {
		last := a.order.Back()
		delete(a.docs, last.Value.(*kept).path)
		a.order.Remove(last)
	}
}

// make asks the database for what an archive path names.
func (l *Live) make(ctx context.Context, v *status.View, path string) (*Document, error) {
	locale, rest, _ := l.Current().Locale(path)
	var d doc
	var err error
	if m := monthPath.FindStringSubmatch(rest); m != nil {
		d, err = l.makeMonth(ctx, v, locale, m[1], m[2])
	} else if m := noticeOfPath.FindStringSubmatch(rest); m != nil {
		d, err = l.makeNotice(ctx, v, locale, m[1] == "maintenances", m[2])
	} else if m := feedOfPath.FindStringSubmatch(rest); m != nil {
		d, err = l.makeFeed(ctx, v, locale, m[1], format(m[2]), m[3])
	} else {
		d, err = l.makeData(ctx, v, path)
	}
	if err != nil || d.body == nil {
		return nil, ignoreMissing(err)
	}
	return newDocument(d), nil
}

// ignoreMissing turns "there is no such notice" into no document at all.
func ignoreMissing(err error) error {
	if status.FaultCode(err) == status.CodeNotFound {
		return nil
	}
	return err
}

// makeMonth makes a page of a month; the first one has no number.
func (l *Live) makeMonth(ctx context.Context, v *status.View, locale, month, number string) (doc, error) {
	page := 1
	if number != "" {
		page, _ = strconv.Atoi(number) // up to four digits, as the path's pattern has it
	}
	known := slices.ContainsFunc(v.Months, func(m status.Month) bool { return monthKey(m) == month })
	if !known || number == "1" { // one spelling, one document
		return doc{}, nil
	}
	notices, err := l.o.Source.PublicMonth(ctx, month)
	if err != nil {
		return doc{}, err
	}
	return l.o.Builder.monthPage(v, locale, month, page, notices)
}

func (l *Live) makeNotice(ctx context.Context, v *status.View, locale string, maintenance bool, id string) (doc, error) {
	n, err := l.o.Source.PublicIncident(ctx, id)
	if err != nil || (n.Kind == status.Maintenance) != maintenance {
		return doc{}, err
	}
	return newPages(l.o.Builder, v, locale).noticePage(&n)
}

// makeFeed makes the feed of an incident that the view does not hold any more.
func (l *Live) makeFeed(ctx context.Context, v *status.View, locale, id string, to format, per string) (doc, error) {
	n, err := l.o.Source.PublicIncident(ctx, id)
	if err != nil || n.Kind != status.Problem {
		return doc{}, err
	}
	var notices []*status.Incident
	if len(posts(&n)) > 0 {
		notices = append(notices, &n)
	}
	m := feedMaker{b: l.o.Builder, v: v, locale: locale}
	return m.shaped(feedScope{notice: &n}, per, notices).as(to, m.b.Base)
}

// Archived says whether a path may name an archive document.
func Archived(path string) bool {
	if path == "/history.json" || path == "/api/v3/incidents.json" {
		return true
	}
	return archivePath.MatchString(path) || uptimeOfPath.MatchString(path)
}

var uptimeOfPath = regexp.MustCompile(`^/api/v3/components/[A-Za-z0-9_-]{1,64}/uptime\.json$`)

var archivePath = regexp.MustCompile(`^(/[a-z]{2,3}(-[A-Z]{2})?)?/(history/\d{4}-\d{2}(/[1-9]\d{0,3})?|(incidents|maintenances)/[A-Za-z0-9_-]{1,64}|incidents/[A-Za-z0-9_-]{1,64}/feed\.(rss|atom|json))$|^(/api/v3)?/(incidents|maintenances)/[A-Za-z0-9_-]{1,64}\.json$`)
