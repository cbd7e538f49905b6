package templates_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"allclear/templates"
)

func folder(name, text string) fstest.MapFS {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
}

func TestALanguageIsOneFile(t *testing.T) {
	words := folder("pl.json", `{"language.name": "polski", "banner.none": "Brak znanych problemów",
		"banner.working": {"one": "{working} z {n} usługi działa.", "few": "{working} z {n} usług działa.", "other": "{working} z {n} usług działa!"}}`)
	set, err := templates.New(templates.Options{BaseURL: "https://status.example", Languages: words})
	if err != nil {
		t.Fatal(err)
	}
	if !set.HasLocale("pl") || set.HasAdminLocale("pl") {
		t.Errorf("public words: %v, staff words: %v", set.HasLocale("pl"), set.HasAdminLocale("pl"))
	}
	chrome := templates.Chrome{Locale: "pl", DefaultLocale: "en", Locales: []string{"en", "pl"}, PageName: "Status", Zone: "Etc/UTC", Path: "/"}
	var page bytes.Buffer
	if err := set.StartPage(&page, templates.StartPage{Chrome: chrome, Banner: templates.Banner{Total: 3, Working: 3}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`lang="pl"`, "Brak znanych problemów", "3 z 3 usług działa.", ">polski</a>", "Skip to content"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestALanguageThatCannotBeSpoken(t *testing.T) {
	for name, tc := range map[string]struct{ file, text, want string }{
		"there already":    {"de.json", `{}`, `the language "de" is there already`},
		"no language":      {"x!.json", `{}`, "x!.json"},
		"no JSON":          {"fr.json", `{`, "fr.json"},
		"unknown message":  {"fr.json", `{"banner.nothing": "Rien"}`, `there is no message "banner.nothing"`},
		"unknown slot":     {"fr.json", `{"banner.none": "Rien {x}"}`, `"banner.none" has {x}, which nothing fills in`},
		"no plural":        {"fr.json", `{"banner.working": {"one": "{n}"}}`, `"other" is missing`},
		"slot in a plural": {"fr.json", `{"banner.working": {"one": "{n}", "other": "{m}"}}`, "{m}"},
	} {
		_, err := templates.New(templates.Options{Languages: folder(tc.file, tc.text)})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
