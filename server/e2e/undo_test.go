package e2e_test

import (
	"testing"
)

// publish opens an incident through the API and returns the path of its staff page.
func (in *instance) publish(t *testing.T) string {
	t.Helper()
	var incident struct{ ID string }
	in.api(t, "POST", in.page(t)+"/incidents", map[string]any{"incident": map[string]any{"name": "Cards are declined", "body": "We are looking."}}, &incident)
	return "/admin/incidents/" + incident.ID
}

// TestUndoOnThePhone: one tap takes a notice back while its messages wait; the seconds
// run, and after them there is nothing left to tap.
func TestUndoOnThePhone(t *testing.T) {
	t.Run("in time", func(t *testing.T) {
		in := start(t, "--mail-hold", "2m")
		b := newTab(t, 360, 740)
		b.staff(in, "en", "publisher")
		h := &thumb{tab: b, seen: map[string]bool{}}
		path := in.publish(t)
		b.open(in.url + path)
		b.shows(`+document.querySelector("form.undo .left").textContent < 120`)
		if wide := eval[int](b, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
			t.Errorf("the page is %d px too wide", wide)
		}
		h.tap("form.undo button")
		b.comes(`document.body.innerText.includes("The notice is a draft again")`)
		b.open(in.url + "/")
		if eval[bool](b, `document.body.innerText.includes("Cards are declined")`) {
			t.Error("the public page still shows it")
		}
	})
	t.Run("too late", func(t *testing.T) {
		in := start(t, "--mail-hold", "2s")
		b := newTab(t, 360, 740)
		b.staff(in, "de", "publisher")
		b.open(in.url + in.publish(t))
		b.shows(`document.querySelector("form.undo").innerText.includes("Die Nachrichten gehen jetzt hinaus.")`)
		if eval[bool](b, `document.querySelector("form.undo button") !== null`) {
			t.Error("there is still something to tap")
		}
	})
}
