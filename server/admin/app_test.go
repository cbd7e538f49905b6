package admin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"allclear/status"
)

func TestManifest(t *testing.T) {
	w := newWorld(t)
	signedIn := w.as(status.Publisher)
	signedIn.post("/admin/profile/language", url.Values{"locale": {"de"}})
	for _, c := range []struct {
		b        *browser
		lang, do string
	}{{w.browser(), "en", "Report outage"}, {signedIn, "de", "Störung melden"}} {
		p := c.b.get("/admin/manifest.webmanifest")
		if p.code != http.StatusOK || p.header.Get("Content-Type") != "application/manifest+json" {
			t.Fatalf("%d %s", p.code, p.header.Get("Content-Type"))
		}
		var m manifest
		if err := json.Unmarshal([]byte(p.body), &m); err != nil {
			t.Fatal(err)
		}
		if m.Lang != c.lang || m.Scope != "/admin" || m.StartURL != "/admin" || m.Display != "standalone" || !strings.HasPrefix(m.Name, m.ShortName) {
			t.Errorf("%+v", m)
		}
		if len(m.Shortcuts) != 2 || m.Shortcuts[0].Name != c.do || m.Shortcuts[0].URL != "/admin/new" || m.Shortcuts[1].URL != "/admin" {
			t.Errorf("%+v", m.Shortcuts)
		}
		purposes := ""
		for _, i := range m.Icons {
			purposes += i.Purpose + " "
			if !strings.HasPrefix(i.Src, "/s/icons/") || i.Type != "image/svg+xml" || i.Sizes != "any" {
				t.Errorf("%+v", i)
			}
		}
		if purposes != "any maskable " {
			t.Errorf("icons for %s", purposes)
		}
	}
	p := signedIn.get("/admin")
	link := p.find(func(n *htmlNode) bool { return n.Data == "link" && attr(n, "rel") == "manifest" })
	if link == nil || attr(link, "href") != "/admin/manifest.webmanifest" {
		t.Error("no page names the manifest")
	}
}

// TestLetter: the review shows the mail as HTML in each language, as a document that can
// do nothing, and nothing is saved for it.
func TestLetter(t *testing.T) {
	w := newWorld(t)
	id := w.component("Payments", status.Operational, "")
	b := w.as(status.Author)
	review := b.get("/admin/new/review?c=" + id + "&symptom=slow")
	buttons := review.all(func(n *htmlNode) bool {
		return n.Data == "button" && attr(n, "formaction") == "/admin/preview" && attr(n, "formtarget") == "_blank"
	})
	if len(buttons) != 2 {
		t.Fatalf("%d buttons for two languages", len(buttons))
	}
	form, before := review.form("/admin/new/review"), w.revision()
	for _, button := range buttons {
		locale := attr(button, "value")
		p := b.post("/admin/preview", with(form, attr(button, "name"), locale, "name", "Cards & more", "translations.de.name", "Karten & mehr"))
		want := map[string]string{"en": "Cards & more", "de": "Karten & mehr"}[locale]
		if p.code != http.StatusOK || attr(p.find(byTag("html")), "lang") != locale || !strings.Contains(textOf(p.find(byTag("h1"))), want) {
			t.Errorf("%s: %d %s", locale, p.code, p.text())
		}
		if got := p.header.Get("Content-Security-Policy"); got != "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'" {
			t.Errorf("the policy is %q", got)
		}
		if p.header.Get("X-Frame-Options") != "SAMEORIGIN" || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", p.header)
		}
		if p.find(func(n *htmlNode) bool {
			return n.Data == "a" && has(n, "href") || n.Data == "script" || n.Data == "img"
		}) != nil {
			t.Error("the letter leads somewhere")
		}
	}
	bad := b.post("/admin/preview", with(form, "name", "", "letter", "xx"))
	if bad.code != http.StatusOK || attr(bad.find(byTag("html")), "lang") != "en" || bad.find(byTag("h1")) != nil || textOf(bad.find(byTag("p"))) == "" {
		t.Errorf("a form with a fault: %d %s", bad.code, bad.body)
	}
	for _, empty := range []url.Values{{}, {"c": {id}}, {"c": {id}, "symptom": {"slow"}, "status": {"nonsense"}}} {
		if p := b.post("/admin/preview", empty); p.code != http.StatusOK || p.find(byTag("h1")) != nil {
			t.Errorf("%v: %d", empty, p.code)
		}
	}
	if w.revision() != before || len(w.incidents()) != 0 {
		t.Error("looking at a letter changed something")
	}
	if p := w.as(status.Viewer).post("/admin/preview", form); p.code != http.StatusForbidden {
		t.Errorf("a viewer: %d", p.code)
	}
}
