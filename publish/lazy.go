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

// promise adds a document that will be made on demand. What was made for the previous
// snapshot and did not change is taken over.
func (s *Snapshot) promise(path, key string, maker func() (doc, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.before[path]; old != nil && old.key == key && old.ready() != nil {
		s.lazy[path] = old
		return
	}
	s.lazy[path] = &lazy{key: key, make: maker}
}

// succeed makes room for as many promises as the previous snapshot has.
func (s *Snapshot) succeed(prev *Snapshot) {
	if prev != nil {
		s.before = prev.lazy
	}
	s.lazy = make(map[string]*lazy, len(s.before))
}
