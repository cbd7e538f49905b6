package templates

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"allclear/static"
)

// zipped is the size of a body as gzip sends it.
func zipped(t *testing.T, body []byte) int {
	t.Helper()
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Len()
}

func asset(t *testing.T, name string) []byte {
	t.Helper()
	a, ok := static.Get(name)
	if !ok {
		t.Fatalf("there is no asset %s", name)
	}
	return a.Body
}

// loads are the addresses that a browser asks for when it shows a page, besides the page.
func loads(d document) []string {
	seen := map[string]bool{}
	for _, el := range d.tags("link", "script", "use", "img", "body") {
		if rel := attr(el, "rel"); el.Data == "link" && rel != "stylesheet" && rel != "icon" {
			continue
		}
		for _, name := range []string{"href", "src", "data-live"} {
			if address, _, _ := strings.Cut(attr(el, name), "#"); address != "" {
				seen[address] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// TestWeight holds the budgets of a first visit, as gzip sends it. The start page shows 24
// services over 90 days and two incidents.
func TestWeight(t *testing.T) {
	const aim, limit, requests = 14 << 10, 30 << 10, 6
	s := newSet(t)
	weigh := func(name string, size, most int) {
		t.Helper()
		t.Logf("%s: %d bytes of %d", name, size, most)
		if size > most {
			t.Errorf("%s weighs %d bytes, the budget is %d", name, size, most)
		}
	}
	page := func(locale string, components int) []byte {
		d := cannedStart(locale)
		d.Groups = cannedGroups(locale, components)
		return rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, d) }})
	}
	sheet, script := zipped(t, asset(t, "page.css")), zipped(t, asset(t, "live.js"))
	icons := zipped(t, asset(t, "icons/sprite.svg")) + zipped(t, asset(t, "icons/major.svg"))
	weigh("style sheet", sheet, 8<<10)
	weigh("script", script, 5<<10)
	weigh("icons", icons, 4<<10)
	for _, locale := range s.Locales() {
		small := page(locale, 24)
		weigh(locale+" start page with 24 components", zipped(t, small), 8<<10)
		weigh(locale+" start page with 100 components", zipped(t, page(locale, 100)), 12<<10)
		first := zipped(t, small) + sheet + script + icons
		weigh(locale+" whole first visit", first, aim)
		weigh(locale+" whole first visit, the limit", first, limit)
		asked := loads(parse(t, small))
		for _, address := range asked {
			if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
				t.Errorf("the start page loads %s from elsewhere", address)
			}
		}
		if len(asked)+1 > requests {
			t.Errorf("a first visit takes %d requests, the budget is %d: the page and %q", len(asked)+1, requests, asked)
		}
	}
}
