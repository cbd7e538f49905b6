package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// wrongPage has one of each fault that the examiner is there to find.
const wrongPage = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Wrong</title>
<style>
	body { font: 16px sans-serif; background: #fff }
	.wide { inline-size: 90rem }
	.pale { color: #ccc }
	.tiny { inline-size: 12px; block-size: 12px; padding: 0; border: 0 }
	.bare:focus { outline: 0 }
	.turned { display: flex; flex-direction: row-reverse }
	.short { inline-size: 3rem; overflow: hidden; white-space: nowrap }
</style></head><body><main>
<h1>Wrong</h1>
<p class="wide">Too wide</p>
<p class="pale">Too pale</p>
<p><button class="tiny" type="button" aria-label="Small" onkeydown="event.preventDefault()"></button></p>
<p><a href="/one" class="bare">Without a ring</a> <a href="/two" tabindex="3">First of all</a></p>
<p class="turned"><span>One</span><span>Two</span></p>
<p class="short">This sentence is cut off.</p>
<p><time datetime="2026-11-22T10:00:00Z"></time></p>
<img src="%s/picture.png">
<p id="twice"></p><div><p id="twice"></p></div>
<ul><p>No item</p></ul>
<form action="/send"><label>Name <input></label></form>
<script>localStorage.setItem("seen", "1"); document.cookie = "seen=1"</script>
</main></body></html>`

// TestTheExaminerFinds proves that the checks of all pages can fail.
func TestTheExaminerFinds(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, wrongPage, other.URL)
	}))
	defer site.Close()
	var found []string
	seen := newLookedAt(t)
	seen.fault = func(what string) { found = append(found, what) }
	x := newExaminer(t, site.URL, 320, 24, seen)
	x.public = true
	x.open(site.URL + "/")
	x.examine("/")
	seen.valid()
	want := []string{
		"px too wide: p.wide", "button.tiny \"Small\" is only 12", "a.bare \"Without a ring\" does not show its focus",
		"jumps the queue of the Tab key", "Tab 2 leads to nothing", "p.turned \"One Two\" stands elsewhere", "p.short \"This sentence is cut off.\" is cut off",
		"says no time", "without scripts a time is empty", "the form /send has no button", "asks " + other.URL + "/picture.png", "localStorage holds seen", "there is a cookie: seen=1",
	}
	if x.axe != "" {
		want = append(want, "axe: html-has-lang", "axe: color-contrast: .pale", "axe: image-alt", "axe: list")
	}
	if _, err := os.Stat(validatePath); err == nil {
		want = append(want, "no-dup-id", "element-permitted-content")
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(found, "\n"), w) {
			t.Errorf("%q was not found", w)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(found, "\n"))
	}
}
