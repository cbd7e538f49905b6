package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// subscribe adds a mail subscription that was confirmed now.
func (w *world) subscribe() {
	w.t.Helper()
	now := w.now()
	sub := status.Subscriber{
		ID: status.NewID(), Channel: status.Email, Address: "ann@example.com", State: status.Active, Locale: "en", Generation: 1,
		Consent:   status.Consent{Source: "page", URL: "http://status.test/subscribe", TextVersion: "1", AskedAt: now},
		CreatedAt: now, ConfirmedAt: &now,
	}
	err := w.store.AskSubscriber(w.t.Context(), sub, "box", func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// deliver lets the hold pass and hands every mail to a worker.
func (w *world) deliver() {
	w.t.Helper()
	w.pass(30 * time.Second)
	for next := w.now(); !next.IsZero() && !next.After(w.now()); {
		var err error
		if _, next, err = w.store.ExpandEvents(w.t.Context(), 100); err != nil {
			w.t.Fatal(err)
		}
	}
	list, _, err := w.store.Exchange(w.t.Context(), status.Email, "worker", time.Minute, nil, nil, 100)
	if err != nil || len(list) == 0 {
		w.t.Fatalf("%d mails are sent (%v)", len(list), err)
	}
	for i := range list {
		list[i].State = status.Sent
	}
	if _, _, err := w.store.Exchange(w.t.Context(), status.Email, "worker", time.Minute, list, nil, 0); err != nil {
		w.t.Fatal(err)
	}
}

// undo presses the button of the bar.
func (b *browser) undo(n status.Incident) *page {
	b.w.t.Helper()
	path := staffPath(&n) + "/undo"
	return b.post(path, b.get(staffPath(&n)).form(path))
}

func TestUndoOfAnUpdate(t *testing.T) {
	w := newWorld(t)
	pay := w.component("Payments", status.Operational, "")
	w.subscribe()
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.deliver()
	if p := b.get(staffPath(&n)); p.find(isUndo(&n)) != nil || p.links(staffPath(&n)+"/delete") {
		t.Error("what was sent can be taken back or deleted")
	}
	w.pass(time.Minute)
	b.step(n, "update", "status", "identified", "body", "Wrong.", "translations.de.body", "Falsch.", "components."+pay, "major_outage")
	entry := w.incident(n.ID).Updates[0].ID
	w.pass(2 * time.Second)
	page := b.get(staffPath(&n))
	page.wantText("leave in 28 s.", "Undo", "The messages still wait")
	page.wantSound("the bar")
	if form := page.form(staffPath(&n) + "/undo"); form.Get("entry") != entry || form.Get("key") == "" {
		t.Errorf("the form sends %v", form)
	}
	if viewer := w.as(status.Viewer).get(staffPath(&n)); viewer.find(isUndo(&n)) != nil || strings.Contains(viewer.text(), "Undo") {
		t.Error("a viewer may take something back")
	}
	again := page.form(staffPath(&n) + "/undo")
	done := b.undo(n)
	if done.to() != staffPath(&n)+"?draft="+entry+"#update" {
		t.Fatalf("%d %s", done.code, done.to())
	}
	back := b.follow(done)
	back.wantText("Taken back before a message left. The text is below.", "Only staff see these texts.", "Use this text")
	back.wantSound("taken back")
	form := back.form(staffPath(&n) + "/update")
	for field, want := range map[string]string{"body": "Wrong.", "translations.de.body": "Falsch.", "status": "identified", "components." + pay: "major_outage", "draft": entry} {
		if form.Get(field) != want {
			t.Errorf("%s is %q, want %q", field, form.Get(field), want)
		}
	}
	now := w.incident(n.ID)
	if len(now.Updates) != 1 || now.Stage != status.Investigating || w.level(pay) != status.Operational || now.Drafts[0].By != b.account.Email {
		t.Errorf("%+v", now)
	}
	revision := w.revision()
	if p := b.post(staffPath(&n)+"/undo", again); p.to() != staffPath(&n) || w.revision() != revision {
		t.Errorf("pressed twice: %d %s", p.code, p.to())
	}
	b.follow(b.post(staffPath(&n)+"/update", with(form, "body", "Right."))).wantText("Right.")
	now = w.incident(n.ID)
	if len(now.Drafts) != 0 || now.Updates[0].Body != "Right." || now.Updates[0].Translations["de"] != "Falsch." || w.level(pay) != status.MajorOutage {
		t.Errorf("used: %+v", now)
	}
}

func isUndo(n *status.Incident) func(*htmlNode) bool {
	return func(x *htmlNode) bool { return x.Data == "form" && attr(x, "action") == staffPath(n)+"/undo" }
}

// A closing text that was taken back waits in the form that closes.
func TestUndoOfTheEnd(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.pass(time.Minute)
	b.step(n, "resolve", "body", "All is well.")
	page := b.follow(b.undo(n))
	if got := page.form(staffPath(&n) + "/resolve").Get("body"); got != "All is well." || !has(page.byID("resolve"), "open") || has(page.byID("update"), "open") {
		t.Errorf("the text is %q", got)
	}
	if got := page.form(staffPath(&n) + "/update").Get("body"); got != "" {
		t.Errorf("the update says %q", got)
	}
	if !strings.Contains(page.text(), "Investigating") {
		t.Error("it is not open again")
	}
	entry := w.incident(n.ID).Drafts[0].UpdateID
	b.follow(b.post(staffPath(&n)+"/texts/"+entry+"/discard", url.Values{})).wantText("Saved.")
	if now := w.incident(n.ID); len(now.Drafts) != 0 {
		t.Errorf("%+v", now.Drafts)
	}
}

func TestStepsOfTexts(t *testing.T) {
	problem := func(s status.Stage) *status.Incident { return &status.Incident{Kind: status.Problem, Stage: s} }
	plan := func(s status.Stage) *status.Incident { return &status.Incident{Kind: status.Maintenance, Stage: s} }
	for _, c := range []struct {
		n    *status.Incident
		to   status.Stage
		want string
	}{
		{problem(status.Identified), status.Identified, "update"}, {problem(status.Investigating), status.Monitoring, "update"},
		{problem(status.Identified), status.Resolved, "resolve"}, {problem(status.Resolved), status.Investigating, "reopen"},
		{problem(status.Resolved), status.Resolved, "correct"}, {plan(status.Scheduled), status.InProgress, "start"},
		{plan(status.Verifying), status.InProgress, "update"}, {plan(status.InProgress), status.Completed, "finish"},
		{plan(status.Scheduled), status.Cancelled, "cancel"}, {plan(status.Completed), status.Completed, "correct"},
	} {
		if got := stepOf(c.n, c.to); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.n.Stage, c.to, got, c.want)
		}
	}
}

