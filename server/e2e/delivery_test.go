package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// message is the address of the first message on the page of a notice's deliveries.
func (b *tab) message() string {
	b.t.Helper()
	return eval[string](b, `document.querySelector(".messages h3 a").getAttribute("href")`)
}

// TestDeliveryScreens looks at messages that have left, in both languages.
func TestDeliveryScreens(t *testing.T) {
	in := start(t, "--demo")
	path := in.publish(t)
	seen := newLookedAt(t)
	t.Run("in", func(t *testing.T) {
		for _, locale := range []string{"en", "de"} {
			t.Run(locale, func(t *testing.T) {
				t.Parallel()
				x := newExaminer(t, in.url, 360, 44, seen)
				x.dark = locale == "de"
				x.staff(in, locale, "admin")
				x.open(in.url + path + "/deliveries")
				x.shows(`document.querySelectorAll(".messages li").length > 1`)
				x.examine("deliveries")
				x.open(in.url + x.message())
				x.examine("message")
				x.open(in.url + path + "/deliveries?state=sent")
				x.examine("deliveries that arrived")
			})
		}
	})
	seen.valid()
}

// TestDeliveriesAreFollowed: the page of a notice says by itself how far its messages
// have come, and once aloud.
func TestDeliveriesAreFollowed(t *testing.T) {
	in := start(t, "--demo", "--mail-hold", "4s")
	b := newTab(t, 360, 740)
	b.staff(in, "en", "publisher")
	path := in.publish(t)
	b.open(in.url + path)
	eval[bool](b, `window.unreloaded = true`)
	b.shows(`document.querySelector(".told .text").textContent.includes("wait for the undo time")`)
	b.shows(`/^1 of 2 sent/.test(document.querySelector(".told .text").textContent)`)
	b.shows(`document.querySelector(".told progress").value >= 1 && document.querySelector(".told [role=status]").textContent.startsWith("50% done.")`)
	if !eval[bool](b, `window.unreloaded`) {
		t.Error("the page was loaded again")
	}
}

// TestOverviewRenewsItself: what happens elsewhere appears on the open overview; the focus
// stays, and the tiles stay where they are although another component is in trouble now.
func TestOverviewRenewsItself(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 900)
	b.staff(in, "en", "publisher")
	b.open(in.url + "/admin")
	const tiles = `[...document.querySelectorAll(".tile")].map(a => a.getAttribute("href")).join()`
	before := eval[string](b, `window.unreloaded = true, `+tiles)
	eval[bool](b, `document.querySelectorAll(".tile")[3].focus(), window.held = document.activeElement, true`)
	in.api(t, "POST", in.page(t)+"/incidents", map[string]any{"incident": map[string]any{
		"name": "Exports are gone", "body": "We look.", "components": map[string]string{"webhooksexpo": "major_outage"},
	}}, nil)
	renew := func() { eval[bool](b, `document.dispatchEvent(new Event("visibilitychange"))`) }
	renew()
	b.shows(`document.querySelector("#home").innerText.includes("Exports are gone")`)
	if now := eval[string](b, tiles); now != before {
		t.Errorf("the tiles moved: %s, before %s", now, before)
	}
	if !eval[bool](b, `window.unreloaded && document.activeElement === window.held && document.querySelector("#renewed").textContent === "2 incidents are open"`) {
		t.Errorf("the focus is on %s", eval[string](b, `document.activeElement.outerHTML`))
	}
	if err := chromedp.Do(b.ctx, chromedp.Focus(`#open h3 a`)); err != nil {
		t.Fatal(err)
	}
	held := eval[string](b, `document.activeElement.getAttribute("href")`)
	in.api(t, "PATCH", in.page(t)+held[len("/admin"):], map[string]any{"incident": map[string]any{"name": "Exports are gone for good"}}, nil)
	renew()
	b.shows(`document.querySelector("#home").innerText.includes("gone for good")`)
	if now := eval[string](b, `document.activeElement.getAttribute("href") || ""`); now != held {
		t.Errorf("the focus went from %s to %q", held, now)
	}
}
