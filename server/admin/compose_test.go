package admin

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
	"allclear/store"
)

// berlin gives the page a zone and a vendor to name.
func (w *world) berlin() {
	w.t.Helper()
	_, err := w.store.EditPage(w.t.Context(), store.By{Actor: "test"}, 0, func(p *status.Page) error {
		p.TimeZone, p.VendorAllowList = "Europe/Berlin", []string{"Cloud AG"}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestEveryFieldArrives fills in the whole form of a new incident.
func TestEveryFieldArrives(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	g := w.group("Payments")
	debits, cards := w.component("Direct debits", status.Operational, g), w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	form := with(b.get("/admin/new?full=1").form("/admin/new"),
		"name", " Direct debits fail ", "body", "We are **looking**.\r\n\r\nSecond paragraph.", "components."+debits, "major_outage", "components."+cards, "degraded_performance",
		"status", "identified", "severity", "critical", "next_update", "30",
		"customer_impact", "Payments stay open.", "not_affected", "Cash machines work.",
		"affected_users.mode", "range", "affected_users.low", "1.000", "affected_users.high", "2,500", "affected_users.confidence", "measured", "affected_users.basis", "monitoring",
		"workaround.state", "available", "workaround.text", "Use instant transfers.",
		"third_party.state", "named", "third_party.vendor", "Cloud AG", "third_party.url", "https://status.cloud.example",
		"started_at", "2026-11-23T09:30", "detected_at", "2026-11-23T09:45", "expected_resolution_at", "2026-11-23T14:00",
		"category", "third_party", "urgency", "high", "symptom", "errors", "support_level", "2", "assignee", "Kim", "internal_note", "Ticket 4711",
		"translations.de.name", "Lastschriften gehen nicht", "translations.de.body", "Wir suchen.", "translations.de.customer_impact", "Zahlungen bleiben offen.",
		"translations.de.not_affected", "Automaten gehen.", "translations.de.workaround_text", "Echtzeitüberweisung nutzen.")
	p := b.post("/admin/new", form)
	shown := b.follow(p)
	shown.wantText("Visible to customers. Telling 1,204 subscribers.", "Ticket 4711", "Direct debits fail", "Lastschriften gehen nicht")
	list := w.incidents()
	if len(list) != 1 {
		t.Fatalf("%d incidents", len(list))
	}
	n := list[0]
	at := func(clock string) *time.Time {
		v, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return new(time.Date(2026, 11, 23, v.Hour()-1, v.Minute(), 0, 0, time.UTC)) // Berlin is an hour ahead
	}
	want := status.Incident{
		Name: "Direct debits fail", Stage: status.Identified, Severity: status.Critical, SeverityGiven: true, Impact: status.ImpactCritical,
		CustomerImpact: "Payments stay open.", NotAffected: "Cash machines work.", StartedAt: *at("09:30"), DetectedAt: at("09:45"),
		AffectedUsers: status.AffectedUsers{Mode: "range", Low: 1000, High: 2500, Confidence: "measured", Basis: "monitoring", AsOf: start},
		Workaround:    status.Workaround{State: "available", Text: "Use instant transfers.", CheckedAt: start},
		ThirdParty:    status.ThirdParty{State: "named", Vendor: "Cloud AG", URL: "https://status.cloud.example"},
		NextUpdateAt:  new(start.Add(30 * time.Minute)), ExpectedResolutionAt: at("14:00"),
		Category: "third_party", Urgency: status.UrgencyHigh, Symptom: "errors", SupportLevel: 2, Assignee: "Kim", InternalNote: "Ticket 4711",
		ComponentIDs: []string{debits, cards},
	}
	got := status.Incident{
		Name: n.Name, Stage: n.Stage, Severity: n.Severity, SeverityGiven: n.SeverityGiven, Impact: n.Impact, CustomerImpact: n.CustomerImpact,
		NotAffected: n.NotAffected, StartedAt: n.StartedAt, DetectedAt: n.DetectedAt, AffectedUsers: n.AffectedUsers, Workaround: n.Workaround,
		ThirdParty: n.ThirdParty, NextUpdateAt: n.NextUpdateAt, ExpectedResolutionAt: n.ExpectedResolutionAt, Category: n.Category, Urgency: n.Urgency,
		Symptom: n.Symptom, SupportLevel: n.SupportLevel, Assignee: n.Assignee, InternalNote: n.InternalNote, ComponentIDs: n.ComponentIDs,
	}
	sortIDs := cmp.Transformer("set", func(ids []string) map[string]bool {
		set := map[string]bool{}
		for _, id := range ids {
			set[id] = true
		}
		return set
	})
	if diff := cmp.Diff(want.ComponentIDs, got.ComponentIDs, sortIDs); diff != "" {
		t.Error(diff)
	}
	want.ComponentIDs, got.ComponentIDs = nil, nil
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(status.Incident{})); diff != "" {
		t.Error(diff)
	}
	u := n.Updates[0]
	if u.Body != "We are **looking**.\n\nSecond paragraph." || u.Translations["de"] != "Wir suchen." || !u.Notify || u.By != b.account.Email {
		t.Errorf("entry: %+v", u)
	}
	de := n.Translations["de"]
	if *de.Name != "Lastschriften gehen nicht" || *de.CustomerImpact != "Zahlungen bleiben offen." || *de.WorkaroundText != "Echtzeitüberweisung nutzen." || *de.NotAffected != "Automaten gehen." {
		t.Errorf("German: %+v", de)
	}
	if w.level(debits) != status.MajorOutage || w.level(cards) != status.DegradedPerformance {
		t.Errorf("levels: %s %s", w.level(debits), w.level(cards))
	}
	if len(w.live.waited) == 0 || w.live.waited[len(w.live.waited)-1] != w.revision() {
		t.Errorf("waited for %v, revision is %d", w.live.waited, w.revision())
	}
}

// TestNothingTyped: a title and a tap are enough; the text comes in both languages.
func TestNothingTyped(t *testing.T) {
	w := newWorld(t)
	id := w.component("Payments", status.Operational, "")
	b := w.as(status.Publisher)
	form := with(b.get("/admin/new?full=1").form("/admin/new"), "name", "Payments fail", "components."+id, "major_outage")
	b.follow(b.post("/admin/new", without(form, "deliver_notifications"))).wantText("Visible to customers. Nobody is told.")
	n := w.incidents()[0]
	u := n.Updates[0]
	if u.Body != "We have confirmed the problem and are looking for the cause." || u.Translations["de"] != "Wir haben die Störung bestätigt und suchen die Ursache." || u.Notify {
		t.Errorf("%+v", u)
	}
	if n.Severity != status.Serious || n.NextUpdateAt == nil || n.AffectedUsers.Mode != "unknown" || n.Workaround.State != "unknown" || n.SeverityGiven {
		t.Errorf("defaults: %+v", n)
	}
}

func TestFaultsKeepTheText(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	fresh := b.get("/admin/new?full=1").form("/admin/new")
	for _, c := range []struct {
		field, value, id, text string
		more                   []string
	}{
		{"name", "", "f-name", "must not be empty", nil},
		{"name", strings.Repeat("x", 256), "f-name", "256 characters", nil},
		{"body", "a\x01b", "f-body", "control character", nil},
		{"body", strings.Repeat("ä", 25001), "f-body", "25001 characters", nil},
		{"started_at", "2026-11-24T10:00", "f-started_at", "future", nil},
		{"started_at", "yesterday", "f-started_at", "Write the time", nil},
		{"detected_at", "2026-13-40T99:00", "f-detected_at", "Write the time", nil},
		{"next_update", "at", "f-next_update_at", "Write the time", nil},
		{"next_update_at", "2020-01-01T10:00", "f-next_update_at", "future", nil},
		{"expected_resolution_at", "2020-01-01T10:00", "f-expected_resolution_at", "future", nil},
		{"affected_users.count", "many", "f-affected_users.count", "whole number", []string{"affected_users.mode", "count"}},
		{"affected_users.high", "5", "f-affected_users.high", "lower to a higher", []string{"affected_users.mode", "range", "affected_users.low", "10"}},
		{"affected_users.mode", "share", "f-affected_users.share_percent", "in percent", nil},
		{"workaround.state", "available", "f-workaround.text", "Say what customers can do", nil},
		{"third_party.state", "named", "f-third_party.vendor", "allow list", nil},
		{"severity", "terrible", "f-severity", "not possible", nil},
		{"status", "scheduled", "f-status", "Choose one", nil},
		{"next_update", "-5", "f-next_update", "Choose one", nil},
	} {
		form := url.Values{}
		maps.Copy(form, fresh)
		with(form, "name", "Payments fail", "body", "Long text, typed with one thumb.\r\n\r\nAnd more.", "translations.de.body", "Langer Text")
		with(form, append(c.more, c.field, c.value)...)
		p := b.post("/admin/new", form)
		if c.id == "f-next_update" {
			if p.code != http.StatusUnprocessableEntity || !strings.Contains(p.text(), c.text) {
				t.Errorf("%s: %d", c.field, p.code)
			}
			continue
		}
		p.wantFault(http.StatusUnprocessableEntity, c.id, c.text)
		again := p.form("/admin/new")
		for name := range form {
			if name != "key" && strings.Join(again[name], "|") != strings.Join(form[name], "|") && !strings.ContainsAny(form.Get(name), "\x01") && name != c.field {
				t.Errorf("%s=%q: %s was %q and comes back as %q", c.field, c.value, name, form[name], again[name])
			}
		}
		p.wantSound(c.field)
	}
	if n := w.incidents(); len(n) != 0 {
		t.Errorf("%d incidents were opened", len(n))
	}
	unknown := b.post("/admin/new", with(b.get("/admin/new?full=1").form("/admin/new"), "name", "x", "components.nothing", "major_outage"))
	if unknown.code != http.StatusUnprocessableEntity || !strings.Contains(unknown.text(), "no component") {
		t.Errorf("unknown component: %d %s", unknown.code, unknown.text())
	}
}

// TestFaultsInGerman: the domain speaks English; the form does not.
func TestFaultsInGerman(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	b.post("/admin/profile/language", url.Values{"locale": {"de"}})
	p := b.post("/admin/new", b.get("/admin/new?full=1").form("/admin/new"))
	p.wantFault(http.StatusUnprocessableEntity, "f-name", "Bitte geben Sie einen Titel an")
	p.wantText("Bitte ändern Sie dies")
}

// TestPressedTwice: one form makes one incident, however often it arrives.
func TestPressedTwice(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	form := with(b.get("/admin/new?full=1").form("/admin/new"), "name", "Once")
	paths := make([]string, 12)
	var group sync.WaitGroup
	for i := range paths {
		twin := w.browser()
		twin.cookies["allclear-session"] = b.cookies["allclear-session"]
		group.Go(func() { paths[i] = twin.post("/admin/new", form).to() })
	}
	group.Wait()
	list := w.incidents()
	if len(list) != 1 {
		t.Fatalf("%d incidents", len(list))
	}
	for _, path := range paths {
		if path != "/admin/incidents/"+list[0].ID {
			t.Errorf("sent to %q", path)
		}
	}
	p := b.post("/admin/new", with(form, "name", "Twice"))
	if p.code != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "was sent before") {
		t.Errorf("the same form with another text: %d %s", p.code, p.text())
	}
	if p := b.post("/admin/new", p.form("/admin/new")); p.code != http.StatusSeeOther || len(w.incidents()) != 2 {
		t.Errorf("pressing again is meant: %d", p.code)
	}
}

func TestHostileText(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)></textarea>{{.}}${x}'` + "`"
	id := w.component(evil, status.MajorOutage, "")
	form := with(b.get("/admin/new?full=1").form("/admin/new"), "name", evil, "body", evil, "customer_impact", evil, "not_affected", evil, "internal_note", evil, "assignee", evil,
		"workaround.state", "available", "workaround.text", evil, "translations.de.name", evil, "translations.de.body", evil, "components."+id, "major_outage", "anyway", evil)
	p := b.post("/admin/new", form)
	path := p.to()
	pages := []*page{b.follow(p), b.get("/admin"), b.get("/admin/incidents?q=" + url.QueryEscape(evil)), b.get(path + "/edit"), b.get(path + "/delete"), b.get("/admin/components"), b.get("/admin/components/" + id),
		b.get("/admin/audit"), b.get("/admin/new"), b.post("/admin/new", with(form, "key", "", "started_at", evil)), b.get("/admin/login?next=" + url.QueryEscape(evil))}
	for i, p := range pages {
		for n := range p.doc.Descendants() {
			if n.Data == "img" || n.Data == "script" && attr(n, "src") == "" || has(n, "onerror") {
				t.Errorf("page %d has <%s> in it", i, n.Data)
			}
		}
	}
	if got := b.get(path + "/edit").form(path + "/edit").Get("name"); got != evil {
		t.Errorf("came back as %q", got)
	}
	if w.incidents()[0].Updates[0].Body != evil {
		t.Errorf("stored %q", w.incidents()[0].Updates[0].Body)
	}
}

