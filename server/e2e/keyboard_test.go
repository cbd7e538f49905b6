package e2e_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// press strikes keys one by one, as a keyboard does: what a page makes of the key decides
// whether it is written.
func (b *tab) press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	for _, r := range keys {
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(r), Text: string(r)}
		switch r {
		case '\r':
			p.Key, p.Code, p.WindowsVirtualKeyCode = "Enter", "Enter", 13
		case '\x1b':
			p.Key, p.Code, p.Text, p.WindowsVirtualKeyCode = "Escape", "Escape", "", 27
		}
		for _, m := range modifiers {
			p.Modifiers |= int64(m)
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
			b.t.Fatalf("press %q: %v", r, err)
		}
		p.Type, p.Text = input.DispatchKeyEventTypeKeyUp, ""
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
			b.t.Fatalf("let go of %q: %v", r, err)
		}
	}
}

// wants checks something that is so at once.
func (b *tab) wants(expression, otherwise string) {
	b.t.Helper()
	if !eval[bool](b, expression) {
		b.t.Errorf("%s: not %s", otherwise, expression)
	}
}

// TestKeys: one key goes to the search, to a new notice, to the list of keys. None works
// while somebody types, none loses what was typed, and the profile switches them off.
func TestKeys(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 900)
	b.staff(in, "en", "publisher")

	b.press("/")
	b.comes(`location.pathname === "/admin/incidents" && document.activeElement.type === "search"`)
	b.press("n?/")
	b.wants(`document.activeElement.value === "n?/" && location.pathname === "/admin/incidents" && !document.querySelector("#keys").open`, "keys act while somebody types")

	b.open(in.url + "/admin/components")
	b.press("/")
	b.wants(`document.activeElement.name === "q" && document.activeElement.value === ""`, "the search of the page is not found")
	eval[bool](b, `document.activeElement.blur(), true`)
	b.press("?")
	b.wants(`document.querySelector("#keys").open && document.querySelector("#keys").matches(":modal")`, "the list of keys is not shown")
	b.press("n")
	b.wants(`location.pathname === "/admin/components"`, "a key acts behind the list")
	b.press("\x1b")
	b.shows(`!document.querySelector("#keys").open`)
	b.press("n")
	b.comes(`location.pathname === "/admin/new"`)

	b.open(in.url + "/admin/new?full=1")
	if err := chromedp.Do(b.ctx, chromedp.SendKeys(`#f-name`, "Half a title")); err != nil {
		t.Fatal(err)
	}
	eval[bool](b, `document.activeElement.blur(), true`)
	b.press("n")
	b.press("/")
	b.wants(`location.search === "?full=1" && document.querySelector("#f-name").value === "Half a title"`, "a key loses what was typed")

	b.open(in.url + "/admin/profile")
	eval[bool](b, `document.querySelector("#keyboard [name=shortcuts]").click(), true`)
	eval[bool](b, `document.querySelector("#keyboard form").requestSubmit(), true`)
	b.comes(`!document.documentElement.dataset.keys && document.querySelector(".flash") !== null`)
	b.shows(`document.activeElement === document.querySelector(".flash")`) // the result has the focus
	b.press("n/?")
	b.press("\r", chromedp.ModifierCtrl)
	b.wants(`location.pathname === "/admin/profile" && document.querySelector("dialog") === null`, "keys act although they are off")
}

