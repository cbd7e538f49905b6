package e2e_test

import (
	"fmt"
	"testing"
)

// staffed is an examiner signed in to an account of its own.
func staffed(t *testing.T, in *instance, locale, role string, seen *lookedAt) *examiner {
	t.Helper()
	x := newExaminer(t, in.url, 360, 44, seen)
	x.dark = locale == "de"
	x.staff(in, locale, role)
	return x
}

// TestTwoPeopleOnTwoPhones: one writes about a matter of security and passes the link on,
// the other reads what customers will read and publishes it. Every screen on the way is
// looked at.
func TestTwoPeopleOnTwoPhones(t *testing.T) {
	in := start(t, "--demo")
	seen := newLookedAt(t)
	ada, bob := staffed(t, in, "en", "author", seen), staffed(t, in, "de", "publisher", seen)
	ada.open(in.url + "/admin/new")
	ada.hit(`a[href="/admin/new/security"]`)
	ada.comes(`location.pathname === "/admin/new/security"`)
	ada.hit(`label:has([value=websignin001])`)
	ada.hit(`label:has([name=services][value=limited])`)
	ada.hit(".send .main")
	ada.comes(`document.querySelector(".waiting input") !== null`)
	link := eval[string](ada.tab, `document.querySelector(".waiting input").value`)
	path := eval[string](ada.tab, `new URL(document.querySelector(".waiting input").value).pathname`)
	if path != eval[string](ada.tab, `location.pathname`) {
		t.Errorf("the link leads to %s", link)
	}
	ada.examine("a draft that waits")
	bob.open(in.url + path)
	bob.examine("an approval")
	bob.hit(`form[action$="/return"] textarea`)
	bob.write(`form[action$="/return"] textarea`, "Bitte noch warten.")
	bob.hit(`form[action$="/return"] button`)
	bob.comes(`document.querySelector(".flash") !== null`)
	ada.open(in.url + path)
	ada.shows(`document.querySelector(".waiting").innerText.includes("Bitte noch warten.")`)
	ada.examine("a draft that came back")
	ada.hit(`.send [name=ask]`)
	ada.comes(`document.querySelector(".flash") !== null`)
	bob.open(in.url + path)
	bob.hit(`form[action$="/approve"] .main`)
	bob.comes(`document.querySelector(".flash") !== null`)
	bob.examine("a matter of security")
	bob.open(in.url + "/de/")
	bob.shows(`document.querySelector("#incidents").innerText.includes("Wir gehen einem Sicherheitsvorfall nach")`)
	seen.valid()
}

// TestANoticeFromATemplate: picked, its gap filled, seen in the preview, published.
func TestANoticeFromATemplate(t *testing.T) {
	in := start(t, "--demo")
	x := staffed(t, in, "en", "publisher", newLookedAt(t))
	x.open(in.url + "/admin/new")
	x.hit(".prepared summary")
	eval[bool](x.tab, `([...document.querySelectorAll(".prepared a")].find(a => a.textContent.startsWith("Card payments")).click(), true)`)
	x.comes(`location.pathname === "/admin/new/review"`)
	eval[bool](x.tab, x.axe+"\n;"+lookScript)
	for _, width := range []int64{wideScreen, 360} {
		x.screen(width, false)
		x.blame(fmt.Sprintf("a review with a gap, %d px", width), x.strings(`look.wide().concat(look.cut()).concat(look.small(44))`))
	}
	x.write(`[name="slot.time"]`, "14:30")
	x.shows(`document.querySelector("#shown").innerText.includes("has declined card payments since 14:30")`)
	x.hit(".publish")
	x.comes(`location.pathname.startsWith("/admin/incidents/")`)
	x.shows(`document.querySelector(".entries").innerText.includes("since 14:30")`)
}
