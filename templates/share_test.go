package templates

import (
	"io"
	"strings"
	"testing"
)

// framesOf renders both frames of a start page.
func framesOf(t *testing.T, s *Set, d EmbedPage) (card, strip []byte) {
	t.Helper()
	card = rendered(t, rendering{"embed", "", func(w io.Writer) error { return s.EmbedPage(w, d) }})
	strip = rendered(t, rendering{"strip", "", func(w io.Writer) error { return s.EmbedBanner(w, d) }})
	return card, strip
}

func framed(d StartPage) EmbedPage {
	d.Path = "/embed"
	return EmbedPage{Chrome: d.Chrome, Banner: d.Banner}
}

// everyBanner is a banner for each sentence that it can say.
func everyBanner() map[string]Banner {
	all := map[string]Banner{
		"calm":        cannedCalm("en").Banner,
		"outage":      cannedStart("en").Banner,
		"maintenance": {State: "maintenance", Maintenance: true, Working: 23, Total: 24, AsOf: at("2026-11-21 21:05")},
		"stale":       {State: "operational", Stale: true, CheckedAt: at("2026-11-21 21:05"), Working: 24, Total: 24},
		"resolved":    {State: "operational", ResolvedTitle: strings.Repeat("Überweisungen fehlen ", 12), ResolvedAt: at("2026-11-21 21:00"), Working: 24, Total: 24},
		"impaired":    {State: "partial", Impaired: 3, WorstComponent: strings.Repeat("Wertpapierdepotführung ", 11), WorstLevel: "partial_outage", Working: 21, Total: 24},
		"watching":    {State: "operational", Watching: 1, Title: strings.Repeat("Kontoauszüge fehlten ", 12), Working: 24, Total: 24},
		"empty":       {State: "operational"},
	}
	for _, level := range pageStates() {
		b := cannedStart("en").Banner
		b.State, b.Level, b.Title = level, level, strings.Repeat("Ö", 255)
		all["long "+level] = b
	}
	return all
}

func TestFramesSayWhatTheBannerSays(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		for name, b := range everyBanner() {
			d := framed(cannedStart(locale))
			d.Banner = b
			card, strip := framesOf(t, s, d)
			for file, body := range map[string][]byte{"embed": card, "strip": strip} {
				keep(t, locale+"-"+file+"-"+strings.ReplaceAll(name, " ", "-")+".html", body)
				page := parse(t, body)
				fail := func(format string, args ...any) {
					t.Helper()
					t.Errorf(locale+" "+name+" "+file+": "+format, args...)
				}
				checkPolicy(page, fail)
				checkLabels(page, fail)
				if len(page.tags("script")) > 0 {
					fail("has a script")
				}
				if title := page.tags("title"); len(title) != 1 || words(title[0]) == "" || attr(page.tags("html")[0], "lang") != locale {
					fail("has no title or language")
				}
				home := "https://status.example.org" + d.Prefix() + "/"
				if link := page.tags("a"); len(link) != 1 || attr(link[0], "href") != home || attr(link[0], "rel") != "noopener" {
					fail("does not lead to %s", home)
				}
				if attr(page.tags("body")[0], "class") != b.Look() || !strings.Contains(string(body), Shape(b.Look())) {
					fail("does not look like %s", b.Look())
				}
			}
			if h1 := parse(t, strip).tags("h1"); len(h1) != 1 || words(h1[0]) == "" {
				t.Errorf("%s %s: the strip has no heading", locale, name)
			}
			squashed := func(text string) string {
				return strings.Join(strings.Fields(strings.ReplaceAll(text, " :", ":")), " ")
			}
			if h1 := parse(t, card).tags("h1"); len(h1) != 1 || squashed(words(h1[0])) != squashed(s.Voice(locale, d.Zone).BannerTitle(b)) {
				t.Errorf("%s %s: the card says %q", locale, name, words(h1[0]))
			}
		}
	}
}

// TestWeightOfTheStrip: one line for other sites weighs at most 2 KB with its style,
// unpacked, whatever it has to say.
func TestWeightOfTheStrip(t *testing.T) {
	s := newSet(t)
	sheet, heaviest := len(asset(t, "strip.css")), 0
	for _, locale := range s.Locales() {
		for name, b := range everyBanner() {
			d := framed(cannedStart(locale))
			d.Banner = b
			_, strip := framesOf(t, s, d)
			heaviest = max(heaviest, len(strip)+sheet)
			if len(strip)+sheet > 2<<10 {
				t.Errorf("%s %s weighs %d bytes", locale, name, len(strip)+sheet)
			}
		}
	}
	t.Logf("the heaviest strip weighs %d bytes of %d, %d of them style", heaviest, 2<<10, sheet)
}