func TestUndoOfTheFirst(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	pay := w.component("Payments", status.Operational, "")
	b := w.as(status.Publisher)
	for _, n := range []status.Incident{
		w.open(status.Change{Components: map[string]status.Level{pay: status.MajorOutage}}), w.maintenance(time.Hour, 2*time.Hour),
	} {
		form := b.get(staffPath(&n)).form(staffPath(&n) + "/undo")
		done := b.post(staffPath(&n)+"/undo", form)
		if done.to() != staffPath(&n) {
			t.Fatalf("%d %s", done.code, done.to())
		}
		page := b.follow(done)
		page.wantText("The notice is a draft again", "Draft: "+n.Name)
		if got := page.form("/admin/drafts/" + n.ID + "/publish").Get("body"); got != "We are looking." {
			t.Errorf("the draft says %q", got)
		}
		if now := w.incident(n.ID); !now.Draft || w.level(pay) != status.Operational {
			t.Errorf("%+v", now)
		}
		if p := b.post(staffPath(&n)+"/undo", form); p.to() != staffPath(&n) {
			t.Errorf("pressed twice: %d %s", p.code, p.text())
		}
	}
	if p := b.post("/admin/maintenances/"+w.open(status.Change{}).ID+"/undo", url.Values{}); p.code != http.StatusNotFound {
		t.Errorf("of the other kind: %d", p.code)
	}
}

