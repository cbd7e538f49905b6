package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// serious opens a problem of priority P2 through the API and returns its staff page.
func (in *instance) serious(t *testing.T) string {
	t.Helper()
	var incident struct{ ID string }
	in.api(t, "POST", in.page(t)+"/incidents", map[string]any{"incident": map[string]any{
		"name": "Search: not available", "body": "We have confirmed the problem and are looking for the cause.", "severity": "serious", "symptom": "unreachable",
		"customer_impact": "You cannot reach Search at the moment.", "components": map[string]string{"search000001": "major_outage"},
		"translations": map[string]any{"de": map[string]string{
			"name": "Search: nicht erreichbar", "body": "Wir haben die Störung bestätigt und suchen die Ursache.", "customer_impact": "Sie können Search derzeit nicht erreichen.",
		}},
	}}, &incident)
	return "/admin/incidents/" + incident.ID
}

// onThePhone is a thumb on a small screen, with scripts or without.
func onThePhone(t *testing.T, in *instance, scripts bool) *thumb {
	t.Helper()
	b := newTab(t, 360, 780)
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(360, 780, chromedp.EmulateMobile)); err != nil {
		t.Fatal(err)
	}
	b.staff(in, "en", "publisher")
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
		t.Fatal(err)
	}
	b.open(in.url + "/admin")
	return &thumb{tab: b, seen: map[string]bool{}}
}

// TestAnUpdateInThreeTaps: from the overview, with nothing typed, with scripts and without.
func TestAnUpdateInThreeTaps(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			in := start(t, "--demo")
			path := in.serious(t)
			h := onThePhone(t, in, scripts)
			h.tap(`a[href="` + path + `#update"]`)
			h.loaded(`location.pathname === "` + path + `"`)
			h.tap(`#update .chips label:has([value=no_news])`)
			if scripts {
				h.shows(`document.querySelector("#update [name=body]").value.startsWith("There is nothing new since")`)
				h.shows(`document.querySelector("#update-shown").innerText.includes("There is nothing new since")`)
			}
			h.tap(`#update .send .main`)
			h.loaded(`document.querySelector(".flash") !== null`)
			if h.taps != 3 || h.loads != 2 {
				t.Errorf("%d taps, %d page loads", h.taps, h.loads)
			}
			for path, want := range map[string]string{"/": "There is nothing new since", "/de/": "gibt es nichts Neues"} {
				h.open(in.url + path)
				h.shows(`document.querySelector("#incidents").innerText.includes("` + want + `")`)
			}
		})
	}
}

// TestResolvedByTapsOnly: a problem of high priority, with every part of its closing
// message in two languages and not one character typed.
func TestResolvedByTapsOnly(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			in := start(t, "--demo")
			path := in.serious(t)
			h := onThePhone(t, in, scripts)
			h.tap(`a[href="` + path + `#update"]`)
			h.loaded(`location.pathname === "` + path + `"`)
			h.tap(`#resolve > summary`)
			for _, chip := range []string{"[name=cause][value=overload]", `[name="resolution.data_loss"][value=none]`, `[name="resolution.can_recur"][value=unlikely]`, "[name=measure][value=reserve]"} {
				h.tap(`#resolve label:has(` + chip + `)`)
			}
			if scripts {
				h.shows(`document.querySelector('#resolve [name="resolution.prevention"]').value === "We add reserve capacity."`)
				h.shows(`document.querySelector('#resolve [name="translations.de.prevention"]').value === "Wir stellen mehr Reserve bereit."`)
			}
			h.tap(`#resolve .send .main`)
			h.loaded(`document.querySelector(".flash") !== null`)
			if h.taps != 7 || h.loads != 2 {
				t.Errorf("%d taps, %d page loads", h.taps, h.loads)
			}
			public := strings.TrimPrefix(path, "/admin")
			for path, wants := range map[string][]string{
				public:         {"you could not reach Search", "too many requests at once", "No data was lost.", "We add reserve capacity.", "We are sorry for the trouble."},
				"/de" + public: {"konnten Sie Search nicht erreichen", "zu viele Anfragen gleichzeitig", "Es sind keine Daten verloren gegangen.", "Wir stellen mehr Reserve bereit.", "Wir bitten um Entschuldigung."},
			} {
				h.open(in.url + path)
				for _, want := range wants {
					h.shows(`document.querySelector("main").innerText.includes("` + want + `")`)
				}
			}
		})
	}
}
