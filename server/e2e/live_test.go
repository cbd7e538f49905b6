package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// watch counts what an open page says aloud, and notes shifts of its layout.
const watch = `(() => {
	window.spoken = [];
	new MutationObserver(() => { const text = document.querySelector("#say").textContent; if (text) spoken.push(text) })
		.observe(document.querySelector("#say"), {childList: true, characterData: true, subtree: true});
	return document.querySelector("#say").textContent === "";
})()`

// outage publishes a notice about a new component and gives the ids of both.
func (in *instance) outage(t *testing.T, page, name string) (component, incident string) {
	t.Helper()
	var c, i struct{ ID string }
	in.api(t, "POST", page+"/components", map[string]any{"component": map[string]any{"name": name, "status": "operational"}}, &c)
	in.api(t, "POST", page+"/incidents", map[string]any{"incident": map[string]any{
		"name": name + " is down", "body": "First words.", "components": map[string]string{c.ID: "major_outage"},
	}}, &i)
	return c.ID, i.ID
}

// TestASwapDisturbsNobody: focus, unfolded parts and the scroll position survive; what
// changed is said once; title and icon follow.
func TestASwapDisturbsNobody(t *testing.T) {
	in := start(t)
	page := in.page(t)
	component, incident := in.outage(t, page, "Payments")
	for n := range 6 { // more entries than the page shows at once
		in.api(t, "PATCH", page+"/incidents/"+incident, map[string]any{"incident": map[string]any{"body": fmt.Sprintf("News %d.", n)}}, nil)
	}
	b := newTab(t, 360, 780)
	b.open(in.url + "/")
	if !eval[bool](b, watch) {
		t.Error("the region that speaks must be empty when the page is loaded")
	}
	b.shows(`document.querySelector("#live") && !document.querySelector("#live").hidden`)
	eval[bool](b, `(() => {
		const fold = document.querySelector("#incidents details");
		fold.querySelector("summary").click();
		document.querySelector("#incidents h3 a").focus();
		window.wasAt = scrollY; window.icon = document.querySelector("link[rel=icon]").href;
		return fold.open;
	})()`)
	in.api(t, "PATCH", page+"/incidents/"+incident, map[string]any{"incident": map[string]any{"status": "identified", "body": "The cause is known."}}, nil)
	b.shows(`document.querySelector("#incidents").innerText.includes("The cause is known.")`)
	b.shows(`window.spoken.length > 0`)
	for what, holds := range map[string]string{
		"the focus is on the notice's link": `document.activeElement === document.querySelector("#incidents h3 a")`,
		"what was unfolded stays unfolded":  `document.querySelector("#incidents details").open`,
		"the page did not scroll":           `scrollY === window.wasAt`,
		"it was said once":                  `window.spoken.length === 1`,
	} {
		if !eval[bool](b, holds) {
			t.Errorf("not so: %s; said: %q", what, eval[[]string](b, `window.spoken`))
		}
	}
	in.api(t, "PATCH", page+"/incidents/"+incident, map[string]any{"incident": map[string]any{
		"status": "resolved", "body": "It works again.", "components": map[string]string{component: "operational"},
	}}, nil)
	b.shows(`document.title.startsWith("Resolved")`)
	b.shows(`document.querySelector("link[rel=icon]").href !== window.icon`)
}

// TestAPausedPageStandsStill and goes on with everything that it missed.
func TestAPausedPageStandsStill(t *testing.T) {
	in := start(t)
	page := in.page(t)
	b := newTab(t, 1280, 900)
	b.open(in.url + "/")
	b.shows(`document.querySelector("#live button").innerText.length > 0`)
	running := eval[string](b, `document.querySelector("#live").innerText`)
	eval[bool](b, `document.querySelector("#live button").click(), true`)
	b.shows(fmt.Sprintf(`document.querySelector("#live").innerText !== %q`, running))
	in.outage(t, page, "Search")
	other := newTab(t, 1280, 900) // what comes to another page has passed this one by
	other.open(in.url + "/")
	other.shows(`document.body.innerText.includes("Search is down")`)
	if eval[bool](b, `document.body.innerText.includes("Search is down")`) {
		t.Error("a paused page changed")
	}
	b.open(in.url + "/")
	b.shows(fmt.Sprintf(`document.querySelector("#live").innerText !== %q && document.querySelector("#live button").innerText.length > 0`, running))
	eval[bool](b, `document.querySelector("#live button").click(), true`)
	in.outage(t, page, "Mail")
	b.shows(`document.body.innerText.includes("Mail is down")`)
}

