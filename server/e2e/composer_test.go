package e2e_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const staffPassword = "correct horse battery staple"

// staff signs somebody new in and leaves the tab on the start screen.
func (b *tab) staff(in *instance, locale, role string) {
	b.t.Helper()
	email := "staff-" + locale + "@example.org"
	create := exec.Command(binary, "account", "create", "--data", in.data, "--email", email, "--role", role, "--password-stdin")
	create.Stdin = strings.NewReader(staffPassword + "\n")
	if out, err := create.CombinedOutput(); err != nil {
		b.t.Fatalf("account: %v\n%s", err, out)
	}
	b.open(in.url + "/admin/login")
	eval[bool](b, `(f => { f.email.value = "`+email+`"; f.password.value = "`+staffPassword+`"; f.requestSubmit(); return true })(document.querySelector("form"))`)
	b.comes(`location.pathname === "/admin"`)
	if locale != "en" {
		eval[bool](b, `fetch("/admin/profile/language", {method: "POST", body: new URLSearchParams({locale: "`+locale+`"})}).then(() => { window.spoken = true }), true`)
		b.shows(`window.spoken === true`)
		b.open(in.url + "/admin")
	}
}

// comes waits for a page that a link or a form leads to. While one page replaces the
// other there is none to ask, which is no mistake.
func (b *tab) comes(condition string) {
	b.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	var last error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-look.C {
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](condition+` && document.readyState === "complete"`))
		if err == nil && there {
			return
		}
		last = err
	}
	b.t.Fatalf("never came: %s (%v)", condition, last)
}

// thumb uses the page as a thumb does, and counts.
type thumb struct {
	*tab
	taps, loads, bytes int
	seen               map[string]bool
}

// tap presses an element that is on the screen, or after scrolling there.
func (h *thumb) tap(selector string) {
	h.t.Helper()
	if small := eval[string](h.tab, `(e => { const r = e.closest("label, a, button, summary").getBoundingClientRect(); return r.height < 44 || r.width < 44 ? r.width + "x" + r.height : "" })(document.querySelector('`+selector+`'))`); small != "" {
		h.t.Errorf("%s is only %s px big", selector, small)
	}
	h.taps++
	if err := chromedp.Do(h.ctx, chromedp.Click(selector)); err != nil {
		h.t.Fatalf("tap on %s: %v", selector, err)
	}
}

// loaded waits for a page and adds what it and its parts weigh on the wire, each asset
// once, as if none of them had been there before.
func (h *thumb) loaded(condition string) {
	h.t.Helper()
	h.comes(condition)
	h.loads++
	h.weigh()
	if wide := eval[int](h.tab, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
		h.t.Errorf("%s is %d px too wide", eval[string](h.tab, `location.pathname`), wide)
	}
}

func (h *thumb) weigh() {
	type part struct {
		Name string
		Size int
	}
	for _, p := range eval[[]part](h.tab, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(e => ({Name: e.name, Size: e.encodedBodySize}))`) {
		if !h.seen[p.Name] {
			h.bytes += p.Size
			h.t.Logf("%6d bytes %s", p.Size, p.Name)
		}
		h.seen[p.Name] = true
	}
}

// TestFirstNoticeInFourTaps: from the start screen to a published notice on a phone, with
// nothing typed, in three page loads and sixty kilobytes, the start screen's included.
func TestFirstNoticeInFourTaps(t *testing.T) {
	in := start(t, "--demo")
	for locale, want := range map[string]string{"en": "Web sign-in: signing in does not work", "de": "Web sign-in: Anmelden nicht möglich"} {
		t.Run(locale, func(t *testing.T) {
			b := newTab(t, 360, 780)
			if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(360, 780, chromedp.EmulateMobile)); err != nil {
				t.Fatal(err)
			}
			b.staff(in, locale, "publisher")
			h := &thumb{tab: b, seen: map[string]bool{}}
			h.weigh()
			h.tap(`.tile[href="/admin/new?c=websignin001"]`)
			h.loaded(`location.pathname === "/admin/new"`)
			h.tap(`.chips label:has([value=sign_in])`)
			h.tap(`.ask .main`)
			h.loaded(`location.pathname === "/admin/new/review"`)
			h.tap(`.publish`)
			h.loaded(`location.pathname.startsWith("/admin/incidents/")`)
			if said := eval[string](b, `document.querySelector(".flash").innerText`); !strings.ContainsAny(said, "123456789") {
				t.Errorf("nobody is told: %s", said)
			}
			t.Logf("%d taps, %d page loads, %d bytes", h.taps, h.loads, h.bytes)
			if h.taps != 4 || h.loads > 3 || h.bytes > 60<<10 {
				t.Errorf("%d taps, %d page loads, %d bytes; the budget is 4, 3, %d", h.taps, h.loads, h.bytes, 60<<10)
			}
			path := map[string]string{"en": "/", "de": "/de/"}[locale]
			b.open(in.url + path)
			b.shows(`document.querySelector("#incidents").innerText.includes("` + want + `")`)
		})
	}
}

// TestReviewFollowsTheHand: with scripts, the preview follows what is typed, the severity
// follows the reach, and Ctrl+Enter publishes only from the button that says so.
func TestReviewFollowsTheHand(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 900)
	b.staff(in, "en", "publisher")
	b.open(in.url + "/admin/new?c=search000001&symptom=slow")
	press := func() {
		if err := chromedp.Do(b.ctx, chromedp.KeyEvent("\r", chromedp.KeyModifiers(chromedp.ModifierCtrl))); err != nil {
			t.Fatal(err)
		}
	}
	press()
	b.comes(`location.pathname === "/admin/new/review"`)
	if err := chromedp.Do(b.ctx, chromedp.SendKeys(`#f-name`, "!")); err != nil {
		t.Fatal(err)
	}
	b.shows(`document.querySelector("#shown h3").innerText === "!Search: slower than usual"`)
	if err := chromedp.Do(b.ctx, chromedp.Click(`label:has([name=reach][value=most])`)); err != nil {
		t.Fatal(err)
	}
	b.shows(`document.querySelector("[name=severity]:checked").value === "serious" && document.querySelector("#shown .state").innerText.includes("Serious")`)
	b.shows(`document.activeElement.name === "reach" && document.activeElement.value === "most"`)
	press()
	b.shows(`document.activeElement.classList.contains("publish")`)
	if at := eval[string](b, `location.pathname`); at != "/admin/new/review" {
		t.Fatalf("the first press led to %s", at)
	}
	press()
	b.comes(`location.pathname.startsWith("/admin/incidents/")`)
	b.shows(`document.querySelector(".flash").innerText.includes("Visible to customers. Telling ")`)
	if got := eval[string](b, `document.querySelector("h1").innerText`); got != "!Search: slower than usual" {
		t.Errorf("published as %q", got)
	}
}