// The button is pressed when the mails have just left: nothing changes, and a correction
// is offered.
func TestUndoComesTooLate(t *testing.T) {
	w := newWorld(t)
	w.subscribe()
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	form := b.get(staffPath(&n)).form(staffPath(&n) + "/undo")
	w.deliver()
	revision := w.revision()
	page := b.post(staffPath(&n)+"/undo", form)
	page.wantText("Too late to take this back", "Post a correction")
	page.wantSound("too late")
	if page.code != http.StatusConflict || w.revision() != revision || w.incident(n.ID).Draft {
		t.Errorf("%d", page.code)
	}
	// Between looking and pressing somebody posts something newer.
	other := w.open(status.Change{})
	form = b.get(staffPath(&other)).form(staffPath(&other) + "/undo")
	w.pass(time.Second)
	b.step(other, "update", "body", "Newer.")
	if page := b.post(staffPath(&other)+"/undo", form); page.code != http.StatusConflict || len(w.incident(other.ID).Updates) != 2 {
		t.Errorf("%d %s", page.code, page.text())
	}
}

// What nobody was told of can be taken back at leisure, without a bar.
func TestUndoOfAQuietEntry(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{Notify: new(false)})
	w.pass(time.Hour)
	b.get(staffPath(&n)).wantText("Take back: make it a draft")
	path, form := b.stepForm(n, "update")
	b.post(path, with(without(form, "deliver_notifications"), "body", "Quiet."))
	page := b.get(staffPath(&n))
	if strings.Contains(page.text(), "leave in") {
		t.Error("nothing is held")
	}
	b.follow(b.undo(n)).wantText("Taken back")
	if now := w.incident(n.ID); len(now.Updates) != 1 || now.Drafts[0].Body != "Quiet." {
		t.Errorf("%+v", now)
	}
}

func TestCorrection(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	w.subscribe()
	b := w.as(status.Publisher)
	n := w.open(status.Change{Body: new("Cards\nfail."), Translations: map[string]status.Texts{"de": {Body: new("Karten gehen nicht.")}}})
	if p := b.get(staffPath(&n)); strings.Contains(p.body, "/correct\"") {
		t.Error("what was not sent is undone, not corrected")
	}
	w.deliver()
	path, form := b.stepForm(n, "correct")
	begin, anfang := form["body"][0], form["translations.de.body"][0]
	if !strings.HasPrefix(begin, "Correction: we wrote “Cards fail.”") || !strings.HasSuffix(begin, "Correct is:") ||
		!strings.HasPrefix(anfang, "Korrektur:") || !strings.Contains(anfang, "„Karten gehen nicht.“") || !strings.HasSuffix(anfang, "Richtig ist:") {
		t.Errorf("it begins with %q, %q", begin, anfang)
	}
	page := b.post(path, form)
	page.wantFault(http.StatusUnprocessableEntity, "correct-body", "Add what is correct.")
	page.wantSound("correction")
	w.pass(time.Minute)
	b.follow(b.post(path, with(page.form(path), "body", begin+" Cards work, transfers fail."))).wantText("Correct is: Cards work, transfers fail.")
	now := w.incident(n.ID)
	if u := now.Updates[0]; len(now.Updates) != 2 || len(u.Translations) != 0 || u.Stage != status.Investigating || !u.Notify {
		t.Errorf("%+v", u)
	}
	long := excerpt(strings.Repeat("ä ", 200))
	if n := len([]rune(long)); n > quoted+1 || !strings.HasSuffix(long, "ä…") {
		t.Errorf("%d runes: %q", n, long)
	}
}

func TestFalseAlarm(t *testing.T) {
	w := newWorld(t)
	pay := w.component("Payments", status.Operational, "")
	w.subscribe()
	b := w.as(status.Publisher)
	n := w.open(status.Change{Components: map[string]status.Level{pay: status.MajorOutage}})
	w.deliver()
	b.follow(b.step(n, "false_alarm")).wantText("There was no problem for customers.", "Für Kundinnen und Kunden gab es keine Störung.")
	now := w.incident(n.ID)
	if now.Stage != status.Resolved || w.level(pay) != status.Operational || !now.Updates[0].Notify || now.Updates[0].By != b.account.Email {
		t.Errorf("%+v", now)
	}
}
