package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAReportIsWrittenAndSentOnce: the text is counted while it is typed, and the page
// behind the form may be loaded again without sending anything.
func TestAReportIsWrittenAndSentOnce(t *testing.T) {
	in := start(t)
	b := newTab(t, 320, 600)
	b.open(in.url + "/de/report")
	if err := chromedp.Do(b.ctx, chromedp.SendKeys("textarea", "Es dauert.")); err != nil {
		t.Fatal(err)
	}
	b.shows(`document.querySelector("#count").textContent === "10 / 280"`)
	eval[bool](b, `document.querySelector("main form").requestSubmit() || true`)
	b.shows(`location.search.startsWith("?reference=")`)
	thanks := `document.querySelector("main").innerText`
	first := eval[string](b, thanks)
	b.open(eval[string](b, `location.href`))
	if again := eval[string](b, thanks); again != first || !strings.Contains(again, "Danke für Ihre Meldung") {
		t.Errorf("first %q, loaded again %q", first, again)
	}
	if eval[bool](b, `document.querySelector("form") !== null`) {
		t.Error("the page behind the form holds a form")
	}
}
