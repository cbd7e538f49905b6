package templates

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed layout.html frame.html error.html all:public all:mail locales
var files embed.FS

// fallbackLocale speaks where a language has no catalogue.
const fallbackLocale = "en"

// Options are what all documents of a site share.
type Options struct {
	BaseURL string // absolute, such as "https://status.example.org"
	// Languages is a folder of further catalogues, LOCALE.json each; may be nil.
	Languages fs.FS
}

// Set holds all templates and catalogues. It is safe for concurrent use.
type Set struct {
	base       string
	catalogues map[string]catalogue
	blueprints map[string]blueprint // by file

	mu     sync.Mutex
	voices map[voiceKey]*Voice
}

type voiceKey struct{ locale, zone string }

// declaration names a template file and what it is made of.
type declaration struct {
	file     string   // the page's own file
	layout   string   // the file around it; empty for mails
	partials []string // files whose definitions it uses
	sections []string // its section templates in order of display
	fs       fs.FS    // where the files lie
}

// text tells whether the file is plain text, not HTML.
func (d declaration) text() bool { return strings.HasSuffix(d.file, ".txt") }

// sources lists every file that is parsed for the declaration.
func (d declaration) sources() []string {
	var names []string
	if d.layout != "" {
		names = append(names, d.layout)
	}
	return append(append(names, d.partials...), d.file)
}

// declarations is the one list of everything that can be rendered.
func declarations() []declaration {
	return slices.Concat(publicPages(), framePages(), mailFiles(), adminPages())
}

// publicPages declares the pages that everybody may see.
func publicPages() []declaration {
	page := func(name string, partials string, sections ...string) declaration {
		d := declaration{file: "public/" + name + ".html", layout: "layout.html", sections: sections, fs: files}
		for partial := range strings.FieldsSeq(partials) {
			d.partials = append(d.partials, "public/_"+partial+".html")
		}
		return d
	}
	return []declaration{
		page("start", "notice bar day", StartSections()...),
		page("notice", "notice", "notice"),
		page("component", "bar notice", "component"),
		page("history", "", "history"),
		page("month", "day notice", "month"),
		page("subscribe", "choices", "content"),
		page("checkmail", "", "content"),
		page("confirm", "", "content"),
		page("manage", "choices", "content"),
		page("unsubscribe", "", "content"),
		page("owndata", "", "content"),
		page("report", "choices", "content"),
		page("reported", "", "content"),
		page("feeds", "", "content"),
		page("accessibility", "", "content"),
		{file: "error.html", layout: "layout.html", sections: []string{"content"}, fs: files},
	}
}

// framePages declares what other sites show of this one.
func framePages() []declaration {
	return []declaration{
		{file: "public/embed.html", layout: "frame.html", fs: files},
		{file: "public/strip.html", layout: "frame.html", fs: files},
	}
}

// mailFiles declares both parts of every mail.
func mailFiles() []declaration {
	var all []declaration
	for _, name := range []string{"notice", "confirm", "webhook", "owndata", "call"} {
		all = append(all,
			declaration{file: "mail/" + name + ".txt", partials: []string{"mail/_letter.txt"}, fs: files},
			declaration{file: "mail/" + name + ".html", partials: []string{"mail/_letter.html"}, fs: files})
	}
	return all
}

// New loads every catalogue and parses every template, so that a mistake in either
// stops the start and not a page.
func New(o Options) (*Set, error) {
	all, err := loadCatalogues(files)
	if err != nil {
		return nil, err
	}
	if o.Languages != nil {
		if err := addLanguages(all, o.Languages); err != nil {
			return nil, err
		}
	}
	if err := addAdminWords(all); err != nil {
		return nil, err
	}
	declared := declarations()
	if err := everyFileDeclared(files, declared); err != nil {
		return nil, err
	}
	if err := everyAdminFileDeclared(declared); err != nil {
		return nil, err
	}
	s := &Set{
		base:       strings.TrimRight(o.BaseURL, "/"),
		catalogues: all,
		blueprints: map[string]blueprint{},
		voices:     map[voiceKey]*Voice{},
	}
	funcs := s.newVoice(fallbackLocale, time.UTC).funcs()
	for _, d := range declared {
		b, err := d.parse(funcs)
		if err != nil {
			return nil, fmt.Errorf("templates: %s: %w", d.file, err)
		}
		s.blueprints[d.file] = b
	}
	return s, nil
}

// everyFileDeclared refuses a template that nothing renders: it would rot unseen.
func everyFileDeclared(fsys fs.FS, declared []declaration) error {
	used := map[string]bool{}
	for _, d := range declared {
		for _, name := range d.sources() {
			used[name] = true
		}
	}
	return fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(name, "locales/") || used[name] {
			return err
		}
		return fmt.Errorf("templates: no declaration names the file %s", name)
	})
}

// Voice is the set's voice in a language and a time zone. A language without a
// catalogue speaks English, a zone that the system does not know is UTC: a status
// page must come up in any case. Voices are kept; a site has as many as languages.
func (s *Set) Voice(locale, zone string) *Voice {
	if !s.HasLocale(locale) {
		locale = fallbackLocale
	}
	key := voiceKey{locale, zone}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.voices[key]; ok {
		return v
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	if known, ok := s.voices[voiceKey{locale, location.String()}]; ok { // by another name
		return known
	}
	v := s.newVoice(locale, location)
	s.voices[voiceKey{locale, location.String()}] = v
	return v
}

func (s *Set) newVoice(locale string, zone *time.Location) *Voice {
	return &Voice{
		base: s.base, locale: locale, zone: zone, words: s.catalogues[locale], names: languageNames(s.catalogues), slots: slotsOf(s.catalogues),
		bound: &bound{blueprints: s.blueprints, ready: map[string]executable{}},
	}
}

// chromed is every page model: it embeds Chrome.
type chromed interface{ chrome() Chrome }

// head is what a page says about itself outside its sections.
type head struct {
	title       string // without the page's name
	description string
	feed        string // folder of the feeds that belong to it; empty: none
	live        bool   // follows the event stream
	start       bool   // is the start page, whose sections the stream carries
	linked      any    // the page in the words of schema.org; nil: not said
	private     bool   // the address is a secret: no canonical link, no languages
}

// page renders a page's sections and composes the document.
func (v *Voice) page(w io.Writer, file string, d chromed, h head) error {
	sections, err := v.sections(file, d)
	if err != nil {
		return err
	}
	return v.compose(w, d.chrome(), sections, h)
}

func (v *Voice) sections(file string, d any) ([]Section, error) {
	var all []Section
	for _, id := range v.bound.blueprints[file].sections {
		inner, err := render(func(w io.Writer) error { return v.section(w, file, id, d) })
		if err != nil {
			return nil, err
		}
		all = append(all, NewSection(id, inner))
	}
	return all, nil
}

func (v *Voice) section(w io.Writer, file, id string, d any) error {
	inner, err := render(func(w io.Writer) error { return v.execute(w, file, id, d) })
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err = w.Write(squeeze(inner))
	return err
}

// compose puts sections into the layout.
func (v *Voice) compose(w io.Writer, c Chrome, sections []Section, h head) error {
	doc, err := render(func(w io.Writer) error {
		return v.execute(w, "public/start.html", "layout.html", v.layout(c, sections, h))
	})
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err = w.Write(squeeze(doc))
	return err
}
