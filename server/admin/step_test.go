package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// stepForm is the form of a step on a notice's page.
func (b *browser) stepForm(n status.Incident, id string) (path string, form map[string][]string) {
	b.w.t.Helper()
	path = staffPath(&n) + "/" + id
	return path, b.get(staffPath(&n)).form(path)
}

func (b *browser) step(n status.Incident, id string, pairs ...string) *page {
	b.w.t.Helper()
	path, form := b.stepForm(n, id)
	return b.post(path, with(form, pairs...))
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	pay, cards := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Components: map[string]status.Level{pay: status.MajorOutage}, AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 50}, Workaround: &status.Workaround{State: "none_known"}})
	w.pass(20 * time.Minute)
	p := b.step(n, "update", "status", "identified", "body", "Found it.", "translations.de.body", "Gefunden.", "components."+pay, "partial_outage", "components."+cards, "degraded_performance",
		"next_update", "60", "severity", "critical", "affected_users.count", "80", "expected_resolution_at", "2026-11-23T13:00")
	b.follow(p).wantText("Telling 1,204 subscribers.", "Found it.", "Gefunden.")
	now := w.incident(n.ID)
	u := now.Updates[0]
	if now.Stage != status.Identified || u.Body != "Found it." || u.Translations["de"] != "Gefunden." || u.By != b.account.Email || !u.Notify || len(now.Updates) != 2 {
		t.Errorf("%+v", u)
	}
	if w.level(pay) != status.PartialOutage || w.level(cards) != status.DegradedPerformance || now.Severity != status.Critical || now.AffectedUsers.Count != 80 {
		t.Errorf("%+v", now)
	}
	if !now.NextUpdateAt.Equal(w.now().Add(time.Hour)) || !now.AffectedUsers.AsOf.Equal(w.now()) || !now.Workaround.CheckedAt.Equal(start) {
		t.Errorf("times: %v %v %v", now.NextUpdateAt, now.AffectedUsers.AsOf, now.Workaround.CheckedAt)
	}
	w.pass(59 * time.Minute)
	b.follow(b.step(now, "update")).wantText("Visible to customers")
	now = w.incident(n.ID)
	if u := now.Updates[0]; u.Body != "There is nothing new since 23 Nov 2026, 09:20 UTC. We are still working on it." || !strings.HasPrefix(u.Translations["de"], "Seit 23.11.2026, 09:20 Uhr UTC gibt es nichts Neues.") {
		t.Errorf("nothing new: %+v", u)
	}
	if !now.NextUpdateAt.After(w.now()) || w.level(pay) != status.PartialOutage {
		t.Errorf("%v %s", now.NextUpdateAt, w.level(pay))
	}
	w.pass(time.Minute)
	b.step(now, "update", "status", "monitoring")
	if u := w.incident(n.ID).Updates[0]; !strings.HasPrefix(u.Body, "We have fixed the problem.") || !strings.HasPrefix(u.Translations["de"], "Wir haben das Problem behoben.") {
		t.Errorf("monitoring: %+v", u)
	}
}

func TestUpdateFaults(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	for _, c := range []struct{ field, value, text string }{
		{"next_update", "at", "Write the time"}, {"expected_resolution_at", "2020-01-01T00:00", "future"},
		{"affected_users.mode", "share", "in percent"}, {"status", "resolved", "Choose one"}, {"workaround.state", "available", "Say what"},
	} {
		p := b.step(n, "update", "body", "Kept text", c.field, c.value)
		if p.code != http.StatusUnprocessableEntity || !strings.Contains(p.text(), c.text) {
			t.Errorf("%s: %d %s", c.field, p.code, p.text())
		}
		if got := p.form(staffPath(&n) + "/update").Get("body"); got != "Kept text" {
			t.Errorf("%s: the text came back as %q", c.field, got)
		}
		if fold := p.byID("update"); fold == nil || !has(fold, "open") {
			t.Errorf("%s: the form is folded away", c.field)
		}
		p.wantSound(c.field)
	}
	if len(w.incident(n.ID).Updates) != 1 {
		t.Error("something was published")
	}
}