// TestDrafts: an author writes, nobody sees it; a publisher publishes what was planned.
func TestDrafts(t *testing.T) {
	w := newWorld(t)
	id, other := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, "")
	author, publisher := w.as(status.Author), w.as(status.Publisher)
	p := author.get("/admin/new?full=1")
	p.wantText("Your role saves drafts")
	if p.find(func(n *htmlNode) bool { return n.Data == "button" && textOf(n) == "Publish" }) != nil {
		t.Error("an author is offered to publish")
	}
	form := with(p.form("/admin/new"), "name", "Not yet", "components."+id, "major_outage", "components."+other, "partial_outage", "translations.de.body", "Noch nicht")
	saved := author.post("/admin/drafts", form)
	draft := author.follow(saved)
	draft.wantText("The draft is saved.", "Draft: Not yet")
	n := w.incidents()[0]
	if !n.Draft || w.level(id) != status.Operational || n.Updates[0].Body != "" {
		t.Errorf("%+v", n)
	}
	action := "/admin/drafts/" + n.ID
	again := with(draft.form(action+"/publish"), "body", "Text", "components."+other, "")
	author.follow(author.post(action, again)).wantText("The draft is saved.")
	if p := author.post(action+"/publish", again); p.code != http.StatusForbidden {
		t.Errorf("an author published: %d", p.code)
	}
	n = w.incident(n.ID)
	if len(n.Updates) != 1 || len(n.ComponentIDs) != 1 || n.Planned[id] != status.MajorOutage || n.Updates[0].By != author.account.Email {
		t.Errorf("a draft is rewritten, not piled up: %+v", n)
	}
	stale := publisher.post(action+"/publish", with(draft.form(action+"/publish"), "name", "My title"))
	if stale.code != http.StatusConflict {
		t.Fatalf("stale: %d", stale.code)
	}
	stale.wantText("Somebody was faster", "Text", "My title")
	final := with(publisher.get("/admin/incidents/"+n.ID).form(action+"/publish"), "name", "Now", "customer_impact", "You cannot pay.")
	publisher.follow(publisher.post(action+"/publish", final)).wantText("Visible to customers. Telling 1,204", "Now")
	n = w.incident(n.ID)
	if n.Draft || w.level(id) != status.MajorOutage || w.level(other) != status.Operational || n.Updates[0].Body != "Text" || n.Updates[0].Translations["de"] != "Noch nicht" {
		t.Errorf("%+v", n)
	}
	late := author.post(action, with(again, "body", "Too late"))
	if late.code != http.StatusConflict {
		t.Errorf("editing what is published: %d", late.code)
	}
	unseen := author.post(action, with(again, "body", "No version", "version", "", "key", ""))
	if unseen.code != http.StatusUnprocessableEntity && unseen.code != http.StatusConflict {
		t.Errorf("editing what is published without a version: %d", unseen.code)
	}
	if now := w.incident(n.ID); len(now.Updates) != 1 || now.Updates[0].Body != "Text" {
		t.Error("an author changed a published notice")
	}
}

