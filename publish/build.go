package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"allclear/static"
	"allclear/status"
	"allclear/templates"
)

// Builder makes snapshots of views.
type Builder struct {
	Base  string // absolute URL of the site, without a slash at the end
	Pages *templates.Set

	assets map[string]*lazy
	bars   barCache
	parts  sectionCache
	fixed  docCache
	data   dataCache
	texts  textCache
}

// NewBuilder makes a builder. An asset is compressed when it is first asked for.
func NewBuilder(base string, pages *templates.Set) *Builder {
	b := &Builder{Base: base, Pages: pages, assets: map[string]*lazy{}}
	for _, a := range static.Assets() {
		b.assets[a.URL()] = &lazy{make: func() (doc, error) {
			return doc{path: a.URL(), contentType: a.ContentType, body: a.Body, immutable: true}, nil
		}}
	}
	return b
}

// Build makes the snapshot of a view. Documents that did not change are taken over
// from the previous snapshot, which may be nil.
func (b *Builder) Build(v *status.View, prev *Snapshot) (*Snapshot, error) {
	s := &Snapshot{
		Epoch: v.Epoch, Revision: v.Revision, At: v.At, Page: v.Page, State: v.State(), Components: v.Components,
		docs: map[string]*Document{}, faults: map[fault]*Document{}, sections: map[string][]Section{}, Title: map[string]string{},
	}
	s.XStatus = []string{string(s.State)}
	s.succeed(prev)
	docs, err := together(b.tasks(v, s, prev))
	if err != nil {
		return nil, err
	}
	s.adopt(docs, prev)
	s.before = nil
	maps.Copy(s.lazy, b.assets)
	if err := b.faultDocs(v, s, prev); err != nil {
		return nil, err
	}
	if s.status, err = b.statusMessage(v); err != nil {
		return nil, err
	}
	s.Messages, err = b.messages(v)
	return s, err
}

// tasks are the parts of a build that do not need each other.
func (b *Builder) tasks(v *status.View, s, prev *Snapshot) []func() ([]doc, error) {
	bars := b.bars.of(v)
	tasks := []func() ([]doc, error){
		func() ([]doc, error) { return b.apiDocs(v) },
		func() ([]doc, error) { return b.feedDocs(v) },
		func() ([]doc, error) { return b.textDocs(v) },
		func() ([]doc, error) { return b.brandDocs(v) },
		func() ([]doc, error) {
			b.promiseData(v, s)
			b.promiseFeeds(v, s)
			b.promiseCalendars(v, s)
			b.promiseBadges(v, s)
			b.promiseUptime(v, s, bars)
			return nil, nil
		},
	}
	for _, locale := range v.Page.Locales {
		tasks = append(tasks, func() ([]doc, error) { return b.pageDocs(v, s, prev, locale, bars) })
	}
	return tasks
}

// together runs tasks at once and joins what they make, in their order.
func together(tasks []func() ([]doc, error)) ([]doc, error) {
	made, errs := make([][]doc, len(tasks)), make([]error, len(tasks))
	var wg sync.WaitGroup
	for i, task := range tasks {
		wg.Go(func() { made[i], errs[i] = task() })
	}
	wg.Wait()
	return slices.Concat(made...), errors.Join(errs...)
}

// adopt keeps what is unchanged and compresses the rest on all processors.
func (s *Snapshot) adopt(docs []doc, prev *Snapshot) {
	fresh := make([]*Document, len(docs))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, d := range docs {
		if prev != nil {
			if old := prev.docs[d.path]; old != nil && old.same(d) {
				fresh[i] = old
				continue
			}
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			fresh[i] = newDocument(d)
			fresh[i].warm()
		})
	}
	wg.Wait()
	for _, d := range fresh {
		s.docs[d.Path] = d
	}
}

// rendered runs one Render function of the templates into a document.
func rendered[T any](path string, data T, changed time.Time, render func(io.Writer, T) error) (doc, error) {
	var buf bytes.Buffer
	if err := render(&buf, data); err != nil {
		return doc{}, fmt.Errorf("publish: %s: %w", path, err)
	}
	return doc{path: path, contentType: typeHTML, body: buf.Bytes(), changed: changed}, nil
}
