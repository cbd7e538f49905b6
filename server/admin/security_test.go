package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// TestSecurityIncident: from the quiet link to a published holding text, by two people.
func TestSecurityIncident(t *testing.T) {
	w := newWorld(t)
	cards, mail := w.component("Cards", status.Operational, ""), w.component("Mail", status.PartialOutage, "")
	ada, bob := w.as(status.Author), w.as(status.Publisher)
	if !ada.get("/admin/new").links("/admin/new/security") {
		t.Fatal("nothing leads there")
	}
	p := ada.get("/admin/new/security")
	p.wantText("If personal data may be concerned, report to the supervisory authority by 26 Nov 2026, 09:00 UTC", "Art. 33 and 34 of the GDPR", "72 hours after you noticed", "Your services keep running.")
	form := p.form("/admin/new/security")
	ada.post("/admin/new/security", form).wantFault(http.StatusUnprocessableEntity, "f-c", "Choose")
	form["c"] = []string{cards, mail}
	form = with(form, "services", "limited", "detected_at", "2026-11-23T06:30", "internal_note", "Odd logins since five.", "key", "k2")
	ada.follow(ada.post("/admin/new/security", form)).wantText("Waiting for a second person")
	n := w.incidents()[0]
	if !n.Draft || !n.Asked() || !n.Security || n.Category != "security" || n.Urgency != status.UrgencyImmediate || n.Severity != status.Serious || n.CustomerImpact != "" || n.Symptom != "" {
		t.Errorf("%+v", n)
	}
	const en = "We are looking into a security matter. You can use these services only in part: Cards and Mail. We will inform you by 23 Nov 2026, 10:00 UTC."
	const de = "Wir gehen einem Sicherheitsvorfall nach. Diese Dienste können Sie nur eingeschränkt nutzen: Cards und Mail. Wir informieren Sie bis 23.11.2026, 10:00 Uhr UTC."
	if u := n.Updates[0]; u.Body != en || u.Translations["de"] != de || n.Name != "We are looking into a security matter" || *n.Translations["de"].Name != "Wir gehen einem Sicherheitsvorfall nach" {
		t.Errorf("%q\n%q", u.Body, u.Translations["de"])
	}
	edit := ada.get(staffPath(&n)).form("/admin/drafts/" + n.ID + "/publish")
	ada.post("/admin/drafts/"+n.ID, with(edit, "internal_note", "Odd logins since five.", "ask", "1"))
	if now := w.incident(n.ID); !now.Asked() || !now.NextUpdateAt.Equal(start.Add(time.Hour)) {
		t.Errorf("saved again, the text promises another time than %v", now.NextUpdateAt)
	}
	bob.get("/admin").wantText("Report to the authority by 26 Nov 2026, 06:30 UTC")
	shown := bob.get(staffPath(&n))
	shown.wantText(en, de, "Odd logins since five.", "by 26 Nov 2026, 06:30 UTC")
	approve := "/admin/drafts/" + n.ID + "/approve"
	bob.follow(bob.post(approve, shown.form(approve))).wantText("Visible to customers", "If personal data may be concerned")
	if now := w.incident(n.ID); !now.NextUpdateAt.Equal(start.Add(time.Hour)) {
		t.Errorf("the text promises another time than %v", now.NextUpdateAt)
	}
	if w.level(cards) != status.DegradedPerformance || w.level(mail) != status.PartialOutage {
		t.Errorf("%s %s", w.level(cards), w.level(mail))
	}
	w.pass(80 * time.Hour)
	w.as(status.Viewer).get("/admin").wantText("Report to the authority by") // while it is open, late or not
}

// TestALateHoldingText: a text that promises a time that has passed is not published.
func TestALateHoldingText(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	ada, bob := w.as(status.Author), w.as(status.Publisher)
	form := with(ada.get("/admin/new/security").form("/admin/new/security"), "c", id)
	ada.post("/admin/new/security", form)
	n := w.incidents()[0]
	if n.Severity != status.Moderate || w.level(id) != status.Operational || !strings.Contains(n.Updates[0].Body, "Your services keep running.") {
		t.Errorf("%+v", n)
	}
	w.pass(2 * time.Hour)
	approve := "/admin/drafts/" + n.ID + "/approve"
	p := bob.post(approve, bob.get(staffPath(&n)).form(approve))
	p.wantText("The time of the next update that this text promises has passed")
	if p.code != http.StatusConflict || !w.incident(n.ID).Draft {
		t.Errorf("%d", p.code)
	}
}

// TestSecurityAlone: where nobody else can approve, a reason publishes at once.
func TestSecurityAlone(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	p := b.get("/admin/new/security")
	p.wantText("Nobody else can approve: publish with a reason.")
	form := with(p.form("/admin/new/security"), "c", id, "alone", "1")
	b.post("/admin/new/security", form).wantFault(http.StatusConflict, "f-approval_reason", "nobody else can")
	b.follow(b.post("/admin/new/security", with(form, "approval_reason", "Alone on duty.", "key", "k2"))).wantText("Visible to customers")
	author := w.as(status.Author)
	if author.get("/admin/new/security").button("Ask for approval") == nil {
		t.Error("an author cannot ask")
	}
	author.post("/admin/new/security", with(author.get("/admin/new/security").form("/admin/new/security"), "c", id, "alone", "1", "approval_reason", "x"))
	if n := w.incidents(); len(n) != 2 || n[0].Draft == n[1].Draft {
		t.Error("an author published")
	}
}