// TestDraftWasPublished: whoever publishes what somebody else has just published keeps
// the text, as the next update.
func TestDraftWasPublished(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{Draft: new(true)})
	a, b := w.as(status.Publisher), w.as(status.Publisher)
	action := "/admin/drafts/" + n.ID + "/publish"
	form := b.get("/admin/incidents/" + n.ID).form(action)
	a.post(action, with(a.get("/admin/incidents/"+n.ID).form(action), "body", "Mine was first: you cannot pay."))
	p := b.post(action, with(form, "body", "My own words"))
	if p.code != http.StatusConflict {
		t.Fatalf("%d", p.code)
	}
	p.wantText("Somebody was faster", "Mine was first")
	next := p.form("/admin/incidents/" + n.ID + "/update")
	if next.Get("body") != "My own words" {
		t.Errorf("the text is lost: %q", next.Get("body"))
	}
	if p := b.post("/admin/incidents/"+n.ID+"/update", next); p.code != http.StatusSeeOther || w.incident(n.ID).Updates[0].Body != "My own words" {
		t.Errorf("as the next update: %d %s", p.code, p.text())
	}
}

func TestDeepLink(t *testing.T) {
	w := newWorld(t)
	id := w.component("Payments", status.PartialOutage, "")
	form := w.as(status.Author).get("/admin/new?full=1&c=" + id + "&c=unknown").form("/admin/new")
	if form.Get("components."+id) != "partial_outage" || form.Has("components.unknown") {
		t.Errorf("%v", form)
	}
}

