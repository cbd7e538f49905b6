package templates

import (
	"io"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestAnUndeclaredFileStopsTheStart(t *testing.T) {
	fsys := fstest.MapFS{"public/a.html": {}, "public/b.html": {}, "locales/en.json": {}}
	declared := []declaration{{file: "public/a.html"}}
	err := everyFileDeclared(fsys, declared)
	if err == nil || !strings.Contains(err.Error(), "public/b.html") {
		t.Errorf("the error is %v, want it to name public/b.html", err)
	}
	if err := everyFileDeclared(fsys, append(declared, declaration{file: "public/b.html"})); err != nil {
		t.Errorf("everything is declared, yet: %v", err)
	}
}

func TestABrokenTemplateStopsTheStart(t *testing.T) {
	funcs := newSet(t).Voice("en", "UTC").funcs()
	for name, c := range map[string]struct{ body, want string }{
		"syntax":          {`{{define "content"}}{{if}}{{end}}`, "missing value"},
		"unknown word":    {`{{define "content"}}{{nonsense}}{{end}}`, "nonsense"},
		"missing section": {`{{define "other"}}{{end}}`, `"content" is not defined`},
	} {
		fsys := fstest.MapFS{"x.html": {Data: []byte(c.body)}}
		_, err := declaration{file: "x.html", sections: []string{"content"}, fs: fsys}.parse(funcs)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want it to name %q", name, err, c.want)
		}
	}
}

func TestSectionsAreThoseOfTheDocument(t *testing.T) {
	s := newSet(t)
	d := cannedStart("de")
	sections, err := s.Sections(d)
	if err != nil {
		t.Fatal(err)
	}
	alone := string(rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, d) }}))
	d.Sections = sections
	given := string(rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, d) }}))
	if alone != given {
		t.Error("the page with given sections differs from the page that renders them itself")
	}
	for i, section := range sections {
		if section.ID != StartSections()[i] {
			t.Errorf("section %d is %s, want %s", i, section.ID, StartSections()[i])
		}
		single := rendered(t, rendering{section.ID, "", func(w io.Writer) error { return s.Section(w, section.ID, d) }})
		if string(single) != string(section.HTML) || Hash(single) != section.Hash {
			t.Errorf("the section %s alone differs from the one in the list", section.ID)
		}
		outer := `<section id="` + section.ID + `" data-h="` + section.Hash + `">` + string(section.HTML) + `</section>`
		if !strings.Contains(alone, outer) {
			t.Errorf("the page does not hold the section %s", section.ID)
		}
	}
	if err := s.Section(io.Discard, "nonsense", d); err == nil {
		t.Error("a section that does not exist was rendered")
	}
}

// TestGroupsMayBeRenderedAlone: the section made of ready groups is the same, byte by byte.
func TestGroupsMayBeRenderedAlone(t *testing.T) {
	s := newSet(t)
	loose := cannedStart("en")
	loose.Groups = append([]Group{{Components: loose.Groups[1].Components}}, loose.Groups...)
	many := cannedStart("de")
	many.Groups = cannedGroups("de", 160)
	for _, d := range []StartPage{cannedStart("de"), cannedCalm("en"), loose, many} {
		want := rendered(t, rendering{"components", "", func(w io.Writer) error { return s.Section(w, "components", d) }})
		for _, g := range d.Groups {
			ready, err := s.Group(d, g)
			if err != nil {
				t.Fatal(err)
			}
			d.Ready = append(d.Ready, ready)
		}
		if got := rendered(t, rendering{"components", "", func(w io.Writer) error { return s.Section(w, "components", d) }}); string(got) != string(want) {
			t.Errorf("made of ready groups the section is\n%s, want\n%s", got, want)
		}
	}
}

func TestOnlyWhatChangedHasANewHash(t *testing.T) {
	s := newSet(t)
	before, err := s.Sections(cannedStart("en"))
	if err != nil {
		t.Fatal(err)
	}
	d := cannedStart("en")
	d.Incidents[0].Title = "Another title"
	after, err := s.Sections(d)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if changed := before[i].Hash != after[i].Hash; changed != (before[i].ID == "incidents") {
			t.Errorf("section %s: changed is %v", before[i].ID, changed)
		}
	}
}

func TestAnEmptySectionKeepsItsPlace(t *testing.T) {
	sections, err := newSet(t).Sections(cannedCalm("en"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range sections {
		empty := section.HTML == ""
		if want := section.ID == "incidents" || section.ID == "active-maintenance" || section.ID == "soon"; empty != want {
			t.Errorf("section %s: empty is %v, want %v", section.ID, empty, want)
		}
	}
}

func TestVoicesMayBeAskedForAtOnce(t *testing.T) {
	s := newSet(t)
	var wg sync.WaitGroup
	voices := make([]*Voice, 8)
	for i := range voices {
		wg.Go(func() { voices[i] = s.Voice("de", "Asia/Tokyo") })
	}
	wg.Wait()
	for _, v := range voices {
		if v != voices[0] {
			t.Error("one language and zone has two voices")
		}
	}
}

func TestLanguagesAndAddresses(t *testing.T) {
	s := newSet(t)
	d := parse(t, rendered(t, rendering{"start", "", func(w io.Writer) error {
		return s.HistoryPage(w, HistoryPage{Chrome: cannedChrome("de", "/history", "operational")})
	}}))
	links := map[string]string{}
	for _, l := range d.tags("link") {
		links[attr(l, "rel")+" "+attr(l, "hreflang")+attr(l, "title")] = attr(l, "href")
	}
	for name, want := range map[string]string{
		"canonical ": "https://status.example.org/de/history", "alternate de": "https://status.example.org/de/history",
		"alternate en": "https://status.example.org/history", "alternate x-default": "https://status.example.org/history",
		"alternate Atom": "/de/feed.atom", "alternate RSS": "/de/feed.rss", "alternate JSON Feed": "/de/feed.json",
	} {
		if links[name] != want {
			t.Errorf("%s leads to %q, want %q", name, links[name], want)
		}
	}
	if body := d.tags("body")[0]; attr(body, "data-live") != "/events?stream=page-de" {
		t.Errorf("the page listens to %q", attr(body, "data-live"))
	}
}

func TestPagesWithASecretAddressKeepIt(t *testing.T) {
	s := newSet(t)
	page := rendered(t, rendering{"manage", "", func(w io.Writer) error {
		return s.ManagePage(w, ManagePage{Chrome: cannedChrome("en", "/subscriptions/SECRET", "major"), Action: "/subscriptions/SECRET"})
	}})
	d := parse(t, page)
	for _, l := range d.tags("link", "meta") {
		if strings.Contains(attr(l, "href")+attr(l, "content"), "SECRET") {
			t.Errorf("<%s> gives the address away", l.Data)
		}
	}
	if !strings.Contains(string(page), `content="noindex"`) {
		t.Error("the page does not ask search engines to stay away")
	}
}
