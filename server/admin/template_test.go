package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"allclear/status"
)

// stock is the id of a template that every page has.
func (w *world) stock() string {
	w.t.Helper()
	return w.templates()[0].ID
}

func (w *world) templates() []status.Template {
	w.t.Helper()
	list, err := w.store.Templates(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// named finds a template by its name.
func (w *world) template(name string) status.Template {
	w.t.Helper()
	list := w.templates()
	i := slices.IndexFunc(list, func(t status.Template) bool { return t.Name == name })
	if i < 0 {
		w.t.Fatalf("there is no template %q", name)
	}
	return list[i]
}

// TestNoticeFromATemplate: picked, its gap filled once for both languages, published.
func TestNoticeFromATemplate(t *testing.T) {
	w := newWorld(t)
	cards := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	tpl := w.template("Slow after an update")
	tiles := b.get("/admin/new")
	use := "/admin/new/review?template=" + tpl.ID
	tiles.wantText("From a template", "Slow after an update", "…: slower than usual")
	if !tiles.links(use) {
		t.Fatal("it cannot be picked")
	}
	asks := b.get(use) // it names no component, so the question comes back without blame
	if asks.code != http.StatusOK {
		t.Fatalf("%d", asks.code)
	}
	answers := asks.form("/admin/new/review")
	if answers.Get("template") != tpl.ID || answers.Get("symptom") != "slow" {
		t.Errorf("%v", answers)
	}
	review := b.get("/admin/new/review?" + with(answers, "c", cards).Encode())
	review.wantText("Fill in", "Time, such as 14:30")
	form := with(review.form("/admin/new/review"), "deliver_notifications", "1")
	if form.Get("name") != "Cards: slower than usual" || form.Get("translations.de.name") != "Cards: langsamer als sonst" || form.Get("severity") != "moderate" ||
		form.Get("body") != "The reason is an update that we made at {time}. We are taking it back." || form.Get("status") != "identified" {
		t.Errorf("%v", form)
	}
	p := b.post("/admin/new/publish", form)
	p.wantText("Fill in {time} before this is published.")
	if p.code != http.StatusUnprocessableEntity || len(w.incidents()) != 0 || !p.links("#f-slot.time") || p.byID("f-slot.time") == nil {
		t.Errorf("%d with an open gap", p.code)
	}
	again := b.post("/admin/new/review", with(form, "slot.time", "14:30"))
	again.wantText("an update that we made at 14:30")
	b.follow(b.post("/admin/new/publish", with(form, "slot.time", "14:30", "key", "k2"))).wantText("Visible to customers")
	n := w.incidents()[0]
	u := n.Updates[0]
	if u.Body != "The reason is an update that we made at 14:30. We are taking it back." || u.Translations["de"] != "Grund ist eine Aktualisierung um 14:30 Uhr. Wir nehmen sie zurück." ||
		n.Stage != status.Identified || n.Category != "change" || n.Severity != status.Moderate || n.CustomerImpact != "At the moment, you wait longer than usual for Cards." {
		t.Errorf("%+v %+v", n, u)
	}
}

// TestGapsInDrafts: a draft may keep them, whoever publishes or shows it may not.
func TestGapsInDrafts(t *testing.T) {
	w := newWorld(t)
	cards := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	form := b.get("/admin/new/review?" + url.Values{"template": {w.template("Slow after an update").ID}, "c": {cards}}.Encode()).form("/admin/new/review")
	if p := b.post("/admin/new/draft", with(form, "ask", "1")); p.code != http.StatusUnprocessableEntity {
		t.Errorf("shown with a gap: %d", p.code)
	}
	b.follow(b.post("/admin/new/draft", without(with(form, "key", "k2"), "ask"))).wantText("The draft is saved.")
	n := w.incidents()[0]
	path := "/admin/drafts/" + n.ID + "/publish"
	page := b.get(staffPath(&n))
	page.wantText("Fill in", "Time, such as 14:30")
	if p := b.post(path, page.form(path)); p.code != http.StatusUnprocessableEntity || !w.incident(n.ID).Draft {
		t.Errorf("published with a gap: %d", p.code)
	}
	b.follow(b.post(path, with(page.form(path), "slot.time", "14:30", "key", "k3"))).wantText("Visible to customers")
}

// TestMaintenanceFromATemplate: the names of the components fill their gap when they are
// chosen.
func TestMaintenanceFromATemplate(t *testing.T) {
	w := newWorld(t)
	cards := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	page := b.get("/admin/maintenances/new?template=" + w.template("Planned upgrade").ID)
	form := with(page.form("/admin/maintenances/new"), "scheduled_for", "2026-11-24T22:00", "scheduled_until", "2026-11-24T23:00")
	p := b.post("/admin/maintenances/new", form)
	p.wantText("Fill in {components} before this is published.")
	if p.code != http.StatusUnprocessableEntity || len(w.incidents()) != 0 {
		t.Fatalf("%d", p.code)
	}
	b.follow(b.post("/admin/maintenances/new", with(form, "component_ids", cards, "key", "k2"))).wantText("Visible to customers")
	n := w.incidents()[0]
	if n.Name != "Planned upgrade: Cards" || *n.Translations["de"].Name != "Geplante Erneuerung: Cards" || n.CustomerImpact != "You cannot use Cards during this time." || n.Kind != status.Maintenance {
		t.Errorf("%+v", n)
	}
}

// TestATemplateWithItsComponents needs no further answer.
func TestATemplateWithItsComponents(t *testing.T) {
	w := newWorld(t)
	cards := w.component("Cards", status.Operational, "")
	tpl := w.template("Outage at an external provider")
	_, err := w.store.EditTemplate(t.Context(), w.by("test"), tpl.ID, 0, func(n *status.Template, _ *status.Site) error {
		n.ComponentIDs = []string{cards}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b := w.as(status.Publisher)
	review := b.get("/admin/new/review?template=" + tpl.ID)
	review.wantText("Cards: not available", "You cannot use Cards at the moment.")
	form := review.form("/admin/new/review")
	if form.Get("third_party.state") != "unnamed" || form.Get("category") != "third_party" || form.Get("severity") != "serious" {
		t.Errorf("%v", form)
	}
	b.follow(b.post("/admin/new/publish", with(form, "deliver_notifications", "1"))).wantText("Visible to customers")
	if n := w.incidents()[0]; n.ThirdParty.State != "unnamed" || n.Category != "third_party" {
		t.Errorf("%+v", n)
	}
	if p := b.get("/admin/new/review?template=gone"); p.code != http.StatusNotFound {
		t.Errorf("an unknown template: %d", p.code)
	}
}

func TestTemplateScreens(t *testing.T) {
	w := newWorld(t)
	cards := w.component("Cards", status.Operational, "")
	b := w.as(status.Admin)
	list := b.get("/admin/templates")
	list.wantText("Outage at an external provider", "Planned upgrade")
	form := with(b.get("/admin/templates/new").form("/admin/templates/new"), "name", "Cards down", "title", "Cards fail at {shop}", "body", "Until {time} nobody can pay with {components}.",
		"translations.de.name", "Karten gehen nicht bei {shop}", "component_ids", cards, "severity", "critical", "workaround.state", "available", "workaround.text", "Pay in cash.", "update_status", "identified")
	b.follow(b.post("/admin/templates/new", form)).wantText("Saved.", "Cards down", "Cards fail at …")
	n := w.template("Cards down")
	if n.Body != "Until {time} nobody can pay with {components}." || *n.Translations["de"].Name != "Karten gehen nicht bei {shop}" || n.Severity != status.Critical ||
		n.WorkaroundText != "Pay in cash." || n.Stage != status.Identified || !n.Notify || !slices.Equal(n.ComponentIDs, []string{cards}) {
		t.Errorf("%+v", n)
	}
	path := "/admin/templates/" + n.ID
	edit := b.get(path).form(path)
	if edit.Get("body") != n.Body || edit.Get("translations.de.name") != "Karten gehen nicht bei {shop}" || edit.Get("component_ids") != cards {
		t.Errorf("%v", edit)
	}
	b.post(path, with(edit, "title", "")).wantFault(http.StatusUnprocessableEntity, "f-title", "empty")
	b.post(path, with(edit, "title", "Cards fail", "workaround.text", "", "key", "k2")).wantFault(http.StatusUnprocessableEntity, "f-workaround.text", "Say what customers can do")
	b.follow(b.post(path, with(edit, "title", "Cards fail", "workaround.text", "Pay in cash.", "key", "k3"))).wantText("Saved.")
	stale := b.post(path, with(edit, "title", "Too late", "key", "k4"))
	stale.wantText("Somebody was faster", "Cards fail")
	if stale.code != http.StatusConflict {
		t.Errorf("%d", stale.code)
	}
	b.get(path+"/delete").wantText("Cards down", "Notices made from it stay.")
	b.follow(b.post(path+"/delete", url.Values{})).wantText("Deleted.")
	if p := b.get(path); p.code != http.StatusNotFound {
		t.Errorf("deleted: %d", p.code)
	}
	viewer := w.as(status.Author).get("/admin/templates")
	if viewer.links("/admin/templates/new") || !strings.Contains(viewer.text(), "Planned upgrade") {
		t.Error("an author uses templates, and changes none")
	}
}
