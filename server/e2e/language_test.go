package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mirrored is a language made of the English one: written from right to left, every text
// a third longer, its placeholders where they were.
func mirrored(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../templates/locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]any
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	long := func(text string) string {
		if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") || len(text) < 3 {
			return text
		}
		return text + " " + strings.Repeat("ﺎﺑ", len(text)/6+1)
	}
	for key, value := range words {
		switch x := value.(type) {
		case string:
			if !strings.HasPrefix(key, "format.") && !strings.HasPrefix(key, "zone.") {
				words[key] = long(x)
			}
		case map[string]any:
			for form, text := range x {
				x[form] = long(text.(string))
			}
		}
	}
	out, err := json.Marshal(words)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestALanguageFromRightToLeft: one file adds a language; no page overflows in it, and the
// layout is turned round.
func TestALanguageFromRightToLeft(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(data, "locales"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "locales", "ar.json"), mirrored(t), 0o644); err != nil {
		t.Fatal(err)
	}
	in := startIn(t, data)
	page := in.page(t)
	in.api(t, "PATCH", page, map[string]any{"page": map[string]any{"locales": []string{"en", "ar"}}}, nil)
	component, incident := in.outage(t, page, "Payments")
	for _, width := range []int{320, 1280} {
		b := newTab(t, width, 900)
		for _, path := range []string{"/ar/", "/ar/incidents/" + incident, "/ar/components/" + component, "/ar/history", "/ar/subscribe", "/ar/report", "/ar/feeds", "/ar/accessibility"} {
			b.open(in.url + path)
			if dir := eval[string](b, `getComputedStyle(document.body).direction`); dir != "rtl" {
				t.Errorf("%s is written %s", path, dir)
			}
			if wide := eval[int](b, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
				t.Errorf("%s is %d px too wide at %d px", path, wide, width)
			}
			if eval[bool](b, `document.querySelector("h1").getBoundingClientRect().right < window.innerWidth / 2`) {
				t.Errorf("%s begins on the left at %d px", path, width)
			}
		}
	}
}
