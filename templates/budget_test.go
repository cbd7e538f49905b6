package templates

import (
	"bytes"
	"compress/gzip"
	"io"
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

func TestWeight(t *testing.T) {
	s := newSet(t)
	page := func(locale string, components int) int {
		d := cannedStart(locale)
		d.Groups = cannedGroups(locale, components)
		return zipped(t, rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, d) }}))
	}
	css, js := zipped(t, asset(t, "page.css")), zipped(t, asset(t, "live.js"))
	icons := zipped(t, asset(t, "icons/sprite.svg")) + zipped(t, asset(t, "icons/major.svg"))
	first := max(page("en", 24), page("de", 24))
	for _, c := range []struct {
		what        string
		size, limit int
	}{
		{"start page with 24 components", first, 8 << 10},
		{"start page with 100 components", max(page("en", 100), page("de", 100)), 12 << 10},
		{"style sheet", css, 8 << 10},
		{"script", js, 5 << 10},
		{"icons", icons, 4 << 10},
		{"whole first visit", first + css + js + icons, 14 << 10},
	} {
		t.Logf("%s: %d bytes of %d", c.what, c.size, c.limit)
		if c.size > c.limit {
			t.Errorf("%s weighs %d bytes, the budget is %d", c.what, c.size, c.limit)
		}
	}
}
