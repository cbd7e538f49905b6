package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFindingsFollowTheHand: while somebody types, what must be mended appears below the
// field; the text, the place in it and a reason that was begun stay as they are. A press
// mends it and comes back at the field.
func TestFindingsFollowTheHand(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 360, 780)
	b.staff(in, "en", "publisher")
	b.open(in.url + "/admin/new/review?c=search000001&symptom=slow")
	if eval[bool](b, `document.querySelector("#f-because").checkVisibility()`) {
		t.Error("a reason is asked for although nothing must be mended")
	}
	keys := func(selector, text string) {
		if err := chromedp.Do(b.ctx, chromedp.SendKeys(selector, text)); err != nil {
			t.Fatal(err)
		}
	}
	eval[bool](b, `document.querySelector("#f-body").value = "", true`)
	keys(`#f-body`, "We restart db-prod-03 now.")
	b.shows(`document.querySelector("#f-body-found").innerText.includes("db-prod-03") && document.querySelector("#f-because").checkVisibility()`)
	b.shows(`document.querySelector("#f-verdict").innerText.includes("1 must be mended")`)
	if got := eval[string](b, `document.activeElement.id + " " + document.activeElement.selectionStart + " " + document.activeElement.value`); got != "f-body 26 We restart db-prod-03 now." {
		t.Errorf("the field was disturbed: %s", got)
	}
	keys(`#f-anyway`, "Because it")
	keys(`#f-not_affected`, " Soon.")
	b.shows(`document.querySelector("#f-not_affected-found").innerText.includes("Soon")`)
	if got := eval[string](b, `document.querySelector("#f-anyway").value`); got != "Because it" {
		t.Errorf("the reason is %q", got)
	}
	if err := chromedp.Do(b.ctx, chromedp.Click(`#f-body-found button`)); err != nil {
		t.Fatal(err)
	}
	b.comes(`location.pathname === "/admin/new/review" && document.querySelector("#f-body")?.value === "We restart a server now."`)
	if got := eval[string](b, `document.activeElement.id`); got != "f-body" {
		t.Errorf("it comes back at %q", got)
	}
	if eval[bool](b, `document.querySelector("#f-because").checkVisibility()`) {
		t.Error("a reason is still asked for")
	}
}
