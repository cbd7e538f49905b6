package admin

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"allclear/static"
	"allclear/status"
	"allclear/store"
)

var dump = flag.String("dump", "", "folder")

func TestShots(t *testing.T) {
	if *dump == "" {
		t.SkipNow()
	}
	if err := os.MkdirAll(filepath.Join(*dump, "s", "icons"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, a := range static.Assets() {
		if err := os.WriteFile(filepath.Join(*dump, a.URL()), a.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	_, err := w.store.EditPage(t.Context(), store.By{Actor: "x"}, 0, func(p *status.Page) error {
		p.Name, p.Organization, p.TimeZone = "Example Bank Status", "Example Bank AG", "Europe/Berlin"
		p.VendorAllowList = []string{"Cloud AG"}
		p.FooterLinks = []status.FooterLink{{Label: map[string]string{"": "Imprint", "de": "Impressum"}, URL: "https://example.org/i"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b := w.as(status.Admin)
	save := func(name string, p *page) {
		t.Logf("%s %d %d bytes", name, p.code, len(p.body))
		if err := os.WriteFile(filepath.Join(*dump, name+".html"), []byte(p.body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save("home-empty", b.get("/admin"))
	g1, g2 := w.group("Payments"), w.group("Online banking")
	c1 := w.component("Transfers", status.Operational, g1)
	c2 := w.component("Direct debits", status.Operational, g1)
	w.component("Cards", status.Operational, g1)
	c4 := w.component("Sign-in", status.DegradedPerformance, g2)
	w.component("Depot and securities trading", status.Operational, g2)
	w.component("Telephone", status.Operational, "")
	n := w.open(status.Change{Name: ptr("SEPA direct debits are not carried out"), Components: map[string]status.Level{c2: status.MajorOutage, c1: status.PartialOutage}, Body: ptr("We have confirmed the problem and are looking for the cause.\n\nTransfers are slow."), Translations: map[string]status.Texts{"de": {Name: ptr("SEPA-Lastschriften werden nicht ausgeführt"), Body: ptr("Wir haben die Störung bestätigt.")}},
		CustomerImpact: ptr("Direct debits due today stay open. No money is lost."), InternalNote: ptr("Ticket 4711, broker queue full"), Assignee: ptr("Kim"),
		AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 1234, SharePercent: 8}, Workaround: &status.Workaround{State: "available", Text: "Urgent payments work as an instant transfer."}})
	w.open(status.Change{Name: ptr("Signing in is slow"), Components: map[string]status.Level{c4: status.DegradedPerformance}, Stage: ptr(status.Monitoring), NextUpdateAt: status.Some(w.now().Add(3 * time.Hour))})
	m := w.maintenance(26*time.Hour, 28*time.Hour)
	w.open(status.Change{Name: ptr("Draft about cards"), Draft: ptr(true)})
	old := w.open(status.Change{Name: ptr("Old problem"), Stage: ptr(status.Resolved)})
	w.pass(40 * time.Minute)
	p := b.post("/admin/incidents/"+n.ID+"/update", with(b.get("/admin/incidents/"+n.ID).form("/admin/incidents/"+n.ID+"/update"), "body", "We have found the cause and are fixing it.", "status", "identified"))
	save("flash", b.follow(p))
	w.pass(50 * time.Minute)
	save("home", b.get("/admin"))
	save("notices", b.get("/admin/incidents"))
	save("new", b.get("/admin/new"))
	save("new-faults", b.post("/admin/new", with(b.get("/admin/new").form("/admin/new"), "name", "", "affected_users.mode", "range", "affected_users.low", "x", "next_update", "at")))
	save("maintenance-new", b.get("/admin/maintenances/new"))
	save("incident", b.get("/admin/incidents/"+n.ID))
	save("maintenance", b.get("/admin/maintenances/"+m.ID))
	save("resolved", b.get("/admin/incidents/"+old.ID))
	save("edit", b.get("/admin/incidents/"+n.ID+"/edit"))
	save("delete", b.get("/admin/incidents/"+n.ID+"/delete"))
	form := b.get("/admin/incidents/" + n.ID).form("/admin/incidents/" + n.ID + "/update")
	b.post("/admin/incidents/"+n.ID+"/update", with(b.get("/admin/incidents/"+n.ID).form("/admin/incidents/"+n.ID+"/update"), "body", "Faster than you."))
	save("conflict", b.post("/admin/incidents/"+n.ID+"/update", with(form, "body", "My own text, typed on a phone.")))
	save("entry", b.get("/admin/incidents/"+n.ID+"/entries/"+w.incident(n.ID).Updates[0].ID))
	save("components", b.get("/admin/components"))
	save("component", b.get("/admin/components/"+c1))
	save("group", b.get("/admin/components/"+g1))
	save("settings", b.get("/admin/settings"))
	w.account("viewer@example.org", status.Viewer)
	save("accounts", b.get("/admin/accounts"))
	save("tokens", b.post("/admin/tokens", url.Values{"name": {"monitoring"}, "role": {"publisher"}, "expires": {"90"}}))
	save("audit", b.get("/admin/audit"))
	save("profile", b.get("/admin/profile"))
	save("signin", w.browser().get("/admin/login"))
	b.post("/admin/profile/language", url.Values{"locale": {"de"}})
	b.get("/admin")
	save("de-home", b.get("/admin"))
	save("de-new", b.post("/admin/new", with(b.get("/admin/new").form("/admin/new"), "name", "", "workaround.state", "available")))
	save("de-incident", b.get("/admin/incidents/"+n.ID))
}
