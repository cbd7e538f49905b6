package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// TestClosingByTaps: chips alone write a complete message in both languages.
func TestClosingByTaps(t *testing.T) {
	w := newWorld(t)
	pay, cards := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Severity: new(status.Serious), Symptom: new(status.Symptom("unreachable")), Components: map[string]status.Level{pay: status.MajorOutage, cards: status.PartialOutage}})
	w.pass(30 * time.Minute)
	b.follow(b.step(n, "update", "status", "monitoring"))
	w.pass(30 * time.Minute)
	path, form := b.stepForm(n, "resolve")
	form = add(with(form, "cause", "overload", "resolution.fully_fixed", "with_limits", "resolution.data_loss", "none", "resolution.can_recur", "unknown",
		"action", "repeat", "ended", "watch", "follow_up", "2026-11-30"), "measure", "test", "reserve")
	b.follow(b.post(path, add(form, "rest", cards)))
	n = w.incident(n.ID)
	r, de := n.Resolution, n.Translations["de"]
	for _, c := range []struct{ what, got, want string }{
		{"text", n.Updates[0].Body, "The main problem is fixed. There are still limits in Cards. We are sorry for the trouble."},
		{"what happened", r.WhatHappened, "The problem lasted from 09:00 to 09:30 UTC on 23 Nov 2026. During this time, you could not reach Payments and Cards. The reason was too many requests at once."},
		{"limits", r.Limits, "There are still limits in Cards."}, {"data", r.DataLoss, "none"}, {"recurrence", r.CanRecur, "unknown"},
		{"prevention", r.Prevention, "We test changes in a small part first. We add reserve capacity."},
		{"action", r.CustomerAction, "Please do again what did not work."}, {"follow-up", r.FollowUpBy, "2026-11-30"}, {"origin", string(n.Category), "overload"},
		{"German text", n.Updates[0].Translations["de"], "Das Hauptproblem ist behoben. Bei Cards geht noch nicht alles. Wir bitten um Entschuldigung."},
		{"German prevention", *de.Prevention, "Wir prüfen Änderungen zuerst in einem kleinen Teil. Wir stellen mehr Reserve bereit."},
		{"German limits", *de.Limits, "Bei Cards geht noch nicht alles."}, {"German action", *de.CustomerAction, "Bitte wiederholen Sie, was nicht ging."},
		{"end", r.EndedAt.Format(time.RFC3339), "2026-11-23T09:30:00Z"}, {"Payments", string(w.level(pay)), "operational"}, {"Cards", string(w.level(cards)), "partial_outage"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

// TestClosingNeedsItsParts: which ones follows from the priority; each is asked for at its
// own control, and the rest of the form is kept.
func TestClosingNeedsItsParts(t *testing.T) {
	all := []string{"resolution.data_loss", "resolution.can_recur", "measure"}
	for severity, asked := range map[status.Severity][]string{status.Critical: all, status.Serious: all, status.Moderate: nil, status.Minor: nil} {
		t.Run(string(severity), func(t *testing.T) {
			w := newWorld(t)
			b := w.as(status.Publisher)
			n := w.open(status.Change{Severity: &severity})
			w.pass(time.Minute)
			p := b.step(n, "resolve", "cause", "rare")
			if len(asked) == 0 {
				b.follow(p)
				return
			}
			for _, name := range asked {
				p.wantFault(http.StatusUnprocessableEntity, "resolve-"+name, "")
			}
			p.wantSound("resolve")
			back := p.form(staffPath(&n) + "/resolve")
			if back.Get("cause") != "rare" || !strings.Contains(back.Get("resolution.what_happened"), "rare combination") || !has(p.byID("resolve"), "open") {
				t.Errorf("what was chosen is lost: %v", back)
			}
			unknown := b.post(staffPath(&n)+"/resolve", with(back, "resolution.data_loss", "unknown", "resolution.can_recur", "unknown", "measure", "warn"))
			unknown.wantFault(http.StatusUnprocessableEntity, "resolve-resolution.can_recur", "")
			b.follow(b.post(staffPath(&n)+"/resolve", with(unknown.form(staffPath(&n)+"/resolve"), "follow_up", "2026-12-07")))
		})
	}
}

// TestEmptiedPartsStayEmpty: what somebody deleted is not written again.
func TestEmptiedPartsStayEmpty(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{Severity: new(status.Minor)})
	w.pass(time.Minute)
	path, form := b.stepForm(n, "resolve")
	shown := b.post(staffPath(&n)+"/preview/resolve", with(form, "cause", "update")).form(path)
	if !strings.Contains(shown.Get("resolution.what_happened"), "a fault in an update") || shown.Get("translations.de.what_happened") == "" {
		t.Fatalf("%v", shown)
	}
	b.follow(b.post(path, with(shown, "resolution.what_happened", "")))
	if now := w.incident(n.ID); now.Resolution.WhatHappened != "" || now.Translations["de"].WhatHappened != nil {
		t.Errorf("%+v", now.Resolution)
	}
}

// TestAnImpairedComponentIsAskedAbout: closing a notice must not leave trouble that nobody
// explains.
func TestAnImpairedComponentIsAskedAbout(t *testing.T) {
	setup := func(t *testing.T) (*world, *browser, status.Incident, string) {
		t.Helper()
		w := newWorld(t)
		id := w.component("Payments", status.PartialOutage, "") // not by the notice
		n := w.open(status.Change{ComponentIDs: &[]string{id}})
		w.pass(time.Minute)
		return w, w.as(status.Publisher), n, id
	}
	t.Run("nothing is said", func(t *testing.T) {
		w, b, n, id := setup(t)
		b.get(staffPath(&n)).wantText("Payments: Partly down. Nothing else explains this")
		p := b.step(n, "resolve")
		p.wantFault(http.StatusUnprocessableEntity, "resolve-stuck."+id, "Say whether Payments works again.")
		p.wantSound("stuck")
		why := b.post(staffPath(&n)+"/resolve", with(p.form(staffPath(&n)+"/resolve"), "stuck."+id, "leave"))
		why.wantFault(http.StatusUnprocessableEntity, "resolve-stuck_why."+id, "Say why Payments stays")
		b.follow(b.post(staffPath(&n)+"/resolve", with(why.form(staffPath(&n)+"/resolve"), "stuck_why."+id, "The provider works on it.")))
		if now := w.incident(n.ID); now.Open() || now.InternalNote != "Payments was left as it is: The provider works on it." || w.level(id) != status.PartialOutage {
			t.Errorf("%q %s", now.InternalNote, w.level(id))
		}
	})
	t.Run("it works again", func(t *testing.T) {
		w, b, n, id := setup(t)
		b.follow(b.step(n, "resolve", "stuck."+id, "operational"))
		if w.level(id) != status.Operational {
			t.Error(w.level(id))
		}
	})
	t.Run("a level that contradicts", func(t *testing.T) {
		w := newWorld(t)
		id := w.component("Payments", status.Operational, "")
		b := w.as(status.Publisher)
		n := w.open(status.Change{Components: map[string]status.Level{id: status.MajorOutage}, Severity: new(status.Minor)})
		if strings.Contains(b.get(staffPath(&n)).text(), "Nothing else explains this") {
			t.Error("asked although closing brings it back")
		}
		p := b.step(n, "resolve", "components."+id, "degraded_performance")
		p.wantFault(http.StatusUnprocessableEntity, "resolve-stuck."+id, "Say whether")
		b.follow(b.post(staffPath(&n)+"/resolve", with(p.form(staffPath(&n)+"/resolve"), "stuck."+id, "operational")))
		if w.level(id) != status.Operational {
			t.Error(w.level(id))
		}
	})
	t.Run("another notice holds it", func(t *testing.T) {
		w := newWorld(t)
		id := w.component("Payments", status.Operational, "")
		b := w.as(status.Publisher)
		n := w.open(status.Change{ComponentIDs: &[]string{id}})
		w.open(status.Change{Components: map[string]status.Level{id: status.MajorOutage}})
		w.pass(time.Minute)
		b.follow(b.step(n, "resolve"))
		if w.level(id) != status.MajorOutage {
			t.Error(w.level(id))
		}
	})
}

// TestWatchedLongEnough: the list, the notice and its step lead to the end with one tap.
func TestWatchedLongEnough(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{Severity: new(status.Serious)})
	b.step(n, "update", "status", "monitoring")
	w.pass(time.Hour - time.Minute)
	if b.get("/admin").links(staffPath(&n) + "?step=resolve#resolve") {
		t.Error("too early")
	}
	w.pass(time.Minute)
	const ended = "The planned time of watching ended 23 Nov 2026, 10:00 UTC"
	home := b.get("/admin")
	home.wantText(ended)
	if !home.links(staffPath(&n) + "?step=resolve#resolve") {
		t.Error("the overview does not lead to the end")
	}
	p := b.get(staffPath(&n) + "?step=resolve")
	p.wantText(ended)
	if !has(p.byID("resolve"), "open") || has(p.byID("update"), "open") {
		t.Error("the step is not the open one")
	}
	b.follow(b.step(n, "update", "say", "no_news")) // it goes on being watched
	w.pass(time.Hour)
	b.get(staffPath(&n)).wantText(ended)
}

