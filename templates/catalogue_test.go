package templates

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func catalogues(t *testing.T) map[string]catalogue {
	t.Helper()
	all, err := loadCatalogues(files)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keysOf(c catalogue) []string {
	var keys []string
	for key := range c.messages {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

var placeholder = regexp.MustCompile(`{(\w+)}`)

// holes lists the placeholders of a text, each once.
func holes(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// texts lists all forms of a message.
func (m message) texts() []string {
	if m.forms == nil {
		return []string{m.text}
	}
	var all []string
	for _, text := range m.forms {
		all = append(all, text)
	}
	return all
}

func TestLanguagesSayTheSame(t *testing.T) {
	all := catalogues(t)
	english := all["en"]
	for locale, c := range all {
		if got, want := keysOf(c), keysOf(english); !slices.Equal(got, want) {
			t.Errorf("%s has other keys than en: %v", locale, difference(got, want))
		}
		for key, m := range c.messages {
			if !strings.HasPrefix(key, "format.") {
				checkMessage(t, locale+" "+key, m, english.messages[key])
			}
		}
	}
}

// checkMessage compares a message with the English one. A form for one thing may
// leave the number out ("letzter Tag"), the general form may not.
func checkMessage(t *testing.T, name string, m, english message) {
	t.Helper()
	if (m.forms == nil) != (english.forms == nil) {
		t.Errorf("%s has plural forms in one language only", name)
		return
	}
	want := holes(english.choose(language.English, 2))
	if got := holes(m.choose(language.English, 2)); !slices.Equal(got, want) {
		t.Errorf("%s has the placeholders %v, want %v", name, got, want)
	}
	for _, text := range m.texts() {
		for _, hole := range holes(text) {
			if !slices.Contains(want, hole) {
				t.Errorf("%s has the unknown placeholder {%s}", name, hole)
			}
		}
		if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "<>&") {
			t.Errorf("%s is empty or holds markup: %q", name, text)
		}
	}
}

func difference(a, b []string) []string {
	var out []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, "+"+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, "-"+x)
		}
	}
	return out
}

// TestPluralFormsAreThoseOfTheLanguage asks CLDR which forms whole numbers need.
func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	for locale, c := range catalogues(t) {
		needed := map[plural.Form]bool{}
		for n := range 200 {
			needed[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)] = true
		}
		for key, m := range c.messages {
			for form := range needed {
				if _, ok := m.forms[form]; m.forms != nil && !ok {
					t.Errorf("%s %s lacks plural form %v", locale, key, form)
				}
			}
			for form := range m.forms {
				if !needed[form] {
					t.Errorf("%s %s has plural form %v, which the language does not use", locale, key, form)
				}
			}
		}
	}
}

// spoken collects the keys that templates and code name: literally, or as the
// beginning of a key whose end is a value ("stage." + …).
func spoken(t *testing.T) (keys map[string]bool, beginnings []string) {
	t.Helper()
	keys = map[string]bool{}
	literal := regexp.MustCompile(`"([a-z0-9_]+\.[a-z0-9_.]*)"`)
	read := func(text string) {
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			if strings.HasSuffix(m[1], "_") || strings.HasSuffix(m[1], ".") {
				beginnings = append(beginnings, m[1])
			}
			keys[m[1]] = true
		}
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		ext := path.Ext(name)
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || ext != ".go" && ext != ".html" && ext != ".txt" {
			return err
		}
		body, err := os.ReadFile(name)
		read(string(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, beginnings
}

func TestEveryMessageIsSpoken(t *testing.T) {
	keys, beginnings := spoken(t)
	for _, key := range keysOf(catalogues(t)["en"]) {
		begun := slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(key, b) })
		if !keys[key] && !begun {
			t.Errorf("nothing speaks %q", key)
		}
	}
}

func TestLoadingNamesTheMistake(t *testing.T) {
	good := `{"a":"b"}`
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no English":        {fstest.MapFS{"locales/de.json": {Data: []byte(good)}}, "locales/en.json is missing"},
		"no JSON":           {fstest.MapFS{"locales/en.json": {Data: []byte("{")}}, "locales/en.json"},
		"no language":       {fstest.MapFS{"locales/en.json": {Data: []byte(good)}, "locales/12345678901.json": {Data: []byte(good)}}, "12345678901.json"},
		"no plural form":    {fstest.MapFS{"locales/en.json": {Data: []byte(`{"a":{"some":"x","other":"y"}}`)}}, `"some" is no plural form`},
		"no general form":   {fstest.MapFS{"locales/en.json": {Data: []byte(`{"a":{"one":"x"}}`)}}, `"other" is missing`},
		"a message of ones": {fstest.MapFS{"locales/en.json": {Data: []byte(`{"a":1}`)}}, "locales/en.json"},
	} {
		if _, err := loadCatalogues(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want it to name %q", name, err, c.want)
		}
	}
}

func TestFill(t *testing.T) {
	value := func(name string) (string, bool) { return "<" + name + ">", name != "missing" }
	for text, want := range map[string]string{"": "", "a": "a", "{x}": "<x>", "a {x} b {y}": "a <x> b <y>"} {
		if got, err := fill(text, value); err != nil || got != want {
			t.Errorf("fill(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"{missing}", "a {x"} {
		if got, err := fill(text, value); err == nil {
			t.Errorf("fill(%q) = %q, want an error", text, got)
		}
	}
}
