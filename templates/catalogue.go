package templates

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one entry of a catalogue: a text, or one text per plural form. The
// form is chosen by the argument "n".
type message struct {
	text  string
	forms map[plural.Form]string
}

// UnmarshalJSON reads "text" or {"one": "…", "other": "…"}.
func (m *message) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &m.text); err == nil {
		return nil
	}
	var named map[string]string
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	m.forms = map[plural.Form]string{}
	for name, text := range named {
		form, ok := pluralForm(name)
		if !ok {
			return fmt.Errorf("%q is no plural form", name)
		}
		m.forms[form] = text
	}
	if _, ok := m.forms[plural.Other]; !ok {
		return fmt.Errorf("the plural form \"other\" is missing")
	}
	return nil
}

func pluralForm(name string) (plural.Form, bool) {
	forms := map[string]plural.Form{
		"zero": plural.Zero, "one": plural.One, "two": plural.Two,
		"few": plural.Few, "many": plural.Many, "other": plural.Other,
	}
	form, ok := forms[name]
	return form, ok
}

// choose picks the text for n.
func (m message) choose(tag language.Tag, n int) string {
	if m.forms == nil {
		return m.text
	}
	form := plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)
	if text, ok := m.forms[form]; ok {
		return text
	}
	return m.forms[plural.Other]
}

// catalogue holds every message of one language.
type catalogue struct {
	tag      language.Tag
	messages map[string]message
}

// loadCatalogues reads all languages of the folder "locales".
func loadCatalogues(fsys fs.FS) (map[string]catalogue, error) {
	names, err := fs.Glob(fsys, "locales/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]catalogue{}
	for _, name := range names {
		locale := strings.TrimSuffix(path.Base(name), ".json")
		c, err := loadCatalogue(fsys, name, locale)
		if err != nil {
			return nil, fmt.Errorf("templates: %s: %w", name, err)
		}
		all[locale] = c
	}
	if _, ok := all[fallbackLocale]; !ok {
		return nil, fmt.Errorf("templates: locales/%s.json is missing", fallbackLocale)
	}
	return all, nil
}

func loadCatalogue(fsys fs.FS, name, locale string) (catalogue, error) {
	tag, err := language.Parse(locale)
	if err != nil {
		return catalogue{}, err
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return catalogue{}, err
	}
	c := catalogue{tag: tag}
	return c, json.Unmarshal(data, &c.messages)
}

// fill replaces {name} by the argument of that name. An unknown placeholder is
// an error: a sentence with a hole must never reach a reader.
func fill(text string, value func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("unclosed placeholder in %q", text)
		}
		filled, ok := value(name)
		if !ok {
			return "", fmt.Errorf("no value for {%s}", name)
		}
		out.WriteString(filled)
		text = after
	}
}

// Locales lists the languages that have a catalogue, in alphabetical order.
func (s *Set) Locales() []string {
	var locales []string
	for locale := range s.catalogues {
		locales = append(locales, locale)
	}
	sort.Strings(locales)
	return locales
}

// HasLocale tells whether the language has a catalogue.
func (s *Set) HasLocale(locale string) bool {
	_, ok := s.catalogues[locale]
	return ok
}