// TestEveryStepInEveryStage: what is not possible is refused, and nothing changes.
func TestEveryStepInEveryStage(t *testing.T) {
	steps := []string{"update", "resolve", "false_alarm", "reopen", "correct"}
	windows := []string{"update", "start", "extend", "finish", "cancel", "correct"}
	for _, c := range []struct {
		stage status.Stage
		steps []string
		may   string
	}{
		{status.Investigating, steps, "update resolve false_alarm correct"}, {status.Identified, steps, "update resolve false_alarm correct"},
		{status.Monitoring, steps, "update resolve false_alarm correct"}, {status.Resolved, steps, "reopen correct"},
		{status.Scheduled, windows, "update start extend cancel correct"}, {status.InProgress, windows, "update extend finish cancel correct"},
		{status.Verifying, windows, "update extend finish cancel correct"}, {status.Completed, windows, "correct"}, {status.Cancelled, windows, "correct"},
	} {
		for _, id := range c.steps {
			t.Run(string(c.stage)+" "+id, func(t *testing.T) {
				w := newWorld(t)
				b := w.as(status.Publisher)
				n := w.open(status.Change{Severity: new(status.Minor)})
				if status.KindOf(c.stage) == status.Maintenance {
					n = w.maintenance(time.Hour, 2*time.Hour)
				}
				if c.stage != n.Stage {
					w.moveTo(n.ID, c.stage)
				}
				w.pass(time.Minute)
				revision := w.revision()
				until := "unused"
				if id == "extend" {
					until = "scheduled_until"
				}
				p := b.post(staffPath(&n)+"/"+id, map[string][]string{"body": {"You can pay again."}, "translations.de.body": {"Sie können wieder zahlen."}, "resolution.fully_fixed": {"yes"}, "category": {"unknown"}, until: {"2026-11-23T15:00"}})
				switch possible := strings.Contains(" "+c.may+" ", " "+id+" "); {
				case possible && p.code != http.StatusSeeOther:
					t.Errorf("refused: %d %s", p.code, p.text())
				case !possible && p.code != http.StatusUnprocessableEntity:
					t.Errorf("possible: %d %s", p.code, p.text())
				case !possible:
					p.wantText("This is not possible any more.")
					if w.revision() != revision {
						t.Error("something was saved")
					}
				}
			})
		}
	}
}

