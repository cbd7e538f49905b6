package templates

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
)

// dataOf reads the block of data of a page; nil when there is none.
func dataOf(t *testing.T, d document) map[string]any {
	t.Helper()
	for _, script := range d.tags("script") {
		if attr(script, "type") == "application/ld+json" {
			var data map[string]any
			if err := json.Unmarshal([]byte(script.FirstChild.Data), &data); err != nil {
				t.Fatalf("%v: %s", err, script.FirstChild.Data)
			}
			return data
		}
	}
	return nil
}

func noticePage(t *testing.T, locale string, n Notice) document {
	t.Helper()
	c := cannedChrome(locale, n.Path(), n.Level)
	return parse(t, rendered(t, rendering{"notice", "", func(w io.Writer) error { return newSet(t).NoticePage(w, NoticePage{c, n}) }}))
}

func TestPagesSayWhatTheyAreToSearchEngines(t *testing.T) {
	start := dataOf(t, parse(t, rendered(t, rendering{"start", "", func(w io.Writer) error { return newSet(t).StartPage(w, cannedStart("de")) }})))
	site, _ := start["isPartOf"].(map[string]any)
	publisher, _ := site["publisher"].(map[string]any)
	if start["@context"] != "https://schema.org" || start["@type"] != "WebPage" || start["url"] != "https://status.example.org/de/" || start["inLanguage"] != "de" ||
		start["dateModified"] != "2026-11-21T21:05Z" || site["@type"] != "WebSite" || site["name"] != "Example Bank Status" || publisher["name"] != "Example Bank AG" {
		t.Errorf("the start page says %v", start)
	}
	incident := dataOf(t, noticePage(t, "en", cannedIncident("en")))
	if incident["@type"] != "WebPage" || incident["name"] != "SEPA direct debits are not carried out" || incident["datePublished"] != "2026-11-21T20:12Z" || incident["dateModified"] != "2026-11-21T21:05Z" {
		t.Errorf("an incident says %v", incident)
	}
	planned := cannedMaintenance("en", "m1", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00")
	event := dataOf(t, noticePage(t, "en", planned))
	place, _ := event["location"].(map[string]any)
	if event["@type"] != "Event" || event["startDate"] != "2026-11-24T22:00Z" || event["endDate"] != "2026-11-25T01:00Z" || event["eventStatus"] != "https://schema.org/EventScheduled" || place["@type"] != "VirtualLocation" {
		t.Errorf("a maintenance says %v", event)
	}
	planned.Stage = "cancelled"
	if event := dataOf(t, noticePage(t, "en", planned)); event["eventStatus"] != "https://schema.org/EventCancelled" {
		t.Errorf("a cancelled maintenance says %v", event)
	}
}

func metaOf(d document) map[string]string {
	all := map[string]string{}
	for _, m := range d.tags("meta") {
		all[attr(m, "property")+attr(m, "name")] = attr(m, "content")
	}
	return all
}

func TestWhatNetworksShowOfALink(t *testing.T) {
	s := newSet(t)
	for locale, want := range map[string]map[string]string{
		"en": {"og:locale": "en_US", "og:image:alt": "Outage", "og:url": "https://status.example.org/"},
		"de": {"og:locale": "de_DE", "og:image:alt": "Ausfall", "og:url": "https://status.example.org/de/"},
	} {
		d := parse(t, rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, cannedStart(locale)) }}))
		if paper := words(d.byID("paper")); paper != want["og:url"] {
			t.Errorf("%s: on paper stands %q", locale, paper)
		}
		meta := metaOf(d)
		want["og:image"] = "https://status.example.org" + cannedStart(locale).Picture()
		want["twitter:card"] = "summary"
		for name, content := range want {
			if meta[name] != content {
				t.Errorf("%s: %s is %q, want %q", locale, name, meta[name], content)
			}
		}
		if meta["og:title"] == "" || meta["og:description"] == "" || !strings.Contains(meta["og:image"], "/s/share/major-"+locale+".") {
			t.Errorf("%s: %v", locale, meta)
		}
	}
	d := parse(t, rendered(t, rendering{"manage", "", func(w io.Writer) error {
		return s.ManagePage(w, ManagePage{Chrome: cannedChrome("en", "/subscriptions/SECRET", "major"), Action: "/subscriptions/SECRET"})
	}}))
	if meta := metaOf(d); meta["og:image"] != "" || dataOf(t, d) != nil || d.byID("paper") != nil {
		t.Error("a page with a secret address offers itself to networks, search engines or paper")
	}
}

