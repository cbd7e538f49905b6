package publish

import (
	"maps"
	"slices"
	"sync"
	"time"

	"allclear/status"
	"allclear/templates"
)

// Snapshot is everything the public can fetch at one revision. It never changes once
// it is current.
type Snapshot struct {
	Epoch    string
	Revision int64
	At       time.Time // moment of the revision
	Page     status.Page
	State    status.State
	XStatus  []string          // the state as a ready header
	Title    map[string]string // document title of the start page, by locale
	// Components are the visible ones, for forms that let people choose.
	Components []status.Component

	mu       sync.Mutex // while it is built
	docs     map[string]*Document
	lazy     map[string]*lazy
	before   map[string]*lazy // of the previous snapshot, while this one is built
	faults   map[fault]*Document
	sections map[string][]Section
	// status is the data of the first event of every connection to stream=status.
	status []byte
	// Messages tell listeners what this revision brought.
	Messages []Message
}

type fault struct {
	locale string
	code   int
}

// Section is a part of the start page, with the revision at which it last changed.
type Section struct {
	templates.Section
	Changed int64
}

// show sets what listeners of a language are sent.
func (s *Snapshot) show(locale, title string, sections []Section) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Title[locale], s.sections[locale] = title, sections
}

// Document finds a document by its path (and, for feeds, its known query); nil when
// the snapshot holds none.
func (s *Snapshot) Document(path string) (*Document, error) {
	if d := s.docs[path]; d != nil {
		return d, nil
	}
	if l := s.lazy[path]; l != nil {
		return l.document()
	}
	return nil, nil //nolint:nilnil // no such document is an answer, not an error
}

// Has says whether the snapshot holds a document, without making it.
func (s *Snapshot) Has(path string) bool { return s.docs[path] != nil || s.lazy[path] != nil }

// Paths lists all documents in order.
func (s *Snapshot) Paths() []string {
	paths := slices.AppendSeq(slices.Collect(maps.Keys(s.docs)), maps.Keys(s.lazy))
	slices.Sort(paths)
	return paths
}

// Fault is the page for an HTTP status in a language, made when the snapshot was.
func (s *Snapshot) Fault(locale string, code int) *Document {
	if d := s.faults[fault{locale, code}]; d != nil {
		return d
	}
	if d := s.faults[fault{s.Page.DefaultLocale, code}]; d != nil {
		return d
	}
	return s.faults[fault{s.Page.DefaultLocale, 500}]
}

// Chrome is what surrounds a page made outside the snapshot, such as a form.
func (s *Snapshot) Chrome(locale, path string) templates.Chrome {
	return chromeOf(&s.Page, s.State, locale, path)
}

// Locale splits a path into the language it asks for and the path without it.
// ok is false when the first part is no language of this page.
func (s *Snapshot) Locale(path string) (locale, rest string, ok bool) {
	for _, l := range s.Page.Locales {
		prefix := "/" + l
		if path == prefix {
			return l, "/", true
		}
		if len(path) > len(prefix) && path[:len(prefix)+1] == prefix+"/" {
			return l, path[len(prefix):], true
		}
	}
	return s.Page.DefaultLocale, path, false
}