func (w *world) moveTo(id string, to status.Stage) {
	w.t.Helper()
	_, err := w.store.EditIncident(w.t.Context(), w.by("test"), id, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), status.Change{Stage: &to})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestTypedTextOutlivesTheStep: somebody closes the notice while another one writes; the
// text waits in the step that is possible now.
func TestTypedTextOutlivesTheStep(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	path, mine := b.stepForm(n, "update")
	w.pass(time.Minute)
	w.moveTo(n.ID, status.Resolved)
	p := b.post(path, with(mine, "body", "My long text: you can pay again."))
	if p.code != http.StatusConflict || !strings.Contains(p.body, "My long text: you can pay again.") {
		t.Fatalf("%d %s", p.code, p.text())
	}
	p.wantSound("conflict")
	mine = with(mine, "version", "", "key", "")
	p = b.post(path, mine)
	p.wantText("This is not possible any more. The notice is now: Resolved.")
	if !strings.Contains(p.body, "My long text: you can pay again.") {
		t.Error("the text is lost")
	}
}

// TestTooLateToReopen leads to a new notice about the same.
func TestTooLateToReopen(t *testing.T) {
	w := newWorld(t)
	id := w.component("Payments", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Components: map[string]status.Level{id: status.PartialOutage}})
	w.pass(time.Minute)
	w.moveTo(n.ID, status.Resolved)
	if got := b.get(staffPath(&n)).form(staffPath(&n) + "/reopen").Get("components." + id); got != "partial_outage" {
		t.Errorf("reopening proposes %q", got)
	}
	w.pass(status.ReopenWithin)
	b.signIn(b.account.Email, password)
	if b.get(staffPath(&n)).links("/admin/new?c=" + id) {
		t.Error("a new notice is offered while the old one can be opened")
	}
	w.pass(time.Millisecond)
	p := b.get(staffPath(&n))
	if !p.links("/admin/new?c=" + id) {
		t.Errorf("no new notice is offered: %s", p.text())
	}
}