func TestFactsAreEdited(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 50}, ExpectedResolutionAt: status.Some(w.now().Add(time.Hour))})
	path := "/admin/incidents/" + n.ID
	w.pass(2 * time.Hour) // the expected end has passed; an unchanged form is no mistake
	form, mine := b.get(path+"/edit").form(path+"/edit"), b.get(path+"/edit").form(path+"/edit")
	b.follow(b.post(path+"/edit", with(form, "name", "A better title", "translations.de.name", "Ein besserer Titel", "urgency", "high"))).wantText("Saved.", "A better title")
	now := w.incident(n.ID)
	if now.Name != "A better title" || *now.Translations["de"].Name != "Ein besserer Titel" || len(now.Updates) != 1 || now.Urgency != status.UrgencyHigh {
		t.Errorf("%+v", now)
	}
	if !now.AffectedUsers.AsOf.Equal(n.AffectedUsers.AsOf) || !now.StartedAt.Equal(n.StartedAt) || now.SeverityGiven {
		t.Errorf("what was not touched has changed: %+v", now)
	}
	p := b.post(path+"/edit", with(mine, "name", "Mine"))
	if p.code != http.StatusConflict {
		t.Fatalf("stale: %d", p.code)
	}
	p.wantText("Somebody was faster", "A better title", "Mine")
	if p := b.post(path+"/edit", p.form(path+"/edit")); p.code != http.StatusSeeOther || w.incident(n.ID).Name != "Mine" {
		t.Errorf("saved again: %d", p.code)
	}
	b.post(path+"/edit", with(b.get(path+"/edit").form(path+"/edit"), "expected_resolution_at", ""))
	if w.incident(n.ID).ExpectedResolutionAt != nil {
		t.Error("an emptied time stays")
	}
}
