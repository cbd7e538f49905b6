package admin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// keep sends what the script sends while somebody types.
func (b *browser) keep(form url.Values) (int, kept) {
	b.w.t.Helper()
	p := b.post("/admin/scratch", form)
	var out kept
	if p.code == http.StatusOK || p.code == http.StatusUnprocessableEntity && strings.HasPrefix(p.body, "{") {
		if err := json.Unmarshal([]byte(p.body), &out); err != nil {
			b.w.t.Fatalf("%v in %s", err, p.body)
		}
	}
	return p.code, out
}

func (w *world) scratches(a status.Account) int {
	w.t.Helper()
	list, err := w.store.Scratches(w.t.Context(), a.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

// TestTypedTextIsKept walks through every form whose text is kept: typed, left, found
// again, discarded.
func TestTypedTextIsKept(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	n, m := w.open(status.Change{}), w.maintenance(time.Hour, 2*time.Hour)
	draft := w.open(status.Change{Draft: new(true)})
	b := w.as(status.Publisher)
	for name, c := range map[string]struct{ page, form string }{
		"review":      {reviewPath("slow", id), "/admin/new/review"},
		"full form":   {"/admin/new?full=1", "/admin/new"},
		"maintenance": {"/admin/maintenances/new", "/admin/maintenances/new"},
		"draft":       {staffPath(&draft), "/admin/drafts/" + draft.ID + "/publish"},
		"update":      {staffPath(&n), staffPath(&n) + "/update"},
		"resolve":     {staffPath(&n), staffPath(&n) + "/resolve"},
		"window":      {staffPath(&m), staffPath(&m) + "/extend"},
		"security":    {"/admin/new/security", "/admin/new/security"},
	} {
		t.Run(name, func(t *testing.T) {
			const text = "Half a sentence, then the phone rang"
			field := "body"
			if name == "security" {
				field = "internal_note"
			}
			form := with(b.get(c.page).form(c.form), field, text)
			if form.Get("place") == "" {
				t.Fatal("the form has no place")
			}
			code, said := b.keep(form)
			if code != http.StatusOK || !said.Saved || said.Text != "Draft saved 09:00 UTC" {
				t.Fatalf("%d %+v", code, said)
			}
			p := b.get(c.page)
			p.wantText("Restored from 23 Nov 2026, 09:00 UTC")
			again := p.form(c.form)
			if again.Get(field) != text || again.Get("key") == form.Get("key") || again.Get("version") != form.Get("version") {
				t.Errorf("found again: %v", again)
			}
			if strings.Contains(w.as(status.Publisher).get(c.page).text(), text) {
				t.Error("somebody else reads it")
			}
			clean := b.follow(b.post("/admin/scratch/discard", url.Values{"place": form["place"]}))
			if strings.Contains(clean.text(), "Restored") || clean.form(c.form).Get(field) == text {
				t.Error("discarded, and still there")
			}
		})
	}
	if w.scratches(b.account) != 0 {
		t.Error("something is left")
	}
}

// TestSentTextIsForgotten: on the server with the write itself, in the browser by the key
// that the next page names; what comes late changes nothing.
func TestSentTextIsForgotten(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{})
	b := w.as(status.Publisher)
	path, form := b.stepForm(n, "update")
	form = with(form, "body", "You cannot pay. We are looking.")
	b.keep(form)
	answer := b.post(path, form)
	if w.scratches(b.account) != 0 {
		t.Error("the text outlived its publication")
	}
	flash := b.follow(answer).find(func(n *htmlNode) bool { return has(n, "data-sent") })
	if flash == nil || attr(flash, "data-sent") != url.Values(form).Get("key") {
		t.Error("the browser is not told what to forget")
	}
	if code, said := b.keep(form); code != http.StatusOK || said.Saved || w.scratches(b.account) != 0 {
		t.Errorf("a late copy: %d %+v", code, said)
	}
	if p := b.get(staffPath(&n)); p.find(func(n *htmlNode) bool { return has(n, "data-sent") }) != nil {
		t.Error("it is said twice")
	}
}

// TestRefusedTextStays: a form that comes back keeps its place, and its text is still kept.
func TestRefusedTextStays(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	form := with(b.get(reviewPath("slow", id)).form("/admin/new/review"), "name", "", "deliver_notifications", "1")
	b.keep(form)
	p := b.post("/admin/new/publish", form)
	if p.code != http.StatusUnprocessableEntity || p.form("/admin/new/review").Get("place") != form.Get("place") || w.scratches(b.account) != 1 {
		t.Errorf("%d, %d kept", p.code, w.scratches(b.account))
	}
}

// TestOldTextMeetsNewNotice: what was typed for an older version is not published over a
// newer one unseen.
func TestOldTextMeetsNewNotice(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{})
	b := w.as(status.Publisher)
	path, form := b.stepForm(n, "update")
	b.keep(with(form, "body", "You cannot pay yet."))
	w.as(status.Publisher).step(n, "update", "body", "You can pay again.", "next_update", "60")
	form = b.get(staffPath(&n)).form(path)
	p := b.post(path, form)
	if p.code != http.StatusConflict {
		t.Fatalf("%d %s", p.code, p.text())
	}
	p.wantText("You can pay again.", "You cannot pay yet.")
}

