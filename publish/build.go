package publish

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"runtime"
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
		docs: map[string]*Document{}, lazy: map[string]*lazy{}, faults: map[fault]*Document{}, sections: map[string][]Section{}, Title: map[string]string{},
	}
	s.XStatus = []string{string(s.State)}
	var docs []doc
	for _, make := range []func(*status.View) ([]doc, error){b.apiDocs, b.feedDocs, b.textDocs} {
		made, err := make(v)
		if err != nil {
			return nil, err
		}
		docs = append(docs, made...)
	}
	pages, err := b.pageDocs(v, s, prev)
	if err != nil {
		return nil, err
	}
	s.adopt(append(docs, pages...), prev)
	s.inherit(prev)
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
