package publish

import "sync"

// lazy is a document that is made when it is first asked for. There are thousands of
// component and notice pages, and a publication must not wait for those nobody reads.
// Its key changes whenever its content does.
type lazy struct {
	key  string
	make func() (doc, error)

	mu    sync.Mutex
	built *Document
}

// document makes the document once; many readers asking at once share the work.
func (l *lazy) document() (*Document, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.built != nil {
		return l.built, nil
	}
	d, err := l.make()
	if err != nil {
		return nil, err
	}
	l.built, l.make = newDocument(d), nil
	return l.built, nil
}

// ready is the document if somebody asked for it before.
func (l *lazy) ready() *Document {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.built
}

// promise adds a document that will be made on demand.
func (s *Snapshot) promise(path, key string, maker func() (doc, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lazy[path] = &lazy{key: key, make: maker}
}

// inherit takes over what was made for the previous snapshot and did not change.
func (s *Snapshot) inherit(prev *Snapshot) {
	if prev == nil {
		return
	}
	for path, l := range s.lazy {
		if old := prev.lazy[path]; old != nil && old.key == l.key {
			if d := old.ready(); d != nil {
				l.built, l.make = d, nil
			}
		}
	}
}