func TestCredentialsAreNotKept(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	for _, field := range []string{"body", "translations.de.body", "internal_note", "workaround.text"} {
		form := with(b.get(reviewPath("slow", id)).form("/admin/new/review"), field, "Try password=Tr0ub4dor&3xyz!")
		code, said := b.keep(form)
		if code != http.StatusUnprocessableEntity || said.Saved || said.Field != field || !strings.HasPrefix(said.Text, "This looks like a password or key.") {
			t.Errorf("%s: %d %+v", field, code, said)
		}
	}
	if w.scratches(b.account) != 0 {
		t.Error("a credential was written down")
	}
}

func TestPlacesAreOurs(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Author)
	for _, place := range []string{"", "/", "/admin", "/admin/settings/page", "//evil.example/admin/new", "https://evil.example", "/admin/new\r\nSet-Cookie: a=b", "/admin/newer", "/admin/new?" + strings.Repeat("x", maxPlace)} {
		for _, path := range []string{"/admin/scratch", "/admin/scratch/discard"} {
			if p := b.post(path, url.Values{"place": {place}, "body": {"x"}}); p.code != http.StatusUnprocessableEntity {
				t.Errorf("%s %q: %d", path, place, p.code)
			}
		}
	}
	if p := b.post("/admin/scratch", url.Values{"place": {"/admin/new?full=1"}, "body": {strings.Repeat("x", maxKept)}}); p.code == http.StatusOK {
		t.Errorf("a book was kept: %d", p.code)
	}
	if p := w.as(status.Viewer).post("/admin/scratch", url.Values{"place": {"/admin/new?full=1"}}); p.code != http.StatusForbidden {
		t.Errorf("a viewer: %d", p.code)
	}
}

// TestUnfinishedNoticesAreOffered: whoever comes back to write finds what they began.
func TestUnfinishedNoticesAreOffered(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Author)
	form := with(b.get(reviewPath("slow", id)).form("/admin/new/review"), "name", "Cards are slow today")
	b.keep(form)
	p := b.get("/admin/new")
	p.wantText("You began these and did not send them:", "Cards are slow today")
	if !p.links(form.Get("place")) {
		t.Errorf("no way back to %s", form.Get("place"))
	}
	if got := b.get(form.Get("place")).form("/admin/new/review").Get("name"); got != "Cards are slow today" {
		t.Errorf("found %q", got)
	}
	b.follow(b.post("/admin/new/draft", form)).wantText("Cards are slow today")
	if p := b.get("/admin/new"); strings.Contains(p.text(), "You began these") {
		t.Error("it was sent")
	}
}