// TestSomebodyWasFaster: the answer shows what was published meanwhile beside the own
// text, which can be sent as the next update.
func TestSomebodyWasFaster(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(status.Publisher), w.as(status.Publisher)
	n := w.open(status.Change{})
	path, mine := b.stepForm(n, "update")
	w.pass(time.Minute)
	a.step(n, "update", "body", "I was faster.", "status", "identified")
	revision := w.revision()
	p := b.post(path, with(mine, "body", "My long text."))
	if p.code != http.StatusConflict || w.revision() != revision {
		t.Fatalf("%d", p.code)
	}
	conflict := textOf(p.byID("conflict"))
	if !strings.Contains(conflict, "I was faster.") || !strings.Contains(conflict, a.account.Email) || strings.Contains(conflict, "We are looking.") {
		t.Errorf("what was missed: %s", conflict)
	}
	if !p.links(staffPath(&n)) {
		t.Error("there is no way to discard")
	}
	p.wantSound("conflict")
	if again := b.post(path, p.form(path)); again.code != http.StatusSeeOther {
		t.Fatalf("sent again: %d %s", again.code, again.text())
	}
	if u := w.incident(n.ID).Updates; len(u) != 3 || u[0].Body != "My long text." {
		t.Errorf("%+v", u)
	}
	path, mine = b.stepForm(w.incident(n.ID), "update")
	_, err := w.store.EditIncident(t.Context(), a.w.by("x"), n.ID, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), status.Change{Name: new("Another title")})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.post(path, mine).wantText("Only details were changed", "Another title")
}

func TestResolve(t *testing.T) {
	w := newWorld(t)
	pay, cards := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Components: map[string]status.Level{pay: status.MajorOutage, cards: status.PartialOutage}})
	w.pass(time.Hour)
	p := b.step(n, "resolve", "resolution.fully_fixed", "with_limits", "resolution.limits", "")
	p.wantText("The problem") // nothing of the parts was filled in but the choice
	if p.code != http.StatusUnprocessableEntity {
		t.Fatalf("limits without a text: %d", p.code)
	}
	p.wantFault(http.StatusUnprocessableEntity, "resolve-resolution.limits", "still works only partly")
	p = b.post(staffPath(&n)+"/resolve", with(p.form(staffPath(&n)+"/resolve"), "resolution.limits", "Exports are slow.", "resolution.what_happened", "A full disk.", "resolution.data_loss", "none", "resolution.can_recur", "unlikely",
		"resolution.prevention", "We warn ourselves earlier.", "resolution.customer_action", "Repeat the export.", "resolution.ended_at", "2026-11-23T09:30", "resolution.follow_up_by", "2026-12-01",
		"translations.de.what_happened", "Eine volle Platte.", "translations.de.limits", "Exporte sind langsam.", "components."+cards, "degraded_performance", "category", "hardware"))
	b.follow(p).wantText("A full disk.", "No data was lost.", "Resolved")
	now := w.incident(n.ID)
	r := now.Resolution
	if r == nil || r.WhatHappened != "A full disk." || r.FullyFixed != "with_limits" || r.Limits != "Exports are slow." || r.DataLoss != "none" || r.CanRecur != "unlikely" || r.Prevention == "" || r.CustomerAction == "" ||
		!r.EndedAt.Equal(start.Add(30*time.Minute)) || r.FollowUpBy != "2026-12-01" {
		t.Errorf("%+v", r)
	}
	if now.Open() || now.NextUpdateAt != nil || *now.Translations["de"].WhatHappened != "Eine volle Platte." || now.Category != "hardware" || now.Updates[0].Body != "The main problem is fixed. Some things still work only partly. We are sorry for the trouble." {
		t.Errorf("%+v", now)
	}
	if w.level(pay) != status.Operational || w.level(cards) != status.DegradedPerformance {
		t.Errorf("levels: %s %s", w.level(pay), w.level(cards))
	}
}

func TestResolveWithOneTap(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.pass(time.Minute)
	b.follow(b.step(n, "resolve")).wantText("The problem is fully fixed.", "Die Störung ist vollständig behoben.")
	r := w.incident(n.ID).Resolution
	if r == nil || r.FullyFixed != "yes" || r.WhatHappened != "The problem lasted from 09:00 to 09:01 UTC on 23 Nov 2026. During this time, not everything worked as usual." || r.Prevention != "" {
		t.Errorf("%+v", r)
	}
}

