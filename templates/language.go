package templates

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
)

// addLanguages adds the catalogues of a folder: a language is one file. It may lack
// sentences, which are then English, but it cannot say what nobody will fill in, and it
// cannot replace a language that is there.
func addLanguages(all map[string]catalogue, folder fs.FS) error {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return err //nolint:wrapcheck // the pattern is right
	}
	for _, name := range names {
		locale := name[:len(name)-len(".json")]
		if _, ok := all[locale]; ok {
			return fmt.Errorf("templates: %s: the language %q is there already", name, locale)
		}
		c, err := loadCatalogue(folder, name, locale)
		if err == nil {
			err = c.completed(all[fallbackLocale])
		}
		if err != nil {
			return fmt.Errorf("templates: %s: %w", name, err)
		}
		all[locale] = c
	}
	return nil
}

// completed takes what is missing from another language and refuses what that one does
// not know.
func (c catalogue) completed(from catalogue) error {
	for _, key := range slices.Sorted(maps.Keys(c.messages)) {
		known, ok := from.messages[key]
		if !ok {
			return fmt.Errorf("there is no message %q", key)
		}
		for name := range c.messages[key].slots() {
			if !known.slots()[name] {
				return fmt.Errorf("%q has {%s}, which nothing fills in", key, name)
			}
		}
	}
	for key, m := range from.messages {
		if _, ok := c.messages[key]; !ok {
			c.messages[key] = m
		}
	}
	return nil
}

var slot = regexp.MustCompile(`{(\w+)}`)

// slots are the names in braces of all forms of a message.
func (m message) slots() map[string]bool {
	names := map[string]bool{}
	texts := append(slices.Collect(maps.Values(m.forms)), m.text)
	for _, text := range texts {
		for _, found := range slot.FindAllStringSubmatch(text, -1) {
			names[found[1]] = true
		}
	}
	return names
}
