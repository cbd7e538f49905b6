package templates

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

// adminWords reads the staff side's words of a language as they stand in the file.
func adminWords(t *testing.T, locale string) map[string]message {
	t.Helper()
	data, err := adminFiles.ReadFile("admin/locales/" + locale + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]message
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// said lists every text of a message, in each of its plural forms.
func (m message) said() []string {
	if m.forms == nil {
		return []string{m.text}
	}
	var all []string
	for _, text := range m.forms {
		all = append(all, text)
	}
	return all
}

// full is the form for many: a singular need not say its number.
func (m message) full() string {
	if m.forms == nil {
		return m.text
	}
	return m.forms[plural.Other]
}

func TestAdminCataloguesAreEqual(t *testing.T) {
	holes := regexp.MustCompile(`\{[a-z0-9]+\}`)
	en, de := adminWords(t, "en"), adminWords(t, "de")
	for key, m := range en {
		other, ok := de[key]
		if !ok {
			t.Errorf("%s is missing in German", key)
			continue
		}
		if (m.forms == nil) != (other.forms == nil) {
			t.Errorf("%s has plural forms in one language only", key)
		}
		want := holes.FindAllString(m.full(), -1)
		slices.Sort(want)
		got := holes.FindAllString(other.full(), -1)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: English names %v, German %v", key, want, got)
		}
		for _, text := range append(m.said(), other.said()...) {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s: %q has space around it or is empty", key, text)
			}
			for _, hole := range holes.FindAllString(text, -1) {
				if !slices.Contains(want, hole) {
					t.Errorf("%s: nothing fills %s", key, hole)
				}
			}
		}
	}
	for key := range de {
		if _, ok := en[key]; !ok {
			t.Errorf("%s is missing in English", key)
		}
	}
}

// TestAdminWordsAreUsed finds every key in a template or in the code of the staff side:
// written out, or its last part where keys are put together.
func TestAdminWordsAreUsed(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"admin/*.html", "*.go", "../server/admin/*.go", "../status/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(text)
		}
	}
	text := sources.String()
	word := func(w string) bool {
		found, err := regexp.MatchString(`["= .]`+regexp.QuoteMeta(w)+`["& ]`, text)
		return err == nil && found
	}
	for key := range adminWords(t, "en") {
		if strings.HasPrefix(key, "admin.say.") {
			continue // a stock of sentences; TestTheStockOfSentences knows each of them
		}
		if strings.Contains(text, `"`+key+`"`) || strings.Contains(text, `=`+key+`"`) {
			continue
		}
		_, rest, _ := strings.Cut(strings.TrimPrefix(key, "admin."), ".")
		if !word(rest) && !word(strings.TrimPrefix(rest, "resolution.")) {
			t.Errorf("nothing uses %s", key)
		}
	}
}

func TestAdminLocales(t *testing.T) {
	s := newSet(t)
	if got := s.AdminLocales(); !slices.Equal(got, []string{"de", "en"}) {
		t.Errorf("got %v", got)
	}
	if s.HasAdminLocale("tlh") {
		t.Error("the staff side does not speak Klingon")
	}
	var buf bytes.Buffer
	err := s.Admin(&buf, SignInPage{Office: Office{Locale: "tlh", PageName: "Example", Title: "Sign in"}, Form: &Form{ID: "f"}})
	if err != nil || !strings.Contains(buf.String(), "Mail address") {
		t.Errorf("an unknown language should read English: %v", err)
	}
}

func TestAdminTemplatesAreDeclared(t *testing.T) {
	if err := everyAdminFileDeclared(declarations()); err != nil {
		t.Error(err)
	}
	if err := everyAdminFileDeclared(publicPages()); err == nil {
		t.Error("undeclared templates were not noticed")
	}
	names, err := fs.Glob(adminFiles, "admin/*.html")
	if err != nil || len(names) < 15 {
		t.Errorf("%d templates (%v)", len(names), err)
	}
}

// TestTypedTextKeepsItsShape: a staff page is somebody's text, line by line.
func TestTypedTextKeepsItsShape(t *testing.T) {
	s := newSet(t)
	text := "\n  indented\n\n\nafter a gap  "
	p := EntryPage{Office: Office{Locale: "en", Title: "x"}, Form: &Form{ID: "f", Values: map[string][]string{"body": {text}}}}
	p.Entry.Stage = "investigating"
	var buf bytes.Buffer
	if err := s.Admin(&buf, p); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(buf.String(), ">\n"+text+"</textarea>") { // a browser drops the first line break
		t.Errorf("the text has changed:\n%s", buf.String())
	}
}

func TestFieldOptions(t *testing.T) {
	v := newSet(t).Voice("de", "UTC")
	f := &Form{ID: "f", Values: map[string][]string{"severity": {"minor"}}, Faults: []FormFault{{Field: "severity", Text: "Nein"}}}
	got, err := v.field(f, "severity", "of=severity", "none=admin.severity.auto", "is=minor serious")
	if err != nil || len(got.Options) != 3 || !got.Options[1].Chosen || got.Options[0].Chosen || got.Options[2].Label != "Schwer" || got.DescribedBy() != "f-severity-fault" {
		t.Errorf("%+v (%v)", got, err)
	}
	got, err = v.field(f, "translations.en.body", "rows=4")
	if err != nil || got.Lang != "en" || got.Label != "Text für Kunden (English)" || got.Rows != 4 {
		t.Errorf("%+v (%v)", got, err)
	}
	for _, bad := range [][]string{{"severity", "of=nothing", "is=minor"}, {"no_such_field"}, {"severity", "blink"}, {"severity", "rows=x"}, {"severity", "none=admin.nothing"}} {
		if _, err := v.field(f, bad[0], bad[1:]...); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}