func TestReopen(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.pass(time.Minute)
	b.step(n, "resolve")
	path, form := b.stepForm(n, "reopen")
	w.pass(7 * 24 * time.Hour)
	b.signIn(b.account.Email, password)
	w.pass(-time.Minute)
	b.follow(b.step(n, "reopen", "next_update", "20")).wantText("The problem has come back.")
	now := w.incident(n.ID)
	if !now.Open() || now.Stage != status.Investigating || !now.NextUpdateAt.Equal(w.now().Add(20*time.Minute)) || now.Updates[0].Translations["de"] == "" {
		t.Errorf("%+v", now)
	}
	w.pass(time.Minute)
	b.step(n, "resolve")
	w.pass(7*24*time.Hour + time.Second)
	b.signIn(b.account.Email, password)
	if p := b.get(staffPath(&n)); strings.Contains(p.body, path) {
		t.Error("reopening is offered after 7 days")
	}
	if p := b.post(path, with(form, "version", "")); p.code != http.StatusUnprocessableEntity {
		t.Errorf("after 7 days: %d", p.code)
	}
}

func TestPublishingIsLate(t *testing.T) {
	w := newWorld(t)
	w.live.stuck = true
	b := w.as(status.Admin)
	n := w.open(status.Change{})
	w.pass(time.Minute)
	b.follow(b.step(n, "update", "body", "Written down.")).wantText("Saved; publishing is late.")
	if w.incident(n.ID).Updates[0].Body != "Written down." {
		t.Error("it was not saved")
	}
	if w.live.pending <= 0 || w.live.pending > publishPatience {
		t.Errorf("would have waited for %v", w.live.pending)
	}
	b.follow(b.post(staffPath(&n)+"/delete", nil)).wantText("Saved; publishing is late.")
}

func TestMaintenance(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	id := w.component("Database", status.Operational, "")
	b := w.as(status.Publisher)
	empty := b.post("/admin/maintenances/new", with(b.get("/admin/maintenances/new").form("/admin/maintenances/new"), "name", "x"))
	empty.wantFault(http.StatusUnprocessableEntity, "f-scheduled_for", "Say when")
	backwards := b.post("/admin/maintenances/new", with(empty.form("/admin/maintenances/new"), "scheduled_for", "2026-11-24T22:00", "scheduled_until", "2026-11-24T21:00"))
	backwards.wantFault(http.StatusUnprocessableEntity, "f-scheduled_until", "end after it begins")
	p := b.post("/admin/maintenances/new", with(without(backwards.form("/admin/maintenances/new"), "scheduled_auto_completed"), "name", "New database", "scheduled_until", "2026-11-25T01:00", "component_ids", id, "customer_impact", "You cannot export.", "translations.de.name", "Neue Datenbank"))
	b.follow(p).wantText("Visible to customers. Telling 1,204", "24 Nov 2026, 22:00 – 25 Nov 2026, 01:00 CET", "We will do maintenance on Database. It lasts from 24 Nov 2026, 22:00 CET to 25 Nov 2026, 01:00 CET.", "It starts")
	n := w.incidents()[0]
	if n.Kind != status.Maintenance || n.Stage != status.Scheduled || !n.ScheduledFor.Equal(time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)) || n.ComponentIDs[0] != id || !n.Auto.InProgress || n.Auto.Completed || !n.Auto.ToMaintenance {
		t.Errorf("%+v", n)
	}
	if !strings.Contains(n.Updates[0].Translations["de"], "Sie dauert vom 24.11.2026, 22:00 Uhr MEZ bis zum") {
		t.Errorf("%+v", n.Updates[0])
	}
	w.pass(time.Minute)
	if p := b.step(n, "update"); p.code != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "Write what customers should know") {
		t.Errorf("an update that says nothing: %d", p.code)
	}
	b.follow(b.step(n, "update", "body", "Please save your work before.")).wantText("Please save your work before.")
	b.step(n, "start")
	if n = w.incident(n.ID); n.Stage != status.InProgress || w.level(id) != status.UnderMaintenance || !strings.Contains(n.Updates[0].Body, "We expect to finish by 25 Nov 2026, 01:00 CET.") {
		t.Errorf("started: %s %s %q", n.Stage, w.level(id), n.Updates[0].Body)
	}
	w.pass(time.Minute)
	if p := b.step(n, "extend"); p.code != http.StatusUnprocessableEntity {
		t.Errorf("extended by nothing: %d", p.code)
	}
	b.step(n, "extend", "scheduled_until", "2026-11-25T02:30")
	if n = w.incident(n.ID); !n.ScheduledUntil.Equal(time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC)) || n.Updates[0].Body != "We need longer, until about 25 Nov 2026, 02:30 CET. You cannot use Database until then." || n.Stage != status.InProgress {
		t.Errorf("extended: %v %q", n.ScheduledUntil, n.Updates[0].Body)
	}
	w.pass(time.Minute)
	b.step(n, "extend", "scheduled_until", "2026-11-25T00:30")
	if n = w.incident(n.ID); n.Updates[0].Body != "The planned end has changed to 25 Nov 2026, 00:30 CET." {
		t.Errorf("shortened: %q", n.Updates[0].Body)
	}
	w.pass(time.Minute)
	b.step(n, "update", "status", "verifying")
	if n = w.incident(n.ID); n.Stage != status.Verifying || !strings.Contains(n.Updates[0].Body, "We are checking") {
		t.Errorf("verifying: %s %q", n.Stage, n.Updates[0].Body)
	}
	w.pass(time.Minute)
	b.step(n, "finish", "body", "Done.", "deliver_notifications", "1")
	if n = w.incident(n.ID); n.Stage != status.Completed || w.level(id) != status.Operational || n.Updates[0].Body != "Done." {
		t.Errorf("finished: %s %s", n.Stage, w.level(id))
	}
	if p := b.get(staffPath(&n)); strings.Contains(p.body, "/finish") || strings.Contains(p.body, "/start") {
		t.Error("a finished maintenance still offers steps")
	}
}