// TestArranging: components are moved with the buttons by keyboard and with the handle by
// hand; each move is saved, said, and leaves the focus where it was.
func TestArranging(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 1000)
	b.staff(in, "en", "admin")
	b.open(in.url + "/admin/components/order")
	order := func(rows string) string {
		return fmt.Sprintf(`[...document.querySelectorAll(".order > li")].map(r => r.id.slice(2)).join(" ").includes(%q)`, rows)
	}
	saved := func(rows, what string) {
		t.Helper()
		b.wants(order(rows), what)
		b.shows(`performance.getEntriesByType("resource").filter(e => e.name.endsWith("/order")).length > 0`)
		b.open(in.url + "/admin/components/order")
		b.wants(order(rows), what+", saved")
	}
	eval[bool](b, `document.querySelector("#c-filestorage1 [name=up]").focus(), true`)
	b.press("\r")
	b.wants(`document.activeElement === document.querySelector("#c-filestorage1 [name=up]")`, "the focus is lost")
	b.wants(`document.querySelector("#moved").textContent === "File storage is now number 2 of 4 in Data and API."`, "the move is not said")
	saved("publicapi001 filestorage1 webhooksexpo", "by button")

	b.drag("#c-search000001 .grip", "#c-websignin001", 0.25)
	saved("grpaccounts1 search000001 websignin001", "by hand, into another group")
	b.wants(`document.querySelector("#c-search000001").dataset.group === "grpaccounts1"`, "the group")

	b.drag("#c-grpaccounts1 .grip", "#c-grppayments1", 0.75)
	b.wants(`document.querySelector("#moved").textContent.startsWith("Accounts is now number 2 of")`, "a group's move is not said")
	saved("invoices0001 grpaccounts1 search000001 websignin001", "a group with what is in it")
}

// drag moves an element by its middle to a height of another one.
func (b *tab) drag(from, to string, height float64) {
	b.t.Helper()
	at := func(selector string, share float64) [2]float64 {
		return eval[[2]float64](b, fmt.Sprintf(`(r => [r.left + r.width / 2, r.top + r.height * %v])(document.querySelector(%q).getBoundingClientRect())`, share, selector))
	}
	a, z := at(from, 0.5), at(to, height)
	for _, step := range []struct {
		what input.DispatchMouseEventType
		x, y float64
	}{{chromedp.MouseMoved, a[0], a[1]}, {chromedp.MousePressed, a[0], a[1]}, {chromedp.MouseMoved, a[0], (a[1] + z[1]) / 2}, {chromedp.MouseMoved, a[0], z[1]}, {chromedp.MouseReleased, a[0], z[1]}} {
		if err := chromedp.Do(b.ctx, chromedp.MouseEvent(step.what, step.x, step.y, chromedp.ButtonType(input.MouseButtonLeft))); err != nil {
			b.t.Fatalf("drag %s: %v", from, err)
		}
	}
}

// TestTheMailInItsFrame: the review shows the mail that would be sent as a document of its
// own, which can do nothing, and follows what is typed.
func TestTheMailInItsFrame(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 900)
	b.staff(in, "en", "publisher")
	b.open(in.url + "/admin/new/review?c=search000001&symptom=slow")
	// A frame reports itself empty first, then with its document.
	eval[bool](b, `window.loads = 0, document.addEventListener("load", e => { if (e.target.name === "letter") window.loads++ }, true), true`)
	before := eval[int](b, `history.length`)
	eval[bool](b, `document.querySelector(".letters > summary").click(), true`)
	b.shows(`window.loads === 2 && document.querySelector(".letters iframe") !== null`)
	b.wants(`document.querySelector(".letters [aria-pressed=true]").value === "en" && document.querySelector(".letters iframe").getAttribute("sandbox") === ""`, "the frame")
	eval[bool](b, `document.querySelector(".letters [value=de]").click(), true`)
	b.shows(`window.loads === 4`)
	if err := chromedp.Do(b.ctx, chromedp.SendKeys(`#f-name`, "!")); err != nil {
		t.Fatal(err)
	}
	b.shows(`window.loads === 6`)
	b.wants(fmt.Sprintf(`history.length === %d`, before)+` && document.querySelectorAll(".letters iframe").length === 1 && location.pathname === "/admin/new/review"`, "the page itself stays")
	eval[bool](b, `document.querySelector(".publish").click(), true`)
	b.comes(`location.pathname.startsWith("/admin/incidents/")`)
}