// TestEstimates: what the numbers of users suggest is confirmed with one tap, and every
// number that was told is kept with its time.
func TestEstimates(t *testing.T) {
	w := newWorld(t)
	id := w.component("Payments", status.Operational, "")
	if _, err := w.store.EditComponent(t.Context(), w.by("test"), id, 0, func(c *status.Component, _ *status.Site) (*[]string, error) { c.Audience = 4000; return nil, nil }); err != nil {
		t.Fatal(err)
	}
	b := w.as(status.Publisher)
	n := w.open(status.Change{Components: map[string]status.Level{id: status.MajorOutage}})
	p := b.get(staffPath(&n))
	p.wantText("10–50 %: Between 400 and 2,000 people. – use this")
	if p.byID("estimates") != nil {
		t.Error("a history of nothing")
	}
	w.pass(10 * time.Minute)
	b.follow(b.step(n, "update", "affected_users.mode", "use 400 2000"))
	n = w.incident(n.ID)
	if a := n.AffectedUsers; a.Mode != "range" || a.Low != 400 || a.High != 2000 || a.Confidence != "first_look" || !a.AsOf.Equal(w.now()) {
		t.Errorf("%+v", a)
	}
	w.pass(10 * time.Minute)
	b.follow(b.step(n, "update", "affected_users.mode", "count", "affected_users.count", "870", "affected_users.confidence", "final"))
	p = b.get(staffPath(&n))
	table := textOf(p.byID("estimates"))
	for _, want := range []string{"09:10 UTC", "Between 400 and 2,000 people.", "First look", "09:20 UTC", "About 870 people.", "Final"} {
		if !strings.Contains(table, want) {
			t.Errorf("the history lacks %q: %s", want, table)
		}
	}
	p.wantSound("estimates")
	review := b.get("/admin/new/review?c=" + id + "&symptom=unreachable")
	review.wantText("About 4,000 people. – use this")
	b.follow(b.post("/admin/new/publish", with(review.form("/admin/new/review"), "affected_users.mode", "use 4000 4000")))
	if a := w.incidents()[0].AffectedUsers; a.Mode != "count" || a.Count != 4000 {
		t.Errorf("confirmed in the review: %+v", a)
	}
	for _, bad := range []string{"use 5", "use 9 1", "use -1 4", "use x y"} {
		if p := b.step(n, "update", "affected_users.mode", bad); p.code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", bad, p.code)
		}
	}
}
