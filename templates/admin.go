package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"allclear/status"
)

//go:embed all:admin
var adminFiles embed.FS

// Office is what surrounds every page of the staff side. Each page model embeds it.
type Office struct {
	Locale   string // the account's language
	Zone     string // the page's time zone: staff write what customers read
	PageName string
	Email    string      // of the account; empty before signing in
	Role     status.Role // of the account
	Keys     bool        // the keyboard shortcuts are on
	Here     string      // the entry of the navigation that is current
	Title    string      // heading of this page
	Overdue  int         // broken promises, said in the window's title
	Flash    Flash
	Now      time.Time
}

// Flash is the sentence after a write: a key below "admin.flash." and its number.
type Flash struct {
	Key string
	N   int
	// Sent is the key of the form that was written, so that the browser forgets its text.
	Sent string
}

// May says whether the account's role includes another.
func (o Office) May(role string) bool { return o.Role.May(status.Role(role)) }

func (o Office) office() Office { return o }

// AdminPage is the model of a staff page; it knows which template draws it.
type AdminPage interface {
	office() Office
	file() string
}

// adminPages declares the pages of the staff side.
func adminPages() []declaration {
	page := func(name string, partials ...string) declaration {
		d := declaration{file: "admin/" + name + ".html", layout: "admin/layout.html", sections: []string{"content"}, fs: adminFiles}
		for _, partial := range append([]string{"form"}, partials...) {
			d.partials = append(d.partials, "admin/_"+partial+".html")
		}
		return d
	}
	return []declaration{
		page("signin"), page("setup"),
		page("trends"), page("deliveries", "progress", "why"), page("message", "why"),
		page("home", "notice", "tile"), page("notices", "notice"),
		page("tiles", "tile", "draft"), page("review", "mailframe", "facts", "draft"), page("compose", "facts", "draft"), page("notice", "facts", "notice", "draft", "steps", "progress"), page("entry"), page("remove"),
		page("approval", "draft"), page("security", "facts", "tile", "draft"), page("templates"), page("template", "facts"),
		page("components"), page("order"), page("component"),
		page("settings", "grid"), page("accounts"), page("tokens"), page("audit"), page("profile"), page("confirm"),
	}
}

// Admin writes a page of the staff side. Other than public pages it is not squeezed:
// line breaks inside its text areas are somebody's paragraphs.
func (s *Set) Admin(w io.Writer, d AdminPage) error {
	o := d.office()
	if !s.HasAdminLocale(o.Locale) {
		o.Locale = fallbackLocale
	}
	v := s.Voice(o.Locale, o.Zone)
	doc, err := render(func(w io.Writer) error {
		return v.execute(w, "admin/"+d.file()+".html", "layout.html", d)
	})
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err = w.Write(doc)
	return err
}

// AdminLocales lists the languages that the staff side speaks.
func (s *Set) AdminLocales() []string {
	var locales []string
	for locale := range s.catalogues {
		if s.HasAdminLocale(locale) {
			locales = append(locales, locale)
		}
	}
	sort.Strings(locales)
	return locales
}

// HasAdminLocale says whether the staff side speaks the language: a language may be
// offered to the public before anybody has translated the admin's words.
func (s *Set) HasAdminLocale(locale string) bool {
	_, ok := s.catalogues[locale].messages["admin.brand"]
	return ok
}

// addAdminWords adds the words of the staff side to the public catalogues.
func addAdminWords(all map[string]catalogue) error {
	names, err := fs.Glob(adminFiles, "admin/locales/*.json")
	if err != nil {
		return fmt.Errorf("templates: list the words of the staff side: %w", err)
	}
	for _, name := range names {
		locale := strings.TrimSuffix(path.Base(name), ".json")
		if err := addWords(all[locale], name); err != nil {
			return fmt.Errorf("templates: %s: %w", name, err)
		}
	}
	return nil
}

func addWords(to catalogue, name string) error {
	if to.messages == nil {
		return fmt.Errorf("there is no public catalogue of this language")
	}
	data, err := adminFiles.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the words: %w", err)
	}
	var words map[string]message
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("read the words: %w", err)
	}
	for key, m := range words {
		if _, taken := to.messages[key]; taken {
			return fmt.Errorf("%q is in the public catalogue already", key)
		}
		to.messages[key] = m
	}
	return nil
}

// everyAdminFileDeclared refuses a staff template that nothing renders.
func everyAdminFileDeclared(declared []declaration) error {
	used := map[string]bool{}
	for _, d := range declared {
		for _, name := range d.sources() {
			used[name] = true
		}
	}
	names, err := fs.Glob(adminFiles, "admin/*.html")
	if err != nil {
		return fmt.Errorf("templates: list the staff templates: %w", err)
	}
	for _, name := range names {
		if !used[name] {
			return fmt.Errorf("templates: no declaration names the file %s", name)
		}
	}
	return nil
}
