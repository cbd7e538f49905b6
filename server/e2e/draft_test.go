package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// offline cuts the tab off from the server, or joins them again.
func (b *tab) offline(cut bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}},
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) write(selector, text string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.SendKeys(selector, text)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) hit(selector string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Click(selector)); err != nil {
		b.t.Fatalf("press %s: %v", selector, err)
	}
}

// kept is what this device has kept of forms.
const kept = `Object.keys(localStorage).filter(k => k.startsWith("allclear ")).length`

const reviewOfSearch = "/admin/new/review?c=search000001&symptom=slow"

// TestTypedTextSurvivesTheTab: kept on the server while somebody types, found again on
// another device, gone once it was sent.
func TestTypedTextSurvivesTheTab(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 360, 780)
	b.staff(in, "en", "publisher")
	b.open(in.url + reviewOfSearch)
	b.write("#f-name", "Today: ")
	b.shows(`/^Draft saved \d\d:\d\d/.test(document.querySelector(".saving").innerText)`)
	if eval[string](b, `document.querySelector(".saving").getAttribute("role") || ""`) != "" || eval[int](b, kept) != 0 {
		t.Error("saving is quiet and leaves nothing on the device")
	}
	b.open(in.url + "/admin/new")
	b.shows(`document.body.innerText.includes("You began these and did not send them")`)
	b.hit(".resumed a")
	b.comes(`location.pathname === "/admin/new/review"`)
	if got := eval[string](b, `document.querySelector("#f-name").value`); got != "Today: Search: slower than usual" {
		t.Errorf("found again: %q", got)
	}
	b.shows(`document.querySelector("form.resumed").innerText.includes("Restored from")`)
	b.hit(".publish")
	b.comes(`location.pathname.startsWith("/admin/incidents/")`)
	b.open(in.url + reviewOfSearch)
	if eval[bool](b, `document.querySelector("form.resumed") !== null`) || eval[int](b, kept) != 0 {
		t.Error("the text outlived its publication")
	}
}

// TestOfflineTextIsNotLost: without a connection the page stays, says so, keeps the text
// on the device, and sends it when asked again.
func TestOfflineTextIsNotLost(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 360, 780)
	b.silent = true // the browser complains about the connection, too
	b.staff(in, "en", "publisher")
	path := in.publish(t)
	b.open(in.url + path)
	b.offline(true)
	b.write("#update-body", "You cannot pay by card yet. ")
	b.shows(`document.querySelector("#update .saving").innerText.startsWith("Not saved")`)
	if n := eval[int](b, kept); n != 1 {
		t.Errorf("%d texts on the device", n)
	}
	b.hit("#update .send .main")
	b.shows(`document.querySelector("#update .saving").innerText.startsWith("Not sent") && document.activeElement.innerText === "Try again"`)
	if role := eval[string](b, `document.querySelector("#update .saving").getAttribute("role")`); role != "alert" {
		t.Errorf("said as %q", role)
	}
	// The tab dies; a new one on the same device finds the text.
	b.offline(false)
	b.open(in.url + path)
	b.shows(`document.querySelector("#update-body").value.includes("You cannot pay by card yet.") && document.querySelector("#update .saving").innerText.includes("Restored from this device")`)
	b.offline(true)
	b.hit("#update .send .main")
	b.shows(`document.querySelector("#update .saving").innerText.startsWith("Not sent")`)
	b.offline(false)
	b.hit("#update .saving button")
	b.comes(`document.querySelector(".flash") !== null`)
	if text := eval[string](b, `document.querySelector(".entries").innerText`); strings.Count(text, "You cannot pay by card yet.") != 1 {
		t.Errorf("published: %s", text)
	}
	if n := eval[int](b, kept); n != 0 {
		t.Errorf("%d texts left on the device", n)
	}
}

// TestCredentialIsRefusedWhileTyping: the field says so, and nothing keeps it.
func TestCredentialIsRefusedWhileTyping(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 1280, 900)
	b.staff(in, "en", "publisher")
	b.open(in.url + reviewOfSearch)
	b.write("#f-customer_impact", " password=Tr0ub4dor&3xyz!")
	b.shows(`(document.querySelector(".unkept")?.innerText ?? "").startsWith("This looks like a password")`)
	if eval[string](b, `document.querySelector("#f-customer_impact").getAttribute("aria-errormessage")`) != "f-customer_impact-unkept" || eval[int](b, kept) != 0 {
		t.Error("the field does not say so, or the device keeps it")
	}
	eval[bool](b, `document.querySelector("#f-customer_impact").value = "", true`)
	b.write("#f-customer_impact", "You wait longer than usual.")
	b.shows(`document.querySelector(".unkept") === null && document.querySelector(".saving").innerText.startsWith("Draft saved")`)
	b.open(in.url + reviewOfSearch)
	if got := eval[string](b, `document.querySelector("#f-customer_impact").value`); got != "You wait longer than usual." {
		t.Errorf("kept %q", got)
	}
	b.hit("form.resumed button")
	b.comes(`document.querySelector("form.resumed") === null`)
	if got := eval[string](b, `document.querySelector("#f-customer_impact").value`); strings.Contains(got, "longer than usual.") && !strings.Contains(got, "Search") {
		t.Errorf("discarded, and still %q", got)
	}
}