func TestKnownFooterLinksSpeakTheReadersLanguage(t *testing.T) {
	s := newSet(t)
	titles := func(locale string) []string {
		c := cannedChrome(locale, "/accessibility", "operational")
		c.FooterLinks = []Link{
			{"leichte sprache", "https://example.org/ls"}, {"Sign language", "https://example.org/dgs"}, {"Barriere melden", "https://example.org/barriere"},
			{"Schlichtungsstelle", "https://example.org/schlichtung"}, {"Impressum", "https://example.org/i"}, {"Our shop", "https://example.org/shop"},
		}
		d := parse(t, rendered(t, rendering{"accessibility", "", func(w io.Writer) error {
			return s.AccessibilityPage(w, AccessibilityPage{Chrome: c, Contact: "mailto:help@example.org"})
		}}))
		var list []string
		body := words(d.tags("main")[0])
		for _, a := range d.tags("a") {
			if strings.HasPrefix(attr(a, "href"), "https://example.org/") {
				list = append(list, words(a))
			}
		}
		if !strings.Contains(body, "https://example.org/barriere") || strings.Contains(body, "help@example.org") {
			t.Errorf("%s: the statement does not name the place for barriers: %s", locale, body)
		}
		return list
	}
	if got, want := titles("de"), []string{"https://example.org/barriere", "Schlichtungsstelle", "Leichte Sprache", "Gebärdensprache", "Barriere melden", "Schlichtungsstelle", "Impressum", "Our shop"}; !slices.Equal(got, want) {
		t.Errorf("German: %q, want %q", got, want)
	}
	if got, want := titles("en"), []string{"https://example.org/barriere", "Arbitration board", "Easy read", "Sign language", "Report a barrier", "Arbitration board", "Legal notice", "Our shop"}; !slices.Equal(got, want) {
		t.Errorf("English: %q, want %q", got, want)
	}
}

func TestTheStatementNamesTheContact(t *testing.T) {
	d := parse(t, rendered(t, rendering{"accessibility", "", func(w io.Writer) error {
		return newSet(t).AccessibilityPage(w, AccessibilityPage{Chrome: cannedChrome("en", "/accessibility", "operational"), Contact: "mailto:help@example.org", Updated: at("2026-11-01 09:00")})
	}}))
	text := words(d.tags("main")[0])
	for _, want := range []string{"help@example.org", "WCAG 2.2", "Statement of 1 Nov 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("the statement lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, "mailto:") || strings.Contains(text, "settles disputes") {
		t.Errorf("the statement says too much: %s", text)
	}
}

// TestSnippetsOfTheFeedsPage: what is there to be copied is right in every language, and a
// page's name cannot break it.
func TestSnippetsOfTheFeedsPage(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		c := cannedChrome(locale, "/feeds", "major")
		c.PageName = `A "B" [C] <i>`
		d := parse(t, rendered(t, rendering{"feeds", "", func(w io.Writer) error { return s.FeedsPage(w, FeedsPage{c}) }}))
		home := "https://status.example.org" + c.Prefix() + "/"
		alt := map[string]string{"en": "Current state of ", "de": "Aktueller Zustand von "}[locale]
		var snippets []string
		for _, code := range d.tags("code") {
			snippets = append(snippets, words(code))
		}
		for _, want := range []string{
			home + "feed.atom", home + "feed.rss", home + "feed.json", home + "feed.atom?per=update", home + "calendar.ics",
			`<a href="` + home + `"><img src="` + home + `badge.svg" alt="` + alt + `A &#34;B&#34; [C] &lt;i&gt;" height="22"></a>`,
			`[![` + alt + `A "B" \[C\] <i>](` + home + `badge.svg)](` + home + `)`,
			"https://status.example.org/badge.json",
			`<iframe src="` + home + `embed" title="A &#34;B&#34; [C] &lt;i&gt;" width="100%" height="220" style="border:0"></iframe>`,
			`<iframe src="` + home + `embed/banner" title="A &#34;B&#34; [C] &lt;i&gt;" width="100%" height="56" style="border:0"></iframe>`,
			"https://status.example.org/api/v3/openapi.json", "https://status.example.org/events?stream=status",
		} {
			if !slices.Contains(snippets, want) {
				t.Errorf("%s: there is no %s among\n%s", locale, want, strings.Join(snippets, "\n"))
			}
		}
	}
}