// TestALostConnectionIsSaid: the page never shows an old state as if it were new. The
// reader's clock runs a hundred times as fast meanwhile.
func TestALostConnectionIsSaid(t *testing.T) {
	in := start(t)
	b := newTab(t, 360, 780)
	b.open(in.url + "/")
	b.shows(`document.querySelector("#live") && !document.querySelector("#live").hidden`)
	eval[bool](b, `Date.now = ((now, began) => () => began + 100 * (now() - began))(Date.now, Date.now()), true`)
	b.silent = true // a browser complains of a connection that is cut
	in.stop()
	b.shows(`document.querySelector(".lost") !== null && document.querySelector("#live").classList.contains("off")`)
	if line := eval[string](b, `document.querySelector(".lost").innerText`); !strings.ContainsAny(line, "0123456789") {
		t.Errorf("the line names no time: %q", line)
	}
}

// TestTimesAreTheReaders in zones of all kinds, over changes of clock, without the page
// moving; the page's own zone is a tap away.
func TestTimesAreTheReaders(t *testing.T) {
	in := start(t)
	page := in.page(t)
	in.api(t, "PATCH", page, map[string]any{"page": map[string]any{"time_zone": "Europe/Berlin"}}, nil)
	in.outage(t, page, "Sign-in")
	for _, zone := range []string{"America/New_York", "Asia/Kolkata", "Europe/Berlin", "Pacific/Kiritimati"} {
		t.Run(zone, func(t *testing.T) {
			b := newTab(t, 1280, 900)
			if _, err := chromedp.Call(b.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone}); err != nil {
				t.Fatal(err)
			}
			b.open(in.url + "/")
			wrong := eval[[]string](b, `[...document.querySelectorAll("time[datetime*=T]")].filter(e => {
				const at = new Intl.DateTimeFormat("en-GB", {timeZone: "`+zone+`", hour: "2-digit", minute: "2-digit"}).format(new Date(e.dateTime));
				return (e.dataset.f || "dt") !== "r" && !e.textContent.includes(at);
			}).map(e => e.dateTime + " reads " + e.textContent)`)
			if len(wrong) > 0 {
				t.Errorf("not in the reader's zone: %q", wrong)
			}
			eval[bool](b, `(() => {
				window.shift = 0;
				const look = new PerformanceObserver(list => { for (const e of list.getEntries()) shift += e.value; });
				look.observe({type: "layout-shift", buffered: true});
				requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { window.settled = true })));
				return true;
			})()`)
			b.shows(`window.settled === true`)
			// What stands behind a time in its line gives way to a longer name of a zone; nothing
			// else moves.
			if shift := eval[float64](b, `window.shift`); shift >= 0.005 {
				t.Errorf("the page moved by %v", shift)
			}
			// Changes of clock: the night of 25 October 2026 and of 29 March 2026.
			for _, at := range []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T00:59:00Z", "2026-03-29T01:01:00Z"} {
				text := eval[string](b, `(() => { const e = document.querySelector("main time[datetime*=T]"); e.dateTime = "`+at+`";
					const line = document.querySelector("#zone span"), button = document.querySelector("#zone button"), seen = [];
					const own = Intl.DateTimeFormat().resolvedOptions().timeZone; // a browser may know the zone by an older name
					for (let n = 0; n < 3; n++) { button.click(); seen.push(line.textContent); if (line.textContent.includes(own)) break }
					window.zonesSeen = seen.join(" | ");
					return e.textContent })()`)
				clock := eval[string](b, `new Intl.DateTimeFormat("en-GB", {timeZone: "`+zone+`", hour: "2-digit", minute: "2-digit"}).format(new Date("`+at+`"))`)
				if zone != "Europe/Berlin" && !strings.Contains(text, clock) {
					t.Errorf("%s reads %q, want %s", at, text, clock)
				}
				if seen := eval[string](b, `window.zonesSeen`); !strings.Contains(seen, "UTC") || !strings.Contains(seen, "Europe/Berlin") {
					t.Errorf("the button leads through %q only", seen)
				}
			}
		})
	}
}