func TestMaintenanceIsCancelled(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.maintenance(time.Hour, 2*time.Hour)
	w.pass(time.Minute)
	b.follow(b.step(n, "cancel")).wantText("Cancelled", "The work will not take place.")
	if p := b.post(staffPath(&n)+"/start", nil); p.code != http.StatusUnprocessableEntity {
		t.Errorf("starting what is cancelled: %d %s", p.code, p.text())
	}
}

// TestKindsHaveTheirOwnAddresses: a step of the other kind does not exist.
func TestKindsHaveTheirOwnAddresses(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n, m := w.open(status.Change{}), w.maintenance(time.Hour, 2*time.Hour)
	if p := b.get("/admin/incidents/" + m.ID); p.to() != "/admin/maintenances/"+m.ID {
		t.Errorf("%d %s", p.code, p.to())
	}
	for _, path := range []string{"/admin/incidents/" + m.ID + "/resolve", "/admin/maintenances/" + n.ID + "/cancel", "/admin/incidents/" + m.ID + "/delete", "/admin/maintenances/" + n.ID + "/delete"} {
		if p := b.post(path, nil); p.code != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.code)
		}
	}
}

func TestEntriesAreCorrected(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.pass(time.Hour)
	path := staffPath(&n) + "/entries/" + n.Updates[0].ID
	page := b.get(path)
	if page.code != http.StatusOK {
		t.Fatal(page.code)
	}
	form := page.form("")
	future := b.post(path, with(form, "display_at", "2026-12-24T00:00", "body", "Kept"))
	future.wantFault(http.StatusUnprocessableEntity, "f-display_at", "future")
	if future.form("").Get("body") != "Kept" {
		t.Error("the text is lost")
	}
	b.follow(b.post(path, with(future.form(""), "display_at", "2026-11-23T08:30", "body", "A corrected text."))).wantText("Saved.", "A corrected text.", "Edited")
	u := w.incident(n.ID).Updates[0]
	if u.Body != "A corrected text." || !u.DisplayAt.Equal(start.Add(-30*time.Minute)) || u.EditedAt == nil {
		t.Errorf("%+v", u)
	}
	stale := b.post(path, with(page.form(""), "body", "Mine", "key", ""))
	if stale.code != http.StatusConflict {
		t.Fatalf("stale: %d", stale.code)
	}
	stale.wantText("Somebody was faster", "A corrected text.", "Mine")
	if p := b.get(staffPath(&n) + "/entries/unknown"); p.code != http.StatusNotFound {
		t.Errorf("unknown: %d", p.code)
	}
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n, draft := w.open(status.Change{}), w.open(status.Change{Draft: new(true)})
	ask := b.get(staffPath(&n) + "/delete")
	ask.wantText("Payments fail", "disappears from the page", "Keep it")
	if len(w.incidents()) != 2 {
		t.Fatal("asking deletes")
	}
	b.get(staffPath(&draft) + "/delete").wantText("Nobody was told of it")
	b.follow(b.post(staffPath(&n)+"/delete", ask.form(staffPath(&n)+"/delete"))).wantText("Deleted.")
	b.post(staffPath(&draft)+"/delete", nil)
	if len(w.incidents()) != 0 {
		t.Error("something is left")
	}
	if p := b.post(staffPath(&n)+"/delete", nil); p.code != http.StatusNotFound {
		t.Errorf("twice: %d", p.code)
	}
}
